// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests of functions; the program itself is not run.
 */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check/check.h"
#include "import/import.h"
#include "lib/bounds.h"
#include "lib/child.h"
#include "lib/files.h"
#include "lib/hasher.h"
#include "lib/progress.h"
#include "lib/say.h"
#include "lib/sha256.h"
#include "lib/source.h"
#include "lib/stop.h"
#include "machine/map.h"
#include "machine/state.h"
#include "save/makedumpfile.h"
#include "selftest/pattern.h"
#include "selftest/selftest.h"
#include "target/tar.h"
#include "target/target.h"

static const char *test_name;
static unsigned int failures;

#define EXPECT(good) do { \
	if (!(good)) { \
		failures++; \
		printf("%s:%d: %s: %s\n", __FILE__, __LINE__, test_name, #good); \
	} \
} while (0)

/* -------- lib/say.c -------- */

static void test_size_text(void)
{
	EXPECT(!strcmp(size_text(0).s, "0 bytes"));
	EXPECT(!strcmp(size_text(1023).s, "1023 bytes"));
	EXPECT(!strcmp(size_text(1024).s, "1.0 KiB"));
	EXPECT(!strcmp(size_text(1024 * 1024 - 1).s, "1.0 MiB"));
	EXPECT(!strcmp(size_text(335544320).s, "320.0 MiB"));
	EXPECT(!strcmp(size_text(~0ULL).s, "16.0 EiB"));
}

static void test_printable(void)
{
	char buf[16];

	EXPECT(make_printable(buf, sizeof(buf), "a\tb", 3) == 3);
	EXPECT(!strcmp(buf, "a\tb"));
	make_printable(buf, sizeof(buf), "\x1b[0m\xff", 5);
	EXPECT(!strcmp(buf, "\\x1b[0m\\xff"));
	/* An escape that does not fit is left out whole. */
	EXPECT(make_printable(buf, 5, "ab\x01", 3) == 2);
	EXPECT(!strcmp(buf, "ab"));
	EXPECT(make_printable(buf, 1, "ab", 2) == 0);
	EXPECT(!buf[0]);
}

static void test_exit_codes(void)
{
	EXPECT(exit_code_of(28) == EXIT_FULL);
	EXPECT(exit_code_of(-28) == EXIT_FULL);
	EXPECT(exit_code_of(-32) == EXIT_LINK);
	EXPECT(exit_code_of(16) == EXIT_STATE);
	EXPECT(exit_code_of(13) == EXIT_FAILED);
}

/* -------- lib/progress.c -------- */

static void test_progress_line(void)
{
	unsigned int columns, permille;
	char line[128];

	for (columns = 0; columns <= 80; columns++)
		for (permille = 0; permille <= 1000; permille += 50) {
			progress_line(line, sizeof(line), columns,
				      "a name that is much too long", permille, 123456);
			EXPECT(!columns || strlen(line) < columns);
		}
	progress_line(line, sizeof(line), 80, "copying", 500, 61);
	EXPECT(strstr(line, "###############               ]"));
	EXPECT(strstr(line, "50 % ETA 0:01:01"));
	progress_line(line, sizeof(line), 80, "copying", 999, 61);
	EXPECT(!strstr(line, "ETA"));
	progress_line(line, sizeof(line), 80, "copying", 1000, 61);
	EXPECT(!strstr(line, "ETA"));
	EXPECT(permille_of(1, 0) == 1000);
	EXPECT(permille_of(1, 2) == 500);
	EXPECT(permille_of(~0ULL - 1, ~0ULL) <= 1000);
}

static void expect_progress(const char *line, const char *what, unsigned int permille,
			    const char *rest)
{
	unsigned int got_permille;
	const char *got_rest;
	char got[64];
	bool good = decode_progress(line, got, sizeof(got), &got_permille, &got_rest);

	EXPECT(good == !!what);
	if (good && what) {
		EXPECT(!strcmp(got, what));
		EXPECT(got_permille == permille);
		EXPECT(!strcmp(got_rest, rest));
	}
}

