// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * VMCOREINFO in memory that nobody vouches for.
 */

#include <linux/elf.h>

#include "lib/fadump-lib.h"

/**
 * DOC: VMCOREINFO
 *
 * The one note that makedumpfile and crash cannot do without. The dead kernel
 * had it on pages of its own::
 *
 *	12 bytes      "VMCOREINFO\0"   OSRELEASE=7.3.4
 *	note header   padded to 12     PAGESIZE=65536
 *	                               ...
 *	                               CRASHTIME=1795752000   after a crash
 *
 * So it can be told from anything else, wherever it lies: where a record says
 * that it is, or on any page that happens to be it. A page that an earlier
 * kernel left may look the same; the later crash is the right one.
 *
 * The kernel writes the text on a page of its own before it makes the note of it.
 * Where no note is left the text is as good: it only wants a header.
 */

static const char note_name[] = "VMCOREINFO";
static const char first_key[] = "OSRELEASE=";
static const char second_key[] = "PAGESIZE=";
static const char crash_key[] = "CRASHTIME=";

#define NAME_SZ		ALIGN(sizeof(note_name), 4)
#define TEXT_AT		(sizeof(struct elf64_note) + NAME_SZ)

/* The dead kernel's byte order is ours, or its core could not be read. */
static u32 word_at(const struct fadump_bytes *b, u64 at)
{
	return fadump_bytes_has(b, at, 4) ?
	       get_unaligned((const u32 *)(b->data + at)) : 0;
}

static bool has_text(const struct fadump_bytes *b, u64 at, const char *text)
{
	size_t len = strlen(text);

	return fadump_bytes_has(b, at, len) && !memcmp(b->data + at, text, len);
}

/* Where a line of the text that begins with @key goes on; 0 for no such line. */
static u64 find_line(const struct fadump_bytes *text, const char *key)
{
	u64 at;

	for (at = 0; at < text->len; at++)
		if ((!at || text->data[at - 1] == '\n') && has_text(text, at, key))
			return at + strlen(key);
	return 0;
}

static u64 number_at(const struct fadump_bytes *text, u64 at)
{
	u64 n = 0;
	u8 c;

	for (; at < text->len; at++) {
		c = text->data[at];
		if (c < '0' || c > '9' || n > U64_MAX / 10 - 1)
			break;
		n = n * 10 + c - '0';
	}
	return n;
}

static bool is_release(const struct fadump_bytes *text, const char *release)
{
	u64 at = strlen(first_key), len = strlen(release);

	return !len || (has_text(text, at, release) &&
			has_text(text, at + len, "\n"));
}

static u64 crashtime_of(const struct fadump_bytes *text)
{
	u64 at = find_line(text, crash_key);

	return at ? number_at(text, at) : 0;
}

static u64 note_size(u64 text)
{
	return TEXT_AT + ALIGN(text, 4) + FADUMP_NOTE_END_SZ;
}

/**
 * fadump_vmcoreinfo_read - is this VMCOREINFO?
 * @b: bytes, as far as they may belong to it
 * @release: of the kernel that it has to be of, "" for any
 * @note: result
 *
 * Return: whether it is.
 */
bool fadump_vmcoreinfo_read(const struct fadump_bytes *b, const char *release,
			    struct fadump_vmcoreinfo *note)
{
	u32 len = word_at(b, offsetof(struct elf64_note, n_descsz));
	struct fadump_bytes text = { .len = len };

	if (word_at(b, offsetof(struct elf64_note, n_namesz)) != sizeof(note_name) ||
	    word_at(b, offsetof(struct elf64_note, n_type)) ||
	    len > FADUMP_MAX_VMCOREINFO ||
	    !fadump_bytes_has(b, TEXT_AT, ALIGN((u64)len, 4) + FADUMP_NOTE_END_SZ) ||
	    memcmp(b->data + sizeof(struct elf64_note), note_name, sizeof(note_name)))
		return false;
	text.data = b->data + TEXT_AT;
	if (!has_text(&text, 0, first_key) || !is_release(&text, release))
		return false;
	note->crashtime = crashtime_of(&text);
	note->size = note_size(len);
	note->is_text_only = false;
	return true;
}

/* The text alone, up to the zeros that fill its page. */
static bool read_bare(const struct fadump_bytes *b, const char *release,
		      struct fadump_vmcoreinfo *note)
{
	const struct fadump_bytes text = {
		.data = b->data, .len = strnlen((const char *)b->data, b->len),
	};

	if (!is_release(&text, release) || !find_line(&text, second_key) ||
	    text.len == b->len || text.data[text.len - 1] != '\n')
		return false;
	note->crashtime = crashtime_of(&text);
	note->size = text.len;
	note->is_text_only = true;
	return true;
}

/**
 * fadump_vmcoreinfo_wrap - make a note of the text
 * @text: the text
 * @buf: result, of which as many bytes count as are returned
 * @cap: bytes of @buf
 *
 * Return: bytes, with the empty note behind; 0 where @buf is too small.
 */
u64 fadump_vmcoreinfo_wrap(const struct fadump_bytes *text, void *buf, u64 cap)
{
	const struct elf64_note head = {
		.n_namesz = sizeof(note_name), .n_descsz = text->len,
	};
	u64 size = note_size(text->len);

	if (text->len > FADUMP_MAX_VMCOREINFO || size > cap)
		return 0;
	memset(buf, 0, size);
	memcpy(buf, &head, sizeof(head));
	memcpy(buf + sizeof(head), note_name, sizeof(note_name));
	memcpy(buf + TEXT_AT, text->data, text->len);
	return size;
}

/**
 * fadump_vmcoreinfo_search - look for VMCOREINFO on the pages of a piece of memory
 * @b: the piece
 * @from: where to begin in it, whole pages of 4 KiB
 * @release: as above
 * @note: result; the text alone counts as well
 *
 * Return: where it is, or %U64_MAX.
 */
u64 fadump_vmcoreinfo_search(const struct fadump_bytes *b, u64 from,
			     const char *release, struct fadump_vmcoreinfo *note)
{
	u64 at;

	for (at = from; fadump_bytes_has(b, at, TEXT_AT); at += VMCOREINFO_STEP) {
		const struct fadump_bytes rest = {
			.data = b->data + at,
			.len = min_t(u64, b->len - at, FADUMP_MAX_VMCOREINFO),
		};

		if (has_text(&rest, 0, first_key) ?
		    read_bare(&rest, release, note) :
		    fadump_vmcoreinfo_read(&rest, release, note))
			return at;
	}
	return U64_MAX;
}
