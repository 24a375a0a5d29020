// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every fault of the catalogue, alone and in pairs. The tests do what a capture kernel
 * does: description, checks against RAM, records, registers, VMCOREINFO.
 */

#include "tests/lib/fadump-test.h"
#include "tests/lib/faults.h"

/*
 * Bytes of a mapping. Blobs are smaller; memory after a blob is zero.
 */
#define MAX_MAP		0x10000

/**
 * struct outcome - result of a capture
 * @rc: 0, or -errno if there is no dump
 * @dump: the dump, from which the core is built
 * @info: the record
 * @head: of our record, NULL if there is none
 * @unmoved: preserved memory that was not copied
 * @unmoved_array: array of @unmoved
 * @nr_notes: CPU notes in the core
 * @nr_crash_notes: CPU notes whose crash note is filled too
 */
struct outcome {
	int rc;
	struct fadump_dump dump;
	struct fadump_crash_info info;
	struct crash_info_head_ser *head;
	struct fadump_ranges unmoved;
	struct fadump_range unmoved_array[8];
	u32 nr_notes;
	u32 nr_crash_notes;
};

/* -------- Memory of the machine -------- */

static void overlay(struct fadump_bytes *to, u64 base, const struct fault_machine *m,
		    enum fault_blob blob)
{
	const struct fadump_range r = { .base = base, .size = to->len };
	u64 at = m->at[blob], from, end;

	if (!m->blob[blob] || !at || !fadump_range_overlaps(&r, at, m->len[blob]))
		return;
	from = max(at, base);
	end = min(at + m->len[blob], fadump_range_end(&r));
	memcpy((u8 *)to->data + (from - base), m->blob[blob] + (from - at),
	       end - from);
}

/* The buffer has exactly this length, so that ASan sees overruns. */
static struct fadump_bytes map(struct kunit *test, const struct fault_machine *m,
			       u64 base, u64 size)
{
	struct fadump_bytes b = { .len = min_t(u64, size, MAX_MAP) };
	u32 i;

	if (!b.len)
		return b;
	b.data = kunit_kzalloc(test, b.len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, b.data);
	for (i = 0; i < FAULT_NR_BLOBS; i++)
		if (i != FAULT_RECORD)
			overlay(&b, base, m, i);
	return b;
}

static void unmap(struct kunit *test, struct fadump_bytes *b)
{
	if (b->data)
		kunit_kfree(test, b->data);
	b->data = NULL;
	b->len = 0;
}

/* Up to the end of the range of RAM that @at is in. */
static struct fadump_bytes map_from(struct kunit *test,
				    const struct fault_machine *m, u64 at)
{
	u64 size = 0;
	u32 i;

	for (i = 0; at && i < m->usable.nr; i++)
		if (fadump_range_overlaps(&m->usable.r[i], at, 1))
			size = fadump_range_end(&m->usable.r[i]) - at;
	return map(test, m, at, size);
}

/* -------- Firmware's description -------- */

/* Functions of a firmware. */
struct firmware {
	u32 firmware;
	int (*decode)(const struct fault_machine *m, struct fadump_dump *dump);
	int (*cpus_open)(struct fadump_cpu_iter *it,
			 const struct fadump_bytes *bytes, u32 step);
	int (*cpus_next)(struct fadump_cpu_iter *it, struct fadump_cpu_regs *cpu);
};

static struct fadump_bytes bytes_of(const struct fault_machine *m,
				    enum fault_blob blob)
{
	return (struct fadump_bytes){ .data = m->blob[blob], .len = m->len[blob] };
}

#if FAULT_HAS_PSERIES
static int decode_rtas(const struct fault_machine *m, struct fadump_dump *dump)
{
	const struct fadump_bytes prop = bytes_of(m, FAULT_RTAS_DUMP);

	return rtas_dump_decode(&prop, dump);
}
#endif

#if FAULT_HAS_POWERNV
static int decode_opal(const struct fault_machine *m, struct fadump_dump *dump)
{
	const struct fadump_bytes meta = bytes_of(m, FAULT_OPAL_META);
	const struct fadump_bytes tag = bytes_of(m, FAULT_OPAL_CPU);
	int rc = opal_meta_decode(&meta, m->at[FAULT_OPAL_META], dump);
	struct opal_fw_tag cpu_tag;

	if (rc != -ENODATA && !opal_fw_tag_decode(&tag, &cpu_tag))
		opal_fw_tag_set_cpus(&cpu_tag, dump);
	return rc;
}
#endif

