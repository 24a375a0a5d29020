// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proofs: the kernel's metadata, the structure that OPAL's tags point to, and the
 * property fw-load-area.
 */

#include "proof.h"

#include "../fuzz/opal-meta.c"

/* All of the metadata; three regions are as good as 63: see lib/limits.h here. */
/* cbmc: lib/opal-format.c --unwind 9 --unwindset decode_regions.0:4 */
void proof_opal_meta(void)
{
	const struct fadump_bytes meta = proof_alloc(OPAL_META_SZ);
	const u64 at = nondet_u64();
	struct fadump_dump dump;

	if (!opal_meta_decode(&meta, at, &dump))
		check_meta(&dump, at);
}

/* One region more than the tag may have. */
/* cbmc: lib/opal-format.c --unwind 9 --unwindset opal_fw_tag_decode.0:4 */
void proof_opal_tag(void)
{
	const struct fadump_bytes bytes =
		proof_alloc(sizeof(struct opal_dump_fw) +
			    (OPAL_MAX_FW_REGIONS + 1) * sizeof(struct fadump_copy_ser));
	struct fadump_dump dump;
	struct opal_fw_tag tag;

	if (opal_fw_tag_decode(&bytes, &tag))
		return;
	check_tag(&tag);
	if (!opal_fw_tag_set_cpus(&tag, &dump))
		check_cpus(&dump);
}

/* Two pairs and a part of one; the loop keeps only the end so far. */
/* cbmc: lib/opal-format.c --unwind 9 --unwindset opal_load_area_end.0:4 */
void proof_opal_load_area(void)
{
	const struct fadump_bytes prop = proof_alloc(3 * OPAL_LOAD_AREA_PAIR - 1);
	u64 end, pair = nondet_u64();

	proof_assume(pair < prop.len / OPAL_LOAD_AREA_PAIR);
	if (!opal_load_area_end(&prop, &end))
		check_load_area(&prop, pair, end);
}
