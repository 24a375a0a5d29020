// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * OPAL: the kernel's metadata, OPAL's tags, and the register data of threads in the
 * formats of three firmwares, and damaged.
 */

#include "tests/lib/fadump-test.h"

/* -------- Answers and properties -------- */

/* Only a definite answer means that there is no dump; other errors must keep it. */
static void opal_denial(struct kunit *test)
{
	static const int unknown[] = { 0, -EBUSY, -EIO, -ENOSPC, -EFAULT };
	u32 i;

	KUNIT_EXPECT_TRUE(test, opal_denies_dump(-ENOENT));
	KUNIT_EXPECT_TRUE(test, opal_denies_dump(-EINVAL));
	KUNIT_EXPECT_TRUE(test, opal_denies_dump(-EOPNOTSUPP));
	for (i = 0; i < ARRAY_SIZE(unknown); i++)
		KUNIT_EXPECT_FALSE(test, opal_denies_dump(unknown[i]));
}

struct area_case {
	const char *name;
	u64 pair[4];
	u32 len;
	int rc;
	u64 end;
};

static const struct area_case area_rows[] = {
	{ "as skiboot gives it", { 0x20000000, 0x8000000, 0x28000000, 0x8000000 },
	  32, 0, 0x30000000 },
	{ "the other way round", { 0x28000000, 0x8000000, 0x20000000, 0x8000000 },
	  32, 0, 0x30000000 },
	{ "absent", {}, 0, 0, 0x30000000 },
	{ "half a pair", { 0x20000000 }, 8, 0, 0x30000000 },
	{ "a pair and a half", { 0x20000000, 0x8000000, 0x90000000 }, 24, 0,
	  0x28000000 },
	{ "of no size", { 0x40000000, 0 }, 16, 0, 0x40000000 },
	{ "up to the top", { 0xffffffff00000000, 0xffffffff }, 16, 0,
	  0xffffffffffffffff },
	{ "beyond the top", { 0xffffffff00000000, 0x100000000 }, 16, -EINVAL },
	{ "one good, one beyond", { 0x20000000, 0x8000000, 1, U64_MAX }, 32,
	  -EINVAL },
};

static void opal_area(struct kunit *test)
{
	const struct area_case *c = test->param_value;
	u8 *prop = kunit_kmalloc(test, c->len ?: 1, GFP_KERNEL);
	const struct fadump_bytes b = { .data = prop, .len = c->len };
	u64 end;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, prop);
	for (i = 0; i < c->len / 8; i++)
		put_unaligned_be64(c->pair[i], prop + 8 * i);
	KUNIT_EXPECT_EQ(test, opal_load_area_end(&b, &end), c->rc);
	if (!c->rc)
		KUNIT_EXPECT_EQ(test, end, c->end);
}

/* -------- Metadata -------- */

#define META_AT		0x90000

/* Copies of 0x1000 bytes, each with a hole after it. */
static struct fadump_plan *make_plan(struct kunit *test, u32 nr)
{
	struct fadump_plan *plan = kunit_kzalloc(test, sizeof(*plan), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, plan);
	plan->nr_copies = nr;
	for (i = 0; i < min_t(u32, nr, FADUMP_MAX_COPIES); i++) {
		plan->copy[i].src = 0x2000 * i;
		plan->copy[i].dest = 0x80000 + 0x1000 * i;
		plan->copy[i].size = 0x1000;
	}
	plan->boot_mem_top = 0x2000 * nr;
	plan->area.base = 0x7f000;
	plan->area.size = 0x13000;
	plan->param.base = 0x7f000;
	plan->param.size = 0x800;
	plan->info.base = 0x8f000;
	return plan;
}

