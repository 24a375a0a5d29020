// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RTAS: the dump memory structure, properties and status codes.
 */

#include "lib/fadump-lib.h"

/**
 * DOC: Dump memory structure (PAPR, ibm,configure-kernel-dump)
 *
 * The structure has a head and up to ten sections; each section is one range to save.
 * The kernel passes it to firmware to register a dump. After a crash firmware returns a
 * copy as the property ibm,kernel-dump, with the result of each section filled in::
 *
 *	0         40          80          120
 *	|  head   | section 0 | section 1 | ...
 *	               |
 *	               type, error, source, length, dumped, destination
 *
 * Firmware copies the sections in list order, and does not move other memory.
 *
 * SLOF, the firmware of QEMU's pseries, overwrites a window of RAM at every boot. So the
 * window must be copied like boot memory, by a section of its own. The section's type is
 * RTAS_SECTION_PARAM, and its destination is not its source. The type is not
 * RTAS_SECTION_BOOT_MEM, because other kernels treat each section of that type as boot
 * memory, and take the end of the last one for the end of the boot memory. Other kernels
 * read their boot arguments from the last RTAS_SECTION_PARAM section, so the section of
 * the boot arguments is the last one.
 */

#define SECTION_SZ	sizeof(struct rtas_dump_section_fw)
#define HEADER_SZ	sizeof(struct rtas_dump_header_fw)

/* Alignment of a window: a multiple of the page size of any kernel. */
#define WINDOW_PAGE	0x10000ULL

/**
 * rtas_dump_sizes_decode - read ibm,configure-kernel-dump-sizes
 * @prop: the property; empty if absent
 * @sizes: result, 0 for sizes that are not listed
 *
 * Skips unknown types and an incomplete last tuple. If a type is listed twice, its
 * larger size counts.
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
 * rtas_cpu_slot_size - bytes to reserve for the register save area
 * @sizes: sizes that firmware asks for
 * @nr_threads: threads that may ever run on this machine, 0 if unknown
 *
 * Some firmware asks for a size that is enough for one thread of each core, but writes
 * all threads. So reserve at least enough for all threads.
 */
u64 rtas_cpu_slot_size(const struct rtas_dump_sizes *sizes, u32 nr_threads)
{
	u64 own = RTAS_REGSAVE_HEAD_SZ +
		  (u64)max(nr_threads, 1U) * RTAS_REGSAVE_THREAD_SZ;

	return max(sizes->cpu, own);
}

static void encode_section(struct rtas_dump_section_fw *s, u16 type, u64 src,
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
 * @plan: the plan
 * @sizes: sizes that firmware asks for. Firmware accepts no other lengths. The slots in
 *	@plan were reserved at boot, and may be larger.
 * @buf: result, cleared first
 * @cap: bytes of @buf
 * @len: result: bytes used; firmware accepts exactly this length
 *
 * Return: 0; -E2BIG if firmware asks for more than the slots have; -ENOSPC if there are
 * more sections than the structure or @buf can hold.
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

	encode_section(s++, RTAS_SECTION_CPU, 0, sizes->cpu ?: plan->cpu.size,
		       plan->cpu.base);
	encode_section(s++, RTAS_SECTION_HPTE, 0, sizes->hpte, plan->hpte.base);
	for (i = 0; i < plan->nr_copies; i++)
		encode_section(s++, plan->copy[i].src < plan->boot_mem_top ?
			       RTAS_SECTION_BOOT_MEM : RTAS_SECTION_PARAM,
			       plan->copy[i].src, plan->copy[i].size,
			       plan->copy[i].dest);
	/* Source and destination are the same: this passes on the address only. */
	if (plan->param.size)
		encode_section(s, RTAS_SECTION_PARAM, plan->param.base,
			       FADUMP_BOOTARGS_SZ, plan->param.base);
	return 0;
}

