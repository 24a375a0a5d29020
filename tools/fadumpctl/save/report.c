// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The files about a dump: info.json, failed.txt in its place, and SHA256SUMS.
 */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/json.h"
#include "lib/say.h"
#include "save/save.h"
#include "target/target.h"

static json_t *info_json(const struct save *s)
{
	json_t *o = json_object();

	json_object_set_new(o, "source", json_text(s->filter.source,
						   strlen(s->filter.source)));
	json_object_set_new(o, "began", json_integer(s->began));
	json_object_set_new(o, "ended", json_integer(time(NULL)));
	json_object_set_new(o, "file", s->log_only ? json_null() :
			    json_string(save_dump_name(s)));
	if (s->conf.pipe[0] && !s->log_only)
		json_object_set_new(o, "piped", json_string(save_stream_name(s)));
	json_object_set_new(o, "bytes", json_size(s->bytes));
	json_object_set_new(o, "level", s->raw ? json_null() :
			    json_integer(s->filter.level));
	if (s->summary.is_known) {
		json_object_set_new(o, "release", json_string(s->summary.release));
		json_object_set_new(o, "crashed", s->summary.crashed.known ?
				    json_integer(s->summary.crashed.value) : json_null());
	}
	return o;
}

int save_info(struct save *s)
{
	json_t *o = info_json(s);
	char *text = o ? json_dumps(o, JSON_INDENT(2)) : NULL;
	int rc;

	json_decref(o);
	if (!text)
		return fail(EXIT_FAILED, "out of memory");
	rc = save_memory(s, INFO_NAME, text, strlen(text));
	free(text);
	return rc;
}

/**
 * save_report - write beside the log why there is no dump
 * @s: dump; all its files but the log are removed
 * @why: exit status of the failure
 *
 * Return: exit status.
 */
int save_report(struct save *s, int why)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int rc;

	if (!f)
		return fail(EXIT_FAILED, "out of memory");
	/* Only the log's checksum is still valid. */
	s->sums_len = s->kept_len;
	fprintf(f, "%s: the dump was not saved\n", s->filter.source);
	if (s->summary.is_known)
		fprintf(f, "kernel: %s\n", s->summary.release);
	if (s->summary.crashed.known)
		fprintf(f, "crashed: %s\n", time_text(s->summary.crashed.value).s);
	fprintf(f, "began: %s\n", time_text(s->began).s);
	fprintf(f, "failed: %s\n", time_text(time(NULL)).s);
	fprintf(f, "exit status: %d\n\n%s", why, said_messages());
	if (fclose(f))
		rc = fail(EXIT_FAILED, "out of memory");
	else
		rc = save_memory(s, REPORT_NAME, text, len);
	free(text);
	return rc;
}

/* Its own checksum is added after it was written. sha256sum refuses an empty list. */
int save_sums(struct save *s)
{
	if (!s->sums_len)
		return EXIT_DONE;
	return save_memory(s, SUMS_NAME, s->sums, s->sums_len);
}
