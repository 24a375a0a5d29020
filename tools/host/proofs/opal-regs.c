// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proofs: OPAL's register data of threads.
 */

#include "proof.h"

#include "../fuzz/opal-regs.c"

/* Any length: nothing is read yet. */
/* cbmc: lib/opal-regs.c --unwind 1 */
void proof_opal_regs_open(void)
{
	const struct fadump_bytes data = fuzz_bytes(NULL, nondet_u64());
	const u32 step = nondet_u32();
	struct fadump_cpu_iter it;

	if (opal_regs_open(&it, &data, step))
		return;
	fuzz_must(it.left && it.left <= FADUMP_MAX_CPUS);
	fuzz_must(it.step == step && !it.at && !it.skipped);
}

/*
 * One thread, the first of the data: the place of another is only added to the address. It
 * has room for a head, two registers and a part of one; each entry is read like the first.
 * A thread that is skipped begins the loop again with the next one.
 */
/* cbmc: lib/opal-regs.c --unwind 9 --unwindset opal_regs_next.0:2,decode_thread.0:4 */
void proof_opal_regs_next(void)
{
	u8 buf[sizeof(struct opal_thread_fw) + 2 * sizeof(struct opal_reg_fw) + 7];
	struct fadump_cpu_iter it = { .left = nondet_bool(), .step = nondet_u32() };
	const u32 left = it.left;
	struct fadump_cpu_regs cpu;

	it.bytes = proof_bytes(buf, sizeof(buf));
	proof_assume(it.step >= sizeof(struct opal_thread_fw) && it.step <= it.bytes.len);
	if (opal_regs_next(&it, &cpu))
		check_thread(&it, &cpu);
	fuzz_must(!it.left && it.skipped <= left);
	fuzz_must(it.at == left * it.step);
}
