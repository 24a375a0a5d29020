// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sets of address ranges.
 */

#include "lib/fadump-lib.h"

/**
 * DOC: Range sets
 *
 * RAM, reserved memory, and memory to save or to release are sets of addresses. A set
 * is an array of ranges, sorted, with a gap between any two. The caller provides the
 * array, because sets are built before there is an allocator. A function that runs out
 * of entries returns an error and leaves the set unchanged. ::
 *
 *	RAM        |################|      |#########################|
 *	busy          |##|                      |####|
 *	RAM - busy |##|  |##########|      |####|    |###############|
 */

static bool is_range(u64 base, u64 size)
{
	u64 end;

	return size && !check_add_overflow(base, size, &end);
}

/* Index of the first range that ends at or after @addr; @set->nr for none. */
static u32 find_end_from(const struct fadump_ranges *set, u64 addr)
{
	u32 i;

	for (i = 0; i < set->nr; i++)
		if (fadump_range_end(&set->r[i]) >= addr)
			break;
	return i;
}

/* Make room for @new entries in place of the @old ones at index @i. */
static int replace_entries(struct fadump_ranges *set, u32 i, u32 old, u32 new)
{
	u32 tail = set->nr - i - old;

	if (set->nr - old + new > set->cap)
		return -ENOSPC;
	memmove(&set->r[i + new], &set->r[i + old], tail * sizeof(*set->r));
	set->nr = set->nr - old + new;
	return 0;
}

/**
 * fadump_ranges_add - add a range to a set
 * @set: the set
 * @base: first byte
 * @size: bytes; 0 adds nothing
 *
 * Return: 0; -EINVAL if the range wraps, -ENOSPC if the array is full: then @set is
 * unchanged.
 */
int fadump_ranges_add(struct fadump_ranges *set, u64 base, u64 size)
{
	u64 end = base + size;
	u32 i, n = 0;
	int rc;

	if (!size)
		return 0;
	if (!is_range(base, size))
		return -EINVAL;

	i = find_end_from(set, base);
	while (i + n < set->nr && set->r[i + n].base <= end)
		n++;
	if (n) {
		base = min(base, set->r[i].base);
		end = max(end, fadump_range_end(&set->r[i + n - 1]));
	}
	rc = replace_entries(set, i, n, 1);
	if (rc)
		return rc;
	set->r[i].base = base;
	set->r[i].size = end - base;
	return 0;
}

/**
 * fadump_ranges_subtract - remove a range from a set
 * @set: the set
 * @base: first byte
 * @size: bytes; 0 removes nothing
 *
 * Return: 0; -EINVAL if the range wraps, -ENOSPC if an entry must be split and the array
 * is full: then @set is unchanged.
 */
int fadump_ranges_subtract(struct fadump_ranges *set, u64 base, u64 size)
{
	struct fadump_range left, right;
	u64 end = base + size;
	u32 i, n = 0, at;
	int rc;

	if (!size)
		return 0;
	if (!is_range(base, size))
		return -EINVAL;

	i = find_end_from(set, base);
	while (i + n < set->nr && set->r[i + n].base < end)
		n++;
	if (!n)
		return 0;

	left.base = set->r[i].base;
	left.size = left.base < base ? base - left.base : 0;
	right.base = end;
	right.size = fadump_range_end(&set->r[i + n - 1]) > end ?
		     fadump_range_end(&set->r[i + n - 1]) - end : 0;

	rc = replace_entries(set, i, n, !!left.size + !!right.size);
	if (rc)
		return rc;
	at = i;
	if (left.size)
		set->r[at++] = left;
	if (right.size)
		set->r[at] = right;
	return 0;
}

/**
 * fadump_ranges_subtract_set - remove a set from another one
 * @set: the set to change
 * @other: the set to remove
 *
 * Return: as fadump_ranges_subtract(), but after an error part of @other has been
 * removed.
 */
int fadump_ranges_subtract_set(struct fadump_ranges *set,
			       const struct fadump_ranges *other)
{
	int rc = 0;
	u32 i;

	for (i = 0; !rc && i < other->nr; i++)
		rc = fadump_ranges_subtract(set, other->r[i].base,
					    other->r[i].size);
	return rc;
}

/**
 * fadump_ranges_copy - copy a set
 * @to: result; has an array of its own
 * @from: set to copy
 *
 * Return: 0, or -ENOSPC with @to unchanged.
 */
int fadump_ranges_copy(struct fadump_ranges *to,
		       const struct fadump_ranges *from)
{
	if (from->nr > to->cap)
		return -ENOSPC;
	memcpy(to->r, from->r, from->nr * sizeof(*to->r));
	to->nr = from->nr;
	return 0;
}

/**
 * fadump_ranges_overlap - is any byte of a range in the set?
 * @set: the set
 * @base: first byte
 * @size: bytes
 */
bool fadump_ranges_overlap(const struct fadump_ranges *set, u64 base, u64 size)
{
	u32 i = find_end_from(set, base);

	if (!is_range(base, size))
		return false;
	if (i < set->nr && fadump_range_end(&set->r[i]) == base)
		i++;
	return i < set->nr && set->r[i].base < base + size;
}

