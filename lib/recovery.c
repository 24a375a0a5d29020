// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the dead kernel's record knows better than firmware's description, and
 * what of a dump can be had without either.
 */

#include "lib/fadump-lib.h"

/* Ours stands behind what kernels without it write there. */
static struct fadump_bytes own_record(const struct fadump_bytes *b)
{
	struct fadump_bytes own = { };

	if (fadump_bytes_has(b, CRASH_INFO_OFFSET, 1)) {
		own.data = b->data + CRASH_INFO_OFFSET;
		own.len = b->len - CRASH_INFO_OFFSET;
	}
	return own;
}

/**
 * fadump_recovery_read_record - read whatever record there is
 * @b: bytes from where records begin
 * @at: real address of @b
 * @info: result, which points into @b
 *
 * Ours if there is one, else one of another kernel's.
 *
 * Return: whose it is, %FADUMP_RECORD_NONE where none can be read.
 */
enum fadump_record_kind fadump_recovery_read_record(const struct fadump_bytes *b, u64 at,
					      struct fadump_crash_info *info)
{
	const struct fadump_bytes own = own_record(b);
	int rc = fadump_crash_info_decode(&own, info);

	if (!rc)
		return FADUMP_RECORD_OWN;
	if (fadump_compat_decode(b, info))
		return FADUMP_RECORD_NONE;
	/* One of ours stands behind it, and cannot be read. */
	if (rc == -EBADMSG)
		info->missing |= BIT(FADUMP_MISSING_CRASH_PART);
	rc = info->headers_at ? FADUMP_RECORD_INF : FADUMP_RECORD_SIG;
	fadump_compat_read_headers(b, at, info);
	return rc;
}

/**
 * fadump_recovery_clear_record - what is known where there is no record
 * @info: result
 */
void fadump_recovery_clear_record(struct fadump_crash_info *info)
{
	memset(info, 0, sizeof(*info));
	info->cpu = CRASH_INFO_CPU_NONE;
	info->missing = BIT(FADUMP_MISSING_CRASH_INFO);
}

/* In the dump area, and not in what firmware has copied there. */
static bool is_home(const struct fadump_crash_info *info, u64 at)
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
 * fadump_recovery_is_record - may a search take what is here for the record?
 * @b: bytes from where records may begin
 * @at: real address of @b
 * @info: result, which points into @b; of no use where there is none
 *
 * A file's page may have a copy of a record, and boot memory a file's page: only
 * one that stands where its kernel has put it counts. And RAM may still have those
 * of dumps that were given back.
 *
 * Return: whether there is a record of ours, of a dump that nobody gave back.
 */
bool fadump_recovery_is_record(const struct fadump_bytes *b, u64 at,
			  struct fadump_crash_info *info)
{
	const struct fadump_bytes own = own_record(b);

	return !fadump_crash_info_decode(&own, info) &&
	       !fadump_crash_info_is_ended((const void *)own.data) &&
	       is_home(info, at);
}

/**
 * fadump_recovery_should_search - is this worth the time of a search?
 * @done: bytes that are behind it
 * @total: bytes that there are to go through
 *
 * In a very large machine the middle is left out.
 */
bool fadump_recovery_should_search(u64 done, u64 total)
{
	return done < FADUMP_MAX_SEARCH / 2 ||
	       total <= done + FADUMP_MAX_SEARCH / 2;
}

/**
 * fadump_recovery_use_description - take the record for what firmware could not say
 * @dump: the dump. Where there is a record it is as a decoder would have left
 *	it: fadump_dump_bound() comes next.
 * @info: the record
 * @at: real address of the record
 * @kept_from: memory from here on was kept
 *
 * The dead kernel's record has what firmware was told to save; what is in there
 * has to be in the memory that was kept, too.
 *
 * Return: whether there was anything to take.
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
 * fadump_recovery_set_area - how far the dump area goes
 * @dump: the dump, bounded
 * @info: the record, which knows it better than the list of its contents does
 * @usable: RAM that is not firmware's
 * @page_size: of this kernel
 */
void fadump_recovery_set_area(struct fadump_dump *dump,
			 const struct fadump_crash_info *info,
			 const struct fadump_ranges *usable, u64 page_size)
{
	struct fadump_range own = info->area;
	u64 end;

	if (!own.size || own.base > dump->info_at) {
		/* Up to the end of a record that does not tell. */
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
 * fadump_recovery_find_unmoved - memory that stayed in place
 * @dump: the dump, bounded
 * @usable: RAM that is not firmware's
 * @fw_owned: what the firmware that runs now has written to
 * @unmoved: result: above the boot memory, less the dump area, less @fw_owned,
 *	less what is shown from a copy
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
 * fadump_recovery_check_window - has firmware written to the dump?
 * @dump: the dump, bounded; gets a note of that
 * @unmoved: memory that is shown where it is
 * @window: where the firmware that runs now writes at every boot
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
 * fadump_recovery_find_vmcoreinfo - where the record says that VMCOREINFO is today
 * @dump: the dump, bounded
 * @info: the record
 * @usable: RAM that is not firmware's
 *
 * Return: memory that was kept; size 0 where the record does not know of any.
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
