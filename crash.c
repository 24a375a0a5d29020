// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the dying kernel does.
 *
 * No lock, no allocation, no formatting of its own. Everything that is written
 * here goes into places that were prepared when fadump was armed.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/crash_core.h>
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/panic.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/processor.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/utsname.h>
#include <linux/vmcore_info.h>

#include <kunit/static_stub.h>

#include <asm/fadump.h>
#include <asm/hw_irq.h>
#include <asm/interrupt.h>
#include <asm/paca.h>

#include "fadump-internal.h"

/* After a system reset every CPU comes by to leave its state; not for long. */
#define PARK_WAIT_MS	500

static_assert(sizeof(struct pt_regs) == FADMP_REGS_SZ);
static_assert(sizeof(struct user_pt_regs) <= FADUMP_NR_REGS * sizeof(u64));
static_assert(sizeof(note_buf_t) == FADUMP_NOTE_SLOT_SZ);

/**
 * struct armed - what a crash needs, prepared in advance
 * @backend: whom to call
 * @slots: where to write in our record
 * @compat: where to write in the record for other kernels
 */
struct armed {
	const struct fadump_backend *backend;
	struct fadump_info_slots slots;
	struct fadmpsig_slots compat;
};

/* How far the crashing CPU has come, to know what a second visit means. */
enum crash_stage {
	CRASH_NOT_YET,
	CRASH_WRITING,
	CRASH_TRIGGERED,
};

static struct armed prepared;

/* &prepared once everything in it is valid, else NULL: no dump will come. */
static struct armed *armed;

static enum crash_stage stage;
static atomic_t nr_parked;

/* The crash path has set panic_cpu, and resets it where there is no dump. */
static bool owns_panic_cpu;

static void describe(struct fadump_crash_info *info,
		     const struct fadump_plan *plan)
{
	memset(info, 0, sizeof(*info));
	info->area = plan->area;
	info->boot_mem_size = plan->boot_mem_size;
	info->boot_mem_top = plan->boot_mem_top;
	info->cpu_slot = plan->cpu;
	info->nr_copies = plan->nr_copies;
	memcpy(info->copy, plan->copy, sizeof(info->copy));
	info->page_size = PAGE_SIZE;
	info->little_endian = IS_ENABLED(CONFIG_CPU_LITTLE_ENDIAN);
	strscpy(info->release, init_utsname()->release);
	info->vmcoreinfo.base = paddr_vmcoreinfo_note();
	info->vmcoreinfo.size = VMCOREINFO_NOTE_SIZE;
}

/* @slots: one for each CPU that there may be, NULL where there is no memory */
static void describe_notes(struct fadump_crash_info *info, __be64 *slots)
{
	int cpu;

	if (!slots || !crash_notes)
		return;
	for_each_possible_cpu(cpu)
		slots[cpu] = cpu_to_be64(per_cpu_ptr_to_phys(per_cpu_ptr(crash_notes,
									 cpu)));
	info->note_slot_size = sizeof(note_buf_t);
	info->note_slots.data = (void *)slots;
	info->note_slots.len = nr_cpu_ids * sizeof(*slots);
}

static void write_cpu(const struct fadump_info_slots *slots, int cpu, u32 pid)
{
	fadump_crash_info_cpu(slots, cpu, get_hard_smp_processor_id(cpu),
			      CRASH_INFO_CPU_POSSIBLE |
			      (cpu_online(cpu) ? CRASH_INFO_CPU_ONLINE : 0), pid);
}

/*
 * The other CPUs run on until firmware stops them. With interrupts off here, a
 * task that one of them leaves is not freed before that.
 */
static void write_cpus(const struct fadump_info_slots *slots)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct task_struct *task = paca_ptrs[cpu]->__current;

		write_cpu(slots, cpu, cpu_online(cpu) && task ? task->pid : 0);
	}
}

