// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Map preserved memory.
 */

#include <linux/io.h>
#include <linux/ioremap.h>
#include <linux/memblock.h>

#include "memory/memory.h"

/**
 * fadump_map - map preserved memory
 * @base: its real address
 * @size: bytes
 *
 * The range may lie outside of this kernel's RAM, in part or as a whole: behind the
 * limit of mem=, or in deferred memory. memremap() refuses a range that is System RAM
 * in part.
 *
 * Context: process context, may sleep.
 *
 * Return: the mapped bytes; empty if @size is 0 or the mapping fails.
 */
struct fadump_bytes fadump_map(u64 base, u64 size)
{
	struct fadump_bytes b = { };

	if (size && memblock_is_region_memory(base, size))
		b.data = __va(base);
	else if (size)
		b.data = (__force void *)ioremap_cache(base, size);
	if (b.data)
		b.len = size;
	return b;
}

/**
 * fadump_unmap - undo fadump_map()
 * @b: the mapped bytes; empty afterwards
 *
 * Context: process context, may sleep.
 */
void fadump_unmap(struct fadump_bytes *b)
{
	if (b->data && is_ioremap_addr(b->data))
		iounmap((void __iomem __force *)b->data);
	memset(b, 0, sizeof(*b));
}
