/* profile_ask.c - from the state of the profile pane to questions, from answers to rows and boxes.
 * */
#include "ui/profile_ask.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "ui/profile_list.h"

const char *const profile_sorts[] = { "delta", "growth", "flat", "cum", "cum_b", "error", "name",
	NULL };

enum { LINE_MAX_BYTES = 48 << 10, BOXES_MAX = 8192, DEPTH_MAX = 4096 };

void
profile_keep(char **slot, const char *text)
{
	char *old = *slot;

	*slot = text != NULL && text[0] != '\0' ? mem_str(text) : NULL;
	mem_free(old);
}

struct profile_view *
profile_new(void)
{
	return mem_zero(1, sizeof(struct profile_view));
}

static void
list_fini(struct profile_list *l)
{
	json_decref(l->answer);
	mem_free(l->error);
	mem_free(l->line);
}

void
profile_free(struct profile_view *v)
{
	char *texts[] = { v->type, v->match, v->found, v->chosen, v->key, v->line, v->asked_key,
	    v->detail_key, v->detail_line, v->detail_asked, v->error };

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		mem_free(texts[i]);
	for (size_t i = 0; i < v->steps; i++)
		mem_free(v->step[i].text);
	for (size_t i = 0; i < v->texts; i++)
		mem_free(v->text[i].text);
	for (size_t i = 0; i < PROFILE_PAGES; i++)
		list_fini(&v->list[i]);
	json_decref(v->answer);
	json_decref(v->detail);
	json_decref(v->held);
	mem_free(v->row);
	mem_free(v->box);
	mem_free(v);
}

/* ---- questions */

/* "^main\.(*T)\.Do$", quoted: exactly this function. */
static void
add_exact(struct buf *b, const char *name)
{
	(void)buf_add_byte(b, '^');
	for (; *name != '\0'; name++) {
		if (strchr("\\.+*?()|[]{}^$", *name) != NULL)
			(void)buf_add_byte(b, '\\');
		(void)buf_add_byte(b, *name);
	}
	(void)buf_add_byte(b, '$');
}

static void
add_argument(struct buf *line, const char *key, const char *value)
{
	(void)buf_add_fmt(line, " %s=", key);
	command_quote(value, line);
}

/* All steps of one kind as one pattern; of focus only the last: pprof knows no "and". */
static void
add_steps(const struct profile_view *v, const char *word, struct buf *line)
{
	const bool last = strcmp(word, "focus") == 0;
	struct buf rx;

	buf_init(&rx, LINE_MAX_BYTES / 4);
	for (size_t i = 0; i < v->steps; i++) {
		if (strcmp(v->step[i].word, word) != 0)
			continue;
		if (last)
			buf_clear(&rx);
		if (rx.len != 0)
			(void)buf_add_byte(&rx, '|');
		add_exact(&rx, v->step[i].text);
	}
	if (rx.len != 0)
		add_argument(line, word, buf_str(&rx));
	buf_fini(&rx);
}

/* Where the icicle begins: the last zoom; a focus behind it begins anew at its function. */
static void
add_root(const struct profile_view *v, struct buf *line)
{
	for (size_t i = v->steps; i-- > 0;) {
		const bool zoom = strcmp(v->step[i].word, "zoom") == 0;

		if (zoom || strcmp(v->step[i].word, "focus") == 0) {
			add_argument(line, zoom ? "zoom" : "from", v->step[i].text);
			return;
		}
	}
}

static void
add_filters(const struct profile_view *v, struct buf *line)
{
	if (v->type != NULL)
		add_argument(line, "type", v->type);
	add_steps(v, "focus", line);
	add_steps(v, "ignore", line);
	add_steps(v, "hide", line);
}

void
profile_arguments(const struct ui *u, struct buf *line)
{
	static const char *const onlys[] = { "both", "growth", "shrink" };
	const struct profile_view *v = u->profile;

	add_filters(v, line);
	add_root(v, line);
	if (v->only != PROFILE_BOTH)
		add_argument(line, "only", onlys[v->only]);
	if (v->total_width)
		add_argument(line, "width", "total");
}

/* What an answer depends on beside its line: the two profiles. */
static char *
key_of(const struct ui *u, const char *line)
{
	const struct replica_profile *p = &u->replica->profile;

	return mem_fmt("%s\n%s %llu\n%s %llu", line, p->a.path != NULL ? p->a.path : "",
	    (unsigned long long)p->a.time, p->b.path != NULL ? p->b.path : "",
	    (unsigned long long)p->b.time);
}

