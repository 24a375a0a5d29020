// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The catalogue of faults, and the two machines that it is for: QEMU's pseries with
 * 2 GiB and powernv10 with 4 GiB, four CPUs each.
 */

#include "tests/lib/faults.h"

/* -------- Offsets -------- */

/* ibm,kernel-dump: head, then sections in this order. */
enum section {
	CPU,
	HPTE,
	BOOT,
	PARAM,
};

#define HEAD(field)	offsetof(struct rtas_dump_header_fw, field)
#define SECTION(n, field)						\
	(sizeof(struct rtas_dump_header_fw) +				\
	 (n) * sizeof(struct rtas_dump_section_fw) +			\
	 offsetof(struct rtas_dump_section_fw, field))

/*
 * Register save area: head, count, entries. QEMU writes these entries for each CPU, in
 * this order, with the general registers between the two lists.
 */
static const char * const save_names[][32] = {
	{ "CPUSTRT", "ACOP", "AMR", "BESCR", "CFAR", "CIABR", "CR", "CTR",
	  "CTRL", "DABR", "DABRX", "DAR", "DAWR0", "DAWR1", "DAWRX0", "DAWRX1",
	  "DPDES", "DSCR", "DSISR", "EBBHR", "EBBRR", "FPSCR", "FSCR" },
	{ "IAMR", "IC", "LR", "MSR", "NIA", "PIR", "PSPB", "PVR", "RPR",
	  "SPURR", "SRR0", "SRR1", "TAR", "TEXASR", "TFHAR", "TFIAR", "TIR",
	  "UAMOR", "VRSAVE", "VSCR", "VTB", "WORT", "XER", "CPUEND" },
};

#define SAVE_START	0
#define SAVE_CR		6
#define SAVE_GPR(n)	(23 + (n))
#define SAVE_NIA	59
#define SAVE_VTB	75
#define SAVE_END	78

#define SAVE_HEAD(field)	offsetof(struct rtas_regsave_header_fw, field)
#define SAVE_COUNT		sizeof(struct rtas_regsave_header_fw)
#define SAVE_CPU(n)		(SAVE_COUNT + 4 + (n) * RTAS_REGSAVE_THREAD_SZ)
#define SAVE_ID(cpu, entry)						\
	(SAVE_CPU(cpu) + (entry) * RTAS_REGSAVE_ENTRY_SZ)
#define SAVE_VALUE(cpu, entry)	(SAVE_ID(cpu, entry) + 8)
#define SAVE_SZ			(RTAS_REGSAVE_HEAD_SZ +			\
				 FAULT_CPUS * RTAS_REGSAVE_THREAD_SZ)

/* Crash-info record. */
#define REC(field)	offsetof(struct crash_info_head_ser, field)
#define REC_TABLE_END	(sizeof(struct crash_info_head_ser) +		\
			 7 * sizeof(struct crash_info_part_ser))
#define PART(id, field)						\
	(FAULT_IN_ENTRY(CRASH_INFO_##id) |				\
	 offsetof(struct crash_info_part_ser, field))
#define LAYOUT(field)	(FAULT_IN_PART(CRASH_INFO_LAYOUT) |		\
			 offsetof(struct crash_info_layout_ser, field))
#define KERNEL(field)	(FAULT_IN_PART(CRASH_INFO_KERNEL) |		\
			 offsetof(struct crash_info_kernel_ser, field))
#define VMCOREINFO(field)	(FAULT_IN_PART(CRASH_INFO_VMCOREINFO) |	\
				 offsetof(struct crash_info_vmcoreinfo_ser, field))
#define COPIES(field)	(FAULT_IN_PART(CRASH_INFO_COPIES) |		\
			 offsetof(struct fadump_copy_ser, field))
#define REGS(field)	(FAULT_IN_PART(CRASH_INFO_REGS) |		\
			 offsetof(struct crash_info_regs_ser, field))
#define NOTES(field)	(FAULT_IN_PART(CRASH_INFO_NOTES) |		\
			 offsetof(struct crash_info_notes_ser, field))
#define NOTES_ADDRESS(n)	(NOTES(note_at) + 8 * (n))
#define CPUS(n, field)	((FAULT_IN_PART(CRASH_INFO_CPUS) |		\
			  offsetof(struct crash_info_cpu_ser, field)) +	\
			 (n) * sizeof(struct crash_info_cpu_ser))

/* The slot: a FADMPSIG record, in this byte order, then our record. */
#define OURS(field)	(CRASH_INFO_OFFSET + REC(field))

/* OPAL: both descriptions, each with one region. */
#define META(field)	offsetof(struct opal_meta_ser, field)
#define META_REGION(field)	(META(region) +				\
				 offsetof(struct fadump_copy_ser, field))
#define PLAN(field)	(OPAL_PLAN_OFFSET +				\
			 offsetof(struct opal_plan_ser, field))
#define PLAN_REGION(field)	(OPAL_PLAN_OFFSET +			\
				 sizeof(struct opal_plan_ser) +		\
				 offsetof(struct fadump_copy_ser, field))

#define TAG(field)	offsetof(struct opal_dump_fw, field)
#define TAG_REGION(field)	(sizeof(struct opal_dump_fw) +		\
				 offsetof(struct fadump_copy_ser, field))

/* OPAL's register data: what QEMU writes after the 32 general registers. */
static const u16 thread_sprs[] = {
	31, 29, 806, 28, 187, 9, 136, 1013, 1015, 19, 180, 181, 188, 189, 176,
	17, 18, 804, 805, 153, 9, 19, 18, 8, OPAL_SPR_MSR, OPAL_SPR_NIA, 1, 26,
	27, 314, 315, 28, 336, 337,
};

#define NR_THREAD_REGS	(32 + ARRAY_SIZE(thread_sprs))
#define THREAD_SZ	(sizeof(struct opal_thread_fw) +		\
			 NR_THREAD_REGS * sizeof(struct opal_reg_fw))
#define THREAD_GPR(n)	(n)
#define THREAD_ACOP	32
#define THREAD_CTR2	52
#define THREAD_NIP	57

static_assert(THREAD_SZ == 0x438);

#define THREAD(n, field)	((n) * THREAD_SZ +			\
				 offsetof(struct opal_thread_fw, field))
#define THREAD_REG(n, entry, field)					\
	((n) * THREAD_SZ + sizeof(struct opal_thread_fw) +		\
	 (entry) * sizeof(struct opal_reg_fw) +				\
	 offsetof(struct opal_reg_fw, field))

/* -------- The catalogue -------- */

#define SET	FAULT_SET
#define ADD	FAULT_ADD
#define XOR	FAULT_XOR

#define RTAS	FAULT_RTAS_DUMP
#define SAVE	FAULT_REGSAVE
#define SLOT	FAULT_SLOT
#define RECORD	FAULT_RECORD
#define OPAL	FAULT_OPAL_META
#define TAGGED	FAULT_OPAL_CPU
#define THREADS	FAULT_OPAL_THREADS
#define NOTE	FAULT_NOTE

#define L(what)	BIT(FADUMP_MISSING_##what)

#define PAGE		0x10000ULL
#define MIB(n)		((u64)(n) << 20)

/* An address beyond RAM; with XOR, a bit that moves an address there. */
#define BEYOND_RAM		BIT_ULL(40)
/* Memory that the capture kernel uses. */
#define BELOW		0x1000000ULL
/* Addresses of VMCOREINFO and of each CPU's crash note in the crashed kernel. */
#define NOTE_AT		0x1230000ULL
#define CRASH_NOTE_AT(cpu)	(0x7fe00c00ULL + 0x20000 * (cpu))
/* The last page of the address space. */
#define TOP_PAGE	(~0xffffULL)
#define LESS(n)		(-(u64)(n))

#define NAME_GPR32	0x4750523332000000ULL
#define NAME_X_GPR05	0x582d475052303500ULL
#define NAME_X_CR	0x582d435200000000ULL
#define NAME_UNKNOWN	0x51554f5641444953ULL

