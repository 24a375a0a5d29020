// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The crash-info record: written and read by this version, read as of older and newer
 * versions. Legacy records.
 */

#include <linux/elf.h>

#include "tests/lib/fadump-test.h"

#define NR_CPUS_HERE	4
#define NR_PARTS	7
#define AT_PART(n)	(64 + 24 * (n))
#define AT_PARTS_END	AT_PART(NR_PARTS)

/* Order in which fadump_crash_info_encode() writes the parts. */
#define LAYOUT		0
#define KERNEL		1
#define VMCOREINFO	2
#define REGS		3
#define COPIES		4
#define NOTES		5
#define CPUS		6

/* Fields of a table entry. */
#define ID		0
#define OFFSET		8
#define SIZE		12
#define FLAGS		16
#define SUM		20

/* CPU 1 has no crash note. */
static const u8 sample_crash_notes[8 * NR_CPUS_HERE] = {
	0, 0, 0, 0, 0x30, 0, 0x04, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0x30, 0x02, 0x04, 0, 0, 0, 0, 0, 0x30, 0x03, 0x04, 0,
};

static const struct fadump_crash_info sample = {
	.vmcoreinfo = { 0x1234560, 0x1000 },
	.area = { 0x20000000, 0x8010000 },
	.boot_mem_size = 0x7000000,
	.boot_mem_top = 0x8000000,
	.cpu_slot = { 0x20010000, 0x10000 },
	.copy = { { 0, 0x20020000, 0x4000000 }, { 0x5000000, 0x24020000, 0x3000000 } },
	.nr_copies = 2,
	.page_size = 0x10000,
	.little_endian = true,
	.release = "7.3.4-test",
	.crash_notes = { sample_crash_notes, sizeof(sample_crash_notes) },
};

struct record {
	u8 *data;
	size_t len;
	struct fadump_crash_info_writer writer;
};

static struct record encoded(struct kunit *test, const struct fadump_crash_info *info)
{
	struct record r = { .len = fadump_crash_info_size(NR_CPUS_HERE) };

	r.data = kunit_kmalloc(test, r.len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r.data);
	KUNIT_ASSERT_EQ(test, fadump_crash_info_encode(info, NR_CPUS_HERE,
						       r.data, r.len, &r.writer), 0);
	/* fadump_crash_info_size() assumes the maximum number of copies. */
	r.len = get_unaligned_be32(r.data + 16);
	return r;
}

static struct record armed(struct kunit *test)
{
	return encoded(test, &sample);
}

/* CPU 2, hardware id 16, has crashed. */
static struct record crashed(struct kunit *test)
{
	struct record r = armed(test);
	u64 regs[FADUMP_NR_REGS];
	u32 i;

	for (i = 0; i < FADUMP_NR_REGS; i++)
		regs[i] = 0xc000000000000000ULL + i;
	for (i = 0; i < NR_CPUS_HERE; i++)
		fadump_crash_info_set_cpu(&r.writer, i, 8 * i,
					  i == 3 ? CRASH_INFO_CPU_POSSIBLE :
						   CRASH_INFO_CPU_ONLINE,
					  100 + i);
	fadump_crash_info_set_regs(&r.writer, 2, regs, FADUMP_REG_RESULT + 1);
	fadump_crash_info_commit(&r.writer);
	return r;
}

static struct fadump_bytes bytes_of(const struct record *r)
{
	return (struct fadump_bytes){ .data = r->data, .len = r->len };
}

static struct fadump_crash_info *new_info(struct kunit *test)
{
	struct fadump_crash_info *info;

	info = kunit_kmalloc(test, sizeof(*info), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, info);
	return info;
}

static u32 part_at(const struct record *r, u32 n)
{
	return get_unaligned_be32(r->data + AT_PART(n) + OFFSET);
}

/* Compute the checksum of the table of parts again. */
static void sum_table(const struct record *r)
{
	u32 head = get_unaligned_be32(r->data + 12);
	u32 nr = get_unaligned_be32(r->data + 20);
	u32 step = get_unaligned_be32(r->data + 24);

	put_unaligned_be32(crc32_le(~0, r->data + head, nr * step), r->data + 28);
}

static void expect_statics(struct kunit *test,
			   const struct fadump_crash_info *info)
{
	KUNIT_EXPECT_EQ(test, info->nr_copies, sample.nr_copies);
	KUNIT_EXPECT_MEMEQ(test, info->copy, sample.copy, sizeof(sample.copy));
	KUNIT_EXPECT_EQ(test, info->cpu_slot.base, sample.cpu_slot.base);
	KUNIT_EXPECT_EQ(test, info->cpu_slot.size, sample.cpu_slot.size);
	KUNIT_EXPECT_EQ(test, info->vmcoreinfo.base, sample.vmcoreinfo.base);
	KUNIT_EXPECT_EQ(test, info->vmcoreinfo.size, sample.vmcoreinfo.size);
	KUNIT_EXPECT_FALSE(test, info->relocated);
	KUNIT_EXPECT_EQ(test, info->area.base, sample.area.base);
	KUNIT_EXPECT_EQ(test, info->area.size, sample.area.size);
	KUNIT_EXPECT_EQ(test, info->boot_mem_size, sample.boot_mem_size);
	KUNIT_EXPECT_EQ(test, info->boot_mem_top, sample.boot_mem_top);
	KUNIT_EXPECT_EQ(test, info->page_size, sample.page_size);
	KUNIT_EXPECT_TRUE(test, info->little_endian);
	KUNIT_EXPECT_STREQ(test, info->release, sample.release);
	KUNIT_ASSERT_EQ(test, info->crash_notes.len, sizeof(sample_crash_notes));
	KUNIT_EXPECT_MEMEQ(test, info->crash_notes.data, sample_crash_notes,
			   sizeof(sample_crash_notes));
}

static void crash_info_of_a_crash(struct kunit *test)
{
	struct fadump_crash_info *info = new_info(test);
	const struct record r = crashed(test);
	const struct fadump_bytes b = bytes_of(&r);
	u32 i;

	KUNIT_ASSERT_EQ(test, fadump_crash_info_decode(&b, info), 0);
	expect_statics(test, info);
	KUNIT_EXPECT_EQ(test, info->missing, 0);
	KUNIT_EXPECT_TRUE(test, info->committed);
	KUNIT_EXPECT_TRUE(test, info->has_regs);
	KUNIT_EXPECT_EQ(test, info->cpu, 2);
	for (i = 0; i < FADUMP_NR_REGS; i++)
		KUNIT_EXPECT_EQ(test, info->regs[i], i <= FADUMP_REG_RESULT ?
				0xc000000000000000ULL + i : 0);
	KUNIT_EXPECT_EQ(test, info->nr_cpus, NR_CPUS_HERE);
	for (i = 0; i < NR_CPUS_HERE; i++) {
		KUNIT_EXPECT_EQ(test, fadump_crash_info_hw_id(info, i), 8 * i);
		KUNIT_EXPECT_EQ(test, fadump_crash_info_find_cpu(info, 8 * i), i);
		KUNIT_EXPECT_EQ(test, fadump_crash_info_pid(info, i), 100 + i);
		KUNIT_EXPECT_EQ(test, fadump_crash_info_is_online(info, i), i < 3);
	}
	KUNIT_EXPECT_EQ(test, fadump_crash_info_hw_id(info, NR_CPUS_HERE),
			CRASH_INFO_CPU_NONE);
	KUNIT_EXPECT_EQ(test, fadump_crash_info_hw_id(info, U32_MAX),
			CRASH_INFO_CPU_NONE);
	KUNIT_EXPECT_EQ(test, fadump_crash_info_find_cpu(info, 1), -ENOENT);
	KUNIT_EXPECT_EQ(test, fadump_crash_info_pid(info, NR_CPUS_HERE), 0);
	KUNIT_EXPECT_TRUE(test, fadump_crash_info_is_online(info, NR_CPUS_HERE));
}

