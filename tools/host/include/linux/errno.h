/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By the C library too: so this is the system's own list, nothing else. */
#include <asm/errno.h>
