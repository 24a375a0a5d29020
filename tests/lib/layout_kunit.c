// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Layouts as maps: one character is one page of 64 KiB.
 *
 *	. no RAM	# RAM		x reserved RAM
 *	0 1 2 ...	boot memory, a digit for each copy, then firmware's window
 *	a b c ...	destinations of the copies
 *	P U H I M	boot arguments, CPUs, hash table entries, crash-info, metadata
 */

#include "tests/lib/fadump-test.h"

struct plan_case {
	const char *name;
	const char *mem;
	const char *want;	/* NULL: no layout */
	u64 boot;
	u64 cpu, hpte, info, param, meta;
	struct fadump_range window;	/* in pages */
	u64 floor, ceiling;	/* no ceiling: 0 */
	u64 min;
	u64 max_copy;
	u32 max_copies;		/* 0: no limit */
	int rc;
};

static const struct plan_case plan_rows[] = {
	{ .name = "the simplest",
	  .mem =  "##########",
	  .want = "00aa######", .boot = PAGES(2) },
	{ .name = "all slots, each a page",
	  .mem =  "############",
	  .want = "00PUHaaI####", .boot = PAGES(2),
	  .param = 1, .cpu = 1, .hpte = 1, .info = 1 },
	{ .name = "a backend's own slot comes last",
	  .mem =  "############",
	  .want = "00aaIMM#####", .boot = PAGES(2), .info = 1,
	  .meta = PAGES(1) + 1 },
	{ .name = "no room for that one",
	  .mem =  "######", .boot = PAGES(2), .info = 1, .meta = PAGES(1) + 1,
	  .rc = -ENOENT },
	{ .name = "one that wraps",
	  .mem =  "########", .boot = PAGES(1), .meta = U64_MAX,
	  .rc = -ENOMEM },
	{ .name = "slots are whole pages",
	  .mem =  "################",
	  .want = "00PUUHHHaaI#####", .boot = PAGES(2), .param = PAGES(1),
	  .cpu = PAGES(1) + 1, .hpte = PAGES(3), .info = PAGES(1) - 1 },
	{ .name = "boot memory is whole pages",
	  .mem =  "############",
	  .want = "000aaa######", .boot = PAGES(2) + 1 },
	{ .name = "ends with RAM, exactly",
	  .mem =  "######",
	  .want = "00UaaI", .boot = PAGES(2), .cpu = 1, .info = 1 },
	{ .name = "one page short of that",
	  .mem =  "#####", .boot = PAGES(2), .cpu = 1, .info = 1,
	  .rc = -ENOENT },
	{ .name = "lowest place that is free",
	  .mem =  "##xx###x#######",
	  .want = "00xx###xUaaI###", .boot = PAGES(2), .cpu = 1, .info = 1 },
	{ .name = "between two reserved ranges, exactly",
	  .mem =  "##xx####x#####",
	  .want = "00xxUaaIx#####", .boot = PAGES(2), .cpu = 1, .info = 1 },
	{ .name = "reserved ranges inside boot memory do not matter",
	  .mem =  "#x#x########",
	  .want = "0000aaaa####", .boot = PAGES(4) },
	{ .name = "in one piece of RAM",
	  .mem =  "####.###.#####",
	  .want = "00##.###.UaaI#", .boot = PAGES(2), .cpu = 1, .info = 1 },
	{ .name = "not below the floor",
	  .mem =  "##########",
	  .want = "00####aa##", .boot = PAGES(2), .floor = PAGES(6) },
	{ .name = "not below a floor inside a page",
	  .mem =  "##########",
	  .want = "00#####aa#", .boot = PAGES(2), .floor = PAGES(6) + 1 },
	{ .name = "the floor inside boot memory",
	  .mem =  "##########",
	  .want = "000aaa####", .boot = PAGES(3), .floor = PAGES(1) },
	{ .name = "up to the ceiling",
	  .mem =  "##########",
	  .want = "00aa######", .boot = PAGES(2), .ceiling = PAGES(4) },
	{ .name = "not above it",
	  .mem =  "##########", .boot = PAGES(2), .ceiling = PAGES(4) - 1,
	  .rc = -ENOENT },
	{ .name = "ceiling below the first free range",
	  .mem =  "##x#######", .boot = PAGES(2), .ceiling = PAGES(4),
	  .rc = -ENOENT },

	/* Boot memory of several ranges. */
	{ .name = "a hole: what is left comes from behind it",
	  .mem =  "##..##########",
	  .want = "00..111aabbb##", .boot = PAGES(5) },
	{ .name = "second range takes exactly what is left",
	  .mem =  "#...############",
	  .want = "0...111abbb#####", .boot = PAGES(4) },
	{ .name = "first range has more than half",
	  .mem =  "###..############",
	  .want = "000..1aaab#######", .boot = PAGES(4) },
	{ .name = "three ranges",
	  .mem =  "##.#..##############",
	  .want = "00.1..2222aabcccc###", .boot = PAGES(7) },
	{ .name = "first range is enough, exactly",
	  .mem =  "###..############",
	  .want = "000..aaa#########", .boot = PAGES(3) },
	{ .name = "RAM does not start at 0",
	  .mem =  "..##########",
	  .want = "..00aa######", .boot = PAGES(2) },
	{ .name = "copies follow one another though sources do not",
	  .mem =  "#.#.#.#########",
	  .want = "0.1.2.3UabcdI##", .boot = PAGES(4), .cpu = 1, .info = 1 },
	{ .name = "as many pieces as firmware takes",
	  .mem =  "#.#.#########",
	  .want = "0.1.2abc#####", .boot = PAGES(3), .max_copies = 3 },
	{ .name = "one more than it takes",
	  .mem =  "#.#.#########", .boot = PAGES(3), .max_copies = 2,
	  .rc = -E2BIG },

	/* Firmware with a limit for one copy. */
	{ .name = "pieces of two pages",
	  .mem =  "############",
	  .want = "00112aabbc##", .boot = PAGES(5), .max_copy = PAGES(2) },
	{ .name = "pieces of two and a half",
	  .mem =  "############",
	  .want = "00112aabbc##", .boot = PAGES(5),
	  .max_copy = PAGES(2) + PAGES(1) / 2 },
	{ .name = "just one piece",
	  .mem =  "############",
	  .want = "00000aaaaa##", .boot = PAGES(5), .max_copy = PAGES(5) },
	{ .name = "pieces and a hole",
	  .mem =  "###.###########",
	  .want = "001.22aabcc####", .boot = PAGES(5), .max_copy = PAGES(2) },
	{ .name = "too many pieces",
	  .mem =  "############", .boot = PAGES(5), .max_copy = PAGES(2),
	  .max_copies = 2, .rc = -E2BIG },
	{ .name = "a plan has fewer places than firmware",
	  .mem =  "############", .boot = PAGES(5), .max_copies = U32_MAX,
	  .want = "00000aaaaa##" },

	/* Firmware that overwrites a window at every boot. */
	{ .name = "a window: copied too, in front of the boot memory",
	  .mem =  "##################",
	  .want = "00PUHbbbaaI####111", .boot = PAGES(2), .param = 1, .cpu = 1,
	  .hpte = 1, .info = 1, .window = { 15, 3 } },
	{ .name = "the area is not placed over it, though it is free",
	  .mem =  "##################",
	  .want = "00###111bbbaa#####", .boot = PAGES(2), .window = { 5, 3 } },
	{ .name = "below it, exactly",
	  .mem =  "##########",
	  .want = "00bbaa11##", .boot = PAGES(2), .window = { 6, 2 } },
	{ .name = "a page short of that",
	  .mem =  "##############",
	  .want = "00###11bbaa###", .boot = PAGES(2), .window = { 5, 2 } },
	{ .name = "part of it is boot memory, which is copied anyway",
	  .mem =  "############",
	  .want = "0001baaa####", .boot = PAGES(3), .window = { 2, 2 } },
	{ .name = "all of it is boot memory",
	  .mem =  "############",
	  .want = "000aaa######", .boot = PAGES(3), .window = { 1, 2 } },
	{ .name = "firmware copies no more than boot memory",
	  .mem =  "#.#.#############",
	  .want = "0.1.2abc#########", .boot = PAGES(3), .max_copies = 3,
	  .window = { 12, 2 } },
	{ .name = "firmware copies one more",
	  .mem =  "#.#.#############",
	  .want = "0.1.2ddabc##33###", .boot = PAGES(3), .max_copies = 4,
	  .window = { 12, 2 } },
	{ .name = "no room for its copy: without",
	  .mem =  "##########",
	  .want = "00aa######", .boot = PAGES(2), .window = { 5, 5 } },
	{ .name = "no room outside of it: none",
	  .mem =  "########", .boot = PAGES(2), .window = { 3, 5 },
	  .rc = -ENOENT },
	{ .name = "larger than RAM",
	  .mem =  "########", .boot = PAGES(2), .window = { 7, 1ULL << 40 },
	  .rc = -ENOMEM },

	/* Invalid sizes. */
	{ .name = "nothing asked for",
	  .mem =  "########", .rc = -EINVAL },
	{ .name = "below firmware's minimum",
	  .mem =  "########", .boot = PAGES(2), .min = PAGES(2) + 1,
	  .rc = -EINVAL },
	{ .name = "firmware's minimum",
	  .mem =  "########", .want = "00aa####", .boot = PAGES(2),
	  .min = PAGES(2) },
	{ .name = "all of RAM",
	  .mem =  "########", .boot = PAGES(8), .rc = -ENOENT },
	{ .name = "more than RAM",
	  .mem =  "########", .boot = PAGES(8) + 1, .rc = -ENOMEM },
	{ .name = "sizes that wrap",
	  .mem =  "########", .boot = U64_MAX, .rc = -ENOMEM },
	{ .name = "CPUs that wrap",
	  .mem =  "########", .boot = PAGES(1), .cpu = U64_MAX,
	  .rc = -ENOMEM },
	{ .name = "hash table entries that wrap",
	  .mem =  "########", .boot = PAGES(1), .hpte = U64_MAX - 100,
	  .rc = -ENOMEM },
	{ .name = "a record that wraps",
	  .mem =  "########", .boot = PAGES(1), .info = U64_MAX,
	  .rc = -ENOMEM },
	{ .name = "boot arguments that wrap",
	  .mem =  "########", .boot = PAGES(1), .param = U64_MAX,
	  .rc = -ENOMEM },
	{ .name = "not that much RAM in whole pieces",
	  .mem =  "........", .boot = PAGES(1), .rc = -ENOMEM },
};

