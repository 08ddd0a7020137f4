/* shots.c - every profile of the bench on its clock. */
#include "bench/shots.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "bench/news.h"
#include "bench/watch.h"
#include "sys/time.h"

enum { KEPT_ALWAYS = 3 };               /* of each kind: the first, the newest two */

/* ---- making */

/* The sum of the type that is shown by default: the last one. */
static void
put_total(json_t *shot, const json_t *facts)
{
	const json_t *types = json_object_get(facts, "types"), *last = NULL, *t;
	const char *wanted = json_get_str(facts, "default_type", "");
	size_t i;

	json_array_foreach(types, i, t)
		if (wanted[0] == '\0' || last == NULL ||
		    strcmp(json_get_str(t, "type", ""), wanted) == 0)
			last = t;
	if (last == NULL)
		return;
	json_put_str(shot, "type", json_get_str(last, "type", ""));
	json_put_str(shot, "unit", json_get_str(last, "unit", ""));
	json_put_int(shot, "total", json_get_int(last, "sum", 0));
}

json_t *
shots_make(struct bench *b, const char *source, const char *kind, const json_t *facts)
{
	static const char *const copied[] = { "samples", "time_nanos", "period" };
	const json_t *inner = json_object_get(facts, "facts");
	const uint64_t t = bench_time(b, sys_mono());
	json_t *o = json_object();

	json_put_int(o, "t", (json_int_t)t);
	json_put_int(o, "wall", (json_int_t)sys_wall());
	json_put_str(o, "kind", kind);
	json_put_str(o, "source", source);
	json_put_str(o, "path", json_get_str(facts, "out", json_get_str(facts, "address", "")));
	json_put_int(o, "bytes", json_get_int(facts, "bytes", 0));
	json_put_int(o, "ns", json_get_int(facts, "ns", 0));
	json_put_str(o, "form", json_get_str(facts, "form", "profile"));
	for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++)
		if (json_object_get(inner, copied[i]) != NULL)
			(void)json_object_set(o, copied[i], json_object_get(inner, copied[i]));
	put_total(o, inner);
	return o;
}

json_t *
shots_put(struct bench *b, json_t *shot)
{
	if (b->shots == NULL)
		b->shots = json_array();
	if (json_array_size(b->shots) >= SHOTS_MAX)
		(void)json_array_remove(b->shots, 0);
	json_put_int(shot, "id", ++b->next_shot);
	(void)json_array_append_new(b->shots, shot);
	bench_news(b, "profile.shot", json_pack("{s:O}", "shot", shot));
	return shot;
}

json_t *
shots_json(const struct bench *b, size_t most)
{
	const size_t n = json_array_size(b->shots);
	json_t *list = json_array();

	for (size_t i = n > most ? n - most : 0; i < n; i++)
		(void)json_array_append(list, json_array_get(b->shots, i));
	return list;
}

/* ---- finding */

static bool
has_file(const json_t *shot)
{
	return json_get_bool(shot, "kept", true);
}

static json_t *
by_id(const struct bench *b, uint64_t id)
{
	json_t *shot;
	size_t i;

	json_array_foreach(b->shots, i, shot)
		if (json_get_int(shot, "id", 0) == (json_int_t)id)
			return shot;
	return NULL;
}

json_t *
shots_of_path(const struct bench *b, const char *path)
{
	json_t *shot;
	size_t i;

	json_array_foreach(b->shots, i, shot)
		if (strcmp(json_get_str(shot, "path", ""), path) == 0)
			return shot;
	return NULL;
}

/* "14:03:07" as seconds of the day; -1: no such thing. */
static int64_t
clock_seconds(struct slice s)
{
	uint64_t h, m, sec;
	struct slice rest, first = slice_cut(s, ':', &rest), second = slice_cut(rest, ':', &rest);

	if (s.n != 8 || !slice_u64(first, 23, &h) || !slice_u64(second, 59, &m) ||
	    !slice_u64(rest, 60, &sec))
		return -1;
	return (int64_t)(h * 3600 + m * 60 + sec);
}

/* Whether the shot was taken at or before the moment of the word. */
static bool
not_after(const json_t *shot, const char *word, int64_t day, double since)
{
	char text[16];

	(void)word;
	if (day < 0)
		return (double)json_get_int(shot, "t", 0) <= since * (double)NS_PER_S;
	clock_fmt_hms((uint64_t)json_get_int(shot, "wall", 0), text, sizeof text);
	return clock_seconds(slice_of(text)) <= day;
}

static json_t *
by_time(const struct bench *b, const char *word, const char *kind, bool *is_time)
{
	const int64_t day = clock_seconds(slice_of(word));
	double since = 0;
	json_t *best = NULL, *shot;
	size_t i;

	*is_time = day >= 0 || (word[0] == '+' && slice_f64(slice_of(word + 1), &since));
	json_array_foreach(b->shots, i, shot)
		if (*is_time && has_file(shot) && not_after(shot, word, day, since) &&
		    strcmp(json_get_str(shot, "kind", ""), kind) == 0)
			best = shot;
	return best;
}

