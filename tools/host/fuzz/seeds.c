// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes the valid files of the fuzzers' corpus: the data of firmware and kernels on two
 * machines in QEMU, made by our encoders if there is one. The corpus also has data from
 * running machines (machine-*) and inputs that found a bug (bug-*).
 *
 *	seeds DIRECTORY
 *
 *	pseries	0        320           1024 param cpu boot info
 *	powernv	0              768 fw       1024          boot info meta
 */

#include <libfdt.h>
#include <linux/elf.h>
#include <stdlib.h>

#include "fuzz.h"

#define AREA		FUZZ_MIB(1024)
#define PSERIES_TOP	FUZZ_MIB(320)
#define POWERNV_TOP	FUZZ_MIB(768)

#define CPUS		4
#define MASK_SZ		256
#define THREAD_STEP	0x438

static const char *corpus;
static u8 buf[1 << 16];

static void save(const char *name, const void *data, size_t size)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", corpus, name);
	f = fopen(path, "wb");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f)) {
		perror(path);
		exit(1);
	}
}

static void save_text(const char *name, const char *text)
{
	save(name, text, strlen(text));
}

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%s: an encoder does not take it\n", what);
	exit(1);
}

/* The boot memory in @nr pieces of equal size. */
static struct fadump_plan make_plan(u64 top, u32 nr)
{
	struct fadump_plan plan = {
		.area = { AREA, top + FUZZ_MIB(2) },
		.param = { AREA, 0x10000 },
		.cpu = { AREA + 0x10000, 0x10000 },
		.hpte = { AREA + 0x20000, 0 },
		.info = { AREA + 0x20000 + top, 0x10000 },
		.meta = { AREA + 0x30000 + top, 0x10000 },
		.boot_mem_size = top,
		.boot_mem_top = top,
		.nr_copies = nr,
	};
	u64 size = top / nr;
	u32 i;

	for (i = 0; i < nr; i++)
		plan.copy[i] = (struct fadump_copy) {
			.src = i * size, .dest = AREA + 0x20000 + i * size,
			.size = size,
		};
	return plan;
}

/* -------- RTAS -------- */

/* As firmware returns it, with the status and the bytes copied filled in. */
static size_t make_dump(const struct fadump_plan *plan, u32 cpu_bytes)
{
	const size_t dumped = offsetof(struct rtas_dump_section_fw, dumped);
	const size_t asked = offsetof(struct rtas_dump_section_fw, len);
	const struct rtas_dump_sizes sizes = { .cpu = 0x13e0 };
	size_t len, at;

	must(!rtas_dump_encode(plan, &sizes, buf, sizeof(buf), &len), "dump");
	put_unaligned_be16(RTAS_DUMP_PERFORMED | RTAS_DUMP_TRIGGERED, buf + 6);
	for (at = 40; at < len; at += 40)
		memcpy(buf + at + dumped, buf + at + asked, 8);
	put_unaligned_be64(cpu_bytes, buf + 40 + dumped);
	return len;
}

static void seed_dump(void)
{
	struct fadump_plan plan = make_plan(PSERIES_TOP, 1);
	size_t len;

	save("dump/qemu-one-piece", buf, make_dump(&plan, 0x13e0));
	save("dump/qemu-more-threads-than-cores", buf, make_dump(&plan, 0x27a0));
	plan.copy[plan.nr_copies++] = (struct fadump_copy) {
		.src = FUZZ_MIB(1984), .dest = AREA + FUZZ_MIB(512),
		.size = FUZZ_MIB(37),
	};
	save("dump/qemu-firmware-window", buf, make_dump(&plan, 0x13e0));
	plan = make_plan(PSERIES_TOP, 5);
	save("dump/qemu-five-pieces", buf, make_dump(&plan, 0xa00));
	plan = make_plan(PSERIES_TOP, 7);
	plan.param.size = 0x10000;
	len = make_dump(&plan, 0x13e0);
	save("dump/qemu-ten-sections", buf, len);
	/* Firmware reports an error for the last copy. */
	put_unaligned_be16(0x4000, buf + len - 80 + 6);
	put_unaligned_be64(FUZZ_MIB(32), buf + len - 80 + 24);
	put_unaligned_be16(0xe000, buf + 6);
	save("dump/error-in-a-piece", buf, len);
}

