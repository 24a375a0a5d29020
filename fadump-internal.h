/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the glue files share: the state, the backend interface, and who may be
 * called by whom.
 */

#ifndef _POWERPC_FADUMP_INTERNAL_H
#define _POWERPC_FADUMP_INTERNAL_H

#include <linux/init.h>
#include <linux/mm.h>
#include <linux/mutex.h>

#include "fadump-pure.h"

struct page;

/**
 * struct fadump_fw - what a backend found out about the firmware
 * @min_boot_mem: smallest boot memory that firmware and kernel get along with
 * @nr_threads: CPUs that may ever run here
 * @cpu_size: slot to leave for the register save area
 * @hpte_size: slot to leave for hash table entries
 * @meta_size: slot to leave for what the backend leaves for the next kernel
 * @window: RAM that firmware writes to at every boot, also when a dump is waiting;
 *	size 0 if none is known
 * @dump: description of a dump that is waiting, in the flat device tree or
 *	wherever firmware says; empty if there is none
 *
 * Written by the backend's probe, constant from then on.
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
 * A backend moves numbers between the plan or the dump and firmware's calls. It
 * does no arithmetic of its own and keeps no copy of the core's state. All
 * hooks are needed. Those that return int return 0 or -errno.
 *
 * @name: for messages, e.g. "rtas"
 * @node: name of the depth-1 device tree node that it lives in
 * @max_copies: pieces of boot memory that firmware can copy
 * @max_copy: bytes of one such piece, 0 for no limit
 * @records_name_hw_id: in the records of other kernels the crashing CPU goes by
 *	firmware's name, not by Linux's number
 * @needs_end_of_ram: devices are set up for memory that ends where RAM ends
 * @keeps_dump: a dump that is not discarded is there again after a reset
 * @sizes_hash_table: with a hash MMU the kernel makes the table, once, as large
 *	as the memory that it has at boot requires
 *
 * @probe: look at @node of the flat tree and fill @fw. Real mode, before
 *	memblock knows any memory. -ENODEV where firmware cannot dump.
 * @decode: read @fw->dump into @dump. Real mode, as above. May be pure.
 *	-ENODATA where there is no dump after all. Any other error: there is one,
 *	and its description is not usable, but for what @dump has nevertheless.
 * @arm: tell firmware to save according to @plan. Process context, may sleep.
 *	With @again it has that plan already and keeps it, whatever it answers.
 * @disarm: tell firmware to forget any plan, also one of an earlier boot.
 *	Process context, or any with @can_sleep false.
 * @discard: tell firmware that the dump has been dealt with. Context as @disarm.
 *	The memory stays ours until it has succeeded.
 * @trigger: let firmware take over. Any context, NMI included; takes no lock,
 *	does not allocate. Returns only when firmware would not. A system reset
 *	that interrupts it calls it again, and does not return to it.
 * @cpus_open: begin to read what firmware wrote about CPUs. May be pure.
 * @cpus_next: the next CPU: 1 with @cpu filled, 0 at the end. May be pure.
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

extern const struct fadump_backend rtas_fadump_backend;
extern const struct fadump_backend opal_fadump_backend;

/* backends.c: every backend of this kernel, ends with NULL */
extern const struct fadump_backend * const fadump_backends[];
const struct fadump_backend *fadump_backend_at(const char *node);

/**
 * enum fadump_state - where we are; changed under fadump.c's mutex
 * @FADUMP_OFF: no firmware, not wanted, or no memory for it
 * @FADUMP_PLANNED: memory is set aside, firmware does not know of it
 * @FADUMP_ARMED: firmware will dump
 * @FADUMP_CAPTURED: a dump is waiting; its memory is not ours to use
 */
enum fadump_state {
	FADUMP_OFF,
	FADUMP_PLANNED,
	FADUMP_ARMED,
	FADUMP_CAPTURED,
};

/**
 * struct fadump_record - what the dead kernel said, and where
 * @bytes: mapped memory, which @info points into
 * @at: its real address
 * @kind: whose it is
 * @head: of a record of ours, in @bytes; writable
 * @info: what it says
 */
struct fadump_record {
	struct fadump_bytes bytes;
	u64 at;
	enum fadump_record_kind kind;
	struct crash_info_head_ser *head;
	struct fadump_crash_info info;
};

/**
 * enum fadump_from - from where something about a dump is known
 * @FADUMP_FROM_NOWHERE: it is not
 * @FADUMP_FROM_FIRMWARE: firmware said so
 * @FADUMP_FROM_RECORD: the dead kernel did
 * @FADUMP_FROM_SEARCH: it was looked for in memory
 */
enum fadump_from {
	FADUMP_FROM_NOWHERE,
	FADUMP_FROM_FIRMWARE,
	FADUMP_FROM_RECORD,
	FADUMP_FROM_SEARCH,
};

