// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs makedumpfile.
 */

#include <string.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/bounds.h"
#include "lib/child.h"
#include "lib/progress.h"
#include "lib/say.h"
#include "lib/stop.h"
#include "save/makedumpfile.h"

static const struct {
	const char *name;
	const char *option;
} compressions[] = {
	{ "none", NULL },
	{ "zlib", "-c" },
	{ "lzo", "-l" },
	{ "snappy", "-p" },
	{ "zstd", "-z" },
};

bool compress_option(const char *name, const char **option)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(compressions); i++)
		if (!strcmp(compressions[i].name, name)) {
			*option = compressions[i].option;
			return true;
		}
	return false;
}

/* Leave one CPU to the processes that write. */
unsigned int default_threads(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (cpus < 3)
		return 1;
	return cpus - 1 < MAX_THREADS ? cpus - 1 : MAX_THREADS;
}

/* Options of one letter that have a key of their own, or that we set for the target. */
#define OWN_LETTERS	"cdlpzF"
/* The rest of the word is the value of these. */
#define LETTERS_WITH_VALUE	"bgix"

static bool has_own_letter(const char *word)
{
	size_t len = strcspn(word, LETTERS_WITH_VALUE);

	return strcspn(word, OWN_LETTERS) < len;
}

/* A long option may be abbreviated. */
static bool is_own_long(const char *word)
{
	static const char * const own[] = {
		"message-level", "num-threads", "dump-dmesg", "check-params",
	};
	size_t len = strcspn(word, "="), i;

	for (i = 0; i < ARRAY_SIZE(own); i++)
		if (!strncmp(own[i], word, len))
			return true;
	return false;
}

static bool is_own(const char *word)
{
	if (word[0] != '-')
		return false;
	return word[1] == '-' ? is_own_long(word + 2) : has_own_letter(word + 1);
}

bool are_more_args(const char *text)
{
	char copy[MAX_MORE_ARGS], *rest = copy, *word;
	unsigned int nr = 0;

	if ((size_t)snprintf(copy, sizeof(copy), "%s", text) >= sizeof(copy))
		return false;
	while ((word = strsep(&rest, " ")))
		if (word[0] && (is_own(word) || ++nr > MAX_MORE_WORDS))
			return false;
	return true;
}

/* Return: how many words were added. */
static int add_more(struct makedumpfile_args *a, char **argv, const char *text)
{
	char *rest = a->more, *word;
	int n = 0;

	snprintf(a->more, sizeof(a->more), "%s", text ? text : "");
	while (n < MAX_MORE_WORDS && (word = strsep(&rest, " ")))
		if (word[0])
			argv[n++] = word;
	return n;
}

void makedumpfile_args(struct makedumpfile_args *a, const struct filter *f,
		       const char *output)
{
	int n = 0;

	snprintf(a->level, sizeof(a->level), "%u", f->level);
	snprintf(a->threads, sizeof(a->threads), "%u", f->threads);
	a->argv[n++] = (char *)f->program;
	if (f->compress)
		a->argv[n++] = (char *)f->compress;
	a->argv[n++] = "-d";
	a->argv[n++] = a->level;
	a->argv[n++] = "--message-level";
	a->argv[n++] = "7";
	if (!output) {
		a->argv[n++] = "-F";
	} else if (f->threads > 1) {
		a->argv[n++] = "--num-threads";
		a->argv[n++] = a->threads;
	}
	n += add_more(a, a->argv + n, f->more);
	a->argv[n++] = (char *)f->source;
	if (output)
		a->argv[n++] = (char *)output;
	a->argv[n] = NULL;
}

/* @seconds: time limit */
static int run(char *const argv[], struct progress *p, double seconds)
{
	double end = clock_seconds() + seconds;
	struct child c = { .messages.progress = p };
	int rc = child_start(&c, argv, 0);

	if (rc)
		return fail_errno(EXIT_PROGRAM, rc, argv[0]);
	while (c.msg >= 0 && clock_seconds() < end && child_poll(&c))
		;
	if (p)
		progress_end(p);
	if (!is_interrupted() && clock_seconds() < end)
		return child_finish(&c, false);
	child_finish(&c, true);
	return is_interrupted() ? EXIT_INTERRUPTED :
	       fail(EXIT_PROGRAM, "%s: has not finished within %.0f s", argv[0], seconds);
}

/**
 * makedumpfile_run - filter a core into a file
 * @f: how to run it
 * @output: a file that does not exist
 * @p: progress
 *
 * Threads need more memory, and do not work in some versions of makedumpfile: after a
 * failure it is run again with one.
 *
 * Return: exit status.
 */
int makedumpfile_run(const struct filter *f, const char *output, struct progress *p)
{
	struct filter one = *f;
	struct makedumpfile_args a;
	int rc;

	makedumpfile_args(&a, f, output);
	rc = run(a.argv, p, HUGE_VAL);
	if (rc != EXIT_PROGRAM || f->threads < 2)
		return rc;
	warn("trying again with one thread");
	unlink(output);
	one.threads = 1;
	makedumpfile_args(&a, &one, output);
	return run(a.argv, p, HUGE_VAL);
}

int makedumpfile_dmesg(const struct filter *f, const char *output, double seconds)
{
	char *argv[] = {
		(char *)f->program, "--dump-dmesg", (char *)f->source,
		(char *)output, NULL
	};

	return run(argv, NULL, seconds);
}

bool is_dump_head(const u8 *head)
{
	return !memcmp(head, "KDUMP   ", 8) || !memcmp(head, "DISKDUMP", 8) ||
	       !memcmp(head, "\177ELF", 4) || !memcmp(head, "makedumpfile", 12);
}
