// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two lines of ours in a file that GRUB's own scripts read.
 *
 * The kernel uses the last crashkernel= and the last fadump= of its command line, so the
 * arguments that are there already can stay; to undo, removing the two lines is enough.
 */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bootloader/bootloader.h"
#include "lib/bounds.h"
#include "lib/child.h"
#include "lib/files.h"
#include "lib/say.h"

#define MARK	"# fadumpctl recommend --undo removes this line and the next one.\n"
#define SET	"GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT "

/**
 * struct edit - a change of a file
 * @path: the file
 * @exists: it is there
 * @old: its text
 * @new: its text after the change
 */
struct edit {
	struct path path;
	bool exists;
	char old[MAX_TEXT];
	char new[MAX_TEXT + 512];
};

static int read_old(struct edit *e, const char *file)
{
	ssize_t n;

	e->path = root_path(file);
	n = file_read(e->path.s, e->old, sizeof(e->old));
	e->exists = n != -ENOENT;
	if (n == sizeof(e->old) - 1)
		n = -EFBIG;
	if (n < 0 && e->exists)
		return fail_errno(EXIT_FAILED, n, e->path.s);
	if (n > 0 && strlen(e->old) != (size_t)n)
		return fail(EXIT_FAILED, "%s: not a text file", e->path.s);
	strcpy(e->new, e->old);
	return EXIT_DONE;
}

/* Find our lines. Return: their length without the last newline, or 0. */
static size_t find_lines(char *text, char **at)
{
	*at = strstr(text, MARK SET);
	return *at ? strlen(MARK) + strcspn(*at + strlen(MARK), "\n") : 0;
}

/* add_lines() puts one newline before or after its lines. */
static bool remove_lines(char *text)
{
	size_t len;
	char *at;

	len = find_lines(text, &at);
	if (!len)
		return false;
	if (at[len])
		len++;
	else if (at > text)
		at--, len++;
	memmove(at, at + len, strlen(at + len) + 1);
	return true;
}

/* A file without a newline at its end stays such a file. */
static void add_lines(char *text, size_t cap, const char *args)
{
	size_t len = strlen(text);
	bool cut = len && text[len - 1] != '\n';

	snprintf(text + len, cap - len, "%s" MARK SET "%s\"%s", cut ? "\n" : "", args,
		 cut ? "" : "\n");
}

static void show_lines(char sign, char *text)
{
	size_t len, line;
	char *at;

	for (len = find_lines(text, &at); len; len -= line, at += line) {
		line = strcspn(at, "\n");
		printf("%c %.*s\n", sign, (int)line, at);
		line += len > line;
	}
}

static void show(struct edit *e, const struct loader *l)
{
	printf("%s:\n", e->path.s);
	show_lines('-', e->old);
	show_lines('+', e->new);
	printf("Then: %s%s%s\n", l->program, l->output ? " -o " : "",
	       l->output ? root_path(l->output).s : "");
}

static int run(const struct loader *l)
{
	struct path output = root_path(l->output ?: "");
	char *argv[] = { (char *)l->program, "-o", output.s, NULL };
	struct child c = { };

	if (!l->output)
		argv[1] = NULL;
	return child_run(&c, argv);
}

static int write_text(const struct edit *e, const char *text, bool keep)
{
	if (keep)
		return file_replace(e->path.s, text);
	return unlink(e->path.s) ? -errno : 0;
}

static int change(struct edit *e, const struct loader *l)
{
	int rc = write_text(e, e->new, e->new[0] || !l->is_ours), err;

	if (rc)
		return fail_errno(exit_code_of(rc), rc, e->path.s);
	rc = run(l);
	if (!rc)
		return EXIT_DONE;
	err = write_text(e, e->old, e->exists);
	if (err)
		return fail_errno(rc, err, e->path.s);
	return fail(rc, "%s is as before", e->path.s);
}

/* -------- Files that GRUB reads later -------- */

static int is_config(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return len > 4 && !strcmp(d->d_name + len - 4, ".cfg");
}

static bool sets_argument(const char *text)
{
	const char *line = text;

	for (; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
		size_t len = strcspn(line, "\n");

		if (line[strspn(line, " \t")] != '#' &&
		    (memmem(line, len, "crashkernel=", strlen("crashkernel=")) ||
		     memmem(line, len, "fadump=", strlen("fadump="))))
			return true;
	}
	return false;
}

/* Its arguments would be the last ones. */
static int check_later(const struct edit *e, const char *dir, const char *name)
{
	struct path path;
	char text[MAX_TEXT];

	if (strcmp(name, strrchr(e->path.s, '/') + 1) <= 0 || path_join(&path, dir, name) ||
	    file_read(path.s, text, sizeof(text)) < 0 || !sets_argument(text))
		return EXIT_DONE;
	return fail(EXIT_STATE, "%s: sets crashkernel= or fadump= after %s; remove that line or the file first",
		    path.s, e->path.s);
}

static int check_directory(const struct edit *e)
{
	struct path dir = e->path;
	struct dirent **list;
	int rc = EXIT_DONE, n, i;

	*strrchr(dir.s, '/') = '\0';
	n = scandir(dir.s, &list, is_config, NULL);
	for (i = 0; i < n; i++) {
		if (!rc)
			rc = check_later(e, dir.s, list[i]->d_name);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return rc;
}

/* -------- Commands -------- */

int grub_apply(const struct loader *l, const char *args, bool yes)
{
	struct edit e;
	int rc = read_old(&e, l->file);

	if (!rc && l->is_ours)
		rc = check_directory(&e);
	if (rc)
		return rc;
	remove_lines(e.new);
	add_lines(e.new, sizeof(e.new), args);
	if (!strcmp(e.old, e.new)) {
		say_text("%s has these arguments already.", e.path.s);
		return EXIT_DONE;
	}
	show(&e, l);
	rc = confirm_change(yes);
	return rc ? rc : change(&e, l);
}

int grub_undo(const struct loader *l, bool yes)
{
	struct edit e;
	int rc = read_old(&e, l->file);

	if (rc)
		return rc;
	if (!remove_lines(e.new))
		return fail(EXIT_STATE, "%s: has no lines of recommend --apply", e.path.s);
	show(&e, l);
	rc = confirm_change(yes);
	return rc ? rc : change(&e, l);
}
