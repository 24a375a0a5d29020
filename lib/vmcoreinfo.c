// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * VMCOREINFO: recognizes the note in unverified memory.
 */

#include <linux/elf.h>

#include "lib/fadump-lib.h"

/**
 * DOC: VMCOREINFO
 *
 * makedumpfile and crash need this note. The crashed kernel had it on pages of its
 * own::
 *
 *	12 bytes      "VMCOREINFO\0"   OSRELEASE=7.3.4
 *	note header   padded to 12     PAGESIZE=65536
 *	                               ...
 *	                               CRASHTIME=1795752000   after a crash
 *
 * The name and the first line identify the note, at the address in the record or on any
 * page that a search finds. Memory may also have a note of an earlier kernel; the one
 * with the later CRASHTIME is right.
 *
 * The kernel has the text once more, on a page of its own, from which it makes the note.
 * If the note is damaged, the text with a new header replaces it.
 */

static const char note_name[] = "VMCOREINFO";
static const char first_key[] = "OSRELEASE=";
static const char second_key[] = "PAGESIZE=";
static const char crash_key[] = "CRASHTIME=";

#define NAME_SZ		ALIGN(sizeof(note_name), 4)
#define TEXT_AT		(sizeof(struct elf64_note) + NAME_SZ)

/* The byte order must be that of this kernel: ELF cores of the other cannot be read. */
static u32 read_word(const struct fadump_bytes *b, u64 at)
{
	return fadump_bytes_has(b, at, 4) ?
	       get_unaligned((const u32 *)(b->data + at)) : 0;
}

static bool has_text(const struct fadump_bytes *b, u64 at, const char *text)
{
	size_t len = strlen(text);

	return fadump_bytes_has(b, at, len) && !memcmp(b->data + at, text, len);
}

/* Returns the offset after @key in the line that begins with it, 0 for no such line. */
static u64 find_line(const struct fadump_bytes *text, const char *key)
{
	u64 at;

	for (at = 0; at < text->len; at++)
		if ((!at || text->data[at - 1] == '\n') && has_text(text, at, key))
			return at + strlen(key);
	return 0;
}

static u64 read_number(const struct fadump_bytes *text, u64 at)
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

static bool has_release(const struct fadump_bytes *text, const char *release)
{
	u64 at = strlen(first_key), len = strlen(release);

	return !len || (has_text(text, at, release) &&
			has_text(text, at + len, "\n"));
}

static u64 read_crashtime(const struct fadump_bytes *text)
{
	u64 at = find_line(text, crash_key);

	return at ? read_number(text, at) : 0;
}

static u64 compute_note_size(u64 text)
{
	return TEXT_AT + ALIGN(text, 4) + FADUMP_NOTE_END_SZ;
}

/**
 * fadump_vmcoreinfo_read - read a VMCOREINFO note
 * @b: memory where the note may be
 * @release: accept only a note of this kernel release, "" for any
 * @note: result
 *
 * Return: true if there is such a note.
 */
bool fadump_vmcoreinfo_read(const struct fadump_bytes *b, const char *release,
			    struct fadump_vmcoreinfo *note)
{
	u32 len = read_word(b, offsetof(struct elf64_note, n_descsz));
	struct fadump_bytes text = { .len = len };

	if (read_word(b, offsetof(struct elf64_note, n_namesz)) != sizeof(note_name) ||
	    read_word(b, offsetof(struct elf64_note, n_type)) ||
	    len > FADUMP_MAX_VMCOREINFO ||
	    !fadump_bytes_has(b, TEXT_AT, ALIGN((u64)len, 4) + FADUMP_NOTE_END_SZ) ||
	    memcmp(b->data + sizeof(struct elf64_note), note_name, sizeof(note_name)))
		return false;
	text.data = b->data + TEXT_AT;
	if (!has_text(&text, 0, first_key) || !has_release(&text, release))
		return false;
	note->crashtime = read_crashtime(&text);
	note->size = compute_note_size(len);
	note->is_text_only = false;
	return true;
}

/* Read the text without a note. Zeros fill the rest of its page. */
static bool read_text(const struct fadump_bytes *b, const char *release,
		      struct fadump_vmcoreinfo *note)
{
	const struct fadump_bytes text = {
		.data = b->data, .len = strnlen((const char *)b->data, b->len),
	};

	if (!has_release(&text, release) || !find_line(&text, second_key) ||
	    text.len == b->len || text.data[text.len - 1] != '\n')
		return false;
	note->crashtime = read_crashtime(&text);
	note->size = text.len;
	note->is_text_only = true;
	return true;
}

/**
 * fadump_vmcoreinfo_wrap - make a note of the text
 * @text: the text
 * @buf: result
 * @cap: bytes of @buf
 *
 * Return: bytes written, including the empty note at the end; 0 if @buf is too small.
 */
u64 fadump_vmcoreinfo_wrap(const struct fadump_bytes *text, void *buf, u64 cap)
{
	const struct elf64_note head = {
		.n_namesz = sizeof(note_name), .n_descsz = text->len,
	};
	u64 size = compute_note_size(text->len);

	if (text->len > FADUMP_MAX_VMCOREINFO || size > cap)
		return 0;
	memset(buf, 0, size);
	memcpy(buf, &head, sizeof(head));
	memcpy(buf + sizeof(head), note_name, sizeof(note_name));
	memcpy(buf + TEXT_AT, text->data, text->len);
	return size;
}

/**
 * fadump_vmcoreinfo_search - search memory for VMCOREINFO
 * @b: the memory; its pages are checked
 * @from: offset to start at, a multiple of 4 KiB
 * @release: accept only a note of this kernel release, "" for any
 * @note: result; the text without a note is accepted too
 *
 * Return: offset of the note or text, %U64_MAX if there is none.
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
		    read_text(&rest, release, note) :
		    fadump_vmcoreinfo_read(&rest, release, note))
			return at;
	}
	return U64_MAX;
}
