// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes the log, OPAL's memory and the dump itself to the target.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/core.h"
#include "core/klog.h"
#include "lib/bounds.h"
#include "lib/child.h"
#include "lib/files.h"
#include "lib/progress.h"
#include "lib/say.h"
#include "lib/sha256.h"
#include "lib/stop.h"
#include "save/makedumpfile.h"
#include "save/save.h"
#include "target/sink.h"
#include "target/target.h"

/* A raw copy is an ELF core on every target, and a stream is flat on every target. */
const char *save_stream_name(const struct save *s)
{
	return s->raw ? target_dir_ops.dump_name : target_ssh_ops.dump_name;
}

/* Only the administrator knows what a command makes of the stream. */
const char *save_dump_name(const struct save *s)
{
	if (s->conf.pipe[0])
		return PIPED_NAME;
	return s->raw ? save_stream_name(s) : s->target.ops->dump_name;
}

static int open_file(struct save *s, const char *name, struct sink *sink)
{
	int rc = s->target.ops->open(&s->target, name, sink);

	if (rc || !s->checksum)
		return rc;
	sink->sum = &s->sum;
	sha256_begin(sink->sum);
	return EXIT_DONE;
}

/* A failed checksum is no reason to fail the file. */
static void add_sum(struct save *s, const char *name)
{
	char sum[SHA256_TEXT];

	if (sha256_end(&s->sum, sum))
		s->sums_len += snprintf(s->sums + s->sums_len,
					sizeof(s->sums) - s->sums_len, "%s  %s\n",
					sum, name);
	else
		warn("%s: saved without a checksum: libcrypto has failed", name);
}

static int close_file(struct save *s, const char *name, struct sink *sink)
{
	int rc = s->target.ops->close(&s->target, sink);

	if (!rc && sink->sum)
		add_sum(s, name);
	return rc;
}

/* The command of PIPE reads no more. Even if it calls that a success, the dump is cut. */
static int fail_command(struct sink *sink)
{
	int rc = child_finish(sink->child, false);

	return rc ? rc : fail(EXIT_PROGRAM, "PIPE: the command has ended before the dump");
}

/* Report a failed write. ssh, which reads the data, may have told more than EPIPE does. */
static int fail_write(struct save *s, struct sink *sink, int err)
{
	int rc;

	if (err == -EINTR || is_interrupted())
		return EXIT_INTERRUPTED;
	if (sink->next_err)
		return fail_write(s, sink->next, err);
	if (sink->next)
		return fail_command(sink);
	rc = sink->child ? s->target.ops->close(&s->target, sink) : EXIT_DONE;
	return rc ? rc : fail_errno(exit_code_of(err), err, s->target.text);
}

int save_memory(struct save *s, const char *name, const void *data, size_t len)
{
	struct sink *sink = &s->sink;
	int rc = open_file(s, name, sink), err;

	if (rc)
		return rc;
	err = sink_put(sink, data, len);
	if (err)
		return fail_write(s, sink, err);
	if (sink->holes && ftruncate(sink->fd, sink->bytes))
		return fail_errno(exit_code_of(errno), errno, s->target.text);
	return close_file(s, name, sink);
}

/* Other files than the wanted one are saved as far as they can be read. */
static bool is_dispensable(const struct save *s, const char *name, const struct sink *sink)
{
	const char *wanted = s->log_only ? LOG_NAME : save_dump_name(s);

	return sink->source_err && !is_interrupted() && strcmp(name, wanted);
}

static int copy_fd(struct save *s, const char *name, int fd, const char *what,
		   struct sink *sink)
{
	struct progress p;
	struct stat st;
	int err;

	progress_begin(&p, what, s->quiet);
	err = fstat(fd, &st) ? -errno :
	      sink_put_fd(sink, fd, st.st_size, st.st_size ? &p : NULL);
	progress_end(&p);
	if (err && is_dispensable(s, name, sink)) {
		warn("%s: %s: saved as far as it can be read", name, strerror(-err));
		err = 0;
	}
	if (err && sink->source_err && !is_interrupted())
		return fail(EXIT_DAMAGED, "%s: cannot be read: %s", name, strerror(-err));
	return err ? fail_write(s, sink, err) : EXIT_DONE;
}

