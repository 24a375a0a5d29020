// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From one state to the next: attach, arm, disarm, give back.
 *
 * All of it works on a state that it is given. Whose state that is, and who may
 * change it when, is fadump.c's business.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/mutex.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "fadump-internal.h"

static struct fadump_range free_array[FADUMP_MAX_RANGES];

/* Some ask for it without the lock. */
static void enter(struct fadump *f, enum fadump_state state)
{
	WRITE_ONCE(f->state, state);
}

/**
 * fadump_attach - begin with what a backend finds
 * @f: the state, new
 * @backend: the backend
 * @node: its node in the flat tree
 *
 * Context: early boot, real mode, memblock is empty.
 */
void __init fadump_attach(struct fadump *f, const struct fadump_backend *backend,
			  unsigned long node)
{
	int rc;

	if (backend->probe(node, &f->fw))
		return;
	f->backend = backend;
	if (!f->fw.dump.data)
		return;
	rc = backend->decode(&f->fw, &f->dump);
	if (rc == -ENODATA)
		return;
	/* Memory is kept on firmware's word, whatever else it says. */
	f->state = FADUMP_CAPTURED;
	f->origin.fate = FADUMP_FATE_WAITING;
	f->origin.description = FADUMP_FROM_FIRMWARE;
	if (!rc)
		return;
	f->origin.description = FADUMP_FROM_NOWHERE;
	f->dump.lost |= BIT(FADUMP_LOST_DESCRIPTION);
	f->dump.boot_mem_top = 0;
	f->dump.nr_copies = 0;
}

/**
 * fadump_arm - have firmware dump when the kernel dies
 * @f: the state; there is a plan
 *
 * Armed again is not armed anew: the records are in place and the CPUs may
 * crash at any moment, so only firmware is asked again.
 *
 * Context: process context, may sleep; the caller keeps others away from @f.
 *
 * Return: 0, or what firmware answered.
 */
int fadump_arm(struct fadump *f)
{
	int rc;

	if (f->state == FADUMP_ARMED)
		return f->backend->arm(&f->plan, true);

	rc = fadump_crash_prepare(f->backend, &f->plan) ?:
	     f->backend->arm(&f->plan, false);
	if (rc)
		return rc;
	fadump_crash_arm();
	/* Let panic notifiers, ours among them, run before kdump. */
	crash_kexec_post_notifiers = true;
	enter(f, FADUMP_ARMED);
	return 0;
}

/**
 * fadump_disarm - have firmware forget
 * @f: the state, armed
 * @can_sleep: may firmware be waited for?
 *
 * Firmware that would not forget will dump, so that a crash must say so: after
 * an error it is armed as before.
 *
 * Context: as fadump_arm(), or any with @can_sleep false.
 *
 * Return: 0 or -errno.
 */
int fadump_disarm(struct fadump *f, bool can_sleep)
{
	int rc;

	fadump_crash_disarm();
	rc = f->backend->disarm(can_sleep);
	if (rc) {
		pr_err("Failed to un-register (%d), firmware will still dump\n",
		       rc);
		fadump_crash_arm();
		return rc;
	}
	fadump_crash_void();
	enter(f, FADUMP_PLANNED);
	return 0;
}

/**
 * fadump_rearm - other firmware has taken over, which does not know the plan
 * @f: the state
 *
 * Arms anew what was armed. Where that fails, it is not armed any more.
 *
 * Context: as fadump_arm().
 */
void fadump_rearm(struct fadump *f)
{
	if (f->state != FADUMP_ARMED)
		return;
	fadump_crash_disarm();
	enter(f, FADUMP_PLANNED);
	if (fadump_arm(f))
		fadump_crash_void();
}

/*
 * Everything that was kept because of the dump, less what has other owners,
 * what the next dump needs, and what is beyond this kernel's memory limit.
 */
