// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RTAS: the dump memory structure and the register save area, as PAPR defines them, as
 * QEMU writes them, and damaged.
 */

#include "tests/lib/fadump-test.h"

/* -------- ibm,configure-kernel-dump-sizes -------- */

struct sizes_case {
	const char *name;
	u8 prop[3][12];
	u32 len;
	u64 cpu, hpte;
};

#define TUPLE(type, high, low)	{ 0, 0, 0, type, 0, 0, 0, 0, 0, 0, high, low }

static const struct sizes_case sizes_rows[] = {
	{ "as QEMU gives it", { TUPLE(1, 0x13, 0xe0), TUPLE(2, 0x00, 0x00) }, 24, 0x13e0, 0 },
	{ "absent", {}, 0, 0, 0 },
	{ "one tuple", { TUPLE(2, 0x00, 0x48) }, 12, 0, 0x48 },
	{ "less than a tuple", { TUPLE(1, 0x13, 0xe0) }, 11, 0, 0 },
	{ "a tuple and a half", { TUPLE(1, 0x01, 0x00), TUPLE(2, 0x00, 0x48) }, 18, 0x100, 0 },
	{ "larger one last", { TUPLE(1, 0x01, 0x00), TUPLE(1, 0x02, 0x00) }, 24, 0x200, 0 },
	{ "larger one first", { TUPLE(1, 0x02, 0x00), TUPLE(1, 0x01, 0x00) }, 24, 0x200, 0 },
	{ "unknown types", { TUPLE(3, 0x00, 0x99), TUPLE(1, 0x01, 0x00), TUPLE(0, 0x00, 0x77) }, 36,
	  0x100, 0 },
	{ "sixty-four bits",
	  { { 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8 } }, 12, 0x0102030405060708ULL, 0 },
};

static void rtas_sizes(struct kunit *test)
{
	const struct sizes_case *c = test->param_value;
	u8 *copy = kunit_kmalloc(test, c->len ?: 1, GFP_KERNEL);
	const struct fadump_bytes prop = { .data = copy, .len = c->len };
	struct rtas_dump_sizes sizes;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memcpy(copy, c->prop, c->len);
	rtas_dump_sizes_decode(&prop, &sizes);
	KUNIT_EXPECT_EQ(test, sizes.cpu, c->cpu);
	KUNIT_EXPECT_EQ(test, sizes.hpte, c->hpte);
}

/* Enough for all threads, and not less than firmware asks for. */
static void rtas_slot(struct kunit *test)
{
	struct rtas_dump_sizes sizes = { .cpu = 0x510 };

	KUNIT_EXPECT_EQ(test, rtas_cpu_slot_size(&sizes, 4), 0x20 + 4 * 0x4f0);
	KUNIT_EXPECT_EQ(test, rtas_cpu_slot_size(&sizes, 1), 0x510);
	KUNIT_EXPECT_EQ(test, rtas_cpu_slot_size(&sizes, 0), 0x510);
	sizes.cpu = 0;
	KUNIT_EXPECT_EQ(test, rtas_cpu_slot_size(&sizes, 0), 0x20 + 0x4f0);
	sizes.cpu = 0x10000;
	KUNIT_EXPECT_EQ(test, rtas_cpu_slot_size(&sizes, 4), 0x10000);
	KUNIT_EXPECT_EQ(test, rtas_cpu_slot_size(&sizes, U32_MAX),
			0x20 + 0x4f0ULL * U32_MAX);
}

static void rtas_status(struct kunit *test)
{
	static const struct {
		int status;
		int want;
	} rows[] = {
		{ 0, 0 }, { -1, -EIO }, { -3, -EINVAL }, { -8, -EEXIST },
		{ -9, -EEXIST }, { -10, -EBUSY }, { -2, -EIO }, { 1, -EIO },
		{ 42, -EIO }, { 9900, -EIO }, { -2147483647, -EIO },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		KUNIT_EXPECT_EQ(test, rtas_status_errno(rows[i].status),
				rows[i].want);
}

/* -------- dump memory structure -------- */

#define NR_SECTIONS	5
#define BLOB_SZ		(40 + 40 * NR_SECTIONS)

/* Sizes that firmware asks for; no hash table entries unless a case has them. */
static const struct rtas_dump_sizes asked = { .cpu = 0x13e0 };

/* Offsets in the blob: fields of the head, fields of section n. */
#define AT_VERSION	0
#define AT_NR		4
#define AT_STATUS	6
#define AT_FIRST	8
#define S(n)		(40 + 40 * (n))
#define AT_REQUEST(n)	(S(n))
#define AT_TYPE(n)	(S(n) + 4)
#define AT_ERROR(n)	(S(n) + 6)
#define AT_SRC(n)	(S(n) + 8)
#define AT_LEN(n)	(S(n) + 16)
#define AT_DUMPED(n)	(S(n) + 24)
#define AT_DEST(n)	(S(n) + 32)

/* Section numbers. */
#define CPU	0
#define HPTE	1
#define BOOT0	2
#define BOOT1	3
#define PARAM	4

/*
 * 0     8    a     10   20    21  22 23        2b      33
 * boot0 hole boot1      param cpu hpte boot0    boot1   info
 */
static void make_plan(struct fadump_plan *plan)
{
	memset(plan, 0, sizeof(*plan));
	plan->area = (struct fadump_range){ PAGES(0x20), PAGES(0x12) };
	plan->param = (struct fadump_range){ PAGES(0x20), PAGES(1) };
	plan->cpu = (struct fadump_range){ PAGES(0x21), PAGES(1) };
	plan->hpte = (struct fadump_range){ PAGES(0x22), 0 };
	plan->copy[0] = (struct fadump_copy){ 0, PAGES(0x22), PAGES(8) };
	plan->copy[1] = (struct fadump_copy){ PAGES(0xa), PAGES(0x2a), PAGES(6) };
	plan->nr_copies = 2;
	plan->boot_mem_size = PAGES(0xe);
	plan->boot_mem_top = PAGES(0x10);
	plan->info = (struct fadump_range){ PAGES(0x30), PAGES(2) };
}

/* Add a window at the end of memory; its copy comes first. */
static void add_window(struct fadump_plan *plan)
{
	plan->copy[0].dest += PAGES(2);
	plan->copy[1].dest += PAGES(2);
	plan->info.base += PAGES(2);
	plan->area.size += PAGES(2);
	plan->copy[plan->nr_copies++] = (struct fadump_copy) {
		PAGES(0x3c), PAGES(0x22), PAGES(2),
	};
}

/* As firmware returns it after a complete dump. */
static u8 *make_blob(struct kunit *test)
{
	struct fadump_plan *plan = kunit_kzalloc(test, sizeof(*plan), GFP_KERNEL);
	u8 *blob = kunit_kmalloc(test, BLOB_SZ, GFP_KERNEL);
	size_t len;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, plan);
	KUNIT_ASSERT_NOT_NULL(test, blob);
	make_plan(plan);
	KUNIT_ASSERT_EQ(test, rtas_dump_encode(plan, &asked, blob, BLOB_SZ, &len), 0);
	KUNIT_ASSERT_EQ(test, len, BLOB_SZ);
	put_unaligned_be16(RTAS_DUMP_PERFORMED | RTAS_DUMP_TRIGGERED,
			   blob + AT_STATUS);
	for (i = 0; i < NR_SECTIONS; i++)
		memcpy(blob + AT_DUMPED(i), blob + AT_LEN(i), 8);
	return blob;
}

