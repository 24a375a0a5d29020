// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl release: give the memory of a dump back, and go on.
 *
 * The write to release_mem takes as long as the release, or ends earlier and
 * dump_status says "releasing" until it is done. MemTotal grows meanwhile, and
 * tells how far it is.
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

/* Terabytes take minutes. More than this is no release any more. */
#define MAX_WAIT_SECONDS	3600

struct release_options {
	bool force;
	bool quiet;
};

static const struct argp_option options[] = {
	{ .name = "force", .key = 'f',
	  .doc = "Also a dump that no program has saved: it is gone then" },
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
	.doc = "Ends the dump that is waiting: /proc/vmcore goes, its memory returns to the system, "
	       "and firmware is armed for the next crash. Waits until that is done. Where an "
	       "earlier one did not get back all of the memory, goes on with it.",
};

/**
 * struct release - a release while it goes on
 * @done: the write has ended
 * @code: with this exit status
 * @before: MemTotal when it began, in bytes
 * @expected: bytes that come back, if known
 */
struct release {
	atomic_bool done;
	int code;
	u64 before;
	struct number expected;
};

static u64 mem_total(void)
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
	u64 now = mem_total();

	if (r->expected.known && r->before && now >= r->before)
		progress_show(p, permille_of(now - r->before, r->expected.value));
}

static void nap(void)
{
	const struct timespec time = { .tv_nsec = 100 * 1000 * 1000 };

	nanosleep(&time, NULL);
}

static bool is_releasing(void)
{
	struct dump_status status;
	const char *fate;

	dump_status_read(&status);
	fate = dump_status_get(&status, "dump");
	return fate && !strcmp(fate, "releasing");
}

static int wait_for_kernel(const struct release *r, struct progress *p)
{
	double end = clock_seconds() + MAX_WAIT_SECONDS;

	while (is_releasing()) {
		if (clock_seconds() > end)
			return fail(EXIT_FAILED, "%s: the kernel is still releasing after %d seconds",
				    attr_path(ATTR_DUMP_STATUS).s, MAX_WAIT_SECONDS);
		show(r, p);
		nap();
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
			nap();
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

/* An untouched kernel does not arm itself after a release. */
static int arm_again(void)
{
	if (!attr_number(ATTR_ENABLED).value || attr_number(ATTR_REGISTERED).value ||
	    !fadump_set_registered(true))
		return EXIT_DONE;
	warn("the dump is released, but nothing is armed; fadumpctl register tries again");
	return EXIT_NOT_ARMED;
}

/* Where it has begun before, this is the rest. */
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
		warn("the dump is released, but for %s of its memory; fadumpctl release tries again",
		     size_text(dump_status_number(&s.dump, "to_return").value).s);
	return rc;
}

/**
 * release_dump - give the dump up, get its memory and arm
 * @quiet: show no progress
 *
 * Return: exit status; EXIT_NOT_ARMED where that is all that has failed.
 */
int release_dump(bool quiet)
{
	struct release r = { .before = mem_total(), .expected = expected_memory() };
	u64 after;
	int rc;

	rc = run_release(&r, quiet);
	if (rc) {
		/* A release fails while a process has it open or mapped. */
		users_name("/proc/vmcore");
		return say_incomplete(rc);
	}
	after = mem_total();
	printf("Released: %s came back.\n",
	       size_text(after > r.before ? after - r.before : 0).s);
	rc = arm_again();
	puts(attr_number(ATTR_REGISTERED).value ? "Armed for the next crash." :
	     "Not armed.");
	return rc;
}

/* A dump that has not been saved is not released by mistake. */
static int may_release(const struct fadump_state *s, bool force)
{
	const char *read = dump_status_get(&s->dump, "read");

	/* The dump itself is gone already. */
	if (s->releasing)
		return EXIT_DONE;
	if (!s->waiting)
		return fail(EXIT_STATE, "%s: no dump is waiting",
			    attr_path(ATTR_RELEASE_MEM).s);
	if (read && strcmp(read, "end") && !force)
		return fail(EXIT_STATE,
			    "%s: no program has saved the dump (read: %s); save it first, or give it up with --force",
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
