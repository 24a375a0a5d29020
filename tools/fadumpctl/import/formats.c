// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The settings of kdump's configuration files, and what becomes of each.
 *
 * Rules are applied in this order: a rule may need what an earlier one has stored. What
 * only loads a kdump kernel has neither a setter nor a text: firmware boots the usual one.
 */

#include "import/import.h"

#define TO_INITRAMFS	"add it to the initramfs, by a file in /etc/dracut.conf.d or a hook"
#define TO_BOOTARGS	"add what a capture kernel started by firmware also needs to BOOTARGS"
#define TO_POST		"call it in the program of POST"
#define TO_FSTAB	"set it as an option of the mount in /etc/fstab"
#define ROOT_HOME	"/root"

/* Red Hat's kdump.conf */
static const struct rule red_hat[] = {
	{ "path", "/var/crash", .set = set_path },
	{ "raw", .set = set_device },
	{ "ssh", .set = set_ssh },
	{ "nfs", .set = set_mounted, .max = 1 },
	{ "ext2", .set = set_mounted, .max = 1 },
	{ "ext3", .set = set_mounted, .max = 1 },
	{ "ext4", .set = set_mounted, .max = 1 },
	{ "xfs", .set = set_mounted, .max = 1 },
	{ "btrfs", .set = set_mounted, .max = 1 },
	{ "minix", .set = set_mounted, .max = 1 },
	{ "virtiofs", .set = set_mounted, .max = 1 },
	{ "sshkey", ROOT_HOME "/.ssh/kdump_id_rsa", .set = set_key_file },
	{ "core_collector", "makedumpfile -l -d 31", .set = set_collector,
	  .todo = "only makedumpfile saves; LEVEL=0 and COMPRESS=none leave nothing out" },
	{ "final_action", "reboot", .set = set_final },
	{ "failure_action", "reboot", .set = set_failure },
	{ "default", .set = set_failure },
	{ "kdump_pre", .set = set_text, .key = IMPORT_PRE },
	{ "kdump_post", .set = set_text, .key = IMPORT_POST },
	{ "/etc/kdump/pre.d", "/etc/kdump/pre.d", .set = set_directory,
	  .todo = "call its programs in the program of PRE" },
	{ "/etc/kdump/post.d", "/etc/kdump/post.d", .set = set_directory,
	  .todo = "call its programs in the program of POST" },
	{ "extra_bins", .todo = TO_INITRAMFS },
	{ "extra_modules", .todo = TO_INITRAMFS },
	{ "dracut_args", .todo = TO_INITRAMFS },
	{ "fence_kdump_args", .todo = "call fence_kdump_send in the program of PRE" },
	{ "fence_kdump_nodes", .todo = "call fence_kdump_send in the program of PRE" },
	{ .name = "auto_reset_crashkernel" },
	{ .name = "force_rebuild" },
	{ .name = "force_no_rebuild" },
	{ .name = "override_resettable" },
	{ .name = "link_delay" },
	{ .name = "disk_timeout" },
	{ "net", .todo = "set TARGET" },
	{ "options", .todo = "add MODULE.OPTION=VALUE to BOOTARGS" },
	{ "blacklist", .todo = "add module_blacklist= to BOOTARGS" },
	{ "debug_mem_level", .todo = "add rd.memdebug= to BOOTARGS" },
};

/* Red Hat's sysconfig/kdump, which is used beside kdump.conf */
static const struct rule red_hat_sysconfig[] = {
	{ "FADUMP_COMMANDLINE_APPEND", .set = set_arguments },
	{ .name = "KDUMP_COMMANDLINE_APPEND" },
	{ .name = "KDUMP_COMMANDLINE_REMOVE" },
	{ .name = "KDUMP_COMMANDLINE" },
	{ .name = "KDUMP_KERNELVER" },
	{ .name = "KEXEC_ARGS" },
	{ .name = "KDUMP_BOOTDIR" },
	{ .name = "KDUMP_IMG" },
	{ .name = "KDUMP_IMG_EXT" },
	{ .name = "VMCORE_CREATION_NOTIFICATION" },
	{ .name = "KDUMP_STDLOGLVL" },
	{ .name = "KDUMP_SYSLOGLVL" },
	{ .name = "KDUMP_KMSGLOGLVL" },
};

