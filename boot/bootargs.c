// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The capture kernel's command line: without what does not suit it, with what
 * the dead kernel asked for.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/init.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <asm/mmu.h>
#include <asm/setup.h>

#include "boot/boot.h"

static_assert(FADUMP_BOOTARGS_SZ == COMMAND_LINE_SIZE);

/* What the dead kernel had asked for, kept for the next crash. */
static char inherited[FADUMP_BOOTARGS_SZ];

static char left_out[COMMAND_LINE_SIZE] __initdata;

/**
 * fadump_bootargs_filter - take out what production wants and a capture does not
 *
 * Comes before the extra arguments, which are meant as they are.
 *
 * Context: capture boot, real mode, the command line is known and not parsed.
 */
void __init fadump_bootargs_filter(void)
{
	if (fadump_arguments_filter(boot_command_line, left_out,
				  COMMAND_LINE_SIZE))
		pr_info("Left out for the capture: %s\n", left_out);
}

/**
 * fadump_bootargs_append - append what the dead kernel asked for
 * @at: where firmware says it is
 *
 * Context: capture boot, real mode, the command line is known and not parsed.
 */
void __init fadump_bootargs_append(const struct fadump_range *at)
{
	struct fadump_bytes raw = fadump_bytes_at(at);
	size_t len = fadump_bootargs_clean(&raw, inherited, sizeof(inherited));
	size_t old = strlen(boot_command_line);

	if (!len)
		return;
	if (old + 1 + len >= COMMAND_LINE_SIZE) {
		pr_warn("Command line is full, extra arguments are left out: %s\n",
			inherited);
		return;
	}
	boot_command_line[old] = ' ';
	memcpy(boot_command_line + old + 1, inherited, len + 1);
	pr_info("Updated cmdline: %s\n", boot_command_line);
}

/* So much at the end of the real mode area is firmware's while it boots: SLOF. */
#define BOOTARGS_MARGIN		SZ_64M

/**
 * fadump_bootargs_place - keep the arguments within the next kernel's reach
 * @at: their place in the dump area; result, of size 0 where there is none
 *
 * The next kernel reads them before its MMU is on. On a hash guest real mode ends
 * with the real mode area, and the dump area may begin behind it. Then they have
 * the highest free page of boot memory that firmware does not write to.
 *
 * Context: early boot, after the MMU type is known.
 */
void __init fadump_bootargs_place(struct fadump_range *at)
{
	u64 end = ppc64_rma_size;

	if (early_radix_enabled() || fadump_range_end(at) <= end)
		return;
	at->base = end <= BOOTARGS_MARGIN ? 0 :
		   memblock_phys_alloc_range(SZ_64K, SZ_64K, 0,
					     end - BOOTARGS_MARGIN);
	if (at->base)
		return;
	pr_warn("WARNING: Could not setup area to pass additional parameters!\n");
	at->size = 0;
}

/**
 * fadump_bootargs_write - set the arguments
 * @at: where they are kept
 * @text: printable characters
 * @len: less than FADUMP_BOOTARGS_SZ
 */
void fadump_bootargs_write(const struct fadump_range *at, const char *text,
			   size_t len)
{
	char *to = __va(at->base);

	/* A crash in the middle finds a shorter list, never an open end. */
	memset(to, 0, FADUMP_BOOTARGS_SZ);
	memcpy(to, text, len);
}

/**
 * fadump_bootargs_carry_over - start with what the dead kernel had
 * @at: where arguments are kept
 *
 * Nothing of an earlier kernel's is left in there: a memory that nobody wrote
 * yet would end up on a command line.
 */
void fadump_bootargs_carry_over(const struct fadump_range *at)
{
	fadump_bootargs_write(at, inherited, strlen(inherited));
}

/**
 * fadump_bootargs_read - the arguments as a string
 * @at: where they are kept
 * @buf: result, always terminated
 * @cap: bytes of @buf
 *
 * Return: length.
 */
size_t fadump_bootargs_read(const struct fadump_range *at, char *buf,
			    size_t cap)
{
	struct fadump_bytes raw = {
		.data = __va(at->base), .len = FADUMP_BOOTARGS_SZ,
	};

	return fadump_bootargs_clean(&raw, buf, cap);
}
