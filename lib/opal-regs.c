// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * OPAL: the register data of threads.
 */

#include "lib/fadump-lib.h"

/**
 * DOC: Register data of threads (OPAL)
 *
 * One piece of fixed size per thread, one behind the other. Each begins with a
 * head of its own, and none depends on another: a damaged one costs its thread
 * and no more::
 *
 *	|<------------- step -------------->|<------------- step ...
 *	| head | type number value | ...    | head | type number value | ...
 *	         ^ 24, whatever the head says in one of three ways
 */

#define HEAD_SZ		sizeof(struct opal_thread_fw)
#define REG_SZ		sizeof(struct opal_reg_fw)

/* Registers of 32 bits may have junk in the upper half. */
static const struct {
	u32 number;
	u8 reg;
	bool narrow;
} special_regs[] = {
	{ OPAL_SPR_NIA, FADUMP_REG_NIP, false },
	{ OPAL_SPR_MSR, FADUMP_REG_MSR, false },
	{ OPAL_SPR_CTR, FADUMP_REG_CTR, false },
	{ OPAL_SPR_LR, FADUMP_REG_LR, false },
	{ OPAL_SPR_XER, FADUMP_REG_XER, false },
	{ OPAL_SPR_CR, FADUMP_REG_CCR, true },
	{ OPAL_SPR_DAR, FADUMP_REG_DAR, false },
	{ OPAL_SPR_DSISR, FADUMP_REG_DSISR, true },
};

static void set_reg(struct fadump_cpu_regs *cpu, u32 reg, u64 value)
{
	cpu->regs[reg] = value;
	cpu->seen |= BIT_ULL(reg);
}

static void take_reg(struct fadump_cpu_regs *cpu, u32 type, u32 number, u64 value)
{
	u32 i;

	if (type == OPAL_REG_GPR && number < 32)
		set_reg(cpu, FADUMP_REG_GPR0 + number, value);
	if (type != OPAL_REG_SPR)
		return;
	for (i = 0; i < ARRAY_SIZE(special_regs); i++)
		if (special_regs[i].number == number)
			set_reg(cpu, special_regs[i].reg,
				special_regs[i].narrow ? (u32)value : value);
}

/**
 * opal_regs_open - start to walk the register data
 * @it: the walk
 * @bytes: the data, as long as it is known to be; must stay valid during the
 *	walk
 * @step: bytes of one thread
 *
 * Return: 0, or -EINVAL where nothing of that kind can be there.
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

/* Three firmwares count from three places, and mean the same one. */
static u64 entries_at(const struct fadump_bytes *rec)
{
	u64 at = fadump_field_at(rec, 0, opal_thread_fw, entries_at);

	if (!at || at == 0x10 || at == 0x18)
		return HEAD_SZ;
	return at + offsetof(struct opal_thread_fw, entries_at);
}

/* Returns false for a head that no entry can be read by. */
static bool read_thread(const struct fadump_bytes *rec,
			struct fadump_cpu_regs *cpu)
{
	u32 nr = fadump_field_at(rec, 0, opal_thread_fw, nr_entries);
	u32 step = fadump_field_at(rec, 0, opal_thread_fw, entry_step);
	u32 size = fadump_field_at(rec, 0, opal_thread_fw, entry_size);
	u64 at = entries_at(rec);
	u32 i;

	if (at < HEAD_SZ || step < REG_SZ || size < REG_SZ || size > step || !nr ||
	    !fadump_bytes_has(rec, at, REG_SZ))
		return false;
	for (i = 0; i < nr && fadump_bytes_has(rec, at, REG_SZ); i++, at += step)
		take_reg(cpu, fadump_field_at(rec, at, opal_reg_fw, type),
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
 * opal_regs_next - read one thread
 * @it: the walk
 * @cpu: result
 *
 * Threads of cores that firmware could not stop have no registers and are
 * passed over, as are heads that make no sense; the latter are counted.
 *
 * Return: 1, or 0 where there is no further thread.
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
		if (read_thread(&rec, cpu))
			return 1;
		it->skipped++;
	}
	return 0;
}
