// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The capture kernel: from what firmware and the dead kernel left to
 * /proc/vmcore.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/crash_dump.h>
#include <linux/elf.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/string.h>

#include <kunit/static_stub.h>

#include "fadump-internal.h"

/* What /proc/vmcore lives from until release, besides the notes. */
static struct {
	void *headers;
	size_t headers_size;
	struct fadump_bytes record;
	struct crash_info_head_ser *head;
} core;

/* The dead kernel got to say something before firmware took over. */
static bool kernel_initiated;

static void report_lost(u32 lost)
{
	u32 i;

	for (i = 0; i < FADUMP_NR_LOST; i++)
		if (lost & BIT(i))
			pr_warn("The dump is incomplete: %s\n",
				fadump_lost_text(i));
}

/* Firmware could not say what it saved. */
static void take_description(struct fadump *f, const struct fadump_record *rec)
{
	if (!fadump_salvage_description(&f->dump, &rec->info, rec->at,
					f->kept_from))
		return;
	fadump_dump_bound(&f->dump, &f->ram, &f->usable, PAGE_SIZE);
	f->origin.description = FADUMP_FROM_RECORD;
}

static int build_headers(const struct fadump_core *spec)
{
	core.headers_size = PAGE_ALIGN(fadump_elfcore_size(spec));
	core.headers = alloc_pages_exact(core.headers_size,
					 GFP_KERNEL | __GFP_ZERO);
	if (!core.headers)
		return -ENOMEM;
	return fadump_elfcore_fill(spec, core.headers, core.headers_size);
}

/*
 * The page behind the copies, with the record. A kernel with fadump has reserved it,
 * so that no filter leaves it out.
 */
static struct fadump_range record_page(const struct fadump *f)
{
	struct fadump_range page = {
		.base = ALIGN_DOWN(f->dump.info_at, PAGE_SIZE),
	};

	if (page.base && fadump_ranges_cover(&f->usable, page.base, PAGE_SIZE))
		page.size = PAGE_SIZE;
	return page;
}

static int publish(const struct fadump *f, const struct fadump_range *notes,
		   const struct fadump_range *vmcoreinfo)
{
	const struct fadump_range last = record_page(f);
	struct fadump_core spec = {
		.notes = *notes,
		.vmcoreinfo = *vmcoreinfo,
		.copies = f->dump.copy,
		.nr_copies = f->dump.nr_copies,
		.high = &f->high,
		.va_base = PAGE_OFFSET,
		.machine = EM_PPC64,
		.flags = IS_ENABLED(CONFIG_PPC64_ELF_ABI_V2) ? 2 : 1,
	};
	int rc;

	if (!fadump_ranges_overlap(&f->high, last.base, last.size))
		spec.last = last;
	rc = build_headers(&spec);
	if (rc)
		return rc;
	fadump_readers_expect(&f->dump, &last);
	elfcorehdr_addr = __pa(core.headers);
	return 0;
}

/* The head stays mapped: it says at the release that the dump has ended. */
static int count_attempt(struct fadump *f, const struct fadump_record *rec)
{
	u32 attempt, limit = fadump_cmdline_attempts();

	if (!rec->head)
		return 0;
	if (fadump_attempt_is_over(rec->head))
		return -ESTALE;
	core.record = fadump_map(rec->at + CRASH_INFO_OFFSET, sizeof(*core.head));
	core.head = (void *)core.record.data;
	attempt = fadump_attempt_begin(rec->head);
	f->origin.attempt = attempt;
	if (limit && attempt > limit)
		return -EDQUOT;
	if (limit)
		pr_info("Attempt %u of %u to save this dump\n", attempt, limit);
	else
		pr_info("Attempt %u to save this dump, there is no limit\n", attempt);
	return 0;
}

static void note_origin(struct fadump_origin *o, const struct fadump_record *rec)
{
	const struct fadump_crash_info *info = &rec->info;

	o->record = rec->kind;
	o->crashing_cpu = info->cpu;
	o->has_crash_regs = info->has_regs;
	memcpy(o->release, info->release, sizeof(o->release));
}

