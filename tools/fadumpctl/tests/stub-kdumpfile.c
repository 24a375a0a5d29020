// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * In place of libkdumpfile: reads any file, finds a crashed kernel's VMCOREINFO in the
 * environment, and goes wrong as the environment says.
 *
 *	STUB_WHERE	new, read, free
 *	STUB_HOW	a signal's number, exit, hang
 *	STUB_INFO	VMCOREINFO
 *	STUB_PID	gets the process's number before it hangs
 */

#include <libkdumpfile/kdumpfile.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void hang(void)
{
	FILE *f = fopen(getenv("STUB_PID"), "w");

	if (f) {
		fprintf(f, "%d\n", (int)getpid());
		fclose(f);
	}
	for (;;)
		pause();
}

static void go_wrong(const char *where)
{
	const char *how = getenv("STUB_HOW");

	if (strcmp(getenv("STUB_WHERE"), where))
		return;
	if (!strcmp(how, "exit"))
		exit(0);
	if (!strcmp(how, "hang"))
		hang();
	raise(atoi(how));
}

kdump_ctx_t *kdump_new(void)
{
	go_wrong("new");
	return (kdump_ctx_t *)getenv("STUB_INFO");
}

void kdump_free(kdump_ctx_t *ctx)
{
	go_wrong("free");
}

const char *kdump_get_err(kdump_ctx_t *ctx)
{
	return "";
}

kdump_status kdump_set_attr(kdump_ctx_t *ctx, const char *key, const kdump_attr_t *attr)
{
	return KDUMP_OK;
}

kdump_status kdump_get_typed_attr(kdump_ctx_t *ctx, const char *key, kdump_attr_t *attr)
{
	if (!strcmp(key, KDUMP_ATTR_ARCH_NAME))
		attr->val.string = KDUMP_ARCH_PPC64;
	else if (strcmp(key, "linux.vmcoreinfo.raw"))
		return KDUMP_ERR_NODATA;
	return KDUMP_OK;
}

void *kdump_blob_pin(kdump_blob_t *blob)
{
	return getenv("STUB_INFO");
}

size_t kdump_blob_size(const kdump_blob_t *blob)
{
	return strlen(getenv("STUB_INFO"));
}

unsigned long kdump_blob_unpin(kdump_blob_t *blob)
{
	return 0;
}

kdump_status kdump_bmp_find_set(kdump_bmp_t *bmp, kdump_addr_t *idx)
{
	return KDUMP_ERR_NODATA;
}

kdump_status kdump_bmp_find_clear(kdump_bmp_t *bmp, kdump_addr_t *idx)
{
	return KDUMP_ERR_NODATA;
}

kdump_status kdump_read(kdump_ctx_t *ctx, kdump_addrspace_t as, kdump_addr_t addr,
			void *buffer, size_t *plength)
{
	go_wrong("read");
	return KDUMP_ERR_NODATA;
}