static void seed_sizes(void)
{
	static const u8 qemu[] = {
		0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x13, 0xe0,
		0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0,
	};
	static const u8 twice[] = {
		0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 5, 0x10,
		0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1,
		0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x27, 0xa0,
		0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0,
	};

	save("sizes/qemu", qemu, sizeof(qemu));
	save("sizes/listed-twice", twice, sizeof(twice));
}

static u8 *put_entry(u8 *at, const char *name, u64 value)
{
	memset(at, 0, 8);
	memcpy(at, name, strlen(name));
	put_unaligned_be64(value, at + 8);
	return at + RTAS_REGSAVE_ENTRY_SZ;
}

static u8 *put_cpu(u8 *at, u32 id)
{
	static const char * const names[] = {
		"ACOP", "AMR", "CFAR", "CR", "CTR", "DAR", "DSISR", "FPSCR", "LR",
		"MSR", "NIA", "PIR", "SRR0", "SRR1", "X-GPR03", "XER",
	};
	char gpr[16];
	u32 i;

	at = put_entry(at, "CPUSTRT", id);
	for (i = 0; i < 32; i++) {
		snprintf(gpr, sizeof(gpr), "GPR%02u", i);
		at = put_entry(at, gpr, 0xc000000000000000ULL + 0x100 * id + i);
	}
	for (i = 0; i < ARRAY_SIZE(names); i++)
		at = put_entry(at, names[i], 0xdeadbeef00000000ULL + i);
	return put_entry(at, "CPUEND", id);
}

/* @count_at: 0x10 in QEMU, 0x1c in PAPR; entries follow the count. */
static size_t make_regsave(u32 count_at, u32 step)
{
	u8 *at = buf + count_at + 4;
	u32 i;

	memset(buf, 0, sizeof(buf));
	put_unaligned_be64(RTAS_REGSAVE_MAGIC, buf);
	put_unaligned_be32(count_at, buf + 12);
	put_unaligned_be32(CPUS, buf + count_at);
	for (i = 0; i < CPUS; i++)
		at = put_cpu(at, i * step);
	return at - buf;
}

static void seed_regsave(void)
{
	size_t len;

	save("regsave/papr", buf, make_regsave(0x1c, 1));
	len = make_regsave(0x10, 8);
	/* As long as an area with the head of PAPR: the last bytes are junk. */
	save("regsave/qemu", buf, len + 12);
	save("regsave/cut", buf, len - 0x123);
}

/* -------- OPAL -------- */

static size_t make_tag(u32 cpu_size, u32 nr)
{
	u8 *region = buf + sizeof(struct opal_dump_fw);
	u32 i;

	memset(buf, 0, sizeof(buf));
	buf[0] = OPAL_DUMP_VERSION;
	put_unaligned_be32(0x44, buf + 8);
	put_unaligned_be32(1, buf + 12);
	put_unaligned_be32(cpu_size, buf + 16);
	put_unaligned_be32(nr, buf + 20);
	for (i = 0; i < nr; i++, region += sizeof(struct fadump_copy_ser)) {
		put_unaligned_be64(FUZZ_FIRMWARE_AT + FUZZ_MIB(2 * i), region);
		put_unaligned_be64(FUZZ_FIRMWARE_AT + FUZZ_MIB(29 + 2 * i), region + 8);
		put_unaligned_be64(FUZZ_MIB(1) - 0x100, region + 16);
	}
	return region - buf;
}

static void seed_opal_meta(void)
{
	static const u8 area[] = {
		0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0,
		0, 0, 0, 0, 0x28, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0,
	};
	struct fadump_plan plan = make_plan(POWERNV_TOP, 3);

	must(!opal_meta_encode(&plan, buf, sizeof(buf)), "meta");
	save("opal-meta/not-armed", buf, OPAL_META_SZ);
	opal_meta_arm(buf, true);
	save("opal-meta/armed", buf, OPAL_META_SZ);
	save("opal-meta/other-kernel", buf, sizeof(struct opal_meta_ser));
	plan = make_plan(POWERNV_TOP, OPAL_MAX_COPIES);
	must(!opal_meta_encode(&plan, buf, sizeof(buf)), "meta");
	opal_meta_arm(buf, true);
	save("opal-meta/most-pieces", buf, OPAL_META_SZ);
	save("opal-meta/tag-cpu", buf, make_tag(THREAD_STEP, 1));
	save("opal-meta/tag-opal", buf, make_tag(0, 3));
	save("opal-meta/load-area", area, sizeof(area));
}

