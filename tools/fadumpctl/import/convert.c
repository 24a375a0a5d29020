// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Converts values of another configuration. Each setter returns NULL, or what the
 * administrator has to do instead; it changes nothing then, unless it says so.
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/import.h"
#include "target/target.h"

/* What a shell or conf_read() would not take literally, even in quotes. */
#define REFUSED	"$`\\\"'"

const char *import_store(struct import *im, enum import_key key, const char *value)
{
	if (strpbrk(value, REFUSED))
		return "fadump.conf takes no quotes and no $ in a value; use a script";
	if (strlen(value) >= sizeof(im->value[key]))
		return "the value is too long";
	strcpy(im->value[key], value);
	return NULL;
}

/* Add it behind a blank. */
const char *import_append(struct import *im, enum import_key key, const char *value)
{
	char text[PATH_MAX];
	const char *old = im->value[key];

	if ((size_t)snprintf(text, sizeof(text), "%s%s%s", old, *old ? " " : "", value) >=
	    sizeof(text))
		return "the value is too long";
	return import_store(im, key, text);
}

const char *set_text(struct import *im, const struct rule *r, const char *value)
{
	return import_store(im, r->key, value);
}

static const char *store_number(struct import *im, enum import_key key, u64 n)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", n);
	return import_store(im, key, text);
}

const char *set_number(struct import *im, const struct rule *r, const char *value)
{
	u64 n;

	if (!parse_number(value, &n) || n > r->max)
		return "not a valid number";
	return store_number(im, r->key, n);
}

/* 1 for yes, 0 for no, -1 for neither. */
static int parse_bool(const char *value)
{
	static const char * const words[] = { "false", "true", "no", "yes", "0", "1" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(value, words[i]))
			return i % 2;
	return -1;
}

/* -------- Targets -------- */

/* A wrong target must not become the default one without a word: remove it. */
static const char *store_target(struct import *im, const char *target)
{
	struct target t;

	im->value[IMPORT_TARGET][0] = '\0';
	if (strpbrk(target, " \t") ||
	    (target[0] != '/' && !target_parse_ssh(&t, target)))
		return "set TARGET to a path that begins with /, or to ssh://";
	return import_store(im, IMPORT_TARGET, target);
}

const char *set_device(struct import *im, const struct rule *r, const char *value)
{
	(void)r;
	return store_target(im, value);
}

/* A directory of this machine, until a target is found. */
const char *set_path(struct import *im, const struct rule *r, const char *value)
{
	(void)r;
	if (value[0] != '/')
		return "set TARGET to a path that begins with /";
	snprintf(im->path, sizeof(im->path), "%s", value);
	return store_target(im, value);
}

/* user@host, where host may be an address of IPv6 without brackets */
const char *set_ssh(struct import *im, const struct rule *r, const char *value)
{
	const char *host = strchr(value, '@') ? strchr(value, '@') + 1 : value;
	bool is_bare = strchr(host, ':') && strchr(host, ':') != strrchr(host, ':') &&
		       !strchr(host, '[');
	char text[2 * PATH_MAX];

	(void)r;
	snprintf(text, sizeof(text), SSH_SCHEME "%.*s%s%s%s%s", (int)(host - value), value,
		 is_bare ? "[" : "", host, is_bare ? "]" : "", im->path);
	return store_target(im, text);
}

const char *set_key_file(struct import *im, const struct rule *r, const char *value)
{
	(void)r;
	if (strncmp(im->value[IMPORT_TARGET], SSH_SCHEME, strlen(SSH_SCHEME)))
		return NULL;
	snprintf(im->todo, sizeof(im->todo),
		 "add \"IdentityFile %.128s\" for the target's host to ~root/.ssh/config", value);
	return im->todo;
}

