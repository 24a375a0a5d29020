/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256.
 */
#ifndef FADUMPCTL_SHA256_H
#define FADUMPCTL_SHA256_H

#include <sha2.h>
#include <stdbool.h>

#include "types.h"

#define SHA256_TEXT	(SHA256_DIGEST_LENGTH * 2 + 1)

/**
 * struct sha256 - a sum that is being made; all zero before the first one
 * @evp: libcrypto's, kept from one sum to the next; NULL where that is missing
 * @md: libmd's, where @evp is NULL
 * @failed: libcrypto has not taken all that was given to it
 */
struct sha256 {
	void *evp;
	SHA2_CTX md;
	bool failed;
};

void sha256_begin(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *data, size_t len);
/* The sum as sha256sum prints it. False if there is none. */
bool sha256_end(struct sha256 *h, char text[SHA256_TEXT]);
void sha256_free(struct sha256 *h);

/* Of a short text, for which no library is loaded. */
void sha256_of_text(const char *text, char sum[SHA256_TEXT]);

#endif
