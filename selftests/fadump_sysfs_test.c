// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Test the files of Documentation/ABI/testing/sysfs-kernel-fadump.
 *
 * The tests run in any kernel with fadump=on: in production, while a dump is waiting,
 * and after its release. They skip what does not apply. They leave the machine as it
 * was: armed or not, with the same bootargs_append, and with its dump. They never read
 * /proc/vmcore, because a program that reads the dump may count as having saved it.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "../../kselftest_harness.h"

#define DIR_PATH "/sys/kernel/fadump"
#define REGIONS_PATH "/sys/kernel/debug/powerpc/fadump_region"
#define LAYOUT_PATH "/sys/kernel/debug/powerpc/fadump_layout"
#define VMCORE_PATH "/proc/vmcore"

/* In seconds: a test makes two firmware calls, each of which may take a minute. */
#define TIMEOUT 150

/* COMMAND_LINE_SIZE of the architecture, with the terminating NUL. */
#define LINE_SIZE 2048

/* The smaller one of RTAS's and OPAL's minimum. */
#define MIN_BOOT_MEMORY (320LL << 20)

#define NOBODY 65534

#define TEXT_SIZE 65536

/* -------- Files -------- */

static const char *path_of(const char *name)
{
	static char path[128];

	if (name[0] == '/')
		return name;
	snprintf(path, sizeof(path), DIR_PATH "/%s", name);
	return path;
}

static bool exists(const char *name)
{
	return !access(path_of(name), F_OK);
}

/* Open a file and close it again. Return: 0 or an errno. */
static int try_open(const char *name, int flags)
{
	int fd = open(path_of(name), flags);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Read a whole file as a string. Return: 0 or an errno. */
static int read_text(const char *name, char *text)
{
	int fd = open(path_of(name), O_RDONLY), rc = 0;
	size_t len = 0;
	ssize_t got;

	text[0] = '\0';
	if (fd < 0)
		return errno;
	while ((got = read(fd, text + len, TEXT_SIZE - 1 - len)) > 0)
		len += got;
	if (got < 0)
		rc = errno;
	close(fd);
	text[len] = '\0';
	return rc;
}

/* Write in one call. Return: 0 or an errno. */
static int write_bytes(const char *name, const void *data, size_t len)
{
	int fd = open(path_of(name), O_WRONLY), rc = 0;
	ssize_t done;

	if (fd < 0)
		return errno;
	done = write(fd, data, len);
	if (done < 0)
		rc = errno;
	else if ((size_t)done != len)
		rc = EIO;
	close(fd);
	return rc;
}

static int write_text(const char *name, const char *text)
{
	return write_bytes(name, text, strlen(text));
}

static bool reads_as(const char *name, const char *expected)
{
	static char text[TEXT_SIZE];

	return !read_text(name, text) && !strcmp(text, expected);
}

/* The number in a file; -1 if it contains anything but one decimal number. */
static long long number_in(const char *name)
{
	static char text[TEXT_SIZE];
	size_t digits;

	if (read_text(name, text))
		return -1;
	digits = strspn(text, "0123456789");
	if (!digits || digits > 18 || strcmp(text + digits, "\n"))
		return -1;
	return strtoll(text, NULL, 10);
}

/* The value of a "key: value" line, or NULL. */
static const char *value_of(const char *text, const char *key)
{
	static char value[256];
	size_t len = strlen(key);
	const char *line;

	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, len) || strncmp(line + len, ": ", 2))
			continue;
		line += len + 2;
		snprintf(value, sizeof(value), "%.*s",
			 (int)strcspn(line, "\n"), line);
		return value;
	}
	return NULL;
}

static bool is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

/* The number of a "key: value" line; -1 if there is none. */
static long long number_of(const char *text, const char *key)
{
	const char *value = value_of(text, key);

	return value && is_number(value) ? strtoll(value, NULL, 10) : -1;
}

/* Is the word in the list? '#' in the list stands for any number. */
static bool is_among(const char *word, const char *list)
{
	size_t len = word ? strlen(word) : 0, size;

	for (; len && *list; list += size + strspn(list + size, " ")) {
		size = strcspn(list, " ");
		if (size == len && !strncmp(word, list, len))
			return true;
		if (size == 1 && *list == '#' && is_number(word))
			return true;
	}
	return false;
}

/* -------- The state of the machine -------- */

/* What became of the dump that this kernel found at boot. */
static bool dump_is(const char *outcome)
{
	static char text[TEXT_SIZE];
	const char *value;

	if (read_text("dump_status", text))
		return false;
	value = value_of(text, "dump");
	return value && !strcmp(value, outcome);
}

static bool is_enabled(void)
{
	return reads_as("enabled", "1\n");
}

/* The files that this program writes to, as they were at its start. */
static struct {
	char registered[TEXT_SIZE];
	char bootargs[TEXT_SIZE];
} at_start;

static void save_state(void)
{
	read_text("registered", at_start.registered);
	read_text("bootargs_append", at_start.bootargs);
}

/* It writes only what has changed, so it may run twice. */
static void restore_state(void)
{
	if (dump_is("waiting") || !is_enabled())
		return;
	if (exists("bootargs_append") &&
	    !reads_as("bootargs_append", at_start.bootargs) &&
	    write_text("bootargs_append", at_start.bootargs))
		ksft_print_msg("could not restore bootargs_append\n");
	if (!reads_as("registered", at_start.registered) &&
	    write_text("registered", at_start.registered))
		ksft_print_msg("could not restore registered\n");
}

