/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Library code: functions that take values and return values. It has the formats
 * of firmware and of other kernels, sets of memory ranges, the layout of the dump
 * area, the checks of a dump against RAM, and the ELF headers.
 *
 * Code in lib/ has no state and calls nothing of the kernel but string, argument,
 * byte order, arithmetic and CRC helpers: no memblock, no printk, no allocation, no address
 * translation. The caller owns all memory, maps what is to be read, and prints. So
 * the same files are built for the host, where most of their tests run (tools/host).
 *
 * Units: addresses are real (physical) addresses, sizes are bytes, both u64.
 * Results: 0 or -errno; bool for is_, has_ and the like.
 */

#ifndef _POWERPC_FADUMP_LIB_H
#define _POWERPC_FADUMP_LIB_H

#include <linux/align.h>
#include <linux/crc32.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#include "lib/fadump-abi.h"
#include "lib/limits.h"

/* -------- Unverified bytes -------- */

/**
 * struct fadump_bytes - a buffer and its length
 * @data: first byte
 * @len: bytes of @data
 */
struct fadump_bytes {
	const u8 *data;
	size_t len;
};

/* Are @n bytes at offset @at inside the buffer? */
static inline bool fadump_bytes_has(const struct fadump_bytes *b, u64 at, u64 n)
{
	return at <= b->len && n <= b->len - at;
}

/* Fields beyond the end read as 0; callers check with fadump_bytes_has() first. */
static inline u8 fadump_u8_at(const struct fadump_bytes *b, u64 at)
{
	return fadump_bytes_has(b, at, 1) ? b->data[at] : 0;
}

static inline u16 fadump_be16_at(const struct fadump_bytes *b, u64 at)
{
	return fadump_bytes_has(b, at, 2) ? get_unaligned_be16(b->data + at) : 0;
}

static inline u32 fadump_be32_at(const struct fadump_bytes *b, u64 at)
{
	return fadump_bytes_has(b, at, 4) ? get_unaligned_be32(b->data + at) : 0;
}

static inline u64 fadump_be64_at(const struct fadump_bytes *b, u64 at)
{
	return fadump_bytes_has(b, at, 8) ? get_unaligned_be64(b->data + at) : 0;
}

/* Field of a big-endian structure at offset @base, as wide as it is declared. */
#define fadump_field_at(b, base, type, field)				\
({									\
	struct type _s;							\
	__auto_type _f = &_s.field;					\
									\
	_fadump_field_at(b, (base) + ((u8 *)_f - (u8 *)&_s), sizeof(*_f)); \
})

static inline u64 _fadump_field_at(const struct fadump_bytes *b, u64 at, size_t n)
{
	if (n == 1)
		return fadump_u8_at(b, at);
	if (n == 2)
		return fadump_be16_at(b, at);
	return n == 4 ? fadump_be32_at(b, at) : fadump_be64_at(b, at);
}

/* -------- ranges.c -------- */

/**
 * struct fadump_range - a range of real addresses
 * @base: first byte
 * @size: in bytes; the end, base + size, is the first byte after the range
 */
struct fadump_range {
	u64 base;
	u64 size;
};

static inline u64 fadump_range_end(const struct fadump_range *r)
{
	return r->base + r->size;
}

static inline bool fadump_range_overlaps(const struct fadump_range *r,
					 u64 base, u64 size)
{
	return r->size && size && r->base < base + size &&
	       base < fadump_range_end(r);
}

/**
 * struct fadump_ranges - a set of addresses: sorted ranges with gaps between them
 * @r: the caller's array
 * @nr: entries in use
 * @cap: entries of @r
 */
struct fadump_ranges {
	struct fadump_range *r;
	u32 nr;
	u32 cap;
};

int fadump_ranges_add(struct fadump_ranges *set, u64 base, u64 size);
int fadump_ranges_subtract(struct fadump_ranges *set, u64 base, u64 size);
int fadump_ranges_subtract_set(struct fadump_ranges *set,
			       const struct fadump_ranges *other);
