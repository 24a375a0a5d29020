// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzer: the kernel's metadata, the structure that OPAL's tags point to, and the
 * property fw-load-area.
 */

#include <stdlib.h>

#include "fuzz.h"

static void check_meta(const struct fadump_dump *dump, u64 at)
{
	fuzz_must(dump->boot_mem_top && at >= dump->boot_mem_top);
	fuzz_must(dump->nr_copies && dump->nr_copies <= FADUMP_MAX_COPIES);
}

static void check_tag(const struct opal_fw_tag *tag)
{
	fuzz_must(tag->nr_regions && tag->nr_regions <= OPAL_MAX_FW_REGIONS);
}

static void check_cpus(const struct fadump_dump *dump)
{
	fuzz_must(dump->cpu.size && dump->cpu.size <= FADUMP_MAX_CPU_DATA);
	fuzz_must(dump->cpu_step >= sizeof(struct opal_thread_fw));
	fuzz_must(dump->cpu_step <= dump->cpu.size);
}

static void decode(const struct fadump_bytes *meta, u64 at)
{
	struct fadump_dump dump;
	struct opal_fw_tag tag;

	if (opal_meta_decode(meta, at, &dump))
		return;
	check_meta(&dump, at);
	fuzz_bound(&dump);

	/* Decode the same bytes as the data of an OPAL bytes, as if the tags were swapped. */
	if (opal_fw_tag_decode(meta, &tag) || opal_fw_tag_set_cpus(&tag, &dump))
		return;
	check_cpus(&dump);
	fuzz_bound(&dump);
}

static void decode_anywhere(const struct fadump_bytes *meta)
{
	static const u64 places[] = {
		FUZZ_FIRMWARE_AT, FUZZ_MIB(1800), U64_MAX & ~7ULL,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(places); i++)
		decode(meta, places[i]);
}

/* Correct the checksum, which a fuzzer does not find by chance. */
static void correct_sum(u8 *data, size_t size)
{
	const struct fadump_bytes b = fuzz_bytes(data, size);
	u64 sum_at = OPAL_PLAN_OFFSET + offsetof(struct opal_plan_ser, sum);
	u64 from = OPAL_PLAN_OFFSET + offsetof(struct opal_plan_ser, total_size);
	u64 end = OPAL_PLAN_OFFSET + (u64)fadump_be32_at(&b, from);

	if (fadump_bytes_has(&b, sum_at, 4) && end >= from && end <= size)
		put_unaligned_be32(crc32_le(~0, data + from, end - from),
				   data + sum_at);
}

static void decode_fw_tag(const struct fadump_bytes *bytes)
{
	struct fadump_dump dump = { };
	struct opal_fw_tag tag;

	if (opal_fw_tag_decode(bytes, &tag))
		return;
	check_tag(&tag);
	if (!opal_fw_tag_set_cpus(&tag, &dump))
		check_cpus(&dump);
}

/* The end is behind each pair. */
static void check_load_area(const struct fadump_bytes *prop, u64 pair, u64 end)
{
	fuzz_must(get_unaligned_be64(prop->data + OPAL_LOAD_AREA_PAIR * pair) <= end);
}

static void decode_load_area(const struct fadump_bytes *prop)
{
	u64 i, end;

	if (opal_load_area_end(prop, &end))
		return;
	for (i = 0; i < prop->len / OPAL_LOAD_AREA_PAIR; i++)
		check_load_area(prop, i, end);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct fadump_bytes b = fuzz_bytes(data, size);
	u8 *copy = fuzz_copy(data, size);

	decode_fw_tag(&b);
	decode_load_area(&b);
	decode_anywhere(&b);
	correct_sum(copy, size);
	b.data = copy;
	decode_anywhere(&b);
	free(copy);
	return 0;
}
