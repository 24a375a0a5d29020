// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The backend for OPAL: powernv machines, on bare metal or under QEMU.
 */

#define pr_fmt(fmt) "opal fadump: " fmt

#include <linux/delay.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/of_fdt.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <asm/barrier.h>
#include <asm/opal.h>

#include "boot/boot.h"
#include "boot/opal-tags.h"

/* Firmware itself, and what it loads, needs this much to boot. */
#define OPAL_MIN_BOOT_MEM	(768 * SZ_1M)

/* How long OPAL may turn us away, in all that one operation takes: 10 s. */
#define OPAL_MAX_BUSY_MS	10000

/* OPAL that has taken the order stops this CPU, sooner or later: 10 s. */
#define OPAL_MAX_WAIT_MS	10000

/* What the tag of the kernel points to: the dead one's, read at boot. */
static u64 dead_meta __initdata;

/* Of a dump whose description is not where it is said to be; no byte counts. */
static const u8 no_description[1] __initconst;

/* Ours, while firmware will dump. */
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
		pr_err(FW_BUG "fw-load-area makes no sense\n");
		return -ENODEV;
	}
	fw->min_boot_mem = max_t(u64, OPAL_MIN_BOOT_MEM, end);
	fw->nr_threads = fadump_flat_threads(&per_core);
	fw->meta_size = OPAL_META_SZ;
	if (!opal_is_mpipl_boot(dump))
		return 0;

	rc = opal_tag_follow(OPAL_MPIPL_TAG_KERNEL, OPAL_META_SZ, &meta);
	if (rc)
		pr_warn("Memory was preserved, and no kernel says what for (%d)\n",
			rc);
	dead_meta = meta.at;
	fw->dump = meta.bytes;
	/* Memory was preserved for a dump, and that is all that is known of it. */
	if (rc && !opal_denies_dump(rc))
		fw->dump.data = no_description;
	return 0;
}

/* A dump without registers is still a dump. */
static void __init find_cpus(struct fadump_dump *dump)
{
	const u64 max = sizeof(struct opal_dump_fw) +
			OPAL_MAX_OWN_REGIONS * sizeof(struct opal_region_fw);
	struct opal_target cpus;
	struct opal_own own;
	int rc;

	rc = opal_tag_follow(OPAL_MPIPL_TAG_CPU, max, &cpus) ?:
	     opal_own_decode(&cpus.bytes, &own) ?:
	     opal_own_cpus(&own, dump);
	if (rc)
		pr_warn("No register data (%d)\n", rc);
}

static int __init opal_decode(const struct fadump_fw *fw,
			      struct fadump_dump *dump)
{
	int rc = opal_meta_decode(&fw->dump, dead_meta, dump);
	u64 top;

	pr_info("Kernel metadata addr: %llx\n", dead_meta);
	if (rc == -ENODATA) {
		pr_info("The kernel that died had not asked for a dump\n");
		return rc;
	}
	find_cpus(dump);
	fadump_dump_bound_param(dump, fadump_flat_ram_from(dump->param.base));
	if (rc) {
		pr_err("Description of the waiting dump makes no sense (%d)\n", rc);
		return rc;
	}
	if (!opal_tag_query(OPAL_MPIPL_TAG_BOOT_MEM, &top) &&
	    top != dump->boot_mem_top)
		pr_warn("Boot memory ends at %#llx, firmware was told %#llx\n",
			dump->boot_mem_top, top);
	pr_info("Firmware-assisted dump is active.\n");
	return 0;
}

/**
 * struct patience - with OPAL, for one operation
 * @left_ms: for so long OPAL may be busy from now on
 * @can_sleep: meanwhile others may run here
 */
struct patience {
	u32 left_ms;
	bool can_sleep;
};

static bool is_busy(s64 status, struct patience *p)
{
	if ((status != OPAL_BUSY && status != OPAL_BUSY_EVENT) || !p->left_ms)
		return false;
	p->left_ms--;
	/* OPAL has work that it only does in this call. */
	if (status == OPAL_BUSY_EVENT)
		opal_poll_events(NULL);
	if (p->can_sleep)
		fsleep(USEC_PER_MSEC);
	else
		mdelay(1);
	return true;
}