struct section {
	u32 request;
	u16 type;
	u16 error;
	u64 src;
	u64 len;
	u64 dumped;
	u64 dest;
};

static void read_section(const struct fadump_bytes *b, u64 at, struct section *s)
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

/*
 * Use the bytes that firmware reports as written, even if it reports an error too.
 * Returns false if the copy is incomplete.
 */
static bool decode_copy(struct fadump_dump *dump, const struct section *s)
{
	u64 written = min(s->dumped, s->len);

	if (dump->nr_copies == FADUMP_MAX_COPIES)
		return false;
	if (written)
		dump->copy[dump->nr_copies++] = (struct fadump_copy) {
			.src = s->src, .dest = s->dest, .size = written,
		};
	return written == s->len && !s->error;
}

static void decode_boot_mem(struct fadump_dump *dump, const struct section *s)
{
	if (!s->len)
		return;
	dump->boot_mem_top = max(dump->boot_mem_top, s->src + s->len);
	dump->info_at = max(dump->info_at, s->dest + s->len);
	if (!decode_copy(dump, s))
		dump->missing |= BIT(FADUMP_MISSING_BOOT_MEM);
}

/*
 * Accept any length. Firmware that asked for one thread of each core writes more; if
 * not all possible CPUs are present, it writes less. Use the area after an error, too:
 * each entry has a name, so the decoder can find the valid ones.
 */
static void decode_cpu(struct fadump_dump *dump, const struct section *s)
{
	if (dump->cpu.size)
		return;
	dump->cpu.base = s->dest;
	dump->cpu.size = min(s->dumped, U64_MAX - s->dest);
	if (s->error && s->dumped)
		dump->missing |= BIT(FADUMP_MISSING_CPU_SOME);
}

static void decode_param(struct fadump_dump *dump, const struct section *s)
{
	/* A section that was copied is a window, see decode_window(). */
	if (s->src != s->dest)
		return;
	if (s->error || !s->dumped || s->dumped > s->len) {
		dump->missing |= BIT(FADUMP_MISSING_PARAM);
		return;
	}
	dump->param.base = s->dest;
	dump->param.size = min_t(u64, s->dumped, FADUMP_BOOTARGS_SZ);
}

/* Returns false if the section was not requested, or is invalid. */
static bool decode_section(struct fadump_dump *dump, const struct section *s)
{
	if (!(s->request & RTAS_SECTION_WANTED))
		return false;
	if (section_wraps(s)) {
		dump->missing |= BIT(FADUMP_MISSING_SECTION);
		return false;
	}
	switch (s->type) {
	case RTAS_SECTION_CPU:
		decode_cpu(dump, s);
		break;
	case RTAS_SECTION_HPTE:
		dump->hpte.base = s->dest;
		dump->hpte.size = s->error ? 0 : min(s->dumped, s->len);
		break;
	case RTAS_SECTION_BOOT_MEM:
		decode_boot_mem(dump, s);
		break;
	case RTAS_SECTION_PARAM:
		decode_param(dump, s);
		break;
	default:
		/* Unknown types may come with newer firmware. */
		break;
	}
	return true;
}

/*
 * A window has the type of boot arguments, RTAS_SECTION_PARAM, but only a window is
 * copied. A window must consist of whole pages above the boot memory. So decode windows
 * last, when the end of the boot memory is known.
 */
static void decode_window(struct fadump_dump *dump, const struct fadump_bytes *prop,
			  u64 at, u32 nr)
{
	struct section s;

	for (; nr && fadump_bytes_has(prop, at, SECTION_SZ); nr--, at += SECTION_SZ) {
		read_section(prop, at, &s);
		if (s.type != RTAS_SECTION_PARAM || s.src == s.dest ||
		    !(s.request & RTAS_SECTION_WANTED) || section_wraps(&s))
			continue;
		if (s.src < dump->boot_mem_top || !IS_ALIGNED(s.len, WINDOW_PAGE))
			dump->missing |= BIT(FADUMP_MISSING_PARAM);
		else
			decode_copy(dump, &s);
	}
}