static struct fadump_request request_of(const struct plan_case *c)
{
	return (struct fadump_request) {
		.window.base = PAGES(c->window.base),
		.window.size = PAGES(c->window.size),
		.boot_mem_size = c->boot,
		.min_boot_mem = c->min,
		.max_copies = c->max_copies ?: 99,
		.max_copy = c->max_copy,
		.cpu_size = c->cpu,
		.hpte_size = c->hpte,
		.info_size = c->info,
		.meta_size = c->meta,
		.param_size = c->param,
		.floor = c->floor,
		.ceiling = c->ceiling ?: U64_MAX,
		.page_size = TEST_PAGE,
	};
}

/* A slot must be in RAM, and must not overlap another one. */
static void mark_slot(struct kunit *test, char *map, u64 base, u64 size,
		      char c)
{
	u64 i;

	KUNIT_EXPECT_TRUE(test, IS_ALIGNED(base | size, TEST_PAGE));
	for (i = base / TEST_PAGE; i < (base + size) / TEST_PAGE; i++)
		KUNIT_ASSERT_EQ(test, map[i], '#');
	test_mark(map, base, size, TEST_PAGE, c);
}

static void mark_plan(struct kunit *test, const struct fadump_plan *plan,
		      char *map)
{
	u32 i;

	for (i = 0; i < plan->nr_copies; i++)
		test_mark(map, plan->copy[i].src, plan->copy[i].size,
			  TEST_PAGE, '0' + i);
	for (i = 0; i < plan->nr_copies; i++)
		mark_slot(test, map, plan->copy[i].dest,
			  plan->copy[i].size, 'a' + i);
	mark_slot(test, map, plan->param.base, plan->param.size, 'P');
	mark_slot(test, map, plan->cpu.base, plan->cpu.size, 'U');
	mark_slot(test, map, plan->hpte.base, plan->hpte.size, 'H');
	mark_slot(test, map, plan->info.base, plan->info.size, 'I');
	mark_slot(test, map, plan->meta.base, plan->meta.size, 'M');
}

