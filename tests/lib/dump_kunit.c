// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks of a dump against RAM. Most rows have a machine of 64 pages of 64 KiB:
 *
 *	0         10         20                    40
 *	|  boot   |  other   | dump area  |        |
 */

#include "tests/lib/fadump-test.h"

struct bound_case {
	const char *name;
	struct fadump_copy copy[4];
	u64 top;
	struct fadump_range cpu, hpte, param, area;
	u64 info;
	const char *want;	/* in hex */
	struct fadump_range ram[3];	/* empty: as above */
	u64 page;
};

#define P(n)		PAGES(0x##n)
/* Two valid copies, and the result. */
#define LOW		{ P(0), P(20), P(8) }
#define NEXT		{ P(8), P(28), P(8) }
#define VALID		"top 100000 0+80000>200000 80000+80000>280000"

static const struct bound_case bound_rows[] = {
	{ "nothing wrong", { LOW, NEXT }, P(10), { P(1e), 0x13e0 }, { P(1f), 0x100 },
	  { P(1d), 0x80 }, { P(1d), P(13) }, P(30),
	  VALID " cpu 1e0000+13e0 hpte 1f0000+100 param 1d0000+80 info 300000 area 1d0000+130000" },
	{ "out of order",
	  { { P(8), P(28), P(8) }, { P(0), P(20), P(8) } }, P(10), .want = VALID },
	{ "nothing was copied", {}, P(10), .want = "top 100000" },

	/* Invalid copies. */
	{ "source beyond RAM", { LOW, NEXT, { P(40), P(30), P(2) } }, P(42),
	  .want = VALID " !section" },
	{ "source that crosses the end of RAM",
	  { LOW, NEXT, { P(3f), P(30), P(2) } }, P(41), .want = VALID " !section" },
	{ "source at the end of all addresses",
	  { LOW, NEXT, { U64_MAX - 0x8000, P(30), 0x8000 } }, U64_MAX,
	  .want = VALID " !section" },
	{ "only sources beyond RAM", { { P(80), P(30), P(2) } }, P(82),
	  .want = "top 400000 !section" },
	{ "destination beyond RAM", { LOW, NEXT, { P(10), P(40), P(2) } }, P(12),
	  .want = "top 120000 0+80000>200000 80000+80000>280000 !section" },
	{ "destination that crosses the end of RAM",
	  { LOW, NEXT, { P(10), P(3f), P(2) } }, P(12),
	  .want = "top 120000 0+80000>200000 80000+80000>280000 !section" },
	{ "destination where this kernel runs",
	  { { P(0), P(20), P(8) }, { P(8), P(c), P(8) } }, P(10),
	  .want = "top 100000 0+80000>200000 !section" },
	{ "destination that starts just below",
	  { { P(0), P(20), P(8) }, { P(8), P(f), P(8) } }, P(10),
	  .want = "top 100000 0+80000>200000 !section" },
	{ "destination right at the top",
	  { { P(0), P(10), P(8) }, { P(8), P(28), P(8) } }, P(10),
	  .want = "top 100000 0+80000>100000 80000+80000>280000" },
	{ "destination at the very end of RAM",
	  { { P(0), P(38), P(8) } }, P(8), .want = "top 80000 0+80000>380000" },
	{ "same source twice: the first counts",
	  { LOW, NEXT, { P(0), P(30), P(8) } }, P(10), .want = VALID " !section" },
	{ "sources that overlap by a page",
	  { { P(0), P(20), P(8) }, { P(7), P(28), P(8) } }, P(10),
	  .want = "top 100000 0+80000>200000 !section" },
	{ "destinations that overlap: both, but suspect",
	  { { P(0), P(20), P(8) }, { P(8), P(27), P(8) } }, P(10),
	  .want = "top 100000 0+80000>200000 80000+80000>270000 !fw" },
	{ "destinations with holes between",
	  { { P(0), P(20), P(8) }, { P(8), P(30), P(8) } }, P(10),
	  .want = "top 100000 0+80000>200000 80000+80000>300000" },
	{ "over a hole in RAM",
	  { { P(0), P(20), P(8) }, { P(8), P(28), P(8) } }, P(10),
	  .want = "top 100000 0+80000>200000 !section",
	  .ram = { { 0, P(a) }, { P(c), P(34) } } },
	{ "into a hole in RAM",
	  { { P(0), P(20), P(8) }, { P(8), P(28), P(8) } }, P(10),
	  .want = "top 100000 0+80000>200000 !section",
	  .ram = { { 0, P(2a) }, { P(2c), P(14) } } },

	/* Firmware's window: a copy from above the boot memory. */
	{ "a window", { LOW, { P(38), P(30), P(2) }, NEXT }, P(10),
	  .want = VALID " 380000+20000>300000" },
	{ "a window of which a page and a half came",
	  { LOW, NEXT, { P(38), P(30), P(1) + 0x8000 } }, P(10),
	  .want = VALID " 380000+10000>300000" },
	{ "a window that begins in boot memory",
	  { LOW, NEXT, { P(f), P(30), P(2) } }, P(10), .want = VALID " !section" },
	{ "a window where boot memory ends", { LOW, NEXT, { P(10), P(30), P(2) } },
	  P(10), .want = VALID " 100000+20000>300000" },
	{ "a window beyond RAM", { LOW, NEXT, { P(3f), P(30), P(2) } }, P(10),
	  .want = VALID " !section" },
	{ "a window whose copy is where this kernel runs",
	  { LOW, NEXT, { P(38), P(f), P(2) } }, P(10), .want = VALID " !section" },
	{ "two windows of which the smaller is part of the other",
	  { LOW, NEXT, { P(38), P(30), P(1) }, { P(37), P(31), P(3) } }, P(10),
	  .want = VALID " 370000+30000>310000 !section" },
	{ "a window's copy comes next to CPUs",
	  { LOW, NEXT, { P(38), P(1f), P(1) } }, P(10), { P(1e), P(8) },
	  .want = VALID " 380000+10000>1f0000 cpu 1e0000+10000" },

	/* Copies that are not whole pages. */
	{ "shorter than it should be", { { P(0), P(20), P(8) - 1 } }, P(8),
	  .want = "top 80000 0+70000>200000 !boot" },
	{ "less than a page", { { P(0), P(20), P(8) }, { P(8), P(28), 0xfff } },
	  P(10), .want = "top 100000 0+80000>200000 !section" },
	{ "starts inside a page", { { 0x8000, P(20) + 0x8000, P(8) } }, P(9),
	  .want = "top 90000 10000+70000>210000 !boot" },
	{ "starts inside a page and never reaches another",
	  { { 0x8000, P(20) + 0x8000, 0x8000 } }, P(8),
	  .want = "top 80000 !section" },
	{ "source and destination disagree", { { P(0), P(20) + 0x1000, P(8) } },
	  P(8), .want = "top 80000 !section" },
	{ "written with small pages, read with small pages",
	  { { 0, P(20) + 0x1000, P(8) } }, P(8),
	  .want = "top 80000 0+80000>201000", .page = 0x1000 },
	{ "the top is rounded up", { { P(0), P(20), P(7) + 0x1000 } },
	  P(7) + 0x1000, .want = "top 80000 0+70000>200000 !boot" },
	{ "the top is not rounded out of RAM", {}, P(2) + 0x5000,
	  .want = "top 28000", .ram = { { 0, 0x28000 } } },

	/* Firmware's data of the CPUs. */
	{ "longer than its slot", { LOW, NEXT }, P(10), { P(1e), P(8) },
	  .want = VALID " cpu 1e0000+20000" },
	{ "as long as its slot", { LOW, NEXT }, P(10), { P(1e), P(2) },
	  .want = VALID " cpu 1e0000+20000" },
	{ "hash table entries come next", { LOW, NEXT }, P(10), { P(1e), P(8) },
	  { P(1f), 0x10 }, .want = VALID " cpu 1e0000+10000 hpte 1f0000+10" },
	{ "no hash table entries, no neighbour", { LOW, NEXT }, P(10),
	  { P(1e), P(2) }, { P(1f), 0 }, .want = VALID " cpu 1e0000+20000" },
	{ "neighbours below do not cut", { LOW, NEXT }, P(10), { P(30), P(2) },
	  .want = VALID " cpu 300000+20000" },
	{ "where a copy was written later", { LOW, NEXT }, P(10),
	  { P(20), 0x100 }, .want = VALID " cpu 200000+100" },
	{ "no neighbour, too long", { LOW, NEXT }, P(10), { P(3f), P(2) },
	  .want = VALID " !cpus" },
	{ "endless", { LOW, NEXT }, P(10), { P(3f), U64_MAX - P(3f) },
	  .want = VALID " !cpus" },
	{ "endless, with a neighbour", { LOW, NEXT }, P(10), { P(1e), U64_MAX },
	  .want = VALID " cpu 1e0000+20000" },
	{ "where this kernel runs", { LOW, NEXT }, P(10), { P(e), 0x100 },
	  .want = VALID " !cpus" },
	{ "beyond RAM", { LOW, NEXT }, P(10), { P(50), 0x100 }, .want = VALID " !cpus" },

	/* Other ranges. */
	{ "hash table entries beyond RAM", { LOW, NEXT }, P(10), .hpte = { P(50), 1 },
	  .want = VALID },
	{ "hash table entries where this kernel runs", { LOW, NEXT }, P(10),
	  .hpte = { P(2), 1 }, .want = VALID },
	{ "boot arguments beyond RAM", { LOW, NEXT }, P(10), .param = { P(40), 1 },
	  .want = VALID " !param" },
	{ "boot arguments that cross the end of RAM", { LOW, NEXT }, P(10),
	  .param = { P(3f), P(1) + 1 }, .want = VALID " !param" },
	{ "boot arguments below the top, as other kernels have them",
	  { LOW, NEXT }, P(10), .param = { P(f), 1 },
	  .want = VALID " param f0000+1" },
	{ "an area that is no RAM", { LOW, NEXT }, P(10), .area = { P(3f), P(2) },
	  .want = VALID },
	{ "an area where this kernel runs", { LOW, NEXT }, P(10), .area = { 0, P(20) },
	  .want = VALID },
	{ "a record beyond RAM", { LOW, NEXT }, P(10), .info = P(40), .want = VALID },
	{ "a record in the last byte", { LOW, NEXT }, P(10), .info = P(40) - 1,
	  .want = VALID " info 3fffff" },
	{ "a record where this kernel runs", { LOW, NEXT }, P(10), .info = P(10) - 1,
	  .want = VALID },
	{ "a record at the top", { LOW, NEXT }, P(10), .info = P(10),
	  .want = VALID " info 100000" },
};

