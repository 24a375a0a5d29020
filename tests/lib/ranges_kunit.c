// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sets of address ranges: each rule with a map, and random operations compared with a
 * model that has one flag for each byte.
 */

#include "tests/lib/fadump-test.h"

/* -------- add and subtract -------- */

struct op_case {
	const char *name;
	const char *set;
	const char *arg;
	const char *want;
	u32 cap;
	int rc;
};

static const struct op_case add_rows[] = {
	{ "to nothing",		"........",	"..##....",	"..##...." },
	{ "in front",		"....##..",	"##......",	"##..##.." },
	{ "behind",		"##......",	"....##..",	"##..##.." },
	{ "touching in front",	"..##....",	"##......",	"####...." },
	{ "touching behind",	"##......",	"..##....",	"####...." },
	{ "closing a gap",	"##..##..",	"..##....",	"######.." },
	{ "into itself",	"######..",	"..##....",	"######.." },
	{ "over all",		".#.#.#..",	"#######.",	"#######." },
	{ "over two of three",	"#.#.#...",	".####...",	"#####..." },
	{ "overlap left",	"..####..",	"####....",	"######.." },
	{ "overlap right",	"####....",	"..####..",	"######.." },
	{ "between",		"#.....#.",	"...#....",	"#..#..#." },
	{ "one more than fits",	"#.#.....",	"....#...",	"#.#.....", 2, -ENOSPC },
	{ "full, but it joins",	"#.#.....",	"...#....",	"#.##....", 2 },
	{ "full, and it merges", "#.#.....",	".#......",	"###.....", 2 },
};

static const struct op_case subtract_rows[] = {
	{ "from nothing",	"........",	"..##....",	"........" },
	{ "all",		".######.",	".######.",	"........" },
	{ "more than all",	"..###...",	"########",	"........" },
	{ "the front",		"######..",	"##......",	"..####.." },
	{ "the back",		"######..",	"....##..",	"####...." },
	{ "the middle",		"######..",	"..##....",	"##..##.." },
	{ "touching in front",	"..####..",	"##......",	"..####.." },
	{ "touching behind",	"##......",	"..##....",	"##......" },
	{ "the gap",		"##..##..",	"..##....",	"##..##.." },
	{ "over two",		"###.###.",	".#####..",	"#.....#." },
	{ "over three",		"##.#.##.",	".#####..",	"#.....#." },
	{ "no room to split",	"###.#...",	".#......",	"###.#...", 2, -ENOSPC },
	{ "cuts need no room",	"###.###.",	"..###...",	"##...##.", 2 },
};

static void expect_map(struct kunit *test, const struct fadump_ranges *set,
		       const char *want)
{
	char got[TEST_TEXT] = "";
	u32 i;

	memset(got, '.', strlen(want));
	for (i = 0; i < set->nr; i++)
		test_mark(got, set->r[i].base, set->r[i].size, TEST_PAGE, '#');
	KUNIT_EXPECT_STREQ(test, got, want);
}

static void run_op(struct kunit *test,
		   int (*op)(struct fadump_ranges *, u64, u64))
{
	const struct op_case *c = test->param_value;
	struct fadump_ranges *s, *arg, *want;
	u32 cap = c->cap ?: TEST_CAP;

	s = test_parse_map(test, cap, c->set, NULL, TEST_PAGE);
	arg = test_parse_map(test, TEST_CAP, c->arg, NULL, TEST_PAGE);
	want = test_parse_map(test, TEST_CAP, c->want, NULL, TEST_PAGE);
	KUNIT_EXPECT_EQ(test, op(s, arg->r[0].base, arg->r[0].size), c->rc);
	expect_map(test, s, c->want);
	/* Ranges that touch must have been merged. */
	KUNIT_EXPECT_EQ(test, s->nr, want->nr);
}

static void ranges_add(struct kunit *test)
{
	run_op(test, fadump_ranges_add);
}

static void ranges_subtract(struct kunit *test)
{
	run_op(test, fadump_ranges_subtract);
}

