/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sums what passes in a thread of its own, so that it is written meanwhile.
 */
#ifndef FADUMPCTL_HASHER_H
#define FADUMPCTL_HASHER_H

#include <pthread.h>
#include <semaphore.h>

#include "bounds.h"
#include "sha256.h"

/**
 * struct hasher - buffers on their way to a sum
 * @sum: what they are added to, NULL where none is wanted
 * @buffers: MAX_BUFFERS of BUFFER_SIZE bytes, used one after the other
 * @len: bytes in each that was passed on, 0 for the end
 * @next: number of the next one to fill, counted on for ever
 * @free: buffers that may be filled
 * @full: buffers that wait for the thread
 * @thread: which sums them
 * @has_thread: there is one; else they are summed when they are passed on
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
 * A program that has a thread is not to fork, so each loop over data has a hasher of
 * its own. Return: 0 or -ENOMEM, and then there is nothing to end.
 */
int hasher_begin(struct hasher *h, struct sha256 *sum);

/* BUFFER_SIZE bytes to fill, the same ones until they are passed on. */
u8 *hasher_buffer(struct hasher *h);

/* Adds the first @len bytes of it, at least one, to the sum; they do not change. */
void hasher_pass(struct hasher *h, size_t len);

/* All that was passed on is in the sum then. */
void hasher_end(struct hasher *h);

#endif
