// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The system's files, below a root directory that tests can set.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/files.h"

/* The rest is for the longest system path that is appended. */
#define MAX_ROOT	(PATH_MAX - 256)

static char root[MAX_ROOT];

/**
 * root_set - set the directory that /sys, /proc and others are looked up in
 * @dir: directory
 *
 * Return: false if its name is too long.
 */
bool root_set(const char *dir)
{
	return (size_t)snprintf(root, sizeof(root), "%s", dir) < sizeof(root);
}

bool root_is_set(void)
{
	return root[0];
}

/**
 * root_path - put a system path below the root directory
 * @path: a path of ours, at most 255 bytes
 *
 * Return: the path to open.
 */
struct path root_path(const char *path)
{
	struct path p;

	snprintf(p.s, sizeof(p.s), "%s%.255s", root, path);
	return p;
}

int path_join(struct path *out, const char *dir, const char *name)
{
	int n = snprintf(out->s, sizeof(out->s), "%s/%s", dir, name);

	return n < 0 || (size_t)n >= sizeof(out->s) ? -ENAMETOOLONG : 0;
}

bool device_path(const char *source, struct path *device)
{
	static const char * const kinds[][2] = {
		{ "UUID=", "/dev/disk/by-uuid" }, { "LABEL=", "/dev/disk/by-label" },
		{ "PARTUUID=", "/dev/disk/by-partuuid" },
		{ "PARTLABEL=", "/dev/disk/by-partlabel" }, { "/dev/", "/dev" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t len = strlen(kinds[i][0]);

		if (!strncmp(source, kinds[i][0], len))
			return !path_join(device, root_path(kinds[i][1]).s, source + len);
	}
	return false;
}

bool file_exists(const char *path)
{
	return !access(path, F_OK);
}

/**
 * file_read - read a small file
 * @path: its name
 * @buf: result, always terminated
 * @cap: bytes of @buf; the rest of the file is not read
 *
 * Does not wait for a FIFO's writer: such a file is empty.
 *
 * Return: length or -errno.
 */
ssize_t file_read(const char *path, char *buf, size_t cap)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 0;

	buf[0] = '\0';
	if (fd < 0)
		return -errno;
	while (len < cap - 1) {
		n = read(fd, buf + len, cap - 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += n;
	}
	if (n < 0)
		n = -errno;
	close(fd);
	buf[len] = '\0';
	return n < 0 ? n : (ssize_t)len;
}

/* Read the text up to the first zero byte, without newlines at its end. */
ssize_t file_read_text(const char *path, char *buf, size_t cap)
{
	ssize_t n = file_read(path, buf, cap);
	size_t len;

	if (n < 0)
		return n;
	len = strlen(buf);
	while (len && buf[len - 1] == '\n')
		buf[--len] = '\0';
	return len;
}

/* A single write(): sysfs takes each one as a value. */
int file_write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	size_t len = strlen(text);
	ssize_t n;
	int rc = 0;

	if (fd < 0)
		return -errno;
	n = write(fd, text, len);
	if (n < 0)
		rc = -errno;
	else if ((size_t)n != len)
		rc = -EIO;
	if (close(fd) && !rc)
		rc = -errno;
	return rc;
}

/* A file that is there keeps its owner and mode. */
static int copy_attributes(int fd, const char *path)
{
	struct stat st;
	bool is_new = stat(path, &st);

	if (is_new && errno != ENOENT)
		return -errno;
	if (!is_new && fchown(fd, st.st_uid, st.st_gid))
		return -errno;
	return fchmod(fd, is_new ? 0644 : st.st_mode & 07777) ? -errno : 0;
}

static int write_new(int fd, const char *path, const char *text)
{
	int rc = copy_attributes(fd, path);

	if (!rc)
		rc = write_all(fd, text, strlen(text));
	if (!rc && fsync(fd))
		rc = -errno;
	if (close(fd) && !rc)
		rc = -errno;
	return rc;
}

/**
 * file_replace - replace all of a file, or nothing
 * @path: its name, of a file that may exist; a link is followed
 * @text: the new contents
 *
 * Return: 0 or -errno.
 */
int file_replace(const char *path, const char *text)
{
	char real[PATH_MAX], new[PATH_MAX + 8];
	int fd, rc;

	if (!realpath(path, real) && snprintf(real, sizeof(real), "%s", path) >= PATH_MAX)
		return -ENAMETOOLONG;
	snprintf(new, sizeof(new), "%s.XXXXXX", real);
	fd = mkostemp(new, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = write_new(fd, real, text);
	if (!rc && rename(new, real))
		rc = -errno;
	if (rc)
		unlink(new);
	return rc;
}

/**
 * parse_number - parse a text that is a number and nothing else
 * @text: decimal, or hexadecimal after 0x
 * @value: result; unchanged after false
 *
 * Return: true if it is a number.
 */
bool parse_number(const char *text, u64 *value)
{
	char *end;
	u64 n;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	n = strtoull(text, &end, text[1] == 'x' ? 16 : 10);
	if (errno || *end)
		return false;
	*value = n;
	return true;
}

struct number file_read_number(const char *path)
{
	struct number n = { };
	char text[64];

	if (file_read_text(path, text, sizeof(text)) > 0)
		n.known = parse_number(text, &n.value);
	return n;
}

void file_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int write_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return -EIO;
		at += n;
		len -= n;
	}
	return 0;
}
