/* rx_parse.c - from the text of a pattern to a tree; no recursion, an explicit stack of open
 * groups. */
#include "script/rx_parse.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/slice.h"

/* atom: something stands before a quantifier */
struct level { int group, alt, cat; bool atom; };

struct parser {
	struct rx_tree *t;
	struct rx_pattern *p;
	const char *s;
	size_t n, at;
	bool nocase;
	struct level stack[RX_DEPTH_MAX + 1];
	int depth;
	struct err_msg *why;
};

static enum err
bad(struct parser *p, const char *text)
{
	char what[ERR_WHAT_MAX];

	snprintf(what, sizeof what, "pattern \"%.*s\"", (int)(p->n < 100 ? p->n : 100), p->s);
	return err_set(p->why, ERR_USAGE, what, "the syntax is Go's (RE2)", "%s, at byte %zu", text,
	    p->at + 1);
}

static int
node_new(struct rx_tree *t, enum rx_kind kind)
{
	if (t->n == t->cap) {
		t->cap = t->cap != 0 ? t->cap * 2 : 64;
		t->node = mem_resize(t->node, t->cap, sizeof *t->node);
	}
	t->node[t->n] = (struct rx_node){ .kind = kind, .child = -1, .last = -1, .next = -1 };
	return (int)t->n++;
}

static void
append(struct rx_tree *t, int parent, int child)
{
	struct rx_node *n = &t->node[parent];

	if (n->child < 0)
		n->child = child;
	else
		t->node[n->last].next = child;
	n->last = child;
}

static int
atom(struct parser *p, enum rx_kind kind)
{
	struct level *l = &p->stack[p->depth];
	const int n = node_new(p->t, kind);

	append(p->t, l->cat, n);
	l->atom = true;
	return n;
}

static void
open_level(struct parser *p, int group)
{
	struct level *l = &p->stack[p->depth];

	l->group = group;
	l->atom = false;
	l->alt = node_new(p->t, RX_N_ALT);
	l->cat = node_new(p->t, RX_N_CAT);
	append(p->t, l->alt, l->cat);
}

/* ---- classes */

static int
class_new(struct rx_tree *t)
{
	t->classes = mem_resize(t->classes, t->nclasses + 1, sizeof *t->classes);
	memset(&t->classes[t->nclasses], 0, sizeof *t->classes);
	return (int)t->nclasses++;
}

/* After a backslash: one byte, or -1 with the parser at the letter (a class or an assertion). */
static int
escape_byte(struct parser *p, enum err *e)
{
	static const char from[] = "nrtfvae0", to[] = "\n\r\t\f\v\a\033";
	const char c = p->s[p->at], *k = c != '\0' ? strchr(from, c) : NULL;
	uint64_t v;

	if (c == 'x') {
		if (p->at + 2 < p->n && slice_hex(slice_make(p->s + p->at + 1, 2), &v)) {
			p->at += 3;
			return (int)v;
		}
		*e = bad(p, "\\x needs two hexadecimal digits");
		return -1;
	}
	if (k != NULL) {
		p->at++;
		return (uint8_t)to[k - from];
	}
	if (isalnum((unsigned char)c))
		return -1;
	p->at++;
	return (uint8_t)c;
}

/* One end of a range inside brackets, or -1 when a whole class was added. */
static int
class_item(struct parser *p, struct rx_class *c, enum err *e)
{
	const char ch = p->s[p->at];
	int b;

	if (ch == '[' && p->at + 1 < p->n && p->s[p->at + 1] == ':') {
		const int64_t end =
		    slice_find(slice_make(p->s + p->at, p->n - p->at), slice_of(":]"));

		if (end < 2 || !rx_class_posix(c, slice_make(p->s + p->at + 2, (size_t)end - 2)))
			*e = bad(p, "unknown [:class:]");
		else
			p->at += (size_t)end + 2;
		return -1;
	}
	if (ch != '\\') {
		p->at++;
		if ((unsigned char)ch >= 128)
			*e = bad(p, "a class takes ASCII only; write (?:a|b)");
		return (unsigned char)ch;
	}
	if (++p->at >= p->n) {
		*e = bad(p, "a backslash at the end");
		return -1;
	}
	b = escape_byte(p, e);
	if (b >= 0 || *e != ERR_OK)
		return b;
	if (!rx_class_perl(c, p->s[p->at]))
		*e = bad(p, "unknown escape in a class");
	p->at++;
	return -1;
}

