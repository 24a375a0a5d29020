// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl status --json: prints the state as JSON. What is not known is null.
 */

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "check/check.h"
#include "cmd/print.h"
#include "lib/files.h"
#include "lib/json.h"
#include "machine/state.h"

/* "missing: WORD (TEXT)" in dump_status; a word never changes, a text may. */
static json_t *missing(const struct dump_status *dump)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < dump->nr; i++) {
		const char *value = dump->line[i].value;
		const char *text = strstr(value, " (");
		size_t len = text ? (size_t)(text - value) : strlen(value);
		json_t *one;

		if (strcmp(dump->line[i].key, "missing") || !strcmp(value, "none"))
			continue;
		one = json_object();
		json_object_set_new(one, "word", json_text(value, len));
		if (text) {
			len = strlen(text += 2);
			len -= len && text[len - 1] == ')';
			json_object_set_new(one, "text", json_text(text, len));
		}
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *dump_json(const struct fadump_state *s)
{
	const struct dump_status *dump = &s->dump;
	json_t *o = json_object();
	unsigned int i;

	json_object_set_new(o, "waiting", json_boolean(s->waiting));
	json_object_set_new(o, "vmcore_size", json_number(s->vmcore_size));
	for (i = 0; i < dump->nr; i++) {
		const char *key = dump->line[i].key;
		const char *value = dump->line[i].value;
		struct number n = { };

		if (!strcmp(key, "missing"))
			continue;
		n.known = parse_number(value, &n.value);
		json_object_set_new(o, key, n.known ? json_number(n) :
				    json_text(value, strlen(value)));
	}
	json_object_set_new(o, "missing", dump->nr ? missing(dump) : json_null());
	return o;
}

/* As "check --json" prints it. */
static json_t *last_check(void)
{
	json_t *result = check_recall();

	return result ? result : json_null();
}

static json_t *state_json(const struct fadump_state *s)
{
	json_t *o = json_object();

	json_object_set_new(o, "supported", json_boolean(s->supported));
	json_object_set_new(o, "legacy_names_only", json_boolean(s->legacy));
	json_object_set_new(o, "enabled", json_boolean(s->enabled));
	json_object_set_new(o, "registered", json_boolean(s->registered));
	json_object_set_new(o, "mem_reserved", json_number(s->mem_reserved));
	json_object_set_new(o, "cma_size", json_number(s->cma_size));
	json_object_set_new(o, "boot_mem_size", json_number(s->boot_mem_size));
	json_object_set_new(o, "boot_mem_used", json_number(s->boot_mem_used));
	json_object_set_new(o, "boot_mem_recommended",
			    json_number(s->boot_mem_recommended));
	json_object_set_new(o, "hotplug_ready", s->hotplug_ready.known ?
			    json_boolean(s->hotplug_ready.value) : json_null());
	json_object_set_new(o, "bootargs_append", s->has_bootargs ?
			    json_text(s->bootargs, strlen(s->bootargs)) : json_null());
	json_object_set_new(o, "next_crash",
			    json_string(next_crash_word(state_next_crash(s))));
	json_object_set_new(o, "check", last_check());
	json_object_set_new(o, "dump", dump_json(s));
	return o;
}

/**
 * status_print_json - print the state as a JSON object
 * @s: state
 *
 * Return: 0, or -1 if memory is short.
 */
int status_print_json(const struct fadump_state *s)
{
	return json_print(state_json(s), stdout);
}
