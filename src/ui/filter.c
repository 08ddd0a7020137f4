/* filter.c - a conjunction of terms. */
#include "ui/filter.h"

#include <string.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "text/level.h"
#include "text/pattern.h"

enum { TERMS = 16 };

struct term {
	struct pattern *pattern;        /* NULL: a level */
	bool not;
	bool below, above, equal;       /* which sides of `level` pass */
	enum level level;
};

struct filter {
	struct term term[TERMS];
	size_t terms;
};

/* "level>=warn"; false: it is a pattern. */
static bool
level_term(struct slice s, struct term *t)
{
	if (!slice_starts(s, "level"))
		return false;
	s = slice_skip(s, 5);
	t->above = slice_starts(s, ">");
	t->below = slice_starts(s, "<");
	s = slice_skip(s, t->above || t->below);
	t->equal = slice_starts(s, "=");
	s = slice_skip(s, t->equal);
	if (!t->above && !t->below && !t->equal)
		return false;
	return level_from_word(s.p, s.n, &t->level);
}

static enum err
pattern_term(struct slice s, struct term *t, struct err_msg *why)
{
	unsigned flags = PATTERN_ICASE;

	if (slice_starts(s, "!") || slice_starts(s, "not ")) {
		t->not = true;
		s = slice_trim(slice_skip(s, s.p[0] == '!' ? 1 : 4));
	}
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'Z')
			flags = 0;
	if (pattern_new(s.p, s.n, flags, &t->pattern, NULL) == ERR_OK)
		return ERR_OK;
	return pattern_new(s.p, s.n, flags | PATTERN_LITERAL, &t->pattern, why);
}

enum err
filter_new(const char *text, struct filter **out, struct err_msg *why)
{
	struct filter *f = mem_zero(1, sizeof *f);
	struct slice rest = slice_of(text);
	enum err e = ERR_OK;

	while (rest.n != 0 && e == ERR_OK) {
		const int64_t cut = slice_find(rest, slice_of(" && "));
		const struct slice term = slice_trim(slice_make(rest.p, cut < 0 ? rest.n :
		    (size_t)cut));
		struct term *t = &f->term[f->terms];

		rest = slice_skip(rest, cut < 0 ? rest.n : (size_t)cut + 4);
		if (f->terms == TERMS)
			e = err_set(why, ERR_LIMIT, "filter", NULL, "at most %d terms", TERMS);
		else if (term.n != 0 && !level_term(term, t))
			e = pattern_term(term, t, why);
		f->terms += term.n != 0 && e == ERR_OK;
	}
	if (e == ERR_OK && f->terms == 0)
		e = err_set(why, ERR_USAGE, "filter", NULL, "it is empty");
	if (e != ERR_OK) {
		filter_free(f);
		return e;
	}
	*out = f;
	return ERR_OK;
}

void
filter_free(struct filter *f)
{
	for (size_t i = 0; f != NULL && i < f->terms; i++)
		pattern_free(f->term[i].pattern);
	mem_free(f);
}

static bool
holds(const struct term *t, const char *line, size_t n)
{
	struct pattern_match m;
	enum level l;

	if (t->pattern != NULL)
		return (pattern_find(t->pattern, line, n, 0, &m) == PATTERN_YES) != t->not;
	l = level_of(line, n, NULL, NULL);
	return (t->above && l > t->level) || (t->equal && l == t->level) ||
	    (t->below && l < t->level);
}

bool
filter_shows(const struct filter *f, const char *line, size_t n)
{
	for (size_t i = 0; i < f->terms; i++)
		if (!holds(&f->term[i], line, n))
			return false;
	return true;
}
