// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzer: the register data of threads, and the ELF core of OPAL that is made of it.
 */

#include <stdlib.h>

#include "fuzz.h"

/* Bytes of one thread in QEMU. */
#define QEMU_STEP	0x438

#define AUXV_NOTE_SZ	(12 + 8 + 32)
#define AUXV_TYPE_AT	8
#define AUXV_TYPE	6

static void check_thread(const struct fadump_cpu_iter *it,
			 const struct fadump_cpu_regs *cpu)
{
	fuzz_must(it->at <= it->bytes.len);
	fuzz_must(cpu->regs[FADUMP_REG_CCR] <= U32_MAX);
	fuzz_must(cpu->regs[FADUMP_REG_DSISR] <= U32_MAX);
}

static u32 walk(const struct fadump_bytes *data, u32 step)
{
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;
	u32 n = 0;

	if (opal_regs_open(&it, data, step))
		return 0;
	while (opal_regs_next(&it, &cpu) > 0) {
		fuzz_must(++n <= min_t(u64, data->len / step, FADUMP_MAX_CPUS));
		check_thread(&it, &cpu);
	}
	fuzz_must(!opal_regs_next(&it, &cpu));
	fuzz_must(n + it.skipped <= data->len / step);
	return n;
}

/* Omit regions that are not in OPAL's memory, as opal-core.c does. */
static void decode_regions(struct opal_core *core, const struct fadump_bytes *tag)
{
	u32 i;

	if (opal_fw_tag_decode(tag, &core->fw)) {
		core->fw.nr_regions = 1;
		core->fw.region[0].src = FUZZ_FIRMWARE_AT;
		core->fw.region[0].dest = FUZZ_FIRMWARE_AT + FUZZ_MIB(28) + 8;
		core->fw.region[0].size = FUZZ_MIB(28);
	}
	for (i = 0; i < core->fw.nr_regions; i++) {
		struct fadump_copy *r = &core->fw.region[i];

		if (r->dest < FUZZ_FIRMWARE_AT || r->size > FUZZ_FIRMWARE_SZ ||
		    r->dest - FUZZ_FIRMWARE_AT > FUZZ_FIRMWARE_SZ - r->size)
			r->size = 0;
	}
}

/* With a page size of 1 the head has no padding, so ASan sees overruns. */
static void make_core(const struct opal_core *core, u32 threads)
{
	size_t size = opal_elf_head_size(core);
	struct fadump_range pages;
	u8 *buf = malloc(size);
	u64 at = size;
	u32 i;

	fuzz_must(buf);
	fuzz_must(opal_elf_fill(core, buf, size - 1));
	fuzz_must(!opal_elf_fill(core, buf, size));
	if (core->page_size == 1) {
		fuzz_must(size >= threads * FADUMP_CPU_NOTE_SZ + AUXV_NOTE_SZ);
		/* The last note must end at the end of the head. */
		fuzz_must(get_unaligned_be32(buf + size - AUXV_NOTE_SZ +
					     AUXV_TYPE_AT) == AUXV_TYPE);
	}
	free(buf);

	for (i = 0; i < core->fw.nr_regions; i++) {
		const struct fadump_copy *r = &core->fw.region[i];

		fuzz_must(opal_elf_region_pages(core, i, &pages) == at);
		at += pages.size;
		if (r->size)
			fuzz_must(pages.base <= r->dest &&
				  r->dest + r->size <= fadump_range_end(&pages));
	}
}

static void try_step(const struct fadump_bytes *data, u64 step)
{
	struct opal_core core = {
		.cpus = *data, .cpu_step = step,
		.crashing_pir = fadump_be32_at(data, step),
		.base = FUZZ_FIRMWARE_AT, .page_size = 1,
	};
	u32 threads = walk(data, step);

	decode_regions(&core, data);
	make_core(&core, threads);
	/* Once with the page size of a kernel. */
	if (step != QEMU_STEP)
		return;
	core.page_size = 0x10000;
	core.kernel_requested = true;
	make_core(&core, threads);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const struct fadump_bytes b = fuzz_bytes(data, size);
	const u64 steps[] = {
		0, sizeof(struct opal_thread_fw) - 1, sizeof(struct opal_thread_fw),
		56, QEMU_STEP, size / 2, size, size + 1, U32_MAX,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(steps); i++)
		try_step(&b, steps[i]);
	return 0;
}
