/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOST_CTYPE_H
#define HOST_CTYPE_H

#include "host-kernel.h"

/* The kernel's isspace() includes the no-break space of Latin-1. */
static inline int isspace(int i)
{
	unsigned char c = i;

	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0;
}

#endif