static const struct firmware firmwares[] = {
#if FAULT_HAS_PSERIES
	{ FAULT_PSERIES, decode_rtas, rtas_regsave_open, rtas_regsave_next },
#endif
#if FAULT_HAS_POWERNV
	{ FAULT_POWERNV, decode_opal, opal_regs_open, opal_regs_next },
#endif
};

static void read_description(const struct firmware *fw,
			     const struct fault_machine *m, struct outcome *o)
{
	struct fadump_dump *dump = &o->dump;
	int rc = fw->decode(m, dump);

	if (rc == -ENODATA) {
		o->rc = rc;
		return;
	}
	if (rc) {
		dump->missing |= BIT(FADUMP_MISSING_DESCRIPTION);
		dump->boot_mem_top = 0;
		dump->nr_copies = 0;
	}
	/* Assume the size of boot memory that this kernel is told, the same as before. */
	fadump_dump_validate(dump, &m->ram, &m->usable, FAULT_KERNEL_END,
			     fadump_ranges_limit(&m->usable, m->plan.boot_mem_size),
			     TEST_PAGE);
}

/* -------- Records -------- */

static bool read_record(struct outcome *o, const struct fadump_bytes *b, u64 at)
{
	enum fadump_record_kind kind = fadump_recovery_read_record(b, at, &o->info);

	if (kind == FADUMP_RECORD_OWN)
		o->head = (void *)b->data + CRASH_INFO_OFFSET;
	return kind != FADUMP_RECORD_NONE;
}

/* The caller must unmap @records after the last use of @o->info. */
static void find_record(struct kunit *test, const struct fault_machine *m,
			struct outcome *o, struct fadump_bytes *records, u64 *at)
{
	const struct fadump_bytes nothing = { };

	*at = o->dump.info_at;
	*records = map_from(test, m, *at);
	if (!read_record(o, records, *at)) {
		unmap(test, records);
		*at = m->at[FAULT_SLOT];
		if (*at >= o->dump.boot_mem_top)
			*records = map_from(test, m, *at);
		if (!fadump_recovery_is_record(records, *at, &o->info) ||
		    !read_record(o, records, *at))
			read_record(o, &nothing, 0);
	}
	if (!o->info.has_regs)
		o->info.missing |= BIT(FADUMP_MISSING_CRASH_REGS);
}

/* Expects a dump that has not been released, and the first attempt. */
static int count_attempt(const struct outcome *o)
{
	if (!o->head)
		return 0;
	if (fadump_crash_info_is_ended(o->head))
		return -ESTALE;
	return fadump_crash_info_count_attempt(o->head) > 1 ? -EDQUOT : 0;
}

/* Firmware that runs now has not written to the dump. */
static void recover_dump(struct kunit *test, const struct fault_machine *m,
			 struct outcome *o, u64 at)
{
	const struct fadump_ranges none = { };
	struct fadump_dump *dump = &o->dump;

	if (fadump_recovery_use_description(dump, &o->info, at, dump->boot_mem_top))
		fadump_dump_bound(dump, &m->ram, &m->usable, TEST_PAGE);
	fadump_recovery_set_area(dump, &o->info, &m->usable, TEST_PAGE);
	o->unmoved.r = o->unmoved_array;
	o->unmoved.cap = ARRAY_SIZE(o->unmoved_array);
	KUNIT_EXPECT_EQ(test, fadump_recovery_find_unmoved(dump, &m->usable, &none,
							   &o->unmoved), 0);
}

/* -------- VMCOREINFO -------- */

static bool is_note(struct kunit *test, const struct fault_machine *m, u64 at,
		    u64 size, const char *release)
{
	struct fadump_bytes b = map(test, m, at, size);
	struct fadump_vmcoreinfo note;
	bool is = fadump_vmcoreinfo_read(&b, release, &note);

	unmap(test, &b);
	return is;
}

