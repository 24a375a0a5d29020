/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the pure files offer: code that takes values and returns values. No
 * memblock, no printk, no allocation, no __va, no globals. It builds unchanged
 * on a host (tools/host), which is where most of its tests run.
 *
 * Units: addresses are real (physical), sizes are bytes, everything is u64.
 * Errors: 0 or -errno, or a bool for questions.
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

/* -------- Bytes that nobody vouches for -------- */

/**
 * struct fadump_bytes - a buffer whose length is known
 * @data: first byte
 * @len: how many there are
 */
struct fadump_bytes {
	const u8 *data;
	size_t len;
};

/* True if @n bytes at @at exist. */
static inline bool fadump_bytes_has(const struct fadump_bytes *b, u64 at, u64 n)
{
	return at <= b->len && n <= b->len - at;
}

/* 0 where the bytes do not exist: callers ask fadump_bytes_has() first. */
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

/* A field of a structure that stands at @base, as wide as its declaration. */
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
 * struct fadump_range - a piece of the real address space
 * @base: first byte
 * @size: in bytes, so that the end (base + size) is not part of it
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
 * struct fadump_ranges - a set of bytes: sorted, disjoint, never touching
 * @r: the caller's array
 * @nr: entries in use
 * @cap: entries of the array
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
int fadump_ranges_subtract_pages(struct fadump_ranges *set,
				 const struct fadump_ranges *other,
				 u64 page_size);
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
 * struct fadump_copy - memory that firmware copies when the kernel dies
 * @src: where it is in the kernel that may die; below the end of the boot memory
 *	it is part of that, from there on it is firmware's window
 * @dest: where the capture kernel will find it
 * @size: bytes
 */
struct fadump_copy {
	u64 src;
	u64 dest;
	u64 size;
};

/**
 * struct fadump_request - what a layout has to satisfy
 * @boot_mem_size: bytes of RAM wanted as boot memory
 * @min_boot_mem: firmware's minimum
 * @max_copies: pieces that firmware can copy
 * @max_copy: bytes that firmware copies in one piece, 0 for no limit
 * @cpu_size: slot for what firmware writes about CPUs, 0 for none
 * @hpte_size: slot for the hash table entries, 0 for none
 * @info_size: slot for the crash-info record
 * @meta_size: slot for what the backend leaves for the next kernel, 0 for none
 * @param_size: slot for extra boot arguments, 0 for none
 * @window: where firmware writes at every boot, size 0 for nowhere
 * @floor: the dump area starts no lower
 * @ceiling: the dump area ends no higher
 * @page_size: what everything is rounded to
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
 * struct fadump_plan - what is ours, and what firmware is asked to do
 * @area: the dump area, page rounded: the one description of what is reserved,
 *	lent to CMA, kept at release and protected from hot-remove
 * @param: extra boot arguments, in @area
 * @cpu: register save area, in @area
 * @hpte: hash table entries, in @area
 * @info: crash-info record, in @area
 * @meta: the backend's own, in @area
 * @cma: the part of @area that nothing lives in before a crash
 * @boot_mem_size: bytes of RAM in the boot memory
 * @boot_mem_top: end of the boot memory, page rounded
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

/**
 * enum fadump_layout_error - why there is no layout
 * @FADUMP_LAYOUT_OK: there is one
 * @FADUMP_LAYOUT_TOO_SMALL: boot memory below firmware's minimum
 * @FADUMP_LAYOUT_NO_RAM: not that much RAM
 * @FADUMP_LAYOUT_HOLES: boot memory has more pieces than firmware takes
 * @FADUMP_LAYOUT_NO_ROOM: no place for the dump area
 */
enum fadump_layout_error {
	FADUMP_LAYOUT_OK,
	FADUMP_LAYOUT_TOO_SMALL,
	FADUMP_LAYOUT_NO_RAM,
	FADUMP_LAYOUT_HOLES,
	FADUMP_LAYOUT_NO_ROOM,
};

int fadump_layout_plan(const struct fadump_ranges *mem,
		       const struct fadump_ranges *busy,
		       const struct fadump_request *req,
		       struct fadump_plan *plan, enum fadump_layout_error *why);
void fadump_layout_drop_window(struct fadump_plan *plan);
u64 fadump_layout_relocate(const struct fadump_copy *copy, u32 nr, u64 addr,
			   u64 size);

/* -------- The dump that firmware left -------- */

