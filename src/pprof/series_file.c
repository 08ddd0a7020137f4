/* series_file.c - writing a series record by record, and reading one that may be torn or
 * hostile. */
#include "pprof/series_file.h"

#include <libdeflate.h>
#include <string.h>

#include "base/alloc.h"
#include "pprof/series_delta.h"
#include "pprof/series_table.h"

enum { MAGIC = 8, FRAMING = 8, TEXT_MAX = 256 };
static const char magic[MAGIC + 1] = "viseser1";

bool
series_file_is(const void *data, size_t n)
{
	return n >= MAGIC && memcmp(data, magic, MAGIC) == 0;
}

static void
put32(char *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (char)(v >> 8 * i);
}

static uint32_t
get32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static enum err
too_large(struct err_msg *why)
{
	return err_set(why, ERR_LIMIT, "series", "keep fewer snapshots", "it takes too much room");
}

/* Room for the framing of a record; its place. */
static size_t
record_begin(struct buf *out)
{
	size_t at = out->len;

	return buf_add(out, "\0\0\0\0\0\0\0", FRAMING) == ERR_OK ? at : SIZE_MAX;
}

static enum err
record_end(struct buf *out, size_t at, bool ok, uint32_t before, uint32_t *crc, struct err_msg *why)
{
	char *p;
	size_t n;

	if (!ok || at == SIZE_MAX) {
		if (at != SIZE_MAX)
			out->len = at;
		return too_large(why);
	}
	p = out->data + at;
	n = out->len - at - FRAMING;
	put32(p, (uint32_t)n);
	*crc = libdeflate_crc32(before, p + FRAMING, n);
	put32(p + 4, *crc);
	return ERR_OK;
}

static bool
write_text(struct buf *out, const char *t)
{
	size_t n = strlen(t);

	return series_varint(out, n) && buf_add(out, t, n) == ERR_OK;
}

enum err
series_write_head(struct series *s, struct buf *out, struct err_msg *why)
{
	size_t at;
	bool ok;

	if (buf_add(out, magic, MAGIC) != ERR_OK)
		return too_large(why);
	at = record_begin(out);
	ok = at != SIZE_MAX && series_varint(out, s->type_count);
	for (uint32_t i = 0; ok && i < s->type_count; i++)
		ok = write_text(out, s->type[i].type) && write_text(out, s->type[i].unit);
	ok = ok && write_text(out, s->period_type) && write_text(out, s->period_unit) &&
	     series_varint(out, s->default_type);
	return record_end(out, at, ok, 0, &s->head_crc, why);
}

static bool
write_names(const struct series *s, uint32_t s0, uint32_t f0, const struct series_snapshot *n,
    struct buf *out)
{
	bool ok = series_varint(out, n->strings - s0);

	for (uint32_t i = s0; ok && i < n->strings; i++) {
		struct slice t = series_text(s, i);

		ok = series_varint(out, t.n) && buf_add(out, t.p, t.n) == ERR_OK;
	}
	ok = ok && series_varint(out, n->frames - f0);
	for (uint32_t i = f0; ok && i < n->frames; i++)
		ok = series_varint(out, s->frame[i].function) &&
		     series_varint(out, s->frame[i].file) && series_zigzag(out, s->frame[i].line);
	return ok;
}

static bool
write_stacks(const struct series *s, uint32_t k0, uint32_t c0, const struct series_snapshot *n,
    struct buf *out)
{
	bool ok = series_varint(out, n->stacks - k0);

	for (uint32_t i = k0; ok && i < n->stacks; i++) {
		const struct series_stack *k = &s->stack[i];

		ok = series_varint(out, k->count);
		for (uint32_t f = 0; ok && f < k->count; f++)
			ok = series_varint(out, s->stack_frame[k->first + f]);
	}
	ok = ok && series_varint(out, n->cells - c0);
	for (uint32_t i = c0; ok && i < n->cells; i++)
		ok = series_varint(out, s->cell[i].stack) && series_zigzag(out, s->cell[i].size);
	return ok;
}

