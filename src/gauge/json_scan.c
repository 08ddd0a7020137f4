/* json_scan.c - the numbers of a JSON document without its tree. */
#include "gauge/json_scan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/slice.h"

enum state {
	VALUE,          /* a value has to come */
	FIRST,          /* behind '[': a value or ']' */
	FIRST_KEY,      /* behind '{': a key or '}' */
	KEY,            /* behind ',' in an object */
	COLON,
	AFTER,          /* behind a value: ',' or the end of what holds it */
	STRING,
	ESCAPE,
	HEX,
	NUMBER,
	WORD,
};

void
json_scan_init(struct json_scan *s, const struct json_scan_cb *cb, void *arg)
{
	memset(s, 0, sizeof *s);
	s->cb = *cb;
	s->arg = arg;
	s->state = VALUE;
}

static bool
fail(struct json_scan *s)
{
	s->failed = true;
	return false;
}

/* ---- the path ---- */

static void
path_cut(struct json_scan *s, size_t n)
{
	s->path_len = n;
	if (n < sizeof s->path)
		s->path[n] = '\0';
}

static void
path_add(struct json_scan *s, const char *part, size_t n)
{
	const size_t dot = s->path_len != 0 ? 1 : 0;

	if (s->path_len + dot + n >= sizeof s->path) {
		s->path_len = sizeof s->path;
		return;
	}
	if (dot != 0)
		s->path[s->path_len++] = '.';
	memcpy(s->path + s->path_len, part, n);
	path_cut(s, s->path_len + n);
}

/* A value begins: in an array it has its place as a name. */
static void
value_begins(struct json_scan *s)
{
	char number[16];

	if (s->depth == 0 || s->in[s->depth - 1].object)
		return;
	path_cut(s, s->in[s->depth - 1].path);
	path_add(s, number, (size_t)snprintf(number, sizeof number, "%u",
	    (unsigned)s->in[s->depth - 1].index++));
}

static bool
open_one(struct json_scan *s, bool object)
{
	if (s->depth == JSON_SCAN_DEPTH)
		return fail(s);
	s->in[s->depth].object = object;
	s->in[s->depth].path = (uint16_t)s->path_len;
	s->in[s->depth].index = 0;
	s->depth++;
	s->state = object ? FIRST_KEY : FIRST;
	return true;
}

static bool
close_one(struct json_scan *s, bool object)
{
	if (s->depth == 0 || s->in[s->depth - 1].object != object)
		return fail(s);
	path_cut(s, s->in[--s->depth].path);
	s->state = AFTER;
	return true;
}

/* ---- scalars ---- */

static void
keep(struct json_scan *s, char c)
{
	if (s->text_len + 1 < sizeof s->text)
		s->text[s->text_len] = c;
	s->text_len++;
}

static size_t
kept(struct json_scan *s)
{
	const size_t n = s->text_len < sizeof s->text ? s->text_len : sizeof s->text - 1;

	s->text[n] = '\0';
	return n;
}

/* RFC 8259: -? (0|[1-9][0-9]*) (.[0-9]+)? ([eE][+-]?[0-9]+)? */
static bool
is_number(const char *t)
{
	size_t n;

	t += *t == '-';
	n = strspn(t, "0123456789");
	if (n == 0 || (n > 1 && *t == '0'))
		return false;
	t += n;
	if (*t == '.') {
		n = strspn(++t, "0123456789");
		t += n;
		if (n == 0)
			return false;
	}
	if (*t == 'e' || *t == 'E') {
		t++;
		t += *t == '+' || *t == '-';
		n = strspn(t, "0123456789");
		t += n;
		if (n == 0)
			return false;
	}
	return *t == '\0';
}

static bool
number_ends(struct json_scan *s)
{
	const size_t n = kept(s);
	double v;

	if (s->text_len >= sizeof s->text)      /* 127 digits are no measurement */
		return strspn(s->text, "-+.eE0123456789") == n || fail(s);
	if (strlen(s->text) != n || !is_number(s->text))        /* a NUL ends no number */
		return fail(s);
	if (s->path_len < sizeof s->path && slice_f64(slice_make(s->text, n), &v) && isfinite(v))
		s->cb.number(s->arg, s->path, v);
	return true;
}