/* At the address in the record, else in the memory that a search covers. */
static bool has_note(struct kunit *test, const struct fault_machine *m,
		     const struct outcome *o)
{
	const struct fadump_dump *dump = &o->dump;
	struct fadump_range r;
	u64 at = m->at[FAULT_NOTE];
	u32 i;

	r = fadump_recovery_find_vmcoreinfo(dump, &o->info, &m->usable);
	if (r.size && is_note(test, m, r.base, r.size, ""))
		return true;
	for (i = 0; i < dump->nr_copies; i++) {
		const struct fadump_range dest = {
			.base = dump->copy[i].dest, .size = dump->copy[i].size,
		};

		if (fadump_range_overlaps(&dest, at, 1))
			break;
	}
	return (i < dump->nr_copies || fadump_ranges_overlap(&o->unmoved, at, 1)) &&
	       is_note(test, m, at, TEST_PAGE, o->info.release);
}

/* -------- Registers -------- */

static int find_cpu_by_hw_id(const struct fault_machine *m, u32 hw_id)
{
	u32 cpu;

	for (cpu = 0; cpu < FAULT_CPUS; cpu++)
		if (fadump_fault_hw_id(m, cpu) == hw_id)
			return cpu;
	return -ENOENT;
}

static int find_linux_cpu(const struct fault_machine *m, const struct outcome *o,
			  u32 hw_id)
{
	return o->info.nr_cpus ? fadump_crash_info_find_cpu(&o->info, hw_id) :
				 find_cpu_by_hw_id(m, hw_id);
}

static void resolve_legacy_cpu(const struct fault_machine *m, struct outcome *o)
{
	if (m->firmware == FAULT_POWERNV && o->info.is_legacy)
		o->info.cpu = find_cpu_by_hw_id(m, o->info.cpu);
}

/* Memory that is written to must be preserved. */
static bool fill_crash_note(struct kunit *test, const struct fault_machine *m,
			    struct outcome *o, u32 cpu)
{
	static const u64 regs[FADUMP_NR_REGS];
	u8 note[FADUMP_CPU_NOTE_SZ];
	struct fadump_bytes crash_note;
	bool has_note;
	u64 at;
	int rc;

	rc = fadump_notes_find_crash_note(&o->info, cpu, &o->dump, &m->ram, &o->unmoved, &at);
	if (rc == -EINVAL)
		o->dump.missing |= BIT(FADUMP_MISSING_CRASH_PART);
	if (rc)
		return false;
	KUNIT_ASSERT_LE(test, o->dump.boot_mem_top, at);
	KUNIT_ASSERT_TRUE(test, fadump_ranges_cover(&m->ram, at, FADUMP_CRASH_NOTE_SZ));
	crash_note = map(test, m, at, FADUMP_CRASH_NOTE_SZ);
	fadump_notes_write(note, cpu, regs);
	has_note = fadump_notes_fill_crash_note((void *)crash_note.data, note);
	unmap(test, &crash_note);
	return has_note;
}

/* Firmware may have the same CPU twice; fill its crash note once. */
static void add_note(struct kunit *test, const struct fault_machine *m,
		     struct outcome *o, int cpu, u64 *seen)
{
	o->nr_notes++;
	if (cpu < 0 || (cpu < 64 && *seen & BIT_ULL(cpu)))
		return;
	if (cpu < 64)
		*seen |= BIT_ULL(cpu);
	o->nr_crash_notes += fill_crash_note(test, m, o, cpu);
}

/* The crashing CPU gets a note of its cpu_tag if firmware does not have it. */
static void count_notes(struct kunit *test, const struct firmware *fw,
			const struct fault_machine *m, struct outcome *o)
{
	struct fadump_bytes b = map(test, m, o->dump.cpu.base, o->dump.cpu.size);
	struct fadump_cpu_regs cpu;
	struct fadump_cpu_iter it;
	u64 seen = 0;
	u32 nr;

	resolve_legacy_cpu(m, o);
	if (!fw->cpus_open(&it, &b, o->dump.cpu_step)) {
		while (fw->cpus_next(&it, &cpu) > 0) {
			KUNIT_ASSERT_LT(test, o->nr_notes, FADUMP_MAX_CPUS);
			add_note(test, m, o, find_linux_cpu(m, o, cpu.hw_id), &seen);
			if (!fadump_cpu_is_complete(&cpu))
				o->dump.missing |= BIT(FADUMP_MISSING_CPU_SOME);
		}
		if (it.skipped)
			o->dump.missing |= BIT(FADUMP_MISSING_CPU_SOME);
	}
	nr = o->nr_notes;
	if (!nr)
		o->dump.missing |= BIT(FADUMP_MISSING_CPU_DATA);
	if (o->info.has_regs && (o->info.cpu >= 64 || !(seen & BIT_ULL(o->info.cpu))))
		add_note(test, m, o, o->info.cpu, &seen);
	fadump_crash_info_compare(&o->info, nr, &o->dump);
	unmap(test, &b);
}

