// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks that a file of makedumpfile holds all that its headers claim.
 *
 * libkdumpfile does not check that. It maps the file, so an access behind the end of the
 * file is a SIGBUS; other data that is missing reads as zeros.
 *
 *	block 0		header
 *	block 1		sub header, which tells where notes and VMCOREINFO are
 *	then		bitmap of all memory, bitmap of the pages in the file
 *	then		a descriptor for each page in the file
 *	anywhere	the data of the pages
 *
 * Only headers of 64-bit kernels are supported, as in ELF.
 */

#include <errno.h>

#include "core/core.h"
#include "lib/bounds.h"
#include "lib/source.h"
#include "lib/stop.h"

/* Offsets in the header. Names and a time lie between version and status. */
#define AT_VERSION		8
#define AT_STATUS		424
#define AT_BLOCK		428
#define AT_SUB_BLOCKS		432
#define AT_BITMAP_BLOCKS	436
#define AT_MAX_PFN		440
#define HEADER_SIZE		464

/* A bit of the status: makedumpfile had no space for the rest. */
#define IS_INCOMPLETE		8

/* Offsets in the sub header. AT_PFNS is for versions before HAS_PFNS_64. */
#define AT_SPLIT		12
#define AT_PFNS			16
#define AT_VMCOREINFO		32
#define AT_NOTES		48
#define AT_ERASEINFO		64
#define AT_PFNS_64		80
#define AT_MAX_PFN_64		96
#define SUB_HEADER_SIZE		104

/* The first version of the header that has the field. */
#define HAS_SPLIT		2
#define HAS_VMCOREINFO		3
#define HAS_NOTES		4
#define HAS_ERASEINFO		5
#define HAS_PFNS_64		6

/* A page's descriptor: offset and size of its data, and flags. */
#define DESC_SIZE		24

#define FLAT_HEADER_SIZE	4096

/**
 * struct promise - what the headers claim
 * @src: the file
 * @big: byte order
 * @version: of the header
 * @block: bytes of a block, which is a page
 * @bitmap: offset of the bitmaps
 * @bitmap_size: bytes of both bitmaps
 * @max_pfn: number of pages in a bitmap
 * @start: first page that may have a descriptor in this file
 * @end: last such page plus 1
 */
struct promise {
	const struct source *src;
	bool big;
	u32 version;
	u32 block;
	u64 bitmap;
	u64 bitmap_size;
	u64 max_pfn;
	u64 start;
	u64 end;
};

static bool is_block(u32 size)
{
	return size >= MIN_BLOCK && size <= MAX_BLOCK && !(size & (size - 1));
}

/* The file does not tell its byte order. Only the right one gives a valid block size. */
static int decode_header(struct core *core, struct promise *p)
{
	u8 raw[HEADER_SIZE];
	int rc = source_read(p->src, 0, raw, sizeof(raw));

	if (rc)
		return rc;
	p->big = is_block(decode32(true, raw + AT_BLOCK));
	p->block = decode32(p->big, raw + AT_BLOCK);
	p->version = decode32(p->big, raw + AT_VERSION);
	p->max_pfn = decode32(p->big, raw + AT_MAX_PFN);
	p->bitmap = (1ULL + decode32(p->big, raw + AT_SUB_BLOCKS)) * p->block;
	p->bitmap_size = (u64)decode32(p->big, raw + AT_BITMAP_BLOCKS) * p->block;
	/* DISKDUMP, the older format, uses this bit for something else. */
	if (raw[0] == 'K' && decode32(p->big, raw + AT_STATUS) & IS_INCOMPLETE)
		core->damage |= 1U << DAMAGE_INCOMPLETE;
	return is_block(p->block) && p->bitmap_size ? 0 : -EBADMSG;
}

static bool has_piece(const struct promise *p, const u8 *place)
{
	u64 size = decode64(p->big, place + 8);

	return !size || is_inside(p->src->size, decode64(p->big, place), size);
}

/* Each file of a split dump has the pages of one range of memory. */
static void decode_pfns(struct promise *p, const u8 *sub)
{
	const u8 *pfns = sub + (p->version >= HAS_PFNS_64 ? AT_PFNS_64 : AT_PFNS);

	if (p->version >= HAS_PFNS_64)
		p->max_pfn = decode64(p->big, sub + AT_MAX_PFN_64);
	p->end = p->max_pfn;
	if (p->version < HAS_SPLIT || !decode32(p->big, sub + AT_SPLIT))
		return;
	p->start = decode64(p->big, pfns);
	if (decode64(p->big, pfns + 8) < p->end)
		p->end = decode64(p->big, pfns + 8);
}

