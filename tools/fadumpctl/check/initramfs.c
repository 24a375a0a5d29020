// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Is the initramfs up to date?
 *
 * When an image is made, fadump-stamp stores a description of its contents. A
 * description that is made now must be the same.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "check/check.h"
#include "lib/child.h"
#include "lib/files.h"

#define STAMP_PROGRAM	"/usr/lib/fadump/fadump-stamp"
#define STAMP_FILE	"/var/lib/fadumpctl/initramfs-"
#define REBUILD		"rebuild it: update-initramfs -u -k all, or dracut -f --regenerate-all"

/* Some file systems store times in steps of 2 seconds. */
#define MTIME_STEP	2

static struct path path_of(const char *before, const char *release, const char *behind)
{
	char name[255];

	snprintf(name, sizeof(name), "%s%s%s", before, release, behind);
	return root_path(name);
}

/* Make a description; it is empty if the image needs nothing. False if that fails. */
static bool describe(char *buf, size_t cap, struct child *c)
{
	struct path program = root_path(STAMP_PROGRAM);
	char *argv[] = { program.s, NULL };

	if (root_is_set())
		setenv("FADUMPCTL_ROOT", root_path("").s, 1);
	if (access(program.s, X_OK) || child_start(c, argv, CHILD_OUT))
		return false;
	child_read(c, buf, cap);
	return !child_finish(c, false);
}

/* The key of the first line that differs, or NULL; both have the same order of lines. */
static const char *find_difference(const char *now, const char *then)
{
	static char key[32];
	const char *at = now, *line = now;

	for (; *at && *at == *then; at++, then++)
		if (*at == '\n')
			line = at + 1;
	if (!*at && !*then)
		return NULL;
	snprintf(key, sizeof(key), "%.*s", (int)strcspn(line, "=\n"), line);
	return key;
}

/* For the key of a line that fadump-target has written. */
static const char *name_of_change(const char *key)
{
	if (!strcmp(key, "node"))
		return "the host name";
	if (!strcmp(key, "device") || !strcmp(key, "type") || !strcmp(key, "options") ||
	    !strcmp(key, "dir"))
		return "where TARGET is (/etc/fstab)";
	return key;
}

/*
 * The image is older than the description: making it has failed. Distributions name the
 * image differently; one with an unknown name is not compared.
 */
static bool is_image_older(const char *release, const struct stat *stamp)
{
	static const char * const images[][2] = {
		{ "/boot/initrd.img-", "" }, { "/boot/initramfs-", ".img" },
		{ "/boot/initrd-", "" },
	};
	struct stat st;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(images); i++)
		if (!stat(path_of(images[i][0], release, images[i][1]).s, &st))
			return st.st_mtime + MTIME_STEP < stamp->st_mtime;
	return false;
}

static void compare(const char *now, const char *then, const struct child *c, struct finding *f)
{
	const char *key = find_difference(now, then);
	int len = strcspn(c->messages.tail, "\n");

	if (!key && !now[0])
		finding_ok(f, "needs nothing of fadump: %.*s",
			   c->messages.tail_len ? len : 0, c->messages.tail);
	else if (!key)
		finding_ok(f, "up to date");
	else if (!then[0])
		finding_wrong(f, "this kernel's initramfs does not save a dump: " REBUILD);
	else if (!now[0])
		finding_wrong(f, "still saves to the former target: " REBUILD);
	else
		finding_wrong(f, "made before %s changed: " REBUILD, name_of_change(key));
}

void check_initramfs(struct check_input *in, struct finding *f)
{
	char now[4096], then[4096];
	struct child c = { };
	struct utsname uts;
	struct path stamp;
	struct stat st;

	(void)in;
	uname(&uts);
	stamp = path_of(STAMP_FILE, uts.release, "");
	if (!describe(now, sizeof(now), &c)) {
		finding_unknown(f, STAMP_PROGRAM ": cannot be run; without it, the initramfs saves no dump");
		return;
	}
	file_read(stamp.s, then, sizeof(then));
	compare(now, then, &c, f);
	if (f->verdict == VERDICT_OK && !stat(stamp.s, &st) && is_image_older(uts.release, &st))
		finding_wrong(f, "was not written when it was last made: " REBUILD);
}