/* The expected dump, in parts. */
#define TOP		"top 100000"
#define COPY0		" 0+80000>220000"
#define COPY1		" a0000+60000>2a0000"
#define BOTH		"top 100000" COPY0 COPY1
#define REGS		" cpu 210000+13e0"
#define ARGS		" param 200000+800"
#define REST		" info 300000 area 210000+f0000"
#define VALID		"top 100000" COPY0 COPY1 REGS ARGS REST
#define SUSPECT		VALID " !fw"

/* Without the second copy; without register data. */
#define ONE		"top 80000" COPY0 REGS ARGS " info 2a0000 area 210000+90000"
#define NO_CPUS		" info 300000 area 220000+e0000 !cpus"

struct decode_case {
	const char *name;
	struct test_poke poke[4];
	const char *want;	/* after fadump_dump_bound() */
	u64 window[2];		/* three pages: source, destination; 0: no window */
	int rc;
	u32 len;		/* 0: all of it */
	u32 tail;		/* bytes after it */
};

#define COPIED		BOTH " 380000+30000>320000"

static const struct decode_case decode_rows[] = {
	{ "nothing wrong", {}, VALID },
	{ "shorter than a head", {}, .rc = -EBADMSG, .len = 39 },
	{ "just a head", {}, .rc = -EBADMSG, .len = 40 },
	{ "cut in the last section", {}, BOTH REGS REST,
	  .len = BLOB_SZ - 1 },
	{ "longer than it has to be", {}, VALID, .tail = 300 },

	/* The head. */
	{ "version 0", { { AT_VERSION, 4, 0 } }, SUSPECT },
	{ "version 2", { { AT_VERSION, 4, 2 } }, SUSPECT },
	{ "version the wrong way round", { { AT_VERSION, 4, 0x1000000 } }, SUSPECT },
	{ "no sections", { { AT_NR, 2, 0 } }, SUSPECT },
	{ "no boot memory among them", { { AT_NR, 2, 2 } }, .rc = -EBADMSG },
	{ "more sections than there are", { { AT_NR, 2, 0xffff } }, SUSPECT },
	{ "eleven sections", { { AT_NR, 2, 11 } }, SUSPECT, .tail = 400 },
	{ "first section at 0", { { AT_FIRST, 4, 0 } }, SUSPECT },
	{ "first section in the head", { { AT_FIRST, 4, 0x20 } }, SUSPECT },
	{ "first section at 0x27", { { AT_FIRST, 4, 0x27 } }, SUSPECT },
	{ "first section at 0x29", { { AT_FIRST, 4, 0x29 } }, SUSPECT },
	{ "first section behind all", { { AT_FIRST, 4, 0x1000 } }, SUSPECT },
	{ "first section beyond all memory", { { AT_FIRST, 4, 0xfffffff8 } }, SUSPECT },
	{ "first section is the second", { { AT_FIRST, 4, 80 }, { AT_NR, 2, 4 } },
	  BOTH ARGS NO_CPUS },
	{ "status: nothing", { { AT_STATUS, 2, 0 } }, VALID },
	{ "status: triggered", { { AT_STATUS, 2, 0x4000 } }, VALID },
	{ "status: performed", { { AT_STATUS, 2, 0x8000 } }, VALID },
	{ "status: an error", { { AT_STATUS, 2, 0xe000 } }, SUSPECT },
	{ "status: unknown bits", { { AT_STATUS, 2, 0xdfff } }, VALID },
	{ "disk fields", { { 12, 4, 512 }, { 16, 8, U64_MAX }, { 36, 4, 9 } }, VALID },

	/* Sections, one by one. */
	{ "not wanted", { { AT_REQUEST(PARAM), 4, 0xfffffffe } },
	  BOTH REGS REST },
	{ "wanted, with unknown bits", { { AT_REQUEST(BOOT0), 4, 0xffffffff } },
	  VALID },
	{ "not wanted, without a place",
	  { { AT_REQUEST(CPU), 4, 0 }, { AT_DEST(CPU), 8, 0 } },
	  BOTH ARGS NO_CPUS },
	{ "unknown type 0", { { AT_TYPE(PARAM), 2, 0 } },
	  BOTH REGS REST },
	{ "unknown type 0x12", { { AT_TYPE(HPTE), 2, 0x12 } }, VALID },
	{ "unknown type 0x1ff", { { AT_TYPE(HPTE), 2, 0x1ff } }, VALID },
	{ "unknown type 0xffff, junk inside",
	  { { AT_TYPE(HPTE), 2, 0xffff }, { AT_DEST(HPTE), 8, 0 } }, VALID },
	{ "two of CPUs: the first",
	  { { AT_TYPE(HPTE), 2, RTAS_SECTION_CPU }, { AT_DUMPED(HPTE), 8, 5 } }, VALID },
	{ "two of CPUs, the first empty",
	  { { AT_DUMPED(CPU), 8, 0 }, { AT_TYPE(HPTE), 2, RTAS_SECTION_CPU },
	    { AT_DEST(HPTE), 8, PAGES(0x31) }, { AT_DUMPED(HPTE), 8, 0x50 } },
	  BOTH " cpu 310000+50" ARGS REST },
	{ "no CPUs", { { AT_TYPE(CPU), 2, 0x200 } },
	  BOTH ARGS NO_CPUS },
	{ "CPUs: longer than asked for", { { AT_DUMPED(CPU), 8, 0x4f20 } },
	  BOTH " cpu 210000+4f20" ARGS REST },
	{ "CPUs: shorter than asked for", { { AT_DUMPED(CPU), 8, 0x510 } },
	  BOTH " cpu 210000+510" ARGS REST },
	{ "CPUs: longer than their slot", { { AT_DUMPED(CPU), 8, U64_MAX } },
	  BOTH " cpu 210000+10000" ARGS REST },
	{ "CPUs: an error", { { AT_ERROR(CPU), 2, 0x0800 } },
	  BOTH REGS ARGS REST " !cpu" },
	{ "CPUs: an error, nothing came",
	  { { AT_ERROR(CPU), 2, 0x4000 }, { AT_DUMPED(CPU), 8, 0 } },
	  BOTH ARGS REST " !cpus" },
	{ "no hash table entries after all",
	  { { AT_LEN(HPTE), 8, 0x48 }, { AT_DUMPED(HPTE), 8, 0 } }, VALID },
	{ "hash table entries",
	  { { AT_LEN(HPTE), 8, 0x48 }, { AT_DUMPED(HPTE), 8, 0x48 },
	    { AT_DEST(HPTE), 8, PAGES(0x31) } },
	  BOTH REGS " hpte 310000+48" ARGS REST },
	{ "hash table entries with an error",
	  { { AT_LEN(HPTE), 8, 0x48 }, { AT_DUMPED(HPTE), 8, 0x48 },
	    { AT_ERROR(HPTE), 2, 0x10 } }, VALID },
	{ "more hash table entries than asked for", { { AT_DUMPED(HPTE), 8, 0x48 } },
	  VALID },
	{ "boot memory: an error", { { AT_ERROR(BOOT0), 2, 0x4000 } },
	  BOTH REGS ARGS REST " !boot" },
	{ "boot memory: an error, half came",
	  { { AT_ERROR(BOOT1), 2, 0x4000 }, { AT_DUMPED(BOOT1), 8, PAGES(3) } },
	  TOP COPY0 " a0000+30000>2a0000" REGS ARGS REST " !boot" },
	{ "boot memory: an error, the wrong way round", { { AT_ERROR(BOOT1), 2, 0x40 } },
	  BOTH REGS ARGS REST " !boot" },
	{ "boot memory: errors all over",
	  { { AT_ERROR(BOOT0), 2, 1 }, { AT_ERROR(BOOT1), 2, 0xffff } },
	  BOTH REGS ARGS REST " !boot" },
	{ "boot memory: nothing came", { { AT_DUMPED(BOOT0), 8, 0 } },
	  TOP COPY1 REGS ARGS REST " !boot" },
	{ "boot memory: half came", { { AT_DUMPED(BOOT1), 8, PAGES(3) } },
	  TOP COPY0 " a0000+30000>2a0000" REGS ARGS REST " !boot" },
	{ "boot memory: one byte too many came", { { AT_DUMPED(BOOT0), 8, PAGES(8) + 1 } },
	  VALID },
	{ "boot memory: all there is came", { { AT_DUMPED(BOOT0), 8, U64_MAX } }, VALID },
	{ "boot memory: no length", { { AT_LEN(BOOT1), 8, 0 }, { AT_SRC(BOOT1), 8, U64_MAX } },
	  ONE },
	{ "boot memory: one byte", { { AT_LEN(BOOT1), 8, 1 } },
	  "top b0000" COPY0 REGS ARGS " info 2a0001 area 210000+90001 !section" },
	{ "boot memory: source wraps", { { AT_SRC(BOOT1), 8, U64_MAX - 5 } },
	  ONE " !section" },
	{ "boot memory: destination wraps", { { AT_DEST(BOOT1), 8, U64_MAX - 5 } },
	  ONE " !section" },
	{ "boot memory: half of all addresses",
	  { { AT_LEN(BOOT1), 8, 1ULL << 63 }, { AT_DUMPED(BOOT1), 8, 1ULL << 63 } },
	  "top 80000" COPY0 REGS ARGS " !section" },
	{ "boot memory: no source 0", { { AT_TYPE(BOOT0), 2, 0x200 } },
	  TOP COPY1 REGS ARGS REST },
	{ "boot memory: no place given", { { AT_DEST(BOOT0), 8, 0 } },
	  TOP COPY1 REGS ARGS " info 300000 !section" },
	{ "boot memory: none", { { AT_TYPE(BOOT0), 2, 3 }, { AT_TYPE(BOOT1), 2, 3 } },
	  .rc = -EBADMSG },
	{ "boot arguments: an error", { { AT_ERROR(PARAM), 2, 0x1000 } },
	  BOTH REGS REST " !param" },
	{ "boot arguments: none came", { { AT_DUMPED(PARAM), 8, 0 } },
	  BOTH REGS REST " !param" },
	{ "boot arguments: short", { { AT_DUMPED(PARAM), 8, 7 } },
	  BOTH REGS " param 200000+7" REST },
	{ "boot arguments: moved", { { AT_SRC(PARAM), 8, PAGES(0x21) } },
	  BOTH REGS REST " !param" },
	{ "boot arguments: more than asked for", { { AT_DUMPED(PARAM), 8, 0x801 } },
	  BOTH REGS REST " !param" },
	{ "boot arguments: more than we take",
	  { { AT_LEN(PARAM), 8, 0x10000 }, { AT_DUMPED(PARAM), 8, 0x10000 } }, VALID },
	/* Firmware's window. It does not change boot_mem_top and info_at. */
	{ "window", {}, COPIED REGS ARGS REST, { PAGES(0x38), PAGES(0x32) } },
	{ "window: it begins where boot memory ends",
	  {}, BOTH " 100000+30000>320000" REGS ARGS REST, { PAGES(0x10), PAGES(0x32) } },
	{ "window: part of it came", { { AT_DUMPED(HPTE), 8, PAGES(1) + 5 } },
	  BOTH " 380000+10000>320000" REGS ARGS REST, { PAGES(0x38), PAGES(0x32) } },
	{ "window: nothing came", { { AT_DUMPED(HPTE), 8, 0 } }, VALID,
	  { PAGES(0x38), PAGES(0x32) } },
	{ "window: an error, and all came", { { AT_ERROR(HPTE), 2, 0x1000 } },
	  COPIED REGS ARGS REST, { PAGES(0x38), PAGES(0x32) } },
	{ "window: not wanted", { { AT_REQUEST(HPTE), 4, 0 } }, VALID,
	  { PAGES(0x38), PAGES(0x32) } },
	{ "window: in boot memory", {}, VALID " !param", { PAGES(2), PAGES(0x32) } },
	{ "window: it ends in other memory", {}, VALID " !param",
	  { PAGES(0xf), PAGES(0x32) } },
	{ "window: no whole pages", { { AT_LEN(HPTE), 8, 0x12345 } }, VALID " !param",
	  { PAGES(0x38), PAGES(0x32) } },
	{ "window: outside of RAM", {}, VALID " !section", { PAGES(0x50), PAGES(0x32) } },
	{ "window: it ends outside of RAM", {}, VALID " !section",
	  { PAGES(0x3e), PAGES(0x32) } },
	{ "window: its copy is outside of RAM", {}, VALID " !section",
	  { PAGES(0x38), PAGES(0x50) } },
	{ "window: its copy is where this kernel runs", {}, VALID " !section",
	  { PAGES(0x38), PAGES(0xd) } },
	{ "window: source wraps", {}, VALID " !section", { U64_MAX - 5, PAGES(0x32) } },
	{ "window: boot memory that cannot be comes behind it",
	  { { AT_LEN(BOOT1), 8, PAGES(0x100) } }, BOTH REGS ARGS " !section !boot !param",
	  { PAGES(0x38), PAGES(0x32) } },
	{ "window: no boot memory", { { AT_NR, 2, 2 } }, .rc = -EBADMSG,
	  .window = { PAGES(0x38), PAGES(0x32) } },

	{ "boot arguments: outside of RAM", { { AT_DEST(PARAM), 8, PAGES(0x1000) } },
	  BOTH REGS REST " !param" },
};

