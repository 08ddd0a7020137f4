/* series.c - adding snapshots to a series, telling runs apart, walking and forgetting. */
#include "pprof/series.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "pprof/cursor.h"
#include "pprof/names.h"
#include "pprof/series_delta.h"
#include "pprof/series_table.h"

enum { TEXT_MAX = 256 << 20, LOG_MAX = 512 << 20 };
static const uint64_t SEED = UINT64_C(0x3c6ef372fe94f82b); /* of hashes that are written */

static const struct {
	const char *word, *text;
} cuts[SERIES_CUTS] = {
	[SERIES_NO_CUT] = { "", "" },
	[SERIES_FIRST] = { "first", "the first snapshot" },
	[SERIES_RESTART] = { "restart", "the program was restarted" },
	[SERIES_PROGRAM] = { "program", "another build of the program" },
	[SERIES_RATE] = { "rate", "the sampling rate changed" },
	[SERIES_CLOCK] = { "clock", "the clock went back" },
};

const char *
series_cut_word(enum series_cut c)
{
	return c < SERIES_CUTS ? cuts[c].word : "";
}

const char *
series_cut_text(enum series_cut c)
{
	return c < SERIES_CUTS ? cuts[c].text : "";
}

struct series *
series_new(void)
{
	struct series *s = mem_zero(1, sizeof(*s));

	buf_init(&s->text, TEXT_MAX);
	buf_init(&s->log, LOG_MAX);
	s->seed = (uint64_t)(uintptr_t)s;
	s->indexed = true;
	return s;
}

static void
drop_types(struct series *s)
{
	for (uint32_t i = 0; i < s->type_count; i++) {
		mem_free(s->type[i].type);
		mem_free(s->type[i].unit);
	}
	mem_free(s->period_type);
	mem_free(s->period_unit);
	mem_free(s->last);
	s->period_type = s->period_unit = NULL;
	s->last = NULL;
	s->type_count = s->last_cap = 0;
}

void
series_free(struct series *s)
{
	if (s == NULL)
		return;
	drop_types(s);
	buf_fini(&s->text);
	buf_fini(&s->log);
	mem_free(s->string);
	mem_free(s->frame);
	mem_free(s->stack);
	mem_free(s->stack_frame);
	mem_free(s->cell);
	mem_free(s->snapshot);
	hmap_fini(&s->string_of);
	hmap_fini(&s->frame_of);
	hmap_fini(&s->stack_of);
	hmap_fini(&s->cell_of);
	mem_free(s);
}

int
series_find_type(const struct series *s, const char *name)
{
	for (uint32_t i = 0; i < s->type_count; i++)
		if (strcmp(s->type[i].type, name) == 0)
			return (int)i;
	return -1;
}

enum err
series_type_index(const struct series *s, const char *name, uint32_t *index, struct err_msg *why)
{
	char known[256] = "", inuse[64];
	int at;
	uint64_t n;

	if (s->type_count == 0)
		return err_set(why, ERR_NOTHING, "series", "add a profile", "it is empty");
	*index = s->default_type;
	if (name == NULL || name[0] == '\0')
		return ERR_OK;
	snprintf(inuse, sizeof(inuse), "inuse_%s", name);
	at = series_find_type(s, name);
	if (at < 0)
		at = series_find_type(s, inuse);
	if (at >= 0)
		*index = (uint32_t)at;
	else if (slice_u64(slice_of(name), s->type_count - 1, &n))
		*index = (uint32_t)n;
	else {
		for (uint32_t i = 0; i < s->type_count; i++)
			snprintf(known + strlen(known), sizeof(known) - strlen(known), " %s",
			    s->type[i].type);
		return err_set(
		    why, ERR_USAGE, name, NULL, "no such sample type; there are%s", known);
	}
	return ERR_OK;
}

/* ---- what is added must be alike */

static enum err
no_memory(struct series *s, const char *what, struct err_msg *why)
{
	s->broken = true;
	return err_set(why, ERR_MEMORY, what, "keep fewer snapshots, or smaller profiles",
	    "no memory for one more snapshot");
}

static char *
copy(struct slice t)
{
	return mem_strn(t.p, t.n < 256 ? t.n : 256);
}

static enum err
take_types(struct series *s, const struct pprof_profile *p, const char *what, struct err_msg *why)
{
	if (p->type_count > SERIES_TYPES_MAX)
		return err_set(why, ERR_LIMIT, what, NULL, "it has %u sample types; %d are kept",
		    p->type_count, SERIES_TYPES_MAX);
	for (uint32_t i = 0; i < p->type_count; i++) {
		s->type[i].type = copy(p->type[i].type);
		s->type[i].unit = copy(p->type[i].unit);
	}
	s->period_type = copy(p->period_type.type);
	s->period_unit = copy(p->period_type.unit);
	s->type_count = p->type_count;
	return pprof_type_index(p, NULL, &s->default_type, why);
}

