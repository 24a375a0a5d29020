// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Records of other fadump kernels: FADMPSIG (6.10 to 7.3), which is also
 * written for them, and FADMPINF (up to 6.9). Layouts in fadump-abi.h.
 */

#include <linux/elf.h>

#include "lib/fadump-lib.h"

/* Words of a kernel whose byte order the magic has told. */
static u16 u16_at(const struct fadump_bytes *b, u64 at, bool le)
{
	u16 v = fadump_be16_at(b, at);

	return le ? swab16(v) : v;
}

static u32 u32_at(const struct fadump_bytes *b, u64 at, bool le)
{
	u32 v = fadump_be32_at(b, at);

	return le ? swab32(v) : v;
}

static u64 u64_at(const struct fadump_bytes *b, u64 at, bool le)
{
	u64 v = fadump_be64_at(b, at);

	return le ? swab64(v) : v;
}

/**
 * fadmpsig_size - bytes of a FADMPSIG record
 * @mask_size: sizeof(struct cpumask)
 */
size_t fadmpsig_size(u32 mask_size)
{
	return FADMPSIG_REGS + FADMP_REGS_SZ + mask_size;
}

/**
 * fadmpsig_encode - write a FADMPSIG record at arming time
 * @slots: result, for fadmpsig_commit()
 * @mask_size: sizeof(struct cpumask)
 * @vmcoreinfo: the note's place *after* a crash
 * @mask: CPUs to assume if nobody gets to say which were online
 * @buf: where to
 * @cap: bytes there
 *
 * Return: 0, or -ENOSPC: a capture kernel of that kind then gets no registers.
 */
int fadmpsig_encode(struct fadmpsig_writer *slots, u32 mask_size,
		    const struct fadump_range *vmcoreinfo, const void *mask,
		    void *buf, size_t cap)
{
	memset(slots, 0, sizeof(*slots));
	if (fadmpsig_size(mask_size) > cap)
		return -ENOSPC;

	memset(buf, 0, fadmpsig_size(mask_size));
	put_unaligned(FADMPSIG_MAGIC, (u64 *)buf);
	put_unaligned((u32)FADMPSIG_VERSION, (u32 *)(buf + 8));
	put_unaligned((u32)CRASH_INFO_CPU_NONE, (u32 *)(buf + 12));
	put_unaligned(vmcoreinfo->base, (u64 *)(buf + 16));
	put_unaligned(vmcoreinfo->size, (u64 *)(buf + 24));
	put_unaligned((u32)FADMP_REGS_SZ, (u32 *)(buf + 32));
	put_unaligned(mask_size, (u32 *)(buf + 36));
	memcpy(buf + FADMPSIG_REGS + FADMP_REGS_SZ, mask, mask_size);
	slots->base = buf;
	slots->mask_size = mask_size;
	return 0;
}

/**
 * fadmpsig_commit - finish a FADMPSIG record
 * @slots: the record; one that was never written is left alone
 * @cpu: the crashing CPU, by the name that such kernels have for it
 * @regs: its struct pt_regs, FADMP_REGS_SZ bytes
 * @mask: CPUs that are online
 *
 * Context: the crash path.
 */
void fadmpsig_commit(const struct fadmpsig_writer *slots, u32 cpu,
		     const void *regs, const void *mask)
{
	void *buf = slots->base;

	if (!buf)
		return;
	memcpy(buf + FADMPSIG_REGS, regs, FADMP_REGS_SZ);
	memcpy(buf + FADMPSIG_REGS + FADMP_REGS_SZ, mask, slots->mask_size);
	put_unaligned(cpu, (u32 *)(buf + 12));
}

static void get_compat_regs(struct fadump_crash_info *info,
			    const struct fadump_bytes *rec, u64 at)
{
	u32 i;

	if (info->cpu == CRASH_INFO_CPU_NONE ||
	    !fadump_bytes_has(rec, at, FADMP_REGS_SZ))
		return;
	/* NT_PRSTATUS has what user space may see, which ends with RESULT. */
	for (i = 0; i <= FADUMP_REG_RESULT; i++)
		info->regs[i] = u64_at(rec, at + 8 * i, info->little_endian);
	info->has_regs = true;
	info->committed = true;
}

static void get_compat_mask(struct fadump_crash_info *info,
			    const struct fadump_bytes *rec, u64 at, u64 size)
{
	size = min_t(u64, size, FADUMP_MAX_CPUS / 8);
	if (!size || !fadump_bytes_has(rec, at, size))
		return;
	info->mask.data = rec->data + at;
	info->mask.len = size;
}

