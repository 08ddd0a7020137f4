/* encode.c - a small profile.proto writer. */
#include "pprof/encode.h"

#include <string.h>
#include <libdeflate.h>

#include "base/alloc.h"
#include "pprof/cursor.h"
#include "pprof/names.h"

enum { GZIP_LEVEL = 1 };

struct encode {
	struct buf body;
	struct buf part;                /* the message being built */
	struct buf inner;               /* a message or packed numbers inside it */
	struct names names;             /* the string table */
	char   **text;                  /* copies the names point to */
	size_t   text_count, text_cap;
	uint64_t mappings, functions, locations;
	uint64_t default_type;
	enum err failed;
};

struct encode *
encode_new(size_t max)
{
	struct encode *w = mem_zero(1, sizeof(*w));

	buf_init(&w->body, max);
	buf_init(&w->part, max);
	buf_init(&w->inner, max);
	names_init(&w->names);
	return w;
}

void
encode_free(struct encode *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->text_count; i++)
		mem_free(w->text[i]);
	mem_free(w->text);
	names_fini(&w->names);
	buf_fini(&w->body);
	buf_fini(&w->part);
	buf_fini(&w->inner);
	mem_free(w);
}

static void
note(struct encode *w, enum err e)
{
	if (w->failed == ERR_OK)
		w->failed = e;
}

static void
varint(struct encode *w, struct buf *out, uint64_t v)
{
	unsigned char b[10];
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		b[n++] = (unsigned char)(v | 0x80);
	b[n++] = (unsigned char)v;
	note(w, buf_add(out, b, n));
}

static void
number(struct encode *w, struct buf *out, unsigned field, uint64_t v)
{
	varint(w, out, field << 3);
	varint(w, out, v);
}

/* Go leaves zeros out. */
static void
number_opt(struct encode *w, struct buf *out, unsigned field, uint64_t v)
{
	if (v != 0)
		number(w, out, field, v);
}

static void
bytes(struct encode *w, struct buf *out, unsigned field, const void *p, size_t n)
{
	varint(w, out, field << 3 | 2);
	varint(w, out, n);
	note(w, buf_add(out, p, n));
}

/* The message in from becomes a field of out, and from is empty again. */
static void
message(struct encode *w, struct buf *out, unsigned field, struct buf *from)
{
	bytes(w, out, field, buf_str(from), from->len);
	buf_clear(from);
}

/* The index of a text that outlives the call only as our copy. */
static uint64_t
string(struct encode *w, const char *p, size_t n)
{
	uint32_t before = w->names.count, index;

	index = names_put(&w->names, slice_make(p, n));
	if (w->names.count == before)
		return index;
	if (w->text_count == w->text_cap) {
		w->text_cap = w->text_cap * 2 + 64;
		w->text = mem_resize(w->text, w->text_cap, sizeof(*w->text));
	}
	w->text[w->text_count] = mem_strn(p, n);
	w->names.text[index].p = w->text[w->text_count++];
	return index;
}

static uint64_t
text(struct encode *w, const char *s)
{
	return s == NULL ? 0 : string(w, s, strlen(s));
}

static void
value_type(struct encode *w, unsigned field, uint64_t type, uint64_t unit)
{
	number_opt(w, &w->part, 1, type);
	number_opt(w, &w->part, 2, unit);
	message(w, &w->body, field, &w->part);
}

void
encode_type(struct encode *w, const char *type, const char *unit)
{
	value_type(w, 1, text(w, type), text(w, unit));
}

void
encode_period(struct encode *w, const char *type, const char *unit, int64_t period)
{
	value_type(w, 11, text(w, type), text(w, unit));
	number_opt(w, &w->body, 12, (uint64_t)period);
}

void
encode_time(struct encode *w, int64_t time_nanos, int64_t duration_nanos)
{
	number_opt(w, &w->body, 9, (uint64_t)time_nanos);
	number_opt(w, &w->body, 10, (uint64_t)duration_nanos);
}

void
encode_default_type(struct encode *w, const char *type)
{
	w->default_type = text(w, type);
}

void
encode_comment(struct encode *w, const char *s)
{
	number(w, &w->body, 13, text(w, s));
}

uint64_t
encode_put_mapping(struct encode *w, const uint64_t field[11])
{
	w->mappings++;
	number(w, &w->part, 1, w->mappings);
	for (unsigned i = 2; i < 11; i++)
		number_opt(w, &w->part, i, field[i]);
	message(w, &w->body, 3, &w->part);
	return w->mappings;
}

void
encode_mapping(struct encode *w, uint64_t start, uint64_t limit, const char *file)
{
	(void)encode_put_mapping(w, (const uint64_t[11]){ [2] = start,
					[3] = limit,
					[5] = text(w, file),
					[7] = 1,
					[8] = 1,
					[9] = 1,
					[10] = 1 });
}

