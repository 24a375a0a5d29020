/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FADUMPCTL_ROTATE_H
#define FADUMPCTL_ROTATE_H

#include <sys/types.h>

#include "lib/types.h"

/* All in the directory @fd. Return: 0 or -errno. */
int remove_tree(int fd, const char *name);
int remove_all_but_log(int fd, const char *name);
int remove_partials(int fd, const char *prefix, uid_t owner, const char *mine);
int remove_unfinished(int fd, const char *prefix, uid_t owner);
/* Also returns 1 after it has removed one, with its name, and 0 if there is none. */
int remove_oldest_dump(int fd, const char *prefix, uid_t owner, char *name, size_t cap);
int rotate_dumps(int fd, const char *prefix, uid_t owner, const char *newest, u64 keep);

#endif
