// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Physical memory as a list of pieces: RAM from /proc/iomem, regions from debugfs.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bounds.h"
#include "lib/files.h"
#include "machine/map.h"

/* /proc/iomem of a large machine has thousands of lines. */
#define MAX_IOMEM	(1024 * 1024)

/* Power has 56 bits of physical address; sums of these never overflow. */
#define MAX_ADDRESS	(1ULL << 60)

const struct piece_style piece_styles[NR_PIECE_KINDS] = {
	[PIECE_HOLE] = { ' ', "#ffffff", "no memory", "" },
	[PIECE_RAM] = { '.', "#d9e2ec", "memory", "in use or free" },
	[PIECE_PRESERVED] = { 'P', "#f6c177", "preserved", "of the crashed kernel, in its place" },
	[PIECE_BOOT] = { 'B', "#7fb069", "boot memory", "firmware copies it at a crash" },
	[PIECE_AREA] = { 'C', "#5b8fd9", "copy area", "firmware copies boot memory there" },
	[PIECE_HPTE] = { 'H', "#b48ead", "hash table entries", "firmware puts them there" },
	[PIECE_CPU] = { 'R', "#d1495b", "CPUs' registers", "firmware puts them there" },
};

static void add(struct memory_map *p, u64 start, u64 end, enum piece_kind kind)
{
	if (start >= end || end > MAX_ADDRESS)
		return;
	if (p->nr == MAX_PIECES) {
		p->is_cut = true;
		return;
	}
	p->piece[p->nr++] = (struct piece) {
		.start = start, .end = end, .kind = kind,
	};
}

/* "first-last", hexadecimal; *end is last + 1. */
static bool parse_range(const char *text, u64 *start, u64 *end)
{
	char *at;

	*start = strtoull(text, &at, 16);
	if (*at != '-')
		return false;
	*end = strtoull(at + 1, &at, 16);
	if (*end == ~0ULL)
		return false;
	(*end)++;
	return true;
}

/**
 * map_add_iomem - add System RAM
 * @p: map
 * @text: contents of /proc/iomem; strtok() changes it
 *
 * System RAM is never indented; indented lines are inside of other ranges.
 */
void map_add_iomem(struct memory_map *p, char *text)
{
	char *line, *save = NULL;
	u64 start, end;

	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (!strstr(line, " : System RAM") || line[0] == ' ' ||
		    !parse_range(line, &start, &end))
			continue;
		if (end == 1)
			p->addresses_hidden = true;
		else
			add(p, start, end, PIECE_RAM);
	}
}

/* Boot memory is the first @size bytes of RAM; holes do not count. */
static void add_boot_memory(struct memory_map *p, u64 size)
{
	unsigned int i, nr = p->nr;

	for (i = 0; i < nr && size; i++) {
		const struct piece *ram = &p->piece[i];
		u64 len = ram->end - ram->start;

		if (ram->kind != PIECE_RAM)
			continue;
		if (len > size)
			len = size;
		add(p, ram->start, ram->start + len, PIECE_BOOT);
		size -= len;
	}
}

/**
 * map_dump_area - find the dump area
 * @p: map
 *
 * The regions are adjacent. Memory between two of them belongs to the area as well:
 * under SLOF the copy of firmware's window is there, which is in no region.
 *
 * Return: from the first region to the last; its end is before its start if there is none.
 */
struct piece map_dump_area(const struct memory_map *p)
{
	struct piece area = { .start = ~0ULL };
	unsigned int i;

	for (i = 0; i < p->nr; i++) {
		if (p->piece[i].kind < PIECE_AREA)
			continue;
		if (p->piece[i].start < area.start)
			area.start = p->piece[i].start;
		if (p->piece[i].end > area.end)
			area.end = p->piece[i].end;
	}
	return area;
}

static u64 min64(u64 a, u64 b)
{
	return a < b ? a : b;
}

static u64 max64(u64 a, u64 b)
{
	return a > b ? a : b;
}

