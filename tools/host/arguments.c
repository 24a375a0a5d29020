// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints the denied arguments as a table for the administrator's guide, one row for each
 * reason.
 */

#include <stdio.h>

#include "lib/fadump-lib.h"

static const char head[] =
".. Written by \"make arguments-doc\" from lib/arguments.c. Change that file.\n"
"\n"
".. list-table::\n"
"   :header-rows: 1\n"
"   :widths: 50 50\n"
"\n"
"   * - Argument\n"
"     - Reason\n";

static const char foot[] =
"\n"
".. The end of the part written by \"make arguments-doc\".\n";

/* An asterisk: a value that switches the feature off is allowed. */
static void print_name(const char *before, const struct fadump_denied_argument *arg)
{
	printf("%s``%s``%s", before, arg->name, arg->has_off ? " \\*" : "");
}

int main(void)
{
	const struct fadump_denied_argument *arg = fadump_denied_arguments;

	fputs(head, stdout);
	while (arg->name) {
		const char *reason = arg->reason;

		print_name("   * - ", arg);
		for (arg++; arg->name && !strcmp(arg->reason, reason); arg++)
			print_name(",\n       ", arg);
		printf("\n     - %s\n", reason);
	}
	fputs(foot, stdout);
	return fflush(stdout) || ferror(stdout);
}
