// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * OPAL's own core.
 */

#include <linux/elf.h>

#include "lib/fadump-lib.h"

/**
 * DOC: OPAL's core
 *
 * Big endian, as OPAL's structures are, whatever the kernel is. The head is
 * followed by the pages that hold OPAL's memory, whole ones, so that all of it
 * can be mapped instead of copied::
 *
 *	Ehdr
 *	PT_NOTE   NT_PRSTATUS of the thread that died, of the others, NT_AUXV
 *	PT_LOAD   one per region     vaddr: where OPAL ran   paddr: from there on
 *	          ... up to a page
 *	pages of the first region    offset: within the first of them
 *	pages of the second ...
 *
 * A debugger takes threads by their pid, which is the PIR and a hundred, since
 * there is a thread 0 and no process of that number.
 */

#define EHDR_SZ		sizeof(struct elf64_hdr)
#define PHDR_SZ		sizeof(struct elf64_phdr)

#define OPAL_NT_AUXV		6
#define OPAL_AT_ENTRY		9
#define OPAL_AUXV_NOTE_SZ	(12 + 8 + 4 * sizeof(u64))

/* What took the thread down: the kernel's request, or OPAL's own end. */
#define OPAL_SIG_REQUEST	10	/* SIGUSR1 */
#define OPAL_SIG_OPAL		15	/* SIGTERM */

#define PRSTATUS_SIGNO		0
#define PRSTATUS_CURSIG		12
#define PRSTATUS_PPID		36

#define FIRST_PID		100

static void put_be(void *at, size_t size, u64 value)
{
	if (size == 2)
		put_unaligned_be16(value, at);
	else if (size == 4)
		put_unaligned_be32(value, at);
	else
		put_unaligned_be64(value, at);
}

/* As wide as the field that @place points to. */
#define put(place, value)						\
({									\
	__auto_type _p = (place);					\
									\
	put_be(_p, sizeof(*_p), value);					\
})

static u32 count_threads(const struct opal_core *core)
{
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;
	u32 n = 0;

	if (opal_regs_open(&it, &core->cpus, core->cpu_step))
		return 0;
	while (opal_regs_next(&it, &cpu) > 0)
		n++;
	return n;
}

static u32 count_loads(const struct opal_core *core)
{
	u32 i, n = 0;

	for (i = 0; i < core->fw.nr_regions; i++)
		n += !!core->fw.region[i].size;
	return n;
}

static size_t notes_at(const struct opal_core *core)
{
	return EHDR_SZ + (1 + count_loads(core)) * PHDR_SZ;
}

static size_t notes_size(const struct opal_core *core)
{
	return (size_t)count_threads(core) * FADUMP_CPU_NOTE_SZ +
	       OPAL_AUXV_NOTE_SZ;
}

/**
 * opal_elf_head_size - bytes of everything before the first region
 * @core: what there is
 *
 * Return: whole pages.
 */
size_t opal_elf_head_size(const struct opal_core *core)
{
	return ALIGN(notes_at(core) + notes_size(core), core->page_size);
}

/**
 * opal_elf_region_pages - the pages of a region
 * @core: what there is
 * @n: which region
 * @pages: result: real memory, whole pages; none for one that is left out
 *
 * Return: where in the file they begin.
 */
u64 opal_elf_region_pages(const struct opal_core *core, u32 n,
			  struct fadump_range *pages)
{
	u64 at = opal_elf_head_size(core);
	u32 i;

	for (i = 0;; i++) {
		const struct fadump_copy *r = &core->fw.region[i];

		pages->base = ALIGN_DOWN(r->dest, core->page_size);
		pages->size = r->size ? ALIGN(r->dest + r->size, core->page_size) -
					pages->base : 0;
		if (i == n)
			return at;
		at += pages->size;
	}
}

