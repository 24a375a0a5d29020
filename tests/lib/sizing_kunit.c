// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How much boot memory is enough.
 */

#include "tests/lib/fadump-test.h"

#define KIB		1024ULL
#define MIB		(1024 * KIB)
#define GIB		(1024 * MIB)
#define STEP		(64 * MIB)

/* What a boot loader loads. */
struct load {
	u64 image;
	u64 initrd;
};

static const struct load bare;
static const struct load small = { 13 * MIB, 10 * MIB };	/* the lab's */
static const struct load large = { 50 * MIB, 40 * MIB };
static const struct load packed = { 50 * MIB, 300 * MIB };
static const struct load endless_image = { U64_MAX, 0 };
static const struct load endless_initrd = { 0, U64_MAX };
static const struct load endless = { U64_MAX, U64_MAX };

struct need_case {
	const char *name;
	u64 page_size;
	const struct load *load;
	u32 possible_cpus;
	u32 present_cpus;
	u64 memmap_ram;
	u64 min;
	u64 max;
	u64 want;
	u64 memmap_per_page;	/* 0: that of a struct page */
	u64 hash_ram;
};

#define K4		(4 * KIB)
#define K64		(64 * KIB)
#define ANY		U64_MAX
#define HUGEST		ALIGN_DOWN(U64_MAX, STEP)

/* Pages, load, CPUs, books, firmware's need, what may be: the need. */
static const struct need_case estimate_rows[] = {
	{ "a bare kernel", K64, &bare, 0, 0, 0, 0, ANY, 192 * MIB },
	{ "a bare kernel, small pages", K4, &bare, 0, 0, 0, 0, ANY, 192 * MIB },
	{ "small", K64, &small, 4, 4, 0, 0, ANY, 256 * MIB },
	{ "small, and firmware needs more", K64, &small, 4, 4, 0, 320 * MIB, ANY,
	  320 * MIB },
	{ "small, and firmware's need is odd", K64, &small, 4, 4, 0,
	  320 * MIB + 1, ANY, 320 * MIB + 1 },
	{ "small, and firmware needs less", K64, &small, 4, 4, 0, MIB, ANY,
	  256 * MIB },
	{ "small, 128 CPUs may come", K64, &small, 128, 4, 0, 0, ANY, 384 * MIB },
	{ "small, 128 CPUs are there", K64, &small, 128, 128, 0, 0, ANY,
	  576 * MIB },
	{ "large", K64, &large, 8, 8, 0, 0, ANY, 448 * MIB },
	{ "large, small pages", K4, &large, 8, 8, 0, 0, ANY, 448 * MIB },
	{ "large, 1920 CPUs", K64, &large, 1920, 1920, 0, 0, ANY, 5376 * MIB },
	{ "large, initrd of 300 MiB", K64, &packed, 8, 8, 0, 0, ANY,
	  1792 * MIB },
	{ "large, books of 16 GiB", K64, &large, 8, 8, 16 * GIB, 0, ANY,
	  512 * MIB },
	{ "large, books of 1 TiB", K64, &large, 8, 8, 1024 * GIB, 0, ANY,
	  1472 * MIB },
	{ "large, books of 1 TiB in small pages", K4, &large, 8, 8, 1024 * GIB, 0,
	  ANY, 16768 * MIB },
	{ "small, a checked kernel's books", K64, &small, 4, 4, 2 * GIB, 0, ANY,
	  512 * MIB, 64 + 8 * KIB },
	{ "small, a hash table for 4 GiB", K64, &small, 4, 4, 4 * GIB, 0, ANY,
	  256 * MIB, 0, 4 * GIB },
	{ "small, a hash table for 128 GiB", K64, &small, 4, 4, 128 * GIB, 0, ANY,
	  640 * MIB, 0, 128 * GIB },
	{ "small, a hash table for a little more", K64, &small, 4, 4, 128 * GIB,
	  0, ANY, 896 * MIB, 0, 128 * GIB + 1 },
	{ "small, a hash table for 16 GiB in small pages", K4, &small, 4, 4, 16 * GIB,
	  0, ANY, 1024 * MIB, 0, 16 * GIB },
	{ "small, the smallest hash table", K64, &bare, 0, 0, 0, 0, ANY,
	  192 * MIB, 0, 1 },
	{ "a hash table beyond all numbers", K64, &bare, 0, 0, 0, 0, GIB, GIB, 0,
	  ANY },
	{ "no more than there may be", K64, &large, 8, 8, 0, 0, 384 * MIB,
	  384 * MIB },
	{ "no more, in whole steps", K64, &large, 8, 8, 0, 0, 384 * MIB - 1,
	  320 * MIB },
	{ "firmware needs more than there may be", K64, &large, 8, 8, 0,
	  320 * MIB, 256 * MIB, 320 * MIB },
	{ "nothing may be", K64, &large, 8, 8, 0, 0, 0, 0 },
	{ "an image beyond all numbers", K64, &endless_image, 4, 4, 0, 0, ANY, HUGEST },
	{ "an initrd beyond all numbers", K64, &endless_initrd, 4, 4, 0, 0, ANY, HUGEST },
	{ "books beyond all numbers", K64, &small, 4, 4, ANY, 0, ANY, HUGEST,
	  ANY },
	{ "all beyond all numbers, with a limit", K64, &endless, U32_MAX,
	  U32_MAX, ANY, 0, GIB, GIB, ANY },
};

KUNIT_ARRAY_PARAM_DESC(estimate, estimate_rows, name);

