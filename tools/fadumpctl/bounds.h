/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every maximum, with its reason. Files of a dead kernel are believed this far
 * and no further.
 */
#ifndef FADUMPCTL_BOUNDS_H
#define FADUMPCTL_BOUNDS_H

/* A file of sysfs or one of proc's small ones: a page of Power has 64 KiB. */
#define MAX_TEXT	(64 * 1024)

/* The kernel's COMMAND_LINE_SIZE, of which bootargs_append is a part. */
#define MAX_BOOTARGS	2048

/* Every machine has fewer pieces of RAM; the kernel's own limit is 1024. */
#define MAX_PIECES	4096

/* A block of makedumpfile's files is a page of the crashed kernel. */
#define MIN_BLOCK	4096
#define MAX_BLOCK	(256 * 1024)

/* e_phnum has 16 bits; the last value says that the number is elsewhere. */
#define MAX_PHDRS	65534

/* The kernel's largest NR_CPUS on Power is 2048. */
#define MAX_CPUS	8192

/* So many CPUs at 536 bytes each need 4 MiB. */
#define MAX_NOTES	(16 * 1024 * 1024)

/* A page of the dead kernel's at most. */
#define MAX_VMCOREINFO	(64 * 1024)

/* log_buf_len= goes up to 2 GiB; a record's length has 16 bits. */
#define MAX_LOG_BITS	31
#define MAX_DESC_BITS	26
#define MAX_LOG_TEXT	65535
#define MAX_LOG_OUT	(256ULL * 1024 * 1024)

/* The dump itself wants the time; of a short limit the log gets a quarter. */
#define MAX_LOG_SECONDS	60

/* The time that inspect may take by default, and the report of a test. */
#define DEFAULT_INSPECT_SECONDS	600

/* What fits on any terminal. */
#define COLUMNS		80

/* More do not make makedumpfile faster, and memory is short. */
#define MAX_THREADS	32

/* Of data between what copies it and what sums it, when memory is short. */
#define MAX_BUFFERS	4
#define BUFFER_SIZE	(256 * 1024)

/* makedumpfile's own file has less than 1 MiB. */
#define MAX_PROGRAM	(64 * 1024 * 1024)

/* What makedumpfile's -d takes; what anybody may want to keep, and to wait. */
#define MAX_LEVEL	31
#define MAX_KEEP	1000000
#define MAX_SECONDS	1000000

/* More than ssh takes to find out that a host does not answer (ConnectTimeout). */
#define MAX_CHECK_SECONDS	40

/* The end of the year 9999, in seconds since 1970: what is later is no time. */
#define MAX_TIME	253402300799LL

/* To remove what was written and to leave a report, before systemd kills. */
#define MAX_CLEANUP_SECONDS	60

/* What test --thorough fills, in pages of 4 KiB at least; a line of each page's. */
#define MAX_TEST_MEMORY	(256 * 1024 * 1024)
#define MAX_TEST_PAGES	(MAX_TEST_MEMORY / 4096)
#define MAX_TEST_FILE	(4 * 1024 * 1024)

/* Of pages and CPUs that are not as they should be, so many are named each. */
#define MAX_NAMED	64

#endif
