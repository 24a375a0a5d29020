// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Deferred memory: preserved memory that this kernel adds at the release.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/memblock.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/sched.h>

#include <asm/mmu.h>

#include "memory/memory.h"

/**
 * DOC: Deferred memory
 *
 * The struct pages of a large machine fill a small boot memory, or do not fit into
 * it at all. The memory of the dump needs no struct pages before the release:
 * /proc/vmcore maps what it reads. So fadump removes whole memory blocks of
 * preserved memory from memblock before the linear mapping is made, and adds them at
 * the release by memory hotplug::
 *
 *	                 boot memory   area of the next dump      end of RAM
 *	memblock         |###########|####################|
 *	preserved                    |################################|
 *	memory blocks    |     |     |     |     |     |     |     |     |
 *	deferred                                       |xxxxx|xxxxx|
 *
 * If this kernel needs a part of a block, the block is not deferred: the preserved
 * memory in it is reserved and has struct pages. The memory that a capture kernel
 * needs depends on its boot memory, and not on the size of the machine.
 */

/**
 * fadump_deferred_why_not - can memory be deferred?
 * @backend: of the dump
 *
 * Context: early boot, real mode, the type of the MMU is known.
 *
 * Return: NULL, or the reason why it cannot.
 */
const char * __init fadump_deferred_why_not(const struct fadump_backend *backend)
{
	/* Adding a block would allocate a shadow of an eighth of its size. */
	if (IS_ENABLED(CONFIG_KASAN))
		return "KASAN needs a shadow of all memory";
	if (backend->sizes_hash_table && !early_radix_enabled())
		return "the hash table is sized at boot and must cover all memory";
	return NULL;
}

/**
 * fadump_deferred_block - size of a memory block, the unit of deferring and adding
 *
 * Context: any, once the type of the MMU is known.
 *
 * Return: bytes, a power of two.
 */
u64 fadump_deferred_block(void)
{
	/* memory_block_size_bytes() needs ppc_md, which early boot has not set yet. */
	return memory_block_size;
}

/**
 * fadump_deferred_remove - remove memory from memblock
 * @set: whole blocks, reserved; result: those that were removed
 *
 * Context: early boot, real mode, before the linear mapping is made.
 */
void __init fadump_deferred_remove(struct fadump_ranges *set)
{
	u32 i;

	for (i = 0; i < set->nr; i++) {
		if (memblock_remove(set->r[i].base, set->r[i].size)) {
			set->nr = i;
			return;
		}
		/* A failure is harmless: a reservation outside of RAM has no effect. */
		memblock_phys_free(set->r[i].base, set->r[i].size);
	}
}

/* Keep the addresses free until the memory is added. */
static void reserve_iomem(const struct fadump_range *r)
{
	if (!request_mem_region_exclusive(r->base, r->size, "Crash dump"))
		pr_warn("Addresses of the dump are in use, the release may not add all memory (%#llx - %#llx)\n",
			r->base, fadump_range_end(r));
}

/**
 * fadump_deferred_reserve_iomem - reserve the addresses and show them in /proc/iomem
 * @set: deferred memory
 *
 * Context: process context, the slab allocator is up.
 */
void __init fadump_deferred_reserve_iomem(const struct fadump_ranges *set)
{
	u32 i;

	for (i = 0; i < set->nr; i++)
		reserve_iomem(&set->r[i]);
}

/* -------- Adding -------- */

static bool node_contains(struct device_node *np, u64 base)
{
	struct resource res;
	int i;

	for (i = 0; !of_address_to_resource(np, i, &res); i++)
		if (res.start <= base && base <= res.end)
			return true;
	return false;
}

/*
 * If the machine has a list of LMBs, memory_add_physaddr_to_nid() reads only that
 * list. But such a machine has memory nodes, too, so check the nodes first.
 */
static int find_nid(u64 base)
{
	struct device_node *np;
	int nid = NUMA_NO_NODE;

	if (num_possible_nodes() == 1)
		return first_online_node;
	for_each_node_by_type(np, "memory") {
		if (!node_contains(np, base))
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
 * The administrator's policy may have onlined the block in ZONE_MOVABLE, which is for
 * memory that is to be removed again. The block is still empty, so change its zone.
 */
static int online_block(struct memory_block *block, void *arg)
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
	int rc = __add_memory(find_nid(base), base, size, MHP_MERGE_RESOURCE);

	if (rc)
		return rc;
	rc = walk_memory_blocks(base, size, NULL, online_block);
	/* Remove the offline block, so that a retry does not fail with -EEXIST. */
	if (rc)
		__remove_memory(base, size);
	return rc;
}

/*
 * Shrink @r before the block is added. fadump_count_deferred() adds deferred memory
 * to the kernel's memory, and must not count a block twice.
 */
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

static int add_deferred_range(struct fadump_range *r)
{
	u64 block = memory_block_size_bytes();
	int rc = 0;

	pr_info("adding deferred memory (%#llx - %#llx)\n", r->base,
		fadump_range_end(r));
	release_mem_region(r->base, r->size);
	while (!rc && r->size) {
		rc = add_last_block(r, block);
		cond_resched();
	}
	if (rc) {
		pr_err("Could not add memory (%#llx - %#llx): %d, write to release_mem to try again\n",
		       r->base, fadump_range_end(r), rc);
		reserve_iomem(r);
	}
	return rc;
}

/**
 * fadump_deferred_add - add deferred memory
 * @set: deferred memory. It shrinks from the end, block by block. Its total tells
 *	readers how much remains.
 *
 * When the kernel adds a block, it walks all blocks of the zone below that block. So
 * the function adds the highest block first: then the fewest blocks are below it.
 *
 * Context: process context, may sleep; the caller serializes.
 *
 * Return: 0, or -errno with the remaining memory in @set.
 */
int fadump_deferred_add(struct fadump_ranges *set)
{
	int rc = 0;

	while (!rc && set->nr) {
		rc = add_deferred_range(&set->r[set->nr - 1]);
		if (!rc)
			WRITE_ONCE(set->nr, set->nr - 1);
	}
	return rc;
}
