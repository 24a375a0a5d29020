/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes that firmware or another kernel wrote, or will read.
 */

#ifndef _POWERPC_FADUMP_ABI_H
#define _POWERPC_FADUMP_ABI_H

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

/**
 * DOC: Formats that cross a boundary
 *
 * Every structure in this file is a contract with somebody who cannot be asked
 * again: platform firmware (``*_fw``), the kernel that runs after a crash, or
 * the kernel that died (``*_ser``). The rules are the same for all of them:
 *
 * - fixed width, big endian, no pointers, no kernel types whose size follows
 *   the configuration;
 * - sizes and offsets are asserted below each structure, one by one;
 * - nothing here is dereferenced in place. Encoders fill them, decoders pick
 *   single fields out of a bounded byte buffer (see fadump_bytes in
 *   fadump-pure.h), because whoever wrote the buffer may have been dying.
 *
 * Growing a ``*_ser`` format: add a part with a new id, or append fields to a
 * part and raise its version. A reader skips ids that it does not know and
 * takes from a part what its size covers. Nothing is ever renumbered, moved or
 * given a second meaning.
 */

#define fadump_assert_at(type, field, at)				\
	static_assert(offsetof(struct type, field) == (at))

/* -------- RTAS: ibm,configure-kernel-dump (PAPR, "OS Dump") -------- */

/* First argument of the call. */
#define RTAS_DUMP_REGISTER		1
#define RTAS_DUMP_UNREGISTER		2
#define RTAS_DUMP_INVALIDATE		3

#define RTAS_DUMP_VERSION		1

/*
 * Section types. Those from 0x100 up belong to the operating system. Of the last one
 * here a section that is to be copied elsewhere is firmware's window.
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
 * @max_auto_ms: 0, firmware shall not dump on its own account
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
 * struct rtas_dump_section_fw - one thing to save
 * @request: RTAS_SECTION_WANTED
 * @type: RTAS_SECTION_*
 * @error: written by firmware, 0 is good
 * @src: real address to copy from; 0 for CPU and HPTE
 * @len: bytes asked for
 * @dumped: bytes that were written, by firmware
 * @dest: real address to write to
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
 * @cpus_offset: where the CPU count stands, from the head. The entries follow
 *	that count at once, so nothing after it is aligned.
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
 * What firmware writes for one thread when it writes all the registers that a
 * POWER10 has: 79 entries. Used where firmware's own size counts cores.
 */
#define RTAS_REGSAVE_THREAD_SZ		(79 * RTAS_REGSAVE_ENTRY_SZ)
#define RTAS_REGSAVE_HEAD_SZ		0x20

/* Names as numbers; GPR00 to GPR31 have their two digits between the masks. */
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
 * DOC: What OPAL keeps
 *
 * OPAL copies ranges that a kernel has named with OPAL_MPIPL_UPDATE, saves the
 * registers of every thread, and carries four 64-bit tags over to the next
 * boot. Two of them it fills itself: OPAL_MPIPL_TAG_CPU and OPAL_MPIPL_TAG_OPAL
 * hold the address of an &struct opal_dump_fw. The other two are the kernel's:
 * OPAL_MPIPL_TAG_KERNEL holds the address of an &struct opal_meta_ser,
 * OPAL_MPIPL_TAG_BOOT_MEM the end of the boot memory.
 */

/* What the calls return; the names in asm/opal-api.h are not for pure files. */
#define OPAL_RC_SUCCESS			0
#define OPAL_RC_PARAMETER		(-1)
#define OPAL_RC_BUSY			(-2)
#define OPAL_RC_HARDWARE		(-6)
#define OPAL_RC_UNSUPPORTED		(-7)
#define OPAL_RC_RESOURCE		(-10)
#define OPAL_RC_BUSY_EVENT		(-12)

/* fw-load-area: pairs of 64-bit address and 64-bit size */
#define OPAL_LOAD_AREA_PAIR		16

/* Where firmware loads kernel and initrd if it does not tell. */
#define OPAL_LOAD_AREA_END		0x30000000ULL

/* Size is handed over in 64 bits, and 32 of them are used. */
#define OPAL_MAX_COPY_SZ		0xffffffffULL

/**
 * struct opal_region_fw - a piece of memory and its copy
 * @src: where it was
 * @dest: where it is
 * @size: bytes
 */
struct opal_region_fw {
	__be64 src;
	__be64 dest;
	__be64 size;
};

static_assert(sizeof(struct opal_region_fw) == 24);
fadump_assert_at(opal_region_fw, src, 0);
fadump_assert_at(opal_region_fw, dest, 8);
fadump_assert_at(opal_region_fw, size, 16);

#define OPAL_DUMP_VERSION		1