static int what_to_free(const struct fadump *f, struct fadump_ranges *set)
{
	const struct fadump_range none = { };
	const struct fadump_range *keep = f->enabled ? &f->plan.area : &none;
	u64 end = f->limit;

	if (!f->is_surveyed) {
		pr_err("It is not known whose memory is whose, none is freed\n");
		return 0;
	}
	return fadump_ranges_copy(set, &f->ram) ?:
	       fadump_ranges_subtract(set, 0, f->kept_from) ?:
	       fadump_ranges_subtract(set, end, U64_MAX - end) ?:
	       fadump_ranges_subtract(set, keep->base, keep->size) ?:
	       fadump_ranges_subtract_set(set, &f->claims);
}

static void __init choose_absent(struct fadump *f)
{
	struct fadump_ranges set = {
		.r = free_array, .cap = ARRAY_SIZE(free_array),
	};

	if (what_to_free(f, &set) ||
	    (f->backend->needs_end_of_ram &&
	     fadump_ranges_subtract(&set, f->limit - 1, 1)) ||
	    fadump_ranges_page_in(&f->absent, &set, fadump_absent_block()))
		f->absent.nr = 0;
}

/**
 * fadump_leave_out - do without most of the dump's memory until release
 * @f: the state, captured; all preserved memory is reserved
 *
 * Context: early boot, real mode, the MMU type is known.
 */
void __init fadump_leave_out(struct fadump *f)
{
	const char *why_not = fadump_absent_why_not(f->backend);

	if (why_not || !f->is_surveyed) {
		pr_info("All memory has struct pages before release: %s\n",
			why_not ?: "it is not known whose is whose");
		return;
	}
	choose_absent(f);
	fadump_absent_leave_out(&f->absent);
	pr_info("%lluMB of the dump's memory are left out until release\n",
		fadump_ranges_total(&f->absent) / SZ_1M);
}

/* Nothing of the dump is left. */
static void forget_dump(struct fadump *f, enum fadump_fate fate, u64 freed)
{
	mutex_lock(&f->lock);
	f->kept = freed + fadump_ranges_total(&f->absent);
	f->origin.fate = fate;
	memset(&f->dump, 0, sizeof(f->dump));
	f->high.nr = 0;
	enter(f, f->enabled ? FADUMP_PLANNED : FADUMP_OFF);
	mutex_unlock(&f->lock);
}

/**
 * fadump_give_back - the dump has been dealt with
 * @f: the state, captured
 * @fate: how
 *
 * Takes /proc/vmcore away, frees what the next dump does not need, lends what
 * it does need, and arms. Memory that was left out is the caller's to plug in,
 * afterwards.
 *
 * Firmware discards the dump first, but for a stale one, which it does not have. The
 * function waits for firmware and for no program.
 *
 * Context: as fadump_arm().
 *
 * Return: 0; -EBUSY while a process has /proc/vmcore open or mapped; -errno. After
 * an error everything is as it was.
 */
int fadump_give_back(struct fadump *f, enum fadump_fate fate)
{
	struct fadump_ranges set = {
		.r = free_array, .cap = ARRAY_SIZE(free_array),
	};
	int rc;

	rc = what_to_free(f, &set) ?:
	     fadump_ranges_subtract_set(&set, &f->absent);
	rc = rc ?: fadump_capture_shut();
	if (rc)
		return rc;
	if (fate != FADUMP_FATE_STALE)
		rc = f->backend->discard(true);
	if (rc) {
		fadump_capture_reopen();
		return rc;
	}

	fadump_capture_end();
	fadump_capture_close();
	fadump_pages_release(&set);
	/* Whoever looks afterwards sees arguments, and no memory of the dead kernel. */
	if (f->enabled && f->plan.param.size)
		fadump_bootargs_carry_over(&f->plan.param);
	forget_dump(f, fate, fadump_ranges_total(&set));
	if (!f->enabled)
		return 0;
	if (f->mode == FADUMP_MODE_ON)
		fadump_cma_lend_again(&f->plan.lend);
	/* The memory is back, whatever firmware says of the next crash. */
	if (fadump_arm(f))
		pr_warn("Not armed again\n");
	return 0;
}
