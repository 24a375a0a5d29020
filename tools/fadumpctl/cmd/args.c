// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl args: additions to the capture kernel's command line.
 */

#include <stdio.h>

#include "cmd/cmd.h"
#include "lib/bounds.h"
#include "lib/files.h"
#include "lib/say.h"
#include "machine/attr.h"
#include "save/conf.h"

struct args_options {
	bool clear;
	bool configured;
	bool given;
	size_t len;
	char text[MAX_BOOTARGS];
};

static const struct cmd_option options[] = {
	CMD_FLAG(struct args_options, clear, "clear", 'c', "Remove all additions"),
	CMD_FLAG(struct args_options, configured, "configured", 'C',
		 "Set the BOOTARGS of " CONF_FILE ", if it has any"),
	{ }
};

/* Join the arguments with blanks, as the shell had split them. */
static void add_argument(struct args_options *o, const char *arg,
			 struct argp_state *state)
{
	size_t space = sizeof(o->text) - 1 - o->len;
	int n = snprintf(o->text + o->len, space, "%s%s", o->given ? " " : "", arg);

	/* Leave space for the newline that set() adds. */
	if (n < 0 || (size_t)n >= space)
		argp_error(state, "the kernel takes no more than %d characters",
			   MAX_BOOTARGS - 2);
	o->len += n;
	o->given = true;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args_options *o = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		add_argument(o, arg, state);
		return 0;
	case ARGP_KEY_END:
		if (o->clear + o->configured + o->given > 1)
			argp_error(state, "--clear, --configured and arguments exclude each other");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct cmd_syntax syntax = {
	.options = options,
	.parse = parse,
	.args_doc = "[ARGUMENT...]",
	.doc = "Shows the additions to the capture kernel's command line, or sets them to the "
	       "ARGUMENTs.\v"
	       "They take effect at once and survive a crash, but not an orderly reboot. "
	       "Put -- in front of an ARGUMENT that begins with a dash.",
};

static int show(const struct path *path)
{
	char text[MAX_TEXT];
	ssize_t n = file_read_text(path->s, text, sizeof(text));

	if (n < 0)
		return fail_errno(EXIT_FAILED, n, path->s);
	puts(text);
	return EXIT_DONE;
}

static int set(struct args_options *o, const struct path *path)
{
	if (!is_printable(o->text))
		return fail(EXIT_USAGE, "%s: takes printable ASCII only", path->s);
	o->text[o->len++] = '\n';
	o->text[o->len] = '\0';
	return attr_write(ATTR_BOOTARGS, o->text);
}

static void use_configured(struct args_options *o)
{
	struct conf conf;

	conf_read(&conf);
	o->len = snprintf(o->text, sizeof(o->text) - 1, "%s", conf.bootargs);
	o->given = o->len;
}

int cmd_args(int argc, char **argv)
{
	struct args_options o = { };
	struct path path;
	int rc;

	cmd_parse(&syntax, argc, argv, &o);
	if (o.configured) {
		use_configured(&o);
		if (!o.given)
			return EXIT_DONE;
	}
	rc = attr_require();
	if (rc)
		return rc;
	path = attr_path(ATTR_BOOTARGS);
	if (!attr_exists(ATTR_BOOTARGS))
		return fail(EXIT_MISSING,
			    "%s: no such file: fadump is off, or this kernel cannot pass arguments on",
			    path.s);
	return o.clear || o.given ? set(&o, &path) : show(&path);
}