const struct fault fadump_faults[NR_FAULTS] = {
	/* A: length of the property. */
	{ "A11a", RTAS, "one byte of a property",
	  .missing = L(DESCRIPTION), .cut = 1, .host_only = true },
	{ "A11b", RTAS, "a property shorter than its head",
	  .missing = L(DESCRIPTION), .cut = 39, .host_only = true },
	{ "A11c", RTAS, "a head and nothing else",
	  .missing = L(DESCRIPTION) | L(FW_SUSPECT), .cut = 40, .host_only = true },
	{ "A12a", RTAS, "a property that ends inside the last section",
	  .cut = SECTION(PARAM, dest) + 7, .host_only = true },
	{ "A12b", RTAS, "a property that ends inside the boot memory's section",
	  .missing = L(DESCRIPTION), .cut = SECTION(BOOT, dest) + 7,
	  .host_only = true },

	/* B: the head of the structure. */
	{ "B1a", RTAS, "version 0", { { HEAD(version), 4, SET, 0 } },
	  L(FW_SUSPECT) },
	{ "B1b", RTAS, "version 2", { { HEAD(version), 4, SET, 2 } },
	  L(FW_SUSPECT) },
	{ "B1c", RTAS, "version in the wrong byte order",
	  { { HEAD(version), 4, SET, 0x01000000 } }, L(FW_SUSPECT) },
	{ "B2a", RTAS, "no sections", { { HEAD(nr_sections), 2, SET, 0 } },
	  L(FW_SUSPECT) },
	{ "B2b", RTAS, "a count that ends before the boot memory",
	  { { HEAD(nr_sections), 2, SET, 2 } }, L(DESCRIPTION) },
	{ "B2c", RTAS, "a count that ends before the boot arguments",
	  { { HEAD(nr_sections), 2, SET, 3 } } },
	{ "B3a", RTAS, "eleven sections", { { HEAD(nr_sections), 2, SET, 11 } },
	  L(FW_SUSPECT) },
	{ "B3b", RTAS, "65535 sections", { { HEAD(nr_sections), 2, SET, 0xffff } },
	  L(FW_SUSPECT) },
	{ "B3c", RTAS, "more sections than the property holds",
	  { { HEAD(nr_sections), 2, SET, 10 } } },
	{ "B4a", RTAS, "first section at 0", { { HEAD(first_section), 4, SET, 0 } },
	  L(FW_SUSPECT) },
	{ "B4b", RTAS, "first section inside the head",
	  { { HEAD(first_section), 4, SET, 0x27 } }, L(FW_SUSPECT) },
	{ "B4c", RTAS, "first section at no doubleword",
	  { { HEAD(first_section), 4, SET, 0x29 } }, L(FW_SUSPECT) },
	{ "B4d", RTAS, "first section behind the property",
	  { { HEAD(first_section), 4, SET, 0x1000 } }, L(FW_SUSPECT) },
	{ "B4e", RTAS, "first section at the end of all offsets",
	  { { HEAD(first_section), 4, SET, 0xffffffff } }, L(FW_SUSPECT) },
	{ "B4f", RTAS, "first section is the second",
	  { { HEAD(first_section), 4, SET, SECTION(HPTE, request) } },
	  L(CPU_DATA), 1 },
	{ "B4g", RTAS, "first section is the last",
	  { { HEAD(first_section), 4, SET, SECTION(PARAM, request) } },
	  L(DESCRIPTION) },
	{ "B5a", RTAS, "status: nothing", { { HEAD(status), 2, SET, 0 } } },
	{ "B5b", RTAS, "status: triggered, not performed",
	  { { HEAD(status), 2, SET, RTAS_DUMP_TRIGGERED } } },
	{ "B5c", RTAS, "status: performed, not triggered",
	  { { HEAD(status), 2, SET, RTAS_DUMP_PERFORMED } } },
	{ "B6", RTAS, "status: an error",
	  { { HEAD(status), 2, SET, 0xe000 } }, L(FW_SUSPECT) },
	{ "B7a", RTAS, "status: unknown bits",
	  { { HEAD(status), 2, SET, 0xdfff } } },
	{ "B7b", RTAS, "fields about disks",
	  { { HEAD(disk_block_sz), 4, SET, 512 },
	    { HEAD(disk_first_block), 8, SET, U64_MAX },
	    { HEAD(disk_path), 4, SET, 0x28 },
	    { HEAD(max_auto_ms), 4, SET, 9 } } },

	/* C: sections. */
	{ "C1a", RTAS, "registers not asked for",
	  { { SECTION(CPU, request), 4, SET, 0 } }, L(CPU_DATA), 1 },
	{ "C1b", RTAS, "boot memory not asked for",
	  { { SECTION(BOOT, request), 4, SET, 0 } }, L(DESCRIPTION) },
	{ "C1c", RTAS, "boot arguments not asked for",
	  { { SECTION(PARAM, request), 4, SET, 0xfffffffe } } },
	{ "C1d", RTAS, "boot memory asked for with unknown bits",
	  { { SECTION(BOOT, request), 4, SET, 0xffffffff } } },
	{ "C2a", RTAS, "a section of type 0", { { SECTION(HPTE, type), 2, SET, 0 } } },
	{ "C2b", RTAS, "a section of type 3", { { SECTION(HPTE, type), 2, SET, 3 } } },
	{ "C2c", RTAS, "a section of type 0x12",
	  { { SECTION(HPTE, type), 2, SET, 0x12 } } },
	{ "C2d", RTAS, "a section of type 0x1ff, with junk in it",
	  { { SECTION(HPTE, type), 2, SET, 0x1ff },
	    { SECTION(HPTE, dest), 8, SET, 5 } } },
	{ "C2e", RTAS, "a section of type 0xffff",
	  { { SECTION(HPTE, type), 2, SET, 0xffff } } },
	{ "C3a", RTAS, "a second section of registers, with nothing in it",
	  { { SECTION(HPTE, type), 2, SET, RTAS_SECTION_CPU },
	    { SECTION(HPTE, dumped), 8, SET, 5 } } },
	{ "C3b", RTAS, "two sections of registers, of which the first is empty",
	  { { SECTION(CPU, dumped), 8, SET, 0 },
	    { SECTION(HPTE, type), 2, SET, RTAS_SECTION_CPU },
	    { SECTION(HPTE, dumped), 8, SET, SAVE_SZ },
	    { SECTION(HPTE, dest), 8, ADD, LESS(PAGE) } } },
	{ "C4", RTAS, "no section of registers",
	  { { SECTION(CPU, type), 2, SET, 0x200 } }, L(CPU_DATA), 1 },
	{ "C5", RTAS, "no section of boot memory",
	  { { SECTION(BOOT, type), 2, SET, 3 } }, L(DESCRIPTION) },
	{ "C6", RTAS, "boot memory that begins on its second page",
	  { { SECTION(BOOT, src), 8, ADD, PAGE },
	    { SECTION(BOOT, dest), 8, ADD, PAGE },
	    { SECTION(BOOT, len), 8, ADD, LESS(PAGE) },
	    { SECTION(BOOT, dumped), 8, ADD, LESS(PAGE) } },
	  L(BOOT_MEM), .missing_bytes = PAGE },
	{ "C7a", RTAS, "a second section of the same boot memory, one page of it",
	  { { SECTION(HPTE, type), 2, SET, RTAS_SECTION_BOOT_MEM },
	    { SECTION(HPTE, len), 8, SET, PAGE },
	    { SECTION(HPTE, dumped), 8, SET, PAGE } }, L(SECTION) },
	{ "C7b", RTAS, "a section of memory that is no boot memory",
	  { { SECTION(HPTE, type), 2, SET, RTAS_SECTION_BOOT_MEM },
	    { SECTION(HPTE, src), 8, SET, 0x50000000 },
	    { SECTION(HPTE, len), 8, SET, PAGE },
	    { SECTION(HPTE, dumped), 8, SET, PAGE } }, L(SECTION) | L(DESCRIPTION) },
	{ "C8a", RTAS, "source and length of the boot memory wrap",
	  { { SECTION(BOOT, src), 8, SET, TOP_PAGE } },
	  L(SECTION) | L(DESCRIPTION) },
	{ "C8b", RTAS, "source of the boot memory beyond RAM",
	  { { SECTION(BOOT, src), 8, SET, BEYOND_RAM } }, L(SECTION) | L(DESCRIPTION) },
	{ "C8c", RTAS, "source of the boot memory crosses the end of RAM",
	  { { SECTION(BOOT, src), 8, SET, 0x7fff0000 } }, L(SECTION) | L(DESCRIPTION) },
	{ "C8d", RTAS, "source of the boot memory in RAM that was not copied",
	  { { SECTION(BOOT, src), 8, XOR, 0x40000000 } }, L(SECTION) | L(DESCRIPTION) },
	{ "C9a", RTAS, "boot memory of no length",
	  { { SECTION(BOOT, len), 8, SET, 0 } }, L(DESCRIPTION) },
	{ "C9b", RTAS, "one byte of boot memory",
	  { { SECTION(BOOT, len), 8, SET, 1 } }, L(DESCRIPTION) },
	{ "C9c", RTAS, "boot memory that is a byte short of its last page",
	  { { SECTION(BOOT, len), 8, ADD, LESS(1) } },
	  L(BOOT_MEM), .missing_bytes = PAGE },
	{ "C9d", RTAS, "boot memory half as long as all addresses",
	  { { SECTION(BOOT, len), 8, SET, 1ULL << 63 } },
	  L(SECTION) | L(BOOT_MEM) },
	{ "C9e", RTAS, "boot memory that ends inside of this kernel",
	  { { SECTION(BOOT, len), 8, SET, 0x100000 },
	    { SECTION(BOOT, dumped), 8, SET, 0x100000 } }, L(DESCRIPTION) },
	{ "C10a", RTAS, "destination of the boot memory wraps",
	  { { SECTION(BOOT, dest), 8, SET, TOP_PAGE } },
	  L(SECTION) | L(DESCRIPTION) },
	{ "C10b", RTAS, "destination of the boot memory beyond RAM",
	  { { SECTION(BOOT, dest), 8, SET, BEYOND_RAM } }, L(SECTION) | L(DESCRIPTION) },
	{ "C10c", RTAS, "destination of the boot memory crosses the end of RAM",
	  { { SECTION(BOOT, dest), 8, SET, 0x7fff0000 } }, L(SECTION) | L(DESCRIPTION) },
	{ "C10d", RTAS, "destination of the registers wraps",
	  { { SECTION(CPU, dest), 8, SET, LESS(8) } },
	  L(SECTION) | L(CPU_DATA), 1 },
	{ "C10e", RTAS, "destination of the registers beyond RAM",
	  { { SECTION(CPU, dest), 8, SET, BEYOND_RAM } }, L(CPU_DATA), 1 },
	{ "C11", RTAS, "destination of the boot memory inside a page",
	  { { SECTION(BOOT, dest), 8, ADD, 0x100 } }, L(SECTION) | L(DESCRIPTION) },
	{ "C12a", RTAS, "destination of the boot memory where this kernel runs",
	  { { SECTION(BOOT, dest), 8, SET, BELOW } }, L(SECTION) | L(DESCRIPTION) },
	{ "C12b", RTAS, "destination of the registers where this kernel runs",
	  { { SECTION(CPU, dest), 8, SET, BELOW } }, L(CPU_DATA), 1 },
	{ "C12c", RTAS, "no destination of the boot memory",
	  { { SECTION(BOOT, dest), 8, SET, 0 } }, L(SECTION) | L(DESCRIPTION) },
	{ "C15a", RTAS, "boot memory: bad type", { { SECTION(BOOT, error), 2, SET, 0x8000 } },
	  L(BOOT_MEM) },
	{ "C15b", RTAS, "boot memory: bad source",
	  { { SECTION(BOOT, error), 2, SET, 0x4000 } }, L(BOOT_MEM) },
	{ "C15c", RTAS, "boot memory: longer than its source",
	  { { SECTION(BOOT, error), 2, SET, 0x2000 } }, L(BOOT_MEM) },
	{ "C15d", RTAS, "boot memory: bad destination",
	  { { SECTION(BOOT, error), 2, SET, 0x1000 } }, L(BOOT_MEM) },
	{ "C15e", RTAS, "boot memory: destination too small",
	  { { SECTION(BOOT, error), 2, SET, 0x0800 } }, L(BOOT_MEM) },
	{ "C15f", RTAS, "boot memory: all error bits",
	  { { SECTION(BOOT, error), 2, SET, 0xffff } }, L(BOOT_MEM) },
	{ "C15g", RTAS, "registers: destination too small",
	  { { SECTION(CPU, error), 2, SET, 0x0800 } }, L(CPU_SOME) },
	{ "C15h", RTAS, "boot arguments: bad destination",
	  { { SECTION(PARAM, error), 2, SET, 0x1000 } }, L(PARAM) },
	{ "C15i", RTAS, "hash table entries: bad type",
	  { { SECTION(HPTE, error), 2, SET, 0x8000 } } },
	{ "C16a", RTAS, "boot memory: bad source, in the wrong byte order",
	  { { SECTION(BOOT, error), 2, SET, 0x0040 } }, L(BOOT_MEM) },
	{ "C16b", RTAS, "boot memory: bad destination, in the wrong byte order",
	  { { SECTION(BOOT, error), 2, SET, 0x0010 } }, L(BOOT_MEM) },
	{ "C17a", RTAS, "no byte of the boot memory was copied",
	  { { SECTION(BOOT, dumped), 8, SET, 0 } },
	  L(BOOT_MEM) | L(VMCOREINFO), .missing_bytes = FAULT_ALL,
	  .host_only = true },
	{ "C17b", RTAS, "half of the boot memory was copied",
	  { { SECTION(BOOT, dumped), 8, SET, MIB(160) } },
	  L(BOOT_MEM), .missing_bytes = MIB(160), .host_only = true },
	{ "C17c", RTAS, "the last page of the boot memory was not copied",
	  { { SECTION(BOOT, dumped), 8, ADD, LESS(PAGE) } },
	  L(BOOT_MEM), .missing_bytes = PAGE },
	{ "C17d", RTAS, "a byte more than all boot memory was copied",
	  { { SECTION(BOOT, dumped), 8, ADD, 1 } } },
	{ "C17e", RTAS, "the largest number of bytes of boot memory was copied",
	  { { SECTION(BOOT, dumped), 8, SET, U64_MAX } } },
	{ "C17f", RTAS, "half of the boot memory was copied, with an error",
	  { { SECTION(BOOT, dumped), 8, SET, MIB(160) },
	    { SECTION(BOOT, error), 2, SET, 0x1000 } },
	  L(BOOT_MEM), .missing_bytes = MIB(160), .host_only = true },
	{ "C18a", RTAS, "registers of one CPU were saved",
	  { { SECTION(CPU, dumped), 8, SET, 0x510 } }, L(CPU_SOME), 2 },
	{ "C18b", RTAS, "more registers were saved than asked for",
	  { { SECTION(CPU, dumped), 8, SET, 0x4f20 } } },
	{ "C18c", RTAS, "the largest number of bytes of registers was saved",
	  { { SECTION(CPU, dumped), 8, SET, U64_MAX } } },
	{ "C18d", RTAS, "no registers were saved",
	  { { SECTION(CPU, dumped), 8, SET, 0 } }, L(CPU_DATA), 1 },
	{ "C18e", RTAS, "all registers but the last byte were saved",
	  { { SECTION(CPU, dumped), 8, SET, SAVE_CPU(FAULT_CPUS) - 1 } },
	  L(CPU_SOME) },
	{ "C19a", RTAS, "hash table entries were asked for and not saved",
	  { { SECTION(HPTE, len), 8, SET, 0x48 } } },
	{ "C19b", RTAS, "hash table entries beyond RAM",
	  { { SECTION(HPTE, len), 8, SET, 0x48 },
	    { SECTION(HPTE, dumped), 8, SET, 0x48 },
	    { SECTION(HPTE, dest), 8, SET, BEYOND_RAM } } },
	{ "C19c", RTAS, "hash table entries where this kernel runs",
	  { { SECTION(HPTE, len), 8, SET, 0x48 },
	    { SECTION(HPTE, dumped), 8, SET, 0x48 },
	    { SECTION(HPTE, dest), 8, SET, BELOW } } },
	{ "C20a", RTAS, "boot arguments were copied",
	  { { SECTION(PARAM, src), 8, ADD, PAGE } }, L(PARAM) },
	{ "C20b", RTAS, "boot arguments beyond RAM",
	  { { SECTION(PARAM, src), 8, SET, BEYOND_RAM },
	    { SECTION(PARAM, dest), 8, SET, BEYOND_RAM } }, L(PARAM) },
	{ "C20c", RTAS, "no boot arguments were preserved",
	  { { SECTION(PARAM, dumped), 8, SET, 0 } }, L(PARAM) },
	{ "C20d", RTAS, "seven bytes of boot arguments were preserved",
	  { { SECTION(PARAM, dumped), 8, SET, 7 } } },
	{ "C20e", RTAS, "more boot arguments were preserved than there are",
	  { { SECTION(PARAM, dumped), 8, SET, U64_MAX } }, L(PARAM) },

	/* D: register save area. */
	{ "D1a", SAVE, "no magic", { { SAVE_HEAD(magic), 8, SET, 0 } },
	  L(CPU_DATA), 1 },
	{ "D1b", SAVE, "magic in the wrong byte order",
	  { { SAVE_HEAD(magic), 8, SET, 0x0045564153474552ULL } }, L(CPU_DATA), 1 },
	{ "D1c", SAVE, "a flipped bit in the magic", { { SAVE_HEAD(magic), 8, XOR, 1 } },
	  L(CPU_DATA), 1 },
	{ "D2a", SAVE, "version 1", { { SAVE_HEAD(version), 4, SET, 1 } } },
	{ "D2b", SAVE, "the largest version",
	  { { SAVE_HEAD(version), 4, SET, 0xffffffff } } },
	{ "D3a", SAVE, "NumCpusOffset 0", { { SAVE_HEAD(cpus_offset), 4, SET, 0 } },
	  L(CPU_DATA), 1 },
	{ "D3b", SAVE, "NumCpusOffset in the head",
	  { { SAVE_HEAD(cpus_offset), 4, SET, 0xf } }, L(CPU_DATA), 1 },
	{ "D3c", SAVE, "NumCpusOffset points partly after the area",
	  { { SAVE_HEAD(cpus_offset), 4, SET, SAVE_SZ - 3 } }, L(CPU_DATA), 1 },
	{ "D3d", SAVE, "NumCpusOffset points after the area",
	  { { SAVE_HEAD(cpus_offset), 4, SET, 0x7fffffff } }, L(CPU_DATA), 1 },
	{ "D3e", SAVE, "the largest NumCpusOffset",
	  { { SAVE_HEAD(cpus_offset), 4, SET, 0xffffffff } }, L(CPU_DATA), 1 },
	{ "D4", SAVE, "NumCpusOffset points into the first CPU",
	  { { SAVE_HEAD(cpus_offset), 4, SET, SAVE_VALUE(0, SAVE_START) } },
	  L(CPU_DATA), 1 },
	{ "D5a", SAVE, "no CPUs announced", { { SAVE_COUNT, 4, SET, 0 } },
	  L(CPU_DATA), 1 },
	{ "D5b", SAVE, "one CPU fewer announced", { { SAVE_COUNT, 4, ADD, LESS(1) } },
	  L(CPU_SOME), 3 },
	{ "D5c", SAVE, "one CPU more announced", { { SAVE_COUNT, 4, ADD, 1 } } },
	{ "D5d", SAVE, "the largest number of CPUs announced",
	  { { SAVE_COUNT, 4, SET, 0xffffffff } } },
	{ "D6a", SAVE, "the first CPU does not begin",
	  { { SAVE_ID(0, SAVE_START), 8, SET, 0 } }, L(CPU_SOME), 3 },
	{ "D6b", SAVE, "the second CPU does not begin",
	  { { SAVE_ID(1, SAVE_START), 8, XOR, 1ULL << 32 } }, L(CPU_SOME), 3 },
	{ "D7a", SAVE, "the last CPU does not end",
	  { { SAVE_ID(3, SAVE_END), 8, SET, 0 } }, L(CPU_SOME) },
	{ "D7b", SAVE, "the second CPU does not end",
	  { { SAVE_ID(1, SAVE_END), 8, SET, 0 } }, L(CPU_SOME) },
	{ "D8", SAVE, "a CPU ends as another",
	  { { SAVE_VALUE(1, SAVE_END), 8, SET, 7 } }, L(CPU_SOME) },
	{ "D9a", SAVE, "an unknown hardware id",
	  { { SAVE_VALUE(3, SAVE_START), 8, SET, 0x7fffffff },
	    { SAVE_VALUE(3, SAVE_END), 8, SET, 0x7fffffff } }, .empty_notes = 1 },
	{ "D9b", SAVE, "an unknown hardware id, in CPUSTRT only",
	  { { SAVE_VALUE(3, SAVE_START), 8, SET, 0xffffffff } }, L(CPU_SOME),
	  .empty_notes = 1 },
	{ "D11a", SAVE, "the same CPU twice",
	  { { SAVE_VALUE(1, SAVE_START), 8, SET, 0 },
	    { SAVE_VALUE(1, SAVE_END), 8, SET, 0 } }, .empty_notes = 1 },
	{ "D11b", SAVE, "junk in the reserved half of a CPU's id",
	  { { SAVE_VALUE(1, SAVE_START), 4, SET, 0xdeadbeef },
	    { SAVE_VALUE(1, SAVE_END), 4, SET, 0xbeefdead } } },
	{ "D12a", SAVE, "an entry GPR32",
	  { { SAVE_ID(1, SAVE_VTB), 8, SET, NAME_GPR32 } } },
	{ "D12b", SAVE, "an entry gpr01", { { SAVE_ID(1, SAVE_VTB), 8, SET,
					      0x6770723031000000ULL } } },
	{ "D12c", SAVE, "an entry GPR3x", { { SAVE_ID(1, SAVE_VTB), 8, SET,
					      0x4750523378000000ULL } } },
	{ "D13a", SAVE, "an entry X-GPR05",
	  { { SAVE_ID(1, SAVE_VTB), 8, SET, NAME_X_GPR05 } } },
	{ "D13b", SAVE, "an entry X-CR",
	  { { SAVE_ID(1, SAVE_VTB), 8, SET, NAME_X_CR } } },
	{ "D14a", SAVE, "a CPU without NIA",
	  { { SAVE_ID(1, SAVE_NIA), 8, SET, NAME_UNKNOWN } }, L(CPU_SOME) },
	{ "D14b", SAVE, "a CPU without GPR01",
	  { { SAVE_ID(1, SAVE_GPR(1)), 8, SET, NAME_GPR32 } }, L(CPU_SOME) },
	{ "D14c", SAVE, "NIA twice",
	  { { SAVE_ID(1, SAVE_VTB), 8, SET, RTAS_REG_NIA } } },
	{ "D15a", SAVE, "an unknown entry",
	  { { SAVE_ID(1, SAVE_VTB), 8, SET, NAME_UNKNOWN } } },
	{ "D15b", SAVE, "an entry without a name",
	  { { SAVE_ID(1, SAVE_VTB), 8, SET, 0 } } },
	{ "D16", SAVE, "junk in the upper half of CR",
	  { { SAVE_VALUE(1, SAVE_CR), 4, SET, 0xdeadbeef } } },
	{ "D17", SAVE, "the crashing CPU does not begin",
	  { { SAVE_ID(FAULT_CRASH_CPU, SAVE_START), 8, SET, 0 } }, L(CPU_SOME) },
	{ "D18a", SAVE, "junk after the last CPU",
	  { { SAVE_CPU(FAULT_CPUS), 8, SET, U64_MAX },
	    { SAVE_CPU(FAULT_CPUS) + 8, 4, SET, 0xffffffff } } },
	{ "D18b", SAVE, "the beginning of another CPU after the last",
	  { { SAVE_CPU(FAULT_CPUS), 8, SET, RTAS_REG_CPU_START } } },
	{ "D19a", SAVE, "only the head is there", .missing = L(CPU_DATA), .cpus = 1,
	  .cut = SAVE_COUNT },
	{ "D19b", SAVE, "zeros from the middle of the second CPU on",
	  .missing = L(CPU_SOME), .cpus = 3, .cut = SAVE_ID(1, SAVE_GPR(0)) },

	/* G: the structure that OPAL's tag for CPUs points to. (F, the tags: no blob.) */
	{ "G2a", TAGGED, "version 0", { { TAG(version), 1, SET, 0 } },
	  L(CPU_DATA), 1 },
	{ "G2b", TAGGED, "version 2", { { TAG(version), 1, SET, 2 } },
	  L(CPU_DATA), 1 },
	{ "G3a", TAGGED, "no regions", { { TAG(nr_regions), 4, SET, 0 } },
	  L(CPU_DATA), 1 },
	{ "G3b", TAGGED, "the largest number of regions",
	  { { TAG(nr_regions), 4, SET, 0xffffffff } } },
	{ "G4a", TAGGED, "register data of version 0",
	  { { TAG(cpu_version), 4, SET, 0 } } },
	{ "G4b", TAGGED, "register data of version 255",
	  { { TAG(cpu_version), 4, SET, 255 } } },
	{ "G5a", TAGGED, "threads of no size", { { TAG(cpu_size), 4, SET, 0 } },
	  L(CPU_DATA), 1 },
	{ "G5b", TAGGED, "threads smaller than their heads",
	  { { TAG(cpu_size), 4, SET, 23 } }, L(CPU_DATA), 1 },
	{ "G5c", TAGGED, "a thread of four gigabytes",
	  { { TAG(cpu_size), 4, SET, 0xffffffff } }, L(CPU_DATA), 1 },
	{ "G5d", TAGGED, "threads twice as large as they are",
	  { { TAG(cpu_size), 4, SET, 2 * THREAD_SZ } }, L(CPU_SOME), 2 },
	{ "G5e", TAGGED, "one thread that is as large as all",
	  { { TAG(cpu_size), 4, SET, FAULT_CPUS * THREAD_SZ } }, L(CPU_SOME), 2 },
	{ "G6a", TAGGED, "register data at 0", { { TAG_REGION(dest), 8, SET, 0 } },
	  L(CPU_DATA), 1 },
	{ "G6b", TAGGED, "register data beyond RAM",
	  { { TAG_REGION(dest), 8, SET, BEYOND_RAM } }, L(CPU_DATA), 1 },
	{ "G6c", TAGGED, "register data wraps",
	  { { TAG_REGION(dest), 8, SET, LESS(8) } }, L(CPU_DATA), 1 },
	{ "G6d", TAGGED, "no register data", { { TAG_REGION(size), 8, SET, 0 } },
	  L(CPU_DATA), 1 },
	{ "G6e", TAGGED, "register data half as long as all addresses",
	  { { TAG_REGION(size), 8, SET, 1ULL << 63 } }, L(CPU_DATA), 1 },
	{ "G6f", TAGGED, "register data a byte short of the last thread",
	  { { TAG_REGION(size), 8, ADD, LESS(1) } }, L(CPU_SOME), 3 },
	{ "G6g", TAGGED, "register data where this kernel runs",
	  { { TAG_REGION(dest), 8, SET, BELOW } }, L(CPU_DATA), 1 },
	{ "G6h", TAGGED, "register data with another source",
	  { { TAG_REGION(src), 8, SET, U64_MAX } } },
	{ "G7", TAGGED, "a crashing thread that does not exist",
	  { { TAG(crashing_pir), 4, SET, 0x7fffffff } } },

	/* H: OPAL's register data. */
	{ "H1a", THREADS, "entries at 0x10", { { THREAD(1, entries_at), 4, SET, 0x10 } } },
	{ "H1b", THREADS, "entries at 0x18", { { THREAD(1, entries_at), 4, SET, 0x18 } } },
	{ "H2a", THREADS, "entries inside the head",
	  { { THREAD(1, entries_at), 4, SET, 1 } }, L(CPU_SOME), 3 },
	{ "H2b", THREADS, "entries one entry late",
	  { { THREAD(1, entries_at), 4, SET, 0x20 } }, L(CPU_SOME) },
	{ "H2c", THREADS, "entries after the thread",
	  { { THREAD(1, entries_at), 4, SET, THREAD_SZ } }, L(CPU_SOME), 3 },
	{ "H2d", THREADS, "entries at the end of all offsets",
	  { { THREAD(1, entries_at), 4, SET, 0xfffffff8 } }, L(CPU_SOME), 3 },
	{ "H3a", THREADS, "no entries", { { THREAD(1, nr_entries), 4, SET, 0 } },
	  L(CPU_SOME), 3 },
	{ "H3b", THREADS, "one entry more than there are",
	  { { THREAD(1, nr_entries), 4, ADD, 1 } }, L(CPU_SOME) },
	{ "H3c", THREADS, "the largest number of entries",
	  { { THREAD(1, nr_entries), 4, SET, 0xffffffff } }, L(CPU_SOME) },
	{ "H3d", THREADS, "general registers only",
	  { { THREAD(1, nr_entries), 4, SET, 32 } }, L(CPU_SOME) },
	{ "H4a", THREADS, "entries of no size",
	  { { THREAD(1, entry_step), 4, SET, 0 },
	    { THREAD(1, entry_size), 4, SET, 0 } }, L(CPU_SOME), 3 },
	{ "H4b", THREADS, "entries too small",
	  { { THREAD(1, entry_step), 4, SET, 15 },
	    { THREAD(1, entry_size), 4, SET, 15 } }, L(CPU_SOME), 3 },
	{ "H4c", THREADS, "entries larger than the step between them",
	  { { THREAD(1, entry_size), 4, SET, 24 } }, L(CPU_SOME), 3 },
	{ "H4d", THREADS, "entries of four gigabytes",
	  { { THREAD(1, entry_step), 4, SET, 0xffffffff } }, L(CPU_SOME) },
	{ "H5a", THREADS, "a core in the other valid state",
	  { { THREAD(1, core_state), 1, SET, OPAL_CORE_RUNNING } } },
	{ "H5b", THREADS, "a core in state 1", { { THREAD(1, core_state), 1, SET, 1 } },
	  L(CPU_SOME), 3 },
	{ "H5c", THREADS, "a core that did not stop",
	  { { THREAD(1, core_state), 1, SET, 0xf } }, L(CPU_SOME), 3 },
	{ "H5d", THREADS, "the crashing CPU's core did not stop",
	  { { THREAD(FAULT_CRASH_CPU, core_state), 1, SET, 0xf } }, L(CPU_SOME) },
	{ "H6a", THREADS, "a head of zeros",
	  { { THREAD(1, pir), 8, SET, 0 }, { THREAD(1, entries_at), 8, SET, 0 },
	    { THREAD(1, entry_step), 8, SET, 0 } }, L(CPU_SOME), 3 },
	{ "H6b", THREADS, "zeros from the second thread on",
	  .missing = L(CPU_SOME), .cpus = 2, .cut = THREAD_SZ },
	{ "H7a", THREADS, "an unknown PIR",
	  { { THREAD(3, pir), 4, SET, 0x7fffffff } }, .empty_notes = 1 },
	{ "H7b", THREADS, "the same thread twice", { { THREAD(1, pir), 4, SET, 0 } },
	  .empty_notes = 1 },
	{ "H8a", THREADS, "an entry of type 0",
	  { { THREAD_REG(1, THREAD_ACOP, type), 4, SET, 0 } } },
	{ "H8b", THREADS, "an entry of type 3",
	  { { THREAD_REG(1, THREAD_ACOP, type), 4, SET, 3 } } },
	{ "H8c", THREADS, "general register 32",
	  { { THREAD_REG(1, THREAD_ACOP, type), 4, SET, OPAL_REG_GPR },
	    { THREAD_REG(1, THREAD_ACOP, number), 4, SET, 32 } } },
	{ "H8d", THREADS, "general register 0x80000000",
	  { { THREAD_REG(1, THREAD_ACOP, type), 4, SET, OPAL_REG_GPR },
	    { THREAD_REG(1, THREAD_ACOP, number), 4, SET, 0x80000000 } } },
	{ "H8e", THREADS, "an unknown special register",
	  { { THREAD_REG(1, THREAD_ACOP, number), 4, SET, 0x7ff } } },
	{ "H9a", THREADS, "the second CTR differs",
	  { { THREAD_REG(1, THREAD_CTR2, value), 8, SET, 0x99 } } },
	{ "H9b", THREADS, "a thread without NIP",
	  { { THREAD_REG(1, THREAD_NIP, type), 4, SET, 9 } }, L(CPU_SOME) },
	{ "H9c", THREADS, "a thread without GPR1",
	  { { THREAD_REG(1, THREAD_GPR(1), number), 4, SET, 40 } }, L(CPU_SOME) },
	{ "H9d", THREADS, "junk in reserved bytes of a head",
	  { { THREAD(1, reserved), 1, SET, 0x7f },
	    { THREAD(1, reserved) + 1, 2, SET, 0x7f7f } } },

	/* I1 to I4: metadata of the crashed kernel for OPAL. */
	{ "I1a", OPAL, "the other description: version 0",
	  { { META(version), 1, SET, 0 } } },
	{ "I1b", OPAL, "the other description: 65535 regions",
	  { { META(nr_regions), 2, SET, 0xffff } } },
	{ "I1c", OPAL, "our description: no magic",
	  { { PLAN(magic), 8, SET, 0 } } },
	{ "I1d", OPAL, "our description: version 2", { { PLAN(version), 4, SET, 2 } },
	  L(PARAM) },
	{ "I1e", OPAL, "our description: a flipped bit in its checksum",
	  { { PLAN(sum), 4, XOR, 1 } }, L(PARAM) },
	{ "I1f", OPAL, "our description: of no size",
	  { { PLAN(total_size), 4, SET, 0 } }, L(PARAM) },
	{ "I1g", OPAL, "our description: four gigabytes of it",
	  { { PLAN(total_size), 4, SET, 0xffffffff } }, L(PARAM) },
	{ "I1h", OPAL, "our description: more regions than fit",
	  { { PLAN(nr_regions), 4, SET, 0xffffffff } }, L(PARAM) },
	{ "I1i", OPAL, "our description: a flipped bit in its regions",
	  { { PLAN_REGION(dest), 8, XOR, 0x10000 } }, L(PARAM) },
	{ "I1j", OPAL, "our description: a flipped bit in the address of the record",
	  { { PLAN(info_at), 8, XOR, 0x10000 } }, L(PARAM) },
	{ "I1k", OPAL, "neither description can be read",
	  { { META(version), 1, SET, 0 }, { PLAN(magic), 8, SET, 0 } },
	  L(DESCRIPTION) },
	{ "I1l", OPAL, "a checksum is wrong, and the other one has no regions",
	  { { META(nr_regions), 2, SET, 0 }, { PLAN(sum), 4, XOR, 1 } },
	  L(PARAM) | L(DESCRIPTION) },
	{ "I1m", OPAL, "a checksum is wrong, and the other one has 129 regions",
	  { { META(nr_regions), 2, SET, 129 }, { PLAN(sum), 4, XOR, 1 } },
	  L(PARAM) | L(DESCRIPTION) },
	{ "I2a", OPAL, "the other description: no region registered",
	  { { META(nr_registered), 2, SET, 0 } } },
	{ "I2b", OPAL, "the other description alone: more regions registered than there are",
	  { { META(nr_registered), 2, SET, 9 }, { PLAN(magic), 8, SET, 0 } } },
	{ "I2c", OPAL, "our description: a flipped bit in the word that says armed",
	  { { PLAN(armed), 8, XOR, 1 } }, L(FW_SUSPECT) },
	{ "I2d", OPAL, "our description: not armed, the other one is",
	  { { PLAN(armed), 8, SET, 0 } }, L(FW_SUSPECT) },
	{ "I3a", OPAL, "source beyond RAM, under a good checksum",
	  { { PLAN_REGION(src), 8, XOR, BEYOND_RAM } }, L(SECTION) | L(DESCRIPTION),
	  .sums = true },
	{ "I3b", OPAL, "destination beyond RAM, under a good checksum",
	  { { PLAN_REGION(dest), 8, XOR, BEYOND_RAM } }, L(SECTION) | L(DESCRIPTION),
	  .sums = true },
	{ "I3c", OPAL, "destination inside a page, under a good checksum",
	  { { PLAN_REGION(dest), 8, XOR, 0x100 } }, L(SECTION) | L(DESCRIPTION), .sums = true },
	{ "I3d", OPAL, "no region, under a good checksum",
	  { { PLAN(nr_regions), 4, XOR, 1 } }, L(DESCRIPTION), .sums = true },
	{ "I3e", OPAL, "the boot memory ends beyond RAM, under a good checksum",
	  { { PLAN(boot_mem_top), 8, XOR, BEYOND_RAM } }, L(DESCRIPTION), .sums = true },
	{ "I3f", OPAL, "the boot memory ends too late, under a good checksum",
	  { { PLAN(boot_mem_top), 8, XOR, 0x40000000 } }, L(DESCRIPTION),
	  .sums = true },
	{ "I3g", OPAL, "the dump area beyond RAM, under a good checksum",
	  { { PLAN(area_base), 8, XOR, BEYOND_RAM } }, .sums = true },
	{ "I3h", OPAL, "boot arguments beyond RAM, under a good checksum",
	  { { PLAN(param_base), 8, XOR, BEYOND_RAM } }, L(PARAM), .sums = true },
	{ "I4a", OPAL, "the record beyond RAM, under a good checksum",
	  { { PLAN(info_at), 8, XOR, BEYOND_RAM } }, .sums = true },
	{ "I4b", OPAL, "the other description alone: the record beyond RAM",
	  { { META(info_at), 8, SET, BEYOND_RAM }, { PLAN(magic), 8, SET, 0 } } },
	{ "I4c", OPAL, "the other description alone: the record where this kernel runs",
	  { { META(info_at), 8, SET, BELOW }, { PLAN(magic), 8, SET, 0 } } },
	{ "I4d", OPAL, "the other description alone: source beyond RAM",
	  { { META_REGION(src), 8, SET, BEYOND_RAM }, { PLAN(magic), 8, SET, 0 } },
	  L(DESCRIPTION) },

	/* I5 to I11: records. */
	{ "I5a", RECORD, "no magic; the legacy record is used",
	  { { REC(magic), 8, SET, 0 } }, .empty_notes = FAULT_CPUS },
	{ "I5b", SLOT, "no magic in either record",
	  { { 0, 8, SET, 0 }, { OURS(magic), 8, SET, 0 } },
	  L(CRASH_INFO) | L(CRASH_REGS), .empty_notes = FAULT_CPUS },
	{ "I5c", SLOT, "a flipped bit in the magic of either record",
	  { { 0, 8, XOR, 0x0100000000000001ULL }, { OURS(magic), 8, XOR, 1 } },
	  L(CRASH_INFO) | L(CRASH_REGS), .empty_notes = FAULT_CPUS },
	{ "I5d", SLOT, "no magic in the legacy record", { { 0, 8, SET, 0 } } },
	{ "I5e", SLOT, "zeros in place of both records",
	  .missing = L(CRASH_INFO) | L(CRASH_REGS), .cut = 1, .empty_notes = FAULT_CPUS },
	{ "I6a", RECORD, "version 2", { { REC(version), 4, SET, 2 } },
	  L(CRASH_PART), .empty_notes = FAULT_CPUS },
	{ "I6b", RECORD, "a head of no size", { { REC(head_size), 4, SET, 0 } },
	  L(CRASH_PART), .empty_notes = FAULT_CPUS },
	{ "I6c", RECORD, "a head of four gigabytes",
	  { { REC(head_size), 4, SET, 0xffffffff } }, L(CRASH_PART),
	  .empty_notes = FAULT_CPUS },
	{ "I6d", RECORD, "a record of no size", { { REC(total_size), 4, SET, 0 } },
	  L(CRASH_PART), .empty_notes = FAULT_CPUS },
	{ "I6e", RECORD, "a record of four gigabytes",
	  { { REC(total_size), 4, SET, 0xffffffff } }, L(CRASH_PART),
	  .empty_notes = FAULT_CPUS },
	{ "I6f", RECORD, "a record that ends with its table",
	  { { REC(total_size), 4, SET, REC_TABLE_END } },
	  L(CRASH_PART) | L(CRASH_REGS), .empty_notes = FAULT_CPUS },
	{ "I6g", RECORD, "no parts", { { REC(nr_parts), 4, SET, 0 } }, L(CRASH_PART),
	  .empty_notes = FAULT_CPUS },
	{ "I6h", RECORD, "the largest number of parts",
	  { { REC(nr_parts), 4, SET, 0xffffffff } }, L(CRASH_PART),
	  .empty_notes = FAULT_CPUS },
	{ "I6i", RECORD, "entries of no size", { { REC(part_size), 4, SET, 0 } },
	  L(CRASH_PART), .empty_notes = FAULT_CPUS },
	{ "I6j", RECORD, "a flipped bit in the table's checksum",
	  { { REC(table_sum), 4, XOR, 1 } }, L(CRASH_PART),
	  .empty_notes = FAULT_CPUS },
	{ "I6k", RECORD, "a flipped bit in the table", { { PART(REGS, size), 4, XOR, 1 } },
	  L(CRASH_PART), .empty_notes = FAULT_CPUS },
	{ "I6l", RECORD, "impossible counts of capture boots",
	  { { REC(attempts), 4, SET, 0xffffffff },
	    { REC(reserved), 8, SET, 0xffffffff } } },
	{ "I6m", RECORD, "a count of capture boots without its complement",
	  { { REC(attempts), 4, SET, 100 } } },
	{ "I6n", RECORD, "a flipped bit in the word that ends a dump",
	  { { REC(ended), 8, SET, CRASH_INFO_ENDED ^ 1 } } },
	{ "I7a", RECORD, "a flipped bit in LAYOUT", { { LAYOUT(area_base), 8, XOR, 0x10000 } },
	  L(CRASH_PART) },
	{ "I7b", RECORD, "a flipped bit in KERNEL", { { KERNEL(release), 1, XOR, 1 } },
	  L(CRASH_PART) },
	{ "I7c", RECORD, "a flipped bit in COPIES", { { COPIES(dest), 8, XOR, 0x10000 } },
	  L(CRASH_PART) },
	{ "I7d", RECORD, "a part outside of the record, under a good checksum",
	  { { PART(KERNEL, offset), 4, XOR, 0x80000000 } }, L(CRASH_PART),
	  .sums = true },
	{ "I7e", RECORD, "a part of four gigabytes, under a good checksum",
	  { { PART(LAYOUT, size), 4, XOR, 0x80000000 } }, L(CRASH_PART),
	  .sums = true },
	{ "I7f", RECORD, "no LAYOUT, under a good checksum",
	  { { PART(LAYOUT, id), 4, XOR, 0x100 } }, .sums = true },
	{ "I7g", RECORD, "no CPUS, under a good checksum",
	  { { PART(CPUS, id), 4, XOR, 0x100 } }, .sums = true },
	{ "I7h", RECORD, "no REGS, under a good checksum",
	  { { PART(REGS, id), 4, XOR, 0x100 } }, L(CRASH_REGS), .sums = true },
	{ "I7i", RECORD, "the dump area beyond RAM, under a good checksum",
	  { { LAYOUT(area_base), 8, XOR, BEYOND_RAM } }, .sums = true },
	{ "I7j", RECORD, "a dump area larger than RAM, under a good checksum",
	  { { LAYOUT(area_size), 8, XOR, BEYOND_RAM } }, .sums = true },
	{ "I7k", RECORD, "a kernel without a release, under a good checksum",
	  { { KERNEL(release), 1, XOR, '7' } }, .sums = true, .host_only = true },
	{ "I8a", RECORD, "the crashing CPU does not exist",
	  { { REGS(cpu), 4, SET, 0x7fffffff } }, .cpus = 5, .empty_notes = 1 },
	{ "I8b", RECORD, "no crashing CPU",
	  { { REGS(cpu), 4, SET, CRASH_INFO_CPU_NONE } }, L(CRASH_REGS) },
	{ "I8c", RECORD, "no registers of the crashing CPU",
	  { { REGS(nr_regs), 4, SET, 0 } }, L(CRASH_REGS) },
	{ "I8d", RECORD, "the largest number of registers",
	  { { REGS(nr_regs), 4, SET, 0xffffffff } } },
	{ "I8e", RECORD, "a CPU with an unknown hardware id",
	  { { CPUS(3, hw_id), 4, SET, 0x7fffffff } }, .empty_notes = 1 },
	{ "I8f", RECORD, "two CPUs with one hardware id", { { CPUS(1, hw_id), 4, SET, 0 } },
	  .empty_notes = 1 },
	{ "I8g", RECORD, "a CPU that was neither possible nor online",
	  { { CPUS(1, flags), 4, SET, 0 } } },
	{ "I8h", RECORD, "an impossible pid",
	  { { CPUS(1, pid), 4, SET, 0xffffffff } } },
	{ "I9a", RECORD, "a flipped bit in VMCOREINFO", { { VMCOREINFO(paddr), 8, XOR, 0x1000 } },
	  L(CRASH_PART) },
	{ "I9b", RECORD, "VMCOREINFO beyond RAM, under a good checksum",
	  { { VMCOREINFO(paddr), 8, XOR, BEYOND_RAM } }, .sums = true },
	{ "I9c", RECORD, "VMCOREINFO elsewhere in RAM, under a good checksum",
	  { { VMCOREINFO(paddr), 8, XOR, 0x100000 } }, .sums = true },
	{ "I9d", RECORD, "VMCOREINFO of two gigabytes, under a good checksum",
	  { { VMCOREINFO(size), 8, XOR, 0x80000000 } }, .sums = true },
	{ "I9e", RECORD, "no VMCOREINFO, under a good checksum",
	  { { PART(VMCOREINFO, id), 4, XOR, 0x100 } }, .sums = true },
	{ "I9f", NOTE, "a flipped bit in the note's name", { { 12, 1, XOR, 1 } },
	  L(VMCOREINFO), .host_only = true },
	{ "I9g", NOTE, "a note of four gigabytes", { { 4, 4, SET, 0xffffffff } },
	  L(VMCOREINFO), .host_only = true },
	{ "I9h", NOTE, "zeros in place of the note", .missing = L(VMCOREINFO),
	  .cut = 1, .host_only = true },
	{ "I10a", SLOT, "the legacy record alone: registers of another size",
	  { { 32, 4, XOR, 0x01010101 }, { OURS(magic), 8, SET, 0 } },
	  L(CRASH_PART) | L(CRASH_REGS), .empty_notes = FAULT_CPUS },
	{ "I10b", SLOT, "the legacy record alone: no crashing CPU",
	  { { 12, 4, SET, CRASH_INFO_CPU_NONE }, { OURS(magic), 8, SET, 0 } },
	  L(CRASH_REGS), .empty_notes = FAULT_CPUS },
	{ "I10c", SLOT, "the legacy record alone: the largest CPU mask",
	  { { 36, 4, XOR, 0xffffffff }, { OURS(magic), 8, SET, 0 } },
	  .empty_notes = FAULT_CPUS },
	{ "I10d", SLOT, "the legacy record alone: no CPU was online",
	  { { FADMPSIG_REGS + FADMP_REGS_SZ, 8, SET, 0 },
	    { OURS(magic), 8, SET, 0 } }, .empty_notes = FAULT_CPUS },
	{ "I10e", SLOT, "the legacy record alone: an impossible size of VMCOREINFO",
	  { { 24, 8, XOR, U64_MAX }, { OURS(magic), 8, SET, 0 } },
	  .empty_notes = FAULT_CPUS },
	{ "I10f", SLOT, "the legacy record alone: VMCOREINFO at the largest address",
	  { { 16, 8, SET, U64_MAX }, { OURS(magic), 8, SET, 0 } },
	  .empty_notes = FAULT_CPUS },
	{ "I11a", RECORD, "no commit word", { { REC(commit), 8, SET, 0 } },
	  L(CRASH_REGS) },
	{ "I11b", RECORD, "a flipped bit in the commit word", { { REC(commit), 8, XOR, 1 } },
	  L(CRASH_REGS) },
	{ "I11c", RECORD, "another page size, under a good checksum",
	  { { KERNEL(page_size), 4, XOR, 0x11000 } }, .sums = true },

	/* I12: addresses of crash notes. They are written to, so they must be checked. */
	{ "I12a", RECORD, "a flipped bit in NOTES", { { NOTES_ADDRESS(0), 8, XOR, 0x1000 } },
	  L(CRASH_PART), .empty_notes = FAULT_CPUS },
	{ "I12b", RECORD, "no NOTES, under a good checksum",
	  { { PART(NOTES, id), 4, XOR, 0x100 } }, .empty_notes = FAULT_CPUS,
	  .sums = true },
	{ "I12c", RECORD, "crash notes that are too small, under a good checksum",
	  { { NOTES(note_size), 4, XOR, 0x200 } }, L(CRASH_PART),
	  .empty_notes = FAULT_CPUS, .sums = true },
	{ "I12d", RECORD, "crash notes of two gigabytes, under a good checksum",
	  { { NOTES(note_size), 4, XOR, 0x80000000 } }, .sums = true },
	{ "I12e", RECORD, "one crash note more than there are, under a good checksum",
	  { { NOTES(nr_notes), 4, XOR, FAULT_CPUS ^ (FAULT_CPUS + 1) } },
	  L(CRASH_PART), .empty_notes = FAULT_CPUS, .sums = true },
	{ "I12f", RECORD, "more crash notes than CPUs are possible, under a good checksum",
	  { { NOTES(nr_notes), 4, XOR, 0x80000000 } }, L(CRASH_PART),
	  .empty_notes = FAULT_CPUS, .sums = true },
	{ "I12g", RECORD, "a crash note beyond RAM, under a good checksum",
	  { { NOTES_ADDRESS(0), 8, XOR, BEYOND_RAM } }, L(CRASH_PART), .empty_notes = 1,
	  .sums = true },
	{ "I12h", RECORD, "a crash note that is not aligned, under a good checksum",
	  { { NOTES_ADDRESS(0), 8, XOR, 1 } }, L(CRASH_PART), .empty_notes = 1,
	  .sums = true },
	{ "I12i", RECORD, "a crash note across two pages, under a good checksum",
	  { { NOTES_ADDRESS(0), 8, XOR, CRASH_NOTE_AT(0) ^ (CRASH_NOTE_AT(0) | 0xffc) } },
	  L(CRASH_PART), .empty_notes = 1, .sums = true, .host_only = true },
	{ "I12j", RECORD, "a crash note where this kernel runs, under a good checksum",
	  { { NOTES_ADDRESS(0), 8, XOR, CRASH_NOTE_AT(0) ^ BELOW } }, .sums = true,
	  .host_only = true },
	{ "I12k", RECORD, "a crash note where other data is, under a good checksum",
	  { { NOTES_ADDRESS(0), 8, XOR, CRASH_NOTE_AT(0) ^ NOTE_AT } }, .empty_notes = 1,
	  .sums = true, .host_only = true },
};

