// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names of dumps: KIND-MACHINE-TIME. They tell which machine has made a dump, and when.
 */

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/bounds.h"
#include "target/target.h"

/* The longest name of a file must fit into a header of tar. */
#define MAX_NODE	47

/* A limit that saves in the same second do not reach. */
#define MAX_NAMES	999
#define TIME_LEN	(sizeof("YYYYMMDD-HHMMSS") - 1)

static bool is_name_char(char c)
{
	return isalnum((u8)c) || (c && strchr("._-", c));
}

/**
 * target_set_name - make the names of a dump and of its log
 * @t: gets the names
 * @kind: DUMP_KIND or LOG_KIND, so that a log without a dump never counts as one
 * @node: name of this machine
 * @id: of this machine, or empty
 * @when: seconds since 1970
 */
void target_set_name(struct target *t, const char *kind, const char *node,
		     const char *id, long long when)
{
	time_t seconds = when;
	char plain[MAX_NODE + 1 + MACHINE_ID_LEN + 1];
	char stamp[32];
	struct tm tm;
	size_t i;

	snprintf(plain, MAX_NODE + 1, "%s", node[0] ? node : "localhost");
	for (i = 0; plain[i]; i++)
		if (!is_name_char(plain[i]))
			plain[i] = '_';
	t->has_id = id[0];
	if (t->has_id)
		snprintf(plain + i, sizeof(plain) - i, "-%.*s", MACHINE_ID_LEN, id);
	gmtime_r(&seconds, &tm);
	snprintf(t->prefix, sizeof(t->prefix), "%s%s-", kind, plain);
	snprintf(t->log_prefix, sizeof(t->log_prefix), "%s%s-", LOG_KIND, plain);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
	snprintf(t->name, sizeof(t->name), "%s%s", t->prefix, stamp);
	snprintf(t->log_name, sizeof(t->log_name), "%s%s", t->log_prefix, stamp);
}

/**
 * target_next_name - use the next name, because that of the dump or its log is taken
 * @t: gets the names
 *
 * Two dumps of the same second must not replace each other, and a name that another user
 * has made must not stop a save.
 *
 * Return: false if there are no more names.
 */
bool target_next_name(struct target *t)
{
	if (t->nr_names >= MAX_NAMES)
		return false;
	t->nr_names++;
	snprintf(t->name + strlen(t->prefix) + TIME_LEN,
		 sizeof(t->name) - strlen(t->prefix) - TIME_LEN, "-%u", t->nr_names + 1);
	snprintf(t->log_name + strlen(t->log_prefix) + TIME_LEN,
		 sizeof(t->log_name) - strlen(t->log_prefix) - TIME_LEN, "-%u",
		 t->nr_names + 1);
	return true;
}

/* "20261125-094100", or "20261125-094100-2" for the second dump of that second. */
static bool is_time(const char *text, size_t len)
{
	size_t i;

	if (len < 15)
		return false;
	for (i = 0; i < len; i++) {
		bool dash = i == 8 || i == 15;

		if (dash ? text[i] != '-' : text[i] < '0' || text[i] > '9')
			return false;
	}
	return len != 16 && len <= 20;
}

static bool is_dump(const char *name, size_t len, const char *prefix)
{
	size_t n = strlen(prefix);

	return len > n && !strncmp(name, prefix, n) && is_time(name + n, len - n);
}

bool is_dump_name(const char *name, const char *prefix)
{
	return is_dump(name, strlen(name), prefix);
}

bool is_dump_name_with_id(const char *name, const char *id)
{
	char mark[MACHINE_ID_LEN + 3];
	const char *at;

	if (strncmp(name, DUMP_KIND, strlen(DUMP_KIND)))
		return false;
	snprintf(mark, sizeof(mark), "-%s-", id);
	for (at = strstr(name, mark); at; at = strstr(at + 1, mark))
		if (is_time(at + strlen(mark), strlen(at + strlen(mark))))
			return true;
	return false;
}

bool is_partial_name(const char *name, const char *prefix)
{
	size_t len = strlen(name), end = strlen(PARTIAL);

	return len > end + 1 && name[0] == '.' && !strcmp(name + len - end, PARTIAL) &&
	       is_dump(name + 1, len - 1 - end, prefix);
}
