/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256, FIPS 180-4. Our own, because a rescue environment may have no
 * library for it.
 */
#ifndef FADUMPCTL_SHA256_H
#define FADUMPCTL_SHA256_H

#include "types.h"

struct sha256 {
	u32 state[8];
	u64 bytes;
	u8 block[64];
};

struct sha256_text {
	char s[65];
};

void sha256_begin(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *data, size_t len);
struct sha256_text sha256_end(struct sha256 *h);

#endif
