// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Free reserved memory to the page allocator.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/log2.h>
#include <linux/page-flags.h>
#include <linux/page_ref.h>
#include <linux/pfn.h>
#include <linux/pgalloc_tag.h>
#include <linux/sched.h>

#include <kunit/static_stub.h>

#include "memory/memory.h"

/**
 * fadump_pages_free - free reserved pages in one piece
 * @page: the first page, reserved since boot, aligned to @order
 * @order: the piece has 2^@order pages
 *
 * free_reserved_area() is far slower: it frees single pages, and for each of them the
 * allocator merges pages and computes the reserves of its zones.
 *
 * Context: process context.
 */
void fadump_pages_free(struct page *page, unsigned int order)
{
	unsigned long i, nr = 1UL << order;

	for (i = 0; i < nr; i++) {
		clear_page_tag_ref(page + i);
		ClearPageReserved(page + i);
		set_page_count(page + i, 0);
	}
	set_page_count(page, 1);
	__free_pages(page, order);
	adjust_managed_page_count(page, nr);
}

/* Order of the largest piece that begins at @pfn and does not cross @end. */
static unsigned int order_at(unsigned long pfn, unsigned long end)
{
	unsigned int order = min(MAX_PAGE_ORDER, ilog2(end - pfn));

	return pfn ? min_t(unsigned int, order, __ffs(pfn)) : order;
}

static void release_range(const struct fadump_range *r)
{
	unsigned long pfn = PFN_UP(r->base), end = PFN_DOWN(fadump_range_end(r));
	unsigned int order;

	if (pfn >= end)
		return;
	pr_info("freeing reserved memory (%#llx - %#llx)\n", PFN_PHYS(pfn),
		PFN_PHYS(end));
	for (; pfn < end; pfn += 1UL << order) {
		order = order_at(pfn, end);
		fadump_pages_free(pfn_to_page(pfn), order);
		cond_resched();
	}
}

/**
 * fadump_pages_release - free reserved memory
 * @set: whole pages of RAM, reserved since boot and not in use
 *
 * Context: process context, may sleep.
 */
void fadump_pages_release(const struct fadump_ranges *set)
{
	u32 i;

	KUNIT_STATIC_STUB_REDIRECT(fadump_pages_release, set);
	for (i = 0; i < set->nr; i++)
		release_range(&set->r[i]);
}
