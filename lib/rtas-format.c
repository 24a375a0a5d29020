// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RTAS: the dump memory structure and the properties around it.
 */

#include "lib/fadump-lib.h"

/**
 * DOC: Dump memory structure (PAPR, ibm,configure-kernel-dump)
 *
 * A head, then up to ten sections of one thing to save each. The kernel hands
 * it over when it registers; after a crash firmware returns a copy, in which it
 * filled in what became of every section, as the property ibm,kernel-dump::
 *
 *	0         40          80          120
 *	|  head   | section 0 | section 1 | ...
 *	               |
 *	               type, error, source, length, dumped, destination
 *
 * Firmware copies in list order. What is not listed stays where it is.
 *
 * SLOF, which is part of QEMU, writes to a window of RAM at every boot. That is one
 * more section, of the type that an operating system has for its own use, with a
 * destination that is not the source: another kernel takes each section of the
 * type of boot memory for that, and the end of the last one for the end of it. It
 * looks for its boot arguments in the last section of the type for its own use, so
 * theirs comes last, and without them there is none for a window.
 */

#define SECTION_SZ	sizeof(struct rtas_dump_section_fw)
#define HEADER_SZ	sizeof(struct rtas_dump_header_fw)

/* A window consists of pages of this size, which is enough for any kernel. */
#define WINDOW_PAGE	0x10000ULL

/**
 * rtas_dump_sizes_decode - read ibm,configure-kernel-dump-sizes
 * @prop: the property; empty if absent
 * @sizes: result, 0 for what is not told
 *
 * Unknown types are skipped, a type that is listed twice counts with its larger
 * size, bytes after the last whole tuple are ignored.
 */
void rtas_dump_sizes_decode(const struct fadump_bytes *prop,
			    struct rtas_dump_sizes *sizes)
{
	u64 at;

	memset(sizes, 0, sizeof(*sizes));
	for (at = 0; fadump_bytes_has(prop, at, RTAS_SIZES_TUPLE);
	     at += RTAS_SIZES_TUPLE) {
		u32 type = fadump_be32_at(prop, at);
		u64 size = fadump_be64_at(prop, at + 4);

		if (type == RTAS_SECTION_CPU)
			sizes->cpu = max(sizes->cpu, size);
		else if (type == RTAS_SECTION_HPTE)
			sizes->hpte = max(sizes->hpte, size);
	}
}

/**
 * rtas_cpu_slot_size - room to leave for the register save area
 * @sizes: what firmware says
 * @nr_threads: threads that may ever run here, 0 if unknown
 *
 * Firmware that counts cores where it means threads writes more than it asked
 * for. The slot is never smaller than all threads need.
 */
u64 rtas_cpu_slot_size(const struct rtas_dump_sizes *sizes, u32 nr_threads)
{
	u64 own = RTAS_REGSAVE_HEAD_SZ +
		  (u64)max(nr_threads, 1U) * RTAS_REGSAVE_THREAD_SZ;

	return max(sizes->cpu, own);
}

static void put_section(struct rtas_dump_section_fw *s, u16 type, u64 src,
			u64 len, u64 dest)
{
	put_unaligned_be32(RTAS_SECTION_WANTED, &s->request);
	put_unaligned_be16(type, &s->type);
	put_unaligned_be64(src, &s->src);
	put_unaligned_be64(len, &s->len);
	put_unaligned_be64(dest, &s->dest);
}

/**
 * rtas_dump_encode - write the structure to register
 * @plan: what to save
 * @sizes: what firmware asks for. Firmware wants to see its own numbers; the
 *	slots in @plan, which were reserved at boot, may be larger.
 * @buf: result, cleared first
 * @cap: bytes of @buf
 * @len: bytes used; firmware takes exactly this length and no other
 *
 * Return: 0; -E2BIG where firmware asks for more than the slots have; -ENOSPC
 * for more sections than a structure or @buf holds.
 */
int rtas_dump_encode(const struct fadump_plan *plan,
		     const struct rtas_dump_sizes *sizes,
		     void *buf, size_t cap, size_t *len)
{
	u32 nr = 2 + plan->nr_copies + !!plan->param.size;
	struct rtas_dump_header_fw *head = buf;
	struct rtas_dump_section_fw *s = buf + HEADER_SZ;
	u32 i;

	if (sizes->cpu > plan->cpu.size || sizes->hpte > plan->hpte.size)
		return -E2BIG;
	*len = HEADER_SZ + nr * SECTION_SZ;
	if (nr > RTAS_MAX_SECTIONS || *len > cap)
		return -ENOSPC;

	memset(buf, 0, cap);
	put_unaligned_be32(RTAS_DUMP_VERSION, &head->version);
	put_unaligned_be16(nr, &head->nr_sections);
	put_unaligned_be32(HEADER_SZ, &head->first_section);

	put_section(s++, RTAS_SECTION_CPU, 0, sizes->cpu ?: plan->cpu.size,
		    plan->cpu.base);
	put_section(s++, RTAS_SECTION_HPTE, 0, sizes->hpte, plan->hpte.base);
	for (i = 0; i < plan->nr_copies; i++)
		put_section(s++, plan->copy[i].src < plan->boot_mem_top ?
			    RTAS_SECTION_BOOT_MEM : RTAS_SECTION_PARAM,
			    plan->copy[i].src, plan->copy[i].size,
			    plan->copy[i].dest);
	/* Stays where it is: listed so that the next kernel learns where. */
	if (plan->param.size)
		put_section(s, RTAS_SECTION_PARAM, plan->param.base,
			    FADUMP_BOOTARGS_SZ, plan->param.base);
	return 0;
}