static void add_ram(struct fadump_ranges *ram)
{
	fadump_ranges_add(ram, 0, PAGES(8));
	fadump_ranges_add(ram, PAGES(0xa), PAGES(0x36));
}

/* Replaces the section of hash table entries, which is empty in QEMU. */
static void put_window(u8 *blob, const u64 *window)
{
	put_unaligned_be16(RTAS_SECTION_PARAM, blob + AT_TYPE(HPTE));
	put_unaligned_be64(window[0], blob + AT_SRC(HPTE));
	put_unaligned_be64(PAGES(3), blob + AT_LEN(HPTE));
	put_unaligned_be64(PAGES(3), blob + AT_DUMPED(HPTE));
	put_unaligned_be64(window[1], blob + AT_DEST(HPTE));
}

static void rtas_decode(struct kunit *test)
{
	const struct decode_case *c = test->param_value;
	struct fadump_dump *d = kunit_kmalloc(test, sizeof(*d), GFP_KERNEL);
	struct fadump_ranges *ram = test_parse_map(test, TEST_CAP, "", NULL, 1);
	u32 len = (c->len ?: BLOB_SZ) + c->tail;
	u8 *copy = kunit_kzalloc(test, len, GFP_KERNEL);
	const struct fadump_bytes b = { .data = copy, .len = len };
	u8 *blob = make_blob(test);
	char got[TEST_TEXT];

	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	if (c->window[0])
		put_window(blob, c->window);
	test_apply(blob, c->poke, ARRAY_SIZE(c->poke));
	memcpy(copy, blob, len - c->tail);
	KUNIT_ASSERT_EQ(test, rtas_dump_decode(&b, d), c->rc);
	if (c->rc)
		return;
	add_ram(ram);
	fadump_dump_bound(d, ram, ram, TEST_PAGE);
	test_print_dump(got, d);
	KUNIT_EXPECT_STREQ(test, got, c->want);
	test_expect_bounded(test, d, ram, TEST_PAGE);
}

