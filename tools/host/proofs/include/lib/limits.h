/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Smaller limits. Library code only compares with them, has arrays of this length and loops
 * that end there; no value depends on them. So a limit of 3 has the same cases as one of 64:
 * below it, at it, and an input with more. Large arrays and long loops make a proof slow.
 */
#ifndef PROOF_LIB_LIMITS_H
#define PROOF_LIB_LIMITS_H

#include_next "lib/limits.h"

#undef FADUMP_MAX_COPIES
#define FADUMP_MAX_COPIES	3

#undef OPAL_MAX_FW_REGIONS
#define OPAL_MAX_FW_REGIONS	2

#undef FADUMP_MAX_PARTS
#define FADUMP_MAX_PARTS	1

#endif
