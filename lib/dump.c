// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks of a dump against the RAM of the machine, and texts for what it lacks.
 */

#include "lib/fadump-lib.h"

/**
 * DOC: Bounding a dump
 *
 * Decoders do not verify firmware's numbers. Before one of them is used as an
 * address, this file checks all of them against the RAM of the machine and against
 * each other. A range that does not fit is truncated, or dropped and reported as
 * missing; the other ranges stay valid::
 *
 *	0          boot_mem_top                            end of RAM
 *	|  this kernel  |  memory of the crashed kernel: what was not
 *	                |  moved, copies of what was below boot_mem_top,
 *	                |  copy of firmware's window
 */

static void set_missing(struct fadump_dump *dump, enum fadump_missing what)
{
	dump->missing |= BIT(what);
}

/*
 * A section outside of RAM makes a decoder put the end of the boot memory outside too.
 * Then compute the end from the sections inside.
 */
static void bound_top(struct fadump_dump *dump, const struct fadump_ranges *ram,
		      u64 page_size)
{
	u64 top = 0, ram_end = fadump_ranges_end(ram);
	u32 i;

	if (dump->boot_mem_top > ram_end) {
		set_missing(dump, FADUMP_MISSING_SECTION);
		for (i = 0; i < dump->nr_copies; i++) {
			const struct fadump_copy *c = &dump->copy[i];

			if (fadump_ranges_cover(ram, c->src, c->size))
				top = max(top, c->src + c->size);
		}
		dump->boot_mem_top = top ?: ram_end;
	}
	dump->boot_mem_top = min(ALIGN(dump->boot_mem_top, page_size), ram_end);
}

/* In RAM, and above the memory that this kernel has used since it booted. */
static bool is_preserved(const struct fadump_dump *dump,
			 const struct fadump_ranges *ram,
			 const struct fadump_range *r)
{
	return r->base >= dump->boot_mem_top &&
	       fadump_ranges_cover(ram, r->base, r->size);
}

/* Memory that firmware keeps for itself is preserved, at any address. */
static bool is_kept_by_firmware(const struct fadump_ranges *ram,
				const struct fadump_ranges *usable,
				const struct fadump_range *r)
{
	return fadump_ranges_cover(ram, r->base, r->size) &&
	       !fadump_ranges_overlap(usable, r->base, r->size);
}

/*
 * Truncate a copy to whole pages. /proc/vmcore maps pages, so source and destination
 * must have the same offset in a page.
 */
static bool truncate_to_pages(struct fadump_copy *c, u64 page_size)
{
	u64 end, skip = ALIGN(c->src, page_size) - c->src;

	if (!IS_ALIGNED(c->src ^ c->dest, page_size) || skip >= c->size ||
	    check_add_overflow(c->src, c->size, &end) ||
	    check_add_overflow(c->dest, c->size, &end))
		return false;
	c->src += skip;
	c->dest += skip;
	c->size = ALIGN_DOWN(c->size - skip, page_size);
	return c->size;
}

static bool is_copy_valid(const struct fadump_dump *dump,
			  const struct fadump_ranges *ram,
			  const struct fadump_copy *c)
{
	const struct fadump_range dest = { .base = c->dest, .size = c->size };

	return fadump_ranges_cover(ram, c->src, c->size) &&
	       (c->src >= dump->boot_mem_top ||
		c->src + c->size <= dump->boot_mem_top) &&
	       is_preserved(dump, ram, &dest);
}

static void drop_copy(struct fadump_dump *dump, u32 i)
{
	dump->nr_copies--;
	memmove(&dump->copy[i], &dump->copy[i + 1],
		(dump->nr_copies - i) * sizeof(dump->copy[0]));
}

/*
 * Insert in order of the source. Drop the smaller of two copies that overlap; returns
 * false if one was dropped.
 */
static bool insert_copy(struct fadump_dump *dump, const struct fadump_copy *c)
{
	bool is_disjoint = true;
	u32 i = 0;

	while (i < dump->nr_copies) {
		const struct fadump_range src = {
			.base = dump->copy[i].src, .size = dump->copy[i].size,
		};

		if (!fadump_range_overlaps(&src, c->src, c->size)) {
			i++;
			continue;
		}
		if (src.size >= c->size)
			return false;
		drop_copy(dump, i);
		is_disjoint = false;
	}
	for (i = dump->nr_copies; i && dump->copy[i - 1].src > c->src; i--)
		dump->copy[i] = dump->copy[i - 1];
	dump->copy[i] = *c;
	dump->nr_copies++;
	return is_disjoint;
}

