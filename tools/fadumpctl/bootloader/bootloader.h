/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The arguments fadump= and crashkernel= in the boot loader's configuration.
 */
#ifndef FADUMPCTL_BOOTLOADER_H
#define FADUMPCTL_BOOTLOADER_H

#include "lib/types.h"

/*
 * Show the change that adds @args, ask unless @yes, and do it. If the boot loader's
 * program fails, the configuration is restored. Return: exit status.
 */
int bootloader_apply(const char *args, bool yes);

/* Take it back in the same way. */
int bootloader_undo(bool yes);

/* -------- Between the files of this directory -------- */

/**
 * struct loader - a program that writes the boot loader's configuration
 * @program: its name
 * @apply: as bootloader_apply()
 * @undo: as bootloader_undo()
 * @file: the file of ours or of GRUB that has the arguments; for grub.c
 * @is_ours: the file exists only for that, and is removed when it is empty
 * @output: the file that @program has to be told to write, or NULL
 */
struct loader {
	const char *program;
	int (*apply)(const struct loader *l, const char *args, bool yes);
	int (*undo)(const struct loader *l, bool yes);
	const char *file;
	bool is_ours;
	const char *output;
};

int grub_apply(const struct loader *l, const char *args, bool yes);
int grub_undo(const struct loader *l, bool yes);
int grubby_apply(const struct loader *l, const char *args, bool yes);
int grubby_undo(const struct loader *l, bool yes);

/* confirm.c. Return: exit status. */
int confirm_change(bool yes);

#endif
