/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is said to people, and the exit status that says it to programs.
 */
#ifndef FADUMPCTL_SAY_H
#define FADUMPCTL_SAY_H

#include "types.h"

/**
 * enum exit_code - documented in fadumpctl.8, they stay the same
 * @EXIT_DONE: it is done
 * @EXIT_FAILED: any other failure
 * @EXIT_USAGE: the command line makes no sense
 * @EXIT_MISSING: kernel or firmware do not offer it
 * @EXIT_STATE: not now: no dump is waiting, or one is, or what is needed is in use
 * @EXIT_FULL: no room where the dump should go
 * @EXIT_LINK: the place where it should go cannot be reached, or no longer
 * @EXIT_PROGRAM: makedumpfile or ssh is missing or has failed
 * @EXIT_DAMAGED: this is not a dump, or it cannot be read
 * @EXIT_INTERRUPTED: a signal ended it
 * @EXIT_NOT_ARMED: status: a crash would not be dumped
 * @EXIT_WAITING: status: a dump is waiting
 * @EXIT_NOT_READY: check: a dump may not be taken, or not be saved
 */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_MISSING = 3,
	EXIT_STATE = 4,
	EXIT_FULL = 5,
	EXIT_LINK = 6,
	EXIT_PROGRAM = 7,
	EXIT_DAMAGED = 8,
	EXIT_INTERRUPTED = 9,
	EXIT_NOT_ARMED = 10,
	EXIT_WAITING = 11,
	EXIT_NOT_READY = 12,
};

/* Both return @code, so that a caller can return what they return. */
int fail(int code, const char *fmt, ...) __format(2);
int fail_errno(int code, int err, const char *path);

void warn(const char *fmt, ...) __format(1);

/* A line that a program has said, printable. */
void say_of_program(const char *name, const char *line);

/* Flushes results. Return: false, and it is said, if some did not get out. */
bool say_end(int rc);

/* The first messages of all that were not results, for a report. */
const char *said_so_far(void);

/* The exit status for an error of a place that is written to. */
int exit_code_of(int err);

void say_field(const char *label, const char *fmt, ...) __format(2);
void say_wrapped(unsigned int indent, const char *text);
void say_text(const char *fmt, ...) __format(1);

/* The narrowest terminal for which lines are broken. */
#define MIN_COLUMNS	40

/* How wide it is, at most COLUMNS; that where it is no terminal. */
unsigned int terminal_columns(int fd);

/* "1.5 GiB"; the buffer belongs to the caller. */
struct size_text {
	char s[16];
};

struct size_text size_text(u64 bytes);

/* As crashkernel= takes them, rounded up. */
u64 to_mib(u64 bytes);

/* Printable ASCII, and nothing else? */
bool is_printable(const char *text);

/* Bytes of a dead kernel: nothing in them reaches the terminal as a command. */
size_t make_printable(char *out, size_t cap, const void *text, size_t len);

#endif