/* Firmware stopped the kernel before it could complete the record. */
static void crash_info_without_commit(struct kunit *test)
{
	struct fadump_crash_info *info = new_info(test);
	const struct record r = crashed(test);
	const struct fadump_bytes b = bytes_of(&r);

	put_unaligned_be64(CRASH_INFO_COMMIT ^ 1, r.data + 32);
	KUNIT_ASSERT_EQ(test, fadump_crash_info_decode(&b, info), 0);
	expect_statics(test, info);
	KUNIT_EXPECT_FALSE(test, info->committed);
	KUNIT_EXPECT_FALSE(test, info->has_regs);
	KUNIT_EXPECT_EQ(test, info->cpu, CRASH_INFO_CPU_NONE);
	/* Hardware ids are written at arming, pid and online state at the crash. */
	KUNIT_EXPECT_EQ(test, fadump_crash_info_find_cpu(info, 16), 2);
	KUNIT_EXPECT_EQ(test, fadump_crash_info_pid(info, 2), 0);
	KUNIT_EXPECT_TRUE(test, fadump_crash_info_is_online(info, 3));
}

static void crash_info_as_armed(struct kunit *test)
{
	struct fadump_crash_info *info = new_info(test);
	const struct record r = armed(test);
	const struct fadump_bytes b = bytes_of(&r);

	KUNIT_ASSERT_EQ(test, fadump_crash_info_decode(&b, info), 0);
	expect_statics(test, info);
	KUNIT_EXPECT_EQ(test, info->missing, 0);
	KUNIT_EXPECT_FALSE(test, info->committed);
	KUNIT_EXPECT_EQ(test, info->nr_cpus, NR_CPUS_HERE);
	/* The id of an empty entry must not match. */
	KUNIT_EXPECT_EQ(test, fadump_crash_info_hw_id(info, 0), CRASH_INFO_CPU_NONE);
	KUNIT_EXPECT_EQ(test, fadump_crash_info_find_cpu(info, CRASH_INFO_CPU_NONE),
			-ENOENT);
	/* Committed without registers of a crashing CPU. */
	fadump_crash_info_commit(&r.writer);
	KUNIT_ASSERT_EQ(test, fadump_crash_info_decode(&b, info), 0);
	KUNIT_EXPECT_TRUE(test, info->committed);
	KUNIT_EXPECT_FALSE(test, info->has_regs);
	KUNIT_EXPECT_EQ(test, info->cpu, CRASH_INFO_CPU_NONE);
}

static void crash_info_writers_are_bounded(struct kunit *test)
{
	struct fadump_crash_info *info = new_info(test);
	struct fadump_crash_info_writer writer;
	size_t len = fadump_crash_info_size(0);
	struct record r = armed(test);
	const struct fadump_bytes b = bytes_of(&r);
	u64 regs[FADUMP_NR_REGS + 1] = { 1 };
	u8 *before = kunit_kmalloc(test, r.len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, before);
	memcpy(before, r.data, r.len);
	fadump_crash_info_set_cpu(&r.writer, NR_CPUS_HERE, 1, 1, 1);
	fadump_crash_info_set_cpu(&r.writer, U32_MAX, 1, 1, 1);
	KUNIT_EXPECT_MEMEQ(test, before, r.data, r.len);

	fadump_crash_info_set_regs(&r.writer, 1, regs, FADUMP_NR_REGS + 1);
	fadump_crash_info_commit(&r.writer);
	KUNIT_EXPECT_EQ(test, fadump_crash_info_decode(&b, info), 0);
	KUNIT_EXPECT_EQ(test, info->regs[0], 1);
	KUNIT_EXPECT_EQ(test, info->cpu, 1);
	KUNIT_EXPECT_EQ(test, info->nr_cpus, NR_CPUS_HERE);

	KUNIT_EXPECT_EQ(test, fadump_crash_info_encode(&sample, NR_CPUS_HERE, r.data,
						       r.len - 1, &writer), -ENOSPC);
	KUNIT_EXPECT_EQ(test, fadump_crash_info_encode(&sample, FADUMP_MAX_CPUS + 1,
						       r.data, U32_MAX, &writer),
			-ENOSPC);
	*info = sample;
	info->crash_notes.len = 0;
	KUNIT_EXPECT_EQ(test, fadump_crash_info_encode(info, 0, r.data, len,
						       &writer), 0);
	fadump_crash_info_set_cpu(&writer, 0, 1, 1, 1);
	KUNIT_EXPECT_LE(test, fadump_crash_info_size(FADUMP_MAX_CPUS),
			FADUMP_MAX_CRASH_INFO);
}

/* A release that is too long is truncated and terminated. */
static void crash_info_long_release(struct kunit *test)
{
	struct fadump_crash_info *info = new_info(test), *in = new_info(test);
	struct record r = armed(test);
	const struct fadump_bytes b = bytes_of(&r);

	*in = sample;
	memset(in->release, 'x', sizeof(in->release));
	KUNIT_ASSERT_EQ(test, fadump_crash_info_encode(in, NR_CPUS_HERE, r.data, r.len,
						       &r.writer), 0);
	KUNIT_ASSERT_EQ(test, fadump_crash_info_decode(&b, info), 0);
	KUNIT_EXPECT_EQ(test, strlen(info->release), CRASH_INFO_RELEASE_SZ - 1);

	/* Also when it is read from a record without a terminator. */
	memset(r.data + part_at(&r, KERNEL) + 8, 'y', CRASH_INFO_RELEASE_SZ);
	put_unaligned_be32(0, r.data + AT_PART(KERNEL) + FLAGS);
	sum_table(&r);
	KUNIT_ASSERT_EQ(test, fadump_crash_info_decode(&b, info), 0);
	KUNIT_EXPECT_EQ(test, strlen(info->release), CRASH_INFO_RELEASE_SZ - 1);
}

/* -------- heads and tables that are wrong -------- */

struct bad_case {
	const char *name;
	struct test_poke poke[3];
	int rc;
	u32 missing;
	bool sum;	/* compute the checksum of the table again */
};

#define PART		BIT(FADUMP_MISSING_CRASH_PART)
#define ENTRY(n, field)	(AT_PART(n) + (field))

