// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /etc/fadump.conf: KEY=VALUE, as a shell reads it that knows only comments and
 * quotes.
 *
 * A dump is not lost for a word that is spelt wrong: the default takes its place.
 */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "makedumpfile.h"
#include "say.h"
#include "target.h"

static bool take_number(const char *value, u64 min, u64 max, u64 *number)
{
	return parse_number(value, number) && *number >= min && *number <= max;
}

static bool take_target(struct conf *c, const char *value)
{
	struct target t;

	if (value[0] != '/' && !target_parse_ssh(&t, value))
		return false;
	return (size_t)snprintf(c->target, sizeof(c->target), "%s", value) <
	       sizeof(c->target);
}

static bool take_level(struct conf *c, const char *value)
{
	u64 n;

	if (!take_number(value, 0, MAX_LEVEL, &n))
		return false;
	c->level = n;
	return true;
}

static bool take_compress(struct conf *c, const char *value)
{
	const char *option;

	if (!compress_option(value, &option))
		return false;
	snprintf(c->compress, sizeof(c->compress), "%s", value);
	return true;
}

static bool take_threads(struct conf *c, const char *value)
{
	u64 n;

	if (!take_number(value, 1, 1024, &n))
		return false;
	c->threads = n;
	return true;
}

static bool take_keep(struct conf *c, const char *value)
{
	return take_number(value, 0, MAX_KEEP, &c->keep);
}

static bool take_require_mount(struct conf *c, const char *value)
{
	c->require_mount = !strcmp(value, "yes");
	return c->require_mount || !strcmp(value, "no");
}

static const char * const failures[] = {
	[FAILURE_KEEP] = "keep",
	[FAILURE_SHELL] = "shell",
	[FAILURE_REBOOT] = "reboot",
};

static const char * const whens[] = {
	[WHEN_INITRAMFS] = "initramfs",
	[WHEN_BOOT] = "boot",
	[WHEN_NETWORK] = "network",
	[WHEN_NEVER] = "never",
};

/* Which of them it is, or -1. */
static int find(const char *name, const char * const *names, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(name, names[i]))
			return i;
	return -1;
}

const char *failure_name(enum failure failure)
{
	return failures[failure];
}

const char *when_name(enum when when)
{
	return whens[when];
}

bool failure_parse(const char *name, enum failure *failure)
{
	int i = find(name, failures, ARRAY_SIZE(failures));

	if (i >= 0)
		*failure = i;
	return i >= 0;
}

static bool take_failure(struct conf *c, const char *value)
{
	return failure_parse(value, &c->failure);
}

static bool take_when(struct conf *c, const char *value)
{
	int i = find(value, whens, ARRAY_SIZE(whens));

	if (i >= 0)
		c->when = i;
	return i >= 0;
}

static bool take_timeout(struct conf *c, const char *value)
{
	return take_number(value, 1, MAX_SECONDS, &c->timeout);
}

static bool take_bootargs(struct conf *c, const char *value)
{
	if (strlen(value) > MAX_BOOTARGS - 2)
		return false;
	strcpy(c->bootargs, value);
	return true;
}

static const struct {
	const char *key;
	bool (*take)(struct conf *c, const char *value);
	const char *wanted;
} keys[] = {
	{ "TARGET", take_target, "a path that begins with /, or ssh://[user@]host[:port]/path" },
	{ "LEVEL", take_level, "a number from 0 to 31" },
	{ "COMPRESS", take_compress, "none, zlib, lzo, snappy or zstd" },
	{ "THREADS", take_threads, "a number from 1 to 1024" },
	{ "KEEP", take_keep, "a number, 0 for all" },
	{ "REQUIRE_MOUNT", take_require_mount, "yes or no" },
	{ "FAILURE", take_failure, "keep, shell or reboot" },
	{ "WHEN", take_when, "initramfs, boot, network or never" },
	{ "TIMEOUT", take_timeout, "a number of seconds from 1 to 1000000" },
	{ "BOOTARGS", take_bootargs, "at most 2046 characters" },
};

/* Such as those at the ends of lines that another system's editor makes. */
static bool has_control(const char *text)
{
	while (*text && !iscntrl((unsigned char)*text))
		text++;
	return *text;
}

/* Up to the end of the word or the quotes, and nothing but a comment behind it. */
static bool end_value(char **value)
{
	bool quoted = **value == '"' || **value == '\'';
	char *end;

	if (quoted) {
		end = strchr(*value + 1, **value);
		(*value)++;
	} else {
		end = *value + strcspn(*value, " \t");
	}
	if (!end)
		return false;
	if (*end)
		*end++ = '\0';
	end += strspn(end, " \t");
	/* To a shell these are more than characters. */
	return (!*end || *end == '#') && !has_control(*value) &&
	       !strpbrk(*value, quoted ? "$`\\\"'" : "$`\\\"';&|<>()");
}

bool conf_split(char *line, char **key, char **value)
{
	size_t len;

	*key = NULL;
	line += strspn(line, " \t");
	if (!line[0] || line[0] == '#')
		return true;
	len = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
	if (!len || line[len] != '=')
		return false;
	line[len] = '\0';
	*key = line;
	*value = line + len + 1;
	return end_value(value);
}

static bool take_line(struct conf *c, const char *file, unsigned int nr, char *line)
{
	char *key, *value;
	size_t i;

	if (!conf_split(line, &key, &value)) {
		warn("%s:%u: not KEY=VALUE, ignored", file, nr);
		return false;
	}
	if (!key || !value[0])
		return true;
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(key, keys[i].key))
			continue;
		if (keys[i].take(c, value))
			return true;
		warn("%s:%u: %s: not %s, ignored", file, nr, key, keys[i].wanted);
		return false;
	}
	warn("%s:%u: %s: nobody knows this, ignored", file, nr, key);
	return false;
}

/**
 * conf_read - read the file
 * @c: result; where there is no file all of it is defaults
 *
 * Another host can be reached through a network only, whatever the file says.
 *
 * Return: whether all of it makes sense; what does not has been said.
 */
bool conf_read(struct conf *c)
{
	struct path path = root_path(CONF_FILE);
	char text[MAX_TEXT], *line = text, *next;
	unsigned int nr = 0;
	bool ok = true;
	ssize_t n;

	*c = (struct conf) {
		.target = DEFAULT_TARGET, .level = MAX_LEVEL, .compress = "lzo",
		.threads = default_threads(), .timeout = 2 * 60 * 60,
	};
	n = file_read_text(path.s, text, sizeof(text));
	if (n < 0 && n != -ENOENT) {
		warn("%s: %s, all of it ignored", path.s, strerror(-n));
		ok = false;
	}
	for (; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		ok &= take_line(c, path.s, ++nr, line);
	}
	if (!strncmp(c->target, SSH_SCHEME, strlen(SSH_SCHEME)) && c->when != WHEN_NEVER)
		c->when = WHEN_NETWORK;
	return ok;
}
