// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * VMCOREINFO, at a known address and found by a search.
 */

#include <linux/elf.h>

#include "tests/lib/fadump-test.h"

#define NOTE_TEXT_AT	(sizeof(struct elf64_note) + 12)

/* The buffer ends right after the note, so that ASan sees overruns. */
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
	bool found;
	u64 crashtime;
};

static const struct note_case note_rows[] = {
	{ "of any kernel", "OSRELEASE=7.3.4\nPAGESIZE=65536\n", "", true },
	{ "of this kernel", "OSRELEASE=7.3.4\n", "7.3.4", true },
	{ "of another kernel", "OSRELEASE=7.3.5\n", "7.3.4" },
	{ "of a release with this prefix", "OSRELEASE=7.3.40\n", "7.3.4" },
	{ "with the time of the crash", "OSRELEASE=7\nCRASHTIME=1795752000\n", "", true,
	  1795752000 },
	{ "with a time inside of a line", "OSRELEASE=7\nXCRASHTIME=5\n", "", true },
	{ "with a time that is no number", "OSRELEASE=7\nCRASHTIME=soon\n", "", true },
	{ "with a time that overflows", "OSRELEASE=7\nCRASHTIME=99999999999999999999999\n",
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

	KUNIT_ASSERT_EQ(test, fadump_vmcoreinfo_read(&b, c->release, &note), c->found);
	if (!c->found)
		return;
	KUNIT_EXPECT_EQ(test, note.size, b.len);
	KUNIT_EXPECT_EQ(test, note.crashtime, c->crashtime);
	/* A note that is truncated by one byte must be rejected. */
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

/* Without a note the text is found, and becomes a note again. */
static void note_text_only(struct kunit *test)
{
	static const char text[] = "OSRELEASE=7\nPAGESIZE=65536\nCRASHTIME=17\n";
	u8 *page = kunit_kzalloc(test, 2 * VMCOREINFO_STEP, GFP_KERNEL);
	struct fadump_bytes b = { .data = page, .len = 2 * VMCOREINFO_STEP };
	struct fadump_bytes text_only = { .len = sizeof(text) - 1 };
	struct fadump_vmcoreinfo note;
	u8 buf[128];
	u64 size;

	KUNIT_ASSERT_NOT_NULL(test, page);
	text_only.data = page + VMCOREINFO_STEP;
	memcpy(page + VMCOREINFO_STEP, text, sizeof(text));
	KUNIT_ASSERT_EQ(test, fadump_vmcoreinfo_search(&b, 0, "7", &note),
			VMCOREINFO_STEP);
	KUNIT_EXPECT_TRUE(test, note.is_text_only);
	KUNIT_EXPECT_EQ(test, note.size, text_only.len);
	KUNIT_EXPECT_EQ(test, note.crashtime, 17);
	KUNIT_EXPECT_EQ(test, fadump_vmcoreinfo_search(&b, 0, "8", &note), U64_MAX);

	size = fadump_vmcoreinfo_wrap(&text_only, buf, sizeof(buf));
	KUNIT_ASSERT_LT(test, text_only.len, size);
	KUNIT_EXPECT_EQ(test, fadump_vmcoreinfo_wrap(&text_only, buf, size - 1), 0);
	b = (struct fadump_bytes){ .data = buf, .len = size };
	KUNIT_ASSERT_TRUE(test, fadump_vmcoreinfo_read(&b, "7", &note));
	KUNIT_EXPECT_EQ(test, note.size, size);
	KUNIT_EXPECT_EQ(test, note.crashtime, 17);
}

/* Pages of files that begin like the text must be rejected. */
static void note_text_rejected(struct kunit *test)
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
	/* A text that fills its page has no end. */
	memset(page, '\n', VMCOREINFO_STEP);
	memcpy(page, endless, strlen(endless));
	KUNIT_EXPECT_EQ(test, fadump_vmcoreinfo_search(&b, 0, "7", &note), U64_MAX);
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

static struct kunit_case vmcoreinfo_cases[] = {
	KUNIT_CASE_PARAM(note_read, note_gen_params),
	KUNIT_CASE(note_search),
	KUNIT_CASE(note_text_only),
	KUNIT_CASE(note_text_rejected),
	KUNIT_CASE(note_mangled),
	{}
};

static struct kunit_suite vmcoreinfo_suite = {
	.name = "fadump_vmcoreinfo",
	.test_cases = vmcoreinfo_cases,
};

kunit_test_suites(&vmcoreinfo_suite);

MODULE_DESCRIPTION("KUnit tests of how fadump finds VMCOREINFO");
MODULE_LICENSE("GPL");