/**
 * struct opal_dump_fw - what a tag of OPAL's points to
 * @version: OPAL_DUMP_VERSION
 * @reserved: 0
 * @crashing_pir: the thread that asked for the dump, or on which OPAL died
 * @cpu_version: of the register data; 1 and 2 have been seen, alike
 * @cpu_size: bytes of one thread's register data
 * @nr_regions: &struct opal_region_fw that follow: one for the CPU tag, with
 *	the register data of all threads at its destination
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
 * @reserved: junk
 * @entries_at: where the entries begin. Firmware does not agree from where that
 *	is counted: 0, 0x10 and 0x18 all mean right behind this head, anything
 *	else counts from @entries_at itself.
 * @nr_entries: how many
 * @entry_step: bytes from one entry to the next
 * @entry_size: bytes of an entry that mean something
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

/* Registers are there in these states. In all others they are stale memory. */
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

/* Numbers of special purpose registers; those above 0x7cf are OPAL's own. */
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
 * RTAS hands the capture kernel a description of what was asked for. OPAL only
 * hands it an address, so the kernel that may die leaves the description there
 * itself, in a slot of its dump area::
 *
 *	0      opal_meta_ser   what Linux 5.4 and later know
 *	4096   opal_plan_ser   all of the plan, under a checksum
 *
 * Both are valid only while firmware has agreed to dump: @nr_registered and
 * @armed are written last of all, and taken back first.
 */

#define OPAL_META_VERSION		1
#define OPAL_META_REGIONS		128

/**
 * struct opal_meta_ser - the description that other kernels know
 * @version: OPAL_META_VERSION
 * @reserved: 0
 * @nr_regions: entries of @region
 * @nr_registered: those that OPAL has taken, from the first on; none: no dump
 * @info_at: address of the crash-info record
 * @region: the boot memory
 */
