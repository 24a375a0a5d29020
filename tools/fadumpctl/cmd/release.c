// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl release: releases the memory of a dump.
 */

#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "lib/say.h"
#include "machine/attr.h"
#include "machine/release.h"
#include "machine/state.h"

struct release_options {
	bool force;
	bool quiet;
};

static const struct cmd_option options[] = {
	CMD_FLAG(struct release_options, force, "force", 'f',
		 "Release a dump that no program has saved; it is discarded"),
	CMD_FLAG(struct release_options, quiet, "quiet", 'q', "Show no progress"),
	{ }
};

static const struct cmd_syntax syntax = {
	.options = options,
	.doc = "Releases the dump that is waiting: /proc/vmcore disappears, its memory returns to "
	       "the system, and firmware is armed for the next crash. Waits until that is done. "
	       "Continues an earlier release that did not get back all of the memory.",
};

/* Refuse to release a dump that was not saved, which may be a mistake. */
static int may_release(const struct fadump_state *s, bool force)
{
	const char *read = dump_status_get(&s->dump, "read");

	/* An earlier release has discarded the dump already. */
	if (s->releasing)
		return EXIT_DONE;
	if (!s->waiting)
		return fail(EXIT_STATE, "%s: no dump is waiting",
			    attr_path(ATTR_RELEASE_MEM).s);
	if (read && strcmp(read, "end") && !force)
		return fail(EXIT_STATE,
			    "%s: no program has saved the dump (read: %s); save it first, or discard it with --force",
			    attr_path(ATTR_DUMP_STATUS).s, read);
	return EXIT_DONE;
}

int cmd_release(int argc, char **argv)
{
	struct release_options o = { };
	struct fadump_state s;
	int rc = 0;

	cmd_parse(&syntax, argc, argv, &o);
	state_read(&s);
	if (!s.supported)
		rc = attr_require();
	if (!rc)
		rc = may_release(&s, o.force);
	return rc ? rc : release_dump(o.quiet);
}
