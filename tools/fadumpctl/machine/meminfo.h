/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /proc/meminfo.
 */
#ifndef FADUMPCTL_MEMINFO_H
#define FADUMPCTL_MEMINFO_H

#include "lib/types.h"

/* The value of a key such as "MemTotal", in bytes; 0 if there is none. */
u64 meminfo_bytes(const char *key);

#endif
