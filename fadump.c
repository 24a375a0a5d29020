// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Firmware-assisted dump: the life of a dump and the only state there is.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/cpumask.h>
#include <linux/crash_dump.h>
#include <linux/init.h>
#include <linux/memblock.h>
#include <linux/mutex.h>
#include <linux/of_fdt.h>
#include <linux/panic.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/reboot.h>
#include <linux/sizes.h>
#include <linux/workqueue.h>

#include <asm/fadump.h>
#include <asm/page.h>
#include <asm/sections.h>
#include <asm/setup.h>

#include "fadump-internal.h"

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
 *	                                          leave out what does not suit
 *	fadump_reserve_mem()           plan     fadump_reserve_mem()
 *	  reserve the dump area                   bound the dump against RAM
 *	                                          reserve all above boot memory
 *	                                          plan for the next crash
 *	                                        fadump_setup_param_area()
 *	                                          leave most of it out until release
 *	fadump_cma_init()              lend
 *	fadump_init()                  arm      fadump_init()
 *	                                          notes, ELF headers, /proc/vmcore
 *	crash_fadump()                 crash
 *	                                        fadump_release()   on release_mem
 *	                                          discard, close, free, arm,
 *	                                          plug in what was left out
 *
 * Whether there is a dump is firmware's word alone. fadump= decides about the
 * next one only: a dump is preserved, offered and released with fadump=off too.
 */

static struct fadump_range ram_array[FADUMP_MAX_RANGES];
static struct fadump_range usable_array[FADUMP_MAX_RANGES];
static struct fadump_range firmwares_array[FADUMP_MAX_RANGES];
static struct fadump_range claims_array[FADUMP_MAX_RANGES];
static struct fadump_range high_array[FADUMP_MAX_RANGES];
static struct fadump_range absent_array[FADUMP_MAX_RANGES];

static struct fadump fadump = {
	.lock = __MUTEX_INITIALIZER(fadump.lock),
	.ram = { .r = ram_array, .cap = ARRAY_SIZE(ram_array) },
	.usable = { .r = usable_array, .cap = ARRAY_SIZE(usable_array) },
	.firmwares = {
		.r = firmwares_array, .cap = ARRAY_SIZE(firmwares_array),
	},
	.claims = { .r = claims_array, .cap = ARRAY_SIZE(claims_array) },
	.high = { .r = high_array, .cap = ARRAY_SIZE(high_array) },
	.absent = { .r = absent_array, .cap = ARRAY_SIZE(absent_array) },
};

/*
 * Whoever changes the state after early boot holds it for as long as that takes, also
 * while firmware is busy. A crash does not ask for it, and whoever only looks takes
 * the state's own lock.
 */
static DEFINE_MUTEX(fadump_mutex);

/*
 * One at a time releases. It is taken before the other, and kept while memory is
 * plugged in. That takes long, and a reboot that withdraws the registration or a
 * migration that renews it does not wait for it.
 */
static DEFINE_MUTEX(release_mutex);

/* -------- Early boot -------- */

/**
 * early_init_dt_scan_fw_dump - find out about firmware, and whether it has a dump
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
	fadump_attach(&fadump, backend, node);
	return 1;
}

/**
 * fadump_append_bootargs - make production's command line that of a capture
 *
 * The dead kernel's wishes come last, so that they win.
 *
 * Context: early boot, real mode, before the command line is parsed.
 */
void __init fadump_append_bootargs(void)
{
	if (!is_fadump_active())
		return;
	fadump_bootargs_suit();
	if (fadump.dump.param.size)
		fadump_bootargs_append(&fadump.dump.param);
}

/*
 * Where RAM will end for this kernel: a limit counts bytes of RAM, and the
 * kernel cuts it down to 16 MiB in any case.
 */
static u64 __init address_limit(void)
{
	u64 total = fadump_ranges_total(&fadump.ram);

	return fadump_ranges_limit(&fadump.ram, ALIGN_DOWN(memory_limit ?
				   min_t(u64, memory_limit, total) : total,
				   SZ_16M));
}

/* What the command line asks for, or else is likely to be enough. */
static u64 asked_boot_mem __initdata;
static u64 wanted_boot_mem __initdata;

