// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The capture kernel: from what firmware and the dead kernel left to
 * /proc/vmcore.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/crash_dump.h>
#include <linux/elf.h>
#include <linux/elfcore.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include <kunit/static_stub.h>

#include "fadump-internal.h"

static_assert(sizeof(struct elf_prstatus) == FADUMP_PRSTATUS_SZ);
static_assert(offsetof(struct elf_prstatus, common.pr_pid) ==
	      FADUMP_PRSTATUS_PID);
static_assert(offsetof(struct elf_prstatus, pr_reg) == FADUMP_PRSTATUS_REGS);
static_assert(ELF_NGREG == FADUMP_NR_REGS);

/* Order of the notes: CPUs that were online, by number, come first. */
#define KEY_OFFLINE	FADUMP_MAX_CPUS
#define KEY_UNKNOWN	(2 * FADUMP_MAX_CPUS)

/**
 * struct cpu_data - what firmware wrote about CPUs, and who can read it
 * @backend: knows the format
 * @bytes: the data
 * @step: see struct fadump_dump
 */
struct cpu_data {
	const struct fadump_backend *backend;
	struct fadump_bytes bytes;
	u32 step;
};

/**
 * struct note_slot - which CPU record of firmware's becomes which note
 * @key: sort key, see above
 * @index: place among firmware's records
 */
struct note_slot {
	u32 key;
	u32 index;
};

/* What /proc/vmcore lives from until release. */
static struct {
	void *headers;
	size_t headers_size;
	void *notes;
	size_t notes_size;
} core;

/* The dead kernel got to say something before firmware took over. */
static bool kernel_initiated;

static void report_lost(u32 lost)
{
	u32 i;

	for (i = 0; i < FADUMP_NR_LOST; i++)
		if (lost & BIT(i))
			pr_warn("The dump is incomplete: %s\n", fadump_lost_text(i));
}

/*
 * Preserved memory need not be in the linear mapping: mem= may have cut it off.
 * Empty if there is nothing to map or no way to.
 */
static struct fadump_bytes map(u64 base, u64 size)
{
	struct fadump_bytes b = { };

	if (size)
		b.data = memremap(base, size, MEMREMAP_WB);
	if (b.data)
		b.len = size;
	return b;
}

static void unmap(struct fadump_bytes *b)
{
	if (b->data)
		memunmap((void *)b->data);
	memset(b, 0, sizeof(*b));
}

/*
 * A record may stand anywhere above the boot memory, as long as it is in RAM;
 * bytes up to the end of that RAM may belong to it.
 */
static struct fadump_bytes map_records(const struct fadump_ranges *ram, u64 at)
{
	u64 size = 0;
	u32 i;

	for (i = 0; at && i < ram->nr; i++)
		if (fadump_range_overlaps(&ram->r[i], at, 1))
			size = min_t(u64, fadump_range_end(&ram->r[i]) - at,
				     FADUMP_MAX_CRASH_INFO);
	return map(at, size);
}

/* Ours if there is one, else one of another kernel's. */
static int read_record(const struct fadump_bytes *records, u64 at,
		       struct fadump_crash_info *info)
{
	struct fadump_bytes ours = { };

	if (fadump_bytes_has(records, CRASH_INFO_OFFSET, 1)) {
		ours.data = records->data + CRASH_INFO_OFFSET;
		ours.len = records->len - CRASH_INFO_OFFSET;
	}
	if (fadump_crash_info_decode(&ours, info) &&
	    fadump_compat_decode(records, info)) {
		info->lost = BIT(FADUMP_LOST_CRASH_INFO);
		return -ENOENT;
	}
	fadump_compat_headers(records, at, info);
	if (!info->has_regs)
		info->lost |= BIT(FADUMP_LOST_CRASH_REGS);
	if (info->release[0])
		pr_info("The dump is of Linux %s\n", info->release);
	return 0;
}