/* Files that do not change with arming and disarming. */
static const char * const steady_files[] = {
	"enabled", "mem_reserved", "cma_size", "hotplug_ready", "dump_status",
	"boot_mem_size", "boot_mem_used", "boot_mem_recommended",
};

struct steady {
	char text[ARRAY_SIZE(steady_files)][TEXT_SIZE];
};

static void read_steady_files(struct steady *s)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(steady_files); i++)
		read_text(steady_files[i], s->text[i]);
}

/* -------- Which files exist -------- */

static const struct {
	const char *name;
	mode_t mode;
} files[] = {
	{ "enabled", 0444 },
	{ "registered", 0644 },
	{ "release_mem", 0200 },
	{ "dump_status", 0444 },
	{ "mem_reserved", 0444 },
	{ "cma_size", 0444 },
	{ "boot_mem_size", 0444 },
	{ "boot_mem_used", 0444 },
	{ "boot_mem_recommended", 0444 },
	{ "hotplug_ready", 0444 },
	{ "bootargs_append", 0644 },
};

#define NR_FILES ARRAY_SIZE(files)

TEST(modes_and_owners)
{
	struct stat st;
	size_t i;

	for (i = 0; i < NR_FILES; i++) {
		if (lstat(path_of(files[i].name), &st)) {
			EXPECT_EQ(ENOENT, errno);
			continue;
		}
		EXPECT_EQ(S_IFREG | files[i].mode, st.st_mode) {
			TH_LOG("%s has mode %o", files[i].name, st.st_mode);
		}
		EXPECT_EQ(0, st.st_uid);
		EXPECT_EQ(0, st.st_gid);
	}
}

TEST(no_file_is_undocumented)
{
	struct dirent *entry;
	DIR *dir = opendir(DIR_PATH);
	size_t i;

	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		for (i = 0; i < NR_FILES; i++)
			if (!strcmp(entry->d_name, files[i].name))
				break;
		EXPECT_NE(NR_FILES, i) {
			TH_LOG("%s is not documented", entry->d_name);
		}
	}
	closedir(dir);
}

TEST(files_of_every_kernel)
{
	EXPECT_TRUE(exists("enabled"));
	EXPECT_TRUE(exists("registered"));
	EXPECT_TRUE(exists("dump_status"));
	EXPECT_TRUE(exists("mem_reserved"));
	EXPECT_TRUE(exists("cma_size"));
	EXPECT_TRUE(exists("boot_mem_size"));
	EXPECT_TRUE(exists("boot_mem_used"));
	EXPECT_TRUE(exists("boot_mem_recommended"));
	EXPECT_TRUE(exists("hotplug_ready"));
}

TEST(release_mem_only_after_a_crash)
{
	if (dump_is("given-up"))
		SKIP(return, "the dump was given up before there were files");
	EXPECT_EQ(!dump_is("none"), exists("release_mem"));
	EXPECT_EQ(!dump_is("none"), exists("/sys/kernel/fadump_release_mem"));
}

/* /proc/cpuinfo has the line after those of all CPUs. */
static bool has_radix_mmu(void)
{
	FILE *file = fopen("/proc/cpuinfo", "r");
	bool is_radix = false;
	char line[256];

	if (!file)
		return false;
	while (!is_radix && fgets(line, sizeof(line), file))
		is_radix = !strcmp(line, "MMU\t\t: Radix\n");
	fclose(file);
	return is_radix;
}

TEST(bootargs_append_exists)
{
	if (!is_enabled()) {
		EXPECT_FALSE(exists("bootargs_append"));
		return;
	}
	if (!has_radix_mmu())
		SKIP(return, "with a hash MMU it depends on the place of the dump area");
	EXPECT_TRUE(exists("bootargs_append"));
}

TEST(legacy_links_lead_to_the_same_files)
{
	static const char * const names[] = {
		"enabled", "registered", "release_mem"
	};
	char path[128];
	struct stat new, old;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!exists(names[i]))
			continue;
		snprintf(path, sizeof(path), "/sys/kernel/fadump_%s", names[i]);
		ASSERT_EQ(0, lstat(path, &old)) {
			TH_LOG("no %s", path);
		}
		EXPECT_TRUE(S_ISLNK(old.st_mode));
		ASSERT_EQ(0, stat(path, &old));
		ASSERT_EQ(0, stat(path_of(names[i]), &new));
		EXPECT_EQ(new.st_dev, old.st_dev);
		EXPECT_EQ(new.st_ino, old.st_ino);
	}
}

/* -------- Permissions -------- */

/* sysfs applies modes to root as well. */
TEST(modes_hold_for_root)
{
	size_t i;

	for (i = 0; i < NR_FILES; i++) {
		if (!exists(files[i].name))
			continue;
		EXPECT_EQ(files[i].mode & 0222 ? 0 : EACCES,
			  try_open(files[i].name, O_WRONLY)) {
			TH_LOG("writing %s", files[i].name);
		}
		EXPECT_EQ(files[i].mode & 0444 ? 0 : EACCES,
			  try_open(files[i].name, O_RDONLY)) {
			TH_LOG("reading %s", files[i].name);
		}
	}
}

