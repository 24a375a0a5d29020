/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a dump is saved: a directory, a block device, or another host.
 *
 * For all of them: a dump gets its name when all of it is on the medium. The log is
 * saved first under a name of its own, which it keeps if the dump fails.
 */
#ifndef FADUMPCTL_TARGET_H
#define FADUMPCTL_TARGET_H

#include "lib/child.h"
#include "lib/files.h"
#include "lib/types.h"
#include "target/sink.h"

#define MAX_NAME	160

#define SSH_SCHEME	"ssh://"

/* The first part of the name of a dump, and of a log without a dump. */
#define DUMP_KIND	"fadump-"
#define LOG_KIND	"fadumplog-"

/*
 * Files of a dump. INFO_NAME, or REPORT_NAME in its place, is written last and so marks a
 * save that has ended.
 */
#define LOG_NAME	"dmesg.txt"
#define REPORT_NAME	"failed.txt"
#define INFO_NAME	"info.json"
#define SUMS_NAME	"SHA256SUMS"

/* The end of the name of a directory that is being written or removed. */
#define PARTIAL		".partial"

struct target;

/**
 * struct target_ops - a kind of target
 * @dump_name: file name of the dump, which also tells its format
 * @is_stream: cannot seek: makedumpfile writes its flattened format with one thread
 * @begin: prepare; changes no existing file
 * @open: begin a file
 * @close: end it; it is on the medium now, or will be after @commit
 * @keep: put the files so far on the medium, under the name of a log
 * @commit: put all files on the medium, under the final name
 * @drop: after a failure: remove all files but the log; a report and another @keep
 *	may follow
 * @abort: remove all that @keep or @commit has not named, and end
 * @make_room: after @begin: remove the oldest dumps until so many bytes are free; NULL
 *	where a dump replaces the former one
 * @rotate: after @commit: remove old dumps until @keep are left; the new dump counts
 *	and always stays. The same for logs of failed saves.
 *
 * @begin, @open, @close, @keep, @commit and @drop return an exit status, after a
 * message. Call @abort last in any case, once @begin was called.
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
	void (*make_room)(struct target *t, u64 bytes);
	void (*rotate)(struct target *t, u64 keep);
};

extern const struct target_ops target_dir_ops;
extern const struct target_ops target_block_ops;
extern const struct target_ops target_ssh_ops;

/**
 * struct target - a place to save to
 * @ops: its kind
 * @text: as the user gave it
 * @path: directory, device, or directory on the other host
 * @host: [user@]host
 * @port: of ssh, or empty
 * @ssh: the program
 * @has_id: @prefix has this machine's id, so that no other machine uses it
 * @prefix: of the names of this machine's dumps
 * @name: of this dump
 * @log_prefix: of the names of this machine's logs
 * @log_name: of this dump's log
 * @nr_names: names that were tried and are taken
 * @owner: owner of the files that we make here
 * @now: current name of the directory, empty before it is made
 * @require_mount: @path must be a mount point
 * @overwrite: replace whatever the device holds
 * @fd: directory or device
 * @lock_fd: lock file of the directory; for another host, a local file
 * @partial_fd: directory that is being written
 * @path_buf: directory: path of the file that is being written
 * @child: ssh, while it runs
 * @begun: device: the first block has been overwritten
 * @kept: the log has its name
 * @has_sums: other host: SHA256SUMS was sent and must be there
 * @sizes: other host: shell commands that compare the sizes of all files
 * @file_name: of the file that is being written; on another host without .partial
 * @at: device: offset of the next file
 * @log_end: device: offset of the next file after the log
 * @file_at: device: offset of the current file's header
 * @first: device: the first header, which is written last
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

/* Decode what the user gave. Return: exit status. */
int target_parse(struct target *t, const char *text);
bool target_parse_ssh(struct target *t, const char *text);

/* -------- names.c -------- */

void target_set_name(struct target *t, const char *kind, const char *node,
		     const char *id, long long when);
bool target_next_name(struct target *t);

/* Return: true if @name is @prefix and a time, and nothing else. */
bool is_dump_name(const char *name, const char *prefix);
/* Return: true if the machine with this id has made the dump, under any host name. */
bool is_dump_name_with_id(const char *name, const char *id);
/* Return: true if it is the name of a dump that is being written or removed. */
bool is_partial_name(const char *name, const char *prefix);

/* -------- dir.c, block.c, ssh.c -------- */

/* Is the open directory a mount point? Return: 1, 0 or -errno. */
int is_mount_point(int fd);

/*
 * Open a device; one that is mounted or otherwise in use is refused. @flags: O_RDONLY
 * or O_RDWR. Return: exit status.
 */
int target_block_open(struct target *t, int flags);
/* Return: true if a dump @t->name replaces nothing that is not ours. */
bool target_block_is_free(const struct target *t);

/*
 * Run a shell command in the directory on the other host; its output is in
 * @t->child.messages. Return: exit status, EXIT_LINK if ssh itself fails.
 */
int target_ssh_ask(struct target *t, const char *command);

#endif
