// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /proc/stuck: an access to a mapping of it waits in the page fault until SIGKILL.
 */

#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(never);

static vm_fault_t stuck_fault(struct vm_fault *vmf)
{
	wait_event_killable(never, false);
	return VM_FAULT_SIGBUS;
}

static const struct vm_operations_struct stuck_vm_ops = {
	.fault = stuck_fault,
};

static int stuck_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &stuck_vm_ops;
	return 0;
}

static const struct proc_ops stuck_ops = {
	.proc_mmap = stuck_mmap,
};

static int __init stuck_init(void)
{
	return proc_create("stuck", 0600, NULL, &stuck_ops) ? 0 : -ENOMEM;
}
module_init(stuck_init);

MODULE_DESCRIPTION("Page faults that never end, for the fadump lab");
MODULE_LICENSE("GPL");
