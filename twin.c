// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the dead kernel would have said of itself, from a kernel of the same build.
 */

#include <linux/buildid.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/string.h>
#include <linux/vmcore_info.h>

#include <asm/cputable.h>
#include <asm/mmu.h>

#include "fadump-internal.h"

/**
 * DOC: VMCOREINFO of a twin
 *
 * A capture kernel is most often the same build as the dead one. The build ID tells:
 * the linker made it of all that is in the image, so where both have the same one all
 * variables are at the same addresses, and of the same types. It is looked for at the
 * address of this kernel's: a kernel of the same build that ran elsewhere does not
 * have it there.
 *
 * Nearly all of VMCOREINFO is compiled in. What is not::
 *
 *	SYMBOL(mem_section)    where a variable points to, another place at every
 *	                       boot: taken from the dead kernel's variable
 *	SYMBOL(vmemmap)        by the kind of MMU: a dead kernel that says it had
 *	NUMBER(VMALLOC_START)  the other kind is no twin
 *	NUMBER(RADIX_MMU)
 *	KERNELOFFSET           by where the kernel runs, as all symbols: the same,
 *	                       or the build ID would not be where it is
 *	CRASHTIME              not known, and left out
 *
 * What goes with the MMU is not put right, because it hardly ever differs: both kernels
 * run on one processor, and take the same kind unless ``disable_radix`` was said to one
 * of them alone.
 */

/* That kernel's variable, in the copy; where it was not copied is this kernel's. */
static bool read_theirs(const struct fadump_dump *dump, const void *ours,
			void *value, u64 size)
{
	u64 here = __pa(ours);
	u64 at = fadump_layout_relocate(dump->copy, dump->nr_copies, here, size);
	struct fadump_bytes b = { };

	if (at != here && at != U64_MAX)
		b = fadump_map(at, size);
	if (!b.len)
		return false;
	memcpy(value, b.data, size);
	fadump_unmap(&b);
	return true;
}

static bool is_same_build(const struct fadump_dump *dump)
{
	u8 id[BUILD_ID_SIZE_MAX];

	/* No ID at all proves nothing. */
	return memchr_inv(vmlinux_build_id, 0, sizeof(id)) &&
	       read_theirs(dump, vmlinux_build_id, id, sizeof(id)) &&
	       !memcmp(id, vmlinux_build_id, sizeof(id));
}

static bool is_same_mmu(const struct fadump_dump *dump)
{
	const unsigned int *ours = &cur_cpu_spec->mmu_features;
	unsigned int theirs;

	return read_theirs(dump, ours, &theirs, sizeof(theirs)) &&
	       !((*ours ^ theirs) & MMU_FTR_TYPE_RADIX);
}

#ifdef CONFIG_SPARSEMEM_EXTREME
static bool set_mem_section(const struct fadump_dump *dump,
			    const struct fadump_ranges *ram, void *note, u64 size)
{
	const u64 table = NR_SECTION_ROOTS * sizeof(*mem_section);
	unsigned long theirs;

	/* Nobody vouches for it; what it points to is at least in RAM. */
	return read_theirs(dump, &mem_section, &theirs, sizeof(theirs)) &&
	       theirs >= PAGE_OFFSET &&
	       fadump_ranges_cover(ram, theirs - PAGE_OFFSET, table) &&
	       fadump_vmcoreinfo_set(note, size, "SYMBOL(mem_section)=", theirs);
}
#else
static bool set_mem_section(const struct fadump_dump *dump,
			    const struct fadump_ranges *ram, void *note, u64 size)
{
	return true;
}
#endif

/**
 * fadump_twin_vmcoreinfo - this kernel's VMCOREINFO, as if it were the dead one's
 * @dump: the dump, bounded
 * @ram: RAM that is not firmware's
 * @buf: result: a note, of which as many bytes count as are returned
 * @cap: bytes of @buf
 *
 * Context: process context, may sleep, after VMCOREINFO was made.
 *
 * Return: bytes; 0 where the dead kernel was not the same build, or nobody can tell.
 */
u64 fadump_twin_vmcoreinfo(const struct fadump_dump *dump,
			   const struct fadump_ranges *ram, void *buf, u64 cap)
{
	const struct fadump_bytes text = {
		.data = vmcoreinfo_data, .len = vmcoreinfo_size,
	};
	u64 size;

	if (!text.len || !is_same_build(dump) || !is_same_mmu(dump))
		return 0;
	size = fadump_vmcoreinfo_wrap(&text, buf, cap);
	return set_mem_section(dump, ram, buf, size) ? size : 0;
}
