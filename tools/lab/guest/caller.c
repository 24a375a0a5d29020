// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls a function of the kernel that is never called in a guest otherwise.
 *
 *   insmod caller.ko function=0xADDRESS
 */

#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static unsigned long function;
module_param(function, ulong, 0);
MODULE_PARM_DESC(function, "address of a function without arguments, which may sleep");

static int __init caller_init(void)
{
	((void (*)(void))function)();
	return 0;
}
module_init(caller_init);

static void __exit caller_exit(void)
{
}
module_exit(caller_exit);

MODULE_DESCRIPTION("Calls one function for the fadump lab");
MODULE_LICENSE("GPL");
