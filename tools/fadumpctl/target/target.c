// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kinds of targets, and names of dumps.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/files.h"
#include "lib/say.h"
#include "target/target.h"

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
