/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Untrusted bytes, in a file or in memory, and numbers in them.
 */
#ifndef FADUMPCTL_SOURCE_H
#define FADUMPCTL_SOURCE_H

#include <string.h>

#include "lib/types.h"

/**
 * struct source - a file or memory
 * @size: bytes
 * @fd: the file, if @mem is NULL
 * @mem: the memory
 */
struct source {
	u64 size;
	int fd;
	const u8 *mem;
};

int source_check(const char *path);
const char *source_error(int err);

/* Open a file or a block device. Return: 0 or -errno. */
int source_open(struct source *s, const char *path);
void source_close(struct source *s);

/* Read all @len bytes. Return: 0 or -errno, -ERANGE at the end of the source. */
int source_read(const struct source *s, u64 at, void *buf, size_t len);

/* Return: true if [@at, @at + @len) lies within @size bytes. */
static inline bool is_inside(u64 size, u64 at, u64 len)
{
	return at <= size && len <= size - at;
}

/* @len: at least 1 */
static inline bool is_zero(const u8 *data, size_t len)
{
	return !data[0] && !memcmp(data, data + 1, len - 1);
}

static inline u16 decode16(bool big, const u8 *p)
{
	return big ? p[0] << 8 | p[1] : p[1] << 8 | p[0];
}

static inline u32 decode32(bool big, const u8 *p)
{
	return big ? (u32)decode16(big, p) << 16 | decode16(big, p + 2) :
		     (u32)decode16(big, p + 2) << 16 | decode16(big, p);
}

static inline u64 decode64(bool big, const u8 *p)
{
	return big ? (u64)decode32(big, p) << 32 | decode32(big, p + 4) :
		     (u64)decode32(big, p + 4) << 32 | decode32(big, p);
}

#endif
