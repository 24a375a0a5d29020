/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FADUMPCTL_SAVE_H
#define FADUMPCTL_SAVE_H

#include "lib/files.h"
#include "lib/sha256.h"
#include "lib/types.h"
#include "save/conf.h"
#include "save/makedumpfile.h"
#include "target/sink.h"
#include "target/target.h"

#define MAX_FILES	8

/* The dump as the command of PIPE has written it. */
#define PIPED_NAME	"vmcore.pipe"

/* A member of struct page in VMCOREINFO: marks tail pages in kernels without compound_head. */
#define COMPOUND_INFO	"page.compound_info"

/**
 * struct summary - what the dump says of the crashed kernel
 * @is_known: the dump could be read
 * @release: OSRELEASE, printable
 * @crashed: seconds since 1970
 * @needs_compound_info: only COMPOUND_INFO marks tail pages
 */
struct summary {
	bool is_known;
	char release[256];
	struct number crashed;
	bool needs_compound_info;
};

/**
 * struct save - a dump that is being saved
 * @conf: /etc/fadump.conf
 * @conf_is_valid: the file has no invalid value
 * @filter: how to run makedumpfile
 * @has_level_option: the command line sets the level
 * @summary: summary of the dump
 * @targets: list of targets that are tried in turn; NULL: only @target
 * @target: where to save it
 * @node: this machine's name, NULL for the host name
 * @keep: number of dumps to keep, 0 for all
 * @make_room: MiB that must be free before, 0 for none
 * @seconds: time limit, 0 for none
 * @end: when it is over, as clock_seconds() has it
 * @raw: copy without a filter
 * @log_only: do not save the dump itself
 * @release: release the dump afterwards
 * @checksum: write SHA256SUMS
 * @quiet: show no progress
 * @saved: the dump is saved, even if its release has failed
 * @vmcore: path of /proc/vmcore
 * @is_vmcore: the source is /proc/vmcore
 * @opalcore: file with OPAL's memory, or empty
 * @has_log: the log was saved
 * @sum: checksum of the file that is being written
 * @sums: contents of SHA256SUMS
 * @sums_len: bytes of @sums
 * @kept_len: bytes of @sums about the log
 * @sink: the file that is being written
 * @bytes: size of the dump as saved
 * @began: seconds since 1970
 */
struct save {
	struct conf conf;
	bool conf_is_valid;
	struct filter filter;
	bool has_level_option;
	struct summary summary;
	const char *targets;
	struct target target;
	const char *node;
	u64 keep;
	u64 make_room;
	u64 seconds;
	double end;
	bool raw;
	bool log_only;
	bool release;
	bool checksum;
	bool quiet;
	bool saved;
	struct path vmcore;
	bool is_vmcore;
	struct path opalcore;
	bool has_log;
	struct sha256 sum;
	char sums[MAX_FILES * (64 + 2 + MAX_NAME + 1)];
	size_t sums_len;
	size_t kept_len;
	struct sink sink;
	u64 bytes;
	long long began;
};

/* Sets defaults from /etc/fadump.conf. NULL if memory is short. */
struct save *save_new(void);
void save_free(struct save *s);
/*
 * fallback.c: save to @s->target, or try @s->targets. Changes @s; call it once.
 * Return: exit status.
 */
int save_run(struct save *s);

/* Return: true if another attempt may succeed after a failure with this exit status. */
bool save_may_help(int rc);

/* The parts of save_run(): before all attempts, and one attempt. Return: exit status. */
int save_begin(struct save *s);
int save_once(struct save *s);

/* Time limit for a part of a save: @max, or less if the whole save has little time. */
double save_seconds(const struct save *s, double max);

/* Name of a dump with that of its target, as the user is told. */
struct saved_name {
	char s[2 * PATH_MAX];
};

void save_get_name(const struct save *s, struct saved_name *name);

/*
 * command.c: run PRE, or POST with the result in its environment. A command that fails is
 * reported, and changes nothing.
 */
void save_run_pre(const struct save *s);
void save_run_post(const struct save *s);

/* Put the names of an attempt into the environment of PIPE and of POST. */
void save_export(const struct save *s);

/* Read the summary of a dump; a dump that cannot be read is reported. */
void save_read_summary(struct summary *o, const char *source);

/* Lower the level to what this makedumpfile can tell apart. */
void save_bound_level(struct save *s);

/* Set the level for a dump of the running kernel, and estimate a dump's bytes. */
void save_use_running_kernel(struct save *s);
struct number save_estimate(unsigned int level);

/* The file name of the dump, and that which it would have without PIPE. */
const char *save_dump_name(const struct save *s);
const char *save_stream_name(const struct save *s);

/* Each writes one file. Return: exit status. */
int save_memory(struct save *s, const char *name, const void *data, size_t len);
int save_dump(struct save *s);
int save_log(struct save *s);
/* Give the log a name that a failure of the dump does not remove. */
int keep_log(struct save *s);
int save_opalcore(struct save *s);
int save_info(struct save *s);
int save_report(struct save *s, int why);
int save_sums(struct save *s);

#endif
