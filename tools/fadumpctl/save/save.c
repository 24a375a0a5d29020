// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Saves a dump to one target: all steps, and what is left when one of them fails.
 *
 * No incomplete dump has a dump's name, the log is kept with a report, and the dump stays
 * in memory.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "lib/bounds.h"
#include "lib/files.h"
#include "lib/say.h"
#include "lib/sha256.h"
#include "lib/source.h"
#include "lib/stop.h"
#include "machine/id.h"
#include "machine/release.h"
#include "machine/state.h"
#include "save/conf.h"
#include "save/makedumpfile.h"
#include "save/save.h"
#include "target/target.h"

static int check_source(struct save *s)
{
	int rc;

	s->is_vmcore = !s->filter.source;
	if (s->is_vmcore)
		s->filter.source = s->vmcore.s;
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
	struct saved_name name;

	save_get_name(s, &name);
	printf("%s\n", name.s);
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

	if (!rc && s->make_room && ops->make_room && !s->log_only)
		ops->make_room(&s->target, s->make_room << 20);
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
	/* A name that was taken has changed. */
	save_export(s);
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

int save_begin(struct save *s)
{
	int rc;

	s->vmcore = root_path("/proc/vmcore");
	rc = check_source(s);
	if (rc)
		return rc;
	/* Messages of programs are compared, so they must not be translated. */
	setenv("LC_ALL", "C", 1);
	catch_signals();
	find_opalcore(s);
	s->end = clock_seconds() + s->seconds;
	return EXIT_DONE;
}

/* The time limit is one for all attempts. It is rounded up: alarm(0) would be none. */
static unsigned int seconds_left(const struct save *s)
{
	double left = s->end - clock_seconds();

	if (!s->seconds)
		return 0;
	return left > 0 ? (unsigned int)left + 1 : 1;
}

int save_once(struct save *s)
{
	int rc = target_parse(&s->target, s->target.text);

	if (rc)
		return rc;
	name_dump(s);
	save_export(s);
	alarm(seconds_left(s));
	save_read_summary(&s->summary, s->filter.source);
	save_bound_level(s);
	rc = save_to_target(s);
	clear_alarm();
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
		.threads = s->conf.threads, .more = s->conf.makedumpfile_args,
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
