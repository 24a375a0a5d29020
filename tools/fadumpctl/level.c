// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What makedumpfile may leave out of a dump.
 *
 * A page that belongs to a larger one has no owner of its own: what stands where
 * other pages have theirs is something else. What tells such a page was struct page's
 * compound_head, and is its compound_info in new kernels, 7.3 among them. A
 * makedumpfile that has not heard of it takes kernel memory, stacks among it, for a
 * program's, and level 8 leaves that out.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bounds.h"
#include "save.h"
#include "say.h"
#include "source.h"

/* As execvp() finds it. */
static int find_program(struct path *out, const char *name)
{
	char dirs[PATH_MAX];
	char *dir, *rest = dirs;

	if (strchr(name, '/'))
		return path_join(out, name[0] == '/' ? "/" : ".", name);
	snprintf(dirs, sizeof(dirs), "%s", getenv("PATH") ?: "/usr/sbin:/usr/bin:/sbin:/bin");
	while ((dir = strsep(&rest, ":")))
		if (!path_join(out, dir, name) && !access(out->s, X_OK))
			return 0;
	return -ENOENT;
}

/* A name of VMCOREINFO's that a program understands is in the program's file. */
static bool program_knows(const char *program, const char *name)
{
	struct source src;
	struct path path;
	bool found = true;
	u8 *text = NULL;

	/* That there is no such program is said where it is run. */
	if (find_program(&path, program) || source_open(&src, path.s))
		return true;
	if (src.size && src.size <= MAX_PROGRAM)
		text = malloc(src.size);
	if (text && !source_read(&src, 0, text, src.size))
		found = memmem(text, src.size, name, strlen(name));
	free(text);
	source_close(&src);
	return found;
}

/**
 * save_bound_level - leave out no more than this makedumpfile can tell
 * @s: dump; its level is lowered, unless it was asked for
 */
void save_bound_level(struct save *s)
{
	struct filter *f = &s->filter;

	if (s->raw || s->log_only || !(f->level & LEVEL_USER) ||
	    !s->origin.has_new_tails || program_knows(f->program, COMPOUND_INFO))
		return;
	if (s->level_is_asked_for) {
		warn("%s: does not know this kernel's pages, level %u may leave out kernel stacks",
		     f->program, f->level);
		return;
	}
	warn("%s: does not know this kernel's pages: programs' memory is saved as well (level %u)",
	     f->program, f->level & ~LEVEL_USER);
	f->level &= ~LEVEL_USER;
}