static const struct bad_case bad_rows[] = {
	{ "nothing", {} },
	{ "no magic", { { 0, 4, 0 } }, -ENOENT },
	{ "magic off by one bit", { { 4, 4, 0x50434930 } }, -ENOENT },
	{ "version 0", { { 8, 4, 0 } }, -EBADMSG },
	{ "version 2", { { 8, 4, 2 } }, -EBADMSG },
	{ "head too short", { { 12, 4, 63 } }, -EBADMSG, 0, true },
	{ "head beyond the end", { { 12, 4, 0x10000 } }, -EBADMSG },
	{ "head beyond all memory", { { 12, 4, 0xffffffff } }, -EBADMSG },
	{ "total too short for the table", { { 16, 4, AT_PARTS_END - 1 } }, -EBADMSG },
	{ "total of nothing", { { 16, 4, 0 } }, -EBADMSG },
	{ "total above the limit", { { 16, 4, FADUMP_MAX_CRASH_INFO + 1 } }, -EBADMSG },
	{ "total beyond the end", { { 16, 4, FADUMP_MAX_CRASH_INFO } } },
	{ "total ends after the table", { { 16, 4, AT_PARTS_END } }, 0, PART },
	{ "one part too many", { { 20, 4, NR_PARTS + 1 } }, -EBADMSG },
	{ "parts above the limit", { { 20, 4, FADUMP_MAX_PARTS + 1 } }, -EBADMSG },
	{ "parts that wrap", { { 20, 4, 0xffffffff } }, -EBADMSG },
	{ "entries too short", { { 24, 4, 23 } }, -EBADMSG, 0, true },
	{ "entries beyond all memory", { { 24, 4, 0xffffffff } }, -EBADMSG },
	{ "a wrong sum", { { 28, 4, 0 } }, -EBADMSG },
	{ "an entry changed", { { ENTRY(CPUS, SIZE), 4, 8 } }, -EBADMSG },
	{ "a part beyond the end",
	  { { ENTRY(LAYOUT, OFFSET), 4, 0x10000 } }, 0, PART, true },
	{ "a part that crosses the end",
	  { { ENTRY(CPUS, SIZE), 4, 16 * NR_CPUS_HERE + 1 } }, 0, PART, true },
	{ "a part beyond all memory",
	  { { ENTRY(REGS, OFFSET), 4, 0xffffffff } }, 0, PART, true },
	{ "a part that wraps",
	  { { ENTRY(REGS, OFFSET), 4, 0xfffffff0 },
	    { ENTRY(REGS, SIZE), 4, 0x100 } }, 0, PART, true },
	{ "a part whose sum is wrong", { { ENTRY(KERNEL, SUM), 4, 1 } }, 0, PART, true },
	{ "an unknown part", { { ENTRY(KERNEL, ID), 4, 77 } }, 0, 0, true },
	{ "an unknown part that is wrong",
	  { { ENTRY(KERNEL, ID), 4, 77 }, { ENTRY(KERNEL, SUM), 4, 1 } },
	  0, PART, true },
	{ "unknown flags", { { ENTRY(REGS, FLAGS), 4, 0xfffffffe } }, 0, 0, true },
	{ "a part of a newer version",
	  { { ENTRY(REGS, 4), 4, 9 } }, 0, 0, true },
	{ "a crash note too many",
	  { { ENTRY(NOTES, SIZE), 4, 8 + 8 * NR_CPUS_HERE - 1 },
	    { ENTRY(NOTES, FLAGS), 4, 0 } }, 0, PART, true },
	{ "a copy too many",
	  { { ENTRY(COPIES, SIZE), 4, 24 * 3 } }, 0, PART, true },
	{ "attempts and what is reserved", { { 40, 8, U64_MAX }, { 48, 8, U64_MAX } } },
	{ "a dump that was released", { { 56, 8, CRASH_INFO_ENDED } } },
};

static void crash_info_bad(struct kunit *test)
{
	const struct bad_case *c = test->param_value;
	struct fadump_crash_info *info = new_info(test);
	const struct record r = crashed(test);
	const struct fadump_bytes b = bytes_of(&r);

	test_apply(r.data, c->poke, ARRAY_SIZE(c->poke));
	if (c->sum)
		sum_table(&r);
	KUNIT_ASSERT_EQ(test, fadump_crash_info_decode(&b, info), c->rc);
	KUNIT_EXPECT_EQ(test, info->missing, c->missing);
	if (c->rc) {
		KUNIT_EXPECT_FALSE(test, info->has_regs);
		KUNIT_EXPECT_FALSE(test, info->committed);
	}
}

static void crash_info_many_parts(struct kunit *test)
{
	struct fadump_crash_info *info = new_info(test);
	const struct record now = armed(test);
	struct record r = { .len = 4096 };
	struct fadump_bytes b;

	r.data = kunit_kzalloc(test, r.len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r.data);
	memcpy(r.data, now.data, 64);
	put_unaligned_be32(r.len, r.data + 16);
	b = bytes_of(&r);
	put_unaligned_be32(FADUMP_MAX_PARTS, r.data + 20);
	sum_table(&r);
	KUNIT_EXPECT_EQ(test, fadump_crash_info_decode(&b, info), 0);
	put_unaligned_be32(FADUMP_MAX_PARTS + 1, r.data + 20);
	sum_table(&r);
	KUNIT_EXPECT_EQ(test, fadump_crash_info_decode(&b, info), -EBADMSG);
}

/* A damaged part does not affect the others. */
static void crash_info_bad_part(struct kunit *test)
{
	struct fadump_crash_info *info = new_info(test);
	const struct record r = crashed(test);
	const struct fadump_bytes b = bytes_of(&r);

	r.data[part_at(&r, VMCOREINFO)] ^= 1;
	KUNIT_ASSERT_EQ(test, fadump_crash_info_decode(&b, info), 0);
	KUNIT_EXPECT_EQ(test, info->missing, PART);
	KUNIT_EXPECT_EQ(test, info->vmcoreinfo.size, 0);
	KUNIT_EXPECT_EQ(test, info->boot_mem_top, sample.boot_mem_top);
	KUNIT_EXPECT_STREQ(test, info->release, sample.release);
	KUNIT_EXPECT_TRUE(test, info->has_regs);
	KUNIT_EXPECT_EQ(test, info->nr_cpus, NR_CPUS_HERE);
}

static void crash_info_note_size(struct kunit *test)
{
	static const struct {
		u64 size;
		bool good;
	} rows[] = {
		{ FADUMP_MIN_VMCOREINFO, true }, { FADUMP_MAX_VMCOREINFO, true },
		{ 0, false }, { 1, false }, { FADUMP_MIN_VMCOREINFO - 1, false },
		{ FADUMP_MAX_VMCOREINFO + 1, false }, { 1ULL << 32, false },
		{ U64_MAX, false },
	};
	struct fadump_crash_info *info = new_info(test);
	const struct record r = crashed(test);
	const struct fadump_bytes b = bytes_of(&r);
	u32 i;

	put_unaligned_be32(0, r.data + ENTRY(VMCOREINFO, FLAGS));
	sum_table(&r);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		put_unaligned_be64(rows[i].size,
				   r.data + part_at(&r, VMCOREINFO) + 8);
		KUNIT_ASSERT_EQ(test, fadump_crash_info_decode(&b, info), 0);
		KUNIT_EXPECT_EQ(test, info->vmcoreinfo.size,
				rows[i].good ? rows[i].size : 0);
	}
}

