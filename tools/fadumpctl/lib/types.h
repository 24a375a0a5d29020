/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Short names as in the kernel, and a number that may not be known.
 */
#ifndef FADUMPCTL_TYPES_H
#define FADUMPCTL_TYPES_H

#include <stdbool.h>
#include <stddef.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

_Static_assert(sizeof(u64) == 8, "printf takes it as %llu everywhere");

/**
 * struct number - a number that may be unknown
 * @known: @value is valid
 * @value: the number
 */
struct number {
	bool known;
	u64 value;
};

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define __format(at)	__attribute__((format(printf, at, at + 1)))

#endif
