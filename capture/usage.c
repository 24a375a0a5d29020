// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Peak usage: how much of its boot memory a capture kernel uses at most.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/sizes.h>
#include <linux/workqueue.h>

#include "capture/capture.h"

/**
 * DOC: Peak usage
 *
 * ::
 *
 *	boot memory |################|                   |......|
 *	             used now         free or reclaimable  smallest
 *	                                                   sample
 *	            |<----------------- peak usage ------>|
 *
 * si_mem_available() says how much memory the kernel could still give to programs.
 * It is sampled ten times a second from the initcall that opens the dump until the
 * end of the release, and once more before the release starts. Peak usage is the
 * boot memory without the smallest sample. The memory of the dump is reserved, so it
 * counts neither as used nor as available.
 *
 * The kernel unpacks the initrd after that initcall, so the samples include it. They
 * may miss a peak that is shorter than the interval. For such peaks, and for what
 * differs between two crashes, the recommendation adds a quarter.
 */

#define SAMPLE_INTERVAL_MS	100

/* Set once, before the first sample. */
static u64 boot_mem;
static u64 min_boot_mem;

static bool is_measuring;

/* Smallest sample, in pages; LONG_MAX before the first one. */
static atomic_long_t min_available = ATOMIC_LONG_INIT(LONG_MAX);

/**
 * fadump_usage_sample - take a sample outside of the interval
 *
 * Call it before or after a large allocation.
 *
 * Context: any.
 */
void fadump_usage_sample(void)
{
	long now, min;

	if (!READ_ONCE(is_measuring))
		return;
	now = si_mem_available();
	min = atomic_long_read(&min_available);
	while (now < min &&
	       !atomic_long_try_cmpxchg(&min_available, &min, now))
		;
}

static void sample_and_requeue(struct work_struct *work)
{
	fadump_usage_sample();
	/* An unbound queue: the CPU that unpacks the initrd may not reschedule. */
	queue_delayed_work(system_dfl_wq, to_delayed_work(work),
			   msecs_to_jiffies(SAMPLE_INTERVAL_MS));
}

static DECLARE_DELAYED_WORK(sample_work, sample_and_requeue);

/**
 * fadump_usage_begin - start to measure
 * @size: bytes of boot memory that this kernel has
 * @min: bytes of boot memory that firmware requires
 *
 * Context: process context.
 */
void __init fadump_usage_begin(u64 size, u64 min)
{
	boot_mem = size;
	min_boot_mem = min;
	WRITE_ONCE(is_measuring, true);
	sample_and_requeue(&sample_work.work);
}

/**
 * fadump_usage_peak - how much boot memory this capture kernel has used at most
 *
 * Context: any.
 *
 * Return: bytes, so far or until the end of the release; 0 if nothing was measured.
 */
u64 fadump_usage_peak(void)
{
	long min = atomic_long_read(&min_available);
	u64 available = (u64)min << PAGE_SHIFT;

	if (min == LONG_MAX || available > boot_mem)
		return 0;
	return boot_mem - available;
}

/**
 * fadump_usage_recommended - boot memory for the next capture, from peak usage
 *
 * Context: any.
 *
 * Return: bytes; 0 if nothing was measured.
 */
u64 fadump_usage_recommended(void)
{
	u64 peak = fadump_usage_peak();

	return peak ? fadump_sizing_recommend(peak, min_boot_mem) : 0;
}

/**
 * fadump_usage_report - log peak usage and the recommendation
 *
 * Context: any.
 */
void fadump_usage_report(void)
{
	u64 peak = fadump_usage_peak();

	if (peak)
		pr_info("Boot memory: %lluMB of %lluMB were used, crashkernel=%lluM is recommended\n",
			peak / SZ_1M, boot_mem / SZ_1M,
			fadump_usage_recommended() / SZ_1M);
}

/**
 * fadump_usage_end - stop measuring and report
 *
 * The results stay available.
 *
 * Context: process context, may sleep.
 */
void fadump_usage_end(void)
{
	if (!is_measuring)
		return;
	WRITE_ONCE(is_measuring, false);
	cancel_delayed_work_sync(&sample_work);
	fadump_usage_report();
}
