/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture/ has the work of a capture kernel, from the initcall that opens the dump
 * until the release: it finds the crashed kernel's records, writes the notes of
 * its CPUs, watches which programs read /proc/vmcore, and measures how much boot
 * memory this kernel uses.
 *
 * Process context, may sleep. Functions that get the state change only
 * @dump.missing and @summary in it.
 */

#ifndef _POWERPC_FADUMP_CAPTURE_H
#define _POWERPC_FADUMP_CAPTURE_H

#include "fadump-internal.h"

/**
 * struct fadump_record - the crashed kernel's record
 * @bytes: mapped memory; @info points into it
 * @at: real address of @bytes
 * @kind: the format
 * @head: head of a %FADUMP_RECORD_OWN record, in @bytes, writable; else NULL
 * @info: the decoded record
 */
struct fadump_record {
	struct fadump_bytes bytes;
	u64 at;
	enum fadump_record_kind kind;
	struct crash_info_head_ser *head;
	struct fadump_crash_info info;
};

/* records.c */
int fadump_record_open(const struct fadump_dump *dump,
		       const struct fadump_ranges *ram,
		       struct fadump_record *rec);
void fadump_record_close(struct fadump_record *rec);
enum fadump_source fadump_record_vmcoreinfo(const struct fadump_record *rec,
					    const struct fadump_dump *dump,
					    const struct fadump_ranges *ram,
					    const struct fadump_ranges *unmoved,
					    struct fadump_range *at);
void fadump_record_free(void);

/* vmcore-notes.c */
void fadump_notes_build(struct fadump *f, struct fadump_crash_info *info,
			struct fadump_range *at);
void fadump_notes_free(void);

/* readers.c */
void fadump_readers_expect(const struct fadump_dump *dump,
			   const struct fadump_range *last);
bool fadump_readers_have_saved(void);

/* usage.c */
void fadump_usage_begin(u64 size, u64 min);
void fadump_usage_sample(void);
void fadump_usage_end(void);
void fadump_usage_report(void);
u64 fadump_usage_peak(void);
u64 fadump_usage_recommended(void);

#endif /* _POWERPC_FADUMP_CAPTURE_H */
