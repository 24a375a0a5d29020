// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The files of /sys/kernel/fadump, or those with the old names.
 */

#include <errno.h>
#include <string.h>

#include "lib/files.h"
#include "lib/say.h"
#include "machine/attr.h"

static const struct {
	const char *path;
	const char *legacy;
} attrs[] = {
	[ATTR_ENABLED] = { "/sys/kernel/fadump/enabled",
			   "/sys/kernel/fadump_enabled" },
	[ATTR_REGISTERED] = { "/sys/kernel/fadump/registered",
			      "/sys/kernel/fadump_registered" },
	[ATTR_RELEASE_MEM] = { "/sys/kernel/fadump/release_mem",
			       "/sys/kernel/fadump_release_mem" },
	[ATTR_MEM_RESERVED] = { "/sys/kernel/fadump/mem_reserved", NULL },
	[ATTR_CMA_SIZE] = { "/sys/kernel/fadump/cma_size", NULL },
	[ATTR_HOTPLUG_READY] = { "/sys/kernel/fadump/hotplug_ready", NULL },
	[ATTR_BOOTARGS] = { "/sys/kernel/fadump/bootargs_append", NULL },
	[ATTR_DUMP_STATUS] = { "/sys/kernel/fadump/dump_status", NULL },
	[ATTR_BOOT_MEM_SIZE] = { "/sys/kernel/fadump/boot_mem_size", NULL },
	[ATTR_BOOT_MEM_USED] = { "/sys/kernel/fadump/boot_mem_used", NULL },
	[ATTR_BOOT_MEM_RECOMMENDED] = {
		"/sys/kernel/fadump/boot_mem_recommended", NULL },
};

_Static_assert(ARRAY_SIZE(attrs) == NR_ATTRS, "a name for each");

/* What an errno of these files means, as the kernel's ABI document says. */
static const struct {
	enum attr attr;
	int err;
	int code;
	const char *text;
} reasons[] = {
	{ ATTR_REGISTERED, EPERM, EXIT_STATE,
	  "fadump is off, or a dump is waiting" },
	{ ATTR_REGISTERED, EINVAL, EXIT_FAILED,
	  "firmware rejects the registration" },
	{ ATTR_REGISTERED, EEXIST, EXIT_FAILED,
	  "firmware holds another registration and does not drop it" },
	{ ATTR_REGISTERED, EBUSY, EXIT_STATE,
	  "firmware still holds a dump" },
	{ ATTR_REGISTERED, EIO, EXIT_FAILED,
	  "firmware reports a hardware or an unknown error" },
	{ ATTR_REGISTERED, ETIMEDOUT, EXIT_FAILED,
	  "firmware was busy for too long" },
	{ ATTR_REGISTERED, ENODEV, EXIT_STATE,
	  "no memory is reserved for a dump" },
	{ ATTR_REGISTERED, ENOSPC, EXIT_FAILED,
	  "the crash-info record does not fit in its slot" },
	{ ATTR_RELEASE_MEM, EPERM, EXIT_STATE,
	  "no dump is waiting; it has been released already" },
	{ ATTR_RELEASE_MEM, EIO, EXIT_FAILED,
	  "firmware does not release the dump, which stays; try again" },
	{ ATTR_RELEASE_MEM, ETIMEDOUT, EXIT_FAILED,
	  "firmware was busy for too long, the dump stays; try again" },
	{ ATTR_RELEASE_MEM, ENOSPC, EXIT_FAILED,
	  "the memory to release has too many ranges; nothing was changed" },
	{ ATTR_RELEASE_MEM, EBUSY, EXIT_STATE,
	  "a process has /proc/vmcore open or mapped, or another process is releasing the dump" },
	{ ATTR_RELEASE_MEM, ENOMEM, EXIT_FAILED,
	  "the dump is gone, but memory is too short to add all of its memory" },
	{ ATTR_BOOTARGS, EPERM, EXIT_STATE,
	  "fadump is off, or a dump is waiting" },
	{ ATTR_BOOTARGS, EINVAL, EXIT_USAGE,
	  "too long, or a character that is not printable ASCII" },
	{ ATTR_BOOTARGS, ENOSPC, EXIT_FAILED,
	  "the command line would exceed the kernel's limit" },
};

static bool exists(const char *path)
{
	return path && file_exists(root_path(path).s);
}

/**
 * attr_path - path of a file
 * @attr: the file
 *
 * Return: the path that exists, or the new one if neither does.
 */
struct path attr_path(enum attr attr)
{
	if (!exists(attrs[attr].path) && exists(attrs[attr].legacy))
		return root_path(attrs[attr].legacy);
	return root_path(attrs[attr].path);
}

bool attr_exists(enum attr attr)
{
	return exists(attrs[attr].path) || exists(attrs[attr].legacy);
}

struct number attr_number(enum attr attr)
{
	return file_read_number(attr_path(attr).s);
}

static int explain(enum attr attr, int err, const struct path *path)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i].attr == attr && reasons[i].err == err)
			return fail(reasons[i].code, "%s: %s: %s", path->s,
				    strerror(err), reasons[i].text);
	if (err == EACCES)
		return fail(EXIT_FAILED, "%s: %s: only root may do this", path->s,
			    strerror(err));
	return fail_errno(EXIT_FAILED, err, path->s);
}

int attr_write(enum attr attr, const char *text)
{
	struct path path = attr_path(attr);
	int rc = file_write_text(path.s, text);

	return rc ? explain(attr, -rc, &path) : EXIT_DONE;
}

int attr_require(void)
{
	if (attr_exists(ATTR_ENABLED))
		return EXIT_DONE;
	return fail(EXIT_MISSING,
		    "%s: no such directory: firmware offers no dumps, or the kernel has no CONFIG_FA_DUMP",
		    root_path("/sys/kernel/fadump").s);
}

/**
 * attr_set_registered - arm or disarm, and verify that
 * @on: arm
 *
 * Return: exit status.
 */
int attr_set_registered(bool on)
{
	struct path path = attr_path(ATTR_REGISTERED);
	struct number now;
	int rc = attr_write(ATTR_REGISTERED, on ? "1\n" : "0\n");

	if (rc)
		return rc;
	/* An upstream kernel reports no error when it cannot disarm. */
	now = attr_number(ATTR_REGISTERED);
	if (!now.known || now.value != on)
		return fail(EXIT_FAILED,
			    "%s: still %s after the write; the kernel's log says why",
			    path.s, on ? "0" : "1");
	return EXIT_DONE;
}
