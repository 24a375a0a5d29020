// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proofs: legacy records, in both byte orders.
 */

#include "proof.h"

#include "../fuzz/compat.c"

/* All of a FADMPSIG record, the longer one, with two words of a mask. */
/* cbmc: lib/crash-info-compat.c lib/crash-info-decode.c --unwind 45 */
void proof_compat_decode(void)
{
	const struct fadump_bytes rec = proof_alloc(FADMPSIG_REGS + FADMP_REGS_SZ + 16);
	struct fadump_crash_info info;

	if (!fadump_compat_decode(&rec, &info))
		check(&info, &rec);
}

/* The mask of any record: two words and a part of one. */
/* cbmc: lib/crash-info-compat.c lib/crash-info-decode.c --unwind 9 */
void proof_compat_cpu(void)
{
	struct fadump_crash_info info = { .is_legacy = true, .little_endian = nondet_bool() };
	u8 buf[23];

	info.mask = proof_bytes(buf, sizeof(buf));
	check_cpu(&info, nondet_u32());
}
