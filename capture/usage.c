// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How much of its boot memory a capture kernel uses at most.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/workqueue.h>

#include "capture/capture.h"

/**
 * DOC: The peak
 *
 * ::
 *
 *	boot memory |################|                   |......|
 *	             used now         free or reclaimable  least  so far
 *	            |<----------------- used at most ---->|
 *
 * What the kernel could still have given to programs, si_mem_available(), is
 * looked at ten times a second from the initcall that opens the dump until it
 * has been released, and where much happens at once. The smallest of these
 * counts. The dump itself is reserved: it is neither used nor available.
 *
 * The initrd is unpacked behind that initcall, so it is in the account. What is
 * shorter than the interval may not be. That, and what differs from one crash
 * to the next, is what the recommendation has a quarter more for.
 */

#define PEAK_INTERVAL_MS	100

/* Set once, before the first sample. */
static u64 boot_mem;
static u64 least_boot_mem;

static bool is_measuring;

/* In pages; LONG_MAX before the first sample. */
static atomic_long_t least_available = ATOMIC_LONG_INIT(LONG_MAX);

/**
 * fadump_usage_sample - look now, something is about to happen or has happened
 *
 * Context: any.
 */
void fadump_usage_sample(void)
{
	long now, least;

	if (!READ_ONCE(is_measuring))
		return;
	now = si_mem_available();
	least = atomic_long_read(&least_available);
	while (now < least &&
	       !atomic_long_try_cmpxchg(&least_available, &least, now))
		;
}

static void look(struct work_struct *work)
{
	fadump_usage_sample();
	/* Not bound to a CPU: one that unpacks the initrd may not let go of it. */
	queue_delayed_work(system_dfl_wq, to_delayed_work(work),
			   msecs_to_jiffies(PEAK_INTERVAL_MS));
}

static DECLARE_DELAYED_WORK(looking, look);

/**
 * fadump_usage_begin - start to measure
 * @size: bytes of boot memory that this kernel has
 * @min: as much as firmware needs
 *
 * Context: process context.
 */
void __init fadump_usage_begin(u64 size, u64 min)
{
	boot_mem = size;
	least_boot_mem = min;
	WRITE_ONCE(is_measuring, true);
	look(&looking.work);
}

/**
 * fadump_usage_peak - how much boot memory this capture kernel has used at most
 *
 * Context: any.
 *
 * Return: bytes, so far or until the release; 0 where nothing was measured.
 */
u64 fadump_usage_peak(void)
{
	long least = atomic_long_read(&least_available);
	u64 left = (u64)least << PAGE_SHIFT;

	if (least == LONG_MAX || left > boot_mem)
		return 0;
	return boot_mem - left;
}

/**
 * fadump_usage_recommended - how much boot memory would have been right
 *
 * Context: any.
 *
 * Return: bytes; 0 where nothing was measured.
 */
u64 fadump_usage_recommended(void)
{
	u64 used = fadump_usage_peak();

	return used ? fadump_sizing_recommend(used, least_boot_mem) : 0;
}

/**
 * fadump_usage_report - put it into the log
 *
 * Context: any.
 */
void fadump_usage_report(void)
{
	u64 used = fadump_usage_peak();

	if (used)
		pr_info("Boot memory: %lluMB of %lluMB were used, crashkernel=%lluM is recommended\n",
			used / SZ_1M, boot_mem / SZ_1M,
			fadump_usage_recommended() / SZ_1M);
}

/**
 * fadump_usage_end - the capture is over
 *
 * What was measured stays.
 *
 * Context: process context, may sleep.
 */
void fadump_usage_end(void)
{
	if (!is_measuring)
		return;
	WRITE_ONCE(is_measuring, false);
	cancel_delayed_work_sync(&looking);
	fadump_usage_report();
}
