// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Arm and disarm: the records for a crash are prepared, firmware has the plan.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/panic.h>

#include "fadump-internal.h"

/**
 * fadump_arm - make a crash end in a dump
 * @f: the state; there is a plan
 *
 * Where it is armed already the records are complete, and a CPU may crash at any
 * moment and write to them. Only the firmware call is repeated then.
 *
 * Context: process context, may sleep; the caller keeps other writers away.
 *
 * Return: 0, or firmware's answer as -errno.
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
	/* Panic notifiers run before kdump: fadump is one of them. */
	crash_kexec_post_notifiers = true;
	WRITE_ONCE(f->state, FADUMP_ARMED);
	return 0;
}

/**
 * fadump_disarm - make firmware forget the plan
 * @f: the state, armed
 * @can_sleep: this function may wait for firmware
 *
 * Firmware that refuses to forget will dump at the next reset, and that dump needs
 * its records: after an error everything is armed as before.
 *
 * Context: as for fadump_arm(); any context with @can_sleep false.
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
	fadump_crash_invalidate();
	WRITE_ONCE(f->state, FADUMP_PLANNED);
	return 0;
}

/**
 * fadump_rearm - give the plan to other firmware, which does not know it
 * @f: the state
 *
 * Nothing happens where fadump is not armed. After a failure it is not armed any
 * more.
 *
 * Context: as for fadump_arm().
 */
void fadump_rearm(struct fadump *f)
{
	if (f->state != FADUMP_ARMED)
		return;
	fadump_crash_disarm();
	WRITE_ONCE(f->state, FADUMP_PLANNED);
	if (fadump_arm(f))
		fadump_crash_invalidate();
}
