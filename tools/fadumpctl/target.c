// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kinds of targets, and names of dumps.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "say.h"
#include "target.h"

/* The longest name of a file must fit into a header of tar. */
#define MAX_NODE	47

/* A limit that saves in the same second do not reach. */
#define MAX_NAMES	999
#define TIME_LEN	(sizeof("YYYYMMDD-HHMMSS") - 1)

/* Characters that are special neither to a shell nor to ssh. */
static bool is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("._-@:%", c));
}

static bool is_host(const char *host)
{
	const char *at;

	for (at = host; *at; at++)
		if (!is_host_char(*at))
			return false;
	return host[0] && host[0] != '-' && host[0] != '@' && at[-1] != '@' &&
	       !strstr(host, "@-");
}

/* "host", "host:port", "[address]" or "[address]:port", each after an optional "user@". */
static bool split_port(struct target *t)
{
	char *open = strchr(t->host, '['), *close = strchr(t->host, ']');
	char *colon = strrchr(close ? close : t->host, ':');
	u64 port;

	if (!open != !close)
		return false;
	if (colon) {
		if (!parse_number(colon + 1, &port) || !port || port > 65535)
			return false;
		snprintf(t->port, sizeof(t->port), "%llu", port);
		*colon = '\0';
	}
	if (close) {
		if (close < open || close[1] ||
		    (open != t->host && open[-1] != '@'))
			return false;
		*close = '\0';
		memmove(open, open + 1, strlen(open));
	}
	return true;
}

/**
 * target_parse_ssh - parse ssh://[user@]host[:port]/path
 * @t: result
 * @text: as the user gave it
 *
 * Return: false if the text has another form.
 */
bool target_parse_ssh(struct target *t, const char *text)
{
	const char *rest = text + strlen(SSH_SCHEME), *slash;
	size_t len;

	if (strncmp(text, SSH_SCHEME, strlen(SSH_SCHEME)))
		return false;
	slash = strchr(rest, '/');
	len = slash ? (size_t)(slash - rest) : 0;
	if (!len || len >= sizeof(t->host))
		return false;
	memcpy(t->host, rest, len);
	t->host[len] = '\0';
	t->port[0] = '\0';
	if (!split_port(t) || !is_host(t->host))
		return false;
	if ((size_t)snprintf(t->path.s, sizeof(t->path.s), "%s", slash) >=
	    sizeof(t->path.s) - MAX_NAME * 2)
		return false;
	for (; *slash; slash++)
		if ((u8)*slash < ' ' || *slash == 0x7f)
			return false;
	return true;
}

/* Tests have no block devices; below their root directory a file stands for one. */
static bool is_block(const struct stat *st)
{
	return S_ISBLK(st->st_mode) || (S_ISREG(st->st_mode) && root_is_set());
}

/**
 * target_parse - find the kind of a target
 * @t: result
 * @text: as the user gave it
 *
 * Return: exit status.
 */
int target_parse(struct target *t, const char *text)
{
	struct stat st;

	t->text = text;
	t->fd = -1;
	t->lock_fd = -1;
	t->partial_fd = -1;
	if (!strncmp(text, SSH_SCHEME, strlen(SSH_SCHEME))) {
		t->ops = &target_ssh_ops;
		if (target_parse_ssh(t, text))
			return EXIT_DONE;
		return fail(EXIT_USAGE, "%s: not of the form ssh://[user@]host[:port]/path",
			    text);
	}
	if ((size_t)snprintf(t->path.s, sizeof(t->path.s), "%s", text) >=
	    sizeof(t->path.s) - MAX_NAME * 2)
		return fail_errno(EXIT_USAGE, ENAMETOOLONG, text);
	if (stat(text, &st))
		return fail_errno(exit_code_of(errno), errno, text);
	if (S_ISDIR(st.st_mode))
		t->ops = &target_dir_ops;
	else if (is_block(&st))
		t->ops = &target_block_ops;
	else
		return fail(EXIT_USAGE, "%s: neither a directory nor a block device nor ssh://",
			    text);
	return EXIT_DONE;
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
		if (!is_host_char(plain[i]) || strchr("@:%", plain[i]))
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
