// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Attempts to save a dump, counted in the head of its crash-info record.
 */

#include "fadump-pure.h"

/**
 * DOC: Attempts
 *
 * A capture kernel may die as well, or be rebooted by a script that could not
 * save the dump. Firmware then presents the dump again, and again. So that a
 * machine does not do this for ever, each kernel that comes so far as to read the
 * record counts itself, and each that gets further with reading the dump than all
 * before starts the count anew. When %FADUMP_MAX_ATTEMPTS in a row got nowhere,
 * there is no use in another.
 *
 * All of it is in memory that may be damaged. A word that does not agree with
 * its inverted twin counts as 0: a dump is never given up by accident.
 */

static u32 get_twin(const __be32 *word, const __be32 *inverted)
{
	u32 v = get_unaligned_be32(word);

	return v == ~get_unaligned_be32(inverted) ? v : 0;
}

static void put_twin(u32 v, __be32 *word, __be32 *inverted)
{
	put_unaligned_be32(v, word);
	put_unaligned_be32(~v, inverted);
}

/* Nothing is written yet in a new record, and then one word may pass for both. */
static u32 get_progress(const struct crash_info_head_ser *head)
{
	u32 v = get_twin(&head->progress, &head->progress_not);

	return (v & 0xffff) <= CRASH_INFO_PROGRESS_END &&
	       v >> 16 <= (v & 0xffff) ? v : 0;
}

/**
 * fadump_attempt_begin - one more kernel has found this dump
 * @head: of its record
 *
 * Return: which attempt this is since one got further, 1 for the first. More
 * than %FADUMP_MAX_ATTEMPTS: it is of no use.
 */
u32 fadump_attempt_begin(struct crash_info_head_ser *head)
{
	u32 attempts = get_twin(&head->attempts, &head->attempts_not);
	u32 progress = get_progress(head), now = progress & 0xffff;

	attempts = now > progress >> 16 ? 1 : attempts + 1;
	put_twin(attempts, &head->attempts, &head->attempts_not);
	put_twin(now << 16 | now, &head->progress, &head->progress_not);
	return attempts;
}

/**
 * fadump_attempt_progress - somebody has read so far
 * @head: of the record
 * @parts: of %CRASH_INFO_PROGRESS_END
 *
 * Context: any; calls must not overlap.
 */
void fadump_attempt_progress(struct crash_info_head_ser *head, u32 parts)
{
	u32 progress = get_progress(head);

	parts = min_t(u32, parts, CRASH_INFO_PROGRESS_END);
	if (parts > (progress & 0xffff))
		put_twin((progress & ~0xffffU) | parts, &head->progress,
			 &head->progress_not);
}

/**
 * fadump_attempt_end - nobody needs this dump any more
 * @head: of its record
 */
void fadump_attempt_end(struct crash_info_head_ser *head)
{
	put_unaligned_be64(CRASH_INFO_ENDED, &head->ended);
}

/**
 * fadump_attempt_is_over - is this a dump that was given back already?
 * @head: of its record
 */
bool fadump_attempt_is_over(const struct crash_info_head_ser *head)
{
	return get_unaligned_be64(&head->ended) == CRASH_INFO_ENDED;
}