static struct fadump_dump *dump_of(struct kunit *test,
				   const struct bound_case *c)
{
	struct fadump_dump *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, d);
	while (d->nr_copies < ARRAY_SIZE(c->copy) && c->copy[d->nr_copies].size) {
		d->copy[d->nr_copies] = c->copy[d->nr_copies];
		d->nr_copies++;
	}
	d->boot_mem_top = c->top;
	d->cpu = c->cpu;
	d->hpte = c->hpte;
	d->param = c->param;
	d->area = c->area;
	d->info_at = c->info;
	return d;
}

static void dump_bound(struct kunit *test)
{
	const struct bound_case *c = test->param_value;
	struct fadump_ranges *ram = test_parse_map(test, TEST_CAP, "", NULL, 1);
	u64 page = c->page ?: TEST_PAGE;
	struct fadump_dump *d = dump_of(test, c);
	char got[TEST_TEXT];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(c->ram); i++)
		fadump_ranges_add(ram, c->ram[i].base, c->ram[i].size);
	if (!ram->nr)
		fadump_ranges_add(ram, 0, P(40));
	fadump_dump_bound(d, ram, ram, page);
	test_print_dump(got, d);
	KUNIT_EXPECT_STREQ(test, got, c->want);
	test_expect_bounded(test, d, ram, page);
}