/* -------- All of it -------- */

static const struct firmware *find_firmware(const struct fault_machine *m)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(firmwares); i++)
		if (firmwares[i].firmware == m->firmware)
			break;
	return &firmwares[i];
}

static void capture(struct kunit *test, const struct fault_machine *m,
		    struct outcome *o)
{
	const struct firmware *fw = find_firmware(m);
	struct fadump_bytes records;
	u64 at;

	memset(o, 0, sizeof(*o));
	read_description(fw, m, o);
	if (o->rc)
		return;
	test_expect_bounded(test, &o->dump, &m->ram, TEST_PAGE);
	find_record(test, m, o, &records, &at);
	o->rc = count_attempt(o);
	recover_dump(test, m, o, at);
	o->dump.missing |= o->info.missing;
	if (!has_note(test, m, o))
		o->dump.missing |= BIT(FADUMP_MISSING_VMCOREINFO);
	count_notes(test, fw, m, o);
	unmap(test, &records);
	test_expect_bounded(test, &o->dump, &m->ram, TEST_PAGE);
}

static u64 count_copied_bytes(const struct outcome *o)
{
	u64 bytes = 0;
	u32 i;

	for (i = 0; i < o->dump.nr_copies; i++)
		bytes += o->dump.copy[i].size;
	return bytes;
}

static void print_missing(char *text, u32 missing)
{
	u32 i;

	text[0] = '\0';
	for (i = 0; i < FADUMP_NR_MISSING; i++)
		if (missing & BIT(i))
			test_print(text, " %s", fadump_missing_code(i));
}

struct capture_test {
	struct fault_machine machine;
	struct outcome outcome;
};

static struct capture_test *new_capture_test(struct kunit *test)
{
	struct capture_test *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	return b;
}

/* -------- Cases -------- */

/* Ids are unique, because programs use them, and no row is empty. */
static void faults_ids(struct kunit *test)
{
	u32 i, k;

	for (i = 0; i < NR_FAULTS; i++) {
		KUNIT_ASSERT_NOT_NULL(test, fadump_faults[i].id);
		for (k = 0; k < i; k++)
			KUNIT_EXPECT_TRUE(test, strcmp(fadump_faults[i].id,
						       fadump_faults[k].id));
	}
}

/* Without damage nothing is missing. */
static void faults_none(struct kunit *test)
{
	struct capture_test *b = new_capture_test(test);
	char missing[TEST_TEXT];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(firmwares); i++) {
		fadump_fault_machine(&b->machine, firmwares[i].firmware);
		capture(test, &b->machine, &b->outcome);
		KUNIT_EXPECT_EQ(test, b->outcome.rc, 0);
		print_missing(missing, b->outcome.dump.missing);
		KUNIT_EXPECT_STREQ(test, missing, "");
		KUNIT_EXPECT_EQ(test, b->outcome.nr_notes, FAULT_CPUS);
		KUNIT_EXPECT_EQ(test, b->outcome.nr_crash_notes, FAULT_CPUS);
		KUNIT_EXPECT_EQ(test, count_copied_bytes(&b->outcome),
				b->machine.plan.boot_mem_size);
		KUNIT_EXPECT_EQ(test, b->outcome.dump.area.base,
				b->machine.plan.area.base);
		KUNIT_EXPECT_EQ(test, b->outcome.dump.area.size,
				b->machine.plan.area.size);
		KUNIT_EXPECT_EQ(test, fadump_ranges_total(&b->outcome.unmoved),
				fadump_ranges_total(&b->machine.usable) -
				b->machine.plan.boot_mem_size -
				b->machine.plan.area.size);
	}
}

/* The dump reports exactly what the fault costs. */
static void expect_fault(struct kunit *test, const struct fault *f,
			 struct capture_test *b, u32 firmware)
{
	char got[TEST_TEXT], want[TEST_TEXT];
	struct fault_machine *m = &b->machine;
	struct outcome *o = &b->outcome;

