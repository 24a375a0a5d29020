// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * makedumpfile's options in another configuration: some have a key in fadump.conf.
 */

#include <stdio.h>
#include <string.h>

#include "import/import.h"

/* @in: where the words come from; both are parts of a copy. Return: NULL at the end. */
static char *next_word(char **in)
{
	char *word;

	do {
		word = strsep(in, " \t");
	} while (word && !*word);
	return word;
}

/* Return: the value of "-dN", "-d N", "--name=N" or "--name N"; NULL for another option. */
static const char *value_of(const char *word, const char *name, char **in)
{
	size_t len = strlen(name);
	bool is_long = name[1] == '-';

	if (strncmp(word, name, len))
		return NULL;
	if (!word[len])
		return next_word(in) ?: "";
	if (!is_long)
		return word + len;
	return word[len] == '=' ? word + len + 1 : NULL;
}

static const struct {
	const char *option;
	const char *compress;
} flags[] = {
	{ "-c", "zlib" },
	{ "-l", "lzo" },
	{ "-p", "snappy" },
	{ "-z", "zstd" },
	{ "-E", "none" },	/* an ELF file is not compressed */
};

static const struct rule level = { .key = IMPORT_LEVEL, .max = MAX_LEVEL };
static const struct rule threads = { .key = IMPORT_THREADS, .max = 1024 };

static const char *take_flag(struct import *im, const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (!strcmp(word, flags[i].option))
			import_store(im, IMPORT_COMPRESS, flags[i].compress);
	if (word[0] == '-' && strchr("clpzF", word[1]) && !word[2])
		return NULL;
	if (word[0] == '-' && word[1] != '-' && strlen(word) > 2)
		return "write makedumpfile's options one by one";
	return import_append(im, IMPORT_MAKEDUMPFILE_ARGS, word);
}

/* The target decides on -F, and progress needs a message level of its own. */
static const char *take_option(struct import *im, const char *word, char **in)
{
	const char *value = value_of(word, "-d", in);

	if (value)
		return set_number(im, &level, value) ?
		       "LEVEL takes one number from 0 to 31" : NULL;
	value = value_of(word, "--num-threads", in);
	if (value)
		return set_number(im, &threads, value) ? "THREADS takes a number up to 1024" : NULL;
	if (value_of(word, "--message-level", in))
		return NULL;
	return take_flag(im, word);
}

/* Those that a configuration adds to its own. The last wrong one is reported. */
const char *set_options(struct import *im, const struct rule *r, const char *value)
{
	const char *todo = NULL, *answer;
	char copy[PATH_MAX], *in = copy, *word;

	(void)r;
	if ((size_t)snprintf(copy, sizeof(copy), "%s", value) >= sizeof(copy))
		return "the value is too long";
	while ((word = next_word(&in))) {
		answer = take_option(im, word, &in);
		todo = answer ?: todo;
	}
	return todo;
}

static void use_none(struct import *im)
{
	import_store(im, IMPORT_LEVEL, "0");
	import_store(im, IMPORT_COMPRESS, "none");
}

/* All options: makedumpfile's own defaults apply to the others. */
const char *set_all_options(struct import *im, const struct rule *r, const char *value)
{
	use_none(im);
	return set_options(im, r, value);
}

static bool is_makedumpfile(const char *program)
{
	const char *slash = strrchr(program, '/');

	return !strcmp(slash ? slash + 1 : program, "makedumpfile");
}

/* "makedumpfile OPTION...", perhaps in quotes */
const char *set_collector(struct import *im, const struct rule *r, const char *value)
{
	char copy[PATH_MAX], *in = copy, *program, *quote;

	snprintf(copy, sizeof(copy), "%s", value + (value[0] == '"'));
	quote = strrchr(copy, '"');
	if (quote && value[0] == '"')
		*quote = '\0';
	program = next_word(&in);
	if (program && is_makedumpfile(program))
		return set_all_options(im, r, in ?: "");
	use_none(im);
	return r->todo;
}

static const struct {
	const char *name;
	const char *compress;
	const char *todo;
} dump_formats[] = {
	{ "compressed", "zlib", NULL },
	{ "lzo", "lzo", NULL },
	{ "snappy", "snappy", NULL },
	{ "zstd", "zstd", NULL },
	{ "ELF", "none", NULL },
	{ "raw", "none",
	  "LEVEL=0 saves all memory by makedumpfile; fadumpctl save --raw copies it" },
	{ "none", "zlib",
	  "set WHEN=never, and call fadumpctl save --log-only --release" },
};

const char *set_format(struct import *im, const struct rule *r, const char *value)
{
	size_t i;

	(void)r;
	for (i = 0; i < ARRAY_SIZE(dump_formats); i++) {
		if (strcmp(value, dump_formats[i].name))
			continue;
		if (!strcmp(value, "ELF"))
			import_store(im, IMPORT_MAKEDUMPFILE_ARGS, "-E");
		if (!strcmp(value, "raw"))
			import_store(im, IMPORT_LEVEL, "0");
		import_store(im, IMPORT_COMPRESS, dump_formats[i].compress);
		return dump_formats[i].todo;
	}
	return "set COMPRESS to none, zlib, lzo, snappy or zstd";
}

const char *set_pipe(struct import *im, const struct rule *r, const char *value)
{
	static const char * const programs[] = { "bzip2", "gzip", "lz4", "xz" };
	char command[16];
	size_t i;

	(void)r;
	for (i = 0; i < ARRAY_SIZE(programs); i++) {
		if (strcmp(value, programs[i]))
			continue;
		snprintf(command, sizeof(command), "%s -c", programs[i]);
		return import_store(im, IMPORT_PIPE, command);
	}
	return "set PIPE to a program that compresses";
}
