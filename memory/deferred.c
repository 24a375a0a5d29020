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
#include <linux/sched.h>

#include <asm/mmu.h>

#include "memory/memory.h"

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
 * fadump_deferred_why_not - can memory be left out?
 * @backend: of the dump
 *
 * Context: early boot, real mode, the MMU type is known.
 *
 * Return: the reason why it cannot, NULL if it can.
 */
const char * __init fadump_deferred_why_not(const struct fadump_backend *backend)
{
	/* A shadow as large as an eighth of a block would have to be found. */
	if (IS_ENABLED(CONFIG_KASAN))
		return "KASAN needs a shadow of it";
	if (backend->sizes_hash_table && !early_radix_enabled())
		return "the hash table is as large as the memory at boot is";
	return NULL;
}

/**
 * fadump_deferred_block - what is added and removed as a whole
 *
 * Context: any, once the MMU type is known.
 *
 * Return: bytes, a power of two.
 */
u64 fadump_deferred_block(void)
{
	/* memory_block_size_bytes() asks a platform that is not known so early. */
	return memory_block_size;
}

/**
 * fadump_deferred_remove - take memory from this kernel
 * @set: whole blocks, reserved. What could not be taken is cut from it.
 *
 * Context: early boot, real mode, before there is a linear mapping.
 */
void __init fadump_deferred_remove(struct fadump_ranges *set)
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
 * fadump_deferred_reserve_iomem - have it shown in /proc/iomem, and kept from others
 * @set: what was left out
 *
 * Context: process context, once there is a slab allocator.
 */
void __init fadump_deferred_reserve_iomem(const struct fadump_ranges *set)
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
 * Movable only is for memory that is meant to go away again, whatever the
 * administrator's setting made of this block a moment ago. It is still empty.
 */
static int online(struct memory_block *block, void *arg)
{
	int rc;

	if (block->zone && zone_idx(block->zone) == ZONE_MOVABLE)
		device_offline(&block->dev);
	block->online_type = MMOP_ONLINE_KERNEL;
	rc = device_online(&block->dev);
	return rc < 0 ? rc : 0;
}

static int add_block(u64 base, u64 size)
{
	int rc = __add_memory(nid_of(base), base, size, MHP_MERGE_RESOURCE);

	if (rc)
		return rc;
	rc = walk_memory_blocks(base, size, NULL, online);
	/* Memory that is offline would make every further attempt fail. */
	if (rc)
		__remove_memory(base, size);
	return rc;
}

/* A block is never counted twice: the size of the hash table depends on the sum. */
static int add_last_block(struct fadump_range *r, u64 block)
{
	int rc;

	lock_device_hotplug();
	WRITE_ONCE(r->size, r->size - block);
	rc = add_block(fadump_range_end(r), block);
	if (rc)
		WRITE_ONCE(r->size, r->size + block);
	unlock_device_hotplug();
	return rc;
}

static int return_range(struct fadump_range *r)
{
	u64 block = memory_block_size_bytes();
	int rc = 0;

	pr_info("returning memory (%#llx - %#llx)\n", r->base,
		fadump_range_end(r));
	release_mem_region(r->base, r->size);
	while (!rc && r->size) {
		rc = add_last_block(r, block);
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
 * fadump_deferred_add - plug in what was left out
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
int fadump_deferred_add(struct fadump_ranges *set)
{
	int rc = 0;

	while (!rc && set->nr) {
		rc = return_range(&set->r[set->nr - 1]);
		if (!rc)
			WRITE_ONCE(set->nr, set->nr - 1);
	}
	return rc;
}