static void ranges_wrap(struct kunit *test)
{
	struct fadump_ranges *s;

	s = test_parse_map(test, TEST_CAP, "##..##", NULL, TEST_PAGE);
	KUNIT_EXPECT_EQ(test, fadump_ranges_add(s, U64_MAX, 2), -EINVAL);
	KUNIT_EXPECT_EQ(test, fadump_ranges_add(s, 1, U64_MAX), -EINVAL);
	KUNIT_EXPECT_EQ(test, fadump_ranges_subtract(s, U64_MAX, 2), -EINVAL);
	KUNIT_EXPECT_EQ(test, fadump_ranges_subtract(s, PAGES(1), U64_MAX),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, fadump_ranges_add(s, PAGES(2), 0), 0);
	KUNIT_EXPECT_EQ(test, fadump_ranges_subtract(s, PAGES(1), 0), 0);
	expect_map(test, s, "##..##");
	KUNIT_EXPECT_FALSE(test, fadump_ranges_overlap(s, PAGES(1), U64_MAX));
	KUNIT_EXPECT_FALSE(test, fadump_ranges_cover(s, PAGES(1), U64_MAX));

	/* The last byte whose end is an address. */
	KUNIT_EXPECT_EQ(test, fadump_ranges_add(s, U64_MAX - 1, 1), 0);
	KUNIT_EXPECT_EQ(test, fadump_ranges_end(s), U64_MAX);
	KUNIT_EXPECT_TRUE(test, fadump_ranges_cover(s, U64_MAX - 1, 1));
}

static void ranges_subtract_set(struct kunit *test)
{
	struct fadump_ranges *s, *other;

	s = test_parse_map(test, TEST_CAP, "########", NULL, TEST_PAGE);
	other = test_parse_map(test, TEST_CAP, ".#..##.#", NULL, TEST_PAGE);
	KUNIT_EXPECT_EQ(test, fadump_ranges_subtract_set(s, other), 0);
	expect_map(test, s, "#.##..#.");

	s = test_parse_map(test, 2, "########", NULL, TEST_PAGE);
	other = test_parse_map(test, TEST_CAP, ".#.#.#..", NULL, TEST_PAGE);
	KUNIT_EXPECT_EQ(test, fadump_ranges_subtract_set(s, other),
			-ENOSPC);
	KUNIT_EXPECT_LE(test, s->nr, 2);
}

/* A page that is only partly in the other set is not removed with its whole pages. */
static void ranges_subtract_pages(struct kunit *test)
{
	static const struct fadump_range want[] = {
		{ 0, PAGES(2) }, { PAGES(4), PAGES(4) }, { PAGES(9), PAGES(1) },
	};
	struct fadump_ranges *set = test_parse_map(test, TEST_CAP, "##########", NULL,
						   TEST_PAGE);
	struct fadump_ranges *other = test_parse_map(test, TEST_CAP, "", NULL, 1);
	struct fadump_ranges *whole = test_parse_map(test, TEST_CAP, "", NULL, 1);

	/* Two pages and a byte at each end; parts of two pages; exactly one. */
	fadump_ranges_add(other, PAGES(2) - 1, PAGES(2) + 2);
	fadump_ranges_add(other, PAGES(5) + 1, PAGES(1));
	fadump_ranges_add(other, PAGES(8), PAGES(1));
	/* Part of the last page of all addresses: rounding up wraps. */
	fadump_ranges_add(other, U64_MAX - 5, 5);
	KUNIT_EXPECT_EQ(test, fadump_ranges_round_in(whole, other, TEST_PAGE), 0);
	KUNIT_EXPECT_EQ(test, fadump_ranges_subtract_set(set, whole), 0);
	KUNIT_ASSERT_EQ(test, set->nr, ARRAY_SIZE(want));
	KUNIT_EXPECT_MEMEQ(test, set->r, want, sizeof(want));
}

static void ranges_copy(struct kunit *test)
{
	struct fadump_ranges *from, *to;

	from = test_parse_map(test, TEST_CAP, "#.#.#", NULL, TEST_PAGE);
	to = test_parse_map(test, 3, ".###.", NULL, TEST_PAGE);
	KUNIT_EXPECT_EQ(test, fadump_ranges_copy(to, from), 0);
	expect_map(test, to, "#.#.#");
	to = test_parse_map(test, 2, ".###.", NULL, TEST_PAGE);
	KUNIT_EXPECT_EQ(test, fadump_ranges_copy(to, from), -ENOSPC);
	expect_map(test, to, ".###.");
}

/* -------- questions -------- */

struct ask_case {
	const char *name;
	const char *set;
	const char *arg;
	bool overlap;
	bool cover;
};

