// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The crash-info record: written when fadump is armed, finished by the crashing
 * CPU, read by the next kernel. Its layout is described in fadump-abi.h.
 */

#include "lib/fadump-lib.h"

#define HEAD_SZ		sizeof(struct crash_info_head_ser)
#define PART_SZ		sizeof(struct crash_info_part_ser)
#define CPU_SZ		sizeof(struct crash_info_cpu_ser)
#define COPY_SZ		sizeof(struct crash_info_copy_ser)
#define NOTES_SZ	sizeof(struct crash_info_notes_ser)
#define SLOT_SZ		sizeof_field(struct crash_info_notes_ser, note_at[0])

/* What is written, in this order. Readers do not depend on the order. */
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
	/* As many as there are of them. */
	{ CRASH_INFO_COPIES, 0, CRASH_INFO_PART_STATIC },
	{ CRASH_INFO_NOTES, NOTES_SZ, CRASH_INFO_PART_STATIC },
	{ CRASH_INFO_CPUS, 0, 0 },
};

#define NR_PARTS	ARRAY_SIZE(parts)
#define PARTS_AT	(HEAD_SZ + NR_PARTS * PART_SZ)

/* How many there are of what may come in any number. */
struct amounts {
	u32 cpus;
	u32 copies;
	u32 slots;
};

static u32 part_size(u32 i, const struct amounts *nr)
{
	switch (parts[i].id) {
	case CRASH_INFO_CPUS:
		return nr->cpus * CPU_SZ;
	case CRASH_INFO_COPIES:
		return nr->copies * COPY_SZ;
	case CRASH_INFO_NOTES:
		return parts[i].size + nr->slots * SLOT_SZ;
	default:
		return parts[i].size;
	}
}

static size_t record_size(const struct amounts *nr)
{
	size_t size = PARTS_AT;
	u32 i;

	for (i = 0; i < NR_PARTS; i++)
		size += ALIGN(part_size(i, nr), 8);
	return size;
}

/**
 * fadump_crash_info_size - room to leave for a record
 * @nr_cpus: CPUs it can name
 *
 * Return: bytes, enough for any number of copies.
 */
size_t fadump_crash_info_size(u32 nr_cpus)
{
	const struct amounts nr = {
		.cpus = nr_cpus,
		.copies = FADUMP_MAX_COPIES,
		.slots = nr_cpus,
	};

	return record_size(&nr);
}

static void put_layout(const struct fadump_crash_info *info, void *at)
{
	struct crash_info_layout_ser *ser = at;

	put_unaligned_be64(info->area.base, &ser->area_base);
	put_unaligned_be64(info->area.size, &ser->area_size);
	put_unaligned_be64(info->boot_mem_size, &ser->boot_mem_size);
	put_unaligned_be64(info->boot_mem_top, &ser->boot_mem_top);
	put_unaligned_be64(info->cpu_slot.base, &ser->cpu_base);
	put_unaligned_be64(info->cpu_slot.size, &ser->cpu_size);
}

static void put_copies(const struct fadump_crash_info *info, void *at)
{
	struct crash_info_copy_ser *ser = at;
	u32 i;

	for (i = 0; i < info->nr_copies; i++) {
		put_unaligned_be64(info->copy[i].src, &ser[i].src);
		put_unaligned_be64(info->copy[i].dest, &ser[i].dest);
		put_unaligned_be64(info->copy[i].size, &ser[i].size);
	}
}

static void put_kernel(const struct fadump_crash_info *info, void *at)
{
	struct crash_info_kernel_ser *ser = at;

	put_unaligned_be32(info->page_size, &ser->page_size);
	put_unaligned_be32(info->little_endian, &ser->little_endian);
	memcpy(ser->release, info->release,
	       strnlen(info->release, sizeof(ser->release) - 1));
}

