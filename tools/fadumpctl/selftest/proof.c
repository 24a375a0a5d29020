// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Compares a dump with what test --thorough has filled, page by page and CPU by CPU.
 *
 * The list of pages and CPUs was written before the crash; both the list and the dump may
 * be damaged, so neither is trusted.
 */

#include <stdio.h>
#include <stdlib.h>

#include "core/core.h"
#include "lib/bounds.h"
#include "lib/files.h"
#include "lib/json.h"
#include "lib/say.h"
#include "save/makedumpfile.h"
#include "selftest/pattern.h"
#include "selftest/selftest.h"

/* Extends &enum pattern_state, which is about pages that the dump has. */
#define PAGE_MISSING	NR_PATTERN_STATES
#define NR_PAGE_STATES	(NR_PATTERN_STATES + 1)

static const char * const page_words[NR_PAGE_STATES] = {
	[PATTERN_GOOD] = "good",
	[PATTERN_DAMAGED] = "damaged",
	[PATTERN_MISPLACED] = "misplaced",
	[PATTERN_FOREIGN] = "foreign",
	[PAGE_MISSING] = "missing",
};

/* State of a CPU's registers in the dump. */
enum cpu_state {
	CPU_OWN,		/* the values that were loaded */
	CPU_CRASHED,		/* those of the kernel, on the CPU that crashed */
	CPU_BUSY,		/* those of another program or of the kernel */
	CPU_DAMAGED,		/* some of the values that were loaded */
	CPU_OTHERS,		/* the values of another CPU */
	CPU_MISSING,		/* there are none */
	NR_CPU_STATES
};

static const char * const cpu_words[NR_CPU_STATES] = {
	[CPU_OWN] = "own",
	[CPU_CRASHED] = "crashed",
	[CPU_BUSY] = "busy",
	[CPU_DAMAGED] = "damaged",
	[CPU_OTHERS] = "of_another",
	[CPU_MISSING] = "missing",
};

/**
 * struct search - a dump that is compared
 * @core: the dump
 * @seed: of the pattern
 * @page_size: of the crashed kernel
 * @buf: a page of the dump
 */
struct search {
	struct core core;
	u64 seed;
	size_t page_size;
	u8 buf[PATTERN_MAX_PAGE];
};

/**
 * struct tally - number of pages or CPUs in each state
 * @count: for each state
 * @named: sentences about those that are wrong, MAX_NAMED at most
 */
struct tally {
	u64 count[NR_PAGE_STATES > NR_CPU_STATES ? NR_PAGE_STATES : NR_CPU_STATES];
	json_t *named;
};

static void add_sentence(struct tally *t, json_t *sentence)
{
	if (json_array_size(t->named) < MAX_NAMED)
		json_array_append_new(t->named, sentence);
	else
		json_decref(sentence);
}

static json_t *tally_json(struct tally *t, const char * const *words, unsigned int nr)
{
	json_t *o = json_object();
	unsigned int i;

	for (i = 0; i < nr; i++)
		json_object_set_new(o, words[i], json_size(t->count[i]));
	json_object_set_new(o, "named", t->named);
	return o;
}

static u64 count_of(const json_t *o, const char *word)
{
	return json_integer_value(json_object_get(o, word));
}

/* -------- Pages -------- */

static void check_page(struct search *s, u64 pfn, bool expected, struct tally *t)
{
	u64 at = pfn * s->page_size;
	struct pattern_result r;

	if (core_read(&s->core, at, s->buf, s->page_size)) {
		t->count[PAGE_MISSING]++;
		if (expected)
			add_sentence(t, json_sprintf("0x%llx: not in the dump", at));
		return;
	}
	r = pattern_check(s->buf, s->page_size, s->seed, at);
	t->count[r.state]++;
	if (r.state == PATTERN_DAMAGED)
		add_sentence(t, json_sprintf("0x%llx: %llu of %llu bytes differ, the first word at +0x%llx",
					     at, r.words * 8ULL, (u64)s->page_size, (u64)r.first));
	else if (r.state == PATTERN_MISPLACED)
		add_sentence(t, json_sprintf("0x%llx: holds the page of 0x%llx", at, r.address));
	else if (r.state == PATTERN_FOREIGN && expected)
		add_sentence(t, json_sprintf("0x%llx: holds something else", at));
}

