/* values.c - `name=value unit` and bare numbers on a line. */
#include "text/values.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct unit { const char *word, *is; double scale; } units[] = {
	{ "B", "B", 1 }, { "kB", "B", 1024 }, { "KB", "B", 1024 }, { "KiB", "B", 1024 },
	{ "MB", "B", 1048576 }, { "MiB", "B", 1048576 }, { "%", "%", 1 }, { "C", "C", 1 },
	{ "\xc2\xb0""C", "C", 1 }, { "degC", "C", 1 }, { "Hz", "Hz", 1 }, { "kHz", "Hz", 1e3 },
	{ "MHz", "Hz", 1e6 }, { "s", "sec", 1 }, { "ms", "ms", 1 }, { "us", "us", 1 },
	{ "ns", "ns", 1 }, { "V", "V", 1 }, { "mV", "mV", 1 }, { "A", "A", 1 }, { "mA", "mA", 1 },
	{ "uA", "uA", 1 }, { "W", "W", 1 }, { "mW", "mW", 1 }, { "rpm", "rpm", 1 },
	{ "RPM", "rpm", 1 }, { "hPa", "hPa", 1 }, { "Pa", "Pa", 1 }, { "lux", "lux", 1 },
	{ "lx", "lx", 1 }, { "dBm", "dBm", 1 }, { "dB", "dB", 1 }, { "g", "g", 1 }, { "m", "m", 1 },
	{ "mm", "mm", 1 }, { "cm", "cm", 1 }, { "ppm", "ppm", 1 }, { "K", "K", 1 },
};

const char *
values_unit(const char *unit, double *scale)
{
	*scale = 1;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (strcmp(units[i].word, unit) == 0) {
			*scale = units[i].scale;
			return units[i].is;
		}
	return unit;
}

static bool
is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '/' || c == '-';
}

static bool
is_digit(const char *p, size_t n, size_t i)
{
	return i < n && p[i] >= '0' && p[i] <= '9';
}

static size_t
digits(const char *p, size_t n, size_t i)
{
	while (is_digit(p, n, i))
		i++;
	return i;
}

static size_t
sign(const char *p, size_t n, size_t i)
{
	return i < n && (p[i] == '-' || p[i] == '+') ? i + 1 : i;
}

/* Behind an exponent at p[i], or i. */
static size_t
exponent(const char *p, size_t n, size_t i)
{
	const size_t e = i < n && (p[i] | 0x20) == 'e' ? sign(p, n, i + 1) : n;

	return is_digit(p, n, e) ? digits(p, n, e) : i;
}

/* Bytes of a decimal number at p[0..n), 0: none; "1.2.3" is none. */
static size_t
number(const char *p, size_t n, double *out)
{
	const size_t from = sign(p, n, 0);
	size_t i = digits(p, n, from);
	char text[40];

	if (i < n && p[i] == '.' && (is_digit(p, n, i + 1) || i != from))
		i = digits(p, n, i + 1);
	if (i == from || (i < n && p[i] == '.'))
		return 0;
	i = exponent(p, n, i);
	if (i >= sizeof text)
		return 0;
	memcpy(text, p, i);
	text[i] = '\0';
	*out = strtod(text, NULL);
	return isfinite(*out) ? i : 0;
}

/* Bytes of a unit at p; it ends where a word ends. */
static size_t
unit(const char *p, size_t n, bool known, char out[VALUES_UNIT])
{
	size_t i = 0;

	while (i < n && (isalpha((unsigned char)p[i]) || p[i] == '%' ||
	    (unsigned char)p[i] >= 0x80))
		i++;
	out[0] = '\0';
	if (i == 0 || i >= VALUES_UNIT || (i < n && (isalnum((unsigned char)p[i]) ||
	    strchr("=:_", p[i]) != NULL)))
		return 0;
	memcpy(out, p, i);
	out[i] = '\0';
	for (size_t k = 0; known && k < sizeof units / sizeof units[0]; k++)
		if (strcmp(units[k].word, out) == 0)
			return i;
	if (known)
		out[0] = '\0';
	return known ? 0 : i;
}

static bool
ends(const char *p, size_t n, size_t i)
{
	return i >= n || strchr(" \t,;|)]}", p[i]) != NULL;
}

/* "value unit" behind a name; bytes used, 0: no value. */
static size_t
value(const char *p, size_t n, struct values_one *v)
{
	size_t i = number(p, n, &v->value), more;

	if (i == 0)
		return 0;
	more = unit(p + i, n - i, false, v->unit);
	if (more == 0 && i + 1 < n && p[i] == ' ') {
		more = unit(p + i + 1, n - i - 1, true, v->unit);
		return more != 0 ? i + 1 + more : i;
	}
	return ends(p, n, i + more) ? i + more : 0;
}

/* All numbers and nothing else. */
static size_t
bare(const char *p, size_t n, struct values_one out[VALUES_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < n;) {
		size_t used;

		if (strchr(" \t,;", p[i]) != NULL) {
			i++;
			continue;
		}
		if (count == VALUES_MAX || (used = number(p + i, n - i, &out[count].value)) == 0 ||
		    !ends(p, n, i + used))
			return 0;
		out[count].unit[0] = '\0';
		snprintf(out[count].name, VALUES_NAME, "value%zu", count + 1);
		count++;
		i += used;
	}
	return count;
}

size_t
values_scan(const char *p, size_t n, struct values_one out[VALUES_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < n && count < VALUES_MAX;) {
		const size_t from = i;
		size_t end, used;

		while (i < n && is_name(p[i]))
			i++;
		end = i;
		if (end == from) {
			i++;
			continue;
		}
		if (i == n || (p[i] != '=' && p[i] != ':') || !isalpha((unsigned char)p[from]) ||
		    end - from >= VALUES_NAME)
			continue;
		i++;
		while (i < n && p[i] == ' ')
			i++;
		used = value(p + i, n - i, &out[count]);
		if (used == 0)
			continue;
		memcpy(out[count].name, p + from, end - from);
		out[count].name[end - from] = '\0';
		count++;
		i += used;
	}
	return count != 0 ? count : bare(p, n, out);
}