static int decode_sub_header(struct core *core, struct promise *p)
{
	u8 sub[SUB_HEADER_SIZE];
	int rc = source_read(p->src, p->block, sub, sizeof(sub));

	if (rc)
		return rc;
	if ((p->version >= HAS_VMCOREINFO && !has_piece(p, sub + AT_VMCOREINFO)) ||
	    (p->version >= HAS_NOTES && !has_piece(p, sub + AT_NOTES)) ||
	    (p->version >= HAS_ERASEINFO && !has_piece(p, sub + AT_ERASEINFO)))
		core->damage |= 1U << DAMAGE_NOTES_OUTSIDE;
	decode_pfns(p, sub);
	return 0;
}

/* How many of the eight pages from @pfn on have a descriptor? */
static unsigned int count_byte(const struct promise *p, u64 pfn, u8 byte)
{
	unsigned int bit, nr = 0;

	if (pfn >= p->start && pfn + 8 <= p->end)
		return __builtin_popcount(byte);
	for (bit = 0; bit < 8; bit++, pfn++)
		nr += byte >> bit & 1 && pfn >= p->start && pfn < p->end;
	return nr;
}

/*
 * The second bitmap tells which pages have a descriptor; very old files have only one.
 * makedumpfile does not always write the bytes of a bitmap that follow the last page.
 */
static int count_pages(const struct promise *p, u64 *nr)
{
	u64 half = p->bitmap_size / 2, pfn = p->start & ~7ULL, len, i;
	bool has_two = p->max_pfn <= half * 8;
	u64 end = has_two ? half * 8 : half * 16;
	u8 raw[4096];
	int rc = 0;

	if (end > p->end)
		end = p->end;
	for (; pfn < end && !rc && !is_interrupted(); pfn += len * 8) {
		len = (end - pfn + 7) / 8;
		if (len > sizeof(raw))
			len = sizeof(raw);
		rc = source_read(p->src, p->bitmap + (has_two ? half : 0) + pfn / 8,
				 raw, len);
		for (i = 0; i < len && !rc; i++)
			*nr += count_byte(p, pfn + i * 8, raw[i]);
	}
	return rc;
}

/* If makedumpfile was killed, the rest of the descriptors are zeros. */
static int check_desc(const struct promise *p, const u8 *raw)
{
	u64 at = decode64(p->big, raw);
	u32 size = decode32(p->big, raw + 8);

	if (!size)
		return -ENODATA;
	if (size > p->block)
		return -EBADMSG;
	return is_inside(p->src->size, at, size) ? 0 : -ERANGE;
}

static int check_descs(const struct promise *p, u64 nr)
{
	u64 at = p->bitmap + p->bitmap_size;
	u8 raw[DESC_SIZE * 512];
	u64 some, i;
	int rc = 0;

	for (; nr && !rc && !is_interrupted(); nr -= some, at += some * DESC_SIZE) {
		some = nr < sizeof(raw) / DESC_SIZE ? nr : sizeof(raw) / DESC_SIZE;
		rc = source_read(p->src, at, raw, some * DESC_SIZE);
		for (i = 0; i < some && !rc; i++)
			rc = check_desc(p, raw + i * DESC_SIZE);
	}
	return rc;
}

static int check_compressed(struct core *core)
{
	struct promise p = { .src = &core->src };
	u64 nr = 0;
	int rc = decode_header(core, &p);

	if (!rc)
		rc = decode_sub_header(core, &p);
	if (!rc)
		rc = count_pages(&p, &nr);
	return rc ? rc : check_descs(&p, nr);
}

/* In the flattened format, offset and size precede each piece; -1 and -1 end it. */
static int check_flat(const struct source *src)
{
	u64 at = FLAT_HEADER_SIZE, size;
	u8 raw[16];
	int rc;

	while (!is_interrupted()) {
		rc = source_read(src, at, raw, sizeof(raw));
		if (rc)
			return rc;
		at += sizeof(raw);
		size = decode64(true, raw + 8);
		if (size == ~0ULL)
			return decode64(true, raw) == ~0ULL ? 0 : -EBADMSG;
		if (!is_inside(src->size, at, size))
			return -ERANGE;
		at += size;
	}
	return 0;
}

/**
 * kdump_check - check that the file holds all that its headers claim
 * @core: the file; gets the damage
 *
 * A signal to us ends the check early; the caller must test is_interrupted().
 *
 * Return: 0, or -errno if the file cannot be read.
 */
int kdump_check(struct core *core)
{
	u8 first = 0;
	int rc = source_read(&core->src, 0, &first, 1);

	if (!rc)
		rc = first == 'm' ? check_flat(&core->src) : check_compressed(core);
	if (rc == -ERANGE)
		core->damage |= 1U << DAMAGE_LOAD_OUTSIDE;
	else if (rc == -EBADMSG)
		core->damage |= 1U << DAMAGE_HEADERS;
	else if (rc == -ENODATA)
		core->damage |= 1U << DAMAGE_PAGES;
	else
		return rc;
	return 0;
}