static json_t *check_pages(struct search *s, const json_t *list, bool expected)
{
	struct tally t = { .named = json_array() };
	json_t *pfn;
	size_t i;

	json_array_foreach((json_t *)list, i, pfn)
		check_page(s, json_integer_value(pfn), expected, &t);
	return tally_json(&t, page_words, NR_PAGE_STATES);
}

static json_t *check_places(struct search *s, const json_t *pages)
{
	json_t *o = json_object();
	unsigned int i;

	for (i = 0; i < NR_PLACES; i++)
		json_object_set_new(o, place_names[i],
				    check_pages(s, json_object_get(pages, place_names[i]),
						i != PLACE_AREA));
	return o;
}

/* -------- CPUs -------- */

static enum cpu_state state_of(const struct search *s, u32 nth, unsigned int cpu, int *other)
{
	const u64 *regs;
	unsigned int same;

	if (nth >= s->core.nr_cpus || !s->core.cpus[nth].has_regs)
		return CPU_MISSING;
	regs = s->core.cpus[nth].regs + PATTERN_FIRST_REG;
	same = pattern_match_registers(s->seed, cpu, regs);
	if (same)
		return same == PATTERN_NR_REGS ? CPU_OWN : CPU_DAMAGED;
	*other = pattern_cpu_of(s->seed, regs);
	if (*other >= 0)
		return CPU_OTHERS;
	return core_crashing_cpu(&s->core) == (int)nth ? CPU_CRASHED : CPU_BUSY;
}

static void check_cpu(struct search *s, u32 nth, unsigned int cpu, struct tally *t)
{
	int other = -1;
	enum cpu_state state = state_of(s, nth, cpu, &other);

	t->count[state]++;
	if (state == CPU_DAMAGED)
		add_sentence(t, json_sprintf("CPU %u: some registers have changed", cpu));
	else if (state == CPU_OTHERS)
		add_sentence(t, json_sprintf("CPU %u: has the registers of CPU %d", cpu, other));
	else if (state == CPU_MISSING)
		add_sentence(t, json_sprintf("CPU %u: has no registers in the dump", cpu));
	else if (state == CPU_BUSY)
		add_sentence(t, json_sprintf("CPU %u: ran something else", cpu));
}

/* Tools assign the notes to the CPUs that were online, in ascending order. */
static json_t *check_cpus(struct search *s, const json_t *cpus)
{
	struct tally t = { .named = json_array() };
	json_t *cpu;
	size_t i;

	json_array_foreach((json_t *)cpus, i, cpu)
		check_cpu(s, i, json_integer_value(cpu), &t);
	return tally_json(&t, cpu_words, NR_CPU_STATES);
}

/* -------- The stored list -------- */

static bool are_integers(const json_t *list, json_int_t limit)
{
	json_t *value;
	size_t i;

	if (!json_is_array(list))
		return false;
	json_array_foreach((json_t *)list, i, value)
		if (!json_is_integer(value) || json_integer_value(value) < 0 ||
		    json_integer_value(value) >= limit)
			return false;
	return true;
}

/* The key that is invalid, or NULL. */
static const char *check_list(const json_t *o)
{
	json_int_t size = json_integer_value(json_object_get(o, "page_size"));
	const json_t *cpus = json_object_get(o, "cpus");
	size_t nr = 0;
	unsigned int i;

	if (size < PATTERN_MIN_PAGE || size > PATTERN_MAX_PAGE || size & (size - 1))
		return "page_size";
	for (i = 0; i < NR_PLACES; i++) {
		const json_t *list = json_object_get(json_object_get(o, "pages"),
						     place_names[i]);

		if (!are_integers(list, 1LL << 44))
			return "pages";
		nr += json_array_size(list);
	}
	if (nr > MAX_TEST_PAGES)
		return "pages";
	if (!are_integers(cpus, MAX_CPUS) || json_array_size(cpus) > MAX_CPUS)
		return "cpus";
	return NULL;
}

/* -------- The result -------- */

static u64 total(const json_t *o, const char *word, bool with_area)
{
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < NR_PLACES; i++)
		if (i != PLACE_AREA || with_area)
			sum += count_of(json_object_get(json_object_get(o, "pages"),
							place_names[i]), word);
	return sum;
}

