// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump on another host, which needs sh, cat and mv, and uses sha256sum if it has it.
 *
 * Each step is an ssh connection. The names are those of dir.c. The lock is a local
 * file, which this process releases in any case; a lock on the other host would outlive a
 * broken connection. Other machines use other names. A machine without an id shares its
 * names with others of the same host name, and so removes nothing that another one may
 * still be writing.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/child.h"
#include "lib/files.h"
#include "lib/say.h"
#include "lib/sha256.h"
#include "target/sink.h"
#include "target/target.h"

#define MAX_SCRIPT	(4 * PATH_MAX + 2048)

/* ssh's own exit status, which no program on the other host has. */
#define SSH_FAILED	255

/* Exit status of our scripts if a name is taken. */
#define NAME_TAKEN	17

/* Quote a text for a shell. False if it does not fit. */
static bool quote(char *buf, size_t cap, const char *text)
{
	size_t at = 0;

	if (cap < 3)
		return false;
	buf[at++] = '\'';
	for (; *text; text++) {
		if (at + 6 > cap)
			return false;
		if (*text == '\'') {
			memcpy(buf + at, "'\\''", 4);
			at += 4;
		} else {
			buf[at++] = *text;
		}
	}
	buf[at++] = '\'';
	buf[at] = '\0';
	return true;
}

static int start(struct target *t, const char *script, int pipes)
{
	char *argv[16];
	int n = 0, rc;

	argv[n++] = (char *)t->ssh;
	/* Ask no questions, and give up a connection that is dead. */
	argv[n++] = "-oBatchMode=yes";
	argv[n++] = "-oConnectTimeout=30";
	argv[n++] = "-oServerAliveInterval=15";
	argv[n++] = "-oServerAliveCountMax=4";
	/* Do not change known_hosts. */
	argv[n++] = "-oUpdateHostKeys=no";
	if (t->port[0]) {
		argv[n++] = "-p";
		argv[n++] = t->port;
	}
	argv[n++] = "--";
	argv[n++] = t->host;
	argv[n++] = (char *)script;
	argv[n] = NULL;
	rc = child_start(&t->child, argv, pipes);
	return rc ? fail_errno(EXIT_PROGRAM, rc, t->ssh) : EXIT_DONE;
}

/* Tell a failure of ssh from a failure of the program on the other host. */
static int finish(struct target *t)
{
	int rc = child_finish(&t->child, false);

	if (rc == EXIT_PROGRAM && WIFEXITED(t->child.status) &&
	    WEXITSTATUS(t->child.status) == SSH_FAILED)
		return EXIT_LINK;
	return rc == EXIT_PROGRAM && WIFEXITED(t->child.status) &&
	       WEXITSTATUS(t->child.status) != 127 ? EXIT_FAILED : rc;
}

/*
 * The script runs in the directory. $p is the current name of our directory there, $n the
 * dump's name, $l its log's; it exits with $taken if one of them is taken.
 */
static int make_script(const struct target *t, char *script, const char *fmt, ...)
__format(3);

static int make_script(const struct target *t, char *script, const char *fmt, ...)
{
	char dir[2 * PATH_MAX];
	va_list args;
	int n;

	if (!quote(dir, sizeof(dir), t->path.s))
		return fail_errno(EXIT_USAGE, ENAMETOOLONG, t->text);
	n = snprintf(script, MAX_SCRIPT,
		     "LC_ALL=C; export LC_ALL; umask 077; cd %s || exit 1; n=%s; l=%s; p=%s; taken=%d; ",
		     dir, t->name, t->log_name, t->now, NAME_TAKEN);
	va_start(args, fmt);
	vsnprintf(script + n, MAX_SCRIPT - n, fmt, args);
	va_end(args);
	return EXIT_DONE;
}

static int run(struct target *t, const char *script)
{
	int rc = start(t, script, 0);

	return rc ? rc : finish(t);
}

