// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Describes the machine, firmware and kernel of a test.
 *
 * The report may be sent to others: it has model and versions, but no serial number and
 * no name of the machine or its owner.
 */

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "lib/files.h"
#include "lib/json.h"
#include "lib/say.h"
#include "machine/state.h"
#include "selftest/selftest.h"

/* Lists of numbers are shorter in all firmware; the rest of a property is left out. */
#define MAX_PROPERTY	256

enum property_kind {
	TEXT,		/* one or more strings */
	BYTES,		/* numbers of any width, printed in hexadecimal */
};

static const struct property {
	const char *path;
	enum property_kind kind;
} properties[] = {
	{ "model", TEXT },
	{ "compatible", TEXT },
	{ "openprom/model", TEXT },
	{ "openprom/ibm,fw-vernum_encoded", TEXT },
	{ "rtas/ibm,configure-kernel-dump", BYTES },
	{ "rtas/ibm,configure-kernel-dump-sizes", BYTES },
	{ "rtas/ibm,configure-kernel-dump-version", BYTES },
	{ "rtas/rtas-size", BYTES },
	{ "ibm,opal/compatible", TEXT },
	{ "ibm,opal/firmware/version", TEXT },
	{ "ibm,opal/firmware/git-id", TEXT },
	{ "ibm,opal/dump/compatible", TEXT },
	{ "ibm,opal/dump/fw-load-area", BYTES },
	{ "ibm,firmware-versions/skiboot", TEXT },
	{ "ibm,firmware-versions/version", TEXT },
	{ "ibm,firmware-versions/open-power", TEXT },
};

static json_t *bytes_json(const u8 *data, size_t len)
{
	char text[2 * MAX_PROPERTY + 1] = "";
	size_t i;

	for (i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02x", data[i]);
	return json_string(text);
}

/* Zeros between strings become spaces. */
static json_t *strings_json(char *text, size_t len)
{
	size_t i;

	while (len && !text[len - 1])
		len--;
	for (i = 0; i < len; i++)
		if (!text[i])
			text[i] = ' ';
	return json_text(text, len);
}

static json_t *device_tree_json(void)
{
	char name[128], data[MAX_PROPERTY + 1];
	json_t *o = json_object();
	ssize_t len;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(properties); i++) {
		const struct property *p = &properties[i];

		snprintf(name, sizeof(name), "/proc/device-tree/%s", p->path);
		len = file_read(root_path(name).s, data, sizeof(data));
		if (len >= 0)
			json_object_set_new(o, p->path, p->kind == TEXT ?
					    strings_json(data, len) :
					    bytes_json((u8 *)data, len));
	}
	return o;
}

static json_t *kernel_json(void)
{
	json_t *o = json_object();
	struct fadump_state s;
	struct utsname uts;

	state_read(&s);
	if (!uname(&uts)) {
		json_object_set_new(o, "release", json_text(uts.release, strlen(uts.release)));
		json_object_set_new(o, "machine", json_text(uts.machine, strlen(uts.machine)));
	}
	json_object_set_new(o, "has_dump_status", json_boolean(s.dump.nr));
	json_object_set_new(o, "mem_reserved", json_number(s.mem_reserved));
	json_object_set_new(o, "cma_size", json_number(s.cma_size));
	json_object_set_new(o, "boot_mem_size", json_number(s.boot_mem_size));
	return o;
}

/**
 * hardware_json - describe this machine, before the crash
 *
 * Return: {"firmware": {property: text}, "kernel": {name: value}}
 */
json_t *hardware_json(void)
{
	json_t *o = json_object();

	json_object_set_new(o, "firmware", device_tree_json());
	json_object_set_new(o, "kernel", kernel_json());
	return o;
}

/* Return: false if the machine has no such property. */
static bool print_property(const char *label, const char *name, const json_t *value)
{
	const char *text = json_string_value(value);
	char plain[512];

	if (!text)
		return false;
	make_printable(plain, sizeof(plain), text, strlen(text));
	say_field(label, "%s: %s", name, plain);
	return true;
}

static void print_kernel(const json_t *kernel)
{
	const json_t *reserved = json_object_get(kernel, "mem_reserved");
	const json_t *cma = json_object_get(kernel, "cma_size");

	print_property("Kernel", json_is_true(json_object_get(kernel, "has_dump_status")) ?
		       "with dump_status" : "without dump_status",
		       json_object_get(kernel, "release"));
	if (json_is_integer(reserved))
		say_field("Dump area", "%s", size_text(json_integer_value(reserved)).s);
	if (json_is_integer(cma))
		say_field("", "%s of it reserved as CMA", size_text(json_integer_value(cma)).s);
}

/**
 * hardware_print - print the description as text
 * @machine: result of hardware_json(); may be damaged
 */
void hardware_print(const json_t *machine)
{
	const json_t *firmware = json_object_get(machine, "firmware");
	const char *label = "Firmware";
	size_t i;

	print_kernel(json_object_get(machine, "kernel"));
	for (i = 0; i < ARRAY_SIZE(properties); i++)
		if (print_property(label, properties[i].path,
				   json_object_get(firmware, properties[i].path)))
			label = "";
}