static void fill_ehdr(const struct opal_core *core, struct elf64_hdr *ehdr)
{
	memcpy(ehdr->e_ident, ELFMAG, SELFMAG);
	ehdr->e_ident[EI_CLASS] = ELFCLASS64;
	ehdr->e_ident[EI_DATA] = ELFDATA2MSB;
	ehdr->e_ident[EI_VERSION] = EV_CURRENT;
	put(&ehdr->e_type, ET_CORE);
	put(&ehdr->e_machine, EM_PPC64);
	put(&ehdr->e_version, EV_CURRENT);
	put(&ehdr->e_phoff, EHDR_SZ);
	put(&ehdr->e_ehsize, EHDR_SZ);
	put(&ehdr->e_phentsize, PHDR_SZ);
	put(&ehdr->e_phnum, 1 + count_loads(core));
}

static void fill_phdrs(const struct opal_core *core, struct elf64_phdr *phdr)
{
	struct fadump_range pages;
	u32 i;

	put(&phdr->p_type, PT_NOTE);
	put(&phdr->p_offset, notes_at(core));
	put(&phdr->p_filesz, notes_size(core));
	for (i = 0; i < core->fw.nr_regions; i++) {
		const struct fadump_copy *r = &core->fw.region[i];
		u64 at = opal_elf_region_pages(core, i, &pages);

		if (!r->size)
			continue;
		phdr++;
		put(&phdr->p_type, PT_LOAD);
		put(&phdr->p_flags, PF_R | PF_W | PF_X);
		put(&phdr->p_offset, at + r->dest - pages.base);
		put(&phdr->p_vaddr, r->src);
		put(&phdr->p_paddr, r->src - core->base);
		put(&phdr->p_filesz, r->size);
		put(&phdr->p_memsz, r->size);
	}
}

static void *note_head(struct elf64_note *note, u32 type, u32 desc_size)
{
	put(&note->n_namesz, sizeof("CORE"));
	put(&note->n_descsz, desc_size);
	put(&note->n_type, type);
	memcpy(note + 1, "CORE", sizeof("CORE"));
	return (void *)(note + 1) + 8;
}

static void fill_thread(const struct opal_core *core,
			const struct fadump_cpu_regs *cpu, void *note)
{
	void *desc = note_head(note, NT_PRSTATUS, FADUMP_PRSTATUS_SZ);
	u32 i, signal = core->kernel_requested ? OPAL_SIG_REQUEST : OPAL_SIG_OPAL;

	if (cpu->hw_id == core->crashing_pir) {
		put_be(desc + PRSTATUS_SIGNO, 4, signal);
		put_be(desc + PRSTATUS_CURSIG, 2, signal);
	}
	put_be(desc + FADUMP_PRSTATUS_PID, 4, FIRST_PID + cpu->hw_id);
	put_be(desc + PRSTATUS_PPID, 4, 1);
	for (i = 0; i < FADUMP_NR_REGS; i++)
		put_be(desc + FADUMP_PRSTATUS_REGS + 8 * i, 8, cpu->regs[i]);
}

/* The thread that died, or all the others. */
static void *fill_threads(const struct opal_core *core, bool crashed, void *note)
{
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;

	if (opal_regs_open(&it, &core->cpus, core->cpu_step))
		return note;
	while (opal_regs_next(&it, &cpu) > 0) {
		bool is_it = cpu.hw_id == core->crashing_pir;

		if (is_it != crashed)
			continue;
		fill_thread(core, &cpu, note);
		note += FADUMP_CPU_NOTE_SZ;
	}
	return note;
}

static void fill_notes(const struct opal_core *core, void *note)
{
	void *desc;

	note = fill_threads(core, true, note);
	note = fill_threads(core, false, note);
	desc = note_head(note, OPAL_NT_AUXV, 4 * sizeof(u64));
	put_be(desc, 8, OPAL_AT_ENTRY);
	put_be(desc + 8, 8, core->entry);
}

/**
 * opal_elf_fill - write the head
 * @core: what there is; the register data must not change meanwhile
 * @buf: where to, cleared first
 * @cap: bytes there
 *
 * Return: 0, or -ENOSPC with nothing written.
 */
int opal_elf_fill(const struct opal_core *core, void *buf, size_t cap)
{
	if (opal_elf_head_size(core) > cap)
		return -ENOSPC;
	memset(buf, 0, cap);
	fill_ehdr(core, buf);
	fill_phdrs(core, buf + EHDR_SZ);
	fill_notes(core, buf + notes_at(core));
	return 0;
}