enum err
series_write_one(struct series *s, uint32_t snapshot, struct buf *out, struct err_msg *why)
{
	static const struct series_snapshot nothing = { .time = 0 };
	const struct series_snapshot *n = &s->snapshot[snapshot],
				     *b = snapshot == 0 ? &nothing : n - 1;
	size_t at = record_begin(out);
	bool ok = at != SIZE_MAX && series_varint(out, n->same) && series_varint(out, n->cut) &&
		  series_varint(out, n->segment) && series_zigzag(out, n->time) &&
		  series_zigzag(out, n->period) && series_varint(out, n->run) &&
		  series_varint(out, n->program);

	ok = ok && write_names(s, b->strings, b->frames, n, out) &&
	     write_stacks(s, b->stacks, b->cells, n, out) &&
	     buf_add(out, s->log.data + n->at, n->n) == ERR_OK;
	return record_end(
	    out, at, ok, snapshot == 0 ? s->head_crc : b->crc, &s->snapshot[snapshot].crc, why);
}

enum err
series_write(struct series *s, struct buf *out, struct err_msg *why)
{
	enum err e = series_write_head(s, out, why);

	for (uint32_t i = 0; e == ERR_OK && i < s->count; i++)
		e = series_write_one(s, i, out, why);
	return e;
}

/* ---- reading */

static char *
read_text(struct series_reader *r)
{
	uint32_t n = series_get_below(r, TEXT_MAX + 1);
	char *t;

	if (r->bad || n > (size_t)(r->end - r->p)) {
		r->bad = true;
		return NULL;
	}
	t = mem_strn((const char *)r->p, n);
	r->p += n;
	return t;
}

static bool
read_head(struct series *s, struct series_reader *r)
{
	uint32_t n = series_get_below(r, SERIES_TYPES_MAX + 1);

	for (uint32_t i = 0; i < n && !r->bad; i++) {
		s->type_count = i + 1;
		s->type[i].type = read_text(r);
		s->type[i].unit = read_text(r);
	}
	s->period_type = read_text(r);
	s->period_unit = read_text(r);
	s->default_type = series_get_below(r, n);
	return !r->bad && n > 0 && r->p == r->end;
}

static bool
read_names(struct series *s, struct series_reader *r)
{
	uint64_t n = series_get(r);
	bool ok = true;

	for (uint64_t i = 0; i < n && ok && !r->bad; i++) {
		uint64_t len = series_get(r);

		ok = !r->bad && len <= (size_t)(r->end - r->p) &&
		     series_push_string(s, slice_make((const char *)r->p, (size_t)len));
		if (ok)
			r->p += len;
	}
	n = series_get(r);
	for (uint64_t i = 0; i < n && ok && !r->bad; i++) {
		struct series_frame f;

		f.function = series_get_below(r, s->string_count);
		f.file = series_get_below(r, s->string_count);
		f.line = series_get_zigzag(r);
		ok = !r->bad && series_push_frame(s, &f);
	}
	return ok && !r->bad;
}

static bool
read_stacks(struct series *s, struct series_reader *r, uint32_t *scratch)
{
	uint64_t n = series_get(r);
	bool ok = true;

	for (uint64_t i = 0; i < n && ok && !r->bad; i++) {
		uint32_t count = series_get_below(r, SERIES_DEPTH_MAX + 1);

		for (uint32_t k = 0; k < count && !r->bad; k++)
			scratch[k] = series_get_below(r, s->frame_count);
		ok = !r->bad && series_push_stack(s, scratch, count);
	}
	n = series_get(r);
	for (uint64_t i = 0; i < n && ok && !r->bad; i++) {
		uint32_t stack = series_get_below(r, s->stack_count);
		int64_t size = series_get_zigzag(r);

		ok = !r->bad && series_push_cell(s, stack, size);
	}
	return ok && !r->bad;
}

