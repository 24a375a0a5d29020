// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Early boot: find the firmware and its dump, and reserve memory for that dump and
 * for the next one.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/memblock.h>
#include <linux/panic.h>
#include <linux/sizes.h>

#include <asm/page.h>
#include <asm/sections.h>
#include <asm/setup.h>

#include "boot/boot.h"
#include "memory/memory.h"

/* A constant table: the probe runs before any initcall could register a backend. */
const struct fadump_backend * const fadump_backends[] = {
#ifdef CONFIG_PPC_PSERIES
	&rtas_fadump_backend,
#endif
#ifdef CONFIG_PPC_POWERNV
	&opal_fadump_backend,
#endif
	NULL
};

/**
 * fadump_backend_at - the backend of a device tree node
 * @node: name of the node
 *
 * Return: the backend, or NULL.
 */
const struct fadump_backend *fadump_backend_at(const char *node)
{
	int i;

	for (i = 0; fadump_backends[i]; i++)
		if (!strcmp(node, fadump_backends[i]->node))
			break;
	return fadump_backends[i];
}

/**
 * fadump_probe - ask firmware what it can do and whether it has a dump
 * @f: the state, new
 * @backend: the backend
 * @node: its node in the flat tree
 *
 * Firmware has preserved memory even if its description of the dump cannot be
 * decoded. So the state becomes captured in that case too, and nothing overwrites
 * the memory.
 *
 * Context: early boot, real mode, memblock is empty.
 */
void __init fadump_probe(struct fadump *f, const struct fadump_backend *backend,
			 unsigned long node)
{
	int rc;

	if (backend->probe(node, &f->fw))
		return;
	f->backend = backend;
	if (!f->fw.dump.data)
		return;
	rc = backend->decode(&f->fw, &f->dump);
	if (rc == -ENODATA)
		return;
	f->state = FADUMP_CAPTURED;
	f->summary.outcome = FADUMP_OUTCOME_WAITING;
	f->summary.description = FADUMP_SOURCE_FIRMWARE;
	if (!rc)
		return;
	f->summary.description = FADUMP_SOURCE_NONE;
	f->dump.missing |= BIT(FADUMP_MISSING_DESCRIPTION);
	f->dump.boot_mem_top = 0;
	f->dump.nr_copies = 0;
}

/* -------- RAM and reserved ranges -------- */

/*
 * The address at which this kernel's RAM ends. mem= is a number of bytes of RAM, not
 * an address. The kernel rounds it down to 16 MiB.
 */
static u64 __init address_limit(const struct fadump_ranges *ram)
{
	u64 total = fadump_ranges_total(ram);

	return fadump_ranges_limit(ram, ALIGN_DOWN(memory_limit ?
				   min_t(u64, memory_limit, total) : total,
				   SZ_16M));
}

static struct fadump_range raw_array[FADUMP_MAX_RANGES] __initdata;
static struct fadump_range set_array[FADUMP_MAX_RANGES] __initdata;

/* Collect whole pages. A page with one reserved byte is a reserved page. */
static int __init collect_reserved(struct fadump *f)
{
	struct fadump_ranges raw = {
		.r = raw_array, .cap = ARRAY_SIZE(raw_array),
	};
	bool is_capture = f->state == FADUMP_CAPTURED;

	return fadump_reserved_collect(&raw) ?:
	       (is_capture ? 0 : fadump_reserved_gigantic(&raw)) ?:
	       fadump_ranges_round_out(&f->reserved, &raw, PAGE_SIZE);
}

/*
 * Firmware may own only a part of a 64 KiB page. A kernel with 4 KiB pages uses the
 * rest of that page, so the page is in @usable and firmware copies it. @fw_owned has
 * every page of this kernel in which firmware owns at least one byte.
 */
static int __init collect_usable(struct fadump *f)
{
	struct fadump_ranges raw = {
		.r = raw_array, .cap = ARRAY_SIZE(raw_array),
	};
	struct fadump_ranges whole = {
		.r = set_array, .cap = ARRAY_SIZE(set_array),
	};

	return fadump_reserved_firmware(&raw) ?:
	       fadump_ranges_round_out(&f->fw_owned, &raw, PAGE_SIZE) ?:
	       fadump_ranges_round_in(&whole, &raw, SZ_64K) ?:
	       fadump_ranges_copy(&f->usable, &f->ram) ?:
	       fadump_ranges_subtract_set(&f->usable, &whole);
}

