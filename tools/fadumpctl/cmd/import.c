// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl import: from the configuration of kdump to fadump.conf.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "import/import.h"
#include "lib/files.h"
#include "lib/say.h"

struct import_options {
	const char *output;
	const char *file;
};

static const struct cmd_option options[] = {
	CMD_TEXT(struct import_options, output, "output", 'o', "FILE",
		 "Write to FILE, which is replaced as a whole"),
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct import_options *o = state->input;

	if (key != ARGP_KEY_ARG || state->arg_num)
		return ARGP_ERR_UNKNOWN;
	o->file = arg;
	return 0;
}

static const struct cmd_syntax syntax = {
	.options = options,
	.parse = parse,
	.args_doc = "[FILE]",
	.doc = "Prints the fadump.conf that does the same as /etc/kdump.conf, /etc/sysconfig/kdump or "
	       "/etc/default/kdump-tools: as FILE, or as those of them that exist. Nothing in a "
	       "file is executed.\v"
	       "Messages name each line that cannot be taken over, and what to do about it. The "
	       "exit status is 13 then.",
};

static int import(struct import *im, const char *file, FILE *out)
{
	int rc;

	fputs("# Made by fadumpctl import from ", out);
	if (!file)
		rc = import_found(im, out);
	else
		rc = import_file(im, file);
	if (rc)
		return rc;
	fprintf(out, "%s\n", file ?: "");
	import_print(im, out);
	return EXIT_DONE;
}

static int write_output(const char *output, const char *text)
{
	int rc;

	if (!output) {
		fputs(text, stdout);
		return EXIT_DONE;
	}
	rc = file_replace(output, text);
	return rc ? fail_errno(exit_code_of(rc), rc, output) : EXIT_DONE;
}

int cmd_import(int argc, char **argv)
{
	struct import_options o = { };
	struct import im = { };
	char *text = NULL;
	size_t size;
	FILE *out;
	int rc;

	cmd_parse(&syntax, argc, argv, &o);
	out = open_memstream(&text, &size);
	if (!out)
		return fail(EXIT_FAILED, "out of memory");
	rc = import(&im, o.file, out);
	if (fclose(out) && !rc)
		rc = fail(EXIT_FAILED, "out of memory");
	if (!rc)
		rc = write_output(o.output, text);
	free(text);
	return rc || !im.left ? rc : EXIT_INCOMPLETE;
}
