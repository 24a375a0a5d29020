// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl register, fadumpctl unregister.
 */

#include <stdio.h>

#include "attr.h"
#include "cmd.h"
#include "register.h"

static const struct argp register_argp = {
	.doc = "Arms: firmware will dump the next crash. If it is armed already, the registration is "
	       "repeated.",
};

static const struct argp unregister_argp = {
	.doc = "Disarms: a crash will not be dumped by firmware.",
};

/**
 * fadump_set_registered - arm or disarm, and verify that
 * @on: arm
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
	/* An upstream kernel reports no error when it cannot disarm. */
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

int cmd_register(int argc, char **argv)
{
	argp_parse(&register_argp, argc, argv, 0, NULL, NULL);
	return change(true);
}

int cmd_unregister(int argc, char **argv)
{
	argp_parse(&unregister_argp, argc, argv, 0, NULL, NULL);
	return change(false);
}
