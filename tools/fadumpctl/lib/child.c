// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Child processes: other programs, and parts of this one that may crash or hang.
 */

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/child.h"
#include "lib/files.h"
#include "lib/progress.h"
#include "lib/say.h"
#include "lib/stop.h"

/* Time to end after SIGTERM. */
#define MAX_LAST_SECONDS	5

/* -------- Start -------- */

/**
 * struct pipes - both ends of a child's pipes
 * @in: the child reads end 0, we write end 1
 * @out: the child writes end 1, we read end 0
 * @msg: as @out
 */
struct pipes {
	int in[2];
	int out[2];
	int msg[2];
};

static void close_pipes(struct pipes *p)
{
	int *all = (int *)p;
	size_t i;

	for (i = 0; i < sizeof(*p) / sizeof(*all); i++)
		file_close(&all[i]);
}

static int open_pipes(struct pipes *p, int pipes)
{
	memset(p, 0xff, sizeof(*p));
	if (pipe2(p->msg, O_CLOEXEC) ||
	    (pipes & CHILD_IN && pipe2(p->in, O_CLOEXEC)) ||
	    (pipes & CHILD_OUT && pipe2(p->out, O_CLOEXEC)))
		return -errno;
	return 0;
}

static void run_child(const struct pipes *p, char *const argv[], bool is_group, pid_t parent)
{
	int in = p->in[0] >= 0 ? p->in[0] : open("/dev/null", O_RDONLY | O_CLOEXEC);
	int out = p->out[1] >= 0 ? p->out[1] : p->msg[1];

	signal(SIGPIPE, SIG_DFL);
	if (is_group)
		setpgid(0, 0);
	/* Without the parent, the output is useless. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent && dup2(in, STDIN_FILENO) >= 0 &&
	    dup2(out, STDOUT_FILENO) >= 0 && dup2(p->msg[1], STDERR_FILENO) >= 0)
		execvp(argv[0], argv);
	fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/**
 * child_start - start a program
 * @c: result
 * @argv: its command line
 * @pipes: which of its files we connect
 *
 * Return: 0 or -errno. A missing program is found by child_finish().
 */
int child_start(struct child *c, char *const argv[], int pipes)
{
	pid_t parent = getpid();
	struct pipes p;
	int rc = open_pipes(&p, pipes);

	c->messages.line_len = 0;
	c->messages.tail_len = 0;
	c->name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	c->is_group = pipes & CHILD_SHELL;
	c->pid = rc ? -1 : fork();
	if (!c->pid)
		run_child(&p, argv, c->is_group, parent);
	if (c->pid < 0) {
		rc = rc ? rc : -errno;
		close_pipes(&p);
		c->pid = 0;
		return rc;
	}
	/* The child does the same; a signal must find the group in any case. */
	if (c->is_group)
		setpgid(c->pid, c->pid);
	c->in = p.in[1];
	c->out = p.out[0];
	c->msg = p.msg[0];
	fcntl(c->msg, F_SETFL, O_NONBLOCK);
	if (c->in >= 0)
		fcntl(c->in, F_SETFL, O_NONBLOCK);
	if (c->out >= 0)
		fcntl(c->out, F_SETFL, O_NONBLOCK);
	file_close(&p.in[0]);
	file_close(&p.out[1]);
	file_close(&p.msg[1]);
	return 0;
}

pid_t child_fork(struct child *c, const char *name)
{
	pid_t parent = getpid();

	*c = (struct child) { .name = name, .in = -1, .out = -1, .msg = -1 };
	/* Otherwise both processes would print the contents of the buffers. */
	fflush(NULL);
	c->pid = fork();
	if (!c->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(EXIT_INTERRUPTED);
	}
	return c->pid;
}

/* -------- Its messages -------- */

/* "eta: 1h2m", numbers with units */
static const char *skip_eta(const char *at)
{
	const char *unit;

	at += strspn(at, " -\\|/");
	if (strncmp(at, "eta: ", 5))
		return at;
	for (at += 5; ; at = unit + 1) {
		unit = at + strspn(at, "0123456789");
		if (unit == at || !*unit || !strchr("dhms", *unit))
			return at;
	}
}

bool decode_progress(const char *line, char *what, size_t cap,
		     unsigned int *permille, const char **rest)
{
	const char *colon = strchr(line, ':'), *bracket = strchr(line, '[');
	unsigned int whole, tenth;
	int end = 0;
	size_t len;

	if (!colon || !bracket || bracket < colon ||
	    sscanf(bracket, "[%3u.%1u %%]%n", &whole, &tenth, &end) != 2 || !end)
		return false;
	len = colon - line;
	while (len && line[len - 1] == ' ')
		len--;
	snprintf(what, cap, "%.*s", (int)len, line);
	*permille = whole * 10 + tenth;
	*rest = skip_eta(bracket + end);
	return true;
}

static void show_progress(struct progress *p, const char *what, unsigned int permille)
{
	/* A new step, and a new start of its time. */
	if (strncmp(p->what, what, sizeof(p->what) - 1)) {
		progress_end(p);
		progress_begin(p, what, p->quiet);
	}
	progress_show(p, permille);
}

/* Keep the last lines: they tell why the program ended. */
static void keep_line(struct messages *m, const char *line)
{
	size_t len = strlen(line), need = len + 1;

	while (m->tail_len + need > sizeof(m->tail)) {
		char *end = memchr(m->tail, '\n', m->tail_len);
		size_t cut = end ? (size_t)(end - m->tail) + 1 : m->tail_len;

		m->tail_len -= cut;
		memmove(m->tail, m->tail + cut, m->tail_len);
	}
	memcpy(m->tail + m->tail_len, line, len);
	m->tail_len += need;
	m->tail[m->tail_len - 1] = '\n';
}

/* makedumpfile prints an error message on the same line, behind the progress. */
static void end_line(struct messages *m)
{
	const char *rest = m->line;
	unsigned int permille;
	char what[64];

	m->line[m->line_len] = '\0';
	if (decode_progress(m->line, what, sizeof(what), &permille, &rest) && m->progress)
		show_progress(m->progress, what, permille);
	if (*rest)
		keep_line(m, rest);
	m->line_len = 0;
}

/**
 * messages_add - decode a part of a program's output
 * @m: the output so far
 * @text: the part
 * @len: bytes of @text
 */
void messages_add(struct messages *m, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] == '\n' || text[i] == '\r')
			end_line(m);
		else if (m->line_len < sizeof(m->line) - 1)
			m->line[m->line_len++] = text[i];
	}
}

