// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finds the processes that have a file open or mapped.
 */

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/files.h"
#include "lib/say.h"
#include "machine/users.h"

static bool is_link_to(const char *link, const char *file)
{
	char target[PATH_MAX];
	ssize_t len = readlink(link, target, sizeof(target) - 1);

	if (len < 0)
		return false;
	target[len] = '\0';
	return !strcmp(target, file);
}

static bool has_file_open(const struct path *process, const char *file)
{
	struct path fds, fd;
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	if (path_join(&fds, process->s, "fd"))
		return false;
	dir = opendir(fds.s);
	while (dir && !found && (entry = readdir(dir)))
		found = !path_join(&fd, fds.s, entry->d_name) && is_link_to(fd.s, file);
	if (dir)
		closedir(dir);
	return found;
}

/* The file's name is at the end of a line. */
static bool has_file_mapped(const struct path *process, const char *file)
{
	size_t cap = 0, len = strlen(file);
	struct path maps;
	bool found = false;
	char *line = NULL;
	ssize_t got;
	FILE *f;

	if (path_join(&maps, process->s, "maps"))
		return false;
	f = fopen(maps.s, "re");
	while (f && !found && (got = getline(&line, &cap, f)) > 0) {
		line[--got] = '\0';
		found = (size_t)got > len && !strcmp(line + got - len, file) &&
			line[got - len - 1] == ' ';
	}
	if (f)
		fclose(f);
	free(line);
	return found;
}

static void warn_user(const struct path *process, const char *pid, const char *file)
{
	char name[64] = "";
	struct path comm;

	if (!path_join(&comm, process->s, "comm"))
		file_read_text(comm.s, name, sizeof(name));
	name[strcspn(name, "\n")] = '\0';
	warn("%s is in use by %s (process %s)", file, name[0] ? name : "a program", pid);
}

void users_warn(const char *file)
{
	struct path proc = root_path("/proc"), process;
	DIR *dir = opendir(proc.s);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    path_join(&process, proc.s, entry->d_name))
			continue;
		if (has_file_open(&process, file) || has_file_mapped(&process, file))
			warn_user(&process, entry->d_name, file);
	}
	if (dir)
		closedir(dir);
}
