/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of /sys/kernel/fadump, or those with the old names in /sys/kernel.
 */
#ifndef FADUMPCTL_ATTR_H
#define FADUMPCTL_ATTR_H

#include "lib/files.h"
#include "lib/types.h"

enum attr {
	ATTR_ENABLED,
	ATTR_REGISTERED,
	ATTR_RELEASE_MEM,
	ATTR_MEM_RESERVED,
	ATTR_CMA_SIZE,
	ATTR_HOTPLUG_READY,
	ATTR_BOOTARGS,
	ATTR_DUMP_STATUS,
	ATTR_BOOT_MEM_SIZE,
	ATTR_BOOT_MEM_USED,
	ATTR_BOOT_MEM_RECOMMENDED,
	NR_ATTRS
};

struct path attr_path(enum attr attr);
bool attr_exists(enum attr attr);
struct number attr_number(enum attr attr);

/* Write @text; say what went wrong. Return: exit status. */
int attr_write(enum attr attr, const char *text);

/* Arm or disarm, and verify that. Return: exit status. */
int attr_set_registered(bool on);

/* Return: EXIT_DONE, or EXIT_MISSING and a message where there is no fadump. */
int attr_require(void);

#endif
