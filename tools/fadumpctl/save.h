/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FADUMPCTL_SAVE_H
#define FADUMPCTL_SAVE_H

#include <argp.h>

#include "conf.h"
#include "makedumpfile.h"
#include "target.h"

#define MAX_FILES	8

/* Of struct page: what tells a page of a larger one, where compound_head is gone. */
#define COMPOUND_INFO	"page.compound_info"

/**
 * struct origin - what a core says of the kernel that died
 * @is_known: it could be read
 * @release: OSRELEASE, printable
 * @crashed: seconds since 1970
 * @has_new_tails: by COMPOUND_INFO alone can pages of larger ones be told
 */
struct origin {
	bool is_known;
	char release[256];
	struct number crashed;
	bool has_new_tails;
};

/**
 * struct save - a dump on its way
 * @conf: what the administrator has set down
 * @conf_is_valid: nothing in the file was refused
 * @filter: how makedumpfile is run
 * @level_is_asked_for: its level is on the command line
 * @origin: whose dump it is
 * @target: where to
 * @node: this machine's name, NULL for its own
 * @keep: dumps to keep, 0 for all
 * @seconds: it may take, 0 for as long as it takes
 * @raw: copy, filter nothing
 * @log_only: leave the dump out
 * @release: give the dump up afterwards
 * @checksum: leave sums beside it
 * @quiet: show no progress
 * @saved: the dump is where it should go, whatever came of its release
 * @is_vmcore: the source is the dump that is waiting
 * @opalcore: where OPAL's own memory is, or empty
 * @has_log: the log was saved
 * @sum: of the file being written
 * @sums: what goes into SHA256SUMS
 * @sums_len: bytes of it
 * @kept_len: bytes of it that are of the log
 * @sink: the file being written
 * @bytes: of the dump as saved
 * @began: seconds since 1970
 */
struct save {
	struct conf conf;
	bool conf_is_valid;
	struct filter filter;
	bool level_is_asked_for;
	struct origin origin;
	struct target target;
	const char *node;
	u64 keep;
	unsigned int seconds;
	bool raw;
	bool log_only;
	bool release;
	bool checksum;
	bool quiet;
	bool saved;
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

/* What the command line says of it; input is a struct save. */
extern const struct argp save_argp;

/* With defaults for all that the command line does not say; NULL without memory. */
struct save *save_new(void);
void save_free(struct save *s);
/* Return: exit status. */
int save_run(struct save *s);

/* Of the core @source; unknown where it cannot be read, which is said. */
void save_find_origin(struct origin *o, const char *source);

/* Leaves out no more than this makedumpfile can tell. */
void save_bound_level(struct save *s);

/* Each writes one file. Return: exit status. */
int save_dump(struct save *s);
int save_log(struct save *s);
/* Whatever becomes of the rest. */
int keep_log(struct save *s);
int save_opalcore(struct save *s);
int save_info(struct save *s);
int save_report(struct save *s, int why);
int save_sums(struct save *s);

#endif
