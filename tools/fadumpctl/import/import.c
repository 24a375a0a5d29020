// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads a configuration of kdump, reports what cannot be taken over, and prints
 * fadump.conf.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "import/import.h"
#include "lib/say.h"

static const char * const key_names[NR_IMPORT_KEYS] = {
	[IMPORT_TARGET] = "TARGET",
	[IMPORT_REQUIRE_MOUNT] = "REQUIRE_MOUNT",
	[IMPORT_WHEN] = "WHEN",
	[IMPORT_FAILURE] = "FAILURE",
	[IMPORT_FINAL] = "FINAL",
	[IMPORT_KEEP] = "KEEP",
	[IMPORT_LEVEL] = "LEVEL",
	[IMPORT_COMPRESS] = "COMPRESS",
	[IMPORT_THREADS] = "THREADS",
	[IMPORT_MAKEDUMPFILE_ARGS] = "MAKEDUMPFILE_ARGS",
	[IMPORT_PIPE] = "PIPE",
	[IMPORT_PRE] = "PRE",
	[IMPORT_POST] = "POST",
	[IMPORT_BOOTARGS] = "BOOTARGS",
};

/**
 * struct file - a file that is being imported
 * @im: result
 * @name: its name
 * @format: its format
 * @text: its text
 * @copy: the text that a reader overwrites
 * @values: for each rule the last setting of the text, or NULL as its value
 */
struct file {
	struct import *im;
	const char *name;
	const struct format *format;
	char text[MAX_TEXT];
	char copy[MAX_TEXT];
	struct setting values[MAX_RULES];
};

static const struct rule *find_rule(const struct format *format, const char *name)
{
	size_t i;

	for (i = 0; i < format->nr; i++)
		if (!strcmp(name, format->rules[i].name))
			return &format->rules[i];
	return NULL;
}

/* @copy: MAX_TEXT bytes */
static struct reader begin(const char *text, char *copy)
{
	strcpy(copy, text);
	return (struct reader) { .at = copy, .line = 1 };
}

static unsigned int count_known(struct file *f, const struct format *format)
{
	struct reader r = begin(f->text, f->copy);
	unsigned int known = 0;
	struct setting s;

	while (format->read(&r, &s))
		known += !!find_rule(format, s.name);
	return known;
}

/* The one that knows the most settings; the usual one of this path if none does. */
static const struct format *find_format(struct file *f)
{
	const struct format *best = NULL;
	unsigned int most = 0, known;
	size_t i;

	for (i = 0; i < NR_FORMATS; i++) {
		known = count_known(f, &formats[i]);
		if (known > most || (!most && formats[i].path &&
				     !strcmp(f->name, root_path(formats[i].path).s)))
			best = &formats[i];
		most = known > most ? known : most;
	}
	return best;
}

/* Values are left out: one may be a password. */
static void report(const struct file *f, const struct setting *s, const char *name,
		   const char *todo)
{
	char line[16] = "", plain[48];

	if (s->line)
		snprintf(line, sizeof(line), "%u:", s->line);
	make_printable(plain, sizeof(plain), name, strlen(name));
	warn("%s:%s %s: not taken over: %s", f->name, line, plain, todo);
	f->im->left++;
}

static void read_settings(struct file *f)
{
	struct reader r = begin(f->text, f->copy);
	const struct rule *rule;
	struct setting s;

	memset(f->values, 0, sizeof(f->values));
	while (f->format->read(&r, &s)) {
		rule = find_rule(f->format, s.name);
		if (s.fault)
			report(f, &s, s.name, s.fault);
		else if (rule)
			f->values[rule - f->format->rules] = s;
		else
			report(f, &s, s.name, "the setting is unknown");
	}
}

static void apply_rule(struct file *f, const struct rule *r, const struct setting *s)
{
	const char *todo = NULL, *value = s->value && s->value[0] ? s->value : r->usual;

	if (!value)
		return;
	if (r->set)
		todo = r->set(f->im, r, value);
	else if (!r->usual || strcmp(value, r->usual))
		todo = r->todo;
	if (todo)
		report(f, s, r->name, todo);
}

static int read_text(struct file *f)
{
	ssize_t n = file_read(f->name, f->text, sizeof(f->text));

	if (n < 0)
		return fail_errno(EXIT_FAILED, n, f->name);
	if (n == sizeof(f->text) - 1)
		return fail_errno(EXIT_FAILED, EFBIG, f->name);
	if (strlen(f->text) != (size_t)n)
		return fail(EXIT_FAILED, "%s: not a text file", f->name);
	return EXIT_DONE;
}

int import_file(struct import *im, const char *path)
{
	struct file f = { .im = im, .name = path };
	int rc = read_text(&f);
	size_t i;

	if (rc)
		return rc;
	f.format = find_format(&f);
	if (!f.format)
		return fail(EXIT_FAILED, "%s: has no setting of kdump", path);
	read_settings(&f);
	for (i = 0; i < f.format->nr; i++)
		apply_rule(&f, &f.format->rules[i], &f.values[i]);
	return EXIT_DONE;
}

int import_found(struct import *im, FILE *names)
{
	unsigned int found = 0;
	struct path path;
	int rc = EXIT_DONE;
	size_t i;

	for (i = 0; i < NR_FORMATS && !rc; i++) {
		path = root_path(formats[i].path ?: "");
		if (!formats[i].path || !file_exists(path.s))
			continue;
		rc = import_file(im, path.s);
		fprintf(names, "%s%s", found++ ? ", " : "", path.s);
	}
	if (!found)
		return fail(EXIT_FAILED, "no %s, %s or %s: name a file", formats[0].path,
			    formats[1].path, formats[2].path);
	return rc;
}

/* Only words with blanks or a shell's characters need quotes. */
static bool is_word(const char *value)
{
	return !strpbrk(value, " \t#;&|<>()*?[]{}~!");
}

void import_print(const struct import *im, FILE *f)
{
	enum import_key key;

	for (key = 0; key < NR_IMPORT_KEYS; key++) {
		const char *value = im->value[key], *quote = is_word(value) ? "" : "\"";

		if (value[0])
			fprintf(f, "%s=%s%s%s\n", key_names[key], quote, value, quote);
	}
}
