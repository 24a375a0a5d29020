// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The dump area as a CMA area: until a crash applications can use its pages.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/cma.h>
#include <linux/mmzone.h>
#include <linux/page-isolation.h>
#include <linux/pageblock-flags.h>
#include <linux/pfn.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include <asm/fadump.h>

#include "memory/memory.h"

static struct cma *fadump_cma;

/* What fadump_cma_init() makes a CMA area, of size 0 for none. */
static struct fadump_range planned __initdata;

/**
 * fadump_cma_plan - reserve the dump area as CMA later in boot
 * @area: the part of the dump area that only a crash writes to
 *
 * Context: early boot.
 */
void __init fadump_cma_plan(const struct fadump_range *area)
{
	planned = *area;
}

/* What fadump_cma_restore() has made CMA; there is no struct cma for it. */
static struct fadump_range restored;

/*
 * CMA takes whole pageblocks. The rest at both ends stays reserved. False if there is
 * no whole pageblock.
 */
static bool shrink_to_pageblocks(struct fadump_range *r)
{
	u64 base = ALIGN(r->base, CMA_MIN_ALIGNMENT_BYTES);
	u64 end = ALIGN_DOWN(fadump_range_end(r), CMA_MIN_ALIGNMENT_BYTES);

	if (base >= end)
		return false;
	r->base = base;
	r->size = end - base;
	return true;
}

/**
 * fadump_cma_init - make the planned part of the dump area a CMA area
 *
 * A crash overwrites this memory. CMA gives it to applications, whose pages the dump
 * then lacks, and never to the kernel itself.
 *
 * Context: early boot, the pageblock size is known, the page allocator is not up.
 */
void __init fadump_cma_init(void)
{
	struct fadump_range cma = planned;
	int rc;

	if (!planned.size)
		return;
	if (!shrink_to_pageblocks(&cma)) {
		pr_warn("Dump area of %lluMB is too small for CMA, it stays reserved\n",
			planned.size / SZ_1M);
		return;
	}
	rc = cma_init_reserved_mem(cma.base, cma.size, 0, "fadump_cma",
				   &fadump_cma);
	if (rc) {
		pr_err("CMA refused the dump area (%d), its %lluMB stay reserved\n",
		       rc, planned.size / SZ_1M);
		fadump_cma = NULL;
		return;
	}
	/* If CMA fails to start, the memory must stay reserved. */
	cma_reserve_pages_on_error(fadump_cma);
	pr_info("Initialized [%#llx, %lluMB] cma area from [%#llx, %lluMB] bytes of memory reserved for firmware-assisted dump\n",
		cma.base, cma.size / SZ_1M, planned.base, planned.size / SZ_1M);
}

#ifdef CONFIG_MEMORY_HOTPLUG
/*
 * Free a pageblock to the page allocator for movable pages only. This function
 * writes state of mm, because mm has no interface for it after boot:
 * init_cma_reserved_pageblock() is __init. The functions that set a pageblock's type
 * are kept only with memory hotplug.
 */
static void restore_pageblock(struct page *page)
{
#ifdef PAGEBLOCK_MIGRATETYPE_MASK
	init_pageblock_migratetype(page, MIGRATE_CMA, false);
#else
	set_pageblock_migratetype(page, MIGRATE_CMA);
#endif
	fadump_pages_free(page, pageblock_order);
	page_zone(page)->cma_pages += pageblock_nr_pages;
	totalcma_pages += pageblock_nr_pages;
}
#else
static void restore_pageblock(struct page *page) {}
#endif

/**
 * fadump_cma_restore - make the dump area CMA again after a release
 * @area: the part of the dump area that only a crash writes to, reserved since boot
 *
 * After boot there is no way to create a struct cma, so drivers cannot allocate from
 * this memory. The page allocator treats it as any CMA area: it holds movable pages,
 * and none of the kernel's own.
 *
 * Context: process context, once.
 */
void fadump_cma_restore(const struct fadump_range *area)
{
	struct fadump_range cma = *area;
	unsigned long pfn;

	if (!IS_ENABLED(CONFIG_MEMORY_HOTPLUG)) {
		pr_info("The dump area stays reserved until the next boot\n");
		return;
	}
	if (!shrink_to_pageblocks(&cma))
		return;
	for (pfn = PFN_DOWN(cma.base); pfn < PFN_DOWN(fadump_range_end(&cma));
	     pfn += pageblock_nr_pages) {
		restore_pageblock(pfn_to_page(pfn));
		cond_resched();
	}
	restored = cma;
	pr_info("The dump area is a CMA area again [%#llx, %lluMB]\n", cma.base,
		cma.size / SZ_1M);
}

/**
 * fadump_cma_range - the part of the dump area that is CMA now
 *
 * The result is not constant: an area whose start fails later in boot has size 0.
 *
 * Return: the range, of size 0 for none.
 */
struct fadump_range fadump_cma_range(void)
{
	struct fadump_range cma = restored;

	if (fadump_cma && cma_get_size(fadump_cma)) {
		cma.base = cma_get_base(fadump_cma);
		cma.size = cma_get_size(fadump_cma);
	}
	return cma;
}
