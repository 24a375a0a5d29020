// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Preserved memory that this kernel does without until release.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/memblock.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/pageblock-flags.h>
#include <linux/pfn.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include <asm/firmware.h>
#include <asm/mmu.h>

#include "fadump-internal.h"

/**
 * DOC: Absent memory
 *
 * A struct page for each page of a large machine fills a small boot memory, or
 * is more than all of it. Nobody needs those of the dump before release: what
 * /proc/vmcore reads is mapped for the reader. So whole memory blocks of
 * preserved memory are taken from memblock before the linear mapping is made,
 * and are plugged in at release as if somebody had added them to the machine::
 *
 *	                 boot memory   area of the next dump      end of RAM
 *	memblock         |###########|####################|
 *	preserved                    |################################|
 *	memory blocks    |     |     |     |     |     |     |     |     |
 *	absent                                         |xxxxx|xxxxx|
 *
 * What shares a block with anything that is needed stays as well, reserved and
 * with its struct pages. So the need of the capture kernel depends on its boot
 * memory and not on the size of the machine.
 */

/**
 * fadump_absent_why_not - can memory be left out?
 * @backend: of the dump
 *
 * Context: early boot, real mode, the MMU type is known.
 *
 * Return: the reason why it cannot, NULL if it can.
 */
const char * __init fadump_absent_why_not(const struct fadump_backend *backend)
{
	/* A shadow as large as an eighth of a block would have to be found. */
	if (IS_ENABLED(CONFIG_KASAN))
		return "KASAN needs a shadow of it";
	if (backend->sizes_hash_table && !early_radix_enabled())
		return "the hash table is as large as the memory at boot is";
	return NULL;
}

/**
 * fadump_absent_block - what is added and removed as a whole
 *
 * Context: any, once the MMU type is known.
 *
 * Return: bytes, a power of two.
 */
u64 fadump_absent_block(void)
{
	/* memory_block_size_bytes() asks a platform that is not known so early. */
	return memory_block_size;
}

/**
 * fadump_absent_leave_out - take memory from this kernel
 * @set: whole blocks, reserved. What could not be taken is cut from it.
 *
 * Context: early boot, real mode, before there is a linear mapping.
 */
void __init fadump_absent_leave_out(struct fadump_ranges *set)
{
	u32 i;

	for (i = 0; i < set->nr; i++) {
		if (memblock_remove(set->r[i].base, set->r[i].size)) {
			set->nr = i;
			return;
		}
		/* Reserved without being there it would do no harm. */
		memblock_phys_free(set->r[i].base, set->r[i].size);
	}
}

/* Nobody else may put anything there, for we shall be back. */
static void claim(const struct fadump_range *r)
{
	if (!request_mem_region_exclusive(r->base, r->size, "Crash dump"))
		pr_warn("Somebody else uses addresses of the dump (%#llx - %#llx)\n",
			r->base, fadump_range_end(r));
}

/**
 * fadump_absent_claim - have it shown in /proc/iomem, and kept from others
 * @set: what was left out
 *
 * Context: process context, once there is a slab allocator.
 */
void __init fadump_absent_claim(const struct fadump_ranges *set)
{
	u32 i;

	for (i = 0; i < set->nr; i++)
		claim(&set->r[i]);
}

/* -------- Return -------- */

static bool holds(struct device_node *np, u64 base)
{
	struct resource res;
	int i;

	for (i = 0; !of_address_to_resource(np, i, &res); i++)
		if (res.start <= base && base <= res.end)
			return true;
	return false;
}

/*
 * The kernel itself only looks into the list of logical memory blocks, if there
 * is one. Memory of a machine that could have more may stand in both ways.
 */
static int nid_of(u64 base)
{
	struct device_node *np;
	int nid = NUMA_NO_NODE;

	if (num_possible_nodes() == 1)
		return first_online_node;
	for_each_node_by_type(np, "memory") {
		if (!holds(np, base))
			continue;
		nid = of_node_to_nid(np);
		of_node_put(np);
		break;
	}
	if (nid == NUMA_NO_NODE)
		nid = memory_add_physaddr_to_nid(base);
	return nid >= 0 && node_possible(nid) ? nid : first_online_node;
}

/*
 * Firmware made the hash table for all of the machine's memory. Each block
 * would shrink or grow it, and wait for that.
 */
static bool hold_hash_table(void)
{
	if (!firmware_has_feature(FW_FEATURE_HPT_RESIZE))
		return false;
	powerpc_firmware_features &= ~FW_FEATURE_HPT_RESIZE;
	return true;
}

