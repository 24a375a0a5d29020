/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output of commands, where it is in a file of its own.
 */
#ifndef FADUMPCTL_PRINT_H
#define FADUMPCTL_PRINT_H

#include "core/core.h"
#include "lib/types.h"
#include "machine/map.h"
#include "machine/state.h"

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

/* All return 0, or -1 if memory is short. */
int status_print_json(const struct fadump_state *s);
int inspect_print_json(const struct core *core, const struct inspect_options *o);

void map_print_svg(const struct memory_map *p);
void inspect_print(const struct core *core, const struct inspect_options *o);

/* Print a dump that was opened by core_open_without_library(). Return: exit status. */
int inspect_show(struct core *core, const struct inspect_options *o);

#endif