int fadump_ranges_copy(struct fadump_ranges *to,
		       const struct fadump_ranges *from);
bool fadump_ranges_overlap(const struct fadump_ranges *set, u64 base, u64 size);
bool fadump_ranges_cover(const struct fadump_ranges *set, u64 base, u64 size);
u64 fadump_ranges_total(const struct fadump_ranges *set);
u64 fadump_ranges_total_below(const struct fadump_ranges *set, u64 end);
u64 fadump_ranges_end(const struct fadump_ranges *set);
u64 fadump_ranges_limit(const struct fadump_ranges *set, u64 bytes);
int fadump_ranges_find_gap(const struct fadump_ranges *set,
			   const struct fadump_ranges *busy, u64 from, u64 size,
			   u64 align, u64 *base);
int fadump_ranges_round_in(struct fadump_ranges *to,
			   const struct fadump_ranges *from, u64 page_size);
int fadump_ranges_round_out(struct fadump_ranges *to,
			    const struct fadump_ranges *from, u64 page_size);

/* -------- layout.c -------- */

/**
 * struct fadump_copy - memory that firmware copies at a crash
 * @src: address in the kernel that crashes: boot memory if it is below the end of
 *	the boot memory, else firmware's window
 * @dest: address in the capture kernel
 * @size: bytes
 */
struct fadump_copy {
	u64 src;
	u64 dest;
	u64 size;
};

/* Read up to @max copies at offset @at; returns how many there are. */
static inline u32 fadump_copies_decode(struct fadump_copy *copy, u32 max,
				       const struct fadump_bytes *b, u64 at)
{
	u32 i;

	for (i = 0; i < max && fadump_bytes_has(b, at, sizeof(struct fadump_copy_ser));
	     i++, at += sizeof(struct fadump_copy_ser)) {
		copy[i].src = fadump_field_at(b, at, fadump_copy_ser, src);
		copy[i].dest = fadump_field_at(b, at, fadump_copy_ser, dest);
		copy[i].size = fadump_field_at(b, at, fadump_copy_ser, size);
	}
	return i;
}

static inline void fadump_copies_encode(struct fadump_copy_ser *to,
					const struct fadump_copy *copy, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		put_unaligned_be64(copy[i].src, &to[i].src);
		put_unaligned_be64(copy[i].dest, &to[i].dest);
		put_unaligned_be64(copy[i].size, &to[i].size);
	}
}

/**
 * struct fadump_request - requirements of a layout
 * @boot_mem_size: bytes of RAM to use as boot memory
 * @min_boot_mem: firmware's minimum for @boot_mem_size
 * @max_copies: ranges that firmware can copy
 * @max_copy: bytes that firmware can copy in one range, 0 for no limit
 * @cpu_size: bytes of the slot for firmware's data of the CPUs, 0 for none
 * @hpte_size: bytes of the slot for hash table entries, 0 for none
 * @info_size: bytes of the slot for the crash-info record
 * @meta_size: bytes of the slot for the backend's metadata, 0 for none
 * @param_size: bytes of the slot for extra boot arguments, 0 for none
 * @window: memory that firmware overwrites at every boot, size 0 for none
 * @floor: lowest address of the dump area
 * @ceiling: the dump area ends here or lower
 * @page_size: slots and copies are rounded to this
 */
struct fadump_request {
	u64 boot_mem_size;
	u64 min_boot_mem;
	u32 max_copies;
	u64 max_copy;
	u64 cpu_size;
	u64 hpte_size;
	u64 info_size;
	u64 meta_size;
	u64 param_size;
	struct fadump_range window;
	u64 floor;
	u64 ceiling;
	u64 page_size;
};

