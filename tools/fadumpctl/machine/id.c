// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Identifies this machine among others of the same host name.
 *
 * The initramfs and the running system must find the same id. What firmware tells comes
 * first: it is the same in both, and a copied disk does not copy it. The hooks put
 * /etc/machine-id into the initramfs.
 */

#include <stdio.h>
#include <string.h>

#include "lib/bounds.h"
#include "lib/files.h"
#include "lib/sha256.h"
#include "lib/source.h"
#include "machine/id.h"

/* A placeholder has only zeros, or says that it is one. */
static bool is_id(const char *text)
{
	return text[strspn(text, "0-")] && strcmp(text, "uninitialized");
}

static bool read_id(const char *file, char *buf, size_t cap)
{
	return file_read_text(root_path(file).s, buf, cap) > 0 && is_id(buf);
}

/* Several partitions share the serial number; their number is a big-endian word. */
static bool read_serial(char *buf, size_t cap)
{
	char number[5];
	size_t len;

	if (!read_id("/proc/device-tree/system-id", buf, cap))
		return false;
	len = strlen(buf);
	if (file_read(root_path("/proc/device-tree/ibm,partition-no").s, number,
		      sizeof(number)) == 4)
		snprintf(buf + len, cap - len, " %u", decode32(true, (u8 *)number));
	return true;
}

/**
 * machine_id - make a short id that no other machine has
 * @id: result; empty if nothing identifies the machine
 *
 * It is a part of a hash, so that the machine's own id stays private.
 */
void machine_id(char id[MACHINE_ID_LEN + 1])
{
	char text[128], all[160], sum[SHA256_TEXT];

	id[0] = '\0';
	if (!read_id("/proc/device-tree/ibm,partition-uuid", text, sizeof(text)) &&
	    !read_id("/proc/device-tree/vm,uuid", text, sizeof(text)) &&
	    !read_id("/etc/machine-id", text, sizeof(text)) &&
	    !read_serial(text, sizeof(text)))
		return;
	snprintf(all, sizeof(all), "fadump %s", text);
	sha256_of_text(all, sum);
	snprintf(id, MACHINE_ID_LEN + 1, "%.*s", MACHINE_ID_LEN, sum);
}
