// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Has a program saved the dump?
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/bitmap.h>
#include <linux/cleanup.h>
#include <linux/crash_dump.h>
#include <linux/init.h>
#include <linux/minmax.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <asm/fadump.h>

#include "capture/capture.h"

/**
 * DOC: Readers
 *
 * An orderly reboot ends a dump that a program has saved. The kernel takes the
 * program's word for it: a program has saved the dump when it has gone through it
 * and has ended with exit status 0. It has gone through the dump when it has read
 * two things that every save contains, filtered or not::
 *
 *	/proc/vmcore  | headers | first 4 MiB |  ...  | all other RAM | record |
 *	                        |<- code of ->|                       |<------>|
 *	                          the kernel                           last page
 *
 * A program that reads the log, the headers, one end of the file, or what a
 * debugger wants does not read both. A forked process that runs its parent's program
 * reads on behalf of its parent, if that reads as well: a filter that divides its work.
 */

/*
 * Code that a kernel keeps after boot: what it frees stands behind its constants,
 * and the smallest kernel that was tried has 6.4 MiB of code alone.
 */
#define CODE_SIZE	SZ_4M
#define GRANULE		SZ_64K
#define NR_GRANULES	(CODE_SIZE / GRANULE)

/* A filter maps 4 MiB at a time; a larger mapping may never be looked at. */
#define MAX_MAPPING	SZ_64M

/**
 * struct reader - a program that reads /proc/vmcore
 * @list: in the list of all
 * @rcu: for freeing it
 * @task: its thread group leader, on which a reference is held
 * @seen: a bit for each granule of the code, and one for the last page
 */
struct reader {
	struct list_head list;
	struct rcu_head rcu;
	struct task_struct *task;
	DECLARE_BITMAP(seen, NR_GRANULES + 1);
};

/* The lock is for writers; whatever looks for a reader has RCU. */
static LIST_HEAD(readers);
static DEFINE_SPINLOCK(readers_lock);
static bool is_saved;

/* There is a /proc/vmcore to be read. */
static bool is_expected;

/* Where firmware has left both; of size 0 where that is not known. */
static struct fadump_range code, last_page;

/* Have all threads of the program ended? */
static bool has_ended(const struct reader *r)
{
	return !atomic_read(&r->task->signal->live);
}

/* What wait() tells the parent, after has_ended(). */
static bool was_successful(const struct reader *r)
{
	const struct signal_struct *signal = r->task->signal;

	/* The last thread sets the status before it counts itself out. */
	smp_rmb();
	return (READ_ONCE(signal->flags) & SIGNAL_GROUP_EXIT) &&
	       !READ_ONCE(signal->group_exit_code);
}

/* The lock is held. */
static void judge_ended(void)
{
	struct reader *r, *next;

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

/* In an RCU section. */
static struct reader *reader_of_current(void)
{
	struct task_struct *leader = current->group_leader;
	struct task_struct *parent = rcu_dereference(leader->real_parent);
	struct reader *r = NULL;

	/* Another program, which exec() has started, speaks for itself. */
	if (leader->flags & PF_FORKNOEXEC)
		r = find_reader(parent->group_leader);
	return r ?: find_reader(leader);
}

/* Of threads that come here at the same time one adds the program. */
static void add_reader(void)
{
	struct reader *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return;
	scoped_guard(spinlock, &readers_lock) {
		judge_ended();
		guard(rcu)();
		if (!reader_of_current()) {
			r->task = get_task_struct(current->group_leader);
			list_add_rcu(&r->list, &readers);
			r = NULL;
		}
	}
	kfree(r);
}

static void note_code(struct reader *r, u64 paddr, u64 size)
{
	u64 from = max(paddr, code.base) - code.base;
	u64 to = min(paddr + size, fadump_range_end(&code)) - code.base;

	guard(spinlock)(&readers_lock);
	bitmap_set(r->seen, from / GRANULE,
		   DIV_ROUND_UP(to, GRANULE) - from / GRANULE);
}

static void note_last_page(struct reader *r)
{
	guard(spinlock)(&readers_lock);
	__set_bit(NR_GRANULES, r->seen);
}

/* False for a program that has not read before. Most accesses take no lock. */
static bool note(u64 paddr, u64 size)
{
	struct reader *r;

	guard(rcu)();
	r = reader_of_current();
	if (r && fadump_range_overlaps(&code, paddr, size))
		note_code(r, paddr, size);
	if (r && fadump_range_overlaps(&last_page, paddr, size))
		note_last_page(r);
	return r;
}

static void note_access(struct vmcore_cb *cb, u64 paddr, u64 size)
{
	if (size > MAX_MAPPING || note(paddr, size))
		return;
	add_reader();
	note(paddr, size);
}

static struct vmcore_cb readers_cb = {
	.accessed = note_access,
};

/**
 * fadump_readers_expect - there is a dump to be read
 * @dump: the dump, bounded
 * @last: the page at the end of /proc/vmcore, size 0 for none
 *
 * Context: process context, boot.
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
		pr_warn("No program can be seen to save this dump, only release_mem ends it\n");
}

/* fs/proc/vmcore.c has already read the notes; its reads do not count. */
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
	judge_ended();
	return is_saved;
}
