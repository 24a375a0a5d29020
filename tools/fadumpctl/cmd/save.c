// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl save: filters a dump and writes it to a target.
 *
 * If a step fails: no incomplete dump has a dump's name, the log is kept with a report,
 * and the dump stays in memory.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "lib/bounds.h"
#include "lib/files.h"
#include "lib/say.h"
#include "save/conf.h"
#include "save/makedumpfile.h"
#include "save/save.h"
#include "target/target.h"

enum option_key {
	OPT_MAKEDUMPFILE = 256,
	OPT_SSH,
	OPT_RAW,
	OPT_LOG_ONLY,
	OPT_MOUNTED,
	OPT_OVERWRITE,
	OPT_NODE,
	OPT_TIMEOUT,
	OPT_NO_CHECKSUM,
};

static const struct argp_option options[] = {
	{ .name = "level", .key = 'd', .arg = "N",
	  .doc = "What makedumpfile leaves out: 0 to 31" },
	{ .name = "compress", .key = 'c', .arg = "HOW",
	  .doc = "Compression: none, zlib, lzo, snappy or zstd" },
	{ .name = "threads", .key = 't', .arg = "N",
	  .doc = "Number of makedumpfile's threads, for a directory" },
	{ .name = "keep", .key = 'k', .arg = "N",
	  .doc = "Afterwards keep only the last N dumps of this machine there" },
	{ .name = "source", .key = 's', .arg = "FILE",
	  .doc = "Save this instead of /proc/vmcore" },
	{ .name = "release", .key = 'r',
	  .doc = "Afterwards release the dump's memory (fadumpctl release)" },
	{ .name = "raw", .key = OPT_RAW,
	  .doc = "Copy all of it; for a dump that makedumpfile cannot read" },
	{ .name = "log-only", .key = OPT_LOG_ONLY, .doc = "Do not save the dump itself" },
	{ .name = "require-mount", .key = OPT_MOUNTED,
	  .doc = "Fail if nothing is mounted on the directory" },
	{ .name = "overwrite", .key = OPT_OVERWRITE,
	  .doc = "Replace whatever is on the device" },
	{ .name = "node", .key = OPT_NODE, .arg = "NAME",
	  .doc = "This machine's name, if the host name is not set yet" },
	{ .name = "timeout", .key = OPT_TIMEOUT, .arg = "SECONDS",
	  .doc = "Time limit" },
	{ .name = "no-checksum", .key = OPT_NO_CHECKSUM, .doc = "Do not write " SUMS_NAME },
	{ .name = "quiet", .key = 'q', .doc = "Show no progress" },
	{ .name = "makedumpfile", .key = OPT_MAKEDUMPFILE, .arg = "PROGRAM",
	  .doc = "Run this makedumpfile" },
	{ .name = "ssh", .key = OPT_SSH, .arg = "PROGRAM", .doc = "Run this ssh" },
	{ }
};

static unsigned int number_arg(struct argp_state *state, const char *arg,
			       u64 min, u64 max)
{
	u64 n;

	if (!parse_number(arg, &n) || n < min || n > max)
		argp_error(state, "%s: not a number from %llu to %llu", arg, min, max);
	return n;
}

static void set_target(struct save *s, const char *arg, struct argp_state *state)
{
	if (state->arg_num)
		argp_usage(state);
	s->target.text = arg;
}

/* REQUIRE_MOUNT and KEEP are about the configured target only. */
static void use_configured(struct save *s)
{
	s->target.text = s->conf.target;
	s->target.require_mount |= s->conf.require_mount;
	if (!s->keep)
		s->keep = s->conf.keep;
}

static error_t parse_rare(int key, char *arg, struct argp_state *state)
{
	struct save *s = state->input;

	switch (key) {
	case OPT_RAW:
		s->raw = true;
		return 0;
	case OPT_LOG_ONLY:
		s->log_only = true;
		return 0;
	case OPT_MOUNTED:
		s->target.require_mount = true;
		return 0;
	case OPT_OVERWRITE:
		s->target.overwrite = true;
		return 0;
	case OPT_NODE:
		s->node = arg;
		return 0;
	case OPT_NO_CHECKSUM:
		s->checksum = false;
		return 0;
	case OPT_MAKEDUMPFILE:
		s->filter.program = arg;
		return 0;
	case OPT_TIMEOUT:
		s->seconds = number_arg(state, arg, 1, MAX_SECONDS);
		return 0;
	case OPT_SSH:
		s->target.ssh = arg;
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

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct save *s = state->input;

	switch (key) {
	case 'd':
		s->filter.level = number_arg(state, arg, 0, MAX_LEVEL);
		s->has_level_option = true;
		return 0;
	case 'c':
		if (!compress_option(arg, &s->filter.compress))
			argp_error(state, "%s: no such compression", arg);
		return 0;
	case 't':
		s->filter.threads = number_arg(state, arg, 1, 1024);
		return 0;
	case 'k':
		s->keep = number_arg(state, arg, 1, MAX_KEEP);
		return 0;
	case 's':
		s->filter.source = arg;
		return 0;
	case 'r':
		s->release = true;
		return 0;
	case 'q':
		s->quiet = true;
		return 0;
	default:
		return parse_rare(key, arg, state);
	}
}

const struct argp save_argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[TARGET]",
};

static const struct argp_child children[] = { { .argp = &save_argp }, { } };

static error_t pass_input(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	state->child_inputs[0] = state->input;
	return 0;
}

static const struct argp argp = {
	.parser = pass_input,
	.children = children,
	.doc = "Filters the dump with makedumpfile and writes it, its log, OPAL's memory if there is "
	       "any, and SHA-256 checksums to TARGET: a directory (also of a network file system), a "
	       "block device, or ssh://[user@]host[:port]/path; the default is TARGET in "
	       CONF_FILE ". Prints the name of what it wrote.\v"
	       "The name appears when all files are on the medium. The log is saved before, as "
	       LOG_KIND "NODE-ID-TIME; after a failure it stays there with a report, and the dump "
	       "stays in memory. "
	       "Exit status: 4 no dump is waiting, 5 target full, 6 cannot be reached, 7 makedumpfile "
	       "or ssh failed, 10 saved and released but not armed.",
};

int cmd_save(int argc, char **argv)
{
	struct save *s = save_new();
	int rc;

	if (!s)
		return EXIT_FAILED;
	argp_parse(&argp, argc, argv, 0, NULL, s);
	rc = save_run(s);
	save_free(s);
	return rc;
}
