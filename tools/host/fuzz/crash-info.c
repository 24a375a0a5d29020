// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzer: our crash-info record, all queries of it, and the count of attempts.
 */

#include <stdlib.h>

#include "fuzz.h"

static void query_cpu(const struct fadump_crash_info *info, u32 cpu)
{
	u32 hw_id = fadump_crash_info_hw_id(info, cpu);
	int found = fadump_crash_info_find_cpu(info, cpu);

	if (cpu >= info->nr_cpus) {
		fuzz_must(hw_id == CRASH_INFO_CPU_NONE);
		fuzz_must(!fadump_crash_info_pid(info, cpu));
		fuzz_must(fadump_crash_info_is_online(info, cpu));
	}
	fadump_crash_info_pid(info, cpu);
	fadump_crash_info_is_online(info, cpu);
	if (found >= 0)
		fuzz_must(fadump_crash_info_hw_id(info, found) == cpu);
	/* A hardware id must give the first CPU that has it. */
	if (hw_id != CRASH_INFO_CPU_NONE) {
		found = fadump_crash_info_find_cpu(info, hw_id);
		fuzz_must(found >= 0 && (u32)found <= cpu);
	}
}

/* Lower half of RAM: boot memory and its copy; upper half: not copied. */
static void query_crash_note(const struct fadump_crash_info *info, u32 cpu)
{
	static const struct fadump_dump dump = {
		.copy[0] = { 0, FUZZ_MIB(512), FUZZ_MIB(256) },
		.nr_copies = 1,
		.boot_mem_top = FUZZ_MIB(512),
	};
	static struct fadump_range all = { 0, FUZZ_MIB(2048) };
	static struct fadump_range high = { FUZZ_MIB(1024), FUZZ_MIB(1024) };
	const struct fadump_ranges ram = { &all, 1, 1 }, unmoved = { &high, 1, 1 };
	const struct fadump_range copy = { dump.copy[0].dest, dump.copy[0].size };
	const struct fadump_ranges copied = { (struct fadump_range *)&copy, 1, 1 };
	u64 at;

	if (fadump_notes_find_crash_note(info, cpu, &dump, &ram, &unmoved, &at))
		return;
	fuzz_must(cpu < info->crash_notes.len / 8);
	fuzz_must(fadump_ranges_cover(&unmoved, at, FADUMP_CRASH_NOTE_SZ) ||
		  fadump_ranges_cover(&copied, at, FADUMP_CRASH_NOTE_SZ));
}

static void check(const struct fadump_crash_info *info,
		  const struct fadump_bytes *rec)
{
	u64 end;
	u32 i;

	fuzz_must(!info->is_legacy && !info->relocated && !info->headers_at);
	fuzz_must(!info->mask.len);
	fuzz_must(strnlen(info->release, sizeof(info->release)) <
		  sizeof(info->release));
	fuzz_must(info->nr_cpus <= FADUMP_MAX_CPUS);
	fuzz_must(info->nr_cpus <= info->cpus.len / sizeof(struct crash_info_cpu_ser));
	if (info->cpus.len) {
		fuzz_must(info->cpus.data >= rec->data);
		end = info->cpus.data - rec->data + info->cpus.len;
		fuzz_must(end <= min_t(u64, rec->len, FADUMP_MAX_CRASH_INFO));
	}
	fuzz_must(info->crash_notes.len <= 8 * FADUMP_MAX_CPUS);
	if (info->crash_notes.len) {
		fuzz_must(info->crash_notes.data >= rec->data);
		end = info->crash_notes.data - rec->data + info->crash_notes.len;
		fuzz_must(end <= min_t(u64, rec->len, FADUMP_MAX_CRASH_INFO));
	}
	fuzz_must(info->nr_copies <= FADUMP_MAX_COPIES);
	if (info->vmcoreinfo.size)
		fuzz_must(info->vmcoreinfo.size >= FADUMP_MIN_VMCOREINFO &&
			  info->vmcoreinfo.size <= FADUMP_MAX_VMCOREINFO);
	if (info->has_regs)
		fuzz_must(info->committed && info->cpu != CRASH_INFO_CPU_NONE);
	else
		for (i = 0; i < FADUMP_NR_REGS; i++)
			fuzz_must(!info->regs[i]);
}

/* As elfcore.c does with a record that can be read. */
static void count_attempts(u8 *data)
{
	struct crash_info_head_ser *head = (void *)data;
	u32 i, n;

	if (fadump_crash_info_is_ended(head))
		return;
	n = fadump_crash_info_count_attempt(head);
	fuzz_must(n);
	for (i = 1; i <= FADUMP_MAX_ATTEMPTS && i < U32_MAX - n; i++)
		fuzz_must(fadump_crash_info_count_attempt(head) == n + i);
	fuzz_must(!fadump_crash_info_is_ended(head));
	fadump_crash_info_end(head);
	fuzz_must(fadump_crash_info_is_ended(head));
}

static bool decode(const struct fadump_bytes *rec)
{
	struct fadump_crash_info info;
	u32 i;

	if (fadump_crash_info_decode(rec, &info))
		return false;
	check(&info, rec);
	for (i = 0; i < fuzz_nr_cpus; i++) {
		query_cpu(&info, fuzz_cpus[i]);
		query_crash_note(&info, fuzz_cpus[i]);
	}
	query_cpu(&info, info.nr_cpus);
	query_cpu(&info, info.nr_cpus - 1);
	return true;
}

/* -------- Checksums -------- */

#define head_at(b, field)	\
	((u32)fadump_field_at(b, 0, crash_info_head_ser, field))
#define part_at(b, at, field)	\
	((u32)fadump_field_at(b, at, crash_info_part_ser, field))

static void correct_part_sum(const struct fadump_bytes *b, u8 *data, u64 at)
{
	u64 sum_at = at + offsetof(struct crash_info_part_ser, sum);
	u32 offset = part_at(b, at, offset);
	u32 size = part_at(b, at, size);

	if (fadump_bytes_has(b, sum_at, 4) && fadump_bytes_has(b, offset, size))
		put_unaligned_be32(crc32_le(~0, data + offset, size),
				   data + sum_at);
}

/* Correct the checksums, which a fuzzer does not find by chance. */
static void correct_sums(u8 *data, size_t size)
{
	const struct fadump_bytes b = fuzz_bytes(data, size);
	u64 head = head_at(&b, head_size);
	u64 step = head_at(&b, part_size);
	u32 nr = head_at(&b, nr_parts);
	u32 i;

	nr = min(nr, (u32)FADUMP_MAX_PARTS);
	for (i = 0; i < nr; i++)
		correct_part_sum(&b, data, head + i * step);
	if (fadump_bytes_has(&b, 0, sizeof(struct crash_info_head_ser)) &&
	    fadump_bytes_has(&b, head, nr * step))
		put_unaligned_be32(crc32_le(~0, data + head, nr * step),
				   data + offsetof(struct crash_info_head_ser,
						   table_sum));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct fadump_bytes b = fuzz_bytes(data, size);
	u8 *copy = fuzz_copy(data, size);

	decode(&b);
	correct_sums(copy, size);
	b.data = copy;
	if (decode(&b)) {
		count_attempts(copy);
		/* The record must still be readable afterwards. */
		fuzz_must(decode(&b));
	}
	free(copy);
	return 0;
}
