/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Child processes: other programs, and parts of this one that may crash or hang.
 */
#ifndef FADUMPCTL_CHILD_H
#define FADUMPCTL_CHILD_H

#include <sys/types.h>

#include "lib/progress.h"
#include "lib/types.h"

enum child_pipes {
	CHILD_IN = 1,		/* we write its standard input */
	CHILD_OUT = 2,		/* its standard output is data for us, not messages */
	CHILD_SHELL = 4,	/* it starts others: a signal reaches all of them */
};

/**
 * struct messages - the output of a program
 * @progress: shows makedumpfile's progress lines, or NULL
 * @line: the last line, while its end is missing
 * @line_len: bytes in @line
 * @tail: the last lines that are not about progress
 * @tail_len: bytes in @tail
 */
struct messages {
	struct progress *progress;
	char line[256];
	size_t line_len;
	char tail[2048];
	size_t tail_len;
};

void messages_add(struct messages *m, const char *text, size_t len);

/*
 * Decode "Copying data : [ 42.5 %] - eta: 3s". @rest: what follows. Return: false if
 * the line has another form.
 */
bool decode_progress(const char *line, char *what, size_t cap,
		     unsigned int *permille, const char **rest);

/**
 * struct child - a child process
 * @name: for messages
 * @pid: 0 if it does not run
 * @is_group: the process has a group of its own, see CHILD_SHELL
 * @in: write end of its standard input, if CHILD_IN
 * @out: read end of its standard output, if CHILD_OUT
 * @msg: read end of its messages; -1 after they ended
 * @status: as wait() has it, after child_finish()
 * @answer: an exit status that is an answer, not a failure; 0 for none
 * @messages: its messages so far
 */
struct child {
	const char *name;
	pid_t pid;
	bool is_group;
	int in;
	int out;
	int msg;
	int status;
	int answer;
	struct messages messages;
};

/* Keeps @messages.progress. Return: 0 or -errno. */
int child_start(struct child *c, char *const argv[], int pipes);

/* Read the messages that have arrived. */
void child_listen(struct child *c);

/* Wait for data on @out or a message. Return: false after a signal to us. */
bool child_poll(struct child *c);

/* Read @out until its end; drop what does not fit. */
void child_read(struct child *c, char *buf, size_t cap);

/*
 * Close all pipes and wait for the end; with @kill_it, kill the process first.
 * Return: exit status, after a message about a failure.
 */
int child_finish(struct child *c, bool kill_it);

/* Run a program to its end; its output is in @messages. Return: exit status. */
int child_run(struct child *c, char *const argv[]);

/* The same after at most @seconds: then the process is killed, which is a failure. */
int child_finish_within(struct child *c, double seconds);

/*
 * fork(), and the child dies with its parent. Return: 0 in the child, its pid in the
 * parent, or -1 and errno.
 */
pid_t child_fork(struct child *c, const char *name);

/* Wait for the end, sets @c->status. Return: false if a signal to us had it killed. */
bool child_wait(struct child *c);

#endif
