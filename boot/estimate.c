// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Estimate the boot memory that a capture kernel needs, out of what early boot knows
 * about this kernel: the capture kernel is probably the same one.
 */

#include <linux/cpumask.h>
#include <linux/initrd.h>
#include <linux/kstrtox.h>
#include <linux/libfdt.h>
#include <linux/memblock.h>
#include <linux/mm_types.h>
#include <linux/of_fdt.h>

#include <asm/mmu.h>
#include <asm/page.h>
#include <asm/sections.h>
#include <asm/setup.h>

#include "boot/boot.h"

/* The capture kernel probably has the same mem=. */
static u64 __init ram_of_this_kernel(void)
{
	u64 total = memblock_phys_mem_size();

	return memory_limit ? min_t(u64, memory_limit, total) : total;
}

/* Bytes of boot memory for each page of RAM. */
static u64 __init cost_of_page(void)
{
	return sizeof(struct page) +
	       (IS_ENABLED(CONFIG_KASAN) ? PAGE_SIZE / 8 : 0);
}

/* The kernel itself evaluates disable_radix only later, when it sets up the MMU. */
static bool is_radix_disabled __initdata = !IS_ENABLED(CONFIG_PPC_RADIX_MMU_DEFAULT);

static int __init early_disable_radix(char *p)
{
	if (p)
		return kstrtobool(p, &is_radix_disabled);
	is_radix_disabled = true;
	return 0;
}
early_param("disable_radix", early_disable_radix);

/*
 * Where firmware lists the CPU's features, the kernel has not read that list yet:
 * early_radix_enabled() is only valid without one.
 */
static bool __init has_radix(void)
{
	int node = fdt_path_offset(initial_boot_params,
				   "/cpus/ibm,powerpc-cpu-features");

	if (node < 0)
		return early_radix_enabled();
	return fdt_subnode_offset(initial_boot_params, node, "mmu-radix") >= 0;
}

static bool __init makes_hash_table(const struct fadump_backend *backend)
{
	return backend->sizes_hash_table &&
	       IS_ENABLED(CONFIG_PPC_64S_HASH_MMU) &&
	       (is_radix_disabled || !has_radix());
}

/* Memory that cannot be deferred has its struct pages from the start. */
static bool __init has_pages_for_all_ram(const struct fadump_backend *backend)
{
	return !IS_ENABLED(CONFIG_MEMORY_HOTPLUG) || IS_ENABLED(CONFIG_KASAN) ||
	       makes_hash_table(backend);
}

/**
 * fadump_estimate_boot_mem - boot memory that a capture kernel probably needs
 * @backend: the kind of firmware
 * @fw: what the backend has read about it
 *
 * Context: early boot, real mode; memblock knows all RAM, early parameters have
 * been parsed.
 *
 * Return: bytes, no less than firmware needs.
 */
u64 __init fadump_estimate_boot_mem(const struct fadump_backend *backend,
				    const struct fadump_fw *fw)
{
	u64 ram = ram_of_this_kernel();
	u32 per_core, present = fadump_flat_threads(&per_core);
	const struct fadump_sizing s = {
		.page_size = PAGE_SIZE,
		.memmap_per_page = cost_of_page(),
		.image = _end - _text,
		.initrd = IS_ENABLED(CONFIG_BLK_DEV_INITRD) ?
			  phys_initrd_size : 0,
		.possible_cpus = min_t(u32, fw->nr_threads, nr_cpu_ids),
		.present_cpus = min_t(u32, present, nr_cpu_ids),
		.memmap_ram = has_pages_for_all_ram(backend) ? ram : 0,
		.hash_ram = makes_hash_table(backend) ? ram : 0,
		.min = fw->min_boot_mem,
		.max = ram / 4,
	};

	return fadump_sizing_estimate(&s);
}
