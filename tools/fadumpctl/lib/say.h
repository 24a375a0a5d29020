/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages and results for the user, and the exit status for scripts.
 */
#ifndef FADUMPCTL_SAY_H
#define FADUMPCTL_SAY_H

#include "lib/types.h"

/**
 * enum exit_code - documented in fadumpctl.8; these never change
 * @EXIT_DONE: success
 * @EXIT_FAILED: any other failure
 * @EXIT_USAGE: the command line makes no sense
 * @EXIT_MISSING: kernel or firmware do not offer it
 * @EXIT_STATE: not now: no dump is waiting, or one is, or what is needed is in use
 * @EXIT_FULL: the target is full
 * @EXIT_LINK: the target cannot be reached, or no longer
 * @EXIT_PROGRAM: makedumpfile, ssh or another program is missing or has failed
 * @EXIT_DAMAGED: the file is not a dump, or it cannot be read
 * @EXIT_INTERRUPTED: a signal ended it
 * @EXIT_NOT_ARMED: status: a crash would not be dumped
 * @EXIT_WAITING: status: a dump is waiting
 * @EXIT_NOT_READY: check: a dump may not be taken, or not be saved
 * @EXIT_INCOMPLETE: import: a setting was not taken over
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
	EXIT_INCOMPLETE = 13,
};

/* Print a message. Return: @code, so that the caller can return it. */
int fail(int code, const char *fmt, ...) __format(2);
int fail_errno(int code, int err, const char *path);

void warn(const char *fmt, ...) __format(1);

/* Print a line of a program's messages; @line is printable. */
void say_program_line(const char *name, const char *line);

/* Flush stdout. Return: false after a message if a write failed. */
bool say_flush(int rc);

/* The messages so far, as many as fit, for a report. */
const char *said_messages(void);

/* Ask to type @word, on a terminal. Return: exit status. */
int say_confirm(const char *word);

/* The exit status for an error of the target. */
int exit_code_of(int err);

void say_field(const char *label, const char *fmt, ...) __format(2);
void say_wrapped(unsigned int indent, const char *text);
void say_text(const char *fmt, ...) __format(1);

/* Lines are never broken to fewer columns. */
#define MIN_COLUMNS	40

/* The terminal's width, at most COLUMNS; COLUMNS if @fd is not a terminal. */
unsigned int terminal_columns(int fd);

/* "1.5 GiB" */
struct size_text {
	char s[16];
};

struct size_text size_text(u64 bytes);

/* "2026-11-30 19:00:00 UTC"; empty for a time that has no such form. */
struct time_text {
	char s[32];
};

struct time_text time_text(long long when);

/* In MiB, rounded up, as crashkernel= takes it. */
u64 to_mib(u64 bytes);

/* Return: true if all characters are printable ASCII. */
bool is_printable(const char *text);

/* Escape untrusted bytes, so that none of them controls the terminal. */
size_t make_printable(char *out, size_t cap, const void *text, size_t len);

#endif
