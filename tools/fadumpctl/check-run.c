// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A question in a process of its own.
 *
 * What waits for a dead server is killed or, where even that waits, left behind. It
 * has no terminal: a program that it starts cannot ask anything.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "say.h"

/* After SIGKILL, to be gone. */
#define MAX_GONE_SECONDS	1

/* One write of at most so much comes in one piece. */
_Static_assert(sizeof(struct finding) <= 4096, "a finding fits in PIPE_BUF");

/* Messages are in the finding. */
static void be_silent(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0) {
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
}

static void run_child(check_fn look, struct check_input *in, int out, pid_t parent)
{
	struct finding f = { .verdict = VERDICT_UNKNOWN, .text = "no answer" };

	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILED);
	be_silent();
	look(in, &f);
	_exit(write(out, &f, sizeof(f)) == sizeof(f) ? EXIT_DONE : EXIT_FAILED);
}

/* False after @seconds or a signal to us. */
static bool read_finding(int fd, double seconds, struct finding *f)
{
	double end = clock_seconds() + seconds, left;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct finding got;

	for (left = seconds; left > 0 && !is_interrupted(); left = end - clock_seconds()) {
		/* Not for ever: a signal may come just before. */
		if (poll(&p, 1, left < 0.5 ? left * 1000 + 1 : 500) <= 0)
			continue;
		if (read(fd, &got, sizeof(got)) == sizeof(got))
			*f = got;
		else
			finding_unknown(f, "the process that looked has ended without an answer");
		return true;
	}
	return false;
}

/* All that it has started is of its process group. */
static void end_child(pid_t pid)
{
	double end = clock_seconds() + MAX_GONE_SECONDS;

	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	while (!waitpid(pid, NULL, WNOHANG) && clock_seconds() < end)
		usleep(2000);
}

bool check_run(check_fn look, struct check_input *in, double seconds, struct finding *f)
{
	pid_t parent = getpid(), pid;
	int fds[2];
	bool good;

	if (pipe2(fds, O_CLOEXEC)) {
		finding_unknown(f, "pipe: %s", strerror(errno));
		return true;
	}
	pid = fork();
	if (!pid)
		run_child(look, in, fds[1], parent);
	close(fds[1]);
	if (pid < 0)
		finding_unknown(f, "fork: %s", strerror(errno));
	good = pid < 0 || read_finding(fds[0], seconds, f);
	close(fds[0]);
	if (pid > 0)
		end_child(pid);
	return good;
}
