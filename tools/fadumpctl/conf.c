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

/* Each of these may leave half of a value that is not valid: @c is a copy. */
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
	return take_number(value, 0, MAX_LEVEL, &c->level);
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
	return take_number(value, 1, 1024, &c->threads);
}

static bool take_keep(struct conf *c, const char *value)
{
	return take_number(value, 0, MAX_KEEP, &c->keep);
}

static bool take_bool(const char *value, bool *yes)
{
	*yes = !strcmp(value, "yes");
	return *yes || !strcmp(value, "no");
}

static bool take_require_mount(struct conf *c, const char *value)
{
	return take_bool(value, &c->require_mount);
}

static bool take_checksum(struct conf *c, const char *value)
{
	return take_bool(value, &c->checksum);
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
	if (strlen(value) > MAX_BOOTARGS - 2 || !is_printable(value))
		return false;
	strcpy(c->bootargs, value);
	return true;
}

static const struct {
	const char *name;
	bool (*take)(struct conf *c, const char *value);
	const char *wanted;
} keys[] = {
	[CONF_TARGET] = { "TARGET", take_target,
		"a path that begins with /, or ssh://[user@]host[:port]/path" },
	[CONF_REQUIRE_MOUNT] = { "REQUIRE_MOUNT", take_require_mount, "yes or no" },
	[CONF_WHEN] = { "WHEN", take_when, "initramfs, boot, network or never" },
	[CONF_FAILURE] = { "FAILURE", take_failure, "keep, shell or reboot" },
	[CONF_KEEP] = { "KEEP", take_keep, "a number from 0 to 1000000" },
	[CONF_LEVEL] = { "LEVEL", take_level, "a number from 0 to 31" },
	[CONF_COMPRESS] = { "COMPRESS", take_compress, "none, zlib, lzo, snappy or zstd" },
	[CONF_THREADS] = { "THREADS", take_threads, "a number from 1 to 1024" },
	[CONF_CHECKSUM] = { "CHECKSUM", take_checksum, "yes or no" },
	[CONF_TIMEOUT] = { "TIMEOUT", take_timeout,
		"a number of seconds from 1 to 1000000" },
	[CONF_BOOTARGS] = { "BOOTARGS", take_bootargs,
		"at most 2046 characters of printable ASCII" },
};

_Static_assert(ARRAY_SIZE(keys) == NR_CONF_KEYS, "a name for each");

const char *conf_key_name(enum conf_key key)
{
	return keys[key].name;
}

static const char *yes_or_no(bool yes)
{
	return yes ? "yes" : "no";
}

static const char *number_text(u64 value, struct conf_number *number)
{
	snprintf(number->s, sizeof(number->s), "%llu", value);
	return number->s;
}

/**
 * conf_value - a value as the file would have it
 * @c: configuration
 * @key: which value
 * @number: room for one that is a number
 *
 * Return: text in @c or in @number.
 */
const char *conf_value(const struct conf *c, enum conf_key key, struct conf_number *number)
{
	switch (key) {
	case CONF_TARGET:
		return c->target;
	case CONF_REQUIRE_MOUNT:
		return yes_or_no(c->require_mount);
	case CONF_WHEN:
		return whens[c->when];
	case CONF_FAILURE:
		return failures[c->failure];
	case CONF_KEEP:
		return number_text(c->keep, number);
	case CONF_LEVEL:
		return number_text(c->level, number);
	case CONF_COMPRESS:
		return c->compress;
	case CONF_THREADS:
		return number_text(c->threads, number);
	case CONF_CHECKSUM:
		return yes_or_no(c->checksum);
	case CONF_TIMEOUT:
		return number_text(c->timeout, number);
	case CONF_BOOTARGS:
		return c->bootargs;
	case NR_CONF_KEYS:
		break;
	}
	return "";
}

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

/* NULL in @key where the line says nothing; false where a shell would read it otherwise. */
static bool split_line(char *line, char **key, char **value)
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

