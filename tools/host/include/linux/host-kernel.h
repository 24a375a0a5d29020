/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the kernel that library code uses, with the same type checks.
 */

#ifndef HOST_KERNEL_H
#define HOST_KERNEL_H

#include <stdio.h>
#include <stddef.h>

#include <linux/types.h>

#undef static_assert
#define static_assert(cond, ...)	_Static_assert(cond, #cond)

#define U32_MAX		((u32)~0U)
#define U64_MAX		((u64)~0ULL)

#define SZ_16G		(16ULL << 30)

#define BIT(nr)		(1UL << (nr))
#define BIT_ULL(nr)	(1ULL << (nr))

#define sizeof_field(type, member)	sizeof(((type *)0)->member)

/* Evaluates to 0; does not compile if @cond is false. */
#define host_must(cond)							\
	(sizeof(struct { _Static_assert(cond, #cond); char c; }) * 0)

#define ARRAY_SIZE(a)							\
	(sizeof(a) / sizeof((a)[0]) +					\
	 host_must(!__builtin_types_compatible_p(typeof(a), typeof(&(a)[0]))))

/* Rounding in the type of the value, so that a narrow mask cannot cut it. */
#define ALIGN(x, a)		(((x) + (typeof(x))(a) - 1) & ~((typeof(x))(a) - 1))
#define ALIGN_DOWN(x, a)	((x) & ~((typeof(x))(a) - 1))
#define IS_ALIGNED(x, a)	(!((x) & ((typeof(x))(a) - 1)))

/* Rejects operands of different signedness, which C would compare as unsigned. */
#define host_is_signed(x)	((typeof(x))-1 < (typeof(x))1)

#define host_pick(x, op, y) ({						\
	__auto_type _x = (x);						\
	__auto_type _y = (y);						\
	_Static_assert(host_is_signed(_x) == host_is_signed(_y),	\
		       "signed and unsigned");				\
	_x op _y ? _x : _y; })

#define min(x, y)		host_pick(x, <, y)
#define max(x, y)		host_pick(x, >, y)
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define min_t(type, x, y)	min((type)(x), (type)(y))
#define max_t(type, x, y)	max((type)(x), (type)(y))
#define clamp_t(type, x, lo, hi)	min_t(type, max_t(type, x, lo), hi)

/* The kernel requires one type for all three operands. */
#define host_same(a, b)							\
	_Static_assert(__builtin_types_compatible_p(typeof(a), typeof(b)), \
		       "different types")

#define check_add_overflow(a, b, d) ({					\
	host_same(a, b); host_same(a, *(d));				\
	bool _o = __builtin_add_overflow(a, b, d);			\
	_o; })
#define check_mul_overflow(a, b, d) ({					\
	host_same(a, b); host_same(a, *(d));				\
	bool _o = __builtin_mul_overflow(a, b, d);			\
	_o; })

/* Saturating, as the kernel's. */
static inline size_t size_add(size_t a, size_t b)
{
	size_t sum;

	return __builtin_add_overflow(a, b, &sum) ? SIZE_MAX : sum;
}

static inline size_t size_mul(size_t a, size_t b)
{
	size_t product;

	return __builtin_mul_overflow(a, b, &product) ? SIZE_MAX : product;
}

#define swab16(x)	__builtin_bswap16(x)
#define swab32(x)	__builtin_bswap32(x)
#define swab64(x)	__builtin_bswap64(x)

static inline void *memchr_inv(const void *s, int c, size_t n)
{
	const u8 *b = s;

	for (; n; n--, b++)
		if (*b != (u8)c)
			return (void *)b;
	return NULL;
}

#endif
