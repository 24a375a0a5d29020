/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What fadumpctl test stores before the crash, and its report afterwards.
 */
#ifndef FADUMPCTL_SELFTEST_H
#define FADUMPCTL_SELFTEST_H

#include <jansson.h>

#include "lib/types.h"

#define SELFTEST_FILE	"/var/lib/fadumpctl/test.json"
/* In the kernel's log, the token follows this text. */
#define SELFTEST_MARK	"fadumpctl test: token "

/**
 * struct selftest - what the file stores
 * @token: random; also in the log of the crashed kernel
 * @boot_id: of the boot that crashed
 * @began: seconds since 1970
 * @thorough: what test --thorough filled, or NULL
 */
struct selftest {
	char token[33];
	char boot_id[64];
	long long began;
	json_t *thorough;
};

/**
 * struct selftest_report_options - what to report, and where to
 * @where: directory of dumps, or the file of a dump; NULL for the configured directory
 * @json: print JSON
 * @output: file to write the report to as well, or NULL
 */
struct selftest_report_options {
	const char *where;
	bool json;
	const char *output;
};

/* -------- report.c -------- */

/* Return: exit status. */
int selftest_report(const struct selftest_report_options *o);

/* -------- record.c: the file -------- */

/* Each returns an exit status; selftest_load() takes a reference of @t->thorough. */
int selftest_store(const struct selftest *t);
int selftest_load(struct selftest *t);

void selftest_boot_id(char *buf, size_t cap);
/* A time in a file may be anything. Return: @when, or 0 if it is invalid. */
long long selftest_time(long long when);

/* The pattern's seed is the first half of the token. */
u64 selftest_seed(const char *token);

/* Where a page of the test lies, by what firmware does to it. */
enum place {
	PLACE_LOW,	/* boot memory: firmware copies it */
	PLACE_MIDDLE,	/* firmware leaves it where it is, as the next */
	PLACE_HIGH,
	PLACE_AREA,	/* the dump area: firmware's copy overwrites it */
	NR_PLACES
};

extern const char * const place_names[NR_PLACES];

/* -------- fill.c: before the crash -------- */

struct filled;

/* Allocate memory and fill it. NULL after a message. */
struct filled *thorough_fill(u64 seed);
/* The list of pages and CPUs for the report. */
json_t *thorough_json(const struct filled *f);
/* Fill pages again that the kernel has moved. Return: true if there were any. */
bool thorough_refill(struct filled *f);
void thorough_free(struct filled *f);

/* -------- cpus.c -------- */

/* A list of the numbers of all CPUs that are online. */
json_t *cpus_online(void);
/* Load known values into registers of each CPU, until this process ends. */
void cpus_load_registers(u64 seed, const json_t *cpus);

/* -------- hardware.c -------- */

/* Model, firmware and kernel, without anything that identifies the machine or its owner. */
json_t *hardware_json(void);
void hardware_print(const json_t *machine);

/* -------- proof.c: after the crash -------- */

/**
 * proof_make - compare a dump with what was filled
 * @thorough: what the file stores
 * @seed: of the pattern
 * @path: the dump
 * @level: makedumpfile's level for this dump, if known
 *
 * Return: the result, or NULL after a message.
 */
json_t *proof_make(const json_t *thorough, u64 seed, const char *path, struct number level);
bool proof_is_good(const json_t *proof);
void proof_print(const json_t *proof);

#endif
