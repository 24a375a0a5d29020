/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzzers share. Each of them gives one decoder bytes that nobody
 * vouches for, in memory of just that length, and then holds the result against
 * what the decoder's own comment promises. ASan and UBSan watch meanwhile.
 *
 * Inputs are the formats themselves, with nothing around them, so that bytes
 * taken from a machine can be put into the corpus as they are. What a decoder
 * wants to know besides is chosen here.
 *
 * The checks are those of the suites in tests/; a check that fails ends the
 * program.
 */

#ifndef HOST_FUZZ_H
#define HOST_FUZZ_H

#include "tests/fadump-test.h"

#define fuzz_must(x)	HOST_CHECK(NULL, true, x, "expected %s to be true", #x)

/* For checks of the suites, which want to know what test they are of. */
#define FUZZ_TEST	NULL

#define FUZZ_MIB(n)	((u64)(n) << 20)

/*
 * The machine: RAM with a hole, in which firmware keeps a piece for itself.
 * Large enough for the dumps of machines in QEMU.
 *
 *	0          768  832            2048   3072           6144 MiB
 *	|   RAM     | fw |     RAM      |      |     RAM      |
 */
#define FUZZ_FIRMWARE_AT	FUZZ_MIB(768)
#define FUZZ_FIRMWARE_SZ	FUZZ_MIB(64)

extern const struct fadump_ranges fuzz_ram, fuzz_usable;

/* Linux numbers and firmware's, at both sides of every end. */
extern const u32 fuzz_cpus[];
extern const u32 fuzz_nr_cpus;

static inline struct fadump_bytes fuzz_bytes(const void *data, size_t size)
{
	return (struct fadump_bytes) { .data = data, .len = size };
}

/* A copy that may be written to, of just that length. */
void *fuzz_copy(const void *data, size_t size);

/* A dump as it was told, against RAM and against what is made of it. */
void fuzz_bound(const struct fadump_dump *told);

/* The entry that libFuzzer, or main.c, calls. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#endif /* HOST_FUZZ_H */
