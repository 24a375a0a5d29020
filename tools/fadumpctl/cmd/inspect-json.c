// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Output of inspect as JSON. Addresses and registers are strings with hexadecimal
 * numbers.
 */

#include <stdlib.h>
#include <string.h>

#include "cmd/print.h"
#include "core/core.h"
#include "core/klog.h"
#include "lib/json.h"

static json_t *cpu_json(const struct core_cpu *cpu, bool with_regs)
{
	json_t *o = json_object(), *regs = json_object();
	unsigned int i;

	json_object_set_new(o, "pid", json_integer(cpu->pid));
	for (i = 0; i < PPC64_NR_REGS && cpu->has_regs && with_regs; i++)
		if (core_register_name(i))
			json_object_set_new(regs, core_register_name(i),
					    json_hex(cpu->regs[i]));
	json_object_set_new(o, "registers", regs);
	return o;
}

static json_t *cpus_json(const struct core *core, bool all)
{
	int crashed = core_crashing_cpu(core);
	json_t *list = json_array();
	u32 i;

	for (i = 0; i < core->nr_cpus; i++)
		json_array_append_new(list, cpu_json(&core->cpus[i],
						     all || (int)i == crashed));
	return list;
}

static json_t *range_json(u64 start, u64 size)
{
	json_t *o = json_object();

	json_object_set_new(o, "start", json_hex(start));
	json_object_set_new(o, "size", json_size(size));
	return o;
}

static json_t *ranges_json(const struct core *core)
{
	json_t *list = json_array();
	u32 i;

	for (i = 0; i < core->nr_ranges; i++)
		json_array_append_new(list, range_json(core->ranges[i].start,
						       core->ranges[i].size));
	return list;
}

static json_t *gaps_json(const struct core *core)
{
	json_t *list = json_array();
	u32 i, nr;
	struct gap *gaps = core_find_gaps(core, &nr);

	for (i = 0; i < nr; i++)
		json_array_append_new(list, range_json(gaps[i].start, gaps[i].size));
	free(gaps);
	return list;
}

static json_t *vmcoreinfo_json(const struct core *core)
{
	json_t *o = json_object();
	const char *line, *next;

	for (line = core->vmcoreinfo; line && *line; line = next) {
		size_t len = strcspn(line, "\n"), key = strcspn(line, "=\n");
		json_t *name = json_text(line, key);

		next = line + len + !!line[len];
		if (key < len && name)
			json_object_set_new(o, json_string_value(name),
					    json_text(line + key + 1, len - key - 1));
		json_decref(name);
	}
	return o;
}

static bool add_line(void *arg, const char *line)
{
	return !json_array_append_new(arg, json_string(line));
}

static json_t *log_json(const struct core *core, const struct inspect_options *o)
{
	json_t *list = json_array();

	if ((o->log || o->log_all) &&
	    klog_tail(core, o->log_all ? 0 : o->log, add_line, list)) {
		json_decref(list);
		return json_null();
	}
	return list;
}

static json_t *damage_json(const struct core *core)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < NR_DAMAGES; i++)
		if (core->damage & 1U << i)
			json_array_append_new(list, json_string(core_damage_text(i)));
	return list;
}

/**
 * inspect_print_json - print a dump as a JSON object
 * @core: dump
 * @opts: what to print
 *
 * Return: 0, or -1 if memory is short.
 */
int inspect_print_json(const struct core *core, const struct inspect_options *opts)
{
	int crashed = core_crashing_cpu(core);
	json_t *o = json_object();
	char release[256];

	vmcoreinfo_release(core, release, sizeof(release));
	json_object_set_new(o, "file", json_text(opts->path, strlen(opts->path)));
	json_object_set_new(o, "format", json_string(core->format));
	json_object_set_new(o, "size", json_size(core->src.size));
	json_object_set_new(o, "machine", json_string(core_machine_name(core)));
	json_object_set_new(o, "release", release[0] ? json_string(release) :
			    json_null());
	json_object_set_new(o, "memory", json_size(core_memory_size(core)));
	json_object_set_new(o, "saved_pages", json_number(core->pages));
	json_object_set_new(o, "page_size", json_number(core->page_size));
	json_object_set_new(o, "ranges", ranges_json(core));
	json_object_set_new(o, "gaps", gaps_json(core));
	json_object_set_new(o, "crashing_cpu_note", crashed < 0 ? json_null() :
			    json_integer(crashed));
	json_object_set_new(o, "cpus", cpus_json(core, opts->all_cpus));
	json_object_set_new(o, "vmcoreinfo", vmcoreinfo_json(core));
	json_object_set_new(o, "log", log_json(core, opts));
	json_object_set_new(o, "damage", damage_json(core));
	return json_print(o, stdout);
}
