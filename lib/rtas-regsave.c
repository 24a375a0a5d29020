// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RTAS: the register save area.
 */

#include "lib/fadump-lib.h"

/**
 * DOC: Register save area (PAPR)
 *
 * A head, a CPU count, then entries of eight characters and eight bytes. A
 * CPUSTRT entry opens a CPU, CPUEND closes it, everything between belongs to
 * it, in any order::
 *
 *	REGSAVE\0  version  offset --> count
 *	                               CPUSTRT  id
 *	                               GPR00    value
 *	                               ...
 *	                               CPUEND   id
 *	                               CPUSTRT  id ...
 *
 * PAPR puts the count at 0x1c and the first entry at 0x20; QEMU puts them at
 * 0x10 and 0x14. So the offset is followed wherever it points inside the area,
 * and nothing is taken to be aligned.
 */

#define ENTRY_SZ	RTAS_REGSAVE_ENTRY_SZ

/* Registers of 32 bits have junk in the upper half (PAPR: reserved). */
static const struct {
	u64 id;
	u8 reg;
	bool narrow;
} named_regs[] = {
	{ RTAS_REG_NIA, FADUMP_REG_NIP, false },
	{ RTAS_REG_MSR, FADUMP_REG_MSR, false },
	{ RTAS_REG_CTR, FADUMP_REG_CTR, false },
	{ RTAS_REG_LR, FADUMP_REG_LR, false },
	{ RTAS_REG_XER, FADUMP_REG_XER, false },
	{ RTAS_REG_CR, FADUMP_REG_CCR, true },
	{ RTAS_REG_DAR, FADUMP_REG_DAR, false },
	{ RTAS_REG_DSISR, FADUMP_REG_DSISR, true },
};

static bool gpr_number(u64 id, u32 *nr)
{
	u8 tens = id >> 32, ones = id >> 24;

	if ((id & RTAS_REG_GPR_MASK) != RTAS_REG_GPR || tens < '0' || tens > '3' ||
	    ones < '0' || ones > '9')
		return false;
	*nr = (tens - '0') * 10 + ones - '0';
	return *nr < 32;
}

static void set_reg(struct fadump_cpu_regs *cpu, u32 reg, u64 value)
{
	cpu->regs[reg] = value;
	cpu->seen |= BIT_ULL(reg);
}

static void take_reg(struct fadump_cpu_regs *cpu, u64 id, u64 value)
{
	u32 i;

	if (gpr_number(id, &i)) {
		set_reg(cpu, FADUMP_REG_GPR0 + i, value);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(named_regs); i++)
		if (named_regs[i].id == id) {
			set_reg(cpu, named_regs[i].reg,
				named_regs[i].narrow ? (u32)value : value);
			return;
		}
}

/**
 * rtas_regsave_open - start to walk a register save area
 * @it: the walk
 * @bytes: the area, as long as it is known to be; must stay valid during the
 *	walk
 * @step: not used, entries tell where a CPU ends
 *
 * Return: 0, or -EINVAL for something that is no register save area. The
 * version is not looked at: entries are known by name.
 */
int rtas_regsave_open(struct fadump_cpu_iter *it,
		      const struct fadump_bytes *bytes, u32 step)
{
	u64 at;

	if (!fadump_bytes_has(bytes, 0, sizeof(struct rtas_regsave_header_fw)) ||
	    fadump_field_at(bytes, 0, rtas_regsave_header_fw, magic) !=
	    RTAS_REGSAVE_MAGIC)
		return -EINVAL;
	at = fadump_field_at(bytes, 0, rtas_regsave_header_fw, cpus_offset);
	if (at < sizeof(struct rtas_regsave_header_fw) ||
	    !fadump_bytes_has(bytes, at, 4))
		return -EINVAL;

	memset(it, 0, sizeof(*it));
	it->bytes = *bytes;
	it->at = at + 4;
	it->left = min_t(u32, fadump_be32_at(bytes, at), FADUMP_MAX_CPUS);
	return 0;
}

/* Skip to the next CPUSTRT; false where there is none. */
static bool find_start(struct fadump_cpu_iter *it)
{
	for (; fadump_bytes_has(&it->bytes, it->at, ENTRY_SZ); it->at += ENTRY_SZ)
		if (fadump_be64_at(&it->bytes, it->at) == RTAS_REG_CPU_START)
			return true;
	return false;
}

/**
 * rtas_regsave_next - read one CPU
 * @it: the walk
 * @cpu: result
 *
 * A record that lacks its end, or ends with another id than it began, is
 * returned with @cpu->damaged set.
 *
 * Return: 1, or 0 where there is no further CPU.
 */
int rtas_regsave_next(struct fadump_cpu_iter *it, struct fadump_cpu_regs *cpu)
{
	memset(cpu, 0, sizeof(*cpu));
	if (!it->left || !find_start(it))
		return 0;
	it->left--;
	cpu->hw_id = (u32)fadump_be64_at(&it->bytes, it->at + 8);

	for (it->at += ENTRY_SZ; fadump_bytes_has(&it->bytes, it->at, ENTRY_SZ);
	     it->at += ENTRY_SZ) {
		u64 id = fadump_be64_at(&it->bytes, it->at);
		u64 value = fadump_be64_at(&it->bytes, it->at + 8);

		if (id == RTAS_REG_CPU_START)
			break;
		if (id == RTAS_REG_CPU_END) {
			it->at += ENTRY_SZ;
			cpu->damaged = (u32)value != cpu->hw_id;
			return 1;
		}
		take_reg(cpu, id, value);
	}
	cpu->damaged = true;
	return 1;
}
