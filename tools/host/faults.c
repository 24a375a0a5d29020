// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints the catalogue of faults (tests/lib/faults.c): as JSON for programs that inject
 * a fault into a machine, with --rst as a table for the documentation.
 *
 * Fields of a fault in JSON:
 *
 *	id		letter of the group, number, letter
 *	blob		the damaged blob: a key of "blobs" of a machine
 *	machines	machines that have the blob
 *	changes		list, in this order: at (offset in the blob), width (bytes), op
 *			(set, add modulo the width, xor), value; big endian. Includes
 *			the changes of checksums.
 *	cut		optional: a property ends here, memory is 0 from here on
 *	text		description
 *	missing		codes of everything that dump_status reports as missing
 *	cpus		CPU notes in the core, -1: one of each CPU
 *	empty_notes	CPU notes in the core whose crash note stays empty
 *	boot_memory	bytes of it in the core, "all" or "none"
 *	where		host, live
 *
 * Addresses and sizes of blobs are those of the machines in tests/lib/faults.c. In a
 * real machine they come from its properties, tags and log. Offsets are the same.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/faults.h"

static struct fault_machine machine;

static const char * const ops[] = {
	[FAULT_SET] = "set",
	[FAULT_ADD] = "add",
	[FAULT_XOR] = "xor",
};

static const struct {
	u32 firmware;
	const char *name;
} machines[] = {
	{ FAULT_PSERIES, "pseries" },
	{ FAULT_POWERNV, "powernv10" },
};

/* -------- JSON -------- */

static void print_list(const char *name, u32 mask, const char *(*code)(u32 n),
		       u32 nr)
{
	const char *comma = "";
	u32 i;

	printf("\"%s\": [", name);
	for (i = 0; i < nr; i++)
		if (mask & BIT(i)) {
			printf("%s\"%s\"", comma, code(i));
			comma = ", ";
		}
	printf("], ");
}

static const char *machine_name(u32 n)
{
	return machines[n].name;
}

static u32 machine_mask(const struct fault *f)
{
	u32 i, mask = 0;

	for (i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].firmware & fadump_fault_firmware(f->blob))
			mask |= BIT(i);
	return mask;
}

/* Values are strings: not all JSON parsers have 64-bit numbers. */
static void print_changes(const struct fault *f, u32 firmware)
{
	struct fault_change c[FAULT_MAX_RESOLVED];
	u32 i, nr;

	fadump_fault_machine(&machine, firmware);
	nr = fadump_fault_resolve(f, &machine, c);
	printf("\"changes\": [");
	for (i = 0; i < nr; i++)
		printf("%s{\"at\": %u, \"width\": %u, \"op\": \"%s\", \"value\": \"%#llx\"}",
		       i ? ", " : "", c[i].at, c[i].width, ops[c[i].op],
		       c[i].width == 8 ? c[i].value :
		       c[i].value & (BIT_ULL(8 * c[i].width) - 1));
	printf("], ");
}

/* A machine without damage: its blobs, and sizes to compare with. */
static void print_machine(u32 n)
{
	const struct fadump_plan *plan = &machine.plan;
	u32 i;

	fadump_fault_machine(&machine, machines[n].firmware);
	printf("    \"%s\": {\"ram\": %llu, \"boot_memory\": %llu, \"blobs\": {",
	       machines[n].name, fadump_ranges_total(&machine.ram),
	       plan->boot_mem_size);
	for (i = 0, n = 0; i < FAULT_NR_BLOBS; i++)
		if (machine.blob[i])
			printf("%s\"%s\": {\"size\": %zu, \"at\": \"%#llx\"}",
			       n++ ? ", " : "", fadump_fault_blob(i),
			       machine.len[i], machine.at[i]);
	printf("}}");
}

static void print_fault(const struct fault *f)
{
	u32 firmware = fadump_fault_firmware(f->blob);

	printf("    {\"id\": \"%s\", \"blob\": \"%s\", ", f->id,
	       fadump_fault_blob(f->blob));
	print_list("machines", machine_mask(f), machine_name, ARRAY_SIZE(machines));
	/* Offsets do not depend on the machine. */
	print_changes(f, firmware & FAULT_PSERIES ?: firmware);
	if (f->cut)
		printf("\"cut\": %u, ", f->cut);
	printf("\"text\": \"%s\", ", f->text);
	print_list("missing", f->missing, fadump_missing_code, FADUMP_NR_MISSING);
	printf("\"cpus\": %d, \"empty_notes\": %u, \"boot_memory\": ",
	       f->cpus ? (int)f->cpus : -1, f->empty_notes);
	if (!f->missing_bytes)
		printf("\"all\", ");
	else if (f->missing_bytes == FAULT_ALL)
		printf("\"none\", ");
	else
		printf("%llu, ", machine.plan.boot_mem_size - f->missing_bytes);
	printf("\"where\": [\"host\"%s]}", f->host_only ? "" : ", \"live\"");
}

