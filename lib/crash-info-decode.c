// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The crash-info record, read by the capture kernel. Its layout is described in
 * fadump-abi.h.
 */

#include "lib/fadump-lib.h"

/**
 * DOC: Attempts
 *
 * A capture kernel may crash too, or be rebooted before the dump has been saved.
 * Firmware then presents the same dump again. To end such a loop, each capture kernel
 * increments a count in the head of the record; after fadump_attempts= boots the dump
 * is released unsaved.
 *
 * The count is in memory that may be damaged. So the head also has its complement.
 * If the two disagree, the count is taken as 0: a flipped bit must never end a dump.
 */

static void decode_layout(struct fadump_crash_info *info,
			  const struct fadump_bytes *p)
{
	info->area.base = fadump_field_at(p, 0, crash_info_layout_ser, area_base);
	info->area.size = fadump_field_at(p, 0, crash_info_layout_ser, area_size);
	info->boot_mem_size = fadump_field_at(p, 0, crash_info_layout_ser,
					      boot_mem_size);
	info->boot_mem_top = fadump_field_at(p, 0, crash_info_layout_ser,
					     boot_mem_top);
	info->cpu_slot.base = fadump_field_at(p, 0, crash_info_layout_ser, cpu_base);
	info->cpu_slot.size = fadump_field_at(p, 0, crash_info_layout_ser, cpu_size);
}

static void decode_copies(struct fadump_crash_info *info,
			  const struct fadump_bytes *p)
{
	info->nr_copies = fadump_copies_decode(info->copy, FADUMP_MAX_COPIES, p, 0);
}

static void decode_kernel(struct fadump_crash_info *info,
			  const struct fadump_bytes *p)
{
	u32 at = offsetof(struct crash_info_kernel_ser, release);

	info->page_size = fadump_field_at(p, 0, crash_info_kernel_ser, page_size);
	info->little_endian = fadump_field_at(p, 0, crash_info_kernel_ser,
					      little_endian);
	if (fadump_bytes_has(p, at, sizeof(info->release)))
		memcpy(info->release, p->data + at, sizeof(info->release) - 1);
}

static void decode_vmcoreinfo(struct fadump_crash_info *info,
			      const struct fadump_bytes *p)
{
	u64 paddr = fadump_field_at(p, 0, crash_info_vmcoreinfo_ser, paddr);
	u64 size = fadump_field_at(p, 0, crash_info_vmcoreinfo_ser, size);

	if (size < FADUMP_MIN_VMCOREINFO || size > FADUMP_MAX_VMCOREINFO)
		return;
	info->vmcoreinfo.base = paddr;
	info->vmcoreinfo.size = size;
}

static void decode_regs(struct fadump_crash_info *info,
			const struct fadump_bytes *p)
{
	u32 nr = fadump_field_at(p, 0, crash_info_regs_ser, nr_regs);
	u32 cpu = fadump_field_at(p, 0, crash_info_regs_ser, cpu);
	u32 i, at = offsetof(struct crash_info_regs_ser, regs);

	/* If the part has no register, its CPU number is not valid either. */
	if (!nr || !fadump_bytes_has(p, at, 8) || cpu == CRASH_INFO_CPU_NONE)
		return;
	info->cpu = cpu;
	for (i = 0; i < min_t(u32, nr, FADUMP_NR_REGS); i++)
		info->regs[i] = fadump_be64_at(p, at + 8 * i);
	info->has_regs = true;
}

static void decode_cpus(struct fadump_crash_info *info,
			const struct fadump_bytes *p)
{
	info->cpus = *p;
	info->nr_cpus = min_t(u64, p->len / CRASH_INFO_CPU_SZ, FADUMP_MAX_CPUS);
}

/* Accept all addresses or none. The code that uses an address checks it. */
static void decode_notes(struct fadump_crash_info *info,
			 const struct fadump_bytes *p)
{
	u32 size = fadump_field_at(p, 0, crash_info_notes_ser, note_size);
	u32 nr = fadump_field_at(p, 0, crash_info_notes_ser, nr_notes);

	if (nr > FADUMP_MAX_CPUS || (nr && size < FADUMP_CRASH_NOTE_SZ) ||
	    !fadump_bytes_has(p, CRASH_INFO_NOTES_SZ, nr * CRASH_INFO_NOTE_AT_SZ)) {
		info->missing |= BIT(FADUMP_MISSING_CRASH_PART);
		return;
	}
	info->crash_notes.data = p->data + CRASH_INFO_NOTES_SZ;
	info->crash_notes.len = nr * CRASH_INFO_NOTE_AT_SZ;
}