static void test_parse_progress(void)
{
	expect_progress("Copying data                 : [ 42.5 %] |  eta: 3s",
			"Copying data", 425, "");
	expect_progress("Excluding free pages : [100.0 %]", "Excluding free pages", 1000, "");
	expect_progress("Copying data : [ 1.0 %] \\  eta: 1h2mmkdir: x", "Copying data", 10,
			"mkdir: x");
	expect_progress("Copying data : [ 1.0 %] eta: 0sNo space", "Copying data", 10,
			"No space");
	expect_progress("Copying data : [ 1.0 %] oops", "Copying data", 10, "oops");
	expect_progress("makedumpfile Completed.", NULL, 0, NULL);
	expect_progress("readmem: [x %]", NULL, 0, NULL);
	expect_progress("a: [1.0", NULL, 0, NULL);
	expect_progress("", NULL, 0, NULL);
}

/* Of more than is kept, the end is kept, in whole lines. */
static void test_messages(void)
{
	struct messages m = { };
	char line[64];
	int i;

	for (i = 0; i < 500; i++) {
		snprintf(line, sizeof(line), "line %d of many\n", i);
		messages_add(&m, line, strlen(line));
	}
	EXPECT(m.tail_len <= sizeof(m.tail));
	EXPECT(!memcmp(m.tail, "line ", 5));
	EXPECT(memmem(m.tail, m.tail_len, "line 499 of many\n", 17));
	for (i = 0; i < 100000; i++)
		messages_add(&m, "x", 1);
	messages_add(&m, "\n", 1);
	EXPECT(m.tail_len <= sizeof(m.tail));
}

/* -------- target/target.c, target/names.c -------- */

static void expect_ssh(const char *text, const char *host, const char *port,
		       const char *path)
{
	struct target t = { };

	EXPECT(target_parse_ssh(&t, text) == !!host);
	if (!host)
		return;
	EXPECT(!strcmp(t.host, host));
	EXPECT(!strcmp(t.port, port));
	EXPECT(!strcmp(t.path.s, path));
}

static void test_ssh_targets(void)
{
	expect_ssh("ssh://host/path", "host", "", "/path");
	expect_ssh("ssh://user@host:2222/a b/c", "user@host", "2222", "/a b/c");
	expect_ssh("ssh://u@[fe80::1%eth0]:22/x", "u@fe80::1%eth0", "22", "/x");
	expect_ssh("ssh://[::1]/", "::1", "", "/");
	expect_ssh("ssh://host", NULL, NULL, NULL);
	expect_ssh("ssh:///path", NULL, NULL, NULL);
	expect_ssh("ssh://-oProxyCommand=x/path", NULL, NULL, NULL);
	expect_ssh("ssh://user@-x/path", NULL, NULL, NULL);
	expect_ssh("ssh://host:0/path", NULL, NULL, NULL);
	expect_ssh("ssh://host:99999/path", NULL, NULL, NULL);
	expect_ssh("ssh://host:22x/path", NULL, NULL, NULL);
	expect_ssh("ssh://a;b/path", NULL, NULL, NULL);
	expect_ssh("ssh://a b/path", NULL, NULL, NULL);
	expect_ssh("ssh://host/a\nb", NULL, NULL, NULL);
	expect_ssh("ssh://]a[/x", NULL, NULL, NULL);
	expect_ssh("/path", NULL, NULL, NULL);
}

