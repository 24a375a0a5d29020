// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Backends: the table of this kernel, and a fake backend that goes through every state.
 *
 * Each call appends a letter, so that a test can check the order:
 *
 *	p probe   d decode   R records prepared   a arm   + arm again
 *	A crash path armed
 *	D crash path disarmed   u disarm   V records invalidated
 *	S open() of /proc/vmcore forbidden   O allowed again   x dump discarded
 *	C /proc/vmcore removed   F memory released
 */

#include <kunit/static_stub.h>

#include "fadump-internal.h"
#include "memory/memory.h"
#include "tests/lib/fadump-test.h"

/* -------- The fake backend -------- */

static struct {
	char steps[32];
	struct fadump *f;
	int probe_rc;
	int decode_rc;
	int arm_rc;
	int disarm_rc;
	int discard_rc;
	int forbid_rc;
	bool has_dump;
	struct fadump_range released[4];
	u32 nr_released;
} fake;

static void step(char letter)
{
	size_t n = strlen(fake.steps);

	/* The calls may take long; readers of sysfs must not wait for the lock. */
	if (mutex_is_locked(&fake.f->lock))
		letter = '!';
	if (n < sizeof(fake.steps) - 1)
		fake.steps[n] = letter;
}

static int fake_probe(unsigned long node, struct fadump_fw *fw)
{
	static const u8 description[8];

	step('p');
	if (fake.has_dump) {
		fw->dump.data = description;
		fw->dump.len = sizeof(description);
	}
	return fake.probe_rc;
}

static int fake_decode(const struct fadump_fw *fw, struct fadump_dump *dump)
{
	step('d');
	dump->boot_mem_top = PAGES(4);
	return fake.decode_rc;
}

static int fake_arm(const struct fadump_plan *plan, bool again)
{
	step(again ? '+' : 'a');
	return fake.arm_rc;
}

static int fake_disarm(bool can_sleep)
{
	step('u');
	return fake.disarm_rc;
}

static int fake_discard(bool can_sleep)
{
	step('x');
	return fake.discard_rc;
}

static void fake_trigger(const char *msg)
{
}

static int fake_cpus_open(struct fadump_cpu_iter *it,
			  const struct fadump_bytes *bytes, u32 cpu_step)
{
	return -EINVAL;
}

static int fake_cpus_next(struct fadump_cpu_iter *it, struct fadump_cpu_regs *cpu)
{
	return 0;
}

static const struct fadump_backend fake_backend = {
	.name = "fake",
	.node = "fake",
	.max_copies = 1,
	.probe = fake_probe,
	.decode = fake_decode,
	.arm = fake_arm,
	.disarm = fake_disarm,
	.discard = fake_discard,
	.trigger = fake_trigger,
	.cpus_open = fake_cpus_open,
	.cpus_next = fake_cpus_next,
};

/* -------- Stubs of functions that would change this machine -------- */

static int stub_prepare(const struct fadump_backend *backend,
			const struct fadump_plan *plan)
{
	step('R');
	return 0;
}

static void stub_arm(void)
{
	step('A');
}

static void stub_disarm(void)
{
	step('D');
}

static void stub_invalidate(void)
{
	step('V');
}

static int stub_forbid_open(void)
{
	step('S');
	return fake.forbid_rc;
}

static void stub_allow_open(void)
{
	step('O');
}

static void stub_remove(void)
{
	step('C');
}

static void stub_release(const struct fadump_ranges *set)
{
	step('F');
	for (; fake.nr_released < set->nr && fake.nr_released < ARRAY_SIZE(fake.released);
	     fake.nr_released++)
		fake.released[fake.nr_released] = set->r[fake.nr_released];
}