/* For kernels that only know the older record, at the place they look at. */
static void prepare_compat(const struct fadump_plan *plan, void *at,
			   const struct fadump_crash_info *info)
{
	struct fadump_range note = info->vmcoreinfo;

	note.base = fadump_layout_relocate(plan->copy, plan->nr_copies,
					   note.base, note.size);
	/* They compare sizes, so all of the type counts, used or not. */
	if (fadmpsig_encode(&prepared.compat, sizeof(struct cpumask), &note,
			    cpu_possible_mask, at, CRASH_INFO_OFFSET))
		pr_debug("no room for a FADMPSIG record\n");
}

/**
 * fadump_crash_prepare - write down what a crash needs
 * @backend: whom to trigger
 * @plan: what firmware will be told; its @info slot is written
 *
 * Context: process context, while nothing is armed.
 *
 * Return: 0 or -errno.
 */
int fadump_crash_prepare(const struct fadump_backend *backend,
			 const struct fadump_plan *plan)
{
	static struct fadump_crash_info info;
	void *at = __va(plan->info.base);
	__be64 *notes;
	int rc, cpu;

	KUNIT_STATIC_STUB_REDIRECT(fadump_crash_prepare, backend, plan);
	notes = kvcalloc(nr_cpu_ids, sizeof(*notes), GFP_KERNEL);
	describe(&info, plan);
	describe_notes(&info, notes);
	prepare_compat(plan, at, &info);
	rc = fadump_crash_info_encode(&info, nr_cpu_ids, at + CRASH_INFO_OFFSET,
				      plan->info.size - CRASH_INFO_OFFSET,
				      &prepared.slots);
	kvfree(notes);
	if (rc)
		return rc;
	for_each_possible_cpu(cpu)
		write_cpu(&prepared.slots, cpu, 0);
	prepared.backend = backend;
	return 0;
}

/**
 * fadump_crash_disarm - from now on a crash is not ours to deal with
 *
 * Context: any.
 */
void fadump_crash_disarm(void)
{
	KUNIT_STATIC_STUB_REDIRECT(fadump_crash_disarm);
	WRITE_ONCE(armed, NULL);
}

/**
 * fadump_crash_invalidate - what was written for a crash is void
 *
 * A kernel that is started by kexec may get a device tree that tells of a dump
 * that was given back, and would take this for its record.
 *
 * Context: any, after firmware has been disarmed.
 */
void fadump_crash_invalidate(void)
{
	KUNIT_STATIC_STUB_REDIRECT(fadump_crash_invalidate);
	if (prepared.slots.head)
		fadump_attempt_end(prepared.slots.head);
}

/**
 * fadump_crash_arm - from now on a crash ends in a dump
 *
 * Context: process context, after fadump_crash_prepare(), and after firmware has
 * agreed: as long as it has not, a crash is better left to others.
 */
void fadump_crash_arm(void)
{
	KUNIT_STATIC_STUB_REDIRECT(fadump_crash_arm);
	/* Pairs with the acquire in crash_fadump(). */
	smp_store_release(&armed, &prepared);
}

/**
 * should_fadump_crash - would a panic end in a dump?
 *
 * Context: any.
 */
bool should_fadump_crash(void)
{
	return READ_ONCE(armed);
}

static bool is_system_reset(const struct pt_regs *regs)
{
	return regs && TRAP(regs) == INTERRUPT_SYSTEM_RESET;
}

/*
 * An oops is handed to us whether or not the machine is to go down for it. It
 * is where the kernel would panic; a system reset always is, and panic() itself
 * comes without registers.
 */
static bool is_fatal(const struct pt_regs *regs)
{
	return !regs || is_system_reset(regs) || in_interrupt() ||
	       panic_on_oops || !current->pid || is_global_init(current);
}

/* An oops of the CPU that is on its way into firmware already. */
static bool is_again(void)
{
	return READ_ONCE(crashing_cpu) == raw_smp_processor_id();
}

/*
 * Another CPU is dealing with the crash. Firmware stops us here, unless it
 * refuses, and then the ordinary panic path has us back.
 */
static void park(void)
{
	atomic_inc(&nr_parked);
	while (READ_ONCE(armed))
		cpu_relax();
	atomic_dec(&nr_parked);
}

