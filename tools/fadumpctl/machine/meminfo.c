// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /proc/meminfo.
 */

#include <stdio.h>
#include <string.h>

#include "lib/bounds.h"
#include "lib/files.h"
#include "machine/meminfo.h"

u64 meminfo_bytes(const char *key)
{
	char text[MAX_TEXT];
	const char *line = text, *next;
	size_t len = strlen(key);
	u64 kib = 0;

	file_read_text(root_path("/proc/meminfo").s, text, sizeof(text));
	for (; line; line = next) {
		if (!strncmp(line, key, len) && sscanf(line + len, ": %llu kB", &kib) == 1)
			break;
		next = strchr(line, '\n');
		if (next)
			next++;
	}
	/* The bytes of a larger number would not fit; it is not a size of memory. */
	return kib <= ~0ULL / 1024 ? kib * 1024 : 0;
}
