// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * OPAL: properties, OPAL's tags, and the metadata that a kernel leaves for the
 * capture kernel.
 */

#include "lib/fadump-lib.h"

#define META_SZ		sizeof(struct opal_meta_ser)
#define PLAN_SZ		sizeof(struct opal_plan_ser)
#define REGION_SZ	sizeof(struct fadump_copy_ser)

/* The checksum covers the structure from here on. */
#define PLAN_SUM_AT	offsetof(struct opal_plan_ser, total_size)

static_assert(META_SZ <= OPAL_PLAN_OFFSET);
static_assert(OPAL_PLAN_OFFSET + PLAN_SZ + FADUMP_MAX_COPIES * REGION_SZ <=
	      OPAL_META_SZ);

/**
 * opal_denies_dump - does OPAL say that there is no dump?
 * @rc: result of the query for %OPAL_MPIPL_TAG_KERNEL, -ENOENT for a tag that is not set
 *
 * The device tree says that memory was preserved even if no kernel had set the tag, and
 * after the dump has been released; OPAL then rejects the query. All other errors do
 * not say anything about the dump, so it must be kept.
 *
 * Return: true if there is no dump.
 */
bool opal_denies_dump(int rc)
{
	return rc == -ENOENT || rc == -EINVAL || rc == -EOPNOTSUPP;
}

/**
 * opal_load_area_end - end of the memory that firmware overwrites when it boots a kernel
 * @prop: fw-load-area; empty if absent
 * @end: result: the boot memory must not end below
 *
 * Return: 0, or -EINVAL if a range of the property wraps.
 */
int opal_load_area_end(const struct fadump_bytes *prop, u64 *end)
{
	u64 at, base, size, area_end;

	*end = prop->len < OPAL_LOAD_AREA_PAIR ? OPAL_LOAD_AREA_END : 0;
	for (at = 0; fadump_bytes_has(prop, at, OPAL_LOAD_AREA_PAIR);
	     at += OPAL_LOAD_AREA_PAIR) {
		base = fadump_be64_at(prop, at);
		size = fadump_be64_at(prop, at + 8);
		if (check_add_overflow(base, size, &area_end))
			return -EINVAL;
		*end = max(*end, area_end);
	}
	return 0;
}

/* -------- The kernel's metadata -------- */

static void encode_meta(const struct fadump_plan *plan, struct opal_meta_ser *meta)
{
	meta->version = OPAL_META_VERSION;
	put_unaligned_be16(plan->nr_copies, &meta->nr_regions);
	put_unaligned_be64(plan->info.base, &meta->info_at);
	fadump_copies_encode(meta->region, plan->copy, plan->nr_copies);
}

static void encode_plan(const struct fadump_plan *plan, struct opal_plan_ser *ser)
{
	u32 total = PLAN_SZ + plan->nr_copies * REGION_SZ;

	put_unaligned_be64(OPAL_PLAN_MAGIC, &ser->magic);
	put_unaligned_be32(OPAL_PLAN_VERSION, &ser->version);
	put_unaligned_be32(total, &ser->total_size);
	put_unaligned_be32(plan->nr_copies, &ser->nr_regions);
	put_unaligned_be64(plan->area.base, &ser->area_base);
	put_unaligned_be64(plan->area.size, &ser->area_size);
	put_unaligned_be64(plan->boot_mem_top, &ser->boot_mem_top);
	put_unaligned_be64(plan->param.base, &ser->param_base);
	put_unaligned_be64(plan->param.size, &ser->param_size);
	put_unaligned_be64(plan->info.base, &ser->info_at);
	fadump_copies_encode((struct fadump_copy_ser *)(ser + 1), plan->copy,
			     plan->nr_copies);
	put_unaligned_be32(crc32_le(~0, (u8 *)ser + PLAN_SUM_AT,
				    total - PLAN_SUM_AT), &ser->sum);
}

/**
 * opal_meta_encode - describe a plan for the capture kernel
 * @plan: the plan
 * @buf: result, cleared first
 * @cap: bytes of @buf
 *
 * The description is not valid before opal_meta_arm().
 *
 * Return: 0, or -ENOSPC with @buf unchanged.
 */
