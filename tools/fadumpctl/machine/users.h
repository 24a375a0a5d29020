/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FADUMPCTL_USERS_H
#define FADUMPCTL_USERS_H

/* Warn of each process that has the file open or mapped. */
void users_warn(const char *file);

#endif
