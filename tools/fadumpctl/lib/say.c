// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages go to stderr, results to stdout.
 */

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "lib/bounds.h"
#include "lib/files.h"
#include "lib/say.h"

#define LABEL_WIDTH	20

#define MIB	(1024 * 1024ULL)

/* The messages so far, as many as fit, for a report. */
static char said[16 * 1024];
static size_t said_len;

static void keep(const char *fmt, va_list args)
{
	size_t space = sizeof(said) - said_len;
	int n = vsnprintf(said + said_len, space, fmt, args);

	/* Leave out a message that does not fit. */
	if (n < 0 || (size_t)n + 1 >= space)
		n = 0;
	else
		said[said_len + n++] = '\n';
	said_len += n;
	said[said_len] = '\0';
}

const char *said_messages(void)
{
	return said;
}

static void say_error(const char *fmt, va_list args)
{
	va_list again;

	va_copy(again, args);
	keep(fmt, again);
	va_end(again);
	fflush(stdout);
	fputs("fadumpctl: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
}

void say_program_line(const char *name, const char *line)
{
	char text[1200];

	snprintf(text, sizeof(text), "%s: %s", name, line);
	fprintf(stderr, "  %s\n", text);
	if (said_len + strlen(text) + 4 < sizeof(said))
		said_len += sprintf(said + said_len, "  %s\n", text);
}

/**
 * fail - print why something failed
 * @code: exit status
 * @fmt: the file and the reason
 *
 * Return: @code.
 */
int fail(int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_error(fmt, args);
	va_end(args);
	return code;
}

/**
 * fail_errno - print that a system call failed
 * @code: exit status
 * @err: errno, positive or negative
 * @path: the file
 *
 * Return: @code.
 */
int fail_errno(int code, int err, const char *path)
{
	return fail(code, "%s: %s", path, strerror(err < 0 ? -err : err));
}

/**
 * warn - print a message about something that is wrong, but no failure
 * @fmt: the file and the consequence
 */
void warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_error(fmt, args);
	va_end(args);
}

/**
 * say_flush - check that all results reached standard output
 * @rc: exit status of the command, for the message
 *
 * Return: false after a message if they did not.
 */
bool say_flush(int rc)
{
	errno = 0;
	if (!fflush(stdout) && !ferror(stdout))
		return true;
	warn("standard output: %s%s", errno ? strerror(errno) : "a write failed",
	     rc ? "" : "; everything else is done");
	return false;
}

int say_confirm(const char *word)
{
	char answer[16] = "";

	printf("Type \"%s\" to continue: ", word);
	fflush(stdout);
	if (fgets(answer, sizeof(answer), stdin))
		answer[strcspn(answer, "\n")] = '\0';
	if (strcmp(answer, word))
		return fail(EXIT_INTERRUPTED, "not confirmed, nothing has happened");
	return EXIT_DONE;
}

/**
 * exit_code_of - the exit status for an error of the target
 * @err: errno, positive or negative
 *
 * Return: exit status.
 */
int exit_code_of(int err)
{
	switch (err < 0 ? -err : err) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return EXIT_FULL;
	case EIO:
	case EPIPE:
	case ESTALE:
	case ETIMEDOUT:
	case ECONNRESET:
	case ECONNREFUSED:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EHOSTDOWN:
		return EXIT_LINK;
	case EBUSY:
		return EXIT_STATE;
	case EINTR:
		return EXIT_INTERRUPTED;
	default:
		return EXIT_FAILED;
	}
}

unsigned int terminal_columns(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) || !size.ws_col)
		return COLUMNS;
	return size.ws_col < COLUMNS ? size.ws_col : COLUMNS;
}

/* How many bytes of @text fit on a line: whole words if possible. */
static size_t line_length(const char *text, size_t columns)
{
	size_t len = strlen(text), at;

	if (len <= columns)
		return len;
	for (at = columns; at; at--)
		if (text[at] == ' ')
			return at;
	return columns;
}

/**
 * say_wrapped - print text in lines of the terminal's width, at least 40 columns
 * @indent: columns that are already used in the first line, and blank in the others;
 *	up to 20
 * @text: the text
 */
void say_wrapped(unsigned int indent, const char *text)
{
	unsigned int columns = terminal_columns(STDOUT_FILENO);
	bool first = true;

	if (columns < MIN_COLUMNS)
		columns = MIN_COLUMNS;
	do {
		size_t n = line_length(text, columns - indent);

		printf("%*s%.*s\n", first ? 0 : (int)indent, "", (int)n, text);
		text += n;
		while (*text == ' ')
			text++;
		first = false;
	} while (*text);
}

/**
 * say_text - print a sentence, wrapped
 * @fmt: the sentence
 */
void say_text(const char *fmt, ...)
{
	char text[PATH_MAX + 512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	say_wrapped(0, text);
}

/**
 * say_field - print a label and a value
 * @label: at most 19 columns
 * @fmt: the value, wrapped
 */
void say_field(const char *label, const char *fmt, ...)
{
	char text[MAX_BOOTARGS + 512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	printf("%-*s", LABEL_WIDTH, label);
	say_wrapped(LABEL_WIDTH, text);
}

/**
 * size_text - format a number of bytes
 * @bytes: the number
 *
 * Return: the text, with one decimal.
 */
struct size_text size_text(u64 bytes)
{
	static const char * const units[] = {
		"KiB", "MiB", "GiB", "TiB", "PiB", "EiB",
	};
	struct size_text t;
	double n = bytes / 1024.0;
	unsigned int i;

	if (bytes < 1024) {
		snprintf(t.s, sizeof(t.s), "%llu bytes", bytes);
		return t;
	}
	for (i = 0; n >= 1023.95 && i + 1 < ARRAY_SIZE(units); i++)
		n /= 1024;
	snprintf(t.s, sizeof(t.s), "%.1f %s", n, units[i]);
	return t;
}

/**
 * time_text - format a time
 * @when: seconds since 1970
 *
 * Return: the text.
 */
struct time_text time_text(long long when)
{
	struct time_text t = { };
	time_t seconds = when;
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		strftime(t.s, sizeof(t.s), "%Y-%m-%d %H:%M:%S UTC", &tm);
	return t;
}

u64 to_mib(u64 bytes)
{
	return bytes / MIB + !!(bytes % MIB);
}

bool is_printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

/**
 * make_printable - escape what is not printable
 * @out: result, always terminated
 * @cap: bytes of @out
 * @text: untrusted bytes
 * @len: bytes of @text
 *
 * A byte that is neither printable ASCII nor a tab becomes \xNN. A result that does not
 * fit is cut between two characters.
 *
 * Return: length of the result.
 */
size_t make_printable(char *out, size_t cap, const void *text, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	const u8 *in = text;
	size_t i, at = 0;

	for (i = 0; i < len; i++) {
		bool plain = (in[i] >= ' ' && in[i] <= '~') || in[i] == '\t';

		if (at + (plain ? 1 : 4) >= cap)
			break;
		if (plain) {
			out[at++] = in[i];
			continue;
		}
		out[at++] = '\\';
		out[at++] = 'x';
		out[at++] = hex[in[i] >> 4];
		out[at++] = hex[in[i] & 15];
	}
	if (cap)
		out[at] = '\0';
	return at;
}
