/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/fadump.conf: what is done with a dump when nobody is there to say.
 */
#ifndef FADUMPCTL_CONF_H
#define FADUMPCTL_CONF_H

#include "bounds.h"
#include "files.h"

#define CONF_FILE	"/etc/fadump.conf"
#define DEFAULT_TARGET	"/var/crash"

/**
 * enum failure - what to do when a dump cannot be saved
 * @FAILURE_KEEP: go on, it stays in memory
 * @FAILURE_SHELL: let somebody look first
 * @FAILURE_REBOOT: try again in another boot
 */
enum failure {
	FAILURE_KEEP,
	FAILURE_SHELL,
	FAILURE_REBOOT,
};

/**
 * enum when - when a dump is saved
 * @WHEN_INITRAMFS: before the root file system is mounted
 * @WHEN_BOOT: before services start
 * @WHEN_NETWORK: when the network is there
 * @WHEN_NEVER: not without being asked
 */
enum when {
	WHEN_INITRAMFS,
	WHEN_BOOT,
	WHEN_NETWORK,
	WHEN_NEVER,
};

enum conf_key {
	CONF_TARGET,
	CONF_REQUIRE_MOUNT,
	CONF_WHEN,
	CONF_FAILURE,
	CONF_KEEP,
	CONF_LEVEL,
	CONF_COMPRESS,
	CONF_THREADS,
	CONF_CHECKSUM,
	CONF_TIMEOUT,
	CONF_BOOTARGS,
	NR_CONF_KEYS
};

/**
 * struct conf - the file, with defaults for what it does not say
 * @target: TARGET
 * @level: LEVEL
 * @compress: COMPRESS
 * @threads: THREADS
 * @checksum: CHECKSUM
 * @keep: KEEP, 0 for all
 * @require_mount: REQUIRE_MOUNT
 * @when: WHEN
 * @failure: FAILURE
 * @timeout: TIMEOUT, in seconds
 * @bootargs: BOOTARGS
 */
struct conf {
	char target[PATH_MAX];
	u64 level;
	char compress[8];
	u64 threads;
	bool checksum;
	u64 keep;
	bool require_mount;
	enum when when;
	enum failure failure;
	u64 timeout;
	char bootargs[MAX_BOOTARGS];
};

/* A value that is not valid changes nothing, and is reported. False if any is. */
bool conf_read(struct conf *c);

bool failure_parse(const char *name, enum failure *failure);

/* "KEEP" */
const char *conf_key_name(enum conf_key key);

/* As the file would have it, or as text in @c or in @number. */
struct conf_number {
	char s[24];
};

const char *conf_value(const struct conf *c, enum conf_key key, struct conf_number *number);

#endif
