// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The crash-info record: written when fadump is armed, completed by the crashing
 * CPU. fadump-abi.h describes its layout, crash-info-decode.c reads it.
 */

#include "lib/fadump-lib.h"

/*
 * Parts in the order in which they are written; a reader must not depend on it.
 * @size: of the fixed portion, in bytes; part_size() adds the arrays
 */
static const struct {
	u32 id;
	u32 size;
	u32 flags;
} parts[] = {
	{ CRASH_INFO_LAYOUT, sizeof(struct crash_info_layout_ser),
	  CRASH_INFO_PART_STATIC },
	{ CRASH_INFO_KERNEL, sizeof(struct crash_info_kernel_ser),
	  CRASH_INFO_PART_STATIC },
	{ CRASH_INFO_VMCOREINFO, sizeof(struct crash_info_vmcoreinfo_ser),
	  CRASH_INFO_PART_STATIC },
	{ CRASH_INFO_REGS, sizeof(struct crash_info_regs_ser), 0 },
	{ CRASH_INFO_COPIES, 0, CRASH_INFO_PART_STATIC },
	{ CRASH_INFO_NOTES, CRASH_INFO_NOTES_SZ, CRASH_INFO_PART_STATIC },
	{ CRASH_INFO_CPUS, 0, 0 },
};

#define NR_PARTS	ARRAY_SIZE(parts)
#define PARTS_AT	(CRASH_INFO_HEAD_SZ + NR_PARTS * CRASH_INFO_PART_SZ)

/* Lengths of the arrays in a record. */
struct array_lengths {
	u32 cpus;
	u32 copies;
	u32 notes;
};

static u32 part_size(u32 i, const struct array_lengths *nr)
{
	switch (parts[i].id) {
	case CRASH_INFO_CPUS:
		return nr->cpus * CRASH_INFO_CPU_SZ;
	case CRASH_INFO_COPIES:
		return nr->copies * sizeof(struct fadump_copy_ser);
	case CRASH_INFO_NOTES:
		return parts[i].size + nr->notes * CRASH_INFO_NOTE_AT_SZ;
	default:
		return parts[i].size;
	}
}

static size_t record_size(const struct array_lengths *nr)
{
	size_t size = PARTS_AT;
	u32 i;

	for (i = 0; i < NR_PARTS; i++)
		size += ALIGN(part_size(i, nr), 8);
	return size;
}

/**
 * fadump_crash_info_size - bytes to reserve for a record
 * @nr_cpus: entries of its CPUS and NOTES parts
 *
 * Return: the size of a record with as many copies as a plan can have.
 */
size_t fadump_crash_info_size(u32 nr_cpus)
{
	const struct array_lengths nr = {
		.cpus = nr_cpus,
		.copies = FADUMP_MAX_COPIES,
		.notes = nr_cpus,
	};

	return record_size(&nr);
}

static void encode_layout(const struct fadump_crash_info *info, void *at)
{
	struct crash_info_layout_ser *ser = at;

	put_unaligned_be64(info->area.base, &ser->area_base);
	put_unaligned_be64(info->area.size, &ser->area_size);
	put_unaligned_be64(info->boot_mem_size, &ser->boot_mem_size);
	put_unaligned_be64(info->boot_mem_top, &ser->boot_mem_top);
	put_unaligned_be64(info->cpu_slot.base, &ser->cpu_base);
	put_unaligned_be64(info->cpu_slot.size, &ser->cpu_size);
}

static void encode_kernel(const struct fadump_crash_info *info, void *at)
{
	struct crash_info_kernel_ser *ser = at;

	put_unaligned_be32(info->page_size, &ser->page_size);
	put_unaligned_be32(info->little_endian, &ser->little_endian);
	memcpy(ser->release, info->release,
	       strnlen(info->release, sizeof(ser->release) - 1));
}

static void encode_vmcoreinfo(const struct fadump_crash_info *info, void *at)
{
	struct crash_info_vmcoreinfo_ser *ser = at;

	put_unaligned_be64(info->vmcoreinfo.base, &ser->paddr);
	put_unaligned_be64(info->vmcoreinfo.size, &ser->size);
}

static void encode_notes(const struct fadump_crash_info *info, void *at, u32 nr)
{
	struct crash_info_notes_ser *ser = at;
	u32 i;

	put_unaligned_be32(FADUMP_CRASH_NOTE_SZ, &ser->note_size);
	put_unaligned_be32(nr, &ser->nr_notes);
	for (i = 0; i < nr; i++)
		put_unaligned_be64(fadump_be64_at(&info->crash_notes, i * CRASH_INFO_NOTE_AT_SZ),
				   &ser->note_at[i]);
}

static void encode_part(const struct fadump_crash_info *info, u32 id, void *at,
			const struct array_lengths *nr, struct fadump_crash_info_writer *writer)
{
	u32 cpu;

	switch (id) {
	case CRASH_INFO_LAYOUT:
		encode_layout(info, at);
		break;
	case CRASH_INFO_KERNEL:
		encode_kernel(info, at);
		break;
	case CRASH_INFO_VMCOREINFO:
		encode_vmcoreinfo(info, at);
		break;
	case CRASH_INFO_COPIES:
		fadump_copies_encode(at, info->copy, info->nr_copies);
		break;
	case CRASH_INFO_NOTES:
		encode_notes(info, at, nr->notes);
		break;
	case CRASH_INFO_REGS:
		writer->regs = at;
		put_unaligned_be32(CRASH_INFO_CPU_NONE, &writer->regs->cpu);
		break;
	case CRASH_INFO_CPUS:
		writer->cpus = at;
		writer->nr_cpus = nr->cpus;
		for (cpu = 0; cpu < nr->cpus; cpu++)
			fadump_crash_info_set_cpu(writer, cpu, CRASH_INFO_CPU_NONE,
						  0, 0);
		break;
	}
}

