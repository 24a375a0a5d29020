/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a dump and the interface of the firmware backends, which all
 * kernel code of this directory knows, and what the files on top offer to each
 * other.
 *
 * Calls and includes run one way::
 *
 *	lib/  <-  fadump-internal.h  <-  boot/, memory/  <-  capture/  <-  files on top
 *
 * Each folder has a header that says what its code may do. Kernel code calls the
 * library, never the reverse.
 */

#ifndef _POWERPC_FADUMP_INTERNAL_H
#define _POWERPC_FADUMP_INTERNAL_H

#include <linux/init.h>
#include <linux/mm.h>
#include <linux/mutex.h>

#include "lib/fadump-lib.h"

/**
 * struct fadump_fw - what a backend has read about the firmware
 * @min_boot_mem: smallest boot memory that firmware accepts and the kernel boots in
 * @nr_threads: hardware threads that may ever run on this machine
 * @cpu_size: bytes to reserve for the register save area
 * @hpte_size: bytes to reserve for hash table entries
 * @meta_size: bytes to reserve for the data that the backend leaves to the next
 *	kernel
 * @window: RAM that firmware writes to at every boot, a boot after a crash
 *	included; size 0 if none is known
 * @dump: description of a waiting dump, in the flat device tree or where firmware
 *	points to; empty if no dump is waiting
 *
 * The backend's probe() fills it. It is constant afterwards.
 */
struct fadump_fw {
	u64 min_boot_mem;
	u32 nr_threads;
	u64 cpu_size;
	u64 hpte_size;
	u64 meta_size;
	struct fadump_range window;
	struct fadump_bytes dump;
};

/**
 * struct fadump_backend - one kind of firmware
 *
 * A backend translates between plan and dump on one side and firmware calls on the
 * other. The library does its arithmetic. It keeps no copy of the state. Every hook
 * is required; hooks that return int return 0 or -errno.
 *
 * @name: for messages, e.g. "rtas"
 * @node: name of its device tree node, which has depth 1
 * @max_copies: pieces of boot memory that firmware can copy
 * @max_copy: bytes of one such piece, 0 for no limit
 * @records_name_hw_id: records of other kernels identify the crashing CPU by
 *	firmware's number, not by Linux's
 * @needs_end_of_ram: the setup of devices needs memory where RAM ends
 * @keeps_dump: a dump that was not discarded is still there after a reset
 * @sizes_hash_table: with a hash MMU the kernel sizes the table once, for the
 *	memory that it has at boot
 *
 * @probe: look at @node of the flat tree and fill @fw. Real mode, memblock is
 *	empty. -ENODEV where firmware cannot dump.
 * @decode: read @fw->dump into @dump. Real mode, memblock is empty.
 *	-ENODATA where no dump is waiting after all. Any other error: a dump is
 *	waiting and its description is unusable, except for what @dump has.
 * @arm: tell firmware to save according to @plan. Process context, may sleep.
 *	With @again firmware has that plan already and keeps it, whatever this
 *	call returns.
 * @disarm: tell firmware to forget any plan, also one of an earlier boot.
 *	Process context; any context with @can_sleep false.
 * @discard: tell firmware that the dump is not needed any more. Context as for
 *	@disarm. The dump's memory must stay untouched until it has succeeded.
 * @trigger: let firmware take over. Any context, NMI included; takes no lock and
 *	does not allocate. It returns only where firmware refuses. A system reset
 *	that interrupts it calls it again, and does not return to it.
 * @cpus_open: start to read what firmware wrote about CPUs. May be library code.
 * @cpus_next: the next CPU: 1 with @cpu filled, 0 at the end. May be library code.
 */
struct fadump_backend {
	const char *name;
	const char *node;
	u32 max_copies;
	u64 max_copy;
	bool records_name_hw_id;
	bool needs_end_of_ram;
	bool keeps_dump;
	bool sizes_hash_table;

	int (*probe)(unsigned long node, struct fadump_fw *fw);
	int (*decode)(const struct fadump_fw *fw, struct fadump_dump *dump);
	int (*arm)(const struct fadump_plan *plan, bool again);
	int (*disarm)(bool can_sleep);
	int (*discard)(bool can_sleep);
	void (*trigger)(const char *msg);
	int (*cpus_open)(struct fadump_cpu_iter *it,
			 const struct fadump_bytes *bytes, u32 step);
	int (*cpus_next)(struct fadump_cpu_iter *it, struct fadump_cpu_regs *cpu);
};

