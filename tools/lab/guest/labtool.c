// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest commands that a shell cannot do, or not fast enough.
 *
 *   labtool fill FILE MIB   write a pattern that names file offset and file;
 *                           stops early, and says so, when memory runs out
 *   labtool check FILE      compare again, print how many 8-byte words differ
 *   labtool copy FROM TO    copy a file, leaving holes for blocks of zeroes
 *   labtool sample FROM TO  pieces from all over a core's PT_LOADs, each as its
 *                           physical address and its 4096 bytes
 *   labtool pieces HOW FROM LIST TO
 *                           the 4096 bytes of a core at each physical address that
 *                           LIST has a line of; HOW is read or mmap
 *   labtool hold FILE WHERE map a piece of it, from its start or its middle, until
 *                           a signal comes
 *   labtool into FILE MEMORY  read a piece of FILE into a mapping of MEMORY
 *   labtool span FILE       map all of it and read its first byte
 *   labtool leave FILE STATUS  a second thread reads all of it and ends the program
 *                           with that status, or waits for ever if STATUS is "stay";
 *                           the first thread has ended by then
 *   labtool run FILE PROGRAM...  read from the middle of FILE, run the program to its
 *                           end, and ignore its exit status
 *   labtool send FILE AT    sendfile() a part of it, from that offset on, to /dev/null
 *   labtool rtas            call get-time-of-day through the rtas system call
 *   labtool count PAGES     count for ever and write each number to the next page of
 *                           that many, in turn; see counting()
 *   labtool restart HOW     the reboot system call with that argument
 *   labtool read FILE MIB   read that much of a core's largest PT_LOAD
 *   labtool map FILE MIB    the same through mmap; see mark()
 */
#define _GNU_SOURCE
#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/reboot.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS 32768		/* 256 KiB at a time */

static uint64_t words[WORDS];

static uint64_t hash(const char *name)
{
	uint64_t value = 0xcbf29ce484222325;

	while (*name)
		value = (value ^ (unsigned char)*name++) * 0x100000001b3;
	return value;
}

static uint64_t word(uint64_t seed, uint64_t index)
{
	return (seed + index) * 0x9e3779b97f4a7c15;
}

static int fill(const char *name, long mib)
{
	uint64_t seed = hash(name), index = 0, end = (uint64_t)mib << 17;
	int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	if (fd < 0)
		return perror(name), 1;
	while (index < end) {
		ssize_t done;

		for (int i = 0; i < WORDS; i++)
			words[i] = word(seed, index + i);
		done = write(fd, words, sizeof(words));
		if (done != sizeof(words)) {
			if (done > 0)
				index += done / 8;
			break;
		}
		index += WORDS;
	}
	if (ftruncate(fd, index * 8))
		return perror(name), 1;
	close(fd);
	printf("filled %llu MiB\n", (unsigned long long)(index >> 17));
	return 0;
}

static int check(const char *name)
{
	uint64_t seed = hash(name), index = 0, wrong = 0, first = 0;
	int fd = open(name, O_RDONLY);
	ssize_t got;

	if (fd < 0)
		return perror(name), 1;
	while ((got = read(fd, words, sizeof(words))) > 0) {
		for (int i = 0; i < got / 8; i++, index++) {
			if (words[i] == word(seed, index))
				continue;
			if (!wrong++)
				first = index * 8;
		}
	}
	close(fd);
	if (got < 0)
		return perror(name), 1;
	printf("checked %llu MiB, %llu words differ, first at %#llx\n",
	       (unsigned long long)(index >> 17), (unsigned long long)wrong,
	       (unsigned long long)first);
	return wrong != 0;
}

