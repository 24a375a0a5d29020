// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The value of fadump=, extra boot arguments in unverified memory, and the filter of the
 * command line.
 */

#include "tests/lib/fadump-test.h"

struct mode_case {
	const char *name;
	const char *value;
	int mode;	/* -1: -EINVAL */
};

static const struct mode_case mode_rows[] = {
	{ "on", "on", FADUMP_MODE_ON },
	{ "off", "off", FADUMP_MODE_OFF },
	{ "nocma", "nocma", FADUMP_MODE_NOCMA },
	{ "nothing", "", -1 },
	{ "no value", NULL, -1 },
	{ "starts like one", "once", -1 },
	{ "starts like another", "offline", -1 },
	{ "ends too early", "o", -1 },
	{ "ends too early too", "nocm", -1 },
	{ "capital letters", "ON", -1 },
	{ "a blank in front", " on", -1 },
	{ "a blank behind", "on ", -1 },
	{ "a number", "1", -1 },
};

static void arguments_mode(struct kunit *test)
{
	const struct mode_case *c = test->param_value;
	enum fadump_mode mode = 77;

	KUNIT_EXPECT_EQ(test, fadump_arguments_parse_mode(c->value, &mode),
			c->mode < 0 ? -EINVAL : 0);
	KUNIT_EXPECT_EQ(test, mode, c->mode < 0 ? 77 : c->mode);
}

struct args_case {
	const char *name;
	const char *raw;
	u32 len;	/* bytes of raw */
	u32 cap;
	const char *want;
};

static const struct args_case args_rows[] = {
	{ "as written", "nr_cpus=1 debug\0xx", 18, 64, "nr_cpus=1 debug" },
	{ "empty", "", 1, 64, "" },
	{ "no bytes", "", 0, 64, "" },
	{ "not terminated", "quiet", 5, 64, "quiet" },
	{ "fits exactly", "quiet", 5, 6, "quiet" },
	{ "fits exactly, terminated", "quiet", 6, 6, "quiet" },
	{ "one too long: none of it", "quiet", 5, 5, "" },
	{ "room for nothing", "quiet", 5, 1, "" },
	{ "line end", "quiet\n", 7, 64, "quiet" },
	{ "tabs and lines are blanks", "a\tb\nc", 6, 64, "a b c" },
	{ "blanks at the end", "a  \t\n ", 7, 64, "a" },
	{ "nothing but blanks", "   ", 4, 64, "" },
	{ "all that can be printed", " ~!", 4, 64, " ~!" },
	{ "a control character", "a\001b", 4, 64, "" },
	{ "delete", "a\177b", 4, 64, "" },
	{ "beyond ASCII", "a\xc3\xa4", 4, 64, "" },
	{ "one at the very end", "abc\x1b", 4, 64, "" },
	{ "one behind the end", "abc\0\x1b", 5, 64, "abc" },
};

