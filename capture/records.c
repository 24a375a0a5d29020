// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Find the crashed kernel's crash-info record and its VMCOREINFO note: where they
 * should be, or else by a search through memory.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/gfp.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "capture/capture.h"
#include "memory/memory.h"

/* A search maps this many bytes at a time, and FADUMP_MAX_VMCOREINFO bytes more. */
#define WINDOW		SZ_16M

/*
 * Map the records at @at, at most up to the end of the range in @ram that contains
 * @at. This kernel need not use that range itself.
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

static int open_record_at(struct fadump_record *rec, const struct fadump_ranges *ram,
			  u64 at)
{
	rec->at = at;
	rec->bytes = map_records(ram, at);
	rec->kind = fadump_recovery_read_record(&rec->bytes, at, &rec->info);
	if (rec->kind == FADUMP_RECORD_OWN)
		rec->head = (void *)rec->bytes.data + CRASH_INFO_OFFSET;
	if (rec->kind != FADUMP_RECORD_NONE)
		return 0;
	fadump_unmap(&rec->bytes);
	return -ENOENT;
}

/* -------- Searching -------- */

/**
 * struct search - a search through memory, range after range
 * @scan: called for each window of memory. It accepts only a match that starts in
 *	the first %WINDOW bytes. The bytes after those belong to the next window;
 *	@scan needs them if a match starts in this window and ends in the next one.
 * @arg: for @scan
 * @total: bytes to search
 * @done: bytes searched so far
 */
struct search {
	void (*scan)(const struct fadump_bytes *b, u64 base, void *arg);
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
		if (fadump_recovery_should_search(s->done, s->total)) {
			b = fadump_map(r->base + at, len);
			if (b.len)
				s->scan(&b, r->base + at, s->arg);
			fadump_unmap(&b);
		}
		s->done += min_t(u64, len, WINDOW);
		cond_resched();
	}
}

/* The best match so far: the first committed record, else the first record. */
struct record_search {
	struct fadump_crash_info info;
	u64 at;
	bool committed;
};

static void scan_for_record(const struct fadump_bytes *b, u64 base, void *arg)
{
	struct record_search *s = arg;
	struct fadump_bytes rest;
	u64 at;

	for (at = 0; at < min_t(u64, b->len, WINDOW); at += SZ_64K) {
		rest.data = b->data + at;
		rest.len = b->len - at;
		if (!fadump_recovery_is_record(&rest, base + at, &s->info) ||
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

/* Real address of the records; 0 if there are none. Finds FADUMP_RECORD_OWN only. */
static u64 search_for_record(const struct fadump_ranges *ram, u64 top)
{
	static struct record_search found;
	struct search s = { .scan = scan_for_record, .arg = &found };
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

/* The best match so far, see is_better(). */
struct note_search {
	const char *release;
	struct fadump_range at;
	struct fadump_vmcoreinfo best;
};

/* Is @a better? A note is better than bare text; else the later crash is better. */
static bool is_better(const struct fadump_vmcoreinfo *a,
		      const struct fadump_vmcoreinfo *b)
{
	if (!b->size)
		return true;
	if (a->is_text_only != b->is_text_only)
		return b->is_text_only;
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

/* A VMCOREINFO note that this kernel has made for /proc/vmcore, or NULL. */
static void *new_note;
static size_t new_note_size;

static bool alloc_new_note(u64 size)
{
	new_note_size = PAGE_ALIGN(size);
	new_note = alloc_pages_exact(new_note_size, GFP_KERNEL | __GFP_ZERO);
	return new_note;
}

/* Only the text of the crashed kernel's VMCOREINFO is left: make a note of it. */
static struct fadump_range build_new_note(const struct fadump_range *at)
{
	struct fadump_bytes text = fadump_map(at->base, at->size);
	struct fadump_range note = { };

	if (text.len && alloc_new_note(at->size + PAGE_SIZE)) {
		note.base = __pa(new_note);
		note.size = fadump_vmcoreinfo_wrap(&text, new_note, new_note_size);
	}
	fadump_unmap(&text);
	return note;
}

static struct fadump_range search_for_vmcoreinfo(const struct fadump_dump *dump,
						 const struct fadump_ranges *unmoved,
						 const char *release)
{
	struct note_search found = { .release = release };
	struct search s = {
		.scan = scan_for_note, .arg = &found,
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
	return found.best.is_text_only ? build_new_note(&found.at) : found.at;
}

/* -------- For elfcore.c -------- */

/**
 * fadump_record_open - find and map the crashed kernel's record
 * @dump: the dump, bounded
 * @ram: RAM without what firmware owns
 * @rec: result; @rec->info.missing says what it lacks
 *
 * The record follows the copies of the boot memory. If it is not there, or if their
 * end is unknown, this function searches for it.
 *
 * Context: process context, may sleep.
 *
 * Return: 0; -ENOENT if there is no record, then @rec->info has defaults.
 */
int fadump_record_open(const struct fadump_dump *dump,
		       const struct fadump_ranges *ram,
		       struct fadump_record *rec)
{
	struct fadump_crash_info *info = &rec->info;
	u64 found;

	memset(rec, 0, sizeof(*rec));
	if (open_record_at(rec, ram, dump->info_at)) {
		found = search_for_record(ram, dump->boot_mem_top);
		if (!found || open_record_at(rec, ram, found)) {
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
 * fadump_record_close - unmap the record
 * @rec: the record. Do not use @rec->info any more: it points into that mapping.
 *
 * Context: process context, may sleep.
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
 * fadump_record_vmcoreinfo - find the VMCOREINFO note
 * @rec: the crashed kernel's record
 * @dump: the dump, bounded
 * @ram: RAM without what firmware owns
 * @unmoved: preserved memory above the boot memory, without the dump area
 * @at: result: real address of the note in this kernel, of size 0 if there is none
 *
 * Context: process context, may sleep.
 *
 * Return: the source of that address.
 */
enum fadump_source fadump_record_vmcoreinfo(const struct fadump_record *rec,
					    const struct fadump_dump *dump,
					    const struct fadump_ranges *ram,
					    const struct fadump_ranges *unmoved,
					    struct fadump_range *at)
{
	*at = fadump_recovery_find_vmcoreinfo(dump, &rec->info, ram);
	if (at->size && is_vmcoreinfo(at))
		return FADUMP_SOURCE_RECORD;

	*at = search_for_vmcoreinfo(dump, unmoved, rec->info.release);
	return at->size ? FADUMP_SOURCE_SEARCH : FADUMP_SOURCE_NONE;
}

/**
 * fadump_record_free - free what fadump_record_vmcoreinfo() has allocated
 *
 * Context: process context, after the removal of /proc/vmcore.
 */
void fadump_record_free(void)
{
	if (new_note)
		free_pages_exact(new_note, new_note_size);
	new_note = NULL;
}
