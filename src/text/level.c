/* level.c - words that are levels, and the places where they are one. */
#include "text/level.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct word { const char *text; enum level level; bool prose; /* one in plain text as well */ };

static const struct word words[] = {
	{ "error", LEVEL_ERROR, true }, { "err", LEVEL_ERROR, true },
	{ "fatal", LEVEL_ERROR, true }, { "panic", LEVEL_ERROR, true },
	{ "fail", LEVEL_ERROR, true }, { "failed", LEVEL_ERROR, true },
	{ "failure", LEVEL_ERROR, true }, { "exception", LEVEL_ERROR, true },
	{ "oops", LEVEL_ERROR, true }, { "segfault", LEVEL_ERROR, true },
	{ "timeout", LEVEL_ERROR, true }, { "crit", LEVEL_ERROR, false },
	{ "critical", LEVEL_ERROR, false }, { "emerg", LEVEL_ERROR, false },
	{ "alert", LEVEL_ERROR, false }, { "warn", LEVEL_WARN, true },
	{ "warning", LEVEL_WARN, true }, { "wrn", LEVEL_WARN, false },
	{ "info", LEVEL_INFO, false }, { "inf", LEVEL_INFO, false },
	{ "notice", LEVEL_INFO, false }, { "debug", LEVEL_DEBUG, false },
	{ "dbg", LEVEL_DEBUG, false }, { "trace", LEVEL_DEBUG, false },
	{ "verbose", LEVEL_DEBUG, false },
};

static const struct word *
find(const char *p, size_t n)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strlen(words[i].text) == n && strncasecmp(words[i].text, p, n) == 0)
			return &words[i];
	return NULL;
}

bool
level_from_word(const char *word, size_t n, enum level *out)
{
	const struct word *w = find(word, n);

	if (w != NULL)
		*out = w->level;
	return w != NULL;
}

/* The byte `back` places before i, NUL at the start. */
static char
before(const char *p, size_t i, size_t back)
{
	return i >= back ? p[i - back] : '\0';
}

static char
after(const char *p, size_t n, size_t i)
{
	return i < n ? p[i] : '\0';
}

static bool
capitals(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isupper((unsigned char)p[i]))
			return false;
	return true;
}

/* Does the word p[i..i+len) stand where a level stands? */
static bool
stands(const char *p, size_t n, size_t i, size_t len)
{
	const char b = before(p, i, 1), a = after(p, n, i + len);

	if (capitals(p + i, len) || a == ':')
		return true;
	if ((b == '[' && a == ']') || (b == '<' && a == '>') || (b == '(' && a == ')'))
		return true;
	/* level=warn, "level":"warn", lvl=... */
	return b == '=' || (b == '"' && before(p, i, 2) == ':');
}

static bool
letter(const char *p, size_t n, size_t i, enum level *out)
{
	static const char letters[] = "EWIDVF";
	static const enum level levels[] = { LEVEL_ERROR, LEVEL_WARN, LEVEL_INFO, LEVEL_DEBUG,
		LEVEL_DEBUG, LEVEL_ERROR };
	const char *which = memchr(letters, p[i], sizeof letters - 1);
	const char b = before(p, i, 1), a = after(p, n, i + 1);

	if (which == NULL)
		return false;
	*out = levels[which - letters];
	if (b == '[' && a == ']')
		return true;
	if (i == 0)
		return a == '/' || (a == ' ' && after(p, n, 2) == '(');
	return b == ' ' && a == ' ' && (before(p, i, 2) == ':' || before(p, i, 2) == ']');
}

static enum level
kernel(const char *p, size_t n)
{
	if (n < 3 || p[0] != '<' || p[2] != '>' || p[1] < '0' || p[1] > '7')
		return LEVEL_NONE;
	return p[1] <= '3' ? LEVEL_ERROR : p[1] == '4' ? LEVEL_WARN : p[1] == '7' ? LEVEL_DEBUG :
	    LEVEL_INFO;
}

struct found { enum level level; size_t at, len; };

/* Looks at the word p[i..i+len); true when it settles the matter. */
static bool
judge(const char *p, size_t n, size_t i, size_t len, struct found *f)
{
	const struct word *w = len > 1 ? find(p + i, len) : NULL;
	enum level one;

	if (len == 1 && letter(p, n, i, &one)) {
		*f = (struct found){ one, i, 1 };
		return true;
	}
	if (w == NULL)
		return false;
	if (stands(p, n, i, len)) {
		*f = (struct found){ w->level, i, len };
		return true;
	}
	if (w->prose && f->level == LEVEL_NONE)
		*f = (struct found){ w->level, i, len };
	return false;
}

enum level
level_of(const char *line, size_t n, size_t *at, size_t *len)
{
	struct found f = { kernel(line, n), 1, 1 };

	n = n < LEVEL_HEAD ? n : LEVEL_HEAD;
	for (size_t i = 0; i < n && (f.level == LEVEL_NONE || f.len != 1);) {
		size_t k = i;

		while (k < n && isalpha((unsigned char)line[k]))
			k++;
		if (k > i && (i == 0 || !isalnum((unsigned char)line[i - 1])) &&
		    judge(line, n, i, k - i, &f))
			break;
		i = k > i ? k : i + 1;
	}
	if (at != NULL)
		*at = f.at;
	if (len != NULL)
		*len = f.len;
	return f.level;
}
