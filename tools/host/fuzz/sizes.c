// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzer: ibm,configure-kernel-dump-sizes, and the size of the slot computed from it.
 */

#include "fuzz.h"

/* The largest size of a type, computed in another way. */
static u64 find_largest(const u8 *data, size_t size, u32 type)
{
	const u8 *p, *end = data + size / RTAS_SIZES_TUPLE * RTAS_SIZES_TUPLE;
	u64 found = 0;

	for (p = data; p < end; p += RTAS_SIZES_TUPLE)
		if (get_unaligned_be32(p) == type)
			found = max(found, get_unaligned_be64(p + 4));
	return found;
}

static void check_sizes(const struct rtas_dump_sizes *sizes, const u8 *data, size_t size)
{
	fuzz_must(sizes->cpu == find_largest(data, size, RTAS_SECTION_CPU));
	fuzz_must(sizes->hpte == find_largest(data, size, RTAS_SECTION_HPTE));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const struct fadump_bytes prop = fuzz_bytes(data, size);
	struct rtas_dump_sizes sizes;
	u32 i;

	rtas_dump_sizes_decode(&prop, &sizes);
	check_sizes(&sizes, data, size);
	for (i = 0; i < fuzz_nr_cpus; i++) {
		u64 slot = rtas_cpu_slot_size(&sizes, fuzz_cpus[i]);

		fuzz_must(slot >= sizes.cpu);
		fuzz_must(slot / RTAS_REGSAVE_THREAD_SZ >= fuzz_cpus[i]);
	}
	return 0;
}
