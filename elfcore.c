// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /proc/vmcore: make an ELF core of what firmware and the crashed kernel have left.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/crash_dump.h>
#include <linux/elf.h>
#include <linux/gfp.h>

#include <kunit/static_stub.h>

#include "boot/boot.h"
#include "capture/capture.h"
#include "memory/memory.h"

/*
 * Buffers of /proc/vmcore, without the notes. They exist until the release. @record
 * is a mapping of the head of the crashed kernel's record, and @head points to it.
 * @head is NULL if there is no record.
 */
static struct {
	void *headers;
	size_t headers_size;
	struct fadump_bytes record;
	struct crash_info_head_ser *head;
} core;

/* The crashed kernel has committed its record, so it triggered the dump itself. */
static bool kernel_initiated;

static void report_missing(u32 missing)
{
	u32 i;

	for (i = 0; i < FADUMP_NR_MISSING; i++)
		if (missing & BIT(i))
			pr_warn("The dump is incomplete: %s\n",
				fadump_missing_text(i));
}

/* Without firmware's description of the copies, use that of the record. */
static void use_record_description(struct fadump *f, const struct fadump_record *rec)
{
	if (!fadump_recovery_use_description(&f->dump, &rec->info, rec->at,
					     f->kept_from))
		return;
	fadump_dump_bound(&f->dump, &f->ram, &f->usable, PAGE_SIZE);
	f->summary.description = FADUMP_SOURCE_RECORD;
}

static int build_headers(const struct fadump_core *spec)
{
	core.headers_size = PAGE_ALIGN(fadump_elf_size(spec));
	core.headers = alloc_pages_exact(core.headers_size,
					 GFP_KERNEL | __GFP_ZERO);
	if (!core.headers)
		return -ENOMEM;
	return fadump_elf_fill(spec, core.headers, core.headers_size);
}

/*
 * The page that contains the record; it follows the copies. The crashed kernel has
 * reserved this page, so makedumpfile does not filter it out.
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
		.unmoved = &f->unmoved,
		.va_base = PAGE_OFFSET,
		.machine = EM_PPC64,
		.flags = IS_ENABLED(CONFIG_PPC64_ELF_ABI_V2) ? 2 : 1,
	};
	int rc;

	if (!fadump_ranges_overlap(&f->unmoved, last.base, last.size))
		spec.last = last;
	rc = build_headers(&spec);
	if (rc)
		return rc;
	fadump_readers_expect(&f->dump, &last);
	elfcorehdr_addr = __pa(core.headers);
	return 0;
}

/* Count this attempt. The head stays mapped: the release writes a mark to it. */
static int count_attempt(struct fadump *f, const struct fadump_record *rec)
{
	u32 attempt, limit = fadump_cmdline_attempts();

	if (!rec->head)
		return 0;
	if (fadump_crash_info_is_ended(rec->head))
		return -ESTALE;
	core.record = fadump_map(rec->at + CRASH_INFO_OFFSET, sizeof(*core.head));
	core.head = (void *)core.record.data;
	attempt = fadump_crash_info_count_attempt(rec->head);
	f->summary.attempt = attempt;
	if (limit && attempt > limit)
		return -EDQUOT;
	if (limit)
		pr_info("Attempt %u of %u to save this dump\n", attempt, limit);
	else
		pr_info("Attempt %u to save this dump, there is no limit\n", attempt);
	return 0;
}

static void fill_summary(struct fadump_summary *sum, const struct fadump_record *rec)
{
	const struct fadump_crash_info *info = &rec->info;

	sum->record = rec->kind;
	sum->crashing_cpu = info->cpu;
	sum->has_crash_regs = info->has_regs;
	memcpy(sum->release, info->release, sizeof(sum->release));
}

/**
 * fadump_vmcore_create - make the dump readable as /proc/vmcore
 * @f: the state, captured. The function completes @f->dump, @f->unmoved and
 *	@f->summary.
 *
 * If a part of a description or of the record is damaged, the dump lacks only what
 * that part describes. The function logs everything that is missing.
 *
 * Context: process context, before fs/proc/vmcore.c looks for a core.
 *
 * Return: 0; -ESTALE if an earlier kernel has released the dump; -EDQUOT if all
 * attempts are used up; -errno if there is no /proc/vmcore. The dump's memory stays
 * preserved in any case.
 */
int fadump_vmcore_create(struct fadump *f)
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
	dump->missing |= rec.info.missing;
	use_record_description(f, &rec);
	fadump_recovery_set_area(dump, &rec.info, &f->usable, PAGE_SIZE);
	rc = fadump_recovery_find_unmoved(dump, &f->usable, &f->fw_owned, &f->unmoved);
	if (rc)
		goto report;
	fadump_recovery_check_window(dump, &f->unmoved, &f->fw.window);
	f->summary.vmcoreinfo = fadump_record_vmcoreinfo(&rec, dump, &f->usable,
							 &f->unmoved, &vmcoreinfo);
	if (!vmcoreinfo.size)
		dump->missing |= BIT(FADUMP_MISSING_VMCOREINFO);
	fadump_notes_build(f, &rec.info, &notes);
	rc = publish(f, &notes, &vmcoreinfo);
report:
	report_missing(dump->missing);
	if (rc)
		pr_err("Cannot build /proc/vmcore (%d), the dump's memory is kept\n",
		       rc);
out:
	fill_summary(&f->summary, &rec);
	fadump_record_close(&rec);
	return rc;
}

/**
 * fadump_kernel_initiated - has the crashed kernel triggered this dump?
 *
 * Otherwise firmware triggered it.
 *
 * Context: after fadump_vmcore_create().
 */
bool fadump_kernel_initiated(void)
{
	return kernel_initiated;
}

/**
 * fadump_vmcore_mark_ended - mark the crashed kernel's record as ended
 *
 * A device tree that kexec made earlier may still describe the dump. A kernel that
 * boots with this tree finds the mark, and knows that the dump has ended.
 *
 * Call it once firmware has discarded the dump.
 *
 * Context: any.
 */
void fadump_vmcore_mark_ended(void)
{
	if (core.head)
		fadump_crash_info_end(core.head);
}

/**
 * fadump_vmcore_forbid_open - keep programs from opening /proc/vmcore
 *
 * Context: process context, may sleep.
 *
 * Return: 0; -EBUSY while a process has it open or mapped.
 */
int fadump_vmcore_forbid_open(void)
{
	KUNIT_STATIC_STUB_REDIRECT(fadump_vmcore_forbid_open);
	return vmcore_forbid_open();
}

/**
 * fadump_vmcore_allow_open - undo fadump_vmcore_forbid_open() after an error
 *
 * Context: process context, may sleep.
 */
void fadump_vmcore_allow_open(void)
{
	KUNIT_STATIC_STUB_REDIRECT(fadump_vmcore_allow_open);
	vmcore_allow_open();
}

/**
 * fadump_vmcore_remove - remove /proc/vmcore and free its buffers
 *
 * Afterwards is_kdump_kernel() returns false: this is a production kernel.
 *
 * Context: process context, may sleep, after fadump_vmcore_forbid_open().
 */
void fadump_vmcore_remove(void)
{
	KUNIT_STATIC_STUB_REDIRECT(fadump_vmcore_remove);
	vmcore_cleanup();
	elfcorehdr_addr = ELFCORE_ADDR_MAX;
	if (core.headers)
		free_pages_exact(core.headers, core.headers_size);
	fadump_unmap(&core.record);
	fadump_notes_free();
	fadump_record_free();
	memset(&core, 0, sizeof(core));
}
