// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Crash notes: which addresses are accepted, and what is written.
 */

#include "tests/lib/fadump-test.h"

/*
 * b boot memory, of which the first three pages were copied to the second page of the
 * dump area; a dump area; h memory that before not copied; f memory that firmware keeps
 */
#define MEMORY	"bbbbaaaaahhh.hfh"

#define NOTE_PAGE	PAGES(10)

struct find_case {
	const char *name;
	u64 crash_note;
	int rc;
	u64 at;
};

static const struct find_case find_rows[] = {
	{ "no crash note", 0, -ENOENT },
	{ "in place", NOTE_PAGE + 0x400, 0, NOTE_PAGE + 0x400 },
	{ "at the end of a page", NOTE_PAGE + 0x1000 - FADUMP_CRASH_NOTE_SZ, 0,
	  NOTE_PAGE + 0x1000 - FADUMP_CRASH_NOTE_SZ },
	{ "a word too far", NOTE_PAGE + 0x1004 - FADUMP_CRASH_NOTE_SZ, -EINVAL },
	{ "at no word", NOTE_PAGE + 0x402, -EINVAL },
	{ "in the last page of RAM", PAGES(16) - 0x1000, 0, PAGES(16) - 0x1000 },
	{ "in boot memory", PAGES(1) + 0x800, 0, PAGES(6) + 0x800 },
	{ "in boot memory that before not copied", PAGES(3) + 0x800, -ENOENT },
	{ "in the dump area", PAGES(4), -ENOENT },
	{ "in the copy of the boot memory", PAGES(6) + 0x800, -ENOENT },
	{ "in memory that firmware keeps", PAGES(14), -ENOENT },
	{ "in a hole", PAGES(12), -EINVAL },
	{ "after the end of RAM", PAGES(16), -EINVAL },
	{ "in the last page of all addresses", U64_MAX - 0xfff, -EINVAL },
	{ "in the last word of all addresses", U64_MAX - 3, -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(find, find_rows, name);

static void crash_notes_find(struct kunit *test)
{
	const struct find_case *c = test->param_value;
	const struct fadump_ranges *ram = test_parse_map(test, TEST_CAP, MEMORY, NULL,
							 TEST_PAGE);
	const struct fadump_ranges *unmoved = test_parse_map(test, TEST_CAP, MEMORY, "h",
							     TEST_PAGE);
	struct fadump_crash_info *info;
	struct fadump_dump *dump;
	u8 table[16] = { };
	u64 at;

	info = kunit_kzalloc(test, sizeof(*info), GFP_KERNEL);
	dump = kunit_kzalloc(test, sizeof(*dump), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, info);
	KUNIT_ASSERT_NOT_NULL(test, dump);
	dump->boot_mem_top = PAGES(4);
	dump->copy[0] = (struct fadump_copy){ 0, PAGES(5), PAGES(3) };
	dump->nr_copies = 1;
	put_unaligned_be64(c->crash_note, table + 8);
	info->crash_notes = (struct fadump_bytes){ table, sizeof(table) };

	KUNIT_ASSERT_EQ(test, fadump_notes_find_crash_note(info, 1, dump, ram, unmoved, &at),
			c->rc);
	if (!c->rc)
		KUNIT_EXPECT_EQ(test, at, c->at);
	/* CPU 0 has none, and the table ends after CPU 1. */
	KUNIT_EXPECT_EQ(test, fadump_notes_find_crash_note(info, 0, dump, ram, unmoved, &at),
			-ENOENT);
	KUNIT_EXPECT_EQ(test, fadump_notes_find_crash_note(info, 2, dump, ram, unmoved, &at),
			-ENOENT);
	KUNIT_EXPECT_EQ(test, fadump_notes_find_crash_note(info, U32_MAX, dump, ram, unmoved,
							   &at), -ENOENT);
}

/* A crash note, and bytes after it that must not change. */
#define ROOM	(FADUMP_CRASH_NOTE_SZ + 8)

static u8 *make_note(struct kunit *test, u32 pid)
{
	u8 *note = kunit_kzalloc(test, FADUMP_CPU_NOTE_SZ, GFP_KERNEL);
	u64 regs[FADUMP_NR_REGS];
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, note);
	for (i = 0; i < FADUMP_NR_REGS; i++)
		regs[i] = ~(u64)i;
	fadump_notes_write(note, pid, regs);
	return note;
}

static u8 *make_crash_note(struct kunit *test)
{
	u8 *crash_note = kunit_kzalloc(test, ROOM, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, crash_note);
	memset(crash_note + FADUMP_CRASH_NOTE_SZ, 0xee, ROOM - FADUMP_CRASH_NOTE_SZ);
	return crash_note;
}

static void crash_notes_fill(struct kunit *test)
{
	const u8 *note = make_note(test, 1), *other = make_note(test, 2);
	u8 *crash_note = make_crash_note(test);
	u32 i;

	KUNIT_EXPECT_TRUE(test, fadump_notes_fill_crash_note(crash_note, note));
	KUNIT_EXPECT_MEMEQ(test, crash_note, note, FADUMP_CPU_NOTE_SZ);
	/* The empty note, and the bytes after it. */
	for (i = FADUMP_CPU_NOTE_SZ; i < ROOM; i++)
		KUNIT_EXPECT_EQ(test, crash_note[i], i < FADUMP_CRASH_NOTE_SZ ? 0 : 0xee);

	/* A second note does not replace the first. */
	KUNIT_EXPECT_TRUE(test, fadump_notes_fill_crash_note(crash_note, other));
	KUNIT_EXPECT_MEMEQ(test, crash_note, note, FADUMP_CPU_NOTE_SZ);
}

/* A byte that is not zero: not an empty crash note. */
static void crash_notes_fill_used(struct kunit *test)
{
	u8 *crash_note = make_crash_note(test), *before = make_crash_note(test);
	const u8 *note = make_note(test, 1);
	u32 i;

	for (i = 0; i < FADUMP_CRASH_NOTE_SZ; i++) {
		crash_note[i] = 1;
		before[i] = 1;
		KUNIT_EXPECT_FALSE(test, fadump_notes_fill_crash_note(crash_note, note));
		KUNIT_EXPECT_MEMEQ(test, crash_note, before, ROOM);
		crash_note[i] = 0;
		before[i] = 0;
	}
}

static struct kunit_case crash_notes_cases[] = {
	KUNIT_CASE_PARAM(crash_notes_find, find_gen_params),
	KUNIT_CASE(crash_notes_fill),
	KUNIT_CASE(crash_notes_fill_used),
	{}
};

static struct kunit_suite crash_notes_suite = {
	.name = "fadump_notes",
	.test_cases = crash_notes_cases,
};

kunit_test_suites(&crash_notes_suite);

MODULE_DESCRIPTION("KUnit tests of the crash notes of fadump");
MODULE_LICENSE("GPL");
