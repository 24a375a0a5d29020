// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Boot entries, which grubby lists and changes. What it listed before the first change is
 * kept, so that each kernel can get the arguments back that it had.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bootloader/bootloader.h"
#include "lib/bounds.h"
#include "lib/child.h"
#include "lib/files.h"
#include "lib/say.h"
#include "lib/stop.h"

#define RECORD	"/var/lib/fadumpctl/grubby"

/* grubby's name for all kernels, also for those that are installed later. */
#define ALL	"ALL"

static const char * const keys[] = { "fadump", "crashkernel" };

/**
 * struct entry - a kernel in grubby's list
 * @kernel: its file
 * @args: its fadump= and crashkernel=, in the order of @keys
 */
struct entry {
	char kernel[256];
	char args[MAX_BOOTARGS];
};

/* -------- The list -------- */

static bool has_key(const char *word, const char *key)
{
	size_t len = strlen(key);

	return !strncmp(word, key, len) && word[len] == '=';
}

/* Append the words with @key. The kernel takes no longer line than @out. */
static void copy_words(char *out, const char *line, size_t len, const char *key)
{
	const char *end = line + len;
	size_t at = strlen(out), n;

	for (; line < end; line += n + 1) {
		n = strcspn(line, " \"\n");
		if (has_key(line, key) && at + 1 + n < MAX_BOOTARGS)
			at += sprintf(out + at, "%s%.*s", at ? " " : "", (int)n, line);
	}
}

/* 'args="ro quiet"' */
static void take_args(struct entry *e, const char *line, size_t len)
{
	size_t i;

	e->args[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		copy_words(e->args, line, len, keys[i]);
}

/* 'kernel="/boot/vmlinuz"', with or without quotes */
static void take_kernel(struct entry *e, const char *line, size_t len)
{
	if (len && *line == '"')
		line++, len--;
	len = len && line[len - 1] == '"' ? len - 1 : len;
	snprintf(e->kernel, sizeof(e->kernel), "%.*s", (int)len, line);
}

/* Find the next kernel that has arguments. Return: false at the end. */
static bool next_entry(const char **at, struct entry *e)
{
	static const size_t kernel = sizeof("kernel=") - 1, args = sizeof("args=") - 1;

	e->kernel[0] = '\0';
	while (**at) {
		const char *line = *at;
		size_t len = strcspn(line, "\n");

		*at += len + !!line[len];
		if (len > kernel && !strncmp(line, "kernel=", kernel))
			take_kernel(e, line + kernel, len - kernel);
		if (len < args || strncmp(line, "args=", args) || !e->kernel[0])
			continue;
		take_args(e, line + args, len - args);
		return true;
	}
	return false;
}

static bool find_entry(const char *list, const char *kernel, struct entry *e)
{
	while (next_entry(&list, e))
		if (!strcmp(e->kernel, kernel))
			return true;
	return false;
}

/* @list: MAX_TEXT bytes */
static int read_list(char *list)
{
	char *argv[] = { "grubby", "--info=" ALL, NULL };
	struct child c = { };
	const char *at = list;
	struct entry e;
	int rc = child_start(&c, argv, CHILD_OUT);

	if (rc)
		return fail_errno(EXIT_PROGRAM, rc, argv[0]);
	child_read(&c, list, MAX_TEXT);
	rc = child_finish(&c, false);
	if (!rc && (strlen(list) == MAX_TEXT - 1 || !next_entry(&at, &e)))
		return fail(EXIT_PROGRAM, "grubby --info=" ALL ": the list of kernels cannot be read");
	return rc;
}

/* -------- Changes -------- */

/* Set the arguments that @args has, and remove the others of @keys. */
static int set_args(const char *kernel, const char *args)
{
	char update[300], remove[64] = "--remove-args=", add[MAX_BOOTARGS + 16];
	char *argv[5] = { "grubby", update, NULL };
	struct child c = { };
	size_t i, n = 2, len = strlen(remove);

	snprintf(update, sizeof(update), "--update-kernel=%s", kernel);
	snprintf(add, sizeof(add), "--args=%s", args);
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		char found[MAX_BOOTARGS] = "";

		copy_words(found, args, strlen(args), keys[i]);
		if (!found[0])
			len += snprintf(remove + len, sizeof(remove) - len, "%s%s",
					remove[len - 1] == '=' ? "" : " ", keys[i]);
	}
	if (remove[len - 1] != '=')
		argv[n++] = remove;
	if (args[0])
		argv[n++] = add;
	return child_run(&c, argv);
}

