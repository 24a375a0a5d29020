/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The catalogue of faults: damage to the data of firmware and of the crashed kernel,
 * and what the dump may lack because of it. The table is used by faults_kunit.c, on the
 * host and in the kernel, and exported as JSON for scenarios that inject a fault into a
 * running machine.
 *
 * A crash dump cannot be taken twice. Damage may cost only the data that it hits; no
 * fault may cost the dump.
 */

#ifndef _POWERPC_FADUMP_FAULTS_H
#define _POWERPC_FADUMP_FAULTS_H

#include "lib/fadump-lib.h"

#define FAULT_CHANGES	4

/* The machines of the table have four CPUs; the third crashes. */
#define FAULT_CPUS	4
#define FAULT_CRASH_CPU	2

/* End of the capture kernel, inside the boot memory. */
#define FAULT_KERNEL_END	0x2000000ULL

/* Upper limit of the size of a blob. */
#define FAULT_BLOB_SZ	8192

/**
 * enum fault_blob - what is damaged
 * @FAULT_RTAS_DUMP: property ibm,kernel-dump
 * @FAULT_REGSAVE: RTAS's register save area
 * @FAULT_SLOT: slot of the records: a FADMPSIG record, then ours
 * @FAULT_RECORD: our record, part of that slot
 * @FAULT_OPAL_META: metadata of the kernel for OPAL
 * @FAULT_OPAL_CPU: structure that OPAL_MPIPL_TAG_CPU points to
 * @FAULT_OPAL_THREADS: OPAL's register data
 * @FAULT_NOTE: VMCOREINFO
 * @FAULT_NR_BLOBS: number of blobs
 */
enum fault_blob {
	FAULT_RTAS_DUMP,
	FAULT_REGSAVE,
	FAULT_SLOT,
	FAULT_RECORD,
	FAULT_OPAL_META,
	FAULT_OPAL_CPU,
	FAULT_OPAL_THREADS,
	FAULT_NOTE,
	FAULT_NR_BLOBS,
};

/**
 * enum fault_op - how a value changes a big-endian word of a blob
 * @FAULT_SET: replaces it
 * @FAULT_ADD: is added to it, modulo the width
 * @FAULT_XOR: flips its bits
 */
enum fault_op {
	FAULT_SET,
	FAULT_ADD,
	FAULT_XOR,
};

/* Kbuild defines these for a kernel. The host build supports both. */
#ifndef __KERNEL__
#define FAULT_HAS_PSERIES	1
#define FAULT_HAS_POWERNV	1
#endif

/* Firmware of the machine. */
#define FAULT_PSERIES	0x1
#define FAULT_POWERNV	0x2

/*
 * Offsets relative to part @id of a crash-info record, or to its entry in the table of
 * parts.
 */
#define FAULT_IN_PART(id)	((u32)(id) << 24)
#define FAULT_IN_ENTRY(id)	(FAULT_IN_PART(id) | 1U << 23)

/**
 * struct fault_change - one change to a blob
 * @at: offset in the blob, or FAULT_IN_* and an offset there
 * @width: bytes: 1, 2, 4 or 8; 0 ends the list
 * @op: enum fault_op
 * @value: operand
 */
struct fault_change {
	u32 at;
	u8 width;
	u8 op;
	u64 value;
};

/* For @missing_bytes: all boot memory. */
#define FAULT_ALL	U64_MAX

/**
 * struct fault - one entry of the catalogue
 * @id: group, number, letter
 * @blob: the damaged blob
 * @text: description
 * @change: changes to the blob
 * @missing: what the dump must report as missing, bit mask of enum fadump_missing
 * @cpus: CPU notes in the core, 0 for one of each CPU
 * @empty_notes: CPU notes in the core whose crash note stays empty
 * @missing_bytes: bytes of boot memory that are not in the core
 * @cut: bytes of the blob that remain, 0 for all; memory after them is zero
 * @sums: correct the checksums over the changes. Only for FAULT_XOR: the change of a
 *	CRC then does not depend on the data.
 * @host_only: cannot be injected into a machine, or not with the same outcome
 */
struct fault {
	const char *id;
	enum fault_blob blob;
	const char *text;
	struct fault_change change[FAULT_CHANGES];
	u32 missing;
	u32 cpus;
	u32 empty_notes;
	u64 missing_bytes;
	u32 cut;
	bool sums;
	bool host_only;
};

/* Must match the table: the suites need the size of the array. */
#define NR_FAULTS	277

extern const struct fault fadump_faults[NR_FAULTS];

/**
 * struct fault_machine - a machine after a crash
 * @firmware: FAULT_PSERIES or FAULT_POWERNV
 * @ram: all RAM
 * @usable: RAM without the memory that firmware keeps
 * @ram_array: array of @ram
 * @usable_array: array of @usable
 * @plan: the plan of the crashed kernel
 * @note: VMCOREINFO at its address in the crashed kernel
 * @blob: data of each blob, NULL if the machine does not have it. FAULT_RECORD is part of
 *	FAULT_SLOT.
 * @len: bytes of each blob
 * @at: real address of each blob, 0 for a property
 * @data: buffers of the blobs
 * @delta: buffer to compute checksums
 */
struct fault_machine {
	u32 firmware;
	struct fadump_ranges ram;
	struct fadump_ranges usable;
	struct fadump_range ram_array[4];
	struct fadump_range usable_array[4];
	struct fadump_plan plan;
	struct fadump_range note;
	u8 *blob[FAULT_NR_BLOBS];
	size_t len[FAULT_NR_BLOBS];
	u64 at[FAULT_NR_BLOBS];
	u8 data[FAULT_NR_BLOBS][FAULT_BLOB_SZ];
	u8 delta[FAULT_BLOB_SZ];
};

/* Changes, and the checksums over them. */
#define FAULT_MAX_RESOLVED	(FAULT_CHANGES + 8)

u32 fadump_fault_firmware(enum fault_blob blob);
const char *fadump_fault_blob(enum fault_blob blob);
u32 fadump_fault_hw_id(const struct fault_machine *m, u32 cpu);
void fadump_fault_machine(struct fault_machine *m, u32 firmware);
u32 fadump_fault_resolve(const struct fault *f, struct fault_machine *m,
			 struct fault_change *to);
void fadump_fault_apply(const struct fault *f, struct fault_machine *m);

#endif /* _POWERPC_FADUMP_FAULTS_H */
