// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /etc/fadump.conf: KEY=VALUE, the part of a shell's syntax that has only comments and
 * quotes.
 *
 * A wrong value must not prevent a save: it is reported, and the default is used.
 */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/bounds.h"
#include "lib/files.h"
#include "lib/say.h"
#include "save/conf.h"
#include "save/makedumpfile.h"
#include "target/target.h"

/* On false, these may leave a part of the value in *c, which is a copy. */
static bool set_number(const char *value, u64 min, u64 max, u64 *number)
{
	return parse_number(value, number) && *number >= min && *number <= max;
}

const char *conf_next_target(const char *list, struct path *target)
{
	size_t len;

	list += strspn(list, " ");
	len = strcspn(list, " ");
	snprintf(target->s, sizeof(target->s), "%.*s", (int)len, list);
	return len ? list + len : NULL;
}

static bool is_target(const char *text)
{
	struct target t;

	return text[0] == '/' || target_parse_ssh(&t, text);
}

static bool set_target(struct conf *c, const char *value)
{
	struct path one;
	const char *rest = conf_next_target(value, &one);

	if (!rest)
		return false;
	/* Scripts take the text up to the first blank. */
	value += strspn(value, " ");
	for (; rest; rest = conf_next_target(rest, &one))
		if (!is_target(one.s))
			return false;
	return (size_t)snprintf(c->target, sizeof(c->target), "%s", value) <
	       sizeof(c->target);
}

static bool set_level(struct conf *c, const char *value)
{
	return set_number(value, 0, MAX_LEVEL, &c->level);
}

static bool set_compress(struct conf *c, const char *value)
{
	const char *option;

	if (!compress_option(value, &option))
		return false;
	snprintf(c->compress, sizeof(c->compress), "%s", value);
	return true;
}

static bool set_threads(struct conf *c, const char *value)
{
	return set_number(value, 1, 1024, &c->threads);
}

static bool set_makedumpfile_args(struct conf *c, const char *value)
{
	if (!are_more_args(value))
		return false;
	strcpy(c->makedumpfile_args, value);
	return true;
}

static bool set_command(const char *value, char *command)
{
	return (size_t)snprintf(command, MAX_COMMAND, "%s", value) < MAX_COMMAND;
}

static bool set_pipe(struct conf *c, const char *value)
{
	return set_command(value, c->pipe);
}

static bool set_pre(struct conf *c, const char *value)
{
	return set_command(value, c->pre);
}

static bool set_post(struct conf *c, const char *value)
{
	return set_command(value, c->post);
}

static bool set_keep(struct conf *c, const char *value)
{
	return set_number(value, 0, MAX_KEEP, &c->keep);
}

static bool set_make_room(struct conf *c, const char *value)
{
	return set_number(value, 0, MAX_MIB, &c->make_room);
}

static bool set_bool(const char *value, bool *yes)
{
	*yes = !strcmp(value, "yes");
	return *yes || !strcmp(value, "no");
}

static bool set_require_mount(struct conf *c, const char *value)
{
	return set_bool(value, &c->require_mount);
}

static bool set_checksum(struct conf *c, const char *value)
{
	return set_bool(value, &c->checksum);
}

static const char * const failures[] = {
	[FAILURE_KEEP] = "keep",
	[FAILURE_SHELL] = "shell",
	[FAILURE_REBOOT] = "reboot",
	[FAILURE_RELEASE] = "release",
	[FAILURE_POWEROFF] = "poweroff",
	[FAILURE_HALT] = "halt",
};

static const char * const finals[] = {
	[FINAL_CONTINUE] = "continue",
	[FINAL_REBOOT] = "reboot",
	[FINAL_POWEROFF] = "poweroff",
};

static const char * const whens[] = {
	[WHEN_INITRAMFS] = "initramfs",
	[WHEN_BOOT] = "boot",
	[WHEN_NETWORK] = "network",
	[WHEN_NEVER] = "never",
};

/* The index of @name, or -1. */
static int find_name(const char *name, const char * const *names, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(name, names[i]))
			return i;
	return -1;
}

bool failure_parse(const char *name, enum failure *failure)
{
	int i = find_name(name, failures, ARRAY_SIZE(failures));

	if (i >= 0)
		*failure = i;
	return i >= 0;
}

