// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The pattern of fadumpctl test --thorough. It is computed, so that only its seed must be
 * stored.
 *
 * A page begins with a magic number, the seed, and the physical address that the page had.
 * The address tells where a misplaced page belongs. All words are little-endian on any
 * machine.
 */

#include <endian.h>
#include <limits.h>
#include <string.h>

#include "lib/source.h"
#include "selftest/pattern.h"

static const char magic[16] = "fadump test page";

/* Indexes of words of 8 bytes. */
#define WORD_SEED	2
#define WORD_ADDRESS	3
#define WORDS_OF_HEAD	4

/* Each bit of the result depends on all bits of @x. */
static u64 mix(u64 x)
{
	x = (x ^ x >> 31) * 0x9e3779b97f4a7c15ULL;
	x = (x ^ x >> 29) * 0x9e3779b97f4a7c15ULL;
	return x ^ x >> 32;
}

static u64 word_at(size_t n, u64 seed, u64 address)
{
	if (n < WORD_SEED)
		return decode64(false, (const u8 *)magic + n * 8);
	if (n == WORD_SEED)
		return seed;
	return n == WORD_ADDRESS ? address : mix(mix(seed + address) + n);
}

/**
 * pattern_make - fill a page
 * @page: result
 * @size: bytes of a page
 * @seed: of the test
 * @address: physical address of the page
 */
void pattern_make(u8 *page, size_t size, u64 seed, u64 address)
{
	size_t n;

	for (n = 0; n < size / 8; n++) {
		u64 word = htole64(word_at(n, seed, address));

		memcpy(page + n * 8, &word, 8);
	}
}

static void compare(struct pattern_result *r, const u8 *page, size_t size, u64 seed)
{
	size_t n;

	r->words = 0;
	for (n = size / 8; n--; ) {
		if (decode64(false, page + n * 8) == word_at(n, seed, r->address))
			continue;
		r->first = n * 8;
		r->words++;
	}
}

static bool has_head(const u8 *page, u64 seed)
{
	return !memcmp(page, magic, sizeof(magic)) &&
	       decode64(false, page + WORD_SEED * 8) == seed;
}

/**
 * pattern_check - compare a page of a dump with the pattern
 * @page: the page
 * @size: bytes of a page
 * @seed: of the test
 * @address: physical address that the page was filled for
 *
 * Return: the verdict.
 */
struct pattern_result pattern_check(const u8 *page, size_t size, u64 seed, u64 address)
{
	struct pattern_result r = { .address = address };

	compare(&r, page, size, seed);
	if (!r.words)
		return r;
	r.state = PATTERN_DAMAGED;
	if (r.words < size / 8 - WORDS_OF_HEAD)
		return r;
	/* At most the head is the same; it may be that of another page. */
	if (!has_head(page, seed)) {
		r.state = PATTERN_FOREIGN;
	} else if (decode64(false, page + WORD_ADDRESS * 8) != address) {
		r.state = PATTERN_MISPLACED;
		r.address = decode64(false, page + WORD_ADDRESS * 8);
		compare(&r, page, size, seed);
	}
	return r;
}

/* The CPU's number is readable in the value, for a look with a debugger. */
static u64 first_register(u64 seed, unsigned int cpu)
{
	return (mix(seed) & ~0xffffffffULL) | cpu;
}

u64 pattern_register(u64 seed, unsigned int cpu, unsigned int n)
{
	u64 first = first_register(seed, cpu);

	return n ? mix(first + n) : first;
}

unsigned int pattern_match_registers(u64 seed, unsigned int cpu, const u64 *regs)
{
	unsigned int n, found = 0;

	for (n = 0; n < PATTERN_NR_REGS; n++)
		found += regs[n] == pattern_register(seed, cpu, n);
	return found;
}

int pattern_cpu_of(u64 seed, const u64 *regs)
{
	unsigned int cpu = regs[0];

	if (cpu > INT_MAX || regs[0] != first_register(seed, cpu))
		return -1;
	return cpu;
}
