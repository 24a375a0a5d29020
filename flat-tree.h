/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is read from the flat device tree before memblock knows any memory.
 */

#ifndef _POWERPC_FADUMP_FLAT_TREE_H
#define _POWERPC_FADUMP_FLAT_TREE_H

#include "fadump-pure.h"

struct fadump_bytes fadump_flat_prop(unsigned long node, const char *name);
u32 fadump_flat_cells(const char *name);
u64 fadump_flat_ram_from(u64 addr);
u32 fadump_flat_threads(u32 *per_core);

#endif /* _POWERPC_FADUMP_FLAT_TREE_H */
