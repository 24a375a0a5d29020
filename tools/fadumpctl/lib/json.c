// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Additions to jansson.
 */

#include <limits.h>
#include <stdlib.h>

#include "lib/json.h"
#include "lib/say.h"

json_t *json_text(const char *text, size_t len)
{
	size_t cap = len * 4 + 1;
	char *plain = malloc(cap);
	json_t *o;

	if (!plain)
		return NULL;
	make_printable(plain, cap, text, len);
	o = json_string(plain);
	free(plain);
	return o;
}

json_t *json_size(u64 n)
{
	return json_integer(n < LLONG_MAX ? n : LLONG_MAX);
}

json_t *json_number(struct number n)
{
	return n.known ? json_size(n.value) : json_null();
}

json_t *json_hex(u64 n)
{
	return json_sprintf("0x%llx", n);
}

int json_print(json_t *o, FILE *f)
{
	int rc;

	if (!o)
		return -1;
	rc = json_dumpf(o, f, JSON_INDENT(2));
	fputc('\n', f);
	json_decref(o);
	return rc;
}
