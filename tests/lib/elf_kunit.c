// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The headers of the ELF core, read as a tool reads them.
 */

#include <linux/elf.h>

#include "tests/lib/fadump-test.h"

#define VA_BASE		0xc000000000000000ULL

struct core_case {
	const char *name;
	struct fadump_range vmcoreinfo;
	struct fadump_copy copy[3];
	const char *unmoved;
	/* "note offset+size" and "load paddr+size[@offset]", all in hex */
	const char *want;
	struct fadump_range last;
};

static const struct core_case core_rows[] = {
	{ "nothing but notes", {}, {}, "........", "note 7000+100" },
	{ "VMCOREINFO", { 0x90000, 0x800 }, {}, "........",
	  "note 7000+100 note 90000+800" },
	{ "boot memory", {}, { { 0, 0x50000, 0x20000 } }, "........",
	  "note 7000+100 load 0+20000@50000" },
	{ "boot memory in pieces", {},
	  { { 0, 0x50000, 0x20000 }, { 0x40000, 0x70000, 0x10000 } }, "........",
	  "note 7000+100 load 0+20000@50000 load 40000+10000@70000" },
	{ "the rest of RAM", {}, {}, "..##..#.",
	  "note 7000+100 load 20000+20000 load 60000+10000" },
	{ "all of it", { 0x50800, 0x400 }, { { 0, 0x50000, 0x20000 } }, "..###..#",
	  "note 7000+100 note 50800+400 load 0+20000@50000 load 20000+30000 load 70000+10000" },
	{ "the record's page behind all RAM", {}, {}, "..##..#.",
	  "note 7000+100 load 20000+20000 load 60000+10000 load 50000+10000",
	  { 0x50000, 0x10000 } },
};

static void print_phdr(struct kunit *test, char *text, const struct elf64_phdr *p)
{
	KUNIT_EXPECT_EQ(test, p->p_filesz, p->p_memsz);
	if (*text)
		test_print(text, " ");
	if (p->p_type == PT_NOTE) {
		test_print(text, "note %llx+%llx", (u64)p->p_offset,
			   (u64)p->p_filesz);
		return;
	}
	KUNIT_EXPECT_EQ(test, p->p_type, PT_LOAD);
	KUNIT_EXPECT_EQ(test, p->p_flags, PF_R | PF_W | PF_X);
	KUNIT_EXPECT_EQ(test, p->p_vaddr, p->p_paddr + VA_BASE);
	test_print(text, "load %llx+%llx", (u64)p->p_paddr, (u64)p->p_filesz);
	if (p->p_offset != p->p_paddr)
		test_print(text, "@%llx", (u64)p->p_offset);
}

static void elfcore_fill(struct kunit *test)
{
	const struct core_case *c = test->param_value;
	struct fadump_core core = {
		.notes = { 0x7000, 0x100 }, .vmcoreinfo = c->vmcoreinfo,
		.last = c->last, .copies = c->copy, .va_base = VA_BASE, .machine = EM_PPC64,
		.flags = 2,
		.unmoved = test_parse_map(test, TEST_CAP, c->unmoved, NULL, TEST_PAGE),
	};
	const u16 one = 1;
	char got[TEST_TEXT] = "";
	struct elf64_hdr *e;
	size_t size;
	u32 i;

	while (core.nr_copies < ARRAY_SIZE(c->copy) && c->copy[core.nr_copies].size)
		core.nr_copies++;
	size = fadump_elf_size(&core);
	e = kunit_kmalloc(test, size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, e);
	KUNIT_EXPECT_EQ(test, fadump_elf_fill(&core, e, size - 1), -ENOSPC);
	KUNIT_ASSERT_EQ(test, fadump_elf_fill(&core, e, size), 0);

	KUNIT_EXPECT_MEMEQ(test, e->e_ident, ELFMAG, SELFMAG);
	KUNIT_EXPECT_EQ(test, e->e_ident[EI_CLASS], ELFCLASS64);
	KUNIT_EXPECT_EQ(test, e->e_ident[EI_DATA],
			*(const u8 *)&one ? ELFDATA2LSB : ELFDATA2MSB);
	KUNIT_EXPECT_EQ(test, e->e_ident[EI_VERSION], EV_CURRENT);
	KUNIT_EXPECT_EQ(test, e->e_type, ET_CORE);
	KUNIT_EXPECT_EQ(test, e->e_machine, EM_PPC64);
	KUNIT_EXPECT_EQ(test, e->e_version, EV_CURRENT);
	KUNIT_EXPECT_EQ(test, e->e_flags, 2);
	KUNIT_EXPECT_EQ(test, e->e_phoff, sizeof(*e));
	KUNIT_EXPECT_EQ(test, e->e_ehsize, sizeof(*e));
	KUNIT_EXPECT_EQ(test, e->e_phentsize, sizeof(struct elf64_phdr));
	KUNIT_EXPECT_EQ(test, e->e_shnum, 0);
	/* The size that was computed is the size that was written. */
	KUNIT_ASSERT_EQ(test, sizeof(*e) + e->e_phnum * sizeof(struct elf64_phdr), size);
	for (i = 0; i < e->e_phnum; i++)
		print_phdr(test, got, (struct elf64_phdr *)(e + 1) + i);
	KUNIT_EXPECT_STREQ(test, got, c->want);
}

