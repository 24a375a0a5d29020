// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzer: the register save area.
 */

#include "fuzz.h"

/* @at: where the iterator was before this CPU. */
static void check_cpu(const struct fadump_cpu_iter *it, u64 at,
		      const struct fadump_cpu_regs *cpu)
{
	/* Each CPU must use at least one entry. */
	fuzz_must(it->at >= at + RTAS_REGSAVE_ENTRY_SZ);
	fuzz_must(it->at <= it->bytes.len);
	fuzz_must(cpu->regs[FADUMP_REG_CCR] <= U32_MAX);
	fuzz_must(cpu->regs[FADUMP_REG_DSISR] <= U32_MAX);
	/* Firmware has no entry for this register. */
	fuzz_must(!cpu->regs[FADUMP_REG_RESULT]);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const struct fadump_bytes area = fuzz_bytes(data, size);
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;
	u64 at;
	u32 n = 0;

	if (rtas_regsave_open(&it, &area, 0))
		return 0;
	for (at = it.at; rtas_regsave_next(&it, &cpu) > 0; at = it.at) {
		check_cpu(&it, at, &cpu);
		fuzz_must(++n <= min_t(u64, size / RTAS_REGSAVE_ENTRY_SZ,
				       FADUMP_MAX_CPUS));
	}
	fuzz_must(!rtas_regsave_next(&it, &cpu));
	return 0;
}