static void print_json(void)
{
	u32 i;

	printf("{\n  \"cpus\": %d,\n  \"crash_cpu\": %d,\n  \"machines\": {\n",
	       FAULT_CPUS, FAULT_CRASH_CPU);
	for (i = 0; i < ARRAY_SIZE(machines); i++) {
		print_machine(i);
		puts(i + 1 < ARRAY_SIZE(machines) ? "," : "");
	}
	printf("  },\n  \"faults\": [\n");
	for (i = 0; i < NR_FAULTS; i++) {
		print_fault(&fadump_faults[i]);
		puts(i + 1 < NR_FAULTS ? "," : "");
	}
	printf("  ]\n}\n");
}

/* -------- reStructuredText -------- */

static const char rst_head[] =
"..\n"
"   Written by \"make faults-doc\" from tests/lib/faults.c. Change that file.\n"
"\n"
"==============================\n"
"Firmware-assisted dump: faults\n"
"==============================\n"
"\n"
"Damage to the data that firmware and the crashed kernel leave, and what the dump\n"
"lacks because of it. A crash dump cannot be taken twice. So damage costs only the\n"
"data that it hits, and no fault costs the dump.\n"
"\n"
"Each row is a test, on the host and in the kernel (``tests/lib/faults_kunit.c``).\n"
"Faults without an asterisk are injected into a running machine as well. The machines\n"
"have four CPUs; the third crashes.\n"
"\n"
"*Missing* are the codes in ``/sys/kernel/fadump/dump_status``; the log has the same\n"
"as text. *In the core* is what the core has in spite of the fault. Crash notes are the\n"
"entries of the crashed kernel's variable ``crash_notes``.\n";

static const struct {
	enum fault_blob blob;
	const char *title;
} groups[] = {
	{ FAULT_RTAS_DUMP, "Description of the dump by RTAS, ``ibm,kernel-dump``" },
	{ FAULT_REGSAVE, "Register save area of RTAS" },
	{ FAULT_OPAL_CPU, "Structure that OPAL's tag for CPUs points to" },
	{ FAULT_OPAL_THREADS, "Register data of OPAL" },
	{ FAULT_OPAL_META, "Metadata of the crashed kernel, OPAL" },
	{ FAULT_RECORD, "Crash-info record" },
	{ FAULT_SLOT, "Crash-info record and legacy record" },
	{ FAULT_NOTE, "VMCOREINFO, if its text is damaged as well" },
};

static void print_title(const char *title)
{
	size_t i;

	printf("\n%s\n", title);
	for (i = 0; i < strlen(title); i++)
		putchar('=');
	printf("\n\n.. list-table::\n   :header-rows: 1\n   :widths: 8 42 25 25\n\n"
	       "   * - No.\n     - Fault\n     - Missing\n     - In the core\n");
}

static void print_missing(u32 missing)
{
	const char *comma = "";
	u32 i;

	printf("     - ");
	for (i = 0; i < FADUMP_NR_MISSING; i++)
		if (missing & BIT(i)) {
			printf("%s%s", comma, fadump_missing_code(i));
			comma = ", ";
		}
	puts(missing ? "" : "nothing");
}

static void print_in_core(const struct fault *f)
{
	const char *but = "all but ";

	printf("     - ");
	if (f->missing_bytes == FAULT_ALL)
		printf("%sboot memory", but);
	else if (f->missing_bytes >= 1024 * 1024)
		printf("%s%llu MiB of boot memory", but, f->missing_bytes >> 20);
	else if (f->missing_bytes)
		printf("%s%llu KiB of boot memory", but, f->missing_bytes >> 10);
	if (f->missing_bytes)
		but = ", ";
	if (f->cpus && f->cpus < FAULT_CPUS) {
		printf("%sregisters of %u CPUs", but, FAULT_CPUS - f->cpus);
		but = ", ";
	}
	if (f->empty_notes) {
		printf("%s%u crash note%s", but, f->empty_notes, f->empty_notes > 1 ? "s" : "");
		but = "";
	}
	puts(f->missing_bytes || *but != 'a' ? "" : "all");
}

static void print_rst(void)
{
	u32 g, i;

	/* A complete tag here would count as the license of this file. */
	printf(".. %s-License-Identifier: GPL-2.0-or-later\n", "SPDX");
	fputs(rst_head, stdout);
	for (g = 0; g < ARRAY_SIZE(groups); g++) {
		print_title(groups[g].title);
		for (i = 0; i < NR_FAULTS; i++) {
			if (fadump_faults[i].blob != groups[g].blob)
				continue;
			printf("   * - %s%s\n     - %s\n", fadump_faults[i].id,
			       fadump_faults[i].host_only ? " \\*" : "", fadump_faults[i].text);
			print_missing(fadump_faults[i].missing);
			print_in_core(&fadump_faults[i]);
		}
	}
}

int main(int argc, char **argv)
{
	if (argc > 2 || (argc == 2 && strcmp(argv[1], "--rst"))) {
		fprintf(stderr, "usage: %s [--rst]\n", argv[0]);
		return 2;
	}
	if (argc == 2)
		print_rst();
	else
		print_json();
	return fflush(stdout) || ferror(stdout);
}
