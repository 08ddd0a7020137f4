/* requires.c - a reader of Lua's words that knows texts and comments, and looks for require. */
#include "script/requires.h"

#include <string.h>

struct reader { const char *p, *end; };

static bool
word_byte(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Behind "[", "=" and "[" of a long bracket: its end. False: it is none, nothing was read. */
static bool
long_bracket(struct reader *r)
{
	const char *p = r->p + 1;
	size_t level = 0;

	for (; p < r->end && *p == '='; p++)
		level++;
	if (p >= r->end || *p != '[')
		return false;
	for (p++; p < r->end; p++) {
		size_t k = 1;

		if (*p != ']')
			continue;
		while (p + k < r->end && p[k] == '=' && k <= level)
			k++;
		if (k == level + 1 && p + k < r->end && p[k] == ']') {
			r->p = p + k + 1;
			return true;
		}
	}
	r->p = r->end;
	return true;
}

/* A text in quotes, without them. */
static void
quoted(struct reader *r, const char **text, size_t *n)
{
	const char quote = *r->p++;

	*text = r->p;
	while (r->p < r->end && *r->p != quote && *r->p != '\n')
		r->p += *r->p == '\\' && r->p + 1 < r->end ? 2 : 1;
	*n = (size_t)(r->p - *text);
	if (r->p < r->end)
		r->p++;
}

static void
comment(struct reader *r)
{
	r->p += 2;
	if (r->p < r->end && *r->p == '[' && long_bracket(r))
		return;
	while (r->p < r->end && *r->p != '\n')
		r->p++;
}

static void
add(json_t *list, const char *text, size_t n)
{
	json_t *have;
	size_t i;

	json_array_foreach(list, i, have)
		if (json_string_length(have) == n && memcmp(json_string_value(have), text, n) == 0)
			return;
	if (json_array_size(list) < REQUIRES_MAX)
		(void)json_array_append_new(list, json_text(text, n));
}

/* Behind the word require. */
static void
module(struct reader *r, json_t *list)
{
	const char *text;
	size_t n;

	while (r->p < r->end && (blank(*r->p) || *r->p == '('))
		r->p++;
	if (r->p < r->end && (*r->p == '"' || *r->p == '\'')) {
		quoted(r, &text, &n);
		add(list, text, n);
	}
}

static void
word(struct reader *r, const char *begin, json_t *list)
{
	const char *from = r->p;
	const bool field = from > begin && (from[-1] == '.' || from[-1] == ':');

	while (r->p < r->end && word_byte(*r->p))
		r->p++;
	if (!field && r->p - from == 7 && memcmp(from, "require", 7) == 0)
		module(r, list);
}

json_t *
requires_find(const char *code, size_t n)
{
	struct reader r = { code, code + n };
	json_t *list = json_array();
	const char *text;
	size_t size;

	while (r.p < r.end) {
		if (word_byte(*r.p))
			word(&r, code, list);
		else if (*r.p == '"' || *r.p == '\'')
			quoted(&r, &text, &size);
		else if (*r.p == '-' && r.p + 1 < r.end && r.p[1] == '-')
			comment(&r);
		else if (*r.p != '[' || !long_bracket(&r))
			r.p++;
	}
	return list;
}