/**
 * struct fadump_plan - memory to reserve, and memory that firmware is to save
 * @area: the dump area, whole pages. What is reserved at boot, kept at a release and
 *	protected from hot-remove are these pages, no more and no less.
 * @param: slot in @area for extra boot arguments
 * @cpu: slot in @area for firmware's data of the CPUs
 * @hpte: slot in @area for hash table entries
 * @info: slot in @area for the crash-info record
 * @meta: slot in @area for the backend's metadata
 * @cma: the part of @area that is not used before a crash; may be a CMA area
 * @boot_mem_size: bytes of RAM in the boot memory
 * @boot_mem_top: end of the boot memory, a page boundary
 * @nr_copies: entries of @copy
 * @copy: the boot memory, ascending in source and destination, then firmware's
 *	window
 */
struct fadump_plan {
	struct fadump_range area;
	struct fadump_range param;
	struct fadump_range cpu;
	struct fadump_range hpte;
	struct fadump_range info;
	struct fadump_range meta;
	struct fadump_range cma;
	u64 boot_mem_size;
	u64 boot_mem_top;
	u32 nr_copies;
	struct fadump_copy copy[FADUMP_MAX_COPIES];
};

int fadump_layout_plan(const struct fadump_ranges *mem,
		       const struct fadump_ranges *busy,
		       const struct fadump_request *req, struct fadump_plan *plan);
void fadump_layout_drop_window(struct fadump_plan *plan);
u64 fadump_layout_relocate(const struct fadump_copy *copy, u32 nr, u64 addr,
			   u64 size);

/* -------- dump.c -------- */

/**
 * enum fadump_missing - what a dump lacks, as bit numbers
 * @FADUMP_MISSING_FW_SUSPECT: firmware reported an error, or contradicts itself
 * @FADUMP_MISSING_SECTION: a section of firmware's description is invalid
 * @FADUMP_MISSING_BOOT_MEM: firmware copied only part of the boot memory
 * @FADUMP_MISSING_CPU_DATA: firmware saved no registers, or not where they can be read
 * @FADUMP_MISSING_CPU_SOME: the registers of some CPUs are incomplete or damaged
 * @FADUMP_MISSING_PARAM: the extra boot arguments cannot be read
 * @FADUMP_MISSING_CRASH_INFO: no crash-info record was found
 * @FADUMP_MISSING_CRASH_PART: part of the crash-info record is damaged
 * @FADUMP_MISSING_CRASH_REGS: the record has no registers of the crashing CPU
 * @FADUMP_MISSING_VMCOREINFO: VMCOREINFO of the crashed kernel was not found
 * @FADUMP_MISSING_NOTES: no memory for the CPU notes
 * @FADUMP_MISSING_DESCRIPTION: firmware's description of the dump is invalid
 * @FADUMP_MISSING_WINDOW: firmware has overwritten memory that it had not copied
 * @FADUMP_NR_MISSING: number of bits
 */
enum fadump_missing {
	FADUMP_MISSING_FW_SUSPECT,
	FADUMP_MISSING_SECTION,
	FADUMP_MISSING_BOOT_MEM,
	FADUMP_MISSING_CPU_DATA,
	FADUMP_MISSING_CPU_SOME,
	FADUMP_MISSING_PARAM,
	FADUMP_MISSING_CRASH_INFO,
	FADUMP_MISSING_CRASH_PART,
	FADUMP_MISSING_CRASH_REGS,
	FADUMP_MISSING_VMCOREINFO,
	FADUMP_MISSING_NOTES,
	FADUMP_MISSING_DESCRIPTION,
	FADUMP_MISSING_WINDOW,
	FADUMP_NR_MISSING,
};

/**
 * struct fadump_dump - a dump as firmware describes it
 * @copy: boot memory and firmware's window, ascending in source; the size of each is
 *	what firmware wrote, not what it was asked for
 * @nr_copies: entries of @copy
 * @boot_mem_top: end of the crashed kernel's boot memory. This kernel runs below;
 *	memory above must not be written to before the dump is released.
 * @cpu: firmware's data of the CPUs, size 0 for none
 * @cpu_step: bytes of one CPU in @cpu, 0 if the data itself tells
 * @hpte: hash table entries, size 0 for none
 * @param: extra boot arguments, size 0 for none
 * @info_at: address where a crash-info record may be, 0 if unknown
 * @area: the dump area of the crashed kernel, size 0 if unknown
 * @missing: bit mask of enum fadump_missing
 *
 * Decoders fill it with unverified numbers, fadump_dump_bound() checks them.
 */
