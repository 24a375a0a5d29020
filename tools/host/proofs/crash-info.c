// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proofs: our crash-info record, all queries of a CPU, and the count of attempts.
 */

#include "proof.h"

#include "../fuzz/crash-info.c"

/* Up to two CPUs and a part of one; each is found by its index alone. */
/* cbmc: lib/crash-info-decode.c lib/crash-info-compat.c --unwind 9 */
void proof_crash_info_cpu(void)
{
	u8 buf[2 * sizeof(struct crash_info_cpu_ser) + 7];
	struct fadump_crash_info info = {
		.committed = nondet_bool(), .nr_cpus = nondet_u32(),
	};

	info.cpus = proof_bytes(buf, sizeof(buf));
	proof_assume(info.nr_cpus <= info.cpus.len / sizeof(struct crash_info_cpu_ser));
	query_cpu(&info, nondet_u32());
}

/* cbmc: lib/crash-info-decode.c --unwind 9 */
void proof_crash_info_attempts(void)
{
	struct crash_info_head_ser head;

	count_attempts((u8 *)&head);
}
