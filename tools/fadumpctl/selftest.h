/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What fadumpctl test remembers over a crash, and what its report makes of it.
 */
#ifndef FADUMPCTL_SELFTEST_H
#define FADUMPCTL_SELFTEST_H

#include <jansson.h>

#include "files.h"

#define SELFTEST_FILE	"/var/lib/fadumpctl/test.json"
/* What the token follows in the log. */
#define SELFTEST_MARK	"fadumpctl test: token "

/**
 * struct selftest - what is remembered over the crash
 * @token: in the log of the kernel that died
 * @boot_id: of its boot
 * @began: seconds since 1970
 * @thorough: what test --thorough has filled, or NULL
 */
struct selftest {
	char token[33];
	char boot_id[64];
	long long began;
	json_t *thorough;
};

/**
 * struct selftest_report_options - what the report is to be
 * @where: directory of dumps or a dump, or NULL for where they are configured to be
 * @json: for programs
 * @output: file for both, to be sent; or NULL
 */
struct selftest_report_options {
	const char *where;
	bool json;
	const char *output;
};

/* Return: exit status. */
int selftest_report(const struct selftest_report_options *o);
void selftest_boot_id(char *buf, size_t cap);

/* The pattern's seed is the first half of the token. */
u64 selftest_seed(const char *token);

/* Where memory of a test lies, as firmware treats it. */
enum place {
	PLACE_LOW,	/* boot memory: firmware copies it */
	PLACE_MIDDLE,	/* stays where it is, like the next */
	PLACE_HIGH,
	PLACE_LENT,	/* the dump area: the copy overwrites it */
	NR_PLACES
};

extern const char * const place_names[NR_PLACES];

/* -------- test-thorough.c: before the crash -------- */

struct filled;

/* Takes memory and fills it. NULL after saying why. */
struct filled *thorough_fill(u64 seed);
/* What the report needs. */
json_t *thorough_json(const struct filled *f);
/* Fill again what the kernel has moved; false if nothing was. */
bool thorough_refill(struct filled *f);
void thorough_free(struct filled *f);

/* -------- test-cpus.c -------- */

/* One number for each CPU that is online; NULL without memory or such a file. */
json_t *cpus_online(void);
/* Gives registers of every CPU known values, until this process ends. */
void cpus_spin(u64 seed, const json_t *cpus);

/* -------- test-machine.c -------- */

/* Model, firmware and kernel, and nothing that names the machine or its owner. */
json_t *machine_json(void);
void machine_print(const json_t *machine);

/* -------- test-proof.c: after it -------- */

/**
 * proof_make - look for what was filled in a dump
 * @thorough: what is remembered
 * @seed: the pattern's
 * @path: the dump
 * @level: it was saved with, if that is known
 *
 * Return: the result, or NULL after saying why there is none.
 */
json_t *proof_make(const json_t *thorough, u64 seed, const char *path, struct number level);
bool proof_is_good(const json_t *proof);
void proof_print(const json_t *proof);

#endif
