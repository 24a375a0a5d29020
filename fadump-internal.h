/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a dump, the interface of the firmware backends, and the functions
 * that the files on top (those outside of the folders) offer to each other.
 *
 * A file includes and calls only what is to its left::
 *
 *	lib/  <-  fadump-internal.h  <-  boot/, memory/  <-  capture/  <-  files on top
 *
 * Each folder has a header that says what its code may do.
 *
 * This header and lib/fadump-lib.h include what all of their users need; a file
 * includes only what it needs in addition.
 */

#ifndef _POWERPC_FADUMP_INTERNAL_H
#define _POWERPC_FADUMP_INTERNAL_H

#include <linux/init.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/printk.h>

#include "lib/fadump-lib.h"

/**
 * struct fadump_fw - what a backend has read about the firmware
 * @min_boot_mem: smallest boot memory that firmware accepts and the kernel boots in
 * @nr_threads: hardware threads that may ever run on this machine
 * @cpu_size: bytes to reserve for the register save area
 * @hpte_size: bytes to reserve for hash table entries
 * @meta_size: bytes to reserve for the data that the backend leaves to the next
 *	kernel
 * @window: RAM that firmware overwrites at every boot, also at the boot after a
 *	crash; size 0 if none is known
 * @dump: description of a waiting dump, in the flat device tree or at the address
 *	that firmware gives; empty if no dump is waiting
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
 * A backend makes firmware calls from a plan, and a dump from firmware's data. The
 * library does the arithmetic. A backend keeps no copy of the state. Every hook is
 * required. Hooks that return int return 0 or -errno.
 *
 * @name: for messages, e.g. "rtas"
 * @node: name of its device tree node, which has depth 1
 * @max_copies: pieces of boot memory that firmware can copy
 * @max_copy: bytes of one such piece, 0 for no limit
 * @records_name_hw_id: in FADMPSIG and FADMPINF records, which other kernels write and
 *	read, the crashing CPU has firmware's number, not Linux's
 * @needs_end_of_ram: the kernel must have the last page of RAM when it finds
 *	devices: it makes their DMA windows as large as RAM is then
 * @keeps_dump: a dump that was not discarded is still there after a reset
 * @sizes_hash_table: with a hash MMU the kernel sizes the table once, for the
 *	memory that it has at boot
 *
 * @probe: look at @node of the flat tree and fill @fw. Real mode, memblock is
 *	empty. -ENODEV if firmware cannot dump.
 * @decode: read @fw->dump into @dump. Real mode, memblock is empty.
 *	-ENODATA if there is no dump after all. After any other error there is a
 *	dump, and only what @dump has of its description is usable.
 * @arm: tell firmware to save according to @plan. Process context, may sleep.
 *	If @again is set, firmware has this plan already, and keeps it even if
 *	this call fails.
 * @disarm: tell firmware to forget any plan, also one of an earlier boot. Any
 *	context if @can_sleep is false, else process context.
 * @discard: tell firmware that the dump is not needed any more. Context as for
 *	@disarm. The dump's memory must stay untouched until this call succeeds.
 * @trigger: let firmware take over. Any context, NMI included; takes no lock and
 *	does not allocate. It returns only if firmware refuses. A system reset
 *	may interrupt this call; it then calls @trigger again, and does not
 *	return to the interrupted call.
 * @cpus_open: start to iterate over the CPUs whose registers firmware saved. May be
 *	library code: lib/rtas-regsave.c, lib/opal-regs.c.
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
 * @nr_slots: CPUs whose slot in the crashed kernel's crash_notes is filled
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
 * @lock: for readers, which call fadump_inspect(). A writer takes it to change
 *	members that belong together. Its holder does not wait for firmware or
 *	for memory. Writers change @state without it, too.
 * @backend: the kind of firmware, NULL where it cannot dump
 * @fw: what the backend has read about it
 * @state: see enum fadump_state; is_fadump_active() and others read it without a lock
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
 * @release_total: bytes that the release returns, deferred memory included; set when
 *	the dump is released
 * @summary: of the dump; valid unless @summary.outcome is FADUMP_OUTCOME_NONE
 * @ram: all RAM, as firmware describes it
 * @usable: @ram without the pages of 64 KiB that firmware owns as a whole
 * @fw_owned: pages of this kernel that firmware owns, as a whole or in part
 * @reserved: memory that others use: no dump area lies there, no release returns it
 * @has_memory_map: the four sets above are complete. If they are not, nothing is
 *	planned and nothing is released.
 * @unmoved: preserved memory above the boot memory, without the dump area; valid
 *	in FADUMP_CAPTURED
 *
 * The only instance is in fadump.c, which passes it to the other files on top. Files
 * that only show the state get it const from fadump_inspect().
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
bool fadump_is_supported(void);
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
