/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dead kernel's log, out of the ring buffer in its memory.
 */
#ifndef FADUMPCTL_KLOG_H
#define FADUMPCTL_KLOG_H

#include "core.h"

/**
 * typedef klog_line_fn - takes a line of the log
 * @arg: the caller's
 * @line: printable, terminated
 *
 * Return: false to end here.
 */
typedef bool (*klog_line_fn)(void *arg, const char *line);

/**
 * klog_tail - the last records of the log, line by line
 * @core: dump
 * @max: records, 0 for all
 * @fn: gets the lines
 * @arg: for @fn
 *
 * The records are as many as the dump says: a signal to us and @core.end stop it.
 *
 * Return: NULL, or why there is no log.
 */
const char *klog_tail(const struct core *core, u64 max, klog_line_fn fn, void *arg);

#endif