static int backend_setup(struct kunit *test)
{
	memset(&fake, 0, sizeof(fake));
	kunit_activate_static_stub(test, fadump_crash_prepare, stub_prepare);
	kunit_activate_static_stub(test, fadump_crash_arm, stub_arm);
	kunit_activate_static_stub(test, fadump_crash_disarm, stub_disarm);
	kunit_activate_static_stub(test, fadump_crash_invalidate, stub_invalidate);
	kunit_activate_static_stub(test, fadump_vmcore_forbid_open, stub_forbid_open);
	kunit_activate_static_stub(test, fadump_vmcore_allow_open, stub_allow_open);
	kunit_activate_static_stub(test, fadump_vmcore_remove, stub_remove);
	kunit_activate_static_stub(test, fadump_pages_release, stub_release);
	return 0;
}

/*
 * Sixteen pages: four of boot memory, a dump area of three, one that is reserved.
 */
static struct fadump *new_state(struct kunit *test, enum fadump_state state)
{
	struct fadump *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	mutex_init(&f->lock);
	fake.f = f;
	f->backend = &fake_backend;
	f->state = state;
	f->enabled = true;
	f->has_memory_map = true;
	f->ram = *test_parse_map(test, TEST_CAP, "################", NULL, TEST_PAGE);
	f->reserved = *test_parse_map(test, TEST_CAP, "..........x.....", NULL, TEST_PAGE);
	f->plan.area.base = PAGES(5);
	f->plan.area.size = PAGES(3);
	f->dump.boot_mem_top = PAGES(4);
	f->kept_from = PAGES(4);
	f->limit = PAGES(16);
	return f;
}

/* -------- Cases -------- */

static void backend_table(struct kunit *test)
{
	const struct fadump_backend *b;
	int i;

	for (i = 0; fadump_backends[i]; i++) {
		b = fadump_backends[i];
		KUNIT_ASSERT_NOT_NULL(test, b->name);
		KUNIT_ASSERT_NOT_NULL(test, b->node);
		KUNIT_EXPECT_GT(test, b->max_copies, 0);
		KUNIT_EXPECT_LE(test, b->max_copies, FADUMP_MAX_COPIES);
		KUNIT_EXPECT_TRUE(test, !b->max_copy || b->max_copy >= TEST_PAGE);
		KUNIT_EXPECT_TRUE(test, b->probe && b->decode && b->arm &&
				  b->disarm && b->discard && b->trigger &&
				  b->cpus_open && b->cpus_next);
		KUNIT_EXPECT_PTR_EQ(test, fadump_backend_at(b->node), b);
	}
	KUNIT_EXPECT_GT(test, i, 0);
	KUNIT_EXPECT_NULL(test, fadump_backend_at("fake"));
	KUNIT_EXPECT_NULL(test, fadump_backend_at(""));
}

struct probe_case {
	const char *name;
	int probe_rc;
	bool has_dump;
	int decode_rc;
	const char *steps;
	bool has_backend;
	enum fadump_state state;
	u32 missing;
};

static const struct probe_case probe_rows[] = {
	{ "firmware cannot dump", -ENODEV, true, 0, "p", false, FADUMP_OFF },
	{ "no dump", 0, false, 0, "p", true, FADUMP_OFF },
	{ "a dump", 0, true, 0, "pd", true, FADUMP_CAPTURED },
	{ "memory preserved, but not armed", 0, true, -ENODATA, "pd", true,
	  FADUMP_OFF },
	{ "an invalid description", 0, true, -EINVAL, "pd", true,
	  FADUMP_CAPTURED, BIT(FADUMP_MISSING_DESCRIPTION) },
};

KUNIT_ARRAY_PARAM_DESC(probe, probe_rows, name);

static void __init backend_probe(struct kunit *test)
{
	const struct probe_case *c = test->param_value;
	struct fadump *f = new_state(test, FADUMP_OFF);

	f->backend = NULL;
	fake.probe_rc = c->probe_rc;
	fake.has_dump = c->has_dump;
	fake.decode_rc = c->decode_rc;
	fadump_probe(f, &fake_backend, 0);
	KUNIT_EXPECT_STREQ(test, fake.steps, c->steps);
	KUNIT_EXPECT_EQ(test, !!f->backend, c->has_backend);
	KUNIT_EXPECT_EQ(test, f->state, c->state);
	KUNIT_EXPECT_EQ(test, f->dump.missing, c->missing);
}

