// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump in a directory of any file system.
 *
 *	DIR/.fadumpctl.lock			one save at a time
 *	DIR/.fadumplog-MACHINE-TIME.partial/	until the log is on the disk
 *	DIR/fadumplog-MACHINE-TIME/		until the dump is on the disk
 *	DIR/fadump-MACHINE-TIME/		then
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "lib/files.h"
#include "lib/say.h"
#include "lib/stop.h"
#include "target/rotate.h"
#include "target/sink.h"
#include "target/target.h"

#define LOCK_NAME	".fadumpctl.lock"

static int open_lock(const struct target *t)
{
	int fd = openat(t->fd, LOCK_NAME,
			O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0 && errno == EEXIST)
		fd = openat(t->fd, LOCK_NAME, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	return fd;
}

/*
 * Lock a file, not the directory: NFS has locks only for files.
 *
 * Return: 0, or errno if the lock is not taken.
 */
static int lock(struct target *t)
{
	t->lock_fd = open_lock(t);
	return t->lock_fd < 0 || flock(t->lock_fd, LOCK_EX | LOCK_NB) ? errno : 0;
}

/* Return: true if no other user can open, lock or have made the file. */
static bool is_private(int fd, uid_t owner)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_uid == owner &&
	       !(st.st_mode & 0077);
}

/*
 * The owner is known only after a directory was made, so the lock is checked after it
 * was taken. Without a usable lock, lock_fd is closed and the save continues.
 */
static int check_lock(struct target *t, int err)
{
	const char *why = strerror(err);

	if (t->lock_fd >= 0 && !is_private(t->lock_fd, t->owner))
		why = "another user can take it";
	else if (err == EWOULDBLOCK)
		return fail(EXIT_STATE, "%s: another save is running here",
			    t->path.s);
	else if (!err)
		return EXIT_DONE;
	warn("%s/%s: %s: nothing prevents two saves at the same time, so what an interrupted save has left stays",
	     t->path.s, LOCK_NAME, why);
	file_close(&t->lock_fd);
	return EXIT_DONE;
}

int is_mount_point(int fd)
{
	struct stat here, above;

	if (fstat(fd, &here) || fstatat(fd, "..", &above, 0))
		return -errno;
	return here.st_dev != above.st_dev || here.st_ino == above.st_ino;
}

static int check_mount(const struct target *t)
{
	int rc = t->require_mount ? is_mount_point(t->fd) : 1;

	if (rc < 0)
		return fail_errno(exit_code_of(rc), rc, t->path.s);
	return rc ? EXIT_DONE : fail(EXIT_LINK, "%s: nothing is mounted there", t->path.s);
}

static bool exists(const struct target *t, const char *name)
{
	return !faccessat(t->fd, name, F_OK, AT_SYMLINK_NOFOLLOW);
}

static int say_errno(const struct target *t, const char *name)
{
	int err = errno;

	return fail(exit_code_of(err), "%s/%s: %s", t->path.s, name, strerror(err));
}

static int make_directory(struct target *t)
{
	int rc;

	do {
		snprintf(t->now, sizeof(t->now), ".%s" PARTIAL, t->log_name);
		if (exists(t, t->name) || exists(t, t->log_name))
			errno = EEXIST;
		else if (!mkdirat(t->fd, t->now, 0700))
			return EXIT_DONE;
	} while (errno == EEXIST && target_next_name(t));
	rc = say_errno(t, t->now);
	t->now[0] = '\0';
	return rc;
}