static bool
starts_as(struct slice t, const char *kept)
{
	return t.n < 256 ? slice_is(t, kept) : strlen(kept) == 256 && slice_starts(t, kept);
}

static enum err
alike(struct series *s, const struct pprof_profile *p, const char *what, struct err_msg *why)
{
	bool same = s->type_count == p->type_count &&
		    starts_as(p->period_type.type, s->period_type) &&
		    starts_as(p->period_type.unit, s->period_unit);

	if (s->count == 0) { /* what came before was broken */
		drop_types(s);
		return take_types(s, p, what, why);
	}
	for (uint32_t i = 0; same && i < p->type_count; i++)
		same = starts_as(p->type[i].type, s->type[i].type) &&
		       starts_as(p->type[i].unit, s->type[i].unit);
	if (same)
		return ERR_OK;
	return err_set(why, ERR_USAGE, what, "keep one series for each kind of profile",
	    "its sample types are not those of the series (%s/%s)", s->type[0].type,
	    s->type[0].unit);
}

/* ---- one profile into cells */

struct adding {
	struct series *s;
	const struct pprof_profile *p;
	uint32_t *frame; /* of each line of the profile, SERIES_NONE: not looked at */
	uint32_t *stack; /* the frames of one sample */
	uint32_t stack_count;
	int64_t *now; /* values by cell */
	uint32_t now_cells;
	bool sized; /* heap records carry the size of their objects */
};

/* A line without a function: the place in its binary, so that it survives another address. */
static bool
bare_frame(struct adding *a, const struct pprof_location *l, struct series_frame *f)
{
	const struct pprof_mapping *m =
	    l->mapping == PPROF_NONE ? NULL : &a->p->mapping[l->mapping];
	struct slice file = m == NULL ? slice_of("") : names_base(pprof_string(a->p, m->file));
	uint64_t at = m == NULL ? l->address : l->address - m->start + m->offset;
	char text[200];
	int n = snprintf(text, sizeof(text), "%.*s+0x%llx", (int)(file.n < 128 ? file.n : 128),
	    file.p, (unsigned long long)at);

	*f = (struct series_frame){ .line = 0 };
	return series_put_string(a->s, slice_make(text, (size_t)n), &f->function) &&
	       series_put_string(a->s, slice_of(""), &f->file);
}

static bool
frame_of(struct adding *a, const struct pprof_location *l, uint32_t line, uint32_t *out)
{
	const struct pprof_line *at = &a->p->line[line];
	struct series_frame f;

	if (a->frame[line] != SERIES_NONE) {
		*out = a->frame[line];
		return true;
	}
	if (at->function == PPROF_NONE) {
		if (!bare_frame(a, l, &f))
			return false;
	} else {
		const struct pprof_function *fn = &a->p->function[at->function];

		f.line = at->line;
		if (!series_put_string(a->s, pprof_string(a->p, fn->name), &f.function) ||
		    !series_put_string(a->s, pprof_string(a->p, fn->file), &f.file))
			return false;
	}
	if (!series_put_frame(a->s, &f, &a->frame[line]))
		return false;
	*out = a->frame[line];
	return true;
}

static bool
stack_of(struct adding *a, const struct pprof_sample *sample, uint32_t *index)
{
	a->stack_count = 0;
	for (size_t i = 0; i < sample->loc_count; i++) {
		const struct pprof_location *l = &a->p->location[sample->loc[i]];

		for (uint32_t k = 0; k < l->line_count; k++) {
			if (a->stack_count == SERIES_DEPTH_MAX)
				break;
			if (!frame_of(a, l, l->first_line + k, &a->stack[a->stack_count++]))
				return false;
		}
	}
	return series_put_stack(a->s, a->stack, a->stack_count, index);
}

static int64_t
size_of(const struct adding *a, const struct pprof_sample *sample)
{
	for (size_t i = 0; a->sized && i < sample->label_count; i++)
		if (sample->label[i].str == 0 &&
		    slice_is(pprof_string(a->p, sample->label[i].key), "bytes"))
			return sample->label[i].num;
	return 0;
}

static bool
now_room(struct adding *a)
{
	size_t types = a->s->type_count, cap;
	int64_t *more;

	if (a->s->cell_count <= a->now_cells && a->now != NULL)
		return true;
	cap = a->s->cell_count + a->s->cell_count / 2 + 64;
	more = mem_try_resize(a->now, cap * types * sizeof(*more));
	if (more == NULL)
		return false;
	memset(more + a->now_cells * types, 0, (cap - a->now_cells) * types * sizeof(*more));
	a->now = more;
	a->now_cells = (uint32_t)cap;
	return true;
}