static void put_vmcoreinfo(const struct fadump_crash_info *info, void *at)
{
	struct crash_info_vmcoreinfo_ser *ser = at;

	put_unaligned_be64(info->vmcoreinfo.base, &ser->paddr);
	put_unaligned_be64(info->vmcoreinfo.size, &ser->size);
}

static void put_notes(const struct fadump_crash_info *info, void *at, u32 nr)
{
	struct crash_info_notes_ser *ser = at;
	u32 i;

	put_unaligned_be32(info->crash_note_size, &ser->note_size);
	put_unaligned_be32(nr, &ser->nr_notes);
	for (i = 0; i < nr; i++)
		put_unaligned_be64(fadump_be64_at(&info->crash_notes, i * SLOT_SZ),
				   &ser->note_at[i]);
}

static void put_part(const struct fadump_crash_info *info, u32 id, void *at,
		     const struct amounts *nr, struct fadump_crash_info_writer *slots)
{
	u32 cpu;

	switch (id) {
	case CRASH_INFO_LAYOUT:
		put_layout(info, at);
		break;
	case CRASH_INFO_KERNEL:
		put_kernel(info, at);
		break;
	case CRASH_INFO_VMCOREINFO:
		put_vmcoreinfo(info, at);
		break;
	case CRASH_INFO_COPIES:
		put_copies(info, at);
		break;
	case CRASH_INFO_NOTES:
		put_notes(info, at, nr->slots);
		break;
	case CRASH_INFO_REGS:
		slots->regs = at;
		put_unaligned_be32(CRASH_INFO_CPU_NONE, &slots->regs->cpu);
		break;
	case CRASH_INFO_CPUS:
		slots->cpus = at;
		slots->nr_cpus = nr->cpus;
		for (cpu = 0; cpu < nr->cpus; cpu++)
			fadump_crash_info_set_cpu(slots, cpu, CRASH_INFO_CPU_NONE,
					      0, 0);
		break;
	}
}