/* The records must be ready before firmware is armed, and that before the crash path. */
static void backend_arm(struct kunit *test)
{
	struct fadump *f = new_state(test, FADUMP_PLANNED);

	KUNIT_EXPECT_EQ(test, fadump_arm(f), 0);
	KUNIT_EXPECT_STREQ(test, fake.steps, "RaA");
	KUNIT_EXPECT_EQ(test, f->state, FADUMP_ARMED);

	/* Armed already: a CPU may be crashing, so the records must not change. */
	KUNIT_EXPECT_EQ(test, fadump_arm(f), 0);
	KUNIT_EXPECT_STREQ(test, fake.steps, "RaA+");
	KUNIT_EXPECT_EQ(test, f->state, FADUMP_ARMED);
}

static void backend_arm_refused(struct kunit *test)
{
	struct fadump *f = new_state(test, FADUMP_PLANNED);

	fake.arm_rc = -ENOSPC;
	KUNIT_EXPECT_EQ(test, fadump_arm(f), -ENOSPC);
	KUNIT_EXPECT_STREQ(test, fake.steps, "Ra");
	KUNIT_EXPECT_EQ(test, f->state, FADUMP_PLANNED);
}

/* After a migration other firmware must be armed anew. */
static void backend_rearm(struct kunit *test)
{
	struct fadump *f = new_state(test, FADUMP_ARMED);

	fadump_rearm(f);
	KUNIT_EXPECT_STREQ(test, fake.steps, "DRaA");
	KUNIT_EXPECT_EQ(test, f->state, FADUMP_ARMED);

	/* The other firmware asks for more than was reserved at boot. */
	fake.arm_rc = -E2BIG;
	fadump_rearm(f);
	KUNIT_EXPECT_STREQ(test, fake.steps, "DRaADRaV");
	KUNIT_EXPECT_EQ(test, f->state, FADUMP_PLANNED);

	/* A migration must not arm what was not armed. */
	fadump_rearm(f);
	f->state = FADUMP_CAPTURED;
	fadump_rearm(f);
	KUNIT_EXPECT_STREQ(test, fake.steps, "DRaADRaV");
}

static void backend_disarm(struct kunit *test)
{
	struct fadump *f = new_state(test, FADUMP_ARMED);

	/* Firmware will still dump, so the crash path must stay armed. */
	fake.disarm_rc = -EIO;
	KUNIT_EXPECT_EQ(test, fadump_disarm(f, true), -EIO);
	KUNIT_EXPECT_STREQ(test, fake.steps, "DuA");
	KUNIT_EXPECT_EQ(test, f->state, FADUMP_ARMED);

	fake.disarm_rc = 0;
	KUNIT_EXPECT_EQ(test, fadump_disarm(f, false), 0);
	KUNIT_EXPECT_STREQ(test, fake.steps, "DuADuV");
	KUNIT_EXPECT_EQ(test, f->state, FADUMP_PLANNED);
}

static void backend_release(struct kunit *test)
{
	struct fadump *f = new_state(test, FADUMP_CAPTURED);
	static const struct fadump_range released[] = {
		{ PAGES(4), PAGES(1) }, { PAGES(8), PAGES(2) },
		{ PAGES(11), PAGES(5) },
	};

	KUNIT_EXPECT_EQ(test, fadump_release_locked(f, FADUMP_OUTCOME_RELEASED), 0);
	KUNIT_EXPECT_STREQ(test, fake.steps, "SxCFRaA");
	KUNIT_EXPECT_EQ(test, f->state, FADUMP_ARMED);
	KUNIT_EXPECT_EQ(test, f->dump.boot_mem_top, 0);
	KUNIT_ASSERT_EQ(test, fake.nr_released, ARRAY_SIZE(released));
	KUNIT_EXPECT_MEMEQ(test, fake.released, released, sizeof(released));
}

