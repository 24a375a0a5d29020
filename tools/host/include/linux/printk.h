/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>

#define __printf(a, b)	__attribute__((__format__(__printf__, a, b)))
