// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Preserved memory, mapped for reading.
 */

#include <linux/io.h>
#include <linux/ioremap.h>
#include <linux/memblock.h>
#include <linux/string.h>

#include "memory/memory.h"

/**
 * fadump_map - map preserved memory
 * @base: where
 * @size: how much
 *
 * It need not be memory that this kernel has: mem= may have cut it off, or it
 * is left out until release. memremap() wants all or nothing of a range to be
 * System RAM, and a search crosses such borders.
 *
 * Context: process context, may sleep.
 *
 * Return: the bytes; none if there is nothing to map or no way to.
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
 * fadump_unmap - the reverse
 * @b: what fadump_map() returned; empty afterwards
 *
 * Context: process context, may sleep.
 */
void fadump_unmap(struct fadump_bytes *b)
{
	if (b->data && is_ioremap_addr(b->data))
		iounmap((void __iomem __force *)b->data);
	memset(b, 0, sizeof(*b));
}