TEST(other_users_may_only_read)
{
	size_t i;

	ASSERT_EQ(0, setgid(NOBODY));
	ASSERT_EQ(0, setuid(NOBODY));
	for (i = 0; i < NR_FILES; i++) {
		if (!exists(files[i].name))
			continue;
		EXPECT_EQ(EACCES, try_open(files[i].name, O_WRONLY)) {
			TH_LOG("writing %s", files[i].name);
		}
		EXPECT_EQ(files[i].mode & 0004 ? 0 : EACCES,
			  try_open(files[i].name, O_RDONLY)) {
			TH_LOG("reading %s", files[i].name);
		}
	}
}

/* -------- Contents -------- */

TEST(switches_are_0_or_1)
{
	EXPECT_TRUE(reads_as("enabled", "0\n") || reads_as("enabled", "1\n"));
	EXPECT_TRUE(reads_as("registered", "0\n") ||
		    reads_as("registered", "1\n"));
}

TEST(hotplug_ready_is_1)
{
	EXPECT_TRUE(reads_as("hotplug_ready", "1\n"));
}

TEST(armed_implies_enabled_and_no_dump)
{
	if (!reads_as("registered", "1\n"))
		SKIP(return, "not armed");
	EXPECT_TRUE(is_enabled());
	EXPECT_FALSE(dump_is("waiting"));
}

TEST(dump_area)
{
	long long reserved = number_in("mem_reserved");

	ASSERT_LE(0, reserved);
	EXPECT_EQ(is_enabled(), reserved > MIN_BOOT_MEMORY);
	EXPECT_EQ(!is_enabled(), reserved == 0);
}

static bool is_nocma(void)
{
	static char text[TEXT_SIZE];
	const char *word, *last = NULL;

	read_text("/proc/cmdline", text);
	for (word = text; (word = strstr(word, "fadump=")); word++)
		if (word == text || word[-1] == ' ')
			last = word + strlen("fadump=");
	return last && !strncmp(last, "nocma", 5);
}

TEST(cma_area)
{
	static char text[TEXT_SIZE];
	long long cma = number_in("cma_size"), kib;
	const char *total;

	ASSERT_LE(0, cma);
	EXPECT_LE(cma, number_in("mem_reserved"));
	EXPECT_EQ(0, cma % getpagesize());
	EXPECT_TRUE(!cma || (!dump_is("waiting") && !is_nocma()));

	/* It is a part of all CMA areas. */
	ASSERT_EQ(0, read_text("/proc/meminfo", text));
	total = value_of(text, "CmaTotal");
	kib = total ? strtoll(total, NULL, 10) : 0;
	EXPECT_LE(cma, kib * 1024);
}

TEST(boot_memory)
{
	long long size = number_in("boot_mem_size");

	ASSERT_LE(0, size);
	EXPECT_EQ(0, size % getpagesize());
	if (dump_is("waiting")) {
		EXPECT_LT(0, size);
		return;
	}
	EXPECT_EQ(is_enabled(), size >= MIN_BOOT_MEMORY);
	EXPECT_EQ(is_enabled(), size != 0);
	EXPECT_TRUE(!size || size < number_in("mem_reserved"));
}

/* It may grow during the test, so the order of reads matters. */
TEST(used_boot_memory)
{
	long long used = number_in("boot_mem_used");

	ASSERT_LE(0, used);
	if (dump_is("none") || dump_is("given-up")) {
		EXPECT_EQ(0, used);
		return;
	}
	EXPECT_LT(0, used);
	EXPECT_LE(used, number_in("boot_mem_used"));
	if (dump_is("waiting"))
		EXPECT_LE(number_in("boot_mem_used"), number_in("boot_mem_size"));
}

TEST(recommended_boot_memory)
{
	long long used = number_in("boot_mem_used");
	long long recommended = number_in("boot_mem_recommended");

	EXPECT_LE(MIN_BOOT_MEMORY, recommended);
	if (!used)
		return;
	EXPECT_LE(used + used / 4, recommended);
	EXPECT_EQ(0, recommended % (16 << 20));
}

/* -------- dump_status -------- */

static const struct {
	const char *key;
	const char *values;
} status_lines[] = {
	{ "attempt", "#" },
	{ "attempt_limit", "#" },
	{ "read", "no end" },
	{ "description", "firmware record none" },
	{ "record", "own FADMPSIG FADMPINF none" },
	{ "crashing_cpu", "# unknown" },
	{ "crash_registers", "record firmware none" },
	{ "cpus", "#" },
	{ "vmcoreinfo", "record search none" },
	{ "boot_memory", "#" },
	{ "preserved_memory", "#" },
};

static const char * const missing[] = {
	"fw-error", "section", "boot-memory", "registers", "cpu", "bootargs",
	"crash-info", "crash-info-part", "crash-registers", "vmcoreinfo",
	"notes-memory", "description", "firmware-window",
};

/* How many lines begin with this key. */
static int count_of(const char *text, const char *key)
{
	const char *line;
	int count = 0;

	for (line = text; *line; line += strcspn(line, "\n"), line += !!*line)
		count += !strncmp(line, key, strlen(key)) &&
			 line[strlen(key)] == ':';
	return count;
}