static void test_names(void)
{
	static const char long_name[] =
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
	struct target t = { };

	target_set_name(&t, DUMP_KIND, "no/de 1", "0badcafe", 1795590007);
	EXPECT(t.has_id && !strcmp(t.prefix, "fadump-no_de_1-0badcafe-"));
	EXPECT(!strcmp(t.log_name, "fadumplog-no_de_1-0badcafe-20261125-070007"));
	EXPECT(is_dump_name_with_id(t.name, "0badcafe") &&
	       !is_dump_name_with_id(t.log_name, "0badcafe"));
	EXPECT(!is_dump_name(t.name, "fadump-no_de_1-"));
	target_set_name(&t, LOG_KIND, long_name, "12345678", 1795590007);
	EXPECT(strlen(t.name) + strlen("/vmcore.flat") <= 99);
	EXPECT(strstr(t.name, "x-12345678-20261125-070007"));
	target_set_name(&t, DUMP_KIND, "no/de 1", "", 1795590007);
	EXPECT(!t.has_id);
	EXPECT(!strcmp(t.prefix, "fadump-no_de_1-"));
	EXPECT(!strcmp(t.name, "fadump-no_de_1-20261125-070007"));
	EXPECT(is_dump_name(t.name, t.prefix));
	EXPECT(is_dump_name("fadump-no_de_1-20261125-070007-2", t.prefix));
	EXPECT(!is_dump_name("fadump-no_de_1-20261125-070007-", t.prefix));
	EXPECT(!is_dump_name("fadump-no_de_1-20261125-07000x", t.prefix));
	EXPECT(!is_dump_name("fadump-no_de_1-20261125-0700070", t.prefix));
	EXPECT(!is_dump_name("fadump-other-20261125-070007", t.prefix));
	EXPECT(!is_dump_name("fadump-no_de_1-", t.prefix));
	EXPECT(is_dump_name_with_id("fadump-a-0badcafe-0badcafe-20261125-070007-3", "0badcafe"));
	EXPECT(!is_dump_name_with_id("fadump-a-0badcafe-0badcaff-20261125-070007", "0badcafe"));
	EXPECT(!is_dump_name_with_id("fadump-a-0badcafe-20261125", "0badcafe"));
	EXPECT(!is_dump_name_with_id("x-0badcafe-20261125-070007", "0badcafe"));
	EXPECT(!is_dump_name_with_id("fadump-", "0badcafe"));
	EXPECT(is_partial_name(".fadump-no_de_1-20261125-070007.partial", t.prefix));
	EXPECT(!is_partial_name("fadump-no_de_1-20261125-070007.partial", t.prefix));
	EXPECT(!is_partial_name(".fadump-no_de_1-.partial", t.prefix));
	EXPECT(!is_partial_name(".partial", t.prefix));
}

/* -------- save/makedumpfile.c -------- */

static void test_makedumpfile_args(void)
{
	struct filter f = {
		.program = "m", .source = "in", .level = 31, .compress = "-l",
		.threads = 4,
	};
	struct makedumpfile_args a;
	const char *option = "";

	makedumpfile_args(&a, &f, "out");
	EXPECT(!strcmp(a.argv[1], "-l") && !strcmp(a.argv[2], "-d"));
	EXPECT(!strcmp(a.argv[6], "--num-threads") && !strcmp(a.argv[7], "4"));
	EXPECT(!strcmp(a.argv[8], "in") && !strcmp(a.argv[9], "out") && !a.argv[10]);
	/* Threads and a stream exclude each other. */
	makedumpfile_args(&a, &f, NULL);
	EXPECT(!strcmp(a.argv[6], "-F") && !strcmp(a.argv[7], "in") && !a.argv[8]);
	/* Before the files, each word on its own. */
	f.more = " --work-dir /x  -x vmlinux ";
	makedumpfile_args(&a, &f, "out");
	EXPECT(!strcmp(a.argv[8], "--work-dir") && !strcmp(a.argv[9], "/x"));
	EXPECT(!strcmp(a.argv[11], "vmlinux") && !strcmp(a.argv[12], "in") && !a.argv[14]);
	EXPECT(compress_option("zstd", &option) && !strcmp(option, "-z"));
	EXPECT(compress_option("none", &option) && !option);
	EXPECT(!compress_option("gzip", &option));
}

static void test_more_args(void)
{
	static const char * const good[] = {
		"", "--non-mmap", "--work-dir /x -e", "-x vmlinux", "-b 8", "-fD", "-xlpc", "cd",
		"--message-levels", "--cyclic-buffer=1024",
	};
	static const char * const bad[] = {
		"-d 1", "-d1", "-c", "-z", "-fd 1", "-F", "--", "--num-threads=2", "--num=2",
		"--m 1", "--non-mmap --dump-dmesg", "--check-params",
	};
	char many[2 * MAX_MORE_WORDS + 3] = "", text[MAX_MORE_ARGS + 1];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++)
		EXPECT(are_more_args(good[i]));
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT(!are_more_args(bad[i]));
	for (i = 0; i < MAX_MORE_WORDS; i++)
		strcat(many, "x ");
	EXPECT(are_more_args(many));
	EXPECT(!are_more_args(strcat(many, "x")));
	memset(text, 'x', sizeof(text));
	text[MAX_MORE_ARGS] = '\0';
	EXPECT(!are_more_args(text));
	text[MAX_MORE_ARGS - 1] = '\0';
	EXPECT(are_more_args(text));
}

