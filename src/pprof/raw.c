/* raw.c - every sample, location and mapping as text: pprof -raw. */
#include "pprof/raw.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "pprof/names.h"
#include "pprof/view.h"

struct rawing {
	struct view view;
	struct names names;
	const struct pprof_profile *p;  /* as the filters left it */
	struct buf *out;
	enum err e;
};

static void
add(struct rawing *r, const char *s)
{
	if (r->e == ERR_OK)
		r->e = buf_add_str(r->out, s);
}

static void
add_slice(struct rawing *r, struct slice s)
{
	if (r->e == ERR_OK)
		r->e = utf8_escape(r->out, s.p, s.n, 0);
}

static void
add_number(struct rawing *r, int64_t v)
{
	if (r->e == ERR_OK)
		r->e = buf_add_fmt(r->out, "%" PRId64, v);
}

/* Go's %#x: 0 too is written with its prefix. */
static void
add_hex(struct rawing *r, uint64_t v)
{
	if (r->e == ERR_OK)
		r->e = buf_add_fmt(r->out, "0x%" PRIx64, v);
}

/* time.Duration.String cut to four characters, which is what "%.4v" of it comes to. */
static void
add_duration(struct rawing *r, int64_t d)
{
	uint64_t ns = d < 0 ? 0 - (uint64_t)d : (uint64_t)d, s = ns / 1000000000;
	const char *sign = d < 0 ? "-" : "";
	char text[64], frac[24] = "";

	if (ns < 1000000000) {
		static const struct { uint64_t below, unit; const char *name;
		} row[] = {
			{ 1000, 1, "ns" },
			{ 1000000, 1000, "\xc2\xb5s" },
			{ 1000000000, 1000000, "ms" },
		};
		unsigned i = 0;

		while (ns >= row[i].below)
			i++;
		snprintf(text, sizeof(text), "%s%.9g%s", sign, (double)ns / (double)row[i].unit,
		    row[i].name);
	} else {
		size_t n;

		snprintf(frac, sizeof(frac), ".%09" PRIu64, ns % 1000000000);
		for (n = strlen(frac); n > 0 && (frac[n - 1] == '0' || frac[n - 1] == '.'); n--)
			frac[n - 1] = '\0';
		if (s >= 3600)
			snprintf(text, sizeof(text), "%s%" PRIu64 "h%" PRIu64 "m%" PRIu64 "%ss",
			    sign, s / 3600, s / 60 % 60, s % 60, frac);
		else if (s >= 60)
			snprintf(text, sizeof(text), "%s%" PRIu64 "m%" PRIu64 "%ss", sign, s / 60,
			    s % 60, frac);
		else
			snprintf(text, sizeof(text), "%s%" PRIu64 "%ss", sign, s, frac);
	}
	for (size_t i = 0, n = 0; text[i] != '\0'; i++) {
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
		if (n > 4)
			text[i--] = '\0';
	}
	add(r, text);
}

/* Go's default layout of a time. */
static void
add_time(struct rawing *r, int64_t nanos)
{
	int64_t s = nanos / 1000000000 - (nanos % 1000000000 < 0);
	uint64_t rest = (uint64_t)(nanos - s * 1000000000);
	char text[64], frac[24] = "";
	time_t t = (time_t)s;
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL)
		return;
	if (rest != 0) {
		snprintf(frac, sizeof(frac), ".%09" PRIu64, rest);
		for (size_t n = strlen(frac); frac[n - 1] == '0'; n--)
			frac[n - 1] = '\0';
	}
	if (strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm) != 0)
		add(r, text);
	add(r, frac);
	if (strftime(text, sizeof(text), " %z %Z", &tm) != 0)
		add(r, text);
}

static void
header(struct rawing *r)
{
	const struct pprof_profile *p = r->p;

	for (uint32_t i = 0; i < p->comment_count; i++) {
		add(r, "Comment: ");
		add_slice(r, p->comment[i]);
		add(r, "\n");
	}
	add(r, "PeriodType: ");
	add_slice(r, p->period_type.type);
	add(r, " ");
	add_slice(r, p->period_type.unit);
	add(r, "\n");
	add(r, "Period: ");
	add_number(r, p->period);
	if (p->time_nanos != 0) {
		add(r, "\nTime: ");
		add_time(r, p->time_nanos);
	}
	if (p->duration_nanos != 0) {
		add(r, "\nDuration: ");
		add_duration(r, p->duration_nanos);
	}
	add(r, "\nSamples:\n");
	for (uint32_t i = 0; i < p->type_count; i++) {
		add(r, i > 0 ? " " : "");
		add_slice(r, p->type[i].type);
		add(r, "/");
		add_slice(r, p->type[i].unit);
		add(r, slice_eq(p->type[i].type, p->default_type) ? "[dflt]" : "");
	}
	add(r, "\n");
}

static bool
has_unit(const struct rawing *r, const struct pprof_sample *s, struct slice key)
{
	for (size_t i = 0; i < s->label_count; i++)
		if (s->label[i].str == 0 && s->label[i].unit != 0
		    && slice_eq(pprof_string(r->p, s->label[i].key), key))
			return true;
	return false;
}