TEST(status_begins_with_the_outcome)
{
	static char text[TEXT_SIZE];

	ASSERT_EQ(0, read_text("dump_status", text));
	ASSERT_EQ(0, strncmp(text, "dump: ", 6));
	EXPECT_TRUE(is_among(value_of(text, "dump"),
			     "none waiting released given-up"));
	EXPECT_EQ(1, count_of(text, "dump"));
	EXPECT_EQ(dump_is("none"), !strcmp(text, "dump: none\n"));
}

TEST(status_is_keys_and_values)
{
	static char text[TEXT_SIZE];
	size_t key, len;
	char *line;

	ASSERT_EQ(0, read_text("dump_status", text));
	for (line = text; *line; line += len + 1) {
		len = strcspn(line, "\n");
		ASSERT_EQ('\n', line[len]);
		key = strspn(line, "abcdefghijklmnopqrstuvwxyz_");
		EXPECT_LT(0, key);
		EXPECT_EQ(0, strncmp(line + key, ": ", 2)) {
			TH_LOG("'%.*s'", (int)len, line);
		}
		EXPECT_LT(key + 2, len);
	}
}

TEST(status_has_every_line)
{
	static char text[TEXT_SIZE];
	size_t i;

	ASSERT_EQ(0, read_text("dump_status", text));
	if (dump_is("none"))
		SKIP(return, "no dump was found");
	for (i = 0; i < ARRAY_SIZE(status_lines); i++) {
		const char *key = status_lines[i].key;

		ASSERT_EQ(1, count_of(text, key)) {
			TH_LOG("%s", key);
		}
		EXPECT_TRUE(is_among(value_of(text, key),
				     status_lines[i].values)) {
			TH_LOG("%s: %s", key, value_of(text, key));
		}
	}
	EXPECT_EQ(1, count_of(text, "kernel"));
}

/* The slot of each CPU in the crashed kernel's crash_notes is filled or left. */
TEST(status_counts_notes)
{
	static char text[TEXT_SIZE], wanted[TEXT_SIZE];
	unsigned int filled, left;
	int fields;

	ASSERT_EQ(0, read_text("dump_status", text));
	if (dump_is("none"))
		SKIP(return, "no dump was found");
	ASSERT_EQ(1, count_of(text, "crash_notes"));
	fields = sscanf(value_of(text, "crash_notes"),
			"%u slots filled, %u left", &filled, &left);
	ASSERT_EQ(2, fields);
	snprintf(wanted, sizeof(wanted), "%u slots filled, %u left", filled, left);
	EXPECT_STREQ(wanted, value_of(text, "crash_notes"));
	EXPECT_EQ(number_of(text, "cpus"), filled + left);
}

/* A known word and its explanation in brackets. */
static bool is_missing_value(const char *value)
{
	size_t word = strcspn(value, " "), len = strlen(value), i;

	if (len <= word + 3 || strncmp(value + word, " (", 2) ||
	    value[len - 1] != ')')
		return false;
	for (i = 0; i < ARRAY_SIZE(missing); i++)
		if (strlen(missing[i]) == word && !strncmp(value, missing[i], word))
			return true;
	return false;
}

TEST(status_names_what_is_missing)
{
	static char text[TEXT_SIZE];
	const char *line, *value;

	ASSERT_EQ(0, read_text("dump_status", text));
	if (dump_is("none"))
		SKIP(return, "no dump was found");
	value = value_of(text, "missing");
	ASSERT_NE(NULL, value);
	if (!strcmp(value, "none")) {
		EXPECT_EQ(1, count_of(text, "missing"));
		return;
	}
	for (line = text; (line = strstr(line, "missing: ")); line++) {
		value = value_of(line, "missing");
		EXPECT_TRUE(is_missing_value(value)) {
			TH_LOG("'%s'", value);
		}
	}
}

TEST(status_all_memory_is_returned)
{
	static char text[TEXT_SIZE];

	ASSERT_EQ(0, read_text("dump_status", text));
	if (dump_is("none"))
		SKIP(return, "no dump was found");
	if (dump_is("waiting")) {
		EXPECT_EQ(0, count_of(text, "returned"));
		EXPECT_EQ(0, count_of(text, "to_return"));
		return;
	}
	EXPECT_LT(0, number_of(text, "returned"));
	EXPECT_EQ(0, number_of(text, "to_return"));
}

TEST(vmcore_while_a_dump_waits)
{
	static char text[TEXT_SIZE];
	long long boot, preserved;
	struct stat st;

	if (!dump_is("waiting")) {
		EXPECT_FALSE(exists(VMCORE_PATH));
		return;
	}
	ASSERT_EQ(0, stat(VMCORE_PATH, &st));
	ASSERT_EQ(0, read_text("dump_status", text));
	boot = number_of(text, "boot_memory");
	preserved = number_of(text, "preserved_memory");
	ASSERT_LE(0, boot);
	ASSERT_LE(0, preserved);
	EXPECT_LE(boot + preserved, (long long)st.st_size);
}

/* -------- fadump_region in debugfs: programs parse it -------- */

#define MAX_REGIONS 512

struct region {
	char label[8];
	unsigned long long base, end, size, dumped;
};

