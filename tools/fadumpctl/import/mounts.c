// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a boot mounts a file system: a target of another configuration is a device or a
 * host's directory, that of fadump.conf is a directory.
 */

#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/import.h"
#include "lib/files.h"

static bool is_same_device(const char *a, const char *b)
{
	char real_a[PATH_MAX], real_b[PATH_MAX];
	struct path device_a, device_b;

	return device_path(a, &device_a) && device_path(b, &device_b) &&
	       realpath(device_a.s, real_a) && realpath(device_b.s, real_b) &&
	       !strcmp(real_a, real_b);
}

static size_t length_without_slash(const char *dir)
{
	size_t len = strlen(dir);

	while (len && dir[len - 1] == '/')
		len--;
	return len;
}

/* Return: what @source has behind the name of the mounted one, or NULL. */
static const char *match(const char *source, const char *mounted)
{
	size_t len = length_without_slash(mounted);

	if (is_same_device(source, mounted))
		return "";
	if (!len || strncmp(source, mounted, len) || (source[len] && source[len] != '/'))
		return NULL;
	source += len;
	return source + (source[0] && !source[1]);
}

bool find_mounted(const char *source, struct path *dir, const char **rest)
{
	FILE *f = setmntent(root_path("/etc/fstab").s, "re");
	char line[2 * PATH_MAX];
	const char *behind;
	struct mntent e;

	*rest = NULL;
	while (f && getmntent_r(f, &e, line, sizeof(line))) {
		behind = e.mnt_dir[0] == '/' ? match(source, e.mnt_fsname) : NULL;
		if (!behind || (*rest && strlen(behind) > strlen(*rest)))
			continue;
		*rest = behind;
		snprintf(dir->s, sizeof(dir->s), "%.*s", (int)length_without_slash(e.mnt_dir),
			 e.mnt_dir);
	}
	if (f)
		endmntent(f);
	return *rest;
}
