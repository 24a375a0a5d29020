// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which program changes the boot loader's configuration on this machine?
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bootloader/bootloader.h"
#include "lib/files.h"
#include "lib/say.h"
#include "lib/stop.h"

/* The first that is there: Fedora has grub2-mkconfig as well, but boots other entries. */
static const struct loader loaders[] = {
	{ "grubby", grubby_apply, grubby_undo, NULL, false, NULL },
	{ "update-grub", grub_apply, grub_undo, "/etc/default/grub.d/fadump.cfg", true, NULL },
	{ "grub2-mkconfig", grub_apply, grub_undo, "/etc/default/grub", false,
	  "/boot/grub2/grub.cfg" },
};

/* As execvp() searches. */
static bool is_in_path(const char *program)
{
	char dirs[PATH_MAX], *at = dirs, *dir;
	struct path file;

	snprintf(dirs, sizeof(dirs), "%s", getenv("PATH") ?: "");
	while ((dir = strsep(&at, ":")))
		if (!path_join(&file, dir, program) && !access(file.s, X_OK))
			return true;
	return false;
}

static const struct loader *find_loader(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(loaders); i++)
		if (is_in_path(loaders[i].program))
			return &loaders[i];
	fail(EXIT_MISSING, "neither %s nor %s nor %s is in PATH; change the kernel command line by hand",
	     loaders[0].program, loaders[1].program, loaders[2].program);
	return NULL;
}

int bootloader_apply(const char *args, bool yes)
{
	const struct loader *l = find_loader();

	catch_stops();
	return l ? l->apply(l, args, yes) : EXIT_MISSING;
}

int bootloader_undo(bool yes)
{
	const struct loader *l = find_loader();

	catch_stops();
	return l ? l->undo(l, yes) : EXIT_MISSING;
}