/* -------- target/tar.c -------- */

static void test_tar(void)
{
	u8 block[TAR_BLOCK];

	tar_header(block, "a/b", 8589934591ULL, 0);
	EXPECT(!memcmp(block + 124, "77777777777", 12));
	tar_header(block, "a/b", 8589934592ULL, 0);
	EXPECT(block[124] == 0x80 && decode64(true, block + 128) == 8589934592ULL);
}

/* -------- machine/map.c -------- */

static struct memory_map map;

static void draw(const char *iomem, const char *regions)
{
	char text[2048];

	memset(&map, 0, sizeof(map));
	snprintf(text, sizeof(text), "%s", iomem);
	map_add_iomem(&map, text);
	snprintf(text, sizeof(text), "%s", regions);
	map_add_regions(&map, text);
}

#define MIB(n)	((n) * 1024ULL * 1024)

static void test_map(void)
{
	unsigned int i;

	draw("00000000-0fffffff : System RAM\n"
	     "  00000000-00ffffff : Kernel code\n"
	     "20000000-7fffffff : System RAM\n",
	     "CPU : [0x00000050010000-0x0000005001ffff] 0x10000 bytes, Dumped: 0x0\n"
	     "HPTE: [0x00000050020000-0x0000005001ffff] 0x0 bytes, Dumped: 0x0\n"
	     "DUMP: [0x00000050020000-0x0000006401ffff] 0x14000000 bytes, Dumped: 0x0\n");
	EXPECT(map.has_regions && !map.is_dump);
	EXPECT(map_end(&map) == MIB(2048));
	EXPECT(map_kind_at(&map, 0, 4096) == PIECE_BOOT);
	/* The hole is no part of boot memory, which goes on behind it. */
	EXPECT(map_kind_at(&map, MIB(256), MIB(512)) == PIECE_HOLE);
	EXPECT(map_kind_at(&map, MIB(575), MIB(576)) == PIECE_BOOT);
	EXPECT(map_kind_at(&map, MIB(576), MIB(577)) == PIECE_RAM);
	EXPECT(map_kind_at(&map, 0x50010000, 0x50020000) == PIECE_CPU);
	EXPECT(map_kind_at(&map, 0x50020000, 0x50030000) == PIECE_AREA);
	EXPECT(map_cell_size(&map, 512) == MIB(8));

	/* The format of Linux 7.3 as it comes. */
	draw("00000000-7fffffff : System RAM\n",
	     "CPU :[0x00000014000000-0x000000140013df] 0x13e0 bytes, Dumped: 0x13e0\n"
	     "DUMP: Src: 0x00000000000000, Dest: 0x00000014010000, Size: 0x14000000, Dumped: 0x14000000 bytes\n"
	     "\nMemory above 0x00000014000000 is reserved for saving crash dump\n");
	EXPECT(map.is_dump);
	EXPECT(map_kind_at(&map, 0, 4096) == PIECE_BOOT);
	EXPECT(map_kind_at(&map, 0x14010000, 0x14020000) == PIECE_AREA);
	EXPECT(map_kind_at(&map, MIB(2047), MIB(2048)) == PIECE_PRESERVED);
	/* The dump area does not belong to the preserved memory. */
	for (i = 0; i < map.nr; i++)
		EXPECT(map.piece[i].kind != PIECE_PRESERVED ||
		       (map.piece[i].start == 0x28010000 &&
			map.piece[i].end == MIB(2048)));

	/* Lines of nonsense are no pieces. */
	draw("00000000-00000000 : System RAM\n"
	     "ffffffffffffffff-ffffffffffffffff : System RAM\n",
	     "DUMP: Src: 0xffffffffffffffff, Dest: 0x1, Size: 0xffffffffffffffff, x\n"
	     "DUMP: [\nCPU\n    : [5-\n");
	EXPECT(map.addresses_hidden && !map.nr);
}

/* -------- lib/sha256.c, lib/hasher.c -------- */

