// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Replaces libFuzzer: runs a fuzzer once with each file of the command line. For
 * compilers without libFuzzer, and for the corpus.
 */

#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

static u8 *read_all(FILE *f, size_t *size)
{
	long end;
	u8 *data;

	if (fseek(f, 0, SEEK_END))
		return NULL;
	end = ftell(f);
	if (end < 0)
		return NULL;
	rewind(f);
	*size = end;
	data = malloc(*size ?: 1);
	if (data && fread(data, 1, *size, f) == *size)
		return data;
	free(data);
	return NULL;
}

/* The buffer has exactly the length of the file. */
static int run(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t size;
	u8 *data = f ? read_all(f, &size) : NULL;

	if (!data) {
		perror(path);
		return 1;
	}
	fclose(f);
	fprintf(stderr, "Running: %s\n", path);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (run(argv[i]))
			return 1;
	fprintf(stderr, "Executed %d inputs\n", argc - 1);
	return argc < 2;
}
