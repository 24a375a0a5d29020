// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The OPAL backend: powernv machines, on bare metal or under QEMU.
 */

#define pr_fmt(fmt) "opal fadump: " fmt

#include <linux/delay.h>
#include <linux/of_fdt.h>
#include <linux/sizes.h>

#include <asm/barrier.h>
#include <asm/opal.h>

#include "boot/boot.h"
#include "boot/opal-tags.h"

/* Smallest boot memory: firmware uses this much to boot. */
#define OPAL_MIN_BOOT_MEM	(768 * SZ_1M)

/* Timeout of one hook while OPAL is busy: 10 s. */
#define OPAL_MAX_BUSY_MS	10000

/* How long an accepted trigger may take to stop this CPU: 10 s. */
#define OPAL_MAX_WAIT_MS	10000

/* Address of the crashed kernel's metadata, from OPAL's kernel tag. */
static u64 crashed_meta __initdata;

/* Placeholder for metadata that cannot be read: not NULL, because there is a dump. */
static const u8 no_description[1] __initconst;

/* Metadata of the plan that OPAL has, NULL if it has none. */
static void *armed_meta;

static int __init opal_probe(unsigned long node, struct fadump_fw *fw)
{
	int rc, dump = opal_dump_node(node);
	struct opal_target meta;
	struct fadump_bytes prop;
	u32 per_core;
	u64 end;

	if (dump < 0)
		return -ENODEV;
	prop = fadump_flat_prop(dump, "fw-load-area");
	if (opal_load_area_end(&prop, &end)) {
		pr_err(FW_BUG "fw-load-area is invalid, fadump is not supported\n");
		return -ENODEV;
	}
	fw->min_boot_mem = max_t(u64, OPAL_MIN_BOOT_MEM, end);
	fw->nr_threads = fadump_flat_threads(&per_core);
	fw->meta_size = OPAL_META_SZ;
	if (!opal_is_mpipl_boot(dump))
		return 0;

	rc = opal_tag_follow(OPAL_MPIPL_TAG_KERNEL, OPAL_META_SZ, &meta);
	if (rc)
		pr_warn("Memory was preserved, but the kernel's tag leads to no description (%d)\n",
			rc);
	crashed_meta = meta.at;
	fw->dump = meta.bytes;
	/* Other errors: there is a dump, but nothing else is known about it. */
	if (rc && !opal_denies_dump(rc))
		fw->dump.data = no_description;
	return 0;
}

/* Not fatal: without register data the dump lacks only registers. */
static void __init find_cpu_data(struct fadump_dump *dump)
{
	struct opal_fw_tag tag;
	int rc;

	rc = opal_tag_decode(OPAL_MPIPL_TAG_CPU, &tag) ?:
	     opal_fw_tag_set_cpus(&tag, dump);
	if (rc)
		pr_warn("No register data from firmware (%d)\n", rc);
}

static int __init opal_decode(const struct fadump_fw *fw,
			      struct fadump_dump *dump)
{
	int rc = opal_meta_decode(&fw->dump, crashed_meta, dump);
	u64 top;

	pr_info("Kernel metadata addr: %llx\n", crashed_meta);
	if (rc == -ENODATA) {
		pr_info("The crashed kernel had not asked for a dump\n");
		return rc;
	}
	find_cpu_data(dump);
	fadump_dump_bound_param(dump, fadump_flat_ram_from(dump->param.base));
	if (rc) {
		pr_err("Description of the waiting dump is invalid (%d)\n", rc);
		return rc;
	}
	if (!opal_tag_query(OPAL_MPIPL_TAG_BOOT_MEM, &top) &&
	    top != dump->boot_mem_top)
		pr_warn("Boot memory ends at %#llx, the tag says %#llx and is ignored\n",
			dump->boot_mem_top, top);
	pr_info("Firmware-assisted dump is active.\n");
	return 0;
}

/**
 * struct timeout - for all OPAL calls of one hook together
 * @left_ms: time that OPAL may still be busy
 * @can_sleep: sleep instead of spinning
 */
struct timeout {
	u32 left_ms;
	bool can_sleep;
};

static bool wait_while_busy(s64 status, struct timeout *timeout)
{
	if ((status != OPAL_BUSY && status != OPAL_BUSY_EVENT) || !timeout->left_ms)
		return false;
	timeout->left_ms--;
	/* OPAL needs this call to get on with its work. */
	if (status == OPAL_BUSY_EVENT)
		opal_poll_events(NULL);
	if (timeout->can_sleep)
		fsleep(USEC_PER_MSEC);
	else
		mdelay(1);
	return true;
}

static int mpipl_update(enum opal_mpipl_ops op, const struct fadump_copy *c,
			struct timeout *timeout)
{
	s64 status;

	do {
		status = opal_mpipl_update(op, c ? c->src : 0, c ? c->dest : 0,
					   c ? c->size : 0);
	} while (wait_while_busy(status, timeout));
	if (status)
		pr_debug("operation %d: status %lld\n", op, status);
	return opal_status_errno(status);
}

