/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/fadump.conf: how a boot handles a dump without an administrator.
 */
#ifndef FADUMPCTL_CONF_H
#define FADUMPCTL_CONF_H

#include "lib/bounds.h"
#include "lib/files.h"
#include "lib/types.h"

#define CONF_FILE	"/etc/fadump.conf"
#define DEFAULT_TARGET	"/var/crash"

/**
 * enum failure - what to do when a dump cannot be saved; from RELEASE on, it is discarded
 * @FAILURE_KEEP: continue the boot; the dump stays in memory
 * @FAILURE_SHELL: start a shell for the administrator
 * @FAILURE_REBOOT: reboot and try again
 * @FAILURE_RELEASE: discard the dump and continue the boot
 * @FAILURE_POWEROFF: power off
 * @FAILURE_HALT: halt
 */
enum failure {
	FAILURE_KEEP,
	FAILURE_SHELL,
	FAILURE_REBOOT,
	FAILURE_RELEASE,
	FAILURE_POWEROFF,
	FAILURE_HALT,
};

/* FAILURE as messages have it. */
#define FAILURES	"keep, shell, reboot, release, poweroff or halt"

/**
 * enum final - what to do when a dump is saved and released
 * @FINAL_CONTINUE: continue the boot
 * @FINAL_REBOOT: reboot
 * @FINAL_POWEROFF: power off
 */
enum final {
	FINAL_CONTINUE,
	FINAL_REBOOT,
	FINAL_POWEROFF,
};

/**
 * enum when - when a dump is saved
 * @WHEN_INITRAMFS: before the root file system is mounted
 * @WHEN_BOOT: before services start
 * @WHEN_NETWORK: when the network is up
 * @WHEN_NEVER: only by "fadumpctl capture"
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
	CONF_FAILURE_ATTEMPTS,
	CONF_FINAL,
	CONF_KEEP,
	CONF_MAKE_ROOM,
	CONF_LEVEL,
	CONF_COMPRESS,
	CONF_THREADS,
	CONF_MAKEDUMPFILE_ARGS,
	CONF_PIPE,
	CONF_PRE,
	CONF_POST,
	CONF_CHECKSUM,
	CONF_TIMEOUT,
	CONF_BOOTARGS,
	NR_CONF_KEYS
};

/**
 * struct conf - the file's values, or defaults
 * @target: TARGET: one or several, with blanks between them
 * @level: LEVEL
 * @compress: COMPRESS
 * @threads: THREADS
 * @makedumpfile_args: MAKEDUMPFILE_ARGS
 * @pipe: PIPE, a command for sh -c, as the next two
 * @pre: PRE
 * @post: POST
 * @checksum: CHECKSUM
 * @keep: KEEP, 0 for all
 * @make_room: MAKE_ROOM, in MiB, 0 for none
 * @require_mount: REQUIRE_MOUNT
 * @when: WHEN
 * @failure: FAILURE
 * @failure_attempts: FAILURE_ATTEMPTS
 * @final: FINAL
 * @timeout: TIMEOUT, in seconds
 * @bootargs: BOOTARGS
 */
struct conf {
	char target[PATH_MAX];
	u64 level;
	char compress[8];
	u64 threads;
	char makedumpfile_args[MAX_MORE_ARGS];
	char pipe[MAX_COMMAND];
	char pre[MAX_COMMAND];
	char post[MAX_COMMAND];
	bool checksum;
	u64 keep;
	u64 make_room;
	bool require_mount;
	enum when when;
	enum failure failure;
	u64 failure_attempts;
	enum final final;
	u64 timeout;
	char bootargs[MAX_BOOTARGS];
};

/* An invalid value is reported and changes nothing. Return: false if there is one. */
bool conf_read(struct conf *c);

/*
 * Copy the first target of a list, or of the rest of one. Return: the rest; NULL if there
 * is none.
 */
const char *conf_next_target(const char *list, struct path *target);

bool failure_parse(const char *name, enum failure *failure);

/* "KEEP" */
const char *conf_key_name(enum conf_key key);

/* The value as the file has it. Return: text in @c, or in @number for a number. */
struct conf_number {
	char s[24];
};

const char *conf_value(const struct conf *c, enum conf_key key, struct conf_number *number);

#endif
