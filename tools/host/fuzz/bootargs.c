// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzer: extra boot arguments in memory of the crashed kernel.
 */

#include <stdlib.h>

#include "fuzz.h"

static void check_char(char c)
{
	fuzz_must(c >= ' ' && c <= '~');
}

static void check_cleaned(const struct fadump_bytes *raw, const char *out, size_t len,
			  size_t cap)
{
	fuzz_must(len < cap && len <= raw->len);
	fuzz_must(!out[len]);
	fuzz_must(!len || out[len - 1] != ' ');
}

static void clean(const struct fadump_bytes *raw, size_t cap)
{
	char *out = malloc(cap);
	size_t i, len;

	fuzz_must(out);
	memset(out, 0xa5, cap);
	len = fadump_arguments_clean(raw, out, cap);
	check_cleaned(raw, out, len, cap);
	for (i = 0; i < len; i++)
		check_char(out[i]);
	free(out);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const struct fadump_bytes raw = fuzz_bytes(data, size);
	const size_t caps[] = { 1, 2, 16, size ?: 1, size + 1, FADUMP_BOOTARGS_SZ };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(caps); i++)
		clean(&raw, caps[i]);
	return 0;
}
