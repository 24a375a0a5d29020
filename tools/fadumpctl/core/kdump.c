// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads dumps that makedumpfile has compressed, by libkdumpfile. Its header is needed to
 * build this.
 *
 * The library is loaded only for such a file. A save does not need it: memory is short
 * then, and a package need not depend on it.
 */

#include "core/core.h"
#include "lib/bounds.h"
#include "lib/library.h"
#include "lib/say.h"
#include "lib/source.h"
#include "lib/stop.h"

#ifdef HAVE_KDUMPFILE

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <libkdumpfile/kdumpfile.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A filtered dump may have any number of ranges; a longer list is of no use. */
#define MAX_RANGES	65536

/* The version that has the structures of the header. */
#ifndef KDUMPFILE_SONAME
#if KDUMPFILE_VER_MAJOR == 0 && KDUMPFILE_VER_MINOR == 5
#define KDUMPFILE_SONAME	"libkdumpfile.so.10"
#else
#error "Which library has this header? CPPFLAGS='-DKDUMPFILE_SONAME=...' tells, KDUMPFILE=n does without"
#endif
#endif

static struct library {
	__typeof__(kdump_new) *new;
	__typeof__(kdump_free) *free;
	__typeof__(kdump_get_err) *get_err;
	__typeof__(kdump_set_attr) *set_attr;
	__typeof__(kdump_get_typed_attr) *get_typed_attr;
	__typeof__(kdump_blob_pin) *blob_pin;
	__typeof__(kdump_blob_size) *blob_size;
	__typeof__(kdump_blob_unpin) *blob_unpin;
	__typeof__(kdump_bmp_find_set) *bmp_find_set;
	__typeof__(kdump_bmp_find_clear) *bmp_find_clear;
	__typeof__(kdump_read) *read;
} lib;

static const struct library_function functions[] = {
	{ "kdump_new", offsetof(struct library, new) },
	{ "kdump_free", offsetof(struct library, free) },
	{ "kdump_get_err", offsetof(struct library, get_err) },
	{ "kdump_set_attr", offsetof(struct library, set_attr) },
	{ "kdump_get_typed_attr", offsetof(struct library, get_typed_attr) },
	{ "kdump_blob_pin", offsetof(struct library, blob_pin) },
	{ "kdump_blob_size", offsetof(struct library, blob_size) },
	{ "kdump_blob_unpin", offsetof(struct library, blob_unpin) },
	{ "kdump_bmp_find_set", offsetof(struct library, bmp_find_set) },
	{ "kdump_bmp_find_clear", offsetof(struct library, bmp_find_clear) },
	{ "kdump_read", offsetof(struct library, read) },
};

_Static_assert(ARRAY_SIZE(functions) * sizeof(void *) == sizeof(lib), "a name for each");

/* It stays loaded for the next file. */
static bool load_library(void)
{
	return library_load(KDUMPFILE_SONAME, functions, ARRAY_SIZE(functions), &lib);
}

static u16 machine_by_name(const char *name)
{
	if (!strcmp(name, KDUMP_ARCH_PPC64))
		return EM_PPC64;
	if (!strcmp(name, KDUMP_ARCH_X86_64))
		return EM_X86_64;
	return EM_NONE;
}

static bool get_attr(kdump_ctx_t *ctx, const char *name, kdump_attr_t *attr,
		     kdump_attr_type_t type)
{
	attr->type = type;
	return lib.get_typed_attr(ctx, name, attr) == KDUMP_OK;
}

static u64 number_attr(kdump_ctx_t *ctx, const char *name, u64 fallback)
{
	kdump_attr_t attr;

	return get_attr(ctx, name, &attr, KDUMP_NUMBER) ? attr.val.number : fallback;
}

static void add_cpu(struct core *core, u64 i)
{
	kdump_attr_t attr;
	char name[40];
	void *data;

	snprintf(name, sizeof(name), "cpu.%llu.PRSTATUS", i);
	if (!get_attr(core->kdump, name, &attr, KDUMP_BLOB))
		return;
	data = lib.blob_pin(attr.val.blob);
	core_add_cpu(core, data, lib.blob_size(attr.val.blob));
	lib.blob_unpin(attr.val.blob);
}

/* Count the pages of a bitmap; with @list, also list their ranges. */
static u64 walk_pages(struct core *core, kdump_bmp_t *bmp, bool list)
{
	kdump_addr_t start = 0, end;
	u64 pages = 0;

	while (!is_interrupted() && lib.bmp_find_set(bmp, &start) == KDUMP_OK) {
		end = start;
		if (lib.bmp_find_clear(bmp, &end) != KDUMP_OK || end <= start)
			break;
		pages += end - start;
		if (list && core->nr_ranges < MAX_RANGES)
			core->ranges[core->nr_ranges++] = (struct core_range) {
				.start = start * core->page_size.value,
				.size = (end - start) * core->page_size.value,
			};
		else if (list)
			core->ranges_cut = true;
		start = end;
	}
	return pages;
}