static const struct ask_case ask_rows[] = {
	{ "all of one",		"..####..", "..####..", true, true },
	{ "inside",		"..####..", "...##...", true, true },
	{ "front of it",	"..####..", "..#.....", true, true },
	{ "back of it",		"..####..", ".....#..", true, true },
	{ "touching in front",	"..####..", "##......", false, false },
	{ "touching behind",	"..####..", "......##", false, false },
	{ "reaching in",	"..####..", ".##.....", true, false },
	{ "reaching out",	"..####..", ".....##.", true, false },
	{ "around",		"..####..", "########", true, false },
	{ "in a gap",		"##....##", "...##...", false, false },
	{ "all of a gap",	"##....##", "..####..", false, false },
	{ "gap and next",	"##....##", "..#####.", true, false },
	{ "over a gap",		"###..###", ".######.", true, false },
	{ "in the second",	"##..####", ".....##.", true, true },
	{ "in the third",	"#.#.####", ".....##.", true, true },
	{ "in nothing",		"........", ".....##.", false, false },
	{ "none at all",	"########", "........", false, false },
};

static void ranges_ask(struct kunit *test)
{
	const struct ask_case *c = test->param_value;
	struct fadump_ranges *s, *arg;
	u64 base, size;

	s = test_parse_map(test, TEST_CAP, c->set, NULL, TEST_PAGE);
	arg = test_parse_map(test, TEST_CAP, c->arg, NULL, TEST_PAGE);
	base = arg->nr ? arg->r[0].base : PAGES(1);
	size = arg->nr ? arg->r[0].size : 0;
	KUNIT_EXPECT_EQ(test, fadump_ranges_overlap(s, base, size),
			c->overlap);
	KUNIT_EXPECT_EQ(test, fadump_ranges_cover(s, base, size), c->cover);
}

static void ranges_sums(struct kunit *test)
{
	struct fadump_ranges *s;

	s = test_parse_map(test, TEST_CAP, ".##..#..", NULL, TEST_PAGE);
	KUNIT_EXPECT_EQ(test, fadump_ranges_total(s), PAGES(3));
	KUNIT_EXPECT_EQ(test, fadump_ranges_end(s), PAGES(6));
	s = test_parse_map(test, TEST_CAP, "........", NULL, TEST_PAGE);
	KUNIT_EXPECT_EQ(test, fadump_ranges_total(s), 0);
	KUNIT_EXPECT_EQ(test, fadump_ranges_end(s), 0);
	KUNIT_EXPECT_EQ(test, fadump_ranges_total_below(s, U64_MAX), 0);
}

static void ranges_sums_below(struct kunit *test)
{
	static const u32 below[] = { 0, 0, 1, 2, 2, 2, 3, 3, 3 };
	struct fadump_ranges *s;
	u64 end;
	u32 i;

	s = test_parse_map(test, TEST_CAP, ".##..#..", NULL, TEST_PAGE);
	for (i = 0; i < ARRAY_SIZE(below); i++)
		KUNIT_EXPECT_EQ(test, fadump_ranges_total_below(s, PAGES(i)),
				PAGES(below[i]));
	KUNIT_EXPECT_EQ(test, fadump_ranges_total_below(s, PAGES(1) + 5), 5);
	KUNIT_EXPECT_EQ(test, fadump_ranges_total_below(s, U64_MAX), PAGES(3));
	for (i = 0; i <= 3; i++) {
		end = fadump_ranges_limit(s, PAGES(i));
		KUNIT_EXPECT_EQ(test, fadump_ranges_total_below(s, end),
				PAGES(i));
	}
}

static void range_overlaps(struct kunit *test)
{
	const struct fadump_range r = { .base = 10, .size = 10 };
	const struct fadump_range none = { .base = 10 };

	KUNIT_EXPECT_TRUE(test, fadump_range_overlaps(&r, 19, 1));
	KUNIT_EXPECT_TRUE(test, fadump_range_overlaps(&r, 0, 11));
	KUNIT_EXPECT_TRUE(test, fadump_range_overlaps(&r, 12, 2));
	KUNIT_EXPECT_FALSE(test, fadump_range_overlaps(&r, 20, 1));
	KUNIT_EXPECT_FALSE(test, fadump_range_overlaps(&r, 0, 10));
	KUNIT_EXPECT_FALSE(test, fadump_range_overlaps(&r, 12, 0));
	KUNIT_EXPECT_FALSE(test, fadump_range_overlaps(&none, 0, 20));
}

