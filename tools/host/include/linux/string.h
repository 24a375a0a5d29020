/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOST_STRING_H
#define HOST_STRING_H

#include <string.h>

#include <linux/ctype.h>
#include <linux/errno.h>

#include "host-kernel.h"

static inline int match_string(const char * const *words, size_t nr, const char *word)
{
	size_t i;

	for (i = 0; i < nr && words[i]; i++)
		if (!strcmp(words[i], word))
			return i;
	return -EINVAL;
}

static inline char *skip_spaces(const char *s)
{
	while (isspace(*s))
		s++;
	return (char *)s;
}

/* Cut the blanks at the end off; the result skips those at the start. */
static inline char *strim(char *s)
{
	size_t len = strlen(s);

	while (len && isspace(s[len - 1]))
		len--;
	s[len] = '\0';
	return skip_spaces(s);
}

/*
 * Cut the first argument off. Blanks inside quotes do not end it, and quotes around
 * it or around its value are no part of them.
 */
static inline char *next_arg(char *args, char **name, char **value)
{
	char *begin = args + (*args == '"'), *equals = NULL, *end, *next;
	bool is_quoted = begin > args;

	for (end = begin; *end && (is_quoted || !isspace(*end)); end++) {
		if (*end == '=' && end > begin && !equals)
			equals = end;
		if (*end == '"')
			is_quoted = !is_quoted;
	}
	next = *end ? end + 1 : end;
	*end = '\0';
	if (end > begin && end[-1] == '"' &&
	    (begin > args || (equals && equals[1] == '"')))
		end[-1] = '\0';
	*name = begin;
	*value = NULL;
	if (equals) {
		*equals = '\0';
		*value = equals + 1 + (equals[1] == '"');
	}
	return skip_spaces(next);
}

#endif
