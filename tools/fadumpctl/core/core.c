// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump, for all formats of the file.
 */

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "lib/say.h"
#include "lib/source.h"

/* ppc64's linear mapping maps physical address 0 here. */
#define PPC64_LINEAR	0xc000000000000000ULL
#define PPC64_REGION	0xf000000000000000ULL

static const char * const damage_texts[] = {
	[DAMAGE_LOAD_OUTSIDE] = "the file ends before its memory does",
	[DAMAGE_LOAD_OVERFLOW] = "memory with invalid addresses is left out",
	[DAMAGE_NOTES_OUTSIDE] = "notes lie outside of the file",
	[DAMAGE_NOTES_TOO_LARGE] = "notes are larger than any machine's and are left out",
	[DAMAGE_NOTE_CUT] = "a note is longer than its segment; it and the following ones are left out",
	[DAMAGE_REGISTERS_CUT] = "a CPU's note is too short for registers",
	[DAMAGE_TOO_MANY_CPUS] = "there are more CPUs than any machine has",
	[DAMAGE_HEADERS] = "numbers in its headers are invalid",
	[DAMAGE_INCOMPLETE] = "makedumpfile has marked it as incomplete",
	[DAMAGE_PAGES] = "pages are missing: makedumpfile has not finished it",
};

_Static_assert(ARRAY_SIZE(damage_texts) == NR_DAMAGES, "a text for each");

const char *core_damage_text(enum core_damage damage)
{
	return damage_texts[damage];
}

int core_fail_damaged(const struct core *core, const char *path)
{
	unsigned int i;

	for (i = 0; i < NR_DAMAGES; i++)
		if (core->damage & 1U << i)
			fail(EXIT_DAMAGED, "%s: damaged: %s", path, core_damage_text(i));
	return EXIT_DAMAGED;
}

static int open_elf(struct core *core, const char *path)
{
	int rc = elf_core_decode(core);

	if (rc == -ENOEXEC)
		return fail(EXIT_DAMAGED, "%s: not a dump: neither an ELF core of 64 bits nor a file of makedumpfile",
			    path);
	if (rc)
		return fail_errno(EXIT_DAMAGED, rc, path);
	return EXIT_DONE;
}

/* A file that makedumpfile has written, compressed or flattened. */
static bool is_makedumpfile(const struct source *s)
{
	static const char * const magics[] = {
		"KDUMP   ", "DISKDUMP", "makedumpfile",
	};
	char head[12];
	size_t i;

	if (source_read(s, 0, head, sizeof(head)))
		return false;
	for (i = 0; i < ARRAY_SIZE(magics); i++)
		if (!memcmp(head, magics[i], strlen(magics[i])))
			return true;
	return false;
}

/**
 * core_open_without_library - open a dump; decode it if it is ELF
 * @core: result; call core_close() after an error as well
 * @path: file
 *
 * Return: exit status.
 */
int core_open_without_library(struct core *core, const char *path)
{
	int rc;

	memset(core, 0, sizeof(*core));
	rc = source_open(&core->src, path);
	if (rc) {
		core->src.fd = -1;
		return fail(EXIT_FAILED, "%s: %s", path, source_error(rc));
	}
	core->is_kdump = is_makedumpfile(&core->src);
	if (!core->is_kdump)
		return open_elf(core, path);
	core->format = "makedumpfile";
	rc = kdump_check(core);
	return rc ? fail_errno(EXIT_DAMAGED, rc, path) : EXIT_DONE;
}

/**
 * core_open - open a dump
 * @core: result; call core_close() after an error as well
 * @path: file
 *
 * A damaged compressed file is refused here: libkdumpfile may crash on it, and the
 * caller with it.
 *
 * Return: exit status.
 */
int core_open(struct core *core, const char *path)
{
	int rc = core_open_without_library(core, path);

	if (rc || !core->is_kdump)
		return rc;
	return core->damage ? core_fail_damaged(core, path) :
	       kdump_core_decode(core, path);
}

void core_close(struct core *core)
{
	kdump_core_close(core);
	source_close(&core->src);
	free(core->ranges);
	free(core->cpus);
	free(core->vmcoreinfo);
}

/**
 * core_read - read memory
 * @core: dump
 * @paddr: physical address
 * @buf: result
 * @len: bytes; all of them must be in one range
 *
 * Return: 0 or -errno: -ENXIO where the dump does not have it.
 */
int core_read(const struct core *core, u64 paddr, void *buf, size_t len)
{
	u32 i;

	if (core->kdump)
		return kdump_core_read(core, paddr, buf, len);
	for (i = 0; i < core->nr_ranges; i++) {
		const struct core_range *r = &core->ranges[i];

		if (paddr >= r->start && is_inside(r->size, paddr - r->start, len))
			return source_read(&core->src,
					   r->offset + (paddr - r->start), buf, len);
	}
	return -ENXIO;
}

int core_read_virt(const struct core *core, u64 vaddr, void *buf, size_t len)
{
	u32 i;

	if (core->machine == EM_PPC64)
		return (vaddr & PPC64_REGION) == PPC64_LINEAR ?
		       core_read(core, vaddr - PPC64_LINEAR, buf, len) : -ENXIO;
	for (i = 0; i < core->nr_ranges; i++) {
		const struct core_range *r = &core->ranges[i];

		if (vaddr >= r->vaddr && is_inside(r->size, vaddr - r->vaddr, len))
			return core_read(core, r->start + (vaddr - r->vaddr), buf,
					 len);
	}
	return -ENXIO;
}

const char *core_machine_name(const struct core *core)
{
	switch (core->machine) {
	case EM_PPC64:
		return core->big_endian ? "ppc64, big endian" : "ppc64, little endian";
	case EM_X86_64:
		return "x86-64";
	case EM_S390:
		return "s390";
	case EM_AARCH64:
		return "aarch64";
	default:
		return "unknown";
	}
}

const char *core_register_name(unsigned int reg)
{
	static const char * const names[PPC64_NR_REGS] = {
		"r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9",
		"r10", "r11", "r12", "r13", "r14", "r15", "r16", "r17", "r18",
		"r19", "r20", "r21", "r22", "r23", "r24", "r25", "r26", "r27",
		"r28", "r29", "r30", "r31",
		[PPC64_NIP] = "nip", [PPC64_MSR] = "msr", [PPC64_CTR] = "ctr",
		[PPC64_LINK] = "lr", [PPC64_XER] = "xer", [PPC64_CCR] = "cr",
		[PPC64_SOFTE] = "softe", [PPC64_TRAP] = "trap",
		[PPC64_DAR] = "dar", [PPC64_DSISR] = "dsisr",
	};

	return reg < PPC64_NR_REGS ? names[reg] : NULL;
}

/**
 * core_crashing_cpu - which CPU has started the dump?
 * @core: dump
 *
 * Firmware does not set two words of struct pt_regs. A CPU that saved its registers
 * itself has set one of them.
 *
 * Return: index of its note, or -1 if no note or more than one has such a word.
 */
int core_crashing_cpu(const struct core *core)
{
	int found = -1;
	u32 i;

	for (i = 0; i < core->nr_cpus; i++) {
		const struct core_cpu *cpu = &core->cpus[i];

		if (!cpu->has_regs || !(cpu->regs[PPC64_TRAP] || cpu->regs[PPC64_SOFTE]))
			continue;
		if (found >= 0)
			return -1;
		found = i;
	}
	return found;
}
