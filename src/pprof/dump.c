/* dump.c - goroutines and their stacks, each stack kept once. */
#include "pprof/dump.h"

#include <string.h>

#include "base/alloc.h"
#include "pprof/cursor.h"
#include "pprof/dump_table.h"
#include "pprof/series_table.h"

static const uint64_t SEED = UINT64_C(0x13198a2e03707344);

struct dump *
dump_new(enum dump_source source)
{
	struct dump *d = mem_zero(1, sizeof(*d));

	d->source = source;
	d->exit_status = -1;
	hmap_init(&d->stack_of);
	return d;
}

void
dump_free(struct dump *d)
{
	if (d == NULL)
		return;
	mem_free(d->stack);
	mem_free(d->frame);
	mem_free(d->goroutine);
	mem_free(d->text);
	hmap_fini(&d->stack_of);
	mem_free(d);
}

void
dump_clear(struct dump *d)
{
	hmap_fini(&d->stack_of);
	hmap_init(&d->stack_of);
	d->stack_count = d->frame_count = d->goroutine_count = 0;
	d->total = 0;
	d->has_minutes = false;
}

enum err
dump_no_memory(const char *what, struct err_msg *why)
{
	return err_set(why, ERR_MEMORY, what, "free some memory, or cut the dump",
	    "no memory for so many goroutines");
}

static uint64_t
frame_key(uint64_t h, const struct dump_frame *f)
{
	h = hash_bytes(f->function.p, f->function.n, h);
	h = hash_bytes(f->file.p, f->file.n, h);
	return hash_mix(h, (uint64_t)f->line);
}

static bool
frame_eq(const struct dump_frame *a, const struct dump_frame *b)
{
	return a->line == b->line && slice_eq(a->function, b->function) &&
	       slice_eq(a->file, b->file);
}

static bool
stack_eq(const struct dump *d, uint32_t index, const struct dump_item *item)
{
	const struct dump_stack *s = &d->stack[index];

	if (s->count != item->frames || s->elided != item->elided ||
	    !frame_eq(&s->creator, &item->creator))
		return false;
	for (uint32_t i = 0; i < s->count; i++)
		if (!frame_eq(&d->frame[s->first + i], &item->frame[i]))
			return false;
	return true;
}

static bool
push_stack(struct dump *d, const struct dump_item *item, uint64_t key)
{
	uint32_t first = d->frame_count;

	for (uint32_t i = 0; i < item->frames; i++) {
		if (!series_room(&d->frame, &d->frame_cap, d->frame_count, sizeof(*d->frame)))
			return false;
		d->frame[d->frame_count++] = item->frame[i];
	}
	if (!series_room(&d->stack, &d->stack_cap, d->stack_count, sizeof(*d->stack)))
		return false;
	d->stack[d->stack_count++] = (struct dump_stack){ .first = first,
		.count = item->frames,
		.elided = item->elided,
		.creator = item->creator,
		.key = key };
	return true;
}

static bool
put_stack(struct dump *d, const struct dump_item *item, uint32_t *index)
{
	uint64_t key = frame_key(SEED + item->elided, &item->creator);

	for (uint32_t i = 0; i < item->frames; i++)
		key = frame_key(key, &item->frame[i]);
	for (uint64_t h = key;; h = hash_mix(h, SEED)) {
		bool fresh;
		uint64_t *place = hmap_at(&d->stack_of, h, &fresh);

		if (place == NULL || (fresh && !push_stack(d, item, key)))
			return false;
		if (fresh)
			*place = d->stack_count - 1;
		*index = (uint32_t)*place;
		if (fresh || stack_eq(d, *index, item))
			return true;
	}
}

bool
dump_put(struct dump *d, const struct dump_item *item)
{
	struct dump_goroutine *g;
	uint32_t stack;

	if (d->goroutine_count == DUMP_GOROUTINES_MAX || !put_stack(d, item, &stack) ||
	    !series_room(&d->goroutine, &d->goroutine_cap, d->goroutine_count, sizeof(*g)))
		return false;
	g = &d->goroutine[d->goroutine_count++];
	*g = item->g;
	g->stack = stack;
	d->total += g->count;
	d->has_minutes = d->has_minutes || g->minutes > 0;
	return true;
}

/* The frames that a dump and a profile of one goroutine agree on: not those of the runtime, which
 * only a profile shows. */
