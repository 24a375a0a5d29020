// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Size of the boot memory: an estimate before the first crash, a recommendation after
 * a capture.
 */

#include "lib/fadump-lib.h"

/**
 * DOC: Sizing
 *
 * The boot memory of a capture kernel, and what each part depends on::
 *
 *	| image | initrd, packed and unpacked | kernel | CPUs | memmap | programs |
 *	   |              |                       |      |      |         |
 *	   |              its size                |      |      |         to save
 *	   _end - _text                           |      |      |         a dump
 *	                    page tables, slabs, reserves  |      struct pages
 *	                                                 per-CPU memory, stacks
 *
 * Only two parts depend on the size of RAM: the memmap, if the kernel cannot defer the
 * struct pages of preserved RAM until the release, and the hash page table, which always
 * maps all RAM.
 *
 * The sum is an estimate for the first boot. A capture kernel measures its peak usage,
 * from which the recommendation is made.
 */

/* Granularity of an estimate, so that it does not change from boot to boot. */
#define SIZING_STEP		(64ULL * 1024 * 1024)

/* Granularity of a recommendation, which is made of a measurement. */
#define SIZING_FINE_STEP	(16ULL * 1024 * 1024)

/*
 * Struct pages exist for whole memory blocks, which are 1 GiB at most. The boot memory
 * and the next dump area may each extend into one more block.
 */
#define SIZING_BLOCKS		(2 * 1024ULL * 1024 * 1024)

/* Smallest hash page table of the architecture. */
#define SIZING_MIN_TABLE	(256 * 1024ULL)

#define KIB(n)			((n) * 1024ULL)
#define MIB(n)			KIB((n) * 1024ULL)

/**
 * struct weights - memory used, in bytes unless noted
 * @possible_cpu: by each possible CPU: per-CPU memory, log buffer, entries of arrays
 *	that are indexed by CPU
 * @present_cpu: by each present CPU in addition: stacks, kernel threads, a page of each
 *	slab cache
 * @unpacked: by the unpacked initrd, as a multiple of the packed one. Every small file
 *	uses a whole page.
 * @kernel: by the kernel with one CPU, without its image: page tables, slab caches,
 *	free memory up to the watermarks. Watermarks are much higher if there is memory
 *	enough for transparent huge pages.
 * @programs: by drivers, init, makedumpfile with its bitmap, and the page cache of the
 *	file that it writes
 */
struct weights {
	u64 possible_cpu;
	u64 present_cpu;
	u64 unpacked;
	u64 kernel;
	u64 programs;
};

/*
 * Measured with Linux 7.3, radix MMU, QEMU's pseries, as MemTotal minus MemAvailable
 * after boot. 1 to 64 possible CPUs: 682 KiB each. 1 to 8, 16 and 32 present CPUs:
 * 2615, 2462 and 2572 KiB each, including those 682. One CPU, without image and initrd:
 * 66 MiB of 512 MiB, 98 MiB of 1 GiB. @unpacked and @programs are estimates.
 */
static const struct weights large_pages = {
	.possible_cpu = KIB(704),
	.present_cpu = KIB(1920),
	.unpacked = 4,
	.kernel = MIB(100),
	.programs = MIB(64),
};

/* Not measured: stacks, slabs and watermarks are smaller with 4 KiB pages. */
static const struct weights small_pages = {
	.possible_cpu = KIB(256),
	.present_cpu = KIB(384),
	.unpacked = 4,
	.kernel = MIB(64),
	.programs = MIB(64),
};

/* The kernel allocates 128 bytes for two pages of RAM, rounded up to a power of two. */
static u64 compute_hash_table_size(const struct fadump_sizing *s)
{
	u64 size = SIZING_MIN_TABLE;

	if (!s->hash_ram)
		return 0;
	while (size_mul(size / 64, s->page_size) < s->hash_ram)
		size *= 2;
	return size;
}

/**
 * fadump_sizing_estimate - estimate the boot memory that a capture needs
 * @s: properties of the kernel and the machine
 *
 * Return: bytes, a multiple of 64 MiB not above @s->max; @s->min, not rounded, if that
 * is more.
 */
u64 fadump_sizing_estimate(const struct fadump_sizing *s)
{
	const struct weights *w = s->page_size < KIB(64) ? &small_pages :
							   &large_pages;
	u64 max_steps = ALIGN_DOWN(s->max, SIZING_STEP);
	u64 memmap_ram, sum;

	/* Saturate instead of wrapping, so that a huge input gives a huge estimate. */
	sum = size_add(s->image, w->kernel + w->programs);
	sum = size_add(sum, size_mul(s->initrd, 1 + w->unpacked));
	sum = size_add(sum, size_mul(s->possible_cpus, w->possible_cpu));
	sum = size_add(sum, size_mul(s->present_cpus, w->present_cpu));
	memmap_ram = s->memmap_ram ?: size_add(size_mul(sum, 2), SIZING_BLOCKS);
	sum = size_add(sum, size_mul(memmap_ram / s->page_size,
				     s->memmap_per_page));
	/* The table is aligned to its size, which may leave a gap of the same size. */
	sum = size_add(sum, size_mul(2, compute_hash_table_size(s)));
	return max(ALIGN(min(sum, max_steps), SIZING_STEP), s->min);
}

/**
 * fadump_sizing_recommend - recommend a size of the boot memory after a capture
 * @used: peak usage of the capture kernel, in bytes
 * @min: firmware's minimum, in bytes
 *
 * Adds a quarter, because usage differs from crash to crash.
 *
 * Return: bytes, a multiple of 16 MiB.
 */
u64 fadump_sizing_recommend(u64 used, u64 min)
{
	return ALIGN(max(used + used / 4, min), SIZING_FINE_STEP);
}
