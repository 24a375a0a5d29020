// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What tells this machine from others of its name.
 *
 * A capture in the initramfs and one after it have to find the same. So what firmware
 * says comes first: it is there at any time, and a copied disk does not copy it. The
 * hooks put /etc/machine-id into the initramfs.
 */

#include <stdio.h>
#include <string.h>

#include "files.h"
#include "sha256.h"
#include "source.h"
#include "target.h"

/* Placeholders are of zeros, or say what they are. */
static bool is_id(const char *text)
{
	return text[strspn(text, "0-")] && strcmp(text, "uninitialized");
}

static bool read_id(const char *file, char *buf, size_t cap)
{
	return file_read_text(root_path(file).s, buf, cap) > 0 && is_id(buf);
}

/* A system has several partitions; the number is a big-endian word. */
static bool read_serial(char *buf, size_t cap)
{
	char number[5];
	size_t len;

	if (!read_id("/proc/device-tree/system-id", buf, cap))
		return false;
	len = strlen(buf);
	if (file_read(root_path("/proc/device-tree/ibm,partition-no").s, number,
		      sizeof(number)) == 4)
		snprintf(buf + len, cap - len, " %u", get32(true, (u8 *)number));
	return true;
}

/**
 * machine_id - a short name that other machines do not have
 * @id: result, empty where nothing is known
 *
 * A part of a hash, so that the machine's own id stays private.
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