static const struct {
	u32 id;
	void (*decode)(struct fadump_crash_info *info, const struct fadump_bytes *p);
} decoders[] = {
	{ CRASH_INFO_LAYOUT, decode_layout },
	{ CRASH_INFO_KERNEL, decode_kernel },
	{ CRASH_INFO_VMCOREINFO, decode_vmcoreinfo },
	{ CRASH_INFO_CPUS, decode_cpus },
	{ CRASH_INFO_COPIES, decode_copies },
	{ CRASH_INFO_NOTES, decode_notes },
	{ CRASH_INFO_REGS, decode_regs },
};

static void decode_part(struct fadump_crash_info *info, u32 id,
			const struct fadump_bytes *p)
{
	u32 i;

	/* Without the commit word the registers may be half written. */
	if (id == CRASH_INFO_REGS && !info->committed)
		return;
	for (i = 0; i < ARRAY_SIZE(decoders); i++)
		if (decoders[i].id == id)
			decoders[i].decode(info, p);
}

static void decode_entry(struct fadump_crash_info *info,
			 const struct fadump_bytes *rec, u64 at)
{
	u32 id = fadump_field_at(rec, at, crash_info_part_ser, id);
	u32 offset = fadump_field_at(rec, at, crash_info_part_ser, offset);
	u32 size = fadump_field_at(rec, at, crash_info_part_ser, size);
	u32 flags = fadump_field_at(rec, at, crash_info_part_ser, flags);
	u32 sum = fadump_field_at(rec, at, crash_info_part_ser, sum);
	struct fadump_bytes part;

	if (!fadump_bytes_has(rec, offset, size))
		goto missing;
	part.data = rec->data + offset;
	part.len = size;
	if ((flags & CRASH_INFO_PART_STATIC) &&
	    crc32_le(~0, part.data, part.len) != sum)
		goto missing;
	decode_part(info, id, &part);
	return;
missing:
	info->missing |= BIT(FADUMP_MISSING_CRASH_PART);
}

/**
 * fadump_crash_info_decode - read a record
 * @rec: memory where the record should be; may be longer than the record. @info
 *	points into it, so it must stay mapped and unchanged while @info is used.
 * @info: result
 *
 * If the head or the table is bad, the whole record is unusable. If a part is bad,
 * only that part is missing. An unknown part is skipped. Fields beyond the size of a
 * part read as 0.
 *
 * Return: 0, -ENOENT if there is no record, -EBADMSG if its head or table is bad.
 */
int fadump_crash_info_decode(const struct fadump_bytes *rec,
			     struct fadump_crash_info *info)
{
	u32 i, head, total, nr, step, sum;
	struct fadump_bytes b = *rec;

	memset(info, 0, sizeof(*info));
	info->cpu = CRASH_INFO_CPU_NONE;
	if (!fadump_bytes_has(&b, 0, CRASH_INFO_HEAD_SZ) ||
	    fadump_field_at(&b, 0, crash_info_head_ser, magic) !=
	    CRASH_INFO_MAGIC)
		return -ENOENT;

	head = fadump_field_at(&b, 0, crash_info_head_ser, head_size);
	total = fadump_field_at(&b, 0, crash_info_head_ser, total_size);
	nr = fadump_field_at(&b, 0, crash_info_head_ser, nr_parts);
	step = fadump_field_at(&b, 0, crash_info_head_ser, part_size);
	sum = fadump_field_at(&b, 0, crash_info_head_ser, table_sum);
	if (fadump_field_at(&b, 0, crash_info_head_ser, version) !=
	    CRASH_INFO_VERSION || head < CRASH_INFO_HEAD_SZ || head > FADUMP_MAX_CRASH_INFO ||
	    total > FADUMP_MAX_CRASH_INFO || nr > FADUMP_MAX_PARTS ||
	    step < CRASH_INFO_PART_SZ || step > FADUMP_MAX_CRASH_INFO)
		return -EBADMSG;
	b.len = min_t(size_t, b.len, total);
	if (!fadump_bytes_has(&b, head, (u64)nr * step) ||
	    crc32_le(~0, b.data + head, nr * step) != sum)
		return -EBADMSG;

	info->committed = fadump_field_at(&b, 0, crash_info_head_ser, commit) ==
			  CRASH_INFO_COMMIT;
	for (i = 0; i < nr; i++)
		decode_entry(info, &b, head + (u64)i * step);
	return 0;
}

static u64 read_cpu_field(const struct fadump_crash_info *info, u32 cpu, size_t at)
{
	return fadump_be32_at(&info->cpus, (u64)cpu * CRASH_INFO_CPU_SZ + at);
}

