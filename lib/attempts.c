// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Attempts to save a dump, counted in the head of its crash-info record.
 */

#include "lib/fadump-lib.h"

/**
 * DOC: Attempts
 *
 * A capture kernel may crash as well, or a script may reboot it that could not save
 * the dump. Firmware then presents the dump again. So that a machine does not do this
 * for ever, each kernel that finds the record counts itself there, and a dump is given
 * up after as many attempts as fadump_attempts= allows.
 *
 * The count is in memory that may be damaged. A word that does not agree with its
 * complement counts as 0: a flipped bit never ends a dump.
 */

/**
 * fadump_crash_info_count_attempt - one more kernel has found this dump
 * @head: of its record
 *
 * Return: which attempt this is, 1 for the first.
 */
u32 fadump_crash_info_count_attempt(struct crash_info_head_ser *head)
{
	u32 attempts = get_unaligned_be32(&head->attempts);

	/* In a new record both words are 0, and a damaged one may pass for the other. */
	if (attempts != ~get_unaligned_be32(&head->attempts_not) || !~attempts)
		attempts = 0;
	attempts++;
	put_unaligned_be32(attempts, &head->attempts);
	put_unaligned_be32(~attempts, &head->attempts_not);
	return attempts;
}

/**
 * fadump_crash_info_end - the dump is not needed any more
 * @head: of its record
 */
void fadump_crash_info_end(struct crash_info_head_ser *head)
{
	put_unaligned_be64(CRASH_INFO_ENDED, &head->ended);
}

/**
 * fadump_crash_info_is_ended - has this dump been released already?
 * @head: of its record
 */
bool fadump_crash_info_is_ended(const struct crash_info_head_ser *head)
{
	return get_unaligned_be64(&head->ended) == CRASH_INFO_ENDED;
}