struct fadump_dump {
	struct fadump_copy copy[FADUMP_MAX_COPIES];
	u32 nr_copies;
	u64 boot_mem_top;
	struct fadump_range cpu;
	u32 cpu_step;
	struct fadump_range hpte;
	struct fadump_range param;
	u64 info_at;
	struct fadump_range area;
	u32 missing;
};

const char *fadump_missing_code(u32 what);
const char *fadump_missing_text(u32 what);
void fadump_dump_bound_param(struct fadump_dump *dump, u64 ram_left);
void fadump_dump_bound(struct fadump_dump *dump,
		       const struct fadump_ranges *ram,
		       const struct fadump_ranges *usable, u64 page_size);
void fadump_dump_validate(struct fadump_dump *dump,
			  const struct fadump_ranges *ram,
			  const struct fadump_ranges *usable, u64 min_top,
			  u64 default_top, u64 page_size);

/* -------- Registers of a CPU -------- */

/* Indices of registers in NT_PRSTATUS (order of the powerpc ABI's pt_regs). */
enum fadump_reg {
	FADUMP_REG_GPR0 = 0,
	FADUMP_REG_NIP = 32,
	FADUMP_REG_MSR = 33,
	FADUMP_REG_ORIG_R3 = 34,
	FADUMP_REG_CTR = 35,
	FADUMP_REG_LR = 36,
	FADUMP_REG_XER = 37,
	FADUMP_REG_CCR = 38,
	FADUMP_REG_SOFTE = 39,
	FADUMP_REG_TRAP = 40,
	FADUMP_REG_DAR = 41,
	FADUMP_REG_DSISR = 42,
	FADUMP_REG_RESULT = 43,
};

/* A backtrace needs these: stack pointer (GPR1), NIP and MSR. */
#define FADUMP_REGS_NEEDED						\
	(BIT_ULL(FADUMP_REG_GPR0 + 1) | BIT_ULL(FADUMP_REG_NIP) |	\
	 BIT_ULL(FADUMP_REG_MSR))

/**
 * struct fadump_cpu_regs - registers of one CPU, from firmware
 * @hw_id: hardware id
 * @damaged: firmware's record of this CPU is damaged; @regs is what could be read
 * @seen: bit mask of the entries of @regs that firmware has written
 * @regs: in NT_PRSTATUS order, 0 for registers that are not in @seen
 */
struct fadump_cpu_regs {
	u32 hw_id;
	bool damaged;
	u64 seen;
	u64 regs[FADUMP_NR_REGS];
};

/* CR and DSISR have 32 bits, the upper half of the value may be junk (PAPR). */
static inline void fadump_cpu_set_reg(struct fadump_cpu_regs *cpu, u32 reg, u64 value)
{
	if (reg == FADUMP_REG_CCR || reg == FADUMP_REG_DSISR)
		value = (u32)value;
	cpu->regs[reg] = value;
	cpu->seen |= BIT_ULL(reg);
}

/* Is everything there that a backtrace needs? */
static inline bool fadump_cpu_is_complete(const struct fadump_cpu_regs *cpu)
{
	return !cpu->damaged &&
	       (cpu->seen & FADUMP_REGS_NEEDED) == FADUMP_REGS_NEEDED;
}

/**
 * struct fadump_cpu_iter - iterator over firmware's data of the CPUs
 * @bytes: the data
 * @at: offset of the next byte to read
 * @step: bytes of one CPU, if that is fixed
 * @left: CPUs that may follow
 * @skipped: CPUs whose data could not be read
 */
struct fadump_cpu_iter {
	struct fadump_bytes bytes;
	u64 at;
	u32 step;
	u32 left;
	u32 skipped;
};

/* -------- rtas-format.c -------- */

