/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far something has come, on stderr: a bar on a terminal, else a line for
 * every tenth.
 */
#ifndef FADUMPCTL_PROGRESS_H
#define FADUMPCTL_PROGRESS_H

#include "types.h"

/**
 * struct progress - one step of the work
 * @what: its name, up to 27 columns are shown
 * @quiet: show nothing
 * @tty: stderr is a terminal, and no dumb one
 * @columns: its width
 * @shown: the last tenth that got a line, or that a bar is on the screen
 * @began: when, by the clock that nobody sets
 */
struct progress {
	char what[28];
	bool quiet;
	bool tty;
	unsigned int columns;
	int shown;
	double began;
};

double clock_seconds(void);

void progress_begin(struct progress *p, const char *what, bool quiet);
/* @permille: 0 to 1000 */
void progress_show(struct progress *p, unsigned int permille);
void progress_end(struct progress *p);

/* Of @done and @all, whatever they count. */
unsigned int permille_of(u64 done, u64 all);

/* Writes what a terminal of so many columns shows; never more than that. */
void progress_line(char *buf, size_t cap, unsigned int columns,
		   const char *what, unsigned int permille, double seconds);

#endif
