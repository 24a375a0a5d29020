// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The crash: complete the crashing kernel's records, then call firmware.
 *
 * The crash path takes no lock and allocates no memory. It does not lay out records:
 * it only fills fields of the records that fadump_crash_prepare() has written.
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

/* How long the crashing CPU waits for the others after a system reset. */
#define STOP_WAIT_MS	500

static_assert(sizeof(struct pt_regs) == FADMP_REGS_SZ);
static_assert(sizeof(struct user_pt_regs) <= FADUMP_NR_REGS * sizeof(u64));
static_assert(sizeof(note_buf_t) == FADUMP_CRASH_NOTE_SZ);
static_assert(FADMPSIG_SZ(sizeof(struct cpumask)) <= CRASH_INFO_OFFSET);

/**
 * struct armed - what a crash needs, prepared in advance
 * @backend: triggers the dump
 * @record: fields of our record that the crash path fills
 * @compat: the older record, which the crash path completes
 */
struct armed {
	const struct fadump_backend *backend;
	struct fadump_crash_info_writer record;
	void *compat;
};

/* Progress of the crashing CPU. It may oops or get a system reset at any stage. */
enum crash_stage {
	CRASH_NOT_YET,
	CRASH_WRITING,
	CRASH_TRIGGERED,
};

static struct armed prepared;

/* &prepared while firmware has the plan, else NULL: then a crash makes no dump. */
static struct armed *armed;

static enum crash_stage stage;
/* CPUs in wait_for_firmware(). */
static atomic_t nr_waiting;

/* The crash path has set panic_cpu, and resets it if firmware refuses the dump. */
static bool owns_panic_cpu;

static void describe_plan(struct fadump_crash_info *info,
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

/*
 * @slots: result: the address of each CPU's slot in crash_notes. It is NULL if there
 * was no memory for this array.
 */
static void describe_note_slots(struct fadump_crash_info *info, __be64 *slots)
{
	int cpu;

	if (!slots || !crash_notes)
		return;
	for_each_possible_cpu(cpu)
		slots[cpu] = cpu_to_be64(per_cpu_ptr_to_phys(per_cpu_ptr(crash_notes,
									 cpu)));
	info->crash_notes.data = (void *)slots;
	info->crash_notes.len = nr_cpu_ids * sizeof(*slots);
}

static void write_cpu(const struct fadump_crash_info_writer *record, int cpu,
		      u32 pid)
{
	fadump_crash_info_set_cpu(record, cpu, get_hard_smp_processor_id(cpu),
				  CRASH_INFO_CPU_POSSIBLE |
				  (cpu_online(cpu) ? CRASH_INFO_CPU_ONLINE : 0), pid);
}

/*
 * The other CPUs run until firmware stops them. Interrupts are off on this CPU, so
 * no RCU grace period ends, and no task is freed while this function reads it.
 */
static void write_cpus(const struct fadump_crash_info_writer *record)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct task_struct *task = paca_ptrs[cpu]->__current;

		write_cpu(record, cpu, cpu_online(cpu) && task ? task->pid : 0);
	}
}

/* Prepare the older record for other capture kernels, which look for it at @at. */
static void prepare_compat(const struct fadump_plan *plan, void *at,
			   const struct fadump_crash_info *info)
{
	struct fadump_range note = info->vmcoreinfo;

	note.base = fadump_layout_relocate(plan->copy, plan->nr_copies,
					   note.base, note.size);
	/* Those kernels refuse a record if the mask and their cpumask differ in size. */
	fadmpsig_encode(sizeof(struct cpumask), &note, cpu_possible_mask, at);
	prepared.compat = at;
}

/**
 * fadump_crash_prepare - write what is known of the records before a crash
 * @backend: triggers the dump
 * @plan: the plan that firmware gets; the records are in its @info range
 *
 * Context: process context, fadump is not armed.
 *
 * Return: 0 or -errno.
 */
int fadump_crash_prepare(const struct fadump_backend *backend,
			 const struct fadump_plan *plan)
{
	static struct fadump_crash_info info;
	void *at = __va(plan->info.base);
	__be64 *slots;
	int rc, cpu;

	KUNIT_STATIC_STUB_REDIRECT(fadump_crash_prepare, backend, plan);
	slots = kvcalloc(nr_cpu_ids, sizeof(*slots), GFP_KERNEL);
	describe_plan(&info, plan);
	describe_note_slots(&info, slots);
	prepare_compat(plan, at, &info);
	rc = fadump_crash_info_encode(&info, nr_cpu_ids, at + CRASH_INFO_OFFSET,
				      plan->info.size - CRASH_INFO_OFFSET,
				      &prepared.record);
	kvfree(slots);
	if (rc)
		return rc;
	for_each_possible_cpu(cpu)
		write_cpu(&prepared.record, cpu, 0);
	prepared.backend = backend;
	return 0;
}

/**
 * fadump_crash_disarm - from now on crash_fadump() does nothing
 *
 * Context: any.
 */
void fadump_crash_disarm(void)
{
	KUNIT_STATIC_STUB_REDIRECT(fadump_crash_disarm);
	WRITE_ONCE(armed, NULL);
}

/**
 * fadump_crash_invalidate - mark the prepared record as ended
 *
 * A kernel that kexec starts may get a device tree that still describes a released
 * dump. It must not mistake the prepared record for the record of that dump.
 *
 * Context: any, firmware does not have the plan.
 */
void fadump_crash_invalidate(void)
{
	KUNIT_STATIC_STUB_REDIRECT(fadump_crash_invalidate);
	if (prepared.record.head)
		fadump_crash_info_end(prepared.record.head);
}

