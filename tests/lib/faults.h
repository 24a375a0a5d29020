/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The catalogue of faults: what can be wrong with the bytes that firmware and
 * the dead kernel leave, and what that may cost. One table, used three times:
 * by the suite in faults_kunit.c, on a host and in the kernel, and as JSON by
 * whoever stages a fault in a running machine.
 *
 * A crash dump cannot be taken twice. Whatever is damaged costs only what it
 * describes; no fault may lose the dump.
 */

#ifndef _POWERPC_FADUMP_FAULTS_H
#define _POWERPC_FADUMP_FAULTS_H

#include "lib/fadump-lib.h"

#define FAULT_CHANGES	4

/* The machines that the table is about: four CPUs, the third of which dies. */
#define FAULT_CPUS	4
#define FAULT_CRASH_CPU	2

/* Their capture kernel ends here, their boot memory does later. */
#define FAULT_KERNEL_END	0x2000000ULL

/* More than any of the blobs has. */
#define FAULT_BLOB_SZ	8192

/**
 * enum fault_blob - what is damaged
 * @FAULT_RTAS_DUMP: property ibm,kernel-dump
 * @FAULT_REGSAVE: RTAS's register save area
 * @FAULT_SLOT: slot of the crash-info records, with a FADMPSIG record in front
 * @FAULT_RECORD: our record, the second one in that slot
 * @FAULT_OPAL_META: what the kernel left for the next one under OPAL
 * @FAULT_OPAL_CPU: what OPAL's tag for CPUs points to
 * @FAULT_OPAL_THREADS: OPAL's register data
 * @FAULT_NOTE: VMCOREINFO
 * @FAULT_NR_BLOBS: how many there are
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
 * enum fault_op - how a value gets into the blob, big endian
 * @FAULT_SET: it stands there afterwards
 * @FAULT_ADD: it is added, modulo the width
 * @FAULT_XOR: its bits are turned
 */
enum fault_op {
	FAULT_SET,
	FAULT_ADD,
	FAULT_XOR,
};

/* A kernel may know one firmware only, which Kbuild says; a host knows both. */
#ifndef __KERNEL__
#define FAULT_HAS_PSERIES	1
#define FAULT_HAS_POWERNV	1
#endif

/* Firmware of the machine. */
#define FAULT_PSERIES	0x1
#define FAULT_POWERNV	0x2

/*
 * Places in a crash-info record: fields of part @id, or of its entry in the
 * table of parts. Where those are is read from the record.
 */
#define FAULT_IN_PART(id)	((u32)(id) << 24)
#define FAULT_IN_ENTRY(id)	(FAULT_IN_PART(id) | 1U << 23)

/**
 * struct fault_change - one change to a blob
 * @at: offset, or FAULT_IN_* and an offset there
 * @width: bytes: 1, 2, 4 or 8; 0 ends the list
 * @op: enum fault_op
 * @value: what to do it with
 */
struct fault_change {
	u32 at;
	u8 width;
	u8 op;
	u64 value;
};

/* All that there was. */
#define FAULT_ALL	U64_MAX

/**
 * struct fault - one entry of the catalogue
 * @id: group, number, letter
 * @blob: what is damaged
 * @text: the fault, for people
 * @change: how
 * @missing: what the dump has to say that it lacks, bit mask of enum fadump_missing
 * @cpus: CPU notes in the core, 0 for one of each CPU
 * @left: those of them that are not in the dead kernel's memory
 * @missing_bytes: bytes of boot memory that are not in the core
 * @cut: what is left of the blob, in bytes; 0: all. Memory goes on with zeros.
 * @sums: checksums over the changes are right again. For FAULT_XOR only: what
 *	becomes of a checksum then does not depend on what it covers.
 * @host_only: cannot be staged in a machine, or not with the same outcome
 */
struct fault {
	const char *id;
	enum fault_blob blob;
	const char *text;
	struct fault_change change[FAULT_CHANGES];
	u32 missing;
	u32 cpus;
	u32 left;
	u64 missing_bytes;
	u32 cut;
	bool sums;
	bool host_only;
};

/* As many as there are: suites want to see the size of the array. */
#define NR_FAULTS	277

extern const struct fault fadump_faults[NR_FAULTS];

/**
 * struct fault_machine - a machine after a crash, with nothing wrong yet
 * @firmware: FAULT_PSERIES or FAULT_POWERNV
 * @ram: all of it
 * @usable: less what firmware keeps
 * @ram_array: space for the former
 * @usable_array: space for the latter
 * @plan: what the dead kernel had planned
 * @note: VMCOREINFO, where the dead kernel had it
 * @blob: bytes of each blob, NULL for one that this machine does not have.
 *	FAULT_RECORD is a part of FAULT_SLOT.
 * @len: how many
 * @at: address, 0 for a property
 * @data: space for them
 * @delta: space for computing checksums
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

/* Each change, and the checksums over them. */
#define FAULT_MAX_RESOLVED	(FAULT_CHANGES + 8)

u32 fadump_fault_firmware(enum fault_blob blob);
const char *fadump_fault_blob(enum fault_blob blob);
u32 fadump_fault_hw_id(const struct fault_machine *m, u32 cpu);
void fadump_fault_machine(struct fault_machine *m, u32 firmware);
u32 fadump_fault_resolve(const struct fault *f, struct fault_machine *m,
			 struct fault_change *to);
void fadump_fault_apply(const struct fault *f, struct fault_machine *m);

#endif /* _POWERPC_FADUMP_FAULTS_H */