static void __init complain_no_plan(const struct fadump_request *req,
				    enum fadump_why why)
{
	switch (why) {
	case FADUMP_WHY_TOO_SMALL:
		pr_err("Can't enable fadump with boot memory size (%#llx) less than %#llx\n",
		       req->boot_mem_size, req->min_boot_mem);
		break;
	case FADUMP_WHY_HOLES:
		pr_err("Too many holes in boot memory area to enable fadump\n");
		break;
	default:
		pr_err("Failed to find memory chunk for reservation!\n");
		break;
	}
}

static int __init make_plan(u64 floor)
{
	const struct fadump_backend *backend = fadump.backend;
	const struct fadump_fw *fw = &fadump.fw;
	struct fadump_request req = {
		.boot_mem_size = wanted_boot_mem,
		.min_boot_mem = fw->min_boot_mem,
		.max_copies = backend->max_copies,
		.max_copy = backend->max_copy,
		.cpu_size = fw->cpu_size,
		.hpte_size = fw->hpte_size,
		.info_size = CRASH_INFO_OFFSET + fadump_crash_info_size(NR_CPUS),
		.meta_size = fw->meta_size,
		.param_size = FADUMP_BOOTARGS_SZ,
		.window = fw->window,
		.floor = floor,
		.ceiling = fadump.limit,
		/* The capture kernel's pages may be larger than ours. */
		.page_size = max_t(u64, PAGE_SIZE, SZ_64K),
	};
	enum fadump_why why;
	int rc;

	rc = fadump_layout_plan(&fadump.usable, &fadump.claims, &req,
				&fadump.plan, &why);
	if (rc) {
		complain_no_plan(&req, why);
		return rc;
	}
	/* A mistake of ours must not become somebody else's memory. */
	if (WARN_ON(fadump_ranges_overlap(&fadump.claims, fadump.plan.area.base,
					  fadump.plan.area.size)))
		return -EFAULT;
	return 0;
}

static int __init plan_production(void)
{
	int rc;

	rc = make_plan(0);
	if (rc)
		return rc;
	rc = memblock_reserve(fadump.plan.area.base, fadump.plan.area.size);
	if (rc) {
		pr_err("Failed to reserve memory!\n");
		return rc;
	}
	fadump.state = FADUMP_PLANNED;
	fadump.enabled = true;
	pr_info("Reserved %lluMB of memory at %#016llx (System RAM: %lluMB)\n",
		fadump.plan.area.size / SZ_1M, fadump.plan.area.base,
		(u64)memblock_phys_mem_size() / SZ_1M);
	pr_info("Boot memory is %lluMB, a capture is expected to need %lluMB\n",
		fadump.plan.boot_mem_size / SZ_1M, fadump.need / SZ_1M);
	return 0;
}

/* Memory that the dead kernel used and that nothing may use now. */
static int __init preserve(void)
{
	u64 top = fadump.dump.boot_mem_top, end = memblock_end_of_DRAM();
	u32 i;
	int rc;

	/*
	 * One reservation, holes included: memblock has a fixed number of them so
	 * early, and RAM may have as many pieces. RAM that did not fit into the
	 * set counts as well.
	 */
	rc = top < end ? memblock_reserve(top, end - top) : 0;
	if (rc || !fadump.is_surveyed)
		return rc;
	rc = fadump_ranges_copy(&fadump.high, &fadump.ram) ?:
	     fadump_ranges_subtract(&fadump.high, 0, top);
	for (i = 0; !rc && i < fadump.high.nr; i++)
		pr_info("Reserving %lluMB of memory at %#016llx for preserving crash data\n",
			fadump.high.r[i].size / SZ_1M, fadump.high.r[i].base);
	return rc;
}

/*
 * Nobody can say how much of memory the dead kernel's boot memory was. It most
 * likely had the command line that this one has. An estimate of its own may have
 * been another, but no less than firmware's minimum.
 */
static u64 __init guess_top(void)
{
	u64 guess = asked_boot_mem ?: fadump.fw.min_boot_mem;

	return ALIGN(fadump_ranges_limit(&fadump.usable, guess), SZ_64K);
}

/*
 * The area for the next dump comes out of the memory that this one occupies,
 * and will be in use only after release.
 */
