/* labels.c - units, texts and tests of labels. */
#include "pprof/labels.h"

#include <string.h>

#include "base/alloc.h"
#include "pprof/units.h"

enum { KEYS_MAX = 4096, TEXT_MAX = 1 << 20 };

static bool
note_key(struct label_units *u, struct slice key, struct slice unit)
{
	size_t i;

	for (i = 0; i < u->count && !slice_eq(u->key[i], key); i++)
		;
	if (i == u->count) {
		if (u->count == KEYS_MAX)
			return true;    /* a hostile file must not make this quadratic */
		if (u->count == u->cap) {
			u->cap = u->cap * 2 + 8;
			u->key = mem_resize(u->key, u->cap, sizeof(*u->key));
			u->unit = mem_resize(u->unit, u->cap, sizeof(*u->unit));
		}
		u->key[u->count] = key;
		u->unit[u->count++] = slice_make("", 0);
	}
	if (u->unit[i].n == 0)
		u->unit[i] = unit;
	return true;
}

/* pprof merges first, and a sample without any value does not survive that. */
static bool
is_zero(const struct pprof_sample *s, uint32_t types)
{
	int64_t any = 0;

	for (uint32_t i = 0; i < types; i++)
		any |= s->value[i];
	return any == 0;
}

enum err
label_units_add(struct label_units *u, const struct pprof_profile *p, const char *what,
    struct err_msg *why)
{
	struct pprof_cursor c;
	struct pprof_sample s;
	enum err e = pprof_cursor_init(&c, p, what, true, why);

	while (e == ERR_OK && (e = pprof_cursor_next(&c, &s, why)) == ERR_OK) {
		if (is_zero(&s, p->type_count))
			continue;
		for (size_t i = 0; i < s.label_count; i++)
			if (s.label[i].str == 0)
				note_key(u, pprof_string(p, s.label[i].key),
				    pprof_string(p, s.label[i].unit));
	}
	pprof_cursor_fini(&c);
	return e == ERR_NOTHING ? ERR_OK : e;
}

void
label_units_fini(struct label_units *u)
{
	mem_free(u->key);
	mem_free(u->unit);
	*u = (struct label_units){ 0 };
}

struct slice
label_units_get(const struct label_units *u, struct slice key)
{
	for (size_t i = 0; i < u->count; i++)
		if (slice_eq(u->key[i], key) && u->unit[i].n != 0)
			return u->unit[i];
	if (slice_is(key, "alignment") || slice_is(key, "request"))
		return slice_of("bytes");
	return key;
}

static bool
has_unit(const struct pprof_profile *p, const struct pprof_sample *s, struct slice key)
{
	for (size_t i = 0; i < s->label_count; i++)
		if (s->label[i].str == 0 && s->label[i].unit != 0 &&
		    slice_eq(pprof_string(p, s->label[i].key), key))
			return true;
	return false;
}

enum err
label_text(const struct pprof_profile *p, const struct pprof_sample *s, struct slice key,
    struct slice unit, struct buf *out, bool *any)
{
	bool units = has_unit(p, s, key);
	enum err e = ERR_OK;

	*any = false;
	/* texts first, then numbers */
	for (size_t n = 0; n < 2 * s->label_count && e == ERR_OK; n++) {
		const struct pprof_label *l = &s->label[n % s->label_count];
		bool text = n < s->label_count;
		char number[UNITS_LABEL_MAX];
		struct slice v;

		if ((l->str != 0) != text || !slice_eq(pprof_string(p, l->key), key))
			continue;
		if (text) {
			v = pprof_string(p, l->str);
		} else {
			units_label(l->num, units ? pprof_string(p, l->unit) : slice_make("", 0),
			    units ? unit : slice_make("", 0), number, sizeof(number));
			v = slice_of(number);
		}
		if (*any)
			e = buf_add_byte(out, ',');
		if (e == ERR_OK)
			e = buf_add(out, v.p, v.n);
		*any = true;
	}
	return e;
}

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* One "[+-]?digits[letters]" found in a text: its place, number and unit. */
struct found {
	size_t at, end;
	struct slice number, unit;
};

static bool
find_number(struct slice s, size_t from, struct found *f)
{
	size_t i = from, end;

	while (i < s.n && !digit(s.p[i]))
		i++;
	if (i == s.n)
		return false;
	for (end = i; end < s.n && digit(s.p[end]); end++)
		;
	f->at = i > from && (s.p[i - 1] == '+' || s.p[i - 1] == '-') ? i - 1 : i;
	f->number = slice_make(s.p + f->at, end - f->at);
	if (s.p[f->at] == '+')
		f->number = slice_skip(f->number, 1);
	for (i = end; i < s.n && alpha(s.p[i]); i++)
		;
	f->unit = slice_make(s.p + end, i - end);
	f->end = i;
	return true;
}

static bool
scaled(const struct found *f, struct slice to, double *value, struct slice *unit)
{
	int64_t n;

	if (!slice_i64(f->number, &n))
		return false;
	*value = units_scale(n, f->unit, to, unit);
	return true;
}