/* -------- Machines -------- */

static const struct {
	const char *name;
	u32 firmware;
} blobs[] = {
	[FAULT_RTAS_DUMP] = { "ibm,kernel-dump", FAULT_PSERIES },
	[FAULT_REGSAVE] = { "register-save-area", FAULT_PSERIES },
	[FAULT_SLOT] = { "crash-info-slot", FAULT_PSERIES | FAULT_POWERNV },
	[FAULT_RECORD] = { "crash-info", FAULT_PSERIES | FAULT_POWERNV },
	[FAULT_OPAL_META] = { "opal-metadata", FAULT_POWERNV },
	[FAULT_OPAL_CPU] = { "opal-cpu-tag", FAULT_POWERNV },
	[FAULT_OPAL_THREADS] = { "opal-threads", FAULT_POWERNV },
	[FAULT_NOTE] = { "vmcoreinfo", FAULT_PSERIES | FAULT_POWERNV },
};

static_assert(ARRAY_SIZE(blobs) == FAULT_NR_BLOBS);

/**
 * fadump_fault_firmware - the firmwares that have a blob
 * @blob: the blob
 *
 * Return: FAULT_PSERIES, FAULT_POWERNV or both, without a firmware that this kernel does
 * not support.
 */
u32 fadump_fault_firmware(enum fault_blob blob)
{
	return blobs[blob].firmware & ((FAULT_HAS_PSERIES ? FAULT_PSERIES : 0) |
				       (FAULT_HAS_POWERNV ? FAULT_POWERNV : 0));
}

