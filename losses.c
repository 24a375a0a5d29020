// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a dump may lack, for programs and for people.
 */

#include "fadump-pure.h"

static const struct {
	const char *code;
	const char *text;
} losses[] = {
	[FADUMP_LOST_FW_SUSPECT] = {
		"fw-error",
		"firmware reported an error or contradicts itself, the dump may be damaged" },
	[FADUMP_LOST_SECTION] = {
		"section",
		"a section that makes no sense was left out" },
	[FADUMP_LOST_BOOT_MEM] = {
		"boot-memory",
		"part of the boot memory was not copied" },
	[FADUMP_LOST_CPU_DATA] = {
		"registers",
		"no registers from firmware" },
	[FADUMP_LOST_CPU_SOME] = {
		"cpu",
		"registers of some CPUs are incomplete" },
	[FADUMP_LOST_PARAM] = {
		"bootargs",
		"the extra boot arguments did not come through" },
	[FADUMP_LOST_CRASH_INFO] = {
		"crash-info",
		"no crash-info record" },
	[FADUMP_LOST_CRASH_PART] = {
		"crash-info-part",
		"part of the crash-info record is damaged" },
	[FADUMP_LOST_CRASH_REGS] = {
		"crash-registers",
		"the crashing CPU did not save its registers" },
	[FADUMP_LOST_VMCOREINFO] = {
		"vmcoreinfo",
		"the dead kernel's VMCOREINFO is gone" },
	[FADUMP_LOST_NOTES] = {
		"notes-memory",
		"no memory for the registers" },
	[FADUMP_LOST_DESCRIPTION] = {
		"description",
		"firmware's description of the dump makes no sense" },
	[FADUMP_LOST_WINDOW] = {
		"firmware-window",
		"firmware has written to memory of the dump since the crash" },
};

static_assert(ARRAY_SIZE(losses) == FADUMP_NR_LOST);

/**
 * fadump_lost_code - a word for programs
 * @what: enum fadump_lost
 *
 * Return: letters and hyphens; the same in every version.
 */
const char *fadump_lost_code(u32 what)
{
	return what < FADUMP_NR_LOST ? losses[what].code : "unknown";
}

/**
 * fadump_lost_text - the same as half a sentence for people
 * @what: enum fadump_lost
 */
const char *fadump_lost_text(u32 what)
{
	return what < FADUMP_NR_LOST ? losses[what].text : "something unknown";
}
