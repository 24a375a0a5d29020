/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of early boot that boot/flat-tree.c and boot/reserved.c use: the flat device
 * tree, with the libfdt of this host, memblock, and variables of the kernel, which the
 * fuzzer flat-tree.c sets.
 */

#ifndef HOST_BOOT_H
#define HOST_BOOT_H

#include <libfdt.h>
#include <stdio.h>

#include "lib/fadump-lib.h"

#define __init

#define IS_ENABLED(option)	1

/* Prints nothing; the compiler still checks the arguments. */
#define pr_err(...)		do { if (0) printf(__VA_ARGS__); } while (0)

typedef u64 phys_addr_t;

#define __pa(p)			((u64)(uintptr_t)(p))

/* boot.h needs only these names of fadump-internal.h. */
#define _POWERPC_FADUMP_INTERNAL_H

struct fadump_backend;
struct fadump_fw;

/* -------- The flat device tree -------- */

extern const void *initial_boot_params;
extern int dt_root_addr_cells, dt_root_size_cells;

/* uint64_t and u64 have the same size, but are different types. */
#define fdt_get_mem_rsv(fdt, n, at, size)				\
	fdt_get_mem_rsv(fdt, n, (uint64_t *)(at), (uint64_t *)(size))

static inline unsigned long of_get_flat_dt_root(void)
{
	return 0;
}

static inline const void *of_get_flat_dt_prop(unsigned long node,
					      const char *name, int *size)
{
	return fdt_getprop(initial_boot_params, node, name, size);
}

static inline u64 of_read_number(const __be32 *cell, int size)
{
	return host_get_be(cell, size * sizeof(*cell));
}

static inline u32 be32_to_cpup(const __be32 *p)
{
	return get_unaligned_be32(p);
}

/* -------- Memory -------- */

#define host_for_each(set, i, start, end)				\
	for ((i) = 0; (i) < (set)->nr && (*(start) = (set)->r[i].base,	\
	     *(end) = fadump_range_end(&(set)->r[i]), true); (i)++)

extern const struct fadump_ranges *host_ram, *host_reserved;

#define for_each_mem_range(i, start, end)				\
	host_for_each(host_ram, i, start, end)
#define for_each_reserved_mem_range(i, start, end)			\
	host_for_each(host_reserved, i, start, end)

static inline u64 memblock_end_of_DRAM(void)
{
	return fadump_ranges_end(host_ram);
}

extern u64 phys_initrd_start, phys_initrd_size;

#endif /* HOST_BOOT_H */
