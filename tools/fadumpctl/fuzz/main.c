// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Replaces libFuzzer, for compilers without it and for the corpus: runs the fuzzer with
 * each file of the command line, then with parts of it and with single bits changed.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_FILE	(1 << 20)

/* In a larger file, not every bit is changed. */
#define MAX_CHANGES	4000

/* Parts of the formats begin at multiples of this. */
#define BLOCK		512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t data[MAX_FILE];
static unsigned long inputs;

static void run(size_t size)
{
	LLVMFuzzerTestOneInput(data, size);
	inputs++;
}

static void run_variants(size_t size)
{
	size_t bits = size * 8, step = bits / MAX_CHANGES + 1, bit, len;

	for (len = 0; len < size; len += size / 500 + 1)
		run(len);
	for (len = 0; len < size; len += BLOCK)
		run(len);
	for (bit = 0; bit < bits; bit += step) {
		data[bit / 8] ^= 1U << bit % 8;
		run(size);
		data[bit / 8] ^= 1U << bit % 8;
	}
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		size_t size = f ? fread(data, 1, sizeof(data), f) : 0;

		if (!f || ferror(f)) {
			perror(argv[i]);
			return 1;
		}
		fclose(f);
		run(size);
		run_variants(size);
	}
	printf("ok   core        replay: %d files, %lu inputs\n", argc - 1, inputs);
	return argc < 2;
}