/**
 * enum fadump_fate - what became of the dump that was found at boot
 * @FADUMP_FATE_NONE: there was none
 * @FADUMP_FATE_WAITING: it can be read
 * @FADUMP_FATE_RELEASED: it was given back
 * @FADUMP_FATE_GIVEN_UP: it could not be saved, as it seems
 * @FADUMP_FATE_STALE: only its description was left, by a kernel before this one
 */
enum fadump_fate {
	FADUMP_FATE_NONE,
	FADUMP_FATE_WAITING,
	FADUMP_FATE_RELEASED,
	FADUMP_FATE_GIVEN_UP,
	FADUMP_FATE_STALE,
};

/**
 * struct fadump_origin - what came from where, for people; outlives the dump
 * @fate: what became of it
 * @attempt: which attempt to save it this is, 0 if nobody counts
 * @description: of the memory
 * @vmcoreinfo: where the note was found
 * @record: whose record
 * @release: of the dead kernel, "" if unknown
 * @crashing_cpu: its number, CRASH_INFO_CPU_NONE if unknown
 * @has_crash_regs: it saved its registers
 * @nr_notes: CPUs whose registers are known
 * @nr_slots: those of them that have them in the dead kernel's memory as well
 * @boot_mem: bytes of boot memory that can be read
 * @high_mem: bytes of other memory
 * @lost: bit mask of enum fadump_lost
 */
struct fadump_origin {
	enum fadump_fate fate;
	u32 attempt;
	enum fadump_from description;
	enum fadump_from vmcoreinfo;
	enum fadump_record_kind record;
	char release[CRASH_INFO_RELEASE_SZ];
	u32 crashing_cpu;
	bool has_crash_regs;
	u32 nr_notes;
	u32 nr_slots;
	u64 boot_mem;
	u64 high_mem;
	u32 lost;
};

/**
 * struct fadump - the state
 * @lock: held by who looks, and for the moment in which several members change.
 *	Nobody waits for firmware or for memory under it. @state alone may change
 *	at any time.
 * @backend: firmware's kind, NULL where it cannot dump
 * @fw: what it told
 * @state: see enum fadump_state
 * @enabled: fadump= asks for it and there is a plan
 * @mode: the value of fadump=
 * @need: boot memory that a capture is likely to need, with @backend
 * @plan: for the next crash; valid while @enabled
 * @dump: from the last one; valid in FADUMP_CAPTURED
 * @kept_from: memory from here on is kept for it; valid in FADUMP_CAPTURED
 * @boot_mem: bytes of memory below that, which this kernel lives in; valid in
 *	FADUMP_CAPTURED
 * @limit: where RAM ends for this kernel
 * @absent: memory kept for it that this kernel does not have until release;
 *	after that, what is still to come
 * @kept: bytes that release gives back; known from then on
 * @origin: what it is made of; valid as long as @origin.fate says
 * @ram: all RAM as firmware described it
 * @usable: less what firmware keeps for itself, in pages of any kernel
 * @firmwares: what firmware keeps for itself, in pages of this kernel
 * @claims: memory that has other owners
 * @is_surveyed: these four are complete. If they are not, nothing is freed or
 *	planned.
 * @high: preserved memory above the boot memory, less the dump area; valid in
 *	FADUMP_CAPTURED
 *
 * fadump.c owns it. Everybody else gets to see it const, through
 * fadump_inspect().
 */
struct fadump {
	struct mutex lock;	/* for those who look */
	const struct fadump_backend *backend;
	struct fadump_fw fw;
	enum fadump_state state;
	bool enabled;
	enum fadump_mode mode;
	u64 need;
	struct fadump_plan plan;
	struct fadump_dump dump;
	u64 kept_from;
	u64 boot_mem;
	u64 limit;
	struct fadump_ranges absent;
	u64 kept;
	struct fadump_origin origin;
	struct fadump_ranges ram;
	struct fadump_ranges usable;
	struct fadump_ranges firmwares;
	struct fadump_ranges claims;
	bool is_surveyed;
	struct fadump_ranges high;
};

/* fadump.c */
int fadump_inspect(int (*fn)(const struct fadump *f, void *arg), void *arg);
int fadump_register(bool on);
int fadump_release(void);
int fadump_set_bootargs(const char *text, size_t len);
const struct fadump_range *fadump_lendable(void);

/* cmdline.c: early boot */
enum fadump_mode fadump_cmdline_mode(void);
u64 fadump_cmdline_boot_mem(void);
u32 fadump_cmdline_attempts(void);

/* need.c: early boot */
u64 fadump_need_estimate(const struct fadump_backend *backend,
			 const struct fadump_fw *fw);

/* lifecycle.c */
void fadump_attach(struct fadump *f, const struct fadump_backend *backend,
		   unsigned long node);
int fadump_arm(struct fadump *f);
int fadump_disarm(struct fadump *f, bool can_sleep);
void fadump_rearm(struct fadump *f);
void fadump_leave_out(struct fadump *f);
int fadump_give_back(struct fadump *f, enum fadump_fate fate);