/**
 * struct rtas_dump_sizes - ibm,configure-kernel-dump-sizes
 * @cpu: bytes of the register save area, 0 if unknown
 * @hpte: bytes of the hash table entries, 0 for none
 */
struct rtas_dump_sizes {
	u64 cpu;
	u64 hpte;
};

#define RTAS_DUMP_BUF_SZ						\
	(sizeof(struct rtas_dump_header_fw) +				\
	 RTAS_MAX_SECTIONS * sizeof(struct rtas_dump_section_fw))

void rtas_dump_sizes_decode(const struct fadump_bytes *prop,
			    struct rtas_dump_sizes *sizes);
u64 rtas_cpu_slot_size(const struct rtas_dump_sizes *sizes, u32 nr_threads);
int rtas_dump_encode(const struct fadump_plan *plan,
		     const struct rtas_dump_sizes *sizes,
		     void *buf, size_t cap, size_t *len);
int rtas_dump_decode(const struct fadump_bytes *prop, struct fadump_dump *dump);
int rtas_status_errno(int status);
struct fadump_range rtas_slof_window(const struct fadump_bytes *model, u64 rma);

/* -------- rtas-regsave.c -------- */

int rtas_regsave_open(struct fadump_cpu_iter *it,
		      const struct fadump_bytes *bytes, u32 step);
int rtas_regsave_next(struct fadump_cpu_iter *it, struct fadump_cpu_regs *cpu);

/* -------- opal-format.c -------- */

/**
 * struct opal_fw_tag - the structure that one of OPAL's own tags points to
 * @crashing_pir: PIR of the thread that crashed
 * @cpu_step: bytes of one thread's register data
 * @nr_regions: entries of @region
 * @region: memory that OPAL has saved, unverified
 */
struct opal_fw_tag {
	u32 crashing_pir;
	u32 cpu_step;
	u32 nr_regions;
	struct fadump_copy region[OPAL_MAX_FW_REGIONS];
};

bool opal_denies_dump(int rc);
int opal_load_area_end(const struct fadump_bytes *prop, u64 *end);
int opal_meta_encode(const struct fadump_plan *plan, void *buf, size_t cap);
void opal_meta_arm(void *buf, bool armed);
int opal_meta_decode(const struct fadump_bytes *meta, u64 at,
		     struct fadump_dump *dump);
int opal_fw_tag_decode(const struct fadump_bytes *bytes, struct opal_fw_tag *tag);
int opal_fw_tag_set_cpus(const struct opal_fw_tag *tag, struct fadump_dump *dump);

/* -------- opal-regs.c -------- */

int opal_regs_open(struct fadump_cpu_iter *it, const struct fadump_bytes *bytes,
		   u32 step);
int opal_regs_next(struct fadump_cpu_iter *it, struct fadump_cpu_regs *cpu);

/* -------- opal-elf.c -------- */

/**
 * struct opal_core - contents of an ELF core of OPAL
 * @fw: OPAL's memory; a region of size 0 is omitted
 * @cpus: register data
 * @cpu_step: bytes of one thread in @cpus
 * @crashing_pir: PIR of the crashing thread, whose note comes first
 * @kernel_requested: the kernel crashed, not OPAL
 * @base: address that OPAL ran at
 * @entry: OPAL's entry point
 * @page_size: every region begins on a page of the file
 */
struct opal_core {
	struct opal_fw_tag fw;
	struct fadump_bytes cpus;
	u32 cpu_step;
	u32 crashing_pir;
	bool kernel_requested;
	u64 base;
	u64 entry;
	u64 page_size;
};

size_t opal_elf_head_size(const struct opal_core *core);
u64 opal_elf_region_pages(const struct opal_core *core, u32 n,
			  struct fadump_range *pages);
int opal_elf_fill(const struct opal_core *core, void *buf, size_t cap);

/* -------- crash-info-encode.c, crash-info-decode.c -------- */

