/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FADUMPCTL_TAR_H
#define FADUMPCTL_TAR_H

#include "lib/types.h"

#define TAR_BLOCK	512

/* Above 8 GiB, the size has GNU's format, which every tar reads. */
void tar_set_directory(u8 *block, const char *dir);
void tar_header(u8 *block, const char *name, u64 size, long long when);

#endif