/* Sections may come in any order. */
static void rtas_decode_any_order(struct kunit *test)
{
	struct fadump_dump *d = kunit_kmalloc(test, sizeof(*d), GFP_KERNEL);
	struct fadump_ranges *ram = test_parse_map(test, TEST_CAP, "", NULL, 1);
	u8 *blob = make_blob(test), section[40];
	const struct fadump_bytes b = { .data = blob, .len = BLOB_SZ };
	char got[TEST_TEXT];
	u64 seed = 13;
	u32 i, x, y;

	KUNIT_ASSERT_NOT_NULL(test, d);
	add_ram(ram);
	for (i = 0; i < 100; i++) {
		x = S(test_random(&seed, NR_SECTIONS));
		y = S(test_random(&seed, NR_SECTIONS));
		memcpy(section, blob + x, 40);
		memmove(blob + x, blob + y, 40);
		memcpy(blob + y, section, 40);
		KUNIT_ASSERT_EQ(test, rtas_dump_decode(&b, d), 0);
		fadump_dump_bound(d, ram, ram, TEST_PAGE);
		test_print_dump(got, d);
		KUNIT_EXPECT_STREQ(test, got, VALID);
	}
}

/* An eleventh section must be ignored. */
static void rtas_decode_ten_sections(struct kunit *test)
{
	struct fadump_dump *d = kunit_kmalloc(test, sizeof(*d), GFP_KERNEL);
	u8 *blob = kunit_kzalloc(test, S(11), GFP_KERNEL), *valid = make_blob(test);
	const struct fadump_bytes b = { .data = blob, .len = S(11) };

	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_ASSERT_NOT_NULL(test, blob);
	memcpy(blob, valid, S(PARAM));
	put_unaligned_be16(11, blob + AT_NR);
	memcpy(blob + S(10), valid + S(PARAM), 40);
	KUNIT_ASSERT_EQ(test, rtas_dump_decode(&b, d), 0);
	KUNIT_EXPECT_EQ(test, d->param.size, 0);
	memcpy(blob + S(9), valid + S(PARAM), 40);
	KUNIT_ASSERT_EQ(test, rtas_dump_decode(&b, d), 0);
	KUNIT_EXPECT_EQ(test, d->param.size, FADUMP_BOOTARGS_SZ);
}