static void __init collect_memory_map(struct fadump *f)
{
	f->has_memory_map = !(fadump_reserved_ram(&f->ram) ?:
			      collect_reserved(f) ?: collect_usable(f));
	if (!f->has_memory_map)
		pr_err("Too many pieces of memory, fadump is off\n");
	f->limit = address_limit(&f->ram);
}

/* -------- The next dump -------- */

static void __init report_no_plan(const struct fadump_request *req, int rc)
{
	switch (rc) {
	case -EINVAL:
		pr_err("Can't enable fadump with boot memory size (%#llx) less than %#llx\n",
		       req->boot_mem_size, req->min_boot_mem);
		break;
	case -E2BIG:
		pr_err("Too many holes in boot memory area to enable fadump\n");
		break;
	default:
		pr_err("Failed to find memory chunk for reservation!\n");
		break;
	}
}

/* @floor: lowest address of the dump area */
static int __init make_plan(struct fadump *f, u64 boot_mem_size, u64 floor)
{
	const struct fadump_backend *backend = f->backend;
	const struct fadump_fw *fw = &f->fw;
	struct fadump_request req = {
		.boot_mem_size = boot_mem_size,
		.min_boot_mem = fw->min_boot_mem,
		.max_copies = backend->max_copies,
		.max_copy = backend->max_copy,
		.cpu_size = fw->cpu_size,
		.hpte_size = fw->hpte_size,
		.info_size = CRASH_INFO_OFFSET + fadump_crash_info_size(NR_CPUS),
		.meta_size = fw->meta_size,
		.param_size = FADUMP_BOOTARGS_SZ,
		.window = fw->window,
		.floor = floor,
		.ceiling = f->limit,
		/* The capture kernel's pages may be larger than ours. */
		.page_size = max_t(u64, PAGE_SIZE, SZ_64K),
	};
	int rc;

	rc = fadump_layout_plan(&f->usable, &f->reserved, &req, &f->plan);
	if (rc) {
		report_no_plan(&req, rc);
		return rc;
	}
	/* A bug in the layout code must not hand out reserved memory. */
	if (WARN_ON(fadump_ranges_overlap(&f->reserved, f->plan.area.base,
					  f->plan.area.size)))
		return -EFAULT;
	return 0;
}

static int __init plan_production(struct fadump *f, u64 boot_mem_size)
{
	int rc = make_plan(f, boot_mem_size, 0);

	if (rc)
		return rc;
	rc = memblock_reserve(f->plan.area.base, f->plan.area.size);
	if (rc) {
		pr_err("Failed to reserve memory!\n");
		return rc;
	}
	f->state = FADUMP_PLANNED;
	f->enabled = true;
	if (f->mode == FADUMP_MODE_ON)
		fadump_cma_plan(&f->plan.cma);
	pr_info("Reserved %lluMB of memory at %#016llx (System RAM: %lluMB)\n",
		f->plan.area.size / SZ_1M, f->plan.area.base,
		(u64)memblock_phys_mem_size() / SZ_1M);
	pr_info("Boot memory is %lluMB, a capture is expected to need %lluMB\n",
		f->plan.boot_mem_size / SZ_1M, f->estimate / SZ_1M);
	return 0;
}

/* -------- The dump that is waiting -------- */

/* Reserve all memory that the crashed kernel used and this one does not. */
static int __init preserve(struct fadump *f)
{
	u64 top = f->dump.boot_mem_top, end = memblock_end_of_DRAM();
	u32 i;
	int rc;

	/*
	 * Make one reservation, holes in RAM included. This early in boot memblock
	 * has a fixed number of entries, and RAM may have as many pieces. The
	 * reservation also covers RAM that did not fit into the set @ram.
	 */
	rc = top < end ? memblock_reserve(top, end - top) : 0;
	if (rc || !f->has_memory_map)
		return rc;
	rc = fadump_ranges_copy(&f->unmoved, &f->ram) ?:
	     fadump_ranges_subtract(&f->unmoved, 0, top);
	for (i = 0; !rc && i < f->unmoved.nr; i++)
		pr_info("Reserving %lluMB of memory at %#016llx for preserving crash data\n",
			f->unmoved.r[i].size / SZ_1M, f->unmoved.r[i].base);
	return rc;
}

/*
 * The end of the crashed kernel's boot memory if firmware does not tell it. That
 * kernel probably had this command line, so take the size that the command line asks
 * for. If it asks for none, that kernel used its own estimate. This kernel does not
 * know that estimate, but it was at least firmware's minimum.
 */
static u64 __init guess_top(const struct fadump *f, u64 asked)
{
	u64 guess = asked ?: f->fw.min_boot_mem;

	return ALIGN(fadump_ranges_limit(&f->usable, guess), SZ_64K);
}

