// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proofs: sets of address ranges.
 *
 * A set is what its members are: for any address x, x is in the result if and only if set
 * algebra says so. The other half is its form: sorted, with gaps, no range empty or
 * wrapping, no entry beyond the array.
 *
 * Library code compares addresses and takes differences, so that only their order counts,
 * and whether a sum wraps. Numbers of six bits with a sign have every order of the ends
 * here, at both ends of the address space.
 *
 * Two ranges have all cases: a range before, between and behind them, inside, over one
 * end, over one and over both. More of them only make loops longer that keep no state
 * but an index.
 */

#include "proof.h"

#include "lib/ranges.c"

#define NR	2
#define CAP	(NR + 1)

static u64 any_number(void)
{
	return (s64)(nondet_u64() << 58) >> 58;
}

static bool fits(u64 base, u64 size)
{
	return size && base + size > base;
}

static bool is_set(const struct fadump_ranges *set)
{
	u32 i;

	for (i = 0; i < set->nr; i++) {
		if (!fits(set->r[i].base, set->r[i].size))
			return false;
		if (i && fadump_range_end(&set->r[i - 1]) >= set->r[i].base)
			return false;
	}
	return set->nr <= set->cap;
}

static bool in_range(u64 base, u64 size, u64 x)
{
	return x >= base && x - base < size;
}

static bool has(const struct fadump_ranges *set, u64 x)
{
	bool found = false;
	u32 i;

	for (i = 0; i < set->nr; i++)
		found |= in_range(set->r[i].base, set->r[i].size, x);
	return found;
}

/*
 * Any set of up to NR ranges. The array is a variable of its own: inside a structure cbmc
 * takes it for bytes, which is slow.
 */
static struct fadump_ranges any_set(struct fadump_range *r)
{
	struct fadump_ranges set = { .r = r, .nr = nondet_u32(), .cap = nondet_u32() };
	u32 i;

	for (i = 0; i < NR; i++) {
		r[i].base = any_number();
		r[i].size = any_number();
	}
	proof_assume(set.cap <= CAP && set.nr <= NR && is_set(&set));
	return set;
}

/* -------- Changes of a set -------- */

/* cbmc: --unwind 4 */
void proof_ranges_add(void)
{
	const u64 base = any_number(), size = any_number(), x = any_number();
	struct fadump_range r[CAP];
	struct fadump_ranges set = any_set(r);
	bool expected = has(&set, x);

	switch (fadump_ranges_add(&set, base, size)) {
	case 0:
		expected |= in_range(base, size, x);
		break;
	case -EINVAL:
		fuzz_must(size && !fits(base, size));
		break;
	default:
		fuzz_must(set.nr == set.cap);
	}
	fuzz_must(is_set(&set));
	fuzz_must(has(&set, x) == expected);
}

/* cbmc: --unwind 4 */
void proof_ranges_subtract(void)
{
	const u64 base = any_number(), size = any_number(), x = any_number();
	struct fadump_range r[CAP];
	struct fadump_ranges set = any_set(r);
	bool expected = has(&set, x);

	switch (fadump_ranges_subtract(&set, base, size)) {
	case 0:
		expected &= !in_range(base, size, x);
		break;
	case -EINVAL:
		fuzz_must(size && !fits(base, size));
		break;
	default:
		fuzz_must(set.nr == set.cap);
	}
	fuzz_must(is_set(&set));
	fuzz_must(has(&set, x) == expected);
}

/* -------- Questions -------- */

/* Is a range inside one range of the set? */
static bool is_inside(const struct fadump_ranges *set, u64 base, u64 size)
{
	u32 i;

	for (i = 0; i < set->nr; i++)
		if (in_range(set->r[i].base, set->r[i].size, base) &&
		    in_range(set->r[i].base, set->r[i].size, base + size - 1))
			return true;
	return false;
}

static bool is_free(const struct fadump_ranges *busy, u64 base, u64 size)
{
	u32 i;

	for (i = 0; i < busy->nr; i++)
		if (in_range(base, size, busy->r[i].base) ||
		    in_range(busy->r[i].base, busy->r[i].size, base))
			return false;
	return true;
}

/* cbmc: --unwind 4 */
void proof_ranges_queries(void)
{
	const u64 base = any_number(), size = any_number();
	struct fadump_range r[CAP];
	const struct fadump_ranges set = any_set(r);

	fuzz_must(fadump_ranges_cover(&set, base, size) ==
		  (fits(base, size) && is_inside(&set, base, size)));
	fuzz_must(fadump_ranges_overlap(&set, base, size) ==
		  (fits(base, size) && !is_free(&set, base, size)));
	fuzz_must(!set.nr || has(&set, fadump_ranges_end(&set) - 1));
	fuzz_must(!has(&set, fadump_ranges_end(&set)));
	fuzz_must(fadump_ranges_total_below(&set, U64_MAX) == fadump_ranges_total(&set));
}
