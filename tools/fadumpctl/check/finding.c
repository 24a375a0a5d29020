// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Findings: the answers to questions.
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check/check.h"

static void set_finding(struct finding *f, enum verdict verdict, const char *fmt, va_list args)
{
	f->verdict = verdict;
	f->stops = verdict == VERDICT_WRONG;
	vsnprintf(f->text, sizeof(f->text), fmt, args);
}

void finding_ok(struct finding *f, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set_finding(f, VERDICT_OK, fmt, args);
	va_end(args);
}

void finding_wrong(struct finding *f, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set_finding(f, VERDICT_WRONG, fmt, args);
	va_end(args);
}

void finding_unknown(struct finding *f, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set_finding(f, VERDICT_UNKNOWN, fmt, args);
	va_end(args);
}

void finding_add(struct finding *all, const struct finding *one)
{
	size_t len = strlen(all->text);

	if (one->verdict == VERDICT_WRONG) {
		*all = *one;
		return;
	}
	snprintf(all->text + len, sizeof(all->text) - len, "%s%s", len ? "; " : "", one->text);
	all->stops |= one->stops;
	if (one->verdict == VERDICT_UNKNOWN)
		all->verdict = VERDICT_UNKNOWN;
}

static const char * const verdicts[] = {
	[VERDICT_OK] = "ok",
	[VERDICT_WRONG] = "wrong",
	[VERDICT_UNKNOWN] = "unknown",
};

_Static_assert(ARRAY_SIZE(verdicts) == NR_VERDICTS, "a word for each");

const char *verdict_name(enum verdict verdict)
{
	return verdicts[verdict];
}