static u8 *put_reg(u8 *at, u32 type, u32 number, u64 value)
{
	put_unaligned_be32(type, at);
	put_unaligned_be32(number, at + 4);
	put_unaligned_be64(value, at + 8);
	return at + sizeof(struct opal_reg_fw);
}

/* @entries_at: 0 in QEMU, 0x10 in hostboot of POWER9, 0x18 of POWER10. */
static size_t make_threads(u32 nr, u32 step, u8 state, u32 entries_at)
{
	static const u32 sprs[] = { 1, 8, 9, 18, 19, 0x7d0, 0x7d1, 0x7d2, 26, 27 };
	u32 i, k, room = (step - 24) / 16;
	u8 *at;

	memset(buf, 0, sizeof(buf));
	for (i = 0; i < nr; i++) {
		at = buf + i * step;
		put_unaligned_be32(4 * i, at);
		at[4] = state;
		memset(at + 5, 0x7f, 3);
		put_unaligned_be32(entries_at, at + 8);
		put_unaligned_be32(min(room, 42U), at + 12);
		put_unaligned_be32(16, at + 16);
		put_unaligned_be32(16, at + 20);
		at += 24;
		for (k = 0; k < min(room, 32U); k++)
			at = put_reg(at, OPAL_REG_GPR, k, 0x100 * i + k);
		for (k = 32; k < min(room, 42U); k++)
			at = put_reg(at, OPAL_REG_SPR, sprs[k - 32], 0x1100000000ULL + k);
	}
	return nr * step;
}

static void seed_opal_regs(void)
{
	size_t len;

	save("opal-regs/qemu", buf, make_threads(CPUS, THREAD_STEP, 0xff, 0));
	save("opal-regs/power9", buf, make_threads(2, THREAD_STEP, 0, 0x10));
	save("opal-regs/power10", buf, make_threads(2, THREAD_STEP, 0, 0x18));
	save("opal-regs/small", buf, make_threads(8, 56, 0, 0));
	len = make_threads(8, 56, 0, 0);
	buf[56 + 4] = 0x0f;
	put_unaligned_be32(0, buf + 2 * 56 + 16);
	save("opal-regs/not-stopped-and-damaged", buf, len);
	/* For the fuzzer, which decodes its input as regions too. */
	save("opal-regs/tag", buf, make_tag(0, 3));
}

/* -------- Records -------- */

static void fill_regs(u64 *regs)
{
	u32 i;

	for (i = 0; i < FADUMP_NR_REGS; i++)
		regs[i] = 0xc000000000000000ULL + i;
}

static void seed_crash_info(void)
{
	struct fadump_plan plan = make_plan(PSERIES_TOP, 3);
	struct fadump_crash_info info = {
		.vmcoreinfo = { FUZZ_MIB(20), 0x1000 },
		.area = plan.area,
		.boot_mem_size = plan.boot_mem_size,
		.boot_mem_top = plan.boot_mem_top,
		.cpu_slot = plan.cpu,
		.nr_copies = plan.nr_copies,
		.page_size = 0x10000,
		.little_endian = true,
		.release = "7.3.4",
	};
	struct fadump_crash_info_writer slots;
	u64 regs[FADUMP_NR_REGS];
	u8 notes[8 * CPUS];
	size_t size;
	u32 i;

	for (i = 0; i < CPUS; i++)
		put_unaligned_be64(FUZZ_MIB(1500) + 0x20000 * i + 0x400, notes + 8 * i);
	info.crash_notes = fuzz_bytes(notes, sizeof(notes));
	memcpy(info.copy, plan.copy, sizeof(plan.copy));
	must(!fadump_crash_info_encode(&info, CPUS, buf, sizeof(buf), &slots),
	     "crash-info");
	size = get_unaligned_be32(&slots.head->total_size);
	for (i = 0; i < CPUS; i++)
		fadump_crash_info_set_cpu(&slots, i, 8 * i,
					  CRASH_INFO_CPU_POSSIBLE | CRASH_INFO_CPU_ONLINE, 0);
	save("crash-info/armed", buf, size);
	fill_regs(regs);
	fadump_crash_info_set_cpu(&slots, 1, 8, CRASH_INFO_CPU_POSSIBLE, 4242);
	fadump_crash_info_set_regs(&slots, 1, regs, FADUMP_NR_REGS);
	fadump_crash_info_commit(&slots);
	save("crash-info/crashed", buf, size);
	fadump_crash_info_count_attempt(slots.head);
	save("crash-info/tried", buf, size);
	fadump_crash_info_end(slots.head);
	save("crash-info/ended", buf, size);
	buf[size - 20] ^= 1;
	buf[200] ^= 1;
	save("crash-info/damaged-part", buf, size);
}

