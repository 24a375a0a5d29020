/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the fuzzers. Each of them gives untrusted bytes to one decoder, in
 * memory of exactly that length, and compares the result with the decoder's
 * kernel-doc. ASan and UBSan are on.
 *
 * Inputs are in the decoders' formats without a header, so that bytes of a
 * machine can be put into the corpus unchanged. The decoder's other parameters
 * are fixed here.
 *
 * The checks are those of the suites in tests/; a failed check ends the
 * program.
 */

#ifndef HOST_FUZZ_H
#define HOST_FUZZ_H

#include "tests/lib/fadump-test.h"

#define fuzz_must(x)	HOST_CHECK(NULL, true, x, "expected %s to be true", #x)

/* The test parameter of the suites' checks. */
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

/* CPU numbers of Linux and of firmware, on both sides of every limit. */
extern const u32 fuzz_cpus[];
extern const u32 fuzz_nr_cpus;

static inline struct fadump_bytes fuzz_bytes(const void *data, size_t size)
{
	return (struct fadump_bytes) { .data = data, .len = size };
}

/* A writable copy of exactly that length. */
void *fuzz_copy(const void *data, size_t size);

/* Check a decoded dump against RAM, and the data made from it. */
void fuzz_bound(const struct fadump_dump *told);

/* The entry point for libFuzzer or main.c. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#endif /* HOST_FUZZ_H */
