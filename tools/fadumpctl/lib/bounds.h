/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every limit, with its reason. A file of the crashed kernel may claim anything; no
 * number in it is used beyond these.
 */
#ifndef FADUMPCTL_BOUNDS_H
#define FADUMPCTL_BOUNDS_H

/* A file of sysfs, which is at most a page of 64 KiB, or a small file of proc. */
#define MAX_TEXT	(64 * 1024)

/* The kernel's COMMAND_LINE_SIZE, of which bootargs_append is a part. */
#define MAX_BOOTARGS	2048

/* More pieces of RAM than any machine has; the kernel's own limit is 1024. */
#define MAX_PIECES	4096

/* makedumpfile's blocks are pages of the crashed kernel. */
#define MIN_BLOCK	4096
#define MAX_BLOCK	(256 * 1024)

/* e_phnum has 16 bits; 65535 means that the number is stored elsewhere. */
#define MAX_PHDRS	65534

/* The kernel's largest NR_CPUS on Power is 2048. */
#define MAX_CPUS	8192

/* Notes of 8192 CPUs, 536 bytes each, need 4 MiB. */
#define MAX_NOTES	(16 * 1024 * 1024)

/* Digits that tell this machine from others of the same host name. */
#define MACHINE_ID_LEN	8

/* VMCOREINFO is one page of the crashed kernel at most. */
#define MAX_VMCOREINFO	(64 * 1024)

/* log_buf_len= goes up to 2 GiB; a record's length has 16 bits. */
#define MAX_LOG_BITS	31
#define MAX_DESC_BITS	26
#define MAX_LOG_TEXT	65535
#define MAX_LOG_OUT	(256ULL * 1024 * 1024)

/* Seconds for the log, so that the dump itself is not delayed; see save_seconds(). */
#define MAX_LOG_SECONDS	60

/* Default time limit of inspect, and time limit of a test's report. */
#define DEFAULT_INSPECT_SECONDS	600

/* The width that every terminal has. */
#define COLUMNS		80

/* More threads do not make makedumpfile faster, and memory is short in a capture. */
#define MAX_THREADS	32

/* Buffers between the thread that copies and the thread that computes the checksum. */
#define MAX_BUFFERS	4
#define BUFFER_SIZE	(256 * 1024)

/* The largest program that is searched for a name; makedumpfile has less than 1 MiB. */
#define MAX_PROGRAM	(64 * 1024 * 1024)

/* makedumpfile's -d goes up to 31; the others only catch typing errors. */
#define MAX_LEVEL	31
#define MAX_KEEP	1000000
#define MAX_ATTEMPTS	100
#define MAX_MIB		1000000000
#define MAX_SECONDS	1000000

/* A command in fadump.conf; a longer one can be a script. Time for PRE, and for POST. */
#define MAX_COMMAND	1024
#define MAX_COMMAND_SECONDS	120

/* Of MAKEDUMPFILE_ARGS; longer than all options of makedumpfile together. */
#define MAX_MORE_ARGS	1024
#define MAX_MORE_WORDS	32

/* Longer than ssh's ConnectTimeout, so that ssh reports a silent host itself. */
#define MAX_CHECK_SECONDS	40

/* The end of the year 9999, in seconds since 1970; a later time is invalid. */
#define MAX_TIME	253402300799LL

/* Time to remove partial files and to write a report, before systemd sends SIGKILL. */
#define MAX_CLEANUP_SECONDS	60

/* What test --thorough fills: bytes, pages of 4 KiB, bytes of the file that lists them. */
#define MAX_TEST_MEMORY	(256 * 1024 * 1024)
#define MAX_TEST_PAGES	(MAX_TEST_MEMORY / 4096)
#define MAX_TEST_FILE	(4 * 1024 * 1024)

/* A report names at most so many pages or CPUs of each kind that are wrong. */
#define MAX_NAMED	64

#endif
