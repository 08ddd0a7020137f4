/* leaks.c - slopes of all stacks in one pass, then a close look at the few that matter. */
#include "pprof/leaks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pprof/stats.h"

enum { PAIRS_MAX = 512 }; /* points the median of slopes looks at */

/* Sums of one group of stacks over the used snapshots. y counts from y0. */
struct sums {
	int64_t y0, y, now, first_alloc, last_alloc, top;
	double sy, sxy, syy;
	double bound, least; /* variances of last - first: at most, at least */
	uint32_t rises, falls, stack;
};

struct work {
	struct leaks *l;
	const struct series *s;
	const struct leaks_options *o;
	uint32_t *group;        /* of each stack */
	uint32_t groups, alloc; /* alloc: the counter's column, UINT32_MAX: none */
	struct sums *sum;
	int64_t *first; /* the state at the first used snapshot */
	uint32_t first_cells;
	double *x, sx, sxx; /* seconds since the first */
	uint32_t candidates;
};

static const char *const shapes[LEAKS_SHAPES] = {
	[LEAKS_FLAT] = "flat",
	[LEAKS_STEADY] = "steady",
	[LEAKS_STEP] = "step",
	[LEAKS_PLATEAU] = "plateau",
	[LEAKS_FALLING] = "falling",
	[LEAKS_UP_AND_DOWN] = "up and down",
};
static const char *const verdicts[LEAKS_VERDICTS] = {
	[LEAKS_NONE] = "none",
	[LEAKS_CHURN] = "churn",
	[LEAKS_SUSPECT] = "suspect",
	[LEAKS_LEAK] = "leak",
};
static const char *const rules[LEAKS_RULES] = {
	[LEAKS_RULE_NO] = "no",
	[LEAKS_RULE_NOISE] = "within error",
	[LEAKS_RULE_YES] = "yes",
};

const char *
leaks_shape_word(enum leaks_shape s)
{
	return s < LEAKS_SHAPES ? shapes[s] : "";
}

const char *
leaks_verdict_word(enum leaks_verdict v)
{
	return v < LEAKS_VERDICTS ? verdicts[v] : "";
}

const char *
leaks_rule_word(enum leaks_rule r)
{
	return r < LEAKS_RULES ? rules[r] : "";
}

void
leaks_defaults(struct leaks_options *o)
{
	*o = (struct leaks_options){ .segment = -1 };
}

static enum err
no_memory(struct err_msg *why)
{
	return err_set(why, ERR_MEMORY, "series", "keep fewer snapshots, or turn lines off",
	    "no memory to rank its stacks");
}

uint64_t
leaks_stack_id(const struct series *s, uint32_t stack, bool lines_off)
{
	const struct series_stack *k = &s->stack[stack];
	uint64_t h = UINT64_C(0x452821e638d01377);

	for (uint32_t i = 0; i < k->count; i++) {
		const struct series_frame *f = &s->frame[s->stack_frame[k->first + i]];
		struct slice fn = series_text(s, f->function), file = series_text(s, f->file);

		h = hash_bytes(fn.p, fn.n, h);
		h = hash_bytes(file.p, file.n, h);
		if (!lines_off)
			h = hash_mix(h, (uint64_t)f->line);
	}
	return h == 0 ? 1 : h;
}

uint32_t
leaks_own_frame(const struct series *s, uint32_t stack)
{
	static const char *const way[] = { "runtime.", "sync.", "internal/", "time.Sleep",
		"syscall.", "sync/atomic.", "net.", "bytes.", "strings.", "reflect.", "os.", "io.",
		"bufio.", "encoding/", "net/", "crypto/", "fmt.", "strconv.", "context.",
		"compress/", "regexp", "sort.", "slices.", "maps.", "html/", "text/", "log." };
	const struct series_stack *k = &s->stack[stack];

	for (uint32_t i = 0; i < k->count; i++) {
		struct slice fn = series_text(s, s->frame[s->stack_frame[k->first + i]].function);
		bool other = true;

		for (size_t w = 0; other && w < sizeof(way) / sizeof(way[0]); w++)
			other = !slice_starts(fn, way[w]);
		if (other)
			return i;
	}
	return 0;
}

/* ---- which snapshots, which groups */

