/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any checksum: a proof holds whether the sum in a record is right or not. The bytes that
 * are summed must be inside the buffer.
 */
#ifndef PROOF_LINUX_CRC32_H
#define PROOF_LINUX_CRC32_H

#include <linux/types.h>

u32 nondet_u32(void);

static inline u32 crc32_le(u32 crc, const void *data, size_t len)
{
	__CPROVER_assert(__CPROVER_r_ok(data, len), "crc32_le() reads inside the buffer");
	return nondet_u32();
}

#endif
