// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /sys/kernel/fadump/dump_status: what came from where, what is missing and why.
 * One "key: value" a line; programs read it.
 */

#include <linux/kernel.h>
#include <linux/sysfs.h>

#include "boot/boot.h"
#include "capture/capture.h"

static const char * const outcomes[] = {
	[FADUMP_OUTCOME_NONE] = "none",
	[FADUMP_OUTCOME_WAITING] = "waiting",
	[FADUMP_OUTCOME_RELEASED] = "released",
	[FADUMP_OUTCOME_GIVEN_UP] = "given-up",
	[FADUMP_OUTCOME_STALE] = "none",
};

static const char * const sources[] = {
	[FADUMP_SOURCE_NONE] = "none",
	[FADUMP_SOURCE_FIRMWARE] = "firmware",
	[FADUMP_SOURCE_RECORD] = "record",
	[FADUMP_SOURCE_SEARCH] = "search",
};

static const char * const records[] = {
	[FADUMP_RECORD_NONE] = "none",
	[FADUMP_RECORD_OWN] = "own",
	[FADUMP_RECORD_SIG] = "FADMPSIG",
	[FADUMP_RECORD_INF] = "FADMPINF",
};

/* Registers at the crash itself, or as firmware met the CPU inside its call. */
static const char *crash_registers(const struct fadump_summary *o)
{
	if (o->has_crash_regs)
		return sources[FADUMP_SOURCE_RECORD];
	return sources[o->nr_notes ? FADUMP_SOURCE_FIRMWARE : FADUMP_SOURCE_NONE];
}

static int show_cpus(const struct fadump_summary *o, char *buf, int at)
{
	if (o->crashing_cpu == CRASH_INFO_CPU_NONE)
		at += sysfs_emit_at(buf, at, "crashing_cpu: unknown\n");
	else
		at += sysfs_emit_at(buf, at, "crashing_cpu: %u\n",
				    o->crashing_cpu);
	at += sysfs_emit_at(buf, at, "crash_registers: %s\n",
			    crash_registers(o));
	at += sysfs_emit_at(buf, at, "cpus: %u\n", o->nr_notes);
	return at + sysfs_emit_at(buf, at, "crash_notes: %u slots filled, %u left\n",
				  o->nr_slots, o->nr_notes - o->nr_slots);
}

static int show_missing(const struct fadump_summary *o, char *buf, int at)
{
	u32 i;

	if (!o->missing)
		return at + sysfs_emit_at(buf, at, "missing: none\n");
	for (i = 0; i < FADUMP_NR_MISSING; i++)
		if (o->missing & BIT(i))
			at += sysfs_emit_at(buf, at, "missing: %s (%s)\n",
					    fadump_missing_code(i),
					    fadump_missing_text(i));
	return at;
}

/* Whoever ended it, an administrator or this kernel at boot. */
static bool is_returning(const struct fadump *f)
{
	return f->summary.outcome != FADUMP_OUTCOME_WAITING && READ_ONCE(f->deferred.nr);
}

static const char *outcome(const struct fadump *f)
{
	return is_returning(f) ? "releasing" : outcomes[f->summary.outcome];
}

/* Somebody may be plugging memory in while we look. */
static int show_return(const struct fadump *f, char *buf, int at)
{
	u64 left = fadump_ranges_total(&f->deferred);

	if (f->summary.outcome == FADUMP_OUTCOME_WAITING)
		return at;
	at += sysfs_emit_at(buf, at, "returned: %llu\n", f->release_total - left);
	return at + sysfs_emit_at(buf, at, "to_return: %llu\n", left);
}

/**
 * fadump_status_show - write the file
 * @f: the state
 * @buf: a page
 *
 * Return: length.
 */
int fadump_status_show(const struct fadump *f, char *buf)
{
	const struct fadump_summary *o = &f->summary;
	int at = sysfs_emit(buf, "dump: %s\n", outcome(f));

	if (!is_returning(f) &&
	    (o->outcome == FADUMP_OUTCOME_NONE || o->outcome == FADUMP_OUTCOME_STALE))
		return at;
	at = show_return(f, buf, at);
	at += sysfs_emit_at(buf, at, "attempt: %u\n", o->attempt);
	at += sysfs_emit_at(buf, at, "attempt_limit: %u\n",
			    fadump_cmdline_attempts());
	at += sysfs_emit_at(buf, at, "read: %s\n",
			    fadump_readers_have_saved() ? "end" : "no");
	at += sysfs_emit_at(buf, at, "description: %s\n",
			    sources[o->description]);
	at += sysfs_emit_at(buf, at, "kernel: %s\n",
			    o->release[0] ? o->release : "unknown");
	at += sysfs_emit_at(buf, at, "record: %s\n", records[o->record]);
	at = show_cpus(o, buf, at);
	at += sysfs_emit_at(buf, at, "vmcoreinfo: %s\n", sources[o->vmcoreinfo]);
	at += sysfs_emit_at(buf, at, "boot_memory: %llu\n", o->boot_mem);
	at += sysfs_emit_at(buf, at, "preserved_memory: %llu\n", o->unmoved_mem);
	return show_missing(o, buf, at);
}
