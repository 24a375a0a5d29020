// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ELF core of OPAL itself.
 */

#include <linux/elf.h>

#include "lib/fadump-lib.h"

/**
 * DOC: OPAL's core
 *
 * The core is big endian like OPAL itself, independent of the kernel. After the headers
 * and notes come the whole pages that contain OPAL's memory, so that user space can
 * map them::
 *
 *	Ehdr
 *	PT_NOTE   NT_PRSTATUS of the crashing thread, of the others, NT_AUXV
 *	PT_LOAD   one per region     vaddr: where OPAL ran   paddr: from there on
 *	          ... up to a page
 *	pages of the first region    offset: within the first of them
 *	pages of the second ...
 *
 * Debuggers tell threads apart by the pid of the note. It is the PIR plus 100, because
 * a PIR may be 0 and a pid may not.
 */

#define EHDR_SZ		sizeof(struct elf64_hdr)
#define PHDR_SZ		sizeof(struct elf64_phdr)

#define OPAL_NT_AUXV		6
#define OPAL_AT_ENTRY		9
#define OPAL_AUXV_NOTE_SZ	(12 + 8 + 4 * sizeof(u64))

/* Signal of the crashing thread: a crash of the kernel, or of OPAL. */
#define OPAL_SIG_REQUEST	10	/* SIGUSR1 */
#define OPAL_SIG_OPAL		15	/* SIGTERM */

#define PRSTATUS_SIGNO		0
#define PRSTATUS_CURSIG		12
#define PRSTATUS_PPID		36

#define FIRST_PID		100

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

static size_t compute_notes_offset(const struct opal_core *core)
{
	return EHDR_SZ + (1 + count_loads(core)) * PHDR_SZ;
}

static size_t compute_notes_size(const struct opal_core *core)
{
	return (size_t)count_threads(core) * FADUMP_CPU_NOTE_SZ +
	       OPAL_AUXV_NOTE_SZ;
}

/**
 * opal_elf_head_size - bytes before the first region
 * @core: contents of the core
 *
 * Return: size of the headers and notes, rounded up to whole pages.
 */
size_t opal_elf_head_size(const struct opal_core *core)
{
	return ALIGN(compute_notes_offset(core) + compute_notes_size(core), core->page_size);
}

/**
 * opal_elf_region_pages - the pages of a region
 * @core: contents of the core
 * @n: index of the region
 * @pages: result: whole pages at real addresses, size 0 for an omitted region
 *
 * Return: offset of the pages in the file.
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
	put_unaligned_be16(ET_CORE, &ehdr->e_type);
	put_unaligned_be16(EM_PPC64, &ehdr->e_machine);
	put_unaligned_be32(EV_CURRENT, &ehdr->e_version);
	put_unaligned_be64(EHDR_SZ, &ehdr->e_phoff);
	put_unaligned_be16(EHDR_SZ, &ehdr->e_ehsize);
	put_unaligned_be16(PHDR_SZ, &ehdr->e_phentsize);
	put_unaligned_be16(1 + count_loads(core), &ehdr->e_phnum);
}

static void fill_phdrs(const struct opal_core *core, struct elf64_phdr *phdr)
{
	struct fadump_range pages;
	u32 i;

	put_unaligned_be32(PT_NOTE, &phdr->p_type);
	put_unaligned_be64(compute_notes_offset(core), &phdr->p_offset);
	put_unaligned_be64(compute_notes_size(core), &phdr->p_filesz);
	for (i = 0; i < core->fw.nr_regions; i++) {
		const struct fadump_copy *r = &core->fw.region[i];
		u64 at = opal_elf_region_pages(core, i, &pages);

		if (!r->size)
			continue;
		phdr++;
		put_unaligned_be32(PT_LOAD, &phdr->p_type);
		put_unaligned_be32(PF_R | PF_W | PF_X, &phdr->p_flags);
		put_unaligned_be64(at + r->dest - pages.base, &phdr->p_offset);
		put_unaligned_be64(r->src, &phdr->p_vaddr);
		put_unaligned_be64(r->src - core->base, &phdr->p_paddr);
		put_unaligned_be64(r->size, &phdr->p_filesz);
		put_unaligned_be64(r->size, &phdr->p_memsz);
	}
}

static void *fill_note_head(struct elf64_note *note, u32 type, u32 desc_size)
{
	put_unaligned_be32(sizeof("CORE"), &note->n_namesz);
	put_unaligned_be32(desc_size, &note->n_descsz);
	put_unaligned_be32(type, &note->n_type);
	memcpy(note + 1, "CORE", sizeof("CORE"));
	return (void *)(note + 1) + 8;
}

static void fill_thread(const struct opal_core *core,
			const struct fadump_cpu_regs *cpu, void *note)
{
	void *desc = fill_note_head(note, NT_PRSTATUS, FADUMP_PRSTATUS_SZ);
	u32 i, signal = core->kernel_requested ? OPAL_SIG_REQUEST : OPAL_SIG_OPAL;

	if (cpu->hw_id == core->crashing_pir) {
		put_unaligned_be32(signal, desc + PRSTATUS_SIGNO);
		put_unaligned_be16(signal, desc + PRSTATUS_CURSIG);
	}
	put_unaligned_be32(FIRST_PID + cpu->hw_id, desc + FADUMP_PRSTATUS_PID);
	put_unaligned_be32(1, desc + PRSTATUS_PPID);
	for (i = 0; i < FADUMP_NR_REGS; i++)
		put_unaligned_be64(cpu->regs[i], desc + FADUMP_PRSTATUS_REGS + 8 * i);
}

/* Notes of the crashing thread (@crashed), or of all others. */
static void *fill_threads(const struct opal_core *core, bool crashed, void *note)
{
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;

	if (opal_regs_open(&it, &core->cpus, core->cpu_step))
		return note;
	while (opal_regs_next(&it, &cpu) > 0) {
		bool is_crashing = cpu.hw_id == core->crashing_pir;

		if (is_crashing != crashed)
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
	desc = fill_note_head(note, OPAL_NT_AUXV, 4 * sizeof(u64));
	put_unaligned_be64(OPAL_AT_ENTRY, desc);
	put_unaligned_be64(core->entry, desc + 8);
}

/**
 * opal_elf_fill - write the headers and notes
 * @core: contents of the core; the register data must not change meanwhile
 * @buf: result, cleared first
 * @cap: bytes of @buf
 *
 * Return: 0, or -ENOSPC with @buf unchanged.
 */
int opal_elf_fill(const struct opal_core *core, void *buf, size_t cap)
{
	if (opal_elf_head_size(core) > cap)
		return -ENOSPC;
	memset(buf, 0, cap);
	fill_ehdr(core, buf);
	fill_phdrs(core, buf + EHDR_SZ);
	fill_notes(core, buf + compute_notes_offset(core));
	return 0;
}
