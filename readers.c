// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Those who read /proc/vmcore: how far they came, and what they have mapped.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/crash_dump.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/spinlock.h>

#include <asm/fadump.h>

#include "fadump-internal.h"

static DEFINE_SPINLOCK(reading_lock);
static struct fadump_reading reading;

/* The program that has read last, and whether one that saves has ended well. */
static struct task_struct *reader;
static struct fadump_saver saver;
static bool is_saved;

/* Where the progress is kept for the next boot; NULL for nowhere. */
static struct crash_info_head_ser *progress_head;

/* Its exit status stays in a task that nobody lets go of. */
static bool has_ended_well(void)
{
	return reader && READ_ONCE(reader->exit_state) &&
	       !READ_ONCE(reader->exit_code) && fadump_saver_is_one(&saver);
}

static void note_reader(u64 addr)
{
	struct task_struct *task = current->group_leader;

	if (task != reader) {
		is_saved |= has_ended_well();
		if (reader)
			put_task_struct(reader);
		reader = get_task_struct(task);
		fadump_saver_reset(&saver);
	}
	fadump_saver_note(&saver, addr, PAGE_SIZE);
}

/* fs/proc/vmcore.c asks for each page, whether it is read or mapped. */
static bool note_page(struct vmcore_cb *cb, unsigned long pfn)
{
	u32 parts;

	spin_lock(&reading_lock);
	if (!reading.bytes)
		fadump_peak_sample();
	parts = reading.parts;
	fadump_reading_note(&reading, PFN_PHYS(pfn), PAGE_SIZE);
	note_reader(PFN_PHYS(pfn));
	if (progress_head && reading.parts != parts)
		fadump_attempt_progress(progress_head, reading.parts);
	spin_unlock(&reading_lock);
	return true;
}

static struct vmcore_cb reading_cb = {
	.pfn_is_ram = note_page,
};

/**
 * fadump_readers_expect - there is something to be read
 * @base: where preserved memory begins
 * @end: where it ends
 * @page_size: of the dead kernel, or what is likely
 * @text: where the dead kernel's text is now
 * @pieces: that the memory is in
 * @head: of the record, which stays mapped as long as there is a dump; NULL
 *	where there is none to write to
 *
 * Context: process context, boot.
 */
void fadump_readers_expect(u64 base, u64 end, u64 page_size,
			   const struct fadump_range *text, u32 pieces,
			   struct crash_info_head_ser *head)
{
	fadump_reading_init(&reading, base, end, page_size);
	fadump_saver_init(&saver, text, pieces);
	progress_head = head;
}

/* fs/proc/vmcore.c has read the notes by now, which is nobody's merit. */
static int __init watch_readers(void)
{
	if (is_fadump_active())
		register_vmcore_cb(&reading_cb);
	return 0;
}
device_initcall(watch_readers);

/**
 * fadump_readers_progress - how far has the dump been read?
 *
 * Context: process context.
 */
enum fadump_read fadump_readers_progress(void)
{
	bool saved;

	spin_lock(&reading_lock);
	saved = is_saved || has_ended_well();
	spin_unlock(&reading_lock);
	return saved ? FADUMP_READ_ALL : fadump_reading_how_far(&reading);
}

/* -------- Mappings -------- */

/*
 * /proc may be mounted more than once, and then the file has several inodes. An
 * inode that is held does not hold its file system: one that was mounted for a
 * container is gone when that is.
 */
struct mapped_inode {
	struct list_head list;
	struct inode *inode;
};

static LIST_HEAD(mapped_inodes);
static DEFINE_MUTEX(mapped_mutex);

static bool is_listed(const struct inode *inode)
{
	const struct mapped_inode *m;

	list_for_each_entry(m, &mapped_inodes, list)
		if (m->inode == inode)
			return true;
	return false;
}

static int list_inode(struct inode *inode)
{
	const struct mapped_inode new = { .inode = inode };
	struct mapped_inode *m;
	int rc = 0;

	mutex_lock(&mapped_mutex);
	if (!is_listed(inode)) {
		m = kmemdup(&new, sizeof(new), GFP_KERNEL);
		if (m) {
			ihold(inode);
			atomic_inc(&inode->i_sb->s_active);
			list_add(&m->list, &mapped_inodes);
		} else {
			rc = -ENOMEM;
		}
	}
	mutex_unlock(&mapped_mutex);
	return rc;
}

/*
 * Every page of a mapping was noted by now, looked at or not. Whoever saves a
 * dump moves a small window over it; whoever maps all of it may only want the
 * headers.
 */
static void forget_large_mapping(unsigned long pfn, unsigned long size)
{
	if (size <= READING_WINDOW)
		return;
	spin_lock(&reading_lock);
	fadump_reading_forget(&reading, PFN_PHYS(pfn), size);
	fadump_saver_reset(&saver);
	spin_unlock(&reading_lock);
}

/**
 * remap_oldmem_pfn_range - map preserved memory for a reader
 * @vma: of the reader
 * @from: address there
 * @pfn: what to map
 * @size: bytes
 * @prot: how
 *
 * In place of the function of that name in fs/proc/vmcore.c: what is mapped
 * today is somebody else's after release, so it has to be found again.
 *
 * Context: process context, from mmap() of /proc/vmcore.
 *
 * Return: 0 or -errno.
 */
int remap_oldmem_pfn_range(struct vm_area_struct *vma, unsigned long from,
			   unsigned long pfn, unsigned long size, pgprot_t prot)
{
	int rc = 0;

	if (is_fadump_active()) {
		forget_large_mapping(pfn, size);
		rc = list_inode(file_inode(vma->vm_file));
	}
	return rc ?: remap_pfn_range(vma, from, pfn, size, pgprot_encrypted(prot));
}

/**
 * fadump_readers_revoke - take back what readers have mapped
 *
 * Who touches it from now on gets a SIGBUS.
 *
 * Context: process context, /proc/vmcore is gone.
 */
void fadump_readers_revoke(void)
{
	struct mapped_inode *m, *next;
	struct super_block *sb;

	mutex_lock(&mapped_mutex);
	list_for_each_entry_safe(m, next, &mapped_inodes, list) {
		sb = m->inode->i_sb;
		unmap_mapping_range(m->inode->i_mapping, 0, 0, 1);
		list_del(&m->list);
		iput(m->inode);
		deactivate_super(sb);
		kfree(m);
	}
	mutex_unlock(&mapped_mutex);
	/* The record's memory goes as well, and nobody asks who has read. */
	spin_lock(&reading_lock);
	progress_head = NULL;
	if (reader)
		put_task_struct(reader);
	reader = NULL;
	spin_unlock(&reading_lock);
}