static json_t *
by_end(const struct bench *b, const char *kind, bool last)
{
	json_t *best = NULL, *shot;
	size_t i;

	json_array_foreach(b->shots, i, shot)
		if (has_file(shot) && strcmp(json_get_str(shot, "kind", ""), kind) == 0 &&
		    (last || best == NULL))
			best = shot;
	return best;
}

/* Whether the word means a snapshot at all; *shot is the one, or NULL. */
static bool
means_shot(const struct bench *b, const char *word, const char *kind, json_t **shot)
{
	const bool sharp = word[0] == '#';
	uint64_t id;
	bool is_time;

	*shot = NULL;
	if (strcmp(word, "last") == 0 || strcmp(word, "first") == 0) {
		*shot = by_end(b, kind, word[0] == 'l');
		return true;
	}
	if (slice_u64(slice_of(word + (sharp ? 1 : 0)), UINT32_MAX, &id)) {
		*shot = by_id(b, id);
		return sharp || *shot != NULL;
	}
	*shot = by_time(b, word, kind, &is_time);
	return is_time;
}

char *
shots_path(const struct bench *b, const char *word, const char *kind, struct err_msg *why)
{
	json_t *shot;

	if (!means_shot(b, word, kind != NULL ? kind : "heap", &shot))
		return mem_str(word);
	if (shot != NULL && has_file(shot))
		return mem_str(json_get_str(shot, "path", ""));
	(void)err_set(why, ERR_NOENT, word, "profile.list shows what there is",
	    shot == NULL ? "no such snapshot"
			 : "only its values are kept, in the series of its watch");
	return NULL;
}

/* ---- thinning */

struct pile { const char *kind; uint64_t bytes; size_t n; };

static bool
in_use(const struct bench *b, const char *path)
{
	const char *a = json_string_value(b->profile_a), *c = json_string_value(b->profile_b);

	return (a != NULL && strcmp(a, path) == 0) || (c != NULL && strcmp(c, path) == 0);
}

static bool
may_go(const struct bench *b, const json_t *shot, json_int_t watch)
{
	return json_get_int(shot, "watch", 0) == watch && has_file(shot) &&
	    !in_use(b, json_get_str(shot, "path", ""));
}

static struct pile *
pile_of(struct pile *piles, const char *kind)
{
	for (size_t i = 0; i < WATCH_KINDS_MAX; i++)
		if (piles[i].kind == NULL || strcmp(piles[i].kind, kind) == 0) {
			piles[i].kind = kind;
			return &piles[i];
		}
	return NULL;
}

/* What the watch keeps, by kind; the sum of all. */
static uint64_t
weigh(const struct bench *b, json_int_t watch, struct pile *piles)
{
	uint64_t sum = 0;
	json_t *shot;
	size_t i;

	json_array_foreach(b->shots, i, shot) {
		const uint64_t bytes = (uint64_t)json_get_int(shot, "bytes", 0);
		struct pile *h = may_go(b, shot, watch)
		    ? pile_of(piles, json_get_str(shot, "kind", "")) : NULL;

		if (h == NULL)
			continue;
		h->bytes += bytes;
		h->n++;
		sum += bytes;
	}
	return sum;
}

/* The kind that weighs most of those with more files than must stay, or NULL. */
static const char *
heaviest(const struct pile *piles)
{
	const struct pile *best = NULL;

	for (size_t i = 0; i < WATCH_KINDS_MAX; i++)
		if (piles[i].n > KEPT_ALWAYS && (best == NULL || piles[i].bytes > best->bytes))
			best = &piles[i];
	return best != NULL ? best->kind : NULL;
}

/* Of the files that may go, the one whose neighbours are nearest to one another in time. */
static json_t *
least_missed(json_t *const *kept, size_t n)
{
	json_int_t best = INT64_MAX;
	json_t *least = NULL;

	for (size_t i = 1; i + 2 < n; i++) {
		const json_int_t gap = json_get_int(kept[i + 1], "t", 0) -
		    json_get_int(kept[i - 1], "t", 0);

		if (gap < best) {
			best = gap;
			least = kept[i];
		}
	}
	return least;
}

static json_t *
least_of_kind(const struct bench *b, json_int_t watch, const char *kind)
{
	json_t *kept[SHOTS_MAX], *shot;
	size_t i, n = 0;

	json_array_foreach(b->shots, i, shot)
		if (n < SHOTS_MAX && may_go(b, shot, watch) &&
		    strcmp(json_get_str(shot, "kind", ""), kind) == 0)
			kept[n++] = shot;
	return least_missed(kept, n);
}

void
shots_thin(struct bench *b, json_int_t watch, uint64_t bytes)
{
	for (;;) {
		struct pile piles[WATCH_KINDS_MAX] = { { .kind = NULL } };
		const char *kind = weigh(b, watch, piles) > bytes ? heaviest(piles) : NULL;
		json_t *least = kind != NULL ? least_of_kind(b, watch, kind) : NULL;

		if (least == NULL)
			return;
		(void)unlink(json_get_str(least, "path", ""));
		json_put_bool(least, "kept", false);
		bench_news(b, "profile.shot", json_pack("{s:O}", "shot", least));
	}
}
