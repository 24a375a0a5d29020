// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ELF core of OPAL. The tests use only offsets of the ELF specification, so that a
 * wrong offset or byte order is found.
 */

#include "tests/lib/fadump-test.h"

#define STEP		(24 + 2 * 16)
#define BASE		0x30000000ULL

/* Three threads, the second crashed; OPAL's memory is not page aligned. */
static struct opal_core *make_core(struct kunit *test, u64 page_size)
{
	struct opal_core *core = kunit_kzalloc(test, sizeof(*core), GFP_KERNEL);
	u8 *cpus = kunit_kzalloc(test, 3 * STEP, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, core);
	KUNIT_ASSERT_NOT_NULL(test, cpus);
	for (i = 0; i < 3; i++) {
		u8 *b = cpus + i * STEP;

		put_unaligned_be32(4 * i, b);
		put_unaligned_be32(2, b + 12);
		put_unaligned_be32(16, b + 16);
		put_unaligned_be32(16, b + 20);
		put_unaligned_be32(1, b + 24);
		put_unaligned_be32(3, b + 28);
		put_unaligned_be64(0x1000 + i, b + 32);
		put_unaligned_be32(2, b + 40);
		put_unaligned_be32(0x7d0, b + 44);
		put_unaligned_be64(0x2000 + i, b + 48);
	}
	core->cpus.data = cpus;
	core->cpus.len = 3 * STEP;
	core->cpu_step = STEP;
	core->crashing_pir = 4;
	core->base = BASE;
	core->entry = BASE + 0x3008;
	core->page_size = page_size;
	core->fw.nr_regions = 3;
	core->fw.region[0].src = BASE;
	core->fw.region[0].dest = 0x31c78000;
	core->fw.region[0].size = 0x1c78000;
	core->fw.region[2].src = BASE + 0x2000000;
	core->fw.region[2].dest = 0x50000100;
	core->fw.region[2].size = 0x300;
	return core;
}