/* Copy an open file; closes @fd. */
static int save_fd(struct save *s, const char *name, int fd, const char *what)
{
	int rc = open_file(s, name, &s->sink);

	if (!rc)
		rc = copy_fd(s, name, fd, what, &s->sink);
	close(fd);
	return rc ? rc : close_file(s, name, &s->sink);
}

/* -------- The log -------- */

static bool print_line(void *arg, const char *line)
{
	return fprintf(arg, "%s\n", line) >= 0;
}

double save_seconds(const struct save *s, double max)
{
	double quarter = s->seconds / 4.0;

	return s->seconds && quarter < max ? quarter : max;
}

/* This program can read logs that makedumpfile cannot. */
static int decode_log(const struct save *s, const char *path)
{
	struct core core;
	FILE *f = fopen(path, "w");
	const char *why;
	int rc;

	if (!f)
		return fail_errno(EXIT_FAILED, errno, path);
	rc = core_open(&core, s->filter.source);
	if (!rc) {
		core.end = clock_seconds() + save_seconds(s, MAX_LOG_SECONDS);
		why = klog_tail(&core, 0, print_line, f);
		if (why)
			rc = fail(EXIT_DAMAGED, "%s: no log: %s", s->filter.source, why);
	}
	core_close(&core);
	if (is_interrupted())
		rc = EXIT_INTERRUPTED;
	if (fclose(f) && !rc)
		rc = fail_errno(exit_code_of(errno), errno, path);
	return rc;
}

static int make_log(struct save *s, const char *path)
{
	int rc = makedumpfile_dmesg(&s->filter, path, save_seconds(s, MAX_LOG_SECONDS));

	if (!rc || is_interrupted())
		return rc;
	unlink(path);
	return decode_log(s, path);
}

/* A log that cannot be read fails the save only with --log-only. */
static int skip_log(const struct save *s, int rc)
{
	if (is_interrupted())
		return EXIT_INTERRUPTED;
	if (s->log_only)
		return rc;
	warn("%s: saved without its log", s->filter.source);
	return EXIT_DONE;
}

static int save_log_from(struct save *s, const char *path)
{
	int rc = make_log(s, path), fd;

	if (rc)
		return skip_log(s, rc);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return skip_log(s, fail_errno(EXIT_FAILED, errno, path));
	rc = save_fd(s, LOG_NAME, fd, "log");
	s->has_log = !rc;
	return rc;
}

/* In a capture, /tmp may be full or read-only; /run is in memory. */
static int make_temporary(struct path *dir)
{
	const char *tmp = getenv("TMPDIR");
	struct path run = root_path("/run");
	const char * const places[] = { tmp && tmp[0] ? tmp : "/tmp", run.s };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (path_join(dir, places[i], "fadumpctl.XXXXXX"))
			continue;
		if (mkdtemp(dir->s))
			return EXIT_DONE;
		fail_errno(EXIT_FAILED, errno, places[i]);
	}
	return EXIT_FAILED;
}

/**
 * save_log - save the crashed kernel's log as dmesg.txt
 * @s: dump
 *
 * Return: exit status; success if the log cannot be read.
 */
int save_log(struct save *s)
{
	struct path dir, path;
	int rc = make_temporary(&dir);

	if (rc)
		return skip_log(s, rc);
	if (path_join(&path, dir.s, LOG_NAME))
		rc = skip_log(s, fail_errno(EXIT_FAILED, ENAMETOOLONG, dir.s));
	else
		rc = save_log_from(s, path.s);
	unlink(path.s);
	rmdir(dir.s);
	return rc;
}

int keep_log(struct save *s)
{
	s->kept_len = s->sums_len;
	return s->target.ops->keep(&s->target);
}

/* -------- OPAL's own memory -------- */

int save_opalcore(struct save *s)
{
	int fd;

	if (!s->opalcore.s[0])
		return EXIT_DONE;
	fd = open(s->opalcore.s, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		warn("%s: %s: saved without it", s->opalcore.s, strerror(errno));
		return EXIT_DONE;
	}
	return save_fd(s, "opalcore", fd, "OPAL's memory");
}

