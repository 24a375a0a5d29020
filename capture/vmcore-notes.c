// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The registers of the dead kernel's CPUs, as notes of /proc/vmcore and in the
 * memory of that kernel.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/elf.h>
#include <linux/elfcore.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "capture/capture.h"
#include "memory/memory.h"

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
 * @bytes: the data, in memory of ours
 * @step: see struct fadump_dump
 * @nr_cpus: as many as there are
 */
struct cpu_data {
	const struct fadump_backend *backend;
	struct fadump_bytes bytes;
	u32 step;
	u32 nr_cpus;
};

/**
 * struct note_order - which CPU record of firmware's becomes which note
 * @key: sort key, see above
 * @index: place among firmware's records
 */
struct note_order {
	u32 key;
	u32 index;
};

static struct {
	void *data;
	size_t size;
} notes;

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

static int compare_notes(const void *a, const void *b)
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

/* Is the crashing CPU among firmware's, and which CPUs are there at all? */
static bool order_notes(const struct cpu_data *data,
		       const struct fadump_crash_info *info,
		       struct note_order *slots, u32 nr, u32 *missing)
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
		if (!fadump_cpu_is_whole(&cpu))
			*missing |= BIT(FADUMP_MISSING_CPU_SOME);
	}
	return seen;
}

static void *note_at(u32 place)
{
	return notes.data + (size_t)place * FADUMP_CPU_NOTE_SZ;
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
			   const struct note_order *slots, const u32 *rank, u32 nr)
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
	notes.data = last_note;
	notes.size = sizeof(last_note);
	write_note(info, KEY_UNKNOWN, 0, info->regs);
}

static int alloc_notes(u32 nr)
{
	notes.size = PAGE_ALIGN((size_t)nr * FADUMP_CPU_NOTE_SZ +
				     FADUMP_NOTE_END_SZ);
	notes.data = alloc_pages_exact(notes.size, GFP_KERNEL | __GFP_ZERO);
	return notes.data ? 0 : -ENOMEM;
}

/* @nr CPUs of firmware's; the crashing CPU is one more if it is not of them. */
static u32 fill_notes(const struct cpu_data *data,
		      const struct fadump_crash_info *info,
		      struct note_order *slots, u32 *rank, u32 nr, u32 *missing)
{
	bool seen = order_notes(data, info, slots, nr, missing);
	bool extra = !seen && info->has_regs;
	u32 i, total = nr + extra;

	if (extra) {
		slots[nr].key = info->cpu % KEY_OFFLINE;
		slots[nr].index = nr;
	}
	sort(slots, total, sizeof(*slots), compare_notes, NULL);
	for (i = 0; i < total; i++)
		rank[slots[i].index] = i;
	write_fw_notes(data, info, slots, rank, nr);
	if (extra)
		write_note(info, slots[rank[nr]].key, rank[nr], info->regs);
	pr_info("Registers of %u CPUs\n", total);
	return total;
}

/* -------- Notes in the dead kernel's memory -------- */

/* Tools read memory in the byte order of the kernel that died. */
static bool is_our_order(const struct fadump_crash_info *info)
{
	return !info->page_size ||
	       info->little_endian == IS_ENABLED(CONFIG_CPU_LITTLE_ENDIAN);
}

static bool fill_crash_note(struct fadump *f, const struct fadump_crash_info *info,
			    u32 cpu, const void *note)
{
	struct fadump_bytes slot;
	bool has_note;
	u64 at;
	int rc;

	rc = fadump_crash_note_find(info, cpu, &f->dump, &f->ram, &f->unmoved, &at);
	if (rc == -EINVAL)
		f->dump.missing |= BIT(FADUMP_MISSING_CRASH_PART);
	if (rc)
		return false;
	slot = fadump_map(at, FADUMP_NOTE_SLOT_SZ);
	has_note = slot.len && fadump_crash_note_put((void *)slot.data, note);
	fadump_unmap(&slot);
	return has_note;
}