static void encode_entry(struct crash_info_part_ser *entry, u32 i, u32 offset,
			 u32 size, const void *at)
{
	put_unaligned_be32(parts[i].id, &entry->id);
	put_unaligned_be32(CRASH_INFO_PART_VERSION, &entry->version);
	put_unaligned_be32(offset, &entry->offset);
	put_unaligned_be32(size, &entry->size);
	put_unaligned_be32(parts[i].flags, &entry->flags);
	if (parts[i].flags & CRASH_INFO_PART_STATIC)
		put_unaligned_be32(crc32_le(~0, at, size), &entry->sum);
}

/**
 * fadump_crash_info_encode - write a record when fadump is armed
 * @info: the contents. The function uses only @vmcoreinfo (not relocated), @area,
 *	@boot_mem_size, @boot_mem_top, @cpu_slot, @copy, @nr_copies, @page_size,
 *	@little_endian, @release and @crash_notes.
 * @nr_cpus: entries of the CPUS part
 * @buf: result, 8-byte aligned; cleared first
 * @cap: bytes of @buf
 * @writer: result: the places that the crashing CPU writes to
 *
 * Return: 0, or -ENOSPC with @buf unchanged.
 */
int fadump_crash_info_encode(const struct fadump_crash_info *info, u32 nr_cpus,
			     void *buf, size_t cap,
			     struct fadump_crash_info_writer *writer)
{
	const struct array_lengths nr = {
		.cpus = nr_cpus,
		.copies = info->nr_copies,
		.notes = info->crash_notes.len / CRASH_INFO_NOTE_AT_SZ,
	};
	size_t total = record_size(&nr);
	struct crash_info_head_ser *head = buf;
	struct crash_info_part_ser *table = buf + CRASH_INFO_HEAD_SZ;
	u32 i, size, at = PARTS_AT;

	if (nr.cpus > FADUMP_MAX_CPUS || nr.copies > FADUMP_MAX_COPIES ||
	    nr.notes > FADUMP_MAX_CPUS || total > cap)
		return -ENOSPC;

	memset(buf, 0, total);
	memset(writer, 0, sizeof(*writer));
	writer->head = head;
	for (i = 0; i < NR_PARTS; i++) {
		size = part_size(i, &nr);
		encode_part(info, parts[i].id, buf + at, &nr, writer);
		encode_entry(&table[i], i, at, size, buf + at);
		at += ALIGN(size, 8);
	}

	put_unaligned_be32(CRASH_INFO_VERSION, &head->version);
	put_unaligned_be32(CRASH_INFO_HEAD_SZ, &head->head_size);
	put_unaligned_be32(total, &head->total_size);
	put_unaligned_be32(NR_PARTS, &head->nr_parts);
	put_unaligned_be32(CRASH_INFO_PART_SZ, &head->part_size);
	put_unaligned_be32(crc32_le(~0, (u8 *)table, NR_PARTS * CRASH_INFO_PART_SZ),
			   &head->table_sum);
	put_unaligned_be64(CRASH_INFO_MAGIC, &head->magic);
	return 0;
}

/**
 * fadump_crash_info_set_cpu - fill the entry of one CPU
 * @writer: the record
 * @cpu: Linux number; ignored if the record has no entry for it
 * @hw_id: hardware id
 * @flags: CRASH_INFO_CPU_*
 * @pid: of the task that runs there, 0 if idle or unknown
 *
 * Context: any, the crash path included.
 */
void fadump_crash_info_set_cpu(const struct fadump_crash_info_writer *writer, u32 cpu,
			       u32 hw_id, u32 flags, u32 pid)
{
	struct crash_info_cpu_ser *ser;

	if (cpu >= writer->nr_cpus)
		return;
	ser = &writer->cpus[cpu];
	put_unaligned_be32(hw_id, &ser->hw_id);
	put_unaligned_be32(flags, &ser->flags);
	put_unaligned_be32(pid, &ser->pid);
}

/**
 * fadump_crash_info_set_regs - save the crashing CPU's registers
 * @writer: the record
 * @cpu: Linux number
 * @regs: doublewords of this kernel's byte order, in NT_PRSTATUS order
 * @nr_regs: entries of @regs; a reader gets 0 for the other registers
 *
 * Context: any, the crash path included.
 */
void fadump_crash_info_set_regs(const struct fadump_crash_info_writer *writer, u32 cpu,
				const void *regs, u32 nr_regs)
{
	struct crash_info_regs_ser *ser = writer->regs;
	u32 i;

	nr_regs = min_t(u32, nr_regs, FADUMP_NR_REGS);
	for (i = 0; i < nr_regs; i++)
		put_unaligned_be64(get_unaligned((const u64 *)regs + i),
				   &ser->regs[i]);
	put_unaligned_be32(nr_regs, &ser->nr_regs);
	put_unaligned_be32(cpu, &ser->cpu);
}

/**
 * fadump_crash_info_commit - declare the record complete
 * @writer: the record
 *
 * Context: any. The caller must order this store after all others to the record.
 */
void fadump_crash_info_commit(const struct fadump_crash_info_writer *writer)
{
	put_unaligned_be64(CRASH_INFO_COMMIT, &writer->head->commit);
}
