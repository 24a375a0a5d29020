// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * In place of libFuzzer: runs the fuzzer with each file that is named, then with
 * shorter ones and with single bits of it changed. For compilers that have no
 * libFuzzer, and for the corpus.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_FILE	(1 << 20)

/* Of a larger file, not every bit. */
#define MAX_CHANGES	4000

/* Formats have their borders at multiples of this. */
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
	printf("ok   inspect     replay: %d files, %lu inputs\n", argc - 1, inputs);
	return argc < 2;
}
