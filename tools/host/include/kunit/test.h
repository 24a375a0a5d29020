/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of KUnit that the suites in tests/lib/ use, with the same names and meaning;
 * the runner is kunit.c.
 */

#ifndef HOST_KUNIT_TEST_H
#define HOST_KUNIT_TEST_H

#include <stdio.h>

#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>

#define KUNIT_PARAM_DESC_SIZE	128

struct kunit {
	const void *param_value;
	bool failed;
	void *jump;
	struct host_block *blocks;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(struct kunit *test, const void *prev,
				       char *desc);
};

struct kunit_suite {
	const char name[64];
	struct kunit_case *test_cases;
};

#define KUNIT_CASE(fn)			{ .run_case = fn, .name = #fn }
#define KUNIT_CASE_PARAM(fn, gen)					\
	{ .run_case = fn, .name = #fn, .generate_params = gen }

#define KUNIT_ARRAY_PARAM_DESC(name, array, member)			\
	static const void *name##_gen_params(struct kunit *test,	\
					     const void *prev, char *desc) \
	{								\
		typeof(&(array)[0]) next = prev ?			\
			(typeof(&(array)[0]))prev + 1 : (array);	\
									\
		(void)test;						\
		if (next == (array) + ARRAY_SIZE(array))		\
			return NULL;					\
		strncpy(desc, next->member, KUNIT_PARAM_DESC_SIZE - 1);	\
		return next;						\
	}

#define kunit_test_suites(...)						\
	static struct kunit_suite *host_suites[] = { __VA_ARGS__, NULL }; \
	static void __attribute__((constructor)) host_announce(void)	\
	{								\
		host_kunit_announce(host_suites);			\
	}

void host_kunit_announce(struct kunit_suite **suites);

/* Buffers have exactly the requested length, so that ASan sees overruns. */
void *kunit_kmalloc(struct kunit *test, size_t size, int gfp);
void *kunit_kzalloc(struct kunit *test, size_t size, int gfp);
void kunit_kfree(struct kunit *test, const void *ptr);

void host_kunit_fail(struct kunit *test, bool fatal, const char *file, int line,
		     const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

#define HOST_CHECK(test, fatal, ok, ...) do {				\
	if (!(ok))							\
		host_kunit_fail(test, fatal, __FILE__, __LINE__, __VA_ARGS__); \
} while (0)

#define HOST_COMPARE(test, fatal, a, op, b) do {			\
	__auto_type _a = (a);						\
	__auto_type _b = (b);						\
	if (!(_a op _b))						\
		host_kunit_fail(test, fatal, __FILE__, __LINE__,	\
				"expected %s %s %s, but: %lld (%#llx), %lld (%#llx)", \
				#a, #op, #b, (s64)_a, (u64)_a, (s64)_b,	\
				(u64)_b);				\
} while (0)

#define KUNIT_EXPECT_EQ(test, a, b)	HOST_COMPARE(test, false, a, ==, b)
#define KUNIT_EXPECT_NE(test, a, b)	HOST_COMPARE(test, false, a, !=, b)
#define KUNIT_EXPECT_LE(test, a, b)	HOST_COMPARE(test, false, a, <=, b)
#define KUNIT_EXPECT_LT(test, a, b)	HOST_COMPARE(test, false, a, <, b)
#define KUNIT_EXPECT_GE(test, a, b)	HOST_COMPARE(test, false, a, >=, b)
#define KUNIT_EXPECT_GT(test, a, b)	HOST_COMPARE(test, false, a, >, b)
#define KUNIT_ASSERT_EQ(test, a, b)	HOST_COMPARE(test, true, a, ==, b)
#define KUNIT_ASSERT_LE(test, a, b)	HOST_COMPARE(test, true, a, <=, b)
#define KUNIT_ASSERT_LT(test, a, b)	HOST_COMPARE(test, true, a, <, b)

#define KUNIT_EXPECT_TRUE(test, x)					\
	HOST_CHECK(test, false, x, "expected %s to be true", #x)
#define KUNIT_EXPECT_FALSE(test, x)					\
	HOST_CHECK(test, false, !(x), "expected %s to be false", #x)
#define KUNIT_ASSERT_TRUE(test, x)					\
	HOST_CHECK(test, true, x, "expected %s to be true", #x)
#define KUNIT_ASSERT_TRUE_MSG(test, x, fmt, ...)			\
	HOST_CHECK(test, true, x, "expected %s to be true: " fmt, #x,	\
		   ##__VA_ARGS__)
#define KUNIT_ASSERT_NOT_NULL(test, x)					\
	HOST_CHECK(test, true, (x) != NULL, "%s is NULL", #x)
#define KUNIT_EXPECT_STREQ(test, a, b) do {				\
	const char *_a = (a), *_b = (b);				\
									\
	HOST_CHECK(test, false, !strcmp(_a, _b),			\
		   "%s is not as expected:\n#\t%s\n#\t%s", #a, _a, _b);	\
} while (0)
#define KUNIT_EXPECT_MEMEQ(test, a, b, n)				\
	HOST_CHECK(test, false, !memcmp(a, b, n),			\
		   "%s and %s differ", #a, #b)

#endif
