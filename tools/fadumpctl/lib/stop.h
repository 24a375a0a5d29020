/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When to stop: a signal to this process, or a time limit. Every loop over data asks.
 */
#ifndef FADUMPCTL_STOP_H
#define FADUMPCTL_STOP_H

#include <stdbool.h>

/* Undo what the parent process set; call this before the first child. */
void reset_signals(void);
void catch_stops(void);
/* The same, and ignore SIGPIPE: a closed pipe is an error of write(). */
void catch_signals(void);
/* A signal has asked this process to stop. */
bool is_interrupted(void);
/* Before cleaning up, so that the next signal interrupts that as well. */
void clear_interrupted(void);
/* Cancel the time limit; if it was over, that is forgotten, but no other signal. */
void clear_alarm(void);

/* A clock that is never set, for time limits. */
double clock_seconds(void);

#endif