/* Each bitmap holds a reference, which ends with the context. */
static void add_memory(struct core *core)
{
	kdump_ctx_t *ctx = core->kdump;
	kdump_attr_t attr;

	core->ranges = calloc(MAX_RANGES, sizeof(*core->ranges));
	if (core->ranges && get_attr(ctx, KDUMP_ATTR_MEMORY_PAGEMAP, &attr, KDUMP_BITMAP))
		walk_pages(core, attr.val.bitmap, true);
	if (get_attr(ctx, KDUMP_ATTR_FILE_PAGEMAP, &attr, KDUMP_BITMAP)) {
		core->pages.value = walk_pages(core, attr.val.bitmap, false);
		core->pages.known = true;
	}
}

static void add_vmcoreinfo(struct core *core)
{
	kdump_attr_t attr;
	void *data;

	if (!get_attr(core->kdump, "linux.vmcoreinfo.raw", &attr, KDUMP_BLOB))
		return;
	data = lib.blob_pin(attr.val.blob);
	core_set_vmcoreinfo(core, data, lib.blob_size(attr.val.blob));
	lib.blob_unpin(attr.val.blob);
}

static void decode(struct core *core)
{
	kdump_ctx_t *ctx = core->kdump;
	kdump_attr_t attr;
	u64 nr, i;

	if (get_attr(ctx, KDUMP_ATTR_ARCH_NAME, &attr, KDUMP_STRING))
		core->machine = machine_by_name(attr.val.string);
	core->big_endian = number_attr(ctx, KDUMP_ATTR_BYTE_ORDER,
				       KDUMP_LITTLE_ENDIAN) == KDUMP_BIG_ENDIAN;
	core->page_size.value = number_attr(ctx, KDUMP_ATTR_PAGE_SIZE, 0);
	core->page_size.known = core->page_size.value;
	nr = number_attr(ctx, KDUMP_ATTR_NUM_CPUS, 0);
	for (i = 0; i < nr && i < MAX_CPUS && !is_interrupted(); i++)
		add_cpu(core, i);
	add_vmcoreinfo(core);
	if (core->page_size.known)
		add_memory(core);
}

/* Not every version of the library reads the flattened format. */
static int refuse(const struct core *core, const char *path)
{
	const char *why = lib.get_err(core->kdump);
	char head[12] = "";

	source_read(&core->src, 0, head, sizeof(head));
	if (memcmp(head, "makedumpfile", sizeof(head)))
		return fail(EXIT_DAMAGED, "%s: %s", path, why);
	return fail(EXIT_DAMAGED,
		    "%s: %s; it is flattened, and makedumpfile -R rearranges it",
		    path, why);
}

/**
 * kdump_core_decode - decode a file of makedumpfile
 * @core: the file, otherwise empty; kdump_check() may have checked it
 * @path: its name, for messages
 *
 * Return: exit status.
 */
int kdump_core_decode(struct core *core, const char *path)
{
	kdump_attr_t fd = { .type = KDUMP_NUMBER, .val.number = core->src.fd };

	if (!load_library())
		return fail(EXIT_MISSING,
			    "%s: a file of makedumpfile; reading it needs libkdumpfile: %s",
			    path, dlerror());
	core->kdump = lib.new();
	if (!core->kdump)
		return fail(EXIT_FAILED, "out of memory");
	if (lib.set_attr(core->kdump, KDUMP_ATTR_FILE_FD, &fd) != KDUMP_OK)
		return refuse(core, path);
	decode(core);
	return EXIT_DONE;
}

void kdump_core_close(struct core *core)
{
	if (core->kdump)
		lib.free(core->kdump);
	core->kdump = NULL;
}

int kdump_core_read(const struct core *core, u64 paddr, void *buf, size_t len)
{
	size_t got = len;

	if (lib.read(core->kdump, KDUMP_MACHPHYSADDR, paddr, buf, &got) != KDUMP_OK ||
	    got != len)
		return -ENXIO;
	return 0;
}

#else

#include <errno.h>

int kdump_core_decode(struct core *core, const char *path)
{
	(void)core;
	return fail(EXIT_MISSING,
		    "%s: a file of makedumpfile; reading it needs libkdumpfile, and this fadumpctl was built without it",
		    path);
}

void kdump_core_close(struct core *core)
{
	(void)core;
}

int kdump_core_read(const struct core *core, u64 paddr, void *buf, size_t len)
{
	(void)core, (void)paddr, (void)buf, (void)len;
	return -ENXIO;
}

#endif
