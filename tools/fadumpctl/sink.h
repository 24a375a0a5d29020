/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a file's bytes go to, counted and summed on the way.
 */
#ifndef FADUMPCTL_SINK_H
#define FADUMPCTL_SINK_H

#include "child.h"
#include "sha256.h"

/**
 * struct sink - a file that is being written
 * @fd: where to
 * @child: the program behind @fd, or NULL
 * @holes: leave blocks of zeros out
 * @source_err: -errno of what is read, as opposed to @fd
 * @bytes: so far
 * @sum: of them, NULL where none is wanted
 * @head: the first bytes
 */
struct sink {
	int fd;
	struct child *child;
	bool holes;
	int source_err;
	u64 bytes;
	struct sha256 *sum;
	u8 head[16];
};

/* Without a sum. */
void sink_begin(struct sink *s, int fd, struct child *child);

/* All functions return 0 or -errno, -EINTR after a signal to us. */
int sink_put(struct sink *s, const void *data, size_t len);

/* All of @fd. @size: what to expect, for @p, which may be NULL. */
int sink_put_fd(struct sink *s, int fd, u64 size, struct progress *p);

/* All that a program writes to its standard output. */
int sink_put_child(struct sink *s, struct child *from);

/* Of a file of @size bytes that is written already: reads it, if for its sum only. */
int sink_take_file(struct sink *s, u64 size, struct progress *p);

#endif
