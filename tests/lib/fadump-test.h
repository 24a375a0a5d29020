/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the suites: maps of memory as text, reproducible random numbers, and
 * systematic damage to a blob.
 *
 * One character of a map is one unit of memory. '.' is a hole, all others are RAM.
 */

#ifndef _POWERPC_FADUMP_TEST_H
#define _POWERPC_FADUMP_TEST_H

#include <kunit/test.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "lib/fadump-lib.h"

/* The host build sets a larger number. */
#ifndef FADUMP_TEST_ROUNDS
#define FADUMP_TEST_ROUNDS	200
#endif

#define PAGES(n)		((u64)(n) << 16)
#define TEST_PAGE		PAGES(1)
#define TEST_CAP		40
#define TEST_TEXT		512

static inline bool test_in(const char *chars, char c)
{
	while (*chars && *chars != c)
		chars++;
	return *chars;
}

/* The set of all units with one of @chars; with NULL, of all but '.'. */
static inline struct fadump_ranges *test_parse_map(struct kunit *test, u32 cap,
						   const char *map,
						   const char *chars, u64 unit)
{
	struct fadump_ranges *set;
	bool open = false;
	u64 i;

	set = kunit_kzalloc(test, sizeof(*set) + cap * sizeof(*set->r), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, set);
	set->r = (void *)(set + 1);
	set->cap = cap;
	for (i = 0; map[i]; i++) {
		if (chars ? !test_in(chars, map[i]) : map[i] == '.') {
			open = false;
			continue;
		}
		if (!open)
			set->r[set->nr++].base = i * unit;
		set->r[set->nr - 1].size += unit;
		open = true;
	}
	return set;
}

/* Mark a range in a map. */
static inline void test_mark(char *map, u64 base, u64 size, u64 unit,
			     char c)
{
	u64 i;

	for (i = base / unit; i < (base + size) / unit && i < TEST_TEXT - 1; i++)
		map[i] = c;
}

/* Gives the same numbers on every machine. */
static inline u32 test_random(u64 *seed, u32 below)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (u32)(*seed >> 33) % below;
}

/* -------- A dump as text -------- */

static inline void test_print(char *text, const char *fmt, ...)
	__printf(2, 3);

static inline void test_print(char *text, const char *fmt, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(text + used, TEST_TEXT - used, fmt, args);
	va_end(args);
}

static inline void test_print_range(char *text, const char *name,
				    const struct fadump_range *r)
{
	if (r->size)
		test_print(text, " %s %llx+%llx", name, r->base, r->size);
}

/* Such as "top 20 0+20>80 cpu 60+10 info a0 area 60+40 !boot", all in hex. */
static inline void test_print_dump(char *text, const struct fadump_dump *d)
{
	static const char * const missing[] = {
		"fw", "section", "boot", "cpus", "cpu", "param",
	};
	u32 i;

	text[0] = '\0';
	test_print(text, "top %llx", d->boot_mem_top);
	for (i = 0; i < d->nr_copies; i++)
		test_print(text, " %llx+%llx>%llx", d->copy[i].src,
			   d->copy[i].size, d->copy[i].dest);
	test_print_range(text, "cpu", &d->cpu);
	test_print_range(text, "hpte", &d->hpte);
	test_print_range(text, "param", &d->param);
	if (d->info_at)
		test_print(text, " info %llx", d->info_at);
	test_print_range(text, "area", &d->area);
	for (i = 0; i < ARRAY_SIZE(missing); i++)
		if (d->missing & BIT(i))
			test_print(text, " !%s", missing[i]);
}

/* Such as "8[20=1 21=2]!": hardware id, registers by index, "!" if damaged. */
static inline void test_print_cpu(char *text, const struct fadump_cpu_regs *cpu)
{
	const char *space = "";
	u32 i;

	test_print(text, "%x[", cpu->hw_id);
	for (i = 0; i < FADUMP_NR_REGS; i++)
		if (cpu->regs[i]) {
			test_print(text, "%s%x=%llx", space, i, cpu->regs[i]);
			space = " ";
		}
	test_print(text, "]%s", cpu->damaged ? "!" : "");
}