/* The guarantees of a plan. */
static void expect_valid(struct kunit *test, const struct fadump_plan *p)
{
	u32 i, nr_boot = p->nr_copies;
	const struct fadump_copy *last;
	u64 sum = 0, window = 0;

	if (nr_boot && p->copy[nr_boot - 1].src >= p->boot_mem_top)
		window = p->copy[--nr_boot].size;
	KUNIT_ASSERT_TRUE(test, nr_boot);
	last = &p->copy[nr_boot - 1];
	for (i = 0; i < nr_boot; i++) {
		sum += p->copy[i].size;
		if (i) {
			KUNIT_EXPECT_TRUE(test, p->copy[i - 1].src +
					  p->copy[i - 1].size <= p->copy[i].src);
			KUNIT_EXPECT_EQ(test, p->copy[i - 1].dest +
					p->copy[i - 1].size, p->copy[i].dest);
		}
	}
	KUNIT_EXPECT_EQ(test, p->boot_mem_size, sum);
	KUNIT_EXPECT_EQ(test, p->boot_mem_top, last->src + last->size);
	KUNIT_EXPECT_LE(test, p->boot_mem_top, p->area.base);

	/* The slots follow one another without gaps. */
	KUNIT_EXPECT_EQ(test, p->param.base, p->area.base);
	KUNIT_EXPECT_EQ(test, p->cpu.base, fadump_range_end(&p->param));
	KUNIT_EXPECT_EQ(test, p->hpte.base, fadump_range_end(&p->cpu));
	KUNIT_EXPECT_EQ(test, p->copy[0].dest, fadump_range_end(&p->hpte) + window);
	KUNIT_EXPECT_EQ(test, p->info.base, last->dest + last->size);
	KUNIT_EXPECT_EQ(test, p->meta.base, fadump_range_end(&p->info));
	KUNIT_EXPECT_EQ(test, fadump_range_end(&p->meta),
			fadump_range_end(&p->area));

	/* CMA gets the slots between those that are used before a crash. */
	KUNIT_EXPECT_EQ(test, p->cma.base, p->cpu.base);
	KUNIT_EXPECT_EQ(test, fadump_range_end(&p->cma), p->info.base);
}

