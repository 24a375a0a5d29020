# SPDX-License-Identifier: GPL-2.0-or-later
"""Edits of fs/proc/vmcore.c: a report of each access, and a way to forbid open.

A release must not free memory while a process has /proc/vmcore open or mapped, and
capture/readers.c must know what each program reads to tell whether it has saved the dump. Only
fs/proc/vmcore.c knows both. Later versions of Linux count open files there; 6.12 does not.
"""

from __future__ import annotations

from . import edits

SOURCE = "fs/proc/vmcore.c"
HEADER = "include/linux/crash_dump.h"

REPORT = """\
static void vmcore_accessed(u64 paddr, size_t size)
{
	struct vmcore_cb *cb;

	list_for_each_entry_srcu(cb, &vmcore_cb_list, next,
				 srcu_read_lock_held(&vmcore_cb_srcu))
		if (cb->accessed)
			cb->accessed(cb, paddr, size);
}

"""

FORBID_OPEN = """\
/**
 * vmcore_forbid_open - keep /proc/vmcore from being opened
 *
 * A mapping holds the file open as well.
 *
 * Context: process context, may sleep.
 * Return: 0; -EBUSY while a process has it open.
 */
int vmcore_forbid_open(void)
{
	int rc = -EBUSY;

	LOCK;
	if (!vmcore_open) {
		vmcore_closed = true;
		rc = 0;
	}
	UNLOCK;
	return rc;
}

/**
 * vmcore_allow_open - the reverse
 *
 * Context: process context, may sleep, after vmcore_forbid_open() returned 0.
 */
void vmcore_allow_open(void)
{
	LOCK;
	vmcore_closed = false;
	UNLOCK;
}

"""

#: Linux 6.12 does not count open files: add the count.
OPENED = """\
	vmcore_opened = true;
	spin_unlock(&vmcore_cb_lock);

	return 0;
}
"""
COUNTED = """\
	vmcore_opened = true;
	if (vmcore_closed || vmcore_open + 1 == 0) {
		spin_unlock(&vmcore_cb_lock);
		return -EBUSY;
	}
	vmcore_open++;
	spin_unlock(&vmcore_cb_lock);

	return 0;
}

static int release_vmcore(struct inode *inode, struct file *file)
{
	spin_lock(&vmcore_cb_lock);
	vmcore_open--;
	spin_unlock(&vmcore_cb_lock);

	return 0;
}
"""

COUNT = "static unsigned int vmcore_open;\n"
CLOSED = "/* Whether it must not be opened. */\nstatic bool vmcore_closed;\n"
READ = "/* Reads a page from the oldmem device from given offset. */\n"
OPEN = "static int open_vmcore(struct inode *inode, struct file *file)\n"
ZEROS = "\t\t/* If pfn is not ram, return zeros for sparse dump files */\n"
LISTED = "\tif (!list_empty(&vmcore_cb_list))\n\t\tret = remap_oldmem_pfn_checked("
MEMBER = "\tbool (*pfn_is_ram)(struct vmcore_cb *cb, unsigned long pfn);\n"
NEXT = " * @next: List head to manage registered callbacks internally; initialized by\n"
DECLARED = "extern void unregister_vmcore_cb(struct vmcore_cb *cb);\n"


def forbid_open(lock: str, unlock: str) -> edits.Edit:
    """The edit that adds both functions, with the lock that protects the count in this tree."""
    text = FORBID_OPEN.replace("UNLOCK", unlock).replace("LOCK", lock)
    return edits.ReplaceText(SOURCE, READ, text + READ)


EDITS: tuple[edits.Edit, ...] = (
    edits.ReplaceText(HEADER, NEXT, " * @accessed: a process reads memory of the vmcore, or "
                      "maps it, from this\n"
                      " *            real address on; it may sleep, and must not wait for long\n"
                      + NEXT),
    edits.ReplaceText(HEADER, MEMBER, MEMBER
                      + "\tvoid (*accessed)(struct vmcore_cb *cb, u64 paddr, u64 size);\n"),
    edits.ReplaceText(HEADER, DECLARED, DECLARED
                      + "int vmcore_forbid_open(void);\nvoid vmcore_allow_open(void);\n"),
    edits.ReplaceText(SOURCE, OPEN, REPORT + OPEN),
    edits.ReplaceText(SOURCE, ZEROS,
                      "\t\tvmcore_accessed(PFN_PHYS(pfn) + offset, nr_bytes);\n" + ZEROS),
    edits.ReplaceText(SOURCE, LISTED, "\tvmcore_accessed(PFN_PHYS(pfn), size);\n" + LISTED),
    edits.OneOf(SOURCE,
                [edits.ReplaceText(SOURCE, COUNT, COUNT + CLOSED),
                 edits.ReplaceText(SOURCE, "\tif (vmcore_open + 1 == 0) {\n",
                                   "\tif (vmcore_closed || vmcore_open + 1 == 0) {\n"),
                 forbid_open("mutex_lock(&vmcore_mutex)", "mutex_unlock(&vmcore_mutex)")],
                [edits.ReplaceText(SOURCE, "static bool vmcore_opened;\n",
                                   "static bool vmcore_opened;\n"
                                   "/* Whether the vmcore is currently open. */\n"
                                   + COUNT + CLOSED),
                 edits.ReplaceText(SOURCE, OPENED, COUNTED),
                 edits.ReplaceText(SOURCE, "\t.proc_open\t= open_vmcore,\n",
                                   "\t.proc_open\t= open_vmcore,\n"
                                   "\t.proc_release\t= release_vmcore,\n"),
                 forbid_open("spin_lock(&vmcore_cb_lock)", "spin_unlock(&vmcore_cb_lock)")]),
)