static int update(enum opal_mpipl_ops op, const struct fadump_copy *c,
		  struct patience *p)
{
	s64 status;

	do {
		status = opal_mpipl_update(op, c ? c->src : 0, c ? c->dest : 0,
					   c ? c->size : 0);
	} while (is_busy(status, p));
	if (status)
		pr_debug("operation %d: status %lld\n", op, status);
	return opal_status_errno(status);
}

static int set_tag(enum opal_mpipl_tags tag, u64 value, struct patience *p)
{
	s64 status;

	do {
		status = opal_mpipl_register_tag(tag, value);
	} while (is_busy(status, p));
	return opal_status_errno(status);
}

static int add_regions(const struct fadump_plan *plan, struct patience *p)
{
	int rc = 0;
	u32 i;

	for (i = 0; !rc && i < plan->nr_copies; i++)
		rc = update(OPAL_MPIPL_ADD_RANGE, &plan->copy[i], p);
	return rc;
}

static void declare(void *meta, bool armed)
{
	/* Valid only together with all that it says ... */
	wmb();
	opal_meta_arm(meta, armed);
	/* ... and void before firmware forgets any of it. */
	wmb();
}

/* What an earlier kernel named would be copied over what is there now. */
static int register_plan(const struct fadump_plan *plan, void *meta,
			 struct patience *p)
{
	int rc;

	rc = opal_meta_encode(plan, meta, plan->meta.size) ?:
	     update(OPAL_MPIPL_REMOVE_ALL, NULL, p) ?:
	     add_regions(plan, p) ?:
	     set_tag(OPAL_MPIPL_TAG_BOOT_MEM, plan->boot_mem_top, p);
	if (rc)
		return rc;
	declare(meta, true);
	rc = set_tag(OPAL_MPIPL_TAG_KERNEL, plan->meta.base, p);
	if (rc)
		declare(meta, false);
	return rc;
}

static int opal_arm(const struct fadump_plan *plan, bool again)
{
	struct patience p = { .left_ms = OPAL_MAX_BUSY_MS, .can_sleep = true };
	void *meta = __va(plan->meta.base);
	int rc;

	if (again)
		return 0;
	rc = register_plan(plan, meta, &p);
	if (rc) {
		pr_err("Failed to register (%d)\n", rc);
		update(OPAL_MPIPL_REMOVE_ALL, NULL, &p);
		return rc;
	}
	armed_meta = meta;
	pr_info("Registration is successful!\n");
	return 0;
}

static int opal_disarm(bool can_sleep)
{
	struct patience p = { .left_ms = OPAL_MAX_BUSY_MS, .can_sleep = can_sleep };
	int rc;

	if (armed_meta)
		declare(armed_meta, false);
	rc = update(OPAL_MPIPL_REMOVE_ALL, NULL, &p);
	if (rc) {
		if (armed_meta)
			declare(armed_meta, true);
		return rc;
	}
	armed_meta = NULL;
	if (set_tag(OPAL_MPIPL_TAG_KERNEL, 0, &p))
		pr_warn("The kernel's tag stays, its target is marked void\n");
	return 0;
}

/* Tags answer no more from here on, until the next boot. */
static int opal_discard(bool can_sleep)
{
	struct patience p = { .left_ms = OPAL_MAX_BUSY_MS, .can_sleep = can_sleep };
	int rc = update(OPAL_MPIPL_FREE_PRESERVED_MEMORY, NULL, &p);

	if (rc)
		pr_err("Failed to invalidate the dump (%d), it stays\n", rc);
	return rc;
}

static void opal_trigger(const char *msg)
{
	struct patience p = { .left_ms = OPAL_MAX_BUSY_MS };
	static char text[256];
	s64 status;
	u32 ms;

	strscpy(text, msg);
	do {
		status = opal_cec_reboot2(OPAL_REBOOT_MPIPL,
					  (const char *)__pa(text));
	} while (is_busy(status, &p));
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
	/* Windows for DMA are as large as the memory when a device is found. */
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
