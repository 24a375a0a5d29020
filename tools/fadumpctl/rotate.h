/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FADUMPCTL_ROTATE_H
#define FADUMPCTL_ROTATE_H

#include <sys/types.h>

#include "types.h"

/* Return: true if @name is @prefix and a time, and nothing else. */
bool is_dump_name(const char *name, const char *prefix);
/* Return: true if the machine with this id has made the dump, under any host name. */
bool is_dump_name_with_id(const char *name, const char *id);
/* Return: true if it is the name of a dump that is being written or removed. */
bool is_partial_name(const char *name, const char *prefix);

/* All in the directory @fd. Return: 0 or -errno. */
int remove_tree(int fd, const char *name);
int remove_all_but_log(int fd, const char *name);
int remove_partials(int fd, const char *prefix, uid_t owner, const char *mine);
int remove_unfinished(int fd, const char *prefix, uid_t owner);
int rotate_dumps(int fd, const char *prefix, uid_t owner, const char *newest, u64 keep);

#endif