static u8 *fill(struct kunit *test, const struct opal_core *core)
{
	size_t size = opal_elf_head_size(core);
	u8 *buf = kunit_kmalloc(test, size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_ASSERT_EQ(test, size % core->page_size, 0);
	KUNIT_EXPECT_EQ(test, opal_elf_fill(core, buf, size - 1), -ENOSPC);
	memset(buf, 0x5a, size);
	KUNIT_ASSERT_EQ(test, opal_elf_fill(core, buf, size), 0);
	return buf;
}

#define be16(at)	get_unaligned_be16(b + (at))
#define be32(at)	get_unaligned_be32(b + (at))
#define be64(at)	get_unaligned_be64(b + (at))

static void elf_head(struct kunit *test)
{
	static const u8 ident[] = { 0x7f, 'E', 'L', 'F', 2, 2, 1, 0, 0, 0, 0, 0,
				    0, 0, 0, 0 };
	const u8 *b = fill(test, make_core(test, 0x10000));

	KUNIT_EXPECT_MEMEQ(test, b, ident, sizeof(ident));
	KUNIT_EXPECT_EQ(test, be16(16), 4);	/* ET_CORE */
	KUNIT_EXPECT_EQ(test, be16(18), 21);	/* EM_PPC64 */
	KUNIT_EXPECT_EQ(test, be32(20), 1);
	KUNIT_EXPECT_EQ(test, be64(32), 64);	/* e_phoff */
	KUNIT_EXPECT_EQ(test, be64(40), 0);	/* e_shoff */
	KUNIT_EXPECT_EQ(test, be16(52), 64);
	KUNIT_EXPECT_EQ(test, be16(54), 56);
	KUNIT_EXPECT_EQ(test, be16(56), 3);	/* a note, two regions */
}

/* One program header, as readelf -l prints it. */
static void expect_phdr(struct kunit *test, const u8 *b, u32 type, u64 offset,
			u64 vaddr, u64 paddr, u64 size)
{
	KUNIT_EXPECT_EQ(test, be32(0), type);
	KUNIT_EXPECT_EQ(test, be64(8), offset);
	KUNIT_EXPECT_EQ(test, be64(16), vaddr);
	KUNIT_EXPECT_EQ(test, be64(24), paddr);
	KUNIT_EXPECT_EQ(test, be64(32), size);
}

static void elf_segments(struct kunit *test)
{
	const u64 notes = 3 * FADUMP_CPU_NOTE_SZ + 12 + 8 + 32;
	const u8 *b = fill(test, make_core(test, 0x10000));

	expect_phdr(test, b + 64, 4, 64 + 3 * 56, 0, 0, notes);
	expect_phdr(test, b + 120, 1, 0x10000 + 0x8000, BASE, 0, 0x1c78000);
	KUNIT_EXPECT_EQ(test, be64(120 + 40), 0x1c78000);
	/* 0x31c70000 to 0x338f0000 are 0x1c8 pages. */
	expect_phdr(test, b + 176, 1, 0x10000 + 0x1c80000 + 0x100,
		    BASE + 0x2000000, 0x2000000, 0x300);

	b = fill(test, make_core(test, 0x1000));
	expect_phdr(test, b + 120, 1, 0x1000, BASE, 0, 0x1c78000);
	expect_phdr(test, b + 176, 1, 0x1000 + 0x1c78000 + 0x100,
		    BASE + 0x2000000, 0x2000000, 0x300);
}

static void elf_pages(struct kunit *test)
{
	struct opal_core *core = make_core(test, 0x10000);
	struct fadump_range pages;

	KUNIT_EXPECT_EQ(test, opal_elf_region_pages(core, 0, &pages), 0x10000);
	KUNIT_EXPECT_EQ(test, pages.base, 0x31c70000);
	KUNIT_EXPECT_EQ(test, pages.size, 0x1c80000);
	opal_elf_region_pages(core, 1, &pages);
	KUNIT_EXPECT_EQ(test, pages.size, 0);
	KUNIT_EXPECT_EQ(test, opal_elf_region_pages(core, 2, &pages), 0x1c90000);
	KUNIT_EXPECT_EQ(test, pages.base, 0x50000000);
	KUNIT_EXPECT_EQ(test, pages.size, 0x10000);
}

static void expect_thread(struct kunit *test, const u8 *b, u32 n, u32 signal)
{
	KUNIT_EXPECT_EQ(test, be32(0), 5);
	KUNIT_EXPECT_EQ(test, be32(4), 504);
	KUNIT_EXPECT_EQ(test, be32(8), 1);	/* NT_PRSTATUS */
	KUNIT_EXPECT_STREQ(test, (const char *)b + 12, "CORE");
	b += 20;
	KUNIT_EXPECT_EQ(test, be32(0), signal);
	KUNIT_EXPECT_EQ(test, be16(12), signal);
	KUNIT_EXPECT_EQ(test, be32(32), 100 + 4 * n);
	KUNIT_EXPECT_EQ(test, be32(36), 1);
	KUNIT_EXPECT_EQ(test, be64(112 + 8 * 3), 0x1000 + n);
	KUNIT_EXPECT_EQ(test, be64(112 + 8 * 32), 0x2000 + n);
	KUNIT_EXPECT_EQ(test, be64(112), 0);
}

/* The crashing thread comes first, and only its note has a signal. */
static void elf_notes(struct kunit *test)
{
	struct opal_core *core = make_core(test, 0x10000);
	const u8 *b = fill(test, core) + 64 + 3 * 56;

	expect_thread(test, b, 1, 15);
	expect_thread(test, b + 524, 0, 0);
	expect_thread(test, b + 2 * 524, 2, 0);
	b += 3 * 524;
	KUNIT_EXPECT_EQ(test, be32(0), 5);
	KUNIT_EXPECT_EQ(test, be32(4), 32);
	KUNIT_EXPECT_EQ(test, be32(8), 6);	/* NT_AUXV */
	KUNIT_EXPECT_EQ(test, be64(20), 9);	/* AT_ENTRY */
	KUNIT_EXPECT_EQ(test, be64(28), BASE + 0x3008);
	KUNIT_EXPECT_EQ(test, be64(36), 0);

	core->kernel_requested = true;
	expect_thread(test, fill(test, core) + 64 + 3 * 56, 1, 10);
	/* An unknown crashing thread does not change the order. */
	core->crashing_pir = 99;
	b = fill(test, core) + 64 + 3 * 56;
	expect_thread(test, b, 0, 0);
	expect_thread(test, b + 524, 1, 0);
}

static void elf_without_threads(struct kunit *test)
{
	struct opal_core *core = make_core(test, 0x10000);
	const u8 *b;

	core->cpus.data = NULL;
	core->cpus.len = 0;
	b = fill(test, core);
	expect_phdr(test, b + 64, 4, 64 + 3 * 56, 0, 0, 52);
	KUNIT_EXPECT_EQ(test, be32(64 + 3 * 56 + 8), 6);
}

static struct kunit_case elf_cases[] = {
	KUNIT_CASE(elf_head),
	KUNIT_CASE(elf_segments),
	KUNIT_CASE(elf_pages),
	KUNIT_CASE(elf_notes),
	KUNIT_CASE(elf_without_threads),
	{}
};

static struct kunit_suite elf_suite = {
	.name = "fadump_opal_elf",
	.test_cases = elf_cases,
};

kunit_test_suites(&elf_suite);

MODULE_DESCRIPTION("KUnit tests of the ELF core of OPAL");
MODULE_LICENSE("GPL");
