// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Write the registers of the crashed kernel's CPUs twice: as notes of /proc/vmcore,
 * and to the slots of crash_notes in the crashed kernel's memory.
 *
 * The backend's cpus_next() reads the registers of a CPU from firmware's save area
 * (lib/rtas-regsave.c, lib/opal-regs.c), and fadump_notes_write() in lib/notes.c makes
 * a note of them.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/elf.h>
#include <linux/elfcore.h>
#include <linux/gfp.h>
#include <linux/of.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "capture/capture.h"
#include "memory/memory.h"

static_assert(sizeof(struct elf_prstatus) == FADUMP_PRSTATUS_SZ);
static_assert(offsetof(struct elf_prstatus, common.pr_pid) ==
	      FADUMP_PRSTATUS_PID);
static_assert(offsetof(struct elf_prstatus, pr_reg) == FADUMP_PRSTATUS_REGS);
static_assert(ELF_NGREG == FADUMP_NR_REGS);

/*
 * Sort keys of notes. A CPU that was online has its Linux number as its key. A CPU
 * that was offline has its Linux number plus KEY_OFFLINE. A CPU without a Linux
 * number has KEY_UNKNOWN.
 */
#define KEY_OFFLINE	FADUMP_MAX_CPUS
#define KEY_UNKNOWN	(2 * FADUMP_MAX_CPUS)

/**
 * struct cpu_data - firmware's register data
 * @backend: decodes it
 * @bytes: a copy of the data
 * @step: see struct fadump_dump
 * @nr_cpus: CPUs in the data
 */
struct cpu_data {
	const struct fadump_backend *backend;
	struct fadump_bytes bytes;
	u32 step;
	u32 nr_cpus;
};

/**
 * struct note_order - a CPU of firmware's data, and where its note belongs
 * @key: sort key, see above
 * @index: its index in firmware's data
 */
struct note_order {
	u32 key;
	u32 index;
};

/* The notes of /proc/vmcore. */
static struct {
	void *data;
	size_t size;
} notes;

/*
 * Linux numbers CPUs thread by thread, in the order of the device tree. Do not use
 * this kernel's own numbers: this kernel may have fewer CPUs, because of nr_cpus=.
 */
static int find_cpu_in_device_tree(u32 hw_id)
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

/* The crashed kernel's number of a CPU, or -ENOENT. */
static int find_linux_cpu(const struct fadump_crash_info *info, u32 hw_id)
{
	return info->nr_cpus ? fadump_crash_info_find_cpu(info, hw_id) :
			       find_cpu_in_device_tree(hw_id);
}

/* Replace the crashing CPU's hardware id in the record by its Linux number. */
static void replace_hw_id(struct fadump_crash_info *info)
{
	int cpu = find_cpu_in_device_tree(info->cpu);

	info->cpu = cpu < 0 ? CRASH_INFO_CPU_NONE : cpu;
}

static u32 note_key(const struct fadump_crash_info *info, u32 hw_id)
{
	int cpu = find_linux_cpu(info, hw_id);

	if (cpu < 0 || cpu >= FADUMP_MAX_CPUS)
		return KEY_UNKNOWN;
	return fadump_crash_info_is_online(info, cpu) ? cpu : KEY_OFFLINE + cpu;
}

