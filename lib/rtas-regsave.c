// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RTAS: decodes the register save area.
 */

#include "lib/fadump-lib.h"

/**
 * DOC: Register save area (PAPR)
 *
 * The area has a head, a CPU count, and entries: eight characters of name, eight bytes
 * of value. A CPUSTRT entry begins a CPU, CPUEND ends it. The entries between are
 * registers of this CPU, in any order::
 *
 *	REGSAVE\0  version  offset --> count
 *	                               CPUSTRT  id
 *	                               GPR00    value
 *	                               ...
 *	                               CPUEND   id
 *	                               CPUSTRT  id ...
 *
 * PAPR has the count at 0x1c and the first entry at 0x20; QEMU has them at 0x10 and
 * 0x14. So any offset inside the area is accepted, and entries may be unaligned.
 */

#define ENTRY_SZ	RTAS_REGSAVE_ENTRY_SZ

static const struct {
	u64 id;
	u8 reg;
} named_regs[] = {
	{ RTAS_REG_NIA, FADUMP_REG_NIP },
	{ RTAS_REG_MSR, FADUMP_REG_MSR },
	{ RTAS_REG_CTR, FADUMP_REG_CTR },
	{ RTAS_REG_LR, FADUMP_REG_LR },
	{ RTAS_REG_XER, FADUMP_REG_XER },
	{ RTAS_REG_CR, FADUMP_REG_CCR },
	{ RTAS_REG_DAR, FADUMP_REG_DAR },
	{ RTAS_REG_DSISR, FADUMP_REG_DSISR },
};

static bool decode_gpr_number(u64 id, u32 *nr)
{
	u8 tens = id >> 32, ones = id >> 24;

	if ((id & RTAS_REG_GPR_MASK) != RTAS_REG_GPR || tens < '0' || tens > '3' ||
	    ones < '0' || ones > '9')
		return false;
	*nr = (tens - '0') * 10 + ones - '0';
	return *nr < 32;
}

static void decode_reg(struct fadump_cpu_regs *cpu, u64 id, u64 value)
{
	u32 i;

	if (decode_gpr_number(id, &i)) {
		fadump_cpu_set_reg(cpu, FADUMP_REG_GPR0 + i, value);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(named_regs); i++)
		if (named_regs[i].id == id) {
			fadump_cpu_set_reg(cpu, named_regs[i].reg, value);
			return;
		}
}

/**
 * rtas_regsave_open - start to iterate over a register save area
 * @it: the iterator
 * @bytes: the area; must stay mapped while @it is used
 * @step: not used, CPUEND entries end a CPU
 *
 * Accepts any version, because entries have names.
 *
 * Return: 0, or -EINVAL if this is not a register save area.
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

/* Skip to the next CPUSTRT entry; returns false if there is none. */
static bool find_start(struct fadump_cpu_iter *it)
{
	for (; fadump_bytes_has(&it->bytes, it->at, ENTRY_SZ); it->at += ENTRY_SZ)
		if (fadump_be64_at(&it->bytes, it->at) == RTAS_REG_CPU_START)
			return true;
	return false;
}

/**
 * rtas_regsave_next - read the next CPU
 * @it: the iterator
 * @cpu: result; @cpu->damaged is set if the CPUEND entry is missing or has another id
 *	than the CPUSTRT entry
 *
 * Return: 1, or 0 at the end.
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
		decode_reg(cpu, id, value);
	}
	cpu->damaged = true;
	return 1;
}