/* The guarantees of fadump_dump_bound(), for any input. */
static inline void test_expect_bounded(struct kunit *test,
				       const struct fadump_dump *d,
				       const struct fadump_ranges *ram,
				       u64 page_size)
{
	/* The first may be below boot_mem_top: it has been read already. */
	const struct fadump_range *one[] = {
		&d->param, &d->cpu, &d->hpte, &d->area,
	};
	const struct fadump_copy *c;
	u32 i;

	KUNIT_ASSERT_LE(test, d->boot_mem_top, fadump_ranges_end(ram));
	KUNIT_ASSERT_LE(test, d->nr_copies, FADUMP_MAX_COPIES);
	for (i = 0; i < d->nr_copies; i++) {
		c = &d->copy[i];
		KUNIT_ASSERT_TRUE(test, fadump_ranges_cover(ram, c->src, c->size));
		KUNIT_ASSERT_TRUE(test, fadump_ranges_cover(ram, c->dest, c->size));
		KUNIT_ASSERT_TRUE(test, c->src >= d->boot_mem_top ||
				  c->src + c->size <= d->boot_mem_top);
		KUNIT_ASSERT_LE(test, d->boot_mem_top, c->dest);
		KUNIT_ASSERT_TRUE(test, IS_ALIGNED(c->src | c->dest | c->size,
						   page_size));
		if (i)
			KUNIT_ASSERT_LE(test, c[-1].src + c[-1].size, c->src);
	}
	for (i = 0; i < ARRAY_SIZE(one); i++) {
		if (!one[i]->size)
			continue;
		if (i)
			KUNIT_ASSERT_LE(test, d->boot_mem_top, one[i]->base);
		KUNIT_ASSERT_TRUE(test, fadump_ranges_cover(ram, one[i]->base,
							    one[i]->size));
	}
	if (d->info_at) {
		KUNIT_ASSERT_LE(test, d->boot_mem_top, d->info_at);
		KUNIT_ASSERT_LT(test, d->info_at, fadump_ranges_end(ram));
	}
}

/* -------- Blobs -------- */

typedef void (*test_blob_fn)(struct kunit *test, const struct fadump_bytes *b);

/* Call @fn with each length of @blob; the buffer ends there, so ASan sees overruns. */
static inline void test_all_lengths(struct kunit *test, const void *blob,
				    size_t len, test_blob_fn fn)
{
	struct fadump_bytes b;
	u8 *copy;

	for (b.len = 0; b.len <= len; b.len++) {
		copy = kunit_kmalloc(test, b.len ?: 1, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, copy);
		memcpy(copy, blob, b.len);
		b.data = copy;
		fn(test, &b);
		kunit_kfree(test, copy);
	}
}

/* Call @fn with each bit of @blob flipped. */
static inline void test_all_flips(struct kunit *test, const void *blob,
				  size_t len, test_blob_fn fn)
{
	u8 *copy = kunit_kmalloc(test, len, GFP_KERNEL);
	struct fadump_bytes b = { .data = copy, .len = len };
	size_t bit;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memcpy(copy, blob, len);
	for (bit = 0; bit < 8 * len; bit++) {
		copy[bit / 8] ^= 1 << bit % 8;
		fn(test, &b);
		copy[bit / 8] ^= 1 << bit % 8;
	}
	kunit_kfree(test, copy);
}

/* Call @fn with each word of @blob replaced by values that make arithmetic overflow. */
static inline void test_all_words(struct kunit *test, const void *blob,
				  size_t len, test_blob_fn fn)
{
	static const u64 values[] = {
		0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffffffffff8ULL,
		U64_MAX, 1ULL << 63, U64_MAX / 2, 1ULL << 32,
	};
	u8 *copy = kunit_kmalloc(test, len, GFP_KERNEL);
	struct fadump_bytes b = { .data = copy, .len = len };
	size_t at;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memcpy(copy, blob, len);
	for (at = 0; at + 8 <= len; at += 4)
		for (i = 0; i < ARRAY_SIZE(values); i++) {
			put_unaligned_be64(values[i], copy + at);
			fn(test, &b);
			memcpy(copy + at, (const u8 *)blob + at, 8);
			put_unaligned_be32(values[i], copy + at);
			fn(test, &b);
			memcpy(copy + at, (const u8 *)blob + at, 8);
		}
	kunit_kfree(test, copy);
}

static inline void test_mangle(struct kunit *test, const void *blob, size_t len,
			       test_blob_fn fn)
{
	test_all_lengths(test, blob, len, fn);
	test_all_flips(test, blob, len, fn);
	test_all_words(test, blob, len, fn);
}

/* One change to a blob. */
struct test_poke {
	u32 at;
	u32 width;
	u64 value;
};

static inline void test_apply(void *blob, const struct test_poke *p, u32 nr)
{
	for (; nr--; p++) {
		if (p->width == 2)
			put_unaligned_be16(p->value, blob + p->at);
		if (p->width == 4)
			put_unaligned_be32(p->value, blob + p->at);
		if (p->width == 8)
			put_unaligned_be64(p->value, blob + p->at);
	}
}

#endif /* _POWERPC_FADUMP_TEST_H */