/* A section as numbers. */
struct section {
	u32 request;
	u16 type;
	u16 error;
	u64 src;
	u64 len;
	u64 dumped;
	u64 dest;
};

static void get_section(const struct fadump_bytes *b, u64 at, struct section *s)
{
	s->request = fadump_field_at(b, at, rtas_dump_section_fw, request);
	s->type = fadump_field_at(b, at, rtas_dump_section_fw, type);
	s->error = fadump_field_at(b, at, rtas_dump_section_fw, error);
	s->src = fadump_field_at(b, at, rtas_dump_section_fw, src);
	s->len = fadump_field_at(b, at, rtas_dump_section_fw, len);
	s->dumped = fadump_field_at(b, at, rtas_dump_section_fw, dumped);
	s->dest = fadump_field_at(b, at, rtas_dump_section_fw, dest);
}

static bool section_wraps(const struct section *s)
{
	u64 end;

	return check_add_overflow(s->src, s->len, &end) ||
	       check_add_overflow(s->dest, s->len, &end);
}

/* Counts as far as firmware says it came, error or not. False for less than all. */
static bool take_copy(struct fadump_dump *dump, const struct section *s)
{
	u64 good = min(s->dumped, s->len);

	if (dump->nr_copies == FADUMP_MAX_COPIES)
		return false;
	if (good)
		dump->copy[dump->nr_copies++] = (struct fadump_copy) {
			.src = s->src, .dest = s->dest, .size = good,
		};
	return good == s->len && !s->error;
}

static void take_boot_mem(struct fadump_dump *dump, const struct section *s)
{
	if (!s->len)
		return;
	dump->boot_mem_top = max(dump->boot_mem_top, s->src + s->len);
	dump->info_at = max(dump->info_at, s->dest + s->len);
	if (!take_copy(dump, s))
		dump->missing |= BIT(FADUMP_MISSING_BOOT_MEM);
}

/*
 * The register save area may be longer than asked for (threads counted as
 * cores) or shorter (fewer CPUs present than possible). Both are fine, and so is
 * one with an error: what is in it says for itself what it is and where it ends.
 */
static void take_cpu(struct fadump_dump *dump, const struct section *s)
{
	if (dump->cpu.size)
		return;
	dump->cpu.base = s->dest;
	dump->cpu.size = min(s->dumped, U64_MAX - s->dest);
	if (s->error && s->dumped)
		dump->missing |= BIT(FADUMP_MISSING_CPU_SOME);
}

static void take_param(struct fadump_dump *dump, const struct section *s)
{
	/* Another place is that of a window: take_window(). */
	if (s->src != s->dest)
		return;
	if (s->error || !s->dumped || s->dumped > s->len) {
		dump->missing |= BIT(FADUMP_MISSING_PARAM);
		return;
	}
	dump->param.base = s->dest;
	dump->param.size = min_t(u64, s->dumped, FADUMP_BOOTARGS_SZ);
}

/* False for one that says nothing that can be used. */
static bool take_section(struct fadump_dump *dump, const struct section *s)
{
	if (!(s->request & RTAS_SECTION_WANTED))
		return false;
	if (section_wraps(s)) {
		dump->missing |= BIT(FADUMP_MISSING_SECTION);
		return false;
	}
	switch (s->type) {
	case RTAS_SECTION_CPU:
		take_cpu(dump, s);
		break;
	case RTAS_SECTION_HPTE:
		dump->hpte.base = s->dest;
		dump->hpte.size = s->error ? 0 : min(s->dumped, s->len);
		break;
	case RTAS_SECTION_BOOT_MEM:
		take_boot_mem(dump, s);
		break;
	case RTAS_SECTION_PARAM:
		take_param(dump, s);
		break;
	default:
		/* Somebody else's, or newer than we are: none of our business. */
		break;
	}
	return true;
}

/*
 * Every kernel so far leaves its boot arguments where they are. Whole pages that are
 * copied from above the boot memory are a window; all sections have told by now
 * where that ends.
 */
static void take_window(struct fadump_dump *dump, const struct fadump_bytes *prop,
			u64 at, u32 nr)
{
	struct section s;

	for (; nr && fadump_bytes_has(prop, at, SECTION_SZ); nr--, at += SECTION_SZ) {
		get_section(prop, at, &s);
		if (s.type != RTAS_SECTION_PARAM || s.src == s.dest ||
		    !(s.request & RTAS_SECTION_WANTED) || section_wraps(&s))
			continue;
		if (s.src < dump->boot_mem_top || !IS_ALIGNED(s.len, WINDOW_PAGE))
			dump->missing |= BIT(FADUMP_MISSING_PARAM);
		else
			take_copy(dump, &s);
	}
}