static void test_sha256(void)
{
	struct sha256 h = { };
	char sum[SHA256_TEXT];
	int i;

	/* Of FIPS 180-4. One that was given up is not in the next one. */
	for (i = 0; i < 3; i++) {
		sha256_begin(&h);
		sha256_add(&h, "what is given up", 16);
		sha256_begin(&h);
		sha256_add(&h, "a", 1);
		sha256_add(&h, "bc", 2);
		EXPECT(sha256_end(&h, sum));
		EXPECT(!strcmp(sum, "ba7816bf8f01cfea414140de5dae2223"
			       "b00361a396177a9cb410ff61f20015ad"));
	}
	sha256_free(&h);
	sha256_of_text("abc", sum);
	EXPECT(!strncmp(sum, "ba7816bf8f01cfea", 16));
}

/* Each buffer is of another length, and has its own bytes. */
static void sum_buffers(unsigned int nr, char *got, char *want)
{
	struct sha256 by_hasher = { }, at_once = { };
	struct hasher h;
	unsigned int i;

	sha256_begin(&by_hasher);
	sha256_begin(&at_once);
	EXPECT(!hasher_begin(&h, &by_hasher));
	for (i = 0; i < nr; i++) {
		u8 *buf = hasher_buffer(&h);
		size_t len = i % 3 ? BUFFER_SIZE : i + 1;

		memset(buf, i + 1, len);
		sha256_add(&at_once, buf, len);
		hasher_pass(&h, len);
	}
	hasher_end(&h);
	EXPECT(sha256_end(&by_hasher, got) && sha256_end(&at_once, want));
	sha256_free(&by_hasher);
	sha256_free(&at_once);
}

static void test_hasher(void)
{
	char got[SHA256_TEXT], want[SHA256_TEXT];
	unsigned int nr;

	for (nr = 0; nr < 4 * MAX_BUFFERS; nr++) {
		sum_buffers(nr, got, want);
		EXPECT(!strcmp(got, want));
	}
}

static void test_hasher_without_sum(void)
{
	struct hasher h;
	int i;

	EXPECT(!hasher_begin(&h, NULL));
	for (i = 0; i < 4 * MAX_BUFFERS; i++) {
		memset(hasher_buffer(&h), i, BUFFER_SIZE);
		hasher_pass(&h, BUFFER_SIZE);
	}
	hasher_end(&h);
}

/* -------- machine/state.c -------- */

static void test_dump_status(void)
{
	struct dump_status d;

	snprintf(d.text, sizeof(d.text),
		 "dump: waiting\nno colon\nmissing: cpu (a: b)\nmissing: x\nboot_memory: 12\n");
	dump_status_parse(&d);
	EXPECT(d.nr == 4);
	EXPECT(!strcmp(dump_status_get(&d, "dump"), "waiting"));
	EXPECT(!strcmp(dump_status_get(&d, "missing"), "cpu (a: b)"));
	EXPECT(dump_status_number(&d, "boot_memory").value == 12);
	EXPECT(!dump_status_number(&d, "dump").known);
	EXPECT(!dump_status_get(&d, "no colon"));
	memset(d.text, '\n', sizeof(d.text));
	d.text[sizeof(d.text) - 1] = '\0';
	dump_status_parse(&d);
	EXPECT(!d.nr);
}

/* -------- check/run.c -------- */

static void wait_for_ever(struct check_input *in, struct finding *f)
{
	(void)in;
	signal(SIGTERM, SIG_IGN);
	finding_ok(f, "never seen");
	for (;;)
		pause();
}

static void end_at_once(struct check_input *in, struct finding *f)
{
	(void)in;
	(void)f;
	_exit(0);
}

static void see_parts(struct check_input *in, struct finding *f)
{
	in->state.waiting = true;
	finding_wrong(f, "as %s", "told");
}

static void test_check_run(void)
{
	struct check_input in = { };
	struct finding f = { .text = "as it was" };
	double began = clock_seconds();

	EXPECT(!check_run(wait_for_ever, &in, 0.2, &f));
	EXPECT(clock_seconds() - began < 5);
	EXPECT(!strcmp(f.text, "as it was"));
	EXPECT(check_run(see_parts, &in, 10, &f));
	EXPECT(f.verdict == VERDICT_WRONG && f.stops && !strcmp(f.text, "as told"));
	/* It has its own copy. */
	EXPECT(!in.state.waiting);
	EXPECT(check_run(end_at_once, &in, 10, &f));
	EXPECT(f.verdict == VERDICT_UNKNOWN && !f.stops);
}

/* -------- selftest/pattern.c -------- */

