/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formats that firmware or another kernel writes or reads.
 */

#ifndef _POWERPC_FADUMP_ABI_H
#define _POWERPC_FADUMP_ABI_H

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

/**
 * DOC: Formats that cross a boundary
 *
 * Every structure in this file is a contract with other software: platform firmware
 * (``*_fw``), or another kernel, which may be older or newer (``*_ser``). The rules are
 * the same for all of them:
 *
 * - fixed width, big endian, no pointers, no kernel types whose size depends on the
 *   configuration;
 * - size and offsets are asserted below each structure, one by one;
 * - decoders do not dereference a structure in place. They read single fields from a
 *   bounded buffer (struct fadump_bytes), because a crash may have damaged it.
 *
 * To extend a ``*_ser`` format, add a part with a new id, or append fields to a part and
 * raise its version. A reader skips unknown ids, and reads the fields that are within
 * the size of a part. Ids and fields are never renumbered, moved or reused.
 */

#define fadump_assert_at(type, field, at)				\
	static_assert(offsetof(struct type, field) == (at))

/* -------- A range and its copy -------- */

/**
 * struct fadump_copy_ser - memory that firmware copies at a crash
 * @src: real address in the crashed kernel
 * @dest: real address of the copy
 * @size: bytes
 *
 * OPAL and the crash-info record have arrays of these. The COPIES part of the record
 * repeats what firmware was told, in case firmware's description is damaged.
 */
struct fadump_copy_ser {
	__be64 src;
	__be64 dest;
	__be64 size;
};

static_assert(sizeof(struct fadump_copy_ser) == 24);
fadump_assert_at(fadump_copy_ser, src, 0);
fadump_assert_at(fadump_copy_ser, dest, 8);
fadump_assert_at(fadump_copy_ser, size, 16);

/* -------- RTAS: ibm,configure-kernel-dump (PAPR, "OS Dump") -------- */

/* First argument of the call. */
#define RTAS_DUMP_REGISTER		1
#define RTAS_DUMP_UNREGISTER		2
#define RTAS_DUMP_INVALIDATE		3

#define RTAS_DUMP_VERSION		1

/*
 * Section types. Those from 0x100 on are for the operating system. RTAS_SECTION_PARAM is
 * the boot arguments, or firmware's window if the destination is not the source.
 */
#define RTAS_SECTION_CPU		0x0001
#define RTAS_SECTION_HPTE		0x0002
#define RTAS_SECTION_BOOT_MEM		0x0011
#define RTAS_SECTION_PARAM		0x0100

/* Section request flags: copy this section to memory. */
#define RTAS_SECTION_WANTED		0x00000001

/* Status bits of the whole dump. */
#define RTAS_DUMP_PERFORMED		0x8000
#define RTAS_DUMP_TRIGGERED		0x4000
#define RTAS_DUMP_ERROR			0x2000

/**
 * struct rtas_dump_header_fw - head of the dump memory structure
 * @version: RTAS_DUMP_VERSION
 * @nr_sections: sections that follow
 * @status: RTAS_DUMP_* bits, written by firmware
 * @first_section: offset of the first section from the head
 * @disk_block_sz: 0, dumps to a disk are not used
 * @disk_first_block: 0
 * @nr_disk_blocks: 0
 * @disk_path: 0
 * @max_auto_ms: 0, firmware must not dump without a request
 */
struct rtas_dump_header_fw {
	__be32 version;
	__be16 nr_sections;
	__be16 status;
	__be32 first_section;
	__be32 disk_block_sz;
	__be64 disk_first_block;
	__be64 nr_disk_blocks;
	__be32 disk_path;
	__be32 max_auto_ms;
};

static_assert(sizeof(struct rtas_dump_header_fw) == 40);
fadump_assert_at(rtas_dump_header_fw, version, 0);
fadump_assert_at(rtas_dump_header_fw, nr_sections, 4);
fadump_assert_at(rtas_dump_header_fw, status, 6);
fadump_assert_at(rtas_dump_header_fw, first_section, 8);
fadump_assert_at(rtas_dump_header_fw, disk_block_sz, 12);
fadump_assert_at(rtas_dump_header_fw, disk_first_block, 16);
fadump_assert_at(rtas_dump_header_fw, nr_disk_blocks, 24);
fadump_assert_at(rtas_dump_header_fw, disk_path, 32);
fadump_assert_at(rtas_dump_header_fw, max_auto_ms, 36);