static void mangled_dump(struct kunit *test, const struct fadump_bytes *b)
{
	struct fadump_range r[2];
	struct fadump_ranges ram = { .r = r, .cap = ARRAY_SIZE(r) };
	/* Static: too large for the stack. */
	static struct fadump_dump d;
	int rc = rtas_dump_decode(b, &d);

	add_ram(&ram);
	KUNIT_ASSERT_TRUE(test, !rc || rc == -EBADMSG);
	fadump_dump_bound(&d, &ram, &ram, TEST_PAGE);
	test_expect_bounded(test, &d, &ram, TEST_PAGE);
}

static void rtas_decode_mangled(struct kunit *test)
{
	test_mangle(test, make_blob(test), BLOB_SZ, mangled_dump);
}

/* Encoding and decoding give the plan again. */
static void rtas_round_trip(struct kunit *test)
{
	struct fadump_plan *plan = kunit_kzalloc(test, sizeof(*plan), GFP_KERNEL);
	struct fadump_dump *d = kunit_kmalloc(test, sizeof(*d), GFP_KERNEL);
	const struct fadump_bytes b = { .data = make_blob(test), .len = BLOB_SZ };
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, plan);
	KUNIT_ASSERT_NOT_NULL(test, d);
	make_plan(plan);
	KUNIT_ASSERT_EQ(test, rtas_dump_decode(&b, d), 0);
	KUNIT_EXPECT_EQ(test, d->boot_mem_top, plan->boot_mem_top);
	KUNIT_EXPECT_EQ(test, d->info_at, plan->info.base);
	KUNIT_EXPECT_EQ(test, d->param.base, plan->param.base);
	KUNIT_ASSERT_EQ(test, d->nr_copies, plan->nr_copies);
	for (i = 0; i < d->nr_copies; i++)
		KUNIT_EXPECT_MEMEQ(test, &d->copy[i], &plan->copy[i],
				   sizeof(d->copy[i]));
}

/* With a window. Other kernels expect the boot arguments in the last such section. */
static void rtas_round_trip_window(struct kunit *test)
{
	struct fadump_plan *plan = kunit_kzalloc(test, sizeof(*plan), GFP_KERNEL);
	struct fadump_dump *d = kunit_kmalloc(test, sizeof(*d), GFP_KERNEL);
	u8 blob[BLOB_SZ + 40];
	const struct fadump_bytes b = { .data = blob, .len = sizeof(blob) };
	size_t len;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, plan);
	KUNIT_ASSERT_NOT_NULL(test, d);
	make_plan(plan);
	add_window(plan);
	KUNIT_ASSERT_EQ(test, rtas_dump_encode(plan, &asked, blob,
					       sizeof(blob), &len), 0);
	KUNIT_ASSERT_EQ(test, len, sizeof(blob));
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(blob + AT_TYPE(4)), RTAS_SECTION_PARAM);
	KUNIT_EXPECT_EQ(test, get_unaligned_be64(blob + AT_SRC(4)), PAGES(0x3c));
	KUNIT_EXPECT_EQ(test, get_unaligned_be64(blob + AT_DEST(4)), PAGES(0x22));
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(blob + AT_TYPE(5)), RTAS_SECTION_PARAM);
	KUNIT_EXPECT_EQ(test, get_unaligned_be64(blob + AT_DEST(5)), plan->param.base);
	for (i = 0; i <= NR_SECTIONS; i++)
		memcpy(blob + AT_DUMPED(i), blob + AT_LEN(i), 8);
	KUNIT_ASSERT_EQ(test, rtas_dump_decode(&b, d), 0);
	KUNIT_EXPECT_EQ(test, d->boot_mem_top, plan->boot_mem_top);
	KUNIT_EXPECT_EQ(test, d->info_at, plan->info.base);
	KUNIT_EXPECT_EQ(test, d->param.base, plan->param.base);
	KUNIT_EXPECT_EQ(test, d->missing, 0);
	KUNIT_ASSERT_EQ(test, d->nr_copies, plan->nr_copies);
	for (i = 0; i < d->nr_copies; i++)
		KUNIT_EXPECT_MEMEQ(test, &d->copy[i], &plan->copy[i],
				   sizeof(d->copy[i]));
}

