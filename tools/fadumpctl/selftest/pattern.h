/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pattern of test --thorough in pages and registers, which identifies them in a dump.
 */
#ifndef FADUMPCTL_TEST_PATTERN_H
#define FADUMPCTL_TEST_PATTERN_H

#include "lib/types.h"

#define PATTERN_MIN_PAGE	4096
#define PATTERN_MAX_PAGE	65536

/* r14 and the following: functions preserve them, and firmware does not use them. */
#define PATTERN_FIRST_REG	14
#define PATTERN_NR_REGS		8

/**
 * enum pattern_state - what a dump has in the place of a page
 * @PATTERN_GOOD: the page, byte for byte
 * @PATTERN_DAMAGED: the page with some bytes changed
 * @PATTERN_MISPLACED: another page of the same test
 * @PATTERN_FOREIGN: something else
 */
enum pattern_state {
	PATTERN_GOOD,
	PATTERN_DAMAGED,
	PATTERN_MISPLACED,
	PATTERN_FOREIGN,
	NR_PATTERN_STATES
};

/**
 * struct pattern_result - what is wrong with a page
 * @state: the verdict
 * @first: offset of the first word that differs
 * @words: number of words of 8 bytes that differ
 * @address: address that the page was filled for
 */
struct pattern_result {
	enum pattern_state state;
	size_t first;
	size_t words;
	u64 address;
};

/* @size: a power of two, of PATTERN_MIN_PAGE to PATTERN_MAX_PAGE */
void pattern_make(u8 *page, size_t size, u64 seed, u64 address);
struct pattern_result pattern_check(const u8 *page, size_t size, u64 seed, u64 address);

/* The value of register PATTERN_FIRST_REG + @n of a CPU. */
u64 pattern_register(u64 seed, unsigned int cpu, unsigned int n);

/* How many registers have the CPU's values. @regs: from PATTERN_FIRST_REG on. */
unsigned int pattern_match_registers(u64 seed, unsigned int cpu, const u64 *regs);

/* The CPU that the registers were loaded for; -1 for none of this test. */
int pattern_cpu_of(u64 seed, const u64 *regs);

#endif
