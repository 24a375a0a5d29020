// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /sys/kernel/fadump/dump_status: what became of the dump, the sources of its parts,
 * and what is missing. One "key: value" per line; programs parse it.
 */

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

/*
 * The source of the crashing CPU's registers. The record has those at the crash;
 * firmware's are from inside the firmware call.
 */
static const char *crash_registers(const struct fadump_summary *sum)
{
	if (sum->has_crash_regs)
		return sources[FADUMP_SOURCE_RECORD];
	return sources[sum->nr_notes ? FADUMP_SOURCE_FIRMWARE : FADUMP_SOURCE_NONE];
}

static int show_cpus(const struct fadump_summary *sum, char *buf, int at)
{
	if (sum->crashing_cpu == CRASH_INFO_CPU_NONE)
		at += sysfs_emit_at(buf, at, "crashing_cpu: unknown\n");
	else
		at += sysfs_emit_at(buf, at, "crashing_cpu: %u\n",
				    sum->crashing_cpu);
	at += sysfs_emit_at(buf, at, "crash_registers: %s\n",
			    crash_registers(sum));
	at += sysfs_emit_at(buf, at, "cpus: %u\n", sum->nr_notes);
	return at + sysfs_emit_at(buf, at, "crash_notes: %u slots filled, %u left\n",
				  sum->nr_slots, sum->nr_notes - sum->nr_slots);
}

static int show_missing(const struct fadump_summary *sum, char *buf, int at)
{
	u32 i;

	if (!sum->missing)
		return at + sysfs_emit_at(buf, at, "missing: none\n");
	for (i = 0; i < FADUMP_NR_MISSING; i++)
		if (sum->missing & BIT(i))
			at += sysfs_emit_at(buf, at, "missing: %s (%s)\n",
					    fadump_missing_code(i),
					    fadump_missing_text(i));
	return at;
}

/* True from a release, by sysfs or by boot, until all deferred memory is added. */
static bool is_adding_memory(const struct fadump *f)
{
	return f->summary.outcome != FADUMP_OUTCOME_WAITING && READ_ONCE(f->deferred.nr);
}

static const char *outcome_name(const struct fadump *f)
{
	return is_adding_memory(f) ? "releasing" : outcomes[f->summary.outcome];
}

/* A release on another CPU may be adding memory at the same time. */
static int show_release(const struct fadump *f, char *buf, int at)
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
 * @buf: a page of memory
 *
 * Return: length.
 */
int fadump_status_show(const struct fadump *f, char *buf)
{
	const struct fadump_summary *sum = &f->summary;
	int at = sysfs_emit(buf, "dump: %s\n", outcome_name(f));

	if (!is_adding_memory(f) &&
	    (sum->outcome == FADUMP_OUTCOME_NONE || sum->outcome == FADUMP_OUTCOME_STALE))
		return at;
	at = show_release(f, buf, at);
	at += sysfs_emit_at(buf, at, "attempt: %u\n", sum->attempt);
	at += sysfs_emit_at(buf, at, "attempt_limit: %u\n",
			    fadump_cmdline_attempts());
	at += sysfs_emit_at(buf, at, "read: %s\n",
			    fadump_readers_have_saved() ? "end" : "no");
	at += sysfs_emit_at(buf, at, "description: %s\n",
			    sources[sum->description]);
	at += sysfs_emit_at(buf, at, "kernel: %s\n",
			    sum->release[0] ? sum->release : "unknown");
	at += sysfs_emit_at(buf, at, "record: %s\n", records[sum->record]);
	at = show_cpus(sum, buf, at);
	at += sysfs_emit_at(buf, at, "vmcoreinfo: %s\n", sources[sum->vmcoreinfo]);
	at += sysfs_emit_at(buf, at, "boot_memory: %llu\n", sum->boot_mem);
	at += sysfs_emit_at(buf, at, "preserved_memory: %llu\n", sum->unmoved_mem);
	return show_missing(sum, buf, at);
}