/**
 * struct rtas_dump_section_fw - one range to save
 * @request: RTAS_SECTION_WANTED
 * @type: RTAS_SECTION_*
 * @error: written by firmware, 0 for none
 * @src: real address to copy from; 0 for CPU and HPTE
 * @len: bytes to copy
 * @dumped: written by firmware: bytes that it has copied
 * @dest: real address to copy to
 */
struct rtas_dump_section_fw {
	__be32 request;
	__be16 type;
	__be16 error;
	__be64 src;
	__be64 len;
	__be64 dumped;
	__be64 dest;
};

static_assert(sizeof(struct rtas_dump_section_fw) == 40);
fadump_assert_at(rtas_dump_section_fw, request, 0);
fadump_assert_at(rtas_dump_section_fw, type, 4);
fadump_assert_at(rtas_dump_section_fw, error, 6);
fadump_assert_at(rtas_dump_section_fw, src, 8);
fadump_assert_at(rtas_dump_section_fw, len, 16);
fadump_assert_at(rtas_dump_section_fw, dumped, 24);
fadump_assert_at(rtas_dump_section_fw, dest, 32);

/* ibm,configure-kernel-dump-sizes: packed (type, 64-bit size) in three cells */
#define RTAS_SIZES_TUPLE		12

/* -------- RTAS: register save area (PAPR, "Register Save Area") -------- */

#define RTAS_REGSAVE_MAGIC		0x5245475341564500ULL	/* REGSAVE\0 */
#define RTAS_REGSAVE_VERSION		0

/**
 * struct rtas_regsave_header_fw - head of the register save area
 * @magic: RTAS_REGSAVE_MAGIC
 * @version: RTAS_REGSAVE_VERSION
 * @cpus_offset: offset of the CPU count (__be32) from this head. The entries follow the
 *	count without padding, so they may be unaligned.
 */
struct rtas_regsave_header_fw {
	__be64 magic;
	__be32 version;
	__be32 cpus_offset;
};

static_assert(sizeof(struct rtas_regsave_header_fw) == 16);
fadump_assert_at(rtas_regsave_header_fw, magic, 0);
fadump_assert_at(rtas_regsave_header_fw, version, 8);
fadump_assert_at(rtas_regsave_header_fw, cpus_offset, 12);

/* An entry: eight characters of name, NUL padded, then eight bytes of value. */
#define RTAS_REGSAVE_ENTRY_SZ		16

/*
 * Bytes of one thread with all registers of a POWER10: 79 entries. Used because the size
 * that firmware asks for may count cores.
 */
#define RTAS_REGSAVE_THREAD_SZ		(79 * RTAS_REGSAVE_ENTRY_SZ)
#define RTAS_REGSAVE_HEAD_SZ		0x20

/* Names as big-endian numbers; GPR00 to GPR31 have two digits outside the mask. */
#define RTAS_REG_CPU_START		0x4350555354525400ULL	/* CPUSTRT */
#define RTAS_REG_CPU_END		0x435055454e440000ULL	/* CPUEND */
#define RTAS_REG_NIA			0x4e49410000000000ULL	/* NIA */
#define RTAS_REG_MSR			0x4d53520000000000ULL	/* MSR */
#define RTAS_REG_CTR			0x4354520000000000ULL	/* CTR */
#define RTAS_REG_LR			0x4c52000000000000ULL	/* LR */
#define RTAS_REG_XER			0x5845520000000000ULL	/* XER */
#define RTAS_REG_CR			0x4352000000000000ULL	/* CR */
#define RTAS_REG_DAR			0x4441520000000000ULL	/* DAR */
#define RTAS_REG_DSISR			0x4453495352000000ULL	/* DSISR */
#define RTAS_REG_GPR			0x4750520000000000ULL
#define RTAS_REG_GPR_MASK		0xffffff0000ffffffULL

/* -------- OPAL: memory preserving IPL (OPAL_MPIPL_*) -------- */