/* -------- Legacy records, in either byte order -------- */

struct order {
	bool le;
};

static u64 turn(const struct order *o, u64 v, u32 bytes)
{
	const u16 one = 1;

	if (*(const u8 *)&one == o->le)
		return v;
	return swab64(v) >> (64 - 8 * bytes);
}

static void put16(const struct order *o, size_t at, u16 v)
{
	put_unaligned((u16)turn(o, v, 2), (u16 *)(buf + at));
}

static void put32(const struct order *o, size_t at, u32 v)
{
	put_unaligned((u32)turn(o, v, 4), (u32 *)(buf + at));
}

static void put64(const struct order *o, size_t at, u64 v)
{
	put_unaligned(turn(o, v, 8), (u64 *)(buf + at));
}

static void put_compat_regs(const struct order *o, size_t at)
{
	u32 i;

	for (i = 0; i <= FADUMP_REG_RESULT; i++)
		put64(o, at + 8 * i, 0xc000000000000000ULL + i);
	put64(o, at + FADMP_REGS_SZ, 0xf);
}

static size_t make_sig(const struct order *o, u32 cpu)
{
	memset(buf, 0, sizeof(buf));
	put64(o, 0, FADMPSIG_MAGIC);
	put32(o, 8, FADMPSIG_VERSION);
	put32(o, 12, cpu);
	put64(o, 16, AREA + FUZZ_MIB(20));
	put64(o, 24, 0x1000);
	put32(o, 32, FADMP_REGS_SZ);
	put32(o, 36, MASK_SZ);
	put_compat_regs(o, FADMPSIG_REGS);
	return FADMPSIG_SZ(MASK_SZ);
}

/* The record, its CPU mask, then ELF headers with two notes. */
static size_t make_inf(const struct order *o)
{
	size_t at = FADMPINF_REGS + FADMP_REGS_SZ + MASK_SZ;
	size_t phdr = at + sizeof(struct elf64_hdr);

	memset(buf, 0, sizeof(buf));
	put64(o, 0, FADMPINF_MAGIC);
	put64(o, 8, AREA + PSERIES_TOP + at);
	put32(o, 16, 2);
	put_compat_regs(o, FADMPINF_REGS);
	memcpy(buf + at, ELFMAG, SELFMAG);
	put64(o, at + offsetof(struct elf64_hdr, e_phoff), sizeof(struct elf64_hdr));
	put16(o, at + offsetof(struct elf64_hdr, e_phnum), 2);
	put32(o, phdr, PT_NOTE);
	phdr += sizeof(struct elf64_phdr);
	put32(o, phdr, PT_NOTE);
	put64(o, phdr + offsetof(struct elf64_phdr, p_offset), AREA + FUZZ_MIB(20));
	put64(o, phdr + offsetof(struct elf64_phdr, p_filesz), 0x1000);
	return phdr + sizeof(struct elf64_phdr);
}

static void seed_compat(void)
{
	static const struct order le = { .le = true }, be = { .le = false };
	const struct fadump_range note = { AREA + FUZZ_MIB(20), 0x1000 };
	static const u8 mask[MASK_SZ] = { 0xf };
	u64 regs[FADUMP_NR_REGS];

	save("compat/sig-le", buf, make_sig(&le, 1));
	save("compat/sig-be", buf, make_sig(&be, 1));
	save("compat/sig-not-crashed", buf, make_sig(&le, CRASH_INFO_CPU_NONE));
	save("compat/inf-le", buf, make_inf(&le));
	save("compat/inf-be", buf, make_inf(&be));
	fadmpsig_encode(MASK_SZ, &note, mask, buf);
	fill_regs(regs);
	fadmpsig_commit(buf, MASK_SZ, 3, regs, mask);
	save("compat/sig-of-ours", buf, FADMPSIG_SZ(MASK_SZ));
}

