/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every maximum that the pure code and its callers agree on, with its reason.
 */

#ifndef _POWERPC_FADUMP_LIMITS_H
#define _POWERPC_FADUMP_LIMITS_H

/*
 * Pieces that the boot memory may be copied in. RTAS takes ten sections, three
 * of which are spoken for; OPAL's table has 63 places for a kernel.
 */
#define FADUMP_MAX_COPIES		64

/* RTAS: sections in a dump memory structure (PAPR: 512 bytes at most). */
#define RTAS_MAX_SECTIONS		10

/* OPAL: its table of 64 has one place that OPAL needs itself. */
#define OPAL_MAX_COPIES			63

/* OPAL: regions of its own that it copies; skiboot has one. */
#define OPAL_MAX_FW_REGIONS		8

/*
 * Ranges of RAM, and ranges that somebody else owns. memblock itself holds
 * 128 of a kind at the time when they are collected.
 */
#define FADUMP_MAX_RANGES		256

/*
 * Threads in a register save area. Linux on powerpc ends at 8192 CPUs; what is
 * beyond that cannot be anybody's.
 */
#define FADUMP_MAX_CPUS			8192

/*
 * All that firmware writes about CPUs: 8192 threads of 4 KiB each, three times
 * what POWER10 needs.
 */
#define FADUMP_MAX_CPU_DATA		(32 * 1024 * 1024)

/*
 * VMCOREINFO note: a page of text in the kernels known so far, and the largest
 * page is 64 KiB. fs/proc/vmcore.c copies it with kmalloc().
 */
#define FADUMP_MAX_VMCOREINFO		(128 * 1024)

/*
 * How much memory is searched for a note or a record that is not where it ought
 * to be, half of it from each end. Kernels take such pages early on, from one end
 * of memory or the other; a search of all of a machine of many TiB would hold up
 * the boot.
 */
#define FADUMP_MAX_SEARCH		(64ULL * 1024 * 1024 * 1024)

/* A note's head and the name "VMCOREINFO"; less would be read past its end. */
#define FADUMP_MIN_VMCOREINFO		24

/* Parts of a crash-info record; seven are defined. */
#define FADUMP_MAX_PARTS		32

/*
 * Boots that may find a dump, unless fadump_attempts= says otherwise: the first
 * may have met a passing fault, the second the same one, and what three could not
 * do a fourth will not.
 */
#define FADUMP_MAX_ATTEMPTS		3

/* Size of a crash-info record: 8192 CPUs need 192 KiB of it. */
#define FADUMP_MAX_CRASH_INFO		(256 * 1024)

/* Extra boot arguments: as much as the command line itself holds. */
#define FADUMP_BOOTARGS_SZ		2048

#endif /* _POWERPC_FADUMP_LIMITS_H */