/* Expected ranges were measured with SLOF and different sizes of memory. */
static void rtas_window(struct kunit *test)
{
	static const struct {
		const char *model;
		size_t len;
		u64 rma, base, size;
	} rows[] = {
		{ "SLOF,HEAD", 10, 0x20000000, 0x1daf0000, 0x2510000 },
		{ "SLOF,HEAD", 10, 0x40000000, 0x3daf0000, 0x2510000 },
		{ "SLOF,HEAD", 10, 0x80000000, 0x7daf0000, 0x2510000 },
		{ "SLOF,HEAD", 10, 0x80000001, 0x7daf0000, 0x2510000 },
		{ "SLOF,HEAD", 10, 0x100000000ULL, 0x7daf0000, 0x2510000 },
		{ "SLOF,HEAD", 10, U64_MAX, 0x7daf0000, 0x2510000 },
		{ "SLOF,HEAD", 10, 0x4001ffff, 0x3db00000, 0x2510000 },
		{ "SLOF,HEAD", 10, 0x2510000, 0, 0x2510000 },
		{ "SLOF,HEAD", 10, 0x250ffff },
		{ "SLOF,HEAD", 10, 0 },
		{ "SLOF,", 5, 0x80000000, 0x7daf0000, 0x2510000 },
		{ "SLOF,", 4, 0x80000000 },
		{ "SLOFX", 6, 0x80000000 },
		{ "IBM,FW860", 10, 0x80000000 },
		{ NULL, 0, 0x80000000 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct fadump_bytes model = {
			.data = (const u8 *)rows[i].model, .len = rows[i].len,
		};
		struct fadump_range r = rtas_slof_window(&model, rows[i].rma);

		KUNIT_EXPECT_EQ(test, r.base, rows[i].base);
		KUNIT_EXPECT_EQ(test, r.size, rows[i].size);
	}
}

/* The exact bytes that firmware gets. */
static void rtas_encode_bytes(struct kunit *test)
{
	static const u8 head[] = {
		0, 0, 0, 1, 0, 5, 0, 0, 0, 0, 0, 40, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0,
	};
	static const u8 cpu[] = {
		0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0x13, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0x21, 0, 0,
	};
	static const u8 boot1[] = {
		0, 0, 0, 1, 0, 0x11, 0, 0, 0, 0, 0, 0, 0, 0x0a, 0, 0,
		0, 0, 0, 0, 0, 0x06, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0x2a, 0, 0,
	};
	static const u8 param[] = {
		0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 0,
		0, 0, 0, 0, 0, 0, 0x08, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0x20, 0, 0,
	};
	struct fadump_plan *plan = kunit_kzalloc(test, sizeof(*plan), GFP_KERNEL);
	u8 *buf = kunit_kmalloc(test, BLOB_SZ, GFP_KERNEL);
	size_t len;

	KUNIT_ASSERT_NOT_NULL(test, plan);
	KUNIT_ASSERT_NOT_NULL(test, buf);
	make_plan(plan);
	KUNIT_EXPECT_EQ(test, rtas_dump_encode(plan, &asked, buf, BLOB_SZ, &len), 0);
	KUNIT_EXPECT_MEMEQ(test, buf, head, sizeof(head));
	KUNIT_EXPECT_MEMEQ(test, buf + S(CPU), cpu, sizeof(cpu));
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(buf + AT_TYPE(HPTE)), 2);
	KUNIT_EXPECT_MEMEQ(test, buf + S(BOOT1), boot1, sizeof(boot1));
	KUNIT_EXPECT_MEMEQ(test, buf + S(PARAM), param, sizeof(param));
	KUNIT_EXPECT_EQ(test, rtas_dump_encode(plan, &asked, buf, BLOB_SZ - 1, &len),
			-ENOSPC);
}

struct encode_case {
	const char *name;
	u64 cpu, hpte;		/* sizes that firmware asks for */
	u64 len[2];		/* registered lengths, 0: an error */
};

/* Slots of one page for CPUs and two for hash table entries. */
static const struct encode_case encode_rows[] = {
	{ "no whole pages", 0x13e0, 0x1234, { 0x13e0, 0x1234 } },
	{ "as much as there is", PAGES(1), PAGES(2), { PAGES(1), PAGES(2) } },
	{ "not told", 0, 0, { PAGES(1), 0 } },
	{ "more for CPUs", PAGES(1) + 1, 0 },
	{ "more for hash table entries", 0x13e0, PAGES(2) + 1 },
	{ "far too much", U64_MAX, U64_MAX },
};

static void rtas_encode_sizes(struct kunit *test)
{
	const struct encode_case *c = test->param_value;
	const struct rtas_dump_sizes sizes = { .cpu = c->cpu, .hpte = c->hpte };
	struct fadump_plan *plan = kunit_kzalloc(test, sizeof(*plan), GFP_KERNEL);
	u8 *buf = kunit_kzalloc(test, BLOB_SZ, GFP_KERNEL);
	size_t len;

	KUNIT_ASSERT_NOT_NULL(test, plan);
	KUNIT_ASSERT_NOT_NULL(test, buf);
	make_plan(plan);
	plan->hpte.size = PAGES(2);
	KUNIT_EXPECT_EQ(test, rtas_dump_encode(plan, &sizes, buf, BLOB_SZ, &len),
			c->len[CPU] ? 0 : -E2BIG);
	KUNIT_EXPECT_EQ(test, get_unaligned_be64(buf + AT_LEN(CPU)), c->len[CPU]);
	KUNIT_EXPECT_EQ(test, get_unaligned_be64(buf + AT_LEN(HPTE)), c->len[HPTE]);
}

static void rtas_encode_sections(struct kunit *test)
{
	struct fadump_plan *plan = kunit_kzalloc(test, sizeof(*plan), GFP_KERNEL);
	u8 *buf = kunit_kmalloc(test, RTAS_DUMP_BUF_SZ, GFP_KERNEL);
	size_t len;

	KUNIT_ASSERT_NOT_NULL(test, plan);
	KUNIT_ASSERT_NOT_NULL(test, buf);
	make_plan(plan);
	plan->nr_copies = 7;
	KUNIT_EXPECT_EQ(test, rtas_dump_encode(plan, &asked, buf, RTAS_DUMP_BUF_SZ, &len), 0);
	KUNIT_EXPECT_EQ(test, len, RTAS_DUMP_BUF_SZ);
	plan->nr_copies = 8;
	KUNIT_EXPECT_EQ(test, rtas_dump_encode(plan, &asked, buf, 4096, &len), -ENOSPC);
	plan->param.size = 0;
	KUNIT_EXPECT_EQ(test, rtas_dump_encode(plan, &asked, buf, RTAS_DUMP_BUF_SZ, &len), 0);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(buf + AT_NR), 10);
	plan->nr_copies = FADUMP_MAX_COPIES;
	KUNIT_EXPECT_EQ(test, rtas_dump_encode(plan, &asked, buf, 1U << 20, &len), -ENOSPC);
}

/* -------- register save area -------- */

