// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The RTAS backend: pseries machines under PowerVM, KVM or QEMU.
 */

#define pr_fmt(fmt) "rtas fadump: " fmt

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/libfdt.h>
#include <linux/of.h>
#include <linux/of_fdt.h>
#include <linux/sizes.h>

#include <asm/drmem.h>
#include <asm/rtas.h>

#include "boot/boot.h"

/*
 * Smallest boot memory. With less the boot loader and prom_init cannot place the
 * kernel, the initrd and the device tree.
 */
#define RTAS_MIN_BOOT_MEM	(320 * SZ_1M)

/* Sections other than boot memory: CPU, HPTE, boot arguments. */
#define RTAS_OTHER_SECTIONS	3

/* Timeout of one command while firmware is busy. */
#define RTAS_MAX_WAIT_MS	60000

/* Tries of ibm,os-term, 10 s in all: the crash path waits 1 ms after each of them. */
#define RTAS_MAX_OS_TERM_TRIES	10000

/* The dump memory structure for firmware, which needs a real address. */
static u8 dump_buf[RTAS_DUMP_BUF_SZ] __aligned(8);

/* Firmware's last status, for messages: an errno tells less. */
static int last_status;

static u32 dump_token __ro_after_init;

static const char sizes_name[] = "ibm,configure-kernel-dump-sizes";

/*
 * Hardware threads that may ever run on this machine. ibm,lrdr-capacity has an address
 * and a size, which are as wide as the root node says, and then one cell: the largest
 * number of cores.
 */
static u32 __init count_possible_threads(unsigned long rtas)
{
	struct fadump_bytes lrdr = fadump_flat_prop(rtas, "ibm,lrdr-capacity");
	u32 skip = fdt_address_cells(initial_boot_params, 0) +
		   fdt_size_cells(initial_boot_params, 0);
	u32 present, per_core, cores;

	present = fadump_flat_threads(&per_core);
	cores = fadump_be32_at(&lrdr, (u64)skip * sizeof(__be32));
	return min_t(u64, max_t(u64, present, (u64)cores * per_core),
		     FADUMP_MAX_CPUS);
}

/* Memory that SLOF uses. The first range of RAM is the real mode area. */
static struct fadump_range __init find_slof_window(void)
{
	int node = fdt_path_offset(initial_boot_params, "/openprom");
	struct fadump_bytes model = { };

	if (node >= 0)
		model = fadump_flat_prop(node, "model");
	return rtas_slof_window(&model, fadump_flat_ram_from(0));
}

static int __init rtas_probe(unsigned long node, struct fadump_fw *fw)
{
	struct fadump_bytes token = fadump_flat_prop(node, "ibm,configure-kernel-dump");
	struct fadump_bytes prop = fadump_flat_prop(node, sizes_name);
	struct rtas_dump_sizes sizes;

	dump_token = fadump_be32_at(&token, 0);
	if (token.len < sizeof(__be32) || dump_token == RTAS_UNKNOWN_SERVICE)
		return -ENODEV;

	rtas_dump_sizes_decode(&prop, &sizes);
	fw->min_boot_mem = RTAS_MIN_BOOT_MEM;
	fw->nr_threads = count_possible_threads(node);
	fw->cpu_size = rtas_cpu_slot_size(&sizes, fw->nr_threads);
	fw->hpte_size = sizes.hpte;
	fw->window = find_slof_window();
	fw->dump = fadump_flat_prop(node, "ibm,kernel-dump");
	return 0;
}

/* Search for the LMB that contains @addr. @left: bytes from @addr to the LMB's end. */
struct lmb_search {
	u64 addr;
	u64 left;
};