static int set_tag(enum opal_mpipl_tags tag, u64 value, struct timeout *timeout)
{
	s64 status;

	do {
		status = opal_mpipl_register_tag(tag, value);
	} while (wait_while_busy(status, timeout));
	return opal_status_errno(status);
}

static int add_regions(const struct fadump_plan *plan, struct timeout *timeout)
{
	int rc = 0;
	u32 i;

	for (i = 0; !rc && i < plan->nr_copies; i++)
		rc = mpipl_update(OPAL_MPIPL_ADD_RANGE, &plan->copy[i], timeout);
	return rc;
}

static void set_valid(void *meta, bool valid)
{
	/* Write the metadata before it becomes valid ... */
	wmb();
	opal_meta_arm(meta, valid);
	/* ... and invalidate it before firmware forgets any region. */
	wmb();
}

/* Remove all regions first: OPAL would also copy those of an earlier kernel. */
static int register_plan(const struct fadump_plan *plan, void *meta,
			 struct timeout *timeout)
{
	int rc;

	rc = opal_meta_encode(plan, meta, plan->meta.size) ?:
	     mpipl_update(OPAL_MPIPL_REMOVE_ALL, NULL, timeout) ?:
	     add_regions(plan, timeout) ?:
	     set_tag(OPAL_MPIPL_TAG_BOOT_MEM, plan->boot_mem_top, timeout);
	if (rc)
		return rc;
	set_valid(meta, true);
	rc = set_tag(OPAL_MPIPL_TAG_KERNEL, plan->meta.base, timeout);
	if (rc)
		set_valid(meta, false);
	return rc;
}

static int opal_arm(const struct fadump_plan *plan, bool again)
{
	struct timeout timeout = { .left_ms = OPAL_MAX_BUSY_MS, .can_sleep = true };
	void *meta = __va(plan->meta.base);
	int rc;

	if (again)
		return 0;
	rc = register_plan(plan, meta, &timeout);
	if (rc) {
		pr_err("Failed to register (%d)\n", rc);
		mpipl_update(OPAL_MPIPL_REMOVE_ALL, NULL, &timeout);
		return rc;
	}
	armed_meta = meta;
	pr_info("Registration is successful!\n");
	return 0;
}

static int opal_disarm(bool can_sleep)
{
	struct timeout timeout = { .left_ms = OPAL_MAX_BUSY_MS, .can_sleep = can_sleep };
	int rc;

	if (armed_meta)
		set_valid(armed_meta, false);
	rc = mpipl_update(OPAL_MPIPL_REMOVE_ALL, NULL, &timeout);
	if (rc) {
		if (armed_meta)
			set_valid(armed_meta, true);
		return rc;
	}
	armed_meta = NULL;
	rc = set_tag(OPAL_MPIPL_TAG_KERNEL, 0, &timeout);
	if (rc)
		pr_warn("Failed to clear the kernel's tag (%d), its metadata is marked invalid\n",
			rc);
	return 0;
}

/* Afterwards OPAL answers no query of a tag until the next boot. */
static int opal_discard(bool can_sleep)
{
	struct timeout timeout = { .left_ms = OPAL_MAX_BUSY_MS, .can_sleep = can_sleep };
	int rc = mpipl_update(OPAL_MPIPL_FREE_PRESERVED_MEMORY, NULL, &timeout);

	if (rc)
		pr_err("Failed to invalidate the dump (%d), it stays\n", rc);
	return rc;
}

static void opal_trigger(const char *msg)
{
	struct timeout timeout = { .left_ms = OPAL_MAX_BUSY_MS };
	static char text[256];
	s64 status;
	u32 ms;

	strscpy(text, msg);
	do {
		status = opal_cec_reboot2(OPAL_REBOOT_MPIPL,
					  (const char *)__pa(text));
	} while (wait_while_busy(status, &timeout));
	for (ms = 0; status == OPAL_SUCCESS && ms < OPAL_MAX_WAIT_MS; ms++)
		mdelay(1);
	pr_emerg("OPAL_CEC_REBOOT2 returned %lld\n", status);
}

const struct fadump_backend opal_fadump_backend = {
	.name = "opal",
	.node = "ibm,opal",
	.max_copies = OPAL_MAX_COPIES,
	.max_copy = OPAL_MAX_COPY_SZ,
	.records_name_hw_id = true,
	/* A DMA window is as large as RAM at the time the device is found. */
	.needs_end_of_ram = true,
	.sizes_hash_table = true,
	.probe = opal_probe,
	.decode = opal_decode,
	.arm = opal_arm,
	.disarm = opal_disarm,
	.discard = opal_discard,
	.trigger = opal_trigger,
	.cpus_open = opal_regs_open,
	.cpus_next = opal_regs_next,
};
