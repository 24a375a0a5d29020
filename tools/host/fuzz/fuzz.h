/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the fuzzers. Each fuzzer passes arbitrary bytes to one decoder, in a buffer
 * of exactly that length, and checks the result against the guarantees in the comment of
 * the decoder. ASan and UBSan are enabled.
 *
 * Inputs are the formats themselves, without a header, so that data from a machine can be
 * added to the corpus. The fuzzer chooses the other arguments of a decoder.
 *
 * Checks are those of the suites in tests/lib/; a check that fails ends the program.
 */

#ifndef HOST_FUZZ_H
#define HOST_FUZZ_H

#include "tests/lib/fadump-test.h"

#define fuzz_must(x)	HOST_CHECK(NULL, true, x, "expected %s to be true", #x)

/* The struct kunit that checks of the suites need. */
#define FUZZ_TEST	NULL

#define FUZZ_MIB(n)	((u64)(n) << 20)

/*
 * The machine: RAM with a hole; firmware keeps one range. Large enough for the dumps of
 * machines in QEMU.
 *
 *	0          768  832            2048   3072           6144 MiB
 *	|   RAM     | fw |     RAM      |      |     RAM      |
 */
#define FUZZ_FIRMWARE_AT	FUZZ_MIB(768)
#define FUZZ_FIRMWARE_SZ	FUZZ_MIB(64)

extern const struct fadump_ranges fuzz_ram, fuzz_usable;

/* Linux numbers and hardware ids, at both sides of every limit. */
extern const u32 fuzz_cpus[];
extern const u32 fuzz_nr_cpus;

static inline struct fadump_bytes fuzz_bytes(const void *data, size_t size)
{
	return (struct fadump_bytes) { .data = data, .len = size };
}

/* A copy of exactly this length that may be changed. */
void *fuzz_copy(const void *data, size_t size);

/* Check what fadump_dump_bound() makes of a decoded dump. */
void fuzz_bound(const struct fadump_dump *decoded);

/* The entry point for libFuzzer or main.c. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#endif /* HOST_FUZZ_H */
