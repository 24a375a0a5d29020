// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CPU notes in the dead kernel's memory: where slots are, and what may be written
 * there.
 */

#include "tests/lib/fadump-test.h"

/*
 * b boot memory, of which the first three pages were copied, to the second page of
 * the dump area; a dump area; h memory that stayed in place; f firmware's now
 */
#define MEMORY	"bbbbaaaaahhh.hfh"

#define SLOT	PAGES(10)

struct find_case {
	const char *name;
	u64 slot;
	int rc;
	u64 at;
};

static const struct find_case find_rows[] = {
	{ "no slot", 0, -ENOENT },
	{ "in place", SLOT + 0x400, 0, SLOT + 0x400 },
	{ "at the end of a page", SLOT + 0x1000 - FADUMP_CRASH_NOTE_SZ, 0,
	  SLOT + 0x1000 - FADUMP_CRASH_NOTE_SZ },
	{ "a word too far", SLOT + 0x1004 - FADUMP_CRASH_NOTE_SZ, -EINVAL },
	{ "at no word", SLOT + 0x402, -EINVAL },
	{ "in the last page of RAM", PAGES(16) - 0x1000, 0, PAGES(16) - 0x1000 },
	{ "in boot memory", PAGES(1) + 0x800, 0, PAGES(6) + 0x800 },
	{ "in boot memory that did not come", PAGES(3) + 0x800, -ENOENT },
	{ "in the dump area", PAGES(4), -ENOENT },
	{ "in the copy of the boot memory", PAGES(6) + 0x800, -ENOENT },
	{ "in memory that is firmware's", PAGES(14), -ENOENT },
	{ "in no memory", PAGES(12), -EINVAL },
	{ "behind all memory", PAGES(16), -EINVAL },
	{ "in the last page of all addresses", U64_MAX - 0xfff, -EINVAL },
	{ "in the last word of all addresses", U64_MAX - 3, -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(find, find_rows, name);

static void crash_notes_find(struct kunit *test)
{
	const struct find_case *c = test->param_value;
	const struct fadump_ranges *ram = test_read(test, TEST_CAP, MEMORY, NULL,
						    TEST_PAGE);
	const struct fadump_ranges *unmoved = test_read(test, TEST_CAP, MEMORY, "h",
						     TEST_PAGE);
	struct fadump_crash_info *info;
	struct fadump_dump *dump;
	u8 slots[16] = { };
	u64 at;

	info = kunit_kzalloc(test, sizeof(*info), GFP_KERNEL);
	dump = kunit_kzalloc(test, sizeof(*dump), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, info);
	KUNIT_ASSERT_NOT_NULL(test, dump);
	dump->boot_mem_top = PAGES(4);
	dump->copy[0] = (struct fadump_copy){ 0, PAGES(5), PAGES(3) };
	dump->nr_copies = 1;
	put_unaligned_be64(c->slot, slots + 8);
	info->crash_notes = (struct fadump_bytes){ slots, sizeof(slots) };

	KUNIT_ASSERT_EQ(test, fadump_notes_find_crash_note(info, 1, dump, ram, unmoved, &at),
			c->rc);
	if (!c->rc)
		KUNIT_EXPECT_EQ(test, at, c->at);
	/* Nobody else has one, and the table ends. */
	KUNIT_EXPECT_EQ(test, fadump_notes_find_crash_note(info, 0, dump, ram, unmoved, &at),
			-ENOENT);
	KUNIT_EXPECT_EQ(test, fadump_notes_find_crash_note(info, 2, dump, ram, unmoved, &at),
			-ENOENT);
	KUNIT_EXPECT_EQ(test, fadump_notes_find_crash_note(info, U32_MAX, dump, ram, unmoved,
							   &at), -ENOENT);
}

/* A slot, and behind it what must not change. */
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

static u8 *make_slot(struct kunit *test)
{
	u8 *slot = kunit_kzalloc(test, ROOM, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, slot);
	memset(slot + FADUMP_CRASH_NOTE_SZ, 0xee, ROOM - FADUMP_CRASH_NOTE_SZ);
	return slot;
}

static void crash_notes_put(struct kunit *test)
{
	const u8 *note = make_note(test, 1), *other = make_note(test, 2);
	u8 *slot = make_slot(test);
	u32 i;

	KUNIT_EXPECT_TRUE(test, fadump_notes_fill_crash_note(slot, note));
	KUNIT_EXPECT_MEMEQ(test, slot, note, FADUMP_CPU_NOTE_SZ);
	/* The empty note behind it, and what is not the slot's. */
	for (i = FADUMP_CPU_NOTE_SZ; i < ROOM; i++)
		KUNIT_EXPECT_EQ(test, slot[i], i < FADUMP_CRASH_NOTE_SZ ? 0 : 0xee);

	/* A CPU's own is the better one. */
	KUNIT_EXPECT_TRUE(test, fadump_notes_fill_crash_note(slot, other));
	KUNIT_EXPECT_MEMEQ(test, slot, note, FADUMP_CPU_NOTE_SZ);
}

/* One byte that is not zero: somebody has something there. */
static void crash_notes_put_elsewhere(struct kunit *test)
{
	u8 *slot = make_slot(test), *was = make_slot(test);
	const u8 *note = make_note(test, 1);
	u32 i;

	for (i = 0; i < FADUMP_CRASH_NOTE_SZ; i++) {
		slot[i] = 1;
		was[i] = 1;
		KUNIT_EXPECT_FALSE(test, fadump_notes_fill_crash_note(slot, note));
		KUNIT_EXPECT_MEMEQ(test, slot, was, ROOM);
		slot[i] = 0;
		was[i] = 0;
	}
}

static struct kunit_case crash_notes_cases[] = {
	KUNIT_CASE_PARAM(crash_notes_find, find_gen_params),
	KUNIT_CASE(crash_notes_put),
	KUNIT_CASE(crash_notes_put_elsewhere),
	{}
};

static struct kunit_suite crash_notes_suite = {
	.name = "fadump_notes",
	.test_cases = crash_notes_cases,
};

kunit_test_suites(&crash_notes_suite);

MODULE_DESCRIPTION("KUnit tests of notes in a dead kernel's memory");
MODULE_LICENSE("GPL");