/* All kernels get what the first one had, then each one that had something else. */
static int restore(const char *before)
{
	static char now[MAX_TEXT];
	struct entry first = { }, e;
	const char *at = before;
	struct entry current;
	int rc;

	next_entry(&at, &first);
	rc = set_args(ALL, first.args);
	if (!rc)
		rc = read_list(now);
	for (at = before; !rc && next_entry(&at, &e); )
		if (find_entry(now, e.kernel, &current) && strcmp(current.args, e.args))
			rc = set_args(e.kernel, e.args);
	return rc;
}

/* Whether the result is what was asked for depends on the version of grubby. */
static int check_restored(const char *before)
{
	static char now[MAX_TEXT];
	struct entry e, current;
	int rc = read_list(now);

	while (!rc && next_entry(&before, &e))
		if (find_entry(now, e.kernel, &current) && strcmp(current.args, e.args))
			rc = fail(EXIT_PROGRAM, "%s: grubby left the arguments \"%s\" instead of \"%s\"",
				  e.kernel, current.args, e.args);
	return rc;
}

static int restore_all(const char *before)
{
	int rc = restore(before);

	return rc ? rc : check_restored(before);
}

/*
 * @then: a list with the arguments after the change, or NULL
 * @args: those of a kernel that is not in it
 *
 * Return: the number of kernels whose arguments change.
 */
static unsigned int show(const char *now, const char *then, const char *args)
{
	unsigned int changes = 0;
	struct entry e, other;

	while (next_entry(&now, &e)) {
		const char *new = then && find_entry(then, e.kernel, &other) ?
				  other.args : args;

		if (!strcmp(e.args, new))
			continue;
		printf("%s:\n- %s\n+ %s\n", e.kernel, e.args[0] ? e.args : "(none)",
		       new[0] ? new : "(none)");
		changes++;
	}
	return changes;
}

static int write_record(const char *list)
{
	struct path path = root_path(RECORD), dir = path;
	int rc;

	if (file_exists(path.s))
		return EXIT_DONE;
	*strrchr(dir.s, '/') = '\0';
	if (mkdir(dir.s, 0755) && errno != EEXIST)
		return fail_errno(exit_code_of(errno), errno, dir.s);
	rc = file_replace(path.s, list);
	return rc ? fail_errno(exit_code_of(rc), rc, path.s) : EXIT_DONE;
}

static int change(const char *before, const char *args)
{
	struct path record = root_path(RECORD);
	bool is_first = !file_exists(record.s);
	int rc = write_record(before);

	if (rc)
		return rc;
	rc = set_args(ALL, args);
	if (!rc)
		return EXIT_DONE;
	/* A signal must not stop this, too. */
	clear_interrupted();
	if (restore_all(before))
		return fail(rc, "the arguments are not restored; recommend --undo tries again");
	if (is_first)
		unlink(record.s);
	return fail(rc, "the arguments are as before");
}

int grubby_apply(const struct loader *l, const char *args, bool yes)
{
	static char list[MAX_TEXT];
	int rc = read_list(list);

	(void)l;
	if (rc)
		return rc;
	if (!show(list, NULL, args)) {
		say_text("All kernels have these arguments already.");
		return EXIT_DONE;
	}
	printf("Then: grubby --update-kernel=" ALL " --args=\"%s\"\n", args);
	rc = confirm_change(yes);
	return rc ? rc : change(list, args);
}

int grubby_undo(const struct loader *l, bool yes)
{
	static char before[MAX_TEXT], list[MAX_TEXT];
	struct path record = root_path(RECORD);
	const char *at = before;
	struct entry first;
	int rc;

	(void)l;
	if (file_read(record.s, before, sizeof(before)) <= 0 || !next_entry(&at, &first))
		return fail(EXIT_STATE, "%s: there is nothing to undo", record.s);
	rc = read_list(list);
	if (rc)
		return rc;
	show(list, before, first.args);
	rc = confirm_change(yes);
	if (!rc)
		rc = restore_all(before);
	if (!rc && unlink(record.s))
		rc = fail_errno(EXIT_FAILED, errno, record.s);
	return rc;
}