/* SUSE's sysconfig/kdump, with settings of older versions */
static const struct rule suse[] = {
	{ "KDUMP_SAVEDIR", "/var/crash", .set = set_url },
	{ "KDUMP_SSH_IDENTITY", .set = set_key_file },
	{ "KDUMP_HOST_KEY", .todo = "add the key to ~root/.ssh/known_hosts" },
	{ "KDUMP_KEEP_OLD_DUMPS", .set = set_old_dumps, .key = IMPORT_KEEP, .max = MAX_KEEP },
	{ "KDUMP_DUMPLEVEL", "31", .set = set_number, .key = IMPORT_LEVEL, .max = MAX_LEVEL },
	{ "KDUMP_DUMPFORMAT", "compressed", .set = set_format },
	{ "MAKEDUMPFILE_OPTIONS", .set = set_options },
	{ "KDUMP_IMMEDIATE_REBOOT", "true", .set = set_reboot },
	{ "KDUMP_CONTINUE_ON_ERROR", "true", .set = set_continue },
	{ "KDUMP_CPUS", .set = set_cpus, .max = 1024 },
	{ "FADUMP_COMMANDLINE_APPEND", .set = set_arguments },
	{ "KDUMP_PRESCRIPT", .set = set_text, .key = IMPORT_PRE },
	{ "KDUMP_POSTSCRIPT", .set = set_text, .key = IMPORT_POST },
	{ "KDUMP_REQUIRED_PROGRAMS", .todo = TO_INITRAMFS },
	{ "KDUMP_TRANSFER", .todo = "a program cannot replace the save; set TARGET, or use POST" },
	{ "KDUMP_FREE_DISK_SIZE", "64",
	  .todo = "set KEEP; a dump that does not fit leaves only its log" },
	{ "KDUMP_FADUMP_SHELL", "false", .todo = "call a shell in the program of POST" },
	{ "KDUMP_COMMANDLINE_APPEND", .todo = TO_BOOTARGS },
	{ "KDUMP_COMMANDLINE", .todo = TO_BOOTARGS },
	{ "KDUMP_SMTP_SERVER", .todo = TO_POST },
	{ "KDUMP_SMTP_USER", .todo = TO_POST },
	{ "KDUMP_SMTP_PASSWORD", .todo = TO_POST },
	{ "KDUMP_NOTIFICATION_TO", .todo = "send the mail in the program of POST" },
	{ "KDUMP_NOTIFICATION_CC", .todo = "send the mail in the program of POST" },
	{ "KDUMP_DUMPDEV", .todo = "set TARGET to the device" },
	{ "KDUMPTOOL_FLAGS", .todo = "set MAKEDUMPFILE_ARGS" },
	{ "KDUMP_COPY_KERNEL", "yes", .todo = "copy the kernel in the program of POST" },
	{ .name = "KDUMP_FADUMP" },
	{ .name = "KDUMP_KERNELVER" },
	{ .name = "KDUMP_AUTO_RESIZE" },
	{ .name = "KDUMP_NETCONFIG" },
	{ .name = "KDUMP_NET_TIMEOUT" },
	{ .name = "KDUMP_RUNLEVEL" },
	{ .name = "KDUMP_VERBOSE" },
	{ .name = "KEXEC_OPTIONS" },
};

/* Debian's default/kdump-tools */
static const struct rule debian[] = {
	{ "USE_KDUMP", .set = set_use },
	{ "KDUMP_COREDIR", "/var/crash", .set = set_path },
	{ "NFS", .set = set_mounted },
	{ "SSH", .set = set_ssh },
	{ "SSH_KEY", ROOT_HOME "/.ssh/kdump_id_rsa", .set = set_key_file },
	{ "KDUMP_NUM_DUMPS", .set = set_number, .key = IMPORT_KEEP, .max = MAX_KEEP },
	{ "MAKEDUMP_ARGS", "-c -d 31", .set = set_all_options },
	{ "KDUMP_COMPRESSION", .set = set_pipe },
	{ "KDUMP_FAIL_CMD", "reboot -f", .set = set_fail_command,
	  .todo = "set FAILURE to keep, shell, reboot, release, poweroff or halt" },
	/* Not a setting of the file: kdump-tools always reboots. */
	{ "reboot", "reboot", .set = set_final },
	{ "KDUMP_DUMP_DMESG", "1", .todo = "nothing: the log is always saved" },
	{ "KDUMP_CMDLINE_APPEND", .todo = TO_BOOTARGS },
	{ "KDUMP_CMDLINE", .todo = TO_BOOTARGS },
	{ "KDUMP_SYSCTL", "kernel.panic_on_oops=1", .todo = "set it in /etc/sysctl.d" },
	{ "NFS_TIMEO", "600", .todo = TO_FSTAB },
	{ "NFS_RETRANS", "3", .todo = TO_FSTAB },
	{ "NFS_MOUNT_RETRY", "4", .todo = TO_FSTAB },
	{ "SSH_KDUMP_RETRY", "16", .todo = "add ConnectionAttempts to ~root/.ssh/config" },
	{ "FTP", .todo = "set TARGET; there is no ftp" },
	{ "FTP_USER", .todo = "set TARGET; there is no ftp" },
	{ "FTP_PASSWORD", .todo = "set TARGET; there is no ftp" },
	{ "FTP_PORT", "21", .todo = "set TARGET; there is no ftp" },
	{ .name = "HOSTTAG" },
	{ .name = "KDUMP_KERNEL" },
	{ .name = "KDUMP_INITRD" },
	{ .name = "KDUMP_KEXEC_ARGS" },
	{ .name = "DEBUG_KERNEL" },
};

_Static_assert(ARRAY_SIZE(red_hat) <= MAX_RULES && ARRAY_SIZE(suse) <= MAX_RULES &&
	       ARRAY_SIZE(debian) <= MAX_RULES, "values are stored by rule");

const struct format formats[NR_FORMATS] = {
	{ "/etc/kdump.conf", read_words, red_hat, ARRAY_SIZE(red_hat) },
	{ "/etc/sysconfig/kdump", read_shell, suse, ARRAY_SIZE(suse) },
	{ "/etc/default/kdump-tools", read_shell, debian, ARRAY_SIZE(debian) },
	{ NULL, read_shell, red_hat_sysconfig, ARRAY_SIZE(red_hat_sysconfig) },
};
