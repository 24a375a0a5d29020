// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Legacy records, those of other fadump kernels: FADMPSIG (Linux 6.10 to 7.3) and
 * FADMPINF (up to 6.9). A FADMPSIG record is also written, for such a kernel that
 * captures. Their layouts are in fadump-abi.h.
 */

#include <linux/elf.h>

#include "lib/fadump-lib.h"

/* @le: byte order of the kernel that wrote the record; its magic tells. */
static u16 read_u16(const struct fadump_bytes *b, u64 at, bool le)
{
	u16 v = fadump_be16_at(b, at);

	return le ? swab16(v) : v;
}

static u32 read_u32(const struct fadump_bytes *b, u64 at, bool le)
{
	u32 v = fadump_be32_at(b, at);

	return le ? swab32(v) : v;
}

static u64 read_u64(const struct fadump_bytes *b, u64 at, bool le)
{
	u64 v = fadump_be64_at(b, at);

	return le ? swab64(v) : v;
}

/**
 * fadmpsig_encode - write a FADMPSIG record when fadump is armed
 * @mask_size: sizeof(struct cpumask)
 * @vmcoreinfo: address of the note *after* a crash, in its copy
 * @mask: CPUs to report as online if the record is never committed
 * @buf: result, FADMPSIG_SZ(@mask_size) bytes
 */
void fadmpsig_encode(u32 mask_size, const struct fadump_range *vmcoreinfo,
		     const void *mask, void *buf)
{
	memset(buf, 0, FADMPSIG_SZ(mask_size));
	put_unaligned(FADMPSIG_MAGIC, (u64 *)buf);
	put_unaligned((u32)FADMPSIG_VERSION, (u32 *)(buf + 8));
	put_unaligned((u32)CRASH_INFO_CPU_NONE, (u32 *)(buf + 12));
	put_unaligned(vmcoreinfo->base, (u64 *)(buf + 16));
	put_unaligned(vmcoreinfo->size, (u64 *)(buf + 24));
	put_unaligned((u32)FADMP_REGS_SZ, (u32 *)(buf + 32));
	put_unaligned(mask_size, (u32 *)(buf + 36));
	memcpy(buf + FADMPSIG_REGS + FADMP_REGS_SZ, mask, mask_size);
}

/**
 * fadmpsig_commit - complete a FADMPSIG record
 * @buf: the record, from fadmpsig_encode()
 * @mask_size: as for fadmpsig_encode()
 * @cpu: the crashing CPU: its Linux number with RTAS, its PIR with OPAL
 * @regs: its struct pt_regs, FADMP_REGS_SZ bytes
 * @mask: CPUs that are online
 *
 * Context: the crash path.
 */
void fadmpsig_commit(void *buf, u32 mask_size, u32 cpu, const void *regs,
		     const void *mask)
{
	memcpy(buf + FADMPSIG_REGS, regs, FADMP_REGS_SZ);
	memcpy(buf + FADMPSIG_REGS + FADMP_REGS_SZ, mask, mask_size);
	put_unaligned(cpu, (u32 *)(buf + 12));
}

static void decode_regs(struct fadump_crash_info *info,
			const struct fadump_bytes *rec, u64 at)
{
	u32 i;

	if (info->cpu == CRASH_INFO_CPU_NONE ||
	    !fadump_bytes_has(rec, at, FADMP_REGS_SZ))
		return;
	/* Words after RESULT are the kernel's own; NT_PRSTATUS does not have them. */
	for (i = 0; i <= FADUMP_REG_RESULT; i++)
		info->regs[i] = read_u64(rec, at + 8 * i, info->little_endian);
	info->has_regs = true;
	info->committed = true;
}

static void decode_mask(struct fadump_crash_info *info,
			const struct fadump_bytes *rec, u64 at, u64 size)
{
	size = min_t(u64, size, FADUMP_MAX_CPUS / 8);
	if (!size || !fadump_bytes_has(rec, at, size))
		return;
	info->mask.data = rec->data + at;
	info->mask.len = size;
}

static void decode_fadmpsig(struct fadump_crash_info *info,
			    const struct fadump_bytes *rec)
{
	bool le = info->little_endian;
	u64 size = read_u64(rec, 24, le);
	u32 regs_size = read_u32(rec, 32, le);

	info->cpu = read_u32(rec, 12, le);
	if (size >= FADUMP_MIN_VMCOREINFO && size <= FADUMP_MAX_VMCOREINFO) {
		info->vmcoreinfo.base = read_u64(rec, 16, le);
		info->vmcoreinfo.size = size;
		info->relocated = true;
	}
	if (regs_size != FADMP_REGS_SZ) {
		info->missing |= BIT(FADUMP_MISSING_CRASH_PART);
		return;
	}
	decode_regs(info, rec, FADMPSIG_REGS);
	decode_mask(info, rec, FADMPSIG_REGS + FADMP_REGS_SZ,
		    read_u32(rec, 36, le));
}

