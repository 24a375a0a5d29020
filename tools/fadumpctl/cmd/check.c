// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl check: asks all questions and prints the answers.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "check/check.h"
#include "cmd/cmd.h"
#include "lib/bounds.h"
#include "lib/json.h"
#include "lib/say.h"
#include "lib/stop.h"
#include "machine/attr.h"
#include "machine/state.h"
#include "save/conf.h"
#include "save/save.h"

struct check_options {
	bool json;
	u64 seconds;
};

static const struct cmd_option options[] = {
	CMD_FLAG(struct check_options, json, "json", 'j', "For programs"),
	CMD_NUMBER(struct check_options, seconds, MAX_SECONDS, "timeout", 't', "SECONDS",
		   "Time limit of each question (default: 40)"),
	{ }
};

static const struct cmd_syntax syntax = {
	.options = options,
	.doc = "Tells before a crash whether a dump would be taken, and saved as " CONF_FILE
	       " says; where something is wrong, also what to do. Changes nothing.\v"
	       "Exit status: 0 nothing is wrong, 12 something is, 3 no fadump here. What this "
	       "machine does not tell is unknown, and not wrong.",
};

/* A question stands behind the one that it needs. */
enum check_id {
	CHECK_ARMED,
	CHECK_BOOT_MEMORY,
	CHECK_CONF,
	CHECK_TARGET,
	CHECK_WRITABLE,
	CHECK_ROOM,
	CHECK_MAKEDUMPFILE,
	CHECK_FILTER,
	CHECK_INITRAMFS,
	NR_CHECKS
};

/**
 * struct check - a question
 * @name: in JSON
 * @label: in the output for the user
 * @question: the function that answers it
 * @needs: skip the question if the answer to this one has @stops; itself for none
 * @late: the verdict if no answer comes in time
 * @late_text: what to do then
 */
static const struct check {
	const char *name;
	const char *label;
	check_fn question;
	enum check_id needs;
	enum verdict late;
	const char *late_text;
} checks[] = {
	[CHECK_ARMED] = { "armed", "Armed", check_armed, CHECK_ARMED, VERDICT_UNKNOWN,
		"" },
	[CHECK_BOOT_MEMORY] = { "boot-memory", "Boot memory", check_boot_memory,
		CHECK_BOOT_MEMORY, VERDICT_UNKNOWN, "" },
	[CHECK_CONF] = { "configuration", "Configuration", check_conf, CHECK_CONF,
		VERDICT_UNKNOWN, "" },
	[CHECK_TARGET] = { "target", "Target", check_target, CHECK_TARGET, VERDICT_WRONG,
		": see whether its disk, its server or its host responds" },
	[CHECK_WRITABLE] = { "writable", "Takes files", check_writable, CHECK_TARGET,
		VERDICT_WRONG, ": see whether its disk, its server or its host responds" },
	[CHECK_ROOM] = { "room", "Room", check_room, CHECK_TARGET, VERDICT_WRONG,
		": see whether its disk, its server or its host responds" },
	[CHECK_MAKEDUMPFILE] = { "makedumpfile", "makedumpfile", check_makedumpfile,
		CHECK_MAKEDUMPFILE, VERDICT_WRONG, ": install one that runs" },
	[CHECK_FILTER] = { "filter", "Filter", check_filter, CHECK_MAKEDUMPFILE,
		VERDICT_UNKNOWN,
		": normal on a machine with much memory; --timeout gives it more time" },
	[CHECK_INITRAMFS] = { "initramfs", "Initramfs", check_initramfs, CHECK_INITRAMFS,
		VERDICT_UNKNOWN, "" },
};

_Static_assert(ARRAY_SIZE(checks) == NR_CHECKS, "a question for each");

/* -------- Output -------- */

/* Wrap lines on a terminal only: the journal and pipes get one line for each answer. */
static void print(const struct check *c, const struct finding *f)
{
	const char *word = f->verdict == VERDICT_WRONG ? "WRONG" : verdict_name(f->verdict);

	if (isatty(STDOUT_FILENO))
		say_field(c->label, "%s: %s", word, f->text);
	else
		printf("%-20s%s: %s\n", c->label, word, f->text);
	fflush(stdout);
}

static json_t *result_json(const struct finding *found)
{
	json_t *o = json_object(), *list = json_array();
	bool ready = true;
	size_t i;

	for (i = 0; i < NR_CHECKS; i++) {
		json_t *one = json_object();

		ready &= found[i].verdict != VERDICT_WRONG;
		json_object_set_new(one, "name", json_string(checks[i].name));
		json_object_set_new(one, "verdict", json_string(verdict_name(found[i].verdict)));
		json_object_set_new(one, "text",
				    json_text(found[i].text, strlen(found[i].text)));
		json_array_append_new(list, one);
	}
	json_object_set_new(o, "time", json_integer(time(NULL)));
	json_object_set_new(o, "ready", json_boolean(ready));
	json_object_set_new(o, "checks", list);
	return o;
}

/* -------- Asking -------- */

static void ask(enum check_id id, struct check_input *in, double seconds, struct finding *found)
{
	const struct check *c = &checks[id];
	struct finding *f = &found[id];
	char plain[sizeof(f->text)];

	if (c->needs != id && found[c->needs].stops) {
		finding_unknown(f, "skipped because of: %s", checks[c->needs].label);
		return;
	}
	if (!check_run(c->question, in, seconds, f)) {
		snprintf(f->text, sizeof(f->text), "no answer within %.0f s%s", seconds,
			 c->late_text);
		f->verdict = c->late;
		f->stops = true;
	}
	/* The text may contain messages of another program. */
	make_printable(plain, sizeof(plain), f->text, strlen(f->text));
	strcpy(f->text, plain);
}

static int ask_all(const struct check_options *o, struct check_input *in)
{
	struct finding found[NR_CHECKS] = { };
	json_t *result;
	int rc = EXIT_DONE;
	size_t i;

	for (i = 0; i < NR_CHECKS && !is_interrupted(); i++) {
		ask(i, in, o->seconds, found);
		if (is_interrupted())
			break;
		if (!o->json)
			print(&checks[i], &found[i]);
		if (found[i].verdict == VERDICT_WRONG)
			rc = EXIT_NOT_READY;
	}
	if (is_interrupted())
		return fail(EXIT_INTERRUPTED, "interrupted");
	result = result_json(found);
	check_store(result);
	if (!o->json)
		json_decref(result);
	else if (json_print(result, stdout))
		return fail(EXIT_FAILED, "out of memory");
	return rc;
}

int cmd_check(int argc, char **argv)
{
	struct check_options o = { .seconds = MAX_CHECK_SECONDS };
	struct check_input in = { };
	int rc;

	cmd_parse(&syntax, argc, argv, &o);
	rc = attr_require();
	if (rc)
		return rc;
	if (geteuid())
		warn("not root: what only root may do is reported as wrong or unknown");
	in.save = save_new();
	if (!in.save)
		return EXIT_FAILED;
	in.save->targets = in.save->conf.target;
	in.save->target.require_mount = in.save->conf.require_mount;
	setenv("LC_ALL", "C", 1);
	catch_signals();
	state_read(&in.state);
	rc = ask_all(&o, &in);
	save_free(in.save);
	return rc;
}
