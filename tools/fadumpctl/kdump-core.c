// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Dumps that makedumpfile has compressed, through libkdumpfile where this was built
 * with it.
 */

#include "core.h"
#include "bounds.h"
#include "say.h"

#ifdef HAVE_KDUMPFILE

#include <elf.h>
#include <errno.h>
#include <libkdumpfile/kdumpfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A filtered dump has pieces without end; nobody reads a longer list. */
#define MAX_RANGES	65536

static u16 machine_by_name(const char *name)
{
	if (!strcmp(name, KDUMP_ARCH_PPC64))
		return EM_PPC64;
	if (!strcmp(name, KDUMP_ARCH_X86_64))
		return EM_X86_64;
	return EM_NONE;
}

static u64 number_attr(kdump_ctx_t *ctx, const char *name, u64 fallback)
{
	kdump_num_t n;

	return kdump_get_number_attr(ctx, name, &n) == KDUMP_OK ? n : fallback;
}

static void add_cpu(struct core *core, u64 i)
{
	kdump_attr_t attr = { .type = KDUMP_BLOB };
	char name[40];
	void *data;

	snprintf(name, sizeof(name), "cpu.%llu.PRSTATUS", i);
	if (kdump_get_typed_attr(core->kdump, name, &attr) != KDUMP_OK)
		return;
	data = kdump_blob_pin(attr.val.blob);
	core_add_cpu(core, data, kdump_blob_size(attr.val.blob));
	kdump_blob_unpin(attr.val.blob);
}

/* Pieces of a bitmap of pages, as far as they are listed; the pages of all. */
static u64 walk_pages(struct core *core, kdump_bmp_t *bmp, bool list)
{
	kdump_addr_t start = 0, end;
	u64 pages = 0;

	while (kdump_bmp_find_set(bmp, &start) == KDUMP_OK) {
		end = start;
		if (kdump_bmp_find_clear(bmp, &end) != KDUMP_OK || end <= start)
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

/* Bitmaps have a reference each, which ends with the context. */
static void add_memory(struct core *core)
{
	kdump_attr_t attr = { .type = KDUMP_BITMAP };
	kdump_ctx_t *ctx = core->kdump;

	core->ranges = calloc(MAX_RANGES, sizeof(*core->ranges));
	if (core->ranges &&
	    kdump_get_typed_attr(ctx, KDUMP_ATTR_MEMORY_PAGEMAP, &attr) == KDUMP_OK)
		walk_pages(core, attr.val.bitmap, true);
	attr.type = KDUMP_BITMAP;
	if (kdump_get_typed_attr(ctx, KDUMP_ATTR_FILE_PAGEMAP, &attr) == KDUMP_OK) {
		core->pages.value = walk_pages(core, attr.val.bitmap, false);
		core->pages.known = true;
	}
}

static void add_vmcoreinfo(struct core *core)
{
	kdump_attr_t attr = { .type = KDUMP_BLOB };
	void *data;

	if (kdump_get_typed_attr(core->kdump, "linux.vmcoreinfo.raw", &attr) != KDUMP_OK)
		return;
	data = kdump_blob_pin(attr.val.blob);
	core_set_vmcoreinfo(core, data, kdump_blob_size(attr.val.blob));
	kdump_blob_unpin(attr.val.blob);
}

static void decode(struct core *core)
{
	kdump_ctx_t *ctx = core->kdump;
	const char *name;
	u64 nr, i;

	if (kdump_get_string_attr(ctx, KDUMP_ATTR_ARCH_NAME, &name) == KDUMP_OK)
		core->machine = machine_by_name(name);
	core->big_endian = number_attr(ctx, KDUMP_ATTR_BYTE_ORDER,
				       KDUMP_LITTLE_ENDIAN) == KDUMP_BIG_ENDIAN;
	core->page_size.value = number_attr(ctx, KDUMP_ATTR_PAGE_SIZE, 0);
	core->page_size.known = core->page_size.value;
	nr = number_attr(ctx, KDUMP_ATTR_NUM_CPUS, 0);
	for (i = 0; i < nr && i < MAX_CPUS; i++)
		add_cpu(core, i);
	add_vmcoreinfo(core);
	if (core->page_size.known)
		add_memory(core);
}

/* Not every version of the library reads what a stream looks like. */
static int refuse(const struct core *core, const char *path)
{
	const char *why = kdump_get_err(core->kdump);
	char head[12] = "";

	source_read(&core->src, 0, head, sizeof(head));
	if (memcmp(head, "makedumpfile", sizeof(head)))
		return fail(EXIT_DAMAGED, "%s: %s", path, why);
	return fail(EXIT_DAMAGED,
		    "%s: %s; it is flattened, and makedumpfile -R rearranges it",
		    path, why);
}

/**
 * kdump_core_decode - decode a file of makedumpfile's
 * @core: has the file, otherwise empty
 * @path: its name, for messages
 *
 * Return: exit status.
 */
int kdump_core_decode(struct core *core, const char *path)
{
	kdump_ctx_t *ctx = kdump_new();

	if (!ctx)
		return fail(EXIT_FAILED, "out of memory");
	core->kdump = ctx;
	core->format = "makedumpfile";
	if (kdump_set_number_attr(ctx, KDUMP_ATTR_FILE_FD, core->src.fd) != KDUMP_OK)
		return refuse(core, path);
	decode(core);
	return EXIT_DONE;
}

void kdump_core_close(struct core *core)
{
	if (core->kdump)
		kdump_free(core->kdump);
	core->kdump = NULL;
}

int kdump_core_read(const struct core *core, u64 paddr, void *buf, size_t len)
{
	size_t got = len;

	if (kdump_read(core->kdump, KDUMP_MACHPHYSADDR, paddr, buf, &got) != KDUMP_OK ||
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
		    "%s: a file of makedumpfile's; reading it needs libkdumpfile, and this fadumpctl was built without it",
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