/**
 * DOC: What OPAL preserves
 *
 * OPAL copies the ranges that a kernel has registered with OPAL_MPIPL_UPDATE, saves the
 * registers of every thread, and preserves four 64-bit tags for the next boot. OPAL
 * sets two of them: OPAL_MPIPL_TAG_CPU and OPAL_MPIPL_TAG_OPAL have the address of an
 * &struct opal_dump_fw. The kernel sets the other two: OPAL_MPIPL_TAG_KERNEL has the
 * address of an &struct opal_meta_ser, OPAL_MPIPL_TAG_BOOT_MEM the end of the boot
 * memory.
 */

/* fw-load-area: pairs of 64-bit address and 64-bit size */
#define OPAL_LOAD_AREA_PAIR		16

/* End of the memory that firmware loads to, without fw-load-area. */
#define OPAL_LOAD_AREA_END		0x30000000ULL

/* OPAL_MPIPL_UPDATE uses only 32 bits of a size. */
#define OPAL_MAX_COPY_SZ		0xffffffffULL

#define OPAL_DUMP_VERSION		1

/**
 * struct opal_dump_fw - what OPAL_MPIPL_TAG_CPU and OPAL_MPIPL_TAG_OPAL point to
 * @version: OPAL_DUMP_VERSION
 * @reserved: 0
 * @crashing_pir: PIR of the thread that requested the dump, or on which OPAL crashed
 * @cpu_version: of the register data; 1 and 2 are in use, with the same format
 * @cpu_size: bytes of one thread's register data
 * @nr_regions: number of &struct fadump_copy_ser that follow: one for the CPU tag, whose
 *	destination is the register data of all threads
 */
struct opal_dump_fw {
	u8 version;
	u8 reserved[7];
	__be32 crashing_pir;
	__be32 cpu_version;
	__be32 cpu_size;
	__be32 nr_regions;
};

static_assert(sizeof(struct opal_dump_fw) == 24);
fadump_assert_at(opal_dump_fw, version, 0);
fadump_assert_at(opal_dump_fw, crashing_pir, 8);
fadump_assert_at(opal_dump_fw, cpu_version, 12);
fadump_assert_at(opal_dump_fw, cpu_size, 16);
fadump_assert_at(opal_dump_fw, nr_regions, 20);

/**
 * struct opal_thread_fw - head of one thread's register data
 * @pir: processor identification register
 * @core_state: see OPAL_CORE_*
 * @reserved: may be junk
 * @entries_at: offset of the entries. Firmware versions differ in its origin: 0, 0x10
 *	and 0x18 all mean right after this head, any other value is an offset from
 *	@entries_at itself.
 * @nr_entries: number of entries
 * @entry_step: bytes from one entry to the next
 * @entry_size: bytes of an entry that are used
 */
struct opal_thread_fw {
	__be32 pir;
	u8 core_state;
	u8 reserved[3];
	__be32 entries_at;
	__be32 nr_entries;
	__be32 entry_step;
	__be32 entry_size;
};

static_assert(sizeof(struct opal_thread_fw) == 24);
fadump_assert_at(opal_thread_fw, pir, 0);
fadump_assert_at(opal_thread_fw, core_state, 4);
fadump_assert_at(opal_thread_fw, entries_at, 8);
fadump_assert_at(opal_thread_fw, nr_entries, 12);
fadump_assert_at(opal_thread_fw, entry_step, 16);
fadump_assert_at(opal_thread_fw, entry_size, 20);

/* Only these states mean that firmware has saved the registers. */
#define OPAL_CORE_RUNNING		0x00
#define OPAL_CORE_QEMU			0xff

/**
 * struct opal_reg_fw - one register
 * @type: OPAL_REG_*
 * @number: GPR number or SPR number
 * @value: the value
 */
struct opal_reg_fw {
	__be32 type;
	__be32 number;
	__be64 value;
};

static_assert(sizeof(struct opal_reg_fw) == 16);
fadump_assert_at(opal_reg_fw, type, 0);
fadump_assert_at(opal_reg_fw, number, 4);
fadump_assert_at(opal_reg_fw, value, 8);

