/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contents of a dump, for all formats of the file.
 *
 * Nothing in the file is trusted: every number is checked against the file before it
 * is used. An invalid number loses only the part that it describes.
 */
#ifndef FADUMPCTL_CORE_H
#define FADUMPCTL_CORE_H

#include "lib/source.h"
#include "lib/types.h"

/* struct pt_regs of ppc64, in units of 8 bytes. */
#define PPC64_NR_REGS	48

enum ppc64_reg {
	PPC64_NIP = 32,
	PPC64_MSR = 33,
	PPC64_CTR = 35,
	PPC64_LINK = 36,
	PPC64_XER = 37,
	PPC64_CCR = 38,
	PPC64_SOFTE = 39,
	PPC64_TRAP = 40,
	PPC64_DAR = 41,
	PPC64_DSISR = 42,
};

/* What makes no sense in a dump, and is left out. */
enum core_damage {
	DAMAGE_LOAD_OUTSIDE,
	DAMAGE_LOAD_OVERFLOW,
	DAMAGE_NOTES_OUTSIDE,
	DAMAGE_NOTES_TOO_LARGE,
	DAMAGE_NOTE_CUT,
	DAMAGE_REGISTERS_CUT,
	DAMAGE_TOO_MANY_CPUS,
	DAMAGE_HEADERS,
	DAMAGE_INCOMPLETE,
	DAMAGE_PAGES,
	NR_DAMAGES
};

const char *core_damage_text(enum core_damage damage);

/**
 * struct core_range - physical memory that is in the dump
 * @start: first byte
 * @size: bytes
 * @vaddr: its address in the crashed kernel's linear mapping, if the file says so
 * @offset: where it is in the file; ELF only
 */
struct core_range {
	u64 start;
	u64 size;
	u64 vaddr;
	u64 offset;
};

/**
 * struct core_cpu - a CPU's note
 * @pid: of the task that ran there; 0 if idle or unknown
 * @has_regs: the note has registers that this program can decode
 * @regs: struct pt_regs
 */
struct core_cpu {
	u32 pid;
	bool has_regs;
	u64 regs[PPC64_NR_REGS];
};

/**
 * struct core - a dump
 * @format: what kind of file
 * @src: the file
 * @is_kdump: libkdumpfile is needed to read it
 * @kdump: libkdumpfile's handle, else NULL
 * @big_endian: byte order of the crashed kernel
 * @machine: ELF's number of the architecture
 * @damage: bit for each &enum core_damage
 * @ranges: memory, in the file's order
 * @nr_ranges: number of @ranges
 * @ranges_cut: there were more than @nr_ranges
 * @pages: number of pages in a file that leaves some out
 * @page_size: of the crashed kernel, where the file says so
 * @cpus: CPUs, in the file's order
 * @nr_cpus: number of @cpus
 * @vmcoreinfo: its text, terminated, or NULL
 * @vmcoreinfo_len: bytes of @vmcoreinfo
 * @end: time limit of klog_tail(), as clock_seconds() counts; 0 for none
 */
struct core {
	const char *format;
	struct source src;
	bool is_kdump;
	void *kdump;
	bool big_endian;
	u16 machine;
	u32 damage;
	struct core_range *ranges;
	u32 nr_ranges;
	bool ranges_cut;
	struct number pages;
	struct number page_size;
	struct core_cpu *cpus;
	u32 nr_cpus;
	char *vmcoreinfo;
	size_t vmcoreinfo_len;
	double end;
};

/*
 * Open a file of any format and report what is wrong. The second one does not load
 * libkdumpfile: it checks a file of makedumpfile and does not decode it. Return: exit
 * status.
 */
int core_open(struct core *core, const char *path);
int core_open_without_library(struct core *core, const char *path);
void core_close(struct core *core);

/* Report all damage. Return: EXIT_DAMAGED. */
int core_fail_damaged(const struct core *core, const char *path);

/* Return: 0 or -errno; call core_close() after an error as well. */
int elf_core_decode(struct core *core);
/* Return: 0 or -errno; missing data is damage, not an error. */
int kdump_check(struct core *core);
/* Return: exit status. */
int kdump_core_decode(struct core *core, const char *path);
void kdump_core_close(struct core *core);
int kdump_core_read(const struct core *core, u64 paddr, void *buf, size_t len);

/* ELF notes, in an ELF core or in another format. */
void core_add_notes(struct core *core, const u8 *notes, size_t len);
int core_add_cpu(struct core *core, const u8 *prstatus, size_t len);
int core_set_vmcoreinfo(struct core *core, const void *text, size_t len);

/* Memory by physical address, or by an address of the linear mapping. */
int core_read(const struct core *core, u64 paddr, void *buf, size_t len);
int core_read_virt(const struct core *core, u64 vaddr, void *buf, size_t len);

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
/* NULL for a word of struct pt_regs that is not shown. */
const char *core_register_name(unsigned int reg);

/* Index of the CPU that saved its registers itself, or -1. */
int core_crashing_cpu(const struct core *core);

/* The value of "@key=" in VMCOREINFO, which is not terminated, or NULL. */
const char *vmcoreinfo_find(const struct core *core, const char *key, size_t *len);
/* @kind: SYMBOL is hexadecimal, all others are decimal */
struct number vmcoreinfo_number(const struct core *core, const char *kind,
				const char *name);
/* Seconds since 1970, no more than MAX_TIME. */
struct number vmcoreinfo_crash_time(const struct core *core);
/* OSRELEASE, printable. */
void vmcoreinfo_release(const struct core *core, char *buf, size_t cap);

#endif
