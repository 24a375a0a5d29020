// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What firmware says about a dump, held against the RAM there is.
 */

#include "lib/fadump-lib.h"

/**
 * DOC: Bounding a dump
 *
 * Decoders take firmware's numbers as they are. Before one of them is used as
 * an address, this file holds all of them against the RAM of the machine and
 * against each other. What does not fit is cut, or left out and noted; the rest
 * of the dump does not suffer for it::
 *
 *	0          boot_mem_top                            end of RAM
 *	|  this kernel  |  everything of the dead kernel's: sources
 *	                |  above boot_mem_top, copies of those below
 *	                |  and of firmware's window
 */

static void lose(struct fadump_dump *dump, enum fadump_missing what)
{
	dump->missing |= BIT(what);
}

/*
 * A section that lies outside of RAM moves the end of the boot memory there.
 * Those inside know better.
 */
static void bound_top(struct fadump_dump *dump, const struct fadump_ranges *ram,
		      u64 page_size)
{
	u64 top = 0, ram_end = fadump_ranges_end(ram);
	u32 i;

	if (dump->boot_mem_top > ram_end) {
		lose(dump, FADUMP_MISSING_SECTION);
		for (i = 0; i < dump->nr_copies; i++) {
			const struct fadump_copy *c = &dump->copy[i];

			if (fadump_ranges_cover(ram, c->src, c->size))
				top = max(top, c->src + c->size);
		}
		dump->boot_mem_top = top ?: ram_end;
	}
	dump->boot_mem_top = min(ALIGN(dump->boot_mem_top, page_size), ram_end);
}

/* In RAM, and not where this kernel has been running already. */
static bool is_preserved(const struct fadump_dump *dump,
			 const struct fadump_ranges *ram,
			 const struct fadump_range *r)
{
	return r->base >= dump->boot_mem_top &&
	       fadump_ranges_cover(ram, r->base, r->size);
}

/* Firmware keeps what it wrote in memory of its own, wherever that is. */
static bool is_firmwares(const struct fadump_ranges *ram,
			 const struct fadump_ranges *usable,
			 const struct fadump_range *r)
{
	return fadump_ranges_cover(ram, r->base, r->size) &&
	       !fadump_ranges_overlap(usable, r->base, r->size);
}

/*
 * Cut a copy to whole pages. Source and destination have to agree about where
 * in a page they start, or there is no page of the core to put them in.
 */
static bool cut_to_pages(struct fadump_copy *c, u64 page_size)
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

static bool copy_is_good(const struct fadump_dump *dump,
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

/* Insert by source; of two that overlap in their source the smaller is left out. */
static bool insert_copy(struct fadump_dump *dump, const struct fadump_copy *c)
{
	bool alone = true;
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
		alone = false;
	}
	for (i = dump->nr_copies; i && dump->copy[i - 1].src > c->src; i--)
		dump->copy[i] = dump->copy[i - 1];
	dump->copy[i] = *c;
	dump->nr_copies++;
	return alone;
}

static void note_dest_overlaps(struct fadump_dump *dump)
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
				lose(dump, FADUMP_MISSING_FW_SUSPECT);
		}
}

/* A copy of firmware's window alone is no dump. */
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
		u64 asked = c.size;

		if (!cut_to_pages(&c, page_size) || !copy_is_good(dump, ram, &c) ||
		    !insert_copy(dump, &c))
			lose(dump, FADUMP_MISSING_SECTION);
		else if (c.size < asked && c.src < dump->boot_mem_top)
			lose(dump, FADUMP_MISSING_BOOT_MEM);
	}
	note_dest_overlaps(dump);
}

/* Firmware may have written more than fits: whatever comes next won. */
static void cut_at_neighbour(struct fadump_range *r, u64 neighbour)
{
	if (neighbour > r->base)
		r->size = min(r->size, neighbour - r->base);
}

static void bound_cpu(struct fadump_dump *dump, const struct fadump_ranges *ram,
		      const struct fadump_ranges *usable)
{
	u32 i;

	dump->cpu.size = min_t(u64, dump->cpu.size, FADUMP_MAX_CPU_DATA);
	for (i = 0; i < dump->nr_copies; i++)
		cut_at_neighbour(&dump->cpu, dump->copy[i].dest);
	if (dump->hpte.size)
		cut_at_neighbour(&dump->cpu, dump->hpte.base);
	if (!dump->cpu.size || is_preserved(dump, ram, &dump->cpu) ||
	    is_firmwares(ram, usable, &dump->cpu))
		return;
	dump->cpu.size = 0;
	lose(dump, FADUMP_MISSING_CPU_DATA);
}

static void drop_param(struct fadump_dump *dump)
{
	dump->param.size = 0;
	lose(dump, FADUMP_MISSING_PARAM);
}

