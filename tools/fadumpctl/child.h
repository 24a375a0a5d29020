/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs that do the work: makedumpfile and ssh.
 */
#ifndef FADUMPCTL_CHILD_H
#define FADUMPCTL_CHILD_H

#include <sys/types.h>

#include "progress.h"

enum child_pipes {
	CHILD_IN = 1,		/* its standard input comes from us */
	CHILD_OUT = 2,		/* its standard output is data, not messages */
};

/**
 * struct messages - what a program says
 * @progress: gets what makedumpfile says of its progress, or NULL
 * @line: a line that has not ended yet
 * @line_len: bytes of it
 * @tail: the last lines that were not about progress
 * @tail_len: bytes of it
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
 * "Copying data : [ 42.5 %] - eta: 3s"; false if the line is of another kind.
 * @rest is what follows.
 */
bool parse_progress(const char *line, char *what, size_t cap,
		    unsigned int *permille, const char **rest);

/**
 * struct child - a program that runs
 * @name: for messages
 * @pid: 0 if it does not
 * @in: write here, if CHILD_IN
 * @out: read here, if CHILD_OUT
 * @msg: what it says comes from here; -1 after that ended
 * @status: of wait(), after child_finish()
 * @answer: an exit status that is no failure, 0 for none
 * @messages: what it has said
 */
struct child {
	const char *name;
	pid_t pid;
	int in;
	int out;
	int msg;
	int status;
	int answer;
	struct messages messages;
};

/* @messages.progress stays as it is. Return: 0 or -errno. */
int child_start(struct child *c, char *const argv[], int pipes);

/* Take what it has said so far. */
void child_listen(struct child *c);

/* Wait for something to read on @out or said; false after a signal to us. */
bool child_poll(struct child *c);

/*
 * Close all pipes and wait for its end; kill it first if it is not to go on.
 * Return: exit status, after saying what went wrong.
 */
int child_finish(struct child *c, bool kill_it);

/*
 * A process that goes on in this program. Return: 0 in it, its number in the parent,
 * or -1 and errno.
 */
pid_t child_fork(struct child *c, const char *name);

/* Wait for its end, which @c->status tells. After a signal to us it is killed: false. */
bool child_wait(struct child *c);

/* Signals that ask us to stop set this. */
bool is_interrupted(void);
/* To clean up; the next one interrupts that, too. */
void clear_interrupted(void);
void catch_stops(void);
/* These, and the end of a pipe is an error like others. */
void catch_signals(void);
/* Before the first child: what the parent has set does not count. */
void reset_signals(void);

#endif