/* Parse one line. False unless it has exactly the documented format. */
static bool parse_region(const char *line, size_t len, struct region *r)
{
	char expected[160];

	if (len < 6 || sscanf(line + 6, "[%llx-%llx] %llx bytes, Dumped: %llx",
			      &r->base, &r->end, &r->size, &r->dumped) != 4)
		return false;
	snprintf(r->label, sizeof(r->label), "%.6s", line);
	snprintf(expected, sizeof(expected),
		 "%s[0x%014llx-0x%014llx] 0x%llx bytes, Dumped: 0x%llx",
		 r->label, r->base, r->end, r->size, r->dumped);
	return strlen(expected) == len && !strncmp(expected, line, len) &&
	       r->end + 1 - r->base == r->size;
}

FIXTURE(regions)
{
	char text[TEXT_SIZE];
	struct region region[MAX_REGIONS];
	int nr;
};

FIXTURE_SETUP(regions)
{
	const char *line;
	size_t len;

	if (read_text(REGIONS_PATH, self->text))
		SKIP(return, "no " REGIONS_PATH);
	for (line = self->text; *line; line += len + 1) {
		len = strcspn(line, "\n");
		ASSERT_EQ('\n', line[len]);
		ASSERT_LT(self->nr, MAX_REGIONS);
		ASSERT_TRUE(parse_region(line, len, &self->region[self->nr])) {
			TH_LOG("'%.*s'", (int)len, line);
		}
		self->nr++;
	}
}

FIXTURE_TEARDOWN(regions)
{
}

static long long sum_of(const struct region *r, int nr, const char *label)
{
	long long sum = 0;
	int i;

	for (i = 0; i < nr; i++)
		if (!strcmp(r[i].label, label))
			sum += r[i].size;
	return sum;
}

TEST_F(regions, labels_in_order)
{
	static const char order[] = "CPU : HPTE: DUMP:     : ";
	const char *at = order, *next;
	int i;

	for (i = 0; i < self->nr; i++) {
		next = strstr(at, self->region[i].label);
		ASSERT_NE(NULL, next) {
			TH_LOG("'%s' after '%.6s'", self->region[i].label, at);
		}
		at = next;
	}
}

TEST_F(regions, none_lies_in_another)
{
	const struct region *a, *b;
	int i, k;

	for (i = 0; i < self->nr; i++) {
		for (k = 0; k < i; k++) {
			a = &self->region[i];
			b = &self->region[k];
			if (!a->size || !b->size)
				continue;
			EXPECT_TRUE(a->end < b->base || b->end < a->base) {
				TH_LOG("%llx and %llx", a->base, b->base);
			}
		}
	}
}

TEST_F(regions, dumped_is_all_or_nothing)
{
	bool waiting = dump_is("waiting");
	int i;

	for (i = 0; i < self->nr; i++)
		EXPECT_EQ(waiting ? self->region[i].size : 0,
			  self->region[i].dumped);
}

TEST_F(regions, next_dump_fits_its_area)
{
	unsigned long long low = ~0ULL, high = 0;
	long long reserved, memory;
	int i;

	if (dump_is("waiting") || !is_enabled())
		SKIP(return, "the file does not show the next dump");
	reserved = number_in("mem_reserved");
	memory = sum_of(self->region, self->nr, "DUMP: ");
	EXPECT_LE(MIN_BOOT_MEMORY, memory);
	EXPECT_LT(memory, reserved);
	EXPECT_EQ(0, sum_of(self->region, self->nr, "    : "));
	for (i = 0; i < self->nr; i++) {
		if (!self->region[i].size)
			continue;
		if (self->region[i].base < low)
			low = self->region[i].base;
		if (self->region[i].end > high)
			high = self->region[i].end;
	}
	EXPECT_LT(high - low, (unsigned long long)reserved);
}

TEST_F(regions, sums_are_those_of_the_status)
{
	static char text[TEXT_SIZE];

	if (!dump_is("waiting"))
		SKIP(return, "no dump is waiting");
	ASSERT_EQ(0, read_text("dump_status", text));
	EXPECT_EQ(number_of(text, "boot_memory"),
		  sum_of(self->region, self->nr, "DUMP: "));
	EXPECT_EQ(number_of(text, "preserved_memory"),
		  sum_of(self->region, self->nr, "    : "));
}

/* -------- No dump is waiting: armed and disarmed -------- */

FIXTURE(ready)
{
	struct steady before;
	int log;
};

FIXTURE_VARIANT(ready)
{
	const char *state;
	const char *other;
	const char *layout;
};

FIXTURE_VARIANT_ADD(ready, armed)
{
	.state = "1\n",
	.other = "0\n",
	.layout = "armed",
};

FIXTURE_VARIANT_ADD(ready, disarmed)
{
	.state = "0\n",
	.other = "1\n",
	.layout = "planned",
};

FIXTURE_SETUP(ready)
{
	if (dump_is("waiting"))
		SKIP(return, "a dump is waiting");
	if (!is_enabled())
		SKIP(return, "fadump is off");
	read_steady_files(&self->before);
	ASSERT_EQ(0, write_text("registered", variant->state));
	ASSERT_TRUE(reads_as("registered", variant->state));
	self->log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	if (self->log >= 0)
		lseek(self->log, 0, SEEK_END);
}

/* No test changes the other files. */
FIXTURE_TEARDOWN(ready)
{
	static struct steady after;
	size_t i;

	read_steady_files(&after);
	for (i = 0; i < ARRAY_SIZE(steady_files); i++)
		EXPECT_STREQ(self->before.text[i], after.text[i]);
	restore_state();
	EXPECT_TRUE(reads_as("registered", at_start.registered));
	EXPECT_TRUE(!exists("bootargs_append") ||
		    reads_as("bootargs_append", at_start.bootargs));
}