static bool
take_sample(struct adding *a, const struct pprof_sample *sample)
{
	uint32_t types = a->s->type_count, stack, cell;
	int64_t *v;

	if (!stack_of(a, sample, &stack) ||
	    !series_put_cell(a->s, stack, size_of(a, sample), &cell) || !now_room(a))
		return false;
	v = a->now + (size_t)cell * types;
	for (uint32_t i = 0; i < types; i++)
		v[i] = (int64_t)((uint64_t)v[i] + (uint64_t)sample->value[i]);
	return true;
}

static bool
adding_init(struct adding *a, struct series *s, const struct pprof_profile *p)
{
	*a = (struct adding){ .s = s, .p = p, .sized = slice_is(p->period_type.type, "space") };
	a->frame = mem_try((p->line_count + (size_t)1) * sizeof(*a->frame));
	a->stack = mem_try(SERIES_DEPTH_MAX * sizeof(*a->stack));
	if (a->frame != NULL)
		memset(a->frame, 0xff, p->line_count * sizeof(*a->frame));
	return a->frame != NULL && a->stack != NULL && now_room(a);
}

static void
adding_fini(struct adding *a)
{
	mem_free(a->frame);
	mem_free(a->stack);
	mem_free(a->now);
}

/* Two walks: the first checks all, so that a broken profile leaves no trace in the tables. */
static enum err
take_samples(struct adding *a, const char *what, struct err_msg *why)
{
	struct pprof_cursor c;
	struct pprof_sample sample;
	enum err e = pprof_cursor_init(&c, a->p, what, true, why);

	while (e == ERR_OK)
		e = pprof_cursor_next(&c, &sample, why);
	if (e == ERR_NOTHING) {
		pprof_cursor_rewind(&c);
		while ((e = pprof_cursor_next(&c, &sample, why)) == ERR_OK)
			if (!take_sample(a, &sample)) {
				e = no_memory(a->s, what, why);
				break;
			}
	}
	pprof_cursor_fini(&c);
	return e == ERR_NOTHING ? ERR_OK : e;
}

/* ---- is it the same run */

static uint64_t
program_hash(const struct pprof_profile *p)
{
	const struct pprof_mapping *m = p->mapping;
	struct slice id, file;

	if (p->mapping_count == 0)
		return 0;
	id = pprof_string(p, m->build_id);
	file = names_base(pprof_string(p, m->file));
	if (id.n > 0)
		return hash_bytes(id.p, id.n, SEED) | 1;
	return hash_mix(hash_bytes(file.p, file.n, SEED), m->limit - m->start) | 1;
}

/* Go's counters of all allocations only rise in one run. */
static bool
counter_fell(const struct series *s, const int64_t *now_total, const int64_t *before_total)
{
	static const char *const counters[] = { "alloc_objects", "alloc_space", "contentions",
		"delay" };

	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		int at = series_find_type(s, counters[i]);

		if (at >= 0 && now_total[at] < before_total[at])
			return true;
	}
	return false;
}

static enum series_cut
cut_of(const struct series *s, const struct series_snapshot *now)
{
	const struct series_snapshot *old = s->count == 0 ? NULL : &s->snapshot[s->count - 1];

	if (old == NULL)
		return SERIES_FIRST;
	if (now->program != old->program && now->program != 0 && old->program != 0)
		return SERIES_PROGRAM;
	if (now->run != old->run && now->run != 0 && old->run != 0)
		return SERIES_RESTART;
	if (now->period != old->period)
		return SERIES_RATE;
	if (counter_fell(s, now->total, old->total))
		return SERIES_RESTART;
	return now->time <= old->time ? SERIES_CLOCK : SERIES_NO_CUT;
}

static void
totals(const struct adding *a, int64_t *total)
{
	uint32_t types = a->s->type_count;

	for (uint32_t c = 0; c < a->s->cell_count; c++)
		for (uint32_t i = 0; i < types; i++)
			total[i] =
			    (int64_t)((uint64_t)total[i] + (uint64_t)a->now[(size_t)c * types + i]);
}

