// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The state of fadump, as the kernel tells it.
 */

#include <string.h>
#include <sys/stat.h>

#include "lib/files.h"
#include "machine/attr.h"
#include "machine/state.h"

/**
 * dump_status_parse - split the text into lines
 * @dump: has the text, which is changed
 *
 * A line without ": " is ignored.
 */
void dump_status_parse(struct dump_status *dump)
{
	char *line = dump->text, *next, *colon;

	dump->nr = 0;
	for (; line && dump->nr < MAX_STATUS_LINES; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		colon = strstr(line, ": ");
		if (!colon)
			continue;
		*colon = '\0';
		dump->line[dump->nr].key = line;
		dump->line[dump->nr++].value = colon + 2;
	}
}

void dump_status_read(struct dump_status *dump)
{
	struct path path = attr_path(ATTR_DUMP_STATUS);

	file_read_text(path.s, dump->text, sizeof(dump->text));
	dump_status_parse(dump);
}

const char *dump_status_get(const struct dump_status *dump, const char *key)
{
	unsigned int i;

	for (i = 0; i < dump->nr; i++)
		if (!strcmp(dump->line[i].key, key))
			return dump->line[i].value;
	return NULL;
}

struct number dump_status_number(const struct dump_status *dump, const char *key)
{
	const char *value = dump_status_get(dump, key);
	struct number n = { };

	if (value)
		n.known = parse_number(value, &n.value);
	return n;
}

static bool has_word(const char *cmdline, const char *word)
{
	size_t len = strlen(word);
	const char *at = cmdline;

	while ((at = strstr(at, word))) {
		if ((at == cmdline || at[-1] == ' ') &&
		    (!at[len] || at[len] == ' '))
			return true;
		at += len;
	}
	return false;
}

static struct number size_of_vmcore(void)
{
	struct number n = { };
	struct stat st;

	if (!stat(root_path("/proc/vmcore").s, &st)) {
		n.known = true;
		n.value = st.st_size;
	}
	return n;
}

/*
 * An upstream kernel keeps release_mem after the release, but removes
 * /proc/vmcore.
 */
static bool is_waiting(const struct fadump_state *s)
{
	const char *outcome = dump_status_get(&s->dump, "dump");

	if (outcome)
		return !strcmp(outcome, "waiting");
	return attr_exists(ATTR_RELEASE_MEM) && s->vmcore_size.known;
}

/* A release runs now, or has released only a part of the memory. */
static bool is_releasing(const struct fadump_state *s)
{
	const char *outcome = dump_status_get(&s->dump, "dump");

	return outcome && !strcmp(outcome, "releasing") &&
	       dump_status_number(&s->dump, "to_return").value;
}

/**
 * state_read - read the state
 * @s: result
 */
void state_read(struct fadump_state *s)
{
	memset(s, 0, sizeof(*s));
	s->vmcore_size = size_of_vmcore();
	file_read_text(root_path("/proc/cmdline").s, s->cmdline,
		       sizeof(s->cmdline));
	s->nocma = has_word(s->cmdline, "fadump=nocma");
	s->is_requested = s->nocma || has_word(s->cmdline, "fadump=on");
	s->supported = attr_exists(ATTR_ENABLED);
	if (!s->supported)
		return;
	s->legacy = !file_exists(root_path("/sys/kernel/fadump").s);
	s->enabled = attr_number(ATTR_ENABLED).value;
	s->registered = attr_number(ATTR_REGISTERED).value;
	s->mem_reserved = attr_number(ATTR_MEM_RESERVED);
	s->cma_size = attr_number(ATTR_CMA_SIZE);
	s->boot_mem_size = attr_number(ATTR_BOOT_MEM_SIZE);
	s->boot_mem_used = attr_number(ATTR_BOOT_MEM_USED);
	s->boot_mem_recommended = attr_number(ATTR_BOOT_MEM_RECOMMENDED);
	s->hotplug_ready = attr_number(ATTR_HOTPLUG_READY);
	s->has_bootargs = attr_exists(ATTR_BOOTARGS);
	file_read_text(attr_path(ATTR_BOOTARGS).s, s->bootargs,
		       sizeof(s->bootargs));
	dump_status_read(&s->dump);
	s->waiting = is_waiting(s);
	s->releasing = is_releasing(s);
}
