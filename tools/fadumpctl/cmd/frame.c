// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The frame that all commands share: their command lines.
 */

#include <argp.h>

#include "cmd/cmd.h"
#include "lib/files.h"

#define MAX_OPTIONS	24

/**
 * struct call - what the parser of one table needs
 * @syntax: the table
 * @values: where the values go
 * @also: the same for @syntax->also
 */
struct call {
	const struct cmd_syntax *syntax;
	void *values;
	struct call *also;
};

u64 cmd_number(struct argp_state *state, const char *arg, u64 min, u64 max)
{
	u64 n;

	if (!parse_number(arg, &n) || n < min || n > max)
		argp_error(state, "%s: not a number from %llu to %llu", arg, min, max);
	return n;
}

static const struct cmd_option *find_option(const struct cmd_syntax *syntax, int key)
{
	const struct cmd_option *o;

	for (o = syntax->options; o && o->name; o++)
		if (o->key == key)
			return o;
	return NULL;
}

/* Return: false if the table does not tell where the value goes. */
static bool set_value(const struct cmd_option *o, void *values, char *arg,
		      struct argp_state *state)
{
	void *at = (char *)values + o->at;

	switch (o->kind) {
	case CMD_SETS_BOOL:
		*(bool *)at = true;
		return true;
	case CMD_SETS_TEXT:
		*(const char **)at = arg;
		return true;
	case CMD_SETS_NUMBER:
		*(u64 *)at = cmd_number(state, arg, 1, o->max);
		return true;
	case CMD_IS_PARSED:
		break;
	}
	return false;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct call *call = state->input;
	const struct cmd_option *o = find_option(call->syntax, key);
	error_t rc;

	if (o && set_value(o, call->values, arg, state))
		return 0;
	if (key == ARGP_KEY_INIT && call->syntax->also)
		state->child_inputs[0] = call->also;
	if (!call->syntax->parse)
		return ARGP_ERR_UNKNOWN;
	state->input = call->values;
	rc = call->syntax->parse(key, arg, state);
	state->input = call;
	return rc;
}

static void list_options(const struct cmd_syntax *syntax, struct argp_option *list)
{
	const struct cmd_option *o;

	for (o = syntax->options; o && o->name && o - syntax->options < MAX_OPTIONS; o++)
		*list++ = (struct argp_option) {
			.name = o->name, .key = o->key, .arg = o->arg, .doc = o->doc,
		};
	*list = (struct argp_option) { };
}

void cmd_parse(const struct cmd_syntax *syntax, int argc, char **argv, void *values)
{
	struct argp_option own[MAX_OPTIONS + 1], others[MAX_OPTIONS + 1];
	struct call also = { .syntax = syntax->also, .values = values };
	struct call call = { .syntax = syntax, .values = values, .also = &also };
	struct argp child = { .options = others, .parser = parse };
	struct argp_child children[] = {
		{ .argp = &child, .header = syntax->also_header, .group = 1 }, { }
	};
	struct argp argp = {
		/* The C library leaks memory for a list without options. */
		.options = syntax->options ? own : NULL,
		.parser = parse, .args_doc = syntax->args_doc,
		.doc = syntax->doc, .children = syntax->also ? children : NULL,
	};

	list_options(syntax, own);
	if (syntax->also) {
		child.args_doc = syntax->also->args_doc;
		list_options(syntax->also, others);
	}
	argp_parse(&argp, argc, argv, 0, NULL, &call);
}
