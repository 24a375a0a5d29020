// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proofs: VMCOREINFO in unverified memory.
 */

#include "proof.h"

#include "../fuzz/vmcoreinfo.c"

/* A text of two words and a part of one, and any size of the note. */
/* cbmc: lib/vmcoreinfo.c --unwind 13 */
void proof_vmcoreinfo_wrap(void)
{
	const struct fadump_bytes text = proof_alloc(9);
	const u64 cap = nondet_u64();
	u8 buf[64];
	u64 size;

	proof_assume(cap <= sizeof(buf));
	size = fadump_vmcoreinfo_wrap(&text, buf + (sizeof(buf) - cap), cap);
	fuzz_must(size <= cap);
	fuzz_must(!size || size > text.len);
}