static u8 *make_meta(struct kunit *test, u32 nr)
{
	u8 *buf = kunit_kzalloc(test, OPAL_META_SZ, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_ASSERT_EQ(test, opal_meta_encode(make_plan(test, nr), buf,
					       OPAL_META_SZ), 0);
	opal_meta_arm(buf, true);
	return buf;
}

static int decode(struct fadump_dump *dump, const u8 *buf, size_t len)
{
	const struct fadump_bytes b = { .data = buf, .len = len };

	return opal_meta_decode(&b, META_AT, dump);
}

static void meta_round_trip(struct kunit *test)
{
	static const u32 counts[] = { 1, 2, OPAL_MAX_COPIES };
	static struct fadump_dump dump;
	struct fadump_plan *plan;
	u8 *buf;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		plan = make_plan(test, counts[i]);
		buf = make_meta(test, counts[i]);
		KUNIT_ASSERT_EQ(test, decode(&dump, buf, OPAL_META_SZ), 0);
		KUNIT_EXPECT_EQ(test, dump.nr_copies, counts[i]);
		KUNIT_EXPECT_MEMEQ(test, dump.copy, plan->copy,
				   counts[i] * sizeof(*plan->copy));
		KUNIT_EXPECT_EQ(test, dump.boot_mem_top, plan->boot_mem_top);
		KUNIT_EXPECT_MEMEQ(test, &dump.area, &plan->area, sizeof(dump.area));
		KUNIT_EXPECT_MEMEQ(test, &dump.param, &plan->param,
				   sizeof(dump.param));
		KUNIT_EXPECT_EQ(test, dump.info_at, plan->info.base);
		KUNIT_EXPECT_EQ(test, dump.missing, 0);
	}
}

