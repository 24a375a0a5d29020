/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identifies this machine among others of the same host name.
 */
#ifndef FADUMPCTL_ID_H
#define FADUMPCTL_ID_H

#include "lib/bounds.h"

/* Hexadecimal digits that never change; empty if nothing identifies the machine. */
void machine_id(char id[MACHINE_ID_LEN + 1]);

#endif
