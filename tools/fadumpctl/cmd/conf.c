// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl conf: the values of /etc/fadump.conf, with defaults.
 */

#include <stdio.h>

#include "cmd/cmd.h"
#include "lib/say.h"
#include "save/conf.h"

static const struct cmd_syntax syntax = {
	.doc = "Shows all values, from " CONF_FILE " or by default, in a form that a shell can "
	       "read: eval \"$(fadumpctl conf)\". Reports what is wrong in the file; the exit "
	       "status is 1 then.",
};

int cmd_conf(int argc, char **argv)
{
	struct conf_number number;
	enum conf_key key;
	struct conf c;
	bool ok;

	cmd_parse(&syntax, argc, argv, NULL);
	ok = conf_read(&c);
	/* conf_read() refuses a value with a quote in it. */
	for (key = 0; key < NR_CONF_KEYS; key++)
		printf("%s='%s'\n", conf_key_name(key), conf_value(&c, key, &number));
	return ok ? EXIT_DONE : EXIT_FAILED;
}
