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

/* A group of arguments with one reason begins at @first. */
static const struct {
	const char *first;
	const char *reason;
} groups[] = {
	{ "hugepages", "huge pages, which are not freed before the release" },
	{ "cma", "sized for all RAM, not for the boot memory" },
	{ "kernelcore", "leaves the kernel too little of a small memory" },
	{ "log_buf_len", "a log buffer sized for production" },
	{ "trace_buf_size", "a trace buffer for each CPU" },
	{ "dhash_entries", "a hash table sized for all RAM" },
	{ "swiotlb", "bounce buffers of a fixed size" },
	{ "reserve_mem", "memory reserved for another boot" },
	{ "page_owner", "metadata for each page or object" },
};

/* An asterisk: a value that switches the feature off is allowed. */
static void print_name(const char *before, const struct fadump_denied_argument *arg)
{
	printf("%s``%s``%s", before, arg->name, arg->has_off ? " \\*" : "");
}

static bool begins_group(const struct fadump_denied_argument *arg, size_t group)
{
	return arg->name && group < ARRAY_SIZE(groups) &&
	       !strcmp(arg->name, groups[group].first);
}

/* Returns the argument after the group. */
static const struct fadump_denied_argument *
print_group(const struct fadump_denied_argument *arg, size_t group)
{
	print_name("   * - ", arg);
	for (arg++; arg->name && !begins_group(arg, group + 1); arg++)
		print_name(",\n       ", arg);
	printf("\n     - %s\n", groups[group].reason);
	return arg;
}

/* Fails if an argument that begins a group is not in the table. */
int main(void)
{
	const struct fadump_denied_argument *arg = fadump_denied_arguments;
	size_t i;

	fputs(head, stdout);
	for (i = 0; begins_group(arg, i); i++)
		arg = print_group(arg, i);
	fputs(foot, stdout);
	return i < ARRAY_SIZE(groups) || fflush(stdout) || ferror(stdout);
}