static void meta_too_much(struct kunit *test)
{
	struct fadump_plan *plan = make_plan(test, OPAL_MAX_COPIES + 1);
	u8 *buf = kunit_kzalloc(test, OPAL_META_SZ, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_EXPECT_EQ(test, opal_meta_encode(plan, buf, OPAL_META_SZ), -ENOSPC);
	plan->nr_copies = 1;
	KUNIT_EXPECT_EQ(test, opal_meta_encode(plan, buf, OPAL_META_SZ - 1),
			-ENOSPC);
	KUNIT_EXPECT_EQ(test, buf[0], 0);
}

/* A crash while firmware was not armed: no dump. */
static void meta_not_armed(struct kunit *test)
{
	u8 *buf = make_meta(test, 2);
	static struct fadump_dump dump;

	opal_meta_arm(buf, false);
	KUNIT_EXPECT_EQ(test, decode(&dump, buf, OPAL_META_SZ), -ENODATA);
	/* The same with the description of other kernels alone. */
	memset(buf + OPAL_PLAN_OFFSET, 0, OPAL_META_SZ - OPAL_PLAN_OFFSET);
	KUNIT_EXPECT_EQ(test, decode(&dump, buf, OPAL_META_SZ), -ENODATA);
	opal_meta_arm(buf, true);
	KUNIT_EXPECT_EQ(test, decode(&dump, buf, OPAL_META_SZ), 0);
}

/* Metadata in memory that this kernel uses is of an earlier boot. */
static void meta_leftover(struct kunit *test)
{
	const struct fadump_bytes b = {
		.data = make_meta(test, 2), .len = OPAL_META_SZ,
	};
	static const struct fadump_dump nothing;
	static struct fadump_dump dump;

	KUNIT_EXPECT_EQ(test, opal_meta_decode(&b, 0x1000, &dump), -EINVAL);
	KUNIT_EXPECT_MEMEQ(test, &dump, &nothing, sizeof(dump));
}

/* Metadata of another kernel, byte by byte. */
struct other_case {
	const char *name;
	u8 version;
	u16 nr, registered;
	u64 info_at;
	u64 region[3][3];
	u32 len;
	int rc;
	const char *want;
};

static const struct other_case other_rows[] = {
	{ "one piece", 1, 1, 1, 0x8f000, { { 0, 0x80000, 0xf000 } }, 3088, 0,
	  "top f000 0+f000>80000 info 8f000 area 80000+10c10" },
	{ "two pieces and a hole", 1, 2, 2, 0x8a000,
	  { { 0, 0x80000, 0x4000 }, { 0x6000, 0x84000, 0x4000 } }, 3088, 0,
	  "top a000 0+4000>80000 6000+4000>84000 info 8a000 area 80000+10c10" },
	{ "firmware took one of two", 1, 2, 1, 0x8a000,
	  { { 0, 0x80000, 0x4000 }, { 0x6000, 0x84000, 0x4000 } }, 3088, 0,
	  "top 4000 0+4000>80000 info 8a000 area 80000+10c10 !boot" },
	{ "more taken than there are", 1, 1, 9, 0, { { 0, 0x80000, 0x4000 } }, 3088, 0,
	  "top 4000 0+4000>80000 area 80000+10c10" },
	{ "nothing taken", 1, 1, 0, 0, { { 0, 0x80000, 0x4000 } }, 3088, -ENODATA },
	{ "version 0", 0, 1, 1, 0, { { 0, 0x80000, 0x4000 } }, 3088, -EINVAL },
	{ "version 2", 2, 1, 1, 0, { { 0, 0x80000, 0x4000 } }, 3088, -EINVAL },
	{ "more pieces than a table has", 1, 129, 129, 0, { { 0, 0x80000, 0x4000 } },
	  3088, -EINVAL },
	{ "as many as sixteen bits hold", 1, 0xffff, 0xffff, 0, {}, 3088, -EINVAL },
	{ "none, but taken", 1, 0, 1, 0, {}, 3088, -EINVAL },
	{ "a byte short", 1, 1, 1, 0, { { 0, 0x80000, 0x4000 } }, 3087, -EINVAL },
	{ "boot memory above itself", 1, 1, 1, 0, { { 0, 0xa0000, 0x91000 } }, 3088,
	  -EINVAL },
	{ "a piece that wraps", 1, 1, 1, 0, { { U64_MAX, 0x80000, 2 } }, 3088,
	  -EINVAL },
};

static void meta_other(struct kunit *test)
{
	const struct other_case *c = test->param_value;
	u8 *buf = kunit_kzalloc(test, c->len, GFP_KERNEL), *at;
	static struct fadump_dump dump;
	char got[TEST_TEXT];
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	buf[0] = c->version;
	put_unaligned_be16(c->nr, buf + 4);
	put_unaligned_be16(c->registered, buf + 6);
	put_unaligned_be64(c->info_at, buf + 8);
	for (i = 0, at = buf + 16; i < 9; i++, at += 8)
		put_unaligned_be64(c->region[i / 3][i % 3], at);
	KUNIT_EXPECT_EQ(test, decode(&dump, buf, c->len), c->rc);
	if (c->rc)
		return;
	test_print_dump(got, &dump);
	KUNIT_EXPECT_STREQ(test, got, c->want);
}

/* If our description is damaged, the other one gives the same copies. */
static void meta_damaged(struct kunit *test)
{
	u32 i, total = sizeof(struct opal_plan_ser) +
		       2 * sizeof(struct fadump_copy_ser);
	static struct fadump_dump good, bad;
	u8 *buf = make_meta(test, 2);
	int rc;

	KUNIT_ASSERT_EQ(test, decode(&good, buf, OPAL_META_SZ), 0);
	for (i = 0; i < total; i++) {
		buf[OPAL_PLAN_OFFSET + i] ^= 0x40;
		rc = decode(&bad, buf, OPAL_META_SZ);
		/* @armed is not in the checksum, and stored twice. */
		if (i >= 16 && i < 24) {
			KUNIT_EXPECT_EQ(test, rc, 0);
			KUNIT_EXPECT_EQ(test, bad.missing, BIT(FADUMP_MISSING_FW_SUSPECT));
		} else {
			KUNIT_EXPECT_EQ(test, rc, 0);
			KUNIT_EXPECT_EQ(test, bad.param.size, 0);
			KUNIT_EXPECT_EQ(test, bad.info_at, good.info_at);
			KUNIT_EXPECT_MEMEQ(test, bad.copy, good.copy,
					   sizeof(good.copy));
		}
		buf[OPAL_PLAN_OFFSET + i] ^= 0x40;
	}
}

/* Whatever is decoded, fadump_dump_bound() makes it safe. */
static void mangled_meta(struct kunit *test, const struct fadump_bytes *b)
{
	struct fadump_range whole = { .base = 0, .size = 0x100000 };
	const struct fadump_ranges ram = { .r = &whole, .nr = 1, .cap = 1 };
	static struct fadump_dump dump;

	if (opal_meta_decode(b, META_AT, &dump))
		return;
	KUNIT_ASSERT_LE(test, dump.nr_copies, FADUMP_MAX_COPIES);
	fadump_dump_bound(&dump, &ram, &ram, 0x1000);
	test_expect_bounded(test, &dump, &ram, 0x1000);
}

static void meta_mangled(struct kunit *test)
{
	u8 *buf = make_meta(test, 2);

	test_mangle(test, buf, OPAL_PLAN_OFFSET + 200, mangled_meta);
	memset(buf + OPAL_PLAN_OFFSET, 0, 200);
	test_all_flips(test, buf, 16 + 3 * 24, mangled_meta);
}

/* -------- Tags -------- */

struct tag_case {
	const char *name;
	u8 version;
	u32 step, nr;
	u32 len;
	int rc;
	u32 got;
	int cpus_rc;
};

#define TAG_LEN(n)	(24 + 24 * (n))

static const struct tag_case tag_rows[] = {
	{ "registers of some threads", 1, 0x438, 1, TAG_LEN(1), 0, 1, 0 },
	{ "OPAL's eight", 1, 0, 8, TAG_LEN(8), 0, 8, -EINVAL },
	{ "more than it may have", 1, 0x438, 9, TAG_LEN(9), 0, 8, 0 },
	{ "more than there are", 1, 0x438, 0xffffffff, TAG_LEN(1), 0, 1, 0 },
	{ "half a region", 1, 0x438, 1, TAG_LEN(1) - 1, -EINVAL },
	{ "no region", 1, 0x438, 0, TAG_LEN(1), -EINVAL },
	{ "half a head", 1, 0x438, 1, 23, -EINVAL },
	{ "version 0", 0, 0x438, 1, TAG_LEN(1), -EINVAL },
	{ "version 2", 2, 0x438, 1, TAG_LEN(1), -EINVAL },
	{ "threads smaller than their heads", 1, 23, 1, TAG_LEN(1), 0, 1, -EINVAL },
	{ "a thread larger than all", 1, 0x8001, 1, TAG_LEN(1), 0, 1, -EINVAL },
	{ "one thread and no more", 1, 0x8000, 1, TAG_LEN(1), 0, 1, 0 },
	{ "a thread of four gigabytes", 1, 0xffffffff, 1, TAG_LEN(1), 0, 1, -EINVAL },
};

static void opal_tag(struct kunit *test)
{
	const struct tag_case *c = test->param_value;
	u8 *buf = kunit_kzalloc(test, c->len, GFP_KERNEL);
	const struct fadump_bytes b = { .data = buf, .len = c->len };
	static struct fadump_dump dump;
	struct opal_fw_tag tag;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	buf[0] = c->version;
	if (c->len >= 24) {
		put_unaligned_be32(0x44, buf + 8);
		put_unaligned_be32(c->step, buf + 16);
		put_unaligned_be32(c->nr, buf + 20);
	}
	for (i = 0; i + 1 <= c->len / 24 && 24 * (i + 2) <= c->len; i++) {
		put_unaligned_be64(0x1000 * i, buf + 24 * (i + 1));
		put_unaligned_be64(0x338f0000, buf + 24 * (i + 1) + 8);
		put_unaligned_be64(0x8000, buf + 24 * (i + 1) + 16);
	}
	KUNIT_ASSERT_EQ(test, opal_fw_tag_decode(&b, &tag), c->rc);
	if (c->rc)
		return;
	KUNIT_EXPECT_EQ(test, tag.nr_regions, c->got);
	KUNIT_EXPECT_EQ(test, tag.crashing_pir, 0x44);
	KUNIT_EXPECT_EQ(test, tag.region[tag.nr_regions - 1].src,
			0x1000 * (tag.nr_regions - 1));
	memset(&dump, 0, sizeof(dump));
	KUNIT_EXPECT_EQ(test, opal_fw_tag_set_cpus(&tag, &dump), c->cpus_rc);
	KUNIT_EXPECT_EQ(test, dump.cpu.size, c->cpus_rc ? 0 : 0x8000);
	KUNIT_EXPECT_EQ(test, dump.cpu_step, c->cpus_rc ? 0 : c->step);
}

static void opal_tag_huge(struct kunit *test)
{
	struct opal_fw_tag tag = {
		.cpu_step = 24, .nr_regions = 1,
		.region = { { .size = FADUMP_MAX_CPU_DATA + 1 } },
	};
	static struct fadump_dump dump;

	KUNIT_EXPECT_EQ(test, opal_fw_tag_set_cpus(&tag, &dump), -EINVAL);
	tag.region[0].size--;
	KUNIT_EXPECT_EQ(test, opal_fw_tag_set_cpus(&tag, &dump), 0);
}

/* -------- Register data -------- */

/* Bytes of a thread with four entries. */
#define STEP		(24 + 4 * 16)

struct reg {
	u32 type, number;
	u64 value;
};

struct thread_case {
	const char *name;
	u8 state;
	u32 at, nr, step, size;
	struct reg reg[4];
	const char *want;
	u32 skipped;
};

#define GPR(n, v)	{ 1, n, v }
#define SPR(n, v)	{ 2, n, v }

static const struct thread_case thread_rows[] = {
	{ "as QEMU writes it", 0xff, 0, 3, 16, 16,
	  { GPR(0, 1), SPR(0x7d0, 2), SPR(9, 3) }, "4[0=1 20=2 23=3]" },
	{ "as hostboot of POWER9 does", 0, 0x10, 2, 16, 16, { GPR(1, 1), SPR(8, 2) },
	  "4[1=1 24=2]" },
	{ "as hostboot of POWER10 does", 0, 0x18, 2, 16, 16, { GPR(1, 1), SPR(8, 2) },
	  "4[1=1 24=2]" },
	{ "entries further on", 0, 0x20, 2, 16, 16, { GPR(1, 1), GPR(2, 2), GPR(3, 3) },
	  "4[2=2 3=3]" },
	{ "entries one byte on", 0, 0x11, 1, 16, 16, { GPR(0, 1) }, "4[]" },
	{ "entries inside the head", 0, 8, 1, 16, 16, { GPR(1, 1) }, "", 1 },
	{ "entries behind the thread", 0, STEP, 1, 16, 16, { GPR(1, 1) }, "", 1 },
	{ "entries beyond all memory", 0, 0xfffffff8, 1, 16, 16, { GPR(1, 1) }, "", 1 },
	{ "every special register", 0, 0, 4, 16, 16,
	  { SPR(1, 0x11), SPR(18, 0x1122222222ULL), SPR(19, 0x33),
	    SPR(0x7d2, 0x1144444444ULL) },
	  "4[25=11 26=44444444 29=33 2a=22222222]" },
	{ "twice the same", 0, 0, 2, 16, 16, { SPR(9, 1), SPR(9, 2) }, "4[23=2]" },
	{ "not known", 0, 0, 4, 16, 16,
	  { { 0, 1, 1 }, { 3, 1, 1 }, GPR(32, 1), GPR(0x80000000, 1) }, "4[]" },
	{ "nothing of it", 0, 0, 0, 16, 16, { GPR(1, 1) }, "", 1 },
	{ "more than there is", 0, 0, 5, 16, 16, { GPR(1, 1), GPR(2, 2) },
	  "4[1=1 2=2]!" },
	{ "as many as can be", 0, 0, 0xffffffff, 16, 16, { GPR(1, 1), GPR(2, 2) },
	  "4[1=1 2=2]!" },
	{ "wider entries", 0, 0, 2, 32, 16, { GPR(1, 1), GPR(2, 2), GPR(3, 3) },
	  "4[1=1 3=3]" },
	{ "entries of no size", 0, 0, 2, 0, 0, { GPR(1, 1) }, "", 1 },
	{ "entries too small", 0, 0, 2, 15, 15, { GPR(1, 1) }, "", 1 },
	{ "entries larger than their place", 0, 0, 2, 16, 24, { GPR(1, 1) }, "", 1 },
	{ "a core that did not stop", 0x0f, 0, 1, 16, 16, { GPR(1, 1) }, "" },
	{ "a core in another state", 1, 0, 1, 16, 16, { GPR(1, 1) }, "" },
	{ "all zero", 0, 0, 0, 0, 0, {}, "", 1 },
};

static void make_thread(const struct thread_case *c, u32 pir, u8 *b)
{
	u32 i;

	memset(b, 0, STEP);
	put_unaligned_be32(pir, b);
	b[4] = c->state;
	memset(b + 5, 0x7f, 3);
	put_unaligned_be32(c->at, b + 8);
	put_unaligned_be32(c->nr, b + 12);
	put_unaligned_be32(c->step, b + 16);
	put_unaligned_be32(c->size, b + 20);
	for (i = 0; i < 4; i++) {
		put_unaligned_be32(c->reg[i].type, b + 24 + 16 * i);
		put_unaligned_be32(c->reg[i].number, b + 28 + 16 * i);
		put_unaligned_be64(c->reg[i].value, b + 32 + 16 * i);
	}
}

/* Damage to one thread does not affect the next. */
static void threads_walk(struct kunit *test)
{
	static const struct thread_case good = {
		"", 0xff, 0, 1, 16, 16, { GPR(31, 0x99) },
	};
	const struct thread_case *c = test->param_value;
	u8 *buf = kunit_kmalloc(test, 2 * STEP, GFP_KERNEL);
	const struct fadump_bytes b = { .data = buf, .len = 2 * STEP };
	char got[TEST_TEXT] = "", want[TEST_TEXT] = "";
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	make_thread(c, 4, buf);
	make_thread(&good, 5, buf + STEP);
	KUNIT_ASSERT_EQ(test, opal_regs_open(&it, &b, STEP), 0);
	while (opal_regs_next(&it, &cpu) > 0)
		test_print_cpu(got, &cpu);
	test_print(want, "%s5[1f=99]", c->want);
	KUNIT_EXPECT_STREQ(test, got, want);
	KUNIT_EXPECT_EQ(test, it.skipped, c->skipped);
	KUNIT_EXPECT_EQ(test, opal_regs_next(&it, &cpu), 0);
}

static void threads_open(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, 48, GFP_KERNEL);
	struct fadump_bytes b = { .data = buf, .len = 48 };
	struct fadump_cpu_iter it;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_EXPECT_EQ(test, opal_regs_open(&it, &b, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, opal_regs_open(&it, &b, 23), -EINVAL);
	KUNIT_EXPECT_EQ(test, opal_regs_open(&it, &b, 49), -EINVAL);
	KUNIT_EXPECT_EQ(test, opal_regs_open(&it, &b, U32_MAX), -EINVAL);
	KUNIT_EXPECT_EQ(test, opal_regs_open(&it, &b, 25), 0);
	KUNIT_EXPECT_EQ(test, it.left, 1);
	KUNIT_EXPECT_EQ(test, opal_regs_open(&it, &b, 24), 0);
	KUNIT_EXPECT_EQ(test, it.left, 2);
	b.len = 0;
	KUNIT_EXPECT_EQ(test, opal_regs_open(&it, &b, 24), -EINVAL);
}

static void mangled_threads(struct kunit *test, const struct fadump_bytes *b)
{
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;
	u32 n = 0;

	if (opal_regs_open(&it, b, STEP))
		return;
	while (opal_regs_next(&it, &cpu) > 0)
		KUNIT_ASSERT_LE(test, ++n, 2);
}

static void threads_mangled(struct kunit *test)
{
	u8 *buf = kunit_kmalloc(test, 2 * STEP, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	make_thread(&thread_rows[0], 0, buf);
	make_thread(&thread_rows[1], 4, buf + STEP);
	test_mangle(test, buf, 2 * STEP, mangled_threads);
}

KUNIT_ARRAY_PARAM_DESC(area, area_rows, name);
KUNIT_ARRAY_PARAM_DESC(other, other_rows, name);
KUNIT_ARRAY_PARAM_DESC(tag, tag_rows, name);
KUNIT_ARRAY_PARAM_DESC(thread, thread_rows, name);

static struct kunit_case opal_cases[] = {
	KUNIT_CASE(opal_denial),
	KUNIT_CASE_PARAM(opal_area, area_gen_params),
	KUNIT_CASE(meta_round_trip),
	KUNIT_CASE(meta_too_much),
	KUNIT_CASE(meta_not_armed),
	KUNIT_CASE(meta_leftover),
	KUNIT_CASE_PARAM(meta_other, other_gen_params),
	KUNIT_CASE(meta_damaged),
	KUNIT_CASE(meta_mangled),
	KUNIT_CASE_PARAM(opal_tag, tag_gen_params),
	KUNIT_CASE(opal_tag_huge),
	KUNIT_CASE_PARAM(threads_walk, thread_gen_params),
	KUNIT_CASE(threads_open),
	KUNIT_CASE(threads_mangled),
	{}
};

static struct kunit_suite opal_suite = {
	.name = "fadump_opal",
	.test_cases = opal_cases,
};

kunit_test_suites(&opal_suite);

MODULE_DESCRIPTION("KUnit tests of the OPAL formats of fadump");
MODULE_LICENSE("GPL");
