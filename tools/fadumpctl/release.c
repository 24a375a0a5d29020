// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl release: releases the memory of a dump.
 *
 * The write to release_mem returns when the release is complete, or earlier; then
 * dump_status is "releasing" until it is complete. MemTotal grows meanwhile and so tells
 * the progress.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "attr.h"
#include "cmd.h"
#include "progress.h"
#include "register.h"
#include "release.h"
#include "state.h"
#include "users.h"

/* A release of terabytes takes minutes. */
#define MAX_WAIT_SECONDS	3600

struct release_options {
	bool force;
	bool quiet;
};

static const struct argp_option options[] = {
	{ .name = "force", .key = 'f',
	  .doc = "Release a dump that no program has saved; it is discarded" },
	{ .name = "quiet", .key = 'q', .doc = "Show no progress" },
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct release_options *o = state->input;

	(void)arg;
	switch (key) {
	case 'f':
		o->force = true;
		return 0;
	case 'q':
		o->quiet = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Releases the dump that is waiting: /proc/vmcore disappears, its memory returns to "
	       "the system, and firmware is armed for the next crash. Waits until that is done. "
	       "Continues an earlier release that did not get back all of the memory.",
};

/**
 * struct release - a release while it runs
 * @done: the write to release_mem has returned
 * @code: its exit status
 * @before: MemTotal before the release, in bytes
 * @expected: bytes to be released, if known
 */
struct release {
	atomic_bool done;
	int code;
	u64 before;
	struct number expected;
};

static u64 read_mem_total(void)
{
	unsigned long long kib = 0;
	char text[4096];
	char *at;

	file_read_text(root_path("/proc/meminfo").s, text, sizeof(text));
	at = strstr(text, "MemTotal:");
	if (at)
		sscanf(at, "MemTotal: %llu kB", &kib);
	return kib * 1024;
}

static void *write_release(void *arg)
{
	struct release *r = arg;

	r->code = attr_write(ATTR_RELEASE_MEM, "1\n");
	atomic_store(&r->done, true);
	return NULL;
}

static void show(const struct release *r, struct progress *p)
{
	u64 now = read_mem_total();

	if (r->expected.known && r->before && now >= r->before)
		progress_show(p, permille_of(now - r->before, r->expected.value));
}

static void sleep_briefly(void)
{
	const struct timespec time = { .tv_nsec = 100 * 1000 * 1000 };

	nanosleep(&time, NULL);
}

static bool is_releasing(void)
{
	struct dump_status status;
	const char *outcome;

	dump_status_read(&status);
	outcome = dump_status_get(&status, "dump");
	return outcome && !strcmp(outcome, "releasing");
}

static int wait_for_kernel(const struct release *r, struct progress *p)
{
	double end = clock_seconds() + MAX_WAIT_SECONDS;

	while (is_releasing()) {
		if (clock_seconds() > end)
			return fail(EXIT_FAILED, "%s: the kernel is still releasing after %d seconds",
				    attr_path(ATTR_DUMP_STATUS).s, MAX_WAIT_SECONDS);
		show(r, p);
		sleep_briefly();
	}
	return EXIT_DONE;
}

static int run_release(struct release *r, bool quiet)
{
	struct progress p;
	pthread_t thread;

	progress_begin(&p, "releasing memory", quiet);
	if (pthread_create(&thread, NULL, write_release, r)) {
		write_release(r);
	} else {
		while (!atomic_load(&r->done)) {
			show(r, &p);
			sleep_briefly();
		}
		pthread_join(thread, NULL);
	}
	if (!r->code)
		r->code = wait_for_kernel(r, &p);
	if (!r->code)
		progress_show(&p, 1000);
	progress_end(&p);
	return r->code;
}

/* An upstream kernel does not arm itself after a release. */
static int arm_again(void)
{
	if (!attr_number(ATTR_ENABLED).value || attr_number(ATTR_REGISTERED).value ||
	    !fadump_set_registered(true))
		return EXIT_DONE;
	warn("the dump is released, but nothing is armed; fadumpctl register tries again");
	return EXIT_NOT_ARMED;
}

/* In a release that continues an earlier one, to_return is the rest. */
static struct number expected_memory(void)
{
	struct dump_status status;
	struct number n;

	dump_status_read(&status);
	n = dump_status_number(&status, "to_return");
	return n.known ? n : dump_status_number(&status, "preserved_memory");
}

static int say_incomplete(int rc)
{
	struct fadump_state s;

	state_read(&s);
	if (s.releasing && rc != EXIT_STATE)
		warn("the dump is released, except for %s of its memory; fadumpctl release tries again",
		     size_text(dump_status_number(&s.dump, "to_return").value).s);
	return rc;
}

/**
 * release_dump - release the dump, wait for its memory, and arm
 * @quiet: show no progress
 *
 * Return: exit status; EXIT_NOT_ARMED if only arming has failed.
 */
int release_dump(bool quiet)
{
	struct release r = { .before = read_mem_total(), .expected = expected_memory() };
	u64 after;
	int rc;

	rc = run_release(&r, quiet);
	if (rc) {
		/* The kernel refuses a release while a process has the file open or mapped. */
		users_warn("/proc/vmcore");
		return say_incomplete(rc);
	}
	after = read_mem_total();
	printf("Released: %s of memory.\n",
	       size_text(after > r.before ? after - r.before : 0).s);
	rc = arm_again();
	puts(attr_number(ATTR_REGISTERED).value ? "Armed for the next crash." :
	     "Not armed.");
	return rc;
}

/* Refuse to release a dump that was not saved, which may be a mistake. */
static int may_release(const struct fadump_state *s, bool force)
{
	const char *read = dump_status_get(&s->dump, "read");

	/* An earlier release has discarded the dump already. */
	if (s->releasing)
		return EXIT_DONE;
	if (!s->waiting)
		return fail(EXIT_STATE, "%s: no dump is waiting",
			    attr_path(ATTR_RELEASE_MEM).s);
	if (read && strcmp(read, "end") && !force)
		return fail(EXIT_STATE,
			    "%s: no program has saved the dump (read: %s); save it first, or discard it with --force",
			    attr_path(ATTR_DUMP_STATUS).s, read);
	return EXIT_DONE;
}

int cmd_release(int argc, char **argv)
{
	struct release_options o = { };
	struct fadump_state s;
	int rc = 0;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	state_read(&s);
	if (!s.supported)
		rc = attr_require();
	if (!rc)
		rc = may_release(&s, o.force);
	return rc ? rc : release_dump(o.quiet);
}