/**
 * enum fadump_state - the state machine; fadump.c's mutex protects changes
 * @FADUMP_OFF: no firmware support, not asked for, or not enough memory
 * @FADUMP_PLANNED: memory is reserved, firmware does not know the plan
 * @FADUMP_ARMED: firmware has the plan; a crash ends in a dump
 * @FADUMP_CAPTURED: a dump is waiting; its memory must not be touched
 */
enum fadump_state {
	FADUMP_OFF,
	FADUMP_PLANNED,
	FADUMP_ARMED,
	FADUMP_CAPTURED,
};

/**
 * enum fadump_source - where a piece of information about a dump comes from
 * @FADUMP_SOURCE_NONE: it is unknown
 * @FADUMP_SOURCE_FIRMWARE: from firmware
 * @FADUMP_SOURCE_RECORD: from the crashed kernel's record
 * @FADUMP_SOURCE_SEARCH: from a search through memory
 */
enum fadump_source {
	FADUMP_SOURCE_NONE,
	FADUMP_SOURCE_FIRMWARE,
	FADUMP_SOURCE_RECORD,
	FADUMP_SOURCE_SEARCH,
};

/**
 * enum fadump_outcome - what became of the dump that boot found
 * @FADUMP_OUTCOME_NONE: boot found no dump
 * @FADUMP_OUTCOME_WAITING: it is readable as /proc/vmcore
 * @FADUMP_OUTCOME_RELEASED: it was released
 * @FADUMP_OUTCOME_GIVEN_UP: too many attempts to save it failed
 * @FADUMP_OUTCOME_STALE: an earlier kernel had released it and only its
 *	description was left
 */
enum fadump_outcome {
	FADUMP_OUTCOME_NONE,
	FADUMP_OUTCOME_WAITING,
	FADUMP_OUTCOME_RELEASED,
	FADUMP_OUTCOME_GIVEN_UP,
	FADUMP_OUTCOME_STALE,
};

/**
 * struct fadump_summary - what dump_status shows; outlives the dump
 * @outcome: what became of it
 * @attempt: number of this attempt to save it, 0 if attempts are not counted
 * @description: source of the memory's description
 * @vmcoreinfo: source of the VMCOREINFO note
 * @record: kind of the crashed kernel's record
 * @release: of the crashed kernel, "" if unknown
 * @crashing_cpu: its Linux number, CRASH_INFO_CPU_NONE if unknown
 * @has_crash_regs: the crashing CPU saved its own registers
 * @nr_notes: CPUs whose registers are known
 * @nr_slots: those of them whose crash_notes slot is filled as well
 * @boot_mem: bytes of boot memory that are readable
 * @unmoved_mem: bytes of other memory that are readable
 * @missing: bit mask of enum fadump_missing
 */
struct fadump_summary {
	enum fadump_outcome outcome;
	u32 attempt;
	enum fadump_source description;
	enum fadump_source vmcoreinfo;
	enum fadump_record_kind record;
	char release[CRASH_INFO_RELEASE_SZ];
	u32 crashing_cpu;
	bool has_crash_regs;
	u32 nr_notes;
	u32 nr_slots;
	u64 boot_mem;
	u64 unmoved_mem;
	u32 missing;
};

/**
 * struct fadump - the state
 * @lock: fadump_inspect() holds it while it reads, and a writer while it changes
 *	members that belong together. Its holder does not wait for firmware or
 *	for memory. @state alone changes at any time.
 * @backend: the kind of firmware, NULL where it cannot dump
 * @fw: what the backend has read about it
 * @state: see enum fadump_state
 * @enabled: fadump= asks for a dump and @plan is valid
 * @mode: the value of fadump=
 * @estimate: boot memory that a capture kernel probably needs; valid with @backend
 * @plan: for the next crash; valid while @enabled
 * @dump: of the last crash; valid in FADUMP_CAPTURED
 * @kept_from: memory from this address on is kept for @dump; valid in
 *	FADUMP_CAPTURED
 * @boot_mem: bytes of memory below @kept_from, in which this kernel lives; valid
 *	in FADUMP_CAPTURED
 * @limit: end of RAM for this kernel, after mem=
 * @deferred: memory of the dump that this kernel adds at the release. It shrinks
 *	from the end while that happens.
 * @release_total: bytes that the release returns; known from its start on
 * @summary: of the dump; valid as @summary.outcome says
 * @ram: all RAM, as firmware describes it
 * @usable: @ram without what firmware owns, in pages of any kernel
 * @fw_owned: what firmware owns, in pages of this kernel
 * @reserved: memory that must be neither reserved nor released
 * @has_memory_map: the four sets above are complete. If they are not, nothing is
 *	planned and nothing is released.
 * @unmoved: preserved memory above the boot memory, without the dump area; valid
 *	in FADUMP_CAPTURED
 *
 * It belongs to fadump.c, which hands it to the other files on top. Files that only
 * show it get it const from fadump_inspect().
 */