static void layout_plan(struct kunit *test)
{
	const struct plan_case *c = test->param_value;
	struct fadump_plan *plan = kunit_kmalloc(test, sizeof(*plan), GFP_KERNEL);
	struct fadump_plan *zero = kunit_kzalloc(test, sizeof(*zero), GFP_KERNEL);
	struct fadump_request req = request_of(c);
	struct fadump_ranges *mem, *busy;
	char got[TEST_TEXT] = "";

	KUNIT_ASSERT_NOT_NULL(test, plan);
	KUNIT_ASSERT_NOT_NULL(test, zero);
	mem = test_parse_map(test, TEST_CAP, c->mem, NULL, TEST_PAGE);
	busy = test_parse_map(test, TEST_CAP, c->mem, "x", TEST_PAGE);
	KUNIT_EXPECT_EQ(test, fadump_layout_plan(mem, busy, &req, plan), c->rc);
	if (c->rc) {
		KUNIT_EXPECT_MEMEQ(test, plan, zero, sizeof(*plan));
		return;
	}
	memcpy(got, c->mem, strlen(c->mem));
	mark_plan(test, plan, got);
	KUNIT_EXPECT_STREQ(test, got, c->want);
	expect_valid(test, plan);
}

/* -------- RAM and sizes that are no whole pages -------- */

