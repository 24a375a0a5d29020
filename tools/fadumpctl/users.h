/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FADUMPCTL_USERS_H
#define FADUMPCTL_USERS_H

/* A warning for each process that has the file open or mapped. */
void users_name(const char *file);

#endif