/**
 * fadump_crash_info_hw_id - the hardware id of a CPU
 * @info: the record
 * @cpu: Linux number in the crashed kernel
 *
 * Return: the id, %CRASH_INFO_CPU_NONE if unknown.
 */
u32 fadump_crash_info_hw_id(const struct fadump_crash_info *info, u32 cpu)
{
	if (cpu >= info->nr_cpus)
		return CRASH_INFO_CPU_NONE;
	return read_cpu_field(info, cpu, offsetof(struct crash_info_cpu_ser, hw_id));
}

/**
 * fadump_crash_info_find_cpu - the CPU of a hardware id
 * @info: the record
 * @hw_id: hardware id
 *
 * Return: Linux number in the crashed kernel, or -ENOENT.
 */
int fadump_crash_info_find_cpu(const struct fadump_crash_info *info, u32 hw_id)
{
	u32 cpu;

	if (hw_id == CRASH_INFO_CPU_NONE)
		return -ENOENT;
	for (cpu = 0; cpu < info->nr_cpus; cpu++)
		if (fadump_crash_info_hw_id(info, cpu) == hw_id)
			return cpu;
	return -ENOENT;
}

/**
 * fadump_crash_info_pid - the task that ran on a CPU
 * @info: the record
 * @cpu: Linux number in the crashed kernel
 *
 * Return: its pid, 0 if idle or unknown.
 */
u32 fadump_crash_info_pid(const struct fadump_crash_info *info, u32 cpu)
{
	if (!info->committed || cpu >= info->nr_cpus)
		return 0;
	return read_cpu_field(info, cpu, offsetof(struct crash_info_cpu_ser, pid));
}

/**
 * fadump_crash_info_is_online - was a CPU online at the crash?
 * @info: the record
 * @cpu: Linux number in the crashed kernel
 *
 * Return: true if it was online, and also if the record does not tell.
 */
bool fadump_crash_info_is_online(const struct fadump_crash_info *info, u32 cpu)
{
	if (info->mask.len)
		return fadump_compat_is_online(info, cpu);
	if (!info->committed || cpu >= info->nr_cpus)
		return true;
	return read_cpu_field(info, cpu, offsetof(struct crash_info_cpu_ser, flags)) &
	       CRASH_INFO_CPU_ONLINE;
}

static u32 count_online(const struct fadump_crash_info *info)
{
	u32 cpu, n = 0;

	for (cpu = 0; cpu < info->nr_cpus; cpu++)
		n += fadump_crash_info_is_online(info, cpu);
	return n;
}

/**
 * fadump_crash_info_compare - find what the record lists and the dump lacks
 * @info: the record
 * @nr_cpus: CPUs that firmware saved registers of
 * @dump: the dump; bits are added to its @missing
 */
void fadump_crash_info_compare(const struct fadump_crash_info *info, u32 nr_cpus,
			       struct fadump_dump *dump)
{
	u64 bytes = 0;
	u32 i;

	if (info->committed && nr_cpus && nr_cpus < count_online(info))
		dump->missing |= BIT(FADUMP_MISSING_CPU_SOME);
	for (i = 0; i < dump->nr_copies; i++)
		if (dump->copy[i].src < dump->boot_mem_top)
			bytes += dump->copy[i].size;
	if (bytes < info->boot_mem_size &&
	    !(dump->missing & BIT(FADUMP_MISSING_SECTION)))
		dump->missing |= BIT(FADUMP_MISSING_BOOT_MEM);
}

/* -------- Attempts -------- */

/**
 * fadump_crash_info_count_attempt - count this capture boot
 * @head: of the record
 *
 * Return: capture boots that have found this dump, 1 for the first.
 */
u32 fadump_crash_info_count_attempt(struct crash_info_head_ser *head)
{
	u32 attempts = get_unaligned_be32(&head->attempts);

	/*
	 * In a new record both words are 0: they disagree, and this is attempt 1. A
	 * count of ~0 would wrap to attempt 0.
	 */
	if (attempts != ~get_unaligned_be32(&head->attempts_not) || !~attempts)
		attempts = 0;
	attempts++;
	put_unaligned_be32(attempts, &head->attempts);
	put_unaligned_be32(~attempts, &head->attempts_not);
	return attempts;
}

/**
 * fadump_crash_info_end - note in the record that its dump has ended
 * @head: of the record
 */
void fadump_crash_info_end(struct crash_info_head_ser *head)
{
	put_unaligned_be64(CRASH_INFO_ENDED, &head->ended);
}

/**
 * fadump_crash_info_is_ended - has the dump of this record ended already?
 * @head: of the record
 */
bool fadump_crash_info_is_ended(const struct crash_info_head_ser *head)
{
	return get_unaligned_be64(&head->ended) == CRASH_INFO_ENDED;
}