static void let_go_of_hash_table(bool held)
{
	if (held)
		powerpc_firmware_features |= FW_FEATURE_HPT_RESIZE;
}

static int online(struct memory_block *block, void *arg)
{
	int rc;

	/* Movable only is for memory that is meant to go away again. */
	block->online_type = MMOP_ONLINE_KERNEL;
	rc = device_online(&block->dev);
	return rc < 0 ? rc : 0;
}

static int plug_in(u64 base, u64 size)
{
	int type = mhp_get_default_online_type();
	bool held = hold_hash_table();
	int rc;

	mhp_set_default_online_type(MMOP_OFFLINE);
	rc = __add_memory(nid_of(base), base, size, MHP_MERGE_RESOURCE);
	mhp_set_default_online_type(type);
	let_go_of_hash_table(held);
	if (rc)
		return rc;
	rc = walk_memory_blocks(base, size, NULL, online);
	/* There, but of no use to anybody, it would be in the way of another try. */
	if (rc)
		__remove_memory(base, size);
	return rc;
}

/* Cheap while nothing in there is free: nothing has to change its list. */
static void end_isolation(struct page *page, unsigned int order)
{
	unsigned long i, nr = 1UL << (order - pageblock_order);
	struct zone *zone = page_zone(page);
	unsigned long flags;

	for (i = 0; i < nr; i++)
		fadump_pages_retype(page + i * pageblock_nr_pages,
				    MIGRATE_MOVABLE);
	spin_lock_irqsave(&zone->lock, flags);
	zone->nr_isolate_pageblock -= nr;
	spin_unlock_irqrestore(&zone->lock, flags);
}

/*
 * A block is isolated while it goes online, and what is freed meanwhile is torn
 * apart, pageblock by pageblock, and put together again: half of the time. So its
 * pages are kept back here, and are freed when it is online.
 */
static void keep_back(struct page *page, unsigned int order)
{
	end_isolation(page, order);
}

/*
 * The watermarks are computed when a block is online, from what is free by then.
 * So the last one is not kept back. A zone that is still empty is in nobody's
 * list of zones, and its first pages stay isolated until it is.
 */
static void give_now(struct page *page, unsigned int order)
{
	if (populated_zone(page_zone(page)))
		end_isolation(page, order);
	generic_online_page(page, order);
}

static void free_kept_back(u64 base, u64 size)
{
	unsigned long pfn;

	for (pfn = PFN_DOWN(base); pfn < PFN_DOWN(base + size);
	     pfn += MAX_ORDER_NR_PAGES)
		generic_online_page(pfn_to_page(pfn), MAX_PAGE_ORDER);
}

/* Where somebody else has an eye on new pages it goes the ordinary way. */
static int give_block(u64 base, u64 size, bool is_last)
{
	online_page_callback_t how = is_last ? give_now : keep_back;
	bool is_ours;
	int rc;

	lock_device_hotplug();
	is_ours = !set_online_page_callback(how);
	rc = plug_in(base, size);
	if (is_ours)
		restore_online_page_callback(how);
	if (!rc && is_ours && !is_last)
		free_kept_back(base, size);
	unlock_device_hotplug();
	return rc;
}

static int give_range(struct fadump_range *r, bool is_last)
{
	u64 block = memory_block_size_bytes();
	int rc = 0;

	pr_info("returning memory (%#llx - %#llx)\n", r->base,
		fadump_range_end(r));
	release_mem_region(r->base, r->size);
	while (!rc && r->size) {
		rc = give_block(fadump_range_end(r) - block, block,
				is_last && r->size == block);
		if (!rc)
			WRITE_ONCE(r->size, r->size - block);
		cond_resched();
	}
	if (rc) {
		pr_err("Could not return memory (%#llx - %#llx): %d\n", r->base,
		       fadump_range_end(r), rc);
		claim(r);
	}
	return rc;
}

/**
 * fadump_absent_return - plug in what was left out
 * @set: it. What is back is cut from it, block by block, so that others can see
 *	how far we are.
 *
 * From the end to the start: for each block the kernel walks the blocks of the
 * zone before it.
 *
 * Context: process context, may sleep, only one at a time.
 *
 * Return: 0, or -errno with the rest in @set.
 */
int fadump_absent_return(struct fadump_ranges *set)
{
	int rc = 0;

	while (!rc && set->nr) {
		rc = give_range(&set->r[set->nr - 1], set->nr == 1);
		if (!rc)
			WRITE_ONCE(set->nr, set->nr - 1);
	}
	return rc;
}
