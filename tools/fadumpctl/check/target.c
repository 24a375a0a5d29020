// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Questions about the targets: is it there, is it writable, has it enough space? Nothing
 * is mounted, and no file is left there.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "check/check.h"
#include "lib/child.h"
#include "lib/say.h"
#include "save/conf.h"
#include "save/save.h"
#include "target/target.h"

/* Explains the estimate of a dump's size. */
#define HOW	"what level %u keeps of memory in use now, not compressed"

/* The last message only: earlier ones belong to other questions. */
static const char *last_message(void)
{
	static char line[256];
	const char *at = said_messages(), *next;

	while ((next = strchr(at, '\n')) && next[1])
		at = next + 1;
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
	return line;
}

/* Return: false if @f says what is wrong. */
static bool has_target(struct target *t, struct finding *f)
{
	int rc;

	if (strncmp(t->text, SSH_SCHEME, strlen(SSH_SCHEME)) && !check_mount(t->text, f))
		return false;
	rc = target_parse(t, t->text);
	if (rc)
		finding_wrong(f, "%s: create it, or set another TARGET in " CONF_FILE,
			      last_message());
	return !rc;
}

/* -------- Another host -------- */

/* The last message of ssh, or of the program on the other host. */
static const char *last_line(const struct child *c)
{
	const struct messages *m = &c->messages;
	size_t end = m->tail_len ? m->tail_len - 1 : 0, at = end;
	static char line[256];

	while (at && m->tail[at - 1] != '\n')
		at--;
	make_printable(line, sizeof(line), m->tail + at, end - at);
	return line;
}

static void check_host(struct target *t, struct finding *f)
{
	int rc = target_ssh_ask(t, ":");

	if (!rc)
		finding_ok(f, "%s: ssh logs in without a question", t->text);
	else if (rc == EXIT_LINK)
		finding_wrong(f, "%s: ssh does not log in: %s: make the host reachable, and give root a key without a pass phrase and an entry in known_hosts",
			      t->text, last_line(&t->child));
	else if (rc == EXIT_PROGRAM)
		finding_wrong(f, "%s: ssh cannot be run: install it", t->text);
	else
		finding_wrong(f, "%s: there is no such directory: %s: create it", t->text,
			      last_line(&t->child));
}

static int ask_host_writable(struct target *t)
{
	int rc = target_ssh_ask(t, "test -w .");

	return rc == EXIT_FAILED ? -EACCES : rc ? -EHOSTUNREACH : 0;
}

/* The last line of df has: file system, blocks of 1 KiB, used, available. */
static int ask_host_space(struct target *t, u64 *space)
{
	u64 all, used;

	if (target_ssh_ask(t, "df -Pk ."))
		return -EHOSTUNREACH;
	if (sscanf(last_line(&t->child), "%*s %llu %llu %llu", &all, &used, space) != 3)
		return -ENODATA;
	*space *= 1024;
	return 0;
}

/* -------- A device -------- */

static void check_block(struct target *t, struct finding *f)
{
	snprintf(t->name, sizeof(t->name), DUMP_KIND);
	/* Do not open for writing: closing it would trigger udev. */
	if (target_block_open(t, O_RDONLY))
		finding_wrong(f, "%s: the device has to exist and not be in use", last_message());
	else if (!target_block_is_free(t))
		finding_wrong(f, "%s: holds data that a dump does not replace: clear it (wipefs), or set another TARGET",
			      t->text);
	else
		finding_ok(f, "%s: free for a dump", t->text);
}

static int check_block_writable(const struct target *t)
{
	int fd = open(t->path.s, O_RDONLY | O_CLOEXEC), read_only = 0, rc = 0;

	if (fd < 0 || access(t->path.s, W_OK))
		rc = -errno;
	else if (!ioctl(fd, BLKROGET, &read_only) && read_only)
		rc = -EROFS;
	if (fd >= 0)
		close(fd);
	return rc;
}

static int find_block_space(struct target *t, u64 *space)
{
	if (target_block_open(t, O_RDONLY))
		return -EBUSY;
	*space = t->size;
	return 0;
}

/* -------- A directory -------- */