uint64_t
encode_put_function(
    struct encode *w, uint64_t name, uint64_t system_name, uint64_t file, int64_t start_line)
{
	w->functions++;
	number(w, &w->part, 1, w->functions);
	number_opt(w, &w->part, 2, name);
	number_opt(w, &w->part, 3, system_name);
	number_opt(w, &w->part, 4, file);
	number_opt(w, &w->part, 5, (uint64_t)start_line);
	message(w, &w->body, 5, &w->part);
	return w->functions;
}

uint64_t
encode_function(struct encode *w, const char *name, const char *file, int64_t start_line)
{
	return encode_put_function(w, text(w, name), text(w, name), text(w, file), start_line);
}

static void
put_line(struct encode *w, uint64_t function, int64_t line)
{
	number_opt(w, &w->inner, 1, function);
	number_opt(w, &w->inner, 2, (uint64_t)line);
	message(w, &w->part, 4, &w->inner);
}

static uint64_t
location_begin(struct encode *w, uint64_t mapping, uint64_t address)
{
	w->locations++;
	number(w, &w->part, 1, w->locations);
	number_opt(w, &w->part, 2, mapping);
	number_opt(w, &w->part, 3, address);
	return w->locations;
}

uint64_t
encode_location(struct encode *w, uint64_t address, const struct encode_line *line, size_t n)
{
	uint64_t id = location_begin(w, w->mappings != 0 ? 1 : 0, address);

	for (size_t i = 0; i < n; i++)
		put_line(w, line[i].function, line[i].line);
	message(w, &w->body, 4, &w->part);
	return id;
}

/* Packed for more than two, as Go writes them. */
static void
numbers(struct encode *w, unsigned field, const uint64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (n > 2)
			varint(w, &w->inner, v[i]);
		else
			number(w, &w->part, field, v[i]);
	}
	if (n > 2)
		message(w, &w->part, field, &w->inner);
}

static void
put_label(struct encode *w, uint64_t key, uint64_t str, int64_t num, uint64_t unit)
{
	number_opt(w, &w->inner, 1, key);
	number_opt(w, &w->inner, 2, str);
	number_opt(w, &w->inner, 3, (uint64_t)num);
	number_opt(w, &w->inner, 4, unit);
	message(w, &w->part, 3, &w->inner);
}

void
encode_sample(struct encode *w, const uint64_t *loc, size_t loc_count, const int64_t *value,
    size_t value_count, const struct encode_label *label, size_t label_count)
{
	numbers(w, 2, (const uint64_t *)value, value_count);
	numbers(w, 1, loc, loc_count);
	for (size_t i = 0; i < label_count; i++)
		put_label(w, text(w, label[i].key), text(w, label[i].str), label[i].num,
		    text(w, label[i].unit));
	message(w, &w->body, 2, &w->part);
}

enum err
encode_gzip(const void *p, size_t n, struct buf *out)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(GZIP_LEVEL);
	size_t bound, made = 0;
	enum err e;

	if (c == NULL)
		return ERR_MEMORY;
	bound = libdeflate_gzip_compress_bound(c, n);
	e = buf_reserve(out, bound);
	if (e == ERR_OK) {
		made = libdeflate_gzip_compress(
		    c, p, n, out->data + out->len, bound);
		out->len += made;
		out->data[out->len] = '\0';
		e = made == 0 ? ERR_LIMIT : ERR_OK;
	}
	libdeflate_free_compressor(c);
	return e;
}

enum err
encode_finish(struct encode *w, bool gzip, struct buf *out, struct err_msg *why)
{
	number_opt(w, &w->body, 14, w->default_type);
	for (uint32_t i = 0; i < w->names.count; i++)
		bytes(w, &w->body, 6, w->names.text[i].p, w->names.text[i].n);
	if (w->failed == ERR_OK)
		note(w, gzip ? encode_gzip(buf_str(&w->body), w->body.len, out)
			     : buf_add(out, w->body.data, w->body.len));
	if (w->failed != ERR_OK)
		return err_set(why, w->failed, "profile", NULL, "too large to write");
	return ERR_OK;
}

static uint64_t
copied(struct encode *w, const struct pprof_profile *p, uint32_t index)
{
	struct slice s = pprof_string(p, index);

	return string(w, s.p, s.n);
}

static uint64_t
sliced(struct encode *w, struct slice s)
{
	return string(w, s.p, s.n);
}

uint64_t
encode_put_text(struct encode *w, struct slice s)
{
	return string(w, s.p, s.n);
}

void
encode_put_type(struct encode *w, unsigned field, struct slice type, struct slice unit)
{
	uint64_t t = string(w, type.p, type.n);

	value_type(w, field, t, string(w, unit.p, unit.n));
}

void
encode_put_number(struct encode *w, unsigned field, uint64_t v)
{
	number_opt(w, &w->body, field, v);
}

void
encode_put_comment(struct encode *w, struct slice s)
{
	number(w, &w->body, 13, string(w, s.p, s.n));
}

