// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lending the dump area to the contiguous memory allocator.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/cma.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page-isolation.h>
#include <linux/pageblock-flags.h>
#include <linux/pfn.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include <asm/fadump.h>

#include "memory/memory.h"

static struct cma *fadump_cma;

/* What to reserve as CMA at boot, NULL for nothing. */
static const struct fadump_range *planned __initdata;

/**
 * fadump_cma_plan - reserve the dump area as CMA later in boot
 * @area: what nothing lives in before a crash; must stay valid
 *
 * Context: early boot.
 */
void __init fadump_cma_plan(const struct fadump_range *area)
{
	planned = area;
}

/* What was lent after boot; there is no struct cma for it. */
static struct fadump_range restored;

/*
 * CMA takes whole pageblocks. What is left at both ends stays reserved, as does
 * the whole where it takes nothing.
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
 * fadump_cma_init - lend what nothing lives in before a crash
 *
 * Applications may have that memory, the kernel itself may not: what they keep
 * in it is lost in a crash.
 *
 * Context: early boot, after the pageblock size is known and before the page
 * allocator takes over.
 */
void __init fadump_cma_init(void)
{
	const struct fadump_range *area = planned;
	struct fadump_range cma;
	int rc;

	if (!area)
		return;
	cma = *area;
	if (!shrink_to_pageblocks(&cma)) {
		pr_warn("Dump area of %lluMB is too small for CMA, it stays reserved\n",
			area->size / SZ_1M);
		return;
	}
	rc = cma_init_reserved_mem(cma.base, cma.size, 0, "fadump_cma",
				   &fadump_cma);
	if (rc) {
		pr_err("CMA refused the dump area (%d), its %lluMB stay reserved\n",
		       rc, area->size / SZ_1M);
		fadump_cma = NULL;
		return;
	}
	/* If CMA cannot start later on, the kernel must still stay out. */
	cma_reserve_pages_on_error(fadump_cma);
	pr_info("Initialized [%#llx, %lluMB] cma area from [%#llx, %lluMB] bytes of memory reserved for firmware-assisted dump\n",
		cma.base, cma.size / SZ_1M, area->base, area->size / SZ_1M);
}

#ifdef CONFIG_MEMORY_HOTPLUG
/*
 * Give a pageblock to the page allocator, for movable pages only. The kernel does
 * this in init_cma_reserved_pageblock(), which is discarded after boot, and has
 * no other interface for it: this is the only place that writes mm's state. The
 * means to set a pageblock's type are kept with memory hotplug only.
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
 * fadump_cma_restore - lend the dump area after a release
 * @area: what nothing lives in before a crash, reserved since boot
 *
 * An area of CMA that drivers can allocate from is made at boot or never. What
 * matters here is what the page allocator puts there: nothing that cannot be
 * moved, nothing of the kernel's own.
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
	pr_info("The dump area is lent to applications again (%#llx, %lluMB)\n",
		cma.base, cma.size / SZ_1M);
}

/**
 * fadump_cma_range - what CMA has of the dump area now
 *
 * Asked every time, because CMA may still give up when it starts.
 *
 * Return: the range, of size 0 for nothing.
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
