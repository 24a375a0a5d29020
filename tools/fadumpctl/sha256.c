// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SHA-256, FIPS 180-4.
 */

#include <stdio.h>
#include <string.h>

#include "sha256.h"
#include "source.h"

static const u32 k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static u32 ror(u32 x, unsigned int n)
{
	return x >> n | x << (32 - n);
}

static void expand(u32 *w, const u8 *block)
{
	unsigned int i;

	for (i = 0; i < 16; i++)
		w[i] = get32(true, block + 4 * i);
	for (; i < 64; i++) {
		u32 s0 = ror(w[i - 15], 7) ^ ror(w[i - 15], 18) ^ w[i - 15] >> 3;
		u32 s1 = ror(w[i - 2], 17) ^ ror(w[i - 2], 19) ^ w[i - 2] >> 10;

		w[i] = w[i - 16] + s0 + w[i - 7] + s1;
	}
}

static void add_block(struct sha256 *h, const u8 *block)
{
	u32 w[64], v[8];
	unsigned int i;

	expand(w, block);
	memcpy(v, h->state, sizeof(v));
	for (i = 0; i < 64; i++) {
		u32 s1 = ror(v[4], 6) ^ ror(v[4], 11) ^ ror(v[4], 25);
		u32 ch = (v[4] & v[5]) ^ (~v[4] & v[6]);
		u32 t1 = v[7] + s1 + ch + k[i] + w[i];
		u32 s0 = ror(v[0], 2) ^ ror(v[0], 13) ^ ror(v[0], 22);
		u32 maj = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);

		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += t1;
		v[0] = t1 + s0 + maj;
	}
	for (i = 0; i < 8; i++)
		h->state[i] += v[i];
}

void sha256_begin(struct sha256 *h)
{
	static const u32 start[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};

	memcpy(h->state, start, sizeof(start));
	h->bytes = 0;
}

void sha256_add(struct sha256 *h, const void *data, size_t len)
{
	const u8 *at = data;

	while (len) {
		size_t have = h->bytes % 64;
		size_t n = 64 - have < len ? 64 - have : len;

		if (n == 64) {
			add_block(h, at);
		} else {
			memcpy(h->block + have, at, n);
			if (have + n == 64)
				add_block(h, h->block);
		}
		h->bytes += n;
		at += n;
		len -= n;
	}
}

/**
 * sha256_end - end the sum
 * @h: sum, to be begun anew before it is used again
 *
 * Return: its text.
 */
struct sha256_text sha256_end(struct sha256 *h)
{
	static const u8 pad[64] = { 0x80 };
	u64 bits = h->bytes * 8;
	struct sha256_text text;
	u8 length[8];
	unsigned int i;

	for (i = 0; i < 8; i++)
		length[i] = bits >> (56 - 8 * i);
	sha256_add(h, pad, 1 + (119 - h->bytes % 64) % 64);
	sha256_add(h, length, sizeof(length));
	for (i = 0; i < 8; i++)
		snprintf(text.s + 8 * i, 9, "%08x", h->state[i]);
	return text;
}