static void get_fadmpsig(struct fadump_crash_info *info,
			 const struct fadump_bytes *rec)
{
	bool le = info->little_endian;
	u64 size = u64_at(rec, 24, le);
	u32 regs_size = u32_at(rec, 32, le);

	info->cpu = u32_at(rec, 12, le);
	if (size >= FADUMP_MIN_VMCOREINFO && size <= FADUMP_MAX_VMCOREINFO) {
		info->vmcoreinfo.base = u64_at(rec, 16, le);
		info->vmcoreinfo.size = size;
		info->relocated = true;
	}
	if (regs_size != FADMP_REGS_SZ) {
		info->missing |= BIT(FADUMP_MISSING_CRASH_PART);
		return;
	}
	get_compat_regs(info, rec, FADMPSIG_REGS);
	get_compat_mask(info, rec, FADMPSIG_REGS + FADMP_REGS_SZ,
			u32_at(rec, 36, le));
}

/*
 * No sizes in this one, and no VMCOREINFO. Its kernel kept ELF headers behind
 * it, which have both: fadump_compat_read_headers().
 */
static void get_fadmpinf(struct fadump_crash_info *info,
			 const struct fadump_bytes *rec)
{
	info->headers_at = u64_at(rec, 8, info->little_endian);
	info->cpu = u32_at(rec, 16, info->little_endian);
	get_compat_regs(info, rec, FADMPINF_REGS);
}

/**
 * fadump_compat_decode - read a record of another fadump kernel
 * @rec: where it should be, as long as memory goes; must stay for as long as
 *	@info is used
 * @info: result
 *
 * Return: 0, or -ENOENT where there is none.
 */
int fadump_compat_decode(const struct fadump_bytes *rec,
			 struct fadump_crash_info *info)
{
	u64 magic = fadump_be64_at(rec, 0);

	memset(info, 0, sizeof(*info));
	info->cpu = CRASH_INFO_CPU_NONE;
	info->is_legacy = true;
	info->little_endian = magic == swab64(FADMPSIG_MAGIC) ||
			      magic == swab64(FADMPINF_MAGIC);
	if (info->little_endian)
		magic = swab64(magic);

	if (magic == FADMPSIG_MAGIC)
		get_fadmpsig(info, rec);
	else if (magic == FADMPINF_MAGIC)
		get_fadmpinf(info, rec);
	else
		return -ENOENT;
	return 0;
}

/* The first note that has a size is VMCOREINFO; the CPUs' is filled in later. */
static void get_header_notes(struct fadump_crash_info *info,
			     const struct fadump_bytes *elf)
{
	bool le = info->little_endian;
	u64 phoff = u64_at(elf, offsetof(struct elf64_hdr, e_phoff), le);
	u32 nr = u16_at(elf, offsetof(struct elf64_hdr, e_phnum), le);
	u32 i;

	for (i = 0; i < nr && fadump_bytes_has(elf, phoff, sizeof(struct elf64_phdr));
	     i++, phoff += sizeof(struct elf64_phdr)) {
		u64 size = u64_at(elf, phoff + offsetof(struct elf64_phdr, p_filesz), le);

		if (u32_at(elf, phoff, le) != PT_NOTE ||
		    size < FADUMP_MIN_VMCOREINFO || size > FADUMP_MAX_VMCOREINFO)
			continue;
		info->vmcoreinfo.base =
			u64_at(elf, phoff + offsetof(struct elf64_phdr, p_offset), le);
		info->vmcoreinfo.size = size;
		info->relocated = true;
		return;
	}
}

/**
 * fadump_compat_read_headers - complete a FADMPINF record from what follows it
 * @rec: the record, as long as memory goes
 * @at: where it stands
 * @info: what fadump_compat_decode() made of it; untouched for other records
 *
 * The CPU mask ends where the ELF headers of the dead kernel begin, and those
 * say where VMCOREINFO has been moved to.
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
	get_compat_mask(info, rec, mask_at, skip - mask_at);
	elf.data = rec->data + skip;
	elf.len = rec->len - skip;
	get_header_notes(info, &elf);
}

/**
 * fadump_compat_is_online - is a CPU in the mask of a foreign record?
 * @info: the record
 * @cpu: Linux number
 */
bool fadump_compat_is_online(const struct fadump_crash_info *info, u32 cpu)
{
	u64 at = (u64)cpu / 64 * 8;

	if (!fadump_bytes_has(&info->mask, at, 8))
		return false;
	return u64_at(&info->mask, at, info->little_endian) & BIT_ULL(cpu % 64);
}