#define SEED	0xfedcba9876543210ULL
#define HERE	0x123450000ULL
#define THERE	0x543210000ULL

static struct pattern_result check_page(const u8 *page)
{
	return pattern_check(page, PATTERN_MIN_PAGE, SEED, HERE);
}

static void test_pattern_pages(void)
{
	static u8 page[PATTERN_MIN_PAGE], other[PATTERN_MIN_PAGE];
	struct pattern_result r;
	unsigned int i;

	pattern_make(page, sizeof(page), SEED, HERE);
	EXPECT(!memcmp(page, "fadump test page", 16));
	EXPECT(decode64(false, page + 16) == SEED && decode64(false, page + 24) == HERE);
	EXPECT(check_page(page).state == PATTERN_GOOD);
	/* Every bit counts, also those of the head. */
	for (i = 0; i < sizeof(page) * 8; i += 61) {
		page[i / 8] ^= 1 << i % 8;
		r = check_page(page);
		EXPECT(r.state == PATTERN_DAMAGED && r.words == 1);
		EXPECT(r.first == i / 64 * 8 && r.address == HERE);
		page[i / 8] ^= 1 << i % 8;
	}
	memset(page + 64, 0, sizeof(page) - 64);
	r = check_page(page);
	EXPECT(r.state == PATTERN_DAMAGED && r.first == 64);
	/* A head in its own place with nothing behind it. */
	memset(page + 32, 0, sizeof(page) - 32);
	EXPECT(check_page(page).state == PATTERN_DAMAGED);
	memset(page, 0, sizeof(page));
	EXPECT(check_page(page).state == PATTERN_FOREIGN);
	pattern_make(other, sizeof(other), SEED, THERE);
	r = check_page(other);
	EXPECT(r.state == PATTERN_MISPLACED && r.address == THERE && !r.words);
	/* Of another test. */
	pattern_make(other, sizeof(other), SEED + 1, HERE);
	EXPECT(check_page(other).state == PATTERN_FOREIGN);
}

static void test_pattern_registers(void)
{
	u64 regs[PATTERN_NR_REGS], others[PATTERN_NR_REGS];
	unsigned int n;

	for (n = 0; n < PATTERN_NR_REGS; n++) {
		regs[n] = pattern_register(SEED, 7, n);
		others[n] = pattern_register(SEED, 8, n);
		EXPECT(regs[n] != others[n] && (!n || regs[n] != regs[n - 1]));
	}
	EXPECT((u32)regs[0] == 7);
	EXPECT(pattern_match_registers(SEED, 7, regs) == PATTERN_NR_REGS);
	EXPECT(!pattern_match_registers(SEED, 7, others));
	EXPECT(pattern_cpu_of(SEED, others) == 8);
	EXPECT(pattern_cpu_of(SEED + 1, others) == -1);
	regs[3]++;
	EXPECT(pattern_match_registers(SEED, 7, regs) == PATTERN_NR_REGS - 1);
	memset(regs, 0, sizeof(regs));
	EXPECT(!pattern_match_registers(SEED, 0, regs) && pattern_cpu_of(SEED, regs) == -1);
	memset(regs, 255, sizeof(regs));
	EXPECT(pattern_cpu_of(SEED, regs) == -1);
}

/* -------- selftest/fill.c -------- */

/* Where memory is taken, see there; each page of it is in the middle of 1 GiB. */
#define TEST_BASE	0x200000000000ULL
#define TEST_PFN	0x20000ULL

static void make_file(const char *name, const char *text)
{
	struct path path = root_path(name), dir = path;

	for (char *at = dir.s; (at = strchr(at + 1, '/')); *at = '/') {
		*at = '\0';
		mkdir(dir.s, 0755);
	}
	close(open(path.s, O_WRONLY | O_CREAT, 0600));
	EXPECT(!file_write_text(path.s, text));
}

static void set_pfn(unsigned int page, u64 pfn)
{
	int fd = open(root_path("/proc/self/pagemap").s, O_WRONLY);
	u64 entry = pfn | 1ULL << 63;

	EXPECT(pwrite(fd, &entry, 8, (TEST_BASE / sysconf(_SC_PAGESIZE) + page) * 8) == 8);
	close(fd);
}

