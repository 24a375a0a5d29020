// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl recommend: shows how large the boot memory should be, by the kernel's own
 * measurement. There is no built-in table of sizes: measurements of one machine are wrong
 * for another.
 */

#include <stdio.h>
#include <string.h>

#include "bootloader/bootloader.h"
#include "cmd/cmd.h"
#include "lib/bounds.h"
#include "lib/json.h"
#include "lib/say.h"
#include "machine/attr.h"
#include "machine/state.h"

struct recommend_options {
	bool json;
	bool apply;
	bool undo;
	bool yes;
};

static const struct cmd_option options[] = {
	CMD_FLAG(struct recommend_options, json, "json", 'j', "For programs"),
	CMD_FLAG(struct recommend_options, apply, "apply", 'a',
		 "Put it into the boot loader's configuration"),
	CMD_FLAG(struct recommend_options, undo, "undo", 'u', "Take that back"),
	CMD_FLAG(struct recommend_options, yes, "yes", 'y', "Do not ask for confirmation"),
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const struct recommend_options *o = state->input;

	(void)arg;
	if (key != ARGP_KEY_END)
		return ARGP_ERR_UNKNOWN;
	if (o->json + o->apply + o->undo > 1)
		argp_error(state, "--json, --apply and --undo exclude each other");
	if (o->yes && !o->apply && !o->undo)
		argp_error(state, "--yes belongs to --apply or --undo");
	return 0;
}

static const struct cmd_syntax syntax = {
	.options = options,
	.parse = parse,
	.doc = "Shows how large the boot memory is, how much a capture kernel has used, and what to "
	       "put on the kernel command line. With --apply, puts it there, by grubby, update-grub or "
	       "grub2-mkconfig.\v"
	       "Exit status 3: this kernel does not measure, or none of these programs is there.",
};

/* The last crashkernel= on the command line is the valid one. */
static void current_crashkernel(const char *cmdline, char *buf, size_t cap)
{
	const char *at = cmdline, *found = NULL;

	while ((at = strstr(at, "crashkernel="))) {
		if (at == cmdline || at[-1] == ' ')
			found = at;
		at += strlen("crashkernel=");
	}
	snprintf(buf, cap, "%.*s", found ? (int)strcspn(found, " ") : 0,
		 found ? found : "");
}

static void print_size(const char *label, struct number n, const char *unknown)
{
	if (n.known && n.value)
		say_field(label, "%s", size_text(n.value).s);
	else
		say_field(label, "%s", unknown);
}

struct arguments {
	char s[64];
};

static struct arguments wanted_arguments(const struct fadump_state *s)
{
	struct arguments a;

	snprintf(a.s, sizeof(a.s), "%s crashkernel=%lluM", s->nocma ? "fadump=nocma" : "fadump=on",
		 to_mib(s->boot_mem_recommended.value));
	return a;
}

static bool is_right_size(const struct fadump_state *s)
{
	return s->boot_mem_size.known &&
	       to_mib(s->boot_mem_size.value) == to_mib(s->boot_mem_recommended.value);
}

static void print_advice(const struct fadump_state *s)
{
	say_field("Advice", is_right_size(s) ? "no change is needed" :
		  "reboot with this on the kernel command line");
	printf("\n    %s\n", wanted_arguments(s).s);
}

static int print_text(const struct fadump_state *s)
{
	char crashkernel[MAX_BOOTARGS];

	current_crashkernel(s->cmdline, crashkernel, sizeof(crashkernel));
	say_field("Asked for", "%s", crashkernel[0] ? crashkernel :
		  "nothing, the kernel uses its default");
	print_size("Boot memory", s->boot_mem_size, "unknown");
	print_size("Used by a capture", s->boot_mem_used, "not measured yet: that needs a crash");
	print_size("Recommended", s->boot_mem_recommended, "unknown");
	if (s->boot_mem_recommended.known && s->boot_mem_recommended.value) {
		print_advice(s);
		return EXIT_DONE;
	}
	putchar('\n');
	say_wrapped(0, "This kernel does not measure what a capture kernel needs. Crash the machine once on purpose (fadumpctl test), and check MemAvailable in /proc/meminfo while the dump is saved.");
	return EXIT_MISSING;
}

static int print_json(const struct fadump_state *s)
{
	char crashkernel[MAX_BOOTARGS];
	bool known = s->boot_mem_recommended.known && s->boot_mem_recommended.value;
	json_t *o = json_object(), *line = json_null();

	current_crashkernel(s->cmdline, crashkernel, sizeof(crashkernel));
	if (known)
		line = json_string(wanted_arguments(s).s);
	json_object_set_new(o, "asked_for", crashkernel[0] ?
			    json_text(crashkernel, strlen(crashkernel)) : json_null());
	json_object_set_new(o, "boot_mem_size", json_number(s->boot_mem_size));
	json_object_set_new(o, "boot_mem_used", json_number(s->boot_mem_used));
	json_object_set_new(o, "boot_mem_recommended",
			    json_number(s->boot_mem_recommended));
	json_object_set_new(o, "command_line", line);
	if (json_print(o, stdout))
		return fail(EXIT_FAILED, "out of memory");
	return known ? EXIT_DONE : EXIT_MISSING;
}

static int end_change(int rc)
{
	if (!rc)
		say_text("The next boot uses it.");
	return rc;
}

static int apply(const struct fadump_state *s, bool yes)
{
	int rc = print_text(s);

	if (rc || (is_right_size(s) && s->is_requested))
		return rc;
	putchar('\n');
	return end_change(bootloader_apply(wanted_arguments(s).s, yes));
}

int cmd_recommend(int argc, char **argv)
{
	struct recommend_options o = { };
	struct fadump_state s;
	int rc;

	cmd_parse(&syntax, argc, argv, &o);
	if (o.undo)
		return end_change(bootloader_undo(o.yes));
	rc = attr_require();
	if (rc)
		return rc;
	state_read(&s);
	if (o.apply)
		return apply(&s, o.yes);
	return o.json ? print_json(&s) : print_text(&s);
}
