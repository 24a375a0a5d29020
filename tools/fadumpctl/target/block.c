// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump on a block device, as a tar archive: "tar xf /dev/..." extracts it.
 *
 * The first header is written last. Until the log is complete, a text stands in its place
 * and tar finds no archive. Then, until the dump is complete, the archive has only the
 * log. A device holds one dump.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/files.h"
#include "lib/say.h"
#include "lib/source.h"
#include "target/sink.h"
#include "target/tar.h"
#include "target/target.h"

static const char unfinished[] = "fadumpctl save was here and has not finished\n";

static int say_errno(const struct target *t, int err)
{
	return fail_errno(exit_code_of(err), err, t->path.s);
}

/* File systems and volumes have their magic numbers within so many bytes. */
#define MARKS	(72 * 1024)

static bool has_kind(const char *name, const char *kind)
{
	return !strncmp(name, kind, strlen(kind));
}

/* A dump or a log may be replaced, but a dump not by a log. */
static bool is_ours(const struct target *t, const u8 *block)
{
	const char *name = (const char *)block;

	if (has_kind(name, unfinished))
		return true;
	if (memcmp(block + 257, "ustar", 5))
		return false;
	return has_kind(name, LOG_KIND) ||
	       (has_kind(name, DUMP_KIND) && has_kind(t->name, DUMP_KIND));
}

bool target_block_is_free(const struct target *t)
{
	struct source s = { .fd = t->fd, .size = t->size };
	u8 block[TAR_BLOCK];
	u64 at;

	for (at = 0; at < MARKS; at += TAR_BLOCK) {
		if (source_read(&s, at, block, sizeof(block)))
			return at;
		if (!at && is_ours(t, block))
			return true;
		if (!is_zero(block, sizeof(block)))
			return false;
	}
	return true;
}

int target_block_open(struct target *t, int flags)
{
	off_t end;

	t->fd = open(t->path.s, flags | O_EXCL | O_CLOEXEC);
	if (t->fd < 0)
		return say_errno(t, errno);
	end = lseek(t->fd, 0, SEEK_END);
	if (end < 0)
		return say_errno(t, errno);
	t->size = end;
	return EXIT_DONE;
}

static int block_begin(struct target *t)
{
	int rc = target_block_open(t, O_RDWR);

	if (rc)
		return rc;
	snprintf(t->now, sizeof(t->now), "%s", t->name);
	if (!t->overwrite && !target_block_is_free(t))
		return fail(EXIT_STATE, "%s: holds data that a dump does not replace; --overwrite does",
			    t->path.s);
	return EXIT_DONE;
}

/* The former dump stays until the first file is written. */
static int clear_first(struct target *t)
{
	u8 block[TAR_BLOCK] = { };

	if (t->begun)
		return 0;
	t->begun = true;
	memcpy(block, unfinished, sizeof(unfinished));
	if (pwrite(t->fd, block, sizeof(block), 0) != sizeof(block) || fsync(t->fd))
		return -errno;
	return 0;
}

static int block_open(struct target *t, const char *name, struct sink *s)
{
	int rc = clear_first(t);

	if (rc)
		return say_errno(t, rc);
	snprintf(t->file_name, sizeof(t->file_name), "%s", name);
	t->file_at = t->at;
	if (lseek(t->fd, t->at + TAR_BLOCK, SEEK_SET) < 0)
		return say_errno(t, errno);
	sink_begin(s, t->fd, NULL);
	return EXIT_DONE;
}

static int put_header(struct target *t, const struct sink *s)
{
	char name[sizeof(t->now) + sizeof(t->file_name) + 2];
	u8 header[TAR_BLOCK];

	snprintf(name, sizeof(name), "%s/%s", t->now, t->file_name);
	tar_header(header, name, s->bytes, time(NULL));
	if (!t->file_at) {
		memcpy(t->first, header, sizeof(header));
		return 0;
	}
	return pwrite(t->fd, header, sizeof(header), t->file_at) ==
	       sizeof(header) ? 0 : -(errno ? errno : ENOSPC);
}

/* Pad the last block, and write two blocks of zeros, in case this is the end. */
static int put_end(struct target *t, const struct sink *s)
{
	static const u8 zeros[3 * TAR_BLOCK];
	u64 end = t->file_at + TAR_BLOCK + s->bytes;
	u64 next = (end + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
	size_t len = next - end + 2 * TAR_BLOCK;

	if (end > t->size || len > t->size - end)
		return -ENOSPC;
	t->at = next;
	errno = 0;
	return pwrite(t->fd, zeros, len, end) == (ssize_t)len ? 0 :
	       -(errno ? errno : ENOSPC);
}

static int block_close(struct target *t, struct sink *s)
{
	int rc = put_end(t, s);

	if (!rc)
		rc = put_header(t, s);
	s->fd = -1;
	return rc ? say_errno(t, rc) : EXIT_DONE;
}

static int put_first(struct target *t, const char *dir)
{
	tar_set_directory(t->first, dir);
	errno = 0;
	if (fsync(t->fd) ||
	    pwrite(t->fd, t->first, TAR_BLOCK, 0) != TAR_BLOCK || fsync(t->fd))
		return say_errno(t, errno ? errno : EIO);
	return EXIT_DONE;
}

/* put_end() has written zeros behind the log, which end the archive. */
static int block_keep(struct target *t)
{
	t->kept = true;
	t->log_end = t->at;
	return t->at ? put_first(t, t->log_name) : EXIT_DONE;
}

static int block_commit(struct target *t)
{
	return put_first(t, t->name);
}

static int block_drop(struct target *t, struct sink *s)
{
	s->fd = -1;
	t->at = t->log_end;
	snprintf(t->now, sizeof(t->now), "%s", t->log_name);
	return EXIT_DONE;
}

static void block_abort(struct target *t)
{
	file_close(&t->fd);
}

static void block_rotate(struct target *t, u64 keep)
{
	(void)t;
	/* The new dump has replaced the one that the device held. */
	if (keep > 1)
		warn("%s: a block device holds one dump, so --keep has no effect",
		     t->path.s);
}

const struct target_ops target_block_ops = {
	.dump_name = "vmcore.flat",
	.is_stream = true,
	.begin = block_begin,
	.open = block_open,
	.close = block_close,
	.keep = block_keep,
	.commit = block_commit,
	.drop = block_drop,
	.abort = block_abort,
	.rotate = block_rotate,
};
