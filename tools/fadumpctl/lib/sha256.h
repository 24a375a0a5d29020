/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256.
 */
#ifndef FADUMPCTL_SHA256_H
#define FADUMPCTL_SHA256_H

#include <sha2.h>
#include <stdbool.h>

#include "lib/types.h"

#define SHA256_TEXT	(SHA256_DIGEST_LENGTH * 2 + 1)

/**
 * struct sha256 - a checksum; all zero before the first use
 * @evp: libcrypto's context, kept for the next checksum; NULL without libcrypto
 * @md: libmd's context, used if @evp is NULL
 * @failed: libcrypto has refused some of the data
 */
struct sha256 {
	void *evp;
	SHA2_CTX md;
	bool failed;
};

void sha256_begin(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *data, size_t len);
/* Format the checksum as sha256sum does. Return: false if there is none. */
bool sha256_end(struct sha256 *h, char text[SHA256_TEXT]);
void sha256_free(struct sha256 *h);

/* The checksum of a short text; loads no library. */
void sha256_of_text(const char *text, char sum[SHA256_TEXT]);

#endif
