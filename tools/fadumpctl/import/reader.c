// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Settings of an untrusted text, in two syntaxes.
 *
 * Values are decoded in place: a value without its quotes is never longer.
 */

#include <string.h>

#include "import/import.h"
#include "lib/say.h"

#define BLANKS	" \t\r"

/* Cut at the end of the line. Return: the line; @r is behind it. */
static char *take_line(struct reader *r)
{
	char *line = r->at, *end = strchr(line, '\n');

	if (end)
		*end = '\0';
	r->at = end ? end + 1 : line + strlen(line);
	r->line++;
	return line;
}

static void trim(char *text)
{
	size_t len = strlen(text);

	while (len && strchr(BLANKS, text[len - 1]))
		text[--len] = '\0';
}

/* The reader of kdump.conf ends every line at a "#", also in quotes. */
bool read_words(struct reader *r, struct setting *s)
{
	char *line, *end;

	while (*r->at) {
		s->line = r->line;
		line = take_line(r);
		line[strcspn(line, "#")] = '\0';
		trim(line);
		line += strspn(line, BLANKS);
		if (!*line)
			continue;
		end = line + strcspn(line, BLANKS);
		s->name = line;
		s->value = end + strspn(end, BLANKS);
		*end = '\0';
		s->fault = is_printable(s->value) ? NULL : "the value is not printable";
		return true;
	}
	return false;
}

/* -------- A shell's syntax -------- */

/* Skip blanks, empty commands, and comments. */
static void skip_nothing(struct reader *r)
{
	for (;;) {
		r->at += strspn(r->at, BLANKS ";");
		if (*r->at == '#')
			r->at += strcspn(r->at, "\n");
		if (*r->at != '\n')
			return;
		r->at++;
		r->line++;
	}
}

/* @c: in the quotes @quote, or 0. Return: true if the value ends before it. */
static bool ends_value(char c, char quote)
{
	return !c || (!quote && strchr(BLANKS ";\n", c));
}

/* Decode a backslash at @r. Return: false if it only joins two lines. */
static bool decode_backslash(struct reader *r, char quote, char *c)
{
	char next = r->at[1];

	if (next == '\n') {
		r->at += 2;
		r->line++;
		return false;
	}
	/* In double quotes it stays, except in front of these. */
	if (next && (!quote || strchr("$`\"\\", next)))
		r->at++;
	*c = *r->at++;
	return true;
}

static const char *fault_of(char c, char quote)
{
	if (quote != '\'' && strchr("$`", c))
		return "a shell computes the value; set it by hand";
	if (!quote && strchr("&|<>()", c))
		return "not only a value; nothing is executed";
	return NULL;
}

/* Add a character of the value, or begin or end quotes. */
static void take_char(struct reader *r, char *quote, char **out, const char **fault)
{
	char c = *r->at;

	if (c == '\\' && *quote != '\'') {
		if (decode_backslash(r, *quote, &c))
			*(*out)++ = c;
		return;
	}
	r->at++;
	if (*quote ? c == *quote : c == '\'' || c == '"') {
		*quote = *quote ? 0 : c;
		return;
	}
	if (!*fault)
		*fault = fault_of(c, *quote);
	if (c == '\n')
		r->line++;
	/* Where the value is used, a shell splits it at both. */
	*(*out)++ = c == '\n' ? ' ' : c;
}

/* Return: NULL, or why the value is not known. */
static const char *take_value(struct reader *r, const char **value)
{
	const char *fault = NULL;
	char *out = r->at, quote = 0, end;

	*value = out;
	while (!ends_value(*r->at, quote))
		take_char(r, &quote, &out, &fault);
	end = *r->at;
	r->at += !!end;
	r->line += end == '\n';
	*out = '\0';
	if (quote)
		return "the quotes have no end";
	if (end && strchr(BLANKS, end)) {
		r->at += strspn(r->at, BLANKS);
		if (*r->at && !strchr("\n;#", *r->at)) {
			take_line(r);
			return fault ?: "not only a value; nothing is executed";
		}
	}
	return fault || is_printable(*value) ? fault : "the value is not printable";
}

static size_t name_length(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
}

bool read_shell(struct reader *r, struct setting *s)
{
	size_t len;

	skip_nothing(r);
	if (!*r->at)
		return false;
	if (!strncmp(r->at, "export ", strlen("export ")))
		r->at += strlen("export ");
	s->line = r->line;
	s->name = r->at;
	s->value = "";
	len = name_length(r->at);
	if (!len || r->at[len] != '=') {
		take_line(r);
		s->fault = "not NAME=VALUE; nothing is executed";
		return true;
	}
	r->at[len] = '\0';
	r->at += len + 1;
	s->fault = take_value(r, &s->value);
	return true;
}