/* As in a little-endian kernel, on a page of its own. */
static size_t make_vmcoreinfo(size_t at, const char *text)
{
	static const struct order le = { .le = true };

	put32(&le, at, sizeof("VMCOREINFO"));
	put32(&le, at + 4, strlen(text));
	put32(&le, at + 8, 0);
	memcpy(buf + at + 12, "VMCOREINFO", sizeof("VMCOREINFO"));
	memcpy(buf + at + 24, text, strlen(text));
	return at + 24 + strlen(text);
}

static void seed_vmcoreinfo(void)
{
	const char *armed = "OSRELEASE=7.3.4\nBUILD-ID=00\nPAGESIZE=65536\nNUMBER(x)=1\n";
	const char *crashed = "OSRELEASE=7.3.4\nPAGESIZE=65536\nCRASHTIME=1795752000\n";
	const char *pointer = "OSRELEASE=7.3.4\nSYMBOL(mem_section)=c00000003ffe5c80\n";
	const char *other = "OSRELEASE=7.3.40-rc1\nPAGESIZE=4096\n";

	memset(buf, 0, sizeof(buf));
	save("vmcoreinfo/with-a-pointer", buf, make_vmcoreinfo(0, pointer));
	memset(buf, 0, sizeof(buf));
	save("vmcoreinfo/armed", buf, make_vmcoreinfo(0, armed));
	make_vmcoreinfo(0, other);
	save("vmcoreinfo/on-the-second-page", buf, make_vmcoreinfo(4096, crashed));
}

/* -------- Text -------- */

static void seed_text(void)
{
	save_text("options/mode-on", "on");
	save_text("options/mode-nocma", "nocma");
	save_text("options/line", "root=/dev/sda2 quiet hugepagesz=1G hugepages=16 cma=1G");
	save_text("options/line-quotes", "a=\"b c\" ftrace=\"x y\" \"cma=1G\" hugepages=\"4 a=");
	save_text("options/line-end", "default-hugepagesz=1G\t movable_node -- cma=1");
	save_text("options/line-off", "kmemleak=off slab_debug=- \"swiotlb=noforce\" page_owner");
	save_text("bootargs/usual", "nr_cpus=1 root=/dev/vda\tquiet\n  ");
	memset(buf, 0, sizeof(buf));
	memcpy(buf, "irqpoll", 7);
	save("bootargs/padded", buf, FADUMP_BOOTARGS_SZ);
	memset(buf, 'x', sizeof(buf));
	save("bootargs/no-end", buf, FADUMP_BOOTARGS_SZ + 1);
	save_text("bootargs/not-text", "a=\001\377");
}

/* -------- Device trees -------- */

static void begin_tree(void *fdt, u32 size_cells)
{
	must(!fdt_create(fdt, 1 << 14) &&
	     !fdt_add_reservemap_entry(fdt, FUZZ_MIB(700), FUZZ_MIB(1)) &&
	     !fdt_finish_reservemap(fdt) && !fdt_begin_node(fdt, "") &&
	     !fdt_property_u32(fdt, "#address-cells", 2) &&
	     !fdt_property_u32(fdt, "#size-cells", size_cells), "tree");
}

static void put_pair(void *fdt, const char *name, u64 at, u64 size)
{
	u8 pair[16];

	put_unaligned_be64(at, pair);
	put_unaligned_be64(size, pair + 8);
	must(!fdt_property(fdt, name, pair, sizeof(pair)), name);
}

static void put_memory(void *fdt, const char *name, u64 at, u64 size)
{
	must(!fdt_begin_node(fdt, name) &&
	     !fdt_property_string(fdt, "device_type", "memory"), name);
	put_pair(fdt, "reg", at, size);
	must(!fdt_end_node(fdt), name);
}

