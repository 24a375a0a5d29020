// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Output of inspect as text.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/print.h"
#include "core/core.h"
#include "core/klog.h"
#include "lib/bounds.h"
#include "lib/say.h"

/* --json has the complete list. */
#define MAX_LISTED	16

/* Columns of a name and 16 hexadecimal digits. */
#define REGISTER_WIDTH	24

static void print_crash_time(const struct core *core)
{
	struct number crashed = vmcoreinfo_crash_time(core);

	if (crashed.known)
		say_field("Crashed", "%s", time_text(crashed.value).s);
}

static void print_head(const struct core *core, const char *path)
{
	char release[256];

	vmcoreinfo_release(core, release, sizeof(release));
	say_field("File", "%s", path);
	say_field("Format", "%s, %s, %s", core->format, core_machine_name(core),
		  size_text(core->src.size).s);
	say_field("Kernel", "%s", release[0] ? release : "unknown");
	print_crash_time(core);
}

static void print_damage(const struct core *core)
{
	unsigned int i;

	for (i = 0; i < NR_DAMAGES; i++)
		if (core->damage & 1U << i)
			say_field("Damaged", "%s", core_damage_text(i));
}

static void print_registers(const struct core_cpu *cpu)
{
	unsigned int per_line = terminal_columns(STDOUT_FILENO) / REGISTER_WIDTH ?: 1;
	unsigned int i, n = 0;

	for (i = 0; i < PPC64_NR_REGS; i++) {
		if (!core_register_name(i))
			continue;
		printf("  %5s %016llx", core_register_name(i), cpu->regs[i]);
		if (++n % per_line == 0)
			putchar('\n');
	}
	if (n % per_line)
		putchar('\n');
}

static void print_cpu(const struct core *core, u32 i, bool crashed)
{
	const struct core_cpu *cpu = &core->cpus[i];

	char pid[24] = "";

	if (cpu->pid)
		snprintf(pid, sizeof(pid), ", pid %u", cpu->pid);
	putchar('\n');
	say_text("Registers in note %u%s%s", i, crashed ? ", of the CPU that crashed" : "", pid);
	if (cpu->has_regs)
		print_registers(cpu);
	else
		puts("  of a format that is not decoded");
}

static void print_cpus(const struct core *core, bool all)
{
	int crashed = core_crashing_cpu(core);
	u32 i;

	if (all) {
		for (i = 0; i < core->nr_cpus; i++)
			print_cpu(core, i, (int)i == crashed);
		return;
	}
	if (crashed >= 0)
		print_cpu(core, crashed, true);
	else if (core->nr_cpus)
		say_text("\nThe dump does not tell which CPU crashed: --cpus shows all.");
}

static void print_memory(const struct core *core)
{
	struct gap *gaps;
	u32 nr, i;

	say_field("CPUs", "%u", core->nr_cpus);
	say_field("Memory", "%s in %u ranges%s", size_text(core_memory_size(core)).s,
		  core->nr_ranges, core->ranges_cut ? ", and more" : "");
	if (core->pages.known && core->page_size.known)
		say_field("Of it saved", "%llu pages, %s", core->pages.value,
			  size_text(core->pages.value * core->page_size.value).s);
	gaps = core_find_gaps(core, &nr);
	for (i = 0; i < nr && i < MAX_LISTED; i++)
		say_field(i ? "" : "Gaps", "%#llx-%#llx, %s", gaps[i].start,
			  gaps[i].start + gaps[i].size - 1,
			  size_text(gaps[i].size).s);
	if (nr > MAX_LISTED)
		say_field("", "and %u more", nr - MAX_LISTED);
	if (!nr && core->nr_ranges)
		say_field("Gaps", "none");
	free(gaps);
}

/* Wrap lines on a terminal only: files and pipes will be searched. */
static void print_untrusted_line(unsigned int indent, const char *line)
{
	if (isatty(STDOUT_FILENO))
		say_wrapped(indent, line);
	else
		puts(line);
}

static void print_vmcoreinfo(const struct core *core, bool all)
{
	const char *line, *next;
	char plain[MAX_BOOTARGS];
	unsigned int lines = 0;

	for (line = core->vmcoreinfo; line && *line; line = next) {
		size_t len = strcspn(line, "\n");

		next = line + len + !!line[len];
		lines++;
		if (!all)
			continue;
		make_printable(plain, sizeof(plain), line, len);
		if (lines == 1)
			puts("\nVMCOREINFO");
		print_untrusted_line(4, plain);
	}
	if (!all && lines)
		say_field("VMCOREINFO", "%u lines", lines);
	else if (!lines)
		say_field("VMCOREINFO", "none");
}

static bool print_log_line(void *arg, const char *line)
{
	bool *first = arg;

	if (*first)
		puts("\nEnd of the log");
	*first = false;
	print_untrusted_line(15, line);
	return true;
}

static void print_log(const struct core *core, const struct inspect_options *o)
{
	bool first = true;
	const char *why;

	if (!o->log && !o->log_all)
		return;
	why = klog_tail(core, o->log_all ? 0 : o->log, print_log_line, &first);
	putchar('\n');
	if (why)
		say_text("No log: %s.", why);
	else if (first)
		puts("The log is empty.");
}

/**
 * inspect_print - print a dump as text
 * @core: dump
 * @o: what to print
 */
void inspect_print(const struct core *core, const struct inspect_options *o)
{
	print_head(core, o->path);
	print_memory(core);
	if (!o->vmcoreinfo)
		print_vmcoreinfo(core, false);
	print_damage(core);
	print_cpus(core, o->all_cpus);
	if (o->vmcoreinfo)
		print_vmcoreinfo(core, true);
	print_log(core, o);
}
