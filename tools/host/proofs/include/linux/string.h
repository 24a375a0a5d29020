/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memmove() entry by entry: cbmc's own moves bytes, which makes a proof about an array of
 * structures much slower.
 */
#ifndef PROOF_LINUX_STRING_H
#define PROOF_LINUX_STRING_H

#include_next <linux/string.h>

#define memmove(to, from, size) do {					\
	typeof(&(to)[0]) _to = (to);					\
	typeof(&(to)[0]) _from = (from);				\
	size_t _n = (size) / sizeof(*_to), _i;				\
									\
	__CPROVER_assert((size) % sizeof(*_to) == 0, "memmove() moves whole entries"); \
	if (_to < _from)						\
		for (_i = 0; _i < _n; _i++)				\
			_to[_i] = _from[_i];				\
	else								\
		for (_i = _n; _i-- > 0;)				\
			_to[_i] = _from[_i];				\
} while (0)

/* cbmc has none. */
#define strnlen	proof_strnlen

static inline size_t proof_strnlen(const char *s, size_t size)
{
	size_t n;

	for (n = 0; n < size && s[n]; n++)
		;
	return n;
}

#endif
