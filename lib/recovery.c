// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Recovery: read the crashed kernel's record, and replace damaged fields of
 * firmware's description by fields of the record. A field may be damaged in both;
 * then the dump does without it.
 */

#include "lib/fadump-lib.h"

/* Our record follows the legacy one at a fixed offset. */
static struct fadump_bytes skip_legacy_record(const struct fadump_bytes *b)
{
	struct fadump_bytes own = { };

	if (fadump_bytes_has(b, CRASH_INFO_OFFSET, 1)) {
		own.data = b->data + CRASH_INFO_OFFSET;
		own.len = b->len - CRASH_INFO_OFFSET;
	}
	return own;
}

/**
 * fadump_recovery_read_record - read the record of a dump
 * @b: memory where the records should be
 * @at: real address of @b
 * @info: result; points into @b; without a record it has only the @missing
 *
 * Prefers our record to the legacy one.
 *
 * Return: kind of the record, %FADUMP_RECORD_NONE if none can be read.
 */
enum fadump_record_kind fadump_recovery_read_record(const struct fadump_bytes *b, u64 at,
						    struct fadump_crash_info *info)
{
	const struct fadump_bytes own = skip_legacy_record(b);
	int rc = fadump_crash_info_decode(&own, info);

	if (!rc)
		return FADUMP_RECORD_OWN;
	if (fadump_compat_decode(b, info)) {
		info->missing = BIT(FADUMP_MISSING_CRASH_INFO);
		return FADUMP_RECORD_NONE;
	}
	/* Our record is there but damaged. */
	if (rc == -EBADMSG)
		info->missing |= BIT(FADUMP_MISSING_CRASH_PART);
	rc = info->headers_at ? FADUMP_RECORD_INF : FADUMP_RECORD_SIG;
	fadump_compat_read_headers(b, at, info);
	return rc;
}

/* Is @at inside the dump area of @info, but not inside one of the copies there? */
static bool is_in_record_slot(const struct fadump_crash_info *info, u64 at)
{
	struct fadump_range dest;
	u32 i;

	for (i = 0; i < info->nr_copies; i++) {
		dest.base = info->copy[i].dest;
		dest.size = info->copy[i].size;
		if (fadump_range_overlaps(&dest, at, 1))
			return false;
	}
	return fadump_range_overlaps(&info->area, at, 1) &&
	       at >= info->boot_mem_top;
}

/**
 * fadump_recovery_is_record - is this address the record of the dump?
 * @b: memory where the records may be
 * @at: real address of @b
 * @info: result, valid if true is returned; points into @b
 *
 * A search of memory calls this. It may find duplicates of a record, for example in
 * the page cache. So this function accepts a record only where the record says that
 * it is: inside the dump area that it describes, and outside of the copies there.
 * Memory may also contain records of released dumps; this function rejects them.
 *
 * Return: true if this is our record, of a dump that has not been released.
 */
bool fadump_recovery_is_record(const struct fadump_bytes *b, u64 at,
			       struct fadump_crash_info *info)
{
	const struct fadump_bytes own = skip_legacy_record(b);

	return !fadump_crash_info_decode(&own, info) &&
	       !fadump_crash_info_is_ended((const void *)own.data) &&
	       is_in_record_slot(info, at);
}

/**
 * fadump_recovery_should_search - is an offset within the limit of a search?
 * @done: bytes of memory before the offset
 * @total: bytes of memory in all
 *
 * To limit its time, a search reads only the first %FADUMP_MAX_SEARCH / 2 bytes and
 * as many bytes at the end.
 */
bool fadump_recovery_should_search(u64 done, u64 total)
{
	return done < FADUMP_MAX_SEARCH / 2 ||
	       total <= done + FADUMP_MAX_SEARCH / 2;
}

/**
 * fadump_recovery_use_description - replace firmware's description by the record's
 * @dump: the dump; changed only if firmware's description is invalid
 * @info: the record
 * @at: real address of the record
 * @kept_from: start of the memory that this kernel has preserved
 *
 * The record lists the ranges that the kernel told firmware to save. They are not
 * verified: if this function returns true, call fadump_dump_bound() next.
 *
 * Return: true if the description was replaced.
 */
