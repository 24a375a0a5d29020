// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * OPAL's device tree node and tags: whether OPAL can dump, whether it has, and where
 * the descriptions are.
 *
 * The backend, PRESERVE_FA_DUMP and OPAL_CORE use them, each without the others.
 */

#define pr_fmt(fmt) "opal fadump: " fmt

#include <linux/libfdt.h>
#include <linux/of_fdt.h>

#include <asm/page.h>

#include "boot/boot.h"
#include "boot/opal-tags.h"

/**
 * opal_dump_node - find the node that says that OPAL can dump
 * @opal: offset of /ibm,opal
 *
 * Context: early boot, real mode.
 *
 * Return: its offset in the flat tree, or -ENODEV.
 */
int __init opal_dump_node(unsigned long opal)
{
	int node = fdt_subnode_offset(initial_boot_params, opal, "dump");

	if (node < 0)
		return -ENODEV;
	if (!of_flat_dt_is_compatible(node, "ibm,opal-dump")) {
		pr_err(FW_BUG "/ibm,opal/dump is not compatible with ibm,opal-dump, fadump is not supported\n");
		return -ENODEV;
	}
	return node;
}

/**
 * opal_is_mpipl_boot - has firmware preserved memory for this boot?
 * @dump: what opal_dump_node() returned
 *
 * The property counts even if it is empty: not every OPAL gives it a value.
 *
 * Context: early boot, real mode.
 */
bool __init opal_is_mpipl_boot(unsigned long dump)
{
	return of_get_flat_dt_prop(dump, "mpipl-boot", NULL);
}

/**
 * opal_status_errno - translate the status of an OPAL call
 * @status: the status
 *
 * Context: any.
 *
 * Return: 0 or -errno.
 */
int opal_status_errno(s64 status)
{
	switch (status) {
	case OPAL_SUCCESS:
		return 0;
	case OPAL_PARAMETER:
		return -EINVAL;
	case OPAL_RESOURCE:
		return -ENOSPC;
	case OPAL_UNSUPPORTED:
		return -EOPNOTSUPP;
	case OPAL_BUSY:
	case OPAL_BUSY_EVENT:
		return -EBUSY;
	default:
		return -EIO;
	}
}

/**
 * opal_tag_query - read a tag
 * @tag: the tag
 * @value: result, 0 for a tag that is not set
 *
 * Context: boot, real mode or not; the caller serializes.
 *
 * Return: 0 or -errno.
 */
int __init opal_tag_query(enum opal_mpipl_tags tag, u64 *value)
{
	/* Not on the stack: __pa() is only valid for the linear mapping. */
	static __be64 answer;
	s64 status = opal_mpipl_query_tag(tag, (__be64 *)__pa(&answer));

	*value = status == OPAL_SUCCESS ? be64_to_cpu(answer) : 0;
	return opal_status_errno(status);
}

/**
 * opal_tag_follow - the memory that a tag points to
 * @tag: the tag
 * @max: bytes that the caller reads at most
 * @to: result
 *
 * Context: boot, real mode or not; the caller serializes.
 *
 * Return: 0; -ENOENT for a tag that is not set; -EFAULT for an address that is not
 * in RAM or not a multiple of 8; OPAL's refusal as -errno.
 */
int __init opal_tag_follow(enum opal_mpipl_tags tag, u64 max,
			   struct opal_target *to)
{
	u64 size;
	int rc;

	memset(to, 0, sizeof(*to));
	rc = opal_tag_query(tag, &to->at);
	if (rc)
		return rc;
	if (!to->at)
		return -ENOENT;
	size = min(max, fadump_flat_ram_from(to->at));
	if (!IS_ALIGNED(to->at, sizeof(u64)) || !size) {
		pr_err(FW_BUG "tag %d points to %#llx, outside of RAM or not aligned; it is ignored\n",
		       tag, to->at);
		return -EFAULT;
	}
	to->bytes.data = __va(to->at);
	to->bytes.len = size;
	return 0;
}

/**
 * opal_tag_decode - read the structure that one of OPAL's own tags points to
 * @tag: the tag
 * @decoded: result, unverified
 *
 * Context: boot, real mode or not; the caller serializes.
 *
 * Return: as opal_tag_follow() and opal_fw_tag_decode().
 */
int __init opal_tag_decode(enum opal_mpipl_tags tag, struct opal_fw_tag *decoded)
{
	const u64 max = sizeof(struct opal_dump_fw) +
			OPAL_MAX_FW_REGIONS * sizeof(struct fadump_copy_ser);
	struct opal_target to;

	return opal_tag_follow(tag, max, &to) ?:
	       opal_fw_tag_decode(&to.bytes, decoded);
}