/**
 * fadump_ranges_cover - are all bytes of a range in the set?
 * @set: the set
 * @base: first byte
 * @size: bytes; false for 0
 */
bool fadump_ranges_cover(const struct fadump_ranges *set, u64 base, u64 size)
{
	u32 i;

	if (!is_range(base, size))
		return false;
	for (i = 0; i < set->nr; i++)
		if (set->r[i].base <= base &&
		    fadump_range_end(&set->r[i]) >= base + size)
			return true;
	return false;
}

/**
 * fadump_ranges_total - size of a set in bytes
 * @set: the set
 */
u64 fadump_ranges_total(const struct fadump_ranges *set)
{
	u64 total = 0;
	u32 i;

	for (i = 0; i < set->nr; i++)
		total += set->r[i].size;
	return total;
}

/**
 * fadump_ranges_end - end of the last range of a set, 0 for an empty set
 * @set: the set
 */
u64 fadump_ranges_end(const struct fadump_ranges *set)
{
	return set->nr ? fadump_range_end(&set->r[set->nr - 1]) : 0;
}

/**
 * fadump_ranges_limit - address below which a set has a given size
 * @set: the set
 * @bytes: the size
 *
 * Return: the lowest such address; the end of @set if it is smaller than @bytes.
 */
u64 fadump_ranges_limit(const struct fadump_ranges *set, u64 bytes)
{
	u32 i;

	for (i = 0; i < set->nr; i++) {
		if (bytes <= set->r[i].size)
			return set->r[i].base + bytes;
		bytes -= set->r[i].size;
	}
	return fadump_ranges_end(set);
}

/**
 * fadump_ranges_total_below - size of the part of a set below an address
 * @set: the set
 * @end: the address
 */
u64 fadump_ranges_total_below(const struct fadump_ranges *set, u64 end)
{
	u64 total = 0;
	u32 i;

	for (i = 0; i < set->nr && set->r[i].base < end; i++)
		total += min(set->r[i].size, end - set->r[i].base);
	return total;
}

/* Find the lowest free range of @size bytes in [@from, @end). */
static bool find_gap_between(const struct fadump_ranges *busy, u64 from, u64 end,
			     u64 size, u64 align, u64 *base)
{
	u32 i = 0;

	for (;;) {
		u64 at = ALIGN(from, align);

		if (at < from || at > end || end - at < size)
			return false;
		while (i < busy->nr && fadump_range_end(&busy->r[i]) <= at)
			i++;
		if (i == busy->nr || busy->r[i].base >= at + size) {
			*base = at;
			return true;
		}
		from = fadump_range_end(&busy->r[i]);
	}
}

/**
 * fadump_ranges_find_gap - find the lowest free range of a given size
 * @set: the range must be inside one range of this set
 * @busy: the range must not overlap this set
 * @from: lowest address
 * @size: bytes, not 0
 * @align: of the address, a power of two
 * @base: result, unchanged on error
 *
 * Return: 0, or -ENOENT if there is no such range.
 */
int fadump_ranges_find_gap(const struct fadump_ranges *set,
			   const struct fadump_ranges *busy, u64 from, u64 size,
			   u64 align, u64 *base)
{
	u32 i;

	for (i = 0; i < set->nr; i++) {
		u64 end = fadump_range_end(&set->r[i]);

		if (find_gap_between(busy, max(from, set->r[i].base), end, size,
				     align, base))
			return 0;
	}
	return -ENOENT;
}

/**
 * fadump_ranges_round_in - remove partial pages from a set
 * @to: result, an empty set with an array of its own
 * @from: set to round
 * @page_size: a power of two
 *
 * Return: as fadump_ranges_add().
 */
int fadump_ranges_round_in(struct fadump_ranges *to,
			   const struct fadump_ranges *from, u64 page_size)
{
	int rc = 0;
	u32 i;

	for (i = 0; !rc && i < from->nr; i++) {
		u64 base = ALIGN(from->r[i].base, page_size);
		u64 end = ALIGN_DOWN(fadump_range_end(&from->r[i]), page_size);

		/* ALIGN() wraps to 0 in the last page of the address space. */
		if (base >= from->r[i].base && base < end)
			rc = fadump_ranges_add(to, base, end - base);
	}
	return rc;
}

/**
 * fadump_ranges_round_out - extend partial pages of a set to whole ones
 * @to: result, an empty set with an array of its own
 * @from: set to round
 * @page_size: a power of two
 *
 * Return: as fadump_ranges_add().
 */
int fadump_ranges_round_out(struct fadump_ranges *to,
			    const struct fadump_ranges *from, u64 page_size)
{
	int rc = 0;
	u32 i;

	for (i = 0; !rc && i < from->nr; i++) {
		u64 base = ALIGN_DOWN(from->r[i].base, page_size);
		u64 end = ALIGN(fadump_range_end(&from->r[i]), page_size);

		rc = fadump_ranges_add(to, base, end - base);
	}
	return rc;
}
