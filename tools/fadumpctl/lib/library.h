/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Libraries that are loaded when they are needed. The program also runs on a machine
 * that does not have them.
 */
#ifndef FADUMPCTL_LIBRARY_H
#define FADUMPCTL_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct library_function - a function of a library
 * @name: its symbol
 * @at: offset of its pointer in the structure that library_load() fills
 */
struct library_function {
	const char *name;
	size_t at;
};

/**
 * library_load - load a library; it is never unloaded
 * @soname: its file
 * @functions: the functions to find
 * @nr: number of @functions
 * @pointers: result, a structure of function pointers; incomplete after false
 *
 * Return: true if the library is there and has all functions.
 */
bool library_load(const char *soname, const struct library_function *functions, size_t nr,
		  void *pointers);

#endif
