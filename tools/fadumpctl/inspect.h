/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FADUMPCTL_INSPECT_H
#define FADUMPCTL_INSPECT_H

#include "core.h"

/**
 * struct inspect_options - what to print
 * @path: the file
 * @json: print JSON
 * @vmcoreinfo: print all of VMCOREINFO
 * @all_cpus: print registers of all CPUs, not only of the CPU that crashed
 * @log: print at most so many records of the log
 * @log_all: print all of them
 * @seconds: time limit
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
 * struct gap - memory between two ranges of a dump that the dump does not have
 * @start: first byte
 * @size: bytes
 */
struct gap {
	u64 start;
	u64 size;
};

/* Allocates an array of @nr; NULL if @nr is 0. */
struct gap *core_find_gaps(const struct core *core, u32 *nr);
u64 core_memory_size(const struct core *core);

const char *core_machine_name(const struct core *core);
const char *core_register_name(unsigned int reg);

#endif
