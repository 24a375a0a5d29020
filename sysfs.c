// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /sys/kernel/fadump: a read shows a snapshot of the state, a write requests a change.
 */

#define pr_fmt(fmt) "fadump: " fmt

#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/sysfs.h>

#include "boot/boot.h"
#include "capture/capture.h"

/* A copy of what the files show, taken under the state's lock. */
struct snapshot {
	bool enabled;
	bool registered;
	bool captured;
	bool can_release;
	bool has_bootargs;
	u64 reserved;
	u64 boot_mem;
	u64 estimate;
};

/* Boot memory of this kernel if a dump is waiting, else of the next capture kernel. */
static u64 boot_mem_size(const struct fadump *f)
{
	if (f->state == FADUMP_CAPTURED)
		return f->boot_mem;
	return f->enabled ? f->plan.boot_mem_size : 0;
}

static int take_snapshot(const struct fadump *f, void *arg)
{
	enum fadump_state state = READ_ONCE(f->state);
	struct snapshot *s = arg;

	s->enabled = f->enabled;
	s->registered = state == FADUMP_ARMED;
	s->captured = state == FADUMP_CAPTURED;
	s->can_release = s->captured || READ_ONCE(f->deferred.nr);
	s->has_bootargs = f->enabled && f->plan.param.size;
	s->reserved = f->enabled ? f->plan.area.size : 0;
	s->boot_mem = boot_mem_size(f);
	s->estimate = f->estimate;
	return 0;
}

static struct snapshot snapshot(void)
{
	struct snapshot s;

	fadump_inspect(take_snapshot, &s);
	return s;
}

static ssize_t enabled_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%d\n", snapshot().enabled);
}

static ssize_t registered_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", snapshot().registered);
}

/* Check the permission before the value: older tools rely on the order of errors. */
static ssize_t registered_store(struct kobject *kobj,
				struct kobj_attribute *attr, const char *buf,
				size_t count)
{
	struct snapshot s = snapshot();
	int rc, value;

	if (!s.enabled || s.captured)
		return -EPERM;
	if (kstrtoint(buf, 0, &value) || value < 0 || value > 1)
		return -EINVAL;
	rc = fadump_register(value);
	return rc ?: count;
}

static ssize_t mem_reserved_show(struct kobject *kobj,
				 struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", snapshot().reserved);
}

static ssize_t cma_size_show(struct kobject *kobj, struct kobj_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "%llu\n", fadump_cma_range().size);
}

static ssize_t boot_mem_size_show(struct kobject *kobj,
				  struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", snapshot().boot_mem);
}

static ssize_t boot_mem_used_show(struct kobject *kobj,
				  struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", fadump_usage_peak());
}

/* From peak usage if it was measured, else the estimate. */
static ssize_t boot_mem_recommended_show(struct kobject *kobj,
					 struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n",
			  fadump_usage_recommended() ?: snapshot().estimate);
}

/* Constant: ELF headers are made after the crash, so hotplug needs no new ones. */
static ssize_t hotplug_ready_show(struct kobject *kobj,
				  struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "1\n");
}

static ssize_t release_mem_store(struct kobject *kobj,
				 struct kobj_attribute *attr, const char *buf,
				 size_t count)
{
	int rc, value;

	if (!snapshot().can_release)
		return -EPERM;
	if (kstrtoint(buf, 0, &value) || value != 1)
		return -EINVAL;
	rc = fadump_release();
	return rc ?: count;
}

struct bootargs_text {
	char text[FADUMP_BOOTARGS_SZ];
};

static int read_bootargs(const struct fadump *f, void *arg)
{
	struct bootargs_text *args = arg;

	args->text[0] = '\0';
	/* While a dump is waiting, its memory is at that place. Do not show it. */
	if (f->enabled && f->plan.param.size && f->state != FADUMP_CAPTURED)
		fadump_bootargs_read(&f->plan.param, args->text,
				     sizeof(args->text));
	return 0;
}

static ssize_t bootargs_append_show(struct kobject *kobj,
				    struct kobj_attribute *attr, char *buf)
{
	/* @buf is a page: the text and the newline fit. */
	static_assert(sizeof(struct bootargs_text) < PAGE_SIZE);

