/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of fadump, as the kernel tells it.
 */
#ifndef FADUMPCTL_STATE_H
#define FADUMPCTL_STATE_H

#include "lib/bounds.h"
#include "lib/types.h"

/* The kernel writes fewer lines, but may add keys. */
#define MAX_STATUS_LINES	64

/**
 * struct status_line - one "key: value" of dump_status
 * @key: not unique
 * @value: never NULL
 */
struct status_line {
	const char *key;
	const char *value;
};

/**
 * struct dump_status - the file dump_status
 * @text: buffer of the lines
 * @nr: number of @line; 0 if the kernel has no such file
 * @line: the lines, in the file's order
 */
struct dump_status {
	char text[8192];
	unsigned int nr;
	struct status_line line[MAX_STATUS_LINES];
};

/**
 * struct fadump_state - the state of fadump
 * @supported: kernel and firmware offer dumps
 * @legacy: the kernel has only the old file names
 * @enabled: fadump= asks for it and memory is reserved
 * @registered: a crash will be dumped
 * @waiting: there is a dump that has not been released
 * @releasing: the dump was released, but not all of its memory
 * @is_requested: the command line has fadump=on or fadump=nocma
 * @nocma: the command line has fadump=nocma
 * @mem_reserved: bytes of the dump area
 * @cma_size: bytes of it that are a CMA area
 * @boot_mem_size: bytes that firmware copies and the capture kernel runs in
 * @boot_mem_used: high-water mark of a capture kernel, in bytes
 * @boot_mem_recommended: the kernel's recommendation for @boot_mem_size
 * @vmcore_size: of /proc/vmcore, if it is there
 * @hotplug_ready: no new registration is needed after hotplug
 * @has_bootargs: there is bootargs_append
 * @bootargs: its text
 * @cmdline: the kernel's command line
 * @dump: the file dump_status
 */
struct fadump_state {
	bool supported;
	bool legacy;
	bool enabled;
	bool registered;
	bool waiting;
	bool releasing;
	bool is_requested;
	bool nocma;
	struct number mem_reserved;
	struct number cma_size;
	struct number boot_mem_size;
	struct number boot_mem_used;
	struct number boot_mem_recommended;
	struct number vmcore_size;
	struct number hotplug_ready;
	bool has_bootargs;
	char bootargs[MAX_BOOTARGS];
	char cmdline[MAX_BOOTARGS];
	struct dump_status dump;
};

void state_read(struct fadump_state *s);

/* The first value of @key, or NULL. */
const char *dump_status_get(const struct dump_status *dump, const char *key);
struct number dump_status_number(const struct dump_status *dump, const char *key);
void dump_status_parse(struct dump_status *dump);
void dump_status_read(struct dump_status *dump);

/* What the next crash leaves behind. */
enum next_crash {
	NEXT_NOTHING,
	NEXT_DUMP_WAITS,
	NEXT_ALL,
	NEXT_ALL_BUT_CMA,
	NEXT_ALL_MAYBE_BUT_CMA,
};

enum next_crash state_next_crash(const struct fadump_state *s);

/* A sentence for the user, a word for JSON. */
const char *next_crash_text(enum next_crash next);
const char *next_crash_word(enum next_crash next);

/* Why firmware is not registered, or a dump is waiting. */
const char *why_not_armed(const struct fadump_state *s);

#endif
