// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When to stop: a signal to this process, or a time limit.
 */

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "lib/stop.h"
#include "lib/types.h"

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	/* The end of a time limit replaces no other signal, see clear_alarm(). */
	if (sig != SIGALRM || !interrupted)
		interrupted = sig;
}

bool is_interrupted(void)
{
	return interrupted;
}

void clear_interrupted(void)
{
	interrupted = 0;
}

void clear_alarm(void)
{
	alarm(0);
	if (interrupted == SIGALRM)
		interrupted = 0;
}

/*
 * Signal settings are inherited. With SIGCHLD ignored, wait() reports no status; a
 * blocked signal stops nothing.
 */
void reset_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGCHLD, SIG_DFL);
}

static bool is_ignored(int sig)
{
	struct sigaction sa;

	return !sigaction(sig, NULL, &sa) && sa.sa_handler == SIG_IGN;
}

/* No SA_RESTART: a signal ends system calls that wait. nohup has SIGHUP ignored. */
void catch_stops(void)
{
	static const int stops[] = { SIGINT, SIGTERM, SIGALRM };
	struct sigaction sa = { .sa_handler = on_signal };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(stops); i++)
		sigaction(stops[i], &sa, NULL);
	if (!is_ignored(SIGHUP))
		sigaction(SIGHUP, &sa, NULL);
}

void catch_signals(void)
{
	catch_stops();
	signal(SIGPIPE, SIG_IGN);
}

double clock_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}