/* The dump area starts where the lowest of its contents does. */
static void grow_area(u64 *base, const struct section *s)
{
	if (s->type == RTAS_SECTION_CPU || s->type == RTAS_SECTION_HPTE ||
	    s->type == RTAS_SECTION_BOOT_MEM)
		*base = min(*base, s->dest);
}

/* Nobody has sections elsewhere than behind the head yet. */
static u64 first_section(const struct fadump_bytes *prop, u32 *missing)
{
	u64 at = fadump_field_at(prop, 0, rtas_dump_header_fw, first_section);

	if (at >= HEADER_SZ && IS_ALIGNED(at, 8) &&
	    fadump_bytes_has(prop, at, SECTION_SZ))
		return at;
	*missing |= BIT(FADUMP_MISSING_FW_SUSPECT);
	return HEADER_SZ;
}

/* A count that cannot be leaves the length of the property. */
static u32 count_sections(const struct fadump_bytes *prop, u32 *missing)
{
	u32 nr = fadump_field_at(prop, 0, rtas_dump_header_fw, nr_sections);

	if (nr && nr <= RTAS_MAX_SECTIONS)
		return nr;
	*missing |= BIT(FADUMP_MISSING_FW_SUSPECT);
	return RTAS_MAX_SECTIONS;
}

/* What firmware says of the dump as a whole, for what it is worth. */
static void take_header(struct fadump_dump *dump, const struct fadump_bytes *prop)
{
	if (fadump_field_at(prop, 0, rtas_dump_header_fw, version) !=
	    RTAS_DUMP_VERSION ||
	    fadump_field_at(prop, 0, rtas_dump_header_fw, status) &
	    RTAS_DUMP_ERROR)
		dump->missing |= BIT(FADUMP_MISSING_FW_SUSPECT);
}

/**
 * rtas_dump_decode - read ibm,kernel-dump
 * @prop: the property
 * @dump: result: every number as firmware gave it, but none that wraps.
 *	fadump_dump_bound() comes next, as soon as RAM is known.
 *
 * A head that makes no sense is no reason to give up sections that do.
 *
 * Return: 0, or -EBADMSG where no boot memory can be made out.
 */
int rtas_dump_decode(const struct fadump_bytes *prop, struct fadump_dump *dump)
{
	u64 at, first, area_base = U64_MAX;
	struct section s;
	u32 i, nr;

	memset(dump, 0, sizeof(*dump));
	if (!fadump_bytes_has(prop, 0, HEADER_SZ))
		return -EBADMSG;
	take_header(dump, prop);
	first = first_section(prop, &dump->missing);
	nr = count_sections(prop, &dump->missing);
	for (i = 0, at = first; i < nr && fadump_bytes_has(prop, at, SECTION_SZ); i++) {
		get_section(prop, at, &s);
		if (take_section(dump, &s))
			grow_area(&area_base, &s);
		at += SECTION_SZ;
	}
	if (!dump->boot_mem_top)
		return -EBADMSG;
	take_window(dump, prop, first, nr);
	if (!dump->cpu.size)
		dump->missing |= BIT(FADUMP_MISSING_CPU_DATA);
	if (area_base < dump->info_at) {
		dump->area.base = area_base;
		dump->area.size = dump->info_at - area_base;
	}
	return 0;
}

/**
 * rtas_status_errno - what an ibm,configure-kernel-dump status means
 * @status: as firmware returned it; busy codes are the caller's to wait for
 *
 * PAPR's text and its own table disagree about -8 and -9. Both are taken as
 * "registered already"; whether a dump is active is told by ibm,kernel-dump.
 *
 * Return: 0 or -errno.
 */
int rtas_status_errno(int status)
{
	switch (status) {
	case 0:
		return 0;
	case -3:
		return -EINVAL;
	case -8:
	case -9:
		return -EEXIST;
	case -10:
		return -EBUSY;
	default:
		return -EIO;
	}
}

/* SLOF: what it leaves for the flat tree, its own image below, its heap below that. */
#define SLOF_MAX_RMA		0x80000000ULL
#define SLOF_SZ			(0x00200000ULL + 0x00410000ULL + 0x01f00000ULL)

/**
 * rtas_slof_window - where SLOF writes at every boot
 * @model: what /openprom says of the firmware that has booted us
 * @rma: size of the real mode area
 *
 * It places itself below the end of the real mode area, or below 2 GiB in a larger
 * one. What it loads goes to the boot memory.
 *
 * Return: the window, size 0 for another firmware.
 */
struct fadump_range rtas_slof_window(const struct fadump_bytes *model, u64 rma)
{
	u64 end = ALIGN_DOWN(min(rma, SLOF_MAX_RMA), WINDOW_PAGE);
	struct fadump_range window = { };

	if (fadump_bytes_has(model, 0, 5) && !memcmp(model->data, "SLOF,", 5) &&
	    end >= SLOF_SZ) {
		window.base = end - SLOF_SZ;
		window.size = SLOF_SZ;
	}
	return window;
}