	fadump_fault_machine(m, firmware);
	fadump_fault_apply(f, m);
	capture(test, m, o);
	KUNIT_EXPECT_EQ(test, o->rc, 0);
	print_missing(got, o->dump.missing);
	print_missing(want, f->missing);
	KUNIT_EXPECT_STREQ(test, got, want);
	KUNIT_EXPECT_EQ(test, o->nr_notes, f->cpus ?: FAULT_CPUS);
	KUNIT_EXPECT_EQ(test, o->nr_notes - o->nr_crash_notes, f->empty_notes);
	KUNIT_EXPECT_EQ(test, count_copied_bytes(o), f->missing_bytes == FAULT_ALL ? 0 :
			m->plan.boot_mem_size - f->missing_bytes);
	/* No fault may cost memory that was not copied. */
	KUNIT_EXPECT_GE(test, fadump_ranges_total(&o->unmoved),
			fadump_ranges_total(&m->usable) -
			m->plan.boot_mem_size - m->plan.area.size);
}

static bool has_blob(const struct firmware *fw, const struct fault *f)
{
	return fw->firmware & fadump_fault_firmware(f->blob);
}

static void faults_single(struct kunit *test)
{
	const struct fault *f = test->param_value;
	struct capture_test *b = new_capture_test(test);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(firmwares); i++)
		if (has_blob(&firmwares[i], f))
			expect_fault(test, f, b, firmwares[i].firmware);
}

/* -------- Two at a time -------- */

/* Our record is part of the crash_note. */
static enum fault_blob find_outer_blob(const struct fault *f)
{
	return f->blob == FAULT_RECORD ? FAULT_SLOT : f->blob;
}

/*
 * Bits that cannot be detected if @missing is missing too. The record has the number of
 * CPUs and the size of the boot memory. The legacy record has the address of the copy
 * of VMCOREINFO, so it is found without a valid list of copies.
 */
static u32 find_undetectable(u32 missing, const struct fault *x, const struct fault *y)
{
	u32 hidden = 0;

	if (find_outer_blob(x) == FAULT_SLOT || find_outer_blob(y) == FAULT_SLOT)
		hidden |= BIT(FADUMP_MISSING_CPU_SOME);
	if ((find_outer_blob(x) == FAULT_SLOT && y->blob == FAULT_RTAS_DUMP) ||
	    (find_outer_blob(y) == FAULT_SLOT && x->blob == FAULT_RTAS_DUMP))
		hidden |= BIT(FADUMP_MISSING_VMCOREINFO) |
			  BIT(FADUMP_MISSING_BOOT_MEM);
	if (missing & BIT(FADUMP_MISSING_DESCRIPTION))
		hidden |= BIT(FADUMP_MISSING_FW_SUSPECT) | BIT(FADUMP_MISSING_SECTION) |
			  BIT(FADUMP_MISSING_BOOT_MEM) | BIT(FADUMP_MISSING_PARAM);
	if (missing & BIT(FADUMP_MISSING_CPU_DATA))
		hidden |= BIT(FADUMP_MISSING_CPU_SOME);
	/* The crash note of a CPU without a note is not looked up. */
	if ((x->empty_notes || y->empty_notes) &&
	    missing & (BIT(FADUMP_MISSING_CPU_DATA) | BIT(FADUMP_MISSING_CPU_SOME)))
		hidden |= BIT(FADUMP_MISSING_CRASH_PART);
	if (missing & BIT(FADUMP_MISSING_CRASH_INFO))
		hidden |= BIT(FADUMP_MISSING_CRASH_PART);
	return hidden;
}

static u32 missing_with(struct kunit *test, struct capture_test *b, const struct firmware *fw,
			const struct fault *x, const struct fault *y)
{
	fadump_fault_machine(&b->machine, fw->firmware);
	fadump_fault_apply(x, &b->machine);
	if (y)
		fadump_fault_apply(y, &b->machine);
	capture(test, &b->machine, &b->outcome);
	KUNIT_ASSERT_TRUE_MSG(test, !b->outcome.rc, "%s and %s", x->id,
			      y ? y->id : "no other");
	return b->outcome.dump.missing;
}

