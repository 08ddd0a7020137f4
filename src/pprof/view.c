/* view.c - feed and filter as one stream. */
#include "pprof/view.h"

static uint64_t
magnitude(int64_t v)
{
	return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

enum err
view_open(struct view *v, const struct pprof_profile *p, const char *what,
    const struct pprof_profile *base, const char *base_what, const struct top_options *o,
    bool labels, struct err_msg *why)
{
	struct pprof_profile named = *p;
	enum err e;

	*v = (struct view){ .o = o, .filter_options = o->filter, .counting = true };
	v->filter_options.unit = o->unit;
	if (p->default_type.n == 0 && base != NULL)
		named.default_type = base->default_type;
	e = pprof_type_index(&named, o->sample_index, &v->type, why);
	if (e == ERR_OK)
		e = filter_new(&v->filter, &v->filter_options, why);
	if (e == ERR_OK)
		e = feed_open(&v->feed, p, what, base, base_what, v->type, o, why);
	if (e == ERR_OK)
		e = filter_add(v->filter, 0, p, what, why);
	if (e == ERR_OK && base != NULL)
		e = filter_add(v->filter, 1, base, base_what, why);
	if (e != ERR_OK)
		return e;
	v->feed.labels = labels || filter_wants_labels(v->filter);
	v->feed.cursor[0].labels = v->feed.cursor[1].labels = v->feed.labels;
	return ERR_OK;
}

void
view_close(struct view *v)
{
	feed_close(&v->feed);
	filter_free(v->filter);
	v->filter = NULL;
}

void
view_rewind(struct view *v)
{
	v->counting = false;
	feed_rewind(&v->feed);
}

static void
count(struct view *v, const struct feed_item *item)
{
	v->all += magnitude(item->value);
	v->all_div += (uint64_t)item->div;
	if (item->base) {
		v->base += magnitude(item->value);
		v->base_div += (uint64_t)item->div;
	}
}

enum err
view_next(struct view *v, struct feed_item *item, struct err_msg *why)
{
	bool active = filter_active(v->filter), relative = filter_relative(v->filter), keep;
	enum err e;

	for (;;) {
		e = feed_next(&v->feed, item, why);
		if (e != ERR_OK)
			return e;
		item->sample.base = item->base;
		if (active)
			e = filter_frames(v->filter, item->k, &item->sample, why);
		if (e == ERR_OK && v->counting && !relative)
			count(v, item);
		/* the filters of pprof drop a sample without a stack, even when none is given */
		keep = item->sample.loc_count > 0;
		if (e == ERR_OK && active)
			e = filter_sample(v->filter, item->k, &item->sample, &keep, why);
		if (e == ERR_OK && !keep)
			continue;
		if (e == ERR_OK && v->counting && relative)
			count(v, item);
		return e;
	}
}

enum err
view_settle(struct view *v, bool *again, struct err_msg *why)
{
	*again = v->feed.must_merge;
	if (!*again)
		return ERR_OK;
	v->all = v->base = v->all_div = v->base_div = 0;
	return feed_merge(&v->feed, why);
}

int64_t
view_total(const struct view *v)
{
	bool base = (int64_t)v->base > 0;
	int64_t total = (int64_t)(base ? v->base : v->all),
		div = (int64_t)(base ? v->base_div : v->all_div);

	return div == 0 || div == -1 ? (div == 0 ? total : (int64_t)(0 - (uint64_t)total))
				     : total / div;
}

const struct pprof_profile *
view_profile(const struct view *v, unsigned k)
{
	return v->feed.profile[k] == NULL ? NULL : filter_profile(v->filter, k);
}
