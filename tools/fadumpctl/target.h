/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a dump is saved: a directory, a block device, another host.
 *
 * Whatever kind it is: a dump has no name of a dump before it is whole and on the
 * medium. Its log comes first and has a name of its own, which it keeps if the dump
 * fails.
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

/*
 * Files of a dump. What has INFO_NAME is finished, or REPORT_NAME in its place: of the
 * files that every save leaves they come last.
 */
#define LOG_NAME	"dmesg.txt"
#define REPORT_NAME	"failed.txt"
#define INFO_NAME	"info.json"
#define SUMS_NAME	"SHA256SUMS"

struct target;

/**
 * struct target_ops - a kind of target
 * @dump_name: the dump's file, which also tells its format
 * @is_stream: bytes have to come one after the other: makedumpfile's flattened
 *	format, by one thread
 * @begin: make ready; nothing that is there changes
 * @open: begin a file
 * @close: end it; it is on the medium or will be with @commit
 * @keep: put what was written so far on the medium, under the name of a log
 * @commit: make all that was written whole, under its final name
 * @drop: after a failure: remove all but the log, of what was kept; a report may
 *	follow, and another @keep
 * @abort: remove all that was not kept, and end
 * @rotate: remove old dumps until @keep are left, with that which was saved now and
 *	stays in any case, and the logs of failed saves in the same way; after @commit
 *
 * @begin, @open, @close, @keep, @commit and @drop return an exit status, after saying
 * what went wrong. @abort is called after all that failed, and after @begin in any
 * case.
 */
struct target_ops {
	const char *dump_name;
	bool is_stream;
	int (*begin)(struct target *t);
	int (*open)(struct target *t, const char *name, struct sink *s);
	int (*close)(struct target *t, struct sink *s);
	int (*keep)(struct target *t);
	int (*commit)(struct target *t);
	int (*drop)(struct target *t, struct sink *s);
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
 * @has_id: machines of the same name have other names here
 * @prefix: kind and machine, what all of our dumps here begin with
 * @name: of this dump
 * @log_prefix: the same as @prefix, of logs
 * @log_name: of its log alone
 * @nr_names: names that were taken before this one
 * @owner: whose our files here are
 * @now: what the directory is called now, empty while there is none
 * @require_mount: @path has to be a file system of its own
 * @overwrite: a device may hold anything else
 * @fd: directory or device
 * @lock_fd: lock of the directory, or of its name where that is on another host
 * @partial_fd: directory that is being written
 * @path_buf: path of the file being written, directories only
 * @child: ssh, while it runs
 * @begun: device: it has been written to
 * @kept: the log has its name
 * @has_sums: other host: the dump's sums were sent, and have to be there
 * @sizes: other host: a shell's question whether each file has all that was sent
 * @file_name: of the file being written; on another host without .partial
 * @at: device: where the next file goes
 * @log_end: device: where the next file after the log goes
 * @file_at: device: where the header of this one goes
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
	bool has_id;
	char prefix[MAX_NAME];
	char name[MAX_NAME + 32];
	char log_prefix[MAX_NAME];
	char log_name[MAX_NAME + 32];
	unsigned int nr_names;
	uid_t owner;
	char now[MAX_NAME + 64];
	bool require_mount;
	bool overwrite;
	int fd;
	int lock_fd;
	int partial_fd;
	struct path path_buf;
	struct child child;
	bool begun;
	bool kept;
	bool has_sums;
	char sizes[512];
	char file_name[MAX_NAME];
	u64 at;
	u64 log_end;
	u64 file_at;
	u8 first[512];
	u64 size;
};

/* Finds out what is meant. Return: exit status. */
int target_parse(struct target *t, const char *text);
bool target_parse_ssh(struct target *t, const char *text);
void target_set_name(struct target *t, const char *kind, const char *node,
		     const char *id, long long when);
bool target_next_name(struct target *t);

/* Is the open directory a file system of its own? 1, 0 or -errno. */
int is_mount_point(int fd);

/*
 * A device that is mounted or otherwise in use is refused. @flags are O_RDONLY or
 * O_RDWR. Return: exit status.
 */
int target_block_open(struct target *t, int flags);
/* Would a dump of @t->name replace nothing but what may be replaced? */
bool target_block_is_free(const struct target *t);

/*
 * Run a shell's command in the directory on the other host. What it says is in
 * @t->child.messages. Return: exit status, EXIT_LINK where ssh itself fails.
 */
int target_ssh_ask(struct target *t, const char *command);

#define MACHINE_ID_LEN	8

/* Hexadecimal digits, the same at any time; empty where nothing is known. */
void machine_id(char id[MACHINE_ID_LEN + 1]);

#endif
