// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Readers of /proc/vmcore: has a program saved the dump?
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/bitmap.h>
#include <linux/cleanup.h>
#include <linux/crash_dump.h>
#include <linux/lockdep.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "capture/capture.h"

/**
 * DOC: Readers
 *
 * An orderly reboot discards a dump that a program has saved. The kernel trusts the
 * program: it has saved the dump if it has read the decisive parts and has ended with
 * exit status 0. The decisive parts are two that every copy of the dump contains,
 * filtered or not::
 *
 *	/proc/vmcore  | headers | first 4 MiB |  ...  | all other RAM | record |
 *	                        |<- code of ->|                       |<------>|
 *	                          the kernel                           last page
 *
 * A program that reads only the log, the headers, one end of the file, or what a
 * debugger needs does not read both parts.
 *
 * What a forked process reads counts as read by its parent if the parent reads as
 * well and the process has not called exec(): makedumpfile divides its work so.
 */

/*
 * Bytes at the start of RAM that are certainly code. A kernel frees only memory behind
 * its constants after boot, and the smallest one that was tried has 6.4 MiB of code.
 */
#define CODE_SIZE	SZ_4M
#define GRANULE		SZ_64K
#define NR_GRANULES	(CODE_SIZE / GRANULE)

/* makedumpfile maps 4 MiB at a time. A mapping above this limit does not count as read. */
#define MAX_MAPPING	SZ_64M

/**
 * struct reader - a program that reads /proc/vmcore
 * @list: entry in the list of readers
 * @rcu: frees it after a grace period
 * @task: its thread group leader; the reference keeps the exit status readable
 * @seen: what it has read: a bit for each granule of the code, then one for the last
 *	page
 */
struct reader {
	struct list_head list;
	struct rcu_head rcu;
	struct task_struct *task;
	DECLARE_BITMAP(seen, NR_GRANULES + 1);
};

/* @readers_lock protects changes; find_reader() uses RCU. */
static LIST_HEAD(readers);
static DEFINE_SPINLOCK(readers_lock);
static bool is_saved;

/* There is a /proc/vmcore. */
static bool is_expected;

/* Real addresses of both parts in this kernel, of size 0 if unknown. */
static struct fadump_range code, last_page;

/* Have all threads of the program ended? */
static bool has_ended(const struct reader *r)
{
	return !atomic_read(&r->task->signal->live);
}

/* Did it exit with status 0? Call it after has_ended(). */
static bool was_successful(const struct reader *r)
{
	const struct signal_struct *signal = r->task->signal;

	/* The last thread sets the status before it decrements @live. */
	smp_rmb();
	return (READ_ONCE(signal->flags) & SIGNAL_GROUP_EXIT) &&
	       !READ_ONCE(signal->group_exit_code);
}

/* Remove readers that have ended, and find out whether one has saved the dump. */
static void reap_readers(void)
{
	struct reader *r, *next;

	lockdep_assert_held(&readers_lock);
	list_for_each_entry_safe(r, next, &readers, list) {
		if (!has_ended(r))
			continue;
		if (bitmap_full(r->seen, NR_GRANULES + 1) && was_successful(r))
			is_saved = true;
		list_del_rcu(&r->list);
		put_task_struct(r->task);
		kfree_rcu(r, rcu);
	}
}

static struct reader *find_reader(const struct task_struct *leader)
{
	struct reader *r;

	list_for_each_entry_rcu(r, &readers, list)
		if (r->task == leader)
			return r;
	return NULL;
}

/* Caller holds the RCU read lock. */
static struct reader *find_current_reader(void)
{
	struct task_struct *leader = current->group_leader;
	struct task_struct *parent = rcu_dereference(leader->real_parent);
	struct reader *r = NULL;

	/* After exec() it is another program, whose reads are its own. */
	if (leader->flags & PF_FORKNOEXEC)
		r = find_reader(parent->group_leader);
	return r ?: find_reader(leader);
}

/* Several threads may call this at the same time; the first adds the program. */
static void add_reader(void)
{
	struct reader *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return;
	scoped_guard(spinlock, &readers_lock) {
		reap_readers();
		guard(rcu)();
		if (!find_current_reader()) {
			r->task = get_task_struct(current->group_leader);
			list_add_rcu(&r->list, &readers);
			r = NULL;
		}
	}
	kfree(r);
}

static void mark_code(struct reader *r, u64 paddr, u64 size)
{
	u64 from = max(paddr, code.base) - code.base;
	u64 to = min(paddr + size, fadump_range_end(&code)) - code.base;

	guard(spinlock)(&readers_lock);
	bitmap_set(r->seen, from / GRANULE,
		   DIV_ROUND_UP(to, GRANULE) - from / GRANULE);
}

static void mark_last_page(struct reader *r)
{
	guard(spinlock)(&readers_lock);
	__set_bit(NR_GRANULES, r->seen);
}

/* Returns false for a new program. Accesses to other memory take no lock. */
static bool record_access(u64 paddr, u64 size)
{
	struct reader *r;

	guard(rcu)();
	r = find_current_reader();
	if (r && fadump_range_overlaps(&code, paddr, size))
		mark_code(r, paddr, size);
	if (r && fadump_range_overlaps(&last_page, paddr, size))
		mark_last_page(r);
	return r;
}

static void handle_access(struct vmcore_cb *cb, u64 paddr, u64 size)
{
	if (size > MAX_MAPPING || record_access(paddr, size))
		return;
	add_reader();
	record_access(paddr, size);
}

static struct vmcore_cb readers_cb = {
	.accessed = handle_access,
};

/**
 * fadump_readers_expect - prepare to watch readers of a dump
 * @dump: the dump, bounded
 * @last: real address of the last page of /proc/vmcore, of size 0 if there is none
 *
 * Context: process context, boot, before fs/proc/vmcore.c looks for a core.
 */
void fadump_readers_expect(const struct fadump_dump *dump,
			   const struct fadump_range *last)
{
	is_expected = true;
	code.size = CODE_SIZE;
	code.base = fadump_layout_relocate(dump->copy, dump->nr_copies, 0,
					   code.size);
	if (code.base == U64_MAX || !code.base)
		code.size = 0;
	last_page = *last;
	if (!code.size || !last_page.size)
		pr_warn("Cannot tell whether a program saves this dump, only release_mem ends it\n");
}

/* Register late: the reads of fs/proc/vmcore.c itself must not count. */
static int __init watch_readers(void)
{
	if (is_expected)
		register_vmcore_cb(&readers_cb);
	return 0;
}
device_initcall(watch_readers);

/**
 * fadump_readers_have_saved - has a program saved the dump?
 *
 * Context: any but an interrupt.
 */
bool fadump_readers_have_saved(void)
{
	guard(spinlock)(&readers_lock);
	reap_readers();
	return is_saved;
}
