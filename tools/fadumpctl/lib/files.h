/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system's files, below a root directory that tests can set.
 */
#ifndef FADUMPCTL_FILES_H
#define FADUMPCTL_FILES_H

#include <limits.h>
#include <sys/types.h>

#include "lib/types.h"

struct path {
	char s[PATH_MAX];
};

/* Return: false if @dir is too long for a file's name to follow. */
bool root_set(const char *dir);
bool root_is_set(void);
struct path root_path(const char *path);

/* 0 or -errno. */
int path_join(struct path *out, const char *dir, const char *name);

/* The file of a device as fstab names it. False if @source is no device of this machine. */
bool device_path(const char *source, struct path *device);

bool file_exists(const char *path);
ssize_t file_read(const char *path, char *buf, size_t cap);
ssize_t file_read_text(const char *path, char *buf, size_t cap);
int file_write_text(const char *path, const char *text);
int file_replace(const char *path, const char *text);
struct number file_read_number(const char *path);

bool parse_number(const char *text, u64 *value);

/* Close it unless it is -1, then set it to -1. */
void file_close(int *fd);

/* Return: 0 after all bytes, or -errno. */
int write_all(int fd, const void *data, size_t len);

#endif