/* One number is all there is: alone, or with a colon before or behind it. */
static bool
parse_one(struct label_test *t, struct slice s, const struct found *a)
{
	t->kind = LABEL_IS;
	if (a->at == 0 && a->end == s.n)
		return true;
	t->kind = LABEL_FROM;
	if (a->at == 0 && a->end + 1 == s.n && s.p[a->end] == ':')
		return true;
	t->kind = LABEL_TO;
	return a->at == 1 && s.p[0] == ':' && a->end == s.n;
}

/* "32kb", ":64kb", "4mb:", "12kb:64mb"; false: not a range, so it is a regexp. */
static bool
parse_range(struct label_test *t, struct slice s)
{
	struct found a, b;
	struct slice unit;

	if (!find_number(s, 0, &a) || !scaled(&a, a.unit, &t->low, &t->unit))
		return false;
	t->high = t->low;
	if (!find_number(s, a.end, &b))
		return parse_one(t, s, &a);
	t->kind = LABEL_BETWEEN;
	return a.at == 0 && s.p[a.end] == ':' && b.at == a.end + 1 && b.end == s.n
	    && scaled(&b, t->unit, &t->high, &unit) && slice_eq(unit, t->unit);
}

static enum err
parse_rx(struct label_test *t, const char *option, struct slice s, struct err_msg *why)
{
	size_t most = 1;

	for (size_t i = 0; i < s.n; i++)
		most += s.p[i] == ',';
	t->kind = LABEL_RX;
	t->rx = mem_zero(most, sizeof(struct rx *));
	for (bool last = false; !last;) {
		struct slice rest, one = slice_cut(s, ',', &rest);
		enum err e = rx_new(&t->rx[t->rx_count], option, one, why);

		if (e != ERR_OK)
			return e;
		t->rx_count++;
		last = one.n == s.n;
		s = rest;
	}
	return ERR_OK;
}

enum err
label_test_init(struct label_test *t, const char *option, const char *text, struct err_msg *why)
{
	struct slice s = slice_of(text), rest;

	*t = (struct label_test){ .set = s.n != 0 };
	buf_init(&t->scratch, TEXT_MAX);
	if (!t->set)
		return ERR_OK;
	if (memchr(s.p, '=', s.n) != NULL) {
		t->keyed = true;
		t->key = slice_cut(s, '=', &rest);
		s = rest;
	}
	return parse_range(t, s) ? ERR_OK : parse_rx(t, option, s, why);
}

void
label_test_fini(struct label_test *t)
{
	for (size_t i = 0; i < t->rx_count; i++)
		rx_free(t->rx[i]);
	mem_free(t->rx);
	buf_fini(&t->scratch);
	*t = (struct label_test){ 0 };
}

static bool
in_range(const struct label_test *t, int64_t v, struct slice unit)
{
	struct slice in;
	double d = units_scale(v, unit, t->unit, &in);

	if (!slice_eq(in, t->unit))
		return false;
	return (t->kind == LABEL_TO || d >= t->low) && (t->kind == LABEL_FROM || d <= t->high);
}

static bool
match_numbers(const struct label_test *t, const struct label_units *u,
    const struct pprof_profile *p, const struct pprof_sample *s)
{
	for (size_t i = 0; i < s->label_count; i++) {
		const struct pprof_label *l = &s->label[i];
		struct slice key = pprof_string(p, l->key);

		if (l->str == 0 && (!t->keyed || slice_eq(key, t->key))
		    && in_range(t, l->num, label_units_get(u, key)))
			return true;
	}
	return false;
}

static bool
match_one(struct label_test *t, struct rx *rx, struct slice key, struct slice value)
{
	if (t->keyed)
		return slice_eq(key, t->key) && rx_match(rx, value);
	buf_clear(&t->scratch);
	if (buf_add(&t->scratch, key.p, key.n) != ERR_OK ||
	    buf_add_byte(&t->scratch, ':') != ERR_OK ||
	    buf_add(&t->scratch, value.p, value.n) != ERR_OK)
		return false;
	return rx_match(rx, slice_make(buf_str(&t->scratch), t->scratch.len));
}

static bool
match_texts(struct label_test *t, struct rx *rx, const struct pprof_profile *p,
    const struct pprof_sample *s, bool is_base)
{
	if (is_base && match_one(t, rx, slice_of("pprof::base"), slice_of("true")))
		return true;
	for (size_t i = 0; i < s->label_count; i++)
		if (s->label[i].str != 0 && match_one(t, rx, pprof_string(p, s->label[i].key),
		    pprof_string(p, s->label[i].str)))
			return true;
	return false;
}

/* With a key any of the patterns is enough; without, all must match something. */
bool
label_test_match(struct label_test *t, const struct label_units *u, const struct pprof_profile *p,
    const struct pprof_sample *s, bool is_base)
{
	if (t->kind != LABEL_RX)
		return match_numbers(t, u, p, s);
	for (size_t i = 0; i < t->rx_count; i++)
		if (match_texts(t, t->rx[i], p, s, is_base) == t->keyed)
			return t->keyed;
	return !t->keyed;
}