/**
 * fadump_fault_blob - name of a blob, for programs
 * @blob: the blob
 */
const char *fadump_fault_blob(enum fault_blob blob)
{
	return blobs[blob].name;
}

/**
 * fadump_fault_hw_id - the hardware id of a CPU
 * @m: the machine
 * @cpu: Linux number
 *
 * On powernv10 each core has four ids, and one thread.
 */
u32 fadump_fault_hw_id(const struct fault_machine *m, u32 cpu)
{
	return m->firmware == FAULT_PSERIES ? cpu : 4 * cpu;
}

/* Memory of firmware: RTAS; OPAL with its copy and the register data. */
#define RTAS_AT		0x2fff0000ULL
#define OPAL_AT		0x30000000ULL
#define OPAL_TAG_AT	0x30c00000ULL
#define OPAL_THREADS_AT	0x338f0000ULL
#define OPAL_END	0x33970000ULL

/* NR_CPUS of the kernel, which is the size of the record. */
#define POSSIBLE_CPUS	2048

static void make_ram(struct fault_machine *m)
{
	m->ram.r = m->ram_array;
	m->ram.cap = ARRAY_SIZE(m->ram_array);
	m->usable.r = m->usable_array;
	m->usable.cap = ARRAY_SIZE(m->usable_array);
	fadump_ranges_add(&m->ram, 0, m->firmware == FAULT_PSERIES ?
			  MIB(2048) : MIB(4096));
	fadump_ranges_copy(&m->usable, &m->ram);
	if (m->firmware == FAULT_POWERNV)
		fadump_ranges_subtract(&m->usable, OPAL_AT, OPAL_END - OPAL_AT);
}

