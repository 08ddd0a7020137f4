/* compare.c - loading what is compared. */
#include "worker/compare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "pprof/top.h"

enum { ZOOM_MAX = 1024, COLUMNS_MAX = 4000 };

enum err
compare_open(struct compare *c, const json_t *params, const char *granularity, struct err_msg *why)
{
	struct profile_args *a = &c->args;
	enum err e;

	*c = (struct compare){ .stacks = NULL };
	e = profile_args_load(a, params, why);
	if (e != ERR_OK)
		return e;
	a->o.base_mode = TOP_BASE_DIFF;
	if (granularity != NULL)
		(void)top_granularity_parse(granularity, &a->o.granularity);
	e = stacks_make(&c->stacks, a->now, a->now_name, a->base, a->base_name, &a->o, why);
	if (e != ERR_OK)
		compare_close(c);
	return e;
}

void
compare_close(struct compare *c)
{
	stacks_free(c->stacks);
	profile_args_fini(&c->args);
	*c = (struct compare){ .stacks = NULL };
}

/* ---- options of the picture */

static bool
word_of(const json_t *params, const char *key, const char *const *words, unsigned *out)
{
	const char *word = json_get_str(params, key, words[0]);

	for (unsigned i = 0; words[i] != NULL; i++)
		if (strcmp(word, words[i]) == 0) {
			*out = i;
			return true;
		}
	return false;
}

/* Names to frames; a name that no stack holds matches nothing. */
static enum err
find_zoom(const struct compare *c, const json_t *names, struct flame_options *o, uint32_t **zoom,
    struct err_msg *why)
{
	const size_t n = json_array_size(names);

	*zoom = NULL;
	if (n == 0)
		return ERR_OK;
	if (n > ZOOM_MAX)
		return err_set(why, ERR_LIMIT, "zoom", NULL, "more than %d frames", ZOOM_MAX);
	*zoom = mem_zero(n, sizeof **zoom);
	for (size_t i = 0; i < n; i++) {
		const char *name = json_string_value(json_array_get(names, i));

		(*zoom)[i] = name != NULL ? stacks_find(c->stacks, name) : STACKS_NONE;
	}
	o->zoom = *zoom;
	o->zoom_count = (uint32_t)n;
	return ERR_OK;
}

enum err
compare_flame_options(const struct compare *c, const json_t *params, struct flame_options *o,
    uint32_t **zoom, struct err_msg *why)
{
	static const char *const onlys[] = { "both", "growth", "shrink", NULL },
	    *const widths[] = { "delta", "total", NULL };
	const char *from = json_get_str(params, "from", NULL);
	const int64_t columns = json_get_int(params, "columns", 80), rows = json_get_int(params,
	    "rows", 64);
	unsigned only, width;

	flame_defaults(o);
	*zoom = NULL;
	if (!word_of(params, "only", onlys, &only) || !word_of(params, "width", widths, &width))
		return err_set(why, ERR_USAGE, "only, width",
		    "only=both, growth or shrink; width=delta or total", "unknown word");
	if (columns < 1 || columns > COLUMNS_MAX || rows < 1 || rows > 4096)
		return err_set(why, ERR_USAGE, "columns, rows", NULL, "1 to %d columns, 4096 rows",
		    COLUMNS_MAX);
	o->only = json_get_bool(params, "growth", false) ? FLAME_GROWTH :
	    json_get_bool(params, "shrink", false) ? FLAME_SHRINK : (enum flame_only)only;
	o->width = (enum flame_width)width;
	o->min_share = 1.0 / (double)columns;
	o->max_depth = (uint32_t)rows;
	o->max_boxes = 6000;
	if (from != NULL) {
		o->from = stacks_find(c->stacks, from);
		if (o->from == STACKS_NONE)
			return err_set(why, ERR_NOENT, from, "choose another row",
			    "no stack holds this function");
	}
	return find_zoom(c, json_object_get(params, "zoom"), o, zoom, why);
}

/* ---- what every answer says */

static void
put_types(const struct pprof_profile *p, json_t *o)
{
	json_t *types = json_array();

	for (uint32_t i = 0; i < p->type_count; i++)
		(void)json_array_append_new(types, json_text(p->type[i].type.p,
		    p->type[i].type.n));
	json_put(o, "types", types);
}

static void
put_side(json_t *o, const char *key, const struct pprof_profile *p, const char *name,
    int64_t total)
{
	json_t *side = json_object();

	json_put_str(side, "source", name);
	json_put_int(side, "time_nanos", p->time_nanos);
	json_put_int(side, "duration_nanos", p->duration_nanos);
	json_put_int(side, "period", p->period);
	json_put_int(side, "total", total);
	json_put(o, key, side);
}

void
compare_put(const struct compare *c, json_t *o)
{
	const struct profile_args *a = &c->args;
	const struct stacks *s = c->stacks;
	double var = 0;

	for (uint32_t i = 0; i < s->stack_count; i++)
		var += s->stack[i].variance;
	json_put_str(o, "type", s->type);
	json_put_str(o, "unit", s->unit);
	put_types(a->now, o);
	put_side(o, "b", a->now, a->now_name, s->now);
	if (a->base != NULL)
		put_side(o, "a", a->base, a->base_name, s->was);
	json_put_bool(o, "diff", s->both);
	json_put_int(o, "total_a", s->was);
	json_put_int(o, "total_b", s->now);
	json_put_int(o, "delta", stacks_delta(s->was, s->now));
	if (s->sampled)
		json_put_num(o, "sd", sqrt(var));
	json_put_int(o, "stacks", s->stack_count);
	if (a->base != NULL && a->base->period != a->now->period)
		json_put_str(o, "warning",
		    "A and B were sampled at different rates: small rows are not comparable");
	else if (a->base != NULL && a->base->time_nanos > a->now->time_nanos &&
	    a->now->time_nanos != 0)
		json_put_str(o, "warning", "A is newer than B");
}
