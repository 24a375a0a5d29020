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

static void put_be(void *at, size_t size, u64 value)
{
	if (size == 2)
		put_unaligned_be16(value, at);
	else if (size == 4)
		put_unaligned_be32(value, at);
	else
		put_unaligned_be64(value, at);
}

/* Store @value as wide as the field that @place points to. */
#define put_field(place, value)						\
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
	put_field(&ehdr->e_type, ET_CORE);
	put_field(&ehdr->e_machine, EM_PPC64);
	put_field(&ehdr->e_version, EV_CURRENT);
	put_field(&ehdr->e_phoff, EHDR_SZ);
	put_field(&ehdr->e_ehsize, EHDR_SZ);
	put_field(&ehdr->e_phentsize, PHDR_SZ);
	put_field(&ehdr->e_phnum, 1 + count_loads(core));
}

static void fill_phdrs(const struct opal_core *core, struct elf64_phdr *phdr)
{
	struct fadump_range pages;
	u32 i;

	put_field(&phdr->p_type, PT_NOTE);
	put_field(&phdr->p_offset, compute_notes_offset(core));
	put_field(&phdr->p_filesz, compute_notes_size(core));
	for (i = 0; i < core->fw.nr_regions; i++) {
		const struct fadump_copy *r = &core->fw.region[i];
		u64 at = opal_elf_region_pages(core, i, &pages);

		if (!r->size)
			continue;
		phdr++;
		put_field(&phdr->p_type, PT_LOAD);
		put_field(&phdr->p_flags, PF_R | PF_W | PF_X);
		put_field(&phdr->p_offset, at + r->dest - pages.base);
		put_field(&phdr->p_vaddr, r->src);
		put_field(&phdr->p_paddr, r->src - core->base);
		put_field(&phdr->p_filesz, r->size);
		put_field(&phdr->p_memsz, r->size);
	}
}

static void *fill_note_head(struct elf64_note *note, u32 type, u32 desc_size)
{
	put_field(&note->n_namesz, sizeof("CORE"));
	put_field(&note->n_descsz, desc_size);
	put_field(&note->n_type, type);
	memcpy(note + 1, "CORE", sizeof("CORE"));
	return (void *)(note + 1) + 8;
}

static void fill_thread(const struct opal_core *core,
			const struct fadump_cpu_regs *cpu, void *note)
{
	void *desc = fill_note_head(note, NT_PRSTATUS, FADUMP_PRSTATUS_SZ);
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
	put_be(desc, 8, OPAL_AT_ENTRY);
	put_be(desc + 8, 8, core->entry);
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
