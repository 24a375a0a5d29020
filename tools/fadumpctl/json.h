/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What jansson does not do itself.
 */
#ifndef FADUMPCTL_JSON_H
#define FADUMPCTL_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "files.h"

/* Bytes that anybody may have written, as they would be printed. */
json_t *json_text(const char *text, size_t len);

/* JSON's integers have a sign here; a damaged file may say anything. */
json_t *json_size(u64 n);
json_t *json_number(struct number n);

/* "0x..." : JSON's numbers end at 2^53 in many programs. */
json_t *json_hex(u64 n);

/* Takes @o. Return: 0, or -1 without memory or where writing failed. */
int json_print(json_t *o, FILE *f);

#endif
