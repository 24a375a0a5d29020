/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where OPAL's description of a dump is. Not in boot.h because of asm/opal.h, which
 * only kernels for powernv need.
 */

#ifndef _POWERPC_FADUMP_OPAL_TAGS_H
#define _POWERPC_FADUMP_OPAL_TAGS_H

#include <linux/types.h>

#include <asm/opal.h>

#include "lib/fadump-lib.h"

/**
 * struct opal_target - what a tag points to
 * @at: its address, 0 for a tag that is not set
 * @bytes: the memory there; empty where there is no RAM
 */
struct opal_target {
	u64 at;
	struct fadump_bytes bytes;
};

int opal_dump_node(unsigned long opal);
bool opal_is_mpipl_boot(unsigned long dump);
int opal_status_errno(s64 status);
int opal_tag_query(enum opal_mpipl_tags tag, u64 *value);
int opal_tag_follow(enum opal_mpipl_tags tag, u64 max, struct opal_target *to);
int opal_tag_decode(enum opal_mpipl_tags tag, struct opal_fw_tag *decoded);

#endif /* _POWERPC_FADUMP_OPAL_TAGS_H */
