// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl test --thorough: memory with a known pattern, all over the machine.
 *
 * A program cannot choose its pages. So this one takes nearly all memory that is free,
 * looks where each page is, keeps a few of each place and gives the others back.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "bounds.h"
#include "picture.h"
#include "progress.h"
#include "say.h"
#include "selftest.h"
#include "test-pattern.h"

/* A round address, easy to see in a debugger. Somewhere else serves as well. */
#define BASE_ADDRESS	0x200000000000UL

/* Of what is available, so that nothing else runs out of memory. */
#define WALK_PART(n)	((n) / 8 * 7)
#define KEEP_PART(n)	((n) / 8)
#define WALK_SECONDS	30
#define WALK_STEP	1024

/* To find the middle of memory. */
#define MIDDLE_CELLS	1024

/* No page of the pattern begins so. */
#define TOUCHED		1

/* Of an entry of pagemap: there is a page, and its number. */
#define ENTRY_PRESENT	(1ULL << 63)
#define ENTRY_PFN	((1ULL << 55) - 1)

const char * const place_names[NR_PLACES] = {
	[PLACE_LOW] = "low",
	[PLACE_MIDDLE] = "middle",
	[PLACE_HIGH] = "high",
	[PLACE_LENT] = "lent",
};

/**
 * struct kept - a page of the test
 * @at: which page of our own memory
 * @pfn: where it is
 * @place: what firmware does to it there
 */
struct kept {
	u32 at;
	u64 pfn;
	enum place place;
};

/**
 * struct filled - memory of the test
 * @seed: of the pattern
 * @base: our own memory
 * @limit: pages of it
 * @touched: those that were had, from the first one on
 * @page_size: of this kernel
 * @pagemap: tells where our pages are
 * @picture: tells what is where
 * @area: the dump area
 * @low_end: behind the boot memory
 * @middle_end: behind half of the RAM that stays where it is
 * @seen: pages in each place
 * @quota: pages to keep in each
 * @nr: pages that are kept
 * @page: those
 */
struct filled {
	u64 seed;
	u8 *base;
	u32 limit;
	u32 touched;
	size_t page_size;
	int pagemap;
	struct picture picture;
	struct piece area;
	u64 low_end;
	u64 middle_end;
	u64 seen[NR_PLACES];
	u32 quota;
	u32 nr;
	struct kept page[MAX_TEST_PAGES];
};

/* -------- Where is what? -------- */

static bool is_in_area(const struct filled *f, u64 at)
{
	return at < f->area.end && at + f->page_size > f->area.start;
}

static bool is_ram(const struct filled *f, u64 at)
{
	return !is_in_area(f, at) && picture_at(&f->picture, at, at + 1) == PIECE_RAM;
}

/*
 * Half of what stays in its place is below. The dump area, which may be as large as that,
 * counts for nothing.
 */
static u64 find_middle_end(const struct filled *f, u64 end)
{
	u64 cell = (end - f->low_end) / MIDDLE_CELLS;
	unsigned int i, nr = 0, seen = 0;

	for (i = 0; i < MIDDLE_CELLS; i++)
		nr += is_ram(f, f->low_end + i * cell);
	for (i = 0; i < MIDDLE_CELLS && 2 * seen < nr; i++)
		seen += is_ram(f, f->low_end + i * cell);
	return f->low_end + i * cell;
}

/* Without fadump_region the lower third stands for the boot memory. */
static void divide(struct filled *f)
{
	const struct picture *p = &f->picture;
	u64 end = picture_end(p);
	unsigned int i;

	f->area = picture_dump_area(p);
	for (i = 0; i < p->nr; i++)
		if (p->piece[i].kind == PIECE_BOOT && p->piece[i].end > f->low_end)
			f->low_end = p->piece[i].end;
	if (!f->low_end)
		f->low_end = end / 3;
	f->middle_end = find_middle_end(f, end);
}

static enum place place_of(const struct filled *f, u64 pfn)
{
	u64 at = pfn * f->page_size;

	if (is_in_area(f, at))
		return PLACE_LENT;
	if (at < f->low_end)
		return PLACE_LOW;
	return at < f->middle_end ? PLACE_MIDDLE : PLACE_HIGH;
}

