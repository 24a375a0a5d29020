// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Untrusted bytes, in a file or in memory.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/source.h"
#include "lib/stop.h"

static int check_kind(mode_t mode)
{
	if (S_ISREG(mode) || S_ISBLK(mode))
		return 0;
	return S_ISDIR(mode) ? -EISDIR : -ESPIPE;
}

/**
 * source_check - can a file be read at any offset?
 * @path: its name
 *
 * Uses stat() only: opening a FIFO waits for a writer, and opening a device may have an
 * effect.
 *
 * Return: 0, or -errno for source_error().
 */
int source_check(const char *path)
{
	struct stat st;

	return stat(path, &st) ? -errno : check_kind(st.st_mode);
}

const char *source_error(int err)
{
	return err == -ESPIPE ? "neither a file nor a block device" : strerror(-err);
}

/* st_size of a block device is 0; its end is its size. */
static int find_size(struct source *s)
{
	struct stat st;
	off_t end;
	int rc;

	if (fstat(s->fd, &st))
		return -errno;
	rc = check_kind(st.st_mode);
	if (rc)
		return rc;
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
	int rc = source_check(path);

	*s = (struct source) { .fd = -1 };
	if (rc)
		return rc;
	s->fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
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

		if (n < 0 && errno == EINTR && !is_interrupted())
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
 * source_read - read all bytes of a range
 * @s: source
 * @at: offset
 * @buf: result
 * @len: number of bytes
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
