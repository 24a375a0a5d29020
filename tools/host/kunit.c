// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs the suites of tests/lib/ as a program and prints KTAP. Arguments are parts of
 * names of suites or cases; with arguments only matching ones run.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kunit/test.h>

#define MAX_SUITES	64
/* Seconds; a case that takes longer hangs, and SIGALRM ends the program. */
#define TIMEOUT		60

struct host_block {
	struct host_block *next;
	void *data;
};

static struct kunit_suite *suites[MAX_SUITES];
static unsigned int nr_suites, nr_passed, nr_failed;

void host_kunit_announce(struct kunit_suite **list)
{
	for (; *list && nr_suites < MAX_SUITES; list++)
		suites[nr_suites++] = *list;
}

void *kunit_kzalloc(struct kunit *test, size_t size, int gfp)
{
	struct host_block *block = malloc(sizeof(*block));
	void *data = calloc(1, size);

	(void)gfp;
	if (!block || !data)
		abort();
	block->data = data;
	block->next = test->blocks;
	test->blocks = block;
	return data;
}

/* Filled, so that a test cannot depend on zeroed memory. */
void *kunit_kmalloc(struct kunit *test, size_t size, int gfp)
{
	return memset(kunit_kzalloc(test, size, gfp), 0xa5, size);
}

void kunit_kfree(struct kunit *test, const void *ptr)
{
	struct host_block **at = &test->blocks, *block;

	while (*at && (*at)->data != ptr)
		at = &(*at)->next;
	block = *at;
	if (!block)
		return;
	*at = block->next;
	free(block->data);
	free(block);
}

void host_kunit_fail(struct kunit *test, bool fatal, const char *file, int line,
		     const char *fmt, ...)
{
	va_list args;

	test->failed = true;
	printf("# %s:%d: ", file, line);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	if (fatal)
		longjmp(*(jmp_buf *)test->jump, 1);
}

static bool run_once(const struct kunit_case *c, const void *param)
{
	struct kunit test = { .param_value = param };
	jmp_buf jump;

	test.jump = &jump;
	alarm(TIMEOUT);
	if (!setjmp(jump))
		c->run_case(&test);
	while (test.blocks)
		kunit_kfree(&test, test.blocks->data);
	if (test.failed)
		nr_failed++;
	else
		nr_passed++;
	return !test.failed;
}

static void report(int depth, bool ok, unsigned int nr, const char *name)
{
	printf("%*s%sok %u %s\n", depth * 4, "", ok ? "" : "not ", nr, name);
}

static bool run_params(const struct kunit_case *c)
{
	char desc[KUNIT_PARAM_DESC_SIZE];
	const void *param = NULL;
	unsigned int nr = 0;
	bool ok = true;

	printf("        # Subtest: %s\n", c->name);
	for (;;) {
		memset(desc, 0, sizeof(desc));
		param = c->generate_params(NULL, param, desc);
		if (!param)
			break;
		bool passed = run_once(c, param);

		report(2, passed, ++nr, desc);
		ok &= passed;
	}
	printf("        1..%u\n", nr);
	return ok;
}

static bool is_wanted(const char *suite, const char *name, char **words)
{
	if (!*words)
		return true;
	for (; *words; words++)
		if (strstr(suite, *words) || strstr(name, *words))
			return true;
	return false;
}

static bool run_suite(const struct kunit_suite *suite, char **words)
{
	const struct kunit_case *c;
	unsigned int nr = 0;
	bool ok = true;

	printf("    # Subtest: %s\n", suite->name);
	for (c = suite->test_cases; c->run_case; c++) {
		if (!is_wanted(suite->name, c->name, words))
			continue;
		bool passed = c->generate_params ? run_params(c) :
						   run_once(c, NULL);

		report(1, passed, ++nr, c->name);
		ok &= passed;
	}
	printf("    1..%u\n", nr);
	return ok;
}

int main(int argc, char **argv)
{
	unsigned int i;

	(void)argc;
	printf("KTAP version 1\n1..%u\n", nr_suites);
	for (i = 0; i < nr_suites; i++) {
		bool ok = run_suite(suites[i], argv + 1);

		report(0, ok, i + 1, suites[i]->name);
	}
	printf("%u passed, %u failed\n", nr_passed, nr_failed);
	return nr_failed || !nr_passed;
}