int target_ssh_ask(struct target *t, const char *command)
{
	char script[MAX_SCRIPT];
	int rc = make_script(t, script, "%s", command);

	return rc ? rc : run(t, script);
}

static int run_naming(struct target *t, const char *script, bool *taken)
{
	int rc;

	t->child.answer = NAME_TAKEN;
	rc = run(t, script);
	t->child.answer = 0;
	*taken = !rc && WEXITSTATUS(t->child.status) == NAME_TAKEN;
	return rc;
}

/* Try names until one is not taken. */
static int run_with_name(struct target *t, int (*write_script)(struct target *t, char *script))
{
	char script[MAX_SCRIPT];
	bool taken = false;
	int rc;

	do {
		rc = write_script(t, script);
		if (!rc)
			rc = run_naming(t, script, &taken);
	} while (!rc && taken && target_next_name(t));
	return !rc && taken ? fail_errno(exit_code_of(EEXIST), EEXIST, t->name) : rc;
}

static const char *true_or_false(bool value)
{
	return value ? "true" : "false";
}

/* The end of a name; the exact form tells "web" from the machine "web-2". */
#define TIME	"[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]-[0-9][0-9][0-9][0-9][0-9][0-9]"

/* All names "$1"TIME"$2"; a name that was taken has "-2" or more behind the time. */
#define DEFINE_NAMES	"names() { for d in \"$1\"" TIME "\"$2\" \"$1\"" TIME "-[0-9]\"$2\" " \
			"\"$1\"" TIME "-[0-9][0-9]\"$2\" \"$1\"" TIME "-[0-9][0-9][0-9]\"$2\"; " \
			"do echo \"$d\"; done; }; "

/* A lock file for each target; the checksum bounds the length of its name. */
static struct path lock_path(const struct target *t)
{
	char sum[SHA256_TEXT], name[128];

	sha256_of_text(t->text, sum);
	snprintf(name, sizeof(name), "/run/fadumpctl-%.16s.lock", sum);
	return root_path(name);
}