bool fadump_recovery_use_description(struct fadump_dump *dump,
				     const struct fadump_crash_info *info, u64 at,
				     u64 kept_from)
{
	if (!(dump->missing & BIT(FADUMP_MISSING_DESCRIPTION)) || !info->nr_copies)
		return false;
	memcpy(dump->copy, info->copy, sizeof(dump->copy));
	dump->nr_copies = info->nr_copies;
	dump->boot_mem_top = max(kept_from, info->boot_mem_top);
	dump->info_at = at;
	dump->area = info->area;
	if (!dump->cpu.size)
		dump->cpu = info->cpu_slot;
	return true;
}

/**
 * fadump_recovery_set_area - take the extent of the dump area from the record
 * @dump: the dump, after fadump_dump_bound()
 * @info: the record
 * @usable: RAM without the memory that firmware keeps
 * @page_size: of this kernel
 *
 * Firmware's description lists only some of the slots, so it does not tell the
 * extent.
 */
void fadump_recovery_set_area(struct fadump_dump *dump,
			      const struct fadump_crash_info *info,
			      const struct fadump_ranges *usable, u64 page_size)
{
	struct fadump_range own = info->area;
	u64 end;

	if (!own.size || own.base > dump->info_at) {
		/*
		 * A legacy record does not describe the area: assume that the area
		 * ends with this record.
		 */
		own.base = ALIGN_DOWN(dump->area.base, page_size);
		end = max(dump->info_at + FADMPSIG_REGS + FADMP_REGS_SZ +
			  info->mask.len, fadump_range_end(&dump->area));
		own.size = ALIGN(end, page_size) - own.base;
	}
	if (dump->info_at && dump->area.size && own.base >= dump->boot_mem_top &&
	    fadump_ranges_cover(usable, own.base, own.size))
		dump->area = own;
}

/**
 * fadump_recovery_find_unmoved - find the preserved memory that was not copied
 * @dump: the dump, after fadump_dump_bound()
 * @usable: RAM without the memory that firmware keeps
 * @fw_owned: pages of this kernel in which firmware owns memory
 * @unmoved: result: @usable above the boot memory, without the dump area, @fw_owned and
 *	the sources of the copies
 *
 * Return: 0, or -ENOSPC.
 */
int fadump_recovery_find_unmoved(const struct fadump_dump *dump,
				 const struct fadump_ranges *usable,
				 const struct fadump_ranges *fw_owned,
				 struct fadump_ranges *unmoved)
{
	int rc = fadump_ranges_copy(unmoved, usable) ?:
		 fadump_ranges_subtract(unmoved, 0, dump->boot_mem_top) ?:
		 fadump_ranges_subtract(unmoved, dump->area.base, dump->area.size) ?:
		 fadump_ranges_subtract_set(unmoved, fw_owned);
	u32 i;

	for (i = 0; !rc && i < dump->nr_copies; i++)
		rc = fadump_ranges_subtract(unmoved, dump->copy[i].src,
					    dump->copy[i].size);
	return rc;
}

/**
 * fadump_recovery_check_window - report memory of the dump that firmware has overwritten
 * @dump: the dump, after fadump_dump_bound(); a bit is added to its @missing
 * @unmoved: preserved memory that was not copied
 * @window: memory that the running firmware overwrites at every boot
 */
void fadump_recovery_check_window(struct fadump_dump *dump,
				  const struct fadump_ranges *unmoved,
				  const struct fadump_range *window)
{
	if (fadump_ranges_overlap(unmoved, window->base, window->size) ||
	    fadump_range_overlaps(&dump->area, window->base, window->size))
		dump->missing |= BIT(FADUMP_MISSING_WINDOW);
}

/**
 * fadump_recovery_find_vmcoreinfo - find VMCOREINFO by the address in the record
 * @dump: the dump, after fadump_dump_bound()
 * @info: the record
 * @usable: RAM without the memory that firmware keeps
 *
 * Return: preserved memory with the note, unverified; size 0 if the record has no valid
 * address.
 */
struct fadump_range fadump_recovery_find_vmcoreinfo(const struct fadump_dump *dump,
						    const struct fadump_crash_info *info,
						    const struct fadump_ranges *usable)
{
	const struct fadump_range none = { };
	struct fadump_range r = info->vmcoreinfo;

	if (r.size && !info->relocated)
		r.base = fadump_layout_relocate(dump->copy, dump->nr_copies,
						r.base, r.size);
	if (!r.size || r.base < dump->boot_mem_top ||
	    !fadump_ranges_cover(usable, r.base, r.size))
		return none;
	return r;
}