#define OPAL_REG_GPR			1
#define OPAL_REG_SPR			2

/* Numbers of special purpose registers; those from 0x7d0 on are OPAL's own. */
#define OPAL_SPR_XER			1
#define OPAL_SPR_LR			8
#define OPAL_SPR_CTR			9
#define OPAL_SPR_DSISR			18
#define OPAL_SPR_DAR			19
#define OPAL_SPR_NIA			0x7d0
#define OPAL_SPR_MSR			0x7d1
#define OPAL_SPR_CR			0x7d2

/**
 * DOC: Metadata for OPAL
 *
 * RTAS gives the capture kernel a description of the dump. OPAL gives it only an
 * address. So the kernel writes the description itself when it is armed, to a slot of
 * its dump area::
 *
 *	0      opal_meta_ser   format of Linux 5.4 and later
 *	4096   opal_plan_ser   all of the plan, with a checksum
 *
 * Both are valid only while firmware will dump: @nr_registered and @armed are set last
 * and cleared first.
 */

#define OPAL_META_VERSION		1
#define OPAL_META_REGIONS		128

/**
 * struct opal_meta_ser - the description that other kernels can read
 * @version: OPAL_META_VERSION
 * @reserved: 0
 * @nr_regions: entries of @region
 * @nr_registered: entries of @region that OPAL has accepted; 0: not armed
 * @info_at: address of the crash-info record
 * @region: the boot memory
 */
struct opal_meta_ser {
	u8 version;
	u8 reserved[3];
	__be16 nr_regions;
	__be16 nr_registered;
	__be64 info_at;
	struct fadump_copy_ser region[OPAL_META_REGIONS];
};

static_assert(sizeof(struct opal_meta_ser) == 3088);
fadump_assert_at(opal_meta_ser, version, 0);
fadump_assert_at(opal_meta_ser, nr_regions, 4);
fadump_assert_at(opal_meta_ser, nr_registered, 6);
fadump_assert_at(opal_meta_ser, info_at, 8);
fadump_assert_at(opal_meta_ser, region, 16);

#define OPAL_PLAN_MAGIC			0x4641444f50414c31ULL	/* FADOPAL1 */
#define OPAL_PLAN_ARMED			0x41524d4544212121ULL	/* ARMED!!! */
#define OPAL_PLAN_VERSION		1

/* Offset of &struct opal_plan_ser from &struct opal_meta_ser. */
#define OPAL_PLAN_OFFSET		4096

/**
 * struct opal_plan_ser - the description that only this fadump can read
 * @magic: OPAL_PLAN_MAGIC
 * @version: OPAL_PLAN_VERSION
 * @sum: crc32 of @total_size and all that follows, seed ~0
 * @armed: OPAL_PLAN_ARMED while firmware will dump
 * @total_size: bytes of this structure and the regions; new fields go after the regions
 * @nr_regions: number of &struct fadump_copy_ser that follow
 * @area_base: start of the dump area
 * @area_size: its size
 * @boot_mem_top: end of the boot memory
 * @param_base: start of the extra boot arguments
 * @param_size: their size, 0 for none
 * @info_at: address of the crash-info record
 */
struct opal_plan_ser {
	__be64 magic;
	__be32 version;
	__be32 sum;
	__be64 armed;
	__be32 total_size;
	__be32 nr_regions;
	__be64 area_base;
	__be64 area_size;
	__be64 boot_mem_top;
	__be64 param_base;
	__be64 param_size;
	__be64 info_at;
};

static_assert(sizeof(struct opal_plan_ser) == 80);
fadump_assert_at(opal_plan_ser, magic, 0);
fadump_assert_at(opal_plan_ser, version, 8);
fadump_assert_at(opal_plan_ser, sum, 12);
fadump_assert_at(opal_plan_ser, armed, 16);
fadump_assert_at(opal_plan_ser, total_size, 24);
fadump_assert_at(opal_plan_ser, nr_regions, 28);
fadump_assert_at(opal_plan_ser, area_base, 32);
fadump_assert_at(opal_plan_ser, area_size, 40);
fadump_assert_at(opal_plan_ser, boot_mem_top, 48);
fadump_assert_at(opal_plan_ser, param_base, 56);
fadump_assert_at(opal_plan_ser, param_size, 64);
fadump_assert_at(opal_plan_ser, info_at, 72);

