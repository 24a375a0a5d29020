// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes one file of a dump, counts its bytes and computes its checksum.
 */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "lib/bounds.h"
#include "lib/child.h"
#include "lib/files.h"
#include "lib/hasher.h"
#include "lib/progress.h"
#include "lib/sha256.h"
#include "lib/source.h"
#include "lib/stop.h"
#include "target/sink.h"

#define BLOCK	4096

void sink_begin(struct sink *s, int fd, struct child *child)
{
	memset(s, 0, sizeof(*s));
	s->fd = fd;
	s->child = child;
}

static void count(struct sink *s, const void *data, size_t len)
{
	if (s->bytes < sizeof(s->head)) {
		size_t n = sizeof(s->head) - s->bytes;

		memcpy(s->head + s->bytes, data, n < len ? n : len);
	}
	s->bytes += len;
}

/* Pass on what the program has written. */
static int forward(struct sink *s)
{
	u8 data[16 * BLOCK];
	ssize_t n = read(s->child->out, data, sizeof(data));

	if (n > 0)
		s->next_err = sink_put(s->next, data, n);
	else if (!n)
		file_close(&s->child->out);
	return s->next_err;
}

/*
 * A pipe may be full for long; read the messages of the program behind it meanwhile, and its
 * output: it reads no more while that is full.
 */
static int wait_for_room(struct sink *s)
{
	struct pollfd fds[] = {
		{ .fd = s->fd, .events = POLLOUT },
		{ .fd = s->child ? s->child->msg : -1, .events = POLLIN },
		{ .fd = s->next ? s->child->out : -1, .events = POLLIN },
	};

	if (is_interrupted())
		return -EINTR;
	poll(fds, ARRAY_SIZE(fds), 500);
	if (s->child)
		child_listen(s->child);
	return fds[2].revents ? forward(s) : 0;
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

static bool is_hole(const u8 *data, size_t len)
{
	return len >= BLOCK && is_zero(data, BLOCK);
}

/* How many bytes from @data on are holes (or are none)? Whole blocks, except at the end. */
static size_t run_length(const u8 *data, size_t len, bool hole)
{
	size_t n = 0;

	while (n < len && is_hole(data + n, len - n) == hole)
		n += len - n < BLOCK ? len - n : BLOCK;
	return n;
}

/* @len is a multiple of BLOCK, except at the end of the file. */
static int put_with_holes(struct sink *s, const u8 *data, size_t len)
{
	while (len) {
		bool hole = is_hole(data, len);
		size_t n = run_length(data, len, hole);
		int rc = 0;

		if (!hole)
			rc = put(s, data, n);
		else if (lseek(s->fd, n, SEEK_CUR) < 0)
			rc = -errno;
		if (rc)
			return rc;
		data += n;
		len -= n;
	}
	return 0;
}

static int write_out(struct sink *s, const void *data, size_t len)
{
	int rc = s->holes ? put_with_holes(s, data, len) : put(s, data, len);

	if (!rc)
		count(s, data, len);
	return rc;
}

int sink_put(struct sink *s, const void *data, size_t len)
{
	int rc = write_out(s, data, len);

	if (!rc && s->sum)
		sha256_add(s->sum, data, len);
	return rc;
}

/* Write the first @len bytes of the hasher's buffer, then pass it on. */
static int pass(struct sink *s, struct hasher *h, size_t len)
{
	int rc = write_out(s, hasher_buffer(h), len);

	if (!rc)
		hasher_pass(h, len);
	return rc;
}

/* Fill the buffer. Return: bytes, 0 at the end, or -errno if the first read() failed. */
static ssize_t read_buffer(int fd, u8 *buf)
{
	size_t len = 0;

	while (len < BUFFER_SIZE) {
		ssize_t n = read(fd, buf + len, BUFFER_SIZE - len);

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

/* A file that was written before is only summed. */
static int put_buffer(struct sink *s, struct hasher *h, size_t len, bool is_written)
{
	if (!is_written)
		return pass(s, h, len);
	count(s, hasher_buffer(h), len);
	hasher_pass(h, len);
	return 0;
}

static int put_all(struct sink *s, struct hasher *h, int fd, u64 size,
		   struct progress *p)
{
	int rc = 0;

	while (!rc) {
		ssize_t n = read_buffer(fd, hasher_buffer(h));

		if (n <= 0) {
			s->source_err = n;
			return n;
		}
		rc = put_buffer(s, h, n, fd == s->fd);
		if (is_interrupted())
			rc = -EINTR;
		if (p)
			progress_show(p, permille_of(s->bytes, size));
	}
	return rc;
}

static int read_all(struct sink *s, int fd, u64 size, struct progress *p)
{
	struct hasher h;
	int rc = hasher_begin(&h, s->sum);

	if (rc)
		return rc;
	rc = put_all(s, &h, fd, size, p);
	hasher_end(&h);
	return rc;
}

int sink_put_fd(struct sink *s, int fd, u64 size, struct progress *p)
{
	int rc = read_all(s, fd, size, p);

	/* lseek() alone does not extend the file over a hole at its end. */
	if ((!rc || s->source_err) && s->holes && ftruncate(s->fd, s->bytes)) {
		s->source_err = 0;
		rc = -errno;
	}
	return rc;
}

int sink_sum_file(struct sink *s, u64 size, struct progress *p)
{
	if (s->sum)
		return read_all(s, s->fd, size, p);
	s->bytes = size;
	return pread(s->fd, s->head, sizeof(s->head), 0) < 0 ? -errno : 0;
}

static int put_from_child(struct sink *s, struct hasher *h, struct child *from)
{
	int rc = 0;

	while (!rc) {
		ssize_t n;

		if (!child_poll(from))
			return -EINTR;
		/* There is data, or a message, or the program has ended. */
		n = read(from->out, hasher_buffer(h), BUFFER_SIZE);
		if (!n)
			break;
		if (n > 0)
			rc = pass(s, h, n);
		else if (errno != EINTR && errno != EAGAIN)
			rc = -errno;
		if (s->child)
			child_listen(s->child);
	}
	return rc;
}

int sink_put_child(struct sink *s, struct child *from)
{
	struct hasher h;
	int rc = hasher_begin(&h, s->sum);

	if (rc)
		return rc;
	rc = put_from_child(s, &h, from);
	hasher_end(&h);
	return rc;
}
