// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A kernel that keeps a dump for the next one and has no use for it itself: the
 * boot loader of a powernv machine, which starts the capture kernel by kexec.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/init.h>
#include <linux/memblock.h>
#include <linux/printk.h>
#include <linux/string.h>

#include <asm/fadump.h>

#include "boot/opal-tags.h"

/* All memory from here on belongs to the dump; 0 if there is none. */
static u64 keep_from __initdata;

/*
 * Where the dead kernel's boot memory ends. Where nobody can say, all that
 * firmware has not loaded itself into is kept: the next kernel may make more of
 * it.
 */
static u64 __init boot_mem_end(void)
{
	static struct fadump_dump dump __initdata;
	struct opal_target meta;
	u64 top;
	int rc;

	rc = opal_tag_follow(OPAL_MPIPL_TAG_KERNEL, OPAL_META_SZ, &meta);
	if (opal_denies_dump(rc))
		return 0;
	rc = rc ?: opal_meta_decode(&meta.bytes, meta.at, &dump);
	if (rc == -ENODATA)
		return 0;
	if (!rc)
		return dump.boot_mem_top;

	if (opal_tag_query(OPAL_MPIPL_TAG_BOOT_MEM, &top) || !top)
		top = OPAL_LOAD_AREA_END;
	pr_warn("Description of the dump makes no sense, keeping what is above %#llx\n",
		top);
	return top;
}

/**
 * early_init_dt_scan_fw_dump - is there a dump?
 * @node: node of the flat tree
 * @uname: its name
 * @depth: its depth
 * @data: not used
 *
 * Context: early boot, real mode, memblock is empty.
 *
 * Return: 1 to end the scan, 0 to go on.
 */
int __init early_init_dt_scan_fw_dump(unsigned long node, const char *uname,
				      int depth, void *data)
{
	int dump;

	if (depth != 1 || strcmp(uname, "ibm,opal"))
		return 0;
	dump = opal_dump_node(node);
	if (dump >= 0 && opal_is_mpipl_boot(dump))
		keep_from = boot_mem_end();
	return 1;
}

/**
 * fadump_reserve_mem - keep everything above the dead kernel's boot memory
 *
 * Context: early boot, real mode, memblock knows all RAM.
 *
 * Return: 1 where a dump is kept: then there is no memory for kdump. 0 else.
 */
int __init fadump_reserve_mem(void)
{
	u64 end = memblock_end_of_DRAM();

	if (!keep_from)
		return 0;
	/* What firmware has loaded itself into is nobody's dump. */
	keep_from = max(keep_from, OPAL_LOAD_AREA_END);
	if (keep_from >= end) {
		pr_warn("Boot memory cannot end at %#llx, keeping all that there is\n",
			keep_from);
		keep_from = OPAL_LOAD_AREA_END;
	}
	if (keep_from >= end)
		return 0;
	if (memblock_reserve(keep_from, end - keep_from))
		panic("fadump: cannot keep the dump's memory, and will not damage it\n");
	pr_info("Preserving crash data for processing in next boot.\n");
	return 1;
}
