/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FADUMPCTL_INSPECT_H
#define FADUMPCTL_INSPECT_H

#include "core.h"

/**
 * struct inspect_options - what to show
 * @path: the file
 * @json: for programs
 * @vmcoreinfo: all of VMCOREINFO
 * @all_cpus: registers of all CPUs, not only of the one that crashed
 * @log: records of the log at most
 * @log_all: all of them
 * @seconds: give up then
 */
struct inspect_options {
	const char *path;
	bool json;
	bool vmcoreinfo;
	bool all_cpus;
	u64 log;
	bool log_all;
	u64 seconds;
};

/* Return: exit status. */
int inspect_show(const struct core *core, const struct inspect_options *o);
int inspect_in_child(struct core *core, const struct inspect_options *o);

void inspect_print(const struct core *core, const struct inspect_options *o);
int inspect_print_json(const struct core *core, const struct inspect_options *o);

/**
 * struct gap - memory that the dump does not have, between two ranges of it
 * @start: first byte
 * @size: bytes
 */
struct gap {
	u64 start;
	u64 size;
};

/* Allocates; @nr is how many. NULL also where there is none. */
struct gap *find_gaps(const struct core *core, u32 *nr);
u64 memory_of(const struct core *core);

const char *machine_name(const struct core *core);
const char *register_name(unsigned int reg);

#endif
