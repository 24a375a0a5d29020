// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How far a dump has been read, and VMCOREINFO where nobody said that it is.
 */

#include <linux/elf.h>

#include "fadump-test.h"

/* -------- reading -------- */

#define MIB		((u64)1 << 20)
#define BASE		(320 * MIB)
#define RAM_END		(2048 * MIB)

struct reading_case {
	const char *name;
	struct {
		u64 from;
		u64 to;
	} pass[3];
	enum fadump_read how_far;
};

static const struct reading_case reading_rows[] = {
	{ "nothing", {}, FADUMP_READ_NOTHING },
	{ "only where this kernel is", { { 0, BASE } }, FADUMP_READ_NOTHING },
	{ "only beyond RAM", { { RAM_END, RAM_END + 64 * MIB } }, FADUMP_READ_NOTHING },
	{ "one page", { { BASE, BASE + TEST_PAGE } }, FADUMP_READ_PART },
	{ "tables at the top", { { RAM_END - 8 * MIB, RAM_END } }, FADUMP_READ_PART },
	{ "tables at the top, then much of the rest",
	  { { RAM_END - 8 * MIB, RAM_END }, { BASE, BASE + 1000 * MIB } },
	  FADUMP_READ_PART },
	{ "half of it", { { BASE, BASE + 864 * MIB } }, FADUMP_READ_PART },
	{ "up to a page before the last eighth",
	  { { BASE, RAM_END - 216 * MIB - TEST_PAGE } }, FADUMP_READ_PART },
	{ "into the last eighth",
	  { { BASE, RAM_END - 216 * MIB + TEST_PAGE } }, FADUMP_READ_ALL },
	{ "all", { { BASE, RAM_END } }, FADUMP_READ_ALL },
	{ "what a filter leaves",
	  { { BASE, BASE + 40 * MIB }, { RAM_END - MIB, RAM_END } },
	  FADUMP_READ_ALL },
	{ "the end, and not enough before it",
	  { { BASE, BASE + 4 * MIB }, { RAM_END - MIB, RAM_END } },
	  FADUMP_READ_PART },
};

KUNIT_ARRAY_PARAM_DESC(reading, reading_rows, name);

static void reading_passes(struct kunit *test)
{
	const struct reading_case *c = test->param_value;
	struct fadump_reading r;
	u64 at;
	u32 i;

	fadump_reading_init(&r, BASE, RAM_END, TEST_PAGE);
	for (i = 0; i < ARRAY_SIZE(c->pass); i++)
		for (at = c->pass[i].from; at < c->pass[i].to; at += TEST_PAGE)
			fadump_reading_note(&r, at, TEST_PAGE);
	KUNIT_EXPECT_EQ(test, fadump_reading_how_far(&r), c->how_far);
	KUNIT_EXPECT_LE(test, r.parts, CRASH_INFO_PROGRESS_END);
}

/* Progress is what nobody has looked at before. */
static void reading_parts(struct kunit *test)
{
	struct fadump_reading r;
	u64 at;
	u32 n;

	fadump_reading_init(&r, BASE, RAM_END, TEST_PAGE);
	for (n = 0; n < 3; n++) {
		fadump_reading_note(&r, BASE, TEST_PAGE);
		KUNIT_EXPECT_EQ(test, r.parts, 1);
	}
	for (at = BASE; at < RAM_END; at += TEST_PAGE)
		fadump_reading_note(&r, at, TEST_PAGE);
	KUNIT_EXPECT_EQ(test, r.parts, CRASH_INFO_PROGRESS_END);
	KUNIT_EXPECT_EQ(test, fadump_reading_how_far(&r), FADUMP_READ_ALL);
	fadump_reading_init(&r, RAM_END, BASE, TEST_PAGE);
	fadump_reading_note(&r, RAM_END, TEST_PAGE);
	KUNIT_EXPECT_EQ(test, fadump_reading_how_far(&r), FADUMP_READ_NOTHING);
}

static void read_up_to(struct fadump_reading *r, u64 from, u64 to)
{
	for (; from < to; from += TEST_PAGE)
		fadump_reading_note(r, from, TEST_PAGE);
}