static void __init plan_capture(void)
{
	pr_info("Firmware-assisted dump is active.\n");
	fadump_dump_settle(&fadump.dump, &fadump.ram, &fadump.usable,
			   __pa(_end), guess_top(), PAGE_SIZE);
	fadump.kept_from = fadump.dump.boot_mem_top;
	fadump.boot_mem = fadump_ranges_total_below(&fadump.usable,
						    fadump.kept_from);
	fadump_hugetlb_withhold();
	if (preserve())
		panic("fadump: cannot keep the dump's memory, and will not damage it\n");
	fadump.enabled = fadump.is_surveyed && fadump.mode != FADUMP_MODE_OFF &&
			 !make_plan(fadump.dump.boot_mem_top);
}

static struct fadump_range raw_array[FADUMP_MAX_RANGES] __initdata;

/* Whole pages, as somebody's byte keeps all of its page from us. */
static int __init survey_claims(void)
{
	struct fadump_ranges raw = {
		.r = raw_array, .cap = ARRAY_SIZE(raw_array),
	};

	return fadump_claims_collect(&raw) ?:
	       (is_fadump_active() ? 0 : fadump_gigantic_collect(&raw)) ?:
	       fadump_ranges_page_out(&fadump.claims, &raw, PAGE_SIZE);
}

/*
 * A kernel of small pages may use the rest of a large one that is firmware's in
 * part, so that one is still copied. What this kernel shows is another matter.
 */
static int __init survey_usable(void)
{
	struct fadump_ranges raw = {
		.r = raw_array, .cap = ARRAY_SIZE(raw_array),
	};

	return fadump_firmware_collect(&raw) ?:
	       fadump_ranges_page_out(&fadump.firmwares, &raw, PAGE_SIZE) ?:
	       fadump_ranges_copy(&fadump.usable, &fadump.ram) ?:
	       fadump_ranges_subtract_pages(&fadump.usable, &raw, SZ_64K);
}

/**
 * fadump_reserve_mem - set memory aside, for the next dump or for the last one
 *
 * Context: early boot, real mode; memblock knows all RAM, and of what is taken
 * the kernel itself.
 *
 * Return: 1 if there is nothing left to do for kdump, 0 if kdump may reserve
 * memory.
 */
int __init fadump_reserve_mem(void)
{
	bool wanted;

	fadump.mode = fadump_cmdline_mode();
	wanted = fadump.mode != FADUMP_MODE_OFF;
	if (!fadump.backend) {
		if (wanted)
			pr_info("Firmware-Assisted Dump is not supported on this hardware\n");
		return 0;
	}
	fadump.need = fadump_need_estimate(fadump.backend, &fadump.fw);
	if (!wanted && !is_fadump_active())
		return 0;
	fadump.is_surveyed = !(fadump_ram_collect(&fadump.ram) ?:
			       survey_claims() ?: survey_usable());
	fadump.limit = address_limit();
	asked_boot_mem = fadump_cmdline_boot_mem();
	wanted_boot_mem = asked_boot_mem ?: fadump.need;
	if (!fadump.is_surveyed)
		pr_err("Too many pieces of memory, fadump is off\n");
	if (is_fadump_active()) {
		plan_capture();
		return 1;
	}
	return fadump.is_surveyed && !plan_production();
}

/*
 * Linux 6.12 looks at every page of a reservation when it sets up struct pages, and
 * a hole in RAM may be of TiBs.
 */
static void __init free_holes(void)
{
	u64 at = fadump.dump.boot_mem_top;
	u32 i;

	for (i = 0; i < fadump.high.nr; i++) {
		const struct fadump_range *r = &fadump.high.r[i];

		if (at < r->base)
			memblock_phys_free(at, r->base - at);
		at = fadump_range_end(r);
	}
}

/**
 * fadump_setup_param_area - what had to wait until the MMU type is known
 *
 * Context: early boot, real mode, before there is a linear mapping.
 */
void __init fadump_setup_param_area(void)
{
	if (fadump.enabled)
		fadump_bootargs_place(&fadump.plan.param);
	/* Other kernels would take a window's section for that of boot arguments. */
	if (fadump.enabled && !fadump.plan.param.size)
		fadump_layout_drop_window(&fadump.plan);
	if (!is_fadump_active())
		return;
	/* The kernel has looked for gigantic pages of firmware's by now. */
	fadump_hugetlb_allow();
	free_holes();
	fadump_leave_out(&fadump);
}

