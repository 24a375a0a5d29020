// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The crashed kernel's log, from the ring buffer in its memory.
 *
 * makedumpfile --dump-dmesg does the same, but only on a machine of the dump's
 * architecture, and it needs more of the dump.
 *
 *	prb --> desc_ring: descs[]  state and id; begin and end of the text
 *	                   infos[]  time, length of the text
 *	        text_data_ring:     an id of 8 bytes, the text, padding
 *
 * Numbers of records and positions of text never wrap; their low bits are indexes of the
 * arrays. VMCOREINFO has the offsets of the members of all structures.
 */

#include <stdio.h>
#include <string.h>

#include "core/core.h"
#include "core/klog.h"
#include "lib/bounds.h"
#include "lib/say.h"
#include "lib/source.h"
#include "lib/stop.h"

#define ID_MASK		(~0ULL >> 2)
#define STATE_SHIFT	62
#define STATE_COMMITTED	1
#define STATE_FINALIZED	2

/* A larger structure, or a member behind this, is invalid. */
#define MAX_STRUCT	512

/* Escaping makes four bytes of one. */
#define MAX_LINE	(4 * MAX_LOG_TEXT + 32)

/* If so many records cannot be read, the address of the ring is wrong. */
#define MAX_UNREADABLE	4096

enum member {
	RB_DESC_RING, RB_TEXT_RING,
	DR_COUNT_BITS, DR_DESCS, DR_INFOS, DR_HEAD_ID, DR_TAIL_ID,
	DESC_STATE, DESC_LPOS,
	LPOS_BEGIN, LPOS_NEXT,
	INFO_TS, INFO_LEN,
	TR_SIZE_BITS, TR_DATA,
	NR_MEMBERS
};

static const char * const member_names[NR_MEMBERS] = {
	[RB_DESC_RING] = "printk_ringbuffer.desc_ring",
	[RB_TEXT_RING] = "printk_ringbuffer.text_data_ring",
	[DR_COUNT_BITS] = "prb_desc_ring.count_bits",
	[DR_DESCS] = "prb_desc_ring.descs",
	[DR_INFOS] = "prb_desc_ring.infos",
	[DR_HEAD_ID] = "prb_desc_ring.head_id",
	[DR_TAIL_ID] = "prb_desc_ring.tail_id",
	[DESC_STATE] = "prb_desc.state_var",
	[DESC_LPOS] = "prb_desc.text_blk_lpos",
	[LPOS_BEGIN] = "prb_data_blk_lpos.begin",
	[LPOS_NEXT] = "prb_data_blk_lpos.next",
	[INFO_TS] = "printk_info.ts_nsec",
	[INFO_LEN] = "printk_info.text_len",
	[TR_SIZE_BITS] = "prb_data_ring.size_bits",
	[TR_DATA] = "prb_data_ring.data",
};

/**
 * struct ring - the ring buffer
 * @core: dump
 * @off: offsets of members
 * @desc_size: bytes of a descriptor
 * @info_size: bytes of an info
 * @descs: address of the descriptors
 * @infos: address of the infos
 * @data: address of the text
 * @count_mask: number of descriptors minus 1
 * @data_mask: bytes of text minus 1
 * @head: number of the last record
 * @tail: number of the first record
 * @printed: bytes printed so far
 * @unreadable: number of records that the dump does not have
 */
struct ring {
	const struct core *core;
	u32 off[NR_MEMBERS];
	u32 desc_size;
	u32 info_size;
	u64 descs;
	u64 infos;
	u64 data;
	u64 count_mask;
	u64 data_mask;
	u64 head;
	u64 tail;
	u64 printed;
	u32 unreadable;
};

static bool read64(const struct ring *r, u64 vaddr, u64 *value)
{
	u8 raw[8];

	if (core_read_virt(r->core, vaddr, raw, sizeof(raw)))
		return false;
	*value = decode64(r->core->big_endian, raw);
	return true;
}

static bool read32(const struct ring *r, u64 vaddr, u32 *value)
{
	u8 raw[4];

	if (core_read_virt(r->core, vaddr, raw, sizeof(raw)))
		return false;
	*value = decode32(r->core->big_endian, raw);
	return true;
}

static bool find_size(const struct ring *r, const char *name, u32 *size)
{
	struct number n = vmcoreinfo_number(r->core, "SIZE", name);

	*size = n.value;
	return n.known && n.value && n.value <= MAX_STRUCT;
}

static bool find_members(struct ring *r)
{
	unsigned int i;

	for (i = 0; i < NR_MEMBERS; i++) {
		struct number n = vmcoreinfo_number(r->core, "OFFSET", member_names[i]);

		if (!n.known || n.value > MAX_STRUCT)
			return false;
		r->off[i] = n.value;
	}
	return find_size(r, "prb_desc", &r->desc_size) &&
	       find_size(r, "printk_info", &r->info_size);
}

/* An array that is larger than the whole file is invalid. */
static bool is_in_file(const struct ring *r, u64 size)
{
	return r->core->kdump || size <= r->core->src.size;
}

static bool read_desc_ring(struct ring *r, u64 at)
{
	u32 bits;

	if (!read32(r, at + r->off[DR_COUNT_BITS], &bits) ||
	    !read64(r, at + r->off[DR_DESCS], &r->descs) ||
	    !read64(r, at + r->off[DR_INFOS], &r->infos) ||
	    !read64(r, at + r->off[DR_HEAD_ID], &r->head) ||
	    !read64(r, at + r->off[DR_TAIL_ID], &r->tail))
		return false;
	r->head &= ID_MASK;
	r->tail &= ID_MASK;
	if (bits > MAX_DESC_BITS)
		return false;
	r->count_mask = (1ULL << bits) - 1;
	return is_in_file(r, (r->count_mask + 1) * r->desc_size);
}