/* Every crash note must have room for a note, every address must be in the part. */
static void crash_info_crash_notes(struct kunit *test)
{
	static const struct {
		u32 note_size;
		u32 nr;
		bool good;
	} rows[] = {
		{ FADUMP_CRASH_NOTE_SZ, NR_CPUS_HERE, true },
		{ FADUMP_CRASH_NOTE_SZ, NR_CPUS_HERE - 1, true },
		{ FADUMP_CRASH_NOTE_SZ + 4, NR_CPUS_HERE, true },
		{ U32_MAX, NR_CPUS_HERE, true },
		{ FADUMP_CRASH_NOTE_SZ - 1, NR_CPUS_HERE, false },
		{ 0, NR_CPUS_HERE, false },
		{ 0, 0, true },
		{ FADUMP_CRASH_NOTE_SZ, NR_CPUS_HERE + 1, false },
		{ FADUMP_CRASH_NOTE_SZ, FADUMP_MAX_CPUS + 1, false },
		{ FADUMP_CRASH_NOTE_SZ, 0x20000000, false },
		{ FADUMP_CRASH_NOTE_SZ, U32_MAX, false },
	};
	struct fadump_crash_info *info = new_info(test);
	const struct record r = crashed(test);
	const struct fadump_bytes b = bytes_of(&r);
	u32 i;

	put_unaligned_be32(0, r.data + ENTRY(NOTES, FLAGS));
	sum_table(&r);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		put_unaligned_be32(rows[i].note_size, r.data + part_at(&r, NOTES));
		put_unaligned_be32(rows[i].nr, r.data + part_at(&r, NOTES) + 4);
		KUNIT_ASSERT_EQ(test, fadump_crash_info_decode(&b, info), 0);
		KUNIT_EXPECT_EQ(test, info->missing, rows[i].good ? 0 : PART);
		KUNIT_EXPECT_EQ(test, info->crash_notes.len,
				rows[i].good ? 8 * rows[i].nr : 0);
	}
}

/* An older version wrote shorter parts. */
static void crash_info_short_parts(struct kunit *test)
{
	struct fadump_crash_info *info = new_info(test);
	const struct record r = crashed(test);
	const struct fadump_bytes b = bytes_of(&r);

	put_unaligned_be32(0, r.data + ENTRY(LAYOUT, FLAGS));
	put_unaligned_be32(20, r.data + ENTRY(LAYOUT, SIZE));
	put_unaligned_be32(0, r.data + ENTRY(KERNEL, FLAGS));
	put_unaligned_be32(70, r.data + ENTRY(KERNEL, SIZE));
	put_unaligned_be32(8 + 8 * 3 + 4, r.data + ENTRY(REGS, SIZE));
	put_unaligned_be32(16 * 2 + 8, r.data + ENTRY(CPUS, SIZE));
	sum_table(&r);
	KUNIT_ASSERT_EQ(test, fadump_crash_info_decode(&b, info), 0);
	KUNIT_EXPECT_EQ(test, info->area.size, sample.area.size);
	KUNIT_EXPECT_EQ(test, info->boot_mem_size, 0);
	KUNIT_EXPECT_EQ(test, info->page_size, sample.page_size);
	KUNIT_EXPECT_STREQ(test, info->release, "");
	KUNIT_EXPECT_TRUE(test, info->has_regs);
	KUNIT_EXPECT_EQ(test, info->regs[2], 0xc000000000000002ULL);
	KUNIT_EXPECT_EQ(test, info->regs[3], 0);
	KUNIT_EXPECT_EQ(test, info->nr_cpus, 2);
	KUNIT_EXPECT_EQ(test, fadump_crash_info_hw_id(info, 2), CRASH_INFO_CPU_NONE);

	/* A REGS part without a register. */
	put_unaligned_be32(8, r.data + ENTRY(REGS, SIZE));
	sum_table(&r);
	KUNIT_ASSERT_EQ(test, fadump_crash_info_decode(&b, info), 0);
	KUNIT_EXPECT_FALSE(test, info->has_regs);
	KUNIT_EXPECT_EQ(test, info->cpu, CRASH_INFO_CPU_NONE);
	put_unaligned_be32(0, r.data + ENTRY(REGS, SIZE));
	sum_table(&r);
	KUNIT_ASSERT_EQ(test, fadump_crash_info_decode(&b, info), 0);
	KUNIT_EXPECT_FALSE(test, info->has_regs);
}

static void crash_info_register_count(struct kunit *test)
{
	struct fadump_crash_info *info = new_info(test);
	const struct record r = crashed(test);
	const struct fadump_bytes b = bytes_of(&r);
	u8 *nr = r.data + part_at(&r, REGS) + 4;

	put_unaligned_be32(U32_MAX, nr);
	KUNIT_ASSERT_EQ(test, fadump_crash_info_decode(&b, info), 0);
	KUNIT_EXPECT_TRUE(test, info->has_regs);
	KUNIT_EXPECT_EQ(test, info->regs[FADUMP_REG_RESULT],
			0xc000000000000000ULL + FADUMP_REG_RESULT);
	put_unaligned_be32(0, nr);
	KUNIT_ASSERT_EQ(test, fadump_crash_info_decode(&b, info), 0);
	KUNIT_EXPECT_FALSE(test, info->has_regs);
}

/*
 * A later version may write a longer head, longer entries, unknown parts, new fields at
 * the end of known parts, and another order.
 */
static void crash_info_newer_version(struct kunit *test)
{
	struct fadump_crash_info *info = new_info(test);
	const struct record now = crashed(test);
	struct record r = { .len = 4096 };
	u32 i, k, at = 512, size, step = 40, head = 80;
	struct fadump_bytes b;
	u8 *entry;

	r.data = kunit_kzalloc(test, r.len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r.data);
	memcpy(r.data, now.data, 64);
	put_unaligned_be32(head, r.data + 12);
	put_unaligned_be32(r.len, r.data + 16);
	put_unaligned_be32(NR_PARTS + 1, r.data + 20);
	put_unaligned_be32(step, r.data + 24);
	for (i = 0; i < NR_PARTS; i++) {
		k = NR_PARTS - 1 - i;
		entry = r.data + head + (i + 1) * step;
		memcpy(entry, now.data + AT_PART(k), 24);
		size = get_unaligned_be32(entry + SIZE);
		memcpy(r.data + at, now.data + part_at(&now, k), size);
		/* New fields. */
		if (k != CPUS) {
			memset(r.data + at + size, 0xee, 8);
			size += 8;
		}
		put_unaligned_be32(at, entry + OFFSET);
		put_unaligned_be32(size, entry + SIZE);
		put_unaligned_be32(crc32_le(~0, r.data + at, size), entry + SUM);
		at += ALIGN(size, 8);
	}
	put_unaligned_be32(1234, r.data + head + ID);
	put_unaligned_be32(100, r.data + head + SIZE);
	sum_table(&r);

	b = bytes_of(&r);
	KUNIT_ASSERT_EQ(test, fadump_crash_info_decode(&b, info), 0);
	KUNIT_EXPECT_EQ(test, info->missing, 0);
	expect_statics(test, info);
	KUNIT_EXPECT_TRUE(test, info->has_regs);
	KUNIT_EXPECT_EQ(test, info->cpu, 2);
	KUNIT_EXPECT_EQ(test, info->nr_cpus, NR_CPUS_HERE);
	KUNIT_EXPECT_EQ(test, fadump_crash_info_find_cpu(info, 16), 2);
}

