// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Is a directory's file system mounted, and will a boot mount it?
 *
 * Read the tables before anything touches the directory: the question must not trigger
 * an automount.
 */

#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "lib/files.h"

#define FSTAB	"/etc/fstab"
#define MOUNTS	"/proc/self/mounts"

/**
 * struct mount - a line of fstab or of the mounted file systems
 * @dir: mount point
 * @source: what is mounted
 * @type: kind of file system
 * @on_demand: a boot does not mount it by itself
 */
struct mount {
	char dir[PATH_MAX];
	char source[PATH_MAX];
	char type[64];
	bool on_demand;
};

static size_t dir_length(const char *dir)
{
	size_t len = strlen(dir);

	while (len > 1 && dir[len - 1] == '/')
		len--;
	return len;
}

static bool is_below(const char *path, const char *dir)
{
	size_t len = dir_length(dir);

	return !strncmp(path, dir, len) && (!path[len] || path[len] == '/');
}

/* The root file system is never in question, an automount is not yet mounted. */
static bool is_candidate(const struct mntent *e, const char *path)
{
	return e->mnt_dir[0] == '/' && dir_length(e->mnt_dir) > 1 && strcmp(e->mnt_type, "autofs") &&
	       is_below(path, e->mnt_dir);
}

/* Find the file system of @path: the longest mount point, and the last of equal ones. */
static bool find_mount(const char *table, const char *path, struct mount *m)
{
	FILE *f = setmntent(root_path(table).s, "re");
	char line[2 * PATH_MAX];
	struct mntent e;

	m->dir[0] = '\0';
	while (f && getmntent_r(f, &e, line, sizeof(line))) {
		if (!is_candidate(&e, path) || dir_length(e.mnt_dir) < strlen(m->dir))
			continue;
		snprintf(m->dir, sizeof(m->dir), "%.*s", (int)dir_length(e.mnt_dir), e.mnt_dir);
		snprintf(m->source, sizeof(m->source), "%s", e.mnt_fsname);
		snprintf(m->type, sizeof(m->type), "%s", e.mnt_type);
		m->on_demand = hasmntopt(&e, "noauto") || hasmntopt(&e, "x-systemd.automount");
	}
	if (f)
		endmntent(f);
	return m->dir[0];
}

static bool is_mounted_at(const char *dir)
{
	struct mount m;

	return find_mount(MOUNTS, dir, &m) && !strcmp(m.dir, dir);
}

/* fstab has it, but it is not mounted. */
static void check_device_of(const struct mount *m, struct finding *f)
{
	struct path device;

	if (device_path(m->source, &device) && !file_exists(device.s)) {
		finding_wrong(f, "%.128s: not mounted, and %.128s, which /etc/fstab mounts there, does not exist",
			      m->dir, m->source);
		return;
	}
	if (m->on_demand)
		finding_ok(f, "not mounted now; /etc/fstab mounts %.128s on %.128s",
			   m->source, m->dir);
	else
		finding_unknown(f, "not mounted now, though a boot should mount %.128s on %.128s: check that mount",
				m->source, m->dir);
	f->stops = true;
}

/* Return: false if @f is final. */
static bool check_mount_of(const char *path, struct finding *f)
{
	struct mount boot, now;
	bool in_fstab = find_mount(FSTAB, path, &boot);
	bool is_mounted = find_mount(MOUNTS, path, &now);

	if (in_fstab && !is_mounted_at(boot.dir)) {
		check_device_of(&boot, f);
		return false;
	}
	if (is_mounted && strcmp(boot.dir, now.dir))
		finding_unknown(f, "%.128s: %.128s is mounted there, but not by /etc/fstab: make sure that a boot mounts it",
				now.dir, now.source);
	else if (is_mounted)
		finding_ok(f, "%.256s: on %.128s", path, now.source);
	else
		finding_ok(f, "%.256s: on the root file system", path);
	return true;
}

bool check_mount(const char *path, struct finding *f)
{
	char real[PATH_MAX];

	if (!check_mount_of(path, f))
		return false;
	return !realpath(path, real) || check_mount_of(real, f);
}
