// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the dead kernel left in its dump area, and where it is if it is not where
 * it ought to be.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/vmcore_info.h>

#include "capture/capture.h"
#include "memory/memory.h"

/* Searches look at memory in pieces of this size, which overlap by a note. */
#define WINDOW		SZ_16M

/*
 * A record may stand anywhere above the boot memory, as long as it is in RAM;
 * bytes up to the end of that RAM may belong to it.
 */
static struct fadump_bytes map_records(const struct fadump_ranges *ram, u64 at)
{
	u64 size = 0;
	u32 i;

	for (i = 0; at && i < ram->nr; i++)
		if (fadump_range_overlaps(&ram->r[i], at, 1))
			size = min_t(u64, fadump_range_end(&ram->r[i]) - at,
				     FADUMP_MAX_CRASH_INFO);
	return fadump_map(at, size);
}

static int open_at(struct fadump_record *rec, const struct fadump_ranges *ram,
		   u64 at)
{
	rec->at = at;
	rec->bytes = map_records(ram, at);
	rec->kind = fadump_recover_record(&rec->bytes, at, &rec->info);
	if (rec->kind == FADUMP_RECORD_OWN)
		rec->head = (void *)rec->bytes.data + CRASH_INFO_OFFSET;
	if (rec->kind != FADUMP_RECORD_NONE)
		return 0;
	fadump_unmap(&rec->bytes);
	return -ENOENT;
}

/* -------- Searching -------- */

/**
 * struct search - one that goes through memory, range after range
 * @look: is shown each window of memory. Windows overlap, so that what begins in
 *	one can be seen to its end; it takes what begins in the first %WINDOW bytes.
 * @arg: for @look
 * @total: bytes that there are to go through
 * @done: bytes gone through
 */
struct search {
	void (*look)(const struct fadump_bytes *b, u64 base, void *arg);
	void *arg;
	u64 total;
	u64 done;
};

static void search_range(struct search *s, const struct fadump_range *r)
{
	struct fadump_bytes b;
	u64 at, len;

	for (at = 0; at < r->size; at += WINDOW) {
		len = min_t(u64, r->size - at, WINDOW + FADUMP_MAX_VMCOREINFO);
		if (fadump_recover_is_near_end(s->done, s->total)) {
			b = fadump_map(r->base + at, len);
			if (b.len)
				s->look(&b, r->base + at, s->arg);
			fadump_unmap(&b);
		}
		s->done += min_t(u64, len, WINDOW);
		cond_resched();
	}
}

/* The best record so far; one that was finished is better than one that was not. */
struct record_search {
	struct fadump_crash_info info;
	u64 at;
	bool committed;
};

static void scan_for_record(const struct fadump_bytes *b, u64 base, void *arg)
{
	struct record_search *s = arg;
	struct fadump_bytes here;
	u64 at;

	for (at = 0; at < min_t(u64, b->len, WINDOW); at += SZ_64K) {
		here.data = b->data + at;
		here.len = b->len - at;
		if (!fadump_recover_found(&here, base + at, &s->info) ||
		    (s->at && s->committed >= s->info.committed))
			continue;
		s->at = base + at;
		s->committed = s->info.committed;
	}
}

static struct fadump_range part_above(const struct fadump_range *r, u64 top)
{
	struct fadump_range above = { .base = ALIGN(max(r->base, top), SZ_64K) };

	if (above.base < fadump_range_end(r))
		above.size = fadump_range_end(r) - above.base;
	return above;
}

/* Where a record of ours is; 0 for nowhere. */
static u64 search_record(const struct fadump_ranges *ram, u64 top)
{
	static struct record_search found;
	struct search s = { .look = scan_for_record, .arg = &found };
	u32 i;

	memset(&found, 0, sizeof(found));
	for (i = 0; i < ram->nr; i++)
		s.total += part_above(&ram->r[i], top).size;
	for (i = 0; i < ram->nr; i++) {
		const struct fadump_range above = part_above(&ram->r[i], top);

		search_range(&s, &above);
	}
	return found.at;
}

/* A note is better than a text alone, and the later crash than the earlier. */
struct note_search {
	const char *release;
	struct fadump_range at;
	struct fadump_vmcoreinfo best;
};

static bool is_better(const struct fadump_vmcoreinfo *a,
		      const struct fadump_vmcoreinfo *b)
{
	if (!b->size)
		return true;
	if (a->is_bare != b->is_bare)
		return b->is_bare;
	return a->crashtime > b->crashtime;
}

static void scan_for_note(const struct fadump_bytes *b, u64 base, void *arg)
{
	struct fadump_vmcoreinfo found;
	struct note_search *s = arg;
	u64 at = 0;

	for (;; at += VMCOREINFO_STEP) {
		at = fadump_vmcoreinfo_search(b, at, s->release, &found);
		if (at >= WINDOW)
			return;
		if (!is_better(&found, &s->best))
			continue;
		s->at.base = base + at;
		s->at.size = found.size;
		s->best = found;
	}
}

