// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which of production's arguments do not suit a capture.
 */

#include "lib/fadump-lib.h"

/**
 * DOC: Arguments that suit a capture
 *
 * The boot loader gives a capture kernel the command line of production, and
 * what is sized on it is sized for all of the machine's memory. A capture has the
 * boot memory, and whatever takes of it keeps it until the dump has been saved. So
 * the arguments of one table, which has a reason for each, are taken out before
 * anything is parsed::
 *
 *	from the boot loader	quiet hugepages=1000 root=/dev/sda2
 *	left out		hugepages=1000
 *	bootargs_append		nr_cpus=8 hugepages=2
 *	in force		quiet root=/dev/sda2 nr_cpus=8 hugepages=2
 *
 * What the administrator wants of a capture comes behind, and is not looked at:
 * it wins. Not in the table are arguments that are no mere size to a capture
 * (mem=, nr_cpus=, disable_radix), those that are about the next dump (fadump=,
 * crashkernel=), and those that are about security (init_on_free=).
 */

#define WHY_HUGE	"huge pages, which nobody gives back before the release"
#define WHY_CMA	"sized for the machine, not for the boot memory"
#define WHY_ZONES	"would leave the kernel itself too little of a small memory"
#define WHY_LOG	"a buffer for a machine's life"
#define WHY_TRACE	"a buffer for each CPU"
#define WHY_HASHES	"a table for all of the machine's RAM"
#define WHY_BOUNCE	"bounce buffers of a fixed size"
#define WHY_KEEP	"memory set aside for the kernel of another boot"
#define WHY_DEBUG	"bookkeeping for each page or object"

const struct fadump_denied_argument fadump_denied_arguments[] = {
	{ .name = "hugepages", .reason = WHY_HUGE },
	{ .name = "hugepagesz", .reason = WHY_HUGE },
	{ .name = "default_hugepagesz", .reason = WHY_HUGE },
	{ .name = "hugetlb_cma", .reason = WHY_HUGE },
	{ .name = "hugetlb_cma_only", .reason = WHY_HUGE },
	{ .name = "cma", .reason = WHY_CMA },
	{ .name = "numa_cma", .reason = WHY_CMA },
	{ .name = "cma_pernuma", .reason = WHY_CMA },
	{ .name = "kernelcore", .reason = WHY_ZONES },
	{ .name = "movablecore", .reason = WHY_ZONES },
	{ .name = "movable_node", .reason = WHY_ZONES },
	{ .name = "log_buf_len", .reason = WHY_LOG },
	{ .name = "trace_buf_size", .reason = WHY_TRACE },
	{ .name = "trace_event", .reason = WHY_TRACE },
	{ .name = "trace_instance", .reason = WHY_TRACE },
	{ .name = "ftrace", .reason = WHY_TRACE },
	{ .name = "ftrace_boot_snapshot", .reason = WHY_TRACE },
	{ .name = "alloc_snapshot", .reason = WHY_TRACE },
	{ .name = "dhash_entries", .reason = WHY_HASHES },
	{ .name = "ihash_entries", .reason = WHY_HASHES },
	{ .name = "mhash_entries", .reason = WHY_HASHES },
	{ .name = "mphash_entries", .reason = WHY_HASHES },
	{ .name = "thash_entries", .reason = WHY_HASHES },
	{ .name = "uhash_entries", .reason = WHY_HASHES },
	{ .name = "swiotlb", .reason = WHY_BOUNCE, .has_off = true },
	{ .name = "reserve_mem", .reason = WHY_KEEP },
	{ .name = "page_owner", .reason = WHY_DEBUG, .has_off = true },
	{ .name = "kmemleak", .reason = WHY_DEBUG, .has_off = true },
	{ .name = "debug_objects", .reason = WHY_DEBUG },
	{ .name = "slab_debug", .reason = WHY_DEBUG, .has_off = true },
	{ .name = "slub_debug", .reason = WHY_DEBUG, .has_off = true },
	{ }
};

/* A piece of the line. */
struct text {
	const char *at;
	const char *end;
};

/* isspace() of the kernel, which is what ends an argument there. */
static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == (char)0xa0;
}