static void sizing_estimate(struct kunit *test)
{
	const struct need_case *c = test->param_value;
	const struct fadump_sizing in = {
		.page_size = c->page_size,
		.memmap_per_page = c->memmap_per_page ?: 64,
		.image = c->load->image,
		.initrd = c->load->initrd,
		.possible_cpus = c->possible_cpus,
		.present_cpus = c->present_cpus,
		.memmap_ram = c->memmap_ram,
		.hash_ram = c->hash_ram,
		.min = c->min,
		.max = c->max,
	};

	KUNIT_EXPECT_EQ(test, fadump_sizing_estimate(&in), c->want);
}

/* Without books of all of it, RAM is not even looked at. */
static void sizing_is_no_share_of_ram(struct kunit *test)
{
	struct fadump_sizing in = {
		.page_size = K64, .memmap_per_page = 64, .image = large.image,
		.initrd = large.initrd, .possible_cpus = 8, .present_cpus = 8,
	};
	u64 ram;

	for (ram = 2 * GIB; ram <= 64 * 1024 * GIB; ram *= 2) {
		in.max = ram / 4;
		KUNIT_EXPECT_EQ(test, fadump_sizing_estimate(&in), 448 * MIB);
	}
}

static void draw(struct fadump_sizing *in, u64 *seed)
{
	*in = (struct fadump_sizing) {
		.page_size = test_random(seed, 2) ? K64 : K4,
		.memmap_per_page = 64,
		.image = test_random(seed, 100) * MIB,
		.initrd = test_random(seed, 200) * MIB,
		.possible_cpus = test_random(seed, 2048),
		.present_cpus = test_random(seed, 256),
		.memmap_ram = test_random(seed, 2) * test_random(seed, 4096) * GIB,
		.min = test_random(seed, 4) * 160 * MIB,
		.max = U64_MAX,
	};
}

/* More of anything never makes it less. */
static void sizing_grows(struct kunit *test)
{
	struct fadump_sizing in, more;
	u64 seed = 1, estimate;
	u32 i;

	for (i = 0; i < FADUMP_TEST_ROUNDS; i++) {
		draw(&in, &seed);
		estimate = fadump_sizing_estimate(&in);
		KUNIT_ASSERT_LE(test, in.min, estimate);
		KUNIT_ASSERT_TRUE(test, estimate == in.min || estimate % STEP == 0);
		KUNIT_ASSERT_LE(test, in.image + 5 * in.initrd, estimate);

		more = in;
		more.image += MIB;
		KUNIT_ASSERT_LE(test, estimate, fadump_sizing_estimate(&more));
		more.initrd += MIB;
		KUNIT_ASSERT_LE(test, estimate, fadump_sizing_estimate(&more));
		more.possible_cpus++;
		more.present_cpus++;
		KUNIT_ASSERT_LE(test, estimate, fadump_sizing_estimate(&more));
		more.memmap_ram = 8192 * GIB;
		KUNIT_ASSERT_LE(test, estimate, fadump_sizing_estimate(&more));
		more.hash_ram = 8192 * GIB;
		KUNIT_ASSERT_LE(test, fadump_sizing_estimate(&in) + 16 * GIB,
				fadump_sizing_estimate(&more));
		more.min += MIB;
		KUNIT_ASSERT_LE(test, estimate, fadump_sizing_estimate(&more));
		more.max = estimate;
		more.min = 0;
		KUNIT_ASSERT_LE(test, fadump_sizing_estimate(&more), estimate);
	}
}

struct recommend_case {
	const char *name;
	u64 used;
	u64 min;
	u64 want;
};

static const struct recommend_case recommend_rows[] = {
	{ "firmware's minimum", 200 * MIB, 320 * MIB, 320 * MIB },
	{ "a quarter more", 320 * MIB, 320 * MIB, 400 * MIB },
	{ "a quarter more, rounded", 320 * MIB + 1, 320 * MIB, 416 * MIB },
	{ "just below the minimum", 256 * MIB, 320 * MIB, 320 * MIB },
	{ "just above it", 256 * MIB + 4, 320 * MIB, 336 * MIB },
	{ "a minimum that is odd", MIB, 768 * MIB + 1, 784 * MIB },
	{ "nothing used", 0, 320 * MIB, 320 * MIB },
	{ "nothing at all", 0, 0, 0 },
	{ "beyond all numbers", U64_MAX, 0, ALIGN_DOWN(U64_MAX, 16 * MIB) },
	{ "a minimum beyond all numbers", 0, U64_MAX,
	  ALIGN_DOWN(U64_MAX, 16 * MIB) },
};

KUNIT_ARRAY_PARAM_DESC(recommend, recommend_rows, name);

static void sizing_recommend(struct kunit *test)
{
	const struct recommend_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, fadump_sizing_recommend(c->used, c->min), c->want);
}

static struct kunit_case sizing_cases[] = {
	KUNIT_CASE_PARAM(sizing_estimate, estimate_gen_params),
	KUNIT_CASE(sizing_is_no_share_of_ram),
	KUNIT_CASE(sizing_grows),
	KUNIT_CASE_PARAM(sizing_recommend, recommend_gen_params),
	{}
};

static struct kunit_suite sizing_suite = {
	.name = "fadump_sizing",
	.test_cases = sizing_cases,
};

kunit_test_suites(&sizing_suite);

MODULE_DESCRIPTION("KUnit tests of how much boot memory fadump takes");
MODULE_LICENSE("GPL");