static void check_dest_overlaps(struct fadump_dump *dump)
{
	u32 i, k;

	for (i = 0; i < dump->nr_copies; i++)
		for (k = 0; k < i; k++) {
			const struct fadump_range dest = {
				.base = dump->copy[k].dest,
				.size = dump->copy[k].size,
			};

			if (fadump_range_overlaps(&dest, dump->copy[i].dest,
						  dump->copy[i].size))
				set_missing(dump, FADUMP_MISSING_FW_SUSPECT);
		}
}

static bool has_boot_mem(const struct fadump_dump *dump)
{
	u32 i;

	for (i = 0; i < dump->nr_copies; i++)
		if (dump->copy[i].src < dump->boot_mem_top)
			return true;
	return false;
}

static void bound_copies(struct fadump_dump *dump,
			 const struct fadump_ranges *ram, u64 page_size)
{
	u32 i, nr = dump->nr_copies;

	dump->nr_copies = 0;
	for (i = 0; i < nr; i++) {
		struct fadump_copy c = dump->copy[i];
		u64 size = c.size;

		if (!truncate_to_pages(&c, page_size) || !is_copy_valid(dump, ram, &c) ||
		    !insert_copy(dump, &c))
			set_missing(dump, FADUMP_MISSING_SECTION);
		else if (c.size < size && c.src < dump->boot_mem_top)
			set_missing(dump, FADUMP_MISSING_BOOT_MEM);
	}
	check_dest_overlaps(dump);
}

/* Firmware may write more than fits; the next range was then written over it. */
static void truncate_at(struct fadump_range *r, u64 next)
{
	if (next > r->base)
		r->size = min(r->size, next - r->base);
}

static void bound_cpu(struct fadump_dump *dump, const struct fadump_ranges *ram,
		      const struct fadump_ranges *usable)
{
	u32 i;

	dump->cpu.size = min_t(u64, dump->cpu.size, FADUMP_MAX_CPU_DATA);
	for (i = 0; i < dump->nr_copies; i++)
		truncate_at(&dump->cpu, dump->copy[i].dest);
	if (dump->hpte.size)
		truncate_at(&dump->cpu, dump->hpte.base);
	if (!dump->cpu.size || is_preserved(dump, ram, &dump->cpu) ||
	    is_kept_by_firmware(ram, usable, &dump->cpu))
		return;
	dump->cpu.size = 0;
	set_missing(dump, FADUMP_MISSING_CPU_DATA);
}

static void drop_param(struct fadump_dump *dump)
{
	dump->param.size = 0;
	set_missing(dump, FADUMP_MISSING_PARAM);
}

/**
 * fadump_dump_bound_param - drop boot arguments that are not in RAM
 * @dump: from a decoder
 * @ram_left: bytes of RAM from the start of the boot arguments on
 *
 * Boot arguments are read before memblock has the RAM, so fadump_dump_bound() cannot
 * check them in time.
 */
void fadump_dump_bound_param(struct fadump_dump *dump, u64 ram_left)
{
	if (dump->param.size > ram_left)
		drop_param(dump);
}

/**
 * fadump_dump_bound - check a dump against the RAM of this machine
 * @dump: from a decoder; on return every range is inside RAM, and the copies are whole
 *	pages, sorted by source, with sources that do not overlap
 * @ram: all RAM; mem= does not limit it
 * @usable: @ram without the memory that firmware keeps
 * @page_size: of this kernel
 */
void fadump_dump_bound(struct fadump_dump *dump,
		       const struct fadump_ranges *ram,
		       const struct fadump_ranges *usable, u64 page_size)
{
	u64 ram_end = fadump_ranges_end(ram);

	bound_top(dump, ram, page_size);
	bound_copies(dump, ram, page_size);
	bound_cpu(dump, ram, usable);
	if (dump->hpte.size && !is_preserved(dump, ram, &dump->hpte))
		dump->hpte.size = 0;
	/* Has been read already; other kernels have it below boot_mem_top. */
	if (dump->param.size &&
	    !fadump_ranges_cover(ram, dump->param.base, dump->param.size))
		drop_param(dump);
	if (dump->area.size && !is_preserved(dump, ram, &dump->area))
		dump->area.size = 0;
	if (dump->info_at < dump->boot_mem_top || dump->info_at >= ram_end)
		dump->info_at = 0;
}