#define SAVE_SZ		1024
#define QEMU		0x10
#define PAPR		0x1c
#define START(id)	{ "CPUSTRT", (id) }
#define END(id)		{ "CPUEND", (id) }

struct save_case {
	const char *name;
	u32 at;			/* cpus_offset */
	u32 count;
	struct {
		const char *id;
		u64 value;
	} entry[10];
	/* as test_print_cpu() prints it */
	const char *want;
	u32 cut;		/* bytes to remove at the end */
	u32 version;
	u64 magic;		/* 0: RTAS_REGSAVE_MAGIC */
	u32 bad_at;		/* wrong cpus_offset in the head */
	int rc;
};

static const struct save_case save_rows[] = {
	{ "QEMU's head", QEMU, 1, { START(0), { "GPR01", 7 }, END(0) }, "0[1=7]" },
	{ "PAPR's head", PAPR, 1, { START(0), { "GPR01", 7 }, END(0) }, "0[1=7]" },
	{ "a head of another length", 0x33, 1,
	  { START(0), { "GPR01", 7 }, END(0) }, "0[1=7]" },
	{ "every named register", QEMU, 1,
	  { START(8), { "NIA", 1 }, { "MSR", 2 }, { "CTR", 3 }, { "LR", 4 },
	    { "XER", 5 }, { "CR", 6 }, { "DAR", 7 }, { "DSISR", 8 }, END(8) },
	  "8[20=1 21=2 23=3 24=4 25=5 26=6 29=7 2a=8]" },
	{ "general registers", QEMU, 1,
	  { START(1), { "GPR00", 1 }, { "GPR09", 2 }, { "GPR10", 3 },
	    { "GPR29", 4 }, { "GPR31", 5 }, END(1) },
	  "1[0=1 9=2 a=3 1d=4 1f=5]" },
	{ "two CPUs", QEMU, 2,
	  { START(0), { "NIA", 1 }, END(0), START(8), { "NIA", 2 }, END(8) },
	  "0[20=1]8[20=2]" },
	{ "only 32 bits of an id", QEMU, 1,
	  { START(0xdead00000008ULL), END(0xbeef00000008ULL) }, "8[]" },
	{ "narrow registers have junk above", QEMU, 1,
	  { START(0), { "CR", 0xdeadbeef12345678ULL },
	    { "DSISR", 0xdeadbeef00000001ULL },
	    { "XER", 0x100000000ULL }, END(0) },
	  "0[25=100000000 26=12345678 2a=1]" },
	{ "checkpointed registers are others", QEMU, 1,
	  { START(0), { "GPR05", 1 }, { "CR", 2 }, { "X-GPR05", 3 },
	    { "X-CR", 4 }, { "X-LR", 5 }, END(0) }, "0[5=1 26=2]" },
	{ "names that look like one", QEMU, 1,
	  { START(0), { "GPR32", 1 }, { "GPR39", 1 }, { "GPR99", 1 },
	    { "GPR3x", 1 }, { "GPR", 1 }, { "GPR+1", 1 }, { "gpr01", 1 },
	    { "GPR001", 1 }, END(0) }, "0[]" },
	{ "more of those", QEMU, 1,
	  { START(0), { "GPR1", 1 }, { "GPR1:", 1 }, { "GPR/1", 1 },
	    { "GPR40", 1 }, { "NIAX", 1 }, { "nia", 1 }, { "LRX", 1 },
	    { "GPR01x", 1 }, END(0) }, "0[]" },
	{ "unknown and nameless", QEMU, 1,
	  { START(0), { "", 1 }, { "TEXASR", 2 }, { "VR00_HI", 3 },
	    { "LR", 4 }, END(0) }, "0[24=4]" },
	{ "twice: the last", QEMU, 1,
	  { START(0), { "NIA", 1 }, { "NIA", 2 }, END(0) }, "0[20=2]" },
	{ "junk in front", QEMU, 1,
	  { { "NIA", 9 }, END(3), { "junk", 1 }, START(0), { "LR", 1 }, END(0) },
	  "0[24=1]" },
	{ "junk between", QEMU, 2,
	  { START(0), END(0), { "LR", 1 }, START(1), END(1) }, "0[]1[]" },
	{ "junk behind", QEMU, 1,
	  { START(0), END(0), { "junk", 1 }, START(1), END(1) }, "0[]" },
	{ "no end", QEMU, 1, { START(0), { "LR", 1 } }, "0[24=1]!" },
	{ "no end, but another CPU", QEMU, 2,
	  { START(0), { "LR", 1 }, START(1), { "LR", 2 }, END(1) },
	  "0[24=1]!1[24=2]" },
	{ "ends as another", QEMU, 2,
	  { START(0), { "LR", 1 }, END(4), START(1), END(1) },
	  "0[24=1]!1[]" },
	{ "a CPU twice: both told", QEMU, 2,
	  { START(5), END(5), START(5), END(5) }, "5[]5[]" },
	{ "fewer than announced", QEMU, 7, { START(0), END(0) }, "0[]" },
	{ "none announced", QEMU, 0, { START(0), END(0) }, "" },
	{ "too many announced", QEMU, 0xffffffff, { START(0), END(0) }, "0[]" },
	{ "a large id", QEMU, 1, { START(0x7fffffff), END(0x7fffffff) },
	  "7fffffff[]" },
	{ "cut in the end", QEMU, 1, { START(0), { "LR", 1 }, END(0) },
	  "0[24=1]!", .cut = 1 },
	{ "cut in a register", QEMU, 1, { START(0), { "LR", 1 }, END(0) },
	  "0[]!", .cut = 17 },
	{ "cut in the start", QEMU, 1, { START(0), { "LR", 1 }, END(0) },
	  "", .cut = 33 },
	{ "version 1", QEMU, 1, { START(0), END(0) }, "0[]", .version = 1 },
	{ "the largest version", QEMU, 1, { START(0), END(0) }, "0[]",
	  .version = 0xffffffff },
	{ "no magic", QEMU, 1, .magic = 1, .rc = -EINVAL },
	{ "magic the wrong way round", QEMU, 1, .magic = 0x0045564153474552ULL,
	  .rc = -EINVAL },
	{ "count at 8", QEMU, 1, .bad_at = 8, .rc = -EINVAL },
	{ "count at 0xf", QEMU, 1, .bad_at = 0xf, .rc = -EINVAL },
	{ "count half outside", QEMU, 1, .bad_at = 0x11, .rc = -EINVAL },
	{ "count far outside", QEMU, 1, .bad_at = 0x7fffffff, .rc = -EINVAL },
	{ "count beyond all memory", QEMU, 1, .bad_at = 0xffffffff, .rc = -EINVAL },
};

