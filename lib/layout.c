// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Layout: the boot memory, and the dump area with its slots.
 */

#include "lib/fadump-lib.h"

/**
 * DOC: Layout
 *
 * The boot memory is the RAM that the capture kernel boots in: the lowest RAM of the
 * requested size, holes not counted. The dump area is one contiguous range of RAM above
 * it. It has a slot for everything that must survive until the capture kernel reads
 * it::
 *
 *	0            boot_mem_top                                 end of RAM
 *	|#### boot ###|.....|############# dump area #############|.....|
 *	                    |     |     |     |              |     |    |
 *	                    param  cpu   hpte  copies of boot  info  meta
 *	                          |<------- cma --------->|
 *
 * SLOF, QEMU's firmware for pseries, overwrites a window of RAM at every boot. The
 * kernel uses the window like any other RAM, but the dump area does not overlap it.
 * If firmware can copy one more range, it also copies the part of the window above
 * the boot memory. In the dump area this copy precedes the copies of the boot
 * memory; in @copy of the plan it is the last entry.
 *
 * The area consists of whole pages, and so does every slot. All code that reserves,
 * releases or protects the area uses the same range. Nothing uses the part "cma"
 * before a crash, so it may be a CMA area.
 *
 * The extra boot arguments are first, because the kernel reads them in real mode,
 * where a hash guest can access only its real mode area.
 *
 * The crash-info record must follow the copies: other fadump kernels look for a
 * record where the copies end.
 */

/* Allocate a slot at *@at, and move *@at to its end. */
static struct fadump_range allocate_slot(u64 *at, u64 size, u64 page_size)
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

/* Split one range of RAM into ranges that firmware can copy. */
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

/* The lowest whole pages of RAM, up to the requested size. */
static int choose_boot_mem(struct fadump_plan *plan,
			   const struct fadump_ranges *mem,
			   const struct fadump_request *req)
{
	u64 want = ALIGN(req->boot_mem_size, req->page_size);
	u32 i;

	for (i = 0; i < mem->nr && plan->boot_mem_size < want; i++) {
		u64 base = ALIGN(mem->r[i].base, req->page_size);
		u64 end = ALIGN_DOWN(fadump_range_end(&mem->r[i]), req->page_size);

		if (base >= end)
			continue;
		if (add_copies(plan, req, base,
			       min(end - base, want - plan->boot_mem_size)))
			return -E2BIG;
	}
	return plan->boot_mem_size < want ? -ENOMEM : 0;
}

/* If no entry is free, do without the window: the dump is still useful. */
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

static struct fadump_copy *find_window(struct fadump_plan *plan)
{
	u32 n = plan->nr_copies;

	return n && plan->copy[n - 1].src >= plan->boot_mem_top ?
	       &plan->copy[n - 1] : NULL;
}

/**
 * fadump_layout_drop_window - remove the copy of firmware's window
 * @plan: the plan
 */
void fadump_layout_drop_window(struct fadump_plan *plan)
{
	plan->nr_copies -= !!find_window(plan);
}

static u64 compute_area_size(const struct fadump_plan *plan,
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
	struct fadump_copy *window = find_window(plan);
	u64 at = plan->area.base;
	u32 i;

	plan->param = allocate_slot(&at, req->param_size, req->page_size);
	plan->cma.base = at;
	plan->cpu = allocate_slot(&at, req->cpu_size, req->page_size);
	plan->hpte = allocate_slot(&at, req->hpte_size, req->page_size);
	if (window)
		window->dest = allocate_slot(&at, window->size, req->page_size).base;
	for (i = 0; i < plan->nr_copies; i++)
		if (&plan->copy[i] != window)
			plan->copy[i].dest = allocate_slot(&at, plan->copy[i].size,
							   req->page_size).base;
	plan->cma.size = at - plan->cma.base;
	plan->info = allocate_slot(&at, req->info_size, req->page_size);
	plan->meta = allocate_slot(&at, req->meta_size, req->page_size);
}

static bool are_sizes_valid(const struct fadump_request *req, u64 ram)
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
	u64 size = compute_area_size(plan, req);
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
 * fadump_layout_plan - decide what to save, and where to
 * @mem: all RAM that a kernel may use
 * @busy: reserved ranges, in whole pages
 * @req: requirements
 * @plan: result; zeroed on failure
 *
 * The area is placed as low as possible, so that memory above it can be removed at
 * run time.
 *
 * Return: 0; -EINVAL if the boot memory is below firmware's minimum, -ENOMEM if there is
 * not enough RAM, -E2BIG if the boot memory has too many holes, -ENOENT if no free
 * range is large enough for the area.
 */
int fadump_layout_plan(const struct fadump_ranges *mem,
		       const struct fadump_ranges *busy,
		       const struct fadump_request *req, struct fadump_plan *plan)
{
	int rc;

	memset(plan, 0, sizeof(*plan));
	if (!req->boot_mem_size || req->boot_mem_size < req->min_boot_mem)
		return -EINVAL;
	if (!are_sizes_valid(req, fadump_ranges_total(mem)))
		return -ENOMEM;

	rc = choose_boot_mem(plan, mem, req);
	if (rc)
		goto fail;
	add_window(plan, req);
	rc = find_area(plan, mem, busy, req);
	if (rc) {
		/* A dump without the window is better than none. */
		fadump_layout_drop_window(plan);
		rc = find_area(plan, mem, busy, req);
	}
	if (rc)
		goto fail;
	place_slots(plan, req);
	return 0;
fail:
	memset(plan, 0, sizeof(*plan));
	return rc;
}

/**
 * fadump_layout_relocate - translate an address of the crashed kernel
 * @copy: ranges that firmware has copied
 * @nr: entries of @copy
 * @addr: real address in the crashed kernel
 * @size: bytes at @addr; all of them must be in one copy
 *
 * Return: the address now; @addr if no copy overlaps the range; %U64_MAX if a copy has
 * only part of it.
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
