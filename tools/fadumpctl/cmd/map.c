// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl map: draws a map of memory in a terminal.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/print.h"
#include "lib/bounds.h"
#include "lib/files.h"
#include "lib/say.h"
#include "machine/map.h"

/* Columns of a row beside its cells: 14 of the address, two of the frame. */
#define BESIDE_CELLS	16
#define MAX_CELLS	64
#define ROWS		8

struct map_options {
	bool svg;
	const char *output;
};

static const struct cmd_option options[] = {
	CMD_FLAG(struct map_options, svg, "svg", 's', "Draw an SVG picture"),
	CMD_TEXT(struct map_options, output, "output", 'o', "FILE", "Write to FILE"),
	{ }
};

static const struct cmd_syntax syntax = {
	.options = options,
	.doc = "Draws memory: what firmware copies at a crash and where to, and after a crash what "
	       "is preserved. Needs root; shows only RAM without debugfs.",
};

/* A power of two, so that rows begin at round addresses. */
static unsigned int cells_per_row(void)
{
	unsigned int cells = MAX_CELLS;

	while (cells > 1 && cells + BESIDE_CELLS > terminal_columns(STDOUT_FILENO))
		cells /= 2;
	return cells;
}

static void print_row(const struct memory_map *p, u64 start, u64 cell, unsigned int cells)
{
	unsigned int i;

	printf("%#14llx|", start);
	for (i = 0; i < cells; i++)
		putchar(piece_styles[map_kind_at(p, start + i * cell,
						 start + (i + 1) * cell)].letter);
	puts("|");
}

/* One line of dots stands for all rows without memory. */
static void print_rows(const struct memory_map *p)
{
	unsigned int cells = cells_per_row();
	u64 end = map_end(p), cell = map_cell_size(p, MAX_CELLS * ROWS), at;
	bool skipped = false;

	printf("One character is %s.\n\n", size_text(cell).s);
	for (at = 0; at < end; at += cells * cell) {
		if (map_kind_at(p, at, at + cells * cell) != PIECE_HOLE) {
			print_row(p, at, cell, cells);
			skipped = false;
		} else if (!skipped) {
			puts("              ...");
			skipped = true;
		}
	}
	putchar('\n');
}

static u64 total(const struct memory_map *p, enum piece_kind kind, unsigned int *nr)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0, *nr = 0; i < p->nr; i++)
		if (p->piece[i].kind == kind) {
			sum += p->piece[i].end - p->piece[i].start;
			(*nr)++;
		}
	return sum;
}

static void print_legend(const struct memory_map *p)
{
	unsigned int kind, nr;
	char pieces[24], text[128];
	u64 sum;

	for (kind = PIECE_RAM; kind < NR_PIECE_KINDS; kind++) {
		sum = total(p, kind, &nr);
		if (!nr)
			continue;
		pieces[0] = '\0';
		if (nr > 1)
			snprintf(pieces, sizeof(pieces), ", %u pieces", nr);
		snprintf(text, sizeof(text), "%-18s %10s  %s%s", piece_styles[kind].name,
			 size_text(sum).s, kind == PIECE_BOOT && p->is_dump ?
			 "this kernel runs in it" : piece_styles[kind].text, pieces);
		printf("  %c  ", piece_styles[kind].letter);
		say_wrapped(5, text);
	}
}

static void print_text(const struct memory_map *p)
{
	say_text(p->is_dump ? "A dump is waiting." :
		 p->has_regions ? "Ready for a dump." :
		 "The kernel shows no regions for a dump.");
	print_rows(p);
	print_legend(p);
}

static int open_output(const char *path)
{
	if (path && !freopen(path, "w", stdout))
		return fail_errno(exit_code_of(errno), errno, path);
	return EXIT_DONE;
}

/* main() reports errors of standard output itself. */
static int close_output(const char *path)
{
	int rc = EXIT_DONE;

	if (!path)
		return rc;
	errno = 0;
	if (fflush(stdout) || ferror(stdout))
		rc = fail_errno(exit_code_of(errno), errno ?: EIO, path);
	freopen("/dev/null", "w", stdout);
	return rc;
}

static bool has_ram(const struct memory_map *p)
{
	unsigned int nr;

	total(p, PIECE_RAM, &nr);
	return nr;
}

static int read_map(struct memory_map *p)
{
	struct path iomem = root_path("/proc/iomem");
	int rc = map_read(p);

	if (rc)
		return fail_errno(EXIT_FAILED, rc, iomem.s);
	if (p->addresses_hidden)
		return fail(EXIT_FAILED, "%s: the kernel shows addresses to root only",
			    iomem.s);
	if (!has_ram(p))
		return fail(EXIT_FAILED, "%s: has no System RAM", iomem.s);
	if (p->is_cut)
		warn("%s: only the first %d pieces are shown", iomem.s, MAX_PIECES);
	return EXIT_DONE;
}

int cmd_map(int argc, char **argv)
{
	struct map_options o = { };
	struct memory_map *p;
	int rc;

	cmd_parse(&syntax, argc, argv, &o);
	p = malloc(sizeof(*p));
	if (!p)
		return fail(EXIT_FAILED, "out of memory");
	rc = read_map(p);
	if (!rc)
		rc = open_output(o.output);
	if (!rc && o.svg)
		map_print_svg(p);
	else if (!rc)
		print_text(p);
	if (!rc)
		rc = close_output(o.output);
	free(p);
	return rc;
}