/* A mount point gets REQUIRE_MOUNT; a directory below it is missing if nothing is mounted. */
static const char *store_mounted(struct import *im, const char *source, const char *path)
{
	char target[2 * PATH_MAX];
	struct path dir;
	const char *rest;

	im->value[IMPORT_TARGET][0] = '\0';
	if (!find_mounted(source, &dir, &rest)) {
		snprintf(im->todo, sizeof(im->todo),
			 "add a line for %.128s to /etc/fstab, and set TARGET to the directory", source);
		return im->todo;
	}
	if (!strcmp(path, "/"))
		path = "";
	snprintf(target, sizeof(target), "%s%s%s", dir.s, rest, path);
	if (!rest[0] && !path[0])
		import_store(im, IMPORT_REQUIRE_MOUNT, "yes");
	return store_target(im, target);
}

const char *set_mounted(struct import *im, const struct rule *r, const char *value)
{
	return store_mounted(im, value, r->max ? im->path : "");
}

/* "user:password@host" loses its password. Return: true if it had one. */
static bool cut_password(char *text)
{
	char *slash = strchr(text, '/'), *at = strchr(text, '@'), *colon = strchr(text, ':');

	if (!at || !colon || colon > at || (slash && at > slash))
		return false;
	memmove(colon, at, strlen(at) + 1);
	return true;
}

static const char *set_url_ssh(struct import *im, char *rest, bool is_ssh)
{
	bool has_password = cut_password(rest);
	char text[PATH_MAX + sizeof(SSH_SCHEME)];
	const char *todo;

	snprintf(text, sizeof(text), SSH_SCHEME "%s", rest);
	todo = store_target(im, text);
	if (todo || (is_ssh && !has_password))
		return todo;
	return has_password ? "TARGET has no password; give root a key for that host" :
	       "TARGET is the same directory by ssh, which needs a shell on that host";
}

/* host/path is host:/path for nfs, //host/path for cifs */
static const char *set_url_mounted(struct import *im, char *rest, bool is_nfs)
{
	char source[PATH_MAX + 4];
	char *slash, *host;

	cut_password(rest);
	host = strchr(rest, '@') ? strchr(rest, '@') + 1 : rest;
	slash = strchr(host, '/');
	if (!slash)
		return "set TARGET to a directory";
	if (is_nfs)
		snprintf(source, sizeof(source), "%.*s:%s", (int)(slash - host), host, slash);
	else
		snprintf(source, sizeof(source), "//%s", host);
	return store_mounted(im, source, "");
}

static const struct {
	const char *scheme;
	const char *(*set)(struct import *im, char *rest, bool flag);
	bool flag;
} schemes[] = {
	{ "ssh://", set_url_ssh, true },
	{ "sftp://", set_url_ssh, false },
	{ "scp://", set_url_ssh, false },
	{ "nfs://", set_url_mounted, true },
	{ "cifs://", set_url_mounted, false },
	{ "smb://", set_url_mounted, false },
};

const char *set_url(struct import *im, const struct rule *r, const char *value)
{
	char copy[PATH_MAX];
	size_t i;

	(void)r;
	if (!strncmp(value, "file://", strlen("file://")))
		value += strlen("file://");
	if (value[0] == '/')
		return store_target(im, value);
	snprintf(copy, sizeof(copy), "%s", value);
	for (i = 0; i < ARRAY_SIZE(schemes); i++)
		if (!strncmp(copy, schemes[i].scheme, strlen(schemes[i].scheme)))
			return schemes[i].set(im, copy + strlen(schemes[i].scheme),
					      schemes[i].flag);
	return "set TARGET to a directory, a device or ssh://; there is no ftp";
}

/* -------- What happens afterwards -------- */

static bool is_one_of(const char *value, const char * const *words, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(value, words[i]))
			return true;
	return false;
}

const char *set_failure(struct import *im, const struct rule *r, const char *value)
{
	static const char * const words[] = { "shell", "reboot", "poweroff", "halt" };

	(void)r;
	if (is_one_of(value, words, ARRAY_SIZE(words)))
		return import_store(im, IMPORT_FAILURE, value);
	if (strcmp(value, "dump_to_rootfs"))
		return "set FAILURE to keep, shell, reboot, release, poweroff or halt";
	/* What follows is its final action, which is a reboot by default. */
	import_store(im, IMPORT_FAILURE, "reboot");
	return strcmp(im->value[IMPORT_TARGET], im->path) ?
	       import_append(im, IMPORT_TARGET, im->path) : NULL;
}

