// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Firmware-assisted dump: the state, and the functions that the rest of the kernel
 * and the files in sysfs call.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/panic.h>
#include <linux/preempt.h>
#include <linux/reboot.h>
#include <linux/workqueue.h>

#include <asm/fadump.h>
#include <asm/setup.h>

#include "boot/boot.h"
#include "capture/capture.h"
#include "memory/memory.h"

/**
 * DOC: The life of a dump
 *
 * ::
 *
 *	production kernel                       capture kernel
 *
 *	early_init_dt_scan_fw_dump()   probe    early_init_dt_scan_fw_dump()
 *	                                          decode: a dump is waiting
 *	                                        fadump_append_bootargs()
 *	                                          filter the command line
 *	fadump_reserve_mem()           plan     fadump_reserve_mem()
 *	  reserve the dump area                   bound the dump against RAM
 *	                                          reserve all above boot memory
 *	                                          plan for the next crash
 *	                                        fadump_setup_param_area()
 *	                                          defer most of that memory
 *	fadump_cma_init()              CMA
 *	fadump_init()                  arm      fadump_init()
 *	                                          notes, ELF headers, /proc/vmcore
 *	crash_fadump()                 crash
 *	                                        fadump_release()   on release_mem
 *	                                          discard, remove /proc/vmcore,
 *	                                          return memory, arm,
 *	                                          add deferred memory
 *
 * Firmware alone decides whether there is a dump. fadump= decides about the next
 * dump only. With fadump=off this kernel still preserves a waiting dump, shows it as
 * /proc/vmcore, and can release it.
 */

static struct fadump_range ram_array[FADUMP_MAX_RANGES];
static struct fadump_range usable_array[FADUMP_MAX_RANGES];
static struct fadump_range fw_owned_array[FADUMP_MAX_RANGES];
static struct fadump_range reserved_array[FADUMP_MAX_RANGES];
static struct fadump_range unmoved_array[FADUMP_MAX_RANGES];
static struct fadump_range deferred_array[FADUMP_MAX_RANGES];

static struct fadump fadump = {
	.lock = __MUTEX_INITIALIZER(fadump.lock),
	.ram = { .r = ram_array, .cap = ARRAY_SIZE(ram_array) },
	.usable = { .r = usable_array, .cap = ARRAY_SIZE(usable_array) },
	.fw_owned = { .r = fw_owned_array, .cap = ARRAY_SIZE(fw_owned_array) },
	.reserved = { .r = reserved_array, .cap = ARRAY_SIZE(reserved_array) },
	.unmoved = { .r = unmoved_array, .cap = ARRAY_SIZE(unmoved_array) },
	.deferred = { .r = deferred_array, .cap = ARRAY_SIZE(deferred_array) },
};

/*
 * Protects every change of the state after early boot. Its holder may wait for
 * firmware. So the crash path does not take it, and fadump_inspect() takes the
 * state's own lock instead.
 */
static DEFINE_MUTEX(fadump_mutex);

/*
 * Serializes releases. Take it before fadump_mutex. A release takes long to add
 * deferred memory, and holds only this mutex then: a reboot that withdraws the
 * registration, or a migration that renews it, does not wait for the release.
 */
static DEFINE_MUTEX(release_mutex);

/* -------- Early boot -------- */

/**
 * early_init_dt_scan_fw_dump - find the firmware, and whether it has a dump
 * @node: node of the flat tree
 * @uname: its name
 * @depth: its depth
 * @data: not used
 *
 * Context: early boot, real mode, memblock is empty.
 *
 * Return: 1 to end the scan, 0 to go on.
 */
int __init early_init_dt_scan_fw_dump(unsigned long node, const char *uname,
				      int depth, void *data)
{
	const struct fadump_backend *backend;

	if (depth != 1)
		return 0;
	backend = fadump_backend_at(uname);
	if (!backend)
		return 0;
	fadump_probe(&fadump, backend, node);
	return 1;
}

/**
 * fadump_append_bootargs - turn production's command line into the capture kernel's
 *
 * The crashed kernel's extra arguments come last, so that they override others.
 *
 * Context: early boot, real mode, before the command line is parsed.
 */
