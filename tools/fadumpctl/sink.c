// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a file's bytes go to, counted and summed on the way.
 */

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sink.h"

#define CHUNK	(256 * 1024)
#define BLOCK	4096

void sink_begin(struct sink *s, int fd, struct child *child)
{
	memset(s, 0, sizeof(*s));
	s->fd = fd;
	s->child = child;
	SHA256Init(&s->hash);
}

static void account(struct sink *s, const void *data, size_t len)
{
	if (s->bytes < sizeof(s->head)) {
		size_t n = sizeof(s->head) - s->bytes;

		memcpy(s->head + s->bytes, data, n < len ? n : len);
	}
	s->bytes += len;
	SHA256Update(&s->hash, data, len);
}

/* A pipe may be full for long; what the program behind it says is taken meanwhile. */
static int wait_for_room(struct sink *s)
{
	struct pollfd fds[] = {
		{ .fd = s->fd, .events = POLLOUT },
		{ .fd = s->child ? s->child->msg : -1, .events = POLLIN },
	};

	if (is_interrupted())
		return -EINTR;
	poll(fds, 2, 500);
	if (s->child)
		child_listen(s->child);
	return 0;
}

static int put(struct sink *s, const u8 *data, size_t len)
{
	while (len) {
		ssize_t n = write(s->fd, data, len);
		int rc = 0;

		if (n > 0) {
			data += n;
			len -= n;
		} else if (!n) {
			rc = -EIO;
		} else if (errno == EAGAIN || errno == EINTR) {
			rc = wait_for_room(s);
		} else {
			rc = -errno;
		}
		if (rc)
			return rc;
	}
	return 0;
}

static bool is_zero(const u8 *data, size_t len)
{
	return !data[0] && !memcmp(data, data + 1, len - 1);
}

/* @len is a multiple of a block, but for the end of the file. */
static int put_with_holes(struct sink *s, const u8 *data, size_t len)
{
	while (len) {
		size_t n = len < BLOCK ? len : BLOCK;
		int rc = 0;

		if (n == BLOCK && is_zero(data, n)) {
			if (lseek(s->fd, n, SEEK_CUR) < 0)
				rc = -errno;
		} else {
			rc = put(s, data, n);
		}
		if (rc)
			return rc;
		data += n;
		len -= n;
	}
	return 0;
}

int sink_put(struct sink *s, const void *data, size_t len)
{
	int rc = s->holes ? put_with_holes(s, data, len) : put(s, data, len);

	if (!rc)
		account(s, data, len);
	return rc;
}

/* A whole chunk or all there is: bytes, 0 at the end, -errno if there is none before. */
static ssize_t read_chunk(int fd, u8 *buf)
{
	size_t len = 0;

	while (len < CHUNK) {
		ssize_t n = read(fd, buf + len, CHUNK - len);

		if (n < 0 && errno == EINTR && !is_interrupted())
			continue;
		if (n < 0 && !len)
			return -errno;
		if (n <= 0)
			break;
		len += n;
	}
	return len;
}

/* Through @put, or only summed where there is none. */
static int read_all(struct sink *s, int fd, u64 size, struct progress *p,
		    int (*put_chunk)(struct sink *, const void *, size_t))
{
	u8 *buf = malloc(CHUNK);
	int rc = buf ? 0 : -ENOMEM;
	ssize_t n;

	while (!rc) {
		n = read_chunk(fd, buf);
		if (n <= 0) {
			rc = n;
			s->source_err = n;
			break;
		}
		if (put_chunk)
			rc = put_chunk(s, buf, n);
		else
			account(s, buf, n);
		if (is_interrupted())
			rc = -EINTR;
		if (p)
			progress_show(p, permille_of(s->bytes, size));
	}
	free(buf);
	return rc;
}

int sink_put_fd(struct sink *s, int fd, u64 size, struct progress *p)
{
	int rc = read_all(s, fd, size, p, sink_put);

	/* A hole at the end has no length of its own. */
	if ((!rc || s->source_err) && s->holes && ftruncate(s->fd, s->bytes)) {
		s->source_err = 0;
		rc = -errno;
	}
	return rc;
}

int sink_rehash(struct sink *s, int fd, u64 size, struct progress *p)
{
	return read_all(s, fd, size, p, NULL);
}

int sink_put_child(struct sink *s, struct child *from)
{
	u8 *buf = malloc(CHUNK);
	int rc = buf ? 0 : -ENOMEM;
	ssize_t n;

	while (!rc) {
		if (!child_poll(from)) {
			rc = -EINTR;
			break;
		}
		/* Either there is something or the wait ends with the program. */
		n = read(from->out, buf, CHUNK);
		if (!n)
			break;
		if (n > 0)
			rc = sink_put(s, buf, n);
		else if (errno != EINTR && errno != EAGAIN)
			rc = -errno;
		if (s->child)
			child_listen(s->child);
	}
	free(buf);
	return rc;
}
