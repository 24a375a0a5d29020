/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a file's bytes go to, counted and summed on the way.
 */
#ifndef FADUMPCTL_SINK_H
#define FADUMPCTL_SINK_H

#include <sha2.h>

#include "child.h"

/**
 * struct sink - a file that is being written
 * @fd: where to
 * @child: the program behind @fd, or NULL
 * @holes: leave blocks of zeros out
 * @source_err: -errno of what is read, as opposed to @fd
 * @bytes: so far
 * @hash: so far
 * @head: the first bytes
 */
struct sink {
	int fd;
	struct child *child;
	bool holes;
	int source_err;
	u64 bytes;
	SHA2_CTX hash;
	u8 head[16];
};

void sink_begin(struct sink *s, int fd, struct child *child);

/* All functions return 0 or -errno, -EINTR after a signal to us. */
int sink_put(struct sink *s, const void *data, size_t len);

/* All of @fd. @size: what to expect, for @p, which may be NULL. */
int sink_put_fd(struct sink *s, int fd, u64 size, struct progress *p);

/* All that a program writes to its standard output. */
int sink_put_child(struct sink *s, struct child *from);

/* Reads @fd again for its sum. */
int sink_rehash(struct sink *s, int fd, u64 size, struct progress *p);

#endif