static enum err
choose_snapshots(struct work *w, struct err_msg *why)
{
	const struct series *s = w->s;
	struct leaks *l = w->l;

	if (s->count == 0)
		return err_set(why, ERR_NOTHING, "series", "add some", "it holds no snapshot");
	l->segment =
	    w->o->segment < 0 ? s->snapshot[s->count - 1].segment : (uint32_t)w->o->segment;
	l->used = mem_try(s->count * sizeof(*l->used));
	w->x = mem_try(s->count * sizeof(*w->x));
	if (l->used == NULL || w->x == NULL)
		return no_memory(why);
	for (uint32_t i = 0; i < s->count; i++)
		if (s->snapshot[i].segment == l->segment && !s->snapshot[i].same) {
			const struct series_snapshot *from;

			l->used[l->used_count] = i;
			from = &s->snapshot[l->used[0]];
			w->x[l->used_count] =
			    ((double)s->snapshot[i].time - (double)from->time) / 1e9;
			w->sx += w->x[l->used_count];
			w->sxx += w->x[l->used_count] * w->x[l->used_count];
			l->used_count++;
		}
	if (l->used_count == 0)
		return err_set(
		    why, ERR_NOTHING, "series", NULL, "it has no segment %u", l->segment);
	l->seconds = w->x[l->used_count - 1];
	return ERR_OK;
}

static bool
make_groups(struct work *w)
{
	const struct series *s = w->s;
	struct hmap of;

	w->group = mem_try((s->stack_count + (size_t)1) * sizeof(*w->group));
	if (w->group == NULL)
		return false;
	hmap_init(&of);
	for (uint32_t i = 0; i < s->stack_count; i++) {
		bool fresh = true;
		uint64_t *place =
		    !w->o->lines_off ? NULL : hmap_at(&of, leaks_stack_id(s, i, true), &fresh);

		if (w->o->lines_off && place == NULL) {
			hmap_fini(&of);
			return false;
		}
		if (place != NULL && fresh)
			*place = w->groups;
		w->group[i] = place != NULL ? (uint32_t)*place : w->groups;
		w->groups += fresh;
	}
	hmap_fini(&of);
	w->sum = mem_try((w->groups + (size_t)1) * sizeof(*w->sum));
	if (w->sum == NULL)
		return false;
	memset(w->sum, 0, w->groups * sizeof(*w->sum));
	for (uint32_t i = s->stack_count; i-- > 0;)
		w->sum[w->group[i]].stack = i;
	return true;
}

/* inuse_space has alloc_space beside it. */
static uint32_t
counter_of(const struct series *s, uint32_t type)
{
	char name[64] = "alloc_";
	int at;

	if (strncmp(s->type[type].type, "inuse_", 6) != 0 || strlen(s->type[type].type) > 40)
		return UINT32_MAX;
	memcpy(name + 6, s->type[type].type + 6, strlen(s->type[type].type) - 5);
	at = series_find_type(s, name);
	return at < 0 ? UINT32_MAX : (uint32_t)at;
}

/* ---- the pass over all */

static void
take_point(struct work *w, const struct series_walk *walk, uint32_t i)
{
	const struct series *s = w->s;
	uint32_t types = s->type_count, cells = s->snapshot[w->l->used[i]].cells;

	for (uint32_t g = 0; g < w->groups; g++)
		w->sum[g].now = 0;
	for (uint32_t c = 0; c < cells; c++) {
		struct sums *g = &w->sum[w->group[s->cell[c].stack]];

		g->now = (int64_t)((uint64_t)g->now +
				   (uint64_t)walk->value[(size_t)c * types + w->l->type]);
	}
	for (uint32_t k = 0; k < w->groups; k++) {
		struct sums *g = &w->sum[k];
		double y;

		if (i == 0)
			g->y0 = g->y = g->now;
		y = (double)g->now - (double)g->y0;
		g->sy += y;
		g->sxy += w->x[i] * y;
		g->syy += y * y;
		g->rises += g->now > g->y;
		g->falls += g->now < g->y;
		g->top = g->now > g->top ? g->now : g->top;
		g->y = g->now;
	}
}

/* Noise of last - first of one cell. Came at most: what the counter allows; at least: the
 * growth. */
