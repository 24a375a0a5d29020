// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proofs: the register save area.
 */

#include "proof.h"

#include "../fuzz/regsave.c"

/* Head, an offset anywhere, and the count behind it: nothing else is read. */
/* cbmc: lib/rtas-regsave.c --unwind 49 */
void proof_regsave_open(void)
{
	u8 buf[sizeof(struct rtas_regsave_header_fw) + 16];
	const struct fadump_bytes area = proof_bytes(buf, sizeof(buf));
	struct fadump_cpu_iter it;

	if (rtas_regsave_open(&it, &area, nondet_u32()))
		return;
	fuzz_must(it.bytes.data == area.data && it.bytes.len == area.len);
	fuzz_must(it.at <= area.len);
	fuzz_must(it.left <= FADUMP_MAX_CPUS);
}

/*
 * One CPU from any position. Three entries and a partial one have all cases: a start,
 * something else before or after it, an end, and none of these where the data ends. One
 * more entry repeats the loops with the same state, a position and the registers so far.
 */
/* cbmc: lib/rtas-regsave.c --unwind 9 */
void proof_regsave_next(void)
{
	u8 buf[3 * RTAS_REGSAVE_ENTRY_SZ + 7];
	struct fadump_cpu_iter it = { .at = nondet_u64(), .left = nondet_u32() };
	struct fadump_cpu_regs cpu;
	const u64 at = it.at;
	const u32 left = it.left;

	it.bytes = proof_bytes(buf, sizeof(buf));
	proof_assume(at <= it.bytes.len);
	if (!rtas_regsave_next(&it, &cpu))
		return;
	check_cpu(&it, at, &cpu);
	fuzz_must(left && it.left == left - 1);
}