/* After a system reset: let the others get here, for better backtraces. */
static void wait_for_others(void)
{
	int ms;

	for (ms = 0; ms < PARK_WAIT_MS; ms++) {
		if (atomic_read(&nr_parked) >= (int)num_online_cpus() - 1)
			return;
		mdelay(1);
	}
}

static void write_records(const struct armed *a, int cpu, struct pt_regs *regs)
{
	u32 name = a->backend->records_name_hw_id ?
		   get_hard_smp_processor_id(cpu) : cpu;

	crash_save_vmcoreinfo();
	fadmpsig_commit(&a->compat, name, regs, cpu_online_mask);
	write_cpus(&a->slots);
	fadump_crash_info_regs(&a->slots, cpu, regs,
			       sizeof(regs->user_regs) / sizeof(u64));
	/* A commit word that can be seen without the rest would be a lie. */
	smp_wmb();
	fadump_crash_info_commit(&a->slots);
	/* For tools, and in this CPU's memory: what goes wrong costs no record. */
	if (crash_notes)
		crash_save_cpu(regs, cpu);
}

/* Debuggers take the thread that crashed from panic_cpu; only panic() sets it. */
static void set_panic_cpu(int cpu)
{
	if (atomic_cmpxchg(&panic_cpu, PANIC_CPU_INVALID, cpu) == PANIC_CPU_INVALID)
		owns_panic_cpu = true;
}

/*
 * There is no dump. The parked CPUs go on, and kdump or a reboot is next. A panic()
 * that has begun in the meantime, which comes without registers, keeps panic_cpu.
 */
static void give_up(const struct pt_regs *regs)
{
	fadump_crash_disarm();
	if (owns_panic_cpu && regs)
		atomic_set(&panic_cpu, PANIC_CPU_INVALID);
	owns_panic_cpu = false;
}

/*
 * Is it this CPU's turn to write, or to call firmware?
 *
 * An oops while the records are written costs the records, and there is still a
 * dump, in which all registers are firmware's. An oops inside trigger() costs the
 * dump. A system reset there does not: it makes the same call again. It must not
 * return to the call that it has interrupted, because it may have used that stack.
 */
static bool enter(int cpu, const struct pt_regs *regs)
{
	int owner = cmpxchg(&crashing_cpu, -1, cpu);

	if (owner != -1 && owner != cpu) {
		park();
		return false;
	}
	if (stage == CRASH_TRIGGERED && !is_system_reset(regs)) {
		give_up(regs);
		return false;
	}
	return true;
}

static void call_firmware(const struct armed *a, struct pt_regs *regs,
			      const char *msg)
{
	struct pt_regs here = { };
	int cpu = smp_processor_id();

	if (!enter(cpu, regs))
		return;
	if (stage == CRASH_NOT_YET) {
		stage = CRASH_WRITING;
		set_panic_cpu(cpu);
		if (!regs)
			ppc_save_regs(&here);
		write_records(a, cpu, regs ?: &here);
		if (is_system_reset(regs))
			wait_for_others();
	}
	stage = CRASH_TRIGGERED;
	a->backend->trigger(msg);

	give_up(regs);
	stage = CRASH_NOT_YET;
	WRITE_ONCE(crashing_cpu, -1);
	pr_emerg("Firmware did not take the dump\n");
	/* panic() left the other CPUs running for firmware to catch. */
	if (!regs)
		crash_smp_send_stop();
}

/**
 * crash_fadump - dump, if fadump is armed and this is the end
 * @regs: registers at the oops or system reset, NULL from panic()
 * @msg: what to tell firmware
 *
 * Returns where there is no dump to be had; the caller goes on as it would
 * without fadump.
 *
 * Context: any, NMI included.
 */
void crash_fadump(struct pt_regs *regs, const char *msg)
{
	/* Pairs with the release in fadump_crash_arm(). */
	const struct armed *a = smp_load_acquire(&armed);
	unsigned long flags;

	if (!a || !(is_fatal(regs) || is_again()))
		return;
	local_irq_save(flags);
	call_firmware(a, regs, msg);
	local_irq_restore(flags);
}
