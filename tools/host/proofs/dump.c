// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proofs: ibm,kernel-dump and ibm,configure-kernel-dump-sizes.
 */

#include "proof.h"

#include "lib/rtas-format.c"
#include "../fuzz/dump.c"

/* What holds before each section and after it. */
static bool is_copy(const struct fadump_copy *c)
{
	return c->size && c->src + c->size >= c->src && c->dest + c->size >= c->dest;
}

static bool is_dump(const struct fadump_dump *dump)
{
	return dump->param.size <= FADUMP_BOOTARGS_SZ &&
	       dump->cpu.base + dump->cpu.size >= dump->cpu.base &&
	       dump->hpte.base + dump->hpte.size >= dump->hpte.base;
}

/*
 * One section, whatever the sections before have left in the result; @k stands for any
 * copy. So the length of the property does not matter.
 */
/* cbmc: --unwind 2 */
void proof_dump_section(void)
{
	struct fadump_dump dump;
	struct section s;
	const u32 nr = dump.nr_copies, k = nondet_u32();

	proof_assume(nr <= FADUMP_MAX_COPIES && is_dump(&dump));
	proof_assume(k < FADUMP_MAX_COPIES && (k >= nr || is_copy(&dump.copy[k])));
	decode_section(&dump, &s);
	fuzz_must(dump.nr_copies == nr || dump.nr_copies == nr + 1);
	fuzz_must(dump.nr_copies <= FADUMP_MAX_COPIES);
	fuzz_must(is_dump(&dump));
	if (k < dump.nr_copies)
		check_copy(&dump.copy[k]);
}

/*
 * Two sections and a part of one, at any offset: boot memory, and what depends on it. What
 * a third could add is in proof_dump_section().
 */
/* cbmc: --unwind 9 --unwindset rtas_dump_decode.0:4,decode_window.0:4 */
void proof_dump_decode(void)
{
	u8 buf[HEADER_SZ + 2 * SECTION_SZ + 7];
	const struct fadump_bytes prop = proof_bytes(buf, sizeof(buf));
	struct fadump_dump dump;
	const u32 k = nondet_u32();

	if (rtas_dump_decode(&prop, &dump))
		return;
	check_dump(&dump);
	fuzz_must(dump.boot_mem_top);
	fuzz_must(dump.cpu.size || dump.missing & BIT(FADUMP_MISSING_CPU_DATA));
	if (k < dump.nr_copies)
		check_copy(&dump.copy[k]);
}