void child_listen(struct child *c)
{
	char text[4096];
	ssize_t n;

	while (c->msg >= 0) {
		n = read(c->msg, text, sizeof(text));
		if (n > 0) {
			messages_add(&c->messages, text, n);
			continue;
		}
		if (!n || (errno != EAGAIN && errno != EINTR))
			file_close(&c->msg);
		return;
	}
}

bool child_poll(struct child *c)
{
	struct pollfd fds[] = {
		{ .fd = c->msg, .events = POLLIN },
		{ .fd = c->out, .events = POLLIN },
	};

	if (is_interrupted())
		return false;
	/* Wake up now and then: a signal may arrive just before poll(). */
	poll(fds, ARRAY_SIZE(fds), 500);
	child_listen(c);
	return !is_interrupted();
}

void child_read(struct child *c, char *buf, size_t cap)
{
	size_t len = 0;
	ssize_t n = 1;

	while (n && child_poll(c)) {
		char rest[256];
		bool full = len == cap - 1;

		n = read(c->out, full ? rest : buf + len, full ? sizeof(rest) : cap - 1 - len);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			break;
		if (n > 0 && !full)
			len += n;
	}
	buf[len] = '\0';
}

/* -------- End -------- */

static void say_tail(const struct child *c)
{
	const char *at = c->messages.tail, *end = at + c->messages.tail_len;
	char plain[1024];

	for (; at < end; at = memchr(at, '\n', end - at) + 1) {
		const char *stop = memchr(at, '\n', end - at);

		make_printable(plain, sizeof(plain), at, stop - at);
		say_program_line(c->name, plain);
	}
}