/*
 * The area of the next dump lies in memory of this dump, so nothing uses that area
 * before the release.
 */
static void __init plan_capture(struct fadump *f, u64 boot_mem_size, u64 asked)
{
	pr_info("Firmware-assisted dump is active.\n");
	fadump_dump_validate(&f->dump, &f->ram, &f->usable, __pa(_end),
			     guess_top(f, asked), PAGE_SIZE);
	f->kept_from = f->dump.boot_mem_top;
	f->boot_mem = fadump_ranges_total_below(&f->usable, f->kept_from);
	fadump_hugetlb_disable();
	if (preserve(f))
		panic("fadump: cannot reserve the dump's memory, booting would overwrite it\n");
	f->enabled = f->has_memory_map && f->mode != FADUMP_MODE_OFF &&
		     !make_plan(f, boot_mem_size, f->kept_from);
}

/**
 * fadump_reserve - set memory aside for the waiting dump or for the next one
 * @f: the state, after fadump_probe()
 *
 * Context: early boot, real mode; memblock knows all RAM, and of the reserved ranges
 * only those of the kernel itself.
 *
 * Return: 1 if kdump must not reserve memory, 0 if it may.
 */
int __init fadump_reserve(struct fadump *f)
{
	bool is_wanted, is_capture = f->state == FADUMP_CAPTURED;
	u64 asked, boot_mem_size;

	f->mode = fadump_cmdline_mode();
	is_wanted = f->mode != FADUMP_MODE_OFF;
	if (!f->backend) {
		if (is_wanted)
			pr_info("Firmware-Assisted Dump is not supported on this hardware\n");
		return 0;
	}
	f->estimate = fadump_estimate_boot_mem(f->backend, &f->fw);
	if (!is_wanted && !is_capture)
		return 0;
	collect_memory_map(f);
	asked = fadump_cmdline_boot_mem();
	boot_mem_size = asked ?: f->estimate;
	if (is_capture) {
		plan_capture(f, boot_mem_size, asked);
		return 1;
	}
	return f->has_memory_map && !plan_production(f, boot_mem_size);
}

/* -------- Once the type of the MMU is known -------- */

/*
 * Free the holes in RAM that preserve() has reserved. Linux 6.12 initializes a
 * struct page for each reserved page, and a hole may be TiBs large.
 */
static void __init free_holes(const struct fadump *f)
{
	u64 at = f->dump.boot_mem_top;
	u32 i;

	for (i = 0; i < f->unmoved.nr; i++) {
		const struct fadump_range *r = &f->unmoved.r[i];

		if (at < r->base)
			memblock_phys_free(at, r->base - at);
		at = fadump_range_end(r);
	}
}

static void __init choose_deferred(struct fadump *f)
{
	struct fadump_ranges set = {
		.r = set_array, .cap = ARRAY_SIZE(set_array),
	};

	if (fadump_releasable(f, &set) ||
	    (f->backend->needs_end_of_ram &&
	     fadump_ranges_subtract(&set, f->limit - 1, 1)) ||
	    fadump_ranges_round_in(&f->deferred, &set, fadump_deferred_block()))
		f->deferred.nr = 0;
}

/* Defer most of the dump's memory until the release. */
static void __init defer_memory(struct fadump *f)
{
	const char *why_not = fadump_deferred_why_not(f->backend);

	if (why_not || !f->has_memory_map) {
		pr_info("No memory is deferred, all of it has struct pages: %s\n",
			why_not ?: "the map of memory is not complete");
		return;
	}
	choose_deferred(f);
	fadump_deferred_remove(&f->deferred);
	pr_info("%lluMB of the dump's memory are deferred until release\n",
		fadump_ranges_total(&f->deferred) / SZ_1M);
}

/**
 * fadump_reserve_late - reserve what depends on the type of the MMU
 * @f: the state, after fadump_reserve()
 *
 * Context: early boot, real mode, before the linear mapping is made.
 */
void __init fadump_reserve_late(struct fadump *f)
{
	if (f->enabled)
		fadump_bootargs_place(&f->plan.param);
	/*
	 * Without boot arguments drop the window, too. Other kernels would take the
	 * window's section for the section of the boot arguments.
	 */
	if (f->enabled && !f->plan.param.size)
		fadump_layout_drop_window(&f->plan);
	if (f->state != FADUMP_CAPTURED)
		return;
	fadump_hugetlb_allow_setup();
	free_holes(f);
	defer_memory(f);
}
