/* logline.c - JSON and logfmt log lines in one order for people. */
#include "text/logline.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/slice.h"
#include "base/utf8.h"

enum { DEPTH_MAX = 32 };
enum role { FIELD, TIME, LEVEL, MESSAGE };

struct field { struct slice key, value; bool quoted; enum role role; };
struct line { struct field f[LOGLINE_FIELDS]; size_t n; };

/* ---- JSON: the members of one object, values as they are written */

static size_t
blanks(const char *p, size_t n, size_t i)
{
	while (i < n && (p[i] == ' ' || p[i] == '\t'))
		i++;
	return i;
}

/* Behind the string that begins at p[i]; 0: it has no end. */
static size_t
string_end(const char *p, size_t n, size_t i)
{
	for (i++; i < n; i++) {
		if (p[i] == '\\')
			i++;
		else if (p[i] == '"')
			return i + 1;
	}
	return 0;
}

/* Behind an array or object; brackets are matched by kind. */
static size_t
nested_end(const char *p, size_t n, size_t i)
{
	char open[DEPTH_MAX];
	size_t deep = 0;

	while (i < n) {
		const char c = p[i];

		if (c == '"') {
			i = string_end(p, n, i);
			if (i == 0)
				return 0;
			continue;
		}
		if (c == '{' || c == '[') {
			if (deep == DEPTH_MAX)
				return 0;
			open[deep++] = c;
		} else if (c == '}' || c == ']') {
			if (open[--deep] != (c == '}' ? '{' : '['))
				return 0;
			if (deep == 0)
				return i + 1;
		}
		i++;
	}
	return 0;
}

static size_t
value_end(const char *p, size_t n, size_t i)
{
	const size_t from = i;

	if (i >= n)
		return 0;
	if (p[i] == '"')
		return string_end(p, n, i);
	if (p[i] == '{' || p[i] == '[')
		return nested_end(p, n, i);
	while (i < n && strchr("+-.0123456789abcdefghijklmnopqrstuvwxyzE", p[i]) != NULL)
		i++;
	return i != from ? i : 0;
}

static bool
add(struct line *l, struct slice key, struct slice value, bool quoted)
{
	if (l->n == LOGLINE_FIELDS)
		return false;
	l->f[l->n++] = (struct field){ .key = key, .value = value, .quoted = quoted };
	return true;
}

/* "key": value at p[i]; where it ends, 0: broken. */
static size_t
member(struct line *l, const char *p, size_t n, size_t i)
{
	size_t key = i, end, value;
	bool quoted;

	if (i >= n || p[i] != '"' || (end = string_end(p, n, i)) == 0)
		return 0;
	i = blanks(p, n, end);
	if (i >= n || p[i] != ':')
		return 0;
	value = blanks(p, n, i + 1);
	i = value_end(p, n, value);
	if (i == 0)
		return 0;
	quoted = p[value] == '"';
	return add(l, slice_make(p + key + 1, end - key - 2), quoted ?
	    slice_make(p + value + 1, i - value - 2) : slice_make(p + value, i - value), quoted) ?
	    i : 0;
}

static bool
read_json(struct line *l, const char *p, size_t n)
{
	size_t i = blanks(p, n, 1);

	for (;;) {
		i = member(l, p, n, i);
		if (i == 0)
			return false;
		i = blanks(p, n, i);
		if (i >= n || (p[i] != ',' && p[i] != '}'))
			return false;
		if (p[i] == '}')
			return blanks(p, n, i + 1) == n;
		i = blanks(p, n, i + 1);
	}
}

/* ---- logfmt: key=value key="quoted value" */

static size_t
word_end(const char *p, size_t n, size_t i)
{
	while (i < n && p[i] != ' ')
		i++;
	return i;
}