/* How many entries of @nr pages could be read. */
static size_t read_pagemap(const struct filled *f, u32 at, u64 *entries, size_t nr)
{
	u64 first = (u64)(uintptr_t)f->base / f->page_size + at;
	ssize_t got = pread(f->pagemap, entries, nr * sizeof(*entries),
			    first * sizeof(*entries));

	return got < 0 ? 0 : got / sizeof(*entries);
}

/* 0 for a page that is nowhere. */
static u64 pfn_of(u64 entry)
{
	return entry & ENTRY_PRESENT ? entry & ENTRY_PFN : 0;
}

/* -------- Taking memory -------- */

/*
 * Of all pages of a place, each is among those that are kept with the same probability:
 * they are spread over what was seen of it. The places share @page, each has its part.
 */
static void keep_some(struct filled *f, u32 at, u64 pfn)
{
	enum place place = place_of(f, pfn);
	u64 nth = f->seen[place]++;
	struct kept *own = f->page + place * f->quota;

	if (nth >= f->quota)
		nth = random() % (nth + 1);
	if (nth < f->quota)
		own[nth] = (struct kept) { .at = at, .pfn = pfn, .place = place };
}

static bool step(struct filled *f)
{
	u32 nr = f->limit - f->touched, i;
	u64 entries[WALK_STEP];

	if (nr > WALK_STEP)
		nr = WALK_STEP;
	for (i = 0; i < nr; i++)
		f->base[(f->touched + i) * f->page_size] = TOUCHED;
	nr = read_pagemap(f, f->touched, entries, nr);
	for (i = 0; i < nr; i++)
		if (pfn_of(entries[i]))
			keep_some(f, f->touched + i, pfn_of(entries[i]));
	f->touched += nr;
	return nr;
}

static void walk(struct filled *f)
{
	double end = clock_seconds() + WALK_SECONDS;

	while (f->touched < f->limit && clock_seconds() < end)
		if (!step(f))
			break;
}

