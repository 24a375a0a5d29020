// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Progress of one step of the work, on stderr.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/progress.h"
#include "lib/say.h"
#include "lib/stop.h"

/* Columns of name, percentage, time and the characters between them. */
#define WIDTH_BESIDE	50
#define MAX_BAR		30

unsigned int permille_of(u64 done, u64 all)
{
	if (!all || done >= all)
		return 1000;
	return done * 1000.0 / all;
}

/* A terminal that can return to the beginning of a line. */
static bool is_terminal(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && !(term && !strcmp(term, "dumb"));
}

/**
 * progress_begin - begin a step
 * @p: the step
 * @what: its name
 * @quiet: show nothing
 */
void progress_begin(struct progress *p, const char *what, bool quiet)
{
	memset(p, 0, sizeof(*p));
	snprintf(p->what, sizeof(p->what), "%s", what);
	p->quiet = quiet;
	p->tty = is_terminal(STDERR_FILENO);
	p->columns = terminal_columns(STDERR_FILENO);
	p->began = clock_seconds();
}

/* At the speed so far; at the very beginning that is not known. */
static void format_eta(char *buf, size_t cap, unsigned int permille,
		       double seconds)
{
	double left;

	buf[0] = '\0';
	if (!permille || permille >= 1000 || seconds < 0.5)
		return;
	left = seconds * (1000 - permille) / permille;
	if (left >= 1 && left < 100 * 3600.0)
		snprintf(buf, cap, "ETA %u:%02u:%02u", (unsigned int)left / 3600,
			 (unsigned int)left / 60 % 60, (unsigned int)left % 60);
}

void progress_line(char *buf, size_t cap, unsigned int columns,
		   const char *what, unsigned int permille, double seconds)
{
	static const char full[] = "##############################";
	unsigned int width = columns > WIDTH_BESIDE ? columns - WIDTH_BESIDE : 0;
	unsigned int done;
	char eta[24];

	_Static_assert(sizeof(full) == MAX_BAR + 1, "as long as a bar can be");
	if (permille > 1000)
		permille = 1000;
	if (width > MAX_BAR)
		width = MAX_BAR;
	done = width * permille / 1000;
	format_eta(eta, sizeof(eta), permille, seconds);
	snprintf(buf, cap, "%-27.27s [%.*s%*s] %3u %% %s", what, (int)done, full,
		 (int)(width - done), "", permille / 10, eta);
	/* Leave the last column free: some terminals wrap the line there. */
	if (strlen(buf) >= columns && columns)
		buf[columns - 1] = '\0';
}

static void show_bar(struct progress *p, unsigned int permille, double seconds)
{
	char line[128];

	progress_line(line, sizeof(line), p->columns, p->what, permille, seconds);
	/* Blanks overwrite a longer line; escape codes may be unknown to the terminal. */
	fprintf(stderr, "\r%-*s", (int)p->columns - 1, line);
	fflush(stderr);
	p->shown = 1;
}

static void show_tenth(struct progress *p, unsigned int permille, double seconds)
{
	int tenth = permille / 100;
	char eta[24];

	if (tenth <= p->shown)
		return;
	p->shown = tenth;
	format_eta(eta, sizeof(eta), permille, seconds);
	fprintf(stderr, "%s: %u %%%s%s\n", p->what, permille / 10,
		eta[0] ? ", " : "", eta);
}

/**
 * progress_show - show the progress of a step
 * @p: the step
 * @permille: progress so far
 */
void progress_show(struct progress *p, unsigned int permille)
{
	double seconds = clock_seconds() - p->began;

	if (p->quiet)
		return;
	if (p->tty)
		show_bar(p, permille, seconds);
	else
		show_tenth(p, permille, seconds);
}

/* Leaves the bar where it stopped. */
void progress_end(struct progress *p)
{
	if (p->tty && p->shown && !p->quiet)
		fputc('\n', stderr);
	p->shown = 0;
}