/* Small pages have more tables: to look at all of them is no reason to forget a dump. */
static void reading_tables(struct kunit *test)
{
	const u64 tables = (RAM_END - BASE) / 4096 * 64;
	struct fadump_reading r;

	fadump_reading_init(&r, BASE, RAM_END, 4096);
	read_up_to(&r, RAM_END - tables, RAM_END);
	KUNIT_EXPECT_EQ(test, fadump_reading_how_far(&r), FADUMP_READ_PART);
	read_up_to(&r, BASE, BASE + READING_LEAST);
	KUNIT_EXPECT_EQ(test, fadump_reading_how_far(&r), FADUMP_READ_PART);
	read_up_to(&r, RAM_END - TEST_PAGE, RAM_END);
	KUNIT_EXPECT_EQ(test, fadump_reading_how_far(&r), FADUMP_READ_ALL);
	/* Nor is one that says what cannot be. */
	fadump_reading_init(&r, BASE, RAM_END, 1);
	KUNIT_EXPECT_EQ(test, r.tables, tables);
	fadump_reading_init(&r, BASE, RAM_END, U64_MAX);
	KUNIT_EXPECT_EQ(test, r.tables, tables / 16);
}

/* Who has mapped all of it has not read it; who had read it before still has. */
static void reading_forgotten(struct kunit *test)
{
	struct fadump_reading r;

	fadump_reading_init(&r, BASE, RAM_END, TEST_PAGE);
	read_up_to(&r, BASE, RAM_END);
	fadump_reading_forget(&r, BASE, RAM_END - BASE);
	KUNIT_EXPECT_EQ(test, fadump_reading_how_far(&r), FADUMP_READ_NOTHING);
	read_up_to(&r, BASE, BASE + 864 * MIB);
	read_up_to(&r, BASE, RAM_END);
	fadump_reading_forget(&r, BASE, RAM_END - BASE);
	KUNIT_EXPECT_EQ(test, fadump_reading_how_far(&r), FADUMP_READ_PART);
	read_up_to(&r, BASE + 864 * MIB, RAM_END);
	read_up_to(&r, BASE, RAM_END);
	fadump_reading_forget(&r, BASE, RAM_END - BASE);
	KUNIT_EXPECT_EQ(test, fadump_reading_how_far(&r), FADUMP_READ_ALL);
	/* Below what is preserved nothing was noted. */
	fadump_reading_init(&r, BASE, RAM_END, TEST_PAGE);
	read_up_to(&r, 0, BASE);
	fadump_reading_forget(&r, 0, BASE);
	KUNIT_EXPECT_EQ(test, fadump_reading_how_far(&r), FADUMP_READ_NOTHING);
}

#define TEXT_SZ		(20 * MIB + TEST_PAGE)

struct saver_case {
	const char *name;
	struct {
		u64 from;
		u64 to;
	} pass[3];
	u32 jumps;
	bool is_one;
};

/* The text is where the copy of the boot memory begins. */
static const struct saver_case saver_rows[] = {
	{ "nothing", {}, 0, false },
	{ "all in turn", { { BASE, RAM_END } }, 0, false },
	{ "the first part in turn", { { BASE, BASE + 200 * MIB } }, 0, false },
	{ "the text, and here and there", { { BASE, BASE + TEXT_SZ } }, 20, true },
	{ "the text in two parts, and here and there",
	  { { BASE + 9 * MIB, BASE + TEXT_SZ }, { BASE, BASE + 9 * MIB } }, 20, true },
	{ "the text twice, and hardly anything else",
	  { { BASE, BASE + TEXT_SZ }, { BASE, BASE + TEXT_SZ } }, 2, false },
	{ "the text but for its first page",
	  { { BASE + TEST_PAGE, BASE + TEXT_SZ } }, 20, false },
	{ "the text but for its last page",
	  { { BASE, BASE + TEXT_SZ - TEST_PAGE } }, 20, false },
	{ "here and there", {}, 100, false },
};

KUNIT_ARRAY_PARAM_DESC(saver, saver_rows, name);