/**
 * struct fadump_crash_info - a crash-info record, ours or a legacy one
 * @is_legacy: FADMPSIG or FADMPINF
 * @committed: the crashed kernel completed it
 * @has_regs: @regs is valid
 * @cpu: Linux number of the crashing CPU, CRASH_INFO_CPU_NONE if unknown
 * @regs: registers of the crashing CPU
 * @vmcoreinfo: the note at its address in the crashed kernel or, if @relocated is
 *	set, at its address now; size 0 if unknown
 * @relocated: see @vmcoreinfo
 * @area: the dump area, size 0 if unknown
 * @boot_mem_size: bytes of boot memory, 0 if unknown
 * @boot_mem_top: end of the boot memory
 * @cpu_slot: slot that firmware was told to save registers to, size 0 if unknown
 * @copy: the ranges that firmware was told to copy
 * @nr_copies: entries of @copy
 * @page_size: of the crashed kernel, 0 if unknown
 * @little_endian: byte order of the crashed kernel
 * @release: of the crashed kernel, NUL-terminated
 * @nr_cpus: entries of @cpus
 * @cpus: CPUS part, an array of struct crash_info_cpu_ser
 * @crash_notes: real address of each CPU's entry, by Linux number: __be64 each
 * @mask: CPU mask of a legacy record: words of 64 bits, byte order @little_endian
 * @headers_at: address of the ELF headers after a FADMPINF record, else 0
 * @missing: bit mask of enum fadump_missing
 */
struct fadump_crash_info {
	bool is_legacy;
	bool committed;
	bool has_regs;
	u32 cpu;
	u64 regs[FADUMP_NR_REGS];
	struct fadump_range vmcoreinfo;
	bool relocated;
	struct fadump_range area;
	u64 boot_mem_size;
	u64 boot_mem_top;
	struct fadump_range cpu_slot;
	struct fadump_copy copy[FADUMP_MAX_COPIES];
	u32 nr_copies;
	u32 page_size;
	bool little_endian;
	char release[CRASH_INFO_RELEASE_SZ];
	u32 nr_cpus;
	struct fadump_bytes cpus;
	struct fadump_bytes crash_notes;
	struct fadump_bytes mask;
	u64 headers_at;
	u32 missing;
};

/**
 * struct fadump_crash_info_writer - the places that the crashing CPU writes to
 * @head: head of the record
 * @cpus: CPUS part
 * @regs: REGS part
 * @nr_cpus: entries of @cpus
 */
struct fadump_crash_info_writer {
	struct crash_info_head_ser *head;
	struct crash_info_cpu_ser *cpus;
	struct crash_info_regs_ser *regs;
	u32 nr_cpus;
};

size_t fadump_crash_info_size(u32 nr_cpus);
int fadump_crash_info_encode(const struct fadump_crash_info *info, u32 nr_cpus,
			     void *buf, size_t cap,
			     struct fadump_crash_info_writer *writer);
int fadump_crash_info_decode(const struct fadump_bytes *rec,
			     struct fadump_crash_info *info);
void fadump_crash_info_set_cpu(const struct fadump_crash_info_writer *writer, u32 cpu,
			       u32 hw_id, u32 flags, u32 pid);
void fadump_crash_info_set_regs(const struct fadump_crash_info_writer *writer, u32 cpu,
				const void *regs, u32 nr_regs);
void fadump_crash_info_commit(const struct fadump_crash_info_writer *writer);
int fadump_crash_info_find_cpu(const struct fadump_crash_info *info, u32 hw_id);
u32 fadump_crash_info_hw_id(const struct fadump_crash_info *info, u32 cpu);
u32 fadump_crash_info_pid(const struct fadump_crash_info *info, u32 cpu);
bool fadump_crash_info_is_online(const struct fadump_crash_info *info, u32 cpu);
void fadump_crash_info_compare(const struct fadump_crash_info *info, u32 nr_cpus,
			       struct fadump_dump *dump);
u32 fadump_crash_info_count_attempt(struct crash_info_head_ser *head);
void fadump_crash_info_end(struct crash_info_head_ser *head);
bool fadump_crash_info_is_ended(const struct crash_info_head_ser *head);

