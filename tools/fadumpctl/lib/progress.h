/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Progress of one step of the work, on stderr: a bar on a terminal, else a line for
 * every tenth.
 */
#ifndef FADUMPCTL_PROGRESS_H
#define FADUMPCTL_PROGRESS_H

#include "lib/types.h"

/**
 * struct progress - one step of the work
 * @what: its name, of which 27 columns are shown
 * @quiet: show nothing
 * @tty: stderr is a terminal that can return to the beginning of a line
 * @columns: width of the terminal
 * @shown: the last tenth that was shown; for a bar, whether it is on the screen
 * @began: start, as clock_seconds() counts
 */
struct progress {
	char what[28];
	bool quiet;
	bool tty;
	unsigned int columns;
	int shown;
	double began;
};

void progress_begin(struct progress *p, const char *what, bool quiet);
/* @permille: 0 to 1000 */
void progress_show(struct progress *p, unsigned int permille);
void progress_end(struct progress *p);

/* @done of @all, in thousandths. */
unsigned int permille_of(u64 done, u64 all);

/* Format the bar; the result is never wider than @columns. */
void progress_line(char *buf, size_t cap, unsigned int columns,
		   const char *what, unsigned int permille, double seconds);

#endif
