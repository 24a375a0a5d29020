// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl inspect: show the contents of a dump.
 */

#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/print.h"
#include "core/core.h"
#include "lib/bounds.h"
#include "lib/files.h"
#include "lib/say.h"
#include "lib/stop.h"

#define DEFAULT_LOG	20

enum option_key {
	OPT_VMCOREINFO = 256,
	OPT_TIMEOUT,
};

static const struct cmd_option options[] = {
	CMD_FLAG(struct inspect_options, json, "json", 'j', "For programs"),
	CMD_OTHER("log", 'l', "N|all", "Show the last N records of the log (default: 20)"),
	CMD_FLAG(struct inspect_options, all_cpus, "cpus", 'c', "Show registers of all CPUs"),
	CMD_FLAG(struct inspect_options, vmcoreinfo, "vmcoreinfo", OPT_VMCOREINFO,
		 "Show all of VMCOREINFO"),
	CMD_NUMBER(struct inspect_options, seconds, MAX_SECONDS, "timeout", OPT_TIMEOUT, "SECONDS",
		   "Time limit (default: 600)"),
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct inspect_options *o = state->input;

	switch (key) {
	case 'l':
		o->log_all = !strcmp(arg, "all");
		if (!o->log_all && !parse_number(arg, &o->log))
			argp_error(state, "%s: neither a number nor \"all\"", arg);
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

static const struct cmd_syntax syntax = {
	.options = options,
	.parse = parse,
	.args_doc = "[FILE]",
	.doc = "Shows the contents of a dump: headers, CPUs, the registers of the CPU that crashed, "
	       "VMCOREINFO, the end of the log and which memory is missing. FILE is an ELF core of "
	       "any byte order, or a file of makedumpfile; the default is /proc/vmcore.\v"
	       "Exit status 8: FILE is not a dump, or is damaged.",
};

int cmd_inspect(int argc, char **argv)
{
	struct path vmcore = root_path("/proc/vmcore");
	struct inspect_options o = {
		.path = vmcore.s, .log = DEFAULT_LOG, .seconds = DEFAULT_INSPECT_SECONDS,
	};
	struct core core;
	int rc;

	cmd_parse(&syntax, argc, argv, &o);
	if (o.path == vmcore.s && !file_exists(vmcore.s))
		return fail(EXIT_STATE, "%s: no such file: no dump is waiting",
			    vmcore.s);
	catch_stops();
	alarm(o.seconds);
	rc = core_open_without_library(&core, o.path);
	if (!rc)
		rc = inspect_show(&core, &o);
	core_close(&core);
	return is_interrupted() ? fail(EXIT_INTERRUPTED, "%s: interrupted", o.path) : rc;
}
