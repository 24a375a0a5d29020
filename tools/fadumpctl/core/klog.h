/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The crashed kernel's log, from the ring buffer in its memory.
 */
#ifndef FADUMPCTL_KLOG_H
#define FADUMPCTL_KLOG_H

#include "core/core.h"
#include "lib/types.h"

/**
 * typedef klog_line_fn - called with each line of the log
 * @arg: the caller's
 * @line: printable, terminated
 *
 * Return: false to stop.
 */
typedef bool (*klog_line_fn)(void *arg, const char *line);

/**
 * klog_tail - read the last records of the log, line by line
 * @core: dump
 * @max: number of records, 0 for all
 * @fn: called with each line
 * @arg: for @fn
 *
 * A damaged dump may claim any number of records; a signal to us and @core->end stop
 * the loop.
 *
 * Return: NULL, or why there is no log.
 */
const char *klog_tail(const struct core *core, u64 max, klog_line_fn fn, void *arg);

#endif