	fadump_inspect(read_bootargs, buf);
	strlcat(buf, "\n", PAGE_SIZE);
	return strlen(buf);
}

static bool is_printable(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return true;
}

static ssize_t bootargs_append_store(struct kobject *kobj,
				     struct kobj_attribute *attr,
				     const char *buf, size_t count)
{
	struct snapshot s = snapshot();
	size_t len = count;
	int rc;

	if (!s.enabled || s.captured)
		return -EPERM;
	if (count >= FADUMP_BOOTARGS_SZ)
		return -EINVAL;
	if (len && buf[len - 1] == '\n')
		len--;
	if (!is_printable(buf, len))
		return -EINVAL;
	rc = fadump_set_bootargs(buf, len);
	return rc ?: count;
}

static int show_status(const struct fadump *f, void *buf)
{
	return fadump_status_show(f, buf);
}

static ssize_t dump_status_show(struct kobject *kobj,
				struct kobj_attribute *attr, char *buf)
{
	return fadump_inspect(show_status, buf);
}

static struct kobj_attribute enabled_attr = __ATTR_RO(enabled);
static struct kobj_attribute registered_attr = __ATTR_RW(registered);
static struct kobj_attribute mem_reserved_attr = __ATTR_RO(mem_reserved);
static struct kobj_attribute cma_size_attr = __ATTR_RO(cma_size);
static struct kobj_attribute boot_mem_size_attr = __ATTR_RO(boot_mem_size);
static struct kobj_attribute boot_mem_used_attr = __ATTR_RO(boot_mem_used);
static struct kobj_attribute boot_mem_recommended_attr =
	__ATTR_RO(boot_mem_recommended);
static struct kobj_attribute hotplug_ready_attr = __ATTR_RO(hotplug_ready);
static struct kobj_attribute dump_status_attr = __ATTR_RO(dump_status);
static struct kobj_attribute release_mem_attr = __ATTR_WO(release_mem);
static struct kobj_attribute bootargs_append_attr = __ATTR_RW(bootargs_append);

static struct attribute *fadump_attrs[] = {
	&enabled_attr.attr,
	&registered_attr.attr,
	&mem_reserved_attr.attr,
	&cma_size_attr.attr,
	&boot_mem_size_attr.attr,
	&boot_mem_used_attr.attr,
	&boot_mem_recommended_attr.attr,
	&hotplug_ready_attr.attr,
	&dump_status_attr.attr,
	&release_mem_attr.attr,
	&bootargs_append_attr.attr,
	NULL
};

/* sysfs calls this once, when it creates the files. */
static umode_t is_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	struct snapshot s = snapshot();

	if (attr == &release_mem_attr.attr && !s.can_release)
		return 0;
	if (attr == &bootargs_append_attr.attr && !s.has_bootargs)
		return 0;
	return attr->mode;
}

static const struct attribute_group fadump_group = {
	.attrs = fadump_attrs,
	.is_visible = is_visible,
};

/* Older tools expect these names. */
static void __init create_legacy_link(struct kobject *dir, const char *attr,
				      const char *link)
{
	int rc = compat_only_sysfs_link_entry_to_kobj(kernel_kobj, dir, attr, link);

	if (rc)
		pr_err("Cannot create /sys/kernel/%s (%d)\n", link, rc);
}

/* fadump_init() runs earlier: it completes the state that the files show and change. */
static int __init fadump_sysfs_init(void)
{
	struct kobject *dir;
	int rc;

	if (!fadump_is_supported())
		return 0;
	dir = kobject_create_and_add("fadump", kernel_kobj);
	if (!dir)
		return -ENOMEM;
	rc = sysfs_create_group(dir, &fadump_group);
	if (rc) {
		pr_err("Cannot create /sys/kernel/fadump (%d)\n", rc);
		kobject_put(dir);
		return rc;
	}
	create_legacy_link(dir, "enabled", "fadump_enabled");
	create_legacy_link(dir, "registered", "fadump_registered");
	if (snapshot().can_release)
		create_legacy_link(dir, "release_mem", "fadump_release_mem");
	return 0;
}
fs_initcall(fadump_sysfs_init);