const char *set_final(struct import *im, const struct rule *r, const char *value)
{
	static const char * const words[] = { "reboot", "poweroff" };

	(void)r;
	if (is_one_of(value, words, ARRAY_SIZE(words)))
		return import_store(im, IMPORT_FINAL, value);
	return "set FINAL to continue, reboot or poweroff; reboot is used";
}

const char *set_reboot(struct import *im, const struct rule *r, const char *value)
{
	int yes = parse_bool(value);

	(void)r;
	if (yes < 0)
		return "neither true nor false; set FINAL to reboot or continue";
	return import_store(im, IMPORT_FINAL, yes ? "reboot" : "continue");
}

/* Its next action is the reboot, or the release and the rest of the boot. */
const char *set_continue(struct import *im, const struct rule *r, const char *value)
{
	bool is_last = !strcmp(im->value[IMPORT_FINAL], "continue");
	int yes = parse_bool(value);

	(void)r;
	if (yes < 0)
		return "neither true nor false; set FAILURE";
	return import_store(im, IMPORT_FAILURE, !yes ? "shell" : is_last ? "release" : "reboot");
}

const char *set_fail_command(struct import *im, const struct rule *r, const char *value)
{
	static const char * const words[] = { "reboot", "poweroff", "halt" };
	size_t len = strcspn(value, " ");
	char word[16];

	snprintf(word, sizeof(word), "%.*s", (int)len, value);
	if (!strcmp(value + len, "") || !strcmp(value + len, " -f")) {
		if (is_one_of(word, words, ARRAY_SIZE(words)))
			return import_store(im, IMPORT_FAILURE, word);
		if (!strcmp(word, "/bin/bash") || !strcmp(word, "/bin/sh"))
			return import_store(im, IMPORT_FAILURE, "shell");
	}
	return r->todo;
}

/* -------- The rest -------- */

/* The number of dumps before the new one; 0 is for all, -1 for none. */
const char *set_old_dumps(struct import *im, const struct rule *r, const char *value)
{
	u64 n;

	if (!strcmp(value, "-1"))
		return store_number(im, r->key, 1);
	if (!parse_number(value, &n) || n >= r->max)
		return "not a valid number; set KEEP";
	return n ? store_number(im, r->key, n + 1) : NULL;
}

const char *set_arguments(struct import *im, const struct rule *r, const char *value)
{
	const char *todo;

	(void)r;
	if (strlen(im->value[IMPORT_BOOTARGS]) + 1 + strlen(value) > MAX_BOOTARGS - 2)
		return "too long for BOOTARGS";
	todo = import_append(im, IMPORT_BOOTARGS, value);
	return todo ? "BOOTARGS takes no quotes, backslashes or $; set it by hand" : NULL;
}

/* 0 is for all CPUs */
const char *set_cpus(struct import *im, const struct rule *r, const char *value)
{
	char text[40];
	u64 n;

	if (!parse_number(value, &n) || n > r->max)
		return "not a valid number; set THREADS, and nr_cpus= in BOOTARGS";
	if (!n)
		return NULL;
	store_number(im, IMPORT_THREADS, n);
	snprintf(text, sizeof(text), "nr_cpus=%llu", n);
	return set_arguments(im, r, text);
}

const char *set_use(struct import *im, const struct rule *r, const char *value)
{
	(void)r;
	return strcmp(value, "0") ? NULL : import_store(im, IMPORT_WHEN, "never");
}

static int is_visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* Its programs are run as well. */
const char *set_directory(struct import *im, const struct rule *r, const char *value)
{
	struct dirent **list;
	int n = scandir(root_path(value).s, &list, is_visible, NULL), i;

	(void)im;
	for (i = 0; i < n; i++)
		free(list[i]);
	if (n >= 0)
		free(list);
	return n > 0 ? r->todo : NULL;
}