static void put_entry(struct crash_info_part_ser *entry, u32 i, u32 offset,
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
 * fadump_crash_info_encode - write a record at arming time
 * @info: what is known then: @vmcoreinfo (not relocated), @area,
 *	@boot_mem_size, @boot_mem_top, @cpu_slot, @copy, @nr_copies, @page_size,
 *	@little_endian, @release, @crash_note_size, @crash_notes
 * @nr_cpus: CPUs to leave room for
 * @buf: where to, cleared first; 8-byte aligned
 * @cap: bytes there
 * @slots: result: where the crashing CPU writes
 *
 * Return: 0, or -ENOSPC.
 */
int fadump_crash_info_encode(const struct fadump_crash_info *info, u32 nr_cpus,
			     void *buf, size_t cap,
			     struct fadump_crash_info_writer *slots)
{
	const struct amounts nr = {
		.cpus = nr_cpus,
		.copies = info->nr_copies,
		.slots = info->crash_notes.len / SLOT_SZ,
	};
	size_t total = record_size(&nr);
	struct crash_info_head_ser *head = buf;
	struct crash_info_part_ser *table = buf + HEAD_SZ;
	u32 i, size, at = PARTS_AT;

	if (nr.cpus > FADUMP_MAX_CPUS || nr.copies > FADUMP_MAX_COPIES ||
	    nr.slots > FADUMP_MAX_CPUS || total > cap)
		return -ENOSPC;

	memset(buf, 0, total);
	memset(slots, 0, sizeof(*slots));
	slots->head = head;
	for (i = 0; i < NR_PARTS; i++) {
		size = part_size(i, &nr);
		put_part(info, parts[i].id, buf + at, &nr, slots);
		put_entry(&table[i], i, at, size, buf + at);
		at += ALIGN(size, 8);
	}

	put_unaligned_be32(CRASH_INFO_VERSION, &head->version);
	put_unaligned_be32(HEAD_SZ, &head->head_size);
	put_unaligned_be32(total, &head->total_size);
	put_unaligned_be32(NR_PARTS, &head->nr_parts);
	put_unaligned_be32(PART_SZ, &head->part_size);
	put_unaligned_be32(crc32_le(~0, (u8 *)table, NR_PARTS * PART_SZ),
			   &head->table_sum);
	put_unaligned_be64(CRASH_INFO_MAGIC, &head->magic);
	return 0;
}

/**
 * fadump_crash_info_set_cpu - say something about one CPU
 * @slots: where
 * @cpu: Linux number; one that has no place is ignored
 * @hw_id: firmware's name for it
 * @flags: CRASH_INFO_CPU_*
 * @pid: task that runs there, or 0
 *
 * Context: any, the crash path included.
 */
void fadump_crash_info_set_cpu(const struct fadump_crash_info_writer *slots, u32 cpu,
			   u32 hw_id, u32 flags, u32 pid)
{
	struct crash_info_cpu_ser *ser;

	if (cpu >= slots->nr_cpus)
		return;
	ser = &slots->cpus[cpu];
	put_unaligned_be32(hw_id, &ser->hw_id);
	put_unaligned_be32(flags, &ser->flags);
	put_unaligned_be32(pid, &ser->pid);
}

/**
 * fadump_crash_info_set_regs - save the crashing CPU's registers
 * @slots: where
 * @cpu: Linux number
 * @regs: native doublewords in NT_PRSTATUS order
 * @nr_regs: how many, the rest reads as 0
 *
 * Context: any, the crash path included.
 */
void fadump_crash_info_set_regs(const struct fadump_crash_info_writer *slots, u32 cpu,
			    const void *regs, u32 nr_regs)
{
	struct crash_info_regs_ser *ser = slots->regs;
	u32 i;

	nr_regs = min_t(u32, nr_regs, FADUMP_NR_REGS);
	for (i = 0; i < nr_regs; i++)
		put_unaligned_be64(get_unaligned((const u64 *)regs + i),
				   &ser->regs[i]);
	put_unaligned_be32(nr_regs, &ser->nr_regs);
	put_unaligned_be32(cpu, &ser->cpu);
}

/**
 * fadump_crash_info_commit - the record is complete
 * @slots: where
 *
 * Context: any. The caller orders this after everything else that it wrote.
 */
void fadump_crash_info_commit(const struct fadump_crash_info_writer *slots)
{
	put_unaligned_be64(CRASH_INFO_COMMIT, &slots->head->commit);
}

static void get_layout(struct fadump_crash_info *info,
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

static void get_copies(struct fadump_crash_info *info,
		       const struct fadump_bytes *p)
{
	u64 at = 0;

	while (info->nr_copies < FADUMP_MAX_COPIES &&
	       fadump_bytes_has(p, at, COPY_SZ)) {
		struct fadump_copy *c = &info->copy[info->nr_copies++];

		c->src = fadump_field_at(p, at, crash_info_copy_ser, src);
		c->dest = fadump_field_at(p, at, crash_info_copy_ser, dest);
		c->size = fadump_field_at(p, at, crash_info_copy_ser, size);
		at += COPY_SZ;
	}
}

static void get_kernel(struct fadump_crash_info *info,
		       const struct fadump_bytes *p)
{
	u32 at = offsetof(struct crash_info_kernel_ser, release);

	info->page_size = fadump_field_at(p, 0, crash_info_kernel_ser, page_size);
	info->little_endian = fadump_field_at(p, 0, crash_info_kernel_ser,
					      little_endian);
	if (fadump_bytes_has(p, at, sizeof(info->release)))
		memcpy(info->release, p->data + at, sizeof(info->release) - 1);
}

static void get_vmcoreinfo(struct fadump_crash_info *info,
			   const struct fadump_bytes *p)
{
	u64 paddr = fadump_field_at(p, 0, crash_info_vmcoreinfo_ser, paddr);
	u64 size = fadump_field_at(p, 0, crash_info_vmcoreinfo_ser, size);

	if (size < FADUMP_MIN_VMCOREINFO || size > FADUMP_MAX_VMCOREINFO)
		return;
	info->vmcoreinfo.base = paddr;
	info->vmcoreinfo.size = size;
}

static void get_regs(struct fadump_crash_info *info,
		     const struct fadump_bytes *p)
{
	u32 nr = fadump_field_at(p, 0, crash_info_regs_ser, nr_regs);
	u32 cpu = fadump_field_at(p, 0, crash_info_regs_ser, cpu);
	u32 i, at = offsetof(struct crash_info_regs_ser, regs);

	/* A part that holds no register says nothing about a CPU either. */
	if (!nr || !fadump_bytes_has(p, at, 8) || cpu == CRASH_INFO_CPU_NONE)
		return;
	info->cpu = cpu;
	for (i = 0; i < min_t(u32, nr, FADUMP_NR_REGS); i++)
		info->regs[i] = fadump_be64_at(p, at + 8 * i);
	info->has_regs = true;
}

static void get_cpus(struct fadump_crash_info *info,
		     const struct fadump_bytes *p)
{
	info->cpus = *p;
	info->nr_cpus = min_t(u64, p->len / CPU_SZ, FADUMP_MAX_CPUS);
}

/* Slots of which not one can be right are none. */
static void get_notes(struct fadump_crash_info *info,
		      const struct fadump_bytes *p)
{
	u32 size = fadump_field_at(p, 0, crash_info_notes_ser, note_size);
	u32 nr = fadump_field_at(p, 0, crash_info_notes_ser, nr_notes);

	if (nr > FADUMP_MAX_CPUS || (nr && size < FADUMP_CRASH_NOTE_SZ) ||
	    !fadump_bytes_has(p, NOTES_SZ, nr * SLOT_SZ)) {
		info->missing |= BIT(FADUMP_MISSING_CRASH_PART);
		return;
	}
	info->crash_note_size = size;
	info->crash_notes.data = p->data + NOTES_SZ;
	info->crash_notes.len = nr * SLOT_SZ;
}

static const struct {
	u32 id;
	void (*get)(struct fadump_crash_info *info, const struct fadump_bytes *p);
} readers[] = {
	{ CRASH_INFO_LAYOUT, get_layout },
	{ CRASH_INFO_KERNEL, get_kernel },
	{ CRASH_INFO_VMCOREINFO, get_vmcoreinfo },
	{ CRASH_INFO_CPUS, get_cpus },
	{ CRASH_INFO_COPIES, get_copies },
	{ CRASH_INFO_NOTES, get_notes },
	/* What a kernel that was still writing says of its registers is noise. */
	{ CRASH_INFO_REGS, get_regs },
};

static void get_part(struct fadump_crash_info *info, u32 id,
		     const struct fadump_bytes *p)
{
	u32 i;

	if (id == CRASH_INFO_REGS && !info->committed)
		return;
	for (i = 0; i < ARRAY_SIZE(readers); i++)
		if (readers[i].id == id)
			readers[i].get(info, p);
}

static void read_entry(struct fadump_crash_info *info,
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
	get_part(info, id, &part);
	return;
missing:
	info->missing |= BIT(FADUMP_MISSING_CRASH_PART);
}

/**
 * fadump_crash_info_decode - read a record
 * @rec: where it should be, as long as memory goes; must stay as it is for as
 *	long as @info is used, which points into it
 * @info: result
 *
 * Only a bad head costs the record. A bad part costs that part, an unknown one
 * nothing. Parts are taken as far as their size covers the fields known here.
 *
 * Return: 0, -ENOENT where there is no such record, -EBADMSG where there is one
 * whose head or table cannot be trusted.
 */
int fadump_crash_info_decode(const struct fadump_bytes *rec,
			     struct fadump_crash_info *info)
{
	u32 i, head, total, nr, step, sum;
	struct fadump_bytes b = *rec;

	memset(info, 0, sizeof(*info));
	info->cpu = CRASH_INFO_CPU_NONE;
	if (!fadump_bytes_has(&b, 0, HEAD_SZ) ||
	    fadump_field_at(&b, 0, crash_info_head_ser, magic) !=
	    CRASH_INFO_MAGIC)
		return -ENOENT;

	head = fadump_field_at(&b, 0, crash_info_head_ser, head_size);
	total = fadump_field_at(&b, 0, crash_info_head_ser, total_size);
	nr = fadump_field_at(&b, 0, crash_info_head_ser, nr_parts);
	step = fadump_field_at(&b, 0, crash_info_head_ser, part_size);
	sum = fadump_field_at(&b, 0, crash_info_head_ser, table_sum);
	if (fadump_field_at(&b, 0, crash_info_head_ser, version) !=
	    CRASH_INFO_VERSION || head < HEAD_SZ || head > FADUMP_MAX_CRASH_INFO ||
	    total > FADUMP_MAX_CRASH_INFO || nr > FADUMP_MAX_PARTS ||
	    step < PART_SZ || step > FADUMP_MAX_CRASH_INFO)
		return -EBADMSG;
	b.len = min_t(size_t, b.len, total);
	if (!fadump_bytes_has(&b, head, (u64)nr * step) ||
	    crc32_le(~0, b.data + head, nr * step) != sum)
		return -EBADMSG;

	info->committed = fadump_field_at(&b, 0, crash_info_head_ser, commit) ==
			  CRASH_INFO_COMMIT;
	for (i = 0; i < nr; i++)
		read_entry(info, &b, head + (u64)i * step);
	return 0;
}

static u64 cpu_field(const struct fadump_crash_info *info, u32 cpu, size_t at)
{
	return fadump_be32_at(&info->cpus, (u64)cpu * CPU_SZ + at);
}

/**
 * fadump_crash_info_hw_id - what firmware called a CPU of the dead kernel
 * @info: the record
 * @cpu: Linux number
 *
 * Return: the id, or %CRASH_INFO_CPU_NONE.
 */
u32 fadump_crash_info_hw_id(const struct fadump_crash_info *info, u32 cpu)
{
	if (cpu >= info->nr_cpus)
		return CRASH_INFO_CPU_NONE;
	return cpu_field(info, cpu, offsetof(struct crash_info_cpu_ser, hw_id));
}

/**
 * fadump_crash_info_find_cpu - what the dead kernel called a CPU
 * @info: the record
 * @hw_id: firmware's name
 *
 * Return: the Linux number, or -ENOENT.
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
 * fadump_crash_info_pid - which task ran on a CPU
 * @info: the record
 * @cpu: Linux number
 *
 * Return: its pid, 0 if idle or unknown.
 */
u32 fadump_crash_info_pid(const struct fadump_crash_info *info, u32 cpu)
{
	if (!info->committed || cpu >= info->nr_cpus)
		return 0;
	return cpu_field(info, cpu, offsetof(struct crash_info_cpu_ser, pid));
}

/**
 * fadump_crash_info_is_online - was a CPU online when the kernel died?
 * @info: the record
 * @cpu: Linux number
 *
 * A kernel that could not tell any more is taken to have had all of them.
 */
bool fadump_crash_info_is_online(const struct fadump_crash_info *info, u32 cpu)
{
	if (info->mask.len)
		return fadump_compat_is_online(info, cpu);
	if (!info->committed || cpu >= info->nr_cpus)
		return true;
	return cpu_field(info, cpu, offsetof(struct crash_info_cpu_ser, flags)) &
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
 * fadump_crash_info_compare - hold a dump against what its kernel said
 * @info: the record
 * @nr_cpus: CPUs that firmware has registers of
 * @dump: gets a note of what is missing and has not been noticed yet
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
