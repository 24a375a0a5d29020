// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl test: crashes this machine on purpose, and reports whether there is a dump.
 *
 * A random token is stored in a file and in the kernel's log. A dump whose log has the
 * file's token is the dump of this crash.
 */

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "lib/files.h"
#include "lib/say.h"
#include "machine/attr.h"
#include "machine/state.h"
#include "save/conf.h"
#include "save/makedumpfile.h"
#include "selftest/selftest.h"

/* The write that crashes the machine does not return; wait so long if it does. */
#define SECONDS_TO_CRASH	5

/* Time limit of that write; the threads on all CPUs end with it. */
#define MAX_CRASH_SECONDS	60

/* The kernel may move pages between filling and crashing; they are filled again so often. */
#define MAX_REFILLS	3

struct test_options {
	bool yes;
	bool thorough;
	bool report;
	struct selftest_report_options of_report;
};

static const struct cmd_option options[] = {
	CMD_FLAG(struct test_options, yes, "yes", 'y', "Do not ask for confirmation"),
	CMD_FLAG(struct test_options, thorough, "thorough", 't',
		 "Fill memory and registers, so that --report can compare the dump with them"),
	CMD_FLAG(struct test_options, report, "report", 'r',
		 "After the crash: report the result"),
	CMD_TEXT(struct test_options, of_report.where, "in", 'i', "PLACE",
		 "Directory of saved dumps, or a dump (default: as in " CONF_FILE ")"),
	CMD_FLAG(struct test_options, of_report.json, "json", 'j', "Print the report as JSON"),
	CMD_TEXT(struct test_options, of_report.output, "output", 'o', "FILE",
		 "Also write the report to FILE, as JSON and as text, to be sent"),
	{ }
};

static void check_options(const struct test_options *o, struct argp_state *state)
{
	const struct selftest_report_options *r = &o->of_report;

	if (!o->report && (r->where || r->json || r->output))
		argp_error(state, "--in, --json and --output belong to --report");
	if (o->report && o->thorough)
		argp_error(state, "--report finds out itself whether the test was --thorough");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	if (key != ARGP_KEY_END)
		return ARGP_ERR_UNKNOWN;
	check_options(state->input, state);
	return 0;
}

static const struct cmd_syntax syntax = {
	.options = options,
	.parse = parse,
	.doc = "Crashes this machine. Before that, leaves a token in its memory and writes its file "
	       "systems back (sync); programs are not ended. After the capture, --report searches "
	       "for the dump, in /proc/vmcore or where it was saved, and for the token in it, and "
	       "shows how long each phase took; after a test with --thorough, also which pages of "
	       "memory the dump has, and whether each CPU has its own registers.",
};

static int check_armed(void)
{
	struct fadump_state s;
	int rc = attr_require();

	if (rc)
		return rc;
	state_read(&s);
	if (s.waiting)
		return fail(EXIT_STATE, "%s: a dump is waiting; save and release it first",
			    root_path("/proc/vmcore").s);
	if (!s.registered)
		return fail(EXIT_STATE, "%s: not armed; the crash would leave no dump",
			    attr_path(ATTR_REGISTERED).s);
	return EXIT_DONE;
}

static int confirm(void)
{
	if (!isatty(STDIN_FILENO))
		return fail(EXIT_USAGE, "standard input is no terminal; --yes crashes the machine without confirmation");
	say_text("This machine will crash NOW: file systems are written back first, programs are not ended.");
	return say_confirm("crash");
}

static int make_token(struct selftest *t)
{
	u8 raw[16];
	size_t i;

	if (getrandom(raw, sizeof(raw), 0) != sizeof(raw))
		return fail_errno(EXIT_FAILED, errno, "getrandom");
	for (i = 0; i < sizeof(raw); i++)
		sprintf(t->token + 2 * i, "%02x", raw[i]);
	return EXIT_DONE;
}