struct ragged_case {
	const char *name;
	struct fadump_range mem[3];
	u64 boot;
	struct fadump_copy want[3];
	u64 area;
	u64 page;
};

static const struct ragged_case ragged_rows[] = {
	{ "boot memory is rounded up",
	  { { 0, 0x100000 } }, 0x20001,
	  { { 0, 0x30000, 0x30000 } }, 0x30000, 0x10000 },
	{ "RAM that starts inside a page",
	  { { 0x8000, 0x100000 } }, 0x20000,
	  { { 0x10000, 0x30000, 0x20000 } }, 0x30000, 0x10000 },
	{ "RAM that ends inside a page",
	  { { 0, 0x28000 }, { 0x40000, 0x100000 } }, 0x30000,
	  { { 0, 0x50000, 0x20000 }, { 0x40000, 0x70000, 0x10000 } }, 0x50000,
	  0x10000 },
	{ "RAM without one whole page",
	  { { 0, 0x20000 }, { 0x2c000, 0x8000 }, { 0x40000, 0x100000 } }, 0x30000,
	  { { 0, 0x50000, 0x20000 }, { 0x40000, 0x70000, 0x10000 } }, 0x50000,
	  0x10000 },
	{ "RAM of less than a page",
	  { { 0, 0x20000 }, { 0x24000, 0x8000 }, { 0x40000, 0x100000 } }, 0x30000,
	  { { 0, 0x50000, 0x20000 }, { 0x40000, 0x70000, 0x10000 } }, 0x50000,
	  0x10000 },
	{ "small pages",
	  { { 0x1000, 0x2800 }, { 0x5000, 0x100000 } }, 0x3000,
	  { { 0x1000, 0x6000, 0x2000 }, { 0x5000, 0x8000, 0x1000 } }, 0x6000,
	  0x1000 },
	{ "768 MiB, two ranges, the first over half",
	  { { 0, 0x20000000 }, { 0x40000000, 0x80000000 } }, 0x30000000,
	  { { 0, 0x50000000, 0x20000000 },
	    { 0x40000000, 0x70000000, 0x10000000 } }, 0x50000000, 0x10000 },
	{ "3 GiB, the second has 1792 MiB of it",
	  { { 0, 0x50000000 }, { 0x80000000, 0x300000000ULL } }, 0xc0000000,
	  { { 0, 0xf0000000, 0x50000000 },
	    { 0x80000000, 0x140000000ULL, 0x70000000 } }, 0xf0000000, 0x10000 },
};

static void layout_ragged(struct kunit *test)
{
	const struct ragged_case *c = test->param_value;
	struct fadump_plan *plan = kunit_kzalloc(test, sizeof(*plan), GFP_KERNEL);
	struct fadump_request req = {
		.boot_mem_size = c->boot, .max_copies = 99, .ceiling = U64_MAX,
		.page_size = c->page,
	};
	struct fadump_ranges *mem, *busy;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, plan);
	mem = test_parse_map(test, TEST_CAP, "", NULL, TEST_PAGE);
	busy = test_parse_map(test, TEST_CAP, "", NULL, TEST_PAGE);
	for (i = 0; i < ARRAY_SIZE(c->mem); i++)
		fadump_ranges_add(mem, c->mem[i].base, c->mem[i].size);
	KUNIT_ASSERT_EQ(test, fadump_layout_plan(mem, busy, &req, plan), 0);
	KUNIT_EXPECT_EQ(test, plan->area.base, c->area);
	for (i = 0; i < ARRAY_SIZE(c->want) && c->want[i].size; i++) {
		KUNIT_EXPECT_EQ(test, plan->copy[i].src, c->want[i].src);
		KUNIT_EXPECT_EQ(test, plan->copy[i].dest, c->want[i].dest);
		KUNIT_EXPECT_EQ(test, plan->copy[i].size, c->want[i].size);
	}
	KUNIT_EXPECT_EQ(test, plan->nr_copies, i);
	expect_valid(test, plan);
}

