/* goroutines.c - goroutines as groups with causes and verdicts, as JSON. */
#include "worker/goroutines.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "pprof/goroutines.h"
#include "worker/goroutines_load.h"

enum { ANSWER_MAX = LIMIT_FRAME / 2, FRAMES_SHOWN = 128, LIMIT_GROUPS = 100 };

static void
put_slice(json_t *o, const char *key, struct slice s)
{
	json_put_strn(o, key, s.p, s.n);
}

static json_t *
frame_json(const struct dump_frame *f)
{
	json_t *o = json_object();

	put_slice(o, "function", f->function);
	put_slice(o, "file", f->file);
	json_put_int(o, "line", f->line);
	return o;
}

static json_t *
rules_json(const struct goroutines *w, const struct goroutines_group *g)
{
	json_t *list = json_array();

	for (unsigned bit = 1; bit <= GOROUTINES_GOLEAK; bit <<= 1) {
		json_t *o;
		char text[200];

		if ((g->rules & bit) == 0)
			continue;
		o = json_object();
		goroutines_rule_text(w, g, bit, text, sizeof(text));
		json_put_str(o, "rule", goroutines_rule_word(bit));
		json_put_str(o, "text", text);
		(void)json_array_append_new(list, o);
	}
	return list;
}

static void
put_stack(json_t *o, const struct dump *d, const struct goroutines_group *g, bool frames)
{
	const struct dump_stack *s = &d->stack[g->stack];
	const struct dump_frame *frame = dump_frames(d, g->stack);
	json_t *list;

	if (s->count > 0) {
		const struct dump_frame *own = &frame[causes_own_frame(frame, s->count)];

		put_slice(o, "function", own->function);
		put_slice(o, "file", own->file);
		json_put_int(o, "line", own->line);
	} else {
		json_put_str(o, "function", "(stack not available)");
	}
	if (s->creator.function.n > 0) {
		put_slice(o, "creator", s->creator.function);
		put_slice(o, "creator_file", s->creator.file);
		json_put_int(o, "creator_line", s->creator.line);
	}
	if (s->elided != 0)
		json_put_int(o, "elided", s->elided == UINT32_MAX ? -1 : (int64_t)s->elided);
	if (!frames)
		return;
	list = json_array();
	for (uint32_t i = 0; i < s->count && i < FRAMES_SHOWN; i++)
		(void)json_array_append_new(list, frame_json(&frame[i]));
	json_put(o, "frames", list);
}

static void
put_numbers(json_t *o, const struct goroutines *w, const struct goroutines_group *g)
{
	json_t *ids = json_array(), *counts;

	json_put_int(o, "count", (int64_t)g->count);
	json_put_int(o, "first", (int64_t)g->first);
	json_put_int(o, "growth", (int64_t)g->count - (int64_t)g->first);
	if (w->dump_count > 1) {
		counts = json_array();
		for (uint32_t i = 0; i < w->dump_count && i < 120; i++)
			(void)json_array_append_new(counts, json_integer((json_int_t)g->series[i]));
		json_put(o, "counts", counts);
		json_put_int(o, "stayed", (int64_t)g->stayed);
	}
	json_put_int(o, "min_minutes", g->min_minutes);
	json_put_int(o, "max_minutes", g->max_minutes);
	for (uint32_t i = 0; i < g->ids; i++)
		(void)json_array_append_new(ids, json_integer((json_int_t)g->id[i]));
	json_put(o, "ids", ids);
	if (g->locked > 0)
		json_put_int(o, "locked", (int64_t)g->locked);
	if (g->leaked > 0)
		json_put_int(o, "leaked", (int64_t)g->leaked);
}