static int put_into_log(const struct selftest *t)
{
	struct path kmsg = root_path("/dev/kmsg");
	char line[128];
	int rc;

	snprintf(line, sizeof(line), SELFTEST_MARK "%s\n", t->token);
	rc = file_write_text(kmsg.s, line);
	return rc ? fail_errno(EXIT_FAILED, rc, kmsg.s) : EXIT_DONE;
}

/* Only interrupts the write. */
static void on_alarm(int sig)
{
	(void)sig;
}

static int pull_trigger(const char *path)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	int rc;

	sigaction(SIGALRM, &sa, NULL);
	alarm(MAX_CRASH_SECONDS);
	rc = file_write_text(path, "c");
	alarm(0);
	return rc;
}

/* sync() first: the test must not cost other programs the data that they have written. */
static int crash(void)
{
	struct path trigger = root_path("/proc/sysrq-trigger");
	int rc;

	sync();
	rc = pull_trigger(trigger.s);
	if (rc == -EINTR)
		return fail(EXIT_FAILED, "%s: no crash within %d seconds; the machine goes on",
			    trigger.s, MAX_CRASH_SECONDS);
	if (rc)
		return fail_errno(EXIT_FAILED, rc, trigger.s);
	if (!root_is_set())
		sleep(SECONDS_TO_CRASH);
	return fail(EXIT_FAILED, "%s: the machine goes on; is CONFIG_MAGIC_SYSRQ missing?",
		    trigger.s);
}

/* The test's pages are user memory. */
static void check_level(void)
{
	struct conf conf;

	conf_read(&conf);
	if (conf.level & LEVEL_USER)
		warn("LEVEL=%llu in " CONF_FILE ": a dump saved with it lacks the pages of --thorough; LEVEL=%llu keeps them",
		     conf.level, conf.level & ~LEVEL_USER);
}

static int remember_pages(struct selftest *t, const struct filled *f)
{
	json_decref(t->thorough);
	t->thorough = thorough_json(f);
	return t->thorough ? selftest_store(t) : fail(EXIT_FAILED, "out of memory");
}

/* The list must be valid at the moment of the crash. */
static int remember_all(struct selftest *t, struct filled *f)
{
	unsigned int tries;
	int rc;

	for (tries = 0; tries <= MAX_REFILLS; tries++) {
		rc = remember_pages(t, f);
		if (rc)
			return rc;
		sync();
		if (!thorough_refill(f))
			return put_into_log(t);
	}
	return fail(EXIT_FAILED, "the kernel keeps moving the test's memory; nothing has happened");
}

static int crash_thoroughly(struct selftest *t)
{
	u64 seed = selftest_seed(t->token);
	struct filled *f = thorough_fill(seed);
	int rc;

	if (!f)
		return EXIT_FAILED;
	rc = remember_all(t, f);
	if (!rc) {
		cpus_load_registers(seed, json_object_get(t->thorough, "cpus"));
		rc = crash();
	}
	json_decref(t->thorough);
	thorough_free(f);
	return rc;
}

static int crash_plainly(const struct selftest *t)
{
	int rc = selftest_store(t);

	if (!rc)
		rc = put_into_log(t);
	return rc ? rc : crash();
}

static int run_test(const struct test_options *o)
{
	struct selftest t = { .began = time(NULL) };
	int rc = check_armed();

	if (!rc && o->thorough)
		check_level();
	if (!rc && !o->yes)
		rc = confirm();
	if (!rc)
		rc = make_token(&t);
	if (rc)
		return rc;
	selftest_boot_id(t.boot_id, sizeof(t.boot_id));
	return o->thorough ? crash_thoroughly(&t) : crash_plainly(&t);
}

int cmd_test(int argc, char **argv)
{
	struct test_options o = { };

	cmd_parse(&syntax, argc, argv, &o);
	return o.report ? selftest_report(&o.of_report) : run_test(&o);
}