static void
cell_noise(struct work *w, const int64_t *last, uint32_t c)
{
	const struct series *s = w->s;
	uint32_t types = s->type_count;
	struct sums *g = &w->sum[w->group[s->cell[c].stack]];
	double each, then, now, came, went;

	then = c < w->first_cells ? (double)w->first[(size_t)c * types + w->l->type] : 0;
	now = (double)last[(size_t)c * types + w->l->type];
	came = now > then ? now - then : 0;
	if (w->alloc != UINT32_MAX) {
		int64_t a = c < w->first_cells ? w->first[(size_t)c * types + w->alloc] : 0,
			b = last[(size_t)c * types + w->alloc];
		double made = (double)b - (double)a;

		g->first_alloc = (int64_t)((uint64_t)g->first_alloc + (uint64_t)a);
		g->last_alloc = (int64_t)((uint64_t)g->last_alloc + (uint64_t)b);
		came = fmax(came, fmin(made, now));
	}
	went = fmax(0, then - now + came);
	if (strcmp(s->period_type, "space") != 0)
		return;
	each = stats_sampling(s->cell[c].size, s->snapshot[w->l->used[0]].period, w->l->bytes);
	g->bound += each * (came + went);
	g->least += each * fabs(now - then);
}

static enum err
pass(struct work *w, struct err_msg *why)
{
	struct series_walk walk;
	size_t n;
	uint32_t i = 0;
	enum err e = series_walk_init(&walk, w->s, why);

	if (e != ERR_OK)
		return e;
	while (i < w->l->used_count && series_walk_next(&walk)) {
		if (walk.next - 1 != w->l->used[i])
			continue;
		if (i == 0) {
			w->first_cells = w->s->snapshot[w->l->used[0]].cells;
			n = (size_t)w->first_cells * w->s->type_count * sizeof(*w->first);
			w->first = mem_try(n + 1);
			if (w->first == NULL) {
				series_walk_fini(&walk);
				return no_memory(why);
			}
			if (n > 0)
				memcpy(w->first, walk.value, n);
		}
		take_point(w, &walk, i++);
	}
	for (uint32_t c = 0; c < w->s->snapshot[w->l->used[w->l->used_count - 1]].cells; c++)
		cell_noise(w, walk.value, c);
	series_walk_fini(&walk);
	return ERR_OK;
}

/* ---- from sums to a row */

static void
slope_of(const struct work *w, const struct sums *g, struct leaks_row *r)
{
	uint32_t n = w->l->used_count;
	double t = w->l->seconds, sxx = w->sxx - w->sx * w->sx / n,
	       sxy = g->sxy - w->sx * g->sy / n, syy = g->syy - g->sy * g->sy / n, rest, q;

	r->growth_sd = sqrt(g->bound);
	if (n < 2 || t <= 0)
		return;
	if (n == 2 || sxx <= 0) {
		r->slope = (double)r->growth / t;
		r->slope_sd = r->growth_sd / t;
	} else {
		r->slope = sxy / sxx;
		rest = syy - r->slope * sxy;
		/* below what doubles carry of the squares there is no scatter */
		rest = rest < 1e-12 * syy ? 0 : rest / (n - 2);
		r->slope_sd = sqrt(rest / sxx + g->least / (t * t));
	}
	q = stats_quantile(w->l->level, n == 2 ? 0 : n - 2);
	r->slope_low = r->slope - q * r->slope_sd;
	r->slope_high = r->slope + q * r->slope_sd;
	if (r->slope_sd > 0)
		r->confidence = stats_student(r->slope / r->slope_sd, n == 2 ? 0 : n - 2);
	else
		r->confidence = r->slope > 0 ? 1 : r->slope < 0 ? 0 : 0.5;
}

