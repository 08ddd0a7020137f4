/* slice.c - borrowed text and strict number parsing. */
#include "base/slice.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

struct slice
slice_make(const char *p, size_t n)
{
	return (struct slice){ p, n };
}

struct slice
slice_of(const char *s)
{
	return s != NULL ? slice_make(s, strlen(s)) : slice_make("", 0);
}

bool
slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
slice_is(struct slice a, const char *s)
{
	return slice_eq(a, slice_of(s));
}

bool
slice_starts(struct slice a, const char *s)
{
	const size_t n = strlen(s);

	return n == 0 || (a.n >= n && memcmp(a.p, s, n) == 0);
}

bool
slice_ends(struct slice a, const char *s)
{
	const size_t n = strlen(s);

	return n == 0 || (a.n >= n && memcmp(a.p + a.n - n, s, n) == 0);
}

struct slice
slice_skip(struct slice a, size_t n)
{
	if (n > a.n)
		n = a.n;
	return n != 0 ? slice_make(a.p + n, a.n - n) : a;       /* a.p may be NULL */
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice
slice_trim(struct slice a)
{
	while (a.n != 0 && is_blank(a.p[0]))
		a = slice_skip(a, 1);
	while (a.n != 0 && is_blank(a.p[a.n - 1]))
		a.n--;
	return a;
}

struct slice
slice_cut(struct slice a, char c, struct slice *rest)
{
	const char *at = a.n != 0 ? memchr(a.p, c, a.n) : NULL;
	const size_t n = at != NULL ? (size_t)(at - a.p) : a.n;

	*rest = slice_skip(a, at != NULL ? n + 1 : n);
	return slice_make(a.p, n);
}

struct slice
slice_word(struct slice *rest)
{
	struct slice a = *rest;
	size_t n = 0;

	while (a.n != 0 && is_blank(a.p[0]))
		a = slice_skip(a, 1);
	while (n < a.n && !is_blank(a.p[n]))
		n++;
	*rest = slice_skip(a, n);
	return slice_make(a.p, n);
}

bool
slice_u64(struct slice a, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (a.n == 0)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		const unsigned d = (unsigned char)a.p[i] - (unsigned)'0';

		if (d > 9 || __builtin_mul_overflow(v, UINT64_C(10), &v) ||
		    __builtin_add_overflow(v, (uint64_t)d, &v) || v > max)
			return false;
	}
	*out = v;
	return true;
}

bool
slice_i64(struct slice a, int64_t *out)
{
	const bool minus = slice_starts(a, "-");
	uint64_t v;

	if (!slice_u64(slice_skip(a, minus ? 1 : 0), (uint64_t)INT64_MAX + (minus ? 1 : 0), &v))
		return false;
	*out = minus ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
slice_hex(struct slice a, uint64_t *out)
{
	uint64_t v = 0;

	if (slice_starts(a, "0x") || slice_starts(a, "0X"))
		a = slice_skip(a, 2);
	if (a.n == 0 || a.n > 16)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		const int d = hex_digit(a.p[i]);

		if (d < 0)
			return false;
		v = v << 4 | (uint64_t)d;
	}
	*out = v;
	return true;
}

bool
slice_f64(struct slice a, double *out)
{
	char text[64], *end;
	double v;

	if (a.n == 0 || a.n >= sizeof text)
		return false;
	memcpy(text, a.p, a.n);
	text[a.n] = '\0';
	if (strspn(text, "+-.0123456789eE") != a.n)
		return false;
	errno = 0;
	v = strtod(text, &end);
	if (*end != '\0' || errno != 0 || !isfinite(v))
		return false;
	*out = v;
	return true;
}

struct unit { const char *name; double factor; };

static bool
with_unit(struct slice a, const struct unit *units, double *out)
{
	size_t n = 0;
	double v;

	while (n < a.n && (strchr("0123456789.", a.p[n]) != NULL && a.p[n] != '\0'))
		n++;
	if (!slice_f64(slice_make(a.p, n), &v))
		return false;
	for (; units->name != NULL; units++)
		if (slice_is(slice_skip(a, n), units->name)) {
			*out = v * units->factor;
			return *out >= 0 && *out < 9e18;
		}
	return false;
}

bool
slice_duration(struct slice a, uint64_t *ns)
{
	static const struct unit units[] = {
		{ "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 }, { "", 1e9 },
		{ "m", 60e9 }, { "min", 60e9 }, { "h", 3600e9 }, { NULL, 0 },
	};
	double v;

	if (!with_unit(a, units, &v))
		return false;
	*ns = (uint64_t)(v + 0.5);
	return true;
}

bool
slice_bytes(struct slice a, uint64_t *bytes)
{
	static const struct unit units[] = {
		{ "", 1 }, { "B", 1 }, { "K", 1024 }, { "KB", 1024 }, { "KiB", 1024 },
		{ "M", 1048576 }, { "MB", 1048576 }, { "MiB", 1048576 },
		{ "G", 1073741824 }, { "GB", 1073741824 }, { "GiB", 1073741824 }, { NULL, 0 },
	};
	double v;

	if (!with_unit(a, units, &v))
		return false;
	*bytes = (uint64_t)(v + 0.5);
	return true;
}

bool
slice_bool(struct slice a, bool *out)
{
	static const char *const words[] = { "off", "on", "false", "true", "no", "yes", "0", "1" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_is(a, words[i])) {
			*out = i % 2 == 1;
			return true;
		}
	return false;
}

int64_t
slice_find(struct slice hay, struct slice needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	if (hay.n < needle.n)
		return -1;
	at = memmem(hay.p, hay.n, needle.p, needle.n);
	return at != NULL ? at - hay.p : -1;
}