void __init fadump_append_bootargs(void)
{
	if (!is_fadump_active())
		return;
	fadump_bootargs_filter();
	if (fadump.dump.param.size)
		fadump_bootargs_append(&fadump.dump.param);
}

/**
 * fadump_reserve_mem - set memory aside, for the next dump or for the last one
 *
 * Context: early boot, real mode. memblock has all RAM, but of the reserved ranges
 * only those of the kernel itself.
 *
 * Return: 1 if kdump must not reserve memory, 0 if it may.
 */
int __init fadump_reserve_mem(void)
{
	return fadump_reserve(&fadump);
}

/**
 * fadump_setup_param_area - reserve what depends on the type of the MMU
 *
 * Context: early boot, real mode, before the linear mapping is made.
 */
void __init fadump_setup_param_area(void)
{
	fadump_reserve_late(&fadump);
}

/* -------- Arming and releasing -------- */

/**
 * fadump_register - arm or disarm
 * @on: true to arm, or to arm again; false to disarm
 *
 * Context: process context, may sleep.
 *
 * Return: 0; -EPERM if fadump is off or a dump is waiting; otherwise firmware's
 * answer as -errno. An error changes nothing.
 */
int fadump_register(bool on)
{
	int rc = 0;

	mutex_lock(&fadump_mutex);
	if (!fadump.enabled || fadump.state == FADUMP_CAPTURED)
		rc = -EPERM;
	else if (on)
		rc = fadump_arm(&fadump);
	else if (fadump.state == FADUMP_ARMED)
		rc = fadump_disarm(&fadump, true);
	mutex_unlock(&fadump_mutex);
	return rc;
}

/**
 * fadump_migrated - this partition was migrated to another machine
 *
 * The firmware there does not know the registration, and may want other sizes. So
 * the function arms again.
 *
 * Context: process context, may sleep.
 */
void fadump_migrated(void)
{
	mutex_lock(&fadump_mutex);
	if (fadump.state == FADUMP_CAPTURED)
		pr_warn("The partition has migrated, and firmware does not know of the dump: save it before a restart\n");
	fadump_rearm(&fadump);
	mutex_unlock(&fadump_mutex);
}

/*
 * The caller does not hold fadump_mutex. Once the dump is released, only this
 * function changes the set. fadump is armed again by then, so a crash during this
 * function ends in a dump.
 */
static int add_deferred_memory(void)
{
	int rc = fadump_deferred_add(&fadump.deferred);

	/* Adding takes memory, so measure until here. Stop after a failure, too. */
	fadump_usage_end();
	return rc;
}

static int release_dump(enum fadump_outcome outcome)
{
	int rc = 0;

	mutex_lock(&fadump_mutex);
	if (fadump.state == FADUMP_CAPTURED) {
		fadump_usage_sample();
		rc = fadump_release_locked(&fadump, outcome);
	} else if (!fadump.deferred.nr) {
		rc = -EPERM;
	}
	if (!rc)
		fadump_hugetlb_enable();
	mutex_unlock(&fadump_mutex);
	return rc;
}

static int release_all(enum fadump_outcome outcome)
{
	int rc;

	if (!mutex_trylock(&release_mutex))
		return -EBUSY;
	rc = release_dump(outcome) ?: add_deferred_memory();
	mutex_unlock(&release_mutex);
	return rc;
}

/**
 * fadump_release - release the dump and return its memory
 *
 * It removes /proc/vmcore, returns memory to the page allocator, arms, and adds
 * deferred memory. If an earlier call failed to add deferred memory, this call
 * repeats only that step.
 *
 * Context: process context, may sleep; takes time in proportion to the memory.
 *
 * Return: 0; -EPERM if no dump is waiting; -EBUSY while another release runs or a
 * process has /proc/vmcore open or mapped; -errno if firmware refuses to discard the
 * dump, and then nothing has changed; -errno if memory could not be added.
 */
int fadump_release(void)
{
	return release_all(FADUMP_OUTCOME_RELEASED);
}

/**
 * fadump_set_bootargs - set the extra arguments of the next capture kernel
 * @text: printable characters
 * @len: how many
 *
 * Return: 0; -EPERM if fadump is off or a dump is waiting; -EINVAL if the text is too
 * long; -ENOSPC if the present command line has no room for the text.
 */
