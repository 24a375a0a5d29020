// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Releases the memory of a dump.
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

#include "lib/progress.h"
#include "lib/say.h"
#include "lib/stop.h"
#include "machine/attr.h"
#include "machine/meminfo.h"
#include "machine/release.h"
#include "machine/state.h"
#include "machine/users.h"

/* A release of terabytes takes minutes. */
#define MAX_WAIT_SECONDS	3600

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

static void *write_release(void *arg)
{
	struct release *r = arg;

	r->code = attr_write(ATTR_RELEASE_MEM, "1\n");
	atomic_store(&r->done, true);
	return NULL;
}

static void show(const struct release *r, struct progress *p)
{
	u64 now = meminfo_bytes("MemTotal");

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
	    !attr_set_registered(true))
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
	struct release r = { .before = meminfo_bytes("MemTotal"), .expected = expected_memory() };
	u64 after;
	int rc;

	rc = run_release(&r, quiet);
	if (rc) {
		/* The kernel refuses a release while a process has the file open or mapped. */
		users_warn("/proc/vmcore");
		return say_incomplete(rc);
	}
	after = meminfo_bytes("MemTotal");
	printf("Released: %s of memory.\n",
	       size_text(after > r.before ? after - r.before : 0).s);
	rc = arm_again();
	puts(attr_number(ATTR_REGISTERED).value ? "Armed for the next crash." :
	     "Not armed.");
	return rc;
}
