// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The status of OPAL calls.
 */

#include "boot/opal-tags.h"
#include "tests/lib/fadump-test.h"

static void opal_tags_status(struct kunit *test)
{
	static const struct {
		s64 status;
		int rc;
	} rows[] = {
		{ 0, 0 }, { -1, -EINVAL }, { -10, -ENOSPC }, { -7, -EOPNOTSUPP },
		{ -6, -EIO }, { -2, -EBUSY }, { -12, -EBUSY }, { -5, -EIO },
		{ 1, -EIO }, { -1000, -EIO }, { -0x7fffffffffffffffLL, -EIO },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		KUNIT_EXPECT_EQ(test, opal_status_errno(rows[i].status), rows[i].rc);
}

static struct kunit_case opal_tags_cases[] = {
	KUNIT_CASE(opal_tags_status),
	{}
};

static struct kunit_suite opal_tags_suite = {
	.name = "fadump_opal_tags",
	.test_cases = opal_tags_cases,
};

kunit_test_suites(&opal_tags_suite);

MODULE_DESCRIPTION("KUnit tests of the OPAL calls of fadump");
MODULE_LICENSE("GPL");
