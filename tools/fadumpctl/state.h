/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that the kernel says of fadump, read once.
 */
#ifndef FADUMPCTL_STATE_H
#define FADUMPCTL_STATE_H

#include "bounds.h"
#include "types.h"

/* Keys may be added to dump_status; the kernel has 12 words for losses. */
#define MAX_STATUS_LINES	64

/**
 * struct status_line - one "key: value" of dump_status
 * @key: may come more than once
 * @value: never NULL
 */
struct status_line {
	const char *key;
	const char *value;
};

/**
 * struct dump_status - the file dump_status
 * @text: what the lines point into
 * @nr: lines; 0 where the kernel has no such file
 * @line: the lines in their order
 */
struct dump_status {
	char text[8192];
	unsigned int nr;
	struct status_line line[MAX_STATUS_LINES];
};

/**
 * struct fadump_state - all of it
 * @supported: kernel and firmware offer dumps
 * @legacy: under the old names only
 * @enabled: fadump= asks for it and there is memory
 * @registered: a crash will be dumped
 * @waiting: there is a dump that has not been released
 * @releasing: there was, and not all of its memory is back
 * @asked_for: the command line says fadump=on or fadump=nocma
 * @nocma: it says the latter
 * @mem_reserved: bytes of the dump area
 * @cma_size: bytes of it that are lent to applications
 * @boot_mem_size: bytes that firmware copies and the capture kernel runs in
 * @boot_mem_used: bytes that a capture kernel needed at most
 * @boot_mem_recommended: what the kernel would take
 * @vmcore_size: of /proc/vmcore, if it is there
 * @hotplug_ready: nothing has to be done after hotplug
 * @has_bootargs: whether there is bootargs_append
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
	bool asked_for;
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

/* The first value of a key, or NULL. */
const char *dump_status_get(const struct dump_status *dump, const char *key);
struct number dump_status_number(const struct dump_status *dump, const char *key);
void dump_status_parse(struct dump_status *dump);
void dump_status_read(struct dump_status *dump);

/* What the next crash would leave behind. */
enum next_crash {
	NEXT_NOTHING,
	NEXT_DUMP_WAITS,
	NEXT_ALL,
	NEXT_ALL_BUT_LENT,
	NEXT_ALL_MAYBE_LENT,
};

enum next_crash state_next_crash(const struct fadump_state *s);

#endif