/* Was user memory left out? If the level is unknown, all pages are missing then. */
static bool is_filtered(const struct search *s, const json_t *o, struct number level)
{
	if (level.known)
		return level.value & LEVEL_USER;
	return s->core.kdump && total(o, page_words[PAGE_MISSING], false) &&
	       !total(o, page_words[PATTERN_GOOD], true);
}

static json_t *search(struct search *s, const json_t *thorough, struct number level)
{
	json_t *o = json_object();

	s->page_size = json_integer_value(json_object_get(thorough, "page_size"));
	json_object_set_new(o, "format", json_string(s->core.format));
	json_object_set_new(o, "level", json_number(level));
	json_object_set_new(o, "page_size", json_size(s->page_size));
	json_object_set(o, "knows_dump_area", json_object_get(thorough, "knows_dump_area"));
	json_object_set_new(o, "pages", check_places(s, json_object_get(thorough, "pages")));
	json_object_set_new(o, "cpus", check_cpus(s, json_object_get(thorough, "cpus")));
	json_object_set_new(o, "without_programs", json_boolean(is_filtered(s, o, level)));
	return o;
}

json_t *proof_make(const json_t *thorough, u64 seed, const char *path, struct number level)
{
	struct search *s = calloc(1, sizeof(*s));
	const char *wrong = check_list(thorough);
	json_t *o = NULL;

	if (wrong)
		fail(EXIT_STATE, "%s: damaged: \"%s\" is invalid; pages and registers are not compared",
		     root_path(SELFTEST_FILE).s, wrong);
	if (s && !wrong) {
		s->seed = seed;
		if (!core_open(&s->core, path))
			o = search(s, thorough, level);
		core_close(&s->core);
	}
	free(s);
	return o;
}

bool proof_is_good(const json_t *proof)
{
	const json_t *cpus = json_object_get(proof, "cpus");
	u64 bad = 0;
	unsigned int i;

	for (i = PATTERN_DAMAGED; i < NR_PAGE_STATES; i++)
		bad += total(proof, page_words[i], false);
	for (i = CPU_DAMAGED; i < NR_CPU_STATES; i++)
		bad += count_of(cpus, cpu_words[i]);
	return !bad && total(proof, page_words[PATTERN_GOOD], false);
}

/* -------- Output as text -------- */

/* "3 good, 1 damaged" */
static void print_counts(const char *label, const json_t *o, const char * const *words,
			 unsigned int nr, const char *rest)
{
	char text[256] = "";
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (count_of(o, words[i]))
			len += snprintf(text + len, sizeof(text) - len, "%s%llu %s",
					len ? ", " : "", count_of(o, words[i]), words[i]);
	say_field(label, "%s%s", len ? text : "none was filled", len ? rest : "");
}

static void print_named(const json_t *o)
{
	json_t *sentence;
	size_t i;

	json_array_foreach(json_object_get(o, "named"), i, sentence)
		say_field("", "%s", json_string_value(sentence));
}

static const char * const place_labels[NR_PLACES] = {
	[PLACE_LOW] = "low",
	[PLACE_MIDDLE] = "middle",
	[PLACE_HIGH] = "high",
	[PLACE_AREA] = "dump area",
};

static void print_place(const json_t *proof, enum place place)
{
	const json_t *o = json_object_get(json_object_get(proof, "pages"), place_names[place]);
	char label[20];

	snprintf(label, sizeof(label), "Pages, %s", place_labels[place]);
	print_counts(label, o, page_words, NR_PAGE_STATES, place == PLACE_AREA ?
		     " (by design: the crash overwrites them)" : "");
	print_named(o);
}

void proof_print(const json_t *proof)
{
	const json_t *cpus = json_object_get(proof, "cpus");
	unsigned int i;

	for (i = 0; i < NR_PLACES; i++)
		print_place(proof, i);
	if (json_is_true(json_object_get(proof, "without_programs")))
		say_field("", "The dump was saved without user memory, which the test's pages belong to: save with a level without 8, such as 23.");
	else if (!json_is_true(json_object_get(proof, "knows_dump_area")))
		say_field("", "Which pages are in the dump area is unknown: debugfs had no fadump_region before the crash. A page that is not in the dump may be one of them.");
	print_counts("CPUs", cpus, cpu_words, NR_CPU_STATES, "");
	print_named(cpus);
}
