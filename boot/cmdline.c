// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's arguments for fadump: whether to dump, how much boot memory, how many
 * attempts to save a dump.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/crash_reserve.h>
#include <linux/kstrtox.h>
#include <linux/memblock.h>
#include <linux/sizes.h>

#include "boot/boot.h"

/* Since Linux 6.17 parse_crashkernel() has a result for the form that ends in ,cma. */
#ifdef CRASHKERNEL_CMA_RANGES_MAX
#define NO_CMA_SIZE	NULL,
#else
#define NO_CMA_SIZE
#endif

static enum fadump_mode wanted_mode __initdata;
static u64 wanted_by_reserve_mem __initdata;

static int __init early_fadump_param(char *p)
{
	if (fadump_arguments_parse_mode(p, &wanted_mode)) {
		pr_warn("fadump=%s is none of on, off and nocma, fadump is off\n",
			p ?: "");
		wanted_mode = FADUMP_MODE_OFF;
	}
	return 0;
}
early_param("fadump", early_fadump_param);

static int __init early_fadump_reserve_mem(char *p)
{
	char *end = p;
	u64 size = p ? memparse(p, &end) : 0;

	pr_warn("fadump_reserve_mem= is deprecated, use crashkernel=\n");
	if (!p || *end)
		pr_warn("fadump_reserve_mem=%s is not a size, it is ignored\n",
			p ?: "");
	else
		wanted_by_reserve_mem = size;
	return 0;
}
early_param("fadump_reserve_mem", early_fadump_reserve_mem);

/* Not __initdata: dump_status shows it as well. */
static u32 max_attempts = FADUMP_MAX_ATTEMPTS;

static int __init early_fadump_attempts(char *p)
{
	if (kstrtou32(p ?: "", 10, &max_attempts))
		pr_warn("fadump_attempts=%s is not a number, using the default, %u\n",
			p ?: "", max_attempts);
	return 0;
}
early_param("fadump_attempts", early_fadump_attempts);

/**
 * fadump_cmdline_attempts - how many kernels may try to save one dump
 *
 * Context: any, after early parameters have been parsed.
 *
 * Return: the limit; 0 for none.
 */
u32 fadump_cmdline_attempts(void)
{
	return max_attempts;
}

/**
 * fadump_cmdline_mode - the value of fadump=
 *
 * Context: early boot, after early parameters have been parsed.
 */
enum fadump_mode __init fadump_cmdline_mode(void)
{
	return wanted_mode;
}

/*
 * The size that crashkernel= asks for on this machine, 0 for none. parse_crashkernel()
 * returns an error for a size that exceeds RAM; fadump reduces such a size, too.
 */
static u64 __init wanted_by_crashkernel(void)
{
	u64 total = memblock_phys_mem_size();
	unsigned long long size, offset;

	if (parse_crashkernel(boot_command_line, total, &size, &offset, NULL,
			      NO_CMA_SIZE NULL) && size < total)
		return 0;
	pr_info("Using 'crashkernel=' parameter for memory reservation.\n");
	if (offset)
		pr_info("The offset in crashkernel= is ignored\n");
	if (size > total / 4) {
		size = PAGE_ALIGN_DOWN(total / 4);
		pr_info("Adjusted boot memory size to %lluMB\n", size / SZ_1M);
	}
	return size;
}

/**
 * fadump_cmdline_boot_mem - the boot memory that the command line asks for
 *
 * Context: early boot, memblock knows all RAM.
 *
 * Return: bytes in whole pages, which may be less than firmware needs; 0 if no size
 * is asked for.
 */
u64 __init fadump_cmdline_boot_mem(void)
{
	return PAGE_ALIGN(wanted_by_crashkernel() ?: wanted_by_reserve_mem);
}