/* More copies than a plan has entries for. */
static void layout_holes(struct kunit *test)
{
	struct fadump_plan *plan = kunit_kzalloc(test, sizeof(*plan), GFP_KERNEL);
	struct fadump_request req = {
		.boot_mem_size = PAGES(FADUMP_MAX_COPIES), .max_copies = U32_MAX,
		.max_copy = TEST_PAGE, .ceiling = U64_MAX, .page_size = TEST_PAGE,
	};
	struct fadump_ranges *mem, *busy;

	KUNIT_ASSERT_NOT_NULL(test, plan);
	mem = test_parse_map(test, TEST_CAP, "", NULL, TEST_PAGE);
	busy = test_parse_map(test, TEST_CAP, "", NULL, TEST_PAGE);
	fadump_ranges_add(mem, 0, PAGES(1000));
	KUNIT_EXPECT_EQ(test, fadump_layout_plan(mem, busy, &req, plan), 0);
	KUNIT_EXPECT_EQ(test, plan->nr_copies, FADUMP_MAX_COPIES);
	req.boot_mem_size++;
	KUNIT_EXPECT_EQ(test, fadump_layout_plan(mem, busy, &req, plan), -E2BIG);
	req.max_copies = 0;
	KUNIT_EXPECT_EQ(test, fadump_layout_plan(mem, busy, &req, plan), -E2BIG);
}

/* -------- random machines -------- */

#define RANDOM_PAGES	48

static void random_machine(u64 *seed, char *mem)
{
	char c = '#';
	u32 i;

	for (i = 0; i < RANDOM_PAGES; i++) {
		if (!test_random(seed, 5))
			c = "##.x"[test_random(seed, 4)];
		mem[i] = c;
	}
}

/* Lowest @n free pages in a row, from @at on; -1 if there are none. */
static int model_find_gap(const char *mem, u32 at, u32 n)
{
	u32 run = 0;

	for (; mem[at]; at++) {
		run = mem[at] == '#' ? run + 1 : 0;
		if (run >= n)
			return at + 1 - n;
	}
	return -1;
}

/* End of a boot memory of @n pages; 0 if there are not enough. */
static u32 model_top(const char *mem, u32 n)
{
	u32 i;

	for (i = 0; n && mem[i]; i++)
		n -= mem[i] != '.';
	return n ? 0 : i;
}