static bool
word_ends(struct json_scan *s)
{
	const size_t n = kept(s);

	return (strlen(s->text) == n && (strcmp(s->text, "true") == 0 ||
	    strcmp(s->text, "false") == 0 || strcmp(s->text, "null") == 0)) || fail(s);
}

static void
string_ends(struct json_scan *s)
{
	const size_t n = kept(s);

	if (s->key) {
		path_cut(s, s->in[s->depth - 1].path);
		if (s->text_len >= sizeof s->text)
			s->path_len = sizeof s->path;
		else
			path_add(s, s->text, n);
		s->state = COLON;
		return;
	}
	if (s->cb.text != NULL && s->path_len < sizeof s->path)
		s->cb.text(s->arg, s->path, s->text);
	s->state = AFTER;
}

static void
string_begins(struct json_scan *s, bool key)
{
	s->key = key;
	s->text_len = 0;
	s->state = STRING;
}

/* ---- one byte ---- */

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
begin_value(struct json_scan *s, char c)
{
	if (c == ']' && s->state == FIRST)
		return close_one(s, false);
	value_begins(s);
	if (c == '{' || c == '[')
		return open_one(s, c == '{');
	s->text_len = 0;
	if (c == '"') {
		string_begins(s, false);
		return true;
	}
	keep(s, c);
	s->state = c == '-' || (c >= '0' && c <= '9') ? NUMBER : WORD;
	return s->state == NUMBER || c == 't' || c == 'f' || c == 'n' || fail(s);
}

static bool
in_escape(struct json_scan *s, char c)
{
	if (s->state == HEX) {
		if (c == '\0' || strchr("0123456789abcdefABCDEF", c) == NULL)
			return fail(s);
		if (--s->hex == 0)
			s->state = STRING;
		return true;
	}
	if (c == '\0' || strchr("\"\\/bfnrtu", c) == NULL)
		return fail(s);
	keep(s, c == '"' || c == '\\' || c == '/' ? c : '?');
	s->state = c == 'u' ? HEX : STRING;
	s->hex = 4;
	return true;
}

static bool
in_string(struct json_scan *s, char c)
{
	if (s->state != STRING)
		return in_escape(s, c);
	if ((unsigned char)c < 0x20)
		return fail(s);
	if (c == '"')
		string_ends(s);
	else if (c == '\\')
		s->state = ESCAPE;
	else
		keep(s, c == 0x7f ? '?' : c);
	return true;
}

static bool
behind_value(struct json_scan *s, char c)
{
	if (c == ',' && s->depth != 0) {
		s->state = s->in[s->depth - 1].object ? KEY : VALUE;
		return true;
	}
	return c == '}' || c == ']' ? close_one(s, c == '}') : fail(s);
}

static bool
between(struct json_scan *s, char c)
{
	if (blank(c))
		return true;
	switch (s->state) {
	case VALUE:
	case FIRST:
		return begin_value(s, c);
	case FIRST_KEY:
	case KEY:
		if (c == '}' && s->state == FIRST_KEY)
			return close_one(s, true);
		string_begins(s, true);
		return c == '"' || fail(s);
	case COLON:
		s->state = VALUE;
		return c == ':' || fail(s);
	default:
		return behind_value(s, c);
	}
}

static bool
one(struct json_scan *s, char c)
{
	if (s->state == STRING || s->state == ESCAPE || s->state == HEX)
		return in_string(s, c);
	if (s->state != NUMBER && s->state != WORD)
		return between(s, c);
	if (!blank(c) && c != ',' && c != '}' && c != ']') {
		keep(s, c);
		return s->state == NUMBER || s->text_len <= 5 || fail(s);
	}
	if (!(s->state == NUMBER ? number_ends(s) : word_ends(s)))
		return false;
	s->state = AFTER;
	return between(s, c);
}

bool
json_scan_feed(struct json_scan *s, const char *p, size_t n)
{
	for (size_t i = 0; i < n && !s->failed; i++)
		if (!one(s, p[i]))
			break;
	return !s->failed;
}

bool
json_scan_end(struct json_scan *s)
{
	return json_scan_feed(s, "\n", 1) && s->depth == 0 && s->state == AFTER;
}
