// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzer: VMCOREINFO in unverified memory.
 */

#include <stdlib.h>

#include "fuzz.h"

static void check(const struct fadump_bytes *b, const struct fadump_vmcoreinfo *note)
{
	fuzz_must(note->size >= FADUMP_MIN_VMCOREINFO);
	fuzz_must(note->size <= b->len);
}

/* The note that is made of the text must be found like the text. */
static void check_text(const struct fadump_bytes *b,
		       const struct fadump_vmcoreinfo *found)
{
	static u8 buf[FADUMP_MAX_VMCOREINFO + 64];
	const struct fadump_bytes text = fuzz_bytes(b->data, found->size);
	struct fadump_vmcoreinfo note;
	struct fadump_bytes made;

	fuzz_must(found->size && found->size < b->len);
	made = fuzz_bytes(buf, fadump_vmcoreinfo_wrap(&text, buf, sizeof(buf)));
	fuzz_must(made.len > found->size);
	fuzz_must(fadump_vmcoreinfo_read(&made, "", &note));
	fuzz_must(note.size == made.len && note.crashtime == found->crashtime);
}

static void try_release(const struct fadump_bytes *b, const char *release)
{
	struct fadump_vmcoreinfo note, same;
	struct fadump_bytes rest;
	u64 at;

	if (fadump_vmcoreinfo_read(b, release, &note))
		check(b, &note);
	for (at = 0;; at += VMCOREINFO_STEP) {
		at = fadump_vmcoreinfo_search(b, at, release, &note);
		if (at == U64_MAX)
			break;
		fuzz_must(at < b->len && IS_ALIGNED(at, VMCOREINFO_STEP));
		rest = fuzz_bytes(b->data + at, b->len - at);
		if (note.is_text_only) {
			check_text(&rest, &note);
			continue;
		}
		check(&rest, &note);
		/* A note of one release must be found with any release too. */
		fuzz_must(fadump_vmcoreinfo_read(&rest, "", &same));
		fuzz_must(same.size == note.size && same.crashtime == note.crashtime);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const struct fadump_bytes b = fuzz_bytes(data, size);

	try_release(&b, "");
	try_release(&b, "7.3.4");
	fadump_vmcoreinfo_search(&b, size, "", &(struct fadump_vmcoreinfo){ });
	fadump_vmcoreinfo_search(&b, U64_MAX, "", &(struct fadump_vmcoreinfo){ });
	return 0;
}
