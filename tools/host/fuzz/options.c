// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzer: the value of fadump=, and command lines of capture kernels.
 */

#include <stdlib.h>

#include "fuzz.h"

static void try_mode(const char *value)
{
	const enum fadump_mode before = FADUMP_MODE_NOCMA + 1;
	enum fadump_mode mode = before;

	if (fadump_arguments_parse_mode(value, &mode))
		fuzz_must(mode == before);
	else
		fuzz_must(mode <= FADUMP_MODE_NOCMA);
}

/* -------- A command line -------- */

static size_t blacks(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += !strchr(" \t\n\v\f\r\xa0", *s);
	return n;
}

/* Words are moved, not changed, and no filtered word is in the result. */
static void check_suited(const char *before, char *line, const char *left_out,
			 size_t size)
{
	char *again = fuzz_copy(line, size), *rest = fuzz_copy(line, size);

	fuzz_must(blacks(before) == blacks(line) + blacks(left_out));
	fuzz_must(!fadump_arguments_filter(again, rest, size));
	fuzz_must(!strcmp(again, line));
	/* Filtering the removed words removes all of them again. */
	memcpy(again, left_out, strlen(left_out) + 1);
	fadump_arguments_filter(again, rest, size);
	fuzz_must(!*again && !strcmp(rest, left_out));
	free(rest);
	free(again);
}

/* In memory of exactly that size, which may be too small for the line. */
static void try_line(const char *text, size_t size)
{
	char *line = fuzz_copy(text, size), *before = fuzz_copy(text, size);
	char *left_out = malloc(size);
	size_t left;

	fuzz_must(left_out);
	before[size - 1] = '\0';
	left = fadump_arguments_filter(line, left_out, size);
	fuzz_must(left == strlen(left_out));
	fuzz_must(strlen(line) + left <= strlen(before));
	check_suited(before, line, left_out, size);
	free(left_out);
	free(before);
	free(line);
}

static const struct fadump_denied_argument *unsuited(u32 n)
{
	const struct fadump_denied_argument *u = fadump_denied_arguments;

	while (n-- && u[1].name)
		u++;
	return u;
}

/* One of the table is left out, whatever stands behind it. */
static void try_in_front(const char *text, const struct fadump_denied_argument *u)
{
	size_t size = strlen(text) + 80;
	char *line = malloc(size), *left_out = malloc(size);
	size_t left;

	fuzz_must(line && left_out);
	snprintf(line, size, "%s=5 %s", u->name, text);
	left = fadump_arguments_filter(line, left_out, size);
	fuzz_must(left >= strlen(u->name) + 2);
	fuzz_must(!strncmp(left_out, u->name, strlen(u->name)));
	fuzz_must(strlen(line) <= strlen(text));
	free(left_out);
	free(line);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *value = malloc(size + 1);

	fuzz_must(value);
	if (size)
		memcpy(value, data, size);
	value[size] = '\0';
	try_mode(value);
	try_line(value, size + 1);
	if (size)
		try_line(value, size);
	try_in_front(value, unsuited(size ? data[0] % 64 : 0));
	free(value);
	return 0;
}