static void make_plan(struct fault_machine *m)
{
	bool rtas = m->firmware == FAULT_PSERIES;
	struct fadump_range busy = { .base = RTAS_AT, .size = PAGE };
	const struct fadump_ranges reserved = { .r = &busy, .nr = 1, .cap = 1 };
	const struct fadump_request req = {
		.boot_mem_size = MIB(rtas ? 320 : 768),
		.max_copies = rtas ? 7 : OPAL_MAX_COPIES,
		.max_copy = rtas ? 0 : OPAL_MAX_COPY_SZ,
		.cpu_size = rtas ? SAVE_SZ : 0,
		.info_size = CRASH_INFO_OFFSET +
			     fadump_crash_info_size(POSSIBLE_CPUS),
		.meta_size = rtas ? 0 : OPAL_META_SZ,
		.param_size = FADUMP_BOOTARGS_SZ,
		.ceiling = fadump_ranges_end(&m->ram),
		.page_size = PAGE,
	};

	fadump_layout_plan(&m->usable, &reserved, &req, &m->plan);
}

static void put_blob(struct fault_machine *m, enum fault_blob blob, u64 at,
		     size_t len)
{
	m->blob[blob] = m->data[blob];
	m->at[blob] = at;
	m->len[blob] = len;
}

/* As firmware returns it after a complete dump. */
static void make_rtas_dump(struct fault_machine *m)
{
	const struct rtas_dump_sizes sizes = { .cpu = SAVE_SZ };
	u8 *b = m->data[FAULT_RTAS_DUMP];
	size_t len;
	u32 i;

	if (rtas_dump_encode(&m->plan, &sizes, b, FAULT_BLOB_SZ, &len))
		return;
	put_unaligned_be16(RTAS_DUMP_PERFORMED | RTAS_DUMP_TRIGGERED,
			   b + HEAD(status));
	for (i = CPU; i <= PARAM; i++)
		memcpy(b + SECTION(i, dumped), b + SECTION(i, len), 8);
	put_blob(m, FAULT_RTAS_DUMP, 0, len);
}

