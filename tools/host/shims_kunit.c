// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests of the replacements for kernel headers, which all other suites rely on. Host
 * only.
 */

#include <kunit/test.h>
#include <linux/align.h>
#include <linux/crc32.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/unaligned.h>

static void shims_crc32(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, crc32_le(~0, "123456789", 9) ^ ~0u, 0xcbf43926u);
	KUNIT_EXPECT_EQ(test, crc32_le(~0, "", 0), ~0u);
}

static void shims_unaligned(struct kunit *test)
{
	u8 b[12] = { 0 };

	put_unaligned_be32(0x01020304, b + 1);
	KUNIT_EXPECT_EQ(test, b[1], 1);
	KUNIT_EXPECT_EQ(test, b[4], 4);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(b + 2), 0x0203);
	put_unaligned_be64(0xff02030405060708ULL, b + 3);
	KUNIT_EXPECT_EQ(test, get_unaligned_be64(b + 3), 0xff02030405060708ULL);
	put_unaligned(0x11223344u, (u32 *)(b + 1));
	KUNIT_EXPECT_EQ(test, get_unaligned((u32 *)(b + 1)), 0x11223344u);
}

static void shims_arithmetic(struct kunit *test)
{
	u64 sum;

	KUNIT_EXPECT_EQ(test, ALIGN((u64)0x1ffffffff, 0x10000u), 0x200000000ULL);
	KUNIT_EXPECT_EQ(test, ALIGN_DOWN((u64)0x1ffffffff, 0x10000u),
			0x1ffff0000ULL);
	KUNIT_EXPECT_TRUE(test, check_add_overflow(U64_MAX, 1ULL, &sum));
	KUNIT_EXPECT_FALSE(test, check_add_overflow(U64_MAX, 0ULL, &sum));
	KUNIT_EXPECT_TRUE(test, check_mul_overflow(1ULL << 32, 1ULL << 32, &sum));
	KUNIT_EXPECT_EQ(test, min_t(u32, 0x100000005ULL, 7), 5u);
	KUNIT_EXPECT_EQ(test, max(3u, 4u), 4u);
}

static void shims_memchr_inv(struct kunit *test)
{
	const u8 b[4] = { 0, 0, 0xff, 0 };

	KUNIT_EXPECT_FALSE(test, memchr_inv(b, 0, 2));
	KUNIT_EXPECT_TRUE(test, memchr_inv(b, 0, 4) == &b[2]);
	KUNIT_EXPECT_FALSE(test, memchr_inv(b + 2, -1, 1));
	KUNIT_EXPECT_FALSE(test, memchr_inv(b, 1, 0));
}

static struct kunit_case shims_cases[] = {
	KUNIT_CASE(shims_crc32),
	KUNIT_CASE(shims_unaligned),
	KUNIT_CASE(shims_arithmetic),
	KUNIT_CASE(shims_memchr_inv),
	{}
};

static struct kunit_suite shims_suite = {
	.name = "host_shims",
	.test_cases = shims_cases,
};

kunit_test_suites(&shims_suite);