static void saver_passes(struct kunit *test)
{
	const struct fadump_range text = { .base = BASE, .size = TEXT_SZ };
	const struct fadump_range none = { };
	const struct saver_case *c = test->param_value;
	struct fadump_saver s, blind;
	u64 at;
	u32 i;

	fadump_saver_init(&s, &text, 2);
	fadump_saver_init(&blind, &none, 2);
	for (i = 0; i < ARRAY_SIZE(c->pass); i++)
		for (at = c->pass[i].from; at < c->pass[i].to; at += TEST_PAGE) {
			fadump_saver_note(&s, at, TEST_PAGE);
			fadump_saver_note(&blind, at, TEST_PAGE);
		}
	for (i = 0; i < c->jumps; i++)
		fadump_saver_note(&s, BASE + 100 * MIB + i * MIB, TEST_PAGE);
	KUNIT_EXPECT_EQ(test, fadump_saver_is_one(&s), c->is_one);
	KUNIT_EXPECT_FALSE(test, fadump_saver_is_one(&blind));
	fadump_saver_reset(&s);
	KUNIT_EXPECT_FALSE(test, fadump_saver_is_one(&s));
	KUNIT_EXPECT_EQ(test, s.text.base, text.base);
}

/* -------- VMCOREINFO -------- */

#define NOTE_TEXT_AT	(sizeof(struct elf64_note) + 12)

/* The bytes end right behind what readers need. */
static struct fadump_bytes make_note(struct kunit *test, u64 at, const char *text)
{
	u32 len = strlen(text);
	struct fadump_bytes b = {
		.len = at + NOTE_TEXT_AT + ALIGN(len, 4) + FADUMP_NOTE_END_SZ,
	};
	u8 *data = kunit_kzalloc(test, b.len, GFP_KERNEL);
	struct elf64_note note = { .n_namesz = 11, .n_descsz = len };

	KUNIT_ASSERT_NOT_NULL(test, data);
	memcpy(data + at, &note, sizeof(note));
	memcpy(data + at + sizeof(note), "VMCOREINFO", 11);
	memcpy(data + at + NOTE_TEXT_AT, text, len);
	b.data = data;
	return b;
}

struct note_case {
	const char *name;
	const char *text;
	const char *release;
	bool is;
	u64 crashtime;
};

static const struct note_case note_rows[] = {
	{ "of any kernel", "OSRELEASE=7.3.4\nPAGESIZE=65536\n", "", true },
	{ "of this kernel", "OSRELEASE=7.3.4\n", "7.3.4", true },
	{ "of another kernel", "OSRELEASE=7.3.5\n", "7.3.4" },
	{ "of one whose name begins so", "OSRELEASE=7.3.40\n", "7.3.4" },
	{ "with the time of the crash", "OSRELEASE=7\nCRASHTIME=1795752000\n", "", true,
	  1795752000 },
	{ "with a time inside of a line", "OSRELEASE=7\nXCRASHTIME=5\n", "", true },
	{ "with a time that is none", "OSRELEASE=7\nCRASHTIME=soon\n", "", true },
	{ "with a time beyond all", "OSRELEASE=7\nCRASHTIME=99999999999999999999999\n",
	  "", true, 9999999999999999999ULL },
	{ "that begins otherwise", "PAGESIZE=4096\nOSRELEASE=7\n", "" },
	{ "of no text", "", "" },
};

KUNIT_ARRAY_PARAM_DESC(note, note_rows, name);

static void note_read(struct kunit *test)
{
	const struct note_case *c = test->param_value;
	struct fadump_bytes b = make_note(test, 0, c->text);
	struct fadump_vmcoreinfo note = { };

	KUNIT_ASSERT_EQ(test, fadump_vmcoreinfo_read(&b, c->release, &note), c->is);
	if (!c->is)
		return;
	KUNIT_EXPECT_EQ(test, note.size, b.len);
	KUNIT_EXPECT_EQ(test, note.crashtime, c->crashtime);
	/* Cut by one byte it would be read past its end. */
	b.len--;
	KUNIT_EXPECT_FALSE(test, fadump_vmcoreinfo_read(&b, c->release, &note));
}

