/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FADUMPCTL_MAKEDUMPFILE_H
#define FADUMPCTL_MAKEDUMPFILE_H

#include "lib/bounds.h"
#include "lib/progress.h"
#include "lib/types.h"

/* Bits of the level, each for what is left out; USER is the memory of user programs. */
#define LEVEL_CACHE	4
#define LEVEL_USER	8
#define LEVEL_FREE	16

/**
 * struct filter - how to run makedumpfile
 * @program: its name
 * @source: the core
 * @level: option -d: what to leave out
 * @compress: option for the compression, or NULL
 * @threads: at most; 1 for a stream
 * @more: more arguments, with blanks between them, or NULL
 */
struct filter {
	const char *program;
	const char *source;
	unsigned int level;
	const char *compress;
	unsigned int threads;
	const char *more;
};

#define MAKEDUMPFILE_ARGS	(16 + MAX_MORE_WORDS)

/* The command line; without @output, makedumpfile writes a stream to its stdout. */
struct makedumpfile_args {
	char *argv[MAKEDUMPFILE_ARGS];
	char level[12];
	char threads[12];
	char more[MAX_MORE_ARGS];
};

void makedumpfile_args(struct makedumpfile_args *a, const struct filter *f,
		       const char *output);

/* Return: true if these arguments may be added: we set none of them, and they fit. */
bool are_more_args(const char *text);

/* The option for the name of a compression. Return: false if the name is unknown. */
bool compress_option(const char *name, const char **option);

unsigned int default_threads(void);

/* Each writes to a file. Return: exit status. */
int makedumpfile_run(const struct filter *f, const char *output, struct progress *p);
int makedumpfile_dmesg(const struct filter *f, const char *output, double seconds);

/* Do the first 16 bytes of a file look like those of a dump? */
bool is_dump_head(const u8 *head);

#endif