static bool
equal(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static char *
view_line(const struct ui *u, int cols, int icicle_rows)
{
	const struct profile_view *v = u->profile;
	struct buf b;

	buf_init(&b, LINE_MAX_BYTES);
	/* a whole number of steps: a window that is dragged asks seldom */
	(void)buf_add_fmt(&b, "profile.view parts=table,flame columns=%d rows=%d sort=%s",
	    (cols + 19) / 20 * 20, (icicle_rows + 31) / 32 * 32, profile_sorts[v->sort]);
	profile_arguments(u, &b);
	if (v->match != NULL)
		add_argument(&b, "match", v->match);
	return buf_take(&b);
}

static char *
detail_line(const struct ui *u)
{
	const struct profile_view *v = u->profile;
	struct buf b;

	buf_init(&b, LINE_MAX_BYTES);
	(void)buf_add_str(&b, "profile.details ");
	command_quote(v->chosen, &b);
	add_filters(v, &b);
	return buf_take(&b);
}

static bool
loaded(const struct ui *u)
{
	const struct replica_profile *p = &u->replica->profile;

	return p->b.path != NULL && p->state != NULL && strcmp(p->state, "loading") != 0;
}

/* ---- answers */

static void
take_rows(struct profile_view *v, const json_t *table)
{
	const json_t *rows = json_object_get(table, "rows");
	const size_t n = json_array_size(rows);

	v->row = mem_resize(v->row, n + 1, sizeof *v->row);
	v->rows = n;
	for (size_t i = 0; i < n; i++) {
		const json_t *o = json_array_get(rows, i);

		v->row[i] = (struct profile_row){ json_get_str(o, "name", "?"),
		    json_get_num(o, "flat", 0), json_get_num(o, "cum", 0),
		    json_get_num(o, "flat_a", 0), json_get_num(o, "flat_b", 0),
		    json_get_num(o, "cum_a", 0), json_get_num(o, "cum_b", 0),
		    json_get_num(o, "sd", NAN) };
	}
	v->all = json_get_int(table, "all", 0);
	v->small = json_get_int(table, "small", 0);
	v->unmatched = json_get_int(table, "unmatched", 0);
	v->beyond = json_get_int(table, "beyond", 0);
	v->other_way = json_get_int(table, "other_way", 0);
	v->whole = json_get_num(table, "whole", 0);
	v->cutoff = json_get_num(table, "cutoff", 0);
	v->hidden_delta = json_get_num(table, "hidden_delta", 0);
	v->hidden_max = json_get_num(table, "hidden_max", 0);
}

static void
take_boxes(struct profile_view *v, const json_t *flame)
{
	const json_t *boxes = json_object_get(flame, "boxes");
	const size_t n = json_array_size(boxes) < BOXES_MAX ? json_array_size(boxes) : BOXES_MAX;

	v->box = mem_resize(v->box, n + 1, sizeof *v->box);
	v->boxes = n;
	for (size_t i = 0; i < n; i++) {
		const json_t *o = json_array_get(boxes, i);
		const int64_t parent = json_get_int(o, "parent", -1), depth = json_get_int(o,
		    "depth", 0);

		v->box[i] = (struct profile_box){ json_get_str(o, "name", NULL),
		    depth < 0 || depth > DEPTH_MAX ? DEPTH_MAX : (int)depth,
		    parent >= 0 && parent < (int64_t)i ? (int)parent : -1,
		    json_get_int(o, "more", 0), json_get_num(o, "x", 0), json_get_num(o, "w", 0),
		    json_get_num(o, "a", 0), json_get_num(o, "b", 0) };
	}
	v->box_w = json_get_num(flame, "w", 0);
	v->box_a = json_get_num(flame, "a", 0);
	v->box_b = json_get_num(flame, "b", 0);
	v->depth = 0;
	for (size_t i = 0; i < n; i++)
		v->depth = v->box[i].depth >= v->depth ? v->box[i].depth + 1 : v->depth;
	v->has_box = true;
}

static int
by_change(const void *x, const void *y)
{
	const struct profile_row *a = x, *b = y;
	const double da = fabs(a->flat), db = fabs(b->flat);

	return da > db ? -1 : da < db ? 1 : strcmp(a->name, b->name);
}

/* The rows that the bench tells everyone: what is shown until there is an answer. */
static void
take_replica(struct profile_view *v, const struct replica_profile *p)
{
	json_decref(v->held);
	v->held = json_array();
	v->row = mem_resize(v->row, p->rows + 1, sizeof *v->row);
	v->rows = p->rows;
	for (size_t i = 0; i < p->rows; i++) {
		const struct replica_row *r = &p->row[i];
		json_t *name = json_text(r->name, strlen(r->name));

		(void)json_array_append_new(v->held, name);
		v->row[i] = (struct profile_row){ json_string_value(name), r->flat, r->cum,
		    r->flat_a, r->flat_b,
		    r->cum_b - r->cum, r->cum_b, NAN };
	}
	qsort(v->row, v->rows, sizeof *v->row, by_change);
	v->boxes = 0;
	v->has_box = v->sampled = false;
	v->diff = p->a.path != NULL;
	v->unit = p->unit != NULL ? p->unit : "";
	v->type_shown = p->type != NULL ? p->type : "";
	v->small = p->hidden;
	v->all = (int64_t)p->rows + p->hidden;
	v->unmatched = v->beyond = v->other_way = 0;
	v->whole = v->cutoff = v->hidden_delta = v->hidden_max = NAN;
}

static bool
is_known(const struct profile_view *v, const char *name)
{
	for (size_t i = 0; i < v->rows; i++)
		if (equal(v->row[i].name, name))
			return true;
	for (size_t i = 0; i < v->boxes; i++)
		if (equal(v->box[i].name, name))
			return true;
	return false;
}

/* The selection stays on its function, wherever that is now; one that is gone gives way to its
 * place. */
static void
find_chosen(struct profile_view *v)
{
	double widest = -1;

	if (v->at >= v->rows)
		v->at = v->rows != 0 ? v->rows - 1 : 0;
	if (v->rows != 0 && !is_known(v, v->chosen))
		profile_keep(&v->chosen, v->row[v->at].name);
	for (size_t i = 0; i < v->rows; i++)
		if (equal(v->row[i].name, v->chosen))
			v->at = i;
	if (v->box_at < v->boxes && equal(v->box[v->box_at].name, v->chosen))
		return;
	for (size_t i = 0; i < v->boxes; i++)
		if (equal(v->box[i].name, v->chosen) && v->box[i].w > widest) {
			widest = v->box[i].w;
			v->box_at = i;
		}
	if (v->box_at >= v->boxes)
		v->box_at = 0;
}

void
profile_choose(struct ui *u, const char *name)
{
	struct profile_view *v = u->profile;

	if (equal(name, v->chosen))
		return;
	profile_keep(&v->chosen, name);
	v->text_top = 0;
	find_chosen(v);
}

static void
take_answer(struct profile_view *v)
{
	const json_t *a = v->answer;

	json_decref(v->held);
	v->held = NULL;
	v->unit = json_get_str(a, "unit", "");
	v->type_shown = json_get_str(a, "type", "");
	v->diff = json_get_bool(a, "diff", false);
	v->sampled = json_object_get(a, "sd") != NULL;
	take_rows(v, json_object_get(a, "table"));
	take_boxes(v, json_object_get(a, "flame"));
	find_chosen(v);
}

static void
take_view(struct ui *u, const json_t *result)
{
	struct profile_view *v = u->profile;

	json_decref(v->answer);
	v->answer = json_incref((json_t *)(uintptr_t)result);
	take_answer(v);
}

static void
failed(struct profile_view *v, const struct err_msg *err)
{
	char text[512];

	err_format(err, text, sizeof text);
	profile_keep(&v->error, text);
}

static void
answered_view(struct ui *u, const json_t *result, const struct err_msg *err)
{
	struct profile_view *v = u->profile;

	v->asking = false;
	mem_free(v->key);
	v->key = v->asked_key;
	v->asked_key = NULL;
	profile_keep(&v->error, NULL);
	if (err != NULL && err->code == ERR_USAGE && v->type != NULL)
		profile_keep(&v->type, NULL);   /* of another kind of profile: its default then */
	else if (err != NULL)
		failed(v, err);
	else
		take_view(u, result);
}

static void
answered_detail(struct ui *u, const json_t *result, const struct err_msg *err)
{
	struct profile_view *v = u->profile;

	v->asking = false;
	mem_free(v->detail_key);
	v->detail_key = v->detail_asked;
	v->detail_asked = NULL;
	json_decref(v->detail);
	v->detail = NULL;
	if (err == NULL)
		v->detail = json_incref(json_object_get(result, "details"));
}

/* What the bench says of a profile command, in words. */
static bool
said(struct ui *u, const char *line, const json_t *result, const struct err_msg *err)
{
	const char *state = json_get_str(result, "state", NULL);
	char size[24];

	if (err != NULL || strncmp(line, "profile.", 8) != 0)
		return false;
	if (strncmp(line, "profile.export ", 15) == 0) {
		bytes_fmt_short(json_get_int(result, "bytes", 0), size, sizeof size);
		ui_say(u, UI_INFO, "wrote %.300s (%s, %s)", json_get_str(result, "out", ""),
		    json_get_str(result, "format", ""), size);
		return true;
	}
	if (state == NULL || json_object_get(result, "rows") == NULL)
		return false;
	ui_say(u, UI_INFO, "profile %s: %s", json_get_str(result, "type", ""), state);
	return true;
}

bool
profile_answer(struct ui *u, const char *line, const json_t *result, const struct err_msg *err)
{
	struct profile_view *v = u->profile;

	if (v->asking && v->asked_key != NULL && equal(v->line, line))
		answered_view(u, result, err);
	else if (v->asking && v->detail_asked != NULL && equal(v->detail_line, line))
		answered_detail(u, result, err);
	else
		return profile_list_answer(u, line, result, err) || said(u, line, result, err);
	return true;
}

/* ---- keeping up */

static void
ask(struct ui *u, char **line, char **asked, char *text, char *key)
{
	struct profile_view *v = u->profile;

	mem_free(*line);
	mem_free(*asked);
	*line = text;
	*asked = key;
	v->asking = true;
	u->ops->command(u->arg, text);
}

static void
want_details(struct ui *u)
{
	struct profile_view *v = u->profile;
	char *line, *key;

	if (v->chosen == NULL || v->asking)
		return;
	line = detail_line(u);
	key = key_of(u, line);
	if (!equal(key, v->detail_key)) {
		ask(u, &v->detail_line, &v->detail_asked, line, key);
		return;
	}
	mem_free(line);
	mem_free(key);
}

bool
profile_stale(const struct ui *u)
{
	return u->profile->stale && u->profile->answer != NULL;
}

/* Whether the answer is about the two profiles that the bench has now. */
static bool
of_now(const struct ui *u)
{
	const struct profile_view *v = u->profile;
	char *key = key_of(u, "");
	const char *tail = v->key != NULL ? strchr(v->key, '\n') : NULL;
	const bool same = v->answer != NULL && tail != NULL && strcmp(tail, key) == 0;

	mem_free(key);
	return same;
}

/* A console that floods draws often; the rows change seldom. */
static void
keep_replica(struct ui *u)
{
	struct profile_view *v = u->profile;

	if (v->held != NULL && v->held_at == u->replica->profiles)
		return;
	take_replica(v, &u->replica->profile);
	v->held_at = u->replica->profiles;
}

void
profile_want(struct ui *u, int cols, int icicle_rows)
{
	struct profile_view *v = u->profile;
	char *line, *key;

	if (v->answer == NULL || (icicle_rows < 0 && !of_now(u)))
		keep_replica(u);
	else if (v->held != NULL)
		take_answer(v);
	find_chosen(v);
	if (icicle_rows < 0)
		return;
	line = view_line(u, cols, icicle_rows);
	key = key_of(u, line);
	v->stale = !equal(key, v->key);
	if (v->stale && !v->asking && loaded(u)) {
		ask(u, &v->line, &v->asked_key, line, key);
		return;
	}
	mem_free(line);
	mem_free(key);
	if (v->stale || !loaded(u))
		return;
	want_details(u);
	if (u->replica->shots != 0)
		profile_list_want_series(u);
}

/* ---- narrowing */

void
profile_narrow(struct ui *u, const char *word, const char *text)
{
	struct profile_view *v = u->profile;

	if (v->steps == PROFILE_STEPS) {
		ui_say(u, UI_WARN, "%d steps are the most; u takes one back", PROFILE_STEPS);
		return;
	}
	v->step[v->steps++] = (struct profile_step){ word, mem_str(text) };
	v->box_top = 0;
}

bool
profile_widen(struct ui *u)
{
	struct profile_view *v = u->profile;

	if (v->steps != 0) {
		mem_free(v->step[--v->steps].text);
	} else if (v->match != NULL) {
		profile_keep(&v->match, NULL);
	} else {
		return false;
	}
	v->box_top = 0;
	return true;
}
