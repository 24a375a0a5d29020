/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a dump is saved: a directory, a block device, another host.
 *
 * Whatever kind it is: nothing has a final name before it is whole and on the
 * medium.
 */
#ifndef FADUMPCTL_TARGET_H
#define FADUMPCTL_TARGET_H

#include "files.h"
#include "sink.h"

#define MAX_NAME	160

#define SSH_SCHEME	"ssh://"

/* What names of dumps begin with, and those of logs alone. */
#define DUMP_KIND	"fadump-"
#define LOG_KIND	"fadumplog-"

struct target;

/**
 * struct target_ops - a kind of target
 * @dump_name: the dump's file, which also tells its format
 * @is_stream: bytes have to come one after the other: makedumpfile's flattened
 *	format, by one thread
 * @begin: make ready; nothing that is there changes
 * @open: begin a file
 * @close: end it; it is on the medium or will be with @commit
 * @commit: make all that was written whole, under its final name
 * @abort: remove all that was written
 * @rotate: remove old dumps until @keep are left, with that which was saved now and
 *	stays in any case; after @commit
 *
 * @begin, @open, @close and @commit return an exit status, after saying what went
 * wrong. @abort is called after all that failed, and after @begin in any case.
 */
struct target_ops {
	const char *dump_name;
	bool is_stream;
	int (*begin)(struct target *t);
	int (*open)(struct target *t, const char *name, struct sink *s);
	int (*close)(struct target *t, struct sink *s);
	int (*commit)(struct target *t);
	void (*abort)(struct target *t);
	void (*rotate)(struct target *t, u64 keep);
};

extern const struct target_ops target_dir_ops;
extern const struct target_ops target_block_ops;
extern const struct target_ops target_ssh_ops;

/**
 * struct target - a place
 * @ops: its kind
 * @text: as it was given
 * @path: directory, device, or directory on the other host
 * @host: [user@]host
 * @port: its ssh's, or empty
 * @ssh: the program
 * @prefix: kind and machine, what all of our dumps here begin with
 * @name: of this dump
 * @require_mount: @path has to be a file system of its own
 * @overwrite: a device may hold anything else
 * @fd: directory or device
 * @lock_fd: lock of the directory, or of its name where that is on another host
 * @partial_fd: directory that is being written
 * @path_buf: path of the file being written, directories only
 * @child: ssh, while it runs
 * @begun: the partial directory has been made
 * @at: device: where the next file goes
 * @file_at: device: where the header of this one goes
 * @file_name: device: and its name
 * @first: device: the first header, kept until the end
 * @size: of the device
 */
struct target {
	const struct target_ops *ops;
	const char *text;
	struct path path;
	char host[256];
	char port[8];
	const char *ssh;
	char prefix[MAX_NAME];
	char name[MAX_NAME + 32];
	bool require_mount;
	bool overwrite;
	int fd;
	int lock_fd;
	int partial_fd;
	struct path path_buf;
	struct child child;
	bool begun;
	u64 at;
	u64 file_at;
	char file_name[MAX_NAME];
	u8 first[512];
	u64 size;
};

/* Finds out what is meant. Return: exit status. */
int target_parse(struct target *t, const char *text);
bool target_parse_ssh(struct target *t, const char *text);
void target_set_name(struct target *t, const char *kind, const char *node,
		     long long when);

#endif
