// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl map --svg: the map as an SVG document; pieces have their addresses as titles.
 */

#include <stdio.h>

#include "cmd/print.h"
#include "lib/say.h"
#include "machine/map.h"

#define LEFT		150
#define WIDTH		1024
#define ROW		30
#define GAP		10
#define TOP		50
#define ROWS		8

/* Draw the part of a piece that lies in a row, wide enough to be visible. */
static void print_part(const struct piece *piece, u64 row, u64 size, unsigned int y)
{
	const struct piece_style *style = &piece_styles[piece->kind];
	u64 start = piece->start > row ? piece->start : row;
	u64 end = piece->end < row + size ? piece->end : row + size;
	double x, width;

	if (start >= end)
		return;
	x = (double)(start - row) / size * WIDTH;
	width = (double)(end - start) / size * WIDTH;
	if (width < 2)
		width = 2;
	printf("<rect x=\"%.1f\" y=\"%u\" width=\"%.1f\" height=\"%d\" fill=\"%s\">"
	       "<title>%s: %#llx-%#llx, %s</title></rect>\n", LEFT + x, y, width,
	       ROW, style->colour, style->name, piece->start, piece->end - 1,
	       size_text(piece->end - piece->start).s);
}

static void print_row(const struct memory_map *p, u64 row, u64 size, unsigned int y)
{
	unsigned int kind, i;

	printf("<text x=\"%d\" y=\"%u\" text-anchor=\"end\">%#llx</text>\n",
	       LEFT - 8, y + ROW / 2 + 5, row);
	for (kind = PIECE_RAM; kind < NR_PIECE_KINDS; kind++)
		for (i = 0; i < p->nr; i++)
			if (p->piece[i].kind == kind)
				print_part(&p->piece[i], row, size, y);
}

static unsigned int print_rows(const struct memory_map *p, u64 size, unsigned int y)
{
	u64 end = map_end(p), row;

	for (row = 0; row < end; row += size) {
		if (map_kind_at(p, row, row + size) == PIECE_HOLE)
			continue;
		print_row(p, row, size, y);
		y += ROW + GAP;
	}
	return y;
}

static bool has_kind(const struct memory_map *p, enum piece_kind kind)
{
	unsigned int i;

	for (i = 0; i < p->nr; i++)
		if (p->piece[i].kind == kind)
			return true;
	return false;
}

static void print_legend(const struct memory_map *p, unsigned int y)
{
	unsigned int kind, x = LEFT;

	for (kind = PIECE_RAM; kind < NR_PIECE_KINDS; kind++) {
		if (!has_kind(p, kind))
			continue;
		printf("<rect x=\"%u\" y=\"%u\" width=\"16\" height=\"16\" fill=\"%s\"/>"
		       "<text x=\"%u\" y=\"%u\">%s</text>\n", x, y,
		       piece_styles[kind].colour, x + 22, y + 13,
		       piece_styles[kind].name);
		x += 170;
	}
}

/**
 * map_print_svg - print the map as an SVG document
 * @p: map
 */
void map_print_svg(const struct memory_map *p)
{
	u64 size = map_cell_size(p, ROWS), at;
	unsigned int height = TOP + ROW + 20, y;

	for (at = 0; at < map_end(p); at += size)
		if (map_kind_at(p, at, at + size) != PIECE_HOLE)
			height += ROW + GAP;
	printf("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%u\" "
	       "viewBox=\"0 0 %d %u\" font-family=\"sans-serif\" font-size=\"14\">\n",
	       LEFT + WIDTH + 20, height, LEFT + WIDTH + 20, height);
	printf("<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n"
	       "<text x=\"%d\" y=\"30\" font-size=\"18\">Memory: %s, one row is %s</text>\n",
	       LEFT, p->is_dump ? "a dump is waiting" : p->has_regions ?
	       "ready for a dump" : "no regions for a dump", size_text(size).s);
	y = print_rows(p, size, TOP);
	print_legend(p, y + 10);
	puts("</svg>");
}
