/* facts.c - header facts of a report, and the unit of its values. */
#include "pprof/facts.h"

#include "base/alloc.h"
#include "pprof/names.h"
#include "pprof/units.h"

enum { TEXT_MAX = 1 << 20 };

static uint64_t
magnitude(int64_t v)
{
	return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

/* The value that is neither 0 nor larger than another row's. */
static uint64_t
least_value(const struct top_report *r)
{
	uint64_t least = 0;

	for (uint32_t i = 0; i < r->row_count; i++) {
		const struct top_row *row = &r->row[i];
		uint64_t v = magnitude(row->flat != 0 ? row->flat : row->cum);

		if (v > 0 && (least == 0 || v < least))
			least = v;
	}
	return least != 0 ? least : (uint64_t)r->total;
}

void
facts_unit(struct top_report *r, const struct top_options *o)
{
	struct slice in = slice_of(r->unit), want = slice_of(o->unit != NULL ? o->unit : "minimum");
	struct slice low, high, unit;
	int64_t least, total = r->total;

	if (!slice_is(want, "minimum") || r->row_count == 0)
		return;
	least = (int64_t)least_value(r);
	if (r->ratio > 0 && (r->ratio < 1 || r->ratio > 1)) {
		least = units_int((double)least * r->ratio);
		total = units_int((double)total * r->ratio);
	}
	units_scale(least, in, want, &low);
	units_scale(total, in, want, &high);
	unit = low;
	if (!slice_eq(low, high) && (int64_t)((uint64_t)least * 100) < total)
		units_scale((int64_t)(100 * (uint64_t)least), in, want, &unit);
	mem_free(r->shown_unit);
	r->shown_unit = unit.n != 0 ? mem_strn(unit.p, unit.n) : mem_str(r->unit);
}

static void
add_comments(struct buf *out, const struct pprof_profile *p, const struct pprof_profile *seen)
{
	for (uint32_t i = 0; i < p->comment_count; i++) {
		bool twice = p->comment[i].n > 0 && p->comment[i].p[0] == '#';

		for (uint32_t j = 0; j < i && !twice && i < 1024; j++)
			twice = slice_eq(p->comment[i], p->comment[j]);
		for (uint32_t j = 0; seen != NULL && j < seen->comment_count && !twice && j < 1024;
		     j++)
			twice = slice_eq(p->comment[i], seen->comment[j]);
		if (!twice && buf_add(out, p->comment[i].p, p->comment[i].n) == ERR_OK)
			(void)buf_add_byte(out, '\n');
	}
}

static char *
taken(struct buf *b)
{
	char *s = b->len != 0 ? buf_take(b) : NULL;

	buf_fini(b);
	return s;
}

static void
main_mapping(struct top_report *r, const struct pprof_profile *p)
{
	struct slice file, id;

	if (p->mapping_count == 0)
		return;
	file = pprof_string(p, p->mapping[0].file);
	id = pprof_string(p, p->mapping[0].build_id);
	if (file.n != 0) {
		file = names_base(file);
		r->file = mem_strn(file.p, file.n);
	}
	if (id.n != 0)
		r->build_id = mem_strn(id.p, id.n);
}

enum err
facts_make(struct top_report *r, struct view *v)
{
	const struct pprof_profile *p = v->feed.profile[0], *base = v->feed.profile[1];
	struct slice unit = feed_unit(&v->feed), type = p->type[v->type].type;
	struct buf text;

	main_mapping(r, p->mapping_count > 0 || base == NULL ? p : base);
	buf_init(&text, TEXT_MAX);
	add_comments(&text, p, NULL);
	if (base != NULL)
		add_comments(&text, base, p);
	r->comments = taken(&text);
	buf_init(&text, TEXT_MAX);
	(void)filter_legend(&v->filter_options, &text);
	r->filters = taken(&text);
	r->type = mem_fmt("%s%.*s", v->o->mean ? "mean_" : "", (int)type.n, type.p);
	r->unit = mem_strn(unit.p, unit.n);
	r->shown_unit = mem_str(v->o->unit != NULL ? v->o->unit : "minimum");
	r->ratio = 1 / v->o->divide_by;
	r->compact = v->o->compact;
	r->time_nanos = p->time_nanos;
	r->duration_nanos = p->duration_nanos;
	if (base != NULL && (r->time_nanos == 0 || base->time_nanos < r->time_nanos))
		r->time_nanos = base->time_nanos;
	if (base != NULL)
		r->duration_nanos = (int64_t)((uint64_t)r->duration_nanos +
		    (uint64_t)base->duration_nanos);
	return ERR_OK;
}

void
facts_misses(struct top_report *r, const struct view *v)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	(void)filter_misses(v->filter, &text);
	r->misses = taken(&text);
}

void
facts_free(struct top_report *r)
{
	mem_free(r->file);
	mem_free(r->build_id);
	mem_free(r->comments);
	mem_free(r->filters);
	mem_free(r->misses);
	mem_free(r->type);
	mem_free(r->unit);
	mem_free(r->shown_unit);
	mem_free(r->hidden.largest);
}