/* The bytes of version 1, which must never change. */
static void crash_info_bytes(struct kunit *test)
{
	static const u8 head[] = {
		'F', 'A', 'D', 'U', 'P', 'C', 'I', '1',
		0, 0, 0, 1, 0, 0, 0, 64,
		0, 0, 3, 0x90, 0, 0, 0, 7, 0, 0, 0, 24,
	};
	static const u8 first[] = {
		0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 232, 0, 0, 0, 48,
		0, 0, 0, 1,
	};
	static const u8 layout[] = {
		0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x01, 0, 0,
		0, 0, 0, 0, 0x07, 0, 0, 0, 0, 0, 0, 0, 0x08, 0, 0, 0,
		0, 0, 0, 0, 0x20, 0x01, 0, 0, 0, 0, 0, 0, 0, 0x01, 0, 0,
	};
	static const u8 copy[] = {
		0, 0, 0, 0, 0x05, 0, 0, 0, 0, 0, 0, 0, 0x24, 0x02, 0, 0,
		0, 0, 0, 0, 0x03, 0, 0, 0,
	};
	static const u8 notes[] = {
		0, 0, 2, 0x18, 0, 0, 0, 4, 0, 0, 0, 0, 0x30, 0, 0x04, 0,
	};
	const struct record r = crashed(test);

	KUNIT_EXPECT_MEMEQ(test, r.data, head, sizeof(head));
	KUNIT_EXPECT_MEMEQ(test, r.data + 32, "CRASHED!", 8);
	KUNIT_EXPECT_MEMEQ(test, r.data + 64, first, sizeof(first));
	KUNIT_EXPECT_MEMEQ(test, r.data + 232, layout, sizeof(layout));
	KUNIT_EXPECT_MEMEQ(test, r.data + part_at(&r, COPIES) + 24, copy,
			   sizeof(copy));
	KUNIT_EXPECT_MEMEQ(test, r.data + part_at(&r, NOTES), notes, sizeof(notes));
	KUNIT_EXPECT_EQ(test, r.len, 0x390);
}

/* -------- attempts -------- */

static struct crash_info_head_ser *attempts_head(struct kunit *test)
{
	return (void *)armed(test).data;
}

static void attempts_counted(struct kunit *test)
{
	struct crash_info_head_ser *head = attempts_head(test);
	u32 i;

	for (i = 1; i <= FADUMP_MAX_ATTEMPTS + 2; i++)
		KUNIT_EXPECT_EQ(test, fadump_crash_info_count_attempt(head), i);
	/* Earlier kernels wrote to @reserved; that must not reset the count. */
	put_unaligned_be64(0x0064006400640064, &head->reserved);
	KUNIT_EXPECT_EQ(test, fadump_crash_info_count_attempt(head), i);
	KUNIT_EXPECT_FALSE(test, fadump_crash_info_is_ended(head));
}

/* No flipped bit may increase the count or end the dump. */
static void attempts_damaged(struct kunit *test)
{
	struct crash_info_head_ser *head = attempts_head(test);
	u8 *bytes = (u8 *)&head->attempts, saved[24];
	u32 bit;

	KUNIT_EXPECT_EQ(test, fadump_crash_info_count_attempt(head), 1);
	KUNIT_EXPECT_EQ(test, fadump_crash_info_count_attempt(head), 2);
	memcpy(saved, bytes, sizeof(saved));
	for (bit = 0; bit < 8 * sizeof(saved); bit++) {
		bytes[bit / 8] ^= 1 << bit % 8;
		KUNIT_EXPECT_FALSE(test, fadump_crash_info_is_ended(head));
		KUNIT_EXPECT_EQ(test, fadump_crash_info_count_attempt(head), bit < 64 ? 1 : 3);
		memcpy(bytes, saved, sizeof(saved));
	}
	/* A damaged word of a new record may be the complement of the other. */
	memset(bytes, 0, sizeof(saved));
	memset(&head->attempts, 0xff, sizeof(head->attempts));
	KUNIT_EXPECT_EQ(test, fadump_crash_info_count_attempt(head), 1);
	memset(bytes, 0xff, sizeof(saved));
	KUNIT_EXPECT_EQ(test, fadump_crash_info_count_attempt(head), 1);
	KUNIT_EXPECT_FALSE(test, fadump_crash_info_is_ended(head));
	fadump_crash_info_end(head);
	KUNIT_EXPECT_TRUE(test, fadump_crash_info_is_ended(head));
}

/* The slot of the records: legacy record first, empty here. */
static struct fadump_bytes make_record_slot(struct kunit *test, const struct record *r)
{
	u8 *slot = kunit_kzalloc(test, CRASH_INFO_OFFSET + r->len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, slot);
	memcpy(slot + CRASH_INFO_OFFSET, r->data, r->len);
	return (struct fadump_bytes){ .data = slot, .len = CRASH_INFO_OFFSET + r->len };
}

static void crash_info_found(struct kunit *test)
{
	const u64 slot_at = fadump_range_end(&sample.area) - 0x10000;
	const struct fadump_copy *last = &sample.copy[sample.nr_copies - 1];
	struct fadump_crash_info *info = new_info(test);
	const struct record r = crashed(test);
	struct fadump_bytes b = make_record_slot(test, &r);
	struct crash_info_head_ser *head = (void *)b.data + CRASH_INFO_OFFSET;
	const size_t len = b.len;

	KUNIT_EXPECT_TRUE(test, fadump_recovery_is_record(&b, slot_at, info));
	KUNIT_EXPECT_TRUE(test, info->committed);
	KUNIT_EXPECT_TRUE(test, fadump_recovery_is_record(&b, last->dest + last->size, info));

	/* A copy of the record, in the page cache or in copied boot memory. */
	KUNIT_EXPECT_FALSE(test, fadump_recovery_is_record(&b, slot_at + 0x10000, info));
	KUNIT_EXPECT_FALSE(test, fadump_recovery_is_record(&b, sample.boot_mem_top, info));
	KUNIT_EXPECT_FALSE(test, fadump_recovery_is_record(&b, sample.copy[0].dest, info));
	KUNIT_EXPECT_FALSE(test, fadump_recovery_is_record(&b, last->dest + last->size - 0x10000,
							   info));

	b.len = CRASH_INFO_OFFSET;
	KUNIT_EXPECT_FALSE(test, fadump_recovery_is_record(&b, slot_at, info));
	b.len = 0;
	KUNIT_EXPECT_FALSE(test, fadump_recovery_is_record(&b, slot_at, info));

	/* The dump has been released. */
	b.len = len;
	fadump_crash_info_end(head);
	KUNIT_EXPECT_FALSE(test, fadump_recovery_is_record(&b, slot_at, info));
}

/* A record that would be in the boot memory of its own kernel. */
static void crash_info_found_too_low(struct kunit *test)
{
	const u64 slot_at = fadump_range_end(&sample.area) - 0x10000;
	struct fadump_crash_info *info = new_info(test);
	struct fadump_bytes b;
	struct record r;

	*info = sample;
	info->boot_mem_top = slot_at + 1;
	r = encoded(test, info);
	b = make_record_slot(test, &r);
	KUNIT_EXPECT_FALSE(test, fadump_recovery_is_record(&b, slot_at, info));
	KUNIT_EXPECT_EQ(test, info->boot_mem_top, slot_at + 1);
}

static void crash_info_search_limit(struct kunit *test)
{
	const u64 half = FADUMP_MAX_SEARCH / 2, tib = (u64)1 << 40;

	/* Memory up to the limit is searched completely. */
	KUNIT_EXPECT_TRUE(test, fadump_recovery_should_search(0, 0));
	KUNIT_EXPECT_TRUE(test, fadump_recovery_should_search(half - 1, 2 * half));
	KUNIT_EXPECT_TRUE(test, fadump_recovery_should_search(half, 2 * half));
	KUNIT_EXPECT_TRUE(test, fadump_recovery_should_search(0, tib));
	KUNIT_EXPECT_TRUE(test, fadump_recovery_should_search(half - 1, tib));
	KUNIT_EXPECT_FALSE(test, fadump_recovery_should_search(half, tib));
	KUNIT_EXPECT_FALSE(test, fadump_recovery_should_search(tib - half - 1, tib));
	KUNIT_EXPECT_TRUE(test, fadump_recovery_should_search(tib - half, tib));
}

