/* goroutines.c - grouping, counting over dumps, and the rules that name a leak. */
#include "pprof/goroutines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pprof/dump_table.h"
#include "pprof/series_table.h"

static const char *const by_words[GOROUTINES_BYS] = { "stack", "state", "creator", "age" };

static const struct {
	unsigned bit;
	const char *word;
} rule_words[] = {
	{ GOROUTINES_LEAK, "goroutineleak" },
	{ GOROUTINES_FOREVER, "forever" },
	{ GOROUTINES_LEAKPROF, "leakprof" },
	{ GOROUTINES_GROWING, "growing" },
	{ GOROUTINES_STALE_GROWING, "stale+growing" },
	{ GOROUTINES_STALE, "stale" },
	{ GOROUTINES_GOLEAK, "goleak" },
	{ GOROUTINES_RULES_DEFAULT, "default" },
	{ GOROUTINES_RULES_ALL, "all" },
	{ 0, "none" },
};

static const struct {
	uint32_t least;
	const char *word;
} ages[] = {
	{ 1440, "1 day and more" },
	{ 60, "1 hour and more" },
	{ 10, "10 minutes and more" },
	{ 1, "1 minute and more" },
	{ 0, "under a minute" },
};

void
goroutines_defaults(struct goroutines_options *o)
{
	*o = (struct goroutines_options){ .rules = GOROUTINES_RULES_DEFAULT,
		.many = GOROUTINES_MANY,
		.several = GOROUTINES_SEVERAL,
		.stale_minutes = GOROUTINES_STALE_MINUTES };
}

const char *
goroutines_by_word(enum goroutines_by by)
{
	return by < GOROUTINES_BYS ? by_words[by] : "";
}

bool
goroutines_by_parse(const char *word, enum goroutines_by *by)
{
	for (unsigned i = 0; i < GOROUTINES_BYS; i++)
		if (strcmp(word, by_words[i]) == 0) {
			*by = (enum goroutines_by)i;
			return true;
		}
	return false;
}

const char *
goroutines_rule_word(unsigned rule)
{
	for (size_t i = 0; i < sizeof(rule_words) / sizeof(rule_words[0]); i++)
		if (rule_words[i].bit == rule)
			return rule_words[i].word;
	return "";
}

bool
goroutines_rules_parse(struct slice words, unsigned *rules)
{
	*rules = 0;
	while (words.n > 0) {
		struct slice word = slice_trim(slice_cut(words, ',', &words));
		bool known = false;

		for (size_t i = 0; i < sizeof(rule_words) / sizeof(rule_words[0]); i++)
			if (slice_is(word, rule_words[i].word)) {
				*rules |= rule_words[i].bit;
				known = true;
			}
		if (!known)
			return false;
	}
	return true;
}

const char *
goroutines_age_word(uint32_t minutes, bool known)
{
	for (size_t i = 0; known && i < sizeof(ages) / sizeof(ages[0]); i++)
		if (minutes >= ages[i].least)
			return ages[i].word;
	return "not known";
}

uint64_t
goroutines_dump_ms(uint64_t n)
{
	return n / 91 + 1;
}

uint64_t
goroutines_dump_bytes(uint64_t n)
{
	uint64_t bytes = n * 207 + 1024;

	return bytes < DUMP_CUT_AT ? bytes : DUMP_CUT_AT;
}

/* ---- groups */

static uint64_t
text_key(struct slice s, uint64_t seed)
{
	return hash_bytes(s.p, s.n, seed);
}

static uint32_t
age_bucket(const struct dump *d, const struct dump_goroutine *g)
{
	uint32_t i = 0;

	if (!d->has_minutes)
		return UINT32_MAX;
	while (g->minutes < ages[i].least)
		i++;
	return i;
}

static uint64_t
key_of(const struct goroutines *w, const struct dump *d, const struct dump_goroutine *g)
{
	const struct dump_stack *s = &d->stack[g->stack];

	switch (w->o.by) {
	case GOROUTINES_BY_STATE:
		return hash_mix(
		    11, (uint64_t)causes_class_of(g->state, dump_frames(d, g->stack), s->count));
	case GOROUTINES_BY_CREATOR:
		return text_key(s->creator.function, 13);
	case GOROUTINES_BY_AGE:
		return hash_mix(17, age_bucket(d, g));
	default:
		return text_key(g->state, s->key);
	}
}

static struct goroutines_group *
group_of(struct goroutines *w, uint32_t dump, const struct dump_goroutine *g)
{
	const struct dump *d = w->dumps[dump];
	uint64_t key = key_of(w, d, g), *place;
	struct goroutines_group *new;
	bool fresh;

	place = hmap_at(&w->of, key, &fresh);
	if (place == NULL)
		return NULL;
	if (!fresh)
		return &w->group[*place];
	if (!series_room(&w->group, &w->cap, w->count, sizeof(*w->group)))
		return NULL;
	new = &w->group[w->count];
	*new = (struct goroutines_group){ .dump = dump,
		.stack = g->stack,
		.state = g->state,
		.labels = g->labels,
		.min_minutes = UINT32_MAX,
		.key = key };
	new->series = mem_try(w->dump_count * sizeof(*new->series));
	if (new->series == NULL)
		return NULL;
	memset(new->series, 0, w->dump_count * sizeof(*new->series));
	*place = w->count++;
	return new;
}