/**
 * fadump_crash_arm - from now on a crash ends in a dump
 *
 * Call it after fadump_crash_prepare(), when firmware has the plan. Before this call
 * a crash ends in kdump or in a reboot.
 *
 * Context: process context.
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
 * crash_fadump() gets every oops. An oops is fatal only if the kernel would panic
 * because of it. A system reset is always fatal. panic() itself passes no registers.
 */
static bool is_fatal(const struct pt_regs *regs)
{
	return !regs || is_system_reset(regs) || in_interrupt() ||
	       panic_on_oops || !current->pid || is_global_init(current);
}

/* Is this CPU in the crash path already? Then it has oopsed there. */
static bool is_crashing_cpu(void)
{
	return READ_ONCE(crashing_cpu) == raw_smp_processor_id();
}

/*
 * Another CPU owns the crash. Firmware stops this CPU in the loop. If firmware refuses
 * the dump, the loop ends and the CPU goes on with its panic.
 */
static void wait_for_firmware(void)
{
	atomic_inc(&nr_waiting);
	while (READ_ONCE(armed))
		cpu_relax();
	atomic_dec(&nr_waiting);
}

/*
 * A system reset interrupts all CPUs. Give the others time to reach
 * wait_for_firmware(), for better backtraces.
 */
static void wait_for_other_cpus(void)
{
	int ms;

	for (ms = 0; ms < STOP_WAIT_MS; ms++) {
		if (atomic_read(&nr_waiting) >= (int)num_online_cpus() - 1)
			return;
		mdelay(1);
	}
}

static void write_records(const struct armed *a, int cpu, struct pt_regs *regs)
{
	u32 compat_cpu = a->backend->records_name_hw_id ?
			 get_hard_smp_processor_id(cpu) : cpu;

	crash_save_vmcoreinfo();
	fadmpsig_commit(a->compat, sizeof(struct cpumask), compat_cpu, regs,
			cpu_online_mask);
	write_cpus(&a->record);
	fadump_crash_info_set_regs(&a->record, cpu, regs,
				   sizeof(regs->user_regs) / sizeof(u64));
	/* Write the commit word last: it says that the record is complete. */
	smp_wmb();
	fadump_crash_info_commit(&a->record);
	/* For tools that read crash_notes. A failure cannot damage the committed record. */
	if (crash_notes)
		crash_save_cpu(regs, cpu);
}

/* Set panic_cpu as panic() does: debuggers find the crashing CPU by it. */
static void set_panic_cpu(int cpu)
{
	if (atomic_cmpxchg(&panic_cpu, PANIC_CPU_INVALID, cpu) == PANIC_CPU_INVALID)
		owns_panic_cpu = true;
}

/*
 * Firmware refuses the dump. Waiting CPUs go on, and kdump or a reboot follows.
 * Reset panic_cpu, so that panic() can claim it next. If panic() is the caller,
 * @regs is NULL and panic_cpu stays.
 */
static void abandon_dump(const struct pt_regs *regs)
{
	fadump_crash_disarm();
	if (owns_panic_cpu && regs)
		atomic_set(&panic_cpu, PANIC_CPU_INVALID);
	owns_panic_cpu = false;
}

/*
 * Return true if this CPU may go on. It then writes the records and calls firmware.
 *
 * A CPU that oopses or gets a system reset in the crash path comes here again:
 *
 * - If it was writing the records, it calls firmware without completing them. If they
 *   are not committed, the dump has only firmware's registers.
 * - If it oopsed inside trigger(), it abandons the dump.
 * - If it got a system reset inside trigger(), it calls firmware again. It never
 *   returns to the interrupted call: the system reset may have used that call's stack.
 */
static bool claim_crash(int cpu, const struct pt_regs *regs)
{
	int owner = cmpxchg(&crashing_cpu, -1, cpu);

	if (owner != -1 && owner != cpu) {
		wait_for_firmware();
		return false;
	}
	if (stage == CRASH_TRIGGERED && !is_system_reset(regs)) {
		abandon_dump(regs);
		return false;
	}
	return true;
}

static void trigger_dump(const struct armed *a, struct pt_regs *regs,
			 const char *msg)
{
	struct pt_regs here = { };
	int cpu = smp_processor_id();

	if (!claim_crash(cpu, regs))
		return;
	if (stage == CRASH_NOT_YET) {
		stage = CRASH_WRITING;
		set_panic_cpu(cpu);
		if (!regs)
			ppc_save_regs(&here);
		write_records(a, cpu, regs ?: &here);
		if (is_system_reset(regs))
			wait_for_other_cpus();
	}
	stage = CRASH_TRIGGERED;
	a->backend->trigger(msg);

	abandon_dump(regs);
	stage = CRASH_NOT_YET;
	WRITE_ONCE(crashing_cpu, -1);
	pr_emerg("Firmware did not take the dump, going on without it\n");
	/* Firmware was to stop the other CPUs, so panic() did not. Do it now. */
	if (!regs)
		crash_smp_send_stop();
}

/**
 * crash_fadump - dump if fadump is armed and the crash is fatal
 * @regs: registers at the oops or system reset, NULL from panic()
 * @msg: text for firmware
 *
 * It returns if there is no dump; the caller then goes on as it does without fadump.
 *
 * Context: any, NMI included.
 */
void crash_fadump(struct pt_regs *regs, const char *msg)
{
	/* Pairs with the release in fadump_crash_arm(). */
	const struct armed *a = smp_load_acquire(&armed);
	unsigned long flags;

	if (!a || !(is_fatal(regs) || is_crashing_cpu()))
		return;
	local_irq_save(flags);
	trigger_dump(a, regs, msg);
	local_irq_restore(flags);
}
