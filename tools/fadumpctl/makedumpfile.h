/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FADUMPCTL_MAKEDUMPFILE_H
#define FADUMPCTL_MAKEDUMPFILE_H

#include "child.h"

/* Of the level: what programs have in memory is left out. */
#define LEVEL_USER	8

/**
 * struct filter - how makedumpfile is to be run
 * @program: its name
 * @source: the core
 * @level: for -d: what is left out
 * @compress: option for the compression, or NULL
 * @threads: at most; 1 for a stream
 */
struct filter {
	const char *program;
	const char *source;
	unsigned int level;
	const char *compress;
	unsigned int threads;
};

#define MAKEDUMPFILE_ARGS	16

/* Room for MAKEDUMPFILE_ARGS; @output is NULL for a stream. */
struct makedumpfile_args {
	char *argv[MAKEDUMPFILE_ARGS];
	char level[12];
	char threads[12];
};

void makedumpfile_args(struct makedumpfile_args *a, const struct filter *f,
		       const char *output);

/* The option for a name of a compression; false for no such thing. */
bool compress_option(const char *name, const char **option);

unsigned int default_threads(void);

/* Both write to a file. Return: exit status. */
int makedumpfile_run(const struct filter *f, const char *output, struct progress *p);
int makedumpfile_dmesg(const struct filter *f, const char *output, double seconds);

/* Does it begin as a dump does? */
bool is_dump_head(const u8 *head);

#endif
