// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What administrators write: fadump=, crashkernel=, extra boot arguments.
 */

#include "fadump-pure.h"

/**
 * fadump_option_mode - read the value of fadump=
 * @value: what stands behind the equals sign, NULL for nothing
 * @mode: result, unchanged on error
 *
 * Return: 0, or -EINVAL for anything that is not exactly one of the words.
 */
int fadump_option_mode(const char *value, enum fadump_mode *mode)
{
	static const char * const words[] = {
		[FADUMP_MODE_OFF] = "off",
		[FADUMP_MODE_ON] = "on",
		[FADUMP_MODE_NOCMA] = "nocma",
	};
	u32 i;

	for (i = 0; value && i < ARRAY_SIZE(words); i++)
		if (!strcmp(value, words[i])) {
			*mode = i;
			return 0;
		}
	return -EINVAL;
}

static u64 suffix_shift(char c)
{
	static const char suffixes[] = "KMGTPE";
	u32 i;

	for (i = 0; suffixes[i]; i++)
		if ((c & ~0x20) == suffixes[i])
			return 10 * (i + 1);
	return 0;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/*
 * memparse() of the kernel wraps in silence; a size that does not fit in 64
 * bits is a mistake that somebody wants to hear of.
 */
static int take_bytes(const char **p, u64 *bytes)
{
	const char *s = *p;
	u32 base = 10, shift;
	u64 v = 0;

	if (s[0] == '0') {
		base = (s[1] | 0x20) == 'x' ? 16 : 8;
		s += base == 16 ? 2 : 0;
	}
	if (digit_value(*s) >= (int)base)
		return -EINVAL;
	for (; digit_value(*s) < (int)base; s++)
		if (check_mul_overflow(v, (u64)base, &v) ||
		    check_add_overflow(v, (u64)digit_value(*s), &v))
			return -ERANGE;
	shift = suffix_shift(*s);
	if (shift) {
		if (v > U64_MAX >> shift)
			return -ERANGE;
		v <<= shift;
		s++;
	}
	*bytes = v;
	*p = s;
	return 0;
}

/**
 * fadump_option_bytes - read a size such as 512M
 * @value: the whole of it, NULL for nothing
 * @bytes: result
 *
 * Return: 0, -EINVAL for something else, -ERANGE for more than 64 bits.
 */
int fadump_option_bytes(const char *value, u64 *bytes)
{
	int rc = value ? take_bytes(&value, bytes) : -EINVAL;

	return !rc && *value ? -EINVAL : rc;
}

/* One start-[end]:size; @size is set where the machine is in that range. */
static int take_range(const char **p, u64 system_ram, u64 *size)
{
	u64 start, end = U64_MAX, n;

	if (take_bytes(p, &start) || *(*p)++ != '-')
		return -EINVAL;
	if (**p != ':' && take_bytes(p, &end))
		return -EINVAL;
	if (*(*p)++ != ':' || take_bytes(p, &n) || end <= start)
		return -EINVAL;
	if (!*size && system_ram >= start && system_ram < end)
		*size = n;
	return 0;
}

static int take_ranges(const char **p, u64 system_ram, u64 *size)
{
	int rc = take_range(p, system_ram, size);

	while (!rc && **p == ',') {
		(*p)++;
		rc = take_range(p, system_ram, size);
	}
	return rc;
}

/**
 * fadump_option_is_kdumps - is this a crashkernel= that only kdump can use?
 * @value: what stands behind the equals sign
 *
 * Return: true for a size with ,high ,low or ,cma behind it.
 */
bool fadump_option_is_kdumps(const char *value)
{
	const char *comma = strrchr(value, ',');

	return comma && (!strcmp(comma, ",high") || !strcmp(comma, ",low") ||
			 !strcmp(comma, ",cma"));
}

/**
 * fadump_option_size - read the value of crashkernel=
 * @value: size[@offset] or start-[end]:size[,...][@offset], NULL for nothing
 * @system_ram: bytes of RAM, which choose among ranges
 * @opt: result
 *
 * An offset has no meaning here and is only reported.
 *
 * Return: 0, or -EINVAL for any other form.
 */
int fadump_option_size(const char *value, u64 system_ram,
		       struct fadump_size_option *opt)
{
	const char *p = value;
	u64 n;
	int rc;

	memset(opt, 0, sizeof(*opt));
	if (!p)
		return -EINVAL;
	if (strchr(p, ':'))
		rc = take_ranges(&p, system_ram, &opt->size);
	else
		rc = take_bytes(&p, &opt->size);
	if (!rc && *p == '@') {
		p++;
		opt->has_offset = true;
		rc = take_bytes(&p, &n);
	}
	if (rc || *p) {
		memset(opt, 0, sizeof(*opt));
		return -EINVAL;
	}
	return 0;
}

/**
 * fadump_bootargs_clean - make a string of what may be one
 * @raw: bytes of the dead kernel
 * @out: result, always terminated
 * @cap: bytes of @out, not 0
 *
 * Takes what comes before the first NUL. White space becomes blanks, and
 * anything else that is not printable spoils the whole: half a list of
 * arguments may be worse than none.
 *
 * Return: length of the string.
 */
size_t fadump_bootargs_clean(const struct fadump_bytes *raw, char *out,
			     size_t cap)
{
	size_t i, n = min_t(size_t, raw->len, cap - 1);

	for (i = 0; i < n && raw->data[i]; i++) {
		u8 c = raw->data[i];

		if (c == '\t' || c == '\n')
			c = ' ';
		if (c < ' ' || c > '~')
			break;
		out[i] = c;
	}
	if (i < raw->len && raw->data[i])
		i = 0;
	while (i && out[i - 1] == ' ')
		i--;
	out[i] = '\0';
	return i;
}
