/* target_words.c - facts as numbers, rows as sentences. */
#include "gauge/target_words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/slice.h"

const char *
target_fact(const struct target *t, const char *key)
{
	return t->facts->fact(t->facts->from, key);
}

const char *
target_or(const struct target *t, const char *key, const char *none)
{
	const char *v = target_fact(t, key);

	return v != NULL ? v : none;
}

double
target_number(const struct target *t, const char *key)
{
	uint64_t v;

	return slice_u64(slice_trim(slice_of(target_fact(t, key))), UINT32_MAX, &v) ? (double)v
										   : -1;
}

/* The lines of /proc/meminfo with '|' between them. */
double
target_kb(const char *meminfo, const char *name)
{
	struct slice rest = slice_of(meminfo), value;
	uint64_t v;

	while (rest.n != 0) {
		const struct slice line = slice_cut(rest, '|', &rest);

		if (slice_is(slice_cut(line, ':', &value), name))
			return slice_u64(slice_word(&value), UINT64_C(1) << 50, &v) ? (double)v
										    : -1;
	}
	return -1;
}

unsigned
target_version(const char *text)
{
	struct slice s = slice_of(text);
	unsigned v[3] = { 0, 0, 0 };

	for (int i = 0; i < 3 && s.n != 0; i++) {
		while (s.n != 0 && s.p[0] >= '0' && s.p[0] <= '9') {
			v[i] = v[i] < 100 ? v[i] * 10 + (unsigned)(s.p[0] - '0') : 999;
			s = slice_skip(s, 1);
		}
		if (s.n == 0 || s.p[0] != '.')
			break;
		s = slice_skip(s, 1);
	}
	return v[0] * 1000000 + v[1] * 1000 + v[2];
}

const char *
target_need(const struct target *t, const char *key)
{
	return json_get_str(t->facts->needs, key, "");
}

double
target_need_number(const struct target *t, const char *key)
{
	return json_get_num(t->facts->needs, key, 0);
}

void
target_say(struct target *t, enum target_state s, const char *what, const char *mend,
    const char *fmt, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	t->row(t->arg, s, what, text, s == TARGET_GOOD ? NULL : mend);
}
