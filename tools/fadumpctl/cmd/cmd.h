/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One function for each command; each command's options are in its own file.
 */
#ifndef FADUMPCTL_CMD_H
#define FADUMPCTL_CMD_H

#include <argp.h>


/* argv[0] is "fadumpctl NAME". Return: exit status. */
int cmd_status(int argc, char **argv);
int cmd_register(int argc, char **argv);
int cmd_unregister(int argc, char **argv);
int cmd_release(int argc, char **argv);
int cmd_args(int argc, char **argv);
int cmd_map(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_recommend(int argc, char **argv);
int cmd_inspect(int argc, char **argv);
int cmd_save(int argc, char **argv);
int cmd_capture(int argc, char **argv);
int cmd_conf(int argc, char **argv);
int cmd_test(int argc, char **argv);

/* The options that save and capture have in common; the input is a struct save. */
extern const struct argp save_argp;

#endif
