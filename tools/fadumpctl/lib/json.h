/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Additions to jansson.
 */
#ifndef FADUMPCTL_JSON_H
#define FADUMPCTL_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "lib/types.h"

/* A string of untrusted bytes; each one that is not printable becomes \xNN. */
json_t *json_text(const char *text, size_t len);

/* A number that is too large for JSON's signed integers becomes the largest one. */
json_t *json_size(u64 n);
json_t *json_number(struct number n);

/* "0x...": many JSON programs lose digits of a number above 2^53. */
json_t *json_hex(u64 n);

/* Frees @o. Return: 0, or -1 if memory is short or writing failed. */
int json_print(json_t *o, FILE *f);

#endif