struct fadump {
	struct mutex lock;	/* for readers of the state */
	const struct fadump_backend *backend;
	struct fadump_fw fw;
	enum fadump_state state;
	bool enabled;
	enum fadump_mode mode;
	u64 estimate;
	struct fadump_plan plan;
	struct fadump_dump dump;
	u64 kept_from;
	u64 boot_mem;
	u64 limit;
	struct fadump_ranges deferred;
	u64 release_total;
	struct fadump_summary summary;
	struct fadump_ranges ram;
	struct fadump_ranges usable;
	struct fadump_ranges fw_owned;
	struct fadump_ranges reserved;
	bool has_memory_map;
	struct fadump_ranges unmoved;
};

/* fadump.c: the state, for the files that show it and write to it */
int fadump_inspect(int (*fn)(const struct fadump *f, void *arg), void *arg);
int fadump_register(bool on);
int fadump_release(void);
int fadump_set_bootargs(const char *text, size_t len);

/* reserve.c: early boot */
const struct fadump_backend *fadump_backend_at(const char *node);
void fadump_probe(struct fadump *f, const struct fadump_backend *backend,
		  unsigned long node);
int fadump_reserve(struct fadump *f);
void fadump_reserve_late(struct fadump *f);

/* arm.c */
void fadump_set_state(struct fadump *f, enum fadump_state state);
int fadump_arm(struct fadump *f);
int fadump_disarm(struct fadump *f, bool can_sleep);
void fadump_rearm(struct fadump *f);

/* crash.c */
int fadump_crash_prepare(const struct fadump_backend *backend,
			 const struct fadump_plan *plan);
void fadump_crash_arm(void);
void fadump_crash_disarm(void);
void fadump_crash_invalidate(void);

/* elfcore.c */
int fadump_vmcore_create(struct fadump *f);
void fadump_vmcore_mark_ended(void);
int fadump_vmcore_forbid_open(void);
void fadump_vmcore_allow_open(void);
void fadump_vmcore_remove(void);
#ifdef CONFIG_FA_DUMP
bool fadump_kernel_initiated(void);
#else
static inline bool fadump_kernel_initiated(void)
{
	return false;
}
#endif

/* release.c */
int fadump_releasable(const struct fadump *f, struct fadump_ranges *set);
int fadump_release_locked(struct fadump *f, enum fadump_outcome outcome);

/* cma-reserve.c */
#ifdef CONFIG_CMA
void fadump_cma_plan(const struct fadump_range *area);
void fadump_cma_restore(const struct fadump_range *area);
struct fadump_range fadump_cma_range(void);
#else
static inline void fadump_cma_plan(const struct fadump_range *area) {}
static inline void fadump_cma_restore(const struct fadump_range *area) {}

static inline struct fadump_range fadump_cma_range(void)
{
	return (struct fadump_range) { };
}
#endif

/* status.c */
int fadump_status_show(const struct fadump *f, char *buf);

/* rtas-fadump.c, opal-fadump.c */
extern const struct fadump_backend rtas_fadump_backend;
extern const struct fadump_backend opal_fadump_backend;

/* reserve.c: every backend of this kernel, ends with NULL */
extern const struct fadump_backend * const fadump_backends[];

static inline struct fadump_bytes fadump_bytes_at(const struct fadump_range *r)
{
	return (struct fadump_bytes) { .data = __va(r->base), .len = r->size };
}

#endif /* _POWERPC_FADUMP_INTERNAL_H */
