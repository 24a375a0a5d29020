// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kinds of firmware that this kernel knows.
 */

#include "fadump-internal.h"

/* Probing happens before any initcall, so this is a table, not a registry. */
const struct fadump_backend * const fadump_backends[] = {
#ifdef CONFIG_PPC_PSERIES
	&rtas_fadump_backend,
#endif
	NULL
};