static int compare_note_order(const void *a, const void *b)
{
	const struct note_order *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

static int open_cpus(const struct cpu_data *data, struct fadump_cpu_iter *it)
{
	return data->backend->cpus_open(it, &data->bytes, data->step);
}

static u32 count_cpus(const struct cpu_data *data, u32 *missing)
{
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;
	u32 n = 0;

	if (open_cpus(data, &it))
		return 0;
	while (data->backend->cpus_next(&it, &cpu) > 0)
		n++;
	if (it.skipped)
		*missing |= BIT(FADUMP_MISSING_CPU_SOME);
	return n;
}

/* Return: does firmware's data contain the crashing CPU? */
static bool fill_note_order(const struct cpu_data *data,
			    const struct fadump_crash_info *info,
			    struct note_order *order, u32 nr, u32 *missing)
{
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;
	bool has_crashing_cpu = false;
	u32 i;

	if (open_cpus(data, &it))
		return false;
	for (i = 0; i < nr && data->backend->cpus_next(&it, &cpu) > 0; i++) {
		order[i].key = note_key(info, cpu.hw_id);
		order[i].index = i;
		if (order[i].key % KEY_OFFLINE == info->cpu &&
		    order[i].key < KEY_UNKNOWN)
			has_crashing_cpu = true;
		if (!fadump_cpu_is_complete(&cpu))
			*missing |= BIT(FADUMP_MISSING_CPU_SOME);
	}
	return has_crashing_cpu;
}

static void *note_at(u32 index)
{
	return notes.data + (size_t)index * FADUMP_CPU_NOTE_SZ;
}

/*
 * For the crashing CPU use the registers in its record. Firmware has saved that
 * CPU's registers later, inside the call that triggers the dump.
 */
static void write_vmcore_note(const struct fadump_crash_info *info, u32 key, u32 index,
			      const u64 *regs)
{
	u32 cpu = key % KEY_OFFLINE;
	bool known = key < KEY_UNKNOWN;

	if (known && info->has_regs && cpu == info->cpu)
		regs = info->regs;
	fadump_notes_write(note_at(index),
			   known ? fadump_crash_info_pid(info, cpu) : 0, regs);
}

/* @note_index: for each CPU of firmware's data, the index of its note */
static void write_firmware_notes(const struct cpu_data *data,
				 const struct fadump_crash_info *info,
				 const struct note_order *order,
				 const u32 *note_index, u32 nr)
{
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;
	u32 i;

	if (open_cpus(data, &it))
		return;
	for (i = 0; i < nr && data->backend->cpus_next(&it, &cpu) > 0; i++)
		write_vmcore_note(info, order[note_index[i]].key, note_index[i],
				  cpu.regs);
}

/*
 * /proc/vmcore needs at least one note. It gets this one if the dump has no
 * registers, or if there is no memory for the notes.
 */
static u8 fallback_note[FADUMP_CPU_NOTE_SZ + FADUMP_NOTE_END_SZ] __aligned(8);

static void use_fallback_note(const struct fadump_crash_info *info)
{
	notes.data = fallback_note;
	notes.size = sizeof(fallback_note);
	write_vmcore_note(info, KEY_UNKNOWN, 0, info->regs);
}

static int alloc_notes(u32 nr)
{
	notes.size = PAGE_ALIGN((size_t)nr * FADUMP_CPU_NOTE_SZ +
				FADUMP_NOTE_END_SZ);
	notes.data = alloc_pages_exact(notes.size, GFP_KERNEL | __GFP_ZERO);
	return notes.data ? 0 : -ENOMEM;
}

/*
 * @order and @note_index have @nr + 1 entries. The crashing CPU gets the last entry
 * if firmware's data does not contain that CPU. Return: the number of notes.
 */
static u32 fill_vmcore_notes(const struct cpu_data *data,
			     const struct fadump_crash_info *info,
			     struct note_order *order, u32 *note_index, u32 nr,
			     u32 *missing)
{
	bool extra = !fill_note_order(data, info, order, nr, missing) &&
		     info->has_regs;
	u32 i, total = nr + extra;

	if (extra) {
		order[nr].key = info->cpu % KEY_OFFLINE;
		order[nr].index = nr;
	}
	sort(order, total, sizeof(*order), compare_note_order, NULL);
	for (i = 0; i < total; i++)
		note_index[order[i].index] = i;
	write_firmware_notes(data, info, order, note_index, nr);
	if (extra)
		write_vmcore_note(info, order[note_index[nr]].key, note_index[nr],
				  info->regs);
	pr_info("The dump has registers of %u CPUs\n", total);
	return total;
}

/* -------- crash_notes in the crashed kernel's memory -------- */

/* Tools read that memory in the crashed kernel's byte order; the notes have ours. */
static bool is_same_byte_order(const struct fadump_crash_info *info)
{
	return !info->page_size ||
	       info->little_endian == IS_ENABLED(CONFIG_CPU_LITTLE_ENDIAN);
}

static bool fill_crash_note_slot(struct fadump *f, const struct fadump_crash_info *info,
				 u32 cpu, const void *note)
{
	struct fadump_bytes slot;
	bool has_note;
	u64 at;
	int rc;

	rc = fadump_notes_find_crash_note(info, cpu, &f->dump, &f->ram, &f->unmoved, &at);
	if (rc == -EINVAL)
		f->dump.missing |= BIT(FADUMP_MISSING_CRASH_PART);
	if (rc)
		return false;
	slot = fadump_map(at, FADUMP_CRASH_NOTE_SZ);
	has_note = slot.len && fadump_notes_fill_crash_note((void *)slot.data, note);
	fadump_unmap(&slot);
	return has_note;
}

/*
 * If firmware's data contains a CPU twice, only the first note goes to a slot. Slots
 * of offline CPUs stay empty, as with kdump. So the filled slots have the same order
 * as the notes at the start of /proc/vmcore.
 */
static void fill_crash_note_slots(struct fadump *f, const struct fadump_crash_info *info,
				  const struct note_order *order, u32 nr)
{
	u32 i;

	if (!is_same_byte_order(info))
		return;
	for (i = 0; i < nr && order[i].key < KEY_OFFLINE; i++)
		if (!i || order[i].key != order[i - 1].key)
			f->summary.nr_slots +=
				fill_crash_note_slot(f, info, order[i].key, note_at(i));
}

/* -------- Notes and slots -------- */

/*
 * This file reads firmware's data more than once, so the data must not change. But
 * the data is in a CMA area of the crashed kernel, and a device may still write
 * there. So copy the data.
 */
static struct fadump_bytes copy_cpu_data(const struct fadump_range *at, u32 *missing)
{
	struct fadump_bytes mapped = fadump_map(at->base, at->size);
	struct fadump_bytes copy = { };

	if (mapped.len)
		copy.data = kvmemdup(mapped.data, mapped.len, GFP_KERNEL);
	if (copy.data)
		copy.len = mapped.len;
	else if (mapped.len)
		*missing |= BIT(FADUMP_MISSING_NOTES);
	fadump_unmap(&mapped);
	return copy;
}

/* Return: the number of CPUs with a note. */
static u32 build_notes(struct fadump *f, struct cpu_data *data,
		       const struct fadump_crash_info *info)
{
	u32 *missing = &f->dump.missing;
	u32 nr = data->nr_cpus = count_cpus(data, missing);
	struct note_order *order = kvmalloc_array(nr + 1, sizeof(*order), GFP_KERNEL);
	u32 *note_index = kvmalloc_array(nr + 1, sizeof(*note_index), GFP_KERNEL);
	u32 total = 1;

	if (!nr)
		*missing |= BIT(FADUMP_MISSING_CPU_DATA);
	if (!nr && !info->has_regs) {
		use_fallback_note(info);
		total = 0;
	} else if (!order || !note_index || alloc_notes(nr + 1)) {
		*missing |= BIT(FADUMP_MISSING_NOTES);
		use_fallback_note(info);
	} else {
		total = fill_vmcore_notes(data, info, order, note_index, nr,
					  missing);
		fill_crash_note_slots(f, info, order, total);
	}
	kvfree(order);
	kvfree(note_index);
	return total;
}

/**
 * fadump_notes_build - make a note for each CPU
 * @f: the state, captured; its dump is bounded and @f->unmoved is set. The function
 *	adds what is missing, and the numbers of notes and of filled slots.
 * @info: the decoded record; the crashing CPU's hardware id becomes a Linux number
 * @at: result: the notes, in this kernel's memory
 *
 * Notes of CPUs that were online come first, by Linux number, as tools expect; the
 * other CPUs of firmware's data follow. Empty slots of the crashed kernel's
 * crash_notes are filled as well, in that kernel's memory.
 *
 * Context: process context, may sleep.
 */
void fadump_notes_build(struct fadump *f, struct fadump_crash_info *info,
			struct fadump_range *at)
{
	struct fadump_dump *dump = &f->dump;
	struct cpu_data data = {
		.backend = f->backend,
		.bytes = copy_cpu_data(&dump->cpu, &dump->missing),
		.step = dump->cpu_step,
	};

	if (f->backend->records_name_hw_id && info->is_legacy)
		replace_hw_id(info);
	f->summary.nr_notes = build_notes(f, &data, info);
	fadump_crash_info_compare(info, data.nr_cpus, dump);
	kvfree(data.bytes.data);
	at->base = __pa(notes.data);
	at->size = notes.size;
}

/**
 * fadump_notes_free - free what fadump_notes_build() has allocated
 *
 * Context: process context, after the removal of /proc/vmcore.
 */
void fadump_notes_free(void)
{
	if (notes.data && notes.data != fallback_note)
		free_pages_exact(notes.data, notes.size);
	memset(&notes, 0, sizeof(notes));
}
