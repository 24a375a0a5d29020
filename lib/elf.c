// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ELF headers of the core that /proc/vmcore shows.
 */

#include <linux/elf.h>

#include "lib/fadump-lib.h"

/**
 * DOC: ELF core
 *
 * Only headers are built. fs/proc/vmcore.c takes p_offset as the real address of the
 * bytes now. p_paddr and p_vaddr are for user space: addresses in the crashed kernel::
 *
 *	Ehdr
 *	PT_NOTE  CPU notes            offset: in this kernel's memory
 *	PT_NOTE  VMCOREINFO           offset: in the preserved memory
 *	PT_LOAD  one for each copy    paddr: source   offset: destination
 *	PT_LOAD  memory not copied    paddr == offset
 *	PT_LOAD  page of the record   paddr == offset
 *
 * The rest of the dump area is not shown: firmware has overwritten it with the copies.
 */

static u32 count_phdrs(const struct fadump_core *core)
{
	return 1 + !!core->vmcoreinfo.size + core->nr_copies + core->unmoved->nr +
	       !!core->last.size;
}

/**
 * fadump_elf_size - bytes of the ELF headers
 * @core: contents of the core
 */
size_t fadump_elf_size(const struct fadump_core *core)
{
	return sizeof(struct elf64_hdr) + count_phdrs(core) * sizeof(struct elf64_phdr);
}

static void fill_ehdr(struct elf64_hdr *ehdr, const struct fadump_core *core)
{
	const u16 one = 1;

	memcpy(ehdr->e_ident, ELFMAG, SELFMAG);
	ehdr->e_ident[EI_CLASS] = ELFCLASS64;
	ehdr->e_ident[EI_DATA] = *(const u8 *)&one ? ELFDATA2LSB : ELFDATA2MSB;
	ehdr->e_ident[EI_VERSION] = EV_CURRENT;
	ehdr->e_type = ET_CORE;
	ehdr->e_machine = core->machine;
	ehdr->e_version = EV_CURRENT;
	ehdr->e_phoff = sizeof(*ehdr);
	ehdr->e_flags = core->flags;
	ehdr->e_ehsize = sizeof(*ehdr);
	ehdr->e_phentsize = sizeof(struct elf64_phdr);
	ehdr->e_phnum = count_phdrs(core);
}

static void fill_note(struct elf64_phdr *phdr, const struct fadump_range *at)
{
	phdr->p_type = PT_NOTE;
	phdr->p_offset = at->base;
	phdr->p_paddr = at->base;
	phdr->p_filesz = at->size;
	phdr->p_memsz = at->size;
}

static void fill_load(struct elf64_phdr *phdr, u64 va_base, u64 src, u64 at, u64 size)
{
	phdr->p_type = PT_LOAD;
	phdr->p_flags = PF_R | PF_W | PF_X;
	phdr->p_offset = at;
	phdr->p_paddr = src;
	phdr->p_vaddr = src + va_base;
	phdr->p_filesz = size;
	phdr->p_memsz = size;
}

/**
 * fadump_elf_fill - write the ELF headers
 * @core: contents of the core
 * @buf: result, 8-byte aligned
 * @cap: bytes of @buf
 *
 * Return: 0, or -ENOSPC with @buf unchanged.
 */
int fadump_elf_fill(const struct fadump_core *core, void *buf, size_t cap)
{
	struct elf64_phdr *phdr = buf + sizeof(struct elf64_hdr);
	u32 i;

	/* e_phnum has 16 bits, and PN_XNUM does not mean a number of headers. */
	if (fadump_elf_size(core) > cap || count_phdrs(core) >= PN_XNUM)
		return -ENOSPC;

	memset(buf, 0, fadump_elf_size(core));
	fill_ehdr(buf, core);
	fill_note(phdr++, &core->notes);
	if (core->vmcoreinfo.size)
		fill_note(phdr++, &core->vmcoreinfo);
	for (i = 0; i < core->nr_copies; i++)
		fill_load(phdr++, core->va_base, core->copies[i].src,
			  core->copies[i].dest, core->copies[i].size);
	for (i = 0; i < core->unmoved->nr; i++)
		fill_load(phdr++, core->va_base, core->unmoved->r[i].base,
			  core->unmoved->r[i].base, core->unmoved->r[i].size);
	if (core->last.size)
		fill_load(phdr++, core->va_base, core->last.base,
			  core->last.base, core->last.size);
	return 0;
}