/*
 * The record has no size of the CPU mask and no VMCOREINFO. The ELF headers after it
 * have both: fadump_compat_read_headers().
 */
static void decode_fadmpinf(struct fadump_crash_info *info,
			    const struct fadump_bytes *rec)
{
	info->headers_at = read_u64(rec, 8, info->little_endian);
	info->cpu = read_u32(rec, 16, info->little_endian);
	decode_regs(info, rec, FADMPINF_REGS);
}

/**
 * fadump_compat_decode - read a legacy record
 * @rec: memory where the record should be; may be longer than the record. @info
 *	points into it, so it must stay mapped and unchanged while @info is used.
 * @info: result
 *
 * Return: 0, or -ENOENT if there is no legacy record.
 */
int fadump_compat_decode(const struct fadump_bytes *rec,
			 struct fadump_crash_info *info)
{
	u64 magic = fadump_be64_at(rec, 0);

	memset(info, 0, sizeof(*info));
	info->cpu = CRASH_INFO_CPU_NONE;
	info->little_endian = magic == swab64(FADMPSIG_MAGIC) ||
			      magic == swab64(FADMPINF_MAGIC);
	if (info->little_endian)
		magic = swab64(magic);

	if (magic == FADMPSIG_MAGIC)
		decode_fadmpsig(info, rec);
	else if (magic == FADMPINF_MAGIC)
		decode_fadmpinf(info, rec);
	else
		return -ENOENT;
	info->is_legacy = true;
	return 0;
}

/* The CPU notes have no size yet, so the first note that has one is VMCOREINFO. */
static void decode_vmcoreinfo(struct fadump_crash_info *info,
			      const struct fadump_bytes *elf)
{
	bool le = info->little_endian;
	u64 phoff = read_u64(elf, offsetof(struct elf64_hdr, e_phoff), le);
	u32 nr = read_u16(elf, offsetof(struct elf64_hdr, e_phnum), le);
	u32 i;

	for (i = 0; i < nr && fadump_bytes_has(elf, phoff, sizeof(struct elf64_phdr));
	     i++, phoff += sizeof(struct elf64_phdr)) {
		u64 size = read_u64(elf, phoff + offsetof(struct elf64_phdr, p_filesz), le);

		if (read_u32(elf, phoff, le) != PT_NOTE ||
		    size < FADUMP_MIN_VMCOREINFO || size > FADUMP_MAX_VMCOREINFO)
			continue;
		info->vmcoreinfo.base =
			read_u64(elf, phoff + offsetof(struct elf64_phdr, p_offset), le);
		info->vmcoreinfo.size = size;
		info->relocated = true;
		return;
	}
}

/**
 * fadump_compat_read_headers - complete a FADMPINF record from the ELF headers after it
 * @rec: the record and the memory after it
 * @at: real address of the record
 * @info: from fadump_compat_decode(); unchanged for other kinds of records
 *
 * The CPU mask ends where the ELF headers of the crashed kernel begin. The headers
 * give the address that VMCOREINFO was copied to.
 */
void fadump_compat_read_headers(const struct fadump_bytes *rec, u64 at,
				struct fadump_crash_info *info)
{
	u64 mask_at = FADMPINF_REGS + FADMP_REGS_SZ;
	u64 skip = info->headers_at - at;
	struct fadump_bytes elf;

	if (!info->headers_at || info->headers_at < at || skip < mask_at ||
	    !fadump_bytes_has(rec, skip, sizeof(struct elf64_hdr)) ||
	    memcmp(rec->data + skip, ELFMAG, SELFMAG))
		return;
	decode_mask(info, rec, mask_at, skip - mask_at);
	elf.data = rec->data + skip;
	elf.len = rec->len - skip;
	decode_vmcoreinfo(info, &elf);
}

/**
 * fadump_compat_is_online - is a CPU in the mask of a legacy record?
 * @info: the record
 * @cpu: Linux number
 */
bool fadump_compat_is_online(const struct fadump_crash_info *info, u32 cpu)
{
	u64 at = (u64)cpu / 64 * 8;

	if (!fadump_bytes_has(&info->mask, at, 8))
		return false;
	return read_u64(&info->mask, at, info->little_endian) & BIT_ULL(cpu % 64);
}