/* Over NFS our files may belong to another user than this process has. */
static int make_partial(struct target *t)
{
	int rc = make_directory(t);
	struct stat st;

	if (rc)
		return rc;
	t->partial_fd = openat(t->fd, t->now, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (t->partial_fd < 0 || fstat(t->partial_fd, &st))
		return say_errno(t, t->now);
	t->owner = st.st_uid;
	return EXIT_DONE;
}

/* Without the lock, a partial directory may belong to a save that is running. */
static void remove_leftovers(const struct target *t)
{
	int rc = 0;

	if (t->lock_fd >= 0)
		rc = remove_partials(t->fd, t->prefix, t->owner, t->now);
	if (t->lock_fd >= 0 && !rc)
		rc = remove_partials(t->fd, t->log_prefix, t->owner, t->now);
	if (t->lock_fd >= 0 && !rc)
		rc = remove_unfinished(t->fd, t->log_prefix, t->owner);
	if (rc)
		warn("%s: cannot remove what an earlier save has left: %s", t->path.s,
		     strerror(-rc));
}

static int dir_begin(struct target *t)
{
	int rc, err;

	t->fd = open(t->path.s, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->fd < 0)
		return fail_errno(exit_code_of(errno), errno, t->path.s);
	rc = check_mount(t);
	if (rc)
		return rc;
	err = lock(t);
	rc = make_partial(t);
	if (!rc)
		rc = check_lock(t, err);
	if (!rc)
		remove_leftovers(t);
	return rc;
}

static int dir_open(struct target *t, const char *name, struct sink *s)
{
	struct path dir;
	int fd;

	snprintf(t->file_name, sizeof(t->file_name), "%s" PARTIAL, name);
	if (path_join(&dir, t->path.s, t->now) || path_join(&t->path_buf, dir.s, t->file_name))
		return fail_errno(EXIT_FAILED, ENAMETOOLONG, t->path.s);
	fd = openat(t->partial_fd, t->file_name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail_errno(exit_code_of(errno), errno, t->path_buf.s);
	sink_begin(s, fd, NULL);
	s->holes = true;
	return EXIT_DONE;
}

/* Remove ".partial" from the name. */
static int rename_file(const struct target *t)
{
	char name[sizeof(t->file_name)];

	snprintf(name, sizeof(name), "%s", t->file_name);
	*strrchr(name, '.') = '\0';
	return renameat(t->partial_fd, t->file_name, t->partial_fd, name) ? errno : 0;
}

static int dir_close(struct target *t, struct sink *s)
{
	int err = fsync(s->fd) ? errno : 0;

	if (close(s->fd) && !err)
		err = errno;
	s->fd = -1;
	if (!err)
		err = rename_file(t);
	return err ? fail_errno(exit_code_of(err), err, t->path_buf.s) : EXIT_DONE;
}

static bool is_taken(int err)
{
	return err == EEXIST || err == ENOTEMPTY || err == ENOTDIR;
}

/* @name is t->name or t->log_name; target_next_name() changes it. */
static int rename_to(struct target *t, const char *name)
{
	while (strcmp(t->now, name) && renameat(t->fd, t->now, t->fd, name))
		if (!is_taken(errno) || !target_next_name(t))
			return say_errno(t, name);
	snprintf(t->now, sizeof(t->now), "%s", name);
	return EXIT_DONE;
}

static int finish_as(struct target *t, const char *name)
{
	int rc = fsync(t->partial_fd) ? say_errno(t, t->now) : rename_to(t, name);

	if (!rc && fsync(t->fd))
		rc = say_errno(t, name);
	return rc;
}

static int dir_keep(struct target *t)
{
	int rc = finish_as(t, t->log_name);

	t->kept |= !rc;
	return rc;
}

static int dir_commit(struct target *t)
{
	int rc = finish_as(t, t->name);

	t->kept |= !rc;
	return rc;
}

static int dir_drop(struct target *t, struct sink *s)
{
	int rc = rename_to(t, t->log_name);

	file_close(&s->fd);
	remove_all_but_log(t->fd, t->now);
	return rc;
}

static void dir_abort(struct target *t)
{
	if (t->now[0] && !t->kept && remove_tree(t->fd, t->now))
		warn("%s/%s: cannot be removed; the next save tries again", t->path.s,
		     t->now);
	t->now[0] = '\0';
	file_close(&t->partial_fd);
	file_close(&t->lock_fd);
	file_close(&t->fd);
}

/* If the free space is unknown, nothing must be removed. */
static bool has_room(const struct target *t, u64 bytes)
{
	struct statvfs vfs;

	return fstatvfs(t->fd, &vfs) || (u64)vfs.f_bavail * vfs.f_frsize >= bytes;
}

static void dir_make_room(struct target *t, u64 bytes)
{
	char name[MAX_NAME + 32];
	int rc = 1;

	while (rc > 0 && !is_interrupted() && !has_room(t, bytes)) {
		rc = remove_oldest_dump(t->fd, t->prefix, t->owner, name, sizeof(name));
		if (rc > 0)
			warn("%s/%s: removed to make room", t->path.s, name);
	}
	if (rc <= 0)
		warn("%s: less than %s free: %s", t->path.s, size_text(bytes).s,
		     rc ? strerror(-rc) : "no older dump is left");
}

static void dir_rotate(struct target *t, u64 keep)
{
	int rc = rotate_dumps(t->fd, t->prefix, t->owner, t->name, keep);

	if (!rc)
		rc = rotate_dumps(t->fd, t->log_prefix, t->owner, t->name, keep);
	if (rc)
		warn("%s: cannot remove old dumps: %s", t->path.s, strerror(-rc));
}

const struct target_ops target_dir_ops = {
	.dump_name = "vmcore",
	.begin = dir_begin,
	.open = dir_open,
	.close = dir_close,
	.keep = dir_keep,
	.commit = dir_commit,
	.drop = dir_drop,
	.abort = dir_abort,
	.make_room = dir_make_room,
	.rotate = dir_rotate,
};