/* The last dump shows: its stack, its ages, its ids. */
static void
show_in(struct goroutines_group *group, uint32_t dump, const struct dump_goroutine *g,
    const struct hmap *before)
{
	uint64_t ignored;

	if (group->dump != dump || group->count == 0) {
		group->dump = dump;
		group->stack = g->stack;
		group->state = g->state;
		group->labels = g->labels;
	}
	group->count += g->count;
	if (g->minutes < group->min_minutes)
		group->min_minutes = g->minutes;
	if (g->minutes > group->max_minutes)
		group->max_minutes = g->minutes;
	if ((g->flags & DUMP_LOCKED) != 0)
		group->locked += g->count;
	group->leaked += g->leaked;
	if (g->id == 1)
		group->has_main = true;
	if (g->id != 0 && group->ids < GOROUTINES_IDS)
		group->id[group->ids++] = g->id;
	if (before != NULL && g->id != 0 && hmap_get(before, g->id, &ignored))
		group->stayed++;
}

static bool
ids_of(const struct dump *d, struct hmap *ids)
{
	bool fresh;

	for (uint32_t i = 0; i < d->goroutine_count; i++)
		if (d->goroutine[i].id != 0 && hmap_at(ids, d->goroutine[i].id, &fresh) == NULL)
			return false;
	return true;
}

static bool
take_dump(struct goroutines *w, uint32_t at, const struct hmap *before)
{
	const struct dump *d = w->dumps[at];

	for (uint32_t i = 0; i < d->goroutine_count; i++) {
		const struct dump_goroutine *g = &d->goroutine[i];
		struct goroutines_group *group;

		if (g->count == 0)
			continue;
		group = group_of(w, at, g);
		if (group == NULL)
			return false;
		group->series[at] += g->count;
		if (at == w->dump_count - 1)
			show_in(group, at, g, before);
	}
	return true;
}

/* ---- judging */

static bool
is_system(const struct dump *d, uint32_t stack)
{
	const struct dump_stack *s = &d->stack[stack];

	for (uint32_t i = 0; i < s->count; i++)
		if (!slice_starts(dump_frames(d, stack)[i].function, "runtime."))
			return false;
	return s->count > 0;
}

static bool
on_channel(enum causes_class c)
{
	return c == CAUSES_RECEIVE || c == CAUSES_SEND || c == CAUSES_SELECT || c == CAUSES_NIL;
}

static bool
keeps_growing(const struct goroutines *w, const struct goroutines_group *g)
{
	return w->dump_count >= 5 && g->falls == 0 && g->rises >= 4 &&
	       g->rises * 2 >= w->dump_count - 1;
}

static unsigned
blamed_for_age(const struct goroutines *w, const struct goroutines_group *g)
{
	unsigned r = 0;

	if (w->o.stale_minutes == 0 || g->max_minutes < w->o.stale_minutes)
		return 0;
	if (w->dump_count > 1 && g->count > g->first)
		r |= GOROUTINES_STALE_GROWING;
	if (g->count >= w->o.several)
		r |= GOROUTINES_STALE;
	return r;
}

static unsigned
blamed(const struct goroutines *w, const struct goroutines_group *g)
{
	unsigned r = keeps_growing(w, g) ? GOROUTINES_GROWING : 0;

	if (g->class != CAUSES_RUN)
		r |= GOROUTINES_GOLEAK;
	if (g->cause->idle)
		return r;
	if (g->class == CAUSES_NIL || (g->class == CAUSES_NO_CASES && !g->has_main))
		r |= GOROUTINES_FOREVER;
	if (on_channel(g->class) && g->count >= w->o.many)
		r |= GOROUTINES_LEAKPROF;
	return r | blamed_for_age(w, g);
}

static void
find_cause(
    struct goroutines *w, struct goroutines_group *g, const struct dump_frame *frame, uint32_t n)
{
	enum causes_hint hint = CAUSES_NO_SOURCE;

	g->class = causes_class_of(g->state, frame, n);
	if (w->o.hint != NULL && n > 0 &&
	    (g->class == CAUSES_SELECT || g->class == CAUSES_RECEIVE)) {
		const struct dump_frame *own = &frame[causes_own_frame(frame, n)];

		hint = w->o.hint(w->o.hint_arg, own->file, own->line);
	}
	g->cause = causes_find(g->class, hint, frame, n);
}