static void arguments_clean(struct kunit *test)
{
	const struct args_case *c = test->param_value;
	u8 *copy = kunit_kmalloc(test, c->len ?: 1, GFP_KERNEL);
	const struct fadump_bytes raw = { .data = copy, .len = c->len };
	char *out = kunit_kmalloc(test, c->cap, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	KUNIT_ASSERT_NOT_NULL(test, out);
	memcpy(copy, c->raw, c->len);
	KUNIT_EXPECT_EQ(test, fadump_arguments_clean(&raw, out, c->cap),
			strlen(c->want));
	KUNIT_EXPECT_STREQ(test, out, c->want);
}

struct filter_case {
	const char *name;
	const char *line;
	const char *want;
	const char *removed;
};

static const struct filter_case filter_rows[] = {
	{ "empty", "", "", "" },
	{ "nothing but blanks", "  \t ", "", "" },
	{ "nothing to remove", "quiet root=/dev/sda2", "quiet root=/dev/sda2", "" },
	{ "the only word", "hugepages=4", "", "hugepages=4" },
	{ "first word", "hugepages=4 quiet", "quiet", "hugepages=4" },
	{ "last word", "quiet hugepages=4", "quiet", "hugepages=4" },
	{ "in the middle", "a hugepages=4 b", "a b", "hugepages=4" },
	{ "several, in their order", "log_buf_len=64M a hugepages=4 b cma=1G",
	  "a b", "log_buf_len=64M hugepages=4 cma=1G" },
	{ "more than once", "hugepagesz=2M hugepages=4 hugepagesz=1G hugepages=1", "",
	  "hugepagesz=2M hugepages=4 hugepagesz=1G hugepages=1" },
	{ "none of them, which is a number", "hugepages=0", "", "hugepages=0" },
	{ "of each node", "hugepages=0:4,1:4 b", "b", "hugepages=0:4,1:4" },
	{ "a name that begins like one", "hugepagesize=4 cmax=1 ftrace_filter=x",
	  "hugepagesize=4 cmax=1 ftrace_filter=x", "" },
	{ "a name that one begins with", "huge=1 hugepage=1 log_buf=1",
	  "huge=1 hugepage=1 log_buf=1", "" },
	{ "one in a value", "a=hugepages b=hugepages=4", "a=hugepages b=hugepages=4", "" },
	{ "one of a module", "x.hugepages=4 vm/cma=1", "x.hugepages=4 vm/cma=1", "" },
	{ "dashes", "log-buf-len=1M default-hugepagesz=1G a-b=1", "a-b=1",
	  "log-buf-len=1M default-hugepagesz=1G" },
	{ "both", "log-buf_len=1M", "", "log-buf_len=1M" },
	{ "capital letters", "HUGEPAGES=4", "HUGEPAGES=4", "" },
	{ "without a value", "movable_node alloc_snapshot b", "b",
	  "movable_node alloc_snapshot" },
	{ "an empty value", "hugepages= b", "b", "hugepages=" },
	{ "no name", "= =hugepages =", "= =hugepages =", "" },
	{ "blanks around", "  a   hugepages=4\t\n b  ", "a b", "hugepages=4" },
	{ "every blank", "a\thugepages=4\vb\fcma=1\rc\xa0log_buf_len=1M",
	  "a b c", "hugepages=4 cma=1 log_buf_len=1M" },

	{ "switched off, which stays", "kmemleak=off slab_debug=- swiotlb=noforce page-owner=0",
	  "kmemleak=off slab_debug=- swiotlb=noforce page-owner=0", "" },
	{ "switched on", "kmemleak=on slub_debug=FZ slab_debug swiotlb=0x10000,force",
	  "", "kmemleak=on slub_debug=FZ slab_debug swiotlb=0x10000,force" },
	{ "switched off in quotes", "kmemleak=\"off\" \"kmemleak=off\"",
	  "kmemleak=\"off\" \"kmemleak=off\"", "" },

	{ "a value in quotes", "trace_event=\"a b\" c", "c", "trace_event=\"a b\"" },
	{ "one in quotes", "a=\"b hugepages=4 c\" d", "a=\"b hugepages=4 c\" d", "" },
	{ "quotes around it", "a \"hugepages=4\" b", "a b", "\"hugepages=4\"" },
	{ "around one without a value", "\"movable_node\" b", "b", "\"movable_node\"" },
	{ "a quote inside its name", "huge\"pages=4\" b", "huge\"pages=4\" b", "" },
	{ "blanks inside quotes stay", "a=\"b   c\"  hugepages=4  d", "a=\"b   c\" d",
	  "hugepages=4" },
	{ "a quote without end", "a=\"b hugepages=4  c ", "a=\"b hugepages=4  c", "" },
	{ "a quote without end, in a denied argument", "b trace_event=\"x hugepages=4 -- y", "b",
	  "trace_event=\"x hugepages=4 -- y" },
	{ "a quote alone", "hugepages=4 \"", "\"", "hugepages=4" },

	{ "arguments for init", "a hugepages=4 -- b hugepages=4", "a -- b hugepages=4",
	  "hugepages=4" },
	{ "only arguments for init", "-- hugepages=4  b ", "-- hugepages=4  b", "" },
	{ "nothing for init", "hugepages=4 --", "--", "hugepages=4" },
	{ "the end in quotes", "\"--\" hugepages=4", "\"--\" hugepages=4", "" },
	{ "two ends", "cma=1 -- -- cma=1", "-- -- cma=1", "cma=1" },
	{ "none of them an end", "--a hugepages=4 --- cma=1 a=-- log_buf_len=1 __ ftrace=x",
	  "--a --- a=-- __", "hugepages=4 cma=1 log_buf_len=1 ftrace=x" },
};

static char *new_line(struct kunit *test, const char *text, size_t size)
{
	char *line = kunit_kmalloc(test, size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, line);
	memcpy(line, text, min(size, strlen(text) + 1));
	return line;
}

static void arguments_filter(struct kunit *test)
{
	const struct filter_case *c = test->param_value;
	size_t size = strlen(c->line) + 1;
	char *line = new_line(test, c->line, size);
	char *removed = kunit_kmalloc(test, size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, removed);
	KUNIT_EXPECT_EQ(test, fadump_arguments_filter(line, removed, size),
			strlen(c->removed));
	KUNIT_EXPECT_STREQ(test, line, c->want);
	KUNIT_EXPECT_STREQ(test, removed, c->removed);
	/* Filtering twice changes nothing more. */
	KUNIT_EXPECT_EQ(test, fadump_arguments_filter(line, removed, size), 0);
	KUNIT_EXPECT_STREQ(test, line, c->want);
}

/* Each size of the buffer, so that ASan sees overruns. */
static void arguments_filter_sizes(struct kunit *test)
{
	static const char text[] = "a hugepages=4 \"cma=1\" b=\"c d\" -- e";
	char *line, *removed;
	size_t size;

	for (size = 1; size <= sizeof(text); size++) {
		line = new_line(test, text, size);
		removed = kunit_kmalloc(test, size, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, removed);
		KUNIT_EXPECT_EQ(test, fadump_arguments_filter(line, removed, size),
				strlen(removed));
		KUNIT_EXPECT_LT(test, strlen(line), size);
		kunit_kfree(test, removed);
		kunit_kfree(test, line);
	}
}

/* Each entry of the table is unique and is removed. */
static void arguments_table(struct kunit *test)
{
	const struct fadump_denied_argument *arg, *other;
	char line[64], removed[64];

	for (arg = fadump_denied_arguments; arg->name; arg++) {
		KUNIT_ASSERT_LT(test, strlen(arg->name), sizeof(line) - 2);
		snprintf(line, sizeof(line), "%s=5", arg->name);
		KUNIT_EXPECT_EQ(test, fadump_arguments_filter(line, removed, sizeof(line)),
				strlen(arg->name) + 2);
		KUNIT_EXPECT_STREQ(test, line, "");
		for (other = fadump_denied_arguments; other != arg; other++)
			KUNIT_ASSERT_TRUE_MSG(test, strcmp(other->name, arg->name),
					      "%s is there twice", arg->name);
	}
}

KUNIT_ARRAY_PARAM_DESC(mode, mode_rows, name);
KUNIT_ARRAY_PARAM_DESC(filter, filter_rows, name);
KUNIT_ARRAY_PARAM_DESC(args, args_rows, name);

static struct kunit_case arguments_cases[] = {
	KUNIT_CASE_PARAM(arguments_mode, mode_gen_params),
	KUNIT_CASE_PARAM(arguments_clean, args_gen_params),
	KUNIT_CASE_PARAM(arguments_filter, filter_gen_params),
	KUNIT_CASE(arguments_filter_sizes),
	KUNIT_CASE(arguments_table),
	{}
};

static struct kunit_suite arguments_suite = {
	.name = "fadump_arguments",
	.test_cases = arguments_cases,
};

kunit_test_suites(&arguments_suite);

MODULE_DESCRIPTION("KUnit tests of the fadump options");
MODULE_LICENSE("GPL");