static enum err
class_body(struct parser *p, struct rx_class *c)
{
	enum err e = ERR_OK;

	for (bool first = true; ; first = false) {
		int lo, hi;

		if (p->at >= p->n)
			return bad(p, "a [ is not closed");
		if (p->s[p->at] == ']' && !first)
			break;
		lo = hi = class_item(p, c, &e);
		if (e == ERR_OK && lo >= 0 && p->at + 1 < p->n && p->s[p->at] == '-' &&
		    p->s[p->at + 1] != ']') {
			p->at++;
			hi = class_item(p, c, &e);
			if (e == ERR_OK && hi < lo)
				e = bad(p, "a range that runs backwards");
		}
		if (e != ERR_OK)
			return e;
		if (lo >= 0)
			rx_class_put_range(c, (unsigned)lo, (unsigned)hi);
	}
	p->at++;
	return ERR_OK;
}

static enum err
brackets(struct parser *p)
{
	struct rx_class c = { { 0 } };
	const bool invert = ++p->at < p->n && p->s[p->at] == '^';
	enum err e;
	int k;

	if (invert)
		p->at++;
	e = class_body(p, &c);
	if (e != ERR_OK)
		return e;
	if (p->nocase)
		rx_class_fold(&c);
	if (invert)
		rx_class_invert(&c);
	k = class_new(p->t);
	p->t->classes[k] = c;
	p->t->node[atom(p, RX_N_CLASS)].index = k;
	return ERR_OK;
}

/* ---- atoms */

static void
literal(struct parser *p, uint8_t b)
{
	int n, k;

	if (!p->nocase || !isalpha(b)) {
		n = atom(p, RX_N_BYTE);
		p->t->node[n].byte = b;
		return;
	}
	k = class_new(p->t);
	rx_class_put(&p->t->classes[k], b);
	rx_class_fold(&p->t->classes[k]);
	p->t->node[atom(p, RX_N_CLASS)].index = k;
}

static enum err
escaped(struct parser *p)
{
	enum err e = ERR_OK;
	struct rx_class c = { { 0 } };
	int b, k;

	if (++p->at >= p->n)
		return bad(p, "a backslash at the end");
	b = escape_byte(p, &e);
	if (e != ERR_OK)
		return e;
	if (b >= 0) {
		literal(p, (uint8_t)b);
		return ERR_OK;
	}
	if (p->s[p->at] == 'b' || p->s[p->at] == 'B') {
		(void)atom(p, p->s[p->at++] == 'b' ? RX_N_WORDB : RX_N_NWORDB);
		return ERR_OK;
	}
	if (!rx_class_perl(&c, p->s[p->at]))
		return bad(p, "unknown escape");
	p->at++;
	k = class_new(p->t);
	p->t->classes[k] = c;
	p->t->node[atom(p, RX_N_CLASS)].index = k;
	return ERR_OK;
}

static enum err
group_name(struct parser *p, size_t skip)
{
	const struct slice rest = slice_make(p->s + p->at + skip, p->n - p->at - skip);
	const int64_t end = slice_find(rest, slice_of(">"));

	if (end < 1 || end >= RX_NAME_MAX)
		return bad(p, "a group name is 1 to 31 letters, digits or _");
	for (int64_t i = 0; i < end; i++)
		if (!isalnum((unsigned char)rest.p[i]) && rest.p[i] != '_')
			return bad(p, "a group name is 1 to 31 letters, digits or _");
	snprintf(p->p->name[p->p->groups], RX_NAME_MAX, "%.*s", (int)end, rest.p);
	p->at += skip + (size_t)end + 1;
	return ERR_OK;
}

static enum err
open_group(struct parser *p)
{
	const struct slice rest = slice_make(p->s + p->at, p->n - p->at);
	const bool plain = slice_starts(rest, "(?:");
	int n;

	if (p->depth == RX_DEPTH_MAX)
		return bad(p, "groups nested more than 32 deep");
	n = atom(p, RX_N_GROUP);
	if (plain) {
		p->at += 3;
	} else {
		enum err e = ERR_OK;

		if (++p->p->groups >= RX_GROUPS)
			return bad(p, "more than 15 groups");
		p->t->node[n].index = (int)p->p->groups;
		if (slice_starts(rest, "(?P<"))
			e = group_name(p, 4);
		else if (slice_starts(rest, "(?<"))
			e = group_name(p, 3);
		else if (slice_starts(rest, "(?"))
			e = bad(p, "unknown group; there is no look-around");
		else
			p->at++;
		if (e != ERR_OK)
			return e;
	}
	p->depth++;
	open_level(p, n);
	return ERR_OK;
}

