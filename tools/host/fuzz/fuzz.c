// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Shared by the fuzzers: the machine that dumps are checked against, and the
 * end of the program after a failed check.
 */

#include <stdlib.h>

#include "fuzz.h"

static struct fadump_range ram[] = {
	{ 0, FUZZ_MIB(2048) }, { FUZZ_MIB(3072), FUZZ_MIB(3072) },
};

static struct fadump_range usable[] = {
	{ 0, FUZZ_FIRMWARE_AT },
	{ FUZZ_FIRMWARE_AT + FUZZ_FIRMWARE_SZ,
	  FUZZ_MIB(2048) - FUZZ_FIRMWARE_AT - FUZZ_FIRMWARE_SZ },
	{ FUZZ_MIB(3072), FUZZ_MIB(3072) },
};

const struct fadump_ranges fuzz_ram = {
	.r = ram, .nr = ARRAY_SIZE(ram), .cap = ARRAY_SIZE(ram),
};

const struct fadump_ranges fuzz_usable = {
	.r = usable, .nr = ARRAY_SIZE(usable), .cap = ARRAY_SIZE(usable),
};

const u32 fuzz_cpus[] = {
	0, 1, 2, 3, 4, 7, 8, 31, 32, 63, 64, 65, 127, 128, 1023, 1024, 2047,
	2048, 8191, 8192, 8193, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
};

const u32 fuzz_nr_cpus = ARRAY_SIZE(fuzz_cpus);

void host_kunit_fail(struct kunit *test, bool fatal, const char *file, int line,
		     const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "%s:%d: ", file, line);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

void *fuzz_copy(const void *data, size_t size)
{
	void *copy = malloc(size ?: 1);

	fuzz_must(copy);
	if (size)
		memcpy(copy, data, size);
	return copy;
}

/* -------- A dump -------- */

/* Every copy is a part of a described one, with the same status. */
static bool is_piece(const struct fadump_copy *c, const struct fadump_copy *told)
{
	u64 skip = c->src - told->src;

	return c->src >= told->src && skip <= told->size &&
	       c->size <= told->size - skip && c->dest >= told->dest &&
	       c->dest - told->dest == skip;
}

static void check_pieces(const struct fadump_dump *dump,
			 const struct fadump_dump *told)
{
	u32 i, k;

	fuzz_must(dump->nr_copies <= told->nr_copies);
	fuzz_must((dump->missing & told->missing) == told->missing);
	for (i = 0; i < dump->nr_copies; i++) {
		for (k = 0; k < told->nr_copies; k++)
			if (is_piece(&dump->copy[i], &told->copy[k]))
				break;
		fuzz_must(k < told->nr_copies);
	}
}

/* The places of the crashed kernel's data, with sizes at which sums overflow. */
static void check_relocation(const struct fadump_dump *dump)
{
	static const u64 sizes[] = {
		1, FADUMP_MIN_VMCOREINFO, FADUMP_MAX_VMCOREINFO, 1ULL << 63,
		U64_MAX,
	};
	u32 i, k, step = 1 + dump->nr_copies / 4;

	for (i = 0; i < dump->nr_copies; i += step)
		for (k = 0; k < ARRAY_SIZE(sizes); k++) {
			const struct fadump_copy *c = &dump->copy[i];
			u64 at = fadump_layout_relocate(dump->copy, dump->nr_copies,
							c->src, sizes[k]);

			if (sizes[k] <= c->size)
				fuzz_must(at == c->dest);
			fadump_layout_relocate(dump->copy, dump->nr_copies,
					       U64_MAX - c->src, sizes[k]);
		}
}

/* The core fits into its computed size; ASan checks that. */
static void check_core(const struct fadump_dump *dump)
{
	struct fadump_range r[FADUMP_MAX_RANGES];
	struct fadump_ranges unmoved = { .r = r, .cap = ARRAY_SIZE(r) };
	const struct fadump_core core = {
		.notes = { .base = 0x10000, .size = 0x10000 },
		.vmcoreinfo = { .base = dump->info_at, .size = dump->info_at ? 64 : 0 },
		.copies = dump->copy,
		.nr_copies = dump->nr_copies,
		.unmoved = &unmoved,
	};
	size_t size;
	void *buf;

	fuzz_must(!fadump_ranges_copy(&unmoved, &fuzz_ram));
	fuzz_must(!fadump_ranges_subtract(&unmoved, 0, dump->boot_mem_top));
	fuzz_must(!fadump_ranges_subtract(&unmoved, dump->area.base, dump->area.size));
	size = fadump_elf_size(&core);
	buf = malloc(size);
	fuzz_must(buf);
	fuzz_must(fadump_elf_fill(&core, buf, size - 1));
	fuzz_must(!fadump_elf_fill(&core, buf, size));
	free(buf);
}

static void bound(const struct fadump_dump *told, u64 page_size)
{
	struct fadump_dump dump = *told, again;

	fadump_dump_bound(&dump, &fuzz_ram, &fuzz_usable, page_size);
	check_pieces(&dump, told);
	check_relocation(&dump);
	check_core(&dump);

	/* Bounding twice gives the same result. */
	again = dump;
	fadump_dump_bound(&again, &fuzz_ram, &fuzz_usable, page_size);
	fuzz_must(!memcmp(&again, &dump, sizeof(dump)));

	/* The check ignores firmware's memory, which may be anywhere. */
	if (dump.cpu.size && dump.cpu.base < dump.boot_mem_top) {
		fuzz_must(fadump_ranges_cover(&fuzz_ram, dump.cpu.base, dump.cpu.size));
		fuzz_must(!fadump_ranges_overlap(&fuzz_usable, dump.cpu.base,
						 dump.cpu.size));
		dump.cpu.size = 0;
	}
	test_expect_bounded(FUZZ_TEST, &dump, &fuzz_ram, page_size);
}

void fuzz_bound(const struct fadump_dump *told)
{
	bound(told, 0x1000);
	bound(told, 0x10000);
}
