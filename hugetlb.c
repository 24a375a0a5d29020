// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Huge pages of the hugetlb kind, which a capture has no memory for.
 */

#include <linux/hugetlb.h>
#include <linux/init.h>

#include <asm/fadump.h>

#include "fadump-internal.h"

/**
 * fadump_hugetlb_withhold - no huge pages for now
 *
 * On a hash LPAR firmware has a list of gigantic pages. They are in the memory of
 * the dump, and would be claimed out of it while the MMU is set up.
 *
 * Context: capture boot.
 */
void __init fadump_hugetlb_withhold(void)
{
	hugetlb_disabled = true;
}

/**
 * fadump_hugetlb_allow - whoever wants huge pages may have them
 *
 * Their sizes are set up once, in an initcall. A kernel in which they are off
 * at that time has none until it reboots, and this one is to be production again.
 *
 * Context: early boot after the MMU has been set up, and at the release.
 */
void fadump_hugetlb_allow(void)
{
	hugetlb_disabled = false;
}

/*
 * What is in sysctl.conf is production's as well. But who has put hugepages= into
 * bootargs_append wants some in a capture, and has got them by now.
 */
static int __init withhold_until_release(void)
{
	if (is_fadump_active() && !hugetlb_total_pages())
		fadump_hugetlb_withhold();
	return 0;
}
late_initcall(withhold_until_release);
