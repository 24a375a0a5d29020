// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzer for dumps. Of makedumpfile's formats it tests only the check of the file, not
 * libkdumpfile, which decodes it.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "core/klog.h"
#include "lib/bounds.h"
#include "lib/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

/* A line has only printable characters. */
static bool check_line(void *arg, const char *line)
{
	u64 *lines = arg;
	const char *c;

	for (c = line; *c; c++)
		must((*c >= ' ' && *c <= '~') || *c == '\t');
	return ++*lines < 100000;
}

static void check_gaps(const struct core *core)
{
	u32 nr, i;
	struct gap *gaps = core_find_gaps(core, &nr);

	must(!gaps == !nr);
	for (i = 0; i < nr; i++) {
		must(gaps[i].size && gaps[i].start + gaps[i].size > gaps[i].start);
		must(!i || gaps[i].start > gaps[i - 1].start + gaps[i - 1].size);
	}
	free(gaps);
}

/* All of a range can be read; what lies behind it need not be. */
static void check_ranges(const struct core *core)
{
	u8 byte;
	u32 i;

	for (i = 0; i < core->nr_ranges; i++) {
		const struct core_range *r = &core->ranges[i];

		must(r->size && r->start + r->size >= r->start);
		must(is_inside(core->src.size, r->offset, r->size));
		must(!core_read(core, r->start, &byte, 1));
		must(!core_read(core, r->start + r->size - 1, &byte, 1));
	}
	core_read_virt(core, ~0ULL, &byte, 1);
	core_memory_size(core);
}

static void check(const struct core *core)
{
	char release[64];
	u64 lines = 0, some = 0;
	int crashed = core_crashing_cpu(core);

	must(core->nr_cpus <= MAX_CPUS);
	must(crashed < (int)core->nr_cpus);
	must(core->vmcoreinfo_len <= MAX_VMCOREINFO);
	vmcoreinfo_release(core, release, sizeof(release));
	vmcoreinfo_number(core, "SYMBOL", "prb");
	check_ranges(core);
	check_gaps(core);
	klog_tail(core, 0, check_line, &lines);
	klog_tail(core, 3, check_line, &some);
	must(some <= lines);
}

/* A damaged file stays damaged without its last byte. */
static void check_kdump(struct core *core)
{
	struct core shorter = { .src = core->src };

	must(!kdump_check(core));
	if (!core->src.size)
		return;
	shorter.src.size--;
	must(!kdump_check(&shorter));
	must(!core->damage || shorter.damage);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A copy of the exact length, so that ASan detects reads behind it. */
	u8 *copy = malloc(size ? size : 1);
	struct core core = { .src = { .size = size, .fd = -1, .mem = copy } };

	must(copy);
	if (size)
		memcpy(copy, data, size);
	if (size && (data[0] == 'K' || data[0] == 'D' || data[0] == 'm'))
		check_kdump(&core);
	else if (!elf_core_decode(&core))
		check(&core);
	core_close(&core);
	free(copy);
	return 0;
}
