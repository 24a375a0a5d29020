// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /sys/firmware/opal/mpipl: OPAL's memory and registers at the time of a crash.
 */

#define pr_fmt(fmt) "opal core: " fmt

#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/vmalloc.h>

#include <asm/opal.h>

#include "boot/opal-tags.h"
#include "fadump-internal.h"

/*
 * The file is one mapping: pages of ours for the head, then the pages that OPAL
 * has copied itself to, as they are. Nothing of it is copied once more.
 */
static struct {
	void *head;
	size_t head_size;
	void *map;
	bool is_released;
} export;

/* Its address and size are filled in when there is something to read. */
static BIN_ATTR_SIMPLE_ADMIN_RO(core);

static DEFINE_MUTEX(opal_core_mutex);

static struct kobject *mpipl_kobj;

/* -------- From OPAL's tags to one mapping -------- */

/* Memory that OPAL keeps, in one piece. */
static bool __init is_opals(u64 base, u64 size)
{
	struct device_node *parent = of_find_node_by_path("/reserved-memory");
	struct device_node *child;
	struct resource res;
	bool found = false;

	for_each_child_of_node(parent, child)
		if (!of_address_to_resource(child, 0, &res) &&
		    base >= res.start && size <= resource_size(&res) &&
		    base - res.start <= resource_size(&res) - size)
			found = true;
	of_node_put(parent);
	return found;
}

/*
 * OPAL's memory begins where OPAL does. An address that was moved on while it
 * was copied (QEMU does that) is moved back, if that leads into OPAL's memory.
 * Whatever lies elsewhere is not OPAL's and is left out.
 */
static void __init check_regions(struct opal_core *core)
{
	struct fadump_copy *r = core->own.region;
	u64 shift = r->src - core->base;
	u32 i;

	if (shift && is_opals(r->dest - shift, r->size)) {
		pr_warn(FW_BUG "OPAL's memory is said to be at %#llx, taking %#llx\n",
			r->dest, r->dest - shift);
		r->src -= shift;
		r->dest -= shift;
	}
	for (i = 0; i < core->own.nr_regions; i++, r++)
		if (r->size && !is_opals(r->dest, r->size)) {
			pr_warn(FW_BUG "%#llx bytes at %#llx are not OPAL's, left out\n",
				r->size, r->dest);
			r->size = 0;
		}
}

static int __init follow(enum opal_mpipl_tags tag, struct opal_own *own)
{
	const u64 max = sizeof(struct opal_dump_fw) +
			OPAL_MAX_OWN_REGIONS * sizeof(struct opal_region_fw);
	struct opal_target to;

	return opal_tag_follow(tag, max, &to) ?: opal_own_decode(&to.bytes, own);
}

/* Registers are welcome, and not needed. */
static void __init find_threads(struct opal_core *core)
{
	static struct fadump_dump where __initdata;
	struct opal_own own;

	if (follow(OPAL_MPIPL_TAG_CPU, &own) || opal_own_cpus(&own, &where) ||
	    !is_opals(where.cpu.base, where.cpu.size))
		return;
	core->cpus.data = memremap(where.cpu.base, where.cpu.size, MEMREMAP_WB);
	core->cpus.len = core->cpus.data ? where.cpu.size : 0;
	core->cpu_step = where.cpu_step;
}

static int __init describe(struct opal_core *core, struct device_node *opal)
{
	int rc;

	rc = of_property_read_u64(opal, "opal-base-address", &core->base) ?:
	     of_property_read_u64(opal, "opal-boot-address", &core->entry) ?:
	     follow(OPAL_MPIPL_TAG_OPAL, &core->own);
	if (rc)
		return rc;
	core->page_size = PAGE_SIZE;
	core->crashing_pir = core->own.crashing_pir;
	core->kernel_asked = fadump_kernel_initiated();
	check_regions(core);
	find_threads(core);
	return 0;
}

/* Number of pages; with @pages, these as well. */
static unsigned int __init list_pages(const struct opal_core *core,
				      struct page **pages)
{
	struct fadump_range r = { .base = __pa(export.head),
				  .size = export.head_size };
	unsigned int nr = 0;
	u32 i = 0;
	u64 at;

