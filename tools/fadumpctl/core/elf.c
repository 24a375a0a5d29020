// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ELF64 cores of both byte orders; /proc/vmcore is one.
 */

#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "lib/bounds.h"
#include "lib/source.h"
#include "lib/stop.h"

#define EHDR(core, raw, bits, field) \
	decode##bits((core)->big_endian, (raw) + offsetof(Elf64_Ehdr, field))
#define PHDR(core, raw, bits, field) \
	decode##bits((core)->big_endian, (raw) + offsetof(Elf64_Phdr, field))

static bool is_core_of_64_bits(const u8 *raw)
{
	return !memcmp(raw, ELFMAG, SELFMAG) && raw[EI_CLASS] == ELFCLASS64 &&
	       (raw[EI_DATA] == ELFDATA2LSB || raw[EI_DATA] == ELFDATA2MSB);
}

static void add_load(struct core *core, const u8 *raw)
{
	struct core_range r = {
		.start = PHDR(core, raw, 64, p_paddr),
		.vaddr = PHDR(core, raw, 64, p_vaddr),
		.offset = PHDR(core, raw, 64, p_offset),
		.size = PHDR(core, raw, 64, p_filesz),
	};

	if (!r.size)
		return;
	if (r.start + r.size < r.start || r.vaddr + r.size < r.vaddr) {
		core->damage |= 1U << DAMAGE_LOAD_OVERFLOW;
		return;
	}
	/* If the file was cut, the first part of the range is still valid. */
	if (!is_inside(core->src.size, r.offset, r.size)) {
		core->damage |= 1U << DAMAGE_LOAD_OUTSIDE;
		if (r.offset >= core->src.size)
			return;
		r.size = core->src.size - r.offset;
	}
	core->ranges[core->nr_ranges++] = r;
}

/* @left: bytes of notes that may still be read */
static int add_note_segment(struct core *core, const u8 *raw, u64 *left)
{
	u64 at = PHDR(core, raw, 64, p_offset);
	u64 size = PHDR(core, raw, 64, p_filesz);
	u8 *notes;
	int rc;

	if (!is_inside(core->src.size, at, size)) {
		core->damage |= 1U << DAMAGE_NOTES_OUTSIDE;
		return 0;
	}
	if (size > *left) {
		core->damage |= 1U << DAMAGE_NOTES_TOO_LARGE;
		return 0;
	}
	*left -= size;
	notes = malloc(size + 1);
	if (!notes)
		return -ENOMEM;
	rc = source_read(&core->src, at, notes, size);
	if (!rc)
		core_add_notes(core, notes, size);
	free(notes);
	return rc;
}

static int add_segments(struct core *core, const u8 *table, u32 nr)
{
	u64 left = MAX_NOTES;
	int rc = 0;
	u32 i;

	for (i = 0; i < nr && !rc && !is_interrupted(); i++) {
		const u8 *raw = table + i * sizeof(Elf64_Phdr);
		u32 type = PHDR(core, raw, 32, p_type);

		if (type == PT_LOAD)
			add_load(core, raw);
		else if (type == PT_NOTE)
			rc = add_note_segment(core, raw, &left);
	}
	return rc;
}

/**
 * elf_core_decode - decode everything except memory
 * @core: empty, apart from the file
 *
 * Return: 0, -ENOEXEC if it is not an ELF core of 64 bits, or another -errno.
 */
int elf_core_decode(struct core *core)
{
	u8 raw[sizeof(Elf64_Ehdr)];
	u64 phoff;
	u8 *table;
	u32 nr;
	int rc;

	if (source_read(&core->src, 0, raw, sizeof(raw)) || !is_core_of_64_bits(raw))
		return -ENOEXEC;
	core->format = "ELF";
	core->big_endian = raw[EI_DATA] == ELFDATA2MSB;
	core->machine = EHDR(core, raw, 16, e_machine);
	phoff = EHDR(core, raw, 64, e_phoff);
	nr = EHDR(core, raw, 16, e_phnum);
	if (EHDR(core, raw, 16, e_type) != ET_CORE ||
	    EHDR(core, raw, 16, e_phentsize) != sizeof(Elf64_Phdr) ||
	    !nr || nr > MAX_PHDRS ||
	    !is_inside(core->src.size, phoff, nr * sizeof(Elf64_Phdr)))
		return -ENOEXEC;
	table = malloc(nr * sizeof(Elf64_Phdr));
	core->ranges = calloc(nr, sizeof(*core->ranges));
	rc = table && core->ranges ? 0 : -ENOMEM;
	if (!rc)
		rc = source_read(&core->src, phoff, table, nr * sizeof(Elf64_Phdr));
	if (!rc)
		rc = add_segments(core, table, nr);
	free(table);
	return rc;
}
