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

/**
 * struct conf - the file, with defaults for what it does not say
 * @target: TARGET
 * @level: LEVEL
 * @compress: COMPRESS
 * @threads: THREADS
 * @keep: KEEP, 0 for all
 * @require_mount: REQUIRE_MOUNT
 * @when: WHEN
 * @failure: FAILURE
 * @timeout: TIMEOUT, in seconds
 * @bootargs: BOOTARGS
 */
struct conf {
	char target[PATH_MAX];
	unsigned int level;
	char compress[8];
	unsigned int threads;
	u64 keep;
	bool require_mount;
	enum when when;
	enum failure failure;
	u64 timeout;
	char bootargs[MAX_BOOTARGS];
};

/* What is wrong in the file is said, and the default taken. False if anything is. */
bool conf_read(struct conf *c);

bool failure_parse(const char *name, enum failure *failure);

/* As the file has them. */
const char *failure_name(enum failure failure);
const char *when_name(enum when when);

/**
 * conf_split - take a line apart
 * @line: is changed
 * @key: result, NULL where the line says nothing
 * @value: result
 *
 * Return: whether a shell would understand the same.
 */
bool conf_split(char *line, char **key, char **value);

#endif
