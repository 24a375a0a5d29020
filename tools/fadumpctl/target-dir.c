// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump in a directory, on whatever file system.
 *
 *	DIR/.fadumpctl.lock			one save at a time
 *	DIR/.fadump-NODE-TIME.partial/		while it is written
 *	DIR/fadump-NODE-TIME/			when it is whole and on the disk
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rotate.h"
#include "say.h"
#include "target.h"

#define LOCK_NAME	".fadumpctl.lock"

static void partial_name(const struct target *t, char *buf, size_t cap)
{
	snprintf(buf, cap, ".%s.partial", t->name);
}

/*
 * On NFS the lock of a file is the server's; a directory has none. Where there
 * are no locks lock_fd is given up.
 */
static int lock(struct target *t)
{
	t->lock_fd = openat(t->fd, LOCK_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			    0600);
	if (t->lock_fd < 0)
		return fail(exit_code_of(errno), "%s/%s: %s", t->path.s, LOCK_NAME,
			    strerror(errno));
	if (!flock(t->lock_fd, LOCK_EX | LOCK_NB))
		return EXIT_DONE;
	if (errno == EWOULDBLOCK)
		return fail(EXIT_STATE, "%s: somebody else is saving a dump here",
			    t->path.s);
	warn("%s/%s: %s: nothing keeps two from saving at the same time, and what a save that was killed has left stays",
	     t->path.s, LOCK_NAME, strerror(errno));
	close(t->lock_fd);
	t->lock_fd = -1;
	return EXIT_DONE;
}

static int check_mount(const struct target *t)
{
	struct stat here, above;

	if (!t->require_mount)
		return EXIT_DONE;
	if (fstat(t->fd, &here) || fstatat(t->fd, "..", &above, 0))
		return fail_errno(exit_code_of(errno), errno, t->path.s);
	if (here.st_dev == above.st_dev && here.st_ino != above.st_ino)
		return fail(EXIT_LINK, "%s: nothing is mounted there", t->path.s);
	return EXIT_DONE;
}

/* Two dumps in a second are rare, but neither may replace the other. */
static void choose_name(struct target *t)
{
	size_t len = strlen(t->name);
	unsigned int i;

	for (i = 2; !faccessat(t->fd, t->name, F_OK, AT_SYMLINK_NOFOLLOW) && i < 1000; i++)
		snprintf(t->name + len, sizeof(t->name) - len, "-%u", i);
}

static int make_partial(struct target *t)
{
	char name[MAX_NAME + 64];

	choose_name(t);
	partial_name(t, name, sizeof(name));
	if (mkdirat(t->fd, name, 0700))
		return fail(exit_code_of(errno), "%s/%s: %s", t->path.s, name,
			    strerror(errno));
	t->begun = true;
	t->partial_fd = openat(t->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->partial_fd < 0)
		return fail(exit_code_of(errno), "%s/%s: %s", t->path.s, name,
			    strerror(errno));
	return EXIT_DONE;
}

/* Of a save that was killed; without a lock it may be of one that goes on. */
static void remove_leftovers(const struct target *t)
{
	int rc = t->lock_fd < 0 ? 0 : remove_partials(t->fd, t->prefix);

	if (rc)
		warn("%s: cannot remove what an earlier save left: %s", t->path.s,
		     strerror(-rc));
}

static int dir_begin(struct target *t)
{
	int rc;

	t->fd = open(t->path.s, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->fd < 0)
		return fail_errno(exit_code_of(errno), errno, t->path.s);
	rc = check_mount(t);
	if (!rc)
		rc = lock(t);
	if (rc)
		return rc;
	remove_leftovers(t);
	return make_partial(t);
}

static int dir_open(struct target *t, const char *name, struct sink *s)
{
	char partial[MAX_NAME + 64];
	int fd;

	partial_name(t, partial, sizeof(partial));
	/* target_parse() has left room for this. */
	if (path_join(&t->path_buf, t->path.s, partial) ||
	    strlen(t->path_buf.s) + strlen(name) + 2 > sizeof(t->path_buf.s))
		return fail_errno(EXIT_FAILED, ENAMETOOLONG, t->path.s);
	strcat(strcat(t->path_buf.s, "/"), name);
	fd = openat(t->partial_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail_errno(exit_code_of(errno), errno, t->path_buf.s);
	sink_begin(s, fd, NULL);
	s->holes = true;
	return EXIT_DONE;
}

static int dir_close(struct target *t, struct sink *s)
{
	int err = fsync(s->fd) ? errno : 0;

	if (close(s->fd) && !err)
		err = errno;
	s->fd = -1;
	return err ? fail_errno(exit_code_of(err), err, t->path_buf.s) : EXIT_DONE;
}

static int dir_commit(struct target *t)
{
	char partial[MAX_NAME + 64];

	partial_name(t, partial, sizeof(partial));
	if (fsync(t->partial_fd) || renameat(t->fd, partial, t->fd, t->name))
		return fail(exit_code_of(errno), "%s/%s: %s", t->path.s, t->name,
			    strerror(errno));
	t->begun = false;
	if (fsync(t->fd))
		return fail_errno(exit_code_of(errno), errno, t->path.s);
	return EXIT_DONE;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void dir_abort(struct target *t)
{
	char partial[MAX_NAME + 64];

	partial_name(t, partial, sizeof(partial));
	if (t->begun && remove_tree(t->fd, partial))
		warn("%s/%s: cannot be removed; the next save tries again", t->path.s,
		     partial);
	t->begun = false;
	close_fd(&t->partial_fd);
	close_fd(&t->lock_fd);
	close_fd(&t->fd);
}

static void dir_rotate(struct target *t, u64 keep)
{
	int rc = rotate_dumps(t->fd, t->prefix, t->name, keep);

	if (rc)
		warn("%s: cannot remove old dumps: %s", t->path.s, strerror(-rc));
}

const struct target_ops target_dir_ops = {
	.dump_name = "vmcore",
	.begin = dir_begin,
	.open = dir_open,
	.close = dir_close,
	.commit = dir_commit,
	.abort = dir_abort,
	.rotate = dir_rotate,
};
