// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Questions about makedumpfile: does it run, does it have the compression, and can it
 * read the memory of a kernel like the one that runs?
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "check/check.h"
#include "lib/child.h"
#include "lib/files.h"
#include "lib/say.h"
#include "save/conf.h"
#include "save/save.h"

/* Find the line that begins with @word and a blank. Return: its length, or 0. */
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

static bool contains(const struct messages *m, const char *text)
{
	return memmem(m->tail, m->tail_len, text, strlen(text));
}

/* -------- Its features -------- */

/* -v lists what is built in: "zstd", a tab, and "enabled" or "disabled". */
static enum verdict find_compression(const struct messages *m, const char *name)
{
	const char *line;
	size_t len;

	/* Every makedumpfile has these two. */
	if (!strcmp(name, "none") || !strcmp(name, "zlib"))
		return VERDICT_OK;
	len = find_line(m, name, &line);
	if (!len)
		return VERDICT_UNKNOWN;
	return memmem(line, len, "enabled", strlen("enabled")) ? VERDICT_OK : VERDICT_WRONG;
}

static void check_level(struct save *s, const char *version, struct finding *f)
{
	unsigned int level = s->filter.level;

	save_use_running_kernel(s);
	if (s->filter.level == level)
		finding_ok(f, "%s; LEVEL=%u, COMPRESS=%s", version, level, s->conf.compress);
	else
		finding_ok(f, "%s; does not know this kernel's pages: level %u is used instead of LEVEL=%u, COMPRESS=%s",
			   version, s->filter.level, level, s->conf.compress);
}

/* With --check-params, makedumpfile neither reads nor writes. @f has all other answers. */
static void check_more_args(const struct save *s, struct finding *f)
{
	struct filter one = s->filter;
	struct makedumpfile_args a;
	struct child c = { };
	size_t n = 0;

	one.source = "vmcore";
	one.threads = 1;
	makedumpfile_args(&a, &one, "dump");
	while (a.argv[n])
		n++;
	a.argv[n++] = "--check-params";
	a.argv[n] = NULL;
	if (!child_run(&c, a.argv))
		return;
	if (contains(&c.messages, "'--check-params'"))
		finding_unknown(f, "this makedumpfile cannot check MAKEDUMPFILE_ARGS: only a crash can tell (fadumpctl test)");
	else
		finding_wrong(f, "makedumpfile refuses MAKEDUMPFILE_ARGS=\"%.256s\": correct it in " CONF_FILE,
			      s->conf.makedumpfile_args);
	f->stops = false;
}

static void check_version(struct save *s, const struct child *c, struct finding *f)
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
		check_level(s, version, f);
	}
	if (f->verdict != VERDICT_WRONG && s->conf.makedumpfile_args[0])
		check_more_args(s, f);
}

void check_makedumpfile(struct check_input *in, struct finding *f)
{
	char *argv[] = { (char *)in->save->filter.program, "-v", NULL };
	struct child c = { };

	if (child_run(&c, argv))
		finding_wrong(f, "%s: cannot be run: install it", argv[0]);
	else
		check_version(in->save, &c, f);
}

/* -------- The running kernel -------- */

/* It stops at once, because it needs memory that is reserved for kdump. */
static bool needs_kdump(const struct messages *m)
{
	return contains(m, "No memory is reserved for crashkernel") ||
	       contains(m, "linux,crashkernel-");
}

static void set_verdict(const struct messages *m, int rc, struct finding *f)
{
	if (rc && needs_kdump(m))
		finding_unknown(f, "this makedumpfile reads a running kernel only if memory is reserved for kdump: only a crash can tell (fadumpctl test)");
	else if (rc)
		finding_wrong(f, "makedumpfile --mem-usage /proc/kcore fails: a dump of this kernel may have to be saved with --raw; install a newer makedumpfile");
	else if (contains(m, "kernel version is not supported"))
		finding_unknown(f, "makedumpfile reads this kernel, but is older than it: only a crash can tell (fadumpctl test)");
	else
		finding_ok(f, "makedumpfile reads this kernel");
}

/*
 * --mem-usage finds and counts all pages, as a save does, and writes only a temporary
 * file without a name.
 */
void check_filter(struct check_input *in, struct finding *f)
{
	struct path kcore = root_path("/proc/kcore");
	char *argv[] = {
		(char *)in->save->filter.program, "--mem-usage", kcore.s, NULL
	};
	int fd = open(kcore.s, O_RDONLY | O_NONBLOCK | O_CLOEXEC), rc;
	struct child c = { };

	/* In a locked-down kernel access() succeeds and open() fails. */
	if (fd < 0) {
		finding_unknown(f, "%s: %s", kcore.s, errno == EACCES ?
				"only root can tell" : strerror(errno));
		return;
	}
	close(fd);
	rc = child_run(&c, argv);
	set_verdict(&c.messages, rc, f);
}