	for (;;) {
		for (at = 0; at < r.size; at += PAGE_SIZE, nr++)
			if (pages)
				pages[nr] = pfn_to_page(PHYS_PFN(r.base + at));
		if (i == core->own.nr_regions)
			return nr;
		opal_elf_region_pages(core, i++, &r);
	}
}

static int __init map_file(const struct opal_core *core)
{
	unsigned int nr = list_pages(core, NULL);
	struct page **pages = kvmalloc_array(nr, sizeof(*pages), GFP_KERNEL);

	if (!pages)
		return -ENOMEM;
	list_pages(core, pages);
	export.map = vmap(pages, nr, VM_MAP, PAGE_KERNEL);
	kvfree(pages);
	bin_attr_core.private = export.map;
	bin_attr_core.size = (size_t)nr * PAGE_SIZE;
	return export.map ? 0 : -ENOMEM;
}

static int __init build(const struct opal_core *core)
{
	int rc;

	export.head_size = opal_elf_head_size(core);
	export.head = alloc_pages_exact(export.head_size, GFP_KERNEL);
	if (!export.head)
		return -ENOMEM;
	rc = opal_elf_fill(core, export.head, export.head_size) ?: map_file(core);
	if (rc)
		free_pages_exact(export.head, export.head_size);
	return rc;
}

/* -------- sysfs -------- */

/* Readers are waited for: what they read from is there until the last is done. */
static void release_core(void)
{
	sysfs_remove_link(opal_kobj, "core");
	sysfs_remove_bin_file(mpipl_kobj, &bin_attr_core);
	vunmap(export.map);
	free_pages_exact(export.head, export.head_size);
	export.is_released = true;
}

static ssize_t release_core_store(struct kobject *kobj,
				  struct kobj_attribute *attr, const char *buf,
				  size_t count)
{
	ssize_t rc = count;
	int value;

	if (kstrtoint(buf, 0, &value) || value != 1)
		return -EINVAL;
	mutex_lock(&opal_core_mutex);
	if (export.is_released)
		rc = -EPERM;
	else
		release_core();
	mutex_unlock(&opal_core_mutex);
	return rc;
}

static struct kobj_attribute release_core_attr = __ATTR_WO(release_core);

static int __init publish(void)
{
	int rc;

	mpipl_kobj = kobject_create_and_add("mpipl", opal_kobj);
	if (!mpipl_kobj)
		return -ENOMEM;
	rc = sysfs_create_bin_file(mpipl_kobj, &bin_attr_core) ?:
	     sysfs_create_file(mpipl_kobj, &release_core_attr.attr);
	if (rc) {
		kobject_put(mpipl_kobj);
		return rc;
	}
	/* The name under which older tools know it. */
	rc = compat_only_sysfs_link_entry_to_kobj(opal_kobj, mpipl_kobj, "core",
						  NULL);
	if (rc)
		pr_warn("No /sys/firmware/opal/core (%d)\n", rc);
	return 0;
}

static int __init export_core(struct device_node *opal)
{
	static struct opal_core core __initdata;
	int rc;

	rc = describe(&core, opal) ?: build(&core);
	if (core.cpus.data)
		memunmap((void *)core.cpus.data);
	if (rc)
		return rc;
	rc = publish();
	if (rc) {
		vunmap(export.map);
		free_pages_exact(export.head, export.head_size);
	}
	return rc;
}

/*
 * After fadump has read its record, which tells who wanted the dump, and before
 * anybody can give the dump up: from then on OPAL's tags tell nothing.
 */
static int __init opal_core_init(void)
{
	struct device_node *opal = of_find_node_by_path("/ibm,opal");
	struct device_node *dump = of_get_child_by_name(opal, "dump");
	int rc = 0;

	if (dump && of_device_is_compatible(dump, "ibm,opal-dump") &&
	    of_property_present(dump, "mpipl-boot"))
		rc = export_core(opal);
	if (rc)
		pr_err("Could not export /sys/firmware/opal/core (%d)\n", rc);
	of_node_put(dump);
	of_node_put(opal);
	return rc;
}
fs_initcall(opal_core_init);
