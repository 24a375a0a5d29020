// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl test --thorough: fills memory all over the machine with a known pattern.
 *
 * A program cannot choose the physical addresses of its pages. So this one allocates nearly
 * all free memory, finds the address of each page, keeps some pages in each place and frees
 * the others.
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

#include "lib/bounds.h"
#include "lib/files.h"
#include "lib/say.h"
#include "lib/stop.h"
#include "machine/map.h"
#include "machine/meminfo.h"
#include "selftest/pattern.h"
#include "selftest/selftest.h"

/* Easy to see in a debugger; a hint only, any other address works too. */
#define BASE_ADDRESS	0x200000000000UL

/* Parts of the available memory: to allocate, to keep. The rest is for other programs. */
#define WALK_PART(n)	((n) / 8 * 7)
#define KEEP_PART(n)	((n) / 8)
#define WALK_SECONDS	30
#define WALK_STEP	1024

/* Cells into which memory is divided to find its middle. */
#define MIDDLE_CELLS	1024

/* First byte of an allocated page; no page of the pattern begins with it. */
#define TOUCHED		1

/* An entry of pagemap: a page is present, and its pfn. */
#define ENTRY_PRESENT	(1ULL << 63)
#define ENTRY_PFN	((1ULL << 55) - 1)

/**
 * struct kept - a page of the test
 * @at: its index in our memory
 * @pfn: its physical address, in pages
 * @place: what firmware does to it
 */
struct kept {
	u32 at;
	u64 pfn;
	enum place place;
};

/**
 * struct filled - memory of the test
 * @seed: of the pattern
 * @base: our memory
 * @limit: its size in pages
 * @touched: number of pages that are allocated, from the first one on
 * @page_size: of this kernel
 * @pagemap: the file that has the pfn of each page
 * @map: map of physical memory
 * @area: the dump area
 * @low_end: end of the boot memory
 * @middle_end: end of the lower half of the RAM that firmware does not copy
 * @seen: number of pages seen in each place
 * @quota: number of pages to keep in each place
 * @nr: number of @page
 * @page: the pages that are kept
 */
struct filled {
	u64 seed;
	u8 *base;
	u32 limit;
	u32 touched;
	size_t page_size;
	int pagemap;
	struct memory_map map;
	struct piece area;
	u64 low_end;
	u64 middle_end;
	u64 seen[NR_PLACES];
	u32 quota;
	u32 nr;
	struct kept page[MAX_TEST_PAGES];
};

/* -------- Places -------- */

static bool is_in_area(const struct filled *f, u64 at)
{
	return at < f->area.end && at + f->page_size > f->area.start;
}

static bool is_ram(const struct filled *f, u64 at)
{
	return !is_in_area(f, at) && map_kind_at(&f->map, at, at + 1) == PIECE_RAM;
}

/*
 * Half of the RAM that firmware does not copy lies below the result. The dump area, which
 * may be as large as that half, does not count.
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

/* Without fadump_region, assume that the lower third is boot memory. */
static void find_places(struct filled *f)
{
	const struct memory_map *p = &f->map;
	u64 end = map_end(p);
	unsigned int i;

	f->area = map_dump_area(p);
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
		return PLACE_AREA;
	if (at < f->low_end)
		return PLACE_LOW;
	return at < f->middle_end ? PLACE_MIDDLE : PLACE_HIGH;
}

/* Return: number of entries, which may be less than @nr. */
static size_t read_pagemap(const struct filled *f, u32 at, u64 *entries, size_t nr)
{
	u64 first = (u64)(uintptr_t)f->base / f->page_size + at;
	ssize_t got = pread(f->pagemap, entries, nr * sizeof(*entries),
			    first * sizeof(*entries));

	return got < 0 ? 0 : got / sizeof(*entries);
}

/* 0 if the page is not in memory. */
static u64 pfn_of(u64 entry)
{
	return entry & ENTRY_PRESENT ? entry & ENTRY_PFN : 0;
}

/* -------- Allocation -------- */

