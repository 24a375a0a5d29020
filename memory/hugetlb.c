// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Huge pages, for which a capture kernel has no memory.
 */

#include <linux/hugetlb.h>

#include "memory/memory.h"

/* From the early boot of a capture kernel until the release. */
static bool is_capture;

/**
 * fadump_hugetlb_disable - reserve no huge pages while the MMU is set up
 *
 * Firmware hands a list of gigantic pages to a hash partition. Those pages lie in
 * the memory of the dump, and setting up the MMU would reserve them there.
 *
 * Context: early boot of a capture kernel.
 */
void __init fadump_hugetlb_disable(void)
{
	is_capture = true;
	hugetlb_disabled = true;
}

/**
 * fadump_hugetlb_allow_setup - the MMU is set up
 *
 * An initcall sets up the sizes of huge pages, and does so once. A kernel in which
 * huge pages are disabled at that time has none until it reboots; this one must be
 * able to serve as production after the release.
 *
 * Context: early boot of a capture kernel.
 */
void __init fadump_hugetlb_allow_setup(void)
{
	hugetlb_disabled = false;
}

/*
 * Disable them again: sysctl.conf asks for production's number of huge pages. Where
 * an administrator put hugepages= into bootargs_append, the capture kernel has
 * allocated them by now and keeps them.
 */
static int __init disable_until_release(void)
{
	if (is_capture && !hugetlb_total_pages())
		hugetlb_disabled = true;
	return 0;
}
late_initcall(disable_until_release);

/**
 * fadump_hugetlb_enable - the dump is released
 *
 * Context: process context.
 */
void fadump_hugetlb_enable(void)
{
	is_capture = false;
	hugetlb_disabled = false;
}