/* -------- recovery.c -------- */

/**
 * enum fadump_record_kind - kind of the record of a dump
 * @FADUMP_RECORD_NONE: no record can be read
 * @FADUMP_RECORD_OWN: FADUPCI1, ours
 * @FADUMP_RECORD_SIG: FADMPSIG, of Linux 6.10 to 7.3
 * @FADUMP_RECORD_INF: FADMPINF, of Linux up to 6.9
 */
enum fadump_record_kind {
	FADUMP_RECORD_NONE,
	FADUMP_RECORD_OWN,
	FADUMP_RECORD_SIG,
	FADUMP_RECORD_INF,
};

enum fadump_record_kind fadump_recovery_read_record(const struct fadump_bytes *b, u64 at,
						    struct fadump_crash_info *info);
bool fadump_recovery_is_record(const struct fadump_bytes *b, u64 at,
			       struct fadump_crash_info *info);
bool fadump_recovery_should_search(u64 done, u64 total);
bool fadump_recovery_use_description(struct fadump_dump *dump,
				     const struct fadump_crash_info *info, u64 at,
				     u64 kept_from);
void fadump_recovery_set_area(struct fadump_dump *dump,
			      const struct fadump_crash_info *info,
			      const struct fadump_ranges *usable, u64 page_size);
int fadump_recovery_find_unmoved(const struct fadump_dump *dump,
				 const struct fadump_ranges *usable,
				 const struct fadump_ranges *fw_owned,
				 struct fadump_ranges *unmoved);
void fadump_recovery_check_window(struct fadump_dump *dump,
				  const struct fadump_ranges *unmoved,
				  const struct fadump_range *window);
struct fadump_range fadump_recovery_find_vmcoreinfo(const struct fadump_dump *dump,
						    const struct fadump_crash_info *info,
						    const struct fadump_ranges *usable);

/* -------- crash-info-compat.c -------- */

void fadmpsig_encode(u32 mask_size, const struct fadump_range *vmcoreinfo,
		     const void *mask, void *buf);
void fadmpsig_commit(void *buf, u32 mask_size, u32 cpu, const void *regs,
		     const void *mask);
void fadump_compat_read_headers(const struct fadump_bytes *rec, u64 at,
				struct fadump_crash_info *info);
bool fadump_compat_is_online(const struct fadump_crash_info *info, u32 cpu);
int fadump_compat_decode(const struct fadump_bytes *rec,
			 struct fadump_crash_info *info);

/* -------- vmcoreinfo.c -------- */

/* The note begins on a page; 4 KiB is the smallest page of any kernel. */
#define VMCOREINFO_STEP			4096

/**
 * struct fadump_vmcoreinfo - a VMCOREINFO note that was found
 * @size: bytes, including the header and the empty note that ends a list of notes
 * @crashtime: of the crash, in seconds since 1970; 0 if unknown
 * @is_text_only: the text without a note header was found, @size is its length
 */
struct fadump_vmcoreinfo {
	u64 size;
	u64 crashtime;
	bool is_text_only;
};

bool fadump_vmcoreinfo_read(const struct fadump_bytes *b, const char *release,
			    struct fadump_vmcoreinfo *note);
u64 fadump_vmcoreinfo_wrap(const struct fadump_bytes *text, void *buf, u64 cap);
u64 fadump_vmcoreinfo_search(const struct fadump_bytes *b, u64 from,
			     const char *release, struct fadump_vmcoreinfo *note);

/* -------- notes.c -------- */

/* Size of struct elf_prstatus on ppc64, offsets of its fields. */
#define FADUMP_PRSTATUS_SZ		504
#define FADUMP_PRSTATUS_PID		32
#define FADUMP_PRSTATUS_REGS		112

/* Note header, "CORE" padded to 8 bytes, descriptor. */
#define FADUMP_CPU_NOTE_SZ		(12 + 8 + FADUMP_PRSTATUS_SZ)
#define FADUMP_NOTE_END_SZ		12

