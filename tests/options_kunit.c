// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What people write on a command line, and what may be found where somebody
 * once wrote something.
 */

#include "fadump-test.h"

#define KB	1024ULL
#define MB	(KB * KB)
#define GB	(MB * KB)
#define TB	(GB * KB)

struct mode_case {
	const char *name;
	const char *value;
	int mode;	/* -1: none */
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

static void options_mode(struct kunit *test)
{
	const struct mode_case *c = test->param_value;
	enum fadump_mode mode = 77;

	KUNIT_EXPECT_EQ(test, fadump_option_mode(c->value, &mode),
			c->mode < 0 ? -EINVAL : 0);
	KUNIT_EXPECT_EQ(test, mode, c->mode < 0 ? 77 : c->mode);
}

struct bytes_case {
	const char *value;
	u64 want;
	int rc;
};

static const struct bytes_case bytes_rows[] = {
	{ "0", 0 },
	{ "1", 1 },
	{ "4096", 4096 },
	{ "1K", KB },
	{ "512M", 512 * MB },
	{ "512m", 512 * MB },
	{ "2G", 2 * GB },
	{ "3t", 3 * TB },
	{ "1P", 1024 * TB },
	{ "15E", 15ULL << 60 },
	{ "0x10", 16 },
	{ "0X1fM", 31 * MB },
	{ "0x1E", 30 },
	{ "010", 8 },
	{ "018", 0, -EINVAL },
	{ "18446744073709551615", U64_MAX },
	{ "18446744073709551616", 0, -ERANGE },
	{ "99999999999999999999999", 0, -ERANGE },
	{ "0xffffffffffffffff", U64_MAX },
	{ "0x10000000000000000", 0, -ERANGE },
	{ "16E", 0, -ERANGE },
	{ "18014398509481983K", 18014398509481983ULL << 10 },
	{ "18014398509481984K", 0, -ERANGE },
	{ "", 0, -EINVAL },
	{ "M", 0, -EINVAL },
	{ "-1", 0, -EINVAL },
	{ "+1", 0, -EINVAL },
	{ " 1", 0, -EINVAL },
	{ "1 ", 0, -EINVAL },
	{ "1MB", 0, -EINVAL },
	{ "1MM", 0, -EINVAL },
	{ "1.5G", 0, -EINVAL },
	{ "0x", 0, -EINVAL },
	{ "0xG", 0, -EINVAL },
	{ "f", 0, -EINVAL },
	{ "1Z", 0, -EINVAL },
	{ "1\x0b", 0, -EINVAL },
	{ "1:", 0, -EINVAL },
	{ "/1", 0, -EINVAL },
	{ ":", 0, -EINVAL },
};

static void options_bytes(struct kunit *test)
{
	u64 got;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bytes_rows); i++) {
		got = 0;
		KUNIT_ASSERT_TRUE_MSG(test,
				      fadump_option_bytes(bytes_rows[i].value, &got) ==
				      bytes_rows[i].rc, "\"%s\"", bytes_rows[i].value);
		if (!bytes_rows[i].rc)
			KUNIT_EXPECT_EQ(test, got, bytes_rows[i].want);
	}
	KUNIT_EXPECT_EQ(test, fadump_option_bytes(NULL, &got), -EINVAL);
}

struct size_case {
	const char *value;
	u64 ram;
	u64 want;
	bool offset;
	bool bad;
};

#define LIST	"2G-4G:320M,4G-32G:512M,32G-:1G"

static const struct size_case size_rows[] = {
	{ "512M", GB, 512 * MB },
	{ "512M@64M", GB, 512 * MB, true },
	{ "512M@0", GB, 512 * MB, true },
	{ "0", GB, 0 },
	{ LIST, 2 * GB - 1, 0 },
	{ LIST, 2 * GB, 320 * MB },
	{ LIST, 4 * GB - 1, 320 * MB },
	{ LIST, 4 * GB, 512 * MB },
	{ LIST, 32 * GB - 1, 512 * MB },
	{ LIST, 32 * GB, GB },
	{ LIST, U64_MAX - 1, GB },
	{ LIST "@128M", 8 * GB, 512 * MB, true },
	{ "0-:1G", 0, GB },
	{ "0-2G:1M,0-4G:2M", GB, MB },
	{ "4G-8G:1G", GB, 0 },
	{ "1G-2G:128M", GB, 128 * MB },

	{ "", GB, .bad = true },
	{ NULL, GB, .bad = true },
	{ "512M,high", GB, .bad = true },
	{ "512M,low", GB, .bad = true },
	{ "512M,cma", GB, .bad = true },
	{ "512M@", GB, .bad = true },
	{ "512M@x", GB, .bad = true },
	{ "512M@1@2", GB, .bad = true },
	{ "@64M", GB, .bad = true },
	{ "512Mx", GB, .bad = true },
	{ "99999999999999999999", GB, .bad = true },
	{ "1G-2G", GB, .bad = true },
	{ "1G-2G:", GB, .bad = true },
	{ "1G:512M", GB, .bad = true },
	{ "1G-2G:512M,", GB, .bad = true },
	{ "1G-2G:512M,,2G-:1G", GB, .bad = true },
	{ "1G-2G:512M;2G-:1G", GB, .bad = true },
	{ "1G-2G:512M,2G-x:1G", GB, .bad = true },
	{ "-2G:512M", GB, .bad = true },
	{ ":512M", GB, .bad = true },
	{ "2G-1G:512M", GB, .bad = true },
	{ "1G-1G:512M", GB, .bad = true },
	{ "1G-2G:512M,high", GB, .bad = true },
	{ "1G-2G:512M@", GB, .bad = true },
	{ "512M@1:2", GB, .bad = true },
};

