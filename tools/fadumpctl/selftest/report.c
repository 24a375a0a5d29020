// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl test --report: is there a dump, is it the right one, and how long did each
 * phase take? proof.c compares it with what a thorough test has filled.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/core.h"
#include "core/klog.h"
#include "lib/bounds.h"
#include "lib/files.h"
#include "lib/json.h"
#include "lib/say.h"
#include "machine/id.h"
#include "save/conf.h"
#include "selftest/selftest.h"
#include "target/target.h"

/**
 * struct report - the report on a test; times in seconds since 1970, 0 if unknown
 * @test: what was stored before the crash
 * @id: of this machine, or empty
 * @prefix: of its dumps' names, if it has no @id
 * @crashed: the machine runs another boot than the test's
 * @where: the dump
 * @core: its file, or empty
 * @level: makedumpfile's level, if known
 * @proof: result of the comparison of memory and registers, or NULL
 * @unseen: a directory or target that cannot be searched, or empty
 * @has_dump: there is a dump
 * @has_token: it has the test's token
 * @crash: time of the crash, by the crashed kernel
 * @boot: start of the running kernel
 * @save_began: start of the save
 * @save_ended: end of the save
 */
struct report {
	struct selftest test;
	char id[MACHINE_ID_LEN + 1];
	char prefix[MAX_NAME];
	bool crashed;
	struct path where;
	struct path core;
	struct number level;
	json_t *proof;
	struct path unseen;
	bool has_dump;
	bool has_token;
	long long crash;
	long long boot;
	long long save_began;
	long long save_ended;
};

static long long time_in(const json_t *o, const char *key)
{
	return selftest_time(json_integer_value(json_object_get(o, key)));
}

static int load(struct report *r)
{
	char boot_id[sizeof(r->test.boot_id)];
	int rc = selftest_load(&r->test);

	selftest_boot_id(boot_id, sizeof(boot_id));
	r->crashed = strcmp(boot_id, r->test.boot_id);
	return rc;
}

/* btime follows a line for each CPU, and the line of interrupts, which is very long. */
static void find_boot_time(struct report *r)
{
	FILE *f = fopen(root_path("/proc/stat").s, "r");
	char *line = NULL;
	size_t cap = 0;

	while (f && !r->boot && getline(&line, &cap, f) > 0)
		if (!strncmp(line, "btime ", 6))
			r->boot = selftest_time(strtoll(line + 6, NULL, 10));
	free(line);
	if (f)
		fclose(f);
}

/* -------- A dump that is waiting -------- */

static bool find_token(void *arg, const char *line)
{
	struct report *r = arg;
	const char *at = strstr(line, SELFTEST_MARK);

	if (at && !strncmp(at + strlen(SELFTEST_MARK), r->test.token,
			   strlen(r->test.token)))
		r->has_token = true;
	return !r->has_token;
}

static void read_core(struct report *r, const char *path)
{
	struct core core;

	snprintf(r->where.s, sizeof(r->where.s), "%s", path);
	r->has_dump = file_exists(path);
	if (!r->has_dump)
		return;
	if (!core_open(&core, path)) {
		r->core = r->where;
		klog_tail(&core, 0, find_token, r);
		r->crash = vmcoreinfo_crash_time(&core).value;
	}
	core_close(&core);
}

/* -------- A dump that was saved -------- */

/* Open neither a FIFO nor a link that another user may have put there. */
static FILE *open_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");

	if (!f && fd >= 0)
		close(fd);
	return f;
}

static void read_log(struct report *r, const char *dir)
{
	struct path path;
	char line[4096];
	FILE *f;

	f = path_join(&path, dir, LOG_NAME) ? NULL : open_text(path.s);
	if (!f)
		return;
	while (!r->has_token && fgets(line, sizeof(line), f))
		find_token(r, line);
	fclose(f);
}

static void read_info(struct report *r, const char *dir)
{
	char text[MAX_TEXT] = "";
	const char *file;
	struct path path;
	json_t *o;

	if (!path_join(&path, dir, INFO_NAME))
		file_read(path.s, text, sizeof(text));
	o = json_loads(text, 0, NULL);
	r->save_began = time_in(o, "began");
	r->save_ended = time_in(o, "ended");
	r->crash = time_in(o, "crashed");
	r->level.known = json_is_integer(json_object_get(o, "level"));
	r->level.value = json_integer_value(json_object_get(o, "level"));
	/* A log without a dump has no "file", and what went through PIPE cannot be read. */
	file = json_string_value(json_object_get(o, "file"));
	if (!file || json_object_get(o, "piped") || strchr(file, '/') || path_join(&r->core, dir, file))
		r->core.s[0] = '\0';
	json_decref(o);
}