static bool is_listed(const struct filled *f, u64 pfn)
{
	json_t *o = thorough_json(f), *list, *value;
	bool found = false;
	const char *place;
	size_t i;

	json_object_foreach(json_object_get(o, "pages"), place, list)
		json_array_foreach(list, i, value)
			found |= json_integer_value(value) == (json_int_t)pfn;
	json_decref(o);
	return found;
}

/* What the kernel moves gets the pattern of its new place, and is listed there. */
static void test_refill(void)
{
	char top[] = "/tmp/fadumpctl-unit-XXXXXX", command[64], text[64];
	u64 size = sysconf(_SC_PAGESIZE);
	struct filled *f;
	unsigned int i;

	EXPECT(mkdtemp(top) && root_set(top));
	make_file("/proc/iomem", "00000000-3fffffff : System RAM\n");
	/* 32 pages of which 4 are kept, for one place. */
	snprintf(text, sizeof(text), "MemAvailable: %llu kB\n", 32 * size / 1024);
	make_file("/proc/meminfo", text);
	make_file("/proc/self/pagemap", "");
	make_file("/sys/devices/system/cpu/online", "0\n");
	for (i = 0; i < 28; i++)
		set_pfn(i, TEST_PFN);
	f = thorough_fill(SEED);
	EXPECT(f && !thorough_refill(f) && is_listed(f, TEST_PFN));
	for (i = 0; i < 28; i++)
		set_pfn(i, TEST_PFN + 1);
	EXPECT(thorough_refill(f) && !thorough_refill(f));
	EXPECT(is_listed(f, TEST_PFN + 1) && !is_listed(f, TEST_PFN));
	thorough_free(f);
	munmap((void *)TEST_BASE, 28 * size);
	root_set("");
	snprintf(command, sizeof(command), "rm -r %s", top);
	EXPECT(!system(command));
}

/* -------- import/reader.c -------- */

static void read_all(const char *text, bool (*read)(struct reader *r, struct setting *s))
{
	char copy[16];
	struct reader r = { .at = copy, .line = 1 };
	const char *end = stpcpy(copy, text);
	unsigned int nr = 0;
	struct setting s;

	while (read(&r, &s)) {
		EXPECT(++nr < sizeof(copy) && r.at <= end);
		EXPECT(strlen(s.name) + strlen(s.value) <= strlen(text));
		EXPECT(s.fault || is_printable(s.value));
	}
	EXPECT(r.at == end && r.line <= 1 + strlen(text));
}

/* Every text of up to six of the characters that mean something. */
static void test_import_readers(void)
{
	static const char chars[] = "A= \n#;\"'\\$";
	size_t nr = strlen(chars), max = 1, n, rest;
	char text[8], *at;

	for (n = 0; n < 6; n++)
		max *= nr + 1;
	for (n = 0; n < max; n++) {
		for (rest = n, at = text; rest; rest /= nr + 1)
			if (rest % (nr + 1))
				*at++ = chars[rest % (nr + 1) - 1];
		*at = '\0';
		read_all(text, read_words);
		read_all(text, read_shell);
	}
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "size text", test_size_text },
	{ "printable text", test_printable },
	{ "exit codes", test_exit_codes },
	{ "progress line", test_progress_line },
	{ "progress of makedumpfile", test_parse_progress },
	{ "messages", test_messages },
	{ "ssh targets", test_ssh_targets },
	{ "names", test_names },
	{ "makedumpfile's arguments", test_makedumpfile_args },
	{ "more arguments", test_more_args },
	{ "tar", test_tar },
	{ "map", test_map },
	{ "sha256", test_sha256 },
	{ "hasher", test_hasher },
	{ "hasher without a sum", test_hasher_without_sum },
	{ "dump_status", test_dump_status },
	{ "questions", test_check_run },
	{ "pattern of pages", test_pattern_pages },
	{ "pattern of registers", test_pattern_registers },
	{ "memory that moves", test_refill },
	{ "readers of import", test_import_readers },
};

int main(void)
{
	unsigned int failed = 0, i;

	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		test_name = tests[i].name;
		failures = 0;
		tests[i].run();
		failed += !!failures;
		printf("%s %s\n", failures ? "FAIL" : "ok  ", test_name);
	}
	printf("%zu unit tests passed, %u failed\n", ARRAY_SIZE(tests) - failed, failed);
	return !!failed;
}