static u8 *put_entry(u8 *at, const char *name, u64 value)
{
	memcpy(at, name, strlen(name));
	put_unaligned_be64(value, at + 8);
	return at + RTAS_REGSAVE_ENTRY_SZ;
}

static u8 *put_entries(u8 *at, const char * const *names, u64 id)
{
	for (; *names; names++)
		at = put_entry(at, *names, !strncmp(*names, "CPU", 3) ? id :
			       0xc000000000000000ULL | id);
	return at;
}

static void make_regsave(struct fault_machine *m)
{
	u8 *b = m->data[FAULT_REGSAVE], *at = b + SAVE_CPU(0);
	char name[] = "GPR00";
	u32 cpu, i;

	put_unaligned_be64(RTAS_REGSAVE_MAGIC, b + SAVE_HEAD(magic));
	put_unaligned_be32(SAVE_COUNT, b + SAVE_HEAD(cpus_offset));
	put_unaligned_be32(FAULT_CPUS, b + SAVE_COUNT);
	for (cpu = 0; cpu < FAULT_CPUS; cpu++) {
		at = put_entries(at, save_names[0], fadump_fault_hw_id(m, cpu));
		for (i = 0; i < 32; i++) {
			name[3] = '0' + i / 10;
			name[4] = '0' + i % 10;
			at = put_entry(at, name, 0xc000000000000100ULL + i);
		}
		at = put_entries(at, save_names[1], fadump_fault_hw_id(m, cpu));
	}
	put_blob(m, FAULT_REGSAVE, m->plan.cpu.base, SAVE_SZ);
}

