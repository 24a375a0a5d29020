/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel names that the C library does not have. */
#ifndef HOST_LINUX_ELF_H
#define HOST_LINUX_ELF_H

#include <elf.h>

#include <linux/types.h>

struct elf64_hdr {
	u8 e_ident[EI_NIDENT];
	u16 e_type;
	u16 e_machine;
	u32 e_version;
	uint64_t e_entry;
	uint64_t e_phoff;
	uint64_t e_shoff;
	u32 e_flags;
	u16 e_ehsize;
	u16 e_phentsize;
	u16 e_phnum;
	u16 e_shentsize;
	u16 e_shnum;
	u16 e_shstrndx;
};

struct elf64_phdr {
	u32 p_type;
	u32 p_flags;
	uint64_t p_offset;
	uint64_t p_vaddr;
	uint64_t p_paddr;
	uint64_t p_filesz;
	uint64_t p_memsz;
	uint64_t p_align;
};

struct elf64_note {
	u32 n_namesz;
	u32 n_descsz;
	u32 n_type;
};

_Static_assert(sizeof(struct elf64_hdr) == sizeof(Elf64_Ehdr), "Ehdr");
_Static_assert(sizeof(struct elf64_phdr) == sizeof(Elf64_Phdr), "Phdr");
_Static_assert(sizeof(struct elf64_note) == sizeof(Elf64_Nhdr), "Nhdr");

#endif
