// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Computes a checksum in a thread of its own. It takes a CPU about as long as copying the
 * same data does, so doing both in turn would double the time.
 */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "lib/bounds.h"
#include "lib/hasher.h"
#include "lib/sha256.h"

/* Ignore signals: the other thread always continues soon. */
static void wait_for(sem_t *sem)
{
	while (sem_wait(sem))
		;
}

static u8 *buffer(const struct hasher *h, unsigned int nr)
{
	return h->buffers + nr % MAX_BUFFERS * BUFFER_SIZE;
}

static void *sum_buffers(void *arg)
{
	struct hasher *h = arg;
	unsigned int nr;

	for (nr = 0; ; nr++) {
		size_t len;

		wait_for(&h->full);
		len = h->len[nr % MAX_BUFFERS];
		if (!len)
			return NULL;
		sha256_add(h->sum, buffer(h, nr), len);
		sem_post(&h->free);
	}
}

/* Block signals in the thread: they must end system calls of the main thread. */
static bool start_thread(struct hasher *h)
{
	sigset_t all, old;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&h->thread, NULL, sum_buffers, h);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return !rc;
}

int hasher_begin(struct hasher *h, struct sha256 *sum)
{
	h->sum = sum;
	h->next = 0;
	h->buffers = malloc((size_t)MAX_BUFFERS * BUFFER_SIZE);
	if (!h->buffers)
		return -ENOMEM;
	/* The caller fills one of them. */
	sem_init(&h->free, 0, MAX_BUFFERS - 1);
	sem_init(&h->full, 0, 0);
	h->has_thread = sum && start_thread(h);
	return 0;
}

u8 *hasher_buffer(struct hasher *h)
{
	return buffer(h, h->next);
}

static void pass_to_thread(struct hasher *h, size_t len)
{
	h->len[h->next++ % MAX_BUFFERS] = len;
	sem_post(&h->full);
}

void hasher_pass(struct hasher *h, size_t len)
{
	if (h->has_thread) {
		pass_to_thread(h, len);
		wait_for(&h->free);
	} else if (h->sum) {
		sha256_add(h->sum, hasher_buffer(h), len);
	}
}

void hasher_end(struct hasher *h)
{
	if (h->has_thread) {
		pass_to_thread(h, 0);
		pthread_join(h->thread, NULL);
	}
	sem_destroy(&h->free);
	sem_destroy(&h->full);
	free(h->buffers);
}
