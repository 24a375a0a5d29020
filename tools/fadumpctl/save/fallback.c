// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is tried after a failure: the next target, then all of them with a level that leaves
 * out more, then the log alone.
 *
 * A failed save to a target leaves the log there, so the last step is taken only if it has
 * not left it anywhere.
 */

#include <stdlib.h>

#include "lib/bounds.h"
#include "lib/say.h"
#include "save/conf.h"
#include "save/save.h"

/* Neither another target nor another boot corrects a wrong command line or ends another save. */
bool save_may_help(int rc)
{
	return rc != EXIT_USAGE && rc != EXIT_STATE;
}

/* An attempt works on a copy, because it changes what the next one needs. */
static int try_target(struct save *s, const char *target, bool *has_log)
{
	struct save *one = malloc(sizeof(*one));
	int rc;

	if (!one)
		return fail(EXIT_FAILED, "out of memory");
	*one = *s;
	one->target.text = target;
	rc = save_once(one);
	s->saved = one->saved;
	*has_log |= one->target.kept;
	save_free(one);
	return rc;
}

/* Return: exit status; after failures the last one that another attempt may change. */
static int try_targets(struct save *s, bool *has_log)
{
	const char *rest = s->targets;
	int rc = EXIT_DONE, one;
	struct path target;

	while ((rest = conf_next_target(rest, &target))) {
		if (rc)
			warn("trying the next target, %s", target.s);
		one = try_target(s, target.s, has_log);
		if (s->saved || one == EXIT_INTERRUPTED)
			return one;
		if (!rc || save_may_help(one))
			rc = one;
	}
	return rc;
}

static bool has_failed(const struct save *s, int rc)
{
	return !s->saved && rc != EXIT_INTERRUPTED && save_may_help(rc);
}

static bool has_higher_level(const struct save *s)
{
	return !s->raw && !s->log_only && !s->has_level_option && s->filter.level < MAX_LEVEL;
}

/* The dump is not saved, even if its log is now. */
static void try_log(struct save *s, bool *has_log)
{
	warn("no target has the log: trying to save the log alone");
	s->log_only = true;
	s->release = false;
	try_targets(s, has_log);
	s->saved = false;
}

static int try_all(struct save *s)
{
	bool has_log = false;
	int rc;

	if (!s->targets)
		return try_target(s, s->target.text, &has_log);
	rc = try_targets(s, &has_log);
	if (has_failed(s, rc) && has_higher_level(s)) {
		warn("no target has taken the dump: trying again with level %d, which leaves out more",
		     MAX_LEVEL);
		s->filter.level = MAX_LEVEL;
		rc = try_targets(s, &has_log);
	}
	if (has_failed(s, rc) && !s->log_only && !has_log)
		try_log(s, &has_log);
	return rc;
}

int save_run(struct save *s)
{
	int rc = save_begin(s);

	if (rc)
		return rc;
	save_run_pre(s);
	rc = try_all(s);
	save_run_post(s);
	return rc;
}
