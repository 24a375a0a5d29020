// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs a question in a process of its own.
 *
 * A process that waits for a server that is down is killed; if even SIGKILL does not end
 * it, it is left behind. It has no terminal, so that no program can ask for a password.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check/check.h"
#include "lib/say.h"
#include "lib/stop.h"

/* Time to end after SIGKILL. */
#define MAX_GONE_SECONDS	1

/* A write of at most PIPE_BUF bytes is never split. */
_Static_assert(sizeof(struct finding) <= 4096, "a finding fits in PIPE_BUF");

/* The finding has the message; nothing may appear on the terminal. */
static void redirect_output(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0) {
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
}

static void run_child(check_fn question, struct check_input *in, int out, pid_t parent)
{
	struct finding f = { .verdict = VERDICT_UNKNOWN, .text = "no answer" };

	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILED);
	redirect_output();
	question(in, &f);
	_exit(write(out, &f, sizeof(f)) == sizeof(f) ? EXIT_DONE : EXIT_FAILED);
}

/* Return: false after @seconds, or after a signal to us. */
static bool read_finding(int fd, double seconds, struct finding *f)
{
	double end = clock_seconds() + seconds, left;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct finding got;

	for (left = seconds; left > 0 && !is_interrupted(); left = end - clock_seconds()) {
		/* Wake up now and then: a signal may arrive just before poll(). */
		if (poll(&p, 1, left < 0.5 ? left * 1000 + 1 : 500) <= 0)
			continue;
		if (read(fd, &got, sizeof(got)) == sizeof(got))
			*f = got;
		else
			finding_unknown(f, "the process that checks this has ended without an answer");
		return true;
	}
	return false;
}

/* The programs that it has started are in its process group. */
static void end_child(pid_t pid)
{
	double end = clock_seconds() + MAX_GONE_SECONDS;

	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	while (!waitpid(pid, NULL, WNOHANG) && clock_seconds() < end)
		usleep(2000);
}

bool check_run(check_fn question, struct check_input *in, double seconds, struct finding *f)
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
		run_child(question, in, fds[1], parent);
	close(fds[1]);
	if (pid < 0)
		finding_unknown(f, "fork: %s", strerror(errno));
	good = pid < 0 || read_finding(fds[0], seconds, f);
	close(fds[0]);
	if (pid > 0)
		end_child(pid);
	return good;
}
