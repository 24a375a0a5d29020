// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * VMCOREINFO: lines "key=value" that the crashed kernel has written.
 */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "lib/bounds.h"
#include "lib/say.h"

/**
 * core_set_vmcoreinfo - keep a copy of VMCOREINFO; ignored after the first call
 * @core: dump
 * @text: the text, which may not be terminated
 * @len: bytes of @text
 *
 * Return: 0 or -ENOMEM.
 */
int core_set_vmcoreinfo(struct core *core, const void *text, size_t len)
{
	if (core->vmcoreinfo || !len)
		return 0;
	if (len > MAX_VMCOREINFO)
		len = MAX_VMCOREINFO;
	core->vmcoreinfo = malloc(len + 1);
	if (!core->vmcoreinfo)
		return -ENOMEM;
	memcpy(core->vmcoreinfo, text, len);
	core->vmcoreinfo[len] = '\0';
	core->vmcoreinfo_len = strlen(core->vmcoreinfo);
	return 0;
}

const char *vmcoreinfo_find(const struct core *core, const char *key, size_t *len)
{
	size_t n = strlen(key);
	const char *line = core->vmcoreinfo, *next;

	for (; line && *line; line = next) {
		next = strchr(line, '\n');
		*len = next ? (size_t)(next - line) : strlen(line);
		if (*len > n && !memcmp(line, key, n) && line[n] == '=') {
			*len -= n + 1;
			return line + n + 1;
		}
		if (next)
			next++;
	}
	return NULL;
}

/* The whole value must be a number. */
static struct number parse_value(const char *value, size_t len, int base)
{
	struct number n = { };
	char text[24], *end;

	if (!value || !len || len >= sizeof(text) || !isxdigit((u8)value[0]))
		return n;
	memcpy(text, value, len);
	text[len] = '\0';
	errno = 0;
	n.value = strtoull(text, &end, base);
	n.known = !errno && !*end;
	return n;
}

struct number vmcoreinfo_number(const struct core *core, const char *kind,
				const char *name)
{
	const char *value;
	size_t len = 0;
	char key[80];

	snprintf(key, sizeof(key), "%s(%s)", kind, name);
	value = vmcoreinfo_find(core, key, &len);
	return parse_value(value, len, strcmp(kind, "SYMBOL") ? 10 : 16);
}

struct number vmcoreinfo_crash_time(const struct core *core)
{
	size_t len = 0;
	const char *value = vmcoreinfo_find(core, "CRASHTIME", &len);
	struct number n = parse_value(value, len, 10);

	return n.known && n.value && n.value <= MAX_TIME ? n : (struct number) { };
}

void vmcoreinfo_release(const struct core *core, char *buf, size_t cap)
{
	size_t len;
	const char *value = vmcoreinfo_find(core, "OSRELEASE", &len);

	make_printable(buf, cap, value ? value : "", value ? len : 0);
}