static void options_size(struct kunit *test)
{
	struct fadump_size_option opt;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(size_rows); i++) {
		const struct size_case *c = &size_rows[i];
		const char *value = c->value ?: "(none)";
		int rc = fadump_option_size(c->value, c->ram, &opt);

		KUNIT_ASSERT_TRUE_MSG(test, rc == (c->bad ? -EINVAL : 0),
				      "\"%s\"", value);
		KUNIT_ASSERT_TRUE_MSG(test, opt.size == c->want,
				      "\"%s\" gave %llu", value, opt.size);
		KUNIT_ASSERT_TRUE_MSG(test, opt.has_offset == c->offset,
				      "\"%s\"", value);
	}
}

/* Not a byte is read behind the end of any value. */
static void options_of_kdump(struct kunit *test)
{
	static const char * const theirs[] = {
		"512M,high", "512M,low", "256M,cma", ",cma", LIST ",high",
	};
	static const char * const ours[] = {
		"512M", "512M@64M", LIST, "", "cma", "512M,", "512M,highest",
		"512M,cma,", "512M,cma@1M",
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(theirs); i++)
		KUNIT_ASSERT_TRUE_MSG(test, fadump_option_is_kdumps(theirs[i]),
				      "\"%s\"", theirs[i]);
	for (i = 0; i < ARRAY_SIZE(ours); i++)
		KUNIT_ASSERT_TRUE_MSG(test, !fadump_option_is_kdumps(ours[i]),
				      "\"%s\"", ours[i]);
}

static void options_stay_inside(struct kunit *test)
{
	static const char text[] = "0x1G-2G:512M,2G-:1G@0x7";
	struct fadump_size_option opt;
	size_t len;
	char *copy;
	u64 n;

	for (len = 0; len < sizeof(text); len++) {
		copy = kunit_kmalloc(test, len + 1, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, copy);
		memcpy(copy, text, len);
		copy[len] = '\0';
		fadump_option_size(copy, GB, &opt);
		fadump_option_bytes(copy, &n);
		kunit_kfree(test, copy);
	}
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

static void options_bootargs(struct kunit *test)
{
	const struct args_case *c = test->param_value;
	u8 *copy = kunit_kmalloc(test, c->len ?: 1, GFP_KERNEL);
	const struct fadump_bytes raw = { .data = copy, .len = c->len };
	char *out = kunit_kmalloc(test, c->cap, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	KUNIT_ASSERT_NOT_NULL(test, out);
	memcpy(copy, c->raw, c->len);
	KUNIT_EXPECT_EQ(test, fadump_bootargs_clean(&raw, out, c->cap),
			strlen(c->want));
	KUNIT_EXPECT_STREQ(test, out, c->want);
}

KUNIT_ARRAY_PARAM_DESC(mode, mode_rows, name);
KUNIT_ARRAY_PARAM_DESC(args, args_rows, name);

static struct kunit_case options_cases[] = {
	KUNIT_CASE_PARAM(options_mode, mode_gen_params),
	KUNIT_CASE(options_bytes),
	KUNIT_CASE(options_size),
	KUNIT_CASE(options_of_kdump),
	KUNIT_CASE(options_stay_inside),
	KUNIT_CASE_PARAM(options_bootargs, args_gen_params),
	{}
};

static struct kunit_suite options_suite = {
	.name = "fadump_options",
	.test_cases = options_cases,
};

kunit_test_suites(&options_suite);

MODULE_DESCRIPTION("KUnit tests of the fadump options");
MODULE_LICENSE("GPL");