int opal_meta_encode(const struct fadump_plan *plan, void *buf, size_t cap)
{
	if (cap < OPAL_META_SZ || plan->nr_copies > OPAL_MAX_COPIES)
		return -ENOSPC;
	memset(buf, 0, OPAL_META_SZ);
	encode_meta(plan, buf);
	encode_plan(plan, buf + OPAL_PLAN_OFFSET);
	return 0;
}

/**
 * opal_meta_arm - mark a description valid or invalid
 * @buf: from opal_meta_encode()
 * @armed: valid: firmware will dump
 *
 * Context: any.
 */
void opal_meta_arm(void *buf, bool armed)
{
	struct opal_plan_ser *ser = buf + OPAL_PLAN_OFFSET;
	struct opal_meta_ser *meta = buf;

	put_unaligned_be16(armed ? get_unaligned_be16(&meta->nr_regions) : 0,
			   &meta->nr_registered);
	put_unaligned_be64(armed ? OPAL_PLAN_ARMED : 0, &ser->armed);
}

/* Does not check the copies: fadump_dump_bound() does. */
static void decode_regions(struct fadump_dump *dump, const struct fadump_bytes *b,
			   u64 at, u32 nr)
{
	dump->nr_copies = fadump_copies_decode(dump->copy,
					       min_t(u32, nr, FADUMP_MAX_COPIES), b, at);
	if (dump->nr_copies < nr)
		dump->missing |= BIT(FADUMP_MISSING_BOOT_MEM);
}

/* Returns -ENOENT if there is no plan, -EBADMSG if it is damaged. */
static int decode_plan(struct fadump_dump *dump, const struct fadump_bytes *meta)
{
	u64 at = OPAL_PLAN_OFFSET;
	u32 total = fadump_field_at(meta, at, opal_plan_ser, total_size);
	u32 nr = fadump_field_at(meta, at, opal_plan_ser, nr_regions);

	if (fadump_field_at(meta, at, opal_plan_ser, magic) != OPAL_PLAN_MAGIC)
		return -ENOENT;
	if (fadump_field_at(meta, at, opal_plan_ser, version) !=
	    OPAL_PLAN_VERSION ||
	    total < PLAN_SZ || !fadump_bytes_has(meta, at, total) ||
	    nr > (total - PLAN_SZ) / REGION_SZ ||
	    crc32_le(~0, meta->data + at + PLAN_SUM_AT, total - PLAN_SUM_AT) !=
	    fadump_field_at(meta, at, opal_plan_ser, sum))
		return -EBADMSG;
	/* opal_meta_arm() clears two words; if only one reads as cleared it is damaged. */
	if (fadump_field_at(meta, at, opal_plan_ser, armed) != OPAL_PLAN_ARMED) {
		if (!fadump_field_at(meta, 0, opal_meta_ser, nr_registered))
			return -ENODATA;
		dump->missing |= BIT(FADUMP_MISSING_FW_SUSPECT);
	}

	dump->area.base = fadump_field_at(meta, at, opal_plan_ser, area_base);
	dump->area.size = fadump_field_at(meta, at, opal_plan_ser, area_size);
	dump->boot_mem_top = fadump_field_at(meta, at, opal_plan_ser, boot_mem_top);
	dump->param.base = fadump_field_at(meta, at, opal_plan_ser, param_base);
	dump->param.size = fadump_field_at(meta, at, opal_plan_ser, param_size);
	dump->info_at = fadump_field_at(meta, at, opal_plan_ser, info_at);
	decode_regions(dump, meta, at + PLAN_SZ, nr);
	return 0;
}

/* Other kernels have copies, record and metadata in this order, without gaps. */
static void infer_area(struct fadump_dump *dump, u64 meta_at)
{
	u64 base = dump->copy[0].dest, end;

	if (check_add_overflow(meta_at, (u64)META_SZ, &end) || end <= base)
		return;
	dump->area.base = base;
	dump->area.size = end - base;
}