static int64_t
minus(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

static void
row_of(const struct work *w, const struct sums *g, struct leaks_row *r)
{
	*r = (struct leaks_row){ .stack = g->stack,
		.first = g->y0,
		.last = g->y,
		.growth = minus(g->y, g->y0),
		.rises = g->rises,
		.falls = g->falls,
		.has_alloc = w->alloc != UINT32_MAX,
		.confidence = 0.5 };
	if (r->has_alloc) {
		r->allocated = minus(g->last_alloc, g->first_alloc);
		r->freed = minus(r->allocated, r->growth);
	}
	slope_of(w, g, r);
	if (r->growth >= w->l->min_growth)
		r->rule = (double)r->growth >= 2 * r->growth_sd ? LEAKS_RULE_YES : LEAKS_RULE_NOISE;
}

/* What comes first: surely growing, by how much; then by size of the change. */
static int
by_sureness(const void *a, const void *b)
{
	const struct leaks_row *x = a, *y = b;
	double p = x->slope_low > 0 ? x->slope_low : 0, q = y->slope_low > 0 ? y->slope_low : 0;

	if (x->verdict != y->verdict &&
	    (x->verdict >= LEAKS_SUSPECT || y->verdict >= LEAKS_SUSPECT))
		return x->verdict > y->verdict ? -1 : 1;
	if (p < q || p > q)
		return p > q ? -1 : 1;
	if (x->growth != y->growth)
		return x->growth > y->growth ? -1 : 1;
	if (x->allocated != y->allocated)
		return x->allocated > y->allocated ? -1 : 1;
	return (x->stack > y->stack) - (x->stack < y->stack);
}

static int
by_allocated(const void *a, const void *b)
{
	const struct leaks_row *x = a, *y = b;

	return (x->allocated < y->allocated) - (x->allocated > y->allocated);
}

static bool
wanted(const struct work *w, const struct sums *g)
{
	if (w->o->only != 0)
		return leaks_stack_id(w->s, g->stack, w->o->lines_off) == w->o->only;
	return g->rises != 0 || g->falls != 0 || g->last_alloc != g->first_alloc ||
	       (w->l->used_count == 1 && g->y != 0);
}

/* The rows a closer look is worth: those that grow most surely, and those that allocate most. */
static bool
choose_rows(struct work *w)
{
	struct leaks *l = w->l;
	uint32_t limit = w->o->limit == 0 ? LEAKS_LIMIT : w->o->limit, n = 0, more;

	if (limit > LEAKS_LIMIT_MAX)
		limit = LEAKS_LIMIT_MAX;
	for (uint32_t g = 0; g < w->groups; g++)
		n += wanted(w, &w->sum[g]);
	l->row = mem_try((n + (size_t)1) * sizeof(*l->row));
	if (l->row == NULL)
		return false;
	for (uint32_t g = 0; g < w->groups; g++)
		if (wanted(w, &w->sum[g]))
			row_of(w, &w->sum[g], &l->row[l->row_count++]);
	l->moved = n;
	qsort(l->row, n, sizeof(*l->row), by_sureness);
	if (n > limit) {
		more = n - limit;
		qsort(l->row + limit, more, sizeof(*l->row), by_allocated);
		l->row_count = limit + (more < 8 ? more : 8);
	}
	return true;
}

/* ---- the close look */

static bool
fill_points(struct work *w)
{
	const struct series *s = w->s;
	struct leaks *l = w->l;
	uint32_t *row_of_group = mem_try((w->groups + (size_t)1) * sizeof(*row_of_group)), i = 0;
	struct series_walk walk;
	bool ok = row_of_group != NULL && series_walk_init(&walk, s, NULL) == ERR_OK;

	if (!ok) {
		mem_free(row_of_group);
		return false;
	}
	memset(row_of_group, 0, w->groups * sizeof(*row_of_group));
	for (uint32_t r = 0; r < l->row_count && ok; r++) {
		row_of_group[w->group[l->row[r].stack]] = r + 1;
		l->row[r].point = mem_try(l->used_count * sizeof(int64_t));
		ok = l->row[r].point != NULL;
		if (ok)
			memset(l->row[r].point, 0, l->used_count * sizeof(int64_t));
	}
	while (ok && i < l->used_count && series_walk_next(&walk)) {
		if (walk.next - 1 != l->used[i])
			continue;
		for (uint32_t c = 0; c < s->snapshot[l->used[i]].cells; c++) {
			uint32_t r = row_of_group[w->group[s->cell[c].stack]];
			int64_t v = walk.value[(size_t)c * s->type_count + l->type], *to;

			if (r == 0 || v == 0)
				continue;
			to = &l->row[r - 1].point[i];
			*to = (int64_t)((uint64_t)*to + (uint64_t)v);
		}
		i++;
	}
	series_walk_fini(&walk);
	mem_free(row_of_group);
	return ok;
}

static enum leaks_shape
rising_shape(const struct leaks_row *r, uint32_t n)
{
	double total = (double)r->growth, jump = 0, tail;
	uint32_t third = (n - 1) / 3 > 0 ? (n - 1) / 3 : 1;

	for (uint32_t i = 1; i < n; i++)
		jump = fmax(jump, (double)r->point[i] - (double)r->point[i - 1]);
	if (n >= 4 && jump >= 0.7 * total)
		return LEAKS_STEP;
	tail = (double)r->point[n - 1] - (double)r->point[n - 1 - third];
	return n >= 4 && tail < 0.2 * total * third / (n - 1) ? LEAKS_PLATEAU : LEAKS_STEADY;
}

static enum leaks_shape
shape_of(const struct leaks_row *r, uint32_t n)
{
	if (r->rises == 0 && r->falls == 0)
		return LEAKS_FLAT;
	if (r->growth > 0 && (r->slope_low > 0 || r->falls == 0))
		return rising_shape(r, n);
	if (r->growth < 0 && (r->slope_high < 0 || r->rises == 0))
		return LEAKS_FALLING;
	return LEAKS_UP_AND_DOWN;
}

static bool
is_churn(const struct leaks *l, const struct leaks_row *r)
{
	return r->has_alloc && r->allocated >= l->min_growth && r->freed >= r->allocated / 2 &&
	       r->rule != LEAKS_RULE_YES;
}

/* It grows: is that enough for a word? */
static enum leaks_verdict
growth_verdict(const struct leaks *l, const struct leaks_row *r)
{
	bool sure = r->slope_low > 0 && r->theil_sen > 0,
	     rose = r->rule == LEAKS_RULE_YES && r->falls == 0;

	if (r->growth < l->min_growth || r->shape != LEAKS_STEADY)
		return LEAKS_NONE;
	if (l->used_count >= 5)
		return sure ? LEAKS_LEAK : LEAKS_NONE;
	return sure || rose ? LEAKS_SUSPECT : LEAKS_NONE;
}

static enum leaks_verdict
verdict_of(const struct leaks *l, const struct leaks_row *r)
{
	enum leaks_verdict v = growth_verdict(l, r);

	return v == LEAKS_NONE && is_churn(l, r) ? LEAKS_CHURN : v;
}

static bool
look_closer(struct work *w)
{
	struct leaks *l = w->l;
	uint32_t n = l->used_count < PAIRS_MAX ? l->used_count : PAIRS_MAX,
		 from = l->used_count - n;
	double *scratch = mem_try(((size_t)n * n + 1) / 2 * sizeof(*scratch) + sizeof(*scratch));
	bool ok = scratch != NULL && fill_points(w);

	for (uint32_t i = 0; ok && i < l->row_count; i++) {
		struct leaks_row *r = &l->row[i];

		r->id = leaks_stack_id(w->s, r->stack, w->o->lines_off);
		r->theil_sen = stats_theil_sen(w->x + from, r->point + from, n, scratch);
		r->shape = shape_of(r, l->used_count);
		r->verdict = verdict_of(l, r);
		l->leaks += r->verdict == LEAKS_LEAK;
		l->suspects += r->verdict == LEAKS_SUSPECT;
	}
	if (ok)
		qsort(l->row, l->row_count, sizeof(*l->row), by_sureness);
	mem_free(scratch);
	return ok;
}

static void
count_stacks(struct work *w)
{
	for (uint32_t g = 0; g < w->groups; g++) {
		w->l->stacks += w->sum[g].top != 0;
		w->candidates += w->sum[g].top >= w->l->min_growth;
	}
	w->l->level = 0.01 / (w->candidates > 0 ? w->candidates : 1);
	if (w->l->level < 0.001)
		w->l->level = 0.001;
}

static enum err
rank(struct work *w, struct err_msg *why)
{
	struct leaks *l = w->l;
	enum err e = series_type_index(w->s, w->o->type, &l->type, why);

	if (e == ERR_OK)
		e = choose_snapshots(w, why);
	if (e != ERR_OK)
		return e;
	l->bytes = strcmp(w->s->type[l->type].unit, "bytes") == 0;
	l->min_growth = w->o->min_growth > 0 ? w->o->min_growth
			: l->bytes           ? LEAKS_MIN_BYTES
					     : LEAKS_MIN_COUNT;
	w->alloc = counter_of(w->s, l->type);
	if (!make_groups(w))
		return no_memory(why);
	e = pass(w, why);
	if (e != ERR_OK)
		return e;
	count_stacks(w);
	if (!choose_rows(w) || !look_closer(w))
		return no_memory(why);
	if (w->o->only != 0 && l->row_count == 0)
		return err_set(why, ERR_NOTHING, "series", NULL, "it has no such stack");
	return ERR_OK;
}

enum err
leaks_rank(
    struct leaks *l, const struct series *s, const struct leaks_options *o, struct err_msg *why)
{
	struct work w = { .l = l, .s = s, .o = o };
	enum err e;

	*l = (struct leaks){ .s = s };
	e = rank(&w, why);
	mem_free(w.group);
	mem_free(w.sum);
	mem_free(w.first);
	mem_free(w.x);
	if (e != ERR_OK)
		leaks_fini(l);
	return e;
}

void
leaks_fini(struct leaks *l)
{
	for (uint32_t i = 0; l->row != NULL && i < l->row_count; i++)
		mem_free(l->row[i].point);
	mem_free(l->row);
	mem_free(l->used);
	*l = (struct leaks){ .s = NULL };
}
