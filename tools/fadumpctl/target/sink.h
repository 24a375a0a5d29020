/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes one file of a dump, counts its bytes and computes its checksum.
 */
#ifndef FADUMPCTL_SINK_H
#define FADUMPCTL_SINK_H

#include "lib/child.h"
#include "lib/progress.h"
#include "lib/sha256.h"
#include "lib/types.h"

/**
 * struct sink - a file that is being written
 * @fd: the file or pipe
 * @child: the program that reads @fd, or NULL
 * @next: where the output of @child goes, or NULL if it has none
 * @next_err: -errno of writing to @next, as opposed to @fd
 * @holes: write no blocks of zeros
 * @source_err: -errno of reading, as opposed to writing @fd
 * @bytes: written so far
 * @sum: checksum of these bytes, NULL for none
 * @head: the first bytes
 */
struct sink {
	int fd;
	struct child *child;
	struct sink *next;
	int next_err;
	bool holes;
	int source_err;
	u64 bytes;
	struct sha256 *sum;
	u8 head[16];
};

/* Leaves @s->sum NULL. */
void sink_begin(struct sink *s, int fd, struct child *child);

/* The following return 0 or -errno; -EINTR after a signal to us. */
int sink_put(struct sink *s, const void *data, size_t len);

/* Copy all of @fd. @size: expected bytes, for @p, which may be NULL. */
int sink_put_fd(struct sink *s, int fd, u64 size, struct progress *p);

/* Copy all of a program's standard output. */
int sink_put_child(struct sink *s, struct child *from);

/* @s->fd is complete, @size bytes: compute its checksum, if one is wanted. */
int sink_sum_file(struct sink *s, u64 size, struct progress *p);

#endif
