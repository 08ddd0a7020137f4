/* decode.c - the decoders' table, their common prefilter, and the record that is open. */
#include "text/decode.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "text/decode_go.h"
#include "text/decode_gotrace.h"
#include "text/decode_regs.h"
#include "text/literals.h"

const struct decoder_ops *const decoders[] = {
	&decode_go_ops, &decode_regs_ops, &decode_backtrace_ops, &decode_gctrace_ops,
	&decode_schedtrace_ops, NULL,
};

struct decode {
	struct decode_callbacks cb;
	void *arg;
	struct literals *literals;
	const struct decoder_ops *of[LITERALS_MAX];     /* the decoder of each literal */
	struct decode_record *open;                     /* or NULL */
	struct buf plain;
};

struct decode *
decode_new(const struct decode_callbacks *cb, void *arg)
{
	const char *text[LITERALS_MAX];
	struct decode *d = mem_zero(1, sizeof *d);
	size_t n = 0;

	d->cb = *cb;
	d->arg = arg;
	for (const struct decoder_ops *const *o = decoders; *o != NULL; o++)
		for (const char *const *l = (*o)->literals; *l != NULL && n < LITERALS_MAX; l++) {
			d->of[n] = *o;
			text[n++] = *l;
		}
	d->literals = literals_new(text, n);
	buf_init(&d->plain, DECODE_LINE_MAX + 1);
	return d;
}

void
decode_free(struct decode *d)
{
	if (d == NULL)
		return;
	literals_free(d->literals);
	buf_fini(&d->plain);
	mem_free(d->open);
	mem_free(d);
}

/* ---- text */

/* Behind an escape sequence at p[0]: CSI, strings, two-byte ones. */
static size_t
sequence(const char *p, size_t n)
{
	size_t i = 2;

	if (n < 2)
		return n;
	if (p[1] == '[') {
		while (i < n && (unsigned char)p[i] >= 0x20 && (unsigned char)p[i] < 0x40)
			i++;
		return i < n ? i + 1 : n;
	}
	if (strchr("]PX^_", p[1]) == NULL)
		return 2;
	while (i < n && p[i] != '\a' && p[i] != '\033')
		i++;
	return i < n && p[i] == '\a' ? i + 1 : i;
}

void
decode_plain(const char *p, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n;) {
		size_t k = i;

		while (k < n && ((unsigned char)p[k] >= 0x20 || p[k] == '\t') && p[k] != 0x7f)
			k++;
		(void)buf_add(out, p + i, k - i);
		i = k < n && p[k] == '\033' ? k + sequence(p + k, n - k) : k + 1;
	}
}

/* ---- records */

static void
close_record(struct decode *d)
{
	struct decode_record *r = d->open;

	if (r == NULL)
		return;
	d->open = NULL;
	if (r->ops->end != NULL)
		r->ops->end(r);
	if (r->title[0] != '\0' && d->cb.found != NULL)
		d->cb.found(d->arg, r);
	mem_free(r);
}

bool
decode_open(const struct decode *d)
{
	return d->open != NULL;
}

void
decode_flush(struct decode *d)
{
	close_record(d);
}

static void
took(struct decode_record *r, const struct decode_line *l)
{
	r->last = l->offset;
	r->end = l->end;
	r->lines++;
}

/* True when the open record took the line. */
static bool
further(struct decode *d, const struct decode_line *l)
{
	struct decode_record *r = d->open;
	enum decode_verdict v;

	if (r == NULL)
		return false;
	v = r->ops->more != NULL && r->lines < DECODE_LINES ? r->ops->more(r, l) : DECODE_NO;
	if (v == DECODE_MORE || v == DECODE_LAST)
		took(r, l);
	if (v == DECODE_NO || v == DECODE_LAST)
		close_record(d);
	return v != DECODE_NO;
}

static bool
begins(struct decode *d, const struct decoder_ops *o, const struct decode_line *l)
{
	const struct decode_values values = { d->cb.value, d->arg };
	struct decode_record *r = mem_zero(1, sizeof *r);
	enum decode_verdict v;

	r->ops = o;
	r->decoder = o->name;
	r->offset = l->offset;
	v = o->begin(r, l, &values);
	if (v == DECODE_MORE || v == DECODE_LAST) {
		took(r, l);
		d->open = r;
		if (v == DECODE_LAST)
			close_record(d);
		return true;
	}
	mem_free(r);
	return v == DECODE_DONE;
}

static void
first(struct decode *d, struct decode_line *l)
{
	size_t at = 0;
	int i;

	while ((i = literals_find(d->literals, l->p, l->n, &at)) >= 0) {
		l->at = at;
		if (begins(d, d->of[i], l))
			return;
		at++;
	}
}

void
decode_line(struct decode *d, const char *p, size_t n, uint64_t offset, uint64_t end)
{
	struct decode_line l = { .offset = offset, .end = end };
	size_t at = 0;

	n = n < DECODE_LINE_MAX ? n : DECODE_LINE_MAX;
	if (d->open == NULL && literals_find(d->literals, p, n, &at) < 0)
		return;
	buf_clear(&d->plain);
	decode_plain(p, n, &d->plain);
	l.p = buf_str(&d->plain);
	l.n = d->plain.len;
	if (!further(d, &l))
		first(d, &l);
}
