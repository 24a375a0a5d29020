// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Estimates and recommendations of the size of the boot memory.
 */

#include "tests/lib/fadump-test.h"

#define KIB		1024ULL
#define MIB		(1024 * KIB)
#define GIB		(1024 * MIB)
#define STEP		(64 * MIB)

/* Sizes of kernel and initrd. */
struct load {
	u64 image;
	u64 initrd;
};

static const struct load no_load;
static const struct load small = { 13 * MIB, 10 * MIB };	/* as in the lab */
static const struct load large = { 50 * MIB, 40 * MIB };
static const struct load packed = { 50 * MIB, 300 * MIB };
static const struct load endless_image = { U64_MAX, 0 };
static const struct load endless_initrd = { 0, U64_MAX };
static const struct load endless = { U64_MAX, U64_MAX };

struct estimate_case {
	const char *name;
	u64 page_size;
	const struct load *load;
	u32 possible_cpus;
	u32 present_cpus;
	u64 memmap_ram;
	u64 min;
	u64 max;
	u64 want;
	u64 memmap_per_page;	/* 0: 64 */
	u64 hash_ram;
};

#define K4		(4 * KIB)
#define K64		(64 * KIB)
#define NO_MAX		U64_MAX
#define HUGEST		ALIGN_DOWN(U64_MAX, STEP)

/* Page size, load, possible and present CPUs, memmap, minimum, maximum, result. */
static const struct estimate_case estimate_rows[] = {
	{ "a no_load kernel", K64, &no_load, 0, 0, 0, 0, NO_MAX, 192 * MIB },
	{ "a no_load kernel, small pages", K4, &no_load, 0, 0, 0, 0, NO_MAX, 192 * MIB },
	{ "small", K64, &small, 4, 4, 0, 0, NO_MAX, 256 * MIB },
	{ "small, and the minimum is more", K64, &small, 4, 4, 0, 320 * MIB, NO_MAX,
	  320 * MIB },
	{ "small, and the minimum is odd", K64, &small, 4, 4, 0,
	  320 * MIB + 1, NO_MAX, 320 * MIB + 1 },
	{ "small, and the minimum is less", K64, &small, 4, 4, 0, MIB, NO_MAX,
	  256 * MIB },
	{ "small, 128 possible CPUs", K64, &small, 128, 4, 0, 0, NO_MAX, 384 * MIB },
	{ "small, 128 present CPUs", K64, &small, 128, 128, 0, 0, NO_MAX,
	  576 * MIB },
	{ "large", K64, &large, 8, 8, 0, 0, NO_MAX, 448 * MIB },
	{ "large, small pages", K4, &large, 8, 8, 0, 0, NO_MAX, 448 * MIB },
	{ "large, 1920 CPUs", K64, &large, 1920, 1920, 0, 0, NO_MAX, 5376 * MIB },
	{ "large, initrd of 300 MiB", K64, &packed, 8, 8, 0, 0, NO_MAX,
	  1792 * MIB },
	{ "large, memmap of 16 GiB", K64, &large, 8, 8, 16 * GIB, 0, NO_MAX,
	  512 * MIB },
	{ "large, memmap of 1 TiB", K64, &large, 8, 8, 1024 * GIB, 0, NO_MAX,
	  1472 * MIB },
	{ "large, memmap of 1 TiB in small pages", K4, &large, 8, 8, 1024 * GIB, 0,
	  NO_MAX, 16768 * MIB },
	{ "small, memmap of a KASAN kernel", K64, &small, 4, 4, 2 * GIB, 0, NO_MAX,
	  512 * MIB, 64 + 8 * KIB },
	{ "small, a hash table for 4 GiB", K64, &small, 4, 4, 4 * GIB, 0, NO_MAX,
	  256 * MIB, 0, 4 * GIB },
	{ "small, a hash table for 128 GiB", K64, &small, 4, 4, 128 * GIB, 0, NO_MAX,
	  640 * MIB, 0, 128 * GIB },
	{ "small, a hash table for a little more", K64, &small, 4, 4, 128 * GIB,
	  0, NO_MAX, 896 * MIB, 0, 128 * GIB + 1 },
	{ "small, a hash table for 16 GiB in small pages", K4, &small, 4, 4, 16 * GIB,
	  0, NO_MAX, 1024 * MIB, 0, 16 * GIB },
	{ "small, the smallest hash table", K64, &no_load, 0, 0, 0, 0, NO_MAX,
	  192 * MIB, 0, 1 },
	{ "a hash table that overflows", K64, &no_load, 0, 0, 0, 0, GIB, GIB, 0,
	  NO_MAX },
	{ "the maximum", K64, &large, 8, 8, 0, 0, 384 * MIB,
	  384 * MIB },
	{ "the maximum, in whole steps", K64, &large, 8, 8, 0, 0, 384 * MIB - 1,
	  320 * MIB },
	{ "the minimum above the maximum", K64, &large, 8, 8, 0,
	  320 * MIB, 256 * MIB, 320 * MIB },
	{ "a maximum of 0", K64, &large, 8, 8, 0, 0, 0, 0 },
	{ "an image that overflows", K64, &endless_image, 4, 4, 0, 0, NO_MAX, HUGEST },
	{ "an initrd that overflows", K64, &endless_initrd, 4, 4, 0, 0, NO_MAX, HUGEST },
	{ "a memmap that overflows", K64, &small, 4, 4, NO_MAX, 0, NO_MAX, HUGEST,
	  NO_MAX },
	{ "all overflow, with a maximum", K64, &endless, U32_MAX,
	  U32_MAX, NO_MAX, 0, GIB, GIB, NO_MAX },
};

KUNIT_ARRAY_PARAM_DESC(estimate, estimate_rows, name);

static void sizing_estimate(struct kunit *test)
{
	const struct estimate_case *c = test->param_value;
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

/* Without a memmap of all RAM, the size of RAM does not matter. */
static void sizing_does_not_depend_on_ram(struct kunit *test)
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

static void random_input(struct fadump_sizing *in, u64 *seed)
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

/* A larger input never gives a smaller estimate. */
static void sizing_grows(struct kunit *test)
{
	struct fadump_sizing in, more;
	u64 seed = 1, estimate;
	u32 i;

	for (i = 0; i < FADUMP_TEST_ROUNDS; i++) {
		random_input(&in, &seed);
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
};

KUNIT_ARRAY_PARAM_DESC(recommend, recommend_rows, name);

static void sizing_recommend(struct kunit *test)
{
	const struct recommend_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, fadump_sizing_recommend(c->used, c->min), c->want);
}

static struct kunit_case sizing_cases[] = {
	KUNIT_CASE_PARAM(sizing_estimate, estimate_gen_params),
	KUNIT_CASE(sizing_does_not_depend_on_ram),
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
