// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proofs: the value of fadump=, the filter of the command line, and extra boot arguments
 * in memory of the crashed kernel.
 */

#include "proof.h"

#include "../fuzz/bootargs.c"

/* Six characters and any size of the result, also one that is too small. */
/* cbmc: lib/arguments.c --unwind 8 */
void proof_arguments_clean(void)
{
	u8 buf[6];
	const struct fadump_bytes raw = proof_bytes(buf, sizeof(buf));
	const size_t cap = nondet_u64(), k = nondet_u64();
	size_t len;
	char out[8];

	proof_assume(cap && cap <= sizeof(out));
	len = fadump_arguments_clean(&raw, out + (sizeof(out) - cap), cap);
	check_cleaned(&raw, out + (sizeof(out) - cap), len, cap);
	if (k < len)
		check_char(out[sizeof(out) - cap + k]);
}

/* Longer values than "nocma" differ from it where it ends. */
/* cbmc: lib/arguments.c --unwind 8 */
void proof_arguments_mode(void)
{
	const enum fadump_mode before = FADUMP_MODE_NOCMA + 1;
	enum fadump_mode mode = before;
	char value[7];

	value[sizeof(value) - 1] = '\0';
	if (fadump_arguments_parse_mode(nondet_bool() ? value : NULL, &mode))
		fuzz_must(mode == before);
	else
		fuzz_must(mode <= FADUMP_MODE_NOCMA);
}
