// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Gaps: memory between the first and the last range of a dump that it does not have.
 */

#include <stdlib.h>
#include <string.h>

#include "core/core.h"

static int compare(const void *a, const void *b)
{
	const struct core_range *x = a, *y = b;

	if (x->start == y->start)
		return 0;
	return x->start < y->start ? -1 : 1;
}

static u32 collect(const struct core_range *sorted, u32 nr, struct gap *gaps)
{
	u64 reached = sorted[0].start;
	u32 i, found = 0;

	for (i = 0; i < nr; i++) {
		if (sorted[i].start > reached)
			gaps[found++] = (struct gap) {
				.start = reached, .size = sorted[i].start - reached,
			};
		if (sorted[i].start + sorted[i].size > reached)
			reached = sorted[i].start + sorted[i].size;
	}
	return found;
}

/**
 * core_find_gaps - find all gaps
 * @core: dump; its ranges may overlap and may have any order
 * @nr: result, number of gaps
 *
 * Return: an array, to be freed; NULL if @nr is 0.
 */
struct gap *core_find_gaps(const struct core *core, u32 *nr)
{
	struct core_range *sorted = calloc(core->nr_ranges, sizeof(*sorted));
	struct gap *gaps = calloc(core->nr_ranges, sizeof(*gaps));

	*nr = 0;
	if (core->nr_ranges && sorted && gaps) {
		memcpy(sorted, core->ranges, core->nr_ranges * sizeof(*sorted));
		qsort(sorted, core->nr_ranges, sizeof(*sorted), compare);
		*nr = collect(sorted, core->nr_ranges, gaps);
	}
	free(sorted);
	if (*nr)
		return gaps;
	free(gaps);
	return NULL;
}

/* Saturates: a damaged file may claim ranges of any size. */
u64 core_memory_size(const struct core *core)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < core->nr_ranges; i++) {
		if (sum + core->ranges[i].size < sum)
			return ~0ULL;
		sum += core->ranges[i].size;
	}
	return sum;
}
