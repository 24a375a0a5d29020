// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl register, fadumpctl unregister.
 */

#include <stdio.h>

#include "cmd/cmd.h"
#include "machine/attr.h"

static const struct cmd_syntax register_syntax = {
	.doc = "Arms: firmware will dump the next crash. If it is armed already, the registration is "
	       "repeated.",
};

static const struct cmd_syntax unregister_syntax = {
	.doc = "Disarms: a crash will not be dumped by firmware.",
};

static int change(bool on)
{
	int rc = attr_require();

	if (!rc)
		rc = attr_set_registered(on);
	if (!rc)
		puts(on ? "Armed." : "Not armed.");
	return rc;
}

int cmd_register(int argc, char **argv)
{
	cmd_parse(&register_syntax, argc, argv, NULL);
	return change(true);
}

int cmd_unregister(int argc, char **argv)
{
	cmd_parse(&unregister_syntax, argc, argv, NULL);
	return change(false);
}