static int __init match_lmb(struct drmem_lmb *lmb, const __be32 **usable,
			    void *data)
{
	struct lmb_search *search = data;
	u64 offset = search->addr - lmb->base_addr;

	if ((lmb->flags & (DRCONF_MEM_ASSIGNED | DRCONF_MEM_RESERVED)) !=
	    DRCONF_MEM_ASSIGNED || search->addr < lmb->base_addr ||
	    offset >= drmem_lmb_size())
		return 0;
	search->left = drmem_lmb_size() - offset;
	return 1;
}

/* Like fadump_flat_ram_from(), but it also finds LMBs that have no memory node. */
static u64 __init find_ram_from(u64 addr)
{
	struct lmb_search search = {
		.addr = addr, .left = fadump_flat_ram_from(addr),
	};
	int node = fdt_path_offset(initial_boot_params,
				   "/ibm,dynamic-reconfiguration-memory");

	if (!search.left && node >= 0)
		walk_drmem_lmbs_early(node, &search, match_lmb);
	return search.left;
}

static int __init rtas_decode(const struct fadump_fw *fw,
			      struct fadump_dump *dump)
{
	int rc = rtas_dump_decode(&fw->dump, dump);

	if (rc)
		pr_err(FW_BUG "Description of the waiting dump is invalid (%d), %zu bytes\n",
		       rc, fw->dump.len);
	else
		pr_info("Firmware-assisted dump is active.\n");
	fadump_dump_bound_param(dump, find_ram_from(dump->param.base));
	return rc;
}

/*
 * Wait as long as firmware asks, at most @left_ms. Returns false if firmware is not
 * busy, or if no time is left.
 */
static bool wait_while_busy(int status, bool can_sleep, unsigned int *left_ms)
{
	unsigned int ms = rtas_busy_delay_time(status);

	if (!ms || !*left_ms)
		return false;
	ms = min(ms, *left_ms);
	*left_ms -= ms;
	if (can_sleep)
		msleep(ms);
	else
		mdelay(ms);
	return true;
}

static int dump_call(u32 command, const void *buf, size_t len, bool can_sleep)
{
	unsigned int left_ms = RTAS_MAX_WAIT_MS;
	int status;

	do {
		status = rtas_call(dump_token, 3, 1, NULL, command,
				   buf ? (u32)__pa(buf) : 0, (u32)len);
	} while (wait_while_busy(status, can_sleep, &left_ms));

	last_status = status;
	if (rtas_busy_delay_time(status))
		return -ETIMEDOUT;
	return rtas_status_errno(status);
}

static int dump_register(size_t len)
{
	return dump_call(RTAS_DUMP_REGISTER, dump_buf, len, true);
}

static void report_failure(int rc)
{
	switch (rc) {
	case -EEXIST:
		pr_err("Already registered!\n");
		break;
	case -EINVAL:
		pr_err("Failed to register. Parameter Error(%d).\n", last_status);
		break;
	case -EBUSY:
		pr_err("Failed to register. Firmware holds a dump(%d).\n",
		       last_status);
		break;
	case -ETIMEDOUT:
		pr_err("Failed to register. Firmware is busy for more than %u s.\n",
		       RTAS_MAX_WAIT_MS / 1000);
		break;
	default:
		pr_err("Failed to register. %s Error(%d).\n",
		       last_status == RTAS_HARDWARE_ERROR ? "Hardware" : "Unknown",
		       last_status);
		break;
	}
}

/*
 * Firmware has a registration of an earlier kernel, because a registration survives a
 * reset. It is not for this kernel's plan, so replace it.
 */
static int replace_registration(size_t len)
{
	int rc = dump_call(RTAS_DUMP_UNREGISTER, NULL, 0, true);

	if (rc)
		return rc;
	pr_info("Replacing the registration of an earlier boot\n");
	return dump_register(len);
}

/* From the live tree: after a migration firmware may want other sizes. */
static void read_sizes(struct rtas_dump_sizes *sizes)
{
	struct device_node *rtas = of_find_node_by_path("/rtas");
	struct fadump_bytes prop = { };
	int len;

	prop.data = of_get_property(rtas, sizes_name, &len);
	if (prop.data)
		prop.len = len;
	rtas_dump_sizes_decode(&prop, sizes);
	of_node_put(rtas);
}