/* -------- places -------- */

struct gap_case {
	const char *name;
	const char *mem;	/* x: busy */
	u32 from;
	u32 size;
	u32 align;
	int want;		/* -1: -ENOENT */
};

static const struct gap_case gap_rows[] = {
	{ "all is free",		"########", 0, 8, 1, 0 },
	{ "one more than there is",	"########", 0, 9, 1, -1 },
	{ "not below from",		"########", 3, 2, 1, 3 },
	{ "from is beyond",		"####....", 6, 1, 1, -1 },
	{ "after a busy range",	"#xx#####", 0, 2, 1, 3 },
	{ "in front of it, exactly",	"##xx####", 0, 2, 1, 0 },
	{ "between two",		"x##x###x", 0, 3, 1, 4 },
	{ "from inside a busy range",	"#xxx####", 2, 2, 1, 4 },
	{ "over a hole is no place",	"##.###..", 0, 3, 1, 3 },
	{ "not past the end of RAM",	"####.###", 2, 3, 1, 5 },
	{ "aligned",			".#######", 0, 2, 4, 4 },
	{ "aligned, then busy",	"######x######", 1, 3, 4, 8 },
	{ "alignment passes the end",	".###....", 0, 1, 4, -1 },
	{ "busy to the end",		"##xxxxxx", 0, 3, 1, -1 },
	{ "from at the very end",	"########", 8, 1, 1, -1 },
	{ "no RAM",			"........", 0, 1, 1, -1 },
};

static void ranges_gap(struct kunit *test)
{
	const struct gap_case *c = test->param_value;
	struct fadump_ranges *mem, *busy;
	u64 base = 1;
	int rc;

	mem = test_parse_map(test, TEST_CAP, c->mem, NULL, TEST_PAGE);
	busy = test_parse_map(test, TEST_CAP, c->mem, "x", TEST_PAGE);
	rc = fadump_ranges_find_gap(mem, busy, PAGES(c->from),
				    PAGES(c->size), PAGES(c->align), &base);
	KUNIT_EXPECT_EQ(test, rc, c->want < 0 ? -ENOENT : 0);
	if (!rc)
		KUNIT_EXPECT_EQ(test, base, PAGES(c->want));
}

/* A gap that would wrap around the end of the address space. */
static void ranges_gap_wrap(struct kunit *test)
{
	struct fadump_ranges *mem, *busy;
	u64 base;

	mem = test_parse_map(test, TEST_CAP, "", NULL, TEST_PAGE);
	busy = test_parse_map(test, TEST_CAP, "", NULL, TEST_PAGE);
	fadump_ranges_add(mem, U64_MAX - PAGES(2), PAGES(2));
	KUNIT_EXPECT_EQ(test,
			fadump_ranges_find_gap(mem, busy, U64_MAX - 5,
					       1, TEST_PAGE, &base),
			-ENOENT);
	KUNIT_EXPECT_EQ(test,
			fadump_ranges_find_gap(mem, busy, 0,
					       U64_MAX - 5, TEST_PAGE, &base),
			-ENOENT);
}

/* -------- pages -------- */

struct page_case {
	const char *name;
	struct fadump_range in[3];
	struct fadump_range want[3];
	u64 page;
};

static const struct page_case page_rows[] = {
	{ "whole pages stay",
	  { { 0x10000, 0x20000 } }, { { 0x10000, 0x20000 } }, 0x10000 },
	{ "a tail of one record keeps its page",
	  { { 0x8000000, 0x200001b0 } }, { { 0x8000000, 0x20010000 } }, 0x10000 },
	{ "firmware memory that starts in a page",
	  { { 0x35382000, 0xe000 } }, { { 0x35380000, 0x10000 } }, 0x10000 },
	{ "the same with small pages",
	  { { 0x35382000, 0xe000 } }, { { 0x35382000, 0xe000 } }, 0x1000 },
	{ "one byte", { { 0x1ffff, 1 } }, { { 0x10000, 0x10000 } }, 0x10000 },
	{ "one byte on each side",
	  { { 0x1ffff, 2 } }, { { 0x10000, 0x20000 } }, 0x10000 },
	{ "two ranges in one page",
	  { { 0x10100, 0x10 }, { 0x1ff00, 0x10 } }, { { 0x10000, 0x10000 } },
	  0x10000 },
	{ "neighbours become one",
	  { { 0x1f000, 0x1000 }, { 0x28000, 0x10 } }, { { 0x10000, 0x20000 } },
	  0x10000 },
	{ "others do not",
	  { { 0x1f000, 0x10 }, { 0x38000, 0x10 } },
	  { { 0x10000, 0x10000 }, { 0x30000, 0x10000 } }, 0x10000 },
};

