// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * powerpc/fadump_region and powerpc/fadump_layout in debugfs.
 */

#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "fadump-internal.h"

/*
 * Programs parse these lines: columns, spaces and widths must not change. @label ends
 * with a colon.
 */
static void show_region(struct seq_file *m, const char *label, u64 base,
			u64 size, u64 dumped)
{
	seq_printf(m, "%s [%#016llx-%#016llx] %#llx bytes, Dumped: %#llx\n",
		   label, base, base + size - 1, size, dumped);
}

/* Programs add up the sizes in these lines for the size of the boot memory. */
static void show_boot_mem(struct seq_file *m, const struct fadump_copy *copy,
			  u32 nr, u64 top, bool is_dumped)
{
	u32 i;

	for (i = 0; i < nr && copy[i].src < top; i++)
		show_region(m, "DUMP:", copy[i].dest, copy[i].size,
			    is_dumped ? copy[i].size : 0);
}

/* Firmware that reserves memory for registers itself requests no size for it. */
static bool has_register_area(const struct fadump *f)
{
	return f->fw.cpu_size;
}

static void show_plan(struct seq_file *m, const struct fadump *f)
{
	const struct fadump_plan *plan = &f->plan;

	if (has_register_area(f)) {
		show_region(m, "CPU :", plan->cpu.base, plan->cpu.size, 0);
		show_region(m, "HPTE:", plan->hpte.base, plan->hpte.size, 0);
	}
	show_boot_mem(m, plan->copy, plan->nr_copies, plan->boot_mem_top, false);
}

static void show_dump(struct seq_file *m, const struct fadump *f)
{
	const struct fadump_dump *dump = &f->dump;
	u32 i;

	if (has_register_area(f)) {
		show_region(m, "CPU :", dump->cpu.base, dump->cpu.size,
			    dump->cpu.size);
		show_region(m, "HPTE:", dump->hpte.base, dump->hpte.size,
			    dump->hpte.size);
	}
	show_boot_mem(m, dump->copy, dump->nr_copies, dump->boot_mem_top, true);
	for (i = 0; i < f->unmoved.nr; i++)
		show_region(m, "    :", f->unmoved.r[i].base, f->unmoved.r[i].size,
			    f->unmoved.r[i].size);
}

static int show_regions(const struct fadump *f, void *arg)
{
	if (f->state == FADUMP_CAPTURED)
		show_dump(arg, f);
	else if (f->enabled)
		show_plan(arg, f);
	return 0;
}

static int fadump_region_show(struct seq_file *m, void *unused)
{
	return fadump_inspect(show_regions, m);
}
DEFINE_SHOW_ATTRIBUTE(fadump_region);

static const char * const state_name[] = {
	[FADUMP_OFF] = "off",
	[FADUMP_PLANNED] = "planned",
	[FADUMP_ARMED] = "armed",
	[FADUMP_CAPTURED] = "captured",
};

static void show_range(struct seq_file *m, const char *label,
		       const struct fadump_range *r)
{
	if (r->size)
		seq_printf(m, "%s: %#llx-%#llx (%llu bytes)\n", label, r->base,
			   fadump_range_end(r) - 1, r->size);
}

static void show_copies(struct seq_file *m, const struct fadump_copy *copy,
			u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++)
		seq_printf(m, "copy: %#llx -> %#llx (%llu bytes)\n", copy[i].src,
			   copy[i].dest, copy[i].size);
}

static void show_plan_layout(struct seq_file *m, const struct fadump *f)
{
	const struct fadump_range cma = fadump_cma_range();
	const struct fadump_plan *plan = &f->plan;

	seq_puts(m, "\nnext dump\n");
	seq_printf(m, "boot memory: %llu bytes up to %#llx\n",
		   plan->boot_mem_size, plan->boot_mem_top);
	show_range(m, "area", &plan->area);
	show_range(m, "CMA area", &cma);
	show_range(m, "boot arguments", &plan->param);
	show_range(m, "CPU", &plan->cpu);
	show_range(m, "HPTE", &plan->hpte);
	show_range(m, "crash info", &plan->info);
	show_range(m, "metadata", &plan->meta);
	show_copies(m, plan->copy, plan->nr_copies);
}

static void show_dump_layout(struct seq_file *m, const struct fadump *f)
{
	const struct fadump_dump *dump = &f->dump;
	u32 i;

	seq_puts(m, "\nthis dump\n");
	seq_printf(m, "boot memory: up to %#llx\n", dump->boot_mem_top);
	show_range(m, "area", &dump->area);
	show_range(m, "boot arguments", &dump->param);
	show_range(m, "CPU", &dump->cpu);
	show_range(m, "HPTE", &dump->hpte);
	seq_printf(m, "crash info: %#llx\n", dump->info_at);
	show_copies(m, dump->copy, dump->nr_copies);
	for (i = 0; i < f->unmoved.nr; i++)
		show_range(m, "preserved", &f->unmoved.r[i]);
}

static int show_layout(const struct fadump *f, void *arg)
{
	struct seq_file *m = arg;

	seq_printf(m, "firmware: %s\n", f->backend->name);
	seq_printf(m, "state: %s\n", state_name[f->state]);
	if (f->state == FADUMP_CAPTURED)
		show_dump_layout(m, f);
	if (f->enabled)
		show_plan_layout(m, f);
	return 0;
}

static int fadump_layout_show(struct seq_file *m, void *unused)
{
	return fadump_inspect(show_layout, m);
}
DEFINE_SHOW_ATTRIBUTE(fadump_layout);

/*
 * The kernel's documentation has specified the format of fadump_region since 2011;
 * fadump_layout shows what that format has no line for.
 */
static int __init fadump_debugfs_init(void)
{
	if (!fadump_is_supported())
		return 0;
	debugfs_create_file("fadump_region", 0444, arch_debugfs_dir, NULL,
			    &fadump_region_fops);
	debugfs_create_file("fadump_layout", 0444, arch_debugfs_dir, NULL,
			    &fadump_layout_fops);
	return 0;
}
fs_initcall(fadump_debugfs_init);
