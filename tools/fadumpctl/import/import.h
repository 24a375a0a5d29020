/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the configuration of kdump to fadump.conf.
 */
#ifndef FADUMPCTL_IMPORT_H
#define FADUMPCTL_IMPORT_H

#include <stdio.h>

#include "lib/bounds.h"
#include "lib/files.h"
#include "lib/types.h"

/* -------- reader.c: settings of an untrusted text -------- */

/**
 * struct reader - a text that is being read
 * @at: the rest of the text, which is overwritten
 * @line: number of the line at @at
 */
struct reader {
	char *at;
	unsigned int line;
};

/**
 * struct setting - a name and its value, in the text of the reader
 * @name: its name; the beginning of the line if that is no setting
 * @value: its value, without quotes
 * @line: the line that it begins in
 * @fault: why the value is not known, or NULL
 */
struct setting {
	const char *name;
	const char *value;
	unsigned int line;
	const char *fault;
};

/* "name value". Return: false at the end. */
bool read_words(struct reader *r, struct setting *s);
/* "NAME=value" as in a shell; nothing is executed. Return: false at the end. */
bool read_shell(struct reader *r, struct setting *s);

/* -------- import.c: the result -------- */

enum import_key {
	IMPORT_TARGET,
	IMPORT_REQUIRE_MOUNT,
	IMPORT_WHEN,
	IMPORT_FAILURE,
	IMPORT_FINAL,
	IMPORT_KEEP,
	IMPORT_LEVEL,
	IMPORT_COMPRESS,
	IMPORT_THREADS,
	IMPORT_MAKEDUMPFILE_ARGS,
	IMPORT_PIPE,
	IMPORT_PRE,
	IMPORT_POST,
	IMPORT_BOOTARGS,
	NR_IMPORT_KEYS
};

/**
 * struct import - values for fadump.conf
 * @value: by enum import_key; empty for none
 * @path: directory on the target
 * @left: settings that were not taken over
 * @todo: buffer of a setter's answer
 */
struct import {
	char value[NR_IMPORT_KEYS][PATH_MAX];
	char path[PATH_MAX];
	unsigned int left;
	char todo[256];
};

/*
 * Read a file, and report what cannot be taken over. Return: exit status; 0 also if
 * something was left.
 */
int import_file(struct import *im, const char *path);

/* Read those of the usual files that exist. Return: exit status. */
int import_found(struct import *im, FILE *names);

void import_print(const struct import *im, FILE *f);

/* -------- formats.c: tables of settings -------- */

/**
 * struct rule - what becomes of a setting
 * @name: its name
 * @usual: its default; NULL if nothing follows from a file without it
 * @set: converts the value; NULL if fadump.conf has nothing for it
 * @key: for @set
 * @max: for @set
 * @todo: what to do about a value that is not @usual; NULL if there is nothing to do
 */
struct rule {
	const char *name;
	const char *usual;
	const char *(*set)(struct import *im, const struct rule *r, const char *value);
	enum import_key key;
	u64 max;
	const char *todo;
};

/**
 * struct format - a format of a file
 * @path: where it usually is, or NULL
 * @read: reads its settings
 * @rules: conversions, in the order in which they are done
 * @nr: number of @rules
 */
struct format {
	const char *path;
	bool (*read)(struct reader *r, struct setting *s);
	const struct rule *rules;
	size_t nr;
};

#define NR_FORMATS	4
#define MAX_RULES	64

extern const struct format formats[NR_FORMATS];

/* -------- convert.c, options.c: setters. Return: NULL, or what to do instead -------- */

const char *import_store(struct import *im, enum import_key key, const char *value);
const char *import_append(struct import *im, enum import_key key, const char *value);

const char *set_text(struct import *im, const struct rule *r, const char *value);
const char *set_number(struct import *im, const struct rule *r, const char *value);
const char *set_path(struct import *im, const struct rule *r, const char *value);
const char *set_device(struct import *im, const struct rule *r, const char *value);
const char *set_ssh(struct import *im, const struct rule *r, const char *value);
const char *set_mounted(struct import *im, const struct rule *r, const char *value);
const char *set_url(struct import *im, const struct rule *r, const char *value);
const char *set_key_file(struct import *im, const struct rule *r, const char *value);
const char *set_failure(struct import *im, const struct rule *r, const char *value);
const char *set_final(struct import *im, const struct rule *r, const char *value);
const char *set_reboot(struct import *im, const struct rule *r, const char *value);
const char *set_continue(struct import *im, const struct rule *r, const char *value);
const char *set_fail_command(struct import *im, const struct rule *r, const char *value);
const char *set_old_dumps(struct import *im, const struct rule *r, const char *value);
const char *set_cpus(struct import *im, const struct rule *r, const char *value);
const char *set_arguments(struct import *im, const struct rule *r, const char *value);
const char *set_use(struct import *im, const struct rule *r, const char *value);
const char *set_directory(struct import *im, const struct rule *r, const char *value);
const char *set_collector(struct import *im, const struct rule *r, const char *value);
const char *set_options(struct import *im, const struct rule *r, const char *value);
const char *set_all_options(struct import *im, const struct rule *r, const char *value);
const char *set_format(struct import *im, const struct rule *r, const char *value);
const char *set_pipe(struct import *im, const struct rule *r, const char *value);

/* -------- mounts.c -------- */

/* Find the directory that /etc/fstab mounts @source on. @rest: what is below the mount. */
bool find_mounted(const char *source, struct path *dir, const char **rest);

#endif
