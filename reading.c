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
 * perhaps nothing at the end that a filter keeps; nor has one that got that memory
 * by hotplug. There the program tells by its exit status. One that saves asks for
 * all of the dead kernel's text, because every filter keeps that, and one that
 * filters jumps about; who copies a few hundred megabytes from the start does not.
 */

/* There are no others on powerpc64, and so much is kept about each. */
#define SMALL_PAGE		(4 * 1024)
#define LARGE_PAGE		(64 * 1024)
#define PAGE_STRUCT		64

/* A piece of text of which a byte is asked for. */
#define GRANULE			(64 * 1024)

/* A plain copy jumps from one piece of memory to the next, and now and then. */
#define FEW_JUMPS		8

/* What a filter looks at before it writes anything, and a kernel. */
static u64 least_bytes(const struct fadump_reading *r)
{
	return r->tables + READING_LEAST;
}

/**
 * fadump_reading_init - nobody has read anything
 * @r: the account
 * @base: where preserved memory begins
 * @end: where it ends
 * @page_size: of the dead kernel, or what is likely
 */
void fadump_reading_init(struct fadump_reading *r, u64 base, u64 end,
			 u64 page_size)
{
	memset(r, 0, sizeof(*r));
	r->base = base;
	r->size = end > base ? end - base : 0;
	r->tables = r->size / clamp_t(u64, page_size, SMALL_PAGE, LARGE_PAGE) *
		    PAGE_STRUCT;
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

/**
 * fadump_saver_init - a program that nothing is known of yet
 * @s: the account of it
 * @text: where the dead kernel's text is now; its size is 0 where nobody knows
 * @pieces: of memory, in a core one after the other
 */
void fadump_saver_init(struct fadump_saver *s, const struct fadump_range *text,
		       u32 pieces)
{
	memset(s, 0, sizeof(*s));
	s->text = *text;
	s->pieces = pieces;
	fadump_saver_reset(s);
}

/**
 * fadump_saver_reset - another program reads
 * @s: the account
 */
void fadump_saver_reset(struct fadump_saver *s)
{
	memset(s->seen, 0, sizeof(s->seen));
	s->missing = min_t(u64, DIV_ROUND_UP(s->text.size, GRANULE),
			   FADUMP_MAX_GRANULES);
	s->has_text = false;
	s->jumps = 0;
	s->next = 0;
}

/**
 * fadump_saver_note - it reads
 * @s: the account
 * @addr: where
 * @size: how much, no more than 64 KiB
 */
void fadump_saver_note(struct fadump_saver *s, u64 addr, u64 size)
{
	u64 granule = (addr - s->text.base) / GRANULE;

	if (addr != s->next && addr + size != s->next)
		s->jumps++;
	s->next = addr + size;
	if (!s->missing || addr < s->text.base || granule >= FADUMP_MAX_GRANULES ||
	    !fadump_range_overlaps(&s->text, addr, size) ||
	    s->seen[granule / 64] & BIT_ULL(granule % 64))
		return;
	s->seen[granule / 64] |= BIT_ULL(granule % 64);
	s->has_text = !--s->missing;
}

/**
 * fadump_saver_is_one - does it save a dump through a filter?
 * @s: the account
 *
 * If so, its exit status tells whether there is one now.
 */
bool fadump_saver_is_one(const struct fadump_saver *s)
{
	return s->has_text && s->jumps > s->pieces + FEW_JUMPS;
}