/* With fadump disabled the next dump area is released too. */
static void backend_release_disabled(struct kunit *test)
{
	struct fadump *f = new_state(test, FADUMP_CAPTURED);

	f->enabled = false;
	KUNIT_EXPECT_EQ(test, fadump_release_locked(f, FADUMP_OUTCOME_RELEASED), 0);
	KUNIT_EXPECT_STREQ(test, fake.steps, "SxCF");
	KUNIT_EXPECT_EQ(test, f->state, FADUMP_OFF);
	KUNIT_ASSERT_EQ(test, fake.nr_released, 2);
	KUNIT_EXPECT_EQ(test, fake.released[0].base, PAGES(4));
	KUNIT_EXPECT_EQ(test, fake.released[0].size, PAGES(6));
}

static void backend_release_refused(struct kunit *test)
{
	struct fadump *f = new_state(test, FADUMP_CAPTURED);

	fake.discard_rc = -EIO;
	KUNIT_EXPECT_EQ(test, fadump_release_locked(f, FADUMP_OUTCOME_RELEASED), -EIO);
	KUNIT_EXPECT_STREQ(test, fake.steps, "SxO");
	KUNIT_EXPECT_EQ(test, f->state, FADUMP_CAPTURED);
	KUNIT_EXPECT_EQ(test, f->dump.boot_mem_top, PAGES(4));

	/* Without a memory map no memory can be released, but the dump is discarded. */
	fake.discard_rc = 0;
	f->has_memory_map = false;
	f->enabled = false;
	KUNIT_EXPECT_EQ(test, fadump_release_locked(f, FADUMP_OUTCOME_RELEASED), 0);
	KUNIT_EXPECT_EQ(test, fake.nr_released, 0);
}

/* The dump must not be discarded while a process has /proc/vmcore open. */
static void backend_release_busy(struct kunit *test)
{
	struct fadump *f = new_state(test, FADUMP_CAPTURED);

	fake.forbid_rc = -EBUSY;
	KUNIT_EXPECT_EQ(test, fadump_release_locked(f, FADUMP_OUTCOME_RELEASED), -EBUSY);
	KUNIT_EXPECT_STREQ(test, fake.steps, "S");
	KUNIT_EXPECT_EQ(test, f->state, FADUMP_CAPTURED);
	KUNIT_EXPECT_EQ(test, fake.nr_released, 0);
}

/* A stale dump is not in firmware any more, so it must not be discarded there. */
static void backend_release_stale(struct kunit *test)
{
	struct fadump *f = new_state(test, FADUMP_CAPTURED);

	KUNIT_EXPECT_EQ(test, fadump_release_locked(f, FADUMP_OUTCOME_STALE), 0);
	KUNIT_EXPECT_STREQ(test, fake.steps, "SCFRaA");
	KUNIT_EXPECT_EQ(test, f->state, FADUMP_ARMED);
	KUNIT_EXPECT_EQ(test, f->summary.outcome, FADUMP_OUTCOME_STALE);
}

static struct kunit_case __refdata backend_cases[] = {
	KUNIT_CASE(backend_table),
	KUNIT_CASE_PARAM(backend_probe, probe_gen_params),
	KUNIT_CASE(backend_arm),
	KUNIT_CASE(backend_arm_refused),
	KUNIT_CASE(backend_rearm),
	KUNIT_CASE(backend_disarm),
	KUNIT_CASE(backend_release),
	KUNIT_CASE(backend_release_disabled),
	KUNIT_CASE(backend_release_refused),
	KUNIT_CASE(backend_release_busy),
	KUNIT_CASE(backend_release_stale),
	{}
};

static struct kunit_suite backend_suite = {
	.name = "fadump_backend",
	.init = backend_setup,
	.test_cases = backend_cases,
};

/* In init, because one case calls __init code. */
kunit_test_init_section_suites(&backend_suite);

MODULE_DESCRIPTION("KUnit tests of the backends of fadump");
MODULE_LICENSE("GPL");
