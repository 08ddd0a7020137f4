/* traces.c - sample by sample: pprof -traces. */
#include "pprof/traces.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "pprof/facts.h"
#include "pprof/labels.h"
#include "pprof/nodes.h"
#include "pprof/report.h"
#include "pprof/units.h"
#include "pprof/view.h"

enum { NAME_MAX_BYTES = 1 << 20, LINES_MAX = 4096 };

struct tracing {
	struct view view;
	struct nodes nodes;
	struct label_units units;
	struct top_report *r;
	char  **name;                   /* of each node, made when first needed */
	struct traces_frame *frame;
	size_t  frame_cap;
	struct buf labels;
	struct err_msg *why;
};

static enum err
no_memory(struct tracing *t)
{
	return err_set(t->why, ERR_MEMORY, t->view.feed.what[0], "focus on a part of it",
	    "no memory for its samples");
}

static const char *
name_of(struct tracing *t, uint32_t node)
{
	struct buf b;

	if (t->name[node] == NULL) {
		buf_init(&b, NAME_MAX_BYTES);
		(void)nodes_print(&t->nodes, node, &b);
		t->name[node] = b.len != 0 ? buf_take(&b) : mem_str("");
		buf_fini(&b);
	}
	return t->name[node];
}

static bool
list_frames(struct tracing *t, const struct pprof_sample *s, size_t *count)
{
	const struct pprof_location *location = t->nodes.profile[0]->location;
	size_t n = 0;

	for (size_t i = 0; i < s->loc_count; i++) {
		const struct pprof_location *l = &location[s->loc[i]];

		if (n + l->line_count > t->frame_cap) {
			size_t cap = (n + l->line_count) * 2 + 64;
			struct traces_frame *more = mem_try_resize(t->frame, cap * sizeof(*more));

			if (more == NULL)
				return false;
			t->frame = more;
			t->frame_cap = cap;
		}
		for (uint32_t j = 0; j < l->line_count; j++)
			t->frame[n++] = (struct traces_frame){
				name_of(t, t->nodes.of_line[0][l->first_line + j]),
				j + 1 < l->line_count };
	}
	*count = n;
	return true;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Go pads a key to ten characters. */
static enum err
pad(struct buf *out, struct slice key)
{
	size_t wide = 0;
	enum err e = ERR_OK;

	for (size_t i = 0; i < key.n; i++)
		wide += ((unsigned char)key.p[i] & 0xc0) != 0x80;
	for (; wide < 10 && e == ERR_OK; wide++)
		e = buf_add_byte(out, ' ');
	return e != ERR_OK ? e : utf8_escape(out, key.p, key.n, 0);
}

static enum err
label_value(const struct tracing *t, const struct pprof_label *l, struct slice key, struct buf *out)
{
	const struct pprof_profile *p = t->view.feed.profile[0];
	char number[UNITS_LABEL_MAX];
	struct slice v;

	if (l->str != 0) {
		v = pprof_string(p, l->str);
		return utf8_escape(out, v.p, v.n, 0);
	}
	units_label(l->num, label_units_get(&t->units, key), slice_of("auto"), number,
	    sizeof(number));
	return utf8_escape(out, number, strlen(number), 0);
}

/* The line of label i's key; NULL when an earlier label has the same key and made it. */
static char *
label_line(const struct tracing *t, const struct pprof_sample *s, size_t i)
{
	const struct pprof_profile *p = t->view.feed.profile[0];
	struct slice key = pprof_string(p, s->label[i].key);
	bool text = s->label[i].str != 0;
	struct buf b;
	char *line;

	for (size_t j = 0; j < i; j++)
		if ((s->label[j].str != 0) == text &&
		    slice_eq(pprof_string(p, s->label[j].key), key))
			return NULL;
	buf_init(&b, NAME_MAX_BYTES);
	(void)pad(&b, key);
	(void)buf_add_str(&b, ": ");
	for (size_t j = i; j < s->label_count; j++) {
		if ((s->label[j].str != 0) != text ||
		    !slice_eq(pprof_string(p, s->label[j].key), key))
			continue;
		(void)buf_add_byte(&b, ' ');
		(void)label_value(t, &s->label[j], key, &b);
	}
	(void)buf_add_byte(&b, '\n');
	line = buf_take(&b);
	buf_fini(&b);
	return line;
}

/* Texts first, numbers behind them, each sorted. */
static enum err
list_labels(struct tracing *t, const struct pprof_sample *s)
{
	size_t most = s->label_count < LINES_MAX ? s->label_count : LINES_MAX;
	char **line = mem_zero(most + 1, sizeof(*line));
	enum err e = ERR_OK;

	buf_clear(&t->labels);
	for (int text = 1; text >= 0; text--) {
		size_t n = 0;

		for (size_t i = 0; i < most; i++)
			if ((s->label[i].str != 0) == (text != 0)
			    && (line[n] = label_line(t, s, i)) != NULL)
				n++;
		if (n > 1)
			qsort(line, n, sizeof(*line), by_text);
		for (size_t i = 0; i < n; i++) {
			if (e == ERR_OK)
				e = buf_add_str(&t->labels, line[i]);
			mem_free(line[i]);
		}
	}
	mem_free(line);
	return e;
}

static enum err
open_tracing(struct tracing *t, const struct pprof_profile *p, const char *what,
    const struct top_options *o)
{
	enum err e = view_open(&t->view, p, what, NULL, NULL, o, true, t->why);

	if (e != ERR_OK)
		return e;
	t->view.feed.zeros = true;
	t->nodes.names.whole_files = true;
	e = facts_make(t->r, &t->view);
	if (e == ERR_OK)
		e = label_units_add(&t->units, p, what, t->why);
	if (e == ERR_OK)
		e = nodes_add(&t->nodes, 0, view_profile(&t->view, 0), t->why);
	if (e != ERR_OK)
		return e;
	t->name = mem_try((t->nodes.count + (size_t)1) * sizeof(*t->name));
	if (t->name == NULL)
		return no_memory(t);
	memset(t->name, 0, t->nodes.count * sizeof(*t->name));
	return ERR_OK;
}

static void
close_tracing(struct tracing *t)
{
	for (uint32_t i = 0; t->name != NULL && i < t->nodes.count; i++)
		mem_free(t->name[i]);
	mem_free(t->name);
	mem_free(t->frame);
	buf_fini(&t->labels);
	label_units_fini(&t->units);
	nodes_fini(&t->nodes);
	view_close(&t->view);
}

static enum err
one(struct tracing *t, const struct feed_item *item, traces_fn fn, void *arg)
{
	struct traces_one out = { .value = item->value, .values = item->sample.value,
		.type_count = t->view.feed.profile[0]->type_count };
	enum err e;

	if (!list_frames(t, &item->sample, &out.frame_count))
		return no_memory(t);
	e = list_labels(t, &item->sample);
	if (e != ERR_OK)
		return err_set(
		    t->why, e, t->view.feed.what[0], NULL, "a sample has too many labels");
	if (item->div != 0 && item->div != -1)
		out.value = item->value / item->div;
	else if (item->div == -1)
		out.value = (int64_t)(0 - (uint64_t)item->value);
	out.frame = t->frame;
	out.labels = buf_str(&t->labels);
	return fn(&out, arg);
}

enum err
traces_each(const struct pprof_profile *p, const char *what, const struct top_options *o,
    traces_fn fn, void *arg, struct top_report **r, struct err_msg *why)
{
	struct tracing t = { .r = mem_zero(1, sizeof(*t.r)), .why = why };
	struct feed_item item;
	enum err e;

	*r = t.r;
	nodes_init(&t.nodes, o->granularity);
	buf_init(&t.labels, NAME_MAX_BYTES);
	e = open_tracing(&t, p, what, o);
	while (e == ERR_OK && (e = view_next(&t.view, &item, why)) == ERR_OK)
		;
	if (e == ERR_NOTHING) {
		t.r->total = view_total(&t.view);
		facts_misses(t.r, &t.view);
		view_rewind(&t.view);
		e = fn(NULL, arg);
	}
	while (e == ERR_OK && (e = view_next(&t.view, &item, why)) == ERR_OK)
		e = one(&t, &item, fn, arg);
	close_tracing(&t);
	return e == ERR_NOTHING ? ERR_OK : e;
}

static const char separator[] =
    "-----------+-------------------------------------------------------\n";

struct printing {
	struct top_report *r;
	struct buf *out;
};

static enum err
print(const struct traces_one *t, void *arg)
{
	struct printing *p = arg;
	char value[UNITS_LABEL_MAX];
	enum err e;

	if (t == NULL)
		return report_labels(p->r, p->out);
	e = buf_add_str(p->out, separator);
	if (e == ERR_OK)
		e = buf_add_str(p->out, t->labels);
	report_value(p->r, t->value, value);
	for (size_t i = 0; i < t->frame_count && e == ERR_OK; i++) {
		e = i == 0 ? report_pad(value, 10, p->out) : buf_add_str(p->out, "          ");
		if (e == ERR_OK)
			e = buf_add_str(p->out, "   ");
		if (e == ERR_OK)
			e = utf8_escape(p->out, t->frame[i].name, strlen(t->frame[i].name), 0);
		if (e == ERR_OK)
			e = buf_add_str(p->out, t->frame[i].inlined ? " (inline)\n" : "\n");
	}
	return e;
}

enum err
traces_text(const struct pprof_profile *p, const char *what, const struct top_options *o,
    struct buf *out, struct err_msg *why)
{
	struct printing printing = { .out = out };
	enum err e = traces_each(p, what, o, print, &printing, &printing.r, why);

	if (e == ERR_OK)
		e = buf_add_str(out, separator);
	top_free(printing.r);
	return e;
}