/* All RAM from @top on, except for the dump area. */
static void preserve_above(struct memory_map *p, u64 top)
{
	const struct piece area = map_dump_area(p);
	unsigned int i, nr = p->nr;

	for (i = 0; i < nr; i++) {
		const struct piece ram = p->piece[i];

		if (ram.kind != PIECE_RAM)
			continue;
		add(p, max64(ram.start, top), min64(ram.end, area.start), PIECE_PRESERVED);
		add(p, max64(max64(ram.start, top), area.end), ram.end, PIECE_PRESERVED);
	}
}

/* Upstream Linux 6.x and 7.x: "DUMP: Src: 0x.., Dest: 0x.., Size: 0x.., ...". */
static bool add_long_line(struct memory_map *p, const char *line)
{
	u64 src, dest, size;

	if (sscanf(line, "DUMP: Src: %llx, Dest: %llx, Size: %llx,", &src, &dest,
		   &size) != 3)
		return false;
	if (src + size < src || dest + size < dest)
		return true;
	add(p, src, src + size, PIECE_BOOT);
	add(p, dest, dest + size, PIECE_AREA);
	return true;
}

/* "CPU : [0x..-0x..] 0x.. bytes, Dumped: 0x.."; a preserved region has no name. */
static void add_region_line(struct memory_map *p, const char *line, u64 *copied)
{
	const char *at = strchr(line, '[');
	enum piece_kind kind = PIECE_PRESERVED;
	u64 start, end;

	if (!at || !parse_range(at + 1, &start, &end))
		return;
	if (!strncmp(line, "CPU ", 4))
		kind = PIECE_CPU;
	else if (!strncmp(line, "HPTE", 4))
		kind = PIECE_HPTE;
	else if (!strncmp(line, "DUMP", 4))
		kind = PIECE_AREA;
	else if (strncmp(line, "    :", 5))
		return;
	p->is_dump |= kind == PIECE_PRESERVED;
	if (kind == PIECE_AREA && start < end)
		*copied += end - start;
	add(p, start, end, kind);
}

/**
 * map_add_regions - add fadump's regions
 * @p: map, which has System RAM
 * @text: contents of fadump_region, in this fadump's format or an older one; strtok()
 *	changes it
 */
void map_add_regions(struct memory_map *p, char *text)
{
	char *line, *save = NULL;
	u64 copied = 0, top;

	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		p->has_regions = true;
		if (sscanf(line, "Memory above %llx is reserved", &top) == 1) {
			p->is_dump = true;
			preserve_above(p, top);
		} else if (!add_long_line(p, line)) {
			add_region_line(p, line, &copied);
		}
	}
	add_boot_memory(p, copied);
}

static int read_iomem(struct memory_map *p)
{
	char *text = malloc(MAX_IOMEM);
	ssize_t n;

	if (!text)
		return -ENOMEM;
	n = file_read_text(root_path("/proc/iomem").s, text, MAX_IOMEM);
	if (n >= 0)
		map_add_iomem(p, text);
	free(text);
	return n < 0 ? n : 0;
}

int map_read(struct memory_map *p)
{
	char text[MAX_TEXT];
	int rc;

	memset(p, 0, sizeof(*p));
	rc = read_iomem(p);
	if (rc)
		return rc;
	if (file_read_text(root_path("/sys/kernel/debug/powerpc/fadump_region").s,
			   text, sizeof(text)) > 0)
		map_add_regions(p, text);
	return 0;
}

u64 map_end(const struct memory_map *p)
{
	unsigned int i;
	u64 end = 0;

	for (i = 0; i < p->nr; i++)
		if (p->piece[i].end > end)
			end = p->piece[i].end;
	return end;
}

enum piece_kind map_kind_at(const struct memory_map *p, u64 start, u64 end)
{
	enum piece_kind kind = PIECE_HOLE;
	unsigned int i;

	for (i = 0; i < p->nr; i++)
		if (p->piece[i].start < end && p->piece[i].end > start &&
		    p->piece[i].kind > kind)
			kind = p->piece[i].kind;
	return kind;
}

/* A power of two, so that rows begin at round addresses. */
u64 map_cell_size(const struct memory_map *p, unsigned int cells)
{
	u64 end = map_end(p), cell = 4096;

	while (end / cell >= cells && cell < 1ULL << 62)
		cell *= 2;
	return cell;
}