static bool read_text_ring(struct ring *r, u64 at)
{
	u32 bits;

	if (!read32(r, at + r->off[TR_SIZE_BITS], &bits) ||
	    !read64(r, at + r->off[TR_DATA], &r->data) || bits > MAX_LOG_BITS)
		return false;
	r->data_mask = (1ULL << bits) - 1;
	return is_in_file(r, r->data_mask + 1);
}

static const char *find_ring(struct ring *r)
{
	struct number symbol;
	u64 at;

	if (!r->core->vmcoreinfo)
		return "there is no VMCOREINFO, which has its address";
	symbol = vmcoreinfo_number(r->core, "SYMBOL", "prb");
	if (!symbol.known || !find_members(r))
		return "VMCOREINFO does not have its address (Linux 5.10 and later do)";
	if (!read64(r, symbol.value, &at))
		return "the dump does not have the memory that it is in";
	if (!read_desc_ring(r, at + r->off[RB_DESC_RING]) ||
	    !read_text_ring(r, at + r->off[RB_TEXT_RING]))
		return "its description is missing or invalid";
	return NULL;
}

/* -------- A record -------- */

/* Find a record's text, behind its id. False if it has none. */
static bool find_text(const struct ring *r, u64 begin, u64 next, u64 *at, u32 *len)
{
	u64 size = next - begin;

	/* The text of a record without text begins and ends at the same position. */
	*at = begin & r->data_mask;
	/* A text that does not fit at the end of the buffer is at its beginning. */
	if ((begin & ~r->data_mask) != ((next - 1) & ~r->data_mask)) {
		*at = 0;
		size = next & r->data_mask;
	}
	if (size < 8 || size > r->data_mask + 1 ||
	    !is_inside(r->data_mask + 1, *at, size))
		return false;
	*at += 8;
	size -= 8;
	if (*len > size)
		*len = size;
	return true;
}

/* Return: false to stop. */
static bool print_text(struct ring *r, u64 ns, const char *text, size_t len,
		       klog_line_fn fn, void *arg)
{
	static char line[MAX_LINE];
	const char *end = text + len;

	do {
		const char *stop = memchr(text, '\n', end - text);
		int n = snprintf(line, sizeof(line), "[%5llu.%06llu] ",
				 ns / 1000000000, ns / 1000 % 1000000);

		if (!stop)
			stop = end;
		r->printed += n + make_printable(line + n, sizeof(line) - n, text,
						 stop - text);
		if (r->printed > MAX_LOG_OUT || !fn(arg, line))
			return false;
		text = stop + 1;
	} while (text < end);
	return true;
}

static bool is_committed(u64 state, u64 id)
{
	u64 what = state >> STATE_SHIFT;

	return (state & ID_MASK) == id &&
	       (what == STATE_COMMITTED || what == STATE_FINALIZED);
}

/* Skip a record that cannot be read. Return: false to stop. */
static bool print_record(struct ring *r, u64 id, klog_line_fn fn, void *arg)
{
	static char text[MAX_LOG_TEXT];
	u64 desc = r->descs + (id & r->count_mask) * r->desc_size;
	u64 info = r->infos + (id & r->count_mask) * r->info_size;
	u64 state, begin, next, ns, at;
	u8 raw[2];
	u32 len;

	if (!read64(r, desc + r->off[DESC_STATE], &state))
		return ++r->unreadable <= MAX_UNREADABLE;
	if (!is_committed(state, id) ||
	    !read64(r, desc + r->off[DESC_LPOS] + r->off[LPOS_BEGIN], &begin) ||
	    !read64(r, desc + r->off[DESC_LPOS] + r->off[LPOS_NEXT], &next) ||
	    !read64(r, info + r->off[INFO_TS], &ns) ||
	    core_read_virt(r->core, info + r->off[INFO_LEN], raw, sizeof(raw)))
		return true;
	len = decode16(r->core->big_endian, raw);
	/* Another id: the text was overwritten by a later record. */
	if (!find_text(r, begin, next, &at, &len) ||
	    !read64(r, r->data + at - 8, &begin) || begin != id ||
	    core_read_virt(r->core, r->data + at, text, len))
		return true;
	return print_text(r, ns, text, len, fn, arg);
}

/* A damaged log may claim so many records that the loop takes minutes. */
static bool is_time_over(const struct core *core)
{
	if (is_interrupted())
		return true;
	if (!core->end || clock_seconds() < core->end)
		return false;
	warn("the log is cut: reading it takes too long");
	return true;
}

const char *klog_tail(const struct core *core, u64 max, klog_line_fn fn, void *arg)
{
	struct ring r = { .core = core };
	const char *why = find_ring(&r);
	u64 nr, id;

	if (why)
		return why;
	nr = ((r.head - r.tail) & ID_MASK) + 1;
	if (nr > r.count_mask + 1)
		nr = r.count_mask + 1;
	if (max && nr > max)
		nr = max;
	for (id = (r.head - nr + 1) & ID_MASK; nr; nr--, id = (id + 1) & ID_MASK)
		if (is_time_over(core) || !print_record(&r, id, fn, arg))
			break;
	return NULL;
}