/**
 * fadump_dump_validate - check a dump, or do without firmware's description of it
 * @dump: from a decoder; no copies and a @boot_mem_top of 0 if the decoder failed
 * @ram: all RAM; mem= does not limit it
 * @usable: @ram without the memory that firmware keeps
 * @min_top: end of this kernel, which firmware has loaded into the boot memory
 * @default_top: end of the boot memory to assume without a description
 * @page_size: of this kernel
 *
 * A description is invalid if none of the boot memory passes the checks, or if its
 * boot memory ends below @min_top. An invalid description must not decide which memory
 * is preserved: the copies are dropped and @default_top is used.
 */
void fadump_dump_validate(struct fadump_dump *dump,
			  const struct fadump_ranges *ram,
			  const struct fadump_ranges *usable, u64 min_top,
			  u64 default_top, u64 page_size)
{
	const struct fadump_range cpu = dump->cpu, hpte = dump->hpte;
	const struct fadump_range param = dump->param;
	bool has_top = dump->boot_mem_top;
	u32 nr_decoded;

	if (dump->boot_mem_top < min_top) {
		dump->nr_copies = 0;
		dump->boot_mem_top = default_top;
		has_top = false;
	}
	nr_decoded = dump->nr_copies;
	fadump_dump_bound(dump, ram, usable, page_size);
	/* A description without any copy is valid: firmware has not copied anything. */
	if (has_boot_mem(dump) || (has_top && dump->nr_copies == nr_decoded))
		return;
	set_missing(dump, FADUMP_MISSING_DESCRIPTION);
	dump->nr_copies = 0;
	dump->missing &= ~BIT(FADUMP_MISSING_CPU_DATA);
	dump->cpu = cpu;
	dump->hpte = hpte;
	dump->param = param;
	dump->area.size = 0;
	dump->info_at = 0;
	dump->boot_mem_top = default_top;
	fadump_dump_bound(dump, ram, usable, page_size);
}

/* -------- What a dump lacks -------- */

static const struct {
	const char *code;
	const char *text;
} missing[] = {
	[FADUMP_MISSING_FW_SUSPECT] = {
		"fw-error",
		"firmware reported an error or contradicts itself, the dump may be damaged" },
	[FADUMP_MISSING_SECTION] = {
		"section",
		"a section of firmware's description was invalid and ignored" },
	[FADUMP_MISSING_BOOT_MEM] = {
		"boot-memory",
		"part of the boot memory was not copied" },
	[FADUMP_MISSING_CPU_DATA] = {
		"registers",
		"firmware saved no registers" },
	[FADUMP_MISSING_CPU_SOME] = {
		"cpu",
		"registers of some CPUs are missing or incomplete" },
	[FADUMP_MISSING_PARAM] = {
		"bootargs",
		"the extra boot arguments were not passed on" },
	[FADUMP_MISSING_CRASH_INFO] = {
		"crash-info",
		"no crash-info record was found" },
	[FADUMP_MISSING_CRASH_PART] = {
		"crash-info-part",
		"part of the crash-info record is damaged" },
	[FADUMP_MISSING_CRASH_REGS] = {
		"crash-registers",
		"the crashing CPU did not save its registers" },
	[FADUMP_MISSING_VMCOREINFO] = {
		"vmcoreinfo",
		"VMCOREINFO of the crashed kernel was not found" },
	[FADUMP_MISSING_NOTES] = {
		"notes-memory",
		"no memory for the CPU notes" },
	[FADUMP_MISSING_DESCRIPTION] = {
		"description",
		"firmware's description of the dump is invalid" },
	[FADUMP_MISSING_WINDOW] = {
		"firmware-window",
		"firmware has overwritten memory of the dump since the crash" },
};

static_assert(ARRAY_SIZE(missing) == FADUMP_NR_MISSING);

/**
 * fadump_missing_code - name of what is missing, for programs
 * @what: enum fadump_missing
 *
 * The codes are ABI (dump_status): they never change.
 *
 * Return: letters and hyphens.
 */
const char *fadump_missing_code(u32 what)
{
	return what < FADUMP_NR_MISSING ? missing[what].code : "unknown";
}

/**
 * fadump_missing_text - description of what is missing, for administrators
 * @what: enum fadump_missing
 *
 * Return: a sentence without capital letter and full stop.
 */
const char *fadump_missing_text(u32 what)
{
	return what < FADUMP_NR_MISSING ? missing[what].text : "something unknown";
}
