// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where things go: boot memory, and the dump area with its slots.
 */

#include "lib/fadump-lib.h"

/**
 * DOC: Layout
 *
 * The boot memory is the RAM that the capture kernel will live in: the lowest
 * part of it, as much as was asked for, however many holes lie in between. The
 * dump area is one piece of RAM above that, with a slot for everything that
 * must survive until somebody reads it::
 *
 *	0            boot_mem_top                                 end of RAM
 *	|#### boot ###|.....|############# dump area #############|.....|
 *	                    |     |     |     |              |     |    |
 *	                    param  cpu   hpte  copies of boot  info  meta
 *	                          |<------- lend -------->|
 *
 * Firmware that writes to a window of RAM at every boot would spoil what is there:
 * the area keeps clear of it, and what a crashed kernel had in it is copied too, in
 * front of the boot memory's copies, if firmware can copy one more piece. The
 * window is ordinary memory otherwise.
 *
 * Every slot starts and ends on a page, so the area does too, and whoever
 * reserves, lends, keeps or protects it looks at the same two numbers. Nothing
 * lives in the middle part before a crash: it can be lent to CMA.
 *
 * The extra boot arguments come first because they have to be read in real
 * mode, where a hash guest reaches no further than its real mode area.
 *
 * The copies end where the crash-info record begins. Other fadump kernels look
 * for theirs at that very place.
 */

/* Take @size bytes, in whole pages, from the front of what is free. */
static struct fadump_range take_slot(u64 *at, u64 size, u64 page_size)
{
	struct fadump_range slot = { .base = *at, .size = ALIGN(size, page_size) };

	*at += slot.size;
	return slot;
}

static int add_copy(struct fadump_plan *plan, u32 max, u64 src, u64 size)
{
	if (plan->nr_copies == min_t(u32, max, FADUMP_MAX_COPIES))
		return -E2BIG;
	plan->copy[plan->nr_copies].src = src;
	plan->copy[plan->nr_copies].size = size;
	plan->nr_copies++;
	plan->boot_mem_size += size;
	plan->boot_mem_top = src + size;
	return 0;
}

/* Cut one range of RAM into pieces that firmware can copy. */
static int add_copies(struct fadump_plan *plan, const struct fadump_request *req,
		      u64 base, u64 size)
{
	u64 max_copy = ALIGN_DOWN(req->max_copy, req->page_size);
	int rc = 0;

	while (!rc && size) {
		u64 n = max_copy ? min(size, max_copy) : size;

		rc = add_copy(plan, req->max_copies, base, n);
		base += n;
		size -= n;
	}
	return rc;
}

/* The lowest whole pages of RAM, until there are enough of them. */
static int choose_boot_mem(struct fadump_plan *plan,
			   const struct fadump_ranges *mem,
			   const struct fadump_request *req,
			   enum fadump_layout_error *why)
{
	u64 want = ALIGN(req->boot_mem_size, req->page_size);
	u32 i;

	for (i = 0; i < mem->nr && plan->boot_mem_size < want; i++) {
		u64 base = ALIGN(mem->r[i].base, req->page_size);
		u64 end = ALIGN_DOWN(fadump_range_end(&mem->r[i]), req->page_size);

		if (base >= end)
			continue;
		*why = FADUMP_LAYOUT_HOLES;
		if (add_copies(plan, req, base,
			       min(end - base, want - plan->boot_mem_size)))
			return -E2BIG;
	}
	*why = FADUMP_LAYOUT_NO_RAM;
	return plan->boot_mem_size < want ? -ENOMEM : 0;
}

/* What of firmware's window is not copied as boot memory, if it can be copied. */
static void add_window(struct fadump_plan *plan, const struct fadump_request *req)
{
	u64 src = max(req->window.base, plan->boot_mem_top);
	u64 end = fadump_range_end(&req->window);

	if (src >= end ||
	    plan->nr_copies == min_t(u32, req->max_copies, FADUMP_MAX_COPIES))
		return;
	plan->copy[plan->nr_copies].src = src;
	plan->copy[plan->nr_copies].size = end - src;
	plan->nr_copies++;
}

static struct fadump_copy *copy_of_window(struct fadump_plan *plan)
{
	u32 n = plan->nr_copies;

	return n && plan->copy[n - 1].src >= plan->boot_mem_top ?
	       &plan->copy[n - 1] : NULL;
}

/**
 * fadump_layout_drop_window - do without a copy of firmware's window
 * @plan: the plan
 */
void fadump_layout_drop_window(struct fadump_plan *plan)
{
	plan->nr_copies -= !!copy_of_window(plan);
}

static u64 area_size(const struct fadump_plan *plan,
		     const struct fadump_request *req)
{
	u64 copies = 0;
	u32 i;

	for (i = 0; i < plan->nr_copies; i++)
		copies += plan->copy[i].size;
	return ALIGN(req->param_size, req->page_size) +
	       ALIGN(req->cpu_size, req->page_size) +
	       ALIGN(req->hpte_size, req->page_size) +
	       copies +
	       ALIGN(req->info_size, req->page_size) +
	       ALIGN(req->meta_size, req->page_size);
}