/* Use the newest dump that has the token, or else the newest one since the test. */
static void read_dump(struct report *r, const char *dir)
{
	struct report one = *r;

	one.has_token = false;
	snprintf(one.where.s, sizeof(one.where.s), "%s", dir);
	read_info(&one, dir);
	read_log(&one, dir);
	if (one.save_began < r->test.began || r->has_token)
		return;
	if (one.has_token || one.save_began >= r->save_began) {
		*r = one;
		r->has_dump = true;
	}
}

/* Dumps of other machines may be in the same directory. */
static void find_own_names(struct report *r)
{
	struct target t = { };
	struct utsname uts = { };

	uname(&uts);
	machine_id(r->id);
	target_set_name(&t, DUMP_KIND, uts.nodename, r->id, 0);
	snprintf(r->prefix, sizeof(r->prefix), "%s", t.prefix);
}

/* In the initramfs the host name may differ, but the id is the same. */
static bool is_own_dump(const struct report *r, const char *name)
{
	return r->id[0] ? is_dump_name_with_id(name, r->id) : is_dump_name(name, r->prefix);
}

static void search_directory(struct report *r, const char *dir)
{
	struct path path;
	struct dirent *e;
	DIR *d = opendir(dir);

	if (!d) {
		snprintf(r->unseen.s, sizeof(r->unseen.s), "%s", dir);
		return;
	}
	while ((e = readdir(d)))
		if (is_own_dump(r, e->d_name) &&
		    !path_join(&path, dir, e->d_name))
			read_dump(r, path.s);
	closedir(d);
}

/* -------- The report -------- */

static void say_phase(const char *label, long long from, long long to)
{
	if (from && to && to >= from)
		say_field(label, "%lld s", to - from);
	else
		say_field(label, "unknown");
}

static void print_text(const struct report *r)
{
	say_field("Crash", "%s", r->crashed ? "yes, another kernel is running" :
		  "no, still the same boot");
	if (r->has_dump)
		say_field("Dump", "%s", r->where.s);
	else if (r->unseen.s[0])
		say_field("Dump", "unknown, cannot look into %s", r->unseen.s);
	else
		say_field("Dump", "none is waiting or was saved since");
	say_field("Token", "%s", r->has_token ? "found in the dump" : "not found");
	say_phase("Test to crash", r->test.began, r->crash);
	say_phase("Crash to boot", r->crash, r->boot);
	say_phase("Boot to save", r->boot, r->save_began);
	say_phase("Save", r->save_began, r->save_ended);
	if (r->proof)
		proof_print(r->proof);
	if (r->test.thorough)
		hardware_print(json_object_get(r->test.thorough, "machine"));
}

static json_t *phase(long long from, long long to)
{
	return from && to && to >= from ? json_integer(to - from) : json_null();
}

static json_t *report_json(const struct report *r)
{
	json_t *o = json_object();

	json_object_set_new(o, "crashed", json_boolean(r->crashed));
	json_object_set_new(o, "dump", r->has_dump ?
			    json_text(r->where.s, strlen(r->where.s)) : json_null());
	json_object_set_new(o, "cannot_look_into", r->unseen.s[0] ?
			    json_text(r->unseen.s, strlen(r->unseen.s)) : json_null());
	json_object_set_new(o, "token_found", json_boolean(r->has_token));
	json_object_set_new(o, "test_to_crash", phase(r->test.began, r->crash));
	json_object_set_new(o, "crash_to_boot", phase(r->crash, r->boot));
	json_object_set_new(o, "boot_to_save", phase(r->boot, r->save_began));
	json_object_set_new(o, "save", phase(r->save_began, r->save_ended));
	if (!r->test.thorough)
		return o;
	json_object_set_new(o, "proof", r->proof ? json_incref(r->proof) : json_null());
	json_object_set(o, "machine", json_object_get(r->test.thorough, "machine"));
	return o;
}

