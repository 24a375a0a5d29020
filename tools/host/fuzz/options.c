// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzer: the value of fadump=, and the filter of the command line.
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

static size_t count_nonblank(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += !strchr(" \t\n\v\f\r\xa0", *s);
	return n;
}

/* Words must not change, and no denied one may remain. */
static void check_filtered(const char *before, char *line, const char *removed,
			   size_t size)
{
	char *again = fuzz_copy(line, size), *rest = fuzz_copy(line, size);

	fuzz_must(count_nonblank(before) == count_nonblank(line) + count_nonblank(removed));
	fuzz_must(!fadump_arguments_filter(again, rest, size));
	fuzz_must(!strcmp(again, line));
	/* All removed words must be denied. */
	memcpy(again, removed, strlen(removed) + 1);
	fadump_arguments_filter(again, rest, size);
	fuzz_must(!*again && !strcmp(rest, removed));
	free(rest);
	free(again);
}

/* The buffer has exactly this size, which may be too small for the line. */
static void try_line(const char *text, size_t size)
{
	char *line = fuzz_copy(text, size), *before = fuzz_copy(text, size);
	char *removed = malloc(size);
	size_t left;

	fuzz_must(removed);
	before[size - 1] = '\0';
	left = fadump_arguments_filter(line, removed, size);
	fuzz_must(left == strlen(removed));
	fuzz_must(strlen(line) + left <= strlen(before));
	check_filtered(before, line, removed, size);
	free(removed);
	free(before);
	free(line);
}

static const struct fadump_denied_argument *find_denied(u32 n)
{
	const struct fadump_denied_argument *arg = fadump_denied_arguments;

	while (n-- && arg[1].name)
		arg++;
	return arg;
}

/* A denied argument must be removed, whatever follows it. */
static void try_in_front(const char *text, const struct fadump_denied_argument *arg)
{
	size_t size = strlen(text) + 80;
	char *line = malloc(size), *removed = malloc(size);
	size_t left;

	fuzz_must(line && removed);
	snprintf(line, size, "%s=5 %s", arg->name, text);
	left = fadump_arguments_filter(line, removed, size);
	fuzz_must(left >= strlen(arg->name) + 2);
	fuzz_must(!strncmp(removed, arg->name, strlen(arg->name)));
	fuzz_must(strlen(line) <= strlen(text));
	free(removed);
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
	try_in_front(value, find_denied(size ? data[0] % 64 : 0));
	free(value);
	return 0;
}