/* An entry of the per-CPU variable crash_notes: a note and the empty one after it. */
#define FADUMP_CRASH_NOTE_SZ	(FADUMP_CPU_NOTE_SZ + FADUMP_NOTE_END_SZ)

size_t fadump_notes_write(void *buf, u32 pid, const u64 *regs);
int fadump_notes_find_crash_note(const struct fadump_crash_info *info, u32 cpu,
				 const struct fadump_dump *dump,
				 const struct fadump_ranges *ram,
				 const struct fadump_ranges *unmoved, u64 *at);
bool fadump_notes_fill_crash_note(void *crash_note, const void *note);

/* -------- elf.c -------- */

/**
 * struct fadump_core - contents of an ELF core
 * @notes: the CPU notes, in this kernel's memory
 * @vmcoreinfo: the VMCOREINFO note at its address now, size 0 for none
 * @copies: boot memory and firmware's window
 * @nr_copies: entries of @copies
 * @unmoved: preserved memory that was not copied
 * @last: one more range at its own address, size 0 for none
 * @va_base: linear mapping: virtual address of real address 0
 * @machine: e_machine
 * @flags: e_flags
 */
struct fadump_core {
	struct fadump_range notes;
	struct fadump_range vmcoreinfo;
	const struct fadump_copy *copies;
	u32 nr_copies;
	const struct fadump_ranges *unmoved;
	struct fadump_range last;
	u64 va_base;
	u16 machine;
	u32 flags;
};

size_t fadump_elf_size(const struct fadump_core *core);
int fadump_elf_fill(const struct fadump_core *core, void *buf, size_t cap);

/* -------- sizing.c -------- */

/**
 * struct fadump_sizing - input of an estimate of the boot memory
 * @page_size: of this kernel
 * @memmap_per_page: bytes of struct page and the like for one page of RAM
 * @image: bytes of the kernel, including BSS
 * @initrd: bytes of the packed initrd, 0 for none
 * @possible_cpus: CPUs that may ever run
 * @present_cpus: CPUs that are present at boot
 * @memmap_ram: bytes of RAM if a capture kernel has struct pages of all of it; 0 if
 *	it has them of its boot memory and the next dump area only
 * @hash_ram: bytes of RAM that the hash page table has to map, 0 for a radix MMU
 * @min: firmware's minimum, in bytes
 * @max: upper limit, in bytes; @min wins
 */
struct fadump_sizing {
	u64 page_size;
	u64 memmap_per_page;
	u64 image;
	u64 initrd;
	u32 possible_cpus;
	u32 present_cpus;
	u64 memmap_ram;
	u64 hash_ram;
	u64 min;
	u64 max;
};

u64 fadump_sizing_estimate(const struct fadump_sizing *s);
u64 fadump_sizing_recommend(u64 used, u64 min);

/* -------- arguments.c -------- */

/**
 * struct fadump_denied_argument - an argument that a capture kernel does not get
 * @name: without a value
 * @has_off: a value that switches the feature off is allowed
 */
struct fadump_denied_argument {
	const char *name;
	bool has_off;
};

/* The last entry has no name. */
extern const struct fadump_denied_argument fadump_denied_arguments[];

size_t fadump_arguments_filter(char *line, char *removed, size_t size);

/**
 * enum fadump_mode - the value of fadump=
 * @FADUMP_MODE_OFF: off, the default
 * @FADUMP_MODE_ON: on, the unused part of the dump area is a CMA area
 * @FADUMP_MODE_NOCMA: on, no CMA area
 */
enum fadump_mode {
	FADUMP_MODE_OFF,
	FADUMP_MODE_ON,
	FADUMP_MODE_NOCMA,
};

int fadump_arguments_parse_mode(const char *value, enum fadump_mode *mode);
size_t fadump_arguments_clean(const struct fadump_bytes *raw, char *out,
			      size_t cap);

#endif /* _POWERPC_FADUMP_LIB_H */
