// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /sys/firmware/opal/mpipl/core: OPAL's memory and registers at the time of a crash.
 */

#define pr_fmt(fmt) "opal core: " fmt

#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/vmalloc.h>

#include <asm/opal.h>

#include "boot/opal-tags.h"
#include "fadump-internal.h"

/*
 * The file is one mapping: @head, the ELF headers and notes in pages of the kernel, then
 * the pages that OPAL has copied itself to.
 */
static struct {
	void *head;
	size_t head_size;
	void *map;
	bool is_released;
} export;

/* map_core() sets its address and size. */
static BIN_ATTR_SIMPLE_ADMIN_RO(core);

static DEFINE_MUTEX(opal_core_mutex);

static struct kobject *mpipl_kobj;

/* -------- From OPAL's tags to one mapping -------- */

/* Is the range in one region of /reserved-memory? */
static bool __init is_opal_memory(u64 base, u64 size)
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
 * The first region starts at OPAL's base address. QEMU reports its source and its
 * destination too high: correct both if the destination is then in OPAL's memory. Drop
 * regions that are not in OPAL's memory.
 */
static void __init check_regions(struct opal_core *core)
{
	struct fadump_copy *r = core->fw.region;
	u64 shift = r->src - core->base;
	u32 i;

	if (shift && is_opal_memory(r->dest - shift, r->size)) {
		pr_warn(FW_BUG "OPAL's memory is reported at %#llx, using %#llx\n",
			r->dest, r->dest - shift);
		r->src -= shift;
		r->dest -= shift;
	}
	for (i = 0; i < core->fw.nr_regions; i++, r++)
		if (r->size && !is_opal_memory(r->dest, r->size)) {
			pr_warn(FW_BUG "%#llx bytes at %#llx are not OPAL's memory, the core lacks them\n",
				r->size, r->dest);
			r->size = 0;
		}
}

/* Not fatal: without register data the core lacks only registers. */
static void __init map_cpu_data(struct opal_core *core)
{
	static struct fadump_dump dump __initdata;
	struct opal_fw_tag tag;

	if (opal_tag_decode(OPAL_MPIPL_TAG_CPU, &tag) ||
	    opal_fw_tag_set_cpus(&tag, &dump) ||
	    !is_opal_memory(dump.cpu.base, dump.cpu.size))
		return;
	core->cpus.data = memremap(dump.cpu.base, dump.cpu.size, MEMREMAP_WB);
	core->cpus.len = core->cpus.data ? dump.cpu.size : 0;
	core->cpu_step = dump.cpu_step;
}

static int __init collect_core(struct opal_core *core, struct device_node *opal)
{
	int rc;

	rc = of_property_read_u64(opal, "opal-base-address", &core->base) ?:
	     of_property_read_u64(opal, "opal-boot-address", &core->entry) ?:
	     opal_tag_decode(OPAL_MPIPL_TAG_OPAL, &core->fw);
	if (rc)
		return rc;
	core->page_size = PAGE_SIZE;
	core->crashing_pir = core->fw.crashing_pir;
	core->kernel_requested = fadump_kernel_initiated();
	check_regions(core);
	map_cpu_data(core);
	return 0;
}

/* Fill @pages unless it is NULL. Return: the number of pages. */
static unsigned int __init list_core_pages(const struct opal_core *core,
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
		if (i == core->fw.nr_regions)
			return nr;
		opal_elf_region_pages(core, i++, &r);
	}
}

static int __init map_core(const struct opal_core *core)
{
	unsigned int nr = list_core_pages(core, NULL);
	struct page **pages = kvmalloc_array(nr, sizeof(*pages), GFP_KERNEL);

	if (!pages)
		return -ENOMEM;
	list_core_pages(core, pages);
	export.map = vmap(pages, nr, VM_MAP, PAGE_KERNEL);
	kvfree(pages);
	bin_attr_core.private = export.map;
	bin_attr_core.size = (size_t)nr * PAGE_SIZE;
	return export.map ? 0 : -ENOMEM;
}

static int __init build_core(const struct opal_core *core)
{
	int rc;

	export.head_size = opal_elf_head_size(core);
	export.head = alloc_pages_exact(export.head_size, GFP_KERNEL);
	if (!export.head)
		return -ENOMEM;
	rc = opal_elf_fill(core, export.head, export.head_size) ?: map_core(core);
	if (rc)
		free_pages_exact(export.head, export.head_size);
	return rc;
}

/* -------- sysfs -------- */

/* sysfs_remove_bin_file() waits for readers, so that the mapping can go. */
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

static int __init create_files(void)
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
	/* Older tools expect this name. */
	rc = compat_only_sysfs_link_entry_to_kobj(opal_kobj, mpipl_kobj, "core",
						  NULL);
	if (rc)
		pr_warn("Cannot create /sys/firmware/opal/core (%d)\n", rc);
	return 0;
}

static int __init export_core(struct device_node *opal)
{
	static struct opal_core core __initdata;
	int rc;

	rc = collect_core(&core, opal) ?: build_core(&core);
	if (core.cpus.data)
		memunmap((void *)core.cpus.data);
	if (rc)
		return rc;
	rc = create_files();
	if (rc) {
		vunmap(export.map);
		free_pages_exact(export.head, export.head_size);
	}
	return rc;
}

/*
 * Run after fadump_init(), which reads who has triggered the dump, and before the dump
 * can be released: afterwards OPAL answers no query of a tag.
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