struct opal_meta_ser {
	u8 version;
	u8 reserved[3];
	__be16 nr_regions;
	__be16 nr_registered;
	__be64 info_at;
	struct opal_region_fw region[OPAL_META_REGIONS];
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

/* Ours stands this far behind theirs. */
#define OPAL_PLAN_OFFSET		4096

/**
 * struct opal_plan_ser - the description that our kernels know
 * @magic: OPAL_PLAN_MAGIC
 * @version: OPAL_PLAN_VERSION
 * @sum: crc32 of everything from @total_size on, seed ~0
 * @armed: OPAL_PLAN_ARMED while firmware will dump
 * @total_size: bytes of all this, regions included; fields that are appended
 *	go behind the regions
 * @nr_regions: &struct opal_region_fw that follow
 * @area_base: start of the dump area
 * @area_size: its size
 * @boot_mem_top: end of the boot memory
 * @param_base: extra boot arguments
 * @param_size: 0 for none
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
 * The kernel that may die leaves this record in its dump area; the kernel that
 * is booted after the crash reads it. It says what firmware cannot know: the
 * registers at the moment of the crash, which CPUs were online and what Linux
 * called them, where VMCOREINFO is, how the memory was laid out.
 *
 * ::
 *
 *	0     crash_info_head_ser   magic, version, sizes, commit, attempts
 *	64    crash_info_part_ser   table of parts: id, version, offset, size
 *	...   the parts, each 8-byte aligned, in any order
 *
 * Static parts (LAYOUT, KERNEL, VMCOREINFO, COPIES, NOTES) are complete when
 * fadump is armed and carry a checksum in their table entry. The others (CPUS,
 * REGS) are rewritten by the crashing CPU, last of all the @commit word. A record without
 * commit word belongs to a kernel that firmware stopped before it could speak:
 * a good dump, in which every register comes from firmware.
 *
 * Kernels that capture count their attempts in the head. The count is stored with
 * its complement, and @ended is a word that no accident writes: a flipped bit must
 * never end a dump.
 */

#define CRASH_INFO_MAGIC		0x4641445550434931ULL	/* FADUPCI1 */
#define CRASH_INFO_COMMIT		0x4352415348454421ULL	/* CRASHED! */
#define CRASH_INFO_ENDED		0x46524545444d454dULL	/* FREEDMEM */
#define CRASH_INFO_VERSION		1

/**
 * struct crash_info_head_ser - fixed for ever
 * @magic: CRASH_INFO_MAGIC
 * @version: CRASH_INFO_VERSION; says how parts are laid out, not which exist
 * @head_size: bytes up to the table of parts
 * @total_size: bytes of the whole record
 * @nr_parts: entries of the table
 * @part_size: bytes of one entry of the table
 * @table_sum: crc32 of the table, seed ~0
 * @commit: CRASH_INFO_COMMIT once the crashing CPU has written all it had to
 * @attempts: capture boots that found this dump
 * @attempts_not: the complement of @attempts
 * @reserved: 0; kernels before this one counted there how far programs had read
 * @ended: CRASH_INFO_ENDED once the dump has been released. Its description
 *	may outlive it, in a device tree that was made before.
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

static_assert(sizeof(struct crash_info_head_ser) == 64);
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

static_assert(sizeof(struct crash_info_part_ser) == 24);
fadump_assert_at(crash_info_part_ser, id, 0);
fadump_assert_at(crash_info_part_ser, version, 4);
fadump_assert_at(crash_info_part_ser, offset, 8);
fadump_assert_at(crash_info_part_ser, size, 12);
fadump_assert_at(crash_info_part_ser, flags, 16);
fadump_assert_at(crash_info_part_ser, sum, 20);

/**
 * struct crash_info_layout_ser - where the dead kernel had placed things
 * @area_base: start of the dump area
 * @area_size: its size
 * @boot_mem_size: bytes of RAM in the boot memory
 * @boot_mem_top: end of the boot memory
 * @cpu_base: slot of the register save area; absent in older records
 * @cpu_size: its size, 0 where firmware has a place of its own
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

/**
 * struct crash_info_copy_ser - a piece of boot memory, or firmware's window
 * @src: where it was; a window is above the end of the boot memory
 * @dest: where firmware was told to copy it to
 * @size: bytes
 *
 * The COPIES part is an array of these. It repeats what firmware was told, for
 * a kernel to which firmware does not make itself understood.
 */
struct crash_info_copy_ser {
	__be64 src;
	__be64 dest;
	__be64 size;
};

static_assert(sizeof(struct crash_info_copy_ser) == 24);
fadump_assert_at(crash_info_copy_ser, src, 0);
fadump_assert_at(crash_info_copy_ser, dest, 8);
fadump_assert_at(crash_info_copy_ser, size, 16);

#define CRASH_INFO_RELEASE_SZ		64

/**
 * struct crash_info_kernel_ser - who died
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
 * struct crash_info_vmcoreinfo_ser - the note that tools cannot do without
 * @paddr: real address of the note in the dead kernel, not relocated
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

/* A CPU that has no hardware id, or a record in which nobody crashed. */
#define CRASH_INFO_CPU_NONE		0xffffffff

/**
 * struct crash_info_cpu_ser - one CPU, by its place in the table
 * @hw_id: what firmware calls it: interrupt server number or PIR
 * @flags: CRASH_INFO_CPU_*
 * @pid: the task that ran there at the crash, 0 if idle or unknown
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

static_assert(sizeof(struct crash_info_cpu_ser) == 16);
fadump_assert_at(crash_info_cpu_ser, hw_id, 0);
fadump_assert_at(crash_info_cpu_ser, flags, 4);
fadump_assert_at(crash_info_cpu_ser, pid, 8);
fadump_assert_at(crash_info_cpu_ser, reserved, 12);

/* Registers as NT_PRSTATUS has them on ppc64: ELF_NGREG doublewords. */
#define FADUMP_NR_REGS			48

/**
 * struct crash_info_regs_ser - the crashing CPU's own view of itself
 * @cpu: Linux CPU number, CRASH_INFO_CPU_NONE until somebody crashes
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
 * struct crash_info_notes_ser - where the dead kernel has its own CPU notes
 * @note_size: bytes that a CPU has for its note, and for the empty one behind it
 * @nr_notes: entries of @note_at
 * @note_at: real address of each CPU's slot in the dead kernel, by Linux number, not
 *	relocated; 0 for a CPU that has none
 *
 * They are the per-CPU variable crash_notes. A slot is in one page.
 */
struct crash_info_notes_ser {
	__be32 note_size;
	__be32 nr_notes;
	__be64 note_at[];
};

static_assert(sizeof(struct crash_info_notes_ser) == 8);
fadump_assert_at(crash_info_notes_ser, note_size, 0);
fadump_assert_at(crash_info_notes_ser, nr_notes, 4);
fadump_assert_at(crash_info_notes_ser, note_at, 8);

/* -------- Records of other fadump implementations -------- */

/**
 * DOC: Records of other kernels
 *
 * Linux 6.10 to 7.3 leave a record that starts with ``FADMPSIG`` where the
 * copy of the boot memory ends; older ones one that starts with ``FADMPINF``.
 * Both are native structures of the kernel that died, so the byte order of the
 * magic tells that of the rest.
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
 * A FADMPSIG record is written beside ours, at the place where such a kernel
 * looks for it: a capture kernel that has never heard of ours still gets the
 * crashing CPU's registers and VMCOREINFO.
 */

#define FADMPSIG_MAGIC			0x4641444d50534947ULL
#define FADMPINF_MAGIC			0x4641444d50494e46ULL

#define FADMPSIG_VERSION		1
#define FADMPSIG_REGS			40
#define FADMPINF_REGS			24
#define FADMP_REGS_SZ			384

/* Ours stands this far behind theirs, whose size depends on NR_CPUS. */
#define CRASH_INFO_OFFSET		4096

#endif /* _POWERPC_FADUMP_ABI_H */