/* key:[value value] of label i's key; NULL when an earlier label said it. */
static char *
label_text(struct rawing *r, const struct pprof_sample *s, size_t i)
{
	struct slice key = pprof_string(r->p, s->label[i].key);
	bool text = s->label[i].str != 0, units = has_unit(r, s, key);
	struct buf b, *out = r->out;
	char *made;

	for (size_t j = 0; j < i; j++)
		if ((s->label[j].str != 0) == text
		    && slice_eq(pprof_string(r->p, s->label[j].key), key))
			return NULL;
	buf_init(&b, 1 << 20);
	r->out = &b;
	add_slice(r, key);
	add(r, ":[");
	for (size_t j = i; j < s->label_count; j++) {
		const struct pprof_label *l = &s->label[j];

		if ((l->str != 0) != text || !slice_eq(pprof_string(r->p, l->key), key))
			continue;
		add(r, j > i ? " " : "");
		if (text)
			add_slice(r, pprof_string(r->p, l->str));
		else
			add_number(r, l->num);
		if (!text && units) {
			add(r, " ");
			add_slice(
			    r, l->unit != 0 ? pprof_string(r->p, l->unit) : slice_make("", 0));
		}
	}
	add(r, "]");
	r->out = out;
	made = buf_take(&b);
	buf_fini(&b);
	return made;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
labels(struct rawing *r, const struct pprof_sample *s, bool text)
{
	size_t most = s->label_count < 4096 ? s->label_count : 4096, n = 0;
	char **made = mem_zero(most + 1, sizeof(*made));

	for (size_t i = 0; i < most; i++)
		if ((s->label[i].str != 0) == text && (made[n] = label_text(r, s, i)) != NULL)
			n++;
	if (n > 1)
		qsort(made, n, sizeof(*made), by_text);
	for (size_t i = 0; i < n; i++) {
		add(r, i == 0 ? "                " : " ");
		add(r, made[i]);
		mem_free(made[i]);
	}
	add(r, n != 0 ? "\n" : "");
	mem_free(made);
}

static void
sample(struct rawing *r, const struct pprof_sample *s)
{
	for (uint32_t i = 0; i < r->p->type_count && r->e == ERR_OK; i++)
		r->e = buf_add_fmt(r->out, " %10" PRId64, s->value[i]);
	add(r, ": ");
	for (size_t i = 0; i < s->loc_count && r->e == ERR_OK; i++)
		r->e = buf_add_fmt(r->out, "%" PRIu32 " ", s->loc[i] + 1);
	add(r, "\n");
	labels(r, s, true);
	labels(r, s, false);
}

static void
line(struct rawing *r, const struct pprof_line *l)
{
	const struct pprof_function *f = &r->p->function[l->function];
	struct slice system = pprof_string(r->p, f->system_name), shown;
	uint32_t name;

	name = names_put_function(&r->names, pprof_string(r->p, f->name), system);
	shown = r->names.text[name];
	add_slice(r, shown);
	add(r, " ");
	add_slice(r, pprof_string(r->p, f->file));
	add(r, ":");
	add_number(r, l->line);
	add(r, " s=");
	add_number(r, f->start_line);
	if (!slice_eq(shown, system)) {
		add(r, "(");
		add_slice(r, system);
		add(r, ")");
	}
}

static void
location(struct rawing *r, uint32_t index)
{
	const struct pprof_location *l = &r->p->location[index];

	if (r->e == ERR_OK)
		r->e = buf_add_fmt(r->out, "%6" PRIu32 ": ", index + 1);
	add_hex(r, l->address);
	add(r, " ");
	if (l->mapping != PPROF_NONE && r->e == ERR_OK)
		r->e = buf_add_fmt(r->out, "M=%" PRIu64 " ", l->mapping + 1);
	add(r, l->folded ? "[F] " : "");
	for (uint32_t i = 0; i < l->line_count; i++) {
		if (r->p->line[l->first_line + i].function == PPROF_NONE)
			break;
		add(r, i > 0 ? "\n             " : "");
		line(r, &r->p->line[l->first_line + i]);
	}
	add(r, "\n");
}

static void
mapping(struct rawing *r, uint32_t index)
{
	static const char *const bits[] = { "[FN]", "[FL]", "[LN]", "[IN]" };
	const struct pprof_mapping *m = &r->p->mapping[index];

	add_number(r, (int64_t)index + 1);
	add(r, ": ");
	add_hex(r, m->start);
	add(r, "/");
	add_hex(r, m->limit);
	add(r, "/");
	add_hex(r, m->offset);
	add(r, " ");
	add_slice(r, pprof_string(r->p, m->file));
	add(r, " ");
	add_slice(r, pprof_string(r->p, m->build_id));
	add(r, " ");
	for (unsigned i = 0; i < 4; i++)
		add(r, (m->bits & 1u << i) != 0 ? bits[i] : "");
	add(r, "\n");
}

enum err
raw_text(const struct pprof_profile *p, const char *what, const struct top_options *o,
    struct buf *out, struct err_msg *why)
{
	struct top_options plain = *o;
	struct rawing r = { .out = out };
	struct feed_item item;
	enum err e;

	plain.filter.noinlines = false;
	plain.mean = false;
	e = view_open(&r.view, p, what, NULL, NULL, &plain, true, why);
	if (e != ERR_OK) {
		view_close(&r.view);
		return e;
	}
	r.view.feed.zeros = true;
	r.p = view_profile(&r.view, 0);
	names_init(&r.names);
	header(&r);
	while (r.e == ERR_OK && (e = view_next(&r.view, &item, why)) == ERR_OK)
		sample(&r, &item.sample);
	add(&r, "Locations\n");
	for (uint32_t i = 0; i < r.p->location_count && r.e == ERR_OK; i++)
		location(&r, i);
	add(&r, "Mappings\n");
	for (uint32_t i = 0; i < r.p->mapping_count && r.e == ERR_OK; i++)
		mapping(&r, i);
	names_fini(&r.names);
	view_close(&r.view);
	if (r.e != ERR_OK)
		return err_set(why, r.e, what, "focus on a part of it", "its text is too long");
	return e == ERR_NOTHING ? ERR_OK : e;
}