static void note_search(struct kunit *test)
{
	struct fadump_bytes b = make_note(test, 3 * VMCOREINFO_STEP, "OSRELEASE=7\n");
	struct fadump_vmcoreinfo note;

	KUNIT_EXPECT_EQ(test, fadump_vmcoreinfo_search(&b, 0, "", &note),
			3 * VMCOREINFO_STEP);
	KUNIT_EXPECT_EQ(test, fadump_vmcoreinfo_search(&b, 3 * VMCOREINFO_STEP, "7",
						       &note), 3 * VMCOREINFO_STEP);
	KUNIT_EXPECT_EQ(test, fadump_vmcoreinfo_search(&b, 4 * VMCOREINFO_STEP, "",
						       &note), U64_MAX);
	KUNIT_EXPECT_EQ(test, fadump_vmcoreinfo_search(&b, 0, "8", &note), U64_MAX);
	b = make_note(test, VMCOREINFO_STEP + 8, "OSRELEASE=7\n");
	KUNIT_EXPECT_EQ(test, fadump_vmcoreinfo_search(&b, 0, "", &note), U64_MAX);
}

/* Where no note is left the text on its page is found, and is a note again. */
static void note_bare(struct kunit *test)
{
	static const char text[] = "OSRELEASE=7\nPAGESIZE=65536\nCRASHTIME=17\n";
	u8 *page = kunit_kzalloc(test, 2 * VMCOREINFO_STEP, GFP_KERNEL);
	struct fadump_bytes b = { .data = page, .len = 2 * VMCOREINFO_STEP };
	struct fadump_bytes bare = { .len = sizeof(text) - 1 };
	struct fadump_vmcoreinfo note;
	u8 buf[128];
	u64 size;

	KUNIT_ASSERT_NOT_NULL(test, page);
	bare.data = page + VMCOREINFO_STEP;
	memcpy(page + VMCOREINFO_STEP, text, sizeof(text));
	KUNIT_ASSERT_EQ(test, fadump_vmcoreinfo_search(&b, 0, "7", &note),
			VMCOREINFO_STEP);
	KUNIT_EXPECT_TRUE(test, note.is_bare);
	KUNIT_EXPECT_EQ(test, note.size, bare.len);
	KUNIT_EXPECT_EQ(test, note.crashtime, 17);
	KUNIT_EXPECT_EQ(test, fadump_vmcoreinfo_search(&b, 0, "8", &note), U64_MAX);

	size = fadump_vmcoreinfo_wrap(&bare, buf, sizeof(buf));
	KUNIT_ASSERT_LT(test, bare.len, size);
	KUNIT_EXPECT_EQ(test, fadump_vmcoreinfo_wrap(&bare, buf, size - 1), 0);
	b = (struct fadump_bytes){ .data = buf, .len = size };
	KUNIT_ASSERT_TRUE(test, fadump_vmcoreinfo_read(&b, "7", &note));
	KUNIT_EXPECT_EQ(test, note.size, size);
	KUNIT_EXPECT_EQ(test, note.crashtime, 17);
}

/* A file may begin like that, too. */
static void note_bare_looks(struct kunit *test)
{
	static const char * const texts[] = {
		"OSRELEASE=7\n", "OSRELEASE=7\nPAGESIZE=4096", "OSRELEASE=7",
		"OSRELEASE=\nPAGESIZE=4096\n", "OSRELEASE=77\nPAGESIZE=4096\n",
	};
	static const char endless[] = "OSRELEASE=7\nPAGESIZE=4096\n";
	u8 *page = kunit_kzalloc(test, VMCOREINFO_STEP, GFP_KERNEL);
	struct fadump_bytes b = { .data = page, .len = VMCOREINFO_STEP };
	struct fadump_vmcoreinfo note;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, page);
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		memset(page, 0, VMCOREINFO_STEP);
		memcpy(page, texts[i], strlen(texts[i]));
		KUNIT_EXPECT_EQ(test, fadump_vmcoreinfo_search(&b, 0, "7", &note),
				U64_MAX);
	}
	/* It has no end. */
	memset(page, '\n', VMCOREINFO_STEP);
	memcpy(page, endless, strlen(endless));
	KUNIT_EXPECT_EQ(test, fadump_vmcoreinfo_search(&b, 0, "7", &note), U64_MAX);
}

struct set_case {
	const char *name;
	const char *text;
	u64 value;
	const char *result;	/* NULL where there is no such number */
};

