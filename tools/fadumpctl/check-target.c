// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Questions to the place that a dump would be saved to: is it there, does it take a
 * file, has it room? Nothing is mounted, and nothing is left there.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "check.h"
#include "say.h"

/* Of the estimate. */
#define HOW	"what level %u keeps of memory in use now, not compressed"

/* What was said last: before it are messages of before the question. */
static const char *last_message(void)
{
	static char line[256];
	const char *at = said_so_far(), *next;

	while ((next = strchr(at, '\n')) && next[1])
		at = next + 1;
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
	return line;
}

/* False if @f says why not. */
static bool is_known(struct target *t, struct finding *f)
{
	int rc;

	if (strncmp(t->text, SSH_SCHEME, strlen(SSH_SCHEME)) && !check_mount(t->text, f))
		return false;
	rc = target_parse(t, t->text);
	if (rc)
		finding_wrong(f, "%s: make it, or set another TARGET in " CONF_FILE,
			      last_message());
	return !rc;
}

/* -------- Another host -------- */

/* Of what ssh, or the program there, has said. */
static const char *last_words(const struct child *c)
{
	const struct messages *m = &c->messages;
	size_t end = m->tail_len ? m->tail_len - 1 : 0, at = end;
	static char line[256];

	while (at && m->tail[at - 1] != '\n')
		at--;
	make_printable(line, sizeof(line), m->tail + at, end - at);
	return line;
}

static void look_at_host(struct target *t, struct finding *f)
{
	int rc = target_ssh_ask(t, ":");

	if (!rc)
		finding_ok(f, "%s: ssh logs in without a question", t->text);
	else if (rc == EXIT_LINK)
		finding_wrong(f, "%s: ssh does not log in: %s: see that it answers, and give root a key without a pass phrase and the host in known_hosts",
			      t->text, last_words(&t->child));
	else if (rc == EXIT_PROGRAM)
		finding_wrong(f, "%s: ssh cannot be run: install it", t->text);
	else
		finding_wrong(f, "%s: there is no such directory: %s: make it there", t->text,
			      last_words(&t->child));
}

static int ask_writable(struct target *t)
{
	int rc = target_ssh_ask(t, "test -w .");

	return rc == EXIT_FAILED ? -EACCES : rc ? -EHOSTUNREACH : 0;
}

/* The last line of df: file system, its blocks of 1 KiB, used, available. */
static int ask_room(struct target *t, u64 *room)
{
	u64 all, used;

	if (target_ssh_ask(t, "df -Pk ."))
		return -EHOSTUNREACH;
	if (sscanf(last_words(&t->child), "%*s %llu %llu %llu", &all, &used, room) != 3)
		return -ENODATA;
	*room *= 1024;
	return 0;
}

/* -------- A device -------- */

static void look_at_device(struct target *t, struct finding *f)
{
	snprintf(t->name, sizeof(t->name), DUMP_KIND);
	/* The end of writing to it would be an event for udev. */
	if (target_block_open(t, O_RDONLY))
		finding_wrong(f, "%s: it has to be there, and free", last_message());
	else if (!target_block_is_free(t))
		finding_wrong(f, "%s: holds something that a dump does not replace: clear it (wipefs), or set another TARGET",
			      t->text);
	else
		finding_ok(f, "%s: free for a dump", t->text);
}

static int device_is_writable(const struct target *t)
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

static int device_room(struct target *t, u64 *room)
{
	if (target_block_open(t, O_RDONLY))
		return -EBUSY;
	*room = t->size;
	return 0;
}

/* -------- A directory -------- */

static void look_at_directory(const struct target *t, struct finding *f)
{
	int fd = open(t->path.s, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? -errno : is_mount_point(fd);

	if (rc < 0)
		finding_wrong(f, "%s: %s", t->text, strerror(-rc));
	else if (!rc && t->require_mount)
		finding_wrong(f, "%s: nothing is mounted there, and REQUIRE_MOUNT=yes: mount it, and enter it in /etc/fstab",
			      t->text);
	if (fd >= 0)
		close(fd);
}

/*
 * A file without a name goes with its descriptor. File systems that have none are
 * asked for rights.
 */
static int directory_is_writable(const struct target *t)
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

static int directory_room(const struct target *t, u64 *room)
{
	struct statvfs vfs;

	if (statvfs(t->path.s, &vfs))
		return -errno;
	*room = (u64)vfs.f_bavail * vfs.f_frsize;
	return 0;
}

/* -------- The questions -------- */

void check_target(struct check_input *in, struct finding *f)
{
	struct target *t = &in->save->target;

	if (!is_known(t, f))
		return;
	if (t->ops == &target_ssh_ops)
		look_at_host(t, f);
	else if (t->ops == &target_block_ops)
		look_at_device(t, f);
	else
		look_at_directory(t, f);
}

void check_writable(struct check_input *in, struct finding *f)
{
	struct target *t = &in->save->target;
	int rc;

	if (!is_known(t, f))
		return;
	if (t->ops == &target_ssh_ops)
		rc = ask_writable(t);
	else if (t->ops == &target_block_ops)
		rc = device_is_writable(t);
	else
		rc = directory_is_writable(t);
	if (rc)
		finding_wrong(f, "%s: %s: make it writable, or set another TARGET", t->text,
			      strerror(-rc));
	else
		finding_ok(f, "%s: can be written to", t->text);
}

static int find_room(struct target *t, u64 *room)
{
	if (t->ops == &target_ssh_ops)
		return ask_room(t, room);
	if (t->ops == &target_block_ops)
		return device_room(t, room);
	return directory_room(t, room);
}

/* As a save would lower it for this kernel. */
static unsigned int find_level(struct save *s)
{
	struct path kcore = root_path("/proc/kcore");

	if (file_exists(kcore.s))
		save_find_origin(&s->origin, kcore.s);
	save_bound_level(s);
	return s->filter.level;
}

/* @rc: why @room is not known, or 0 */
static void judge_room(const struct target *t, int rc, u64 room, unsigned int level,
		       struct finding *f)
{
	struct number want = estimate_dump(level);

	if (rc)
		finding_unknown(f, "%s: its room cannot be told: %s", t->text, strerror(-rc));
	else if (!want.known)
		finding_unknown(f, "%s free; /proc/meminfo does not say what a dump would take",
				size_text(room).s);
	else if (room < want.value)
		finding_wrong(f, "%s: %s free, and a dump may take %s (" HOW "): make room there, or set another TARGET or a higher LEVEL",
			      t->text, size_text(room).s, size_text(want.value).s, level);
	else
		finding_ok(f, "%s: %s free, a dump takes at most %s (" HOW ")", t->text,
			   size_text(room).s, size_text(want.value).s, level);
}

void check_room(struct check_input *in, struct finding *f)
{
	struct target *t = &in->save->target;
	u64 room = 0;
	int rc;

	if (!is_known(t, f))
		return;
	rc = find_room(t, &room);
	judge_room(t, rc, room, find_level(in->save), f);
}