/* Has firmware accepted a registration since the test began? */
static bool log_has_registration(int log)
{
	static char record[8192];
	bool seen = false;
	ssize_t got;

	for (;;) {
		got = read(log, record, sizeof(record) - 1);
		if (got < 0 && errno == EPIPE)
			continue;
		if (got <= 0)
			return seen;
		record[got] = '\0';
		seen |= !!strstr(record, " fadump: Registration is successful!");
	}
}

TEST_F_TIMEOUT(ready, takes_the_other_state, TIMEOUT)
{
	ASSERT_EQ(0, write_text("registered", variant->other));
	EXPECT_TRUE(reads_as("registered", variant->other));
	EXPECT_TRUE(reads_as("/sys/kernel/fadump_registered", variant->other));
	ASSERT_EQ(0, write_text("/sys/kernel/fadump_registered", variant->state));
	EXPECT_TRUE(reads_as("registered", variant->state));
}

TEST_F_TIMEOUT(ready, takes_its_own_state_again, TIMEOUT)
{
	int i;

	for (i = 0; i < 3; i++) {
		EXPECT_EQ(0, write_text("registered", variant->state));
		EXPECT_TRUE(reads_as("registered", variant->state));
	}
}

TEST_F_TIMEOUT(ready, an_open_file_follows, TIMEOUT)
{
	int fd = open(path_of("registered"), O_RDONLY);
	char text[2] = "";

	ASSERT_LE(0, fd);
	ASSERT_EQ(2, pread(fd, text, 2, 0));
	EXPECT_EQ(0, memcmp(variant->state, text, 2));
	ASSERT_EQ(0, write_text("registered", variant->other));
	ASSERT_EQ(2, pread(fd, text, 2, 0));
	EXPECT_EQ(0, memcmp(variant->other, text, 2));
	close(fd);
}

TEST_F_TIMEOUT(ready, firmware_is_told, TIMEOUT)
{
	static char text[TEXT_SIZE];
	const char *state;

	if (self->log < 0)
		SKIP(return, "no /dev/kmsg");
	if (!read_text(LAYOUT_PATH, text)) {
		state = value_of(text, "state");
		ASSERT_NE(NULL, state);
		EXPECT_STREQ(variant->layout, state);
	}
	EXPECT_FALSE(log_has_registration(self->log));
	ASSERT_EQ(0, write_text("registered", variant->other));
	EXPECT_EQ(variant->other[0] == '1', log_has_registration(self->log));
}

TEST_F_TIMEOUT(ready, takes_all_number_formats, TIMEOUT)
{
	static const char * const one[] = {
		"1", "1\n", "0x1", "0x1\n", "01", "+1\n", "0X1", "001\n"
	};
	static const char * const zero[] = {
		"0", "0\n", "0x0", "00\n", "+0", "-0\n"
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(one); i++) {
		EXPECT_EQ(0, write_text("registered", one[i]));
		EXPECT_TRUE(reads_as("registered", "1\n")) {
			TH_LOG("'%s'", one[i]);
		}
		if (i < ARRAY_SIZE(zero)) {
			EXPECT_EQ(0, write_text("registered", zero[i]));
			EXPECT_TRUE(reads_as("registered", "0\n")) {
				TH_LOG("'%s'", zero[i]);
			}
		}
	}
}

TEST_F_TIMEOUT(ready, refuses_invalid_states, TIMEOUT)
{
	static const char * const junk[] = {
		"2", "-1", "\n", " ", "on", "off", "y", "n", "true", " 1", "1 ",
		"1 1", "1x", "x1", "0x", "0x2", "1\n\n", "0\n0", "1.0",
		/* 1 and 0 for a parser that drops the upper 32 bits. */
		"4294967297", "4294967296", "18446744073709551617",
		"0x100000001", "-4294967295",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(junk); i++) {
		EXPECT_EQ(EINVAL, write_text("registered", junk[i])) {
			TH_LOG("'%s'", junk[i]);
		}
		EXPECT_TRUE(reads_as("registered", variant->state)) {
			TH_LOG("'%s'", junk[i]);
		}
	}
	EXPECT_FALSE(log_has_registration(self->log));
}

TEST_F_TIMEOUT(ready, refuses_zero_bytes_and_long_numbers, TIMEOUT)
{
	static char text[4000];

	EXPECT_EQ(EINVAL, write_bytes("registered", text, 1));
	EXPECT_EQ(EINVAL, write_bytes("registered", text, sizeof(text)));
	memset(text, '1', sizeof(text));
	EXPECT_EQ(EINVAL, write_bytes("registered", text, sizeof(text)));
	EXPECT_TRUE(reads_as("registered", variant->state));
}

TEST_F_TIMEOUT(ready, regions_stay_the_same, TIMEOUT)
{
	static char before[TEXT_SIZE], after[TEXT_SIZE];

	if (read_text(REGIONS_PATH, before))
		SKIP(return, "no " REGIONS_PATH);
	ASSERT_EQ(0, write_text("registered", variant->other));
	ASSERT_EQ(0, read_text(REGIONS_PATH, after));
	EXPECT_STREQ(before, after);
}

