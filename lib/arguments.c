// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kernel arguments: filters the command line of a capture kernel, and reads the value of
 * fadump= and the extra boot arguments.
 */

#include <linux/ctype.h>
#include <linux/moduleparam.h>

#include "lib/fadump-lib.h"

/**
 * DOC: Filtering the command line of a capture kernel
 *
 * The boot loader gives a capture kernel the command line of production. Sizes there
 * are meant for all memory of the machine, but a capture kernel has only the boot
 * memory. So the arguments of one table are removed before the command line is parsed;
 * the administrator's guide has the reason for each::
 *
 *	from the boot loader	quiet hugepages=1000 root=/dev/sda2
 *	removed			hugepages=1000
 *	bootargs_append		nr_cpus=8 hugepages=2
 *	in force		quiet root=/dev/sda2 nr_cpus=8 hugepages=2
 *
 * The administrator's arguments for a capture, bootargs_append, are appended afterwards
 * and are not filtered. The table does not have arguments that do more than reserve
 * memory (mem=, nr_cpus=, disable_radix), that are about the next dump (fadump=,
 * crashkernel=), or about security (init_on_free=).
 */

/* In the order of the guide's table: arguments with the same reason are neighbours. */
const struct fadump_denied_argument fadump_denied_arguments[] = {
	{ .name = "hugepages" },
	{ .name = "hugepagesz" },
	{ .name = "default_hugepagesz" },
	{ .name = "hugetlb_cma" },
	{ .name = "hugetlb_cma_only" },
	{ .name = "cma" },
	{ .name = "numa_cma" },
	{ .name = "cma_pernuma" },
	{ .name = "kernelcore" },
	{ .name = "movablecore" },
	{ .name = "movable_node" },
	{ .name = "log_buf_len" },
	{ .name = "trace_buf_size" },
	{ .name = "trace_event" },
	{ .name = "trace_instance" },
	{ .name = "ftrace" },
	{ .name = "ftrace_boot_snapshot" },
	{ .name = "alloc_snapshot" },
	{ .name = "dhash_entries" },
	{ .name = "ihash_entries" },
	{ .name = "mhash_entries" },
	{ .name = "mphash_entries" },
	{ .name = "thash_entries" },
	{ .name = "uhash_entries" },
	{ .name = "swiotlb", .has_off = true },
	{ .name = "reserve_mem" },
	{ .name = "page_owner", .has_off = true },
	{ .name = "kmemleak", .has_off = true },
	{ .name = "debug_objects" },
	{ .name = "slab_debug", .has_off = true },
	{ .name = "slub_debug", .has_off = true },
	{ }
};

static bool is_off(const char *value)
{
	static const char * const words[] = {
		"off", "0", "n", "no", "noforce", "-",
	};

	return value && match_string(words, ARRAY_SIZE(words), value) >= 0;
}

static bool is_allowed(const char *name, const char *value)
{
	const struct fadump_denied_argument *arg;

	for (arg = fadump_denied_arguments; arg->name; arg++)
		if (parameq(name, arg->name))
			return arg->has_off && is_off(value);
	return true;
}

/* Has no limit: the words of @line and @removed are never longer than the input. */
static size_t append_word(char *to, size_t len, const char *word, size_t n)
{
	if (len)
		to[len++] = ' ';
	memmove(to + len, word, n);
	return len + n;
}

/**
 * fadump_arguments_filter - remove the denied arguments from a command line
 * @line: the command line, changed in place; remaining words get single blanks between
 * @removed: result: the words that were removed, NUL-terminated
 * @size: bytes of @line and of @removed, not 0; a line without NUL is truncated
 *
 * Splits the line as the kernel does. Arguments for init, after a word "--", are not
 * changed.
 *
 * Return: length of @removed.
 */
size_t fadump_arguments_filter(char *line, char *removed, size_t size)
{
	size_t kept_len = 0, removed_len = 0, n;
	char *next, *word, *name, *value;

	/* Blanks at the end are of no word, also if a quote before them is still open. */
	line[size - 1] = '\0';
	strim(line);
	/* next_arg() changes what it reads: a copy, which @removed gradually replaces. */
	memcpy(removed, line, strlen(line) + 1);
	for (next = skip_spaces(removed); *next; ) {
		word = line + (next - removed);
		next = next_arg(next, &name, &value);
		n = next - removed - (word - line);
		while (isspace(word[n - 1]))
			n--;
		/* Arguments after "--" are for init. */
		if (!value && !strcmp(name, "--")) {
			n = strlen(word);
			next += strlen(next);
		}
		if (is_allowed(name, value))
			kept_len = append_word(line, kept_len, word, n);
		else
			removed_len = append_word(removed, removed_len, word, n);
	}
	line[kept_len] = '\0';
	removed[removed_len] = '\0';
	return removed_len;
}

/* -------- fadump= and the extra boot arguments -------- */

/**
 * fadump_arguments_parse_mode - read the value of fadump=
 * @value: the value, NULL if there is none
 * @mode: result, unchanged on error
 *
 * Return: 0, or -EINVAL for an unknown value; a prefix of a value is unknown too.
 */
int fadump_arguments_parse_mode(const char *value, enum fadump_mode *mode)
{
	static const char * const words[] = {
		[FADUMP_MODE_OFF] = "off",
		[FADUMP_MODE_ON] = "on",
		[FADUMP_MODE_NOCMA] = "nocma",
	};
	int i = value ? match_string(words, ARRAY_SIZE(words), value) : -EINVAL;

	if (i < 0)
		return i;
	*mode = i;
	return 0;
}

/**
 * fadump_arguments_clean - read extra boot arguments from unverified memory
 * @raw: memory of the crashed kernel
 * @out: result, NUL-terminated
 * @cap: bytes of @out, not 0
 *
 * Reads up to the first NUL, and replaces tabs and newlines by blanks. The result is
 * empty if another character is not printable, or if @out is too small: half a list of
 * arguments may be worse than none.
 *
 * Return: length of @out.
 */
size_t fadump_arguments_clean(const struct fadump_bytes *raw, char *out,
			      size_t cap)
{
	size_t i, n = min_t(size_t, raw->len, cap - 1);

	for (i = 0; i < n && raw->data[i]; i++) {
		u8 c = raw->data[i];

		if (c == '\t' || c == '\n')
			c = ' ';
		if (c < ' ' || c > '~')
			break;
		out[i] = c;
	}
	if (i < raw->len && raw->data[i])
		i = 0;
	while (i && out[i - 1] == ' ')
		i--;
	out[i] = '\0';
	return i;
}