/**
 * enum fadump_missing - what a dump lacks; bit numbers, each worth one sentence
 * @FADUMP_MISSING_FW_SUSPECT: firmware reported an error for the whole dump
 * @FADUMP_MISSING_SECTION: a section that makes no sense was left out
 * @FADUMP_MISSING_BOOT_MEM: part of the boot memory was not copied
 * @FADUMP_MISSING_CPU_DATA: no register save area that can be read
 * @FADUMP_MISSING_CPU_SOME: a CPU record was incomplete or damaged
 * @FADUMP_MISSING_PARAM: the extra boot arguments did not come through
 * @FADUMP_MISSING_CRASH_INFO: no crash-info record
 * @FADUMP_MISSING_CRASH_PART: part of the crash-info record is damaged
 * @FADUMP_MISSING_CRASH_REGS: the crashing CPU did not get to save its registers
 * @FADUMP_MISSING_VMCOREINFO: no VMCOREINFO of the dead kernel's
 * @FADUMP_MISSING_NOTES: no memory for the CPU notes
 * @FADUMP_MISSING_DESCRIPTION: firmware's description of the dump is not usable
 * @FADUMP_MISSING_WINDOW: firmware has written to memory that it had not copied
 * @FADUMP_NR_MISSING: how many there are
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
 * struct fadump_dump - a dump as firmware describes it, bounded and sorted
 * @copy: boot memory and firmware's window as they were copied, ascending in
 *	source; @size of each is what was written, not what was asked for
 * @nr_copies: entries of @copy
 * @boot_mem_top: end of the dead kernel's boot memory. Below it this kernel
 *	lives, above it nothing may be touched.
 * @cpu: what firmware wrote about CPUs, cut at the next thing in memory
 * @cpu_step: bytes of one CPU's share of @cpu, 0 where that tells by itself
 * @hpte: hash table entries, as firmware wrote them
 * @param: extra boot arguments
 * @info_at: where a crash-info record is to be looked for
 * @area: the part of RAM that only exists to hold the dump
 * @missing: bit mask of enum fadump_missing
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

/* -------- dump.c -------- */

const char *fadump_missing_code(u32 what);
const char *fadump_missing_text(u32 what);
void fadump_dump_bound_param(struct fadump_dump *dump, u64 ram_left);
void fadump_dump_bound(struct fadump_dump *dump,
		       const struct fadump_ranges *ram,
		       const struct fadump_ranges *usable, u64 page_size);
void fadump_dump_validate(struct fadump_dump *dump,
			const struct fadump_ranges *ram,
			const struct fadump_ranges *usable, u64 least, u64 guess,
			u64 page_size);

/* -------- Registers of a CPU -------- */

/* Places in NT_PRSTATUS (pt_regs order of the powerpc ABI). */
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

/* What a CPU's registers are worth nothing without. */
#define FADUMP_REGS_NEEDED						\
	(BIT_ULL(FADUMP_REG_GPR0 + 1) | BIT_ULL(FADUMP_REG_NIP) |	\
	 BIT_ULL(FADUMP_REG_MSR))

/**
 * struct fadump_cpu_regs - one CPU as firmware saw it
 * @hw_id: firmware's name for it
 * @damaged: something about the record was wrong; what could be read is here
 * @seen: a bit for each of @regs that firmware has said something about
 * @regs: in NT_PRSTATUS order, 0 where firmware said nothing
 */
struct fadump_cpu_regs {
	u32 hw_id;
	bool damaged;
	u64 seen;
	u64 regs[FADUMP_NR_REGS];
};

/* Is everything there that a backtrace needs? */
static inline bool fadump_cpu_is_complete(const struct fadump_cpu_regs *cpu)
{
	return !cpu->damaged &&
	       (cpu->seen & FADUMP_REGS_NEEDED) == FADUMP_REGS_NEEDED;
}

/**
 * struct fadump_cpu_iter - a walk over what firmware wrote about CPUs
 * @bytes: all of it
 * @at: next byte to look at
 * @step: bytes of one CPU, where that is fixed
 * @left: CPUs that may still come
 * @skipped: CPUs that were there and could not be read
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
 * @cpu: bytes of a register save area, 0 if not told
 * @hpte: bytes for hash table entries
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
 * struct opal_fw_tag - what a tag of OPAL's told
 * @crashing_pir: the thread that died
 * @cpu_step: bytes of one thread's register data
 * @nr_regions: entries of @region
 * @region: memory that OPAL keeps, as OPAL describes it
 */
struct opal_fw_tag {
	u32 crashing_pir;
	u32 cpu_step;
	u32 nr_regions;
	struct fadump_copy region[OPAL_MAX_FW_REGIONS];
};

int opal_status_errno(s64 status);
bool opal_denies_dump(int rc);
int opal_load_area_end(const struct fadump_bytes *prop, u64 *end);
int opal_meta_encode(const struct fadump_plan *plan, void *buf, size_t cap);
void opal_meta_arm(void *buf, bool armed);
int opal_meta_decode(const struct fadump_bytes *meta, u64 at,
		     struct fadump_dump *dump);
