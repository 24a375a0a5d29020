// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SHA-256, by libcrypto if it can be loaded, else by libmd.
 *
 * libcrypto uses the CPU's instructions for SHA-256 and is several times as fast. It is
 * too large to be put into an initramfs for this alone, but it is there if kmod or
 * systemd link to it. Its header is not needed to build this.
 */

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/library.h"
#include "lib/sha256.h"

#define SONAME	"libcrypto.so.3"

/* EVP_MD_CTX and EVP_MD are opaque, so void pointers can stand for them. */
static struct library {
	void *(*new)(void);
	void (*free)(void *ctx);
	const void *(*sha256)(void);
	int (*init)(void *ctx, const void *type, void *engine);
	int (*update)(void *ctx, const void *data, size_t len);
	int (*final)(void *ctx, u8 *digest, unsigned int *len);
} lib;

static const struct library_function functions[] = {
	{ "EVP_MD_CTX_new", offsetof(struct library, new) },
	{ "EVP_MD_CTX_free", offsetof(struct library, free) },
	{ "EVP_sha256", offsetof(struct library, sha256) },
	{ "EVP_DigestInit_ex", offsetof(struct library, init) },
	{ "EVP_DigestUpdate", offsetof(struct library, update) },
	{ "EVP_DigestFinal_ex", offsetof(struct library, final) },
};

_Static_assert(ARRAY_SIZE(functions) * sizeof(void *) == sizeof(lib), "a name for each");

static bool load_library(void)
{
	return library_load(SONAME, functions, ARRAY_SIZE(functions), &lib);
}

static bool has_library(void)
{
	static bool tried, loaded;

	if (!tried)
		loaded = load_library();
	tried = true;
	return loaded;
}

/**
 * sha256_begin - begin a checksum
 * @h: all zero, or used before
 */
void sha256_begin(struct sha256 *h)
{
	h->failed = false;
	if (!h->evp && has_library())
		h->evp = lib.new();
	if (h->evp && lib.init(h->evp, lib.sha256(), NULL) == 1)
		return;
	sha256_free(h);
	SHA256Init(&h->md);
}

void sha256_add(struct sha256 *h, const void *data, size_t len)
{
	if (!h->evp)
		SHA256Update(&h->md, data, len);
	else if (lib.update(h->evp, data, len) != 1)
		h->failed = true;
}

static void print_digest(const u8 *digest, char text[SHA256_TEXT])
{
	size_t i;

	for (i = 0; i < SHA256_DIGEST_LENGTH; i++)
		sprintf(text + 2 * i, "%02x", digest[i]);
}

/**
 * sha256_end - finish a checksum
 * @h: the checksum
 * @text: result, empty after false
 *
 * Return: false if libcrypto has failed.
 */
bool sha256_end(struct sha256 *h, char text[SHA256_TEXT])
{
	u8 digest[SHA256_DIGEST_LENGTH];

	text[0] = '\0';
	if (!h->evp)
		SHA256Final(digest, &h->md);
	else if (h->failed || lib.final(h->evp, digest, NULL) != 1)
		return false;
	print_digest(digest, text);
	return true;
}

void sha256_free(struct sha256 *h)
{
	if (h->evp)
		lib.free(h->evp);
	h->evp = NULL;
}

void sha256_of_text(const char *text, char sum[SHA256_TEXT])
{
	SHA256Data((const u8 *)text, strlen(text), sum);
}