static int encode_plan(const struct fadump_plan *plan, size_t *len)
{
	struct rtas_dump_sizes sizes;
	int rc;

	read_sizes(&sizes);
	rc = rtas_dump_encode(plan, &sizes, dump_buf, sizeof(dump_buf), len);
	if (rc)
		pr_err("Failed to register. Firmware wants %llu bytes for CPUs and %llu for HPTEs, there are %llu and %llu.\n",
		       sizes.cpu, sizes.hpte, plan->cpu.size, plan->hpte.size);
	return rc;
}

static int rtas_arm(const struct fadump_plan *plan, bool again)
{
	size_t len;
	int rc;

	rc = encode_plan(plan, &len);
	if (rc)
		return rc;
	rc = dump_register(len);
	if (rc == -EEXIST)
		rc = again ? 0 : replace_registration(len);
	if (rc) {
		report_failure(rc);
		return rc;
	}
	pr_info("Registration is successful!\n");
	return 0;
}

static int rtas_disarm(bool can_sleep)
{
	return dump_call(RTAS_DUMP_UNREGISTER, NULL, 0, can_sleep);
}

/*
 * kexec copies the live or the flat tree for the next kernel, which must not find a
 * description of the discarded dump there. This function sleeps. If a caller cannot,
 * the mark in the record tells the next kernel: fadump_vmcore_mark_ended().
 */
static void remove_description(void)
{
	struct device_node *rtas = of_find_node_by_path("/rtas");
	struct property *prop = of_find_property(rtas, "ibm,kernel-dump", NULL);
	int node = fdt_path_offset(initial_boot_params, "/rtas");

	if (prop)
		of_remove_property(rtas, prop);
	of_node_put(rtas);
	if (node >= 0)
		fdt_nop_property(initial_boot_params, node, "ibm,kernel-dump");
}

static int rtas_discard(bool can_sleep)
{
	int rc = dump_call(RTAS_DUMP_INVALIDATE, NULL, 0, can_sleep);

	if (rc)
		pr_err("Failed to invalidate the dump (%d), it stays\n",
		       last_status);
	else if (can_sleep)
		remove_description();
	return rc;
}

/*
 * This function cannot use rtas_call(), which takes a lock that the crashing CPU may
 * hold, nor rtas_os_term(), which has no timeout. A system reset may interrupt this
 * function and call it again, which is safe: @args gets the same values.
 */
static void rtas_trigger(const char *msg)
{
	static struct rtas_args args;
	static char text[256];
	s32 token = rtas_function_token(RTAS_FN_IBM_OS_TERM);
	int i, status = 0;

	if (token == RTAS_UNKNOWN_SERVICE)
		return;
	scnprintf(text, sizeof(text), "OS panic: %s", msg);
	for (i = 0; i < RTAS_MAX_OS_TERM_TRIES; i++) {
		rtas_call_unlocked(&args, token, 1, 1, NULL, (u32)__pa(text));
		status = be32_to_cpu(args.rets[0]);
		if (!rtas_busy_delay_time(status))
			break;
		mdelay(1);
	}
	pr_emerg("ibm,os-term returned %d\n", status);
}

const struct fadump_backend rtas_fadump_backend = {
	.name = "rtas",
	.node = "rtas",
	.max_copies = RTAS_MAX_SECTIONS - RTAS_OTHER_SECTIONS,
	.keeps_dump = true,
	.probe = rtas_probe,
	.decode = rtas_decode,
	.arm = rtas_arm,
	.disarm = rtas_disarm,
	.discard = rtas_discard,
	.trigger = rtas_trigger,
	.cpus_open = rtas_regsave_open,
	.cpus_next = rtas_regsave_next,
};
