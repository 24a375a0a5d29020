// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl status: shows the state.
 */

#include <stdio.h>
#include <string.h>

#include "check/check.h"
#include "cmd/cmd.h"
#include "cmd/print.h"
#include "lib/files.h"
#include "lib/say.h"
#include "machine/state.h"

struct status_options {
	bool json;
	bool quiet;
};

static const struct cmd_option options[] = {
	CMD_FLAG(struct status_options, json, "json", 'j', "For programs"),
	CMD_FLAG(struct status_options, quiet, "quiet", 'q',
		 "Print nothing, only set the exit status"),
	{ }
};

static const struct cmd_syntax syntax = {
	.options = options,
	.doc = "Shows whether a crash would be dumped, and why not, what is reserved, whether a dump "
	       "is waiting and what is missing from it.\v"
	       "Exit status: 0 armed, 10 not armed, 11 a dump is waiting, 3 no fadump here.",
};

static void print_area(const struct fadump_state *s)
{
	if (!s->mem_reserved.known)
		say_field("Dump area", "unknown, this kernel does not tell");
	else if (!s->mem_reserved.value)
		say_field("Dump area", "none");
	else if (!s->cma_size.known)
		say_field("Dump area", "%s%s", size_text(s->mem_reserved.value).s,
			  s->nocma ? ", not reserved as CMA (fadump=nocma)" : "");
	else if (!s->cma_size.value)
		say_field("Dump area", "%s, none of it reserved as CMA",
			  size_text(s->mem_reserved.value).s);
	else
		say_field("Dump area", "%s, of which %s are CMA for applications",
			  size_text(s->mem_reserved.value).s,
			  size_text(s->cma_size.value).s);
}

/* The most important lines come first. */
static void print_armed(const struct fadump_state *s)
{
	if (s->registered)
		say_field("Armed", "yes");
	else
		say_field("Armed", "no: %s", why_not_armed(s));
	say_field("The next crash", "%s", next_crash_text(state_next_crash(s)));
}

static void print_last_check(void)
{
	json_t *result = check_recall();
	char text[384] = "none in this boot: fadumpctl check tells whether a dump would be saved";

	if (result)
		check_summary(result, text, sizeof(text));
	say_field("Last check", "%s", text);
	json_decref(result);
}

static void print_setup(const struct fadump_state *s)
{
	say_field("Firmware", "offers dumps%s",
		  s->legacy ? "; this kernel has the old file names only" : "");
	say_field("Enabled", "%s", s->enabled ? "yes" : "no");
	print_area(s);
	if (s->boot_mem_size.known)
		say_field("Boot memory", "%s",
			  size_text(s->boot_mem_size.value).s);
	if (s->has_bootargs)
		say_field("Boot arguments", "%s", s->bootargs[0] ? s->bootargs : "none");
	if (s->hotplug_ready.value)
		say_field("Hotplug", "nothing has to be done after it");
	else if (s->registered)
		say_field("Hotplug", "arm again after it: fadumpctl register");
}

/* Is the value a number of bytes? */
static bool is_size(const char *key)
{
	size_t len = strlen(key);

	return len > 7 && !strcmp(key + len - 7, "_memory");
}

/* "boot_memory" becomes "  Boot memory". */
static void format_label(char *label, size_t cap, const char *key)
{
	static const struct {
		const char *key;
		const char *label;
	} names[] = {
		{ "cpus", "CPUs" },
		{ "crashing_cpu", "Crashing CPU" },
		{ "vmcoreinfo", "VMCOREINFO" },
	};
	size_t i;

	snprintf(label, cap, "  %.17s", key);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(key, names[i].key))
			snprintf(label, cap, "  %s", names[i].label);
	if (label[2] >= 'a' && label[2] <= 'z')
		label[2] -= 'a' - 'A';
	for (i = 2; label[i]; i++)
		if (label[i] == '_')
			label[i] = ' ';
}

/* A value may be a text of the crashed kernel. */
static void print_status_line(const struct status_line *line)
{
	char label[20], plain[1024];
	u64 n;

	format_label(label, sizeof(label), line->key);
	make_printable(plain, sizeof(plain), line->value, strlen(line->value));
	if (is_size(line->key) && parse_number(line->value, &n))
		say_field(label, "%s", size_text(n).s);
	else
		say_field(label, "%s", plain);
}

static void print_dump(const struct fadump_state *s)
{
	const char *outcome = dump_status_get(&s->dump, "dump");
	unsigned int i;

	if (!outcome)
		outcome = s->waiting ? "waiting" : "none";
	if (s->vmcore_size.known)
		say_field("Dump", "%s, %s in %s", s->waiting ? outcome : "kdump's",
			  size_text(s->vmcore_size.value).s,
			  root_path("/proc/vmcore").s);
	else
		say_field("Dump", "%s%s", outcome, s->waiting ?
			  ", but there is no /proc/vmcore: it can only be released" : "");
	for (i = 0; i < s->dump.nr; i++)
		if (strcmp(s->dump.line[i].key, "dump"))
			print_status_line(&s->dump.line[i]);
}

static void print_text(const struct fadump_state *s)
{
	if (!s->supported) {
		say_field("Armed", "no: firmware offers no dumps, or the kernel has no CONFIG_FA_DUMP");
		if (s->vmcore_size.known)
			print_dump(s);
		return;
	}
	print_armed(s);
	print_last_check();
	print_setup(s);
	print_dump(s);
}

static int status_code(const struct fadump_state *s)
{
	if (!s->supported)
		return EXIT_MISSING;
	if (s->waiting)
		return EXIT_WAITING;
	return s->registered ? EXIT_DONE : EXIT_NOT_ARMED;
}

int cmd_status(int argc, char **argv)
{
	struct status_options o = { };
	struct fadump_state s;

	cmd_parse(&syntax, argc, argv, &o);
	state_read(&s);
	if (o.quiet)
		return status_code(&s);
	if (!o.json)
		print_text(&s);
	else if (status_print_json(&s))
		return fail(EXIT_FAILED, "out of memory");
	return status_code(&s);
}