static void ranges_round_out(struct kunit *test)
{
	const struct page_case *c = test->param_value;
	struct fadump_ranges *from, *to;
	u32 i;

	from = test_parse_map(test, TEST_CAP, "", NULL, TEST_PAGE);
	to = test_parse_map(test, TEST_CAP, "", NULL, TEST_PAGE);
	for (i = 0; i < ARRAY_SIZE(c->in); i++)
		fadump_ranges_add(from, c->in[i].base, c->in[i].size);
	KUNIT_EXPECT_EQ(test, fadump_ranges_round_out(to, from, c->page), 0);
	for (i = 0; i < to->nr && i < ARRAY_SIZE(c->want); i++) {
		KUNIT_EXPECT_EQ(test, to->r[i].base, c->want[i].base);
		KUNIT_EXPECT_EQ(test, to->r[i].size, c->want[i].size);
	}
	KUNIT_EXPECT_TRUE(test, i == ARRAY_SIZE(c->want) || !c->want[i].size);
}

static void ranges_round_out_errors(struct kunit *test)
{
	struct fadump_ranges *from, *to;

	from = test_parse_map(test, TEST_CAP, "#.#", NULL, TEST_PAGE);
	to = test_parse_map(test, 1, "", NULL, TEST_PAGE);
	KUNIT_EXPECT_EQ(test, fadump_ranges_round_out(to, from, TEST_PAGE),
			-ENOSPC);
	from = test_parse_map(test, TEST_CAP, "", NULL, TEST_PAGE);
	fadump_ranges_add(from, U64_MAX - 5, 5);
	KUNIT_EXPECT_EQ(test, fadump_ranges_round_out(to, from, TEST_PAGE),
			-EINVAL);
}

/* -------- against a model -------- */

#define MODEL_BYTES	64

struct model {
	u64 origin;
	bool byte[MODEL_BYTES];
};

static u32 model_runs(const struct model *m)
{
	u32 i, n = 0;

	for (i = 0; i < MODEL_BYTES; i++)
		n += m->byte[i] && !(i && m->byte[i - 1]);
	return n;
}

static u32 model_count(const struct model *m, u32 base, u32 size)
{
	u32 i, n = 0;

	for (i = base; i < base + size; i++)
		n += m->byte[i];
	return n;
}

/* Same bytes, sorted, with gaps between the ranges. */
static void expect_model(struct kunit *test, const struct fadump_ranges *set,
			 const struct model *m)
{
	u32 i, k, bytes = 0;

	KUNIT_ASSERT_EQ(test, set->nr, model_runs(m));
	for (i = 0; i < set->nr; i++) {
		u64 at = set->r[i].base - m->origin;

		KUNIT_ASSERT_TRUE(test, set->r[i].size);
		KUNIT_ASSERT_LE(test, at + set->r[i].size, MODEL_BYTES);
		for (k = 0; k < set->r[i].size; k++)
			KUNIT_ASSERT_TRUE(test, m->byte[at + k]);
		bytes += set->r[i].size;
		if (i)
			KUNIT_ASSERT_LT(test, fadump_range_end(&set->r[i - 1]),
					set->r[i].base);
	}
	KUNIT_ASSERT_EQ(test, bytes, model_count(m, 0, MODEL_BYTES));
	KUNIT_ASSERT_EQ(test, fadump_ranges_total(set), bytes);
}

static void expect_gap(struct kunit *test, const struct fadump_ranges *set,
		       const struct fadump_ranges *busy, const struct model *m,
		       const struct model *taken, u32 from, u32 size)
{
	u64 got = 0;
	int rc = fadump_ranges_find_gap(set, busy, m->origin + from, size, 1, &got);
	u32 at;

	for (at = from; at + size <= MODEL_BYTES; at++)
		if (model_count(m, at, size) == size &&
		    !model_count(taken, at, size))
			break;
	if (at + size > MODEL_BYTES) {
		KUNIT_ASSERT_EQ(test, rc, -ENOENT);
		return;
	}
	KUNIT_ASSERT_EQ(test, rc, 0);
	KUNIT_ASSERT_EQ(test, got, m->origin + at);
}