/* The maximum number of copies, in reverse order. */
static void dump_bound_full(struct kunit *test)
{
	struct fadump_ranges *ram = test_parse_map(test, TEST_CAP, "", NULL, 1);
	struct fadump_dump *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, d);
	fadump_ranges_add(ram, 0, PAGES(1000));
	d->nr_copies = FADUMP_MAX_COPIES;
	for (i = 0; i < FADUMP_MAX_COPIES; i++)
		d->copy[i] = (struct fadump_copy) {
			.src = PAGES(FADUMP_MAX_COPIES - 1 - i),
			.dest = PAGES(500 + i), .size = TEST_PAGE,
		};
	d->boot_mem_top = PAGES(FADUMP_MAX_COPIES);
	fadump_dump_bound(d, ram, ram, TEST_PAGE);
	KUNIT_EXPECT_EQ(test, d->nr_copies, FADUMP_MAX_COPIES);
	KUNIT_EXPECT_EQ(test, d->missing, 0);
	test_expect_bounded(test, d, ram, TEST_PAGE);
	KUNIT_EXPECT_EQ(test, d->copy[0].dest, PAGES(500 + FADUMP_MAX_COPIES - 1));
}

/* Boot arguments that are partly outside of RAM are dropped. */
static void dump_bound_param(struct kunit *test)
{
	static const struct {
		u64 size, ram_left, want;
	} cases[] = {
		{ 2048, 2048, 2048 },
		{ 2048, U64_MAX, 2048 },
		{ 2048, 2047, 0 },
		{ 2048, 0, 0 },
		{ 0, 0, 0 },
	};
	struct fadump_dump *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, d);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		d->param.size = cases[i].size;
		d->missing = 0;
		fadump_dump_bound_param(d, cases[i].ram_left);
		KUNIT_EXPECT_EQ(test, d->param.size, cases[i].want);
		KUNIT_EXPECT_EQ(test, d->missing == BIT(FADUMP_MISSING_PARAM),
				cases[i].size != cases[i].want);
	}
}