static bool
read_changes(struct series *s, struct series_reader *r, struct series_snapshot *n)
{
	const unsigned char *from = r->p;

	if (s->count > 0)
		memcpy(n->total, s->snapshot[s->count - 1].total, sizeof(n->total));
	if (!series_last_room(s) ||
	    !series_delta_apply(r, s->last, s->cell_count, s->type_count, n->total, &n->changed) ||
	    r->p != r->end)
		return false;
	n->at = s->log.len;
	n->n = (size_t)(r->end - from);
	n->strings = s->string_count;
	n->frames = s->frame_count;
	n->stacks = s->stack_count;
	n->cells = s->cell_count;
	return buf_add(&s->log, from, n->n) == ERR_OK;
}

/* False: this record and all behind it are let go. */
static bool
read_one(struct series *s, struct series_reader *r, uint32_t *scratch)
{
	struct series_snapshot n = { .time = 0 };
	uint32_t segment = s->count == 0 ? UINT32_MAX : s->snapshot[s->count - 1].segment + 2;

	n.same = series_get_below(r, 2) != 0;
	n.cut = (enum series_cut)series_get_below(r, SERIES_CUTS);
	n.segment = series_get_below(r, segment);
	n.time = series_get_zigzag(r);
	n.period = series_get_zigzag(r);
	n.run = series_get(r);
	n.program = series_get(r);
	if (r->bad || s->count == SERIES_SNAPSHOTS_MAX ||
	    (s->count > 0 && n.segment < s->snapshot[s->count - 1].segment) || !read_names(s, r) ||
	    !read_stacks(s, r, scratch) || !read_changes(s, r, &n) ||
	    !series_room(&s->snapshot, &s->cap, s->count, sizeof(n)))
		return false;
	s->snapshot[s->count++] = n;
	return true;
}

/* The payload at *at, checked; false at the good end. */
static bool
next_record(const unsigned char *data, size_t n, size_t *at, uint32_t *crc, struct series_reader *r)
{
	size_t left = n - *at, len;

	if (left < FRAMING)
		return false;
	len = get32(data + *at);
	if (len > left - FRAMING)
		return false;
	*crc = libdeflate_crc32(*crc, data + *at + FRAMING, len);
	if (*crc != get32(data + *at + 4))
		return false;
	r->p = data + *at + FRAMING;
	r->end = r->p + len;
	r->bad = false;
	*at += FRAMING + len;
	return true;
}

/* A record that was sound as bytes but made no sense may have left its tables half done: what was
 * read before is read once more, without it. */
static bool
read_records(struct series *s, const unsigned char *data, size_t n, size_t *good)
{
	uint32_t *scratch = mem_alloc(SERIES_DEPTH_MAX * sizeof(*scratch));
	size_t at = *good;
	uint32_t crc = s->head_crc;
	struct series_reader r;
	bool whole = true;

	while (whole && next_record(data, n, &at, &crc, &r)) {
		whole = read_one(s, &r, scratch);
		if (!whole)
			break;
		s->snapshot[s->count - 1].crc = crc;
		*good = at;
	}
	mem_free(scratch);
	return whole;
}

static enum err
no_series(const char *what, struct err_msg *why)
{
	return err_set(why, ERR_FORMAT, what, "give a .series file of a bench, or profiles",
	    "no series of this version");
}

enum err
series_read(struct series **out, const void *data, size_t n, const char *what, size_t *good,
    struct err_msg *why)
{
	size_t head = MAGIC;

	*good = 0;
	if (!series_file_is(data, n))
		return no_series(what, why);
	for (;; n = *good) {
		struct series *s = series_new();
		struct series_reader r;

		head = MAGIC;
		s->indexed = false;
		if (!next_record(data, n, &head, &s->head_crc, &r) || !read_head(s, &r)) {
			series_free(s);
			return no_series(what, why);
		}
		*good = head;
		if (read_records(s, data, n, good)) {
			*out = s;
			return ERR_OK;
		}
		series_free(s);
	}
}