#define WRITERS 4
#define ROUNDS 8

/* A concurrent read returns one of the two states. */
TEST_F_TIMEOUT(ready, many_at_once, TIMEOUT)
{
	static char text[TEXT_SIZE];
	pid_t child[WRITERS];
	int i, k, status;

	for (i = 0; i < WRITERS; i++) {
		child[i] = fork();
		ASSERT_LE(0, child[i]);
		if (child[i])
			continue;
		for (k = 0; k < ROUNDS; k++) {
			if (write_text("registered", (i + k) % 2 ? "1" : "0"))
				_exit(1);
			if (read_text("registered", text) ||
			    (strcmp(text, "0\n") && strcmp(text, "1\n")))
				_exit(2);
		}
		_exit(0);
	}
	for (i = 0; i < WRITERS; i++) {
		ASSERT_EQ(child[i], waitpid(child[i], &status, 0));
		EXPECT_EQ(0, status);
	}
	EXPECT_EQ(0, write_text("registered", variant->state));
	EXPECT_TRUE(reads_as("registered", variant->state));
}

TEST_F(ready, nothing_to_release)
{
	if (!exists("release_mem")) {
		EXPECT_EQ(ENOENT, try_open("release_mem", O_WRONLY));
		return;
	}
	/* Never write 1 while a dump is waiting: it would release the dump. */
	ASSERT_TRUE(dump_is("released"));
	ASSERT_FALSE(exists(VMCORE_PATH));
	EXPECT_EQ(EPERM, write_text("release_mem", "1"));
	EXPECT_EQ(EPERM, write_text("release_mem", "0"));
	EXPECT_EQ(EPERM, write_text("release_mem", "junk"));
	EXPECT_EQ(EPERM, write_text("/sys/kernel/fadump_release_mem", "1"));
	EXPECT_TRUE(reads_as("registered", variant->state));
}

/* -------- bootargs_append: armed and disarmed -------- */

FIXTURE(bootargs)
{
	char line[LINE_SIZE];
	int space_left;
};

FIXTURE_VARIANT(bootargs)
{
	const char *state;
};

FIXTURE_VARIANT_ADD(bootargs, armed)
{
	.state = "1\n",
};

FIXTURE_VARIANT_ADD(bootargs, disarmed)
{
	.state = "0\n",
};

static const char old_text[] = "selftest.old=1 selftest.a=\"b c\"\n";

FIXTURE_SETUP(bootargs)
{
	static char cmdline[TEXT_SIZE];

	if (dump_is("waiting"))
		SKIP(return, "a dump is waiting");
	if (!exists("bootargs_append"))
		SKIP(return, "no bootargs_append");
	/* Arguments of the crashed kernel may be longer than a write accepts. */
	if (write_text("bootargs_append", at_start.bootargs))
		SKIP(return, "bootargs_append could not be restored");
	ASSERT_EQ(0, read_text("/proc/cmdline", cmdline));
	/* Less a space before the arguments and the terminating NUL. */
	self->space_left = LINE_SIZE - 2 - (int)strcspn(cmdline, "\n");
	if (self->space_left < 100)
		SKIP(return, "the command line is full");
	memset(self->line, 'x', sizeof(self->line));
	ASSERT_EQ(0, write_text("registered", variant->state));
	ASSERT_EQ(0, write_text("bootargs_append", old_text));
}

FIXTURE_TEARDOWN(bootargs)
{
	EXPECT_TRUE(reads_as("registered", variant->state));
	restore_state();
	EXPECT_TRUE(reads_as("registered", at_start.registered));
	EXPECT_TRUE(reads_as("bootargs_append", at_start.bootargs));
}

TEST_F(bootargs, reads_what_was_written)
{
	EXPECT_TRUE(reads_as("bootargs_append", old_text));
	EXPECT_EQ(0, write_text("bootargs_append", "nr_cpus=1"));
	EXPECT_TRUE(reads_as("bootargs_append", "nr_cpus=1\n"));
}

TEST_F(bootargs, a_shorter_text_leaves_no_tail)
{
	EXPECT_EQ(0, write_text("bootargs_append", "a=1\n"));
	EXPECT_TRUE(reads_as("bootargs_append", "a=1\n"));
	EXPECT_EQ(0, write_text("bootargs_append", "\n"));
	EXPECT_TRUE(reads_as("bootargs_append", "\n"));
}

TEST_F(bootargs, keeps_blanks_before_and_between)
{
	EXPECT_EQ(0, write_text("bootargs_append", "  a=1   b=2\n"));
	EXPECT_TRUE(reads_as("bootargs_append", "  a=1   b=2\n"));
}

TEST_F(bootargs, survives_the_other_state)
{
	const char *other = variant->state[0] == '1' ? "0" : "1";

	ASSERT_EQ(0, write_text("registered", other));
	EXPECT_TRUE(reads_as("bootargs_append", old_text));
	ASSERT_EQ(0, write_text("registered", variant->state));
	EXPECT_TRUE(reads_as("bootargs_append", old_text));
}