int opal_fw_tag_decode(const struct fadump_bytes *tag, struct opal_fw_tag *own);
int opal_fw_tag_set_cpus(const struct opal_fw_tag *own, struct fadump_dump *dump);

/* -------- opal-regs.c -------- */

int opal_regs_open(struct fadump_cpu_iter *it, const struct fadump_bytes *bytes,
		   u32 step);
int opal_regs_next(struct fadump_cpu_iter *it, struct fadump_cpu_regs *cpu);

/* -------- opal-elf.c -------- */

/**
 * struct opal_core - what an ELF core of OPAL consists of
 * @fw: OPAL's memory; a region of size 0 is left out
 * @cpus: register data
 * @cpu_step: bytes of one thread in @cpus
 * @crashing_pir: the thread that comes first
 * @kernel_requested: the kernel wanted this dump, OPAL itself was well
 * @base: where OPAL ran
 * @entry: where it is entered at a boot
 * @page_size: every region begins in a page of its own
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

/* -------- crash-info.c -------- */

/**
 * struct fadump_crash_info - a crash-info record, whoever wrote it
 * @is_legacy: another kernel's than ours
 * @committed: the dead kernel finished writing it
 * @has_regs: @regs are those of the crash
 * @cpu: Linux number of the crashing CPU, CRASH_INFO_CPU_NONE if unknown
 * @regs: its registers
 * @vmcoreinfo: the note's place in the dead kernel or, where @relocated is set,
 *	where it is now; size 0 if unknown
 * @relocated: see @vmcoreinfo
 * @area: the dump area, size 0 if unknown
 * @boot_mem_size: bytes of boot memory, 0 if unknown
 * @boot_mem_top: its end
 * @cpu_slot: where firmware was to write registers, size 0 if unknown
 * @copy: the boot memory, as firmware was told
 * @nr_copies: entries of @copy
 * @page_size: of the dead kernel, 0 if unknown
 * @little_endian: of the dead kernel
 * @release: of the dead kernel, always terminated
 * @nr_cpus: entries of @cpus
 * @cpus: CPUS part, crash_info_cpu_ser each
 * @crash_note_size: bytes of a slot for a CPU's note, in the dead kernel
 * @crash_notes: where those are, by Linux number: 64 bits each, big endian
 * @mask: CPU mask of a foreign record: words of 64 bits in the dead kernel's
 *	byte order, @little_endian
 * @headers_at: where a FADMPINF record's kernel kept its ELF headers, else 0
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
	u32 crash_note_size;
	struct fadump_bytes crash_notes;
	struct fadump_bytes mask;
	u64 headers_at;
	u32 missing;
};

/**
 * struct fadump_crash_info_writer - where the crashing CPU writes
 * @head: the record
 * @cpus: the CPUS part
 * @regs: the REGS part
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
			     struct fadump_crash_info_writer *slots);
int fadump_crash_info_decode(const struct fadump_bytes *rec,
			     struct fadump_crash_info *info);
void fadump_crash_info_set_cpu(const struct fadump_crash_info_writer *slots, u32 cpu,
			   u32 hw_id, u32 flags, u32 pid);
void fadump_crash_info_set_regs(const struct fadump_crash_info_writer *slots, u32 cpu,
			    const void *regs, u32 nr_regs);
void fadump_crash_info_commit(const struct fadump_crash_info_writer *slots);
int fadump_crash_info_find_cpu(const struct fadump_crash_info *info, u32 hw_id);
u32 fadump_crash_info_hw_id(const struct fadump_crash_info *info, u32 cpu);
u32 fadump_crash_info_pid(const struct fadump_crash_info *info, u32 cpu);
bool fadump_crash_info_is_online(const struct fadump_crash_info *info, u32 cpu);
void fadump_crash_info_compare(const struct fadump_crash_info *info, u32 nr_cpus,
			       struct fadump_dump *dump);

/* -------- recovery.c -------- */

/**
 * enum fadump_record_kind - whose record a dump has
 * @FADUMP_RECORD_NONE: none that can be read
 * @FADUMP_RECORD_OWN: ours, FADUPCI1
 * @FADUMP_RECORD_SIG: FADMPSIG
 * @FADUMP_RECORD_INF: FADMPINF
 */
enum fadump_record_kind {
	FADUMP_RECORD_NONE,
	FADUMP_RECORD_OWN,
	FADUMP_RECORD_SIG,
	FADUMP_RECORD_INF,
};

enum fadump_record_kind fadump_recovery_read_record(const struct fadump_bytes *b, u64 at,
					      struct fadump_crash_info *info);