/* @alone: bits that each fault alone sets */
static void expect_pairs(struct kunit *test, struct capture_test *b,
			 const struct firmware *fw, u32 i, const u32 *alone)
{
	/*
	 * Test about FADUMP_TEST_ROUNDS pairs. Fewer than half of all pairs are in different
	 * blobs of one machine.
	 */
	u32 step = NR_FAULTS * NR_FAULTS / 4 / FADUMP_TEST_ROUNDS + 1;
	const struct fault *x = &fadump_faults[i], *y;
	u32 k, both;

	for (k = i % step; k < i; k += step) {
		y = &fadump_faults[k];
		if (!has_blob(fw, y) || find_outer_blob(x) == find_outer_blob(y))
			continue;
		both = missing_with(test, b, fw, x, y);
		KUNIT_ASSERT_TRUE_MSG(test, !((alone[i] | alone[k]) & ~both &
					      ~find_undetectable(both, x, y)),
				      "%s and %s: %#x, %#x, both %#x", x->id,
				      y->id, alone[i], alone[k], both);
	}
}

/* Two faults leave a dump, and both are reported. */
static void faults_pairs(struct kunit *test)
{
	u32 *alone = kunit_kzalloc(test, NR_FAULTS * sizeof(*alone), GFP_KERNEL);
	struct capture_test *b = new_capture_test(test);
	const struct firmware *fw;
	u32 i, w;

	KUNIT_ASSERT_NOT_NULL(test, alone);
	for (w = 0; w < ARRAY_SIZE(firmwares); w++) {
		fw = &firmwares[w];
		for (i = 0; i < NR_FAULTS; i++) {
			if (!has_blob(fw, &fadump_faults[i]))
				continue;
			alone[i] = missing_with(test, b, fw, &fadump_faults[i], NULL);
			expect_pairs(test, b, fw, i, alone);
		}
	}
}

/* -------- Faults that are not in a blob -------- */

#if FAULT_HAS_PSERIES
/*
 * E: unknown status codes. Other faults of E and F are in other suites:
 * rtas_sizes and rtas_slot (A2 to A5, A7, A8), rtas_status (E2, E3),
 * backend_opal_status (F9), opal_area (F2, F3), layout_plan (A6, F4).
 */
static void faults_answers(struct kunit *test)
{
	static const int odd[] = {
		2, 3, 8, 9, 10, 99, 9899, 9901, 9905, 9906, 0x7fffffff,
		-4, -5, -7, -11, -9000, -0x7fffffff - 1,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(odd); i++)
		KUNIT_EXPECT_EQ(test, rtas_status_errno(odd[i]), -EIO);
}

/* A4: a size that is too small for one CPU. */
static void faults_cpu_size(struct kunit *test)
{
	static const u64 few[] = {
		0, 1, RTAS_REGSAVE_HEAD_SZ - 1, RTAS_REGSAVE_HEAD_SZ,
		RTAS_REGSAVE_HEAD_SZ + RTAS_REGSAVE_THREAD_SZ - 1,
	};
	struct rtas_dump_sizes sizes = { };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(few); i++) {
		sizes.cpu = few[i];
		KUNIT_EXPECT_EQ(test, rtas_cpu_slot_size(&sizes, FAULT_CPUS),
				RTAS_REGSAVE_HEAD_SZ +
				FAULT_CPUS * RTAS_REGSAVE_THREAD_SZ);
		KUNIT_EXPECT_GE(test, rtas_cpu_slot_size(&sizes, 0),
				RTAS_REGSAVE_HEAD_SZ + RTAS_REGSAVE_THREAD_SZ);
	}
}
#endif

KUNIT_ARRAY_PARAM_DESC(fault, fadump_faults, id);

static struct kunit_case faults_cases[] = {
	KUNIT_CASE(faults_ids),
	KUNIT_CASE(faults_none),
	KUNIT_CASE_PARAM(faults_single, fault_gen_params),
	KUNIT_CASE(faults_pairs),
#if FAULT_HAS_PSERIES
	KUNIT_CASE(faults_answers),
	KUNIT_CASE(faults_cpu_size),
#endif
	{}
};

static struct kunit_suite faults_suite = {
	.name = "fadump_faults",
	.test_cases = faults_cases,
};

kunit_test_suites(&faults_suite);

MODULE_DESCRIPTION("KUnit tests of the catalogue of faults of fadump");
MODULE_LICENSE("GPL");
