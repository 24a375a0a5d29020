// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints a dump; runs libkdumpfile in a child process.
 *
 * On a damaged file the library may crash, hang or exit. Such an end must be reported as
 * damage, and the output before it must not pass for a complete one.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/print.h"
#include "core/core.h"
#include "lib/child.h"
#include "lib/say.h"

/* Added to the exit status. Without it, the library has called exit(). */
#define FINISHED	0xa0
#define STATUS_MASK	0x0f

_Static_assert(EXIT_WAITING <= STATUS_MASK, "every exit status has room");

static int show(const struct core *core, const struct inspect_options *o)
{
	if (o->json && inspect_print_json(core, o))
		return fail(EXIT_FAILED, "out of memory");
	if (!o->json)
		inspect_print(core, o);
	return core->damage ? EXIT_DAMAGED : EXIT_DONE;
}

static int load_and_show(struct core *core, const struct inspect_options *o)
{
	int rc = kdump_core_decode(core, o->path);

	if (!rc)
		return show(core, o);
	return core->damage ? core_fail_damaged(core, o->path) : rc;
}

/* Use _exit(): exit() would run the library's destructors, which may crash too. */
static void run(struct core *core, const struct inspect_options *o)
{
	int rc;

	/* With whole lines, a crash cuts none. JSON is printed after the dump is read. */
	if (!o->json)
		setvbuf(stdout, NULL, _IOLBF, 0);
	rc = load_and_show(core, o);
	if (!say_flush(rc) && !rc)
		rc = EXIT_FAILED;
	_exit(FINISHED | rc);
}

/* Other signals are sent by another process and tell nothing about the file. */
static bool is_crash(int sig)
{
	return sig == SIGSEGV || sig == SIGBUS || sig == SIGABRT || sig == SIGFPE ||
	       sig == SIGILL;
}

static int explain(const struct core *core, const struct inspect_options *o, int status)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	/* The reader of our output is gone: end as this process would have ended. */
	if (sig == SIGPIPE)
		raise(sig);
	if (sig && !is_crash(sig))
		return fail(EXIT_FAILED, "%s: the process that reads it was killed by signal %d (%s)",
			    o->path, sig, strsignal(sig));
	if (!o->json)
		say_field("Damaged", "the rest cannot be read");
	core_fail_damaged(core, o->path);
	if (!sig)
		return fail(EXIT_DAMAGED, "%s: damaged: libkdumpfile has exited", o->path);
	return fail(EXIT_DAMAGED, "%s: damaged: libkdumpfile has crashed with signal %d (%s)",
		    o->path, sig, strsignal(sig));
}

static int show_in_child(struct core *core, const struct inspect_options *o)
{
	struct child c;
	pid_t pid = child_fork(&c, "libkdumpfile");

	if (pid < 0)
		return fail_errno(EXIT_FAILED, errno, "fork");
	if (!pid)
		run(core, o);
	if (!child_wait(&c))
		return EXIT_INTERRUPTED;
	if (WIFEXITED(c.status) && (WEXITSTATUS(c.status) & ~STATUS_MASK) == FINISHED)
		return WEXITSTATUS(c.status) & STATUS_MASK;
	return explain(core, o, c.status);
}

/**
 * inspect_show - print a dump
 * @core: the file; a file of makedumpfile is not yet decoded
 * @o: what to print
 *
 * Return: exit status.
 */
int inspect_show(struct core *core, const struct inspect_options *o)
{
	return core->is_kdump ? show_in_child(core, o) : show(core, o);
}
