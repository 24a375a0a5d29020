// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loads known values into registers of every CPU, so that the report can find them.
 *
 * A thread on each CPU loads them and then loops in user space: whatever stops the CPU
 * saves them. Only the CPU that crashes is in the kernel.
 */

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/bounds.h"
#include "lib/files.h"
#include "selftest/pattern.h"
#include "selftest/selftest.h"

/* Time for all threads to start. The report tells if a CPU ran something else. */
#define START_SECONDS	2

static atomic_uint running;

struct spin {
	u64 regs[PATTERN_NR_REGS];
};

/* "0-3" or "8", an element of a list in sysfs. False for anything else. */
static bool add_range(json_t *list, const char *text)
{
	unsigned int first, last, cpu;
	int n = sscanf(text, "%u-%u", &first, &last);

	if (n < 1)
		return false;
	if (n < 2)
		last = first;
	for (cpu = first; cpu <= last && cpu < MAX_CPUS; cpu++)
		json_array_append_new(list, json_integer(cpu));
	return true;
}

json_t *cpus_online(void)
{
	struct path path = root_path("/sys/devices/system/cpu/online");
	char text[MAX_TEXT], *range, *rest = text;
	json_t *list = json_array();

	file_read_text(path.s, text, sizeof(text));
	while (list && (range = strsep(&rest, ",")))
		if (!add_range(list, range))
			break;
	return list;
}

static _Noreturn void spin(const u64 *regs)
{
#ifdef __powerpc64__
	_Static_assert(PATTERN_FIRST_REG == 14 && PATTERN_NR_REGS == 8, "as loaded here");

	/* "or 1,1,1" lowers the priority: the other threads of the core run first. */
	asm volatile("ld 14,0(%0); ld 15,8(%0); ld 16,16(%0); ld 17,24(%0);"
		     "ld 18,32(%0); ld 19,40(%0); ld 20,48(%0); ld 21,56(%0);"
		     "or 1,1,1; 1: b 1b"
		     : : "b" (regs) : "memory", "r14", "r15", "r16", "r17", "r18", "r19",
		       "r20", "r21");
#endif
	while (*(volatile const u64 *)regs || true)
		;
}

static void *run(void *arg)
{
	struct spin *s = arg;

	atomic_fetch_add(&running, 1);
	spin(s->regs);
}

/* A CPU that the process may not use is left out; its registers are not ours then. */
static bool start_on(u64 seed, unsigned int cpu, cpu_set_t *set, size_t size)
{
	struct spin *s = malloc(sizeof(*s));
	pthread_attr_t attr;
	pthread_t thread;
	unsigned int n;
	bool started;

	if (!s)
		return false;
	for (n = 0; n < PATTERN_NR_REGS; n++)
		s->regs[n] = pattern_register(seed, cpu, n);
	CPU_ZERO_S(size, set);
	CPU_SET_S(cpu, size, set);
	pthread_attr_init(&attr);
	started = !pthread_attr_setaffinity_np(&attr, size, set) &&
		  !pthread_create(&thread, &attr, run, s);
	pthread_attr_destroy(&attr);
	/* The thread uses it until the machine crashes. */
	if (!started)
		free(s);
	return started;
}

static void wait_for(unsigned int threads)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	time_t end = time(NULL) + START_SECONDS;

	while (atomic_load(&running) < threads && time(NULL) < end)
		nanosleep(&pause, NULL);
	/* The last thread still has to load its registers. */
	nanosleep(&pause, NULL);
}

/**
 * cpus_load_registers - load known values into registers of every CPU, until this process ends
 * @seed: of the pattern
 * @cpus: numbers of CPUs
 */
void cpus_load_registers(u64 seed, const json_t *cpus)
{
	size_t size = CPU_ALLOC_SIZE(MAX_CPUS), i;
	cpu_set_t *set = CPU_ALLOC(MAX_CPUS);
	unsigned int threads = 0;

	for (i = 0; set && i < json_array_size(cpus); i++)
		threads += start_on(seed, json_integer_value(json_array_get(cpus, i)), set,
				    size);
	CPU_FREE(set);
	wait_for(threads);
}