static enum err
append(struct adding *a, const char *what, const struct series_meta *meta, struct err_msg *why)
{
	struct series *s = a->s;
	struct series_snapshot *n;

	if (s->count == SERIES_SNAPSHOTS_MAX)
		return err_set(
		    why, ERR_LIMIT, what, "let old ones go", "%u snapshots are enough", s->count);
	if (!series_room(&s->snapshot, &s->cap, s->count, sizeof(*n)) || !series_last_room(s) ||
	    !now_room(a))
		return no_memory(s, what, why);
	n = &s->snapshot[s->count];
	*n =
	    (struct series_snapshot){ .time = a->p->time_nanos != 0 ? a->p->time_nanos : meta->time,
		    .period = a->p->period,
		    .program = program_hash(a->p),
		    .at = s->log.len,
		    .strings = s->string_count,
		    .frames = s->frame_count,
		    .stacks = s->stack_count,
		    .cells = s->cell_count };
	if (meta->run != NULL && meta->run[0] != '\0')
		n->run = hash_bytes(meta->run, strlen(meta->run), SEED) | 1;
	totals(a, n->total);
	n->cut = cut_of(s, n);
	if (!series_delta_write(
		s->last, s->cell_count, a->now, s->cell_count, s->type_count, &s->log, &n->changed))
		return no_memory(s, what, why);
	n->n = s->log.len - n->at;
	n->same = s->count > 0 && n->cut == SERIES_NO_CUT && n->changed == 0 && a->sized;
	n->segment = s->count == 0 ? 0 : n[-1].segment + (n->cut != SERIES_NO_CUT);
	memcpy(s->last, a->now, (size_t)s->cell_count * s->type_count * sizeof(*s->last));
	s->count++;
	return ERR_OK;
}

enum err
series_add(struct series *s, const struct pprof_profile *p, const char *what,
    const struct series_meta *meta, struct err_msg *why)
{
	static const struct series_meta none = { .time = 0 };
	struct adding a;
	enum err e;

	if (s->broken || !series_index(s))
		return no_memory(s, what, why);
	e = alike(s, p, what, why);
	if (e != ERR_OK)
		return e;
	e = adding_init(&a, s, p) ? take_samples(&a, what, why) : no_memory(s, what, why);
	if (e == ERR_OK)
		e = append(&a, what, meta == NULL ? &none : meta, why);
	adding_fini(&a);
	return e;
}

/* ---- reading it back */

enum err
series_walk_init(struct series_walk *w, const struct series *s, struct err_msg *why)
{
	size_t n = ((size_t)s->cell_count * s->type_count + 1) * sizeof(*w->value);

	*w = (struct series_walk){ .s = s, .value = mem_try(n) };
	if (w->value == NULL)
		return err_set(why, ERR_MEMORY, "series", "keep fewer snapshots",
		    "no memory to walk over %u stacks", s->stack_count);
	memset(w->value, 0, n);
	return ERR_OK;
}

void
series_walk_fini(struct series_walk *w)
{
	mem_free(w->value);
	w->value = NULL;
}

bool
series_walk_next(struct series_walk *w)
{
	const struct series_snapshot *n;
	struct series_reader r;
	uint32_t changed;

	if (w->next >= w->s->count)
		return false;
	n = &w->s->snapshot[w->next];
	r.p = (const unsigned char *)w->s->log.data + n->at;
	r.end = r.p + n->n;
	r.bad = false;
	(void)series_delta_apply(&r, w->value, n->cells, w->s->type_count, NULL, &changed);
	w->next++;
	return true;
}

enum err
series_forget(struct series *s, uint32_t keep, struct err_msg *why)
{
	struct series_walk w;
	struct buf log;
	uint32_t go = s->count > keep ? s->count - keep : 0;
	struct series_snapshot *first;
	size_t from, moved;
	enum err e = ERR_OK;

	if (go == 0)
		return ERR_OK;
	first = &s->snapshot[go];
	if (keep == 0)
		return err_set(why, ERR_USAGE, "series", NULL, "at least one snapshot must stay");
	e = series_walk_init(&w, s, why);
	if (e != ERR_OK)
		return e;
	while (w.next <= go)
		(void)series_walk_next(&w);
	buf_init(&log, LOG_MAX);
	from = first->at + first->n;
	if (!series_delta_write(
		NULL, 0, w.value, first->cells, s->type_count, &log, &first->changed) ||
	    buf_add(&log, s->log.data + from, s->log.len - from) != ERR_OK) {
		buf_fini(&log);
		e = no_memory(s, "series", why);
	} else {
		moved = log.len - (s->log.len - from);
		for (uint32_t i = go + 1; i < s->count; i++)
			s->snapshot[i].at = s->snapshot[i].at - from + moved;
		first->at = 0;
		first->n = moved;
		first->same = false;
		buf_fini(&s->log);
		s->log = log;
		memmove(s->snapshot, first, keep * sizeof(*first));
		s->count = keep;
	}
	series_walk_fini(&w);
	return e;
}
