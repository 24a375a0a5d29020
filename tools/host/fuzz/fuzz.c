// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Helpers of the fuzzers: the machine that dumps are checked against, and the end of the
 * program if a check fails.
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

/* Is a copy part of a decoded one, with the same relocation? */
static bool is_piece(const struct fadump_copy *c, const struct fadump_copy *decoded)
{
	u64 skip = c->src - decoded->src;

	return c->src >= decoded->src && skip <= decoded->size &&
	       c->size <= decoded->size - skip && c->dest >= decoded->dest &&
	       c->dest - decoded->dest == skip;
}

static void check_pieces(const struct fadump_dump *dump,
			 const struct fadump_dump *decoded)
{
	u32 i, k;

	fuzz_must(dump->nr_copies <= decoded->nr_copies);
	fuzz_must((dump->missing & decoded->missing) == decoded->missing);
	for (i = 0; i < dump->nr_copies; i++) {
		for (k = 0; k < decoded->nr_copies; k++)
			if (is_piece(&dump->copy[i], &decoded->copy[k]))
				break;
		fuzz_must(k < decoded->nr_copies);
	}
}

/* Relocate addresses, also with sizes that make sums overflow. */
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

/* The headers must fit into the size that was computed; ASan sees overruns. */
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

static void bound(const struct fadump_dump *decoded, u64 page_size)
{
	struct fadump_dump dump = *decoded, again;

	fadump_dump_bound(&dump, &fuzz_ram, &fuzz_usable, page_size);
	check_pieces(&dump, decoded);
	check_relocation(&dump);
	check_core(&dump);

	/* A second call must not change anything. */
	again = dump;
	fadump_dump_bound(&again, &fuzz_ram, &fuzz_usable, page_size);
	fuzz_must(!memcmp(&again, &dump, sizeof(dump)));

	/* Memory that firmware keeps may be below the top, which the check does not expect. */
	if (dump.cpu.size && dump.cpu.base < dump.boot_mem_top) {
		fuzz_must(fadump_ranges_cover(&fuzz_ram, dump.cpu.base, dump.cpu.size));
		fuzz_must(!fadump_ranges_overlap(&fuzz_usable, dump.cpu.base,
						 dump.cpu.size));
		dump.cpu.size = 0;
	}
	test_expect_bounded(FUZZ_TEST, &dump, &fuzz_ram, page_size);
}

void fuzz_bound(const struct fadump_dump *decoded)
{
	bound(decoded, 0x1000);
	bound(decoded, 0x10000);
}