/* claims.c: who owns which memory. Early boot, real mode. */
int fadump_claims_collect(struct fadump_ranges *claims);
int fadump_gigantic_collect(struct fadump_ranges *claims);
int fadump_firmware_collect(struct fadump_ranges *set);
int fadump_ram_collect(struct fadump_ranges *ram);

/* pages.c: giving memory to the page allocator */
void fadump_pages_free(struct page *page, unsigned int order);
void fadump_pages_release(const struct fadump_ranges *set);

/* absent.c: preserved memory that this kernel does without until release */
#ifdef CONFIG_MEMORY_HOTPLUG
const char *fadump_absent_why_not(const struct fadump_backend *backend);
u64 fadump_absent_block(void);
void fadump_absent_leave_out(struct fadump_ranges *set);
void fadump_absent_claim(const struct fadump_ranges *set);
int fadump_absent_return(struct fadump_ranges *set);
#else
static inline const char *
fadump_absent_why_not(const struct fadump_backend *backend)
{
	return "this kernel has no memory hotplug";
}

static inline u64 fadump_absent_block(void)
{
	return PAGE_SIZE;
}

static inline void fadump_absent_leave_out(struct fadump_ranges *set) {}
static inline void fadump_absent_claim(const struct fadump_ranges *set) {}

static inline int fadump_absent_return(struct fadump_ranges *set)
{
	return 0;
}
#endif

/* crash.c */
int fadump_crash_prepare(const struct fadump_backend *backend,
			 const struct fadump_plan *plan);
void fadump_crash_arm(void);
void fadump_crash_disarm(void);
void fadump_crash_void(void);

/* records.c */
struct fadump_bytes fadump_map(u64 base, u64 size);
void fadump_unmap(struct fadump_bytes *b);
int fadump_record_open(const struct fadump_dump *dump,
		       const struct fadump_ranges *ram,
		       struct fadump_record *rec);
void fadump_record_close(struct fadump_record *rec);
enum fadump_from fadump_record_vmcoreinfo(const struct fadump_record *rec,
					  const struct fadump_dump *dump,
					  const struct fadump_ranges *ram,
					  const struct fadump_ranges *high,
					  struct fadump_range *at);
void fadump_record_free(void);

/* notes.c */
void fadump_notes_build(struct fadump *f, struct fadump_crash_info *info,
			struct fadump_range *at);
void fadump_notes_free(void);

/* readers.c */
void fadump_readers_expect(const struct fadump_dump *dump,
			   const struct fadump_range *last);
bool fadump_readers_have_saved(void);

/* capture.c */
int fadump_capture_open(struct fadump *f);
int fadump_capture_shut(void);
void fadump_capture_reopen(void);
void fadump_capture_end(void);
void fadump_capture_close(void);
#ifdef CONFIG_FA_DUMP
bool fadump_kernel_initiated(void);
#else
static inline bool fadump_kernel_initiated(void)
{
	return false;
}
#endif

/* bootargs.c */
void fadump_bootargs_suit(void);
void fadump_bootargs_append(const struct fadump_range *at);
void fadump_bootargs_place(struct fadump_range *at);
void fadump_bootargs_write(const struct fadump_range *at, const char *text,
			   size_t len);
void fadump_bootargs_carry_over(const struct fadump_range *at);
size_t fadump_bootargs_read(const struct fadump_range *at, char *buf,
			    size_t cap);

/* cma-reserve.c */
#ifdef CONFIG_CMA
void fadump_cma_lend_again(const struct fadump_range *area);
struct fadump_range fadump_cma_lent(void);
#else
static inline void fadump_cma_lend_again(const struct fadump_range *area) {}

static inline struct fadump_range fadump_cma_lent(void)
{
	return (struct fadump_range) { };
}
#endif

/* peak.c */
void fadump_peak_begin(u64 size, u64 min);
void fadump_peak_sample(void);
void fadump_peak_end(void);
void fadump_peak_report(void);
u64 fadump_peak_used(void);
u64 fadump_peak_recommended(void);

/* hugetlb.c */
#ifdef CONFIG_HUGETLB_PAGE
void fadump_hugetlb_withhold(void);
void fadump_hugetlb_allow(void);
#else
static inline void fadump_hugetlb_withhold(void) {}
static inline void fadump_hugetlb_allow(void) {}
#endif

/* status.c */
int fadump_status_show(const struct fadump *f, char *buf);

/* sysfs.c, debugfs.c */
int fadump_sysfs_init(void);
void fadump_debugfs_init(void);

static inline struct fadump_bytes fadump_bytes_at(const struct fadump_range *r)
{
	return (struct fadump_bytes) { .data = __va(r->base), .len = r->size };
}

#endif /* _POWERPC_FADUMP_INTERNAL_H */
