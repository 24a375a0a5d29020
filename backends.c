// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kinds of firmware that this kernel knows.
 */

#include <linux/init.h>
#include <linux/string.h>

#include "fadump-internal.h"

/* Probing happens before any initcall, so this is a table, not a registry. */
const struct fadump_backend * const fadump_backends[] = {
#ifdef CONFIG_PPC_PSERIES
	&rtas_fadump_backend,
#endif
#ifdef CONFIG_PPC_POWERNV
	&opal_fadump_backend,
#endif
	NULL
};

/**
 * fadump_backend_at - the backend that lives in a node
 * @node: name of the device tree node
 *
 * Return: the backend, or NULL.
 */
const struct fadump_backend *fadump_backend_at(const char *node)
{
	int i;

	for (i = 0; fadump_backends[i]; i++)
		if (!strcmp(node, fadump_backends[i]->node))
			break;
	return fadump_backends[i];
}
