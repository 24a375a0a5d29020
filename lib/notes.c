// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CPU notes in the memory of the kernel that died.
 */

#include <linux/elf.h>

#include "lib/fadump-lib.h"

/**
 * DOC: Notes in memory
 *
 * A kernel has a slot for each CPU's note, the per-CPU variable crash_notes. With
 * kdump every CPU fills its own, and tools rely on it: a note in the core does not
 * tell whose it is, one in the variable does. With fadump it is firmware that stops
 * the CPUs, and only the one that crashes gets to do it. The slots of all others are
 * filled by the kernel that captures, from the notes that it has made::
 *
 *	core	| CPU 0 | CPU 1 | CPU 2 |   notes, of firmware's registers
 *		    |       |
 *		    v       v        x      CPU 2 has crashed
 *	memory	..| 0 |...| 1 |....| 2 |..  slots, where the record says
 *
 * Nothing else in the memory of a dump is ever written to, so that an address that
 * is wrong must not do damage. A slot is in one page, in memory that the core shows,
 * and all zeros: so its kernel has made it, and so it stays until a crash.
 */

/**
 * fadump_notes_write - write one NT_PRSTATUS note
 * @buf: FADUMP_CPU_NOTE_SZ bytes, 4-byte aligned
 * @pid: task that ran on the CPU; 0 if idle or unknown
 * @regs: FADUMP_NR_REGS registers
 *
 * Return: bytes written.
 */
size_t fadump_notes_write(void *buf, u32 pid, const u64 *regs)
{
	struct elf64_note *note = buf;
	void *desc = buf + sizeof(*note) + 8;

	memset(buf, 0, FADUMP_CPU_NOTE_SZ);
	note->n_namesz = sizeof("CORE");
	note->n_descsz = FADUMP_PRSTATUS_SZ;
	note->n_type = NT_PRSTATUS;
	memcpy(buf + sizeof(*note), "CORE", sizeof("CORE"));
	memcpy(desc + FADUMP_PRSTATUS_PID, &pid, sizeof(pid));
	memcpy(desc + FADUMP_PRSTATUS_REGS, regs, FADUMP_NR_REGS * sizeof(*regs));
	return FADUMP_CPU_NOTE_SZ;
}

/* -------- The slots of the crashed kernel -------- */

/* Pages of any kernel are at least this large. */
#define LEAST_PAGE	4096

static bool is_slot(u64 at)
{
	return IS_ALIGNED(at, sizeof(u32)) &&
	       at % LEAST_PAGE + FADUMP_CRASH_NOTE_SZ <= LEAST_PAGE;
}

/**
 * fadump_notes_find_crash_note - where a CPU's slot is today
 * @info: the record
 * @cpu: Linux number
 * @dump: the dump, bounded
 * @ram: all RAM
 * @unmoved: memory that stayed in place
 * @at: result, %FADUMP_CRASH_NOTE_SZ bytes of memory that the core shows
 *
 * Return: 0; -ENOENT where there is none, or where it is not in the core; -EINVAL
 * where there cannot be any.
 */
int fadump_notes_find_crash_note(const struct fadump_crash_info *info, u32 cpu,
			   const struct fadump_dump *dump,
			   const struct fadump_ranges *ram,
			   const struct fadump_ranges *unmoved, u64 *at)
{
	u64 was = fadump_be64_at(&info->crash_notes, (u64)cpu * sizeof(was));

	if (!was)
		return -ENOENT;
	if (!is_slot(was) || !fadump_ranges_cover(ram, was, FADUMP_CRASH_NOTE_SZ))
		return -EINVAL;
	*at = fadump_layout_relocate(dump->copy, dump->nr_copies, was,
				     FADUMP_CRASH_NOTE_SZ);
	if (*at == U64_MAX)
		return -ENOENT;
	if (*at == was && !fadump_ranges_cover(unmoved, was, FADUMP_CRASH_NOTE_SZ))
		return -ENOENT;
	return 0;
}

/**
 * fadump_notes_fill_crash_note - fill a slot
 * @slot: %FADUMP_CRASH_NOTE_SZ bytes
 * @note: what fadump_notes_write() has written
 *
 * What is in there stays: the crashing CPU's own note, or one of the attempt
 * before. If it is anything else, that is no slot.
 *
 * Return: whether there is a note in the slot.
 */
bool fadump_notes_fill_crash_note(void *slot, const void *note)
{
	if (!memchr_inv(slot, 0, FADUMP_CRASH_NOTE_SZ))
		memcpy(slot, note, FADUMP_CPU_NOTE_SZ);
	/* Up to the registers all notes are alike. */
	return !memcmp(slot, note, sizeof(struct elf64_note) + sizeof("CORE"));
}