/* key=value at p[i]; where it ends, 0: it is none. */
static size_t
pair(struct line *l, const char *p, size_t n, size_t i)
{
	const size_t key = i;
	size_t value;
	bool quoted;

	while (i < n && p[i] != '=' && p[i] != ' ' && p[i] != '"')
		i++;
	if (i == key || i == n || p[i] != '=')
		return 0;
	value = ++i;
	quoted = value < n && p[value] == '"';
	i = quoted ? string_end(p, n, value) : word_end(p, n, value);
	return i != 0 && add(l, slice_make(p + key, value - 1 - key), quoted ?
	    slice_make(p + value + 1, i - value - 2) : slice_make(p + value, i - value), quoted) ?
	    i : 0;
}

static bool
read_logfmt(struct line *l, const char *p, size_t n)
{
	for (size_t i = blanks(p, n, 0); i < n; i = blanks(p, n, i)) {
		i = pair(l, p, n, i);
		if (i == 0)
			return false;
	}
	return l->n != 0;
}

/* ---- roles */

static enum role
role_of(struct slice key)
{
	static const struct { const char *name; enum role role; } names[] = {
		{ "time", TIME }, { "ts", TIME }, { "timestamp", TIME }, { "@timestamp", TIME },
		{ "t", TIME }, { "level", LEVEL }, { "lvl", LEVEL }, { "severity", LEVEL },
		{ "msg", MESSAGE }, { "message", MESSAGE }, { "@message", MESSAGE },
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strlen(names[i].name) == key.n && strncasecmp(names[i].name, key.p, key.n) == 0)
			return names[i].role;
	return FIELD;
}

/* The first of each role has it; how many of level and message there are. */
static unsigned
find_roles(struct line *l)
{
	bool had[MESSAGE + 1] = { false };

	for (size_t i = 0; i < l->n; i++) {
		const enum role r = role_of(l->f[i].key);

		l->f[i].role = had[r] ? FIELD : r;
		had[r] = true;
	}
	return (unsigned)had[LEVEL] + (unsigned)had[MESSAGE];
}

static const struct field *
the(const struct line *l, enum role r)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->f[i].role == r)
			return &l->f[i];
	return NULL;
}

/* ---- writing */