static int copy(const char *from, const char *to)
{
	int in = open(from, O_RDONLY), out = open(to, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	off_t at = 0;
	ssize_t got;

	if (in < 0 || out < 0)
		return perror(in < 0 ? from : to), 1;
	while ((got = read(in, words, sizeof(words))) > 0) {
		const char *bytes = (const char *)words;

		if ((bytes[0] || memcmp(bytes, bytes + 1, got - 1)) &&
		    pwrite(out, words, got, at) != got)
			return perror(to), 1;
		at += got;
	}
	if (got < 0)
		return perror(from), 1;
	if (ftruncate(out, at) || close(out))
		return perror(to), 1;
	printf("copied %lld bytes\n", (long long)at);
	return 0;
}

#define PIECES 256		/* of each PT_LOAD */

struct piece {
	uint64_t paddr;
	char data[4096];
};

/* The first and the last piece of a segment are always included. */
static int sample_load(int in, int out, const Elf64_Phdr *load)
{
	uint64_t last = load->p_filesz / sizeof(((struct piece *)0)->data) - 1;
	uint64_t count = last + 1 < PIECES ? last + 1 : PIECES, number;
	struct piece piece;

	for (number = 0; number < count; number++) {
		uint64_t at = count > 1 ? number * last / (count - 1) : 0;

		at *= sizeof(piece.data);
		piece.paddr = load->p_paddr + at;
		if (pread(in, piece.data, sizeof(piece.data), load->p_offset + at) !=
		    sizeof(piece.data) || write(out, &piece, sizeof(piece)) != sizeof(piece))
			return 1;
	}
	return 0;
}

static int sample(const char *from, const char *to)
{
	int in = open(from, O_RDONLY), out = open(to, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	int loads = 0;
	Elf64_Ehdr head;
	Elf64_Phdr load;

	if (in < 0 || out < 0 || pread(in, &head, sizeof(head), 0) != sizeof(head))
		return perror(in < 0 ? from : to), 1;
	for (int i = 0; i < head.e_phnum; i++) {
		if (pread(in, &load, sizeof(load), head.e_phoff + i * sizeof(load)) != sizeof(load))
			return perror(from), 1;
		if (load.p_type != PT_LOAD || load.p_filesz < sizeof(((struct piece *)0)->data))
			continue;
		if (sample_load(in, out, &load))
			return perror(from), 1;
		loads++;
	}
	if (close(out))
		return perror(to), 1;
	printf("sampled %d segments\n", loads);
	return 0;
}

/* The offset of a physical address in a core; -1 if the core does not have it. */
static off_t offset_of(int in, uint64_t paddr)
{
	Elf64_Ehdr head;
	Elf64_Phdr load;

	if (pread(in, &head, sizeof(head), 0) != sizeof(head))
		return -1;
	for (int i = 0; i < head.e_phnum; i++) {
		if (pread(in, &load, sizeof(load), head.e_phoff + i * sizeof(load)) != sizeof(load))
			return -1;
		if (load.p_type == PT_LOAD && load.p_paddr <= paddr &&
		    paddr - load.p_paddr < load.p_filesz)
			return load.p_offset + (paddr - load.p_paddr);
	}
	return -1;
}

static int mapped(int in, char *data, size_t len, off_t at)
{
	off_t first = at & ~((off_t)sysconf(_SC_PAGESIZE) - 1);
	size_t size = at - first + len;
	const char *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, in, first);

	if (map == MAP_FAILED)
		return 1;
	memcpy(data, map + (at - first), len);
	return munmap((void *)map, size);
}

static int pieces(const char *how, const char *from, const char *list, const char *to)
{
	int in = open(from, O_RDONLY), out = open(to, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	FILE *addresses = fopen(list, "r");
	unsigned long long paddr;
	char data[4096];
	int number = 0;

	if (in < 0 || out < 0 || !addresses)
		return perror(in < 0 ? from : out < 0 ? to : list), 1;
	while (fscanf(addresses, "%llx", &paddr) == 1) {
		off_t at = offset_of(in, paddr);

		if (at < 0)
			return fprintf(stderr, "%#llx is not in %s\n", paddr, from), 1;
		if (!strcmp(how, "mmap") ? mapped(in, data, sizeof(data), at) :
		    pread(in, data, sizeof(data), at) != sizeof(data))
			return fprintf(stderr, "%s at %#llx: %s\n", how, paddr, strerror(errno)), 1;
		if (write(out, data, sizeof(data)) != sizeof(data))
			return perror(to), 1;
		number++;
	}
	if (close(out))
		return perror(to), 1;
	printf("%d pieces\n", number);
	return 0;
}

static int hold(const char *name, const char *where)
{
	int fd = open(name, O_RDONLY);
	volatile const char *map;
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return perror(name), 1;
	map = mmap(NULL, 1 << 16, PROT_READ, MAP_PRIVATE, fd,
		   strcmp(where, "start") ? st.st_size / 2 & ~0xffffL : 0);
	if (map == MAP_FAILED)
		return perror("mmap"), 1;
	/* After this, only the mapping keeps the file open. */
	close(fd);
	printf("mapped, begins with %d\n", map[0]);
	fflush(stdout);
	pause();
	return 0;
}

static int into(const char *name, const char *memory)
{
	int fd = open(name, O_RDONLY), target = open(memory, O_RDWR);
	void *map;

	if (fd < 0 || target < 0)
		return perror(fd < 0 ? name : memory), 1;
	map = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_SHARED, target, 0);
	if (map == MAP_FAILED)
		return perror("mmap"), 1;
	printf("%zd bytes\n", read(fd, map, 1 << 16));
	return 0;
}

static const char *leave_name, *leave_status;

static void *read_and_exit(void *arg)
{
	int fd = open(leave_name, O_RDONLY);
	ssize_t got;

	/* The first thread ends before much has been read. */
	sleep(1);
	while ((got = read(fd, words, sizeof(words))) > 0)
		;
	if (got)
		exit(3);
	if (strcmp(leave_status, "stay"))
		exit(atoi(leave_status));
	printf("has read all of it\n");
	fflush(stdout);
	pause();
	return NULL;
}

static int leave(const char *name, const char *status)
{
	pthread_t thread;

	leave_name = name;
	leave_status = status;
	if (pthread_create(&thread, NULL, read_and_exit, NULL))
		return perror("thread"), 1;
	pthread_exit(NULL);
}

static int span(const char *name)
{
	int fd = open(name, O_RDONLY);
	volatile const char *map;
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return perror(name), 1;
	map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return perror("mmap"), 1;
	printf("begins with %d\n", map[0]);
	return 0;
}

/* With sendfile() the kernel reads into its own memory. */
static int send(const char *name, off_t at)
{
	int in = open(name, O_RDONLY), out = open("/dev/null", O_WRONLY);

	if (in < 0 || out < 0 || sendfile(out, in, &at, 1 << 16) < 0)
		return perror(name), 1;
	return 0;
}

static int run(const char *name, char *const argv[])
{
	int fd = open(name, O_RDONLY), status;
	struct stat st;
	pid_t pid;

	if (fd < 0 || fstat(fd, &st) || pread(fd, words, 65536, st.st_size / 2) < 0)
		return perror(name), 1;
	close(fd);
	pid = fork();
	if (!pid) {
		execvp(argv[0], argv);
		_exit(127);
	}
	return waitpid(pid, &status, 0) != pid;
}

struct rtas_request {
	uint32_t token, nargs, nret, args[16];
	uint64_t rets;
};

static int rtas(void)
{
	const char *path = "/proc/device-tree/rtas/get-time-of-day";
	struct rtas_request request = { .nret = htobe32(8) };
	int fd = open(path, O_RDONLY);

	if (fd < 0 || read(fd, &request.token, 4) != 4)
		return perror(path), 1;
	close(fd);
	if (syscall(SYS_rtas, &request))
		return perror("rtas"), 1;
	printf("status %d, year %u, month %u, day %u\n",
	       (int)be32toh(request.args[0]), be32toh(request.args[1]),
	       be32toh(request.args[2]), be32toh(request.args[3]));
	return request.args[0] != 0;
}

/* A page's physical address; 0 without the permission to read it. */
static uint64_t physical(int pagemap, const char *at, long size)
{
	uint64_t entry;

	if (pread(pagemap, &entry, sizeof(entry), (uintptr_t)at / size * sizeof(entry)) !=
	    sizeof(entry) || !(entry >> 63))
		return 0;
	return (entry & ((1ULL << 55) - 1)) * size;
}

#define COUNTS 0x6c61622d636f756eUL	/* r15 of a counting thread */

/* r14 counts; it is stored at r16, the first word of each page in turn. */
static void counting(char *first, long size, long pages)
{
	register unsigned long number asm("r14") = 0;
	register unsigned long magic asm("r15") = COUNTS;
	register char *at asm("r16") = first;

	asm volatile("1:	addi	%0, %0, 1\n"
		     "	std	%0, 0(%1)\n"
		     "	add	%1, %1, %4\n"
		     "	cmpld	%1, %5\n"
		     "	blt	1b\n"
		     "	mr	%1, %3\n"
		     "	b	1b\n"
		     : "+r" (number), "+r" (at)
		     : "r" (magic), "r" (first), "r" (size), "r" (first + size * pages)
		     : "cc", "memory");
}

static int count(long pages)
{
	long size = sysconf(_SC_PAGESIZE);
	int pagemap = open("/proc/self/pagemap", O_RDONLY);
	char *first = mmap(NULL, size * pages, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (pagemap < 0 || first == MAP_FAILED || mlock(first, size * pages))
		return perror("count"), 1;
	for (long i = 0; i < pages; i++)
		printf("%#llx\n", (unsigned long long)physical(pagemap, first + i * size, size));
	printf("counting\n");
	fflush(stdout);
	counting(first, size, pages);
	return 0;
}

static int restart(const char *how)
{
	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_RESTART2,
		how);
	return perror("reboot"), 1;
}

/*
 * A system call that is not used otherwise in the guest. The benchmark has a
 * breakpoint in it, and measures what happens between two of these calls.
 */
static void mark(void)
{
	sched_yield();
}

/* The file offset of a core's largest PT_LOAD; 0 if there is none. */
static off_t largest_load(int core, uint64_t bytes)
{
	uint64_t size = 0, skip;
	Elf64_Ehdr head;
	Elf64_Phdr load;
	off_t at = 0;

	if (pread(core, &head, sizeof(head), 0) != sizeof(head))
		return 0;
	for (int i = 0; i < head.e_phnum; i++) {
		if (pread(core, &load, sizeof(load), head.e_phoff + i * sizeof(load)) !=
		    sizeof(load))
			return 0;
		/* Begin with its first whole page: on some kernels it is not aligned. */
		skip = -load.p_offset & (sysconf(_SC_PAGESIZE) - 1);
		if (load.p_type == PT_LOAD && load.p_filesz > skip &&
		    load.p_filesz - skip > size) {
			size = load.p_filesz - skip;
			at = load.p_offset + skip;
		}
	}
	return size < bytes ? 0 : at;
}

static int read_pieces(int core, off_t at, off_t end)
{
	for (; at < end; at += sizeof(words))
		if (pread(core, words, sizeof(words), at) != sizeof(words))
			return 1;
	return 0;
}

#define WINDOW (4L << 20)	/* as in makedumpfile */

static int map_pieces(int core, off_t at, off_t end)
{
	for (; at < end; at += WINDOW) {
		void *window = mmap(NULL, WINDOW, PROT_READ, MAP_PRIVATE, core, at);

		if (window == MAP_FAILED)
			return 1;
		for (long i = 0; i < WINDOW; i += sizeof(words))
			memcpy(words, (char *)window + i, sizeof(words));
		munmap(window, WINDOW);
	}
	return 0;
}

static int rate(const char *name, long mib, int (*pieces)(int core, off_t at, off_t end))
{
	int core = open(name, O_RDONLY), failed;
	off_t at, size = (off_t)mib << 20;

	if (core < 0)
		return perror(name), 1;
	at = largest_load(core, size);
	if (!at)
		return fprintf(stderr, "%s: no PT_LOAD of %ld MiB\n", name, mib), 1;
	/* Do not measure the first access. */
	if (pieces(core, at, at + WINDOW))
		return perror(name), 1;
	mark();
	failed = pieces(core, at, at + size);
	mark();
	return failed ? perror(name), 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "fill"))
		return fill(argv[2], atol(argv[3]));
	if (argc == 3 && !strcmp(argv[1], "check"))
		return check(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "copy"))
		return copy(argv[2], argv[3]);
	if (argc == 4 && !strcmp(argv[1], "sample"))
		return sample(argv[2], argv[3]);
	if (argc == 6 && !strcmp(argv[1], "pieces"))
		return pieces(argv[2], argv[3], argv[4], argv[5]);
	if (argc == 4 && !strcmp(argv[1], "hold"))
		return hold(argv[2], argv[3]);
	if (argc == 4 && !strcmp(argv[1], "into"))
		return into(argv[2], argv[3]);
	if (argc == 4 && !strcmp(argv[1], "leave"))
		return leave(argv[2], argv[3]);
	if (argc == 3 && !strcmp(argv[1], "span"))
		return span(argv[2]);
	if (argc >= 4 && !strcmp(argv[1], "run"))
		return run(argv[2], argv + 3);
	if (argc == 4 && !strcmp(argv[1], "send"))
		return send(argv[2], atoll(argv[3]));
	if (argc == 2 && !strcmp(argv[1], "rtas"))
		return rtas();
	if (argc == 3 && !strcmp(argv[1], "count"))
		return count(atol(argv[2]));
	if (argc == 3 && !strcmp(argv[1], "restart"))
		return restart(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "read"))
		return rate(argv[2], atol(argv[3]), read_pieces);
	if (argc == 4 && !strcmp(argv[1], "map"))
		return rate(argv[2], atol(argv[3]), map_pieces);
	fprintf(stderr, "usage: labtool fill FILE MIB | check FILE | copy FROM TO | "
		"sample FROM TO | pieces HOW FROM LIST TO | hold FILE WHERE | span FILE | "
		"into FILE MEMORY | "
		"leave FILE STATUS | run FILE PROGRAM... | send FILE AT | rtas | count PAGES | "
		"restart HOW | read FILE MIB | map FILE MIB\n");
	return 2;
}
