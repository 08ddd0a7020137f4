/* prom_scan.c - lines of Prometheus text. */
#include "gauge/prom_scan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void
prom_scan_init(struct prom_scan *s, prom_cb cb, void *arg)
{
	memset(s, 0, sizeof *s);
	s->cb = cb;
	s->arg = arg;
}

/* ---- words ---- */

static bool
name_byte(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
	       (!first && c >= '0' && c <= '9');
}

static struct slice
take_name(const char **p)
{
	const char *from = *p;

	while (name_byte(**p, *p == from))
		(*p)++;
	return slice_make(from, (size_t)(*p - from));
}

static void
blanks(const char **p)
{
	*p += strspn(*p, " \t");
}

static bool
take_value(const char **p, double *v)
{
	static const struct { const char *word; double v; } words[] = {
		{ "NaN", (double)NAN }, { "+Inf", (double)INFINITY }, { "-Inf", -(double)INFINITY },
		{ "Inf", (double)INFINITY },
	};
	const size_t n = strcspn(*p, " \t");
	const struct slice text = slice_make(*p, n);

	*p += n;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (n == strlen(words[i].word) && strncasecmp(text.p, words[i].word, n) == 0) {
			*v = words[i].v;
			return true;
		}
	return slice_f64(text, v);
}

/* "..." at *p, unescaped where it stands. */
static bool
take_text(char **p, struct slice *out)
{
	char *from = *p, *to = *p, *at = *p;

	if (*at++ != '"')
		return false;
	from = to = at;
	for (; *at != '"'; at++) {
		if (*at == '\0')
			return false;
		if (*at != '\\') {
			*to++ = *at;
			continue;
		}
		at++;
		if (*at == '\0')
			return false;
		*to++ = *at == 'n' ? ' ' : *at;
	}
	*p = at + 1;
	*out = slice_make(from, (size_t)(to - from));
	return true;
}

static bool
take_labels(char **at, struct prom_sample *s)
{
	const char *p = *at + 1;
	char *q;

	for (blanks(&p); *p != '}'; blanks(&p)) {
		struct prom_label l;

		l.name = take_name(&p);
		blanks(&p);
		if (l.name.n == 0 || *p++ != '=' || s->labels == PROM_LABELS)
			return false;
		blanks(&p);
		q = *at + (p - *at);
		if (!take_text(&q, &l.value))
			return false;
		s->label[s->labels++] = l;
		p = q;
		blanks(&p);
		if (*p == ',')
			p++;
		else if (*p != '}')
			return false;
	}
	*at += p + 1 - *at;
	return true;
}

/* ---- families ---- */

static void
take_type(struct prom_scan *s, const char *p)
{
	static const struct { const char *word; enum prom_kind kind; } kinds[] = {
		{ "counter", PROM_COUNTER }, { "gauge", PROM_GAUGE }, { "summary", PROM_SUMMARY },
		{ "histogram", PROM_HISTOGRAM }, { "untyped", PROM_UNTYPED },
		{ "unknown", PROM_UNTYPED },
	};
	struct slice name, word;

	blanks(&p);
	name = take_name(&p);
	blanks(&p);
	word = slice_trim(slice_of(p));
	s->kind = PROM_OTHER;
	snprintf(s->family, sizeof s->family, "%.*s", (int)name.n, name.p);
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (slice_is(word, kinds[i].word))
			s->kind = kinds[i].kind;
}

static void
comment(struct prom_scan *s, const char *p)
{
	blanks(&p);
	if (strncmp(p, "TYPE ", 5) == 0)
		take_type(s, p + 5);
	else if (strcmp(p, "EOF") == 0)
		s->ended = true;
}

/* What follows the family's name in the sample's; of a plain counter its "_total" is no part. */
static void
of_family(const struct prom_scan *s, struct prom_sample *out)
{
	static const char *const parts[] = { "", "_total", "_sum", "_count", "_bucket", "_created",
		"_info" };
	const size_t n = strlen(s->family);

	out->family = out->name;
	out->part = slice_of("");
	out->kind = PROM_UNTYPED;
	if (n == 0 || out->name.n < n || memcmp(out->name.p, s->family, n) != 0)
		return;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (slice_is(slice_skip(out->name, n), parts[i])) {
			out->kind = s->kind;
			out->family.n = n;
			out->part = slice_skip(out->name, n);
		}
}

/* NAME [{LABELS}] VALUE [TIMESTAMP] [# EXEMPLAR] */
static bool
sample(struct prom_scan *s, char *at)
{
	struct prom_sample out;
	const char *p = at;

	out.labels = 0;
	out.name = take_name(&p);
	if (out.name.n == 0)
		return false;
	blanks(&p);
	at += p - at;
	if (*at == '{' && !take_labels(&at, &out))
		return false;
	p = at;
	blanks(&p);
	if (*p == '\0' || !take_value(&p, &out.v))
		return false;
	blanks(&p);
	if (*p != '\0' && *p != '#') {          /* a time, which nobody here needs */
		double when;

		if (!take_value(&p, &when))
			return false;
		blanks(&p);
	}
	if (*p != '\0' && *p != '#')
		return false;
	of_family(s, &out);
	s->cb(s->arg, &out);
	return true;
}

static void
line(struct prom_scan *s)
{
	char *p = s->line;

	if (s->len >= sizeof s->line || memchr(s->line, '\0', s->len) != NULL) {
		s->bad++;
		return;
	}
	while (s->len != 0 && (p[s->len - 1] == '\r' || p[s->len - 1] == ' '))
		s->len--;
	p[s->len] = '\0';
	p += strspn(p, " \t");
	if (*p == '\0' || s->ended)
		return;
	if (*p == '#')
		comment(s, p + 1);
	else if (sample(s, p))
		s->good++;
	else
		s->bad++;
}

void
prom_scan_feed(struct prom_scan *s, const char *p, size_t n)
{
	while (n != 0) {
		const char *end = memchr(p, '\n', n);
		const size_t k = end != NULL ? (size_t)(end - p) : n;

		if (s->len + k < sizeof s->line)
			memcpy(s->line + s->len, p, k);
		s->len = s->len + k < sizeof s->line ? s->len + k : sizeof s->line;
		p += k;
		n -= k;
		if (end == NULL)
			break;
		line(s);
		s->len = 0;
		p++;
		n--;
	}
}

void
prom_scan_end(struct prom_scan *s)
{
	if (s->len != 0)
		line(s);
	s->len = 0;
}
