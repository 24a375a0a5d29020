// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Questions about the running kernel and fadump.conf.
 */

#include <stdio.h>
#include <string.h>

#include "check/check.h"
#include "lib/child.h"
#include "lib/say.h"
#include "machine/state.h"
#include "save/conf.h"

void check_armed(struct check_input *in, struct finding *f)
{
	const struct fadump_state *s = &in->state;

	if (s->waiting)
		finding_wrong(f, "a dump is waiting: save and release it (fadumpctl capture)");
	else if (s->registered)
		finding_ok(f, "firmware dumps the next crash");
	else
		finding_wrong(f, "%s", why_not_armed(s));
}

/* Compare in MiB, as "recommend" does and crashkernel= takes it. */
void check_boot_memory(struct check_input *in, struct finding *f)
{
	const struct number *have = &in->state.boot_mem_size;
	const struct number *want = &in->state.boot_mem_recommended;

	if (!have->known || !want->known || !want->value)
		finding_unknown(f, "this kernel does not measure what a capture needs (fadumpctl recommend)");
	else if (to_mib(have->value) < to_mib(want->value))
		finding_wrong(f, "%s, but %s are recommended: reboot with crashkernel=%lluM (fadumpctl recommend)",
			      size_text(have->value).s, size_text(want->value).s,
			      to_mib(want->value));
	else
		finding_ok(f, "%s, of which %s are needed", size_text(have->value).s,
			   size_text(want->value).s);
}

/*
 * The command's first word, if it is the name of a program. Return: false if it is anything
 * else that a shell may understand.
 */
static bool find_program_name(const char *command, char *name, size_t cap)
{
	size_t len = strcspn(command, " ;|&<>()");

	snprintf(name, cap, "%.*s", (int)len, command);
	return len && len < cap && !strchr(name, '=');
}

static bool has_program(char *name)
{
	char *argv[] = { "sh", "-c", "command -v -- \"$1\"", "sh", name, NULL };
	struct child c = { };

	return child_start(&c, argv, 0) || !child_finish(&c, false);
}

/* Return: false if @f says which program is missing. */
static bool has_programs(const struct conf *c, struct finding *f)
{
	static const enum conf_key commands[] = { CONF_PIPE, CONF_PRE, CONF_POST };
	struct conf_number number;
	char name[256];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		const char *command = conf_value(c, commands[i], &number);

		if (!find_program_name(command, name, sizeof(name)) || has_program(name))
			continue;
		finding_wrong(f, "%s: %s is not there: install it, or correct " CONF_FILE,
			      conf_key_name(commands[i]), name);
		return false;
	}
	return true;
}

void check_conf(struct check_input *in, struct finding *f)
{
	if (!in->save->conf_is_valid)
		finding_wrong(f, "%s has invalid lines: fadumpctl conf shows them", CONF_FILE);
	else if (!has_programs(&in->save->conf, f))
		return;
	else if (in->save->conf.when == WHEN_NEVER)
		finding_ok(f, "%s; WHEN=never: a dump waits until fadumpctl capture is called",
			   CONF_FILE);
	else
		finding_ok(f, "all of %s is valid", CONF_FILE);
}