static int by_place_in_memory(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* The parts of the places become one list. */
static void collect(struct filled *f)
{
	unsigned int place, i;

	for (place = 0; place < NR_PLACES; place++)
		for (i = 0; i < f->quota && i < f->seen[place]; i++)
			f->page[f->nr++] = f->page[place * f->quota + i];
	qsort(f->page, f->nr, sizeof(*f->page), by_place_in_memory);
}

static void give_back(const struct filled *f, u32 from, u32 to)
{
	if (to > from)
		madvise(f->base + from * f->page_size, (to - from) * f->page_size,
			MADV_DONTNEED);
}

static void give_others_back(const struct filled *f)
{
	u32 next = 0, i;

	for (i = 0; i < f->nr; i++) {
		give_back(f, next, f->page[i].at);
		next = f->page[i].at + 1;
	}
	give_back(f, next, f->touched);
	if (mlock2(f->base, (size_t)f->limit * f->page_size, MLOCK_ONFAULT))
		warn("cannot lock memory: %s: what is swapped out is not in the dump",
		     strerror(errno));
}

/* -------- Filling it -------- */

/*
 * The pattern has the page's address in it. Reading brings back what was swapped out.
 * True if the page was not filled, or is not where it was.
 */
static bool fill(struct filled *f, struct kept *page)
{
	u8 *at = f->base + page->at * f->page_size;
	bool is_filled = *(volatile u8 *)at != TOUCHED;
	u64 entry = 0, pfn;

	read_pagemap(f, page->at, &entry, 1);
	pfn = pfn_of(entry);
	if (is_filled && pfn == page->pfn)
		return false;
	page->pfn = pfn;
	page->place = place_of(f, pfn);
	pattern_make(at, f->page_size, f->seed, pfn * f->page_size);
	return true;
}

bool thorough_refill(struct filled *f)
{
	bool any = false;
	u32 i;

	for (i = 0; i < f->nr; i++)
		any |= fill(f, &f->page[i]);
	return any;
}

/* -------- All of it -------- */

static u64 available(void)
{
	char text[4096], *at;
	u64 kib = 0;

	file_read_text(root_path("/proc/meminfo").s, text, sizeof(text));
	at = strstr(text, "MemAvailable:");
	if (at)
		sscanf(at, "MemAvailable: %llu kB", &kib);
	return kib < 1ULL << 40 ? kib * 1024 : 0;
}

static int measure(struct filled *f)
{
	u64 pages, keep;

	f->page_size = sysconf(_SC_PAGESIZE);
	if (f->page_size < PATTERN_MIN_PAGE || f->page_size > PATTERN_MAX_PAGE)
		return fail(EXIT_MISSING, "pages of %zu bytes are not known here", f->page_size);
	keep = KEEP_PART(available());
	if (keep > MAX_TEST_MEMORY)
		keep = MAX_TEST_MEMORY;
	f->quota = keep / f->page_size / NR_PLACES;
	if (!f->quota)
		return fail(EXIT_FAILED, "%s: not enough memory is available",
			    root_path("/proc/meminfo").s);
	pages = WALK_PART(available()) / f->page_size;
	f->limit = pages < 1U << 31 ? pages : 1U << 31;
	return EXIT_DONE;
}

/* Rather this than anything else, should memory run out. Pages, not huge pages. */
static int map_memory(struct filled *f)
{
	struct path pagemap = root_path("/proc/self/pagemap");

	file_write_text(root_path("/proc/self/oom_score_adj").s, "1000");
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	f->pagemap = open(pagemap.s, O_RDONLY | O_CLOEXEC);
	if (f->pagemap < 0)
		return fail_errno(EXIT_FAILED, errno, pagemap.s);
	f->base = mmap((void *)BASE_ADDRESS, (size_t)f->limit * f->page_size,
		       PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		       -1, 0);
	if (f->base == MAP_FAILED)
		return fail_errno(EXIT_FAILED, errno, "mmap");
	return EXIT_DONE;
}

static int take_memory(struct filled *f)
{
	say_text("Taking memory, for up to %d seconds.", WALK_SECONDS);
	fflush(stdout);
	srandom(f->seed);
	walk(f);
	collect(f);
	give_others_back(f);
	if (!f->nr)
		return fail(EXIT_FAILED, "%s: does not tell where pages are: only root may know",
			    root_path("/proc/self/pagemap").s);
	thorough_refill(f);
	return EXIT_DONE;
}

static int prepare(struct filled *f)
{
	int rc = measure(f);

	if (rc)
		return rc;
	rc = picture_read(&f->picture);
	if (rc)
		return fail_errno(EXIT_FAILED, rc, root_path("/proc/iomem").s);
	divide(f);
	rc = map_memory(f);
	return rc ? rc : take_memory(f);
}

/**
 * thorough_fill - take memory all over the machine and fill it
 * @seed: of the pattern
 *
 * Return: what was filled, or NULL after saying why nothing was.
 */
struct filled *thorough_fill(u64 seed)
{
	struct filled *f = calloc(1, sizeof(*f));

	if (!f) {
		fail(EXIT_FAILED, "out of memory");
		return NULL;
	}
	f->seed = seed;
	f->pagemap = -1;
	if (prepare(f)) {
		thorough_free(f);
		return NULL;
	}
	return f;
}

/* The memory itself goes with the process. */
void thorough_free(struct filled *f)
{
	if (f && f->pagemap >= 0)
		close(f->pagemap);
	free(f);
}

/**
 * thorough_json - what the report needs
 * @f: memory that is filled
 *
 * Return: numbers of pages in each place, of CPUs, and what the machine is.
 */
json_t *thorough_json(const struct filled *f)
{
	json_t *o = json_object(), *pages = json_object(), *cpus = cpus_online();
	json_t *lists[NR_PLACES];
	unsigned int i;

	for (i = 0; i < NR_PLACES; i++) {
		lists[i] = json_array();
		json_object_set_new(pages, place_names[i], lists[i]);
	}
	for (i = 0; i < f->nr; i++)
		if (f->page[i].pfn)
			json_array_append_new(lists[f->page[i].place],
					      json_integer(f->page[i].pfn));
	json_object_set_new(o, "page_size", json_integer(f->page_size));
	json_object_set_new(o, "knows_lent", json_boolean(f->picture.has_regions));
	json_object_set_new(o, "pages", pages);
	json_object_set_new(o, "cpus", cpus);
	json_object_set_new(o, "machine", machine_json());
	return o;
}