/* Programs report a full or broken target only as text. */
static int code_of_messages(const struct child *c)
{
	static const int errors[] = { ENOSPC, EDQUOT, EFBIG, EIO, ESTALE };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		const char *text = strerror(errors[i]);

		if (memmem(c->messages.tail, c->messages.tail_len, text, strlen(text)))
			return exit_code_of(errors[i]);
	}
	return EXIT_PROGRAM;
}

static int explain(const struct child *c)
{
	if (is_interrupted())
		return EXIT_INTERRUPTED;
	say_tail(c);
	if (WIFSIGNALED(c->status))
		return fail(EXIT_PROGRAM, "%s: killed by signal %d (%s)", c->name,
			    WTERMSIG(c->status), strsignal(WTERMSIG(c->status)));
	if (WEXITSTATUS(c->status) == 127)
		return fail(EXIT_PROGRAM, "%s: cannot be run", c->name);
	return fail(code_of_messages(c), "%s: failed with exit status %d", c->name,
		    WEXITSTATUS(c->status));
}

/* Return: false while it runs. Without an exit status, assume a failure. */
static bool has_ended(struct child *c, int flags)
{
	pid_t pid;

	do {
		pid = waitpid(c->pid, &c->status, flags);
	} while (pid < 0 && errno == EINTR);
	if (pid < 0) {
		warn("%s: its exit status is missing: %s", c->name, strerror(errno));
		c->status = W_EXITCODE(EXIT_PROGRAM, 0);
	}
	return pid;
}

/* Return: false after a signal to us, or after @seconds. */
static bool wait_for_end(struct child *c, double seconds)
{
	double end = clock_seconds() + seconds;

	while (!has_ended(c, WNOHANG)) {
		if (is_interrupted() || clock_seconds() > end)
			return false;
		/* A message ends this wait, and so does the end of all messages. */
		if (c->msg >= 0)
			child_poll(c);
		else
			usleep(2000);
	}
	return true;
}

static void send_signal(const struct child *c, int sig)
{
	kill(c->is_group ? -c->pid : c->pid, sig);
}

/* Return: false if it had to be killed. */
static bool end_within(struct child *c, double seconds)
{
	bool ended = wait_for_end(c, seconds);

	if (!ended) {
		send_signal(c, SIGKILL);
		has_ended(c, 0);
	}
	c->pid = 0;
	return ended;
}

bool child_wait(struct child *c)
{
	return end_within(c, HUGE_VAL);
}

static bool has_answered(const struct child *c)
{
	return c->answer && WIFEXITED(c->status) && WEXITSTATUS(c->status) == c->answer;
}

/* The last messages of a process that has ended. */
static void end_messages(struct child *c)
{
	child_listen(c);
	file_close(&c->msg);
	/* The last line may lack its newline. */
	messages_add(&c->messages, "\n", 1);
}

int child_finish(struct child *c, bool kill_it)
{
	if (!c->pid)
		return EXIT_DONE;
	file_close(&c->in);
	file_close(&c->out);
	if (kill_it)
		send_signal(c, SIGTERM);
	end_within(c, kill_it ? MAX_LAST_SECONDS : HUGE_VAL);
	end_messages(c);
	if (kill_it || has_answered(c))
		return EXIT_DONE;
	return c->status ? explain(c) : EXIT_DONE;
}

int child_run(struct child *c, char *const argv[])
{
	int rc = child_start(c, argv, 0);

	return rc ? fail_errno(EXIT_PROGRAM, rc, argv[0]) : child_finish(c, false);
}

int child_finish_within(struct child *c, double seconds)
{
	if (wait_for_end(c, seconds)) {
		c->pid = 0;
		end_messages(c);
		return c->status ? explain(c) : EXIT_DONE;
	}
	child_finish(c, true);
	return is_interrupted() ? EXIT_INTERRUPTED :
	       fail(EXIT_PROGRAM, "%s: has not finished within %.0f s", c->name, seconds);
}