/* Register data may be at any address in memory that firmware keeps. */
static void dump_bound_kept_memory(struct kunit *test)
{
	static const struct {
		struct fadump_range cpu;
		bool valid;
	} rows[] = {
		{ { P(20), P(2) }, true },	/* preserved */
		{ { P(4), P(2) }, true },	/* firmware's memory, below the top */
		{ { P(4), P(4) }, true },	/* all of firmware's memory */
		{ { P(3), P(2) }, false },	/* partly memory of this kernel */
		{ { P(7), P(2) }, false },
		{ { P(0), P(2) }, false },	/* memory of this kernel */
		{ { P(50), P(2) }, false },	/* no RAM */
	};
	struct fadump_ranges *usable = test_parse_map(test, TEST_CAP, "", NULL, 1);
	struct fadump_ranges *ram = test_parse_map(test, TEST_CAP, "", NULL, 1);
	struct fadump_dump *d;
	u32 i;

	fadump_ranges_add(ram, 0, P(40));
	fadump_ranges_copy(usable, ram);
	fadump_ranges_subtract(usable, P(4), P(4));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, d);
		d->boot_mem_top = P(10);
		d->cpu = rows[i].cpu;
		fadump_dump_bound(d, ram, usable, TEST_PAGE);
		KUNIT_EXPECT_EQ(test, d->cpu.size,
				rows[i].valid ? rows[i].cpu.size : 0);
		KUNIT_EXPECT_EQ(test, d->missing, rows[i].valid ? 0 :
				BIT(FADUMP_MISSING_CPU_DATA));
	}
}

/* A dump with no copy but the window's is valid only if firmware describes no other. */
static void dump_validate(struct kunit *test)
{
	static const struct {
		struct fadump_copy copy[2];
		const char *want;
	} rows[] = {
		{ { { P(38), P(30), P(2) } }, "top 100000 380000+20000>300000" },
		{ { { P(0), P(50), P(8) }, { P(38), P(30), P(2) } },
		  "top 80000 !section" },
		{ { { P(0), P(20), P(8) }, { P(38), P(50), P(2) } },
		  "top 100000 0+80000>200000 !section" },
	};
	struct fadump_ranges *ram = test_parse_map(test, TEST_CAP, "", NULL, 1);
	struct fadump_dump *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	char got[TEST_TEXT];
	u32 i, k;

	KUNIT_ASSERT_NOT_NULL(test, d);
	fadump_ranges_add(ram, 0, P(40));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		memset(d, 0, sizeof(*d));
		for (k = 0; k < ARRAY_SIZE(rows[i].copy) && rows[i].copy[k].size; k++)
			d->copy[d->nr_copies++] = rows[i].copy[k];
		d->boot_mem_top = P(10);
		fadump_dump_validate(d, ram, ram, P(4), P(8), TEST_PAGE);
		test_print_dump(got, d);
		KUNIT_EXPECT_STREQ(test, got, rows[i].want);
		KUNIT_EXPECT_EQ(test, !!(d->missing & BIT(FADUMP_MISSING_DESCRIPTION)),
				i == 1);
	}
}

/* The copied part of a window is not shown at its source; the rest is reported. */
static void dump_window(struct kunit *test)
{
	static const struct {
		struct fadump_range window;
		u64 size;	/* bytes of it that have been copied */
		u64 unmoved;
		bool is_missing;
	} rows[] = {
		{ { P(38), P(2) }, P(2), P(1e), false },
		{ { P(38), P(2) }, P(1), P(1f), true },
		{ { P(38), P(2) }, 0, P(20), true },
		{ { P(2), P(2) }, 0, P(20), false },	/* boot memory */
		{ { P(26), P(1) }, 0, P(20), true },	/* dump area */
		{ { 0 }, P(2), P(1e), false },		/* no window */
	};
	struct fadump_ranges *ram = test_parse_map(test, TEST_CAP, "", NULL, 1);
	struct fadump_ranges *unmoved = test_parse_map(test, TEST_CAP, "", NULL, 1);
	struct fadump_ranges *none = test_parse_map(test, TEST_CAP, "", NULL, 1);
	struct fadump_dump *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, d);
	fadump_ranges_add(ram, 0, P(40));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		d->boot_mem_top = P(10);
		d->area = (struct fadump_range){ P(20), P(10) };
		d->copy[0] = (struct fadump_copy)LOW;
		d->copy[1] = (struct fadump_copy){ P(38), P(2e), rows[i].size };
		d->nr_copies = rows[i].size ? 2 : 1;
		d->missing = 0;
		KUNIT_ASSERT_EQ(test, fadump_recovery_find_unmoved(d, ram, none, unmoved), 0);
		KUNIT_EXPECT_EQ(test, fadump_ranges_total(unmoved), rows[i].unmoved);
		fadump_recovery_check_window(d, unmoved, &rows[i].window);
		KUNIT_EXPECT_EQ(test, d->missing == BIT(FADUMP_MISSING_WINDOW), rows[i].is_missing);
		KUNIT_EXPECT_EQ(test, !d->missing, !rows[i].is_missing);
	}
}

