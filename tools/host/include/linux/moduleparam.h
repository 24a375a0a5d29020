/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOST_MODULEPARAM_H
#define HOST_MODULEPARAM_H

#include "host-kernel.h"

/* Dashes and underscores in names are equal. */
static inline bool parameq(const char *a, const char *b)
{
	while (*a && (*a == '-' ? '_' : *a) == (*b == '-' ? '_' : *b)) {
		a++;
		b++;
	}
	return !*a && !*b;
}

#endif