static json_t *
group_json(const struct goroutines *w, const struct goroutines_group *g, bool frames)
{
	const struct dump *d = w->dumps[g->dump];
	json_t *o = json_object();

	put_numbers(o, w, g);
	if (g->state.n > 0)
		put_slice(o, "state", g->state);
	else
		json_put_str(o, "state", causes_class_word(g->class));
	json_put_str(o, "class", causes_class_word(g->class));
	json_put_str(o, "cause", g->cause->word);
	json_put_str(o, "text", g->cause->text);
	json_put_str(o, "look", g->cause->look);
	json_put_str(o, "age", goroutines_age_word(g->max_minutes, d->has_minutes));
	if (g->labels.n > 0)
		put_slice(o, "labels", g->labels);
	if (g->allowed != NULL)
		json_put_str(o, "allowed", g->allowed->name);
	json_put(o, "rules", rules_json(w, g));
	put_stack(o, d, g, frames);
	return o;
}

/* ---- tables by state, creator and age */

static void
put_name(json_t *o, const struct goroutines *w, const struct goroutines_group *g)
{
	const struct dump *d = w->dumps[g->dump];
	const struct dump_stack *s = &d->stack[g->stack];

	if (w->o.by == GOROUTINES_BY_STATE)
		json_put_str(o, "name", causes_class_word(g->class));
	else if (w->o.by == GOROUTINES_BY_AGE)
		json_put_str(o, "name", goroutines_age_word(g->min_minutes, d->has_minutes));
	else if (s->creator.function.n > 0)
		put_slice(o, "name", s->creator.function);
	else
		json_put_str(o, "name", d->source == DUMP_STACKS ? "(main)" : "(not known)");
}

static enum err
put_rows(json_t *o, const struct goroutines *all, const json_t *params, struct err_msg *why)
{
	struct goroutines_options opt = all->o;
	struct goroutines *w;
	json_t *rows = json_array();
	enum err e;

	opt.rules = 0;
	if (!goroutines_by_parse(json_get_str(params, "by", "stack"), &opt.by)) {
		json_decref(rows);
		return err_set(why, ERR_USAGE, "by", NULL, "give stack, state, creator or age");
	}
	json_put_str(o, "by", goroutines_by_word(opt.by));
	if (opt.by == GOROUTINES_BY_STACK) {
		json_decref(rows);
		return ERR_OK;
	}
	e = goroutines_make(&w, all->dumps, all->dump_count, &opt, why);
	for (uint32_t i = 0; e == ERR_OK && i < w->count && i < 1000; i++) {
		json_t *row = json_object();
		const struct goroutines_group *g = &w->group[i];

		put_name(row, w, g);
		json_put_int(row, "count", (int64_t)g->count);
		json_put_int(row, "first", (int64_t)g->first);
		json_put_int(row, "growth", (int64_t)g->count - (int64_t)g->first);
		json_put_int(row, "max_minutes", g->max_minutes);
		(void)json_array_append_new(rows, row);
	}
	if (e == ERR_OK)
		goroutines_free(w);
	json_put(o, "rows", rows);
	return e;
}

/* ---- the answer */

static const char *
source_word(const struct dump *d)
{
	return d->source == DUMP_STACKS ? "dump" : d->source == DUMP_COUNTS ? "counts" : "profile";
}

static void
note(json_t *notes, const char *text)
{
	(void)json_array_append_new(notes, json_string(text));
}

static void
put_notes(json_t *notes, const struct goroutines *w)
{
	const struct dump *d = w->dumps[w->dump_count - 1];
	char text[160];

	if (d->truncated)
		note(notes, "the dump is cut off: Go stops at 64 MiB; the rest is not known");
	if (d->dumps > 1) {
		snprintf(text, sizeof(text), "%u dumps stand in it; this is the last", d->dumps);
		note(notes, text);
	}
	if (d->source == DUMP_STACKS && !d->has_minutes && d->total > 50)
		note(notes,
		    "no ages: Go counts them from the first GC that finds a goroutine waiting");
	if (d->source != DUMP_STACKS)
		note(notes, "states are read from the stacks, ages and creators are not known; "
			    "a full dump (--dump) has them, and stops the program");
}

