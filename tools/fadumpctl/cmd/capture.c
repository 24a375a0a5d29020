// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fadumpctl capture: how a boot handles a dump without an administrator.
 */

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "lib/files.h"
#include "lib/say.h"
#include "lib/stop.h"
#include "machine/attr.h"
#include "machine/release.h"
#include "machine/state.h"
#include "save/conf.h"
#include "save/save.h"

/* Time for the kernel to do what SysRq asks for: to write back, to restart. */
#define SYSRQ_SECONDS	5

extern char **environ;

static const struct cmd_option options[] = {
	CMD_OTHER("failure", 'f', "HOW",
		  "What to do if the dump cannot be saved: " FAILURES),
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct save *s = state->input;

	if (key != 'f')
		return ARGP_ERR_UNKNOWN;
	if (!failure_parse(arg, &s->conf.failure))
		argp_error(state, "%s: not " FAILURES, arg);
	/* The initramfs uses this option, and is not the last to try in its boot. */
	s->conf.failure_attempts = 1;
	return 0;
}

static const struct cmd_syntax syntax = {
	.options = options,
	.parse = parse,
	.doc = "If a dump is waiting, saves it as " CONF_FILE " says, and releases it. The "
	       "service and the initramfs run this command.\v"
	       "If the dump cannot be saved, it stays in memory unless HOW says otherwise. "
	       "Exit status: 0 no dump is waiting any more, else that of save or release.",
	.also = &save_syntax,
	.also_header = "Options of save:",
};

static bool is_waiting(void)
{
	struct fadump_state s;

	state_read(&s);
	return s.waiting;
}

/* Run a program on our terminal and wait for its end. */
static void run(char *const argv[])
{
	pid_t pid;
	int rc = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);

	if (rc) {
		fail_errno(EXIT_PROGRAM, rc, argv[0]);
		return;
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR && !is_interrupted())
		;
}

/* "reboot", "poweroff" or "halt" */
static void run_end(const char *how)
{
	char *argv[] = { (char *)how, NULL };

	run(argv);
}

/* A service has no terminal and is confined; fadump-shell.service is not. */
static void run_shell(void)
{
	char *on_terminal[] = { "sulogin", NULL };
	char *as_service[] = { "systemctl", "start", "fadump-shell.service", NULL };

	run(isatty(STDIN_FILENO) ? on_terminal : as_service);
}

static int press_sysrq(const char *key)
{
	struct path trigger = root_path("/proc/sysrq-trigger");
	int rc = file_write_text(trigger.s, key);

	if (rc)
		return fail_errno(EXIT_FAILED, rc, trigger.s);
	if (!root_is_set())
		sleep(SYSRQ_SECONDS);
	return EXIT_DONE;
}

/*
 * The kernel counts a dump that was read to its end as saved, and discards it at an
 * orderly reboot. SysRq restarts without one. Do not call sync() here: it waits for
 * ever for a server that is down, SysRq-s does not.
 */
static void restart_at_once(void)
{
	if (!press_sysrq("s"))
		press_sysrq("b");
	warn("the restart has failed; the boot continues, and the dump stays");
}

/*
 * Other kernels may discard the dump at any restart, and OPAL always does. Return: false if
 * there is no restart.
 */
static bool restart(const char *key, const struct dump_status *status)
{
	const char *read = dump_status_get(status, "read");

	if (file_exists(root_path("/proc/device-tree/ibm,opal").s)) {
		warn("%s: not rebooting, firmware of bare metal would discard the dump", key);
		return false;
	}
	if (!read) {
		warn("%s: not rebooting, this kernel may discard the dump", key);
		return false;
	}
	if (strcmp(read, "end")) {
		warn("rebooting, as %s asks for", key);
		run_end("reboot");
	} else {
		warn("restarting at once, as %s asks for: an orderly reboot discards the dump", key);
		restart_at_once();
	}
	return true;
}

/* The kernel counts the boots that have found the dump; 0 is unknown. */
static bool has_attempts_left(const struct conf *c, const struct dump_status *status)
{
	struct number attempt = dump_status_number(status, "attempt");

	return attempt.known && attempt.value && attempt.value < c->failure_attempts;
}

static void give_up(const struct conf *c)
{
	struct conf_number number;
	const char *how = conf_value(c, CONF_FAILURE, &number);

	warn("FAILURE=%s: the dump is discarded without having been saved", how);
	if (c->failure == FAILURE_RELEASE)
		release_dump(true);
	else
		run_end(how);
}

static int handle_failure(const struct save *s, int rc)
{
	struct dump_status status;

	dump_status_read(&status);
	if (s->conf.failure < FAILURE_RELEASE)
		warn("fadumpctl capture tries again; fadumpctl save --release TARGET saves the dump elsewhere");
	/* Another save may be running, which needs the dump. */
	if (!save_may_help(rc) && (rc == EXIT_USAGE || s->conf.failure != FAILURE_SHELL))
		return rc;
	if (has_attempts_left(&s->conf, &status) && restart("FAILURE_ATTEMPTS", &status))
		return rc;
	switch (s->conf.failure) {
	case FAILURE_KEEP:
		return rc;
	case FAILURE_REBOOT:
		restart("FAILURE=reboot", &status);
		return rc;
	case FAILURE_SHELL:
		warn("starting a shell, as FAILURE=shell asks for; the boot continues when it ends");
		run_shell();
		return is_waiting() ? rc : EXIT_DONE;
	case FAILURE_RELEASE:
	case FAILURE_POWEROFF:
	case FAILURE_HALT:
		give_up(&s->conf);
		return rc;
	}
	return rc;
}

static void end_boot(enum final final)
{
	if (final == FINAL_CONTINUE)
		return;
	say_text("Ending this boot, as FINAL asks for.");
	run_end(final == FINAL_REBOOT ? "reboot" : "poweroff");
}

static int capture(struct save *s)
{
	int rc = attr_require();

	if (rc)
		return rc;
	if (!is_waiting()) {
		say_text("No dump is waiting. One would be saved to %s.",
			 s->targets ?: s->target.text);
		return EXIT_DONE;
	}
	s->release = true;
	rc = save_run(s);
	/* The dump is saved and released; fadump.service reports that nothing is armed. */
	if (!rc || rc == EXIT_NOT_ARMED) {
		end_boot(s->conf.final);
		return EXIT_DONE;
	}
	return rc == EXIT_INTERRUPTED || s->saved ? rc : handle_failure(s, rc);
}

int cmd_capture(int argc, char **argv)
{
	struct save *s = save_new();
	int rc;

	if (!s)
		return EXIT_FAILED;
	cmd_parse(&syntax, argc, argv, s);
	rc = capture(s);
	save_free(s);
	return rc;
}