static const struct set_case set_rows[] = {
	{ "a pointer", "A=1\nKEY=c00000003ffe5c80\nB=2\n", 0xc0000000fffbdc80,
	  "A=1\nKEY=c0000000fffbdc80\nB=2\n" },
	{ "fewer digits", "A=1\nKEY=c00000003ffe5c80\n", 0x1f, "A=1\nKEY=000000000000001f\n" },
	{ "as many as there is room for", "A=1\nKEY=1\n", 0xf, "A=1\nKEY=f\n" },
	{ "too many digits", "A=1\nKEY=1\n", 0x10 },
	{ "the largest", "A=1\nKEY=0000000000000000\n", U64_MAX,
	  "A=1\nKEY=ffffffffffffffff\n" },
	{ "more digits than there can be", "A=1\nKEY=00000000000000000\n", U64_MAX,
	  "A=1\nKEY=0ffffffffffffffff\n" },
	{ "the first of two", "A=1\nKEY=1\nKEY=1\n", 2, "A=1\nKEY=2\nKEY=1\n" },
	{ "inside of a line", "A=1\nMYKEY=1\n", 2 },
	{ "a key that goes on", "A=1\nKEYS=1\n", 2 },
	{ "no such line", "A=1\n", 2 },
	{ "no number", "A=1\nKEY=\n", 0 },
	{ "no number but a word", "A=1\nKEY=soon\n", 0 },
	{ "capital letters", "A=1\nKEY=C0\n", 2 },
	{ "a number and more", "A=1\nKEY=0x12\n", 2 },
	{ "a line that does not end", "A=1\nKEY=12", 2 },
	{ "a text that ends with the key", "A=1\nKEY=", 0 },
	{ "no text", "", 0 },
};

KUNIT_ARRAY_PARAM_DESC(set, set_rows, name);

/* In the text alone, and in the note of it; another number and nothing else. */
static void note_set(struct kunit *test)
{
	const struct set_case *c = test->param_value;
	size_t len = strlen(c->text);
	struct fadump_bytes b = make_note(test, 0, c->text);
	struct fadump_bytes want = make_note(test, 0, c->result ?: c->text);
	u8 *note = (u8 *)b.data;
	u8 *text = kunit_kzalloc(test, len + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, text);
	memcpy(text, c->text, len);
	KUNIT_EXPECT_EQ(test, fadump_vmcoreinfo_set(text, len, "KEY=", c->value),
			!!c->result);
	KUNIT_EXPECT_STREQ(test, (char *)text, c->result ?: c->text);

	KUNIT_EXPECT_EQ(test, fadump_vmcoreinfo_set(note, b.len, "KEY=", c->value),
			!!c->result);
	KUNIT_ASSERT_EQ(test, b.len, want.len);
	KUNIT_EXPECT_EQ(test, memcmp(note, want.data, b.len), 0);
}

static void mangled_note(struct kunit *test, const struct fadump_bytes *b)
{
	struct fadump_vmcoreinfo note;

	if (fadump_vmcoreinfo_read(b, "", &note))
		KUNIT_ASSERT_LE(test, note.size, b->len);
}

static void note_mangled(struct kunit *test)
{
	struct fadump_bytes b = make_note(test, 0, "OSRELEASE=7\nCRASHTIME=17\n");

	test_mangle(test, b.data, b.len, mangled_note);
}

static struct kunit_case reading_cases[] = {
	KUNIT_CASE_PARAM(reading_passes, reading_gen_params),
	KUNIT_CASE(reading_parts),
	KUNIT_CASE(reading_tables),
	KUNIT_CASE(reading_forgotten),
	KUNIT_CASE_PARAM(saver_passes, saver_gen_params),
	KUNIT_CASE_PARAM(note_read, note_gen_params),
	KUNIT_CASE(note_search),
	KUNIT_CASE(note_bare),
	KUNIT_CASE(note_bare_looks),
	KUNIT_CASE_PARAM(note_set, set_gen_params),
	KUNIT_CASE(note_mangled),
	{}
};

static struct kunit_suite reading_suite = {
	.name = "fadump_reading",
	.test_cases = reading_cases,
};

kunit_test_suites(&reading_suite);

MODULE_DESCRIPTION("KUnit tests of how fadump tells what has been read");
MODULE_LICENSE("GPL");
