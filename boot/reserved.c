// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who owns which memory, at the time when fadump chooses its own.
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
#include <linux/string.h>

#include "boot/boot.h"

/**
 * DOC: Claims
 *
 * fadump reserves before early_reserve_mem() has told memblock about the device
 * tree blob, the initrd, RTAS, /reserved-memory and the platform's
 * reserved-ranges. Whatever of those lies in the dump area would be lent to
 * applications, overwritten by a crash, or freed when a dump is released. So
 * they are collected here, from where early_reserve_mem() takes them, together
 * with what memblock does know. The set is used twice: the dump area keeps
 * clear of it, and release leaves it alone.
 *
 * A part of them is firmware's own for good. What stands there after a crash is
 * of the firmware that runs now; it is neither copied nor part of a core.
 *
 * Everything here runs in early boot: real mode, one CPU, flat device tree.
 */

static int __init claim(struct fadump_ranges *reserved, u64 base, u64 size)
{
	int rc = fadump_ranges_add(reserved, base, min(size, U64_MAX - base));

	if (rc)
		pr_err("Cannot keep clear of %#llx bytes at %#llx (%d)\n", size,
		       base, rc);
	return rc;
}

static int __init add_memblock(struct fadump_ranges *reserved)
{
	phys_addr_t start, end;
	int rc = 0;
	u64 i;

	for_each_reserved_mem_range(i, &start, &end) {
		rc = claim(reserved, start, end - start);
		if (rc)
			break;
	}
	return rc;
}

/* The blob, and what its header says is reserved: RTAS is among it. */
static int __init add_blob(struct fadump_ranges *reserved)
{
	int i, rc, nr = fdt_num_mem_rsv(initial_boot_params);
	u64 base, size;

	rc = claim(reserved, __pa(initial_boot_params),
		   fdt_totalsize(initial_boot_params));
	for (i = 0; !rc && i < nr; i++)
		if (!fdt_get_mem_rsv(initial_boot_params, i, &base, &size))
			rc = claim(reserved, base, size);
	return rc;
}

static int __init add_initrd(struct fadump_ranges *reserved)
{
	if (!IS_ENABLED(CONFIG_BLK_DEV_INITRD))
		return 0;
	return claim(reserved, phys_initrd_start, phys_initrd_size);
}

/* A property that lists (address, size) pairs. */
static int __init claim_pairs(struct fadump_ranges *reserved, unsigned long node,
			      const char *name, int addr_cells, int size_cells)
{
	int len, cells, rc = 0;
	const __be32 *p = of_get_flat_dt_prop(node, name, &len);

	if (!p || addr_cells < 1 || addr_cells > 2 || size_cells < 1 ||
	    size_cells > 2)
		return 0;
	cells = addr_cells + size_cells;
	for (len /= sizeof(*p); !rc && len >= cells; len -= cells, p += cells)
		rc = claim(reserved, of_read_number(p, addr_cells),
			   of_read_number(p + addr_cells, size_cells));
	return rc;
}

static int __init claim_rtas(struct fadump_ranges *reserved)
{
	int blen, slen, node = fdt_path_offset(initial_boot_params, "/rtas");
	const __be32 *base, *size;

	if (node < 0)
		return 0;
	base = of_get_flat_dt_prop(node, "linux,rtas-base", &blen);
	size = of_get_flat_dt_prop(node, "rtas-size", &slen);
	if (!base || !size || blen < sizeof(*base) || slen < sizeof(*size))
		return 0;
	return claim(reserved, be32_to_cpup(base), be32_to_cpup(size));
}

/* A node that says what it is compatible with is for a driver of the kernel. */
static bool __init is_drivers(unsigned long node)
{
	return of_get_flat_dt_prop(node, "compatible", NULL);
}

static int __init claim_reserved_memory(struct fadump_ranges *reserved,
					bool drivers)
{
	int node, child, rc = 0;

	node = fdt_path_offset(initial_boot_params, "/reserved-memory");
	if (node < 0)
		return 0;
	fdt_for_each_subnode(child, initial_boot_params, node) {
		if (is_drivers(child) && !drivers)
			continue;
		rc = claim_pairs(reserved, child, "reg", dt_root_addr_cells,
				 dt_root_size_cells);
		if (rc)
			break;
	}
	return rc;
}

static int __init claim_reserved_ranges(struct fadump_ranges *reserved)
{
	return claim_pairs(reserved, of_get_flat_dt_root(), "reserved-ranges",
			   2, 2);
}

/**
 * fadump_reserved_collect - collect what others own
 * @reserved: empty set
 *
 * Context: early boot, real mode.
 *
 * Return: 0, or -errno: then nothing may be reserved or released, because some
 * of it could be somebody else's.
 */
int __init fadump_reserved_collect(struct fadump_ranges *reserved)
{
	return add_memblock(reserved) ?:
	       add_blob(reserved) ?:
	       add_initrd(reserved) ?:
	       claim_rtas(reserved) ?:
	       claim_reserved_memory(reserved, true) ?:
	       claim_reserved_ranges(reserved);
}

/**
 * fadump_reserved_gigantic - collect what will be huge pages of 16 GiB
 * @reserved: a set that they are added to
 *
 * Firmware names them to a hash partition, and the kernel reserves them after
 * us, where RAM has all of them. A capture kernel does not.
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
		rc = claim(reserved, base, size << shift);
		if (rc)
			break;
	}
	return rc;
}

/**
 * fadump_reserved_firmware - collect what firmware keeps for itself
 * @set: empty set
 *
 * Context: early boot, real mode.
 *
 * Return: 0 or -errno.
 */
int __init fadump_reserved_firmware(struct fadump_ranges *set)
{
	return claim_reserved_memory(set, false) ?: claim_reserved_ranges(set);
}

/**
 * fadump_reserved_ram - collect all RAM, before any limit is enforced
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