static bool set_failure(struct conf *c, const char *value)
{
	return failure_parse(value, &c->failure);
}

static bool set_failure_attempts(struct conf *c, const char *value)
{
	return set_number(value, 1, MAX_ATTEMPTS, &c->failure_attempts);
}

static bool set_final(struct conf *c, const char *value)
{
	int i = find_name(value, finals, ARRAY_SIZE(finals));

	if (i >= 0)
		c->final = i;
	return i >= 0;
}

static bool set_when(struct conf *c, const char *value)
{
	int i = find_name(value, whens, ARRAY_SIZE(whens));

	if (i >= 0)
		c->when = i;
	return i >= 0;
}

static bool set_timeout(struct conf *c, const char *value)
{
	return set_number(value, 1, MAX_SECONDS, &c->timeout);
}

static bool set_bootargs(struct conf *c, const char *value)
{
	if (strlen(value) > MAX_BOOTARGS - 2 || !is_printable(value))
		return false;
	strcpy(c->bootargs, value);
	return true;
}

static const struct {
	const char *name;
	bool (*set)(struct conf *c, const char *value);
	const char *wanted;
} keys[] = {
	[CONF_TARGET] = { "TARGET", set_target,
		"a path that begins with /, or ssh://[user@]host[:port]/path, or several of these" },
	[CONF_REQUIRE_MOUNT] = { "REQUIRE_MOUNT", set_require_mount, "yes or no" },
	[CONF_WHEN] = { "WHEN", set_when, "initramfs, boot, network or never" },
	[CONF_FAILURE] = { "FAILURE", set_failure, FAILURES },
	[CONF_FAILURE_ATTEMPTS] = { "FAILURE_ATTEMPTS", set_failure_attempts,
		"a number from 1 to 100" },
	[CONF_FINAL] = { "FINAL", set_final, "continue, reboot or poweroff" },
	[CONF_KEEP] = { "KEEP", set_keep, "a number from 0 to 1000000" },
	[CONF_MAKE_ROOM] = { "MAKE_ROOM", set_make_room,
		"a number of MiB from 0 to 1000000000" },
	[CONF_LEVEL] = { "LEVEL", set_level, "a number from 0 to 31" },
	[CONF_COMPRESS] = { "COMPRESS", set_compress, "none, zlib, lzo, snappy or zstd" },
	[CONF_THREADS] = { "THREADS", set_threads, "a number from 1 to 1024" },
	[CONF_MAKEDUMPFILE_ARGS] = { "MAKEDUMPFILE_ARGS", set_makedumpfile_args,
		"at most 32 words without the options that other keys set" },
	[CONF_PIPE] = { "PIPE", set_pipe, "at most 1023 bytes" },
	[CONF_PRE] = { "PRE", set_pre, "at most 1023 bytes" },
	[CONF_POST] = { "POST", set_post, "at most 1023 bytes" },
	[CONF_CHECKSUM] = { "CHECKSUM", set_checksum, "yes or no" },
	[CONF_TIMEOUT] = { "TIMEOUT", set_timeout,
		"a number of seconds from 1 to 1000000" },
	[CONF_BOOTARGS] = { "BOOTARGS", set_bootargs,
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
 * conf_value - a value as the file has it
 * @c: configuration
 * @key: the value's key
 * @number: buffer for a number
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
	case CONF_FAILURE_ATTEMPTS:
		return number_text(c->failure_attempts, number);
	case CONF_FINAL:
		return finals[c->final];
	case CONF_KEEP:
		return number_text(c->keep, number);
	case CONF_MAKE_ROOM:
		return number_text(c->make_room, number);
	case CONF_LEVEL:
		return number_text(c->level, number);
	case CONF_COMPRESS:
		return c->compress;
	case CONF_THREADS:
		return number_text(c->threads, number);
	case CONF_MAKEDUMPFILE_ARGS:
		return c->makedumpfile_args;
	case CONF_PIPE:
		return c->pipe;
	case CONF_PRE:
		return c->pre;
	case CONF_POST:
		return c->post;
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

/* Such as the carriage returns of an editor on another system. */
static bool has_control(const char *text)
{
	while (*text && !iscntrl((unsigned char)*text))
		text++;
	return *text;
}

/* Cut at the end of the word or the quotes. False if more than a comment follows. */
static bool cut_value(char **value)
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
	/* A shell would expand these or end the value there. */
	return (!*end || *end == '#') && !has_control(*value) &&
	       !strpbrk(*value, quoted ? "$`\\\"'" : "$`\\\"';&|<>()");
}

/* *key is NULL for an empty line. False if a shell would read the line differently. */
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
	return cut_value(value);
}