static size_t make_save(const struct save_case *c, u8 *b)
{
	size_t at = c->at + 4;
	u32 i;

	memset(b, 0, SAVE_SZ);
	put_unaligned_be64(c->magic ?: RTAS_REGSAVE_MAGIC, b);
	put_unaligned_be32(c->version, b + 8);
	put_unaligned_be32(c->bad_at ?: c->at, b + 12);
	put_unaligned_be32(c->count, b + c->at);
	for (i = 0; i < ARRAY_SIZE(c->entry) && c->entry[i].id; i++) {
		memcpy(b + at, c->entry[i].id, strlen(c->entry[i].id));
		put_unaligned_be64(c->entry[i].value, b + at + 8);
		at += RTAS_REGSAVE_ENTRY_SZ;
	}
	return at - c->cut;
}

static void regsave_walk(struct kunit *test)
{
	const struct save_case *c = test->param_value;
	u8 *blob = kunit_kzalloc(test, SAVE_SZ, GFP_KERNEL), *copy;
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;
	struct fadump_bytes b;
	char got[TEST_TEXT] = "";

	KUNIT_ASSERT_NOT_NULL(test, blob);
	b.len = make_save(c, blob);
	copy = kunit_kmalloc(test, b.len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	b.data = memcpy(copy, blob, b.len);
	KUNIT_ASSERT_EQ(test, rtas_regsave_open(&it, &b, 0), c->rc);
	if (c->rc)
		return;
	while (rtas_regsave_next(&it, &cpu) > 0)
		test_print_cpu(got, &cpu);
	KUNIT_EXPECT_STREQ(test, got, c->want);
	/* The end is final. */
	KUNIT_EXPECT_EQ(test, rtas_regsave_next(&it, &cpu), 0);
}

static void mangled_save(struct kunit *test, const struct fadump_bytes *b)
{
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;
	u32 n = 0;

	if (rtas_regsave_open(&it, b, 0))
		return;
	while (rtas_regsave_next(&it, &cpu) > 0)
		KUNIT_ASSERT_LE(test, ++n, b->len / RTAS_REGSAVE_ENTRY_SZ);
}

static void regsave_mangled(struct kunit *test)
{
	static const struct save_case rows[] = {
		{ "", QEMU, 2, { START(0), { "GPR01", 1 }, { "NIA", 2 }, END(0),
				 START(8), { "CR", 3 }, { "LR", 4 }, END(8) } },
		{ "", PAPR, 2, { START(0), { "GPR01", 1 }, { "NIA", 2 }, END(0),
				 START(8), { "CR", 3 }, { "LR", 4 }, END(8) } },
	};
	u8 *blob = kunit_kzalloc(test, SAVE_SZ, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, blob);
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		test_mangle(test, blob, make_save(&rows[i], blob), mangled_save);
}

/* One CPU more than the limit. */
static void regsave_full(struct kunit *test)
{
	size_t i, len = 20 + 2 * 16 * (FADUMP_MAX_CPUS + 1);
	u8 *blob = kunit_kzalloc(test, len, GFP_KERNEL);
	const struct fadump_bytes b = { .data = blob, .len = len };
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;
	u32 n = 0;

	KUNIT_ASSERT_NOT_NULL(test, blob);
	put_unaligned_be64(RTAS_REGSAVE_MAGIC, blob);
	put_unaligned_be32(QEMU, blob + 12);
	put_unaligned_be32(U32_MAX, blob + QEMU);
	for (i = 0; i <= FADUMP_MAX_CPUS; i++) {
		memcpy(blob + 20 + 32 * i, "CPUSTRT", 8);
		memcpy(blob + 36 + 32 * i, "CPUEND", 7);
	}
	KUNIT_ASSERT_EQ(test, rtas_regsave_open(&it, &b, 0), 0);
	while (rtas_regsave_next(&it, &cpu) > 0)
		n++;
	KUNIT_EXPECT_EQ(test, n, FADUMP_MAX_CPUS);
}

KUNIT_ARRAY_PARAM_DESC(sizes, sizes_rows, name);
KUNIT_ARRAY_PARAM_DESC(decode, decode_rows, name);
KUNIT_ARRAY_PARAM_DESC(encode, encode_rows, name);
KUNIT_ARRAY_PARAM_DESC(save, save_rows, name);

static struct kunit_case rtas_cases[] = {
	KUNIT_CASE_PARAM(rtas_sizes, sizes_gen_params),
	KUNIT_CASE(rtas_slot),
	KUNIT_CASE(rtas_status),
	KUNIT_CASE_PARAM(rtas_decode, decode_gen_params),
	KUNIT_CASE(rtas_decode_any_order),
	KUNIT_CASE(rtas_decode_ten_sections),
	KUNIT_CASE(rtas_decode_mangled),
	KUNIT_CASE(rtas_round_trip),
	KUNIT_CASE(rtas_round_trip_window),
	KUNIT_CASE(rtas_window),
	KUNIT_CASE(rtas_encode_bytes),
	KUNIT_CASE_PARAM(rtas_encode_sizes, encode_gen_params),
	KUNIT_CASE(rtas_encode_sections),
	KUNIT_CASE_PARAM(regsave_walk, save_gen_params),
	KUNIT_CASE(regsave_mangled),
	KUNIT_CASE(regsave_full),
	{}
};

static struct kunit_suite rtas_suite = {
	.name = "fadump_rtas",
	.test_cases = rtas_cases,
};

kunit_test_suites(&rtas_suite);

MODULE_DESCRIPTION("KUnit tests of the RTAS formats of fadump");
MODULE_LICENSE("GPL");
