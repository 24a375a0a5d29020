/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Physical memory as a list of pieces, each of one kind.
 */
#ifndef FADUMPCTL_MAP_H
#define FADUMPCTL_MAP_H

#include "lib/bounds.h"
#include "lib/types.h"

/* Pieces may overlap; the kind that is last in this list is the one that is drawn. */
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
 * @end: last byte plus 1
 * @kind: its use
 */
struct piece {
	u64 start;
	u64 end;
	enum piece_kind kind;
};

/**
 * struct memory_map - all pieces; they may overlap
 * @nr: number of @piece
 * @is_cut: there were more than MAX_PIECES
 * @addresses_hidden: the kernel shows all addresses as 0, as it does to other users than root
 * @has_regions: debugfs has fadump_region
 * @is_dump: these are the regions of a dump that is waiting
 * @piece: the pieces
 */
struct memory_map {
	unsigned int nr;
	bool is_cut;
	bool addresses_hidden;
	bool has_regions;
	bool is_dump;
	struct piece piece[MAX_PIECES];
};

struct piece_style {
	char letter;
	const char *colour;
	const char *name;
	const char *text;
};

extern const struct piece_style piece_styles[NR_PIECE_KINDS];

/* Read /proc/iomem and debugfs. Return: 0, or -errno of /proc/iomem. */
int map_read(struct memory_map *p);

/* The two steps of it, for tests. */
void map_add_iomem(struct memory_map *p, char *text);
void map_add_regions(struct memory_map *p, char *text);

struct piece map_dump_area(const struct memory_map *p);
u64 map_end(const struct memory_map *p);

/* The kind to draw for [@start, @end). */
enum piece_kind map_kind_at(const struct memory_map *p, u64 start, u64 end);

/* The size of a cell for which all of memory fits into @cells. */
u64 map_cell_size(const struct memory_map *p, unsigned int cells);

#endif
