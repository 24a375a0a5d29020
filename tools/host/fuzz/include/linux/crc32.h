/* SPDX-License-Identifier: GPL-2.0-or-later */
/* With a table: most of the time of a fuzzer is CRC. */
#ifndef HOST_LINUX_CRC32_H
#define HOST_LINUX_CRC32_H

#include <linux/types.h>

static inline u32 crc32_le(u32 crc, const void *data, size_t len)
{
	static u32 table[256];
	const u8 *p = data;
	u32 i, bit;

	for (i = 0; !table[255] && i < 256; i++) {
		u32 v = i;

		for (bit = 0; bit < 8; bit++)
			v = v >> 1 ^ (v & 1 ? 0xedb88320 : 0);
		table[i] = v;
	}
	while (len--)
		crc = crc >> 8 ^ table[(crc ^ *p++) & 0xff];
	return crc;
}

#endif