/* -------- The dump -------- */

static int check_head(const struct save *s, const struct sink *sink)
{
	if (sink->bytes >= sizeof(sink->head) && is_dump_head(sink->head))
		return EXIT_DONE;
	return fail(EXIT_PROGRAM, "%s: reports success, but has not written a dump",
		    s->filter.program);
}

/*
 * makedumpfile's threads write at random offsets, so the checksum is computed afterwards;
 * by then a part of the file is still in the page cache.
 */
static int filter_to_file(struct save *s, struct sink *sink)
{
	const char *path = s->target.path_buf.s;
	struct progress p;
	struct stat st;
	int rc, err;

	/* makedumpfile creates the file itself. */
	close(sink->fd);
	sink->fd = -1;
	unlink(path);
	progress_begin(&p, "makedumpfile", s->quiet);
	rc = makedumpfile_run(&s->filter, path, &p);
	if (rc)
		return rc;
	sink->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (sink->fd < 0)
		return fail_errno(exit_code_of(errno), errno, path);
	fchmod(sink->fd, 0600);
	progress_begin(&p, "checksum", s->quiet);
	err = fstat(sink->fd, &st) ? -errno : sink_sum_file(sink, st.st_size, &p);
	progress_end(&p);
	return err ? fail_write(s, sink, err) : EXIT_DONE;
}

static int filter_to_stream(struct save *s, struct sink *sink)
{
	struct makedumpfile_args a;
	struct child c = { };
	struct progress p;
	int rc, err;

	progress_begin(&p, "makedumpfile", s->quiet);
	c.messages.progress = &p;
	makedumpfile_args(&a, &s->filter, NULL);
	rc = child_start(&c, a.argv, CHILD_OUT);
	if (rc)
		return fail_errno(EXIT_PROGRAM, rc, s->filter.program);
	err = sink_put_child(sink, &c);
	progress_end(&p);
	rc = child_finish(&c, err);
	if (err)
		return fail_write(s, sink, err);
	return rc;
}

static int copy_source(struct save *s, struct sink *sink)
{
	int fd = open(s->filter.source, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return fail_errno(EXIT_FAILED, errno, s->filter.source);
	rc = copy_fd(s, save_dump_name(s), fd, "copying", sink);
	close(fd);
	return rc;
}

/* @sink: the file, or the command of PIPE */
static int write_dump(struct save *s, struct sink *sink)
{
	int rc;

	if (s->raw)
		return copy_source(s, sink);
	rc = s->target.ops->is_stream || sink->next ? filter_to_stream(s, sink) :
						      filter_to_file(s, sink);
	return rc ? rc : check_head(s, sink);
}

/* The rest of the output of PIPE's command, and its exit status. */
static int finish_command(struct save *s, struct child *c, struct sink *file)
{
	int err = 0, rc;

	file_close(&c->in);
	if (c->out >= 0)
		err = sink_put_child(file, c);
	rc = child_finish(c, err);
	return err ? fail_write(s, file, err) : rc;
}

static int write_through_command(struct save *s, struct sink *file)
{
	char *argv[] = { "sh", "-c", s->conf.pipe, NULL };
	struct child c = { };
	struct sink in;
	int rc = child_start(&c, argv, CHILD_IN | CHILD_OUT | CHILD_SHELL);

	if (rc)
		return fail_errno(EXIT_PROGRAM, rc, argv[0]);
	c.name = "PIPE";
	sink_begin(&in, c.in, &c);
	in.next = file;
	/* The output is a stream of any length. */
	file->holes = false;
	rc = write_dump(s, &in);
	if (rc)
		child_finish(&c, true);
	else
		rc = finish_command(s, &c, file);
	return rc;
}

int save_dump(struct save *s)
{
	struct sink *sink = &s->sink;
	int rc = open_file(s, save_dump_name(s), sink);

	if (!rc)
		rc = s->conf.pipe[0] ? write_through_command(s, sink) : write_dump(s, sink);
	if (rc)
		return rc;
	s->bytes = sink->bytes;
	return close_file(s, save_dump_name(s), sink);
}
