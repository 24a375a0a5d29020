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
 * struct saved_cpu - a CPU of firmware's data
 * @key: sort key, see above
 * @index: its index in firmware's data
 * @regs: its registers
 */
struct saved_cpu {
	u32 key;
	u32 index;
	u64 regs[FADUMP_NR_REGS];
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

static int compare_cpus(const void *a, const void *b)
{
	const struct saved_cpu *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

/*
 * Read firmware's data once: it is in a CMA area of the crashed kernel, and a device
 * may still write there. @cpus has as many entries as @it has CPUs. Return: the number
 * of CPUs that could be read.
 */
static u32 read_cpus(const struct fadump_backend *backend,
		     const struct fadump_crash_info *info,
		     struct fadump_cpu_iter *it, struct saved_cpu *cpus, u32 *missing)
{
	struct fadump_cpu_regs cpu;
	u32 i, max = it->left;

	for (i = 0; i < max && backend->cpus_next(it, &cpu) > 0; i++) {
		cpus[i].key = note_key(info, cpu.hw_id);
		cpus[i].index = i;
		memcpy(cpus[i].regs, cpu.regs, sizeof(cpu.regs));
		if (!fadump_cpu_is_complete(&cpu))
			*missing |= BIT(FADUMP_MISSING_CPU_SOME);
	}
	if (it->skipped)
		*missing |= BIT(FADUMP_MISSING_CPU_SOME);
	if (!i)
		*missing |= BIT(FADUMP_MISSING_CPU_DATA);
	return i;
}

/*
 * For the crashing CPU use the registers in its record. Firmware has saved that
 * CPU's registers later, inside the call that triggers the dump. If firmware's data
 * does not contain the CPU, it gets an entry at the end of @cpus. Return: the number
 * of entries.
 */
static u32 use_crash_regs(const struct fadump_crash_info *info,
			  struct saved_cpu *cpus, u32 nr)
{
	bool is_found = false;
	u32 i;

	if (!info->has_regs)
		return nr;
	for (i = 0; i < nr; i++)
		if (cpus[i].key < KEY_UNKNOWN && cpus[i].key % KEY_OFFLINE == info->cpu) {
			memcpy(cpus[i].regs, info->regs, sizeof(info->regs));
			is_found = true;
		}
	if (is_found)
		return nr;
	cpus[nr].key = info->cpu % KEY_OFFLINE;
	cpus[nr].index = nr;
	memcpy(cpus[nr].regs, info->regs, sizeof(info->regs));
	return nr + 1;
}

static void *vmcore_note(u32 index)
{
	return notes.data + (size_t)index * FADUMP_CPU_NOTE_SZ;
}

static void write_vmcore_notes(const struct fadump_crash_info *info,
			       const struct saved_cpu *cpus, u32 nr)
{
	u32 i, pid;

	for (i = 0; i < nr; i++) {
		pid = cpus[i].key == KEY_UNKNOWN ? 0 :
		      fadump_crash_info_pid(info, cpus[i].key % KEY_OFFLINE);
		fadump_notes_write(vmcore_note(i), pid, cpus[i].regs);
	}
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
	fadump_notes_write(fallback_note, 0, info->regs);
}

static int alloc_notes(u32 nr)
{
	notes.size = PAGE_ALIGN((size_t)nr * FADUMP_CPU_NOTE_SZ +
				FADUMP_NOTE_END_SZ);
	notes.data = alloc_pages_exact(notes.size, GFP_KERNEL | __GFP_ZERO);
	return notes.data ? 0 : -ENOMEM;
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
				  const struct saved_cpu *cpus, u32 nr)
{
	u32 i;

	if (!is_same_byte_order(info))
		return;
	for (i = 0; i < nr && cpus[i].key < KEY_OFFLINE; i++)
		if (!i || cpus[i].key != cpus[i - 1].key)
			f->summary.nr_slots +=
				fill_crash_note_slot(f, info, cpus[i].key, vmcore_note(i));
}

/* -------- Notes and slots -------- */

/* There is no memory for the notes. Return: the number of CPUs with a note. */
static u32 build_fallback_note(struct fadump *f, const struct fadump_crash_info *info)
{
	f->dump.missing |= BIT(FADUMP_MISSING_NOTES);
	use_fallback_note(info);
	return 1;
}

/* @cpus has @nr entries and a free one. Return: the number of CPUs with a note. */
static u32 build_notes(struct fadump *f, const struct fadump_crash_info *info,
		       struct saved_cpu *cpus, u32 nr)
{
	nr = use_crash_regs(info, cpus, nr);
	if (!nr) {
		use_fallback_note(info);
		return 0;
	}
	if (alloc_notes(nr))
		return build_fallback_note(f, info);
	sort(cpus, nr, sizeof(*cpus), compare_cpus, NULL);
	write_vmcore_notes(info, cpus, nr);
	fill_crash_note_slots(f, info, cpus, nr);
	pr_info("The dump has registers of %u CPUs\n", nr);
	return nr;
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
	struct fadump_bytes data = fadump_map(dump->cpu.base, dump->cpu.size);
	struct fadump_cpu_iter it = { };
	struct saved_cpu *cpus;
	u32 nr = 0;

	if (f->backend->records_name_hw_id && info->is_legacy)
		replace_hw_id(info);
	if (f->backend->cpus_open(&it, &data, dump->cpu_step))
		it.left = 0;
	cpus = kvmalloc_array(it.left + 1, sizeof(*cpus), GFP_KERNEL);
	if (cpus)
		nr = read_cpus(f->backend, info, &it, cpus, &dump->missing);
	fadump_unmap(&data);
	f->summary.nr_notes = cpus ? build_notes(f, info, cpus, nr) :
				     build_fallback_note(f, info);
	fadump_crash_info_compare(info, nr, dump);
	kvfree(cpus);
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
