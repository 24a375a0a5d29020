// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Time that library code takes on this machine. Prints a line for each measurement: the
 * name, and the CPU time in nanoseconds. Takes the shortest of many rounds, because any
 * disturbance makes a round longer.
 *
 *	regsave_parse_ns_N	a register save area of N CPUs, as QEMU writes it
 *	elfcore_build_ns_N	the headers of a core with N ranges of memory
 */

#include <linux/elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "lib/fadump-lib.h"

#define ROUNDS		200
/* Minimum length of a round, in nanoseconds. */
#define ROUND_NS	500000
#define COUNT_AT	0x10
#define ENTRIES		(RTAS_REGSAVE_THREAD_SZ / RTAS_REGSAVE_ENTRY_SZ)

/* Results are stored here, so that the compiler does not remove the computation. */
static volatile u64 sink;

static void *allocate(size_t size)
{
	void *data = calloc(1, size);

	if (data)
		return data;
	perror("bench");
	exit(1);
}

static u64 now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* Nanoseconds of @n calls; clock_gettime() takes longer than some of them. */
static u64 measure_calls(void (*work)(const void *arg), const void *arg, u32 n)
{
	u64 begin = now();

	while (n--)
		work(arg);
	return now() - begin;
}

/* Nanoseconds of one call. */
static double measure(void (*work)(const void *arg), const void *arg)
{
	u64 best, took;
	u32 round, n = 1;

	while ((best = measure_calls(work, arg, n)) < ROUND_NS)
		n *= 2;
	for (round = 0; round < ROUNDS; round++) {
		took = measure_calls(work, arg, n);
		if (took < best)
			best = took;
	}
	return (double)best / n;
}

/* -------- The register save area -------- */

static u8 *put_entry(u8 *at, const char *name, u64 value)
{
	memcpy(at, name, strlen(name));
	put_unaligned_be64(value, at + 8);
	return at + RTAS_REGSAVE_ENTRY_SZ;
}

/* As many entries as a POWER10 has; most are not registers that a note has. */
static u8 *put_cpu(u8 *at, u32 id)
{
	static const char * const special[] = {
		"NIA", "MSR", "LR", "CTR", "XER", "CR", "DAR", "DSISR",
	};
	char name[9];
	u32 i, left = ENTRIES - 2;

	at = put_entry(at, "CPUSTRT", id);
	for (i = 0; i < 32; i++, left--) {
		snprintf(name, sizeof(name), "GPR%02u", i);
		at = put_entry(at, name, 0xc000000000000000ULL + i);
	}
	for (i = 0; i < ARRAY_SIZE(special); i++, left--)
		at = put_entry(at, special[i], i);
	for (i = 0; i < left; i++) {
		snprintf(name, sizeof(name), "SPR%03u", i);
		at = put_entry(at, name, i);
	}
	return put_entry(at, "CPUEND", id);
}

static struct fadump_bytes make_area(u32 cpus)
{
	u8 *area = allocate(COUNT_AT + 4 + cpus * (size_t)RTAS_REGSAVE_THREAD_SZ);
	u8 *at = area + COUNT_AT + 4;
	u32 i;

	put_unaligned_be64(RTAS_REGSAVE_MAGIC, area);
	put_unaligned_be32(COUNT_AT, area + 12);
	put_unaligned_be32(cpus, area + COUNT_AT);
	for (i = 0; i < cpus; i++)
		at = put_cpu(at, i * 8);
	return (struct fadump_bytes){ .data = area, .len = at - area };
}

static u32 walk(const struct fadump_bytes *area)
{
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;
	u32 n = 0;

	if (rtas_regsave_open(&it, area, 0))
		return 0;
	while (rtas_regsave_next(&it, &cpu) > 0) {
		sink += cpu.regs[FADUMP_REG_NIP];
		n += !cpu.damaged;
	}
	return n;
}

static void parse(const void *arg)
{
	sink += walk(arg);
}

static int bench_regsave(u32 cpus)
{
	struct fadump_bytes area = make_area(cpus);

	if (walk(&area) != cpus)
		return fprintf(stderr, "%u CPUs were not decoded\n", cpus), 1;
	printf("regsave_parse_ns_%u %.1f\n", cpus, measure(parse, &area));
	free((void *)area.data);
	return 0;
}

/* -------- The headers -------- */

struct headers {
	struct fadump_core core;
	void *buf;
	size_t size;
};

static void build(const void *arg)
{
	const struct headers *h = arg;

	sink += fadump_elf_size(&h->core);
	sink += fadump_elf_fill(&h->core, h->buf, h->size);
}

static int bench_elfcore(u32 nr)
{
	struct fadump_ranges unmoved = { .r = allocate(nr * sizeof(*unmoved.r)), .nr = nr, .cap = nr };
	const struct fadump_copy copy = { 0, 0x40000000, 0x20000000 };
	struct headers h = {
		.core = {
			.notes = { 0x10000, 0x1000 },
			.vmcoreinfo = { 0x30000, 0x1000 },
			.copies = &copy,
			.nr_copies = 1,
			.unmoved = &unmoved,
			.va_base = 0xc000000000000000ULL,
			.machine = EM_PPC64,
		},
	};
	u32 i;

	for (i = 0; i < nr; i++)
		unmoved.r[i] = (struct fadump_range){ 0x100000000ULL + i * 0x20000000ULL, 0x10000000 };
	h.size = fadump_elf_size(&h.core);
	h.buf = allocate(h.size);
	if (fadump_elf_fill(&h.core, h.buf, h.size) ||
	    ((struct elf64_hdr *)h.buf)->e_phnum != nr + 3)
		return fprintf(stderr, "no headers for %u ranges\n", nr), 1;
	printf("elfcore_build_ns_%u %.1f\n", nr, measure(build, &h));
	free(h.buf);
	free(unmoved.r);
	return 0;
}

int main(void)
{
	static const u32 cpus[] = { 8, 32, 128, 512, 2048 };
	static const u32 ranges[] = { 1, 16, 256, 4096 };
	int failed = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cpus); i++)
		failed |= bench_regsave(cpus[i]);
	for (i = 0; i < ARRAY_SIZE(ranges); i++)
		failed |= bench_elfcore(ranges[i]);
	return failed;
}
