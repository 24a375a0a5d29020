/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits that library code and its callers share, with the reason for each.
 */

#ifndef _POWERPC_FADUMP_LIMITS_H
#define _POWERPC_FADUMP_LIMITS_H

/*
 * Ranges that firmware can copy. RTAS has ten sections, of which three are for other
 * things; OPAL's table has 63 entries for the kernel.
 */
#define FADUMP_MAX_COPIES		64

/* RTAS: sections in a dump memory structure (PAPR: 512 bytes at most). */
#define RTAS_MAX_SECTIONS		10

/* OPAL: its table has 64 entries, one of which OPAL uses itself. */
#define OPAL_MAX_COPIES			63

/* OPAL: regions of its own that it saves; skiboot has one. */
#define OPAL_MAX_FW_REGIONS		8

/*
 * Entries of a set of RAM or of reserved ranges. memblock itself holds 128 of each when
 * the sets are built.
 */
#define FADUMP_MAX_RANGES		256

/*
 * Threads in firmware's register data. NR_CPUS on powerpc is at most 8192, so a larger
 * number is an error.
 */
#define FADUMP_MAX_CPUS			8192

/*
 * Bytes of firmware's data of the CPUs: 4 KiB for each of 8192 threads, three times as
 * much as a POWER10 writes.
 */
#define FADUMP_MAX_CPU_DATA		(32 * 1024 * 1024)

/*
 * Bytes of a VMCOREINFO note. All kernels so far have one page of text, 64 KiB at most.
 * fs/proc/vmcore.c copies the note with kmalloc().
 */
#define FADUMP_MAX_VMCOREINFO		(128 * 1024)

/*
 * Bytes that are searched for a note or a record, half of them from each end of memory.
 * Kernels allocate their pages early, near an end of memory; to search many TiB would
 * delay the boot.
 */
#define FADUMP_MAX_SEARCH		(64ULL * 1024 * 1024 * 1024)

/* Bytes of a note's header and the name "VMCOREINFO". */
#define FADUMP_MIN_VMCOREINFO		24

/* Parts of a crash-info record; seven are defined. */
#define FADUMP_MAX_PARTS		32

/*
 * Default of fadump_attempts=, the capture boots that may try to save a dump. A fault
 * that three boots do not get past is not temporary.
 */
#define FADUMP_MAX_ATTEMPTS		3

/* Bytes of a crash-info record. With 8192 CPUs it has 192 KiB. */
#define FADUMP_MAX_CRASH_INFO		(256 * 1024)

/* Bytes of the extra boot arguments: as many as a command line has. */
#define FADUMP_BOOTARGS_SZ		2048

#endif /* _POWERPC_FADUMP_LIMITS_H */