#define OPAL_META_SZ			8192

/* -------- The crash-info record -------- */

/**
 * DOC: Crash-info record
 *
 * A kernel writes this record to its dump area; the capture kernel reads it. It has what
 * firmware does not know: the registers at the crash, which CPUs were online and their
 * Linux numbers, the address of VMCOREINFO, the layout of memory.
 *
 * ::
 *
 *	0     crash_info_head_ser   magic, version, sizes, commit, attempts
 *	64    crash_info_part_ser   table of parts: id, version, offset, size
 *	...   the parts, each 8-byte aligned, in any order
 *
 * Static parts (LAYOUT, KERNEL, VMCOREINFO, COPIES, NOTES) are complete when fadump is
 * armed, and have a checksum in their table entry. The crashing CPU writes the others
 * (CPUS, REGS), and after them the @commit word. Without a commit word firmware stopped
 * the kernel before it could write: the dump is valid, but all registers are those from
 * firmware.
 *
 * Capture kernels count their attempts in the head. The count is stored with its
 * complement, and @ended is a word that no bit error makes: damage must never end a dump.
 */

#define CRASH_INFO_MAGIC		0x4641445550434931ULL	/* FADUPCI1 */
#define CRASH_INFO_COMMIT		0x4352415348454421ULL	/* CRASHED! */
#define CRASH_INFO_ENDED		0x46524545444d454dULL	/* FREEDMEM */
#define CRASH_INFO_VERSION		1

/**
 * struct crash_info_head_ser - head of the record; never changes
 * @magic: CRASH_INFO_MAGIC
 * @version: CRASH_INFO_VERSION: the layout of the table, not the list of parts
 * @head_size: bytes up to the table of parts
 * @total_size: bytes of the whole record
 * @nr_parts: entries of the table
 * @part_size: bytes of one entry of the table
 * @table_sum: crc32 of the table, seed ~0
 * @commit: CRASH_INFO_COMMIT after the crashing CPU has written all its parts
 * @attempts: capture boots that found this dump
 * @attempts_not: the complement of @attempts
 * @reserved: 0; do not use, earlier kernels have written to it
 * @ended: CRASH_INFO_ENDED after the dump has been released; a device tree that was made
 *	before, for kexec, may still describe it
 */
struct crash_info_head_ser {
	__be64 magic;
	__be32 version;
	__be32 head_size;
	__be32 total_size;
	__be32 nr_parts;
	__be32 part_size;
	__be32 table_sum;
	__be64 commit;
	__be32 attempts;
	__be32 attempts_not;
	__be64 reserved;
	__be64 ended;
};

#define CRASH_INFO_HEAD_SZ		sizeof(struct crash_info_head_ser)

static_assert(CRASH_INFO_HEAD_SZ == 64);
fadump_assert_at(crash_info_head_ser, magic, 0);
fadump_assert_at(crash_info_head_ser, version, 8);
fadump_assert_at(crash_info_head_ser, head_size, 12);
fadump_assert_at(crash_info_head_ser, total_size, 16);
fadump_assert_at(crash_info_head_ser, nr_parts, 20);
fadump_assert_at(crash_info_head_ser, part_size, 24);
fadump_assert_at(crash_info_head_ser, table_sum, 28);
fadump_assert_at(crash_info_head_ser, commit, 32);
fadump_assert_at(crash_info_head_ser, attempts, 40);
fadump_assert_at(crash_info_head_ser, attempts_not, 44);
fadump_assert_at(crash_info_head_ser, reserved, 48);
fadump_assert_at(crash_info_head_ser, ended, 56);

/* Part ids. 0 is never used. */
#define CRASH_INFO_LAYOUT		1
#define CRASH_INFO_KERNEL		2
#define CRASH_INFO_VMCOREINFO		3
#define CRASH_INFO_CPUS			4
#define CRASH_INFO_REGS			5
#define CRASH_INFO_COPIES		6
#define CRASH_INFO_NOTES		7

#define CRASH_INFO_PART_VERSION		1