static int print_json(const struct report *r)
{
	return json_print(report_json(r), stdout) ? fail(EXIT_FAILED, "out of memory") :
						    EXIT_DONE;
}

/* print_text() knows only stdout, so redirect it to memory. */
static json_t *text_json(const struct report *r)
{
	char *text = NULL, *line, *rest;
	json_t *lines = json_array();
	FILE *own = stdout;
	size_t len;

	stdout = open_memstream(&text, &len);
	if (stdout) {
		print_text(r);
		fclose(stdout);
	}
	stdout = own;
	for (rest = text; rest && (line = strsep(&rest, "\n")) && rest; )
		json_array_append_new(lines, json_text(line, strlen(line)));
	free(text);
	return lines;
}

/* The name of a dump, and that of its directory, may contain the machine's name. */
static void leave_names_out(struct report *r)
{
	if (r->has_dump && strcmp(r->where.s, root_path("/proc/vmcore").s))
		strcpy(r->where.s, "saved, its name is left out");
	if (r->unseen.s[0])
		strcpy(r->unseen.s, "its place");
}

static int write_report(const struct report *r, const char *path)
{
	json_t *o = report_json(r);
	FILE *f = fopen(path, "we");
	int rc;

	if (!f) {
		json_decref(o);
		return fail_errno(exit_code_of(errno), errno, path);
	}
	json_object_set_new(o, "text", text_json(r));
	rc = json_print(o, f) ? -EIO : 0;
	if (fclose(f) && !rc)
		rc = -errno;
	return rc ? fail_errno(exit_code_of(rc), rc, path) : EXIT_DONE;
}

/* A directory of another host cannot be searched, nor can a device. */
static void search_configured(struct report *r)
{
	struct path target;
	struct conf conf;
	const char *rest;

	conf_read(&conf);
	rest = conf.target;
	while ((rest = conf_next_target(rest, &target)))
		if (target.s[0] == '/')
			search_directory(r, root_path(target.s).s);
		else
			r->unseen = target;
}

static bool is_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && !S_ISDIR(st.st_mode);
}

static void find_dump(struct report *r, const char *where)
{
	if (where && is_file(where)) {
		read_core(r, where);
		return;
	}
	read_core(r, root_path("/proc/vmcore").s);
	if (!r->has_token && where)
		search_directory(r, where);
	else if (!r->has_token)
		search_configured(r);
}

static void prove(struct report *r)
{
	if (r->test.thorough && r->crashed && r->core.s[0])
		r->proof = proof_make(r->test.thorough, selftest_seed(r->test.token),
				      r->core.s, r->level);
}

static bool is_good(const struct report *r)
{
	return r->crashed && r->has_token &&
	       (!r->test.thorough || (r->proof && proof_is_good(r->proof)));
}

/* A flag would not do: libkdumpfile never tests it. */
static void on_alarm(int sig)
{
	static const char text[] =
		"fadumpctl: the report has not finished within 600 seconds, and is given up\n";

	(void)sig;
	_exit(write(STDERR_FILENO, text, strlen(text)) < 0 ? EXIT_FAILED : EXIT_INTERRUPTED);
}

_Static_assert(DEFAULT_INSPECT_SECONDS == 600, "as the message says");

/* Decoding a damaged dump may never end. */
static void limit_time(void)
{
	struct sigaction sa = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &sa, NULL);
	alarm(DEFAULT_INSPECT_SECONDS);
}

/**
 * selftest_report - report what came of a test
 * @o: what to report, and where to
 *
 * Return: exit status: 0 if the dump is the right one and has all that it should have of
 * what was filled.
 */
int selftest_report(const struct selftest_report_options *o)
{
	struct report *r = calloc(1, sizeof(*r));
	int rc;

	if (!r)
		return fail(EXIT_FAILED, "out of memory");
	rc = load(r);
	if (rc)
		goto out;
	limit_time();
	find_boot_time(r);
	find_own_names(r);
	find_dump(r, o->where);
	prove(r);
	if (o->json)
		rc = print_json(r);
	else
		print_text(r);
	leave_names_out(r);
	if (!rc && o->output)
		rc = write_report(r, o->output);
	if (!rc && !is_good(r))
		rc = EXIT_FAILED;
out:
	json_decref(r->test.thorough);
	json_decref(r->proof);
	free(r);
	return rc;
}