/**
 * fadump_capture_open - make a dump readable as /proc/vmcore
 * @f: the state, captured. What the dump lacks and where its parts come from is
 *	completed here.
 *
 * Whatever is damaged costs what it describes and no more, and is reported
 * here, at one place and once.
 *
 * Context: process context, before fs/proc/vmcore.c looks for a core.
 *
 * Return: 0; -ESTALE for a dump that was given back before this kernel was
 * started, -EDQUOT after as many attempts as are allowed; or -errno where
 * there is no core at all. The memory stays as it is in any case.
 */
int fadump_capture_open(struct fadump *f)
{
	static struct fadump_record rec;
	struct fadump_range vmcoreinfo, notes;
	struct fadump_dump *dump = &f->dump;
	int rc;

	if (!fadump_record_open(dump, &f->usable, &rec)) {
		rc = count_attempt(f, &rec);
		if (rc)
			goto out;
		kernel_initiated = rec.info.committed;
	}
	dump->lost |= rec.info.lost;
	take_description(f, &rec);
	fadump_salvage_area(dump, &rec.info, &f->usable, PAGE_SIZE);
	rc = fadump_salvage_high(dump, &f->usable, &f->firmwares, &f->high);
	if (rc)
		goto report;
	fadump_salvage_window(dump, &f->high, &f->fw.window);
	f->origin.vmcoreinfo = fadump_record_vmcoreinfo(&rec, dump, &f->usable,
							&f->high, &vmcoreinfo);
	if (!vmcoreinfo.size)
		dump->lost |= BIT(FADUMP_LOST_VMCOREINFO);
	fadump_notes_build(f, &rec.info, &notes);
	rc = publish(f, &notes, &vmcoreinfo);
report:
	report_lost(dump->lost);
	if (rc)
		pr_err("Cannot build the core (%d), its memory is kept\n", rc);
out:
	note_origin(&f->origin, &rec);
	fadump_record_close(&rec);
	return rc;
}

/**
 * fadump_kernel_initiated - did the dead kernel ask for this dump?
 *
 * If it did not, firmware died, or found something to die of.
 *
 * Context: after fadump_capture_open().
 */
bool fadump_kernel_initiated(void)
{
	return kernel_initiated;
}

/**
 * fadump_capture_end - firmware has let go of the dump
 *
 * Its description may live on, in a device tree that was made for kexec before:
 * the record says that there is nothing any more.
 *
 * Context: any.
 */
void fadump_capture_end(void)
{
	if (core.head)
		fadump_attempt_end(core.head);
}

/**
 * fadump_capture_shut - keep programs from opening /proc/vmcore
 *
 * Context: process context, may sleep.
 *
 * Return: 0; -EBUSY while a process has it open or mapped.
 */
int fadump_capture_shut(void)
{
	KUNIT_STATIC_STUB_REDIRECT(fadump_capture_shut);
	return vmcore_forbid_open();
}

/**
 * fadump_capture_reopen - the reverse, after an error
 *
 * Context: process context, may sleep.
 */
void fadump_capture_reopen(void)
{
	KUNIT_STATIC_STUB_REDIRECT(fadump_capture_reopen);
	vmcore_allow_open();
}

/**
 * fadump_capture_close - /proc/vmcore goes away
 *
 * From here on this is an ordinary kernel, for drivers that ask is_kdump_kernel()
 * too.
 *
 * Context: process context, may sleep, after fadump_capture_shut().
 */
void fadump_capture_close(void)
{
	KUNIT_STATIC_STUB_REDIRECT(fadump_capture_close);
	vmcore_cleanup();
	elfcorehdr_addr = ELFCORE_ADDR_MAX;
	if (core.headers)
		free_pages_exact(core.headers, core.headers_size);
	fadump_unmap(&core.record);
	fadump_notes_free();
	fadump_record_free();
	memset(&core, 0, sizeof(core));
}