/* The copy of a window does not count as boot memory. */
static void dump_window_is_no_boot_mem(struct kunit *test)
{
	struct fadump_crash_info *info = kunit_kzalloc(test, sizeof(*info), GFP_KERNEL);
	struct fadump_dump *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, info);
	KUNIT_ASSERT_NOT_NULL(test, d);
	info->boot_mem_size = P(a);
	d->boot_mem_top = P(10);
	d->copy[0] = (struct fadump_copy)LOW;
	d->copy[1] = (struct fadump_copy){ P(38), P(30), P(2) };
	d->nr_copies = 2;
	fadump_crash_info_compare(info, 0, d);
	KUNIT_EXPECT_EQ(test, d->missing, BIT(FADUMP_MISSING_BOOT_MEM));
	d->missing = 0;
	info->boot_mem_size = P(8);
	fadump_crash_info_compare(info, 0, d);
	KUNIT_EXPECT_EQ(test, d->missing, 0);
}

static u64 random_address(u64 *seed)
{
	switch (test_random(seed, 8)) {
	case 0:
		return U64_MAX - test_random(seed, 0x20000);
	case 1:
		return test_random(seed, P(50));
	default:
		return PAGES(test_random(seed, 0x44));
	}
}

static void random_range(u64 *seed, struct fadump_range *r)
{
	r->base = random_address(seed);
	r->size = random_address(seed) / 8;
}

static void dump_bound_random(struct kunit *test)
{
	struct fadump_dump *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	struct fadump_ranges *ram = test_parse_map(test, TEST_CAP, "", NULL, 1);
	u64 seed = 11;
	u32 round, i;

	KUNIT_ASSERT_NOT_NULL(test, d);
	fadump_ranges_add(ram, 0, P(20));
	fadump_ranges_add(ram, P(22), P(1e));
	for (round = 0; round < FADUMP_TEST_ROUNDS; round++) {
		memset(d, 0, sizeof(*d));
		d->nr_copies = test_random(&seed, 5);
		for (i = 0; i < d->nr_copies; i++)
			d->copy[i] = (struct fadump_copy) {
				.src = random_address(&seed) / 4,
				.dest = random_address(&seed),
				.size = PAGES(test_random(&seed, 6)) +
					test_random(&seed, 3),
			};
		for (i = 0; i < d->nr_copies; i++)
			d->boot_mem_top = max(d->boot_mem_top,
					      d->copy[i].src + d->copy[i].size);
		random_range(&seed, &d->cpu);
		random_range(&seed, &d->hpte);
		random_range(&seed, &d->param);
		random_range(&seed, &d->area);
		d->info_at = random_address(&seed);
		fadump_dump_bound(d, ram, ram, TEST_PAGE);
		test_expect_bounded(test, d, ram, TEST_PAGE);
	}
}

KUNIT_ARRAY_PARAM_DESC(bound, bound_rows, name);

static struct kunit_case dump_cases[] = {
	KUNIT_CASE_PARAM(dump_bound, bound_gen_params),
	KUNIT_CASE(dump_validate),
	KUNIT_CASE(dump_window),
	KUNIT_CASE(dump_window_is_no_boot_mem),
	KUNIT_CASE(dump_bound_full),
	KUNIT_CASE(dump_bound_param),
	KUNIT_CASE(dump_bound_kept_memory),
	KUNIT_CASE(dump_bound_random),
	{}
};

static struct kunit_suite dump_suite = {
	.name = "fadump_dump",
	.test_cases = dump_cases,
};

kunit_test_suites(&dump_suite);

MODULE_DESCRIPTION("KUnit tests of the bounds of a fadump dump");
MODULE_LICENSE("GPL");
