/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory/ maps preserved memory, defers most of it, and returns it to the page
 * allocator at the release. Deferred memory is not in memblock until the release.
 *
 * The caller decides which memory, and when: code here sees ranges and blocks, but
 * no dump. Each function says whether it belongs to early boot or may sleep.
 */

#ifndef _POWERPC_FADUMP_MEMORY_H
#define _POWERPC_FADUMP_MEMORY_H

#include "fadump-internal.h"

struct page;

/* map.c: mappings of preserved memory */
struct fadump_bytes fadump_map(u64 base, u64 size);
void fadump_unmap(struct fadump_bytes *b);

/* pages.c: free reserved memory to the page allocator */
void fadump_pages_free(struct page *page, unsigned int order);
void fadump_pages_release(const struct fadump_ranges *set);

/* deferred.c: preserved memory that this kernel adds at the release */
#ifdef CONFIG_MEMORY_HOTPLUG
const char *fadump_deferred_why_not(const struct fadump_backend *backend);
u64 fadump_deferred_block(void);
void fadump_deferred_remove(struct fadump_ranges *set);
void fadump_deferred_reserve_iomem(const struct fadump_ranges *set);
int fadump_deferred_add(struct fadump_ranges *set);
#else
static inline const char *
fadump_deferred_why_not(const struct fadump_backend *backend)
{
	return "this kernel has no memory hotplug";
}

static inline u64 fadump_deferred_block(void)
{
	return PAGE_SIZE;
}

static inline void fadump_deferred_remove(struct fadump_ranges *set) {}
static inline void fadump_deferred_reserve_iomem(const struct fadump_ranges *set) {}

static inline int fadump_deferred_add(struct fadump_ranges *set)
{
	return 0;
}
#endif

/* hugetlb.c: huge pages, for which a capture kernel has no memory */
#ifdef CONFIG_HUGETLB_PAGE
void fadump_hugetlb_disable(void);
void fadump_hugetlb_allow_setup(void);
void fadump_hugetlb_enable(void);
#else
static inline void fadump_hugetlb_disable(void) {}
static inline void fadump_hugetlb_allow_setup(void) {}
static inline void fadump_hugetlb_enable(void) {}
#endif

#endif /* _POWERPC_FADUMP_MEMORY_H */
