// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The result of the last "fadumpctl check" of this boot, for "fadumpctl status".
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "check/check.h"
#include "lib/bounds.h"
#include "lib/files.h"
#include "lib/say.h"

#define RESULT_DIR	"/run/fadump"
#define RESULT_FILE	RESULT_DIR "/check.json"

/**
 * check_store - store the result for "status"
 * @result: stays the caller's
 *
 * Only root may write there; the result of another user is silently not stored.
 */
void check_store(json_t *result)
{
	struct path dir = root_path(RESULT_DIR), file = root_path(RESULT_FILE);
	struct path new = root_path(RESULT_FILE ".new");

	if (mkdir(dir.s, 0755) && errno != EEXIST && errno != EACCES)
		warn("%s: %s: status will not show this result", dir.s, strerror(errno));
	if (json_dump_file(result, new.s, JSON_INDENT(2)) || rename(new.s, file.s))
		remove(new.s);
}

/* The file has all that check_summary() and status read. */
static bool is_result(const json_t *o)
{
	const json_t *list = json_object_get(o, "checks"), *one;
	size_t i;

	if (!json_is_integer(json_object_get(o, "time")) ||
	    !json_is_boolean(json_object_get(o, "ready")) || !json_is_array(list))
		return false;
	json_array_foreach(list, i, one)
		if (!json_is_string(json_object_get(one, "name")) ||
		    !json_is_string(json_object_get(one, "verdict")))
			return false;
	return true;
}

json_t *check_recall(void)
{
	char text[MAX_TEXT];
	json_t *o;

	if (file_read_text(root_path(RESULT_FILE).s, text, sizeof(text)) <= 0)
		return NULL;
	o = json_loads(text, 0, NULL);
	if (o && !is_result(o)) {
		json_decref(o);
		o = NULL;
	}
	return o;
}

/* "a, b": the names of all checks with this verdict, as many as fit. */
static void list_names(const json_t *result, const char *verdict, char *buf, size_t cap)
{
	const json_t *list = json_object_get(result, "checks"), *one;
	size_t i, len = 0;

	buf[0] = '\0';
	json_array_foreach(list, i, one) {
		const char *name = json_string_value(json_object_get(one, "name"));

		if (!strcmp(json_string_value(json_object_get(one, "verdict")), verdict) &&
		    len + strlen(name) + 3 < cap)
			len += sprintf(buf + len, "%s%s", len ? ", " : "", name);
	}
}

void check_summary(const json_t *result, char *buf, size_t cap)
{
	struct time_text when = time_text(json_integer_value(json_object_get(result, "time")));
	char names[256], plain[256];

	list_names(result, "wrong", names, sizeof(names));
	make_printable(plain, sizeof(plain), names, strlen(names));
	if (json_is_true(json_object_get(result, "ready")))
		snprintf(buf, cap, "%s: nothing is wrong", when.s);
	else
		snprintf(buf, cap, "%s: WRONG: %s; see fadumpctl check", when.s, plain);
}