static int lock(struct target *t)
{
	struct path path = lock_path(t);

	t->lock_fd = open(path.s, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (t->lock_fd >= 0 && !flock(t->lock_fd, LOCK_EX | LOCK_NB))
		return EXIT_DONE;
	if (errno == EWOULDBLOCK)
		return fail(EXIT_STATE, "%s: another fadumpctl is saving a dump there",
			    t->text);
	/* Other users cannot write to /run, and save no dumps that are waiting. */
	if (errno != EACCES)
		warn("%s: %s: nothing prevents two saves at the same time", path.s,
		     strerror(errno));
	return EXIT_DONE;
}

/*
 * In a directory that other users may write to, a name proves nothing. A shell whose test
 * has no -O finds no directory of ours, and so removes nothing.
 */
#define DEFINE_IS_OURS	"is_ours() { test -d \"$1\" && test ! -h \"$1\" && test -O \"$1\" && " \
			"case $(ls -ld \"$1\") in d????[-]??[-]*) ;; *) false ;; esac; }; "

/* Remove all files of a directory but the log and the report. */
#define DEFINE_STRIP	"strip() { for f in \"$1\"/*; do case $f in */" LOG_NAME "|*/" REPORT_NAME \
			") ;; *) rm -f \"$f\" ;; esac; done; rmdir \"$1\" 2>/dev/null; }; "

/* Also removes what an earlier save of this machine has left. Names have no spaces. */
static int begin_script(struct target *t, char *script)
{
	snprintf(t->now, sizeof(t->now), ".%s" PARTIAL, t->log_name);
	return make_script(t, script, DEFINE_IS_OURS DEFINE_STRIP DEFINE_NAMES
			   "if %s; then for d in $(names .%s .partial) $(names .%s .partial); do "
			   "is_ours \"$d\" && rm -rf \"$d\"; done; "
			   "for d in $(names %s ''); do "
			   "is_ours \"$d\" && test ! -e \"$d\"/" INFO_NAME " && "
			   "test ! -e \"$d\"/" REPORT_NAME " && strip \"$d\"; done; fi; "
			   "for d in \"$n\" \"$l\" \"$p\"; do test ! -e \"$d\" && "
			   "test ! -h \"$d\" || exit $taken; done; mkdir \"$p\"",
			   true_or_false(t->has_id), t->prefix, t->log_prefix, t->log_prefix);
}

static int ssh_begin(struct target *t)
{
	int rc = lock(t);

	if (rc)
		return rc;
	rc = run_with_name(t, begin_script);
	if (rc)
		t->now[0] = '\0';
	return rc ? fail(rc, "%s: cannot begin there", t->text) : EXIT_DONE;
}

static int ssh_open(struct target *t, const char *name, struct sink *s)
{
	char script[MAX_SCRIPT];
	int rc = make_script(t, script, "cat >\"$p\"/%s.partial", name);

	if (!rc)
		rc = start(t, script, CHILD_IN);
	if (rc)
		return rc;
	sink_begin(s, t->child.in, &t->child);
	t->has_sums = !strcmp(name, SUMS_NAME);
	snprintf(t->file_name, sizeof(t->file_name), "%s", name);
	return EXIT_DONE;
}

/* The fifth word of "ls -ln" is the size; the file itself is not read. */
#define DEFINE_HAS_SIZE	"has_size() { want=$2; set -- $(ls -ln \"$p/$1\"); " \
			"test \"$5\" = \"$want\"; }; "

static void add_size(struct target *t, u64 bytes)
{
	size_t len = strlen(t->sizes);

	snprintf(t->sizes + len, sizeof(t->sizes) - len, "has_size %s %llu && ", t->file_name,
		 bytes);
}

static int ssh_close(struct target *t, struct sink *s)
{
	int rc = finish(t);

	s->fd = -1;
	add_size(t, s->bytes);
	return rc ? fail(rc, "%s: not written", t->text) : EXIT_DONE;
}

/*
 * sync with file names reports errors, but not every sync takes names. A checksum is
 * computed from the page cache, so it does not replace flushing.
 */
#define DEFINE_FLUSH	"if sync -- / 2>/dev/null; then flush() { sync -- \"$@\"; }; " \
			"else flush() { sync; }; fi; "

/* Rename the files that are complete, then the directory. */
#define FINISH_AS(name) "for f in \"$p\"/*.partial; do test ! -f \"$f\" || " \
			"mv \"$f\" \"${f%%.partial}\" || exit 1; done; " \
			DEFINE_FLUSH "set -- \"$p\"/*; test -e \"$1\" || set --; " \
			"check && flush \"$@\" \"$p\" && " \
			"{ test \"$p\" = \"" name "\" || " \
			"{ test ! -e \"" name "\" || exit $taken; " \
			"mv \"$p\" \"" name "\"; }; } && flush ."

static int keep_script(struct target *t, char *script)
{
	return make_script(t, script, "check() { :; }; " FINISH_AS("$l"));
}

static int ssh_keep(struct target *t)
{
	int rc = run_with_name(t, keep_script);

	if (rc)
		return fail(rc, "%s: the log is not kept", t->text);
	t->kept = true;
	snprintf(t->now, sizeof(t->now), "%s", t->log_name);
	return EXIT_DONE;
}

/*
 * The checksums are verified on the other host, over the files that have arrived; a missing
 * list means that other files are missing too. Without checksums, compare the sizes, and
 * rely on the exit statuses of ssh, cat and sync.
 */
static int commit_script(struct target *t, char *script)
{
	return make_script(t, script, DEFINE_HAS_SIZE
			   "check() { %s { ! %s || { test -s \"$p\"/" SUMS_NAME " && { "
			   "! command -v sha256sum >/dev/null || "
			   "(cd \"$p\" && sha256sum -c " SUMS_NAME " >/dev/null); }; }; }; }; "
			   FINISH_AS("$n"), t->sizes, true_or_false(t->has_sums));
}

static int ssh_commit(struct target *t)
{
	int rc = run_with_name(t, commit_script);

	if (rc)
		return fail(rc, "%s: not whole", t->text);
	t->kept = true;
	return EXIT_DONE;
}

/* Only the other host knows whether the directory has its final name already. */
static int ssh_drop(struct target *t, struct sink *s)
{
	char script[MAX_SCRIPT];
	int rc;

	child_finish(&t->child, true);
	s->fd = -1;
	rc = make_script(t, script, DEFINE_STRIP
			 "test -e \"$p\" || mv \"$n\" \"$p\" || exit 1; strip \"$p\"; "
			 "mkdir -p \"$p\"");
	if (!rc)
		rc = run(t, script);
	return rc ? fail(rc, "%s: %s: incomplete files stay until the next save removes them",
			 t->text, t->now) : EXIT_DONE;
}

static void ssh_abort(struct target *t)
{
	char script[MAX_SCRIPT];

	child_finish(&t->child, true);
	/* A log that has its name already stays. */
	if (t->now[0] && !t->kept &&
	    !make_script(t, script, "rm -rf \"$p\"") && run(t, script))
		warn("%s: %s cannot be removed; the next save tries again", t->text, t->now);
	t->now[0] = '\0';
	file_close(&t->lock_fd);
}

/* Remove a dump; one that is partly removed must not have a dump's name. */
#define DEFINE_REMOVE	"remove() { h=.$1.partial; " \
			"test -e \"$h\" || test -h \"$h\" || { mv \"$1\" \"$h\" && set -- \"$h\"; }; " \
			"rm -rf \"$1\"; }; "

/* The fourth word of df's last line is the free space in KiB. If it is none, nothing is removed. */
static void ssh_make_room(struct target *t, u64 bytes)
{
	char script[MAX_SCRIPT];
	int rc = make_script(t, script, DEFINE_IS_OURS DEFINE_NAMES DEFINE_REMOVE
			     "room() { set -- $(df -Pk . | tail -n 1); "
			     "case ${4:-x} in *[!0-9]*) exit 1 ;; esac; test \"$4\" -ge %llu; }; "
			     "for d in $(for d in $(names %s ''); do "
			     "is_ours \"$d\" && echo \"$d\"; done | sort); do "
			     "room && exit; remove \"$d\"; done; room",
			     (bytes + 1023) / 1024, t->prefix);

	if (!rc)
		rc = run(t, script);
	if (rc)
		warn("%s: less than %s free, even without older dumps, or unknown", t->text,
		     size_text(bytes).s);
}

/* The newest dump is $n, even if the clock was wrong and its name is not the last one. */
static void ssh_rotate(struct target *t, u64 keep)
{
	char script[MAX_SCRIPT];
	int rc = make_script(t, script, DEFINE_IS_OURS DEFINE_NAMES DEFINE_REMOVE
			     "rotate() { for d in $(names \"$1\" ''); do is_ours \"$d\" && "
			     "test \"$d\" != \"$n\" && echo \"$d\"; done | sort -r | "
			     "tail -n +$m | while read -r d; do remove \"$d\"; done; }; "
			     "m=%llu; rotate %s; if %s; then m=%llu; rotate %s; fi",
			     keep, t->prefix, true_or_false(t->has_id),
			     strcmp(t->prefix, t->log_prefix) ? keep + 1 : keep,
			     t->log_prefix);

	if (!rc)
		rc = run(t, script);
	if (rc)
		warn("%s: cannot remove old dumps", t->text);
}

const struct target_ops target_ssh_ops = {
	.dump_name = "vmcore.flat",
	.is_stream = true,
	.begin = ssh_begin,
	.open = ssh_open,
	.close = ssh_close,
	.keep = ssh_keep,
	.commit = ssh_commit,
	.drop = ssh_drop,
	.abort = ssh_abort,
	.make_room = ssh_make_room,
	.rotate = ssh_rotate,
};
