/* at_match.c - a regular expression for a line of an AT answer, with names for its groups. */
#include "bench/at_match.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

/* The name of a group that opens at s[0] == '(': "(?<name>", "(?P<name>", "(?'name'". Its length, 0
 * for a group without one. */
static size_t
name_of(const char *s, const char **name)
{
	size_t at = 1;

	if (s[at] != '?')
		return 0;
	at += s[at + 1] == 'P' ? 2 : 1;
	if (s[at] != '<' && s[at] != '\'')
		return 0;
	*name = s + at + 1;
	return strspn(*name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
}

/* PCRE2 numbers its groups by their opening bracket; the names are read off the pattern. */
static void
read_names(struct at_match *m, const char *s)
{
	size_t group = 0;
	bool set = false;

	for (; *s != '\0' && group + 1 < PATTERN_GROUPS; s++) {
		const char *name = NULL;
		size_t n;

		if (*s == '\\' && s[1] != '\0') {
			s++;
		} else if (*s == '[' || *s == ']') {
			set = *s == '[';
		} else if (*s == '(' && !set && s[1] != '*') {
			n = name_of(s, &name);
			if (s[1] == '?' && n == 0)
				continue;       /* (?:...), (?=...), (?<=...): no group */
			m->name[++group] = n != 0 ? mem_strn(name, n) : NULL;
		}
	}
	m->groups = group;
}

enum err
at_match_init(struct at_match *m, const char *text, struct err_msg *why)
{
	enum err e;

	*m = (struct at_match){ .p = NULL };
	if (text == NULL)
		return ERR_OK;
	e = pattern_new(text, strlen(text), 0, &m->p, why);
	if (e == ERR_OK)
		read_names(m, text);
	return e;
}

void
at_match_fini(struct at_match *m)
{
	pattern_free(m->p);
	for (size_t i = 0; i < PATTERN_GROUPS; i++)
		mem_free(m->name[i]);
	*m = (struct at_match){ .p = NULL };
}

bool
at_match_line(const struct at_match *m, const char *line, size_t n)
{
	struct pattern_match found;

	return m->p != NULL && pattern_find(m->p, line, n, 0, &found) == PATTERN_YES;
}

json_t *
at_match_captures(const struct at_match *m, const char *line, size_t n)
{
	struct pattern_match found;
	json_t *o;

	if (m->p == NULL || pattern_find(m->p, line, n, 0, &found) != PATTERN_YES)
		return NULL;
	o = json_object();
	for (size_t i = 0; i < found.groups && i <= m->groups; i++) {
		const struct pattern_span s = found.span[i];
		char number[24];

		if (s.start > s.end)
			continue;
		(void)snprintf(number, sizeof number, "%zu", i);
		json_put(o, m->name[i] != NULL ? m->name[i] : number,
		    json_text(line + s.start, s.end - s.start));
	}
	return o;
}
