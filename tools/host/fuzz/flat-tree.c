// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzer: a flat device tree in early boot: reserved ranges, RAM, and firmware's
 * properties of a dump. The files under test are those of the kernel; include/ has
 * replacements for the headers that they include.
 */

#include <linux/init.h>

#include "boot/boot.h"
#include "fuzz.h"

const void *initial_boot_params;
int dt_root_addr_cells, dt_root_size_cells;
u64 phys_initrd_start = FUZZ_MIB(64), phys_initrd_size = FUZZ_MIB(8);
const struct fadump_ranges *host_ram = &fuzz_ram, *host_reserved;

static void check_set(const struct fadump_ranges *set)
{
	u64 end;
	u32 i;

	fuzz_must(set->nr <= set->cap);
	for (i = 0; i < set->nr; i++) {
		fuzz_must(set->r[i].size);
		fuzz_must(!check_add_overflow(set->r[i].base, set->r[i].size, &end));
		if (i)
			fuzz_must(fadump_range_end(&set->r[i - 1]) < set->r[i].base);
	}
}

static void collect(void)
{
	struct fadump_range r[4][FADUMP_MAX_RANGES];
	struct fadump_ranges reserved = { .r = r[0], .cap = FADUMP_MAX_RANGES };
	struct fadump_ranges kept = { .r = r[1], .cap = FADUMP_MAX_RANGES };
	struct fadump_ranges all = { .r = r[2], .cap = FADUMP_MAX_RANGES };
	struct fadump_ranges gigantic = { .r = r[3], .cap = FADUMP_MAX_RANGES };
	int reserved_rc = fadump_reserved_collect(&reserved);
	int kept_rc = fadump_reserved_firmware(&kept);
	u32 i;

	check_set(&reserved);
	check_set(&kept);
	fuzz_must(!fadump_reserved_gigantic(&gigantic) || gigantic.nr == gigantic.cap);
	check_set(&gigantic);
	fuzz_must(fadump_ranges_end(&gigantic) <= fadump_ranges_end(&fuzz_ram));
	fuzz_must(!fadump_reserved_ram(&all));
	fuzz_must(fadump_ranges_total(&all) == fadump_ranges_total(&fuzz_ram));
	if (reserved_rc)
		return;
	/* Memory that firmware keeps must be reserved. */
	fuzz_must(!kept_rc);
	for (i = 0; i < kept.nr; i++)
		fuzz_must(fadump_ranges_cover(&reserved, kept.r[i].base,
					      kept.r[i].size));
	fuzz_must(fadump_ranges_cover(&reserved, phys_initrd_start, phys_initrd_size));
}

static void query_ram(u64 addr)
{
	u64 size = fadump_flat_ram_from(addr);

	/* The last byte must be RAM too. */
	if (size)
		fuzz_must(fadump_flat_ram_from(addr + size - 1));
}

static void query_rtas(unsigned long node)
{
	struct fadump_bytes prop = fadump_flat_prop(node, "ibm,kernel-dump");
	struct rtas_dump_sizes sizes;
	struct fadump_dump dump;

	if (!rtas_dump_decode(&prop, &dump))
		fuzz_bound(&dump);
	prop = fadump_flat_prop(node, "ibm,configure-kernel-dump-sizes");
	rtas_dump_sizes_decode(&prop, &sizes);
}

/* Try all properties in each node. */
static void query_node(int node)
{
	struct fadump_bytes reg = fadump_flat_prop(node, "reg");
	struct fadump_bytes area = fadump_flat_prop(node, "fw-load-area");
	u64 at, end;

	opal_load_area_end(&area, &end);
	for (at = 0; fadump_bytes_has(&reg, at, 8) && at < 256; at += 4) {
		query_ram(fadump_be32_at(&reg, at));
		query_ram(fadump_be64_at(&reg, at));
	}
	query_rtas(node);
}

static u32 cells_or(const char *name, u32 cells)
{
	struct fadump_bytes b = fadump_flat_prop(of_get_flat_dt_root(), name);

	return b.len < 4 ? cells : fadump_be32_at(&b, 0);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static const u64 places[] = {
		0, 1, FUZZ_FIRMWARE_AT, FUZZ_MIB(2048) - 1, FUZZ_MIB(2048),
		FUZZ_MIB(3072), 1ULL << 32, 1ULL << 63, U64_MAX,
	};
	static struct fadump_range rtas = { FUZZ_MIB(767), FUZZ_MIB(1) };
	static const struct fadump_ranges reserved = { .r = &rtas, .nr = 1 };
	int node;
	u32 i;

	/* Early boot relies on the structure of the tree. */
	if (fdt_check_full(data, size))
		return 0;
	initial_boot_params = data;
	host_reserved = &reserved;
	dt_root_addr_cells = cells_or("#address-cells", 1);
	dt_root_size_cells = cells_or("#size-cells", 1);
	collect();
	for (i = 0; i < ARRAY_SIZE(places); i++)
		query_ram(places[i]);
	for (node = 0; node >= 0; node = fdt_next_node(data, node, NULL))
		query_node(node);
	return 0;
}
