// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzer: ibm,kernel-dump, decoded and checked against RAM.
 */

#include "fuzz.h"

static void check_copy(const struct fadump_copy *c)
{
	u64 end;

	fuzz_must(c->size);
	fuzz_must(!check_add_overflow(c->src, c->size, &end));
	fuzz_must(!check_add_overflow(c->dest, c->size, &end));
}

/* All but the copies. */
static void check_dump(const struct fadump_dump *dump)
{
	u64 end;

	fuzz_must(dump->nr_copies <= RTAS_MAX_SECTIONS);
	fuzz_must(dump->param.size <= FADUMP_BOOTARGS_SZ);
	fuzz_must(!check_add_overflow(dump->cpu.base, dump->cpu.size, &end));
	fuzz_must(!check_add_overflow(dump->hpte.base, dump->hpte.size, &end));
	fuzz_must(!check_add_overflow(dump->area.base, dump->area.size, &end));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const struct fadump_bytes prop = fuzz_bytes(data, size);
	struct fadump_dump dump;
	u32 i;

	if (rtas_dump_decode(&prop, &dump))
		return 0;
	check_dump(&dump);
	fuzz_must(dump.boot_mem_top);
	fuzz_must(dump.cpu.size || dump.missing & BIT(FADUMP_MISSING_CPU_DATA));
	for (i = 0; i < dump.nr_copies; i++)
		check_copy(&dump.copy[i]);
	fuzz_bound(&dump);
	return 0;
}