static enum err
close_group(struct parser *p)
{
	const struct level *l = &p->stack[p->depth];

	if (p->depth == 0)
		return bad(p, "a ) without its (");
	p->at++;
	p->t->node[l->group].child = l->alt;
	p->depth--;
	return ERR_OK;
}

/* ---- quantifiers */

static bool
number(struct parser *p, size_t *at, int *out)
{
	size_t end = *at;
	uint64_t v;

	while (end < p->n && isdigit((unsigned char)p->s[end]))
		end++;
	if (!slice_u64(slice_make(p->s + *at, end - *at), 1 << 20, &v))
		return false;
	*at = end;
	*out = (int)v;
	return true;
}

/* {n}, {n,} or {n,m}; anything else is the character { itself, as in RE2. */
static bool
counts(struct parser *p, int *min, int *max)
{
	size_t at = p->at + 1;

	if (!number(p, &at, min) || at >= p->n)
		return false;
	*max = *min;
	if (p->s[at] == ',') {
		at++;
		*max = -1;
		if (at < p->n && p->s[at] != '}' && !number(p, &at, max))
			return false;
	}
	if (at >= p->n || p->s[at] != '}')
		return false;
	p->at = at + 1;
	return true;
}

static enum err
repeat(struct parser *p, int min, int max)
{
	struct level *l = &p->stack[p->depth];
	const int old = p->t->node[l->cat].last;
	int copy;

	if (!l->atom)
		return bad(p, "nothing to repeat");
	if (min > RX_REPEAT_MAX || max > RX_REPEAT_MAX || (max >= 0 && max < min))
		return bad(p, "a count over 1000, or one that runs backwards");
	copy = node_new(p->t, RX_N_REPEAT);
	p->t->node[copy] = p->t->node[old];
	p->t->node[copy].next = -1;
	p->t->node[old] = (struct rx_node){
		.kind = RX_N_REPEAT, .min = min, .max = max, .child = copy, .last = copy, .next = -1
	};
	if (p->at < p->n && p->s[p->at] == '?') {
		p->t->node[old].lazy = true;
		p->at++;
	}
	l->atom = false;
	return ERR_OK;
}

static enum err
quantifier(struct parser *p)
{
	const char c = p->s[p->at];
	int min = c == '+', max = c == '?' ? 1 : -1;

	if (c != '{') {
		p->at++;
		return repeat(p, min, max);
	}
	if (counts(p, &min, &max))
		return repeat(p, min, max);
	literal(p, '{');
	p->at++;
	return ERR_OK;
}

static enum err
next_piece(struct parser *p)
{
	const char c = p->s[p->at];
	struct level *l = &p->stack[p->depth];

	switch (c) {
	case '(': return open_group(p);
	case ')': return close_group(p);
	case '[': return brackets(p);
	case '\\': return escaped(p);
	case '*': case '+': case '?': case '{': return quantifier(p);
	case '|':
		l->cat = node_new(p->t, RX_N_CAT);
		append(p->t, l->alt, l->cat);
		l->atom = false;
		break;
	case '.': (void)atom(p, RX_N_ANY); break;
	case '^': (void)atom(p, RX_N_BOL); break;
	case '$': (void)atom(p, RX_N_EOL); break;
	default: literal(p, (uint8_t)c); break;
	}
	p->at++;
	return ERR_OK;
}

enum err
rx_parse(
    struct rx_tree *t, const struct rx_source *src, struct rx_pattern *pattern, struct err_msg *why)
{
	struct parser p = { .t = t, .p = pattern, .s = src->text, .n = src->n, .why = why };
	enum err e = ERR_OK;

	p.nocase = (src->flags & RX_NOCASE) != 0;
	if (src->n > LIMIT_PATTERN)
		return err_set(
		    why, ERR_LIMIT, "pattern", NULL, "longer than %u bytes", LIMIT_PATTERN);
	t->n = 0;
	open_level(&p, -1);
	if ((src->flags & RX_LITERAL) != 0) {
		for (; p.at < p.n; p.at++)
			literal(&p, (uint8_t)p.s[p.at]);
	} else if (slice_starts(slice_make(p.s, p.n), "(?i)")) {
		p.nocase = true;
		p.at = 4;
	}
	while (e == ERR_OK && p.at < p.n)
		e = next_piece(&p);
	if (e == ERR_OK && p.depth != 0)
		e = bad(&p, "a ( is not closed");
	t->root = p.stack[0].alt;
	return e;
}