/**
 * fadump_dump_bound_param - boot arguments are not read where there is no RAM
 * @dump: as a decoder left it
 * @ram_left: bytes of RAM from where the boot arguments begin
 *
 * They are wanted before RAM is known, and this is all that is known then.
 */
void fadump_dump_bound_param(struct fadump_dump *dump, u64 ram_left)
{
	if (dump->param.size > ram_left)
		drop_param(dump);
}

/**
 * fadump_dump_bound - hold a dump against the RAM of this machine
 * @dump: as a decoder left it; on return every range in it is inside RAM and
 *	every copy is sorted, page aligned and disjoint in its source
 * @ram: all RAM, before any limit that this kernel was told to keep
 * @usable: RAM less what firmware keeps for itself
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
	/* Read already, and other kernels keep it below the end of boot memory. */
	if (dump->param.size &&
	    !fadump_ranges_cover(ram, dump->param.base, dump->param.size))
		drop_param(dump);
	if (dump->area.size && !is_preserved(dump, ram, &dump->area))
		dump->area.size = 0;
	if (dump->info_at < dump->boot_mem_top || dump->info_at >= ram_end)
		dump->info_at = 0;
}

/**
 * fadump_dump_validate - decide how much memory is kept, and what of it is known
 * @dump: as a decoder left it; without copies and top where it had failed
 * @ram: all RAM, before any limit that this kernel was told to keep
 * @usable: RAM less what firmware keeps for itself
 * @least: end of this kernel, which firmware has put into the boot memory
 * @guess: end of the boot memory where nobody can say
 * @page_size: of this kernel
 *
 * A description of which no boot memory is left is as good as none, and must not say
 * which memory is kept either. So is one by which this kernel would be part of
 * what is kept.
 */
void fadump_dump_validate(struct fadump_dump *dump,
			const struct fadump_ranges *ram,
			const struct fadump_ranges *usable, u64 least, u64 guess,
			u64 page_size)
{
	const struct fadump_range cpu = dump->cpu, hpte = dump->hpte;
	const struct fadump_range param = dump->param;
	bool is_told = dump->boot_mem_top;
	u32 nr_told;

	if (dump->boot_mem_top < least) {
		dump->nr_copies = 0;
		dump->boot_mem_top = guess;
		is_told = false;
	}
	nr_told = dump->nr_copies;
	fadump_dump_bound(dump, ram, usable, page_size);
	/* Firmware that says that it has not copied anything is believed. */
	if (has_boot_mem(dump) || (is_told && dump->nr_copies == nr_told))
		return;
	lose(dump, FADUMP_MISSING_DESCRIPTION);
	dump->nr_copies = 0;
	dump->missing &= ~BIT(FADUMP_MISSING_CPU_DATA);
	dump->cpu = cpu;
	dump->hpte = hpte;
	dump->param = param;
	dump->area.size = 0;
	dump->info_at = 0;
	dump->boot_mem_top = guess;
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
		"a section that makes no sense was left out" },
	[FADUMP_MISSING_BOOT_MEM] = {
		"boot-memory",
		"part of the boot memory was not copied" },
	[FADUMP_MISSING_CPU_DATA] = {
		"registers",
		"no registers from firmware" },
	[FADUMP_MISSING_CPU_SOME] = {
		"cpu",
		"registers of some CPUs are incomplete" },
	[FADUMP_MISSING_PARAM] = {
		"bootargs",
		"the extra boot arguments did not come through" },
	[FADUMP_MISSING_CRASH_INFO] = {
		"crash-info",
		"no crash-info record" },
	[FADUMP_MISSING_CRASH_PART] = {
		"crash-info-part",
		"part of the crash-info record is damaged" },
	[FADUMP_MISSING_CRASH_REGS] = {
		"crash-registers",
		"the crashing CPU did not save its registers" },
	[FADUMP_MISSING_VMCOREINFO] = {
		"vmcoreinfo",
		"the dead kernel's VMCOREINFO is gone" },
	[FADUMP_MISSING_NOTES] = {
		"notes-memory",
		"no memory for the registers" },
	[FADUMP_MISSING_DESCRIPTION] = {
		"description",
		"firmware's description of the dump makes no sense" },
	[FADUMP_MISSING_WINDOW] = {
		"firmware-window",
		"firmware has written to memory of the dump since the crash" },
};

static_assert(ARRAY_SIZE(missing) == FADUMP_NR_MISSING);

/**
 * fadump_missing_code - a word for programs
 * @what: enum fadump_missing
 *
 * Return: letters and hyphens; the same in every version.
 */
const char *fadump_missing_code(u32 what)
{
	return what < FADUMP_NR_MISSING ? missing[what].code : "unknown";
}

/**
 * fadump_missing_text - the same as half a sentence for people
 * @what: enum fadump_missing
 */
const char *fadump_missing_text(u32 what)
{
	return what < FADUMP_NR_MISSING ? missing[what].text : "something unknown";
}
