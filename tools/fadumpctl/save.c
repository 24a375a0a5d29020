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

#include "attr.h"
#include "bounds.h"
#include "cmd.h"
#include "core.h"
#include "release.h"
#include "save.h"
#include "state.h"

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

static int check_source(struct save *s, const struct path *vmcore)
{
	int rc;

	if (!s->filter.source)
		s->filter.source = vmcore->s;
	s->is_vmcore = s->filter.source == vmcore->s;
	if (s->release && !s->is_vmcore)
		return fail(EXIT_USAGE, "--release: %s is not the dump that is waiting",
			    s->filter.source);
	if (s->release && s->log_only)
		return fail(EXIT_USAGE, "--release: not together with --log-only");
	rc = source_check(s->filter.source);
	if (!rc)
		return EXIT_DONE;
	if (s->is_vmcore)
		return fail(EXIT_STATE, "%s: no such file: no dump is waiting",
			    s->filter.source);
	return fail(EXIT_FAILED, "%s: %s", s->filter.source, source_error(rc));
}

void save_read_summary(struct summary *o, const char *source)
{
	struct core core;

	o->is_known = !core_open(&core, source);
	if (o->is_known) {
		vmcoreinfo_release(&core, o->release, sizeof(o->release));
		o->crashed = vmcoreinfo_crash_time(&core);
		o->needs_compound_info =
			vmcoreinfo_number(&core, "OFFSET", COMPOUND_INFO).known &&
			!vmcoreinfo_number(&core, "OFFSET", "page.compound_head").known;
	}
	core_close(&core);
}

/* OPAL's memory exists only after a crash, under one of two names. */
static void find_opalcore(struct save *s)
{
	static const char * const names[] = {
		"/sys/firmware/opal/mpipl/core", "/sys/firmware/opal/core",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names) && s->is_vmcore; i++) {
		s->opalcore = root_path(names[i]);
		if (file_exists(s->opalcore.s))
			return;
	}
	s->opalcore.s[0] = '\0';
}

static int save_files(struct save *s)
{
	int (* const steps[])(struct save *) = {
		save_log, keep_log, save_opalcore, save_dump, save_info, save_sums,
	};
	size_t i;
	int rc = EXIT_DONE;

	for (i = 0; i < ARRAY_SIZE(steps) && !rc; i++) {
		if ((steps[i] == save_dump || steps[i] == keep_log) && s->log_only)
			continue;
		rc = steps[i](s);
		if (!rc && is_interrupted())
			rc = EXIT_INTERRUPTED;
	}
	return rc;
}

static void say_failed(const struct save *s, int rc)
{
	struct dump_status status;
	const char *read;

	if (rc == EXIT_INTERRUPTED)
		fail(rc, "interrupted");
	if (!s->is_vmcore) {
		fail(rc, "%s: not saved", s->filter.source);
		return;
	}
	fail(rc, "%s: not saved; the dump stays in memory", s->filter.source);
	if (rc == EXIT_PROGRAM)
		warn("if makedumpfile cannot read the dump, --raw copies it without a filter");
	dump_status_read(&status);
	read = dump_status_get(&status, "read");
	if (read && !strcmp(read, "end"))
		warn("another program has read all of the dump: an orderly reboot discards it, so save it before");
}

static void say_saved(const struct save *s)
{
	const struct target *t = &s->target;

	if (t->ops == &target_block_ops)
		printf("%s:%s\n", t->text, t->name);
	else
		printf("%s%s%s\n", t->text,
		       t->text[strlen(t->text) - 1] == '/' ? "" : "/", t->name);
	fflush(stdout);
}

/* The log has its final name already. */
static void leave_report(struct save *s, int why)
{
	struct target *t = &s->target;

	if (t->ops->drop(t, &s->sink) || save_report(s, why) || save_sums(s) ||
	    t->ops->keep(t))
		return;
	warn("%s: %s has %sa report", t->text, t->log_name,
	     s->has_log ? "the log and " : "");
}

static int save_to_target(struct save *s)
{
	const struct target_ops *ops = s->target.ops;
	int rc = ops->begin(&s->target);

	if (!rc)
		rc = save_files(s);
	if (!rc)
		rc = ops->commit(&s->target);
	if (!rc && s->keep)
		ops->rotate(&s->target, s->keep);
	/* The following steps need a time limit as well. */
	clear_interrupted();
	alarm(MAX_CLEANUP_SECONDS);
	if (rc)
		say_failed(s, rc);
	if (rc && s->target.kept)
		leave_report(s, rc);
	ops->abort(&s->target);
	if (!rc)
		say_saved(s);
	return rc;
}

static void name_dump(struct save *s)
{
	char id[MACHINE_ID_LEN + 1];
	struct utsname uts = { };

	uname(&uts);
	machine_id(id);
	s->began = time(NULL);
	target_set_name(&s->target, s->log_only ? LOG_KIND : DUMP_KIND,
			s->node ? s->node : uts.nodename, id, s->began);
}

static int release_saved(const struct save *s)
{
	int rc = release_dump(s->quiet);

	if (rc && rc != EXIT_NOT_ARMED)
		warn("the dump is saved; its memory is not released, see fadumpctl release");
	return rc;
}

int save_run(struct save *s)
{
	struct path vmcore = root_path("/proc/vmcore");
	int rc = check_source(s, &vmcore);

	if (!rc)
		rc = target_parse(&s->target, s->target.text);
	if (rc)
		return rc;
	/* Messages of programs are compared, so they must not be translated. */
	setenv("LC_ALL", "C", 1);
	catch_signals();
	find_opalcore(s);
	name_dump(s);
	alarm(s->seconds);
	save_read_summary(&s->summary, s->filter.source);
	save_bound_level(s);
	rc = save_to_target(s);
	alarm(0);
	s->saved = !rc;
	return s->saved && s->release ? release_saved(s) : rc;
}

struct save *save_new(void)
{
	struct save *s = calloc(1, sizeof(*s));

	if (!s) {
		fail(EXIT_FAILED, "out of memory");
		return NULL;
	}
	s->conf_is_valid = conf_read(&s->conf);
	s->filter = (struct filter) {
		.program = "makedumpfile", .level = s->conf.level,
		.threads = s->conf.threads,
	};
	compress_option(s->conf.compress, &s->filter.compress);
	s->target.ssh = "ssh";
	s->checksum = s->conf.checksum;
	s->sink.fd = -1;
	return s;
}

void save_free(struct save *s)
{
	sha256_free(&s->sum);
	free(s);
}

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