static void make_opal_meta(struct fault_machine *m)
{
	u8 *b = m->data[FAULT_OPAL_META];

	if (opal_meta_encode(&m->plan, b, FAULT_BLOB_SZ))
		return;
	opal_meta_arm(b, true);
	put_blob(m, FAULT_OPAL_META, m->plan.meta.base, OPAL_META_SZ);
}

static void make_opal_cpu(struct fault_machine *m)
{
	u8 *b = m->data[FAULT_OPAL_CPU];

	b[TAG(version)] = OPAL_DUMP_VERSION;
	put_unaligned_be32(fadump_fault_hw_id(m, FAULT_CRASH_CPU), b + TAG(crashing_pir));
	put_unaligned_be32(1, b + TAG(cpu_version));
	put_unaligned_be32(THREAD_SZ, b + TAG(cpu_size));
	put_unaligned_be32(1, b + TAG(nr_regions));
	put_unaligned_be64(OPAL_THREADS_AT, b + TAG_REGION(src));
	put_unaligned_be64(OPAL_THREADS_AT, b + TAG_REGION(dest));
	put_unaligned_be64(FAULT_CPUS * THREAD_SZ, b + TAG_REGION(size));
	put_blob(m, FAULT_OPAL_CPU, OPAL_TAG_AT, TAG_REGION(size) + 8);
}

static void make_opal_threads(struct fault_machine *m)
{
	u8 *b = m->data[FAULT_OPAL_THREADS];
	u32 cpu, i;

	for (cpu = 0; cpu < FAULT_CPUS; cpu++) {
		put_unaligned_be32(fadump_fault_hw_id(m, cpu), b + THREAD(cpu, pir));
		b[THREAD(cpu, core_state)] = OPAL_CORE_QEMU;
		put_unaligned_be32(NR_THREAD_REGS, b + THREAD(cpu, nr_entries));
		put_unaligned_be32(sizeof(struct opal_reg_fw),
				   b + THREAD(cpu, entry_step));
		put_unaligned_be32(sizeof(struct opal_reg_fw),
				   b + THREAD(cpu, entry_size));
		for (i = 0; i < NR_THREAD_REGS; i++) {
			put_unaligned_be32(i < 32 ? OPAL_REG_GPR : OPAL_REG_SPR,
					   b + THREAD_REG(cpu, i, type));
			put_unaligned_be32(i < 32 ? i : thread_sprs[i - 32],
					   b + THREAD_REG(cpu, i, number));
			put_unaligned_be64(0xc000000000000100ULL + i,
					   b + THREAD_REG(cpu, i, value));
		}
	}
	put_blob(m, FAULT_OPAL_THREADS, OPAL_THREADS_AT, FAULT_CPUS * THREAD_SZ);
}