static void run_model(struct kunit *test, u64 origin, u32 cap, u64 seed)
{
	struct model m = { .origin = origin }, next, taken = m;
	struct fadump_ranges *s, *busy;
	u32 round;

	s = test_parse_map(test, cap, "", NULL, 1);
	busy = test_parse_map(test, TEST_CAP, "", NULL, 1);
	for (round = 0; round < FADUMP_TEST_ROUNDS; round++) {
		u32 base = test_random(&seed, MODEL_BYTES);
		u32 size = test_random(&seed, min_t(u32, MODEL_BYTES - base, 16) + 1);
		bool add = test_random(&seed, 2);
		int rc = add ? fadump_ranges_add(s, origin + base, size) :
			       fadump_ranges_subtract(s, origin + base, size);

		next = m;
		memset(next.byte + base, add, size);
		KUNIT_ASSERT_EQ(test, rc, model_runs(&next) > cap ? -ENOSPC : 0);
		if (!rc)
			m = next;
		expect_model(test, s, &m);

		base = test_random(&seed, MODEL_BYTES);
		size = test_random(&seed, MODEL_BYTES - base + 1);
		KUNIT_ASSERT_EQ(test,
				fadump_ranges_overlap(s, origin + base, size),
				model_count(&m, base, size) > 0);
		KUNIT_ASSERT_EQ(test,
				fadump_ranges_cover(s, origin + base, size),
				size && model_count(&m, base, size) == size);
		expect_gap(test, s, busy, &m, &taken, base,
			   test_random(&seed, 6) + 1);
		if (round % 8)
			continue;
		taken = m;
		fadump_ranges_copy(busy, s);
	}
}

static void ranges_model(struct kunit *test)
{
	run_model(test, 0, TEST_CAP, 1);
	run_model(test, 0x123456789abcULL, TEST_CAP, 2);
}

static void ranges_model_at_the_end(struct kunit *test)
{
	run_model(test, U64_MAX - MODEL_BYTES, TEST_CAP, 3);
}

static void ranges_model_in_a_small_array(struct kunit *test)
{
	run_model(test, 0, 4, 4);
	run_model(test, 0, 1, 5);
}

KUNIT_ARRAY_PARAM_DESC(add, add_rows, name);
KUNIT_ARRAY_PARAM_DESC(subtract, subtract_rows, name);
KUNIT_ARRAY_PARAM_DESC(ask, ask_rows, name);
KUNIT_ARRAY_PARAM_DESC(gap, gap_rows, name);
KUNIT_ARRAY_PARAM_DESC(page, page_rows, name);

static struct kunit_case ranges_cases[] = {
	KUNIT_CASE_PARAM(ranges_add, add_gen_params),
	KUNIT_CASE_PARAM(ranges_subtract, subtract_gen_params),
	KUNIT_CASE(ranges_wrap),
	KUNIT_CASE(ranges_subtract_set),
	KUNIT_CASE(ranges_subtract_pages),
	KUNIT_CASE(ranges_copy),
	KUNIT_CASE_PARAM(ranges_ask, ask_gen_params),
	KUNIT_CASE(ranges_sums),
	KUNIT_CASE(ranges_sums_below),
	KUNIT_CASE(range_overlaps),
	KUNIT_CASE_PARAM(ranges_gap, gap_gen_params),
	KUNIT_CASE(ranges_gap_wrap),
	KUNIT_CASE_PARAM(ranges_round_out, page_gen_params),
	KUNIT_CASE(ranges_round_out_errors),
	KUNIT_CASE(ranges_model),
	KUNIT_CASE(ranges_model_at_the_end),
	KUNIT_CASE(ranges_model_in_a_small_array),
	{}
};

static struct kunit_suite ranges_suite = {
	.name = "fadump_ranges",
	.test_cases = ranges_cases,
};

kunit_test_suites(&ranges_suite);

MODULE_DESCRIPTION("KUnit tests of the fadump range sets");
MODULE_LICENSE("GPL");
