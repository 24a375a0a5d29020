// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl register, fadumpctl unregister.
 */

#include <stdio.h>

#include "attr.h"
#include "cmd.h"
#include "register.h"

static const struct argp_option register_options[] = {
	{ .name = "hotplug", .key = 'H',
	  .doc = "After hotplug: do nothing where the kernel needs nothing, or is not armed" },
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	if (key != 'H')
		return ARGP_ERR_UNKNOWN;
	*(bool *)state->input = true;
	return 0;
}

static const struct argp register_argp = {
	.options = register_options,
	.parser = parse,
	.doc = "Arms: firmware will dump the next crash. Where it is armed already, firmware is "
	       "asked again.",
};

static const struct argp unregister_argp = {
	.doc = "Disarms: a crash will not be dumped by firmware.",
};

/**
 * fadump_set_registered - arm or disarm, and look whether it happened
 * @on: which
 *
 * Return: exit status.
 */
int fadump_set_registered(bool on)
{
	struct path path = attr_path(ATTR_REGISTERED);
	struct number now;
	int rc = attr_write(ATTR_REGISTERED, on ? "1\n" : "0\n");

	if (rc)
		return rc;
	/* An untouched kernel does not tell when it could not disarm. */
	now = attr_number(ATTR_REGISTERED);
	if (!now.known || now.value != on)
		return fail(EXIT_FAILED,
			    "%s: still %s after the write; the kernel's log says why",
			    path.s, on ? "0" : "1");
	return EXIT_DONE;
}

static int change(bool on)
{
	int rc = attr_require();

	if (!rc)
		rc = fadump_set_registered(on);
	if (!rc)
		puts(on ? "Armed." : "Not armed.");
	return rc;
}

/* Only kernels before hotplug_ready keep a list of memory from arming to the crash. */
static bool needs_nothing(void)
{
	return attr_number(ATTR_HOTPLUG_READY).value || !attr_number(ATTR_REGISTERED).value;
}

int cmd_register(int argc, char **argv)
{
	bool hotplug = false;

	argp_parse(&register_argp, argc, argv, 0, NULL, &hotplug);
	return hotplug && needs_nothing() ? EXIT_DONE : change(true);
}

int cmd_unregister(int argc, char **argv)
{
	argp_parse(&unregister_argp, argc, argv, 0, NULL, NULL);
	return change(false);
}