/* -------- Lending to CMA -------- */

/**
 * fadump_lendable - what CMA may have
 *
 * Return: the range, or NULL for nothing.
 */
const struct fadump_range * __init fadump_lendable(void)
{
	if (fadump.state != FADUMP_PLANNED || fadump.mode != FADUMP_MODE_ON)
		return NULL;
	return &fadump.plan.lend;
}

/* -------- Arming and releasing -------- */

/**
 * fadump_register - arm or disarm
 * @on: arm, also where it is armed already
 *
 * Context: process context, may sleep.
 *
 * Return: 0; -EPERM where fadump is off or a dump is waiting; what firmware
 * answered otherwise. After an error it is as it was.
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
 * fadump_migrated - this partition runs on another machine now
 *
 * Its firmware does not know of any registration, and may want other sizes.
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
 * Plug in what was left out for the dump. Nothing but this changes it once the dump is
 * gone, so that everything else goes on meanwhile. It is armed already: a crash in the
 * middle of it ends in a dump.
 */
static int return_absent(void)
{
	int rc = fadump_absent_return(&fadump.absent);

	/* What that needed counts as well, also where it did not succeed. */
	fadump_peak_end();
	return rc;
}

static int end_dump(enum fadump_fate fate)
{
	int rc = 0;

	mutex_lock(&fadump_mutex);
	if (fadump.state == FADUMP_CAPTURED) {
		fadump_peak_sample();
		rc = fadump_give_back(&fadump, fate);
	} else if (!fadump.absent.nr) {
		rc = -EPERM;
	}
	if (!rc)
		fadump_hugetlb_allow();
	mutex_unlock(&fadump_mutex);
	return rc;
}

static int release(enum fadump_fate fate)
{
	int rc;

	if (!mutex_trylock(&release_mutex))
		return -EBUSY;
	rc = end_dump(fate) ?: return_absent();
	mutex_unlock(&release_mutex);
	return rc;
}

/**
 * fadump_release - the dump has been dealt with: give its memory back
 *
 * Takes /proc/vmcore away, frees what the next dump does not need, arms, and
 * plugs in what was left out. Where that last step failed it is tried again.
 *
 * Context: process context, may sleep, takes as long as there is memory to free.
 *
 * Return: 0; -EPERM where no dump is waiting; -EBUSY while another release is under
 * way or a process has /proc/vmcore open or mapped; -errno where firmware would not
 * let go of it, then all is as before, or where memory could not be plugged in.
 */
int fadump_release(void)
{
	return release(FADUMP_FATE_RELEASED);
}

/**
 * fadump_set_bootargs - set the extra arguments of the next capture kernel
 * @text: printable characters
 * @len: how many
 *
 * Return: 0; -EPERM where fadump is off or a dump is waiting, -EINVAL for too
 * long a text, -ENOSPC where it does not fit behind the present command line.
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
 * fadump_inspect - look at the state
 * @fn: what to do; it may not sleep for long
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

/* -------- What the rest of the kernel asks -------- */

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
 * is_fadump_memory_area - must this memory stay?
 * @addr: first byte
 * @size: how many
 *
 * Context: process context, memory hot-remove.
 */