static uint64_t
own_key(const struct dump *d, uint32_t stack)
{
	const struct dump_stack *s = &d->stack[stack];
	uint64_t h = SEED ^ 1;

	for (uint32_t i = 0; i < s->count; i++)
		if (!slice_starts(d->frame[s->first + i].function, "runtime."))
			h = frame_key(h, &d->frame[s->first + i]);
	return h;
}

bool
dump_mark_leaked(struct dump *d, const struct dump *leaks)
{
	struct hmap left;
	bool all = true, fresh;
	uint64_t *n;

	hmap_init(&left);
	for (uint32_t i = 0; i < leaks->goroutine_count; i++) {
		n = hmap_at(&left, own_key(leaks, leaks->goroutine[i].stack), &fresh);
		if (n != NULL)
			*n += leaks->goroutine[i].count;
	}
	for (uint32_t i = 0; i < d->goroutine_count && left.count > 0; i++) {
		struct dump_goroutine *g = &d->goroutine[i];
		uint64_t key = own_key(d, g->stack), take;

		if (!hmap_get(&left, key, &take) || take == 0)
			continue;
		take = take < g->count ? take : g->count;
		g->leaked = take;
		n = hmap_at(&left, key, &fresh);
		if (n != NULL)
			*n -= take;
	}
	for (uint32_t i = 0; i < leaks->goroutine_count; i++) {
		uint64_t rest = 0;

		(void)hmap_get(&left, own_key(leaks, leaks->goroutine[i].stack), &rest);
		all = all && rest == 0;
	}
	hmap_fini(&left);
	return all;
}

/* ---- from a profile */

static void
take_location(const struct pprof_profile *p, uint32_t at, struct dump_item *item)
{
	const struct pprof_location *l = &p->location[at];

	for (uint32_t i = 0; i < l->line_count && item->frames < DUMP_DEPTH_MAX; i++) {
		const struct pprof_line *line = &p->line[l->first_line + i];
		struct dump_frame *f = &item->frame[item->frames++];

		*f = (struct dump_frame){ .function = slice_make("?", 1) };
		if (line->function == PPROF_NONE)
			continue;
		f->function = pprof_string(p, p->function[line->function].name);
		f->file = pprof_string(p, p->function[line->function].file);
		f->line = line->line;
	}
}

static bool
take_sample(struct dump *d, const struct pprof_profile *p, const struct pprof_sample *s,
    struct dump_item *item)
{
	if (s->value[0] <= 0)
		return true;
	item->g = (struct dump_goroutine){ .count = (uint64_t)s->value[0] };
	item->frames = 0;
	item->g.leaked = d->leak_profile ? item->g.count : 0;
	for (size_t i = 0; i < s->label_count; i++)
		if (s->label[i].str != 0 && item->g.labels.n == 0)
			item->g.labels = pprof_string(p, s->label[i].str);
	for (size_t i = 0; i < s->loc_count; i++)
		take_location(p, s->loc[i], item);
	return dump_put(d, item);
}

enum err
dump_of_profile(
    struct dump **out, const struct pprof_profile *p, const char *what, struct err_msg *why)
{
	bool leak = p->type_count == 1 && slice_is(p->type[0].type, "goroutineleak");
	struct dump_item item = { .frames = 0 };
	struct pprof_cursor c;
	struct pprof_sample s;
	struct dump *d;
	enum err e;

	if (!leak && (p->type_count != 1 || !slice_is(p->type[0].type, "goroutine")))
		return err_set(why, ERR_FORMAT, what, "fetch /debug/pprof/goroutine",
		    "a profile, but not of goroutines");
	e = pprof_cursor_init(&c, p, what, true, why);
	if (e != ERR_OK)
		return e;
	d = dump_new(DUMP_PROFILE);
	d->leak_profile = leak;
	d->dumps = 1;
	item.frame = mem_alloc(DUMP_DEPTH_MAX * sizeof(*item.frame));
	while ((e = pprof_cursor_next(&c, &s, why)) == ERR_OK)
		if (!take_sample(d, p, &s, &item)) {
			e = dump_no_memory(what, why);
			break;
		}
	pprof_cursor_fini(&c);
	mem_free(item.frame);
	if (e == ERR_NOTHING) {
		*out = d;
		return ERR_OK;
	}
	dump_free(d);
	return e;
}
