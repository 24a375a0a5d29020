// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzer: legacy records, in both byte orders.
 */

#include "fuzz.h"

static void check(const struct fadump_crash_info *info,
		  const struct fadump_bytes *rec)
{
	fuzz_must(info->is_legacy && !info->nr_cpus);
	if (info->vmcoreinfo.size) {
		fuzz_must(info->relocated);
		fuzz_must(info->vmcoreinfo.size >= FADUMP_MIN_VMCOREINFO &&
			  info->vmcoreinfo.size <= FADUMP_MAX_VMCOREINFO);
	}
	fuzz_must(info->has_regs == info->committed);
	if (info->has_regs)
		fuzz_must(info->cpu != CRASH_INFO_CPU_NONE);
	if (info->mask.len) {
		fuzz_must(info->mask.len <= FADUMP_MAX_CPUS / 8);
		fuzz_must(info->mask.data >= rec->data &&
			  info->mask.data + info->mask.len <= rec->data + rec->len);
	}
}

static void check_cpu(const struct fadump_crash_info *info, u32 cpu)
{
	bool on = fadump_compat_is_online(info, cpu);

	if (cpu >= 8 * info->mask.len)
		fuzz_must(!on);
	if (info->mask.len)
		fuzz_must(fadump_crash_info_is_online(info, cpu) == on);
	fuzz_must(fadump_crash_info_hw_id(info, cpu) == CRASH_INFO_CPU_NONE);
	fuzz_must(fadump_crash_info_find_cpu(info, cpu) < 0);
	fuzz_must(!fadump_crash_info_pid(info, cpu));
}

static void check_with_cpus(const struct fadump_crash_info *info,
			    const struct fadump_bytes *rec)
{
	u32 i;

	check(info, rec);
	for (i = 0; i < fuzz_nr_cpus; i++)
		check_cpu(info, fuzz_cpus[i]);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const struct fadump_bytes rec = fuzz_bytes(data, size);
	/* Offsets of the ELF headers from the record. */
	const u64 skips[] = {
		0, FADMPINF_REGS + FADMP_REGS_SZ - 1, FADMPINF_REGS + FADMP_REGS_SZ,
		FADMPINF_REGS + FADMP_REGS_SZ + 8, FADMPINF_REGS + FADMP_REGS_SZ + 256,
		2048, 4096, size - 64, size, U64_MAX,
	};
	struct fadump_crash_info info, more;
	u32 i;

	if (fadump_compat_decode(&rec, &info))
		return 0;
	check_with_cpus(&info, &rec);
	for (i = 0; i < ARRAY_SIZE(skips); i++) {
		more = info;
		fadump_compat_read_headers(&rec, info.headers_at - skips[i], &more);
		check_with_cpus(&more, &rec);
	}
	return 0;
}