/* What /proc/vmcore has in the place of a note that is lost, until release. */
static void *wrapped;
static size_t wrapped_size;

static bool make_room(u64 size)
{
	wrapped_size = PAGE_ALIGN(size);
	wrapped = alloc_pages_exact(wrapped_size, GFP_KERNEL | __GFP_ZERO);
	return wrapped;
}

/* A note of our own around the dead kernel's text. */
static struct fadump_range wrap(const struct fadump_range *at)
{
	struct fadump_bytes text = fadump_map(at->base, at->size);
	struct fadump_range note = { };

	if (text.len && make_room(at->size + PAGE_SIZE)) {
		note.base = __pa(wrapped);
		note.size = fadump_vmcoreinfo_wrap(&text, wrapped, wrapped_size);
	}
	fadump_unmap(&text);
	return note;
}

static struct fadump_range search_vmcoreinfo(const struct fadump_dump *dump,
					     const struct fadump_ranges *unmoved,
					     const char *release)
{
	struct note_search found = { .release = release };
	struct search s = {
		.look = scan_for_note, .arg = &found,
		.total = fadump_ranges_total(unmoved),
	};
	u32 i;

	for (i = 0; i < dump->nr_copies; i++)
		s.total += dump->copy[i].size;
	for (i = 0; i < dump->nr_copies; i++) {
		const struct fadump_range dest = {
			.base = dump->copy[i].dest, .size = dump->copy[i].size,
		};

		search_range(&s, &dest);
	}
	for (i = 0; i < unmoved->nr; i++)
		search_range(&s, &unmoved->r[i]);
	if (found.at.size)
		pr_info("Found VMCOREINFO at %#llx\n", found.at.base);
	return found.best.is_bare ? wrap(&found.at) : found.at;
}

/* -------- What capture.c asks for -------- */

/**
 * fadump_record_open - find what the dead kernel said
 * @dump: the dump, bounded
 * @ram: RAM that is not firmware's
 * @rec: result. What is missing is in @rec->info.missing.
 *
 * It is where the copies end. If there is nothing, or if nobody knows where they
 * end, it is searched for.
 *
 * Context: process context, may sleep.
 *
 * Return: 0, or -ENOENT: then @rec is as of a kernel that said nothing.
 */
int fadump_record_open(const struct fadump_dump *dump,
		       const struct fadump_ranges *ram,
		       struct fadump_record *rec)
{
	struct fadump_crash_info *info = &rec->info;
	u64 found;

	memset(rec, 0, sizeof(*rec));
	if (open_at(rec, ram, dump->info_at)) {
		found = search_record(ram, dump->boot_mem_top);
		if (!found || open_at(rec, ram, found)) {
			fadump_recover_no_record(info);
			info->missing |= BIT(FADUMP_MISSING_CRASH_REGS);
			return -ENOENT;
		}
		pr_info("Found the crash-info record at %#llx\n", found);
	}
	if (!info->has_regs)
		info->missing |= BIT(FADUMP_MISSING_CRASH_REGS);
	if (info->release[0])
		pr_info("The dump is of Linux %s\n", info->release);
	return 0;
}

/**
 * fadump_record_close - the record is not needed any more
 * @rec: the record; @rec->info must not be used afterwards
 */
void fadump_record_close(struct fadump_record *rec)
{
	fadump_unmap(&rec->bytes);
	rec->head = NULL;
}

static bool is_vmcoreinfo(const struct fadump_range *at)
{
	struct fadump_bytes b = fadump_map(at->base, at->size);
	struct fadump_vmcoreinfo found;
	bool is = fadump_vmcoreinfo_read(&b, "", &found);

	fadump_unmap(&b);
	return is;
}

/**
 * fadump_record_vmcoreinfo - where VMCOREINFO is today
 * @rec: what the dead kernel said
 * @dump: the dump, bounded
 * @ram: RAM that is not firmware's
 * @unmoved: memory that stayed in place
 * @at: result; size 0 where there is none
 *
 * Context: process context, may sleep.
 *
 * Return: from where it is known.
 */
enum fadump_source fadump_record_vmcoreinfo(const struct fadump_record *rec,
					  const struct fadump_dump *dump,
					  const struct fadump_ranges *ram,
					  const struct fadump_ranges *unmoved,
					  struct fadump_range *at)
{
	*at = fadump_recover_vmcoreinfo(dump, &rec->info, ram);
	if (at->size && is_vmcoreinfo(at))
		return FADUMP_SOURCE_RECORD;

	*at = search_vmcoreinfo(dump, unmoved, rec->info.release);
	return at->size ? FADUMP_SOURCE_SEARCH : FADUMP_SOURCE_NONE;
}

/**
 * fadump_record_free - nobody reads VMCOREINFO any more
 *
 * Context: process context.
 */
void fadump_record_free(void)
{
	if (wrapped)
		free_pages_exact(wrapped, wrapped_size);
	wrapped = NULL;
}
