// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * OPAL: decodes the register data of threads.
 */

#include "lib/fadump-lib.h"

/**
 * DOC: Register data of threads (OPAL)
 *
 * The data is an array with one element of fixed size for each thread. Each element
 * has a head of its own, so damage to one does not affect the other threads::
 *
 *	|<------------- step -------------->|<------------- step ...
 *	| head | type number value | ...    | head | type number value | ...
 *	         ^ offset 24; firmware has three ways to say so: find_entries()
 */

#define HEAD_SZ		sizeof(struct opal_thread_fw)
#define REG_SZ		sizeof(struct opal_reg_fw)

static const struct {
	u32 number;
	u8 reg;
} special_regs[] = {
	{ OPAL_SPR_NIA, FADUMP_REG_NIP },
	{ OPAL_SPR_MSR, FADUMP_REG_MSR },
	{ OPAL_SPR_CTR, FADUMP_REG_CTR },
	{ OPAL_SPR_LR, FADUMP_REG_LR },
	{ OPAL_SPR_XER, FADUMP_REG_XER },
	{ OPAL_SPR_CR, FADUMP_REG_CCR },
	{ OPAL_SPR_DAR, FADUMP_REG_DAR },
	{ OPAL_SPR_DSISR, FADUMP_REG_DSISR },
};

static void decode_reg(struct fadump_cpu_regs *cpu, u32 type, u32 number, u64 value)
{
	u32 i;

	if (type == OPAL_REG_GPR && number < 32)
		fadump_cpu_set_reg(cpu, FADUMP_REG_GPR0 + number, value);
	if (type != OPAL_REG_SPR)
		return;
	for (i = 0; i < ARRAY_SIZE(special_regs); i++)
		if (special_regs[i].number == number)
			fadump_cpu_set_reg(cpu, special_regs[i].reg, value);
}

/**
 * opal_regs_open - start to iterate over the register data
 * @it: the iterator
 * @bytes: the data; must stay mapped while @it is used
 * @step: bytes of one thread
 *
 * Return: 0, or -EINVAL if the sizes cannot be right.
 */
int opal_regs_open(struct fadump_cpu_iter *it, const struct fadump_bytes *bytes,
		   u32 step)
{
	if (step < HEAD_SZ || bytes->len < step)
		return -EINVAL;
	memset(it, 0, sizeof(*it));
	it->bytes = *bytes;
	it->step = step;
	it->left = min_t(u64, bytes->len / step, FADUMP_MAX_CPUS);
	return 0;
}

/* 0 (QEMU), 0x10 (POWER9) and 0x18 (POWER10) all mean: right after the head. */
static u64 find_entries(const struct fadump_bytes *rec)
{
	u64 at = fadump_field_at(rec, 0, opal_thread_fw, entries_at);

	if (!at || at == 0x10 || at == 0x18)
		return HEAD_SZ;
	return at + offsetof(struct opal_thread_fw, entries_at);
}

/* Returns false if the head is invalid, so that no entry can be read. */
static bool decode_thread(const struct fadump_bytes *rec,
			  struct fadump_cpu_regs *cpu)
{
	u32 nr = fadump_field_at(rec, 0, opal_thread_fw, nr_entries);
	u32 step = fadump_field_at(rec, 0, opal_thread_fw, entry_step);
	u32 size = fadump_field_at(rec, 0, opal_thread_fw, entry_size);
	u64 at = find_entries(rec);
	u32 i;

	if (at < HEAD_SZ || step < REG_SZ || size < REG_SZ || size > step || !nr ||
	    !fadump_bytes_has(rec, at, REG_SZ))
		return false;
	for (i = 0; i < nr && fadump_bytes_has(rec, at, REG_SZ); i++, at += step)
		decode_reg(cpu, fadump_field_at(rec, at, opal_reg_fw, type),
			   fadump_field_at(rec, at, opal_reg_fw, number),
			   fadump_field_at(rec, at, opal_reg_fw, value));
	cpu->damaged = i < nr;
	return true;
}

static bool has_registers(u8 core_state)
{
	return core_state == OPAL_CORE_RUNNING || core_state == OPAL_CORE_QEMU;
}

/**
 * opal_regs_next - read the next thread
 * @it: the iterator
 * @cpu: result
 *
 * Skips threads of cores that firmware could not stop, which have no registers, and
 * threads with an invalid head, which are counted in @it->skipped.
 *
 * Return: 1, or 0 at the end.
 */
int opal_regs_next(struct fadump_cpu_iter *it, struct fadump_cpu_regs *cpu)
{
	while (it->left) {
		const struct fadump_bytes rec = {
			.data = it->bytes.data + it->at, .len = it->step,
		};

		it->left--;
		it->at += it->step;
		memset(cpu, 0, sizeof(*cpu));
		cpu->hw_id = fadump_field_at(&rec, 0, opal_thread_fw, pir);
		if (!has_registers(fadump_field_at(&rec, 0, opal_thread_fw,
						   core_state)))
			continue;
		if (decode_thread(&rec, cpu))
			return 1;
		it->skipped++;
	}
	return 0;
}