int fadump_set_bootargs(const char *text, size_t len)
{
	int rc = 0;

	if (len >= FADUMP_BOOTARGS_SZ)
		return -EINVAL;
	mutex_lock(&fadump_mutex);
	if (!fadump.enabled || fadump.state == FADUMP_CAPTURED ||
	    !fadump.plan.param.size) {
		rc = -EPERM;
	} else if (strlen(saved_command_line) + 1 + len >= COMMAND_LINE_SIZE) {
		pr_err("The command line has no room for %zu more characters\n",
		       len);
		rc = -ENOSPC;
	} else {
		mutex_lock(&fadump.lock);
		fadump_bootargs_write(&fadump.plan.param, text, len);
		mutex_unlock(&fadump.lock);
	}
	mutex_unlock(&fadump_mutex);
	return rc;
}

/**
 * fadump_is_supported - does this machine have firmware that can dump?
 *
 * Context: any, after early boot.
 */
bool fadump_is_supported(void)
{
	return fadump.backend;
}

/**
 * fadump_inspect - read the state under its lock
 * @fn: reads the state; must not wait for firmware or memory
 * @arg: for @fn
 *
 * Context: process context, may sleep.
 *
 * Return: what @fn returns.
 */
int fadump_inspect(int (*fn)(const struct fadump *f, void *arg), void *arg)
{
	int rc;

	mutex_lock(&fadump.lock);
	rc = fn(&fadump, arg);
	mutex_unlock(&fadump.lock);
	return rc;
}

/* -------- For the rest of the kernel -------- */

/**
 * is_fadump_active - is a dump waiting to be saved?
 *
 * Context: any, from the scan of the flat tree on.
 */
bool is_fadump_active(void)
{
	return READ_ONCE(fadump.state) == FADUMP_CAPTURED;
}

/**
 * is_fadump_memory_area - must hot-remove leave this memory alone?
 * @addr: first byte
 * @size: bytes
 *
 * Context: process context, memory hot-remove.
 */
bool is_fadump_memory_area(u64 addr, unsigned long size)
{
	u32 i;

	if (is_fadump_active() || READ_ONCE(fadump.deferred.nr))
		return true;
	if (!fadump.enabled)
		return false;
	for (i = 0; i < fadump.plan.nr_copies; i++) {
		const struct fadump_range src = {
			.base = fadump.plan.copy[i].src,
			.size = fadump.plan.copy[i].size,
		};

		if (fadump_range_overlaps(&src, addr, size))
			return true;
	}
	return fadump_range_overlaps(&fadump.plan.area, addr, size);
}

/**
 * is_fadump_preserved - does a kexec segment overwrite a waiting dump?
 * @addr: first byte of the segment
 * @size: bytes
 *
 * The next kernel keeps all memory above the boot memory for the dump, memory that was
 * added after the crash included. So a segment must lie in the boot memory.
 *
 * Context: process context, a kexec image is loaded.
 */
bool is_fadump_preserved(u64 addr, u64 size)
{
	if (!is_fadump_active() || !size || addr + size <= fadump.kept_from)
		return false;
	pr_err("kexec segment %#llx - %#llx refused: a dump is waiting in memory from %#llx on, save and release it first\n",
	       addr, addr + size, fadump.kept_from);
	return true;
}

/**
 * fadump_count_deferred - add the bytes of deferred memory to a sum
 * @size: bytes of memory that this kernel has; result, with deferred memory
 *
 * The caller computes the size of the hash table from @size. Firmware made the table
 * for the whole machine. The caller may enlarge it, but must not shrink it while
 * memory is deferred.
 *
 * Context: memory hotplug, with the device hotplug lock held.
 *
 * Return: true as long as there is deferred memory.
 */
bool fadump_count_deferred(unsigned long *size)
{
	*size += fadump_ranges_total(&fadump.deferred);
	return READ_ONCE(fadump.deferred.nr);
}

/* An administrator or a program asked for this reboot. */
static bool is_orderly;

static int note_reboot(struct notifier_block *nb, unsigned long how, void *cmd)
{
	is_orderly = true;
	return NOTIFY_DONE;
}

static struct notifier_block reboot_block = {
	.notifier_call = note_reboot,
};

/*
 * Keep a dump that no program has saved: firmware may preserve it, and then the next
 * boot can save it.
 */