static void mangled_record(struct kunit *test, const struct fadump_bytes *b)
{
	static struct fadump_crash_info info;
	u32 cpu;
	int rc = fadump_crash_info_decode(b, &info);

	KUNIT_ASSERT_TRUE(test, !rc || rc == -ENOENT || rc == -EBADMSG);
	KUNIT_ASSERT_LE(test, info.vmcoreinfo.size, FADUMP_MAX_VMCOREINFO);
	KUNIT_ASSERT_LE(test, info.nr_cpus, b->len / 16);
	KUNIT_ASSERT_LE(test, info.crash_notes.len, b->len);
	KUNIT_ASSERT_LT(test, strlen(info.release), sizeof(info.release));
	KUNIT_ASSERT_TRUE(test, !info.has_regs || info.committed);
	if (rc)
		return;
	for (cpu = 0; cpu <= info.nr_cpus; cpu++) {
		fadump_crash_info_hw_id(&info, cpu);
		fadump_crash_info_pid(&info, cpu);
		fadump_crash_info_is_online(&info, cpu);
	}
	KUNIT_ASSERT_LT(test, fadump_crash_info_find_cpu(&info, 16), (int)info.nr_cpus);
}

static void crash_info_mangled(struct kunit *test)
{
	const struct record r = crashed(test);

	test_mangle(test, r.data, r.len, mangled_record);
}

/* Damage with correct checksums. */
static void crash_info_mangled_sums(struct kunit *test)
{
	struct fadump_crash_info *info = new_info(test);
	const struct record r = crashed(test);
	const struct fadump_bytes b = bytes_of(&r);
	u32 bit, n;

	for (n = 0; n < NR_PARTS; n++)
		put_unaligned_be32(0, r.data + ENTRY(n, FLAGS));
	for (bit = 8 * 64; bit < 8 * AT_PARTS_END; bit++) {
		r.data[bit / 8] ^= 1 << bit % 8;
		sum_table(&r);
		KUNIT_ASSERT_EQ(test, fadump_crash_info_decode(&b, info), 0);
		mangled_record(test, &b);
		r.data[bit / 8] ^= 1 << bit % 8;
	}
}

/* -------- FADMPSIG and FADMPINF -------- */

#define MASK_SZ		16
#define SIG_SZ		(FADMPSIG_REGS + FADMP_REGS_SZ + MASK_SZ)

/* Swap every word: the record of a kernel with the other byte order. */
static void swap_sig(u8 *b)
{
	static const u8 wide[] = { 0, 16, 24 };
	static const u8 narrow[] = { 8, 12, 32, 36 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(wide); i++)
		put_unaligned(swab64(get_unaligned((u64 *)(b + wide[i]))),
			      (u64 *)(b + wide[i]));
	for (i = 0; i < ARRAY_SIZE(narrow); i++)
		put_unaligned(swab32(get_unaligned((u32 *)(b + narrow[i]))),
			      (u32 *)(b + narrow[i]));
	for (i = FADMPSIG_REGS; i < SIG_SZ; i += 8)
		put_unaligned(swab64(get_unaligned((u64 *)(b + i))),
			      (u64 *)(b + i));
}

/* CPU 1 crashed; 0, 1 and 65 were online. */
static u8 *make_sig(struct kunit *test, bool crashed)
{
	static const u64 assumed[2] = { 0xf, 0 }, online[2] = { 3, 2 };
	const struct fadump_range note = { 0x28000000, 0x800 };
	u8 *b = kunit_kmalloc(test, SIG_SZ, GFP_KERNEL);
	u64 regs[FADMP_REGS_SZ / 8];
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, b);
	for (i = 0; i < ARRAY_SIZE(regs); i++)
		regs[i] = 1000 + i;
	KUNIT_ASSERT_EQ(test, FADMPSIG_SZ(MASK_SZ), SIG_SZ);
	fadmpsig_encode(MASK_SZ, &note, assumed, b);
	if (crashed)
		fadmpsig_commit(b, MASK_SZ, 1, regs, online);
	return b;
}

static bool host_is_le(void)
{
	const u16 one = 1;

	return *(const u8 *)&one;
}

static void expect_sig(struct kunit *test, const struct fadump_bytes *b, bool le)
{
	struct fadump_crash_info *info = new_info(test);
	u32 i;

	KUNIT_ASSERT_EQ(test, fadump_compat_decode(b, info), 0);
	KUNIT_EXPECT_EQ(test, info->missing, 0);
	KUNIT_EXPECT_EQ(test, info->little_endian, le);
	KUNIT_EXPECT_TRUE(test, info->committed);
	KUNIT_EXPECT_TRUE(test, info->has_regs);
	KUNIT_EXPECT_EQ(test, info->cpu, 1);
	KUNIT_EXPECT_EQ(test, info->vmcoreinfo.base, 0x28000000);
	KUNIT_EXPECT_EQ(test, info->vmcoreinfo.size, 0x800);
	KUNIT_EXPECT_TRUE(test, info->relocated);
	for (i = 0; i < FADUMP_NR_REGS; i++)
		KUNIT_EXPECT_EQ(test, info->regs[i],
				i <= FADUMP_REG_RESULT ? 1000 + i : 0);
	for (i = 0; i < 200; i++)
		KUNIT_EXPECT_EQ(test, fadump_crash_info_is_online(info, i),
				i < 2 || i == 65);
	KUNIT_EXPECT_FALSE(test, fadump_crash_info_is_online(info, U32_MAX));
}

static void compat_sig(struct kunit *test)
{
	u8 *sig = make_sig(test, true);
	const struct fadump_bytes b = { .data = sig, .len = SIG_SZ };

	expect_sig(test, &b, host_is_le());
	swap_sig(sig);
	expect_sig(test, &b, !host_is_le());
}

static void compat_sig_as_armed(struct kunit *test)
{
	struct fadump_crash_info *info = new_info(test);
	const struct fadump_bytes b = {
		.data = make_sig(test, false), .len = SIG_SZ,
	};

	KUNIT_ASSERT_EQ(test, fadump_compat_decode(&b, info), 0);
	KUNIT_EXPECT_FALSE(test, info->committed);
	KUNIT_EXPECT_FALSE(test, info->has_regs);
	KUNIT_EXPECT_EQ(test, info->cpu, CRASH_INFO_CPU_NONE);
	KUNIT_EXPECT_EQ(test, info->vmcoreinfo.size, 0x800);
	KUNIT_EXPECT_TRUE(test, fadump_crash_info_is_online(info, 3));
	KUNIT_EXPECT_FALSE(test, fadump_crash_info_is_online(info, 4));
}

struct sig_case {
	const char *name;
	u32 at, width;
	u64 value;	/* in this byte order */
	bool note, regs, mask;
	u32 missing;
};

static const struct sig_case sig_rows[] = {
	{ "version 2 keeps what version 1 has", 8, 4, 2, true, true, true },
	{ "no crashing CPU", 12, 4, 0xffffffff, true, false, true },
	{ "no note", 24, 8, 0, false, true, true },
	{ "the largest note", 24, 8, FADUMP_MAX_VMCOREINFO, true, true, true },
	{ "a note too large", 24, 8, FADUMP_MAX_VMCOREINFO + 1, false, true, true },
	{ "a note of the largest size", 24, 8, U64_MAX, false, true, true },
	{ "other registers", 32, 4, 383, true, false, false, PART },
	{ "more registers", 32, 4, 0xffffffff, true, false, false, PART },
	{ "no mask", 36, 4, 0, true, true, false },
	{ "mask beyond the end", 36, 4, MASK_SZ + 1, true, true, false },
	{ "mask above the limit", 36, 4, 0xffffffff, true, true, false },
};

