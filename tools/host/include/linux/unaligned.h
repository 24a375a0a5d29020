/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOST_LINUX_UNALIGNED_H
#define HOST_LINUX_UNALIGNED_H

#include <linux/types.h>

#define get_unaligned(ptr)						\
	(((const struct { typeof(*(ptr)) v; } __attribute__((packed)) *)(ptr))->v)
#define put_unaligned(val, ptr) do {					\
	struct { typeof(*(ptr)) v; } __attribute__((packed)) *_at =	\
		(void *)(ptr);						\
	_at->v = (val);							\
} while (0)

/* Byte by byte, for every host. */
static inline u64 host_get_be(const void *at, int n)
{
	const u8 *p = at;
	u64 v = 0;

	while (n--)
		v = v << 8 | *p++;
	return v;
}

static inline void host_put_be(u64 v, void *at, int n)
{
	u8 *p = at;

	for (; n--; v >>= 8)
		p[n] = v;
}

static inline u16 get_unaligned_be16(const void *p)
{
	return host_get_be(p, 2);
}

static inline u32 get_unaligned_be32(const void *p)
{
	return host_get_be(p, 4);
}

static inline u64 get_unaligned_be64(const void *p)
{
	return host_get_be(p, 8);
}

static inline void put_unaligned_be16(u16 v, void *p)
{
	host_put_be(v, p, 2);
}

static inline void put_unaligned_be32(u32 v, void *p)
{
	host_put_be(v, p, 4);
}

static inline void put_unaligned_be64(u64 v, void *p)
{
	host_put_be(v, p, 8);
}

#endif