/* The largest e_phnum is 65534. */
static void elfcore_too_many(struct kunit *test)
{
	const u32 most = 0xfffe - 1;
	struct fadump_ranges unmoved = { .nr = most, .cap = most + 1 };
	struct fadump_core core = { .notes = { 0x7000, 0x100 }, .unmoved = &unmoved };
	size_t size = sizeof(struct elf64_hdr) + 0xffffUL * sizeof(struct elf64_phdr);
	struct elf64_hdr *e = kunit_kmalloc(test, size, GFP_KERNEL);

	unmoved.r = kunit_kzalloc(test, unmoved.cap * sizeof(*unmoved.r), GFP_KERNEL);
	if (!e || !unmoved.r)
		return;
	KUNIT_EXPECT_EQ(test, fadump_elf_fill(&core, e, size), 0);
	KUNIT_EXPECT_EQ(test, e->e_phnum, 0xfffe);
	unmoved.nr++;
	KUNIT_EXPECT_EQ(test, fadump_elf_fill(&core, e, size), -ENOSPC);
}

static void elfcore_note(struct kunit *test)
{
	u32 *b = kunit_kmalloc(test, FADUMP_CPU_NOTE_SZ, GFP_KERNEL);
	u64 regs[FADUMP_NR_REGS];
	const u8 *desc;
	u32 i, pid;

	KUNIT_ASSERT_NOT_NULL(test, b);
	for (i = 0; i < FADUMP_NR_REGS; i++)
		regs[i] = U64_MAX - i;
	KUNIT_ASSERT_EQ(test, fadump_notes_write(b, 4711, regs), FADUMP_CPU_NOTE_SZ);
	KUNIT_EXPECT_EQ(test, FADUMP_CPU_NOTE_SZ, 524);
	KUNIT_EXPECT_EQ(test, b[0], 5);
	KUNIT_EXPECT_EQ(test, b[1], 504);
	KUNIT_EXPECT_EQ(test, b[2], NT_PRSTATUS);
	KUNIT_EXPECT_MEMEQ(test, b + 3, "CORE\0\0\0", 8);
	desc = (const u8 *)b + 20;
	memcpy(&pid, desc + 32, sizeof(pid));
	KUNIT_EXPECT_EQ(test, pid, 4711);
	KUNIT_EXPECT_MEMEQ(test, desc + 112, regs, sizeof(regs));
	/* All other bytes are 0. */
	for (i = 0; i < FADUMP_PRSTATUS_SZ; i++)
		if (i < 32 || (i >= 36 && i < 112) || i >= 112 + sizeof(regs))
			KUNIT_ASSERT_EQ(test, desc[i], 0);
}

KUNIT_ARRAY_PARAM_DESC(core, core_rows, name);

static struct kunit_case elfcore_cases[] = {
	KUNIT_CASE_PARAM(elfcore_fill, core_gen_params),
	KUNIT_CASE(elfcore_too_many),
	KUNIT_CASE(elfcore_note),
	{}
};

static struct kunit_suite elfcore_suite = {
	.name = "fadump_elf",
	.test_cases = elfcore_cases,
};

kunit_test_suites(&elfcore_suite);

MODULE_DESCRIPTION("KUnit tests of the fadump ELF core");
MODULE_LICENSE("GPL");