static void
put_head(json_t *o, const struct goroutines *w)
{
	const struct dump *d = w->dumps[w->dump_count - 1];

	json_put_str(o, "source", source_word(d));
	json_put_int(o, "dumps", w->dump_count);
	json_put_int(o, "total", (int64_t)w->total);
	json_put_int(o, "first_total", (int64_t)w->first_total);
	put_slice(o, "headline", d->headline);
	if (d->exit_status >= 0)
		json_put_int(o, "exit_status", d->exit_status);
	json_put_bool(o, "truncated", d->truncated);
	json_put_int(o, "flagged", (int64_t)w->flagged);
	json_put_int(o, "flagged_groups", w->flagged_groups);
	json_put_int(o, "allowed", (int64_t)w->allowed);
}

static enum err
answer(const struct goroutines *w, const json_t *params, json_t **result, struct err_msg *why)
{
	int64_t limit = json_get_int(params, "limit", LIMIT_GROUPS);
	bool frames = json_get_bool(params, "frames", true);
	json_t *o = json_object(), *groups = json_array();
	size_t size = 0;
	enum err e;

	put_head(o, w);
	for (uint32_t i = 0; i < w->count && (int64_t)i < limit && size < ANSWER_MAX; i++) {
		json_t *g = group_json(w, &w->group[i], frames);

		size += 1600 + 320 * json_array_size(json_object_get(g, "frames"));
		(void)json_array_append_new(groups, g);
	}
	json_put_int(o, "hidden", (int64_t)w->count - (int64_t)json_array_size(groups));
	json_put(o, "groups", groups);
	e = put_rows(o, w, params, why);
	if (e == ERR_OK)
		*result = o;
	else
		json_decref(o);
	return e;
}

static enum err
options_of(
    const json_t *params, struct goroutines_options *o, struct allow *allow, struct err_msg *why)
{
	const char *rules = json_get_str(params, "rules", "default"),
		   *text = json_get_str(params, "allow", NULL);

	goroutines_defaults(o);
	o->many = (uint64_t)json_get_int(params, "many", GOROUTINES_MANY);
	o->several = (uint64_t)json_get_int(params, "several", GOROUTINES_SEVERAL);
	o->stale_minutes =
	    (uint32_t)json_get_int(params, "stale_minutes", GOROUTINES_STALE_MINUTES);
	o->allow = allow;
	if (!goroutines_rules_parse(slice_of(rules), &o->rules))
		return err_set(why, ERR_USAGE, rules,
		    "goroutineleak, forever, leakprof, growing, stale+growing, stale, goleak, "
		    "default, all",
		    "no such rule");
	if (json_get_bool(params, "allow_defaults", true))
		allow_defaults(allow);
	return text == NULL ? ERR_OK
			    : allow_parse(allow, slice_of(text),
				  json_get_str(params, "allow_name", "the allowlist"), why);
}

enum err
goroutines_show(const json_t *params, json_t **result, struct err_msg *why)
{
	struct goroutines_loaded l = { .notes = json_array() };
	struct goroutines_files files = { .folders = json_object_get(params, "source_path") };
	struct goroutines_options o;
	struct goroutines *w = NULL;
	struct allow allow;
	enum err e;

	allow_init(&allow);
	e = options_of(params, &o, &allow, why);
	o.hint = goroutines_files_hint;
	o.hint_arg = &files;
	if (e == ERR_OK)
		e = goroutines_load(params, &l, why);
	if (e == ERR_OK)
		e = goroutines_make(&w, (const struct dump *const *)l.dump, l.count, &o, why);
	if (e == ERR_OK)
		e = answer(w, params, result, why);
	if (e == ERR_OK) {
		put_notes(l.notes, w);
		json_put(*result, "notes", json_incref(l.notes));
		if (l.cost != NULL)
			json_put(*result, "cost", json_incref(l.cost));
	}
	goroutines_free(w);
	goroutines_files_fini(&files);
	goroutines_load_fini(&l);
	json_decref(l.notes);
	allow_fini(&allow);
	return e;
}