static void
judge(struct goroutines *w, struct goroutines_group *g)
{
	const struct dump *d = w->dumps[g->dump];
	const struct dump_stack *s = &d->stack[g->stack];
	const struct dump_frame *frame = dump_frames(d, g->stack);
	bool alone = g->has_main && g->count == 1;

	find_cause(w, g, frame, s->count);
	if (w->o.allow != NULL)
		g->allowed = allow_find(w->o.allow, g->state, frame, s->count, s->creator.function);
	if (g->count == 0)
		return;
	if (g->allowed == NULL && !alone && !is_system(d, g->stack))
		g->rules = blamed(w, g);
	if (g->leaked > 0)
		g->rules |= GOROUTINES_LEAK;
	g->rules &= w->o.rules;
}

static void
count_over_dumps(struct goroutines *w, struct goroutines_group *g)
{
	g->first = g->series[0];
	for (uint32_t i = 1; i < w->dump_count; i++) {
		g->rises += g->series[i] > g->series[i - 1];
		g->falls += g->series[i] < g->series[i - 1];
	}
	if (g->min_minutes == UINT32_MAX)
		g->min_minutes = 0;
}

static int
blamed_first(const void *a, const void *b)
{
	const struct goroutines_group *x = a, *y = b;
	bool p = x->rules != 0, q = y->rules != 0;

	if (p != q)
		return p ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	if (x->first != y->first)
		return x->first > y->first ? -1 : 1;
	return (x->key > y->key) - (x->key < y->key);
}

static enum err
make(struct goroutines *w, struct err_msg *why)
{
	struct hmap before;
	bool ok, compare = w->dump_count > 1 && w->o.by == GOROUTINES_BY_STACK;

	hmap_init(&before);
	ok = !compare || ids_of(w->dumps[0], &before);
	for (uint32_t i = 0; ok && i < w->dump_count; i++)
		ok = take_dump(w, i, compare ? &before : NULL);
	hmap_fini(&before);
	if (!ok)
		return dump_no_memory("goroutines", why);
	for (uint32_t i = 0; i < w->count; i++) {
		struct goroutines_group *g = &w->group[i];

		count_over_dumps(w, g);
		judge(w, g);
		w->flagged += g->rules != 0 ? g->count : 0;
		w->flagged_groups += g->rules != 0;
		w->allowed += g->allowed != NULL ? g->count : 0;
	}
	if (w->count > 0)
		qsort(w->group, w->count, sizeof(*w->group), blamed_first);
	w->total = w->dumps[w->dump_count - 1]->total;
	w->first_total = w->dumps[0]->total;
	return ERR_OK;
}

enum err
goroutines_make(struct goroutines **out, const struct dump *const *dumps, uint32_t n,
    const struct goroutines_options *o, struct err_msg *why)
{
	struct goroutines *w;
	enum err e;

	if (n == 0 || n > GOROUTINES_DUMPS_MAX)
		return err_set(
		    why, ERR_LIMIT, "goroutines", NULL, "give 1 to %d dumps", GOROUTINES_DUMPS_MAX);
	w = mem_zero(1, sizeof(*w));
	w->dumps = dumps;
	w->dump_count = n;
	w->o = *o;
	hmap_init(&w->of);
	e = make(w, why);
	if (e == ERR_OK)
		*out = w;
	else
		goroutines_free(w);
	return e;
}

void
goroutines_free(struct goroutines *w)
{
	if (w == NULL)
		return;
	for (uint32_t i = 0; i < w->count; i++)
		mem_free(w->group[i].series);
	mem_free(w->group);
	hmap_fini(&w->of);
	mem_free(w);
}

void
goroutines_rule_text(const struct goroutines *w, const struct goroutines_group *g, unsigned rule,
    char *out, size_t n)
{
	unsigned long long count = g->count, first = g->first;

	switch (rule) {
	case GOROUTINES_LEAK:
		snprintf(out, n, "Go's garbage collector found that nothing can wake %llu of them",
		    (unsigned long long)g->leaked);
		break;
	case GOROUTINES_FOREVER:
		snprintf(out, n, "what it waits for can never come");
		break;
	case GOROUTINES_LEAKPROF:
		snprintf(out, n, "%llu blocked at one place, %llu are enough", count,
		    (unsigned long long)w->o.many);
		break;
	case GOROUTINES_GROWING:
		snprintf(out, n, "from %llu to %llu, rose in %u of %u intervals and never fell",
		    first, count, g->rises, w->dump_count - 1);
		break;
	case GOROUTINES_STALE_GROWING:
		snprintf(out, n, "from %llu to %llu, and the oldest waits %u minutes", first, count,
		    g->max_minutes);
		break;
	case GOROUTINES_STALE:
		snprintf(out, n, "%llu at one place, the oldest waits %u minutes", count,
		    g->max_minutes);
		break;
	default:
		snprintf(out, n, "left over after the filters of goleak");
		break;
	}
}
