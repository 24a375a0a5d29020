// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sets of address ranges.
 */

#include "lib/fadump-lib.h"

/**
 * DOC: Range sets
 *
 * RAM, what others own in it, and what has to be saved or given back are all
 * the same kind of thing: a set of bytes, written as ranges that are sorted,
 * disjoint and never touch. The array belongs to the caller, because sets are
 * built before there is an allocator; a set that does not fit says so and stays
 * as it was. ::
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

/* Index of the first range that ends at or after @addr. */
static u32 first_ending_from(const struct fadump_ranges *set, u64 addr)
{
	u32 i;

	for (i = 0; i < set->nr; i++)
		if (fadump_range_end(&set->r[i]) >= addr)
			break;
	return i;
}

/* Replace @old entries at @i by room for @new ones. */
static int resize_at(struct fadump_ranges *set, u32 i, u32 old, u32 new)
{
	u32 tail = set->nr - i - old;

	if (set->nr - old + new > set->cap)
		return -ENOSPC;
	memmove(&set->r[i + new], &set->r[i + old], tail * sizeof(*set->r));
	set->nr = set->nr - old + new;
	return 0;
}

/**
 * fadump_ranges_add - add bytes to a set
 * @set: the set
 * @base: first byte
 * @size: how many; 0 adds nothing
 *
 * Return: 0, -EINVAL for a range that wraps, -ENOSPC for a full set, which is
 * then unchanged.
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

	i = first_ending_from(set, base);
	while (i + n < set->nr && set->r[i + n].base <= end)
		n++;
	if (n) {
		base = min(base, set->r[i].base);
		end = max(end, fadump_range_end(&set->r[i + n - 1]));
	}
	rc = resize_at(set, i, n, 1);
	if (rc)
		return rc;
	set->r[i].base = base;
	set->r[i].size = end - base;
	return 0;
}

/**
 * fadump_ranges_subtract - take bytes out of a set
 * @set: the set
 * @base: first byte
 * @size: how many; 0 takes nothing
 *
 * Return: 0, -EINVAL for a range that wraps, -ENOSPC where a range has to be
 * split and there is no room, which leaves the set unchanged.
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

	i = first_ending_from(set, base);
	while (i + n < set->nr && set->r[i + n].base < end)
		n++;
	if (!n)
		return 0;

	left.base = set->r[i].base;
	left.size = left.base < base ? base - left.base : 0;
	right.base = end;
	right.size = fadump_range_end(&set->r[i + n - 1]) > end ?
		     fadump_range_end(&set->r[i + n - 1]) - end : 0;

	rc = resize_at(set, i, n, !!left.size + !!right.size);
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
 * fadump_ranges_subtract_set - take a whole set out of another
 * @set: the set to cut
 * @other: what to cut out
 *
 * Return: as fadump_ranges_subtract(); after an error @set is cut in part.
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
 * fadump_ranges_subtract_pages - take whole pages out of a set
 * @set: the set to cut
 * @other: pages that are entirely in one of these go
 * @page_size: size of a page
 *
 * Return: as fadump_ranges_subtract(); after an error @set is cut in part.
 */
int fadump_ranges_subtract_pages(struct fadump_ranges *set,
				 const struct fadump_ranges *other,
				 u64 page_size)
{
	int rc = 0;
	u32 i;

	for (i = 0; !rc && i < other->nr; i++) {
		u64 base = ALIGN(other->r[i].base, page_size);
		u64 end = ALIGN_DOWN(fadump_range_end(&other->r[i]), page_size);

		if (base < end)
			rc = fadump_ranges_subtract(set, base, end - base);
	}
	return rc;
}

/**
 * fadump_ranges_copy - make one set equal to another
 * @to: set with an array of its own
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
 * fadump_ranges_overlap - is any of these bytes in the set?
 * @set: the set
 * @base: first byte
 * @size: how many
 */
bool fadump_ranges_overlap(const struct fadump_ranges *set, u64 base, u64 size)
{
	u32 i = first_ending_from(set, base);

	if (!is_range(base, size))
		return false;
	if (i < set->nr && fadump_range_end(&set->r[i]) == base)
		i++;
	return i < set->nr && set->r[i].base < base + size;
}

/**
 * fadump_ranges_cover - are all of these bytes in the set?
 * @set: the set
 * @base: first byte
 * @size: how many, not 0
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
 * fadump_ranges_total - bytes in a set
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
 * fadump_ranges_end - the byte after the last of a set, 0 for an empty one
 * @set: the set
 */
u64 fadump_ranges_end(const struct fadump_ranges *set)
{
	return set->nr ? fadump_range_end(&set->r[set->nr - 1]) : 0;
}

/**
 * fadump_ranges_limit - where the first bytes of a set end
 * @set: the set
 * @bytes: how many
 *
 * Return: the address up to which the set has @bytes bytes, or its end if it
 * has fewer.
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
 * fadump_ranges_total_below - how many bytes of a set lie below an address
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

/* First place at or after @from in [from, end) that is clear of @busy. */
static bool fits_before(const struct fadump_ranges *busy, u64 from, u64 end,
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
 * fadump_ranges_find_gap - lowest free place of a given size
 * @set: where to look
 * @busy: what to stay clear of
 * @from: lowest address
 * @size: bytes needed in one piece, not 0
 * @align: a power of two
 * @base: result
 *
 * Return: 0, or -ENOENT where there is no such place.
 */
int fadump_ranges_find_gap(const struct fadump_ranges *set,
			   const struct fadump_ranges *busy, u64 from, u64 size,
			   u64 align, u64 *base)
{
	u32 i;

	for (i = 0; i < set->nr; i++) {
		u64 end = fadump_range_end(&set->r[i]);

		if (fits_before(busy, max(from, set->r[i].base), end, size,
				align, base))
			return 0;
	}
	return -ENOENT;
}

/**
 * fadump_ranges_round_in - round every range inwards to whole pages
 * @to: empty set with an array of its own
 * @from: set to round
 * @page_size: a power of two
 *
 * A page that lacks a byte is none.
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

		if (base >= from->r[i].base && base < end)
			rc = fadump_ranges_add(to, base, end - base);
	}
	return rc;
}

/**
 * fadump_ranges_round_out - round every range outwards to whole pages
 * @to: empty set with an array of its own
 * @from: set to round
 * @page_size: a power of two
 *
 * A page that somebody owns a byte of is theirs.
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