static struct conf default_conf(void)
{
	return (struct conf) {
		.target = DEFAULT_TARGET, .level = MAX_LEVEL, .compress = "lzo",
		.threads = default_threads(), .checksum = true,
		.failure_attempts = 1, .timeout = 2 * 60 * 60,
	};
}

/**
 * struct place - a line of the file
 * @file: name of the file
 * @nr: number of the line
 * @used: the values of the whole file, for messages; NULL while these are being read
 */
struct place {
	const char *file;
	unsigned int nr;
	const struct conf *used;
};

static void warn_used(const struct place *at, enum conf_key key, const char *fault)
{
	struct conf_number number, default_number;
	struct conf defaults = default_conf();
	const char *used = conf_value(at->used, key, &number);
	bool is_default = !strcmp(used, conf_value(&defaults, key, &default_number));

	warn("%s:%u: %s%s; using %s%s", at->file, at->nr, keys[key].name, fault,
	     is_default ? "the default, " : "", used[0] ? used : "none");
}

static void warn_value(const struct place *at, enum conf_key key, const char *value)
{
	char plain[80], fault[256];

	make_printable(plain, sizeof(plain), value, strlen(value));
	snprintf(fault, sizeof(fault), "=%s: not %s", plain, keys[key].wanted);
	warn_used(at, key, fault);
}

/* Set all of a value, or nothing of an invalid one. */
static bool set_value(struct conf *c, enum conf_key key, const char *value)
{
	struct conf changed = *c;

	if (!keys[key].set(&changed, value))
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

static bool parse_line(struct conf *c, const struct place *at, char *line)
{
	char *name, *value;
	bool good = split_line(line, &name, &value);
	int key = name ? find_key(name) : -1;

	if (good && (!name || !value[0]))
		return true;
	if (key >= 0 && good && set_value(c, key, value))
		return true;
	if (!at->used)
		return false;
	if (!name)
		warn("%s:%u: not KEY=VALUE, ignored", at->file, at->nr);
	else if (key < 0)
		warn("%s:%u: %s: unknown, ignored", at->file, at->nr, name);
	else if (!good)
		warn_used(at, key, ": neither one word nor a text in quotes");
	else
		warn_value(at, key, value);
	return false;
}

static bool parse_text(struct conf *c, struct place *at, const char *text)
{
	char copy[MAX_TEXT], *line = copy, *next;
	bool good = true;

	snprintf(copy, sizeof(copy), "%s", text);
	for (at->nr = 1; line; line = next, at->nr++) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		good &= parse_line(c, at, line);
	}
	return good;
}

/* Ignore a file that does not fit. A zero byte becomes a character that is refused. */
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

/*
 * Commands are run where all their programs are, which the initramfs does not have, and so
 * is the end of the boot. A
 * target on another host needs the network. The initramfs tries only the first target,
 * and the service that tries all of them waits for the network by itself.
 */
static void correct_when(struct conf *c)
{
	const char *rest = c->target;
	bool is_first = true;
	struct path one;

	if (c->when == WHEN_NEVER)
		return;
	if (c->when == WHEN_INITRAMFS &&
	    (c->pipe[0] || c->pre[0] || c->post[0] || c->final != FINAL_CONTINUE))
		c->when = WHEN_BOOT;
	while ((rest = conf_next_target(rest, &one))) {
		if (!strncmp(one.s, SSH_SCHEME, strlen(SSH_SCHEME)) &&
		    (is_first || c->when == WHEN_BOOT))
			c->when = WHEN_NETWORK;
		is_first = false;
	}
}

/**
 * conf_read - read the file
 * @c: result; all defaults if there is no file
 *
 * @c->when is corrected for what the other values need.
 *
 * The text is parsed twice, so that a message can name the value that is used: a later
 * line may set it.
 *
 * Return: false if anything is invalid, after a message.
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
	parse_text(c, &at, text);
	correct_when(c);
	at.used = c;
	return parse_text(&scratch, &at, text) && (!rc || rc == -ENOENT);
}
