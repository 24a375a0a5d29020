/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FADUMPCTL_STATUS_H
#define FADUMPCTL_STATUS_H

#include "state.h"

void status_print(const struct fadump_state *s);
int status_print_json(const struct fadump_state *s);

/* Why firmware is not registered, or a dump is waiting. */
const char *why_not_armed(const struct fadump_state *s);

/* A sentence for the user, a word for JSON. */
const char *next_crash_text(enum next_crash next);
const char *next_crash_word(enum next_crash next);

#endif
