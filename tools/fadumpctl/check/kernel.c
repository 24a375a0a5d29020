// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Questions about the running kernel and fadump.conf.
 */

#include "check/check.h"
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

void check_conf(struct check_input *in, struct finding *f)
{
	if (!in->save->conf_is_valid)
		finding_wrong(f, "%s has invalid lines: fadumpctl conf shows them", CONF_FILE);
	else if (in->save->conf.when == WHEN_NEVER)
		finding_ok(f, "%s; WHEN=never: a dump waits until fadumpctl capture is called",
			   CONF_FILE);
	else
		finding_ok(f, "all of %s is valid", CONF_FILE);
}