/*
 * Reservoir sampling: each page of a place is kept with the same probability, so that the
 * pages are spread over the place. Each place has its own part of @page.
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

static bool allocate_step(struct filled *f)
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

static void allocate(struct filled *f)
{
	double end = clock_seconds() + WALK_SECONDS;

	while (f->touched < f->limit && clock_seconds() < end)
		if (!allocate_step(f))
			break;
}

static int by_place_in_memory(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* Make one list of the parts of all places. */
static void collect(struct filled *f)
{
	unsigned int place, i;

	for (place = 0; place < NR_PLACES; place++)
		for (i = 0; i < f->quota && i < f->seen[place]; i++)
			f->page[f->nr++] = f->page[place * f->quota + i];
	qsort(f->page, f->nr, sizeof(*f->page), by_place_in_memory);
}

static void free_pages(const struct filled *f, u32 from, u32 to)
{
	if (to > from)
		madvise(f->base + from * f->page_size, (to - from) * f->page_size,
			MADV_DONTNEED);
}

static void free_other_pages(const struct filled *f)
{
	u32 next = 0, i;

	for (i = 0; i < f->nr; i++) {
		free_pages(f, next, f->page[i].at);
		next = f->page[i].at + 1;
	}
	free_pages(f, next, f->touched);
	if (mlock2(f->base, (size_t)f->limit * f->page_size, MLOCK_ONFAULT))
		warn("cannot lock memory: %s: pages that are swapped out are not in the dump",
		     strerror(errno));
}

/* -------- Filling -------- */

/*
 * The pattern contains the page's address. Reading the page swaps it in.
 * Return: true if the page was not filled before, or has moved.
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

/* -------- Setup -------- */

static int measure(struct filled *f)
{
	u64 pages, keep;

	f->page_size = sysconf(_SC_PAGESIZE);
	if (f->page_size < PATTERN_MIN_PAGE || f->page_size > PATTERN_MAX_PAGE)
		return fail(EXIT_MISSING, "pages of %zu bytes are not supported", f->page_size);
	keep = KEEP_PART(meminfo_bytes("MemAvailable"));
	if (keep > MAX_TEST_MEMORY)
		keep = MAX_TEST_MEMORY;
	f->quota = keep / f->page_size / NR_PLACES;
	if (!f->quota)
		return fail(EXIT_FAILED, "%s: not enough memory is available",
			    root_path("/proc/meminfo").s);
	pages = WALK_PART(meminfo_bytes("MemAvailable")) / f->page_size;
	f->limit = pages < 1U << 31 ? pages : 1U << 31;
	return EXIT_DONE;
}

/* If memory runs out, the kernel shall kill this process first. Use no huge pages. */
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
	say_text("Allocating memory, for up to %d seconds.", WALK_SECONDS);
	fflush(stdout);
	srandom(f->seed);
	allocate(f);
	collect(f);
	free_other_pages(f);
	if (!f->nr)
		return fail(EXIT_FAILED, "%s: has no physical addresses: only root may read them",
			    root_path("/proc/self/pagemap").s);
	thorough_refill(f);
	return EXIT_DONE;
}

static int prepare(struct filled *f)
{
	int rc = measure(f);

	if (rc)
		return rc;
	rc = map_read(&f->map);
	if (rc)
		return fail_errno(EXIT_FAILED, rc, root_path("/proc/iomem").s);
	find_places(f);
	rc = map_memory(f);
	return rc ? rc : take_memory(f);
}

/**
 * thorough_fill - allocate memory all over the machine and fill it
 * @seed: of the pattern
 *
 * Return: the memory, or NULL after a message.
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

/* The memory itself is freed when the process ends. */
void thorough_free(struct filled *f)
{
	if (f && f->pagemap >= 0)
		close(f->pagemap);
	free(f);
}

/**
 * thorough_json - make the list for the report
 * @f: memory that is filled
 *
 * Return: pfns of the pages in each place, numbers of CPUs, description of the machine.
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
	json_object_set_new(o, "knows_dump_area", json_boolean(f->map.has_regions));
	json_object_set_new(o, "pages", pages);
	json_object_set_new(o, "cpus", cpus);
	json_object_set_new(o, "machine", hardware_json());
	return o;
}