static void layout_random(struct kunit *test)
{
	struct fadump_plan *plan = kunit_kzalloc(test, sizeof(*plan), GFP_KERNEL);
	char mem[RANDOM_PAGES + 1], got[TEST_TEXT];
	struct fadump_ranges *ram, *busy;
	u32 round, top, boot;
	u64 seed = 7;
	int rc, at;

	KUNIT_ASSERT_NOT_NULL(test, plan);
	for (round = 0; round < FADUMP_TEST_ROUNDS; round++) {
		struct fadump_request req = { .page_size = TEST_PAGE,
			.ceiling = U64_MAX, .max_copies = 99, };

		memset(mem, 0, sizeof(mem));
		random_machine(&seed, mem);
		boot = 1 + test_random(&seed, 12);
		req.boot_mem_size = PAGES(boot) - test_random(&seed, TEST_PAGE);
		req.cpu_size = test_random(&seed, PAGES(2));
		req.info_size = test_random(&seed, PAGES(1));
		ram = test_parse_map(test, TEST_CAP, mem, NULL, TEST_PAGE);
		busy = test_parse_map(test, TEST_CAP, mem, "x", TEST_PAGE);
		rc = fadump_layout_plan(ram, busy, &req, plan);

		top = model_top(mem, boot);
		at = model_find_gap(mem, top, boot +
				    (ALIGN(req.cpu_size, TEST_PAGE) +
				     ALIGN(req.info_size, TEST_PAGE)) / TEST_PAGE);
		if (!top || at < 0) {
			KUNIT_ASSERT_TRUE(test, rc);
			goto next;
		}
		KUNIT_ASSERT_EQ(test, rc, 0);
		KUNIT_ASSERT_EQ(test, plan->boot_mem_top, PAGES(top));
		KUNIT_ASSERT_EQ(test, plan->boot_mem_size, PAGES(boot));
		KUNIT_ASSERT_EQ(test, plan->area.base, PAGES(at));
		expect_valid(test, plan);
		memset(got, 0, sizeof(got));
		memcpy(got, mem, sizeof(mem));
		mark_plan(test, plan, got);
next:
		kunit_kfree(test, ram);
		kunit_kfree(test, busy);
	}
}

/* -------- relocate -------- */

struct move_case {
	const char *name;
	u64 addr;
	u64 size;
	u64 want;
};

static const struct fadump_copy moved[] = {
	{ .src = 0x0000, .dest = 0x90000, .size = 0x4000 },
	{ .src = 0x4000, .dest = 0x94000, .size = 0x4000 },
	{ .src = 0x20000, .dest = 0xa0000, .size = 0x1000 },
};

static const struct move_case move_rows[] = {
	{ "first byte", 0, 1, 0x90000 },
	{ "all of a copy", 0, 0x4000, 0x90000 },
	{ "last byte", 0x3fff, 1, 0x93fff },
	{ "second", 0x4000, 0x10, 0x94000 },
	{ "third, inside", 0x20800, 0x100, 0xa0800 },
	{ "third, to its end", 0x20800, 0x800, 0xa0800 },
	{ "one byte too far", 0x20800, 0x801, U64_MAX },
	{ "over its front", 0x1ffff, 2, U64_MAX },
	{ "over two pieces", 0x3ff0, 0x20, U64_MAX },
	{ "around one", 0x1f000, 0x3000, U64_MAX },
	{ "in the hole", 0x8000, 0x18000, 0x8000 },
	{ "above", 0x30000, 0x10, 0x30000 },
	{ "behind the last, at once", 0x21000, 0x10, 0x21000 },
	{ "at the end of all addresses", U64_MAX - 3, 3, U64_MAX - 3 },
};

static void layout_relocate(struct kunit *test)
{
	const struct move_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test,
			fadump_layout_relocate(moved, ARRAY_SIZE(moved),
					       c->addr, c->size), c->want);
	KUNIT_EXPECT_EQ(test, fadump_layout_relocate(moved, 0, c->addr, c->size),
			c->addr);
}

KUNIT_ARRAY_PARAM_DESC(plan, plan_rows, name);
KUNIT_ARRAY_PARAM_DESC(ragged, ragged_rows, name);
KUNIT_ARRAY_PARAM_DESC(move, move_rows, name);

static struct kunit_case layout_cases[] = {
	KUNIT_CASE_PARAM(layout_plan, plan_gen_params),
	KUNIT_CASE_PARAM(layout_ragged, ragged_gen_params),
	KUNIT_CASE(layout_holes),
	KUNIT_CASE(layout_random),
	KUNIT_CASE_PARAM(layout_relocate, move_gen_params),
	{}
};

static struct kunit_suite layout_suite = {
	.name = "fadump_layout",
	.test_cases = layout_cases,
};

kunit_test_suites(&layout_suite);

MODULE_DESCRIPTION("KUnit tests of the fadump layout");
MODULE_LICENSE("GPL");
