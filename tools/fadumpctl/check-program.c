// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Questions to makedumpfile: does it run, what can it compress, and does it find its
 * way in a kernel like the one that runs?
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "say.h"

/* To its end; what it says is in @c->messages. Return: exit status. */
static int run(struct child *c, char *const argv[])
{
	int rc = child_start(c, argv, 0);

	return rc ? fail_errno(EXIT_PROGRAM, rc, argv[0]) : child_finish(c, false);
}

/* The line that begins with @word and a blank; its length, or 0. */
static size_t find_line(const struct messages *m, const char *word, const char **line)
{
	const char *at = m->tail, *end = m->tail + m->tail_len, *next;
	size_t len = strlen(word);

	for (; at < end; at = next) {
		next = (char *)memchr(at, '\n', end - at) + 1;
		if ((size_t)(next - at) > len && !strncmp(at, word, len) &&
		    strchr(" \t", at[len])) {
			*line = at;
			return next - 1 - at;
		}
	}
	return 0;
}

static bool has_said(const struct messages *m, const char *text)
{
	return memmem(m->tail, m->tail_len, text, strlen(text));
}

/* -------- What it is able to do -------- */

/* -v lists what was built in: "zstd", a tab, and "enabled" or "disabled". */
static enum verdict find_compression(const struct messages *m, const char *name)
{
	const char *line;
	size_t len;

	/* These two are always there. */
	if (!strcmp(name, "none") || !strcmp(name, "zlib"))
		return VERDICT_OK;
	len = find_line(m, name, &line);
	if (!len)
		return VERDICT_UNKNOWN;
	return memmem(line, len, "enabled", strlen("enabled")) ? VERDICT_OK : VERDICT_WRONG;
}

static void look_at_level(struct save *s, const char *version, struct finding *f)
{
	struct path kcore = root_path("/proc/kcore");
	unsigned int level = s->filter.level;

	if (file_exists(kcore.s))
		save_find_origin(&s->origin, kcore.s);
	save_bound_level(s);
	if (s->filter.level == level)
		finding_ok(f, "%s; LEVEL=%u, COMPRESS=%s", version, level, s->conf.compress);
	else
		finding_ok(f, "%s; does not know this kernel's pages: level %u is used instead of LEVEL=%u, COMPRESS=%s",
			   version, s->filter.level, level, s->conf.compress);
}

static void look_at_version(struct save *s, const struct child *c, struct finding *f)
{
	const char *line, *name = s->conf.compress;
	char version[64] = "of an unknown version";
	size_t len = find_line(&c->messages, "makedumpfile:", &line);

	if (len > strlen("makedumpfile: "))
		make_printable(version, sizeof(version), line + strlen("makedumpfile: "),
			       len - strlen("makedumpfile: "));
	switch (find_compression(&c->messages, name)) {
	case VERDICT_WRONG:
		finding_wrong(f, "%s: has no %s: set another COMPRESS in " CONF_FILE ", or install one that has it",
			      version, name);
		f->stops = false;
		break;
	case VERDICT_UNKNOWN:
		finding_unknown(f, "%s: does not tell whether it has %s", version, name);
		break;
	default:
		look_at_level(s, version, f);
	}
}

void check_makedumpfile(struct check_input *in, struct finding *f)
{
	char *argv[] = { (char *)in->save->filter.program, "-v", NULL };
	struct child c = { };

	if (run(&c, argv))
		finding_wrong(f, "%s: does not run: install it", argv[0]);
	else
		look_at_version(in->save, &c, f);
}

/* -------- This kernel -------- */

/* What it says first where it does not look: kdump's memory is what it asks for. */
static bool wants_kdump(const struct messages *m)
{
	return has_said(m, "No memory is reserved for crashkernel") ||
	       has_said(m, "linux,crashkernel-");
}

static void judge(const struct messages *m, int rc, struct finding *f)
{
	if (rc && wants_kdump(m))
		finding_unknown(f, "this makedumpfile looks at a running kernel only beside kdump: only a crash can tell (fadumpctl test)");
	else if (rc)
		finding_wrong(f, "makedumpfile --mem-usage /proc/kcore fails: a dump of this kernel may have to be saved with --raw; install a newer one");
	else if (has_said(m, "kernel version is not supported"))
		finding_unknown(f, "makedumpfile opens this kernel, which is newer than it: only a crash can tell (fadumpctl test)");
	else
		finding_ok(f, "makedumpfile opens this kernel");
}

/*
 * --mem-usage finds and counts all pages, as a save does, and writes nothing but a
 * temporary file without a name.
 */
void check_filter(struct check_input *in, struct finding *f)
{
	struct path kcore = root_path("/proc/kcore");
	char *argv[] = {
		(char *)in->save->filter.program, "--mem-usage", kcore.s, NULL
	};
	int fd = open(kcore.s, O_RDONLY | O_NONBLOCK | O_CLOEXEC), rc;
	struct child c = { };

	/* A kernel that is locked down has a file that may be read, but not opened. */
	if (fd < 0) {
		finding_unknown(f, "%s: %s", kcore.s, errno == EACCES ?
				"only root can tell" : strerror(errno));
		return;
	}
	close(fd);
	rc = run(&c, argv);
	judge(&c.messages, rc, f);
}