static size_t end_tree(void *fdt)
{
	must(!fdt_end_node(fdt) && !fdt_finish(fdt), "tree");
	return fdt_totalsize(fdt);
}

static void put_cpus(void *fdt)
{
	static const u8 threads[] = { 0, 0, 0, 0, 0, 0, 0, 1 };

	must(!fdt_begin_node(fdt, "cpus") && !fdt_begin_node(fdt, "PowerPC,POWER10@0") &&
	     !fdt_property(fdt, "ibm,ppc-interrupt-server#s", threads, sizeof(threads)) &&
	     !fdt_end_node(fdt) && !fdt_end_node(fdt), "cpus");
}

static size_t make_pseries(void *fdt)
{
	static const u8 sizes[] = {
		0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x13, 0xe0,
	};
	static const u8 lrdr[] = {
		0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 8,
	};
	struct fadump_plan plan = make_plan(PSERIES_TOP, 2);
	size_t len = make_dump(&plan, 0x13e0);

	begin_tree(fdt, 2);
	put_memory(fdt, "memory@0", 0, FUZZ_MIB(2048));
	put_cpus(fdt);
	must(!fdt_begin_node(fdt, "rtas") &&
	     !fdt_property_u32(fdt, "linux,rtas-base", FUZZ_MIB(767)) &&
	     !fdt_property_u32(fdt, "rtas-size", 0x10000) &&
	     !fdt_property(fdt, "ibm,lrdr-capacity", lrdr, sizeof(lrdr)) &&
	     !fdt_property_u32(fdt, "ibm,configure-kernel-dump", 0x202d) &&
	     !fdt_property(fdt, "ibm,configure-kernel-dump-sizes", sizes,
			   sizeof(sizes)) &&
	     !fdt_property(fdt, "ibm,kernel-dump", buf, len) &&
	     !fdt_end_node(fdt), "rtas");
	return end_tree(fdt);
}

static size_t make_powernv(void *fdt)
{
	begin_tree(fdt, 2);
	put_pair(fdt, "reserved-ranges", FUZZ_FIRMWARE_AT, FUZZ_FIRMWARE_SZ);
	put_memory(fdt, "memory@0", 0, FUZZ_MIB(2048));
	put_memory(fdt, "memory@c0000000", FUZZ_MIB(3072), FUZZ_MIB(3072));
	must(!fdt_begin_node(fdt, "reserved-memory") &&
	     !fdt_begin_node(fdt, "ibm,firmware-code@30000000"), "reserved");
	put_pair(fdt, "reg", FUZZ_FIRMWARE_AT, FUZZ_MIB(1));
	must(!fdt_end_node(fdt) && !fdt_begin_node(fdt, "pool"), "reserved");
	put_pair(fdt, "reg", FUZZ_MIB(4096), FUZZ_MIB(1));
	must(!fdt_property_string(fdt, "compatible", "shared-dma-pool") &&
	     !fdt_end_node(fdt) && !fdt_end_node(fdt) &&
	     !fdt_begin_node(fdt, "ibm,opal") && !fdt_begin_node(fdt, "dump") &&
	     !fdt_property_string(fdt, "compatible", "ibm,opal-dump"), "opal");
	put_pair(fdt, "fw-load-area", FUZZ_MIB(512), FUZZ_MIB(256));
	must(!fdt_property_u64(fdt, "mpipl-boot", 1) && !fdt_end_node(fdt) &&
	     !fdt_end_node(fdt), "opal");
	return end_tree(fdt);
}

static size_t make_bare(void *fdt)
{
	begin_tree(fdt, 1);
	return end_tree(fdt);
}

static void seed_trees(void)
{
	static u64 fdt[1 << 11];

	save("flat-tree/pseries", fdt, make_pseries(fdt));
	save("flat-tree/powernv", fdt, make_powernv(fdt));
	save("flat-tree/bare", fdt, make_bare(fdt));
}

int main(int argc, char **argv)
{
	must(argc == 2, "one directory");
	corpus = argv[1];
	seed_dump();
	seed_sizes();
	seed_regsave();
	seed_opal_meta();
	seed_opal_regs();
	seed_crash_info();
	seed_compat();
	seed_vmcoreinfo();
	seed_text();
	seed_trees();
	return 0;
}
