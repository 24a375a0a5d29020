// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What administrators write: fadump=, extra boot arguments.
 */

#include "fadump-pure.h"

/**
 * fadump_option_mode - read the value of fadump=
 * @value: what stands behind the equals sign, NULL for nothing
 * @mode: result, unchanged on error
 *
 * Return: 0, or -EINVAL for anything that is not exactly one of the words.
 */
int fadump_option_mode(const char *value, enum fadump_mode *mode)
{
	static const char * const words[] = {
		[FADUMP_MODE_OFF] = "off",
		[FADUMP_MODE_ON] = "on",
		[FADUMP_MODE_NOCMA] = "nocma",
	};
	u32 i;

	for (i = 0; value && i < ARRAY_SIZE(words); i++)
		if (!strcmp(value, words[i])) {
			*mode = i;
			return 0;
		}
	return -EINVAL;
}

/**
 * fadump_bootargs_clean - make a string of what may be one
 * @raw: bytes of the dead kernel
 * @out: result, always terminated
 * @cap: bytes of @out, not 0
 *
 * Takes what comes before the first NUL. White space becomes blanks, and
 * anything else that is not printable spoils the whole: half a list of
 * arguments may be worse than none.
 *
 * Return: length of the string.
 */
size_t fadump_bootargs_clean(const struct fadump_bytes *raw, char *out,
			     size_t cap)
{
	size_t i, n = min_t(size_t, raw->len, cap - 1);

	for (i = 0; i < n && raw->data[i]; i++) {
		u8 c = raw->data[i];

		if (c == '\t' || c == '\n')
			c = ' ';
		if (c < ' ' || c > '~')
			break;
		out[i] = c;
	}
	if (i < raw->len && raw->data[i])
		i = 0;
	while (i && out[i - 1] == ' ')
		i--;
	out[i] = '\0';
	return i;
}
