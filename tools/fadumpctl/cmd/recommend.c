// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl recommend: shows how large the boot memory should be, by the kernel's own
 * measurement. There is no built-in table of sizes: measurements of one machine are wrong
 * for another.
 */

#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "lib/bounds.h"
#include "lib/json.h"
#include "lib/say.h"
#include "machine/attr.h"
#include "machine/state.h"

struct recommend_options {
	bool json;
};

static const struct cmd_option options[] = {
	CMD_FLAG(struct recommend_options, json, "json", 'j', "For programs"),
	{ }
};

static const struct cmd_syntax syntax = {
	.options = options,
	.doc = "Shows how large the boot memory is, how much a capture kernel has used, and what to "
	       "put on the kernel command line.\v"
	       "Exit status 3: this kernel does not measure.",
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

static void print_advice(const struct fadump_state *s)
{
	u64 want = to_mib(s->boot_mem_recommended.value);

	if (s->boot_mem_size.known && to_mib(s->boot_mem_size.value) == want)
		say_field("Advice", "no change is needed");
	else
		say_field("Advice", "reboot with this on the kernel command line");
	printf("\n    %s crashkernel=%lluM\n", s->nocma ? "fadump=nocma" : "fadump=on", want);
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
		line = json_sprintf("%s crashkernel=%lluM",
				    s->nocma ? "fadump=nocma" : "fadump=on",
				    to_mib(s->boot_mem_recommended.value));
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

int cmd_recommend(int argc, char **argv)
{
	struct recommend_options o = { };
	struct fadump_state s;
	int rc;

	cmd_parse(&syntax, argc, argv, &o);
	rc = attr_require();
	if (rc)
		return rc;
	state_read(&s);
	return o.json ? print_json(&s) : print_text(&s);
}