/* The word behind @word; blanks between quotes are part of it. */
static bool next_word(struct text *word, const char *end)
{
	const char *p = word->end;
	bool quoted = false;

	while (p < end && is_blank(*p))
		p++;
	word->at = p;
	for (; p < end && (quoted || !is_blank(*p)); p++)
		if (*p == '"')
			quoted = !quoted;
	word->end = p;
	return word->at < p;
}

/* Quotes around the whole of it mean nothing, and need not be closed. */
static struct text unquote(struct text t)
{
	if (t.at == t.end || *t.at != '"')
		return t;
	t.at++;
	if (t.at < t.end && t.end[-1] == '"')
		t.end--;
	return t;
}

static char fold(char c)
{
	return c == '-' ? '_' : c;
}

/* Dashes and underscores are the same in an argument's name. */
static bool is_same(struct text t, const char *what)
{
	while (t.at < t.end && *what && fold(*t.at) == fold(*what)) {
		t.at++;
		what++;
	}
	return t.at == t.end && !*what;
}

/* The end of the kernel's arguments: what follows is init's. */
static bool is_last(struct text word)
{
	word = unquote(word);
	return word.end - word.at == 2 && !memcmp(word.at, "--", 2);
}

static bool is_off(struct text value)
{
	static const char * const words[] = {
		"off", "0", "n", "no", "noforce", "-",
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (is_same(value, words[i]))
			return true;
	return false;
}

static bool is_suited(struct text word)
{
	const struct fadump_denied_argument *u;
	struct text name, value;

	name = unquote(word);
	value.end = name.end;
	name.end = memchr(name.at, '=', name.end - name.at) ?: name.end;
	value.at = name.end + (name.end < value.end);

	for (u = fadump_denied_arguments; u->name; u++)
		if (is_same(name, u->name))
			return u->has_off && is_off(unquote(value));
	return true;
}

/* There is room: all words together are no more than they were in the line. */
static size_t put_word(char *to, size_t len, struct text word)
{
	if (len)
		to[len++] = ' ';
	memmove(to + len, word.at, word.end - word.at);
	return len + (word.end - word.at);
}

/**
 * fadump_arguments_filter - take out what does not suit a capture
 * @line: the command line; what stays has single blanks in between
 * @left_out: result, the words that were taken out, always terminated
 * @size: bytes of @line, and as many of @left_out; not 0. A line that does not
 *	end in there is cut.
 *
 * Splits the line as the kernel will. What it knows to be init's, behind a
 * word "--", stays as it is.
 *
 * Return: length of @left_out, 0 for nothing.
 */
size_t fadump_arguments_filter(char *line, char *left_out, size_t size)
{
	const char *end = line + strnlen(line, size - 1);
	struct text word = { .end = line };
	size_t kept = 0, left = 0;

	while (next_word(&word, end)) {
		if (is_last(word))
			word.end = end;
		if (is_suited(word))
			kept = put_word(line, kept, word);
		else
			left = put_word(left_out, left, word);
	}
	line[kept] = '\0';
	left_out[left] = '\0';
	return left;
}

/* -------- fadump= and extra boot arguments -------- */

/**
 * fadump_arguments_parse_mode - read the value of fadump=
 * @value: what stands behind the equals sign, NULL for nothing
 * @mode: result, unchanged on error
 *
 * Return: 0, or -EINVAL for anything that is not exactly one of the words.
 */
int fadump_arguments_parse_mode(const char *value, enum fadump_mode *mode)
{
	static const char * const words[] = {
		[FADUMP_MODE_OFF] = "off",
		[FADUMP_MODE_ON] = "on",
		[FADUMP_MODE_NOCMA] = "nocma",
	};
	u32 i;

	for (i = 0; value && i < ARRAY_SIZE(words); i++)
		if (!strcmp(value, words[i])) {
			*mode = i;
			return 0;
		}
	return -EINVAL;
}

/**
 * fadump_arguments_clean - make a string of what may be one
 * @raw: bytes of the dead kernel
 * @out: result, always terminated
 * @cap: bytes of @out, not 0
 *
 * Takes what comes before the first NUL. White space becomes blanks, and
 * anything else that is not printable spoils the whole: half a list of
 * arguments may be worse than none.
 *
 * Return: length of the string.
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
