// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Headers of a tar archive (POSIX ustar).
 */

#include <stdio.h>
#include <string.h>

#include "target/tar.h"

/* The largest number of eleven octal digits, plus 1. */
#define MAX_OCTAL	(1ULL << 33)

#define AT_MODE		100
#define AT_UID		108
#define AT_GID		116
#define AT_SIZE		124
#define AT_TIME		136
#define AT_SUM		148
#define AT_TYPE		156
#define AT_MAGIC	257

static void put_size(u8 *at, u64 size)
{
	unsigned int i;

	if (size < MAX_OCTAL) {
		for (i = 0; i < 11; i++)
			at[10 - i] = '0' + (size >> (3 * i) & 7);
		return;
	}
	at[0] = 0x80;
	for (i = 0; i < 8; i++)
		at[11 - i] = size >> (8 * i);
}

static void put_name(u8 *block, const char *name)
{
	unsigned int i, sum = 0;

	memset(block, 0, 100);
	snprintf((char *)block, 100, "%s", name);
	memset(block + AT_SUM, ' ', 8);
	for (i = 0; i < TAR_BLOCK; i++)
		sum += block[i];
	snprintf((char *)block + AT_SUM, 8, "%06o", sum);
	block[AT_SUM + 7] = ' ';
}

/**
 * tar_set_directory - change the directory in a header
 * @block: the header, 512 bytes
 * @dir: the new name
 */
void tar_set_directory(u8 *block, const char *dir)
{
	char old[101], name[256];
	const char *slash;

	memcpy(old, block, 100);
	old[100] = '\0';
	slash = strchr(old, '/');
	snprintf(name, sizeof(name), "%s/%s", dir, slash ? slash + 1 : old);
	put_name(block, name);
}

/**
 * tar_header - make a header
 * @block: result, 512 bytes
 * @name: of the file, cut after 99 bytes
 * @size: of the file
 * @when: seconds since 1970
 */
void tar_header(u8 *block, const char *name, u64 size, long long when)
{
	memset(block, 0, TAR_BLOCK);
	memcpy(block + AT_MODE, "0000600", 7);
	memcpy(block + AT_UID, "0000000", 7);
	memcpy(block + AT_GID, "0000000", 7);
	put_size(block + AT_SIZE, size);
	put_size(block + AT_TIME, when < 0 ? 0 : when);
	block[AT_TYPE] = '0';
	memcpy(block + AT_MAGIC, "ustar\00000", 8);
	put_name(block, name);
}
