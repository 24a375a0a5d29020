// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints the administrator's guide's table of the arguments that a capture
 * kernel does not get, grouped by their reasons.
 */

#include <stdio.h>

#include "lib/fadump-lib.h"

static const char head[] =
".. Written by \"make arguments-doc\" out of arguments.c. Change that one.\n"
"\n"
".. list-table::\n"
"   :header-rows: 1\n"
"   :widths: 50 50\n"
"\n"
"   * - Left out\n"
"     - Reason\n";

static const char foot[] =
"\n"
".. The end of what is written by \"make arguments-doc\".\n";

/* An asterisk where a value that switches it off stays. */
static void print_name(const char *before, const struct fadump_denied_argument *u)
{
	printf("%s``%s``%s", before, u->name, u->has_off ? " \\*" : "");
}

int main(void)
{
	const struct fadump_denied_argument *u = fadump_denied_arguments;

	fputs(head, stdout);
	while (u->name) {
		const char *reason = u->reason;

		print_name("   * - ", u);
		for (u++; u->name && !strcmp(u->reason, reason); u++)
			print_name(",\n       ", u);
		printf("\n     - %s\n", reason);
	}
	fputs(foot, stdout);
	return fflush(stdout) || ferror(stdout);
}
