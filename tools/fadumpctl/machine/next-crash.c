// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the next crash would leave behind, as an answer, a word and a sentence.
 */

#include "machine/state.h"

/**
 * state_next_crash - what would the next crash leave behind?
 * @s: state
 *
 * Return: the answer.
 */
enum next_crash state_next_crash(const struct fadump_state *s)
{
	if (s->waiting)
		return NEXT_DUMP_WAITS;
	if (!s->registered)
		return NEXT_NOTHING;
	if (s->cma_size.known)
		return s->cma_size.value ? NEXT_ALL_BUT_CMA : NEXT_ALL;
	return s->nocma ? NEXT_ALL : NEXT_ALL_MAYBE_BUT_CMA;
}

static const struct {
	const char *word;
	const char *text;
} next_crashes[] = {
	[NEXT_NOTHING] = { "nothing",
		"leaves no dump by firmware: fadump is not armed" },
	[NEXT_DUMP_WAITS] = { "dump-waits",
		"is not dumped: a dump is waiting, save and release it first" },
	[NEXT_ALL] = { "all", "leaves all memory except for the dump area, which is unused" },
	[NEXT_ALL_BUT_CMA] = { "all-but-lent-pages",
		"leaves all memory except for pages of applications in the dump area, which is a CMA area" },
	[NEXT_ALL_MAYBE_BUT_CMA] = { "all-maybe-but-lent-pages",
		"leaves all memory except for the dump area; this kernel does not tell whether that is a CMA area, which applications use" },
};

const char *next_crash_text(enum next_crash next)
{
	return next_crashes[next].text;
}

const char *next_crash_word(enum next_crash next)
{
	return next_crashes[next].word;
}

const char *why_not_armed(const struct fadump_state *s)
{
	if (s->waiting)
		return "a dump is waiting";
	if (s->enabled)
		return "fadump is on, but not registered with firmware: fadumpctl register tries again";
	if (s->is_requested)
		return "the kernel could not set it up, its log says why";
	return "the kernel command line has no fadump=on";
}