static void compat_sig_bad(struct kunit *test)
{
	const struct sig_case *c = test->param_value;
	struct fadump_crash_info *info = new_info(test);
	u8 *sig = make_sig(test, true);
	const struct fadump_bytes b = { .data = sig, .len = SIG_SZ };

	if (c->width == 4)
		put_unaligned((u32)c->value, (u32 *)(sig + c->at));
	else
		put_unaligned(c->value, (u64 *)(sig + c->at));
	KUNIT_ASSERT_EQ(test, fadump_compat_decode(&b, info), 0);
	KUNIT_EXPECT_EQ(test, info->vmcoreinfo.size > 0, c->note);
	KUNIT_EXPECT_EQ(test, info->has_regs, c->regs);
	KUNIT_EXPECT_EQ(test, info->mask.len > 0, c->mask);
	KUNIT_EXPECT_EQ(test, info->missing, c->missing);
}

/* A mask with an incomplete last word. */
static void compat_mask(struct kunit *test)
{
	static const u8 mask[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				   0xff };
	struct fadump_crash_info *info = new_info(test);

	memset(info, 0, sizeof(*info));
	info->mask = (struct fadump_bytes){ .data = mask, .len = sizeof(mask) };
	KUNIT_EXPECT_TRUE(test, fadump_compat_is_online(info, 63));
	KUNIT_EXPECT_FALSE(test, fadump_compat_is_online(info, 64));
	KUNIT_EXPECT_FALSE(test, fadump_compat_is_online(info, U32_MAX));
}

/* NR_CPUS above the limit. */
static void compat_large_mask(struct kunit *test)
{
	const u32 mask_size = FADUMP_MAX_CPUS / 8 + 8;
	const struct fadump_range note = { 0x28000000, 0x800 };
	struct fadump_crash_info *info = new_info(test);
	size_t len = FADMPSIG_SZ(mask_size);
	u8 *b = kunit_kzalloc(test, len, GFP_KERNEL);
	u8 *mask = kunit_kzalloc(test, mask_size, GFP_KERNEL);
	const struct fadump_bytes rec = { .data = b, .len = len };

	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_ASSERT_NOT_NULL(test, mask);
	memset(mask, 0xff, mask_size);
	fadmpsig_encode(mask_size, &note, mask, b);
	KUNIT_ASSERT_EQ(test, fadump_compat_decode(&rec, info), 0);
	KUNIT_EXPECT_EQ(test, info->mask.len, FADUMP_MAX_CPUS / 8);
	KUNIT_EXPECT_TRUE(test, fadump_compat_is_online(info, FADUMP_MAX_CPUS - 1));
	KUNIT_EXPECT_FALSE(test, fadump_compat_is_online(info, FADUMP_MAX_CPUS));
}

static void compat_inf(struct kunit *test)
{
	struct fadump_crash_info *info = new_info(test);
	size_t i, len = FADMPINF_REGS + FADMP_REGS_SZ;
	u8 *b = kunit_kzalloc(test, len, GFP_KERNEL);
	struct fadump_bytes rec = { .data = b, .len = len };

	KUNIT_ASSERT_NOT_NULL(test, b);
	put_unaligned(FADMPINF_MAGIC, (u64 *)b);
	put_unaligned(0x12345678ULL, (u64 *)(b + 8));
	put_unaligned(3U, (u32 *)(b + 16));
	for (i = 0; i < FADMP_REGS_SZ / 8; i++)
		put_unaligned(500 + (u64)i, (u64 *)(b + FADMPINF_REGS + 8 * i));
	KUNIT_ASSERT_EQ(test, fadump_compat_decode(&rec, info), 0);
	KUNIT_EXPECT_EQ(test, info->cpu, 3);
	KUNIT_EXPECT_TRUE(test, info->has_regs);
	KUNIT_EXPECT_EQ(test, info->regs[0], 500);
	KUNIT_EXPECT_EQ(test, info->regs[FADUMP_REG_RESULT], 500 + FADUMP_REG_RESULT);
	KUNIT_EXPECT_EQ(test, info->vmcoreinfo.size, 0);
	KUNIT_EXPECT_EQ(test, info->mask.len, 0);
	/* Without a mask all CPUs count as online. */
	KUNIT_EXPECT_TRUE(test, fadump_crash_info_is_online(info, 7));

	rec.len--;
	KUNIT_ASSERT_EQ(test, fadump_compat_decode(&rec, info), 0);
	KUNIT_EXPECT_FALSE(test, info->has_regs);

	rec.len = len;
	for (i = 0; i < len; i += 8)
		put_unaligned(swab64(get_unaligned((u64 *)(b + i))), (u64 *)(b + i));
	/* The CPU number is a 32-bit word, and was swapped as part of 64 bits. */
	put_unaligned(swab32(3), (u32 *)(b + 16));
	KUNIT_ASSERT_EQ(test, fadump_compat_decode(&rec, info), 0);
	KUNIT_EXPECT_EQ(test, info->cpu, 3);
	KUNIT_EXPECT_EQ(test, info->little_endian, !host_is_le());
	KUNIT_EXPECT_EQ(test, info->regs[1], 501);
}

#define INF_HEADERS	(FADMPINF_REGS + FADMP_REGS_SZ + MASK_SZ)
#define INF_SZ		(INF_HEADERS + sizeof(struct elf64_hdr) + 3 * sizeof(struct elf64_phdr))
#define INF_AT		0x28000000ULL

/* A record and the ELF headers after it: empty CPU notes, VMCOREINFO. */
static u8 *make_inf(struct kunit *test)
{
	static const u64 online[2] = { 5, 0 };
	u8 *b = kunit_kzalloc(test, INF_SZ, GFP_KERNEL);
	struct elf64_phdr phdr[3] = {
		{ .p_type = PT_NOTE },
		{ .p_type = PT_NOTE, .p_offset = 0x1500000, .p_filesz = 0x1040 },
		{ .p_type = PT_LOAD, .p_offset = 0x1000, .p_filesz = 0x1000 },
	};
	struct elf64_hdr ehdr = { .e_phoff = sizeof(ehdr), .e_phnum = 3 };

	KUNIT_ASSERT_NOT_NULL(test, b);
	memcpy(ehdr.e_ident, ELFMAG, SELFMAG);
	put_unaligned(FADMPINF_MAGIC, (u64 *)b);
	put_unaligned(INF_AT + INF_HEADERS, (u64 *)(b + 8));
	put_unaligned(2U, (u32 *)(b + 16));
	memcpy(b + FADMPINF_REGS + FADMP_REGS_SZ, online, MASK_SZ);
	memcpy(b + INF_HEADERS, &ehdr, sizeof(ehdr));
	memcpy(b + INF_HEADERS + sizeof(ehdr), phdr, sizeof(phdr));
	return b;
}

static void compat_inf_headers(struct kunit *test)
{
	struct fadump_crash_info *info = new_info(test);
	u8 *b = make_inf(test);
	struct fadump_bytes rec = { .data = b, .len = INF_SZ };

	KUNIT_ASSERT_EQ(test, fadump_compat_decode(&rec, info), 0);
	fadump_compat_read_headers(&rec, INF_AT, info);
	KUNIT_EXPECT_EQ(test, info->vmcoreinfo.base, 0x1500000);
	KUNIT_EXPECT_EQ(test, info->vmcoreinfo.size, 0x1040);
	KUNIT_EXPECT_TRUE(test, info->relocated);
	KUNIT_EXPECT_EQ(test, info->mask.len, MASK_SZ);
	KUNIT_EXPECT_TRUE(test, fadump_crash_info_is_online(info, 2));
	KUNIT_EXPECT_FALSE(test, fadump_crash_info_is_online(info, 1));
}