/* The dump area starts at the lowest destination. */
static void lower_area_base(u64 *base, const struct section *s)
{
	if (s->type == RTAS_SECTION_CPU || s->type == RTAS_SECTION_HPTE ||
	    s->type == RTAS_SECTION_BOOT_MEM)
		*base = min(*base, s->dest);
}

/* If the offset is invalid, use that of all known firmware: right after the head. */
static u64 decode_first_section(const struct fadump_bytes *prop, u32 *missing)
{
	u64 at = fadump_field_at(prop, 0, rtas_dump_header_fw, first_section);

	if (at >= HEADER_SZ && IS_ALIGNED(at, 8) &&
	    fadump_bytes_has(prop, at, SECTION_SZ))
		return at;
	*missing |= BIT(FADUMP_MISSING_FW_SUSPECT);
	return HEADER_SZ;
}

/* If the count is invalid, read as many sections as the property can have. */
static u32 count_sections(const struct fadump_bytes *prop, u32 *missing)
{
	u32 nr = fadump_field_at(prop, 0, rtas_dump_header_fw, nr_sections);

	if (nr && nr <= RTAS_MAX_SECTIONS)
		return nr;
	*missing |= BIT(FADUMP_MISSING_FW_SUSPECT);
	return RTAS_MAX_SECTIONS;
}

static void decode_header(struct fadump_dump *dump, const struct fadump_bytes *prop)
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
 * @dump: result. No range wraps; the ranges are not verified otherwise. Call
 *	fadump_dump_bound() as soon as RAM is known.
 *
 * Sections are read even if the head is invalid.
 *
 * Return: 0, or -EBADMSG if there is no valid section of boot memory.
 */
int rtas_dump_decode(const struct fadump_bytes *prop, struct fadump_dump *dump)
{
	u64 at, first, area_base = U64_MAX;
	struct section s;
	u32 i, nr;

	memset(dump, 0, sizeof(*dump));
	if (!fadump_bytes_has(prop, 0, HEADER_SZ))
		return -EBADMSG;
	decode_header(dump, prop);
	first = decode_first_section(prop, &dump->missing);
	nr = count_sections(prop, &dump->missing);
	for (i = 0, at = first; i < nr && fadump_bytes_has(prop, at, SECTION_SZ); i++) {
		read_section(prop, at, &s);
		if (decode_section(dump, &s))
			lower_area_base(&area_base, &s);
		at += SECTION_SZ;
	}
	if (!dump->boot_mem_top)
		return -EBADMSG;
	decode_window(dump, prop, first, nr);
	if (!dump->cpu.size)
		dump->missing |= BIT(FADUMP_MISSING_CPU_DATA);
	if (area_base < dump->info_at) {
		dump->area.base = area_base;
		dump->area.size = dump->info_at - area_base;
	}
	return 0;
}

/**
 * rtas_status_errno - translate the status of ibm,configure-kernel-dump
 * @status: from firmware; the caller must have waited and retried on busy codes
 *
 * The text and the table in PAPR disagree about -8 and -9. Both are translated to
 * "registered already"; the property ibm,kernel-dump tells whether there is a dump.
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

/* SLOF's memory, from its end down: the device tree, SLOF's image, its heap. */
#define SLOF_MAX_RMA		0x80000000ULL
#define SLOF_SZ			(0x00200000ULL + 0x00410000ULL + 0x01f00000ULL)

/**
 * rtas_slof_window - memory that SLOF overwrites at every boot
 * @model: property "model" of /openprom
 * @rma: size of the real mode area
 *
 * SLOF runs just below the end of the real mode area, or below 2 GiB if that is lower.
 * It loads the kernel and the initrd into the boot memory, which is copied anyway.
 *
 * Return: the window, size 0 for other firmware.
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
