/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FADUMPCTL_SELFTEST_H
#define FADUMPCTL_SELFTEST_H

#include "files.h"

#define SELFTEST_FILE	"/var/lib/fadumpctl/test.json"
/* What the token follows in the log. */
#define SELFTEST_MARK	"fadumpctl test: token "

/**
 * struct selftest - what is remembered over the crash
 * @token: in the log of the kernel that died
 * @boot_id: of its boot
 * @began: seconds since 1970
 */
struct selftest {
	char token[33];
	char boot_id[64];
	long long began;
};

/* Return: exit status. */
int selftest_report(const char *dir, bool json);
void selftest_boot_id(char *buf, size_t cap);

#endif