/*
 * Firmware may have the same CPU twice, and then the first counts. The slot of a
 * CPU that was offline stays empty, as with kdump, so that the slots that are not
 * are those of the first notes of the core, in this order.
 */
static void fill_crash_notes(struct fadump *f, const struct fadump_crash_info *info,
			     const struct note_order *slots, u32 nr)
{
	u32 i;

	if (!is_our_order(info))
		return;
	for (i = 0; i < nr && slots[i].key < KEY_OFFLINE; i++)
		if (!i || slots[i].key != slots[i - 1].key)
			f->summary.nr_slots +=
				fill_crash_note(f, info, slots[i].key, note_at(i));
}

/* -------- All of it -------- */

/*
 * The data is gone through more than once. Where it is the dead kernel had lent
 * memory to others, and a device may still write there.
 */
static struct fadump_bytes copy_of(const struct fadump_range *at, u32 *missing)
{
	struct fadump_bytes there = fadump_map(at->base, at->size);
	struct fadump_bytes copy = { };

	if (there.len)
		copy.data = kvmemdup(there.data, there.len, GFP_KERNEL);
	if (copy.data)
		copy.len = there.len;
	else if (there.len)
		*missing |= BIT(FADUMP_MISSING_NOTES);
	fadump_unmap(&there);
	return copy;
}

/* How many notes there are. */
static u32 build(struct fadump *f, struct cpu_data *data,
		 const struct fadump_crash_info *info)
{
	u32 *missing = &f->dump.missing;
	u32 nr = data->nr_cpus = count_cpus(data, missing);
	struct note_order *slots = kvmalloc_array(nr + 1, sizeof(*slots), GFP_KERNEL);
	u32 *rank = kvmalloc_array(nr + 1, sizeof(*rank), GFP_KERNEL);
	u32 total = 1;

	if (!nr)
		*missing |= BIT(FADUMP_MISSING_CPU_DATA);
	if (!nr && !info->has_regs) {
		use_last_note(info);
		total = 0;
	} else if (!slots || !rank || alloc_notes(nr + 1)) {
		*missing |= BIT(FADUMP_MISSING_NOTES);
		use_last_note(info);
	} else {
		total = fill_notes(data, info, slots, rank, nr, missing);
		fill_crash_notes(f, info, slots, total);
	}
	kvfree(slots);
	kvfree(rank);
	return total;
}

/**
 * fadump_notes_build - make a note for each CPU
 * @f: the state, captured; its dump is bounded, and it is known what stayed in
 *	place. What is missing, and how many notes there are, is noted in it.
 * @info: what the dead kernel said. A crashing CPU that goes by firmware's name
 *	gets its number.
 * @at: result: the notes, in this kernel's memory
 *
 * Those that were online come by their Linux number, as tools expect them, then
 * the others that firmware knows. What the dead kernel's own notes lack of it is
 * written there, in the memory that it left.
 *
 * Context: process context, may sleep.
 */
void fadump_notes_build(struct fadump *f, struct fadump_crash_info *info,
			struct fadump_range *at)
{
	struct fadump_dump *dump = &f->dump;
	struct cpu_data data = {
		.backend = f->backend,
		.bytes = copy_of(&dump->cpu, &dump->missing),
		.step = dump->cpu_step,
	};

	if (f->backend->records_name_hw_id && info->is_foreign)
		name_by_number(info);
	f->summary.nr_notes = build(f, &data, info);
	fadump_crash_info_compare(info, data.nr_cpus, dump);
	kvfree(data.bytes.data);
	at->base = __pa(notes.data);
	at->size = notes.size;
}

/**
 * fadump_notes_free - the core is gone
 *
 * Context: process context.
 */
void fadump_notes_free(void)
{
	if (notes.data && notes.data != last_note)
		free_pages_exact(notes.data, notes.size);
	memset(&notes, 0, sizeof(notes));
}
