/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Computes a checksum in a thread of its own, while the same data are written.
 */
#ifndef FADUMPCTL_HASHER_H
#define FADUMPCTL_HASHER_H

#include <pthread.h>
#include <semaphore.h>

#include "lib/bounds.h"
#include "lib/sha256.h"
#include "lib/types.h"

/**
 * struct hasher - buffers on their way to a checksum
 * @sum: the checksum, NULL for none
 * @buffers: MAX_BUFFERS of BUFFER_SIZE bytes, used in turn
 * @len: bytes in each buffer that was passed on, 0 for the end
 * @next: number of the next buffer to fill; never wraps
 * @free: counts buffers that may be filled
 * @full: counts buffers that wait for the thread
 * @thread: adds the buffers to the checksum
 * @has_thread: @thread runs; without it hasher_pass() adds the buffer itself
 */
struct hasher {
	struct sha256 *sum;
	u8 *buffers;
	size_t len[MAX_BUFFERS];
	unsigned int next;
	sem_t free;
	sem_t full;
	pthread_t thread;
	bool has_thread;
};

/*
 * A process with threads must not fork, so begin and end a hasher around each loop
 * over data. Return: 0, or -ENOMEM, and then hasher_end() must not be called.
 */
int hasher_begin(struct hasher *h, struct sha256 *sum);

/* The buffer to fill, BUFFER_SIZE bytes; it stays the same until hasher_pass(). */
u8 *hasher_buffer(struct hasher *h);

/* Add the first @len bytes (at least 1) of that buffer; do not write to it any more. */
void hasher_pass(struct hasher *h, size_t len);

/* Wait until the checksum has all that was passed. */
void hasher_end(struct hasher *h);

#endif