void fadump_recovery_clear_record(struct fadump_crash_info *info);
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

/* -------- attempts.c -------- */

u32 fadump_crash_info_count_attempt(struct crash_info_head_ser *head);
void fadump_crash_info_end(struct crash_info_head_ser *head);
bool fadump_crash_info_is_ended(const struct crash_info_head_ser *head);

/* -------- crash-info-compat.c -------- */

/**
 * struct fadmpsig_writer - where the crashing CPU writes in a foreign record
 * @base: the record
 * @mask_size: bytes of its CPU mask
 */
struct fadmpsig_writer {
	void *base;
	u32 mask_size;
};

size_t fadmpsig_size(u32 mask_size);
int fadmpsig_encode(struct fadmpsig_writer *slots, u32 mask_size,
		    const struct fadump_range *vmcoreinfo, const void *mask,
		    void *buf, size_t cap);
void fadmpsig_commit(const struct fadmpsig_writer *slots, u32 cpu,
		     const void *regs, const void *mask);
void fadump_compat_read_headers(const struct fadump_bytes *rec, u64 at,
			   struct fadump_crash_info *info);
bool fadump_compat_is_online(const struct fadump_crash_info *info, u32 cpu);
int fadump_compat_decode(const struct fadump_bytes *rec,
			 struct fadump_crash_info *info);

/* -------- vmcoreinfo.c -------- */

/* The note begins on a page, and pages are at least this large. */
#define VMCOREINFO_STEP			4096

/**
 * struct fadump_vmcoreinfo - a note that was found
 * @size: bytes, with the header, and with the empty one that readers look for
 *	behind the last note
 * @crashtime: seconds since 1970, 0 if its kernel did not get to say
 * @is_text_only: it is no note but the text of one, of which @size is the length
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

/* struct elf_prstatus on ppc64, and where its parts stand. */
#define FADUMP_PRSTATUS_SZ		504
#define FADUMP_PRSTATUS_PID		32
#define FADUMP_PRSTATUS_REGS		112

/* Header, "CORE" padded to a word, descriptor. */
#define FADUMP_CPU_NOTE_SZ		(12 + 8 + FADUMP_PRSTATUS_SZ)
#define FADUMP_NOTE_END_SZ		12

/* What a kernel has for each CPU: one note, and the empty one behind it. */
#define FADUMP_CRASH_NOTE_SZ		(FADUMP_CPU_NOTE_SZ + FADUMP_NOTE_END_SZ)

size_t fadump_notes_write(void *buf, u32 pid, const u64 *regs);
int fadump_notes_find_crash_note(const struct fadump_crash_info *info, u32 cpu,
			   const struct fadump_dump *dump,
			   const struct fadump_ranges *ram,
			   const struct fadump_ranges *unmoved, u64 *at);
bool fadump_notes_fill_crash_note(void *slot, const void *note);

/* -------- elf.c -------- */

/**
 * struct fadump_core - what an ELF core consists of
 * @notes: the CPU notes, in this kernel's memory
 * @vmcoreinfo: the VMCOREINFO note where it is now, size 0 for none
 * @copies: boot memory
 * @nr_copies: entries of @copies
 * @unmoved: everything else, at its own address
 * @last: what comes last, at its own address, size 0 for nothing
 * @va_base: what to add to a source address to get its linear mapping
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
 * struct fadump_sizing - what the need for boot memory depends on
 * @page_size: of this kernel
 * @memmap_per_page: bytes that the kernel's books take for one page of RAM
 * @image: bytes of the kernel, with its BSS
 * @initrd: bytes of it as the boot loader left it, 0 for none
 * @possible_cpus: CPUs that may ever run
 * @present_cpus: those of them that are there
 * @memmap_ram: bytes of RAM, where a capture kernel has books of all of it; 0 where
 *	it only has those of its boot memory and of the next dump area
 * @hash_ram: bytes of RAM that the kernel makes a hash table for, 0 for none
 * @min: as much as firmware needs
 * @max: as much as there may be
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
 * struct fadump_denied_argument - an argument that a capture does without
 * @name: as it is written, without a value
 * @reason: what is wrong with it, for people
 * @has_off: it can be switched off, too, and that stays
 */
struct fadump_denied_argument {
	const char *name;
	const char *reason;
	bool has_off;
};

/* Ends with one that has no name. */
extern const struct fadump_denied_argument fadump_denied_arguments[];

size_t fadump_arguments_filter(char *line, char *left_out, size_t size);

/**
 * enum fadump_mode - the value of fadump=
 * @FADUMP_MODE_OFF: off, and the default
 * @FADUMP_MODE_ON: on, dump area lent to CMA
 * @FADUMP_MODE_NOCMA: on, dump area kept to ourselves
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
