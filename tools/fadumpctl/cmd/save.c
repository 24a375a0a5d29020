// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl save: filters a dump and writes it to a target.
 *
 * If a step fails: no incomplete dump has a dump's name, the log is kept with a report,
 * and the dump stays in memory.
 */

#include <stdio.h>

#include "cmd/cmd.h"
#include "lib/bounds.h"
#include "lib/say.h"
#include "save/conf.h"
#include "save/makedumpfile.h"
#include "save/save.h"
#include "target/target.h"

enum option_key {
	OPT_MAKEDUMPFILE = 256,
	OPT_SSH,
	OPT_MAKE_ROOM,
	OPT_RAW,
	OPT_LOG_ONLY,
	OPT_MOUNTED,
	OPT_OVERWRITE,
	OPT_NODE,
	OPT_TIMEOUT,
	OPT_NO_CHECKSUM,
};

static const struct cmd_option options[] = {
	CMD_OTHER("level", 'd', "N", "What makedumpfile leaves out: 0 to 31"),
	CMD_OTHER("compress", 'c', "HOW", "Compression: none, zlib, lzo, snappy or zstd"),
	CMD_OTHER("threads", 't', "N", "Number of makedumpfile's threads, for a directory"),
	CMD_NUMBER(struct save, keep, MAX_KEEP, "keep", 'k', "N",
		   "Afterwards keep only the last N dumps of this machine there"),
	CMD_NUMBER(struct save, make_room, MAX_MIB, "make-room", OPT_MAKE_ROOM, "MIB",
		   "Before, remove the oldest dumps of this machine until so much is free"),
	CMD_TEXT(struct save, filter.source, "source", 's', "FILE",
		 "Save this instead of /proc/vmcore"),
	CMD_FLAG(struct save, release, "release", 'r',
		 "Afterwards release the dump's memory (fadumpctl release)"),
	CMD_FLAG(struct save, raw, "raw", OPT_RAW,
		 "Copy all of it; for a dump that makedumpfile cannot read"),
	CMD_FLAG(struct save, log_only, "log-only", OPT_LOG_ONLY,
		 "Do not save the dump itself"),
	CMD_FLAG(struct save, target.require_mount, "require-mount", OPT_MOUNTED,
		 "Fail if nothing is mounted on the directory"),
	CMD_FLAG(struct save, target.overwrite, "overwrite", OPT_OVERWRITE,
		 "Replace whatever is on the device"),
	CMD_TEXT(struct save, node, "node", OPT_NODE, "NAME",
		 "This machine's name, if the host name is not set yet"),
	CMD_NUMBER(struct save, seconds, MAX_SECONDS, "timeout", OPT_TIMEOUT, "SECONDS",
		   "Time limit"),
	CMD_OTHER("no-checksum", OPT_NO_CHECKSUM, NULL, "Do not write " SUMS_NAME),
	CMD_FLAG(struct save, quiet, "quiet", 'q', "Show no progress"),
	CMD_TEXT(struct save, filter.program, "makedumpfile", OPT_MAKEDUMPFILE, "PROGRAM",
		 "Run this makedumpfile"),
	CMD_TEXT(struct save, target.ssh, "ssh", OPT_SSH, "PROGRAM", "Run this ssh"),
	{ }
};

static void set_target(struct save *s, const char *arg, struct argp_state *state)
{
	if (state->arg_num)
		argp_usage(state);
	s->target.text = arg;
}

/* REQUIRE_MOUNT, KEEP and MAKE_ROOM are about the configured targets only. */
static void use_configured(struct save *s)
{
	s->targets = s->conf.target;
	s->target.require_mount |= s->conf.require_mount;
	if (!s->keep)
		s->keep = s->conf.keep;
	if (!s->make_room)
		s->make_room = s->conf.make_room;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct save *s = state->input;

	switch (key) {
	case 'd':
		s->filter.level = cmd_number(state, arg, 0, MAX_LEVEL);
		s->has_level_option = true;
		return 0;
	case 'c':
		if (!compress_option(arg, &s->filter.compress))
			argp_error(state, "%s: no such compression", arg);
		return 0;
	case 't':
		s->filter.threads = cmd_number(state, arg, 1, 1024);
		return 0;
	case OPT_NO_CHECKSUM:
		s->checksum = false;
		return 0;
	case ARGP_KEY_ARG:
		set_target(s, arg, state);
		return 0;
	case ARGP_KEY_NO_ARGS:
		use_configured(s);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct cmd_syntax save_syntax = {
	.options = options,
	.parse = parse,
	.args_doc = "[TARGET]",
	.doc = "Filters the dump with makedumpfile and writes it, its log, OPAL's memory if there is "
	       "any, and SHA-256 checksums to TARGET: a directory (also of a network file system), "
	       "a block device, or ssh://[user@]host[:port]/path; the default is TARGET in "
	       CONF_FILE ". Prints the name of what it wrote.\v"
	       "The name appears when all files are on the medium. The log is saved before, as "
	       LOG_KIND "NODE-ID-TIME; after a failure it stays there with a report, and the dump "
	       "stays in memory. "
	       "Exit status: 4 no dump is waiting, 5 target full, 6 cannot be reached, 7 makedumpfile, "
	       "ssh or PIPE failed, 10 saved and released but not armed.",
};

int cmd_save(int argc, char **argv)
{
	struct save *s = save_new();
	int rc;

	if (!s)
		return EXIT_FAILED;
	cmd_parse(&save_syntax, argc, argv, s);
	rc = save_run(s);
	save_free(s);
	return rc;
}
