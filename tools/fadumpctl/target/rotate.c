// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Removes old dumps and what an interrupted save has left.
 *
 * Only this machine's dumps are touched, which their names tell. In a directory that other
 * users may write to, a name proves nothing: a dump must also belong to our user, and no
 * other user may have been able to change it.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "target/rotate.h"
#include "target/target.h"

static DIR *open_dir(int fd, const char *name)
{
	int sub = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = sub < 0 ? NULL : fdopendir(sub);

	if (!dir && sub >= 0)
		close(sub);
	return dir;
}

static bool is_dot(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

static bool is_of_log(const char *name)
{
	return !strcmp(name, LOG_NAME) || !strcmp(name, REPORT_NAME);
}

/* A dump has no subdirectories. */
static int remove_files(int fd, const char *name, bool but_log)
{
	DIR *dir = open_dir(fd, name);
	struct dirent *e;
	int rc = 0;

	if (!dir)
		return -errno;
	while ((e = readdir(dir)))
		if (!is_dot(e->d_name) && !(but_log && is_of_log(e->d_name)) &&
		    unlinkat(dirfd(dir), e->d_name, 0))
			rc = -errno;
	closedir(dir);
	return rc;
}

int remove_all_but_log(int fd, const char *name)
{
	return remove_files(fd, name, true);
}

int remove_tree(int fd, const char *name)
{
	int rc = remove_files(fd, name, false);

	if (unlinkat(fd, name, AT_REMOVEDIR))
		rc = rc ? rc : -errno;
	return rc;
}

struct names {
	char **name;
	size_t nr;
};

static void free_names(struct names *n)
{
	while (n->nr)
		free(n->name[--n->nr]);
	free(n->name);
}

static int add_name(struct names *n, const char *name)
{
	char **more = realloc(n->name, (n->nr + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	n->name = more;
	n->name[n->nr] = strdup(name);
	if (!n->name[n->nr])
		return -ENOMEM;
	n->nr++;
	return 0;
}

/* By the time at the end of the name; -10 comes after -9. */
static int compare(const void *a, const void *b)
{
	return strverscmp(*(char * const *)a, *(char * const *)b);
}

static bool is_ours(int fd, const char *name, uid_t owner)
{
	struct stat st;

	return !fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) && S_ISDIR(st.st_mode) &&
	       st.st_uid == owner && !(st.st_mode & 0022);
}

static int list(int fd, const char *prefix, uid_t owner,
		bool (*wanted)(const char *name, const char *prefix),
		struct names *n)
{
	DIR *dir = open_dir(fd, ".");
	struct dirent *e;
	int rc = 0;

	*n = (struct names) { };
	if (!dir)
		return -errno;
	while (!rc && (e = readdir(dir)))
		if (wanted(e->d_name, prefix) && is_ours(fd, e->d_name, owner))
			rc = add_name(n, e->d_name);
	closedir(dir);
	if (n->nr)
		qsort(n->name, n->nr, sizeof(*n->name), compare);
	return rc;
}

/* The lock is held, so that no other save writes them. @current: the caller's own. */
int remove_partials(int fd, const char *prefix, uid_t owner, const char *current)
{
	struct names n;
	int rc = list(fd, prefix, owner, is_partial_name, &n);
	size_t i;

	for (i = 0; i < n.nr && !rc; i++)
		if (strcmp(n.name[i], current))
			rc = remove_tree(fd, n.name[i]);
	free_names(&n);
	return rc;
}

static bool has_file(int fd, const char *name, const char *file)
{
	char path[MAX_NAME + 64];

	snprintf(path, sizeof(path), "%s/%s", name, file);
	return !faccessat(fd, path, F_OK, AT_SYMLINK_NOFOLLOW);
}

static bool is_finished(int fd, const char *name)
{
	return has_file(fd, name, INFO_NAME) || has_file(fd, name, REPORT_NAME);
}

/* A save was killed after it had named the log: remove all files but the log. */
int remove_unfinished(int fd, const char *prefix, uid_t owner)
{
	struct names n;
	int rc = list(fd, prefix, owner, is_dump_name, &n);
	size_t i;

	for (i = 0; i < n.nr && !rc; i++) {
		if (is_finished(fd, n.name[i]))
			continue;
		rc = remove_all_but_log(fd, n.name[i]);
		/* Fails unless there was no log. */
		unlinkat(fd, n.name[i], AT_REMOVEDIR);
	}
	free_names(&n);
	return rc;
}

/* Rename first: a dump that is partly removed must not have a dump's name. */
static int remove_dump(int fd, const char *name)
{
	char partial[MAX_NAME + 64];

	snprintf(partial, sizeof(partial), ".%s" PARTIAL, name);
	if (!renameat(fd, name, fd, partial))
		return remove_tree(fd, partial);
	return faccessat(fd, partial, F_OK, AT_SYMLINK_NOFOLLOW) ? -errno :
	       remove_tree(fd, name);
}

/**
 * rotate_dumps - remove the oldest dumps
 * @fd: directory
 * @prefix: of the names of this machine's dumps
 * @owner: our user in this directory
 * @newest: the dump that was just saved; stays whatever time its name has
 * @keep: how many dumps stay, with @newest
 *
 * Return: 0 or -errno.
 */
int rotate_dumps(int fd, const char *prefix, uid_t owner, const char *newest, u64 keep)
{
	struct names n;
	int rc = list(fd, prefix, owner, is_dump_name, &n);
	size_t i, left = n.nr;

	for (i = 0; i < n.nr && left > keep && !rc; i++) {
		/* The clock may be wrong, so @newest need not be the last name. */
		if (!strcmp(n.name[i], newest))
			continue;
		rc = remove_dump(fd, n.name[i]);
		left--;
	}
	free_names(&n);
	return rc;
}

int remove_oldest_dump(int fd, const char *prefix, uid_t owner, char *name, size_t cap)
{
	struct names n;
	int rc = list(fd, prefix, owner, is_dump_name, &n);

	if (!rc && n.nr) {
		snprintf(name, cap, "%s", n.name[0]);
		rc = remove_dump(fd, name);
		rc = rc ? rc : 1;
	}
	free_names(&n);
	return rc;
}