TEST_F(bootargs, refuses_unprintable_characters)
{
	static const struct {
		const char *text;
		size_t len;
	} junk[] = {
		{ "a=1\n\n", 5 }, { "\na=1", 4 }, { "a=1\nb=2\n", 8 },
		{ "a=\t1", 4 }, { "a=1\r\n", 5 }, { "a\0b", 3 }, { "\0", 1 },
		{ "a=1\0", 4 }, { "\x7f", 1 }, { "a=\xc3\xa9\n", 5 },
		{ "\x1b[0m", 4 }, { "a=1\n\0", 5 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(junk); i++) {
		EXPECT_EQ(EINVAL, write_bytes("bootargs_append", junk[i].text,
					      junk[i].len)) {
			TH_LOG("case %zu", i);
		}
		EXPECT_TRUE(reads_as("bootargs_append", old_text)) {
			TH_LOG("case %zu", i);
		}
	}
}

TEST_F(bootargs, refuses_what_is_too_long)
{
	EXPECT_EQ(EINVAL, write_bytes("bootargs_append", self->line, LINE_SIZE));
	EXPECT_TRUE(reads_as("bootargs_append", old_text));
	/* The newline counts. */
	self->line[LINE_SIZE - 1] = '\n';
	EXPECT_EQ(EINVAL, write_bytes("bootargs_append", self->line, LINE_SIZE));
	EXPECT_TRUE(reads_as("bootargs_append", old_text));
}

TEST_F(bootargs, takes_what_fits_into_the_command_line)
{
	char expected[LINE_SIZE + 1];

	EXPECT_EQ(ENOSPC, write_bytes("bootargs_append", self->line,
				      LINE_SIZE - 1));
	EXPECT_TRUE(reads_as("bootargs_append", old_text));
	EXPECT_EQ(ENOSPC, write_bytes("bootargs_append", self->line,
				      self->space_left + 1));
	EXPECT_TRUE(reads_as("bootargs_append", old_text));

	EXPECT_EQ(0, write_bytes("bootargs_append", self->line, self->space_left));
	snprintf(expected, sizeof(expected), "%.*s\n", self->space_left,
		 self->line);
	EXPECT_TRUE(reads_as("bootargs_append", expected));
}

/* -------- While a dump is waiting -------- */

FIXTURE(waiting)
{
	char status[TEXT_SIZE];
	struct stat vmcore;
};

FIXTURE_SETUP(waiting)
{
	if (!dump_is("waiting"))
		SKIP(return, "no dump is waiting");
	ASSERT_EQ(0, read_text("dump_status", self->status));
	ASSERT_EQ(0, stat(VMCORE_PATH, &self->vmcore));
}

/* The dump is unchanged, and no test has read from it. */
FIXTURE_TEARDOWN(waiting)
{
	static char text[TEXT_SIZE];
	struct stat st;

	EXPECT_EQ(0, read_text("dump_status", text));
	EXPECT_STREQ(self->status, text);
	ASSERT_EQ(0, stat(VMCORE_PATH, &st));
	EXPECT_EQ(self->vmcore.st_size, st.st_size);
	EXPECT_TRUE(reads_as("registered", "0\n"));
}

TEST_F(waiting, nothing_can_be_armed)
{
	static const char * const texts[] = { "0", "1", "2", "-1", "junk", "\n" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		EXPECT_EQ(EPERM, write_text("registered", texts[i])) {
			TH_LOG("'%s'", texts[i]);
		}
		EXPECT_TRUE(reads_as("registered", "0\n"));
	}
}

TEST_F(waiting, arguments_are_not_taken)
{
	static char text[TEXT_SIZE];

	if (!exists("bootargs_append"))
		SKIP(return, "no bootargs_append");
	ASSERT_EQ(0, read_text("bootargs_append", text));
	EXPECT_EQ(EPERM, write_text("bootargs_append", "selftest.a=1\n"));
	EXPECT_EQ(EPERM, write_text("bootargs_append", "\n"));
	EXPECT_EQ(EPERM, write_text("bootargs_append", "\x7f"));
	EXPECT_TRUE(reads_as("bootargs_append", text));
}

/* No text in this list may look like 1 to any parser: it would release the dump. */
TEST_F(waiting, release_takes_nothing_but_1)
{
	static const char * const junk[] = {
		"0", "2", "-2", "0x0", "0x2", "junk", "release", "\n", "yes",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(junk); i++) {
		EXPECT_EQ(EINVAL, write_text("release_mem", junk[i])) {
			TH_LOG("'%s'", junk[i]);
		}
		ASSERT_TRUE(dump_is("waiting"));
	}
}

TEST_F(waiting, has_registers_and_memory)
{
	static const char * const keys[] = {
		"cpus", "boot_memory", "preserved_memory"
	};
	size_t i;

	if (!strstr(self->status, "\nmissing: none\n"))
		SKIP(return, "part of the dump is missing");
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		EXPECT_LT(0, number_of(self->status, keys[i]));
}

/* -------- Is there anything to test? -------- */

static const char *skip_reason(void)
{
	if (geteuid())
		return "only root may write";
	if (!exists(DIR_PATH))
		return "no firmware-assisted dump here";
	if (!is_enabled() && !dump_is("waiting"))
		return "firmware-assisted dump is off";
	return NULL;
}

int main(int argc, char **argv)
{
	const char *why = skip_reason();

	if (why) {
		ksft_print_header();
		ksft_exit_skip("%s\n", why);
	}
	save_state();
	/* For a test that is killed; the others restore the state themselves. */
	atexit(restore_state);
	return test_harness_run(argc, argv);
}
