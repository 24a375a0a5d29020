// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl inspect: look into a dump.
 */

#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "inspect.h"

#define DEFAULT_LOG	20

enum option_key {
	OPT_VMCOREINFO = 256,
};

static const struct argp_option options[] = {
	{ .name = "json", .key = 'j', .doc = "For programs" },
	{ .name = "log", .key = 'l', .arg = "N|all",
	  .doc = "So many records of the log (default: 20)" },
	{ .name = "cpus", .key = 'c', .doc = "Registers of all CPUs" },
	{ .name = "vmcoreinfo", .key = OPT_VMCOREINFO, .doc = "All of VMCOREINFO" },
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct inspect_options *o = state->input;

	switch (key) {
	case 'j':
		o->json = true;
		return 0;
	case 'l':
		o->log_all = !strcmp(arg, "all");
		if (!o->log_all && !parse_number(arg, &o->log))
			argp_error(state, "%s: neither a number nor \"all\"", arg);
		return 0;
	case 'c':
		o->all_cpus = true;
		return 0;
	case OPT_VMCOREINFO:
		o->vmcoreinfo = true;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num)
			argp_usage(state);
		o->path = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[FILE]",
	.doc = "Shows what is in a dump: headers, CPUs, the registers of the CPU that crashed, "
	       "VMCOREINFO, the end of the log and which memory is missing. FILE is /proc/vmcore "
	       "if it is not named, an ELF core of any byte order, or a file of makedumpfile's.\v"
	       "Exit status 8: FILE is not a dump, or is damaged.",
};

int cmd_inspect(int argc, char **argv)
{
	struct path vmcore = root_path("/proc/vmcore");
	struct inspect_options o = { .path = vmcore.s, .log = DEFAULT_LOG };
	struct core core;
	int rc;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (o.path == vmcore.s && !file_exists(vmcore.s))
		return fail(EXIT_STATE, "%s: no such file: no dump is waiting",
			    vmcore.s);
	rc = core_open(&core, o.path);
	if (!rc && o.json && inspect_print_json(&core, &o))
		rc = fail(EXIT_FAILED, "out of memory");
	else if (!rc && !o.json)
		inspect_print(&core, &o);
	if (!rc && core.damage)
		rc = EXIT_DAMAGED;
	core_close(&core);
	return rc;
}
