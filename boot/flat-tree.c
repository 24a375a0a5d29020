// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Properties of the flat device tree, for early boot.
 */

#include <linux/libfdt.h>
#include <linux/of.h>
#include <linux/of_fdt.h>

#include "boot/boot.h"

/**
 * fadump_flat_prop - a property as bytes
 * @node: offset of the node
 * @name: name of the property
 *
 * Context: early boot, real mode.
 *
 * Return: its bytes; @data is NULL if there is no such property.
 */
struct fadump_bytes __init fadump_flat_prop(unsigned long node, const char *name)
{
	struct fadump_bytes b = { };
	int len;

	b.data = of_get_flat_dt_prop(node, name, &len);
	if (b.data && len > 0)
		b.len = len;
	return b;
}

/* Bytes from @addr to the end of the range that contains it; 0 if none in @node does. */
static u64 __init node_ram_from(int node, int addr_cells, int size_cells, u64 addr)
{
	struct fadump_bytes type = fadump_flat_prop(node, "device_type");
	struct fadump_bytes reg = fadump_flat_prop(node, "reg");
	u32 at, step = (addr_cells + size_cells) * sizeof(__be32);

	if (type.len != sizeof("memory") || memcmp(type.data, "memory", type.len))
		return 0;
	for (at = 0; fadump_bytes_has(&reg, at, step); at += step) {
		const __be32 *cell = (const __be32 *)(reg.data + at);
		u64 base = of_read_number(cell, addr_cells);
		u64 size = min(of_read_number(cell + addr_cells, size_cells),
			       U64_MAX - base);

		if (addr >= base && addr - base < size)
			return size - (addr - base);
	}
	return 0;
}

/**
 * fadump_flat_ram_from - bytes of RAM from an address on
 * @addr: the address
 *
 * It bounds what may be read before memblock knows any memory. Only memory nodes
 * count; LPARs describe memory elsewhere as well.
 *
 * Context: early boot, real mode.
 *
 * Return: bytes to the end of the range that contains @addr; 0 if @addr is not in
 * RAM.
 */
u64 __init fadump_flat_ram_from(u64 addr)
{
	int addr_cells = fdt_address_cells(initial_boot_params, 0);
	int size_cells = fdt_size_cells(initial_boot_params, 0);
	u64 found = 0;
	int node;

	if (addr_cells < 1 || addr_cells > 2 || size_cells < 1 || size_cells > 2)
		return 0;
	fdt_for_each_subnode(node, initial_boot_params, of_get_flat_dt_root()) {
		found = node_ram_from(node, addr_cells, size_cells, addr);
		if (found)
			break;
	}
	return found;
}

/**
 * fadump_flat_threads - count the hardware threads in the device tree
 * @per_core: result: threads of the largest core, at least 1
 *
 * Context: early boot, real mode.
 *
 * Return: the number of threads.
 */
u32 __init fadump_flat_threads(u32 *per_core)
{
	int cpu, node = fdt_path_offset(initial_boot_params, "/cpus");
	u32 present = 0;

	*per_core = 1;
	if (node < 0)
		return 0;
	fdt_for_each_subnode(cpu, initial_boot_params, node) {
		struct fadump_bytes ids =
			fadump_flat_prop(cpu, "ibm,ppc-interrupt-server#s");
		u32 nr = ids.len / sizeof(__be32);

		present += nr;
		*per_core = max(*per_core, nr);
	}
	return present;
}
