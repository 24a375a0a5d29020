/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory as a list of pieces, each of one kind.
 */
#ifndef FADUMPCTL_PICTURE_H
#define FADUMPCTL_PICTURE_H

#include "bounds.h"
#include "types.h"

/* Where several share a cell of a picture, the last one of this list shows. */
enum piece_kind {
	PIECE_HOLE,
	PIECE_RAM,
	PIECE_PRESERVED,
	PIECE_BOOT,
	PIECE_AREA,
	PIECE_HPTE,
	PIECE_CPU,
	NR_PIECE_KINDS
};

/**
 * struct piece - a piece of physical memory
 * @start: first byte
 * @end: behind the last byte
 * @kind: what it is for
 */
struct piece {
	u64 start;
	u64 end;
	enum piece_kind kind;
};

/**
 * struct picture - all pieces; they may lie upon each other
 * @nr: how many
 * @left_out: there were more
 * @hidden: the kernel shows addresses to root only
 * @has_regions: the kernel told where its regions are
 * @captured: they are those of a dump that is waiting
 * @piece: the pieces
 */
struct picture {
	unsigned int nr;
	bool left_out;
	bool hidden;
	bool has_regions;
	bool captured;
	struct piece piece[MAX_PIECES];
};

struct piece_style {
	char letter;
	const char *colour;
	const char *name;
	const char *text;
};

extern const struct piece_style piece_styles[NR_PIECE_KINDS];

/* From /proc/iomem and debugfs. Return: 0 or -errno of the former. */
int picture_read(struct picture *p);

/* The two texts, for tests. */
void picture_add_iomem(struct picture *p, char *text);
void picture_add_regions(struct picture *p, char *text);

struct piece picture_dump_area(const struct picture *p);
u64 picture_end(const struct picture *p);

/* What shows in [@start, @end). */
enum piece_kind picture_at(const struct picture *p, u64 start, u64 end);

/* Size of a cell so that all of memory fits into so many. */
u64 picture_cell(const struct picture *p, unsigned int cells);

void map_print(const struct picture *p);
void map_print_svg(const struct picture *p);

#endif
