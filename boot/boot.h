/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boot/ reads what early boot has: the command line, the flat device tree,
 * memblock and the tags that OPAL keeps for the kernel.
 *
 * Early boot is one CPU in real mode, without a page allocator. Code here does not
 * sleep, and it allocates from memblock or not at all; results go to the caller's
 * structures. Functions that may be called later say so below.
 */

#ifndef _POWERPC_FADUMP_BOOT_H
#define _POWERPC_FADUMP_BOOT_H

#include "fadump-internal.h"

/* cmdline.c; the number of attempts is known at any time */
enum fadump_mode fadump_cmdline_mode(void);
u64 fadump_cmdline_boot_mem(void);
u32 fadump_cmdline_attempts(void);

/* estimate.c */
u64 fadump_estimate_boot_mem(const struct fadump_backend *backend,
			     const struct fadump_fw *fw);

/* reserved.c */
int fadump_reserved_collect(struct fadump_ranges *reserved);
int fadump_reserved_gigantic(struct fadump_ranges *reserved);
int fadump_reserved_firmware(struct fadump_ranges *set);
int fadump_reserved_ram(struct fadump_ranges *ram);

/* bootargs.c; reading and writing work at any time */
void fadump_bootargs_filter(void);
void fadump_bootargs_append(const struct fadump_range *at);
void fadump_bootargs_place(struct fadump_range *at);
void fadump_bootargs_write(const struct fadump_range *at, const char *text,
			   size_t len);
void fadump_bootargs_carry_over(const struct fadump_range *at);
size_t fadump_bootargs_read(const struct fadump_range *at, char *buf,
			    size_t cap);

/* flat-tree.c; all of boot, because OPAL_CORE reads it in an initcall */
struct fadump_bytes fadump_flat_prop(unsigned long node, const char *name);
u64 fadump_flat_ram_from(u64 addr);
u32 fadump_flat_threads(u32 *per_core);

#endif /* _POWERPC_FADUMP_BOOT_H */