/* @sum holds a checksum: the part does not change after arming. */
#define CRASH_INFO_PART_STATIC		0x1

/**
 * struct crash_info_part_ser - one entry of the table of parts
 * @id: CRASH_INFO_*
 * @version: of this part
 * @offset: from the head, 8-byte aligned
 * @size: in bytes
 * @flags: CRASH_INFO_PART_*
 * @sum: crc32 of the part, seed ~0, where CRASH_INFO_PART_STATIC is set
 */
struct crash_info_part_ser {
	__be32 id;
	__be32 version;
	__be32 offset;
	__be32 size;
	__be32 flags;
	__be32 sum;
};

#define CRASH_INFO_PART_SZ		sizeof(struct crash_info_part_ser)

static_assert(CRASH_INFO_PART_SZ == 24);
fadump_assert_at(crash_info_part_ser, id, 0);
fadump_assert_at(crash_info_part_ser, version, 4);
fadump_assert_at(crash_info_part_ser, offset, 8);
fadump_assert_at(crash_info_part_ser, size, 12);
fadump_assert_at(crash_info_part_ser, flags, 16);
fadump_assert_at(crash_info_part_ser, sum, 20);

/**
 * struct crash_info_layout_ser - the layout of the crashed kernel
 * @area_base: start of the dump area
 * @area_size: its size
 * @boot_mem_size: bytes of RAM in the boot memory
 * @boot_mem_top: end of the boot memory
 * @cpu_base: start of the slot for the register save area; not in older records
 * @cpu_size: its size, 0 if firmware saves registers to memory of its own
 */
struct crash_info_layout_ser {
	__be64 area_base;
	__be64 area_size;
	__be64 boot_mem_size;
	__be64 boot_mem_top;
	__be64 cpu_base;
	__be64 cpu_size;
};

static_assert(sizeof(struct crash_info_layout_ser) == 48);
fadump_assert_at(crash_info_layout_ser, area_base, 0);
fadump_assert_at(crash_info_layout_ser, area_size, 8);
fadump_assert_at(crash_info_layout_ser, boot_mem_size, 16);
fadump_assert_at(crash_info_layout_ser, boot_mem_top, 24);
fadump_assert_at(crash_info_layout_ser, cpu_base, 32);
fadump_assert_at(crash_info_layout_ser, cpu_size, 40);

#define CRASH_INFO_RELEASE_SZ		64

/**
 * struct crash_info_kernel_ser - the crashed kernel
 * @page_size: in bytes
 * @little_endian: 1 or 0
 * @release: as uname -r prints it, NUL padded
 */
struct crash_info_kernel_ser {
	__be32 page_size;
	__be32 little_endian;
	char release[CRASH_INFO_RELEASE_SZ];
};

static_assert(sizeof(struct crash_info_kernel_ser) == 72);
fadump_assert_at(crash_info_kernel_ser, page_size, 0);
fadump_assert_at(crash_info_kernel_ser, little_endian, 4);
fadump_assert_at(crash_info_kernel_ser, release, 8);

/**
 * struct crash_info_vmcoreinfo_ser - the VMCOREINFO note
 * @paddr: real address of the note in the crashed kernel, not relocated
 * @size: bytes
 */
struct crash_info_vmcoreinfo_ser {
	__be64 paddr;
	__be64 size;
};

static_assert(sizeof(struct crash_info_vmcoreinfo_ser) == 16);
fadump_assert_at(crash_info_vmcoreinfo_ser, paddr, 0);
fadump_assert_at(crash_info_vmcoreinfo_ser, size, 8);

/* @flags of a CPU. */
#define CRASH_INFO_CPU_POSSIBLE		0x1
#define CRASH_INFO_CPU_ONLINE		0x2

/* No hardware id; or no crashing CPU. */
#define CRASH_INFO_CPU_NONE		0xffffffff

/**
 * struct crash_info_cpu_ser - one CPU
 * @hw_id: hardware id: interrupt server number (RTAS) or PIR (OPAL)
 * @flags: CRASH_INFO_CPU_*
 * @pid: of the task that ran at the crash, 0 if idle or unknown
 * @reserved: 0
 *
 * The CPUS part is an array of these, indexed by Linux CPU number.
 */
