// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Crashes the kernel in the given ways and contexts.
 *
 *   echo 'WAY PLACE CPU [WAY PLACE CPU]...' >/sys/module/crasher/parameters/crash
 *
 * Each order has a CPU and a thread of its own there. The threads wait for each
 * other in their contexts, and for the spinners, so that all crash at once.
 */

#define pr_fmt(fmt) "crasher: " fmt

#include <linux/atomic.h>
#include <linux/console.h>
#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/panic.h>
#include <linux/panic_notifier.h>
#include <linux/preempt.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/string.h>

#include <asm/hw_irq.h>

#define MAX_ORDERS	8
#define FRAME_BYTES	64

struct order;

struct choice {
	const char *name;
	void (*go)(struct order *order);
};

struct order {
	const struct choice *way;
	const struct choice *place;
	unsigned int cpu;
	struct task_struct *thread;
	struct tasklet_struct tasklet;
	struct irq_work work;
};

static struct order orders[MAX_ORDERS];
static unsigned int nr_orders;
static atomic_t nr_started;
static atomic_t nr_there;

static void wait_for_all(atomic_t *nr)
{
	atomic_inc(nr);
	while (atomic_read(nr) < nr_orders)
		cpu_relax();
}

static void meet(void)
{
	wait_for_all(&nr_there);
}

/* Ways to crash or to block. The scenarios know the functions' names. */

static noinline void crasher_panic(struct order *order)
{
	meet();
	panic("crasher: panic of CPU %u", order->cpu);
}

static noinline void crasher_bug(struct order *order)
{
	meet();
	BUG();
}

static noinline void crasher_null(struct order *order)
{
	int *nowhere = NULL;

	meet();
	OPTIMIZER_HIDE_VAR(nowhere);
	*nowhere = 0;
}

static noinline void crasher_jump(struct order *order)
{
	void (*nowhere)(void) = NULL;

	meet();
	OPTIMIZER_HIDE_VAR(nowhere);
	nowhere();
}

static noinline unsigned long recurse(unsigned long depth)
{
	char here[FRAME_BYTES];

	memset(here, 0x5a, sizeof(here));
	barrier_data(here);
	if (*end_of_stack(current) == STACK_END_MAGIC)
		depth += recurse(depth + 1);
	barrier_data(here);
	return depth + here[0];
}

/* With interrupts on, an interrupt could use up the stack first. */
static noinline void crasher_overrun(struct order *order)
{
	meet();
	local_irq_disable();
	pr_info("overrun, %lu\n", recurse(0));
	local_irq_enable();
	schedule();
}

static noinline void crasher_spin(struct order *order)
{
	atomic_inc(&nr_there);
	for (;;)
		cpu_relax();
}

static int crasher_hang(struct notifier_block *block, unsigned long event, void *what)
{
	pr_emerg("a panic notifier hangs\n");
	for (;;)
		cpu_relax();
	return NOTIFY_DONE;
}

static struct notifier_block hanging = {
	.notifier_call = crasher_hang,
	.priority = INT_MAX,
};

static void crasher_notifier(struct order *order)
{
	atomic_notifier_chain_register(&panic_notifier_list, &hanging);
	meet();
}

static const struct choice ways[] = {
	{ "panic", crasher_panic },
	{ "bug", crasher_bug },
	{ "null", crasher_null },
	{ "jump", crasher_jump },
	{ "overrun", crasher_overrun },
	{ "spin", crasher_spin },
	{ "notifier", crasher_notifier },
};

/* Contexts. A thread that returns from one has not crashed. */

static void from_process(struct order *order)
{
	order->way->go(order);
}

static void with_preemption_off(struct order *order)
{
	preempt_disable();
	order->way->go(order);
	preempt_enable();
}

static void with_irqs_off(struct order *order)
{
	local_irq_disable();
	order->way->go(order);
	local_irq_enable();
}

/* Clears MSR[EE]; local_irq_disable() only masks interrupts in software. */
static void with_irqs_hard_off(struct order *order)
{
	hard_irq_disable();
	order->way->go(order);
	local_irq_enable();
}

static void with_console(struct order *order)
{
	console_lock();
	with_irqs_off(order);
	console_unlock();
}

static void tasklet(struct tasklet_struct *tasklet)
{
	struct order *order = container_of(tasklet, struct order, tasklet);

	order->way->go(order);
}

/* The softirq runs in local_bh_enable(), on its own stack. */
static void from_softirq(struct order *order)
{
	tasklet_setup(&order->tasklet, tasklet);
	local_bh_disable();
	tasklet_schedule(&order->tasklet);
	local_bh_enable();
}

static void work(struct irq_work *work)
{
	struct order *order = container_of(work, struct order, work);

	order->way->go(order);
}

static void from_hardirq(struct order *order)
{
	order->work = IRQ_WORK_INIT_HARD(work);
	irq_work_queue(&order->work);
}

static const struct choice places[] = {
	{ "process", from_process },
	{ "busy", with_preemption_off },
	{ "irqsoff", with_irqs_off },
	{ "hardoff", with_irqs_hard_off },
	{ "console", with_console },
	{ "softirq", from_softirq },
	{ "hardirq", from_hardirq },
};

/*
 * Wait until all threads run before the first one spins: a task that sends an
 * IPI to a spinning CPU waits for ever, and our thread on the task's CPU would
 * never start.
 */
static int obey(void *data)
{
	struct order *order = data;

	sched_set_fifo(current);
	wait_for_all(&nr_started);
	order->place->go(order);
	return 0;
}

static const struct choice *choose(const struct choice *from, size_t nr, const char *name)
{
	for (; nr--; from++)
		if (!strcmp(from->name, name))
			return from;
	return NULL;
}

static int parse(struct order *order, const char **text)
{
	char way[16], place[16];
	int used;

	if (sscanf(*text, " %15s %15s %u %n", way, place, &order->cpu, &used) != 3)
		return -EINVAL;
	*text += used;
	order->way = choose(ways, ARRAY_SIZE(ways), way);
	order->place = choose(places, ARRAY_SIZE(places), place);
	if (!order->way || !order->place || !cpu_online(order->cpu))
		return -EINVAL;
	order->thread = kthread_create(obey, order, "crasher/%u", order->cpu);
	if (IS_ERR(order->thread))
		return PTR_ERR(order->thread);
	kthread_bind(order->thread, order->cpu);
	return 0;
}

/* Only once: the counters are not reset. */
static int crash_set(const char *text, const struct kernel_param *param)
{
	unsigned int i;
	int rc;

	if (nr_orders)
		return -EBUSY;
	for (; *text; nr_orders++) {
		if (nr_orders == MAX_ORDERS)
			return -E2BIG;
		rc = parse(&orders[nr_orders], &text);
		if (rc)
			return rc;
	}
	/* This CPU's thread waits for all others: do not let it run before they are awake. */
	preempt_disable();
	for (i = 0; i < nr_orders; i++)
		wake_up_process(orders[i].thread);
	preempt_enable();
	return 0;
}

static const struct kernel_param_ops crash_ops = { .set = crash_set };
module_param_cb(crash, &crash_ops, NULL, 0200);
MODULE_PARM_DESC(crash, "how, where and on which CPU to crash");

MODULE_DESCRIPTION("Crashes for the fadump lab");
MODULE_LICENSE("GPL");
