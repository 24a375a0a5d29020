// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Does the initramfs hold what holds now?
 *
 * The rule: when an image is made, fadump-stamp stores a description of what goes in;
 * made now, the description has to be the same.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "check.h"
#include "say.h"

#define STAMP_PROGRAM	"/usr/lib/fadump/fadump-stamp"
#define STAMP_FILE	"/var/lib/fadumpctl/initramfs-"
#define MAKE_IT		"make it again: update-initramfs -u -k all, or dracut -f --regenerate-all"

/* Of file systems that count in steps of two. */
#define MTIME_STEP	2

static struct path path_of(const char *before, const char *release, const char *behind)
{
	char name[255];

	snprintf(name, sizeof(name), "%s%s%s", before, release, behind);
	return root_path(name);
}

/* Until it says no more; what does not fit is left out. */
static void read_output(struct child *c, char *buf, size_t cap)
{
	size_t len = 0;
	ssize_t n = 1;

	while (n && child_poll(c)) {
		char rest[256];
		bool full = len == cap - 1;

		n = read(c->out, full ? rest : buf + len, full ? sizeof(rest) : cap - 1 - len);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			break;
		if (n > 0 && !full)
			len += n;
	}
	buf[len] = '\0';
}

/* Empty where nothing would be put in. False if the program does not run. */
static bool describe(char *buf, size_t cap, struct child *c)
{
	struct path program = root_path(STAMP_PROGRAM);
	char *argv[] = { program.s, NULL };

	if (root_is_set())
		setenv("FADUMPCTL_ROOT", root_path("").s, 1);
	if (access(program.s, X_OK) || child_start(c, argv, CHILD_OUT))
		return false;
	read_output(c, buf, cap);
	return !child_finish(c, false);
}

/* The key of the first line in which they differ; the lines are in the same order. */
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

/* The key of a line that fadump-target has written. */
static const char *what_changed(const char *key)
{
	if (!strcmp(key, "node"))
		return "the host name";
	if (!strcmp(key, "device") || !strcmp(key, "type") || !strcmp(key, "options") ||
	    !strcmp(key, "dir"))
		return "where TARGET is (/etc/fstab)";
	return key;
}

/*
 * Then the image is of an earlier time than the description. Distributions have names
 * of their own for it; one of another name is not compared.
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
		finding_ok(f, "has nothing to do: %.*s",
			   c->messages.tail_len ? len : 0, c->messages.tail);
	else if (!key)
		finding_ok(f, "holds what holds now");
	else if (!then[0])
		finding_wrong(f, "that of this kernel was not made to save a dump: " MAKE_IT);
	else if (!now[0])
		finding_wrong(f, "still saves to the place of before: " MAKE_IT);
	else
		finding_wrong(f, "made before %s changed: " MAKE_IT, what_changed(key));
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
		finding_unknown(f, STAMP_PROGRAM ": does not run: nothing saves a dump in the initramfs where it is not installed");
		return;
	}
	file_read(stamp.s, then, sizeof(then));
	compare(now, then, &c, f);
	if (f->verdict == VERDICT_OK && !stat(stamp.s, &st) && is_image_older(uts.release, &st))
		finding_wrong(f, "not written when it was to be made last: " MAKE_IT);
}
