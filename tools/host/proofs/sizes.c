// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proofs: ibm,configure-kernel-dump-sizes.
 */

#include "proof.h"

#include "../fuzz/sizes.c"

/* Two tuples, so that a type can be listed twice, and a part of one. */
/* cbmc: lib/rtas-format.c --unwind 9 --unwindset rtas_dump_sizes_decode.0:4 */
void proof_sizes(void)
{
	u8 buf[2 * RTAS_SIZES_TUPLE + 11];
	const struct fadump_bytes prop = proof_bytes(buf, sizeof(buf));
	struct rtas_dump_sizes sizes;

	rtas_dump_sizes_decode(&prop, &sizes);
	check_sizes(&sizes, prop.data, prop.len);
}
