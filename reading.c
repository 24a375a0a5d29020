// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How far a dump has been read.
 */

#include "fadump-pure.h"

/**
 * DOC: Reading
 *
 * Nobody tells the kernel that a dump has been saved, but for release_mem. A
 * distribution that saves and then reboots tells it by having read: all that
 * programs ask of preserved memory passes by here, page by page. Memory is
 * divided into 1024 parts of the same size; how many of them have been asked
 * for is the progress of an attempt.
 *
 * Whoever copies or filters a dump goes through it in ascending order, skips
 * what it does not want, and ends near the end of RAM, where the kernel has its
 * own tables. Whoever only wants the log or the headers takes little, from a few
 * places. So it counts as read where both are there: as much as a filter needs to
 * look at before it can throw away anything, and part of the last eighth.
 *
 * A kernel that was itself a capture once has its tables in its boot memory, and
 * perhaps nothing at the end that a filter keeps. Its filtered dump is read in
 * part, for all we know: the dump is kept rather than lost.
 */

/* Page structures of all memory, and a kernel. */
static u64 least_bytes(const struct fadump_reading *r)
{
	return r->size / 1024 + READING_LEAST;
}

/**
 * fadump_reading_init - nobody has read anything
 * @r: the account
 * @base: where preserved memory begins
 * @end: where it ends
 */
void fadump_reading_init(struct fadump_reading *r, u64 base, u64 end)
{
	memset(r, 0, sizeof(*r));
	r->base = base;
	r->size = end > base ? end - base : 0;
}

/* Without a product that could overflow. */
static u32 part_of(const struct fadump_reading *r, u64 at)
{
	u64 step = r->size / CRASH_INFO_PROGRESS_END + 1;

	return min_t(u64, at / step, CRASH_INFO_PROGRESS_END - 1);
}

/* The last eighth. */
static u64 late_from(const struct fadump_reading *r)
{
	return r->size - r->size / 8;
}

/**
 * fadump_reading_note - somebody reads
 * @r: the account
 * @addr: where
 * @size: how much, less than a part
 *
 * Context: any; the caller lets one at a time.
 */
void fadump_reading_note(struct fadump_reading *r, u64 addr, u64 size)
{
	u64 at = addr - r->base;
	u32 part;

	if (addr < r->base || at >= r->size)
		return;
	part = part_of(r, at);
	if (!(r->seen[part / 64] & BIT_ULL(part % 64))) {
		r->seen[part / 64] |= BIT_ULL(part % 64);
		r->parts++;
	}
	r->bytes += size;
	/* Tables up there are looked at early on, too. */
	if (at >= late_from(r) && r->bytes >= least_bytes(r))
		r->late_bytes += size;
}

/**
 * fadump_reading_forget - what was noted of some memory does not count
 * @r: the account
 * @addr: where
 * @size: how much
 *
 * Which parts have been asked for stays as it is: an attempt that gets so far
 * got further.
 *
 * Context: as fadump_reading_note().
 */
void fadump_reading_forget(struct fadump_reading *r, u64 addr, u64 size)
{
	u64 end = addr - r->base + size;

	if (addr < r->base)
		return;
	r->bytes -= min(r->bytes, size);
	if (end > late_from(r))
		r->late_bytes -= min(r->late_bytes,
				     min(size, end - late_from(r)));
}

/**
 * fadump_reading_how_far - what the account says
 * @r: the account
 */
enum fadump_read fadump_reading_how_far(const struct fadump_reading *r)
{
	if (!r->bytes)
		return FADUMP_READ_NOTHING;
	return r->late_bytes ? FADUMP_READ_ALL : FADUMP_READ_PART;
}
