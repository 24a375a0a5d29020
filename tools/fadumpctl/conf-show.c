// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl conf: what /etc/fadump.conf comes to.
 */

#include <stdio.h>

#include "cmd.h"
#include "conf.h"

static const struct argp argp = {
	.doc = "Shows what holds, be it from " CONF_FILE " or by default, in a form that a shell "
	       "can take: eval \"$(fadumpctl conf)\". Says what is wrong in the file; the "
	       "exit status is 1 then.",
};

int cmd_conf(int argc, char **argv)
{
	struct conf c;
	bool ok;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	ok = conf_read(&c);
	/* There are no quotes in a value, or it would not have been taken. */
	printf("TARGET='%s'\n", c.target);
	printf("REQUIRE_MOUNT='%s'\n", c.require_mount ? "yes" : "no");
	printf("WHEN='%s'\n", when_name(c.when));
	printf("FAILURE='%s'\n", failure_name(c.failure));
	printf("KEEP='%llu'\n", c.keep);
	printf("LEVEL='%u'\n", c.level);
	printf("COMPRESS='%s'\n", c.compress);
	printf("THREADS='%u'\n", c.threads);
	printf("TIMEOUT='%llu'\n", c.timeout);
	printf("BOOTARGS='%s'\n", c.bootargs);
	return ok ? EXIT_DONE : EXIT_FAILED;
}