struct crash_info_cpu_ser {
	__be32 hw_id;
	__be32 flags;
	__be32 pid;
	__be32 reserved;
};

#define CRASH_INFO_CPU_SZ		sizeof(struct crash_info_cpu_ser)

static_assert(CRASH_INFO_CPU_SZ == 16);
fadump_assert_at(crash_info_cpu_ser, hw_id, 0);
fadump_assert_at(crash_info_cpu_ser, flags, 4);
fadump_assert_at(crash_info_cpu_ser, pid, 8);
fadump_assert_at(crash_info_cpu_ser, reserved, 12);

/* Registers as NT_PRSTATUS has them on ppc64: ELF_NGREG doublewords. */
#define FADUMP_NR_REGS			48

/**
 * struct crash_info_regs_ser - registers of the crashing CPU
 * @cpu: its Linux number, CRASH_INFO_CPU_NONE before a crash
 * @nr_regs: entries of @regs
 * @regs: in NT_PRSTATUS order
 */
struct crash_info_regs_ser {
	__be32 cpu;
	__be32 nr_regs;
	__be64 regs[FADUMP_NR_REGS];
};

static_assert(sizeof(struct crash_info_regs_ser) == 8 + 8 * FADUMP_NR_REGS);
fadump_assert_at(crash_info_regs_ser, cpu, 0);
fadump_assert_at(crash_info_regs_ser, nr_regs, 4);
fadump_assert_at(crash_info_regs_ser, regs, 8);

/**
 * struct crash_info_notes_ser - the per-CPU variable crash_notes of the crashed kernel
 * @note_size: bytes of one entry, a note and the empty one after it
 * @nr_notes: entries of @note_at
 * @note_at: real address of each CPU's entry in the crashed kernel, by Linux number, not
 *	relocated; 0 for a CPU that has none
 *
 * An entry does not cross a page boundary.
 */
struct crash_info_notes_ser {
	__be32 note_size;
	__be32 nr_notes;
	__be64 note_at[];
};

#define CRASH_INFO_NOTES_SZ		sizeof(struct crash_info_notes_ser)
#define CRASH_INFO_NOTE_AT_SZ		sizeof(__be64)

static_assert(CRASH_INFO_NOTES_SZ == 8);
fadump_assert_at(crash_info_notes_ser, note_size, 0);
fadump_assert_at(crash_info_notes_ser, nr_notes, 4);
fadump_assert_at(crash_info_notes_ser, note_at, 8);

/* -------- Legacy records -------- */

/**
 * DOC: Legacy records
 *
 * The fadump of Linux 6.10 to 7.3 writes a record that begins with ``FADMPSIG``, older
 * versions one that begins with ``FADMPINF``. The record is where the copies of the boot
 * memory end. It has the byte order of the crashed kernel, as the magic tells.
 *
 * ::
 *
 *	FADMPSIG (v1)                     FADMPINF
 *	0    u64 magic                    0    u64 magic
 *	8    u32 version                  8    u64 elfcorehdr_addr
 *	12   u32 crashing_cpu             16   u32 crashing_cpu
 *	16   u64 vmcoreinfo address       24   registers
 *	24   u64 vmcoreinfo size          408  CPU mask
 *	32   u32 registers size
 *	36   u32 CPU mask size
 *	40   registers
 *	424  CPU mask
 *
 * This fadump writes a FADMPSIG record too, in front of its own one: a capture kernel
 * with the other fadump then gets the registers of the crashing CPU and VMCOREINFO.
 */

#define FADMPSIG_MAGIC			0x4641444d50534947ULL
#define FADMPINF_MAGIC			0x4641444d50494e46ULL

#define FADMPSIG_VERSION		1
#define FADMPSIG_REGS			40
#define FADMPINF_REGS			24
#define FADMP_REGS_SZ			384
#define FADMPSIG_SZ(mask_size)		(FADMPSIG_REGS + FADMP_REGS_SZ + (mask_size))

/* Offset of our record from the legacy one, whose size depends on NR_CPUS. */
#define CRASH_INFO_OFFSET		4096

#endif /* _POWERPC_FADUMP_ABI_H */
