/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FADUMPCTL_REGISTER_H
#define FADUMPCTL_REGISTER_H

#include <stdbool.h>

int fadump_set_registered(bool on);

#endif
