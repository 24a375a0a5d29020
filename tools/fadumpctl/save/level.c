// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What makedumpfile leaves out at a level, and what it must not.
 *
 * A tail page of a compound page has no owner field: other data is in its place. struct
 * page's compound_head marked tail pages; in new kernels, such as 7.3, it is called
 * compound_info. An older makedumpfile does not find it, takes kernel memory, with
 * kernel stacks, for user memory, and level 8 leaves it out.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/core.h"
#include "lib/bounds.h"
#include "lib/files.h"
#include "lib/say.h"
#include "lib/source.h"
#include "machine/meminfo.h"
#include "save/makedumpfile.h"
#include "save/save.h"

void save_read_summary(struct summary *o, const char *source)
{
	struct core core;

	o->is_known = !core_open(&core, source);
	if (o->is_known) {
		vmcoreinfo_release(&core, o->release, sizeof(o->release));
		o->crashed = vmcoreinfo_crash_time(&core);
		o->needs_compound_info =
			vmcoreinfo_number(&core, "OFFSET", COMPOUND_INFO).known &&
			!vmcoreinfo_number(&core, "OFFSET", "page.compound_head").known;
	}
	core_close(&core);
}

/* Find a program as execvp() does. */
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

/* A program that uses a member in VMCOREINFO has the member's name in its file. */
static bool program_contains(const char *program, const char *name)
{
	struct source src;
	struct path path;
	bool found = true;
	u8 *text = NULL;

	/* Running the program reports that it is missing. */
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
 * save_bound_level - lower the level to what this makedumpfile can tell apart
 * @s: dump; a level from the command line is not changed
 */
void save_bound_level(struct save *s)
{
	struct filter *f = &s->filter;

	if (s->raw || s->log_only || !(f->level & LEVEL_USER) ||
	    !s->summary.needs_compound_info || program_contains(f->program, COMPOUND_INFO))
		return;
	if (s->has_level_option) {
		warn("%s: does not know this kernel's pages, level %u may leave out kernel stacks",
		     f->program, f->level);
		return;
	}
	warn("%s: does not know this kernel's pages: user memory is saved as well (level %u)",
	     f->program, f->level & ~LEVEL_USER);
	f->level &= ~LEVEL_USER;
}

/**
 * save_use_running_kernel - set the level that a save of the running kernel would use
 * @s: dump; its summary and its level are set
 */
void save_use_running_kernel(struct save *s)
{
	struct path kcore = root_path("/proc/kcore");

	if (file_exists(kcore.s))
		save_read_summary(&s->summary, kcore.s);
	save_bound_level(s);
}

/**
 * save_estimate - estimate the bytes of a dump, if this kernel crashed now
 * @level: of makedumpfile
 *
 * The result is an upper bound: the memory that is in use and that makedumpfile keeps at
 * the level, without compression. The page cache counts as kept unless the level leaves
 * out all of it.
 *
 * Return: the size; unknown without /proc/meminfo.
 */
struct number save_estimate(unsigned int level)
{
	u64 all = meminfo_bytes("MemTotal"), out = 0;

	if (level & LEVEL_FREE)
		out += meminfo_bytes("MemFree");
	if (level & LEVEL_CACHE)
		out += meminfo_bytes("Cached") + meminfo_bytes("Buffers");
	if (level & LEVEL_USER)
		out += meminfo_bytes("AnonPages");
	return (struct number) { .known = all, .value = all - (out < all ? out : all) };
}