/* A wrong address of the headers must not give a result. */
static void compat_inf_no_headers(struct kunit *test)
{
	static const u64 wrong[] = {
		0, 1, INF_AT - 1, INF_AT, INF_AT + INF_HEADERS - MASK_SZ - 1,
		INF_AT + INF_HEADERS + 1, INF_AT + INF_SZ, U64_MAX,
	};
	struct fadump_crash_info *info = new_info(test);
	u8 *b = make_inf(test);
	struct fadump_bytes rec = { .data = b, .len = INF_SZ };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		put_unaligned(wrong[i], (u64 *)(b + 8));
		KUNIT_ASSERT_EQ(test, fadump_compat_decode(&rec, info), 0);
		fadump_compat_read_headers(&rec, INF_AT, info);
		KUNIT_EXPECT_EQ(test, info->vmcoreinfo.size, 0);
		KUNIT_EXPECT_EQ(test, info->mask.len, 0);
	}

	/* Headers inside the registers, with a valid note. */
	memcpy(b + 104, b + INF_HEADERS, sizeof(struct elf64_hdr));
	put_unaligned((u64)INF_HEADERS + sizeof(struct elf64_hdr) - 104,
		      (u64 *)(b + 104 + offsetof(struct elf64_hdr, e_phoff)));
	put_unaligned(INF_AT + 104, (u64 *)(b + 8));
	KUNIT_ASSERT_EQ(test, fadump_compat_decode(&rec, info), 0);
	fadump_compat_read_headers(&rec, INF_AT, info);
	KUNIT_EXPECT_EQ(test, info->vmcoreinfo.size, 0);

	/* A note that is too large, and truncated headers. */
	b = make_inf(test);
	rec.data = b;
	put_unaligned((u64)FADUMP_MAX_VMCOREINFO + 1,
		      (u64 *)(b + INF_HEADERS + sizeof(struct elf64_hdr) +
			      sizeof(struct elf64_phdr) +
			      offsetof(struct elf64_phdr, p_filesz)));
	KUNIT_ASSERT_EQ(test, fadump_compat_decode(&rec, info), 0);
	rec.len -= 1;
	fadump_compat_read_headers(&rec, INF_AT, info);
	KUNIT_EXPECT_EQ(test, info->vmcoreinfo.size, 0);
	KUNIT_EXPECT_EQ(test, info->mask.len, MASK_SZ);
}

static void mangled_inf(struct kunit *test, const struct fadump_bytes *b)
{
	static struct fadump_crash_info info;

	if (fadump_compat_decode(b, &info))
		return;
	fadump_compat_read_headers(b, INF_AT, &info);
	KUNIT_ASSERT_LE(test, info.vmcoreinfo.size, FADUMP_MAX_VMCOREINFO);
	KUNIT_ASSERT_LE(test, info.mask.len, b->len);
}

static void compat_inf_mangled(struct kunit *test)
{
	test_mangle(test, make_inf(test), INF_SZ, mangled_inf);
}

static void compat_none(struct kunit *test)
{
	struct fadump_crash_info *info = new_info(test);
	const struct record r = crashed(test);
	struct fadump_bytes b = bytes_of(&r);

	KUNIT_EXPECT_EQ(test, fadump_compat_decode(&b, info), -ENOENT);
	b.len = 0;
	KUNIT_EXPECT_EQ(test, fadump_compat_decode(&b, info), -ENOENT);
	KUNIT_EXPECT_EQ(test, info->cpu, CRASH_INFO_CPU_NONE);
	KUNIT_EXPECT_EQ(test, fadump_crash_info_decode(&b, info), -ENOENT);
	b.data = make_sig(test, true);
	b.len = SIG_SZ;
	KUNIT_EXPECT_EQ(test, fadump_crash_info_decode(&b, info), -ENOENT);
}

static void mangled_sig(struct kunit *test, const struct fadump_bytes *b)
{
	static struct fadump_crash_info info;
	u32 cpu;
	int rc = fadump_compat_decode(b, &info);

	KUNIT_ASSERT_TRUE(test, !rc || rc == -ENOENT);
	KUNIT_ASSERT_LE(test, info.vmcoreinfo.size, FADUMP_MAX_VMCOREINFO);
	KUNIT_ASSERT_LE(test, info.mask.len, b->len);
	for (cpu = 0; cpu < 200; cpu += 63)
		fadump_crash_info_is_online(&info, cpu);
}

static void compat_mangled(struct kunit *test)
{
	u8 *sig = make_sig(test, true);

	test_mangle(test, sig, SIG_SZ, mangled_sig);
	swap_sig(sig);
	test_mangle(test, sig, SIG_SZ, mangled_sig);
	put_unaligned(FADMPINF_MAGIC, (u64 *)sig);
	test_mangle(test, sig, SIG_SZ, mangled_sig);
}

KUNIT_ARRAY_PARAM_DESC(bad, bad_rows, name);
KUNIT_ARRAY_PARAM_DESC(sig, sig_rows, name);

static struct kunit_case crash_info_cases[] = {
	KUNIT_CASE(crash_info_of_a_crash),
	KUNIT_CASE(crash_info_without_commit),
	KUNIT_CASE(crash_info_as_armed),
	KUNIT_CASE(crash_info_writers_are_bounded),
	KUNIT_CASE(crash_info_long_release),
	KUNIT_CASE_PARAM(crash_info_bad, bad_gen_params),
	KUNIT_CASE(crash_info_many_parts),
	KUNIT_CASE(attempts_counted),
	KUNIT_CASE(attempts_damaged),
	KUNIT_CASE(crash_info_found),
	KUNIT_CASE(crash_info_found_too_low),
	KUNIT_CASE(crash_info_search_limit),
	KUNIT_CASE(crash_info_bad_part),
	KUNIT_CASE(crash_info_note_size),
	KUNIT_CASE(crash_info_crash_notes),
	KUNIT_CASE(crash_info_short_parts),
	KUNIT_CASE(crash_info_register_count),
	KUNIT_CASE(crash_info_newer_version),
	KUNIT_CASE(crash_info_bytes),
	KUNIT_CASE(crash_info_mangled),
	KUNIT_CASE(crash_info_mangled_sums),
	KUNIT_CASE(compat_sig),
	KUNIT_CASE(compat_sig_as_armed),
	KUNIT_CASE_PARAM(compat_sig_bad, sig_gen_params),
	KUNIT_CASE(compat_mask),
	KUNIT_CASE(compat_large_mask),
	KUNIT_CASE(compat_inf),
	KUNIT_CASE(compat_inf_headers),
	KUNIT_CASE(compat_inf_no_headers),
	KUNIT_CASE(compat_inf_mangled),
	KUNIT_CASE(compat_none),
	KUNIT_CASE(compat_mangled),
	{}
};

static struct kunit_suite crash_info_suite = {
	.name = "fadump_crash_info",
	.test_cases = crash_info_cases,
};

kunit_test_suites(&crash_info_suite);

MODULE_DESCRIPTION("KUnit tests of the fadump crash-info record");
MODULE_LICENSE("GPL");
