// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bytes that somebody else has written.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source.h"

/* A block device has its size at its end only. */
static int find_size(struct source *s)
{
	struct stat st;
	off_t end;

	if (fstat(s->fd, &st))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	s->size = st.st_size;
	if (S_ISREG(st.st_mode))
		return 0;
	end = lseek(s->fd, 0, SEEK_END);
	if (end < 0)
		return -errno;
	s->size = end;
	return 0;
}

int source_open(struct source *s, const char *path)
{
	int rc;

	*s = (struct source) { .fd = open(path, O_RDONLY | O_CLOEXEC) };
	if (s->fd < 0)
		return -errno;
	rc = find_size(s);
	if (rc)
		source_close(s);
	return rc;
}

void source_close(struct source *s)
{
	if (!s->mem && s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static int read_fd(int fd, u64 at, u8 *buf, size_t len)
{
	while (len) {
		ssize_t n = pread(fd, buf, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return -ERANGE;
		buf += n;
		at += n;
		len -= n;
	}
	return 0;
}

/**
 * source_read - read all of a piece
 * @s: where from
 * @at: offset
 * @buf: result
 * @len: bytes
 *
 * Return: 0 or -errno.
 */
int source_read(const struct source *s, u64 at, void *buf, size_t len)
{
	if (!is_inside(s->size, at, len))
		return -ERANGE;
	if (!s->mem)
		return read_fd(s->fd, at, buf, len);
	memcpy(buf, s->mem + at, len);
	return 0;
}