/* The record knows the dump area better than the list of its contents does. */
static void refine_area(struct fadump_dump *dump,
			const struct fadump_ranges *ram,
			const struct fadump_crash_info *info)
{
	struct fadump_range own = info->area;
	u64 end;

	if (!own.size || own.base > dump->info_at) {
		/* Up to the end of a record that does not tell. */
		own.base = PAGE_ALIGN_DOWN(dump->area.base);
		end = max(dump->info_at + FADMPSIG_REGS + FADMP_REGS_SZ +
			  info->mask.len, fadump_range_end(&dump->area));
		own.size = PAGE_ALIGN(end) - own.base;
	}
	if (dump->info_at && dump->area.size && own.base >= dump->boot_mem_top &&
	    fadump_ranges_cover(ram, own.base, own.size))
		dump->area = own;
}

/* Where VMCOREINFO is today; size 0 if it cannot be read. */
static struct fadump_range find_vmcoreinfo(const struct fadump_dump *dump,
					   const struct fadump_ranges *ram,
					   const struct fadump_crash_info *info)
{
	struct fadump_range note = info->vmcoreinfo;

	if (note.size && !info->relocated)
		note.base = fadump_layout_relocate(dump->copy, dump->nr_copies,
						   note.base, note.size);
	if (note.base < dump->boot_mem_top ||
	    !fadump_ranges_cover(ram, note.base, note.size))
		note.size = 0;
	return note;
}

/*
 * CPUs as the kernel numbers them: thread after thread, as the device tree
 * lists them. This kernel's own numbers end with nr_cpus=.
 */
static int cpu_by_device_tree(u32 hw_id)
{
	struct device_node *node;
	int cpu = 0, i, nr;

	for_each_of_cpu_node(node) {
		const char *name = "ibm,ppc-interrupt-server#s";
		u32 id;

		nr = of_property_count_u32_elems(node, name);
		for (i = 0; i < nr; i++, cpu++)
			if (!of_property_read_u32_index(node, name, i, &id) &&
			    id == hw_id) {
				of_node_put(node);
				return cpu;
			}
	}
	return -ENOENT;
}

/* What the dead kernel called a CPU. */
static int linux_cpu(const struct fadump_crash_info *info, u32 hw_id)
{
	return info->nr_cpus ? fadump_crash_info_find(info, hw_id) :
			       cpu_by_device_tree(hw_id);
}

/* A kernel that had only firmware's name for the CPU that crashed. */
static void name_by_number(struct fadump_crash_info *info)
{
	int cpu = cpu_by_device_tree(info->cpu);

	info->cpu = cpu < 0 ? CRASH_INFO_CPU_NONE : cpu;
}

static u32 note_key(const struct fadump_crash_info *info, u32 hw_id)
{
	int cpu = linux_cpu(info, hw_id);

	if (cpu < 0 || cpu >= FADUMP_MAX_CPUS)
		return KEY_UNKNOWN;
	return fadump_crash_info_online(info, cpu) ? cpu : KEY_OFFLINE + cpu;
}