static int decode_meta(struct fadump_dump *dump, const struct fadump_bytes *meta,
		       u64 at)
{
	u32 nr = fadump_field_at(meta, 0, opal_meta_ser, nr_regions);
	u32 done = fadump_field_at(meta, 0, opal_meta_ser, nr_registered);
	u64 end;
	u32 i;

	if (!fadump_bytes_has(meta, 0, META_SZ) ||
	    fadump_field_at(meta, 0, opal_meta_ser, version) !=
	    OPAL_META_VERSION || nr > OPAL_META_REGIONS)
		return -EINVAL;
	if (!done)
		return -ENODATA;
	if (done < nr)
		dump->missing |= BIT(FADUMP_MISSING_BOOT_MEM);
	dump->info_at = fadump_field_at(meta, 0, opal_meta_ser, info_at);
	decode_regions(dump, meta, offsetof(struct opal_meta_ser, region),
		       min(done, nr));
	for (i = 0; i < dump->nr_copies; i++)
		if (!check_add_overflow(dump->copy[i].src, dump->copy[i].size, &end))
			dump->boot_mem_top = max(dump->boot_mem_top, end);
	if (dump->nr_copies)
		infer_area(dump, at);
	return 0;
}

/**
 * opal_meta_decode - read the metadata of the crashed kernel
 * @meta: memory that OPAL_MPIPL_TAG_KERNEL points to
 * @at: real address of @meta
 * @dump: result, unverified: call fadump_dump_bound() next
 *
 * Return: 0; -ENODATA if the crashed kernel was not armed; -EINVAL if the metadata is
 * invalid or has no boot memory: then only the @missing of @dump is valid.
 */
int opal_meta_decode(const struct fadump_bytes *meta, u64 at,
		     struct fadump_dump *dump)
{
	u32 missing;
	int rc;

	memset(dump, 0, sizeof(*dump));
	rc = decode_plan(dump, meta);
	/* struct opal_meta_ser has no field for the boot arguments. */
	if (rc == -EBADMSG)
		dump->missing |= BIT(FADUMP_MISSING_PARAM);
	if (rc == -EBADMSG || rc == -ENOENT)
		rc = decode_meta(dump, meta, at);
	if (rc)
		return rc;
	/* This kernel runs below boot_mem_top: metadata there is of an earlier boot. */
	if (dump->nr_copies && dump->boot_mem_top && at >= dump->boot_mem_top)
		return 0;
	missing = dump->missing;
	memset(dump, 0, sizeof(*dump));
	dump->missing = missing;
	return -EINVAL;
}

/* -------- OPAL's tags -------- */

/**
 * opal_fw_tag_decode - read the structure that a tag of OPAL points to
 * @bytes: memory that the tag points to
 * @tag: result, unverified
 *
 * Return: 0, or -EINVAL if the version is unknown or there is no region.
 */
int opal_fw_tag_decode(const struct fadump_bytes *bytes, struct opal_fw_tag *tag)
{
	u64 at = sizeof(struct opal_dump_fw);
	u32 nr = fadump_field_at(bytes, 0, opal_dump_fw, nr_regions);

	memset(tag, 0, sizeof(*tag));
	if (!fadump_bytes_has(bytes, 0, at) ||
	    fadump_field_at(bytes, 0, opal_dump_fw, version) != OPAL_DUMP_VERSION)
		return -EINVAL;
	tag->crashing_pir = fadump_field_at(bytes, 0, opal_dump_fw, crashing_pir);
	tag->cpu_step = fadump_field_at(bytes, 0, opal_dump_fw, cpu_size);
	tag->nr_regions = fadump_copies_decode(tag->region,
					       min_t(u32, nr, OPAL_MAX_FW_REGIONS),
					       bytes, at);
	return tag->nr_regions ? 0 : -EINVAL;
}

/**
 * opal_fw_tag_set_cpus - tell a dump where its register data is
 * @tag: from OPAL_MPIPL_TAG_CPU
 * @dump: result in @cpu and @cpu_step, unverified
 *
 * Return: 0, or -EINVAL if the sizes cannot be right.
 */
int opal_fw_tag_set_cpus(const struct opal_fw_tag *tag, struct fadump_dump *dump)
{
	const struct fadump_copy *r = &tag->region[0];

	if (tag->cpu_step < sizeof(struct opal_thread_fw) ||
	    r->size < tag->cpu_step || r->size > FADUMP_MAX_CPU_DATA)
		return -EINVAL;
	dump->cpu.base = r->dest;
	dump->cpu.size = r->size;
	dump->cpu_step = tag->cpu_step;
	return 0;
}
