// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Commands of fadump.conf before and after a save, and the environment that they have.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bounds.h"
#include "lib/child.h"
#include "lib/say.h"
#include "save/save.h"
#include "target/target.h"

void save_get_name(const struct save *s, struct saved_name *name)
{
	const struct target *t = &s->target;
	const char *between = "/";

	if (t->ops == &target_block_ops)
		between = ":";
	else if (t->text[strlen(t->text) - 1] == '/')
		between = "";
	snprintf(name->s, sizeof(name->s), "%s%s%s", t->text, between, t->name);
}

void save_export(const struct save *s)
{
	char file[sizeof(struct saved_name) + MAX_NAME];
	struct saved_name name;

	save_get_name(s, &name);
	snprintf(file, sizeof(file), "%s/%s", name.s,
		 s->log_only ? LOG_NAME : save_dump_name(s));
	setenv("FADUMP_TARGET", s->target.text, 1);
	setenv("FADUMP_FILE", file, 1);
}

static void run(const struct save *s, const char *key, const char *command)
{
	char *argv[] = { "sh", "-c", (char *)command, NULL };
	struct child c = { };
	int rc;

	if (!command[0])
		return;
	rc = child_start(&c, argv, CHILD_SHELL);
	c.name = key;
	if (rc)
		fail_errno(EXIT_PROGRAM, rc, key);
	else
		rc = child_finish_within(&c, save_seconds(s, MAX_COMMAND_SECONDS));
	if (rc)
		warn("%s has failed, which does not change the result of the save", key);
}

void save_run_pre(const struct save *s)
{
	setenv("FADUMP_TARGET", s->targets ? s->targets : s->target.text, 1);
	run(s, "PRE", s->conf.pre);
}

void save_run_post(const struct save *s)
{
	if (!s->saved)
		unsetenv("FADUMP_FILE");
	setenv("FADUMP_RESULT", s->saved ? "saved" : "failed", 1);
	run(s, "POST", s->conf.post);
}
