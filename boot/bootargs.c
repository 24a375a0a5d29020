// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The capture kernel's command line: without arguments that need all of the
 * machine's memory, with the extra arguments that the crashed kernel left.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/memblock.h>
#include <linux/sizes.h>

#include <asm/mmu.h>
#include <asm/setup.h>

#include "boot/boot.h"

static_assert(FADUMP_BOOTARGS_SZ == COMMAND_LINE_SIZE);

/* The crashed kernel's extra arguments. The next capture kernel gets them, too. */
static char inherited[FADUMP_BOOTARGS_SZ];

static char removed[COMMAND_LINE_SIZE] __initdata;

/**
 * fadump_bootargs_filter - remove arguments that do not suit a capture
 *
 * The extra arguments are not filtered: append them afterwards.
 *
 * Context: early boot of a capture kernel, real mode; boot_command_line is set and
 * not parsed yet.
 */
void __init fadump_bootargs_filter(void)
{
	if (fadump_arguments_filter(boot_command_line, removed,
				    COMMAND_LINE_SIZE))
		pr_info("Removed from the capture kernel's command line: %s\n",
			removed);
}

/**
 * fadump_bootargs_append - append the crashed kernel's extra arguments
 * @at: where firmware says they are
 *
 * Context: as for fadump_bootargs_filter().
 */
void __init fadump_bootargs_append(const struct fadump_range *at)
{
	struct fadump_bytes raw = fadump_bytes_at(at);
	size_t len = fadump_arguments_clean(&raw, inherited, sizeof(inherited));
	size_t old = strlen(boot_command_line);

	if (!len)
		return;
	if (old + 1 + len >= COMMAND_LINE_SIZE) {
		pr_warn("Command line is full, extra arguments are ignored: %s\n",
			inherited);
		return;
	}
	boot_command_line[old] = ' ';
	memcpy(boot_command_line + old + 1, inherited, len + 1);
	pr_info("Updated cmdline: %s\n", boot_command_line);
}

/* SLOF uses up to this much memory at the end of the real mode area. */
#define BOOTARGS_MARGIN		SZ_64M

/**
 * fadump_bootargs_place - keep the arguments within the next kernel's reach
 * @at: their place in the dump area; result, of size 0 if there is no place
 *
 * The next kernel reads them before its MMU is on. A hash guest then reaches only
 * the real mode area, and the dump area may begin behind that. In this case the
 * arguments get the highest free page of boot memory that firmware does not write
 * to.
 *
 * Context: early boot, the type of the MMU is known.
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

	/* The text is terminated at every moment: a crash may come in between. */
	memset(to, 0, FADUMP_BOOTARGS_SZ);
	memcpy(to, text, len);
}

/**
 * fadump_bootargs_carry_over - start with the crashed kernel's extra arguments
 * @at: where arguments are kept
 *
 * They overwrite whatever the memory contains, which would otherwise end up on the
 * next command line. After an ordinary boot they are empty.
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

	return fadump_arguments_clean(&raw, buf, cap);
}
