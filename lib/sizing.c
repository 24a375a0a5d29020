// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How much boot memory a capture kernel needs: estimated before there has been
 * one, recommended once there has.
 */

#include "lib/fadump-lib.h"

/**
 * DOC: Sizing
 *
 * What lives in the boot memory of a capture kernel, and what each part grows
 * with::
 *
 *	| image | initrd, packed and unpacked | kernel | CPUs | books | programs |
 *	   |              |                       |      |      |        |
 *	   |              its size                |      |      |        to save
 *	   _end - _text                           |      |      |        a dump
 *	                    page tables, slabs, reserves  |      struct pages
 *	                                                 per-CPU memory, stacks
 *
 * RAM is not among it, but for the books: those of preserved RAM are made at the
 * release only, where the kernel can do that, and count where it cannot. A kernel
 * that has to make a hash table makes it for all RAM.
 *
 * The sum is an estimate for the first boot. Whoever has crashed once knows
 * better: the capture kernel measures what it used.
 */

/* Sizes end on this: small differences from boot to boot make none. */
#define SIZING_STEP		(64ULL * 1024 * 1024)

/* A recommendation is made of a measurement, and can be finer. */
#define SIZING_FINE_STEP	(16ULL * 1024 * 1024)

/*
 * Books are made for whole memory blocks, which are 1 GiB at most. The boot
 * memory and the next dump area may each have begun one more.
 */
#define SIZING_BLOCKS		(2 * 1024ULL * 1024 * 1024)

/* The processors' smallest hash table. */
#define SIZING_LEAST_TABLE	(256 * 1024ULL)

#define KIB(n)			((n) * 1024ULL)
#define MIB(n)			KIB((n) * 1024ULL)

/**
 * struct weights - bytes that things cost
 * @possible_cpu: a CPU that may come: its per-CPU memory, its share of the log
 *	buffer and of every array that is as long as there are CPUs
 * @present_cpu: a CPU that is there, beside that: stacks, kernel threads, a page
 *	of each slab cache
 * @unpacked: an initrd's contents, in sizes of the initrd; compressed, as it
 *	usually is. Every small file has a page of its own.
 * @kernel: what the kernel takes beside its image, with one CPU: page tables,
 *	slab caches, and what it keeps free. The latter jumps where memory is
 *	enough for transparent huge pages.
 * @programs: drivers, an init, makedumpfile with its bitmap, and the page cache
 *	that it writes through
 */
struct weights {
	u64 possible_cpu;
	u64 present_cpu;
	u64 unpacked;
	u64 kernel;
	u64 programs;
};

/*
 * Linux 7.3, radix MMU, QEMU's pseries, total less MemAvailable after boot:
 * 1 to 64 possible CPUs: 682 KiB each; 1 to 8, 16 and 32 CPUs that are there:
 * 2615, 2462 and 2572 KiB each, with those 682. One CPU, without image and
 * initrd: 66 MiB of 512 MiB, 98 MiB of 1 GiB. What is unpacked and what programs
 * take are estimates.
 */
static const struct weights large_pages = {
	.possible_cpu = KIB(704),
	.present_cpu = KIB(1920),
	.unpacked = 4,
	.kernel = MIB(100),
	.programs = MIB(64),
};

/* Estimates: stacks, slabs and reserves are in smaller pages. */
static const struct weights small_pages = {
	.possible_cpu = KIB(256),
	.present_cpu = KIB(384),
	.unpacked = 4,
	.kernel = MIB(64),
	.programs = MIB(64),
};

/* Sums and products that stay at the largest number instead of wrapping. */
static u64 plus(u64 a, u64 b)
{
	u64 sum;

	return check_add_overflow(a, b, &sum) ? U64_MAX : sum;
}

static u64 times(u64 a, u64 b)
{
	u64 product;

	return check_mul_overflow(a, b, &product) ? U64_MAX : product;
}

static u64 round_up_to(u64 n, u64 step)
{
	return n > ALIGN_DOWN(U64_MAX, step) ? ALIGN_DOWN(U64_MAX, step) :
					       ALIGN(n, step);
}

/*
 * As the kernel makes it: 128 bytes for two pages, of as much RAM as the next
 * power of two.
 */
static u64 hash_table_of(const struct fadump_sizing *s)
{
	u64 size = SIZING_LEAST_TABLE;

	if (!s->hash_ram)
		return 0;
	while (times(size / 64, s->page_size) < s->hash_ram)
		size *= 2;
	return size;
}

static u64 books_of(const struct fadump_sizing *s, u64 bytes)
{
	return times(bytes / s->page_size, s->memmap_per_page);
}

/**
 * fadump_sizing_estimate - how much boot memory a capture is likely to need
 * @s: what is known of the kernel and of the machine
 *
 * Return: bytes, in steps of 64 MiB: no more than @s->max allows, no less than
 * @s->min, which is the result as it is where it is more.
 */
u64 fadump_sizing_estimate(const struct fadump_sizing *s)
{
	const struct weights *w = s->page_size < KIB(64) ? &small_pages :
							   &large_pages;
	u64 sum = plus(s->image, w->kernel + w->programs);
	u64 kept;

	sum = plus(sum, times(s->initrd, 1 + w->unpacked));
	sum = plus(sum, times(s->possible_cpus, w->possible_cpu));
	sum = plus(sum, times(s->present_cpus, w->present_cpu));
	kept = plus(times(sum, 2), SIZING_BLOCKS);
	sum = plus(sum, books_of(s, s->memmap_ram ?: kept));
	/* It is aligned to its size, so that a gap as large may be needed. */
	sum = plus(sum, times(2, hash_table_of(s)));
	return max(min(round_up_to(sum, SIZING_STEP),
		       ALIGN_DOWN(s->max, SIZING_STEP)), s->min);
}

/**
 * fadump_sizing_recommend - how much boot memory to ask for, after a capture
 * @used: bytes that it has used at most
 * @min: as much as firmware needs
 *
 * A quarter is added for what differs from crash to crash.
 *
 * Return: bytes, in steps of 16 MiB.
 */
u64 fadump_sizing_recommend(u64 used, u64 min)
{
	return round_up_to(max(plus(used, used / 4), min), SIZING_FINE_STEP);
}
