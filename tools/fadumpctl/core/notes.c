// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Notes of an ELF core: a header of 12 bytes, a name and a content, both padded to 4.
 */

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "lib/bounds.h"
#include "lib/source.h"
#include "lib/stop.h"

/* Offsets in struct elf_prstatus of a 64-bit kernel. */
#define PRSTATUS_PID	32
#define PRSTATUS_REGS	112

static size_t padded(u32 len)
{
	return ((size_t)len + 3) & ~(size_t)3;
}

static int grow_cpus(struct core *core)
{
	struct core_cpu *cpus;

	/* The array is doubled whenever @nr_cpus reaches a power of two. */
	if (core->nr_cpus & (core->nr_cpus - 1))
		return 0;
	cpus = realloc(core->cpus, (core->nr_cpus ? 2UL * core->nr_cpus : 1) *
		       sizeof(*cpus));
	if (!cpus)
		return -ENOMEM;
	core->cpus = cpus;
	return 0;
}

/**
 * core_add_cpu - decode a CPU's note
 * @core: dump
 * @prstatus: content of the note
 * @len: bytes of @prstatus
 *
 * Return: 0 or -errno.
 */
int core_add_cpu(struct core *core, const u8 *prstatus, size_t len)
{
	struct core_cpu *cpu;
	unsigned int i;

	if (core->nr_cpus == MAX_CPUS) {
		core->damage |= 1U << DAMAGE_TOO_MANY_CPUS;
		return -E2BIG;
	}
	if (grow_cpus(core))
		return -ENOMEM;
	cpu = &core->cpus[core->nr_cpus++];
	memset(cpu, 0, sizeof(*cpu));
	if (len >= PRSTATUS_PID + 4)
		cpu->pid = decode32(core->big_endian, prstatus + PRSTATUS_PID);
	if (core->machine != EM_PPC64)
		return 0;
	if (len < PRSTATUS_REGS + PPC64_NR_REGS * 8) {
		core->damage |= 1U << DAMAGE_REGISTERS_CUT;
		return 0;
	}
	for (i = 0; i < PPC64_NR_REGS; i++)
		cpu->regs[i] = decode64(core->big_endian,
					prstatus + PRSTATUS_REGS + i * 8);
	cpu->has_regs = true;
	return 0;
}

static bool has_name(const u8 *name, u32 len, const char *want)
{
	size_t n = strlen(want);

	return (len == n || (len == n + 1 && !name[n])) && !memcmp(name, want, n);
}

static void add_note(struct core *core, u32 type, const u8 *name, u32 namesz,
		     const u8 *desc, u32 descsz)
{
	if (type == NT_PRSTATUS && has_name(name, namesz, "CORE"))
		core_add_cpu(core, desc, descsz);
	else if (!type && has_name(name, namesz, "VMCOREINFO"))
		core_set_vmcoreinfo(core, desc, descsz);
}

/**
 * core_add_notes - decode a list of notes
 * @core: dump; byte order and machine are known
 * @notes: the list
 * @len: bytes of @notes
 *
 * A note of zeros ends the list.
 */
void core_add_notes(struct core *core, const u8 *notes, size_t len)
{
	size_t at = 0;

	while (is_inside(len, at, sizeof(Elf64_Nhdr)) && !is_interrupted()) {
		u32 namesz = decode32(core->big_endian, notes + at);
		u32 descsz = decode32(core->big_endian, notes + at + 4);
		u32 type = decode32(core->big_endian, notes + at + 8);
		size_t name = at + sizeof(Elf64_Nhdr);
		size_t desc = name + padded(namesz);

		if (!namesz && !descsz && !type)
			return;
		if (!is_inside(len, name, namesz) || !is_inside(len, desc, descsz)) {
			core->damage |= 1U << DAMAGE_NOTE_CUT;
			return;
		}
		add_note(core, type, notes + name, namesz, notes + desc, descsz);
		at = desc + padded(descsz);
	}
}
