// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PRESERVE_FA_DUMP: keep a dump for the next kernel. This is for the boot loader of a
 * powernv machine, a kernel that starts the capture kernel by kexec.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/init.h>
#include <linux/memblock.h>
#include <linux/printk.h>

#include <asm/fadump.h>

#include "boot/opal-tags.h"

/* Memory from this address on is kept for the dump; 0 if there is no dump. */
static u64 kept_from __initdata;

/*
 * The end of the crashed kernel's boot memory, 0 if there is no dump. If it is unknown,
 * keep all memory that firmware does not load itself into: the next kernel may be able
 * to read the description.
 */
static u64 __init find_boot_mem_top(void)
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
	pr_warn("Description of the dump is invalid, keeping all memory above %#llx\n",
		top);
	return top;
}

/**
 * early_init_dt_scan_fw_dump - find OPAL, and whether it has a dump
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
		kept_from = find_boot_mem_top();
	return 1;
}

/**
 * fadump_reserve_mem - reserve all memory above the crashed kernel's boot memory
 *
 * Context: early boot, real mode, memblock knows all RAM.
 *
 * Return: 1 if a dump is kept and kdump must not reserve memory, 0 otherwise.
 */
int __init fadump_reserve_mem(void)
{
	u64 end = memblock_end_of_DRAM();

	if (!kept_from)
		return 0;
	/* Firmware has overwritten the memory below with itself. */
	kept_from = max(kept_from, OPAL_LOAD_AREA_END);
	if (kept_from >= end) {
		pr_warn("Boot memory cannot end at %#llx, keeping all memory above %#llx\n",
			kept_from, OPAL_LOAD_AREA_END);
		kept_from = OPAL_LOAD_AREA_END;
	}
	if (kept_from >= end)
		return 0;
	if (memblock_reserve(kept_from, end - kept_from))
		panic("fadump: cannot reserve the dump's memory, booting would overwrite it\n");
	pr_info("Preserving crash data for processing in next boot.\n");
	return 1;
}
