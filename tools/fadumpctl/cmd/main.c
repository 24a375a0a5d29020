// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl: firmware-assisted dump for administrators and scripts.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "lib/bounds.h"
#include "lib/files.h"
#include "lib/say.h"
#include "lib/stop.h"
#include "version.h"

const char *argp_program_version = "fadumpctl " VERSION;

static int cmd_help(int argc, char **argv);

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *text;
} commands[] = {
	{ "status", cmd_status, "what is reserved, armed, waiting and missing" },
	{ "check", cmd_check, "would the next crash be dumped, and the dump be saved?" },
	{ "register", cmd_register, "arm firmware for the next crash" },
	{ "unregister", cmd_unregister, "disarm" },
	{ "release", cmd_release, "release the memory of a dump and arm again" },
	{ "args", cmd_args, "show or set the capture kernel's additional arguments" },
	{ "map", cmd_map, "draw a map of memory, in the terminal or as SVG" },
	{ "recommend", cmd_recommend, "how large the boot memory should be" },
	{ "inspect", cmd_inspect, "show the contents of a dump" },
	{ "save", cmd_save, "write the dump to a directory, a device or another host" },
	{ "capture", cmd_capture, "handle a dump at boot as /etc/fadump.conf says" },
	{ "conf", cmd_conf, "show the values of /etc/fadump.conf" },
	{ "import", cmd_import, "convert the configuration of kdump to fadump.conf" },
	{ "test", cmd_test, "crash this machine and see whether there is a dump" },
	{ "help", cmd_help, "show the options of a command" },
};

static const struct argp_option options[] = {
	{ .name = "root", .key = 'R', .arg = "DIR",
	  .doc = "Use /sys, /proc and others below DIR (environment: FADUMPCTL_ROOT)" },
	{ }
};

/* The command that was given, and its index in the command line. */
struct call {
	const struct command *command;
	int at;
};

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

/* All that follows the command's name is parsed by the command. */
static void set_command(struct call *call, char *name, struct argp_state *state)
{
	call->command = find_command(name);
	if (!call->command)
		argp_error(state, "%s: there is no such command", name);
	call->at = state->next - 1;
	state->next = state->argc;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct call *call = state->input;

	switch (key) {
	case 'R':
		if (!root_set(arg))
			argp_error(state, "%s: the name is too long", arg);
		return 0;
	case ARGP_KEY_ARG:
		set_command(call, arg, state);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_usage(state);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Format help for a narrow terminal, unless ARGP_HELP_FMT is set. */
static void fit_help(void)
{
	unsigned int columns = terminal_columns(STDOUT_FILENO);
	char format[128];

	if (columns >= COLUMNS)
		return;
	if (columns < MIN_COLUMNS)
		columns = MIN_COLUMNS;
	snprintf(format, sizeof(format),
		 "rmargin=%u,opt-doc-col=12,short-opt-col=1,long-opt-col=5,header-col=0,usage-indent=4",
		 columns - 1);
	setenv("ARGP_HELP_FMT", format, 0);
}

/* Append the list of commands to the help text. */
static char *help_filter(int key, const char *text, void *input)
{
	char *list = NULL;
	size_t size, i;
	FILE *f;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	f = open_memstream(&list, &size);
	if (!f)
		return NULL;
	fputs("Commands:\n", f);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(f, "  %-11s %s\n", commands[i].name, commands[i].text);
	fputs("\nfadumpctl help COMMAND shows the options of each. Exit status: see fadumpctl(8).",
	      f);
	fclose(f);
	return list;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "COMMAND [ARG...]",
	.doc = "Controls firmware-assisted dump of Linux on Power: shows its state, saves a dump, "
	       "and releases its memory so that the machine can continue.\v ",
	.help_filter = help_filter,
};

static error_t parse_help(int key, char *arg, struct argp_state *state)
{
	const struct command **command = state->input;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (state->arg_num)
		argp_usage(state);
	*command = find_command(arg);
	if (!*command)
		argp_error(state, "%s: there is no such command", arg);
	return 0;
}

static const struct cmd_syntax help_syntax = {
	.parse = parse_help,
	.args_doc = "[COMMAND]",
	.doc = "Shows what COMMAND does and its options, as COMMAND --help, or all commands.",
};

/* argp prints argv[0] in messages and help. */
static int run_command(const struct command *command, int argc, char **argv)
{
	char name[64];

	snprintf(name, sizeof(name), "fadumpctl %s", command->name);
	argv[0] = name;
	return command->run(argc, argv);
}

static int cmd_help(int argc, char **argv)
{
	char *help[] = { "fadumpctl", "--help", NULL };
	const struct command *command = NULL;

	cmd_parse(&help_syntax, argc, argv, &command);
	if (command)
		return run_command(command, 2, help);
	argp_parse(&argp, 2, help, 0, NULL, NULL);
	return EXIT_DONE;
}

/*
 * A failure of stdout must not look like a failure of the target. The exit status of
 * capture only tells whether a dump is waiting.
 */
static int end_output(const struct command *command, int rc)
{
	if (say_flush(rc))
		return rc;
	return rc || command->run == cmd_capture ? rc : EXIT_FAILED;
}

/*
 * If one of the three standard files is closed, the next file to be opened would take its
 * number, and messages would be written into it.
 */
static void open_standard_files(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	const char *root = getenv("FADUMPCTL_ROOT");
	struct call call = { };

	open_standard_files();
	reset_signals();
	argp_err_exit_status = EXIT_USAGE;
	fit_help();
	if (root && !root_set(root))
		return fail(EXIT_USAGE, "FADUMPCTL_ROOT: the name is too long");
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &call))
		return EXIT_USAGE;
	return end_output(call.command,
			  run_command(call.command, argc - call.at, argv + call.at));
}
