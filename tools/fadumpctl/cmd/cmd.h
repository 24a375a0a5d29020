/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One function for each command, in a file of its own, and the frame that they share.
 */
#ifndef FADUMPCTL_CMD_H
#define FADUMPCTL_CMD_H

#include <argp.h>
#include <stddef.h>

#include "lib/types.h"

/* argv[0] is "fadumpctl NAME". Return: exit status. */
int cmd_status(int argc, char **argv);
int cmd_register(int argc, char **argv);
int cmd_unregister(int argc, char **argv);
int cmd_release(int argc, char **argv);
int cmd_args(int argc, char **argv);
int cmd_map(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_recommend(int argc, char **argv);
int cmd_inspect(int argc, char **argv);
int cmd_save(int argc, char **argv);
int cmd_capture(int argc, char **argv);
int cmd_conf(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_test(int argc, char **argv);

/* -------- frame.c: command lines -------- */

enum cmd_kind {
	CMD_SETS_BOOL,
	CMD_SETS_TEXT,		/* a const char * */
	CMD_SETS_NUMBER,	/* a u64 */
	CMD_IS_PARSED,		/* by @parse of the syntax */
};

/**
 * struct cmd_option - an option of a command
 * @name: long name
 * @key: short name, or a number from 256 on
 * @arg: name of its argument in the help text
 * @doc: help text
 * @kind: kind of its value
 * @at: offset of the value in the structure that cmd_parse() gets
 * @max: of a number; the least is 1
 */
struct cmd_option {
	const char *name;
	int key;
	const char *arg;
	const char *doc;
	enum cmd_kind kind;
	size_t at;
	u64 max;
};

/* The offset of a member, which must be of type @as. */
#define CMD_AT(type, field, as) (offsetof(type, field) + \
	0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((type *)0)->field), as) ? 1 : -1]))

#define CMD_FLAG(type, field, _name, _key, _doc) { \
	.name = _name, .key = _key, .doc = _doc, .kind = CMD_SETS_BOOL, \
	.at = CMD_AT(type, field, bool) }

#define CMD_TEXT(type, field, _name, _key, _arg, _doc) { \
	.name = _name, .key = _key, .arg = _arg, .doc = _doc, .kind = CMD_SETS_TEXT, \
	.at = CMD_AT(type, field, const char *) }

#define CMD_NUMBER(type, field, _max, _name, _key, _arg, _doc) { \
	.name = _name, .key = _key, .arg = _arg, .doc = _doc, .kind = CMD_SETS_NUMBER, \
	.at = CMD_AT(type, field, u64), .max = _max }

#define CMD_OTHER(_name, _key, _arg, _doc) { \
	.name = _name, .key = _key, .arg = _arg, .doc = _doc, .kind = CMD_IS_PARSED }

/**
 * struct cmd_syntax - the command line of a command
 * @options: ends with an empty one; NULL for none
 * @parse: handles arguments and CMD_OTHER options, as a parser of argp does, or NULL;
 *	state->input is the structure that cmd_parse() gets
 * @args_doc: names of arguments in the help text
 * @doc: help text
 * @also: another command's options that this one has as well, or NULL
 * @also_header: their heading in the help text
 */
struct cmd_syntax {
	const struct cmd_option *options;
	argp_parser_t parse;
	const char *args_doc;
	const char *doc;
	const struct cmd_syntax *also;
	const char *also_header;
};

/* Set @values by the command line; exit after a message if it is wrong. */
void cmd_parse(const struct cmd_syntax *syntax, int argc, char **argv, void *values);

/* A number of an option; the same for a wrong one. */
u64 cmd_number(struct argp_state *state, const char *arg, u64 min, u64 max);

/* The command line of save; the structure is a struct save. */
extern const struct cmd_syntax save_syntax;

#endif
