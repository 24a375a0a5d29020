// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CPU notes: for the core, and in the crashed kernel's variable crash_notes.
 */

#include <linux/elf.h>

#include "lib/fadump-lib.h"

/**
 * DOC: Crash notes
 *
 * Every kernel has room for one note of each CPU: the per-CPU variable crash_notes.
 * With kdump every CPU fills its own entry. Tools rely on it, because a note in the
 * core does not tell its CPU number and an entry of crash_notes does. With fadump
 * firmware stops the CPUs, and only the crashing CPU fills its entry. The capture
 * kernel fills those of all others, from the notes that it makes for the core::
 *
 *	core	| CPU 0 | CPU 1 | CPU 2 |   notes, from firmware's registers
 *		    |       |
 *		    v       v        x      CPU 2 has crashed
 *	memory	..| 0 |...| 1 |....| 2 |..  crash notes, addresses in the record
 *
 * This is the only write to the memory of a dump, so a wrong address must not destroy
 * anything: a crash note is accepted only if it is in one page, in memory that the core
 * shows, and all zeros. The crashed kernel had zeroed it, and used it only at a crash.
 */

/**
 * fadump_notes_write - write one NT_PRSTATUS note
 * @buf: result, %FADUMP_CPU_NOTE_SZ bytes, 4-byte aligned
 * @pid: of the task that ran on the CPU; 0 if idle or unknown
 * @regs: %FADUMP_NR_REGS registers
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

/* -------- Crash notes -------- */

/* The smallest page of any kernel. */
#define MIN_PAGE	4096

static bool is_in_one_page(u64 at)
{
	return IS_ALIGNED(at, sizeof(u32)) &&
	       at % MIN_PAGE + FADUMP_CRASH_NOTE_SZ <= MIN_PAGE;
}

/**
 * fadump_notes_find_crash_note - find a CPU's crash note
 * @info: the record
 * @cpu: Linux number in the crashed kernel
 * @dump: the dump, after fadump_dump_bound()
 * @ram: all RAM
 * @unmoved: preserved memory that was not copied
 * @at: result: real address now of %FADUMP_CRASH_NOTE_SZ bytes that the core shows
 *
 * Return: 0; -ENOENT if the CPU has none, or if the core does not show it; -EINVAL if
 * the address in the record is invalid.
 */
int fadump_notes_find_crash_note(const struct fadump_crash_info *info, u32 cpu,
				 const struct fadump_dump *dump,
				 const struct fadump_ranges *ram,
				 const struct fadump_ranges *unmoved, u64 *at)
{
	u64 was = fadump_be64_at(&info->crash_notes, (u64)cpu * sizeof(was));

	if (!was)
		return -ENOENT;
	if (!is_in_one_page(was) || !fadump_ranges_cover(ram, was, FADUMP_CRASH_NOTE_SZ))
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
 * fadump_notes_fill_crash_note - copy a note to a crash note that is still empty
 * @crash_note: %FADUMP_CRASH_NOTE_SZ bytes
 * @note: from fadump_notes_write()
 *
 * A note that is there already is kept: the crashing CPU wrote it, or an earlier
 * capture boot. Anything else means that the address is wrong; it is kept as well.
 *
 * Return: true if there is a note now.
 */
bool fadump_notes_fill_crash_note(void *crash_note, const void *note)
{
	if (!memchr_inv(crash_note, 0, FADUMP_CRASH_NOTE_SZ))
		memcpy(crash_note, note, FADUMP_CPU_NOTE_SZ);
	/* All CPU notes begin with the same header and name. */
	return !memcmp(crash_note, note, sizeof(struct elf64_note) + sizeof("CORE"));
}
