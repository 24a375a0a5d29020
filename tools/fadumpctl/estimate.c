// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Estimates the size of a dump.
 *
 * The result is an upper bound for a crash at this moment: the memory that is in use
 * and that makedumpfile keeps at the level, without compression. The page cache counts as
 * kept unless the level leaves out all of it.
 */

#include <stdio.h>
#include <string.h>

#include "check.h"

/* makedumpfile's bits. */
#define LEVEL_CACHE	4
#define LEVEL_USER	8
#define LEVEL_FREE	16

/* 0 where it is not there. */
static u64 meminfo(const char *text, const char *key)
{
	const char *at = text;
	u64 kib = 0;

	while (at && strncmp(at, key, strlen(key))) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	if (at)
		sscanf(at + strlen(key), "%llu kB", &kib);
	return kib * 1024;
}

/**
 * estimate_dump - estimate the bytes of a dump, if this kernel crashed now
 * @level: of makedumpfile
 *
 * Return: the size; unknown without /proc/meminfo.
 */
struct number estimate_dump(unsigned int level)
{
	struct number all = { };
	char text[MAX_TEXT];
	u64 out = 0;

	file_read_text(root_path("/proc/meminfo").s, text, sizeof(text));
	all.value = meminfo(text, "MemTotal:");
	all.known = all.value;
	if (level & LEVEL_FREE)
		out += meminfo(text, "MemFree:");
	if (level & LEVEL_CACHE)
		out += meminfo(text, "Cached:") + meminfo(text, "Buffers:");
	if (level & LEVEL_USER)
		out += meminfo(text, "AnonPages:");
	all.value -= out < all.value ? out : all.value;
	return all;
}