static void make_record(struct fault_machine *m, u8 *b, const u64 *regs)
{
	static u8 crash_notes[8 * FAULT_CPUS];
	static struct fadump_crash_info info;
	struct fadump_crash_info_writer slots;
	u32 cpu;

	memset(&info, 0, sizeof(info));
	for (cpu = 0; cpu < FAULT_CPUS; cpu++)
		put_unaligned_be64(CRASH_NOTE_AT(cpu), crash_notes + 8 * cpu);
	info.crash_notes.data = crash_notes;
	info.crash_notes.len = sizeof(crash_notes);
	info.vmcoreinfo = m->note;
	info.area = m->plan.area;
	info.boot_mem_size = m->plan.boot_mem_size;
	info.boot_mem_top = m->plan.boot_mem_top;
	info.cpu_slot = m->plan.cpu;
	info.nr_copies = m->plan.nr_copies;
	memcpy(info.copy, m->plan.copy, sizeof(info.copy));
	info.page_size = PAGE;
	info.little_endian = true;
	memcpy(info.release, "7.3.4", 6);
	if (fadump_crash_info_encode(&info, FAULT_CPUS, b,
				     FAULT_BLOB_SZ - CRASH_INFO_OFFSET, &slots))
		return;
	for (cpu = 0; cpu < FAULT_CPUS; cpu++)
		fadump_crash_info_set_cpu(&slots, cpu, fadump_fault_hw_id(m, cpu),
					  CRASH_INFO_CPU_POSSIBLE |
					  CRASH_INFO_CPU_ONLINE, 100 + cpu);
	fadump_crash_info_set_regs(&slots, FAULT_CRASH_CPU, regs,
				   FADUMP_REG_RESULT + 1);
	fadump_crash_info_commit(&slots);
	m->blob[FAULT_RECORD] = b;
	m->at[FAULT_RECORD] = m->plan.info.base + CRASH_INFO_OFFSET;
	m->len[FAULT_RECORD] = get_unaligned_be32(b + REC(total_size));
}

static void make_slot(struct fault_machine *m)
{
	struct fadump_range note = m->note;
	u64 regs[FADUMP_NR_REGS], mask[POSSIBLE_CPUS / 64] = { };
	u8 *b = m->data[FAULT_SLOT];
	u32 i;

	for (i = 0; i < FADUMP_NR_REGS; i++)
		regs[i] = 0xc000000000000200ULL + i;
	mask[0] = BIT_ULL(FAULT_CPUS) - 1;
	note.base = m->at[FAULT_NOTE];
	fadmpsig_encode(sizeof(mask), &note, mask, b);
	fadmpsig_commit(b, sizeof(mask), m->firmware == FAULT_PSERIES ? FAULT_CRASH_CPU :
			fadump_fault_hw_id(m, FAULT_CRASH_CPU), regs, mask);
	make_record(m, b + CRASH_INFO_OFFSET, regs);
	put_blob(m, FAULT_SLOT, m->plan.info.base,
		 CRASH_INFO_OFFSET + m->len[FAULT_RECORD]);
}

/* The note is in this byte order: others are not read. */
static void make_note(struct fault_machine *m)
{
	static const char text[] = "OSRELEASE=7.3.4\nPAGESIZE=65536\nCRASHTIME=1795752000\n";
	u8 *b = m->data[FAULT_NOTE];

	put_unaligned((u32)sizeof("VMCOREINFO"), (u32 *)b);
	put_unaligned((u32)sizeof(text) - 1, (u32 *)(b + 4));
	memcpy(b + 12, "VMCOREINFO", sizeof("VMCOREINFO"));
	memcpy(b + 24, text, sizeof(text));
	m->note.base = NOTE_AT;
	m->note.size = 0x1000;
	put_blob(m, FAULT_NOTE, NOTE_AT - m->plan.copy[0].src +
		 m->plan.copy[0].dest, 24 + sizeof(text));
}

/**
 * fadump_fault_machine - make a machine after a crash, without damage
 * @m: result
 * @firmware: FAULT_PSERIES or FAULT_POWERNV; this kernel must support it
 */
void fadump_fault_machine(struct fault_machine *m, u32 firmware)
{
	memset(m, 0, sizeof(*m));
	m->firmware = firmware;
	make_ram(m);
	make_plan(m);
	make_note(m);
	make_slot(m);
	if (FAULT_HAS_PSERIES && firmware == FAULT_PSERIES) {
		make_rtas_dump(m);
		make_regsave(m);
	}
	if (FAULT_HAS_POWERNV && firmware == FAULT_POWERNV) {
		make_opal_meta(m);
		make_opal_cpu(m);
		make_opal_threads(m);
	}
}

/* -------- Damage -------- */

static u64 read_word(const u8 *at, u32 width)
{
	u64 v = 0;

	while (width--)
		v = v << 8 | *at++;
	return v;
}

static void write_word(u8 *at, u32 width, u64 v)
{
	while (width--) {
		at[width] = v;
		v >>= 8;
	}
}

static void apply_change(u8 *blob, const struct fault_change *c)
{
	u64 v = read_word(blob + c->at, c->width);

	if (c->op == FAULT_SET)
		v = c->value;
	else if (c->op == FAULT_ADD)
		v += c->value;
	else
		v ^= c->value;
	write_word(blob + c->at, c->width, v);
}

#define TABLE_AT	sizeof(struct crash_info_head_ser)
#define PART_SZ		sizeof(struct crash_info_part_ser)

#define ENTRY_AT(i, field)						\
	(TABLE_AT + (i) * PART_SZ + offsetof(struct crash_info_part_ser, field))

/* A field of entry @i in the table of parts. */
#define read_entry(rec, i, field)	get_unaligned_be32((rec) + ENTRY_AT(i, field))

/* Resolve FAULT_IN_* to an offset in the record. */
static u32 resolve_offset(const u8 *rec, u32 at)
{
	u32 i, nr = get_unaligned_be32(rec + REC(nr_parts)), id = at >> 24;
	bool in_entry = at & FAULT_IN_ENTRY(0);

	at &= ~(FAULT_IN_ENTRY(0xff));
	for (i = 0; id && i < nr; i++) {
		if (read_entry(rec, i, id) != id)
			continue;
		return at + (in_entry ? ENTRY_AT(i, id) : read_entry(rec, i, offset));
	}
	return at;
}

/*
 * Add the change of the checksum at @sum, which covers @len bytes at @at, if any of them
 * change. Returns the number of changes added.
 */
static u32 correct_sum(u8 *delta, u32 at, u32 len, u32 sum, struct fault_change *to)
{
	u32 i;

	for (i = 0; i < len && !delta[at + i]; i++)
		;
	if (i == len)
		return 0;
	to->at = sum;
	to->width = 4;
	to->op = FAULT_XOR;
	to->value = crc32_le(0, delta + at, len);
	apply_change(delta, to);
	return 1;
}

static u32 correct_record_sums(const u8 *rec, u8 *delta, struct fault_change *to)
{
	u32 i, n = 0, nr = get_unaligned_be32(rec + REC(nr_parts));

	for (i = 0; i < nr; i++)
		if (read_entry(rec, i, flags) & CRASH_INFO_PART_STATIC)
			n += correct_sum(delta, read_entry(rec, i, offset),
					 read_entry(rec, i, size), ENTRY_AT(i, sum), to + n);
	return n + correct_sum(delta, TABLE_AT, nr * PART_SZ, REC(table_sum), to + n);
}

/**
 * fadump_fault_resolve - resolve a fault to changes at offsets, including checksums
 * @f: the fault
 * @m: a machine without damage that has the blob
 * @to: result, FAULT_MAX_RESOLVED entries
 *
 * Return: entries of @to that are used.
 */
u32 fadump_fault_resolve(const struct fault *f, struct fault_machine *m,
			 struct fault_change *to)
{
	const u8 *blob = m->blob[f->blob];
	u32 i, n = 0;

	memset(m->delta, 0, sizeof(m->delta));
	for (i = 0; i < FAULT_CHANGES && f->change[i].width; i++, n++) {
		to[n] = f->change[i];
		to[n].at = resolve_offset(m->blob[FAULT_RECORD], to[n].at);
		apply_change(m->delta, &to[n]);
	}
	if (!f->sums)
		return n;
	if (f->blob == FAULT_RECORD)
		n += correct_record_sums(blob, m->delta, to + n);
	if (f->blob == FAULT_OPAL_META)
		n += correct_sum(m->delta, PLAN(total_size),
				 get_unaligned_be32(blob + PLAN(total_size)) -
				 offsetof(struct opal_plan_ser, total_size),
				 PLAN(sum), to + n);
	return n;
}

/**
 * fadump_fault_apply - damage a machine
 * @f: the fault
 * @m: the machine; the blob must not be damaged yet
 */
void fadump_fault_apply(const struct fault *f, struct fault_machine *m)
{
	struct fault_change changes[FAULT_MAX_RESOLVED];
	u32 i, n = fadump_fault_resolve(f, m, changes);
	u8 *blob = m->blob[f->blob];

	for (i = 0; i < n; i++)
		apply_change(blob, &changes[i]);
	if (!f->cut)
		return;
	memset(blob + f->cut, 0, m->len[f->blob] - f->cut);
	/* A property gets shorter; memory does not. */
	if (!m->at[f->blob])
		m->len[f->blob] = f->cut;
}
