// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Release: firmware discards the dump, /proc/vmcore goes away, memory returns, and
 * fadump is armed again.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include "boot/boot.h"
#include "memory/memory.h"

/**
 * fadump_releasable - the memory that a release returns
 * @f: the state, captured
 * @set: result
 *
 * That is all memory which is kept for the dump, except for reserved ranges, the
 * area of the next dump, and RAM beyond this kernel's limit.
 *
 * Context: early boot or process context.
 *
 * Return: 0 or -errno. If the map of memory is not complete, the function returns 0
 * and adds nothing to @set.
 */
int fadump_releasable(const struct fadump *f, struct fadump_ranges *set)
{
	const struct fadump_range none = { };
	const struct fadump_range *keep = f->enabled ? &f->plan.area : &none;
	u64 end = f->limit;

	if (!f->has_memory_map) {
		pr_err("The map of memory is not complete, none is released\n");
		return 0;
	}
	return fadump_ranges_copy(set, &f->ram) ?:
	       fadump_ranges_subtract(set, 0, f->kept_from) ?:
	       fadump_ranges_subtract(set, end, U64_MAX - end) ?:
	       fadump_ranges_subtract(set, keep->base, keep->size) ?:
	       fadump_ranges_subtract_set(set, &f->reserved);
}

static void forget_dump(struct fadump *f, enum fadump_outcome outcome, u64 freed)
{
	mutex_lock(&f->lock);
	f->release_total = freed + fadump_ranges_total(&f->deferred);
	f->summary.outcome = outcome;
	memset(&f->dump, 0, sizeof(f->dump));
	f->unmoved.nr = 0;
	WRITE_ONCE(f->state, f->enabled ? FADUMP_PLANNED : FADUMP_OFF);
	mutex_unlock(&f->lock);
}

static struct fadump_range set_array[FADUMP_MAX_RANGES];

/**
 * fadump_release_locked - release the dump, except for deferred memory
 * @f: the state, captured
 * @outcome: what becomes of the dump
 *
 * Firmware discards the dump before this function touches the dump's memory. A stale
 * dump needs no discard, because firmware does not have it any more. The function
 * may wait for firmware, but never for a program. It succeeds even if fadump cannot
 * be armed again, because the memory has already returned. The caller then adds
 * deferred memory.
 *
 * Context: process context, may sleep; the caller keeps other writers away.
 *
 * Return: 0; -EBUSY while a process has /proc/vmcore open or mapped; another -errno.
 * An error changes nothing.
 */
int fadump_release_locked(struct fadump *f, enum fadump_outcome outcome)
{
	struct fadump_ranges set = {
		.r = set_array, .cap = ARRAY_SIZE(set_array),
	};
	int rc;

	rc = fadump_releasable(f, &set) ?:
	     fadump_ranges_subtract_set(&set, &f->deferred);
	rc = rc ?: fadump_vmcore_forbid_open();
	if (rc)
		return rc;
	if (outcome != FADUMP_OUTCOME_STALE)
		rc = f->backend->discard(true);
	if (rc) {
		fadump_vmcore_allow_open();
		return rc;
	}

	fadump_vmcore_mark_ended();
	fadump_vmcore_remove();
	fadump_pages_release(&set);
	/* Overwrite the old contents of this slot before sysfs shows them. */
	if (f->enabled && f->plan.param.size)
		fadump_bootargs_carry_over(&f->plan.param);
	forget_dump(f, outcome, fadump_ranges_total(&set));
	if (!f->enabled)
		return 0;
	if (f->mode == FADUMP_MODE_ON)
		fadump_cma_restore(&f->plan.cma);
	if (fadump_arm(f))
		pr_warn("Not armed again, a crash ends without a dump\n");
	return 0;
}