static void place_slots(struct fadump_plan *plan,
			const struct fadump_request *req)
{
	struct fadump_copy *window = copy_of_window(plan);
	u64 at = plan->area.base;
	u32 i;

	plan->param = take_slot(&at, req->param_size, req->page_size);
	plan->cma.base = at;
	plan->cpu = take_slot(&at, req->cpu_size, req->page_size);
	plan->hpte = take_slot(&at, req->hpte_size, req->page_size);
	if (window)
		window->dest = take_slot(&at, window->size, req->page_size).base;
	for (i = 0; i < plan->nr_copies; i++)
		if (&plan->copy[i] != window)
			plan->copy[i].dest = take_slot(&at, plan->copy[i].size,
						       req->page_size).base;
	plan->cma.size = at - plan->cma.base;
	plan->info = take_slot(&at, req->info_size, req->page_size);
	plan->meta = take_slot(&at, req->meta_size, req->page_size);
}

static bool sizes_are_sane(const struct fadump_request *req, u64 ram)
{
	return req->boot_mem_size <= ram && req->cpu_size <= ram &&
	       req->hpte_size <= ram && req->info_size <= ram &&
	       req->meta_size <= ram && req->param_size <= ram &&
	       req->window.size <= ram;
}

static int find_area(struct fadump_plan *plan, const struct fadump_ranges *mem,
		     const struct fadump_ranges *busy,
		     const struct fadump_request *req)
{
	u64 from = max(plan->boot_mem_top, req->floor);
	u64 size = area_size(plan, req);
	int rc;

	rc = fadump_ranges_find_gap(mem, busy, from, size, req->page_size,
				    &plan->area.base);
	if (!rc && fadump_range_overlaps(&req->window, plan->area.base, size))
		rc = fadump_ranges_find_gap(mem, busy, fadump_range_end(&req->window),
					    size, req->page_size, &plan->area.base);
	if (rc)
		return rc;
	if (plan->area.base + size > req->ceiling)
		return -ENOENT;
	plan->area.size = size;
	return 0;
}

/**
 * fadump_layout_plan - decide what to save and where to
 * @mem: all RAM that a kernel may use
 * @busy: what is taken already, in whole pages
 * @req: what is wanted
 * @plan: result; all zero where there is none
 * @why: reason of a failure
 *
 * Lower memory is preferred for the area, so that higher memory can be removed
 * at run time.
 *
 * Return: 0, -EINVAL for a boot memory below the minimum, -ENOMEM where there
 * is not enough RAM, -E2BIG where it has too many holes, -ENOENT where there is
 * no room for the area.
 */
int fadump_layout_plan(const struct fadump_ranges *mem,
		       const struct fadump_ranges *busy,
		       const struct fadump_request *req,
		       struct fadump_plan *plan, enum fadump_layout_error *why)
{
	int rc;

	memset(plan, 0, sizeof(*plan));
	*why = FADUMP_LAYOUT_TOO_SMALL;
	if (!req->boot_mem_size || req->boot_mem_size < req->min_boot_mem)
		return -EINVAL;
	*why = FADUMP_LAYOUT_NO_RAM;
	if (!sizes_are_sane(req, fadump_ranges_total(mem)))
		return -ENOMEM;

	rc = choose_boot_mem(plan, mem, req, why);
	if (rc)
		goto fail;
	add_window(plan, req);
	*why = FADUMP_LAYOUT_NO_ROOM;
	rc = find_area(plan, mem, busy, req);
	if (rc) {
		/* Rather without part of the dump than without a dump. */
		fadump_layout_drop_window(plan);
		rc = find_area(plan, mem, busy, req);
	}
	if (rc)
		goto fail;
	place_slots(plan, req);
	*why = FADUMP_LAYOUT_OK;
	return 0;
fail:
	memset(plan, 0, sizeof(*plan));
	return rc;
}

/**
 * fadump_layout_relocate - where is a piece of the dead kernel now?
 * @copy: what was copied
 * @nr: entries of @copy
 * @addr: address in the dead kernel
 * @size: bytes, all of which must have been copied in one piece
 *
 * Return: the address today; @addr itself for memory that no copy touches;
 * %U64_MAX for memory that was copied only in part.
 */
u64 fadump_layout_relocate(const struct fadump_copy *copy, u32 nr, u64 addr,
			   u64 size)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		const struct fadump_range src = {
			.base = copy[i].src, .size = copy[i].size,
		};

		if (!fadump_range_overlaps(&src, addr, size))
			continue;
		if (addr < src.base || addr + size > fadump_range_end(&src))
			return U64_MAX;
		return addr - copy[i].src + copy[i].dest;
	}
	return addr;
}