static struct conf default_conf(void)
{
	return (struct conf) {
		.target = DEFAULT_TARGET, .level = MAX_LEVEL, .compress = "lzo",
		.threads = default_threads(), .checksum = true,
		.timeout = 2 * 60 * 60,
	};
}

/**
 * struct place - where a line is
 * @file: name of the file
 * @nr: number of the line
 * @held: the whole file's values, for messages; NULL where it is still being read
 */
struct place {
	const char *file;
	unsigned int nr;
	const struct conf *held;
};

static void warn_held(const struct place *at, enum conf_key key, const char *fault)
{
	struct conf_number number, default_number;
	struct conf defaults = default_conf();
	const char *held = conf_value(at->held, key, &number);
	bool is_default = !strcmp(held, conf_value(&defaults, key, &default_number));

	warn("%s:%u: %s%s; using %s%s", at->file, at->nr, keys[key].name, fault,
	     is_default ? "the default, " : "", held[0] ? held : "none");
}

static void warn_value(const struct place *at, enum conf_key key, const char *value)
{
	char plain[80], fault[256];

	make_printable(plain, sizeof(plain), value, strlen(value));
	snprintf(fault, sizeof(fault), "=%s: not %s", plain, keys[key].wanted);
	warn_held(at, key, fault);
}

/* All of a value or nothing of it. */
static bool take_value(struct conf *c, enum conf_key key, const char *value)
{
	struct conf changed = *c;

	if (!keys[key].take(&changed, value))
		return false;
	*c = changed;
	return true;
}

static int find_key(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(name, keys[i].name))
			return i;
	return -1;
}

static bool take_line(struct conf *c, const struct place *at, char *line)
{
	char *name, *value;
	bool good = split_line(line, &name, &value);
	int key = name ? find_key(name) : -1;

	if (good && (!name || !value[0]))
		return true;
	if (key >= 0 && good && take_value(c, key, value))
		return true;
	if (!at->held)
		return false;
	if (!name)
		warn("%s:%u: not KEY=VALUE, ignored", at->file, at->nr);
	else if (key < 0)
		warn("%s:%u: %s: unknown, ignored", at->file, at->nr, name);
	else if (!good)
		warn_held(at, key, ": neither one word nor a text in quotes");
	else
		warn_value(at, key, value);
	return false;
}

static bool take_text(struct conf *c, struct place *at, const char *text)
{
	char copy[MAX_TEXT], *line = copy, *next;
	bool good = true;

	snprintf(copy, sizeof(copy), "%s", text);
	for (at->nr = 1; line; line = next, at->nr++) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		good &= take_line(c, at, line);
	}
	return good;
}

/* All of the file or nothing of it. A line with a zero byte becomes one that is refused. */
static int read_text(const char *path, char *text, size_t cap)
{
	ssize_t n = file_read(path, text, cap), i;

	if (n == (ssize_t)cap - 1)
		n = -EFBIG;
	for (i = 0; i < n; i++)
		if (!text[i])
			text[i] = '\1';
	if (n < 0)
		text[0] = '\0';
	return n < 0 ? n : 0;
}

/**
 * conf_read - read the file
 * @c: result; where there is no file all of it is defaults
 *
 * Another host can be reached through a network only, whatever the file says.
 *
 * The file is read twice: a message names the value that holds, which a later line
 * may set.
 *
 * Return: whether all of it is valid; what is not has been reported.
 */
bool conf_read(struct conf *c)
{
	struct path path = root_path(CONF_FILE);
	struct place at = { .file = path.s };
	struct conf scratch = default_conf();
	char text[MAX_TEXT];
	int rc = read_text(path.s, text, sizeof(text));

	*c = default_conf();
	if (rc && rc != -ENOENT)
		warn("%s: %s, all of it ignored", path.s, strerror(-rc));
	take_text(c, &at, text);
	if (!strncmp(c->target, SSH_SCHEME, strlen(SSH_SCHEME)) && c->when != WHEN_NEVER)
		c->when = WHEN_NETWORK;
	at.held = c;
	return take_text(&scratch, &at, text) && (!rc || rc == -ENOENT);
}
