// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Libraries that are loaded when they are needed.
 */

#include <dlfcn.h>
#include <string.h>

#include "lib/library.h"
#include "lib/types.h"

bool library_load(const char *soname, const struct library_function *functions, size_t nr,
		  void *pointers)
{
	void *handle = dlopen(soname, RTLD_NOW | RTLD_LOCAL), *function;
	size_t i;

	for (i = 0; handle && i < nr; i++) {
		function = dlsym(handle, functions[i].name);
		if (!function)
			return false;
		memcpy((char *)pointers + functions[i].at, &function, sizeof(function));
	}
	return handle;
}
