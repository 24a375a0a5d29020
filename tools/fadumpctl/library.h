/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Libraries that are loaded when they are needed: a machine without one does without
 * what it is for.
 */

#ifndef FADUMPCTL_LIBRARY_H
#define FADUMPCTL_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct library_function - one that is wanted
 * @name: in the library
 * @at: where its address goes, in a structure of pointers
 */
struct library_function {
	const char *name;
	size_t at;
};

/**
 * library_load - load a library, which stays
 * @soname: its file
 * @functions: those that are wanted
 * @nr: how many
 * @pointers: result, a structure of pointers; not complete after false
 *
 * Return: whether the library is there and has all of them.
 */
bool library_load(const char *soname, const struct library_function *functions, size_t nr,
		  void *pointers);

#endif /* FADUMPCTL_LIBRARY_H */