bool is_fadump_memory_area(u64 addr, unsigned long size)
{
	u32 i;

	if (is_fadump_active() || READ_ONCE(fadump.absent.nr))
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
 * is_fadump_preserved - is this part of a dump that is waiting?
 * @addr: first byte of what kexec will overwrite
 * @size: how many
 *
 * Memory that came after the crash is refused as well: the next kernel keeps
 * everything from there on for the dump, and has no use of what is loaded there.
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
 * fadump_add_deferred - count the memory that is added at the release
 * @size: bytes of memory that are there, result with those still to come
 *
 * Firmware has made the hash table for all of the machine. It may grow with
 * that, but not shrink while a part of it is away.
 *
 * Context: memory hotplug, with the device hotplug lock held.
 *
 * Return: true as long as there is such memory.
 */
bool fadump_add_deferred(unsigned long *size)
{
	*size += fadump_ranges_total(&fadump.absent);
	return READ_ONCE(fadump.absent.nr);
}

/* The machine is going down because somebody asked for it. */
static bool is_orderly;

static int note_reboot(struct notifier_block *nb, unsigned long how, void *cmd)
{
	is_orderly = true;
	return NOTIFY_DONE;
}

static struct notifier_block reboot_block = {
	.notifier_call = note_reboot,
};

/* A script that failed, or that never came so far, gets another try. */
static void go_down_with_dump(void)
{
	fadump_peak_report();
	if (!fadump_readers_have_saved()) {
		pr_warn("The dump has not been saved, %s\n",
			fadump.backend->keeps_dump ?
				"firmware keeps it for the next boot" :
				"it outlives kexec, but no reset");
		return;
	}
	pr_notice("A program has saved the dump, it is discarded\n");
	if (!fadump.backend->discard(false))
		fadump_capture_end();
}

/**
 * fadump_cleanup - the machine goes down
 *
 * An orderly reboot, halt or kexec withdraws the registration, and discards a
 * dump that a program has saved. A panic or an emergency restart does neither: the
 * dump has to outlive it, and the next kernel replaces a registration that is left.
 *
 * Context: any. Where the mutex is taken nothing is done.
 */
void fadump_cleanup(void)
{
	/* A watchdog or SysRq that restarts comes from an interrupt. */
	if (!is_orderly || in_hardirq() ||
	    atomic_read(&panic_cpu) != PANIC_CPU_INVALID ||
	    !mutex_trylock(&fadump_mutex))
		return;
	if (fadump.state == FADUMP_CAPTURED)
		go_down_with_dump();
	else if (fadump.state == FADUMP_ARMED)
		fadump_disarm(&fadump, false);
	mutex_unlock(&fadump_mutex);
}

static void __init note_amounts(struct fadump_origin *o,
				const struct fadump_dump *dump)
{
	u32 i;

	o->high_mem = fadump_ranges_total(&fadump.high);
	for (i = 0; i < dump->nr_copies; i++)
		if (dump->copy[i].src < dump->boot_mem_top)
			o->boot_mem += dump->copy[i].size;
		else
			o->high_mem += dump->copy[i].size;
	o->lost = dump->lost;
}

/* What is to become of a dump that is not offered. */
static enum fadump_fate useless __initdata;

/* Offer the dump, unless that is of no use any more. */
static void __init open_dump(void)
{
	int rc = fadump_capture_open(&fadump);

	note_amounts(&fadump.origin, &fadump.dump);
	if (rc == -ESTALE) {
		pr_info("There is only the description of a dump that was given back\n");
		useless = FADUMP_FATE_STALE;
	} else if (rc == -EDQUOT) {
		pr_warn("%u attempts to save the dump have failed, it is given up (fadump_attempts=)\n",
			fadump_cmdline_attempts());
		useless = FADUMP_FATE_GIVEN_UP;
	} else {
		fadump_peak_begin(fadump.boot_mem, fadump.fw.min_boot_mem);
	}
}

/*
 * A registration of an earlier boot would dump over what lives there now. Boot
 * does not wait for firmware that is busy. Without a plan nothing else calls the
 * backend, so that no lock is needed, and files can be read meanwhile.
 */
static void withdraw_stale(struct work_struct *work)
{
	fadump.backend->disarm(true);
}

static DECLARE_WORK(withdraw_work, withdraw_stale);

/*
 * Early enough for fs/proc/vmcore.c to find a core, late enough for VMCOREINFO
 * to be there.
 */
static int __init fadump_init(void)
{
	if (!fadump.backend)
		return 0;
	fadump_absent_claim(&fadump.absent);
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
	fadump_debugfs_init();
	return fadump_sysfs_init();
}
subsys_initcall_sync(fadump_init);

/*
 * Not before of_fdt_raw_init() has looked whether the flat tree is as it came:
 * a dump's description is taken out of it. Where it fails, the file is there to
 * try again.
 */
static int __init give_back_useless(void)
{
	return useless ? release(useless) : 0;
}
late_initcall_sync(give_back_useless);
