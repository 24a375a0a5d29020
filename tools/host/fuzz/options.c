// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzer: the values of fadump= and crashkernel=, and sizes in general.
 */

#include <stdlib.h>

#include "fuzz.h"

static void try_mode(const char *value)
{
	const enum fadump_mode before = FADUMP_MODE_NOCMA + 1;
	enum fadump_mode mode = before;

	if (fadump_option_mode(value, &mode))
		fuzz_must(mode == before);
	else
		fuzz_must(mode <= FADUMP_MODE_NOCMA);
}

/* What the C library makes of it, which takes more, but nothing else. */
static u64 by_library(const char *value)
{
	const char *at, *suffixes = "kmgtpe";
	char *end;
	u64 v = strtoull(value, &end, 0);

	for (at = suffixes; *end && *at; at++)
		if (*at == (*end | 0x20))
			return v << 10 * (at - suffixes + 1);
	return v;
}

static void try_bytes(const char *value)
{
	struct fadump_size_option opt;
	u64 bytes;

	if (fadump_option_bytes(value, &bytes))
		return;
	fuzz_must(bytes == by_library(value));
	fuzz_must(!fadump_option_size(value, 0, &opt));
	fuzz_must(opt.size == bytes && !opt.has_offset);
}

static void try_size(const char *value)
{
	static const u64 machines[] = {
		0, 1, FUZZ_MIB(512), FUZZ_MIB(4096), 1ULL << 46, U64_MAX,
	};
	struct fadump_size_option opt, first;
	u32 i;
	int rc;

	rc = fadump_option_size(value, 0, &first);
	for (i = 0; i < ARRAY_SIZE(machines); i++) {
		/* A mistake is one on every machine. */
		fuzz_must(fadump_option_size(value, machines[i], &opt) == rc);
		if (rc)
			fuzz_must(!opt.size && !opt.has_offset);
		else
			fuzz_must(opt.has_offset == first.has_offset);
	}
	if (fadump_option_is_kdumps(value))
		fuzz_must(rc);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *value = malloc(size + 1);

	fuzz_must(value);
	if (size)
		memcpy(value, data, size);
	value[size] = '\0';
	try_mode(value);
	try_bytes(value);
	try_size(value);
	free(value);
	return 0;
}