static void discard_dump_if_saved(void)
{
	fadump_usage_report();
	if (!fadump_readers_have_saved()) {
		pr_warn("The dump has not been saved, %s\n",
			fadump.backend->keeps_dump ?
				"firmware keeps it for the next boot" :
				"it outlives kexec, but no reset");
		return;
	}
	pr_notice("A program has saved the dump, it is discarded\n");
	if (!fadump.backend->discard(false))
		fadump_vmcore_mark_ended();
}

/**
 * fadump_cleanup - the machine goes down
 *
 * An orderly reboot, halt or kexec withdraws the registration, and discards a dump
 * that a program has saved. A panic or an emergency restart does neither: the dump
 * must survive it, and the next kernel replaces the registration.
 *
 * Context: any. It does nothing if fadump_mutex is held.
 */
void fadump_cleanup(void)
{
	/* A watchdog or SysRq restarts from an interrupt: that is not orderly. */
	if (!is_orderly || in_hardirq() ||
	    atomic_read(&panic_cpu) != PANIC_CPU_INVALID ||
	    !mutex_trylock(&fadump_mutex))
		return;
	if (fadump.state == FADUMP_CAPTURED)
		discard_dump_if_saved();
	else if (fadump.state == FADUMP_ARMED)
		fadump_disarm(&fadump, false);
	mutex_unlock(&fadump_mutex);
}

static void __init count_memory(struct fadump_summary *sum,
				const struct fadump_dump *dump)
{
	u32 i;

	sum->unmoved_mem = fadump_ranges_total(&fadump.unmoved);
	for (i = 0; i < dump->nr_copies; i++)
		if (dump->copy[i].src < dump->boot_mem_top)
			sum->boot_mem += dump->copy[i].size;
		else
			sum->unmoved_mem += dump->copy[i].size;
	sum->missing = dump->missing;
}

/* The outcome of a dump that boot itself releases, else FADUMP_OUTCOME_NONE. */
static enum fadump_outcome boot_outcome __initdata;

static void __init open_dump(void)
{
	int rc = fadump_vmcore_create(&fadump);

	count_memory(&fadump.summary, &fadump.dump);
	if (rc == -ESTALE) {
		pr_info("There is only the description of a dump that was released\n");
		boot_outcome = FADUMP_OUTCOME_STALE;
	} else if (rc == -EDQUOT) {
		pr_warn("%u attempts to save the dump have failed, it is given up (fadump_attempts=)\n",
			fadump_cmdline_attempts());
		boot_outcome = FADUMP_OUTCOME_GIVEN_UP;
	} else {
		fadump_usage_begin(fadump.boot_mem, fadump.fw.min_boot_mem);
	}
}

/*
 * This kernel has no plan, but firmware may have a registration of an earlier boot. At
 * a crash it would copy over memory that is in use now. A work withdraws it, so that
 * boot does not wait for busy firmware. The work takes no lock: without a plan nothing
 * else calls the backend.
 */
static void withdraw_stale(struct work_struct *work)
{
	fadump.backend->disarm(true);
}

static DECLARE_WORK(withdraw_work, withdraw_stale);

/*
 * This level runs after the kernel has made its VMCOREINFO, and before
 * fs/proc/vmcore.c looks for a core.
 */
static int __init fadump_init(void)
{
	if (!fadump.backend)
		return 0;
	fadump_deferred_reserve_iomem(&fadump.deferred);
	mutex_lock(&fadump_mutex);
	if (fadump.state == FADUMP_CAPTURED) {
		open_dump();
	} else if (fadump.enabled) {
		if (fadump.plan.param.size)
			fadump_bootargs_carry_over(&fadump.plan.param);
		fadump_arm(&fadump);
	} else {
		queue_work(system_long_wq, &withdraw_work);
	}
	mutex_unlock(&fadump_mutex);
	register_reboot_notifier(&reboot_block);
	return 0;
}
subsys_initcall_sync(fadump_init);

/*
 * A discard removes the dump's description from the flat tree. So this must run after
 * of_fdt_raw_init(), which checks that the flat tree is unchanged. If it fails, a
 * write to release_mem tries again.
 */
static int __init release_at_boot(void)
{
	return boot_outcome ? release_all(boot_outcome) : 0;
}
late_initcall_sync(release_at_boot);