static int compare_slots(const void *a, const void *b)
{
	const struct note_slot *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

static int open_cpus(const struct cpu_data *data, struct fadump_cpu_iter *it)
{
	return data->backend->cpus_open(it, &data->bytes, data->step);
}

static u32 count_cpus(const struct cpu_data *data, u32 *lost)
{
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;
	u32 n = 0;

	if (open_cpus(data, &it))
		return 0;
	while (data->backend->cpus_next(&it, &cpu) > 0)
		n++;
	if (it.skipped)
		*lost |= BIT(FADUMP_LOST_CPU_SOME);
	return n;
}

/* Is the crashing CPU among firmware's, and which CPUs are there at all? */
static bool fill_slots(const struct cpu_data *data,
		       const struct fadump_crash_info *info,
		       struct note_slot *slots, u32 nr, u32 *lost)
{
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;
	bool seen = false;
	u32 i;

	if (open_cpus(data, &it))
		return false;
	for (i = 0; i < nr && data->backend->cpus_next(&it, &cpu) > 0; i++) {
		slots[i].key = note_key(info, cpu.hw_id);
		slots[i].index = i;
		if (slots[i].key % KEY_OFFLINE == info->cpu &&
		    slots[i].key < KEY_UNKNOWN)
			seen = true;
		if (cpu.damaged)
			*lost |= BIT(FADUMP_LOST_CPU_SOME);
	}
	return seen;
}

static void *note_at(u32 place)
{
	return core.notes + (size_t)place * FADUMP_CPU_NOTE_SZ;
}

/* The crashing CPU knows best: firmware saw it inside firmware. */
static void write_note(const struct fadump_crash_info *info, u32 key, u32 place,
		       const u64 *regs)
{
	u32 cpu = key % KEY_OFFLINE;
	bool known = key < KEY_UNKNOWN;

	if (known && info->has_regs && cpu == info->cpu)
		regs = info->regs;
	fadump_cpu_note(note_at(place),
			known ? fadump_crash_info_pid(info, cpu) : 0, regs);
}

/* @rank: firmware's n-th CPU becomes note number rank[n] */
static void write_fw_notes(const struct cpu_data *data,
			   const struct fadump_crash_info *info,
			   const struct note_slot *slots, const u32 *rank, u32 nr)
{
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;
	u32 i;

	if (open_cpus(data, &it))
		return;
	for (i = 0; i < nr && data->backend->cpus_next(&it, &cpu) > 0; i++)
		write_note(info, slots[rank[i]].key, rank[i], cpu.regs);
}

/*
 * /proc/vmcore does not come to be without a note. Where there is no memory for
 * all of them, and where there is nothing to write, there is this one.
 */
static u8 last_note[FADUMP_CPU_NOTE_SZ + FADUMP_NOTE_END_SZ] __aligned(8);

static void use_last_note(const struct fadump_crash_info *info)
{
	core.notes = last_note;
	core.notes_size = sizeof(last_note);
	write_note(info, KEY_UNKNOWN, 0, info->regs);
}

static int alloc_notes(u32 nr)
{
	core.notes_size = PAGE_ALIGN((size_t)nr * FADUMP_CPU_NOTE_SZ +
				     FADUMP_NOTE_END_SZ);
	core.notes = alloc_pages_exact(core.notes_size, GFP_KERNEL | __GFP_ZERO);
	return core.notes ? 0 : -ENOMEM;
}

/* @nr CPUs of firmware's; the crashing CPU is one more if it is not of them. */
static void fill_notes(const struct cpu_data *data,
		       const struct fadump_crash_info *info,
		       struct note_slot *slots, u32 *rank, u32 nr, u32 *lost)
{
	bool seen = fill_slots(data, info, slots, nr, lost);
	bool extra = !seen && info->has_regs;
	u32 i, total = nr + extra;

	if (extra) {
		slots[nr].key = info->cpu % KEY_OFFLINE;
		slots[nr].index = nr;
	}
	sort(slots, total, sizeof(*slots), compare_slots, NULL);
	for (i = 0; i < total; i++)
		rank[slots[i].index] = i;
	write_fw_notes(data, info, slots, rank, nr);
	if (extra)
		write_note(info, slots[rank[nr]].key, rank[nr], info->regs);
	pr_info("Registers of %u CPUs\n", total);
}

/*
 * One NT_PRSTATUS per CPU: those that were online by their Linux number, as
 * tools expect them, then the others that firmware knows.
 */
static void build_notes(const struct cpu_data *data,
			const struct fadump_crash_info *info, u32 *lost)
{
	u32 nr = count_cpus(data, lost);
	struct note_slot *slots = kvmalloc_array(nr + 1, sizeof(*slots), GFP_KERNEL);
	u32 *rank = kvmalloc_array(nr + 1, sizeof(*rank), GFP_KERNEL);

	if (!nr)
		*lost |= BIT(FADUMP_LOST_CPU_DATA);
	if (!nr && !info->has_regs) {
		use_last_note(info);
	} else if (!slots || !rank || alloc_notes(nr + 1)) {
		*lost |= BIT(FADUMP_LOST_NOTES);
		use_last_note(info);
	} else {
		fill_notes(data, info, slots, rank, nr, lost);
	}
	kvfree(slots);
	kvfree(rank);
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
 * RAM that stayed in place: above the boot memory, less the dump area, and less
 * what the firmware that runs now has written to.
 */
static int collect_high(const struct fadump_dump *dump,
			const struct fadump_ranges *ram,
			const struct fadump_ranges *firmwares,
			struct fadump_ranges *high)
{
	return fadump_ranges_copy(high, ram) ?:
	       fadump_ranges_subtract(high, 0, dump->boot_mem_top) ?:
	       fadump_ranges_subtract(high, dump->area.base, dump->area.size) ?:
	       fadump_ranges_subtract_set(high, firmwares);
}

static int publish(const struct fadump_dump *dump,
		   const struct fadump_ranges *high,
		   const struct fadump_range *vmcoreinfo)
{
	struct fadump_core spec = {
		.notes = { .base = __pa(core.notes), .size = core.notes_size },
		.vmcoreinfo = *vmcoreinfo,
		.copies = dump->copy,
		.nr_copies = dump->nr_copies,
		.high = high,
		.va_base = PAGE_OFFSET,
		.machine = EM_PPC64,
		.flags = IS_ENABLED(CONFIG_PPC64_ELF_ABI_V2) ? 2 : 1,
	};
	int rc = build_headers(&spec);

	if (rc)
		return rc;
	elfcorehdr_addr = __pa(core.headers);
	return 0;
}

/**
 * fadump_capture_open - make a dump readable as /proc/vmcore
 * @backend: whose dump it is
 * @dump: the dump, bounded; its area and losses are completed here
 * @ram: all RAM, less what firmware keeps for itself
 * @firmwares: the latter
 * @high: result: preserved memory that stayed where it was
 *
 * Whatever is damaged costs what it describes and no more, and is reported
 * here, at one place and once.
 *
 * Context: process context, before fs/proc/vmcore.c looks for a core.
 *
 * Return: 0, or -errno where there is no core at all. The memory stays as it is
 * either way.
 */
int fadump_capture_open(const struct fadump_backend *backend,
			struct fadump_dump *dump,
			const struct fadump_ranges *ram,
			const struct fadump_ranges *firmwares,
			struct fadump_ranges *high)
{
	struct fadump_bytes records = map_records(ram, dump->info_at);
	struct cpu_data cpus = {
		.backend = backend,
		.bytes = map(dump->cpu.base, dump->cpu.size),
		.step = dump->cpu_step,
	};
	static struct fadump_crash_info info;
	struct fadump_range vmcoreinfo;
	int rc;

	kernel_initiated = !read_record(&records, dump->info_at, &info) &&
			   info.committed;
	if (backend->records_name_hw_id && info.is_foreign)
		name_by_number(&info);
	refine_area(dump, ram, &info);
	vmcoreinfo = find_vmcoreinfo(dump, ram, &info);
	dump->lost |= info.lost;
	if (!vmcoreinfo.size)
		dump->lost |= BIT(FADUMP_LOST_VMCOREINFO);
	build_notes(&cpus, &info, &dump->lost);
	/* @info points into the records, and is not needed any more. */
	unmap(&cpus.bytes);
	unmap(&records);

	rc = collect_high(dump, ram, firmwares, high) ?:
	     publish(dump, high, &vmcoreinfo);
	report_lost(dump->lost);
	if (rc)
		pr_err("Cannot build the core (%d), its memory is kept\n", rc);
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
 * fadump_capture_close - /proc/vmcore goes away
 *
 * Waits for readers. From here on this is an ordinary kernel, for drivers that
 * ask is_kdump_kernel() too.
 *
 * Context: process context, may sleep.
 */
void fadump_capture_close(void)
{
	KUNIT_STATIC_STUB_REDIRECT(fadump_capture_close);
	vmcore_cleanup();
	elfcorehdr_addr = ELFCORE_ADDR_MAX;
	if (core.headers)
		free_pages_exact(core.headers, core.headers_size);
	if (core.notes && core.notes != last_note)
		free_pages_exact(core.notes, core.notes_size);
	memset(&core, 0, sizeof(core));
}
