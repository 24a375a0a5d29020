// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * VMCOREINFO: "key=value", one a line, in text that a dead kernel left.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "bounds.h"
#include "say.h"

/**
 * core_set_vmcoreinfo - keep a copy; the first one counts
 * @core: dump
 * @text: the text, which need not end
 * @len: bytes
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

struct number vmcoreinfo_number(const struct core *core, const char *kind,
				const char *name)
{
	char key[80], text[24];
	struct number n = { };
	const char *value;
	size_t len;
	char *end;

	snprintf(key, sizeof(key), "%s(%s)", kind, name);
	value = vmcoreinfo_find(core, key, &len);
	if (!value || !len || len >= sizeof(text))
		return n;
	memcpy(text, value, len);
	text[len] = '\0';
	errno = 0;
	n.value = strtoull(text, &end, strcmp(kind, "SYMBOL") ? 10 : 16);
	n.known = !errno && !*end;
	return n;
}

void vmcoreinfo_release(const struct core *core, char *buf, size_t cap)
{
	size_t len;
	const char *value = vmcoreinfo_find(core, "OSRELEASE", &len);

	make_printable(buf, cap, value ? value : "", value ? len : 0);
}
