/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The C library includes this file, too: the system's own list, without additions. */
#include <asm/errno.h>
