// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sets of ranges, applied to memblock and to the page allocator.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include <kunit/static_stub.h>

#include "fadump-internal.h"

/* How much may be freed before somebody else gets the CPU. */
#define RELEASE_BATCH	SZ_64M

/**
 * fadump_pages_reserve - keep this kernel out of a set of ranges
 * @set: whole pages
 *
 * Context: early boot, while memblock is in charge.
 *
 * Return: 0 or -errno; after an error some of the ranges are reserved.
 */
int __init fadump_pages_reserve(const struct fadump_ranges *set)
{
	int rc = 0;
	u32 i;

	for (i = 0; !rc && i < set->nr; i++)
		rc = memblock_reserve(set->r[i].base, set->r[i].size);
	return rc;
}

static void release_range(const struct fadump_range *r)
{
	u64 base = PAGE_ALIGN(r->base);
	u64 end = PAGE_ALIGN_DOWN(fadump_range_end(r));
	u64 at, n;

	pr_info("freeing reserved memory (%#llx - %#llx)\n", base, end);
	for (at = base; at < end; at += n) {
		n = min_t(u64, end - at, RELEASE_BATCH);
		free_reserved_area(__va(at), __va(at + n), -1, NULL);
		cond_resched();
	}
}

/**
 * fadump_pages_release - give reserved memory to the page allocator
 * @set: whole pages of RAM, reserved since boot and used by nobody
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