uint64_t
encode_put_location(struct encode *w, uint64_t mapping, uint64_t address, bool folded,
    const struct encode_line *line, size_t n)
{
	uint64_t id = location_begin(w, mapping, address);

	for (size_t i = 0; i < n; i++)
		put_line(w, line[i].function, line[i].line);
	number_opt(w, &w->part, 5, folded);
	message(w, &w->body, 4, &w->part);
	return id;
}

void
encode_put_sample(struct encode *w, const uint64_t *loc, size_t loc_count, const int64_t *value,
    size_t value_count, const struct encode_put_label *label, size_t label_count)
{
	numbers(w, 2, (const uint64_t *)value, value_count);
	numbers(w, 1, loc, loc_count);
	for (size_t i = 0; i < label_count; i++)
		put_label(w, label[i].key, label[i].str, label[i].num, label[i].unit);
	message(w, &w->body, 2, &w->part);
}

static void
copy_tables(struct encode *w, const struct pprof_profile *p)
{
	for (uint32_t i = 0; i < p->type_count; i++)
		value_type(w, 1, sliced(w, p->type[i].type), sliced(w, p->type[i].unit));
	value_type(w, 11, sliced(w, p->period_type.type), sliced(w, p->period_type.unit));
	number_opt(w, &w->body, 12, (uint64_t)p->period);
	encode_time(w, p->time_nanos, p->duration_nanos);
	number_opt(w, &w->body, 7, sliced(w, p->drop_frames));
	number_opt(w, &w->body, 8, sliced(w, p->keep_frames));
	w->default_type = sliced(w, p->default_type);
	for (uint32_t i = 0; i < p->comment_count; i++)
		number(w, &w->body, 13, sliced(w, p->comment[i]));
	for (uint32_t i = 0; i < p->mapping_count; i++) {
		const struct pprof_mapping *m = &p->mapping[i];

		(void)encode_put_mapping(w, (const uint64_t[11]){ [2] = m->start,
				   [3] = m->limit,
				   [4] = m->offset,
				   [5] = copied(w, p, m->file),
				   [6] = copied(w, p, m->build_id),
				   [7] = m->bits & 1,
				   [8] = m->bits >> 1 & 1,
				   [9] = m->bits >> 2 & 1,
				   [10] = m->bits >> 3 & 1 });
	}
	for (uint32_t i = 0; i < p->function_count; i++) {
		const struct pprof_function *f = &p->function[i];

		encode_put_function(w, copied(w, p, f->name), copied(w, p, f->system_name),
		    copied(w, p, f->file), f->start_line);
	}
}

static void
copy_locations(struct encode *w, const struct pprof_profile *p)
{
	for (uint32_t i = 0; i < p->location_count; i++) {
		const struct pprof_location *l = &p->location[i];

		location_begin(w, l->mapping == PPROF_NONE ? 0 : l->mapping + 1, l->address);
		for (uint32_t j = 0; j < l->line_count; j++)
			if (p->line[l->first_line + j].function != PPROF_NONE)
				put_line(w, p->line[l->first_line + j].function + 1,
				    p->line[l->first_line + j].line);
		number_opt(w, &w->part, 5, l->folded);
		message(w, &w->body, 4, &w->part);
	}
}

static enum err
copy_samples(struct encode *w, const struct pprof_profile *p, const char *what, struct err_msg *why)
{
	struct pprof_cursor c;
	struct pprof_sample s;
	enum err e = pprof_cursor_init(&c, p, what, true, why);

	while (e == ERR_OK && (e = pprof_cursor_next(&c, &s, why)) == ERR_OK) {
		uint64_t *ids = mem_alloc((s.loc_count + 1) * sizeof(*ids));

		for (size_t i = 0; i < s.loc_count; i++)
			ids[i] = (uint64_t)s.loc[i] + 1;
		numbers(w, 2, (const uint64_t *)s.value, p->type_count);
		numbers(w, 1, ids, s.loc_count);
		mem_free(ids);
		for (size_t i = 0; i < s.label_count; i++) {
			const struct pprof_label *l = &s.label[i];

			put_label(w, copied(w, p, l->key), l->str != 0 ? copied(w, p, l->str) : 0,
			    l->num, l->unit != 0 ? copied(w, p, l->unit) : 0);
		}
		message(w, &w->body, 2, &w->part);
		e = w->failed;
	}
	pprof_cursor_fini(&c);
	return e == ERR_NOTHING ? ERR_OK : e;
}

enum err
encode_profile(const struct pprof_profile *p, const char *what, bool gzip, struct buf *out,
    struct err_msg *why)
{
	struct encode *w = encode_new(out->max);
	enum err e;

	copy_tables(w, p);
	copy_locations(w, p);
	e = copy_samples(w, p, what, why);
	if (e == ERR_OK)
		e = encode_finish(w, gzip, out, why);
	encode_free(w);
	return e;
}
