// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The file that fadumpctl test stores before the crash, and reads for the report.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/bounds.h"
#include "lib/files.h"
#include "lib/json.h"
#include "lib/say.h"
#include "selftest/selftest.h"

const char * const place_names[NR_PLACES] = {
	[PLACE_LOW] = "low",
	[PLACE_MIDDLE] = "middle",
	[PLACE_HIGH] = "high",
	[PLACE_AREA] = "dump_area",
};

u64 selftest_seed(const char *token)
{
	char half[17];

	snprintf(half, sizeof(half), "%.16s", token);
	return strtoull(half, NULL, 16);
}

void selftest_boot_id(char *buf, size_t cap)
{
	file_read_text(root_path("/proc/sys/kernel/random/boot_id").s, buf, cap);
}

long long selftest_time(long long when)
{
	return when > 0 && when <= MAX_TIME ? when : 0;
}

/* -------- Before the crash -------- */

static int write_file(int fd, const struct selftest *t)
{
	json_t *o = json_object();
	char *text;
	int rc;

	json_object_set_new(o, "token", json_string(t->token));
	json_object_set_new(o, "boot_id", json_text(t->boot_id, strlen(t->boot_id)));
	json_object_set_new(o, "began", json_integer(t->began));
	if (t->thorough)
		json_object_set(o, "thorough", t->thorough);
	text = json_dumps(o, JSON_INDENT(2));
	json_decref(o);
	rc = text ? write_all(fd, text, strlen(text)) : -ENOMEM;
	free(text);
	if (!rc && fsync(fd))
		rc = -errno;
	return rc;
}

/* The contents and the name of the file must be on the disk before the crash. */
int selftest_store(const struct selftest *t)
{
	struct path path = root_path(SELFTEST_FILE), dir = path;
	int fd, rc;

	*strrchr(dir.s, '/') = '\0';
	if (mkdir(dir.s, 0755) && errno != EEXIST)
		return fail_errno(exit_code_of(errno), errno, dir.s);
	fd = open(path.s, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	rc = fd < 0 ? -errno : write_file(fd, t);
	if (fd >= 0)
		close(fd);
	if (rc)
		return fail_errno(exit_code_of(rc), rc, path.s);
	fd = open(dir.s, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd))
		return fail_errno(exit_code_of(errno), errno, dir.s);
	close(fd);
	return EXIT_DONE;
}

/* -------- After the crash -------- */

/* NULL after a message. */
static json_t *load_test(const char *path)
{
	json_error_t error;
	struct stat st;
	json_t *o;

	if (stat(path, &st)) {
		fail(EXIT_STATE, "%s: %s: no test has been begun", path, strerror(errno));
		return NULL;
	}
	if (!S_ISREG(st.st_mode) || st.st_size > MAX_TEST_FILE) {
		fail(EXIT_STATE, "%s: not a file of fadumpctl test", path);
		return NULL;
	}
	o = json_load_file(path, 0, &error);
	if (!o)
		fail(EXIT_STATE, "%s: damaged in line %d: %s", path, error.line, error.text);
	return o;
}

static int decode(struct selftest *t, const json_t *o, const char *path)
{
	const char *token = json_string_value(json_object_get(o, "token"));
	const char *id = json_string_value(json_object_get(o, "boot_id"));

	if (!token || !id || strlen(token) != sizeof(t->token) - 1)
		return fail(EXIT_STATE, "%s: damaged: has no token or no boot_id", path);
	snprintf(t->token, sizeof(t->token), "%s", token);
	snprintf(t->boot_id, sizeof(t->boot_id), "%s", id);
	t->began = selftest_time(json_integer_value(json_object_get(o, "began")));
	t->thorough = json_incref(json_object_get(o, "thorough"));
	return EXIT_DONE;
}

int selftest_load(struct selftest *t)
{
	struct path path = root_path(SELFTEST_FILE);
	json_t *o = load_test(path.s);
	int rc = o ? decode(t, o, path.s) : EXIT_STATE;

	json_decref(o);
	return rc;
}