/* The code point of uXXXX at p, of a pair of them too; how many bytes it took, 0: none. */
static size_t
code_point(const char *p, size_t n, uint32_t *cp)
{
	uint64_t high, low;

	if (n < 5 || p[0] != 'u' || !slice_hex(slice_make(p + 1, 4), &high))
		return 0;
	*cp = (uint32_t)high;
	if (high < 0xd800 || high >= 0xe000)
		return 5;
	*cp = 0xfffd;
	if (high >= 0xdc00 || n < 11 || p[5] != '\\' || p[6] != 'u' ||
	    !slice_hex(slice_make(p + 7, 4), &low) || low < 0xdc00 || low >= 0xe000)
		return 5;
	*cp = (uint32_t)(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
	return 11;
}

/* What stands behind a backslash; how many bytes of p it took. A line stays a line. */
static size_t
escape(const char *p, size_t n, struct buf *out)
{
	char utf8[4];
	uint32_t cp;
	const size_t used = code_point(p, n, &cp);

	if (used == 0)
		(void)buf_add_byte(out, strchr("nrbf", p[0]) != NULL ? ' ' : p[0] == 't' ? '\t' :
		    p[0]);
	else if (cp < 0x20 || cp == 0x7f)
		(void)buf_add_byte(out, ' ');
	else
		(void)buf_add(out, utf8, utf8_encode(cp, utf8));
	return used != 0 ? used : 1;
}

static void
unescape(struct slice s, struct buf *out)
{
	for (size_t i = 0; i < s.n;) {
		size_t k = i;

		while (k < s.n && s.p[k] != '\\')
			k++;
		(void)buf_add(out, s.p + i, k - i);
		i = k + 1 < s.n ? k + 1 + escape(s.p + k + 1, s.n - k - 1, out) : s.n;
	}
}

/* Seconds, or thousandths, millionths, ... of them, since 1970. */
static void
put_epoch(double v, struct buf *out)
{
	const double s = v > 1e17 ? v / 1e9 : v > 1e14 ? v / 1e6 : v > 1e11 ? v / 1e3 : v;
	const uint64_t ms = (uint64_t)(s * 1000 + 0.5);
	const unsigned day = (unsigned)(ms / 1000 % 86400);

	(void)buf_add_fmt(out, "%02u:%02u:%02u.%03u", day / 3600, day / 60 % 60, day % 60,
	    (unsigned)(ms % 1000));
}

/* "2026-11-21T08:00:01.25Z" as "08:00:01.25"; other times as they are. */
static void
put_time(const struct field *f, struct buf *out)
{
	const char *t = f->value.n > 18 && f->value.p[10] == 'T' ? f->value.p + 10 : NULL;
	const size_t room = f->value.n - 10;
	double v;
	size_t n = 9;

	if (t != NULL) {
		while (n < room && n < 13 && (t[n] == '.' || (t[n] >= '0' && t[n] <= '9')))
			n++;
		(void)buf_add(out, t + 1, n - 1);
	} else if (!f->quoted && slice_f64(f->value, &v) && v > 1e8 && v < 1e19) {
		put_epoch(v, out);
	} else {
		unescape(f->value, out);
	}
	(void)buf_add_byte(out, ' ');
}

/* Words as they are, at least five wide; bunyan's and pino's numbers as words. */
static void
put_level(const struct field *f, struct buf *out)
{
	static const char *const words[] = { "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL" };
	uint64_t v;
	char text[16];
	size_t n = f->value.n < sizeof text - 1 ? f->value.n : sizeof text - 1;

	if (!f->quoted && slice_u64(f->value, 60, &v) && v >= 10 && v % 10 == 0) {
		(void)buf_add_fmt(out, "%-5s ", words[v / 10 - 1]);
		return;
	}
	for (size_t i = 0; i < n; i++)
		text[i] = f->value.p[i] >= 'a' && f->value.p[i] <= 'z' ?
		    (char)(f->value.p[i] - 32) : f->value.p[i];
	text[n] = '\0';
	(void)buf_add_fmt(out, "%-5s ", text);
}

static bool
needs_quotes(struct slice s)
{
	if (s.n == 0)
		return true;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ' ' || s.p[i] == '"' || s.p[i] == '=' || s.p[i] == '\\')
			return true;
	return false;
}

static void
put_fields(const struct line *l, struct buf *out)
{
	bool first = true;

	for (size_t i = 0; i < l->n; i++) {
		const struct field *f = &l->f[i];
		const bool quotes = f->quoted && needs_quotes(f->value);

		if (f->role != FIELD)
			continue;
		(void)buf_add_str(out, first ? "  " : " ");
		first = false;
		unescape(f->key, out);
		(void)buf_add_byte(out, '=');
		if (quotes)
			(void)buf_add_byte(out, '"');
		if (f->quoted)
			unescape(f->value, out);
		else
			(void)buf_add(out, f->value.p, f->value.n);
		if (quotes)
			(void)buf_add_byte(out, '"');
	}
}

bool
logline_layout(const char *p, size_t n, struct buf *out)
{
	const char *brace = memchr(p, '{', n);
	struct line l;
	size_t before = 0;
	unsigned roles = 0;

	l.n = 0;
	if (brace != NULL && n > 2 && p[n - 1] == '}' && read_json(&l, brace, n -
	    (size_t)(brace - p))) {
		before = (size_t)(brace - p);
		roles = find_roles(&l);
	}
	if (roles == 0 && memchr(p, '=', n) != NULL) {
		l.n = before = 0;
		roles = read_logfmt(&l, p, n) && find_roles(&l) == 2 ? 2 : 0;
	}
	if (roles == 0)
		return false;
	(void)buf_add(out, p, before);
	if (the(&l, TIME) != NULL)
		put_time(the(&l, TIME), out);
	if (the(&l, LEVEL) != NULL)
		put_level(the(&l, LEVEL), out);
	if (the(&l, MESSAGE) != NULL)
		unescape(the(&l, MESSAGE)->value, out);
	put_fields(&l, out);
	return true;
}
