// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reserved ranges: memory that is in use when fadump reserves its own.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/types.h>
#include <linux/init.h>
#include <linux/initrd.h>
#include <linux/libfdt.h>
#include <linux/memblock.h>
#include <linux/of.h>
#include <linux/of_fdt.h>
#include <linux/sizes.h>

#include "boot/boot.h"

/**
 * DOC: Reserved ranges
 *
 * fadump reserves memory before early_reserve_mem() has told memblock about the
 * flat device tree, the initrd, RTAS, /reserved-memory and reserved-ranges. The
 * dump area must not contain any of these: CMA would hand them to applications, a
 * crash would overwrite them, and a release would free them. So fadump collects
 * them itself, from the same places, and adds what memblock has reserved. The set
 * has two uses: the dump area avoids it, and a release does not free it.
 *
 * Some reserved ranges belong to firmware permanently. After a crash they contain
 * data of the firmware that runs then, so they are neither copied nor part of the
 * core.
 *
 * All functions run in early boot: real mode, one CPU, flat device tree.
 */

static int __init add_reserved(struct fadump_ranges *reserved, u64 base, u64 size)
{
	int rc = fadump_ranges_add(reserved, base, min(size, U64_MAX - base));

	if (rc)
		pr_err("Cannot add the reserved range of %#llx bytes at %#llx (%d)\n",
		       size, base, rc);
	return rc;
}

static int __init add_memblock(struct fadump_ranges *reserved)
{
	phys_addr_t start, end;
	int rc = 0;
	u64 i;

	for_each_reserved_mem_range(i, &start, &end) {
		rc = add_reserved(reserved, start, end - start);
		if (rc)
			break;
	}
	return rc;
}

/* The flat tree, and the ranges that its header reserves; RTAS is one of them. */
static int __init add_flat_tree(struct fadump_ranges *reserved)
{
	int i, rc, nr = fdt_num_mem_rsv(initial_boot_params);
	u64 base, size;

	rc = add_reserved(reserved, __pa(initial_boot_params),
			  fdt_totalsize(initial_boot_params));
	for (i = 0; !rc && i < nr; i++)
		if (!fdt_get_mem_rsv(initial_boot_params, i, &base, &size))
			rc = add_reserved(reserved, base, size);
	return rc;
}

static int __init add_initrd(struct fadump_ranges *reserved)
{
	if (!IS_ENABLED(CONFIG_BLK_DEV_INITRD))
		return 0;
	return add_reserved(reserved, phys_initrd_start, phys_initrd_size);
}

/* A property that lists (address, size) pairs. */
static int __init add_pairs(struct fadump_ranges *reserved, unsigned long node,
			    const char *name, int addr_cells, int size_cells)
{
	int len, cells, rc = 0;
	const __be32 *p = of_get_flat_dt_prop(node, name, &len);

	if (!p || addr_cells < 1 || addr_cells > 2 || size_cells < 1 ||
	    size_cells > 2)
		return 0;
	cells = addr_cells + size_cells;
	for (len /= sizeof(*p); !rc && len >= cells; len -= cells, p += cells)
		rc = add_reserved(reserved, of_read_number(p, addr_cells),
				  of_read_number(p + addr_cells, size_cells));
	return rc;
}

static int __init add_rtas(struct fadump_ranges *reserved)
{
	int blen, slen, node = fdt_path_offset(initial_boot_params, "/rtas");
	const __be32 *base, *size;

	if (node < 0)
		return 0;
	base = of_get_flat_dt_prop(node, "linux,rtas-base", &blen);
	size = of_get_flat_dt_prop(node, "rtas-size", &slen);
	if (!base || !size || blen < sizeof(*base) || slen < sizeof(*size))
		return 0;
	return add_reserved(reserved, be32_to_cpup(base), be32_to_cpup(size));
}

/* A region with "compatible" belongs to a driver of this kernel, not to firmware. */
static bool __init has_driver(unsigned long node)
{
	return of_get_flat_dt_prop(node, "compatible", NULL);
}

static int __init add_reserved_memory(struct fadump_ranges *reserved,
				      bool with_drivers)
{
	int node, child, rc = 0;

	node = fdt_path_offset(initial_boot_params, "/reserved-memory");
	if (node < 0)
		return 0;
	fdt_for_each_subnode(child, initial_boot_params, node) {
		if (has_driver(child) && !with_drivers)
			continue;
		rc = add_pairs(reserved, child, "reg", dt_root_addr_cells,
			       dt_root_size_cells);
		if (rc)
			break;
	}
	return rc;
}

static int __init add_reserved_ranges(struct fadump_ranges *reserved)
{
	return add_pairs(reserved, of_get_flat_dt_root(), "reserved-ranges",
			 2, 2);
}

/**
 * fadump_reserved_collect - collect all reserved ranges
 * @reserved: empty set
 *
 * Context: early boot, real mode.
 *
 * Return: 0, or -errno. After an error the caller must neither reserve nor release
 * memory, because the set is not complete.
 */
int __init fadump_reserved_collect(struct fadump_ranges *reserved)
{
	return add_memblock(reserved) ?:
	       add_flat_tree(reserved) ?:
	       add_initrd(reserved) ?:
	       add_rtas(reserved) ?:
	       add_reserved_memory(reserved, true) ?:
	       add_reserved_ranges(reserved);
}

/**
 * fadump_reserved_gigantic - add the huge pages of 16 GiB that firmware provides
 * @reserved: the set
 *
 * A hash partition has memory nodes for them. The kernel reserves them after fadump
 * has reserved its own memory, and only if all pages of a node are in RAM. A capture
 * kernel does not reserve them.
 *
 * Context: early boot, real mode.
 *
 * Return: 0 or -errno.
 */
int __init fadump_reserved_gigantic(struct fadump_ranges *reserved)
{
	u64 end = memblock_end_of_DRAM();
	int node, rc = 0;

	fdt_for_each_subnode(node, initial_boot_params, of_get_flat_dt_root()) {
		struct fadump_bytes type = fadump_flat_prop(node, "device_type");
		struct fadump_bytes log = fadump_flat_prop(node, "ibm,expected#pages");
		struct fadump_bytes reg = fadump_flat_prop(node, "reg");
		u64 base = fadump_be64_at(&reg, 0), size = fadump_be64_at(&reg, 8);
		u32 shift = fadump_be32_at(&log, 0);

		if (type.len != sizeof("memory") ||
		    memcmp(type.data, "memory", type.len) ||
		    !fadump_bytes_has(&log, 0, 4) || size != SZ_16G ||
		    shift >= 30 || base > end || size << shift > end - base)
			continue;
		rc = add_reserved(reserved, base, size << shift);
		if (rc)
			break;
	}
	return rc;
}

/**
 * fadump_reserved_firmware - collect the ranges that firmware owns permanently
 * @set: empty set
 *
 * Context: early boot, real mode.
 *
 * Return: 0 or -errno.
 */
int __init fadump_reserved_firmware(struct fadump_ranges *set)
{
	return add_reserved_memory(set, false) ?: add_reserved_ranges(set);
}

/**
 * fadump_reserved_ram - collect all RAM, before mem= is enforced
 * @ram: empty set
 *
 * Context: early boot, real mode.
 *
 * Return: 0 or -errno.
 */
int __init fadump_reserved_ram(struct fadump_ranges *ram)
{
	phys_addr_t start, end;
	int rc = 0;
	u64 i;

	for_each_mem_range(i, &start, &end) {
		rc = fadump_ranges_add(ram, start, end - start);
		if (rc)
			break;
	}
	return rc;
}