static void check_directory(const struct target *t, struct finding *f)
{
	int fd = open(t->path.s, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? -errno : is_mount_point(fd);

	if (rc < 0)
		finding_wrong(f, "%s: %s", t->text, strerror(-rc));
	else if (!rc && t->require_mount)
		finding_wrong(f, "%s: nothing is mounted there, and REQUIRE_MOUNT=yes: mount it, and add it to /etc/fstab",
			      t->text);
	if (fd >= 0)
		close(fd);
}

/*
 * A file without a name disappears when it is closed. Where the file system does not
 * support that, check the access rights.
 */
static int check_directory_writable(const struct target *t)
{
	int fd = open(t->path.s, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	if (errno != EOPNOTSUPP && errno != EISDIR)
		return -errno;
	return access(t->path.s, W_OK | X_OK) ? -errno : 0;
}

static int find_directory_space(const struct target *t, u64 *space)
{
	struct statvfs vfs;

	if (statvfs(t->path.s, &vfs))
		return -errno;
	*space = (u64)vfs.f_bavail * vfs.f_frsize;
	return 0;
}

/* -------- The questions -------- */

/* One target that is wrong is the answer, even if another one would do. */
static void ask_about_each(check_fn question, struct check_input *in, struct finding *f)
{
	const char *rest = in->save->targets;
	struct path target;

	*f = (struct finding) { .verdict = VERDICT_OK };
	while (f->verdict != VERDICT_WRONG && (rest = conf_next_target(rest, &target))) {
		struct finding one = { };

		in->save->target.text = target.s;
		question(in, &one);
		finding_add(f, &one);
	}
}

static void ask_target(struct check_input *in, struct finding *f)
{
	struct target *t = &in->save->target;

	if (!has_target(t, f))
		return;
	if (t->ops == &target_ssh_ops)
		check_host(t, f);
	else if (t->ops == &target_block_ops)
		check_block(t, f);
	else
		check_directory(t, f);
}

void check_target(struct check_input *in, struct finding *f)
{
	ask_about_each(ask_target, in, f);
}

static void ask_writable(struct check_input *in, struct finding *f)
{
	struct target *t = &in->save->target;
	int rc;

	if (!has_target(t, f))
		return;
	if (t->ops == &target_ssh_ops)
		rc = ask_host_writable(t);
	else if (t->ops == &target_block_ops)
		rc = check_block_writable(t);
	else
		rc = check_directory_writable(t);
	if (rc)
		finding_wrong(f, "%s: %s: make it writable, or set another TARGET", t->text,
			      strerror(-rc));
	else
		finding_ok(f, "%s: can be written to", t->text);
}

void check_writable(struct check_input *in, struct finding *f)
{
	ask_about_each(ask_writable, in, f);
}

static int find_space(struct target *t, u64 *space)
{
	if (t->ops == &target_ssh_ops)
		return ask_host_space(t, space);
	if (t->ops == &target_block_ops)
		return find_block_space(t, space);
	return find_directory_space(t, space);
}

/* @rc: why @space is unknown, or 0. @makes_room: older dumps may leave */
static void set_verdict(const struct target *t, int rc, u64 space, unsigned int level,
			bool makes_room, struct finding *f)
{
	struct number want = save_estimate(level);

	if (rc)
		finding_unknown(f, "%s: its free space is unknown: %s", t->text, strerror(-rc));
	else if (!want.known)
		finding_unknown(f, "%s free; /proc/meminfo does not tell how much a dump would need",
				size_text(space).s);
	else if (space < want.value && makes_room)
		finding_unknown(f, "%s: %s free, and a dump may need %s (" HOW "): MAKE_ROOM removes older ones first",
				t->text, size_text(space).s, size_text(want.value).s, level);
	else if (space < want.value)
		finding_wrong(f, "%s: %s free, and a dump may need %s (" HOW "): free some space, or set another TARGET or a higher LEVEL",
			      t->text, size_text(space).s, size_text(want.value).s, level);
	else
		finding_ok(f, "%s: %s free, a dump needs at most %s (" HOW ")", t->text,
			   size_text(space).s, size_text(want.value).s, level);
}

static void ask_room(struct check_input *in, struct finding *f)
{
	struct target *t = &in->save->target;
	u64 space = 0;
	int rc;

	if (!has_target(t, f))
		return;
	rc = find_space(t, &space);
	save_use_running_kernel(in->save);
	set_verdict(t, rc, space, in->save->filter.level,
		    in->save->conf.make_room && t->ops->make_room, f);
}

void check_room(struct check_input *in, struct finding *f)
{
	ask_about_each(ask_room, in, f);
}
