/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Before the crash: would a dump be taken and saved?
 *
 * Each question is a function that changes nothing. check_run() calls it in a child
 * process, which can be killed: a file system whose server is down never answers.
 */
#ifndef FADUMPCTL_CHECK_H
#define FADUMPCTL_CHECK_H

#include <jansson.h>

#include "lib/types.h"
#include "machine/state.h"
#include "save/save.h"

/**
 * enum verdict - what was found
 * @VERDICT_OK: nothing is wrong
 * @VERDICT_WRONG: a dump may not be taken, or not be saved
 * @VERDICT_UNKNOWN: this machine does not tell; not a fault
 */
enum verdict {
	VERDICT_OK,
	VERDICT_WRONG,
	VERDICT_UNKNOWN,
	NR_VERDICTS
};

/**
 * struct finding - the answer to one question
 * @verdict: what was found
 * @stops: the answer that later questions need is missing
 * @text: a sentence; where something is wrong, also what to do
 */
struct finding {
	enum verdict verdict;
	bool stops;
	char text[768];
};

/* "ok", "wrong", "unknown" */
const char *verdict_name(enum verdict verdict);

void finding_ok(struct finding *f, const char *fmt, ...) __format(2);
/* Also sets @f->stops. */
void finding_wrong(struct finding *f, const char *fmt, ...) __format(2);
void finding_unknown(struct finding *f, const char *fmt, ...) __format(2);

/* Add one of several answers: a wrong one replaces all others. */
void finding_add(struct finding *all, const struct finding *one);

/**
 * struct check_input - what the questions are about
 * @state: state of fadump
 * @save: the save that would follow a crash; a question changes only its copy of it
 */
struct check_input {
	struct fadump_state state;
	struct save *save;
};

typedef void (*check_fn)(struct check_input *in, struct finding *f);

/*
 * Call @question in a child process for at most @seconds. Return: false if it did not
 * answer; @f is unchanged then.
 */
bool check_run(check_fn question, struct check_input *in, double seconds, struct finding *f);

/* kernel.c */
void check_armed(struct check_input *in, struct finding *f);
void check_boot_memory(struct check_input *in, struct finding *f);
void check_conf(struct check_input *in, struct finding *f);

/* target.c */
void check_target(struct check_input *in, struct finding *f);
void check_writable(struct check_input *in, struct finding *f);
void check_room(struct check_input *in, struct finding *f);

/*
 * mount.c: does a boot mount the directory's file system? Return: false if nothing
 * is mounted now; @f says what a boot would mount.
 */
bool check_mount(const char *path, struct finding *f);

/* program.c */
void check_makedumpfile(struct check_input *in, struct finding *f);
void check_filter(struct check_input *in, struct finding *f);

/* initramfs.c */
void check_initramfs(struct check_input *in, struct finding *f);

/* result.c: the result of the last run; NULL if there is none. */
void check_store(json_t *result);
json_t *check_recall(void);

/* "2026-11-30 19:00:00 UTC: nothing is wrong" */
void check_summary(const json_t *result, char *buf, size_t cap);

#endif
