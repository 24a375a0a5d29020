/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the proofs. A proof is a function that reads like a test: it calls library
 * code with arbitrary values and checks the result. cbmc then shows, for all values at
 * once, that every check holds, that no access is outside of an object, that no signed
 * arithmetic overflows, no shift is too long, and that every loop ends.
 *
 * Behind the end of an array cbmc sees an access only if it is outside of the structure too,
 * so each proof checks the count of an array.
 *
 * cbmc unrolls loops, so the input must have a limit; each proof says which, and why a
 * longer input has no new cases. A loop over many entries is proved by one step from an
 * arbitrary state: then any number of steps is right.
 *
 * Variables that are not initialized have any value, and so has what nondet_*() returns;
 * proof_assume() restricts them. The checks are those of the fuzzers.
 */

#ifndef HOST_PROOF_H
#define HOST_PROOF_H

#include <stdlib.h>

#include "../fuzz/fuzz.h"

/* The text of a check is the name of the property. */
#undef fuzz_must
#define fuzz_must(x)	__CPROVER_assert(x, #x)

bool nondet_bool(void);
u8 nondet_u8(void);
u32 nondet_u32(void);
u64 nondet_u64(void);

#define proof_assume(x)	__CPROVER_assume(x)

/* Any length up to that of the buffer. Its end is that of the buffer: see overruns. */
static inline struct fadump_bytes proof_bytes(const u8 *buf, size_t size)
{
	u64 len = nondet_u64();

	proof_assume(len <= size);
	return fuzz_bytes(buf + (size - len), len);
}

/*
 * The same in memory of exactly that length. Faster if the places that are read do not
 * depend on the data.
 */
static inline struct fadump_bytes proof_alloc(size_t size)
{
	size_t len = nondet_u64();
	u8 *data;

	proof_assume(len <= size);
	data = malloc(len);
	proof_assume(data);
	return fuzz_bytes(data, len);
}

#endif /* HOST_PROOF_H */
