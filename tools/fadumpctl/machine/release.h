/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Releases the memory of a dump.
 */
#ifndef FADUMPCTL_RELEASE_H
#define FADUMPCTL_RELEASE_H

#include <stdbool.h>

/* Release the dump, wait for the memory, arm again. Return: exit status. */
int release_dump(bool quiet);

#endif
