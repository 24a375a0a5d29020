/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes that somebody else has written, wherever they are, and numbers in them.
 */
#ifndef FADUMPCTL_SOURCE_H
#define FADUMPCTL_SOURCE_H

#include "types.h"

/**
 * struct source - a file or memory
 * @size: bytes
 * @fd: file, unless there is @mem
 * @mem: memory
 */
struct source {
	u64 size;
	int fd;
	const u8 *mem;
};

int source_check(const char *path);
const char *source_error(int err);

/* A file or a block device. Return: 0 or -errno. */
int source_open(struct source *s, const char *path);
void source_close(struct source *s);

/* All @len bytes, or -errno: -ERANGE where there are not so many. */
int source_read(const struct source *s, u64 at, void *buf, size_t len);

/* Is [@at, @at + @len) within @size? */
static inline bool is_inside(u64 size, u64 at, u64 len)
{
	return at <= size && len <= size - at;
}

static inline u16 get16(bool big, const u8 *p)
{
	return big ? p[0] << 8 | p[1] : p[1] << 8 | p[0];
}

static inline u32 get32(bool big, const u8 *p)
{
	return big ? (u32)get16(big, p) << 16 | get16(big, p + 2) :
		     (u32)get16(big, p + 2) << 16 | get16(big, p);
}

static inline u64 get64(bool big, const u8 *p)
{
	return big ? (u64)get32(big, p) << 32 | get32(big, p + 4) :
		     (u64)get32(big, p + 4) << 32 | get32(big, p);
}

#endif
