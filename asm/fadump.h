/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firmware-assisted dump: what the rest of the architecture may call.
 */

#ifndef _ASM_POWERPC_FADUMP_H
#define _ASM_POWERPC_FADUMP_H

#include <linux/types.h>

struct pt_regs;

#ifdef CONFIG_FA_DUMP

extern int crashing_cpu;

bool is_fadump_active(void);
bool should_fadump_crash(void);
bool is_fadump_memory_area(u64 addr, unsigned long size);
bool is_fadump_preserved(u64 addr, u64 size);
bool fadump_count_deferred(unsigned long *size);
void crash_fadump(struct pt_regs *regs, const char *msg);
void fadump_cleanup(void);
void fadump_migrated(void);
void fadump_append_bootargs(void);
void fadump_setup_param_area(void);

#else /* !CONFIG_FA_DUMP */

static inline bool is_fadump_active(void)
{
	return false;
}

static inline bool should_fadump_crash(void)
{
	return false;
}

static inline bool is_fadump_preserved(u64 addr, u64 size)
{
	return false;
}

static inline bool fadump_count_deferred(unsigned long *size)
{
	return false;
}

static inline void crash_fadump(struct pt_regs *regs, const char *msg) {}
static inline void fadump_cleanup(void) {}
static inline void fadump_migrated(void) {}
static inline void fadump_append_bootargs(void) {}
static inline void fadump_setup_param_area(void) {}

#endif /* CONFIG_FA_DUMP */

#if defined(CONFIG_FA_DUMP) || defined(CONFIG_PRESERVE_FA_DUMP)
int early_init_dt_scan_fw_dump(unsigned long node, const char *uname,
			       int depth, void *data);
int fadump_reserve_mem(void);
#endif

#if defined(CONFIG_FA_DUMP) && defined(CONFIG_CMA)
void fadump_cma_init(void);
#else
static inline void fadump_cma_init(void) {}
#endif

#endif /* _ASM_POWERPC_FADUMP_H */
