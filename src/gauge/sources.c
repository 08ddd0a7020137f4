/* sources.c - further sources of a gauge set. */
#include "gauge/sources.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "sys/time.h"

struct source {
	struct sources *all;
	char name[GAUGE_FROM_MAX];
	char *spec, *select;            /* select: NULL, or which numbers */
	struct gauge_set *set;
	int *map;                       /* its gauge -> the owner's, -1: no room */
	size_t mapped;
	bool changed, told;
	uint64_t at, gap;               /* of its newest row, and to the one before */
};

/* ---- names ---- */

static const char word[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

size_t
source_given_name(const char *text)
{
	const size_t n = strspn(text, word);

	return text[n] == '=' ? n : 0;
}

static void
name_of(const char *spec, char out[GAUGE_FROM_MAX])
{
	const bool program = strncmp(spec, "exec:", 5) == 0;
	const char *colon = strchr(spec, ':'), *at = colon != NULL ? colon + 1 : spec;
	size_t n;

	at += strspn(at, "/:");
	n = strcspn(at, program ? " \t" : "/?@");
	if (strncmp(spec, "serial:", 7) == 0)
		n = strcspn(at, "@");
	else if (!program && at[n] == '@') {
		at += n + 1;
		n = strcspn(at, "/?");
	}
	for (size_t i = n; i > 0 && (program || strncmp(spec, "serial:", 7) == 0); i--)
		if (at[i - 1] == '/') {
			at += i;
			n -= i;
			break;
		}
	snprintf(out, GAUGE_FROM_MAX, "%.*s", (int)(n < GAUGE_FROM_MAX ? n : GAUGE_FROM_MAX), at);
	for (char *c = out; *c != '\0'; c++)
		if (*c != ':' && strchr(word, *c) == NULL)
			*c = '_';
	if (out[0] == '\0')
		snprintf(out, GAUGE_FROM_MAX, "source");
}

/* Of printed lines it is that of the wire; a bare path is a port's. */
void
source_name(const char *spec, char out[GAUGE_FROM_MAX])
{
	char port[512];

	if (strncmp(spec, "lines:", 6) == 0)
		spec += 6;
	snprintf(port, sizeof port, "serial:%s", spec);
	name_of(spec[0] == '/' ? port : spec, out);
}

static struct source *
find(const struct sources *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i]->name, name) == 0)
			return s->v[i];
	return NULL;
}

/* ---- what a source tells ---- */

static void
first_told(struct source *k)
{
	if (k->told)
		return;
	k->told = true;
	if (k->all->told != NULL)
		k->all->told(k->all->arg);
}

static void
on_defs(void *arg)
{
	((struct source *)arg)->changed = true;
}

static void
on_sample(void *arg, const struct gauge_sample *row)
{
	struct source *k = arg;
	const uint64_t now = sys_mono();

	(void)row;
	k->gap = k->at != 0 ? now - k->at : 0;
	k->at = now;
	first_told(k);
}

/* The owner's definition of a gauge of this source, or NULL. */
static const struct gauge_def *
own_def(const struct source *k, const struct gauge_def *d)
{
	size_t n, i;
	const struct gauge_def *all = gauge_set_defs(k->set, &n);

	if (d == NULL)
		return NULL;
	i = (size_t)(d - all);
	return i < k->mapped && k->map[i] >= 0 ? &k->all->table->def[k->map[i]] : NULL;
}

/* Limits are the owner's business: it has the values too. Rules see one machine at a time. */
static void
on_alarm(void *arg, const struct gauge_alarm *a)
{
	struct source *k = arg;
	struct gauge_alarm out = *a;

	if (a->def != NULL && (a->rule == NULL || k->name[0] == '\0'))
		return;
	out.def = own_def(k, a->def);
	if (k->name[0] != '\0')
		snprintf(out.text, sizeof out.text, "%s: %.*s", k->name,
		    (int)(sizeof out.text - sizeof k->name - 3), a->text);
	k->all->news(k->all->arg, &out);
}

static void
on_console(void *arg, const char *p, size_t n)
{
	struct source *k = arg;

	if (k->all->console != NULL)
		k->all->console(k->all->arg, k->name, p, n);
}

/* ---- into the owner's table ---- */

static void
named(const struct source *k, const struct gauge_def *d, struct gauge_def *out)
{
	*out = *d;
	snprintf(out->from, sizeof out->from, "%s", k->name);
	if (k->name[0] == '\0')
		return;
	if (snprintf(out->id, sizeof out->id, "%s/%s", k->name, d->id) >= (int)sizeof out->id)
		out->id[0] = '\0';      /* not cut: two could become one */
	snprintf(out->name, sizeof out->name, "%.12s %.18s", k->name, d->name);
}

static void
take_defs(struct source *k)
{
	struct gauge_table *t = k->all->table;
	size_t n;
	const struct gauge_def *d = gauge_set_defs(k->set, &n);
	struct gauge_def mine;

	if (n > k->mapped)
		k->map = mem_resize(k->map, n, sizeof *k->map);
	for (size_t i = 0; i < n; i++) {
		named(k, &d[i], &mine);
		if (i >= k->mapped) {
			k->map[i] = mine.id[0] != '\0' ? table_find(t, mine.id) : -1;
			if (k->map[i] < 0 && mine.id[0] != '\0')
				k->map[i] = table_add(t, &mine);
		}
		if (k->map[i] >= 0)
			table_put(t, k->map[i], &mine);
	}
	k->mapped = n;
	k->changed = false;
	t->changed = true;
}

static void
merge_one(struct source *k, uint64_t mono)
{
	const uint64_t hold = k->gap * 5 / 2 > SOURCES_HOLD_NS ? k->gap * 5 / 2 : SOURCES_HOLD_NS;
	const struct series *s = gauge_set_series(k->set);

	if (k->changed)
		take_defs(k);
	for (size_t i = 0; i < k->mapped; i++)
		if (k->map[i] >= 0)
			k->all->table->v[k->map[i]] =
			    k->at != 0 && mono < k->at + hold ? series_now(s, i) : (double)NAN;
}

void
sources_merge(struct sources *s, uint64_t mono)
{
	for (size_t i = 0; i < s->n; i++)
		merge_one(s->v[i], mono);
}

bool
sources_told(const struct sources *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (!s->v[i]->told)
			return false;
	return true;
}

/* ---- adding and removing ---- */

static void
drop(struct source *k)
{
	gauge_set_free(k->set);
	mem_free(k->map);
	mem_free(k->spec);
	mem_free(k->select);
	mem_free(k);
}

void
sources_fini(struct sources *s)
{
	while (s->n != 0)
		drop(s->v[--s->n]);
}

static enum err
may_add(const struct sources *s, const char *name, struct err_msg *why)
{
	if (s->n == SOURCES_MAX)
		return err_set(why, ERR_LIMIT, name, "gauge.source remove NAME makes room",
		    "%d sources are there already", (int)SOURCES_MAX);
	if (strlen(name) >= GAUGE_FROM_MAX || name[strspn(name, word)] != '\0')
		for (const char *c = name; *c != '\0'; c++)
			if (*c != ':' && strchr(word, *c) == NULL)
				return err_set(why, ERR_USAGE, name, NULL,
				    "a source's name is letters, digits and . _ - :");
	if (strlen(name) >= GAUGE_FROM_MAX)
		return err_set(why, ERR_USAGE, name, NULL, "a source's name has at most %d letters",
		    (int)GAUGE_FROM_MAX - 1);
	if (find(s, name) != NULL)
		return err_set(why, ERR_BUSY, name, "name=OTHER gives it another name",
		    "a source of this name is there already");
	return ERR_OK;
}

enum err
sources_add(struct sources *s, struct loop *l, const char *name, const struct gauge_set_opts *o,
    struct err_msg *why)
{
	static const struct gauge_set_cb cb = {
		.defs_changed = on_defs, .sample = on_sample, .alarm = on_alarm,
		.console = on_console,
	};
	struct source *k;

	if (may_add(s, name, why) != ERR_OK)
		return why->code;
	k = mem_zero(1, sizeof *k);
	k->all = s;
	k->changed = true;
	k->spec = mem_str(o->board != NULL ? o->board : "local");
	k->select = o->select != NULL ? mem_str(o->select) : NULL;
	snprintf(k->name, sizeof k->name, "%s", name);
	k->set = gauge_set_new(l, o, &cb, k, why);
	if (k->set == NULL) {
		drop(k);
		return why->code;
	}
	s->v[s->n++] = k;
	return ERR_OK;
}

enum err
sources_remove(struct sources *s, const char *name, struct err_msg *why)
{
	struct source *k = find(s, name);
	size_t i = 0;

	if (k == NULL)
		return err_set(why, ERR_NOENT, name, "gauge.source list names them",
		    "no source of this name");
	while (s->v[i] != k)
		i++;
	memmove(&s->v[i], &s->v[i + 1], (--s->n - i) * sizeof s->v[0]);
	for (i = 0; i < k->mapped; i++)
		if (k->map[i] >= 0) {
			table_missing(s->table, k->map[i], "its source was taken away");
			s->table->def[k->map[i]].gone = true;
		}
	s->table->changed = true;
	drop(k);
	return ERR_OK;
}

/* ---- all of them ---- */

void
sources_every(struct sources *s, uint64_t every_ns)
{
	for (size_t i = 0; i < s->n; i++)
		gauge_set_every(s->v[i]->set, every_ns);
}

void
sources_process(struct sources *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		gauge_set_process(s->v[i]->set, 0, name);
}

struct gauge_set *
sources_set(const struct sources *s, const char *name)
{
	const struct source *k = find(s, name);

	return k != NULL ? k->set : NULL;
}

unsigned
sources_hanging(const struct sources *s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += gauge_set_hanging(s->v[i]->set);
	return n;
}

bool
sources_process_found(const struct sources *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (gauge_set_process_found(s->v[i]->set))
			return true;
	return s->n == 0;
}

const struct err_msg *
sources_trouble(const struct sources *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (gauge_set_trouble(s->v[i]->set) != NULL)
			return gauge_set_trouble(s->v[i]->set);
	return NULL;
}

void
sources_rule(struct sources *s, const char *option)
{
	struct err_msg why;

	for (size_t i = 0; i < s->n; i++)
		(void)gauge_set_rule(s->v[i]->set, option, &why);       /* the owner has taken it */
}

uint64_t
sources_rules_news(const struct sources *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->n; i++)
		sum += gauge_set_rules_news(s->v[i]->set);
	return sum;
}

/* The findings of one rule of one source, each with its gauge's name at the owner's. */
static void
rule_json(const struct source *k, const json_t *of, json_t *to)
{
	const json_t *x;
	size_t i;

	json_array_foreach(json_object_get(of, "findings"), i, x) {
		json_t *o = json_copy((json_t *)(uintptr_t)x);
		char id[GAUGE_FROM_MAX + GAUGE_ID_MAX + 1];

		snprintf(id, sizeof id, "%s/%s", k->name, json_get_str(x, "gauge", ""));
		json_put_str(o, "gauge", id);
		(void)json_array_append_new(json_object_get(to, "findings"), o);
		(void)json_object_del(to, "needs");
	}
}

void
sources_rules_json(const struct sources *s, json_t *rules)
{
	for (size_t i = 0; i < s->n; i++) {
		json_t *own = gauge_set_json_rules(s->v[i]->set);

		for (size_t k = 0; k < json_array_size(own) && s->v[i]->name[0] != '\0'; k++)
			rule_json(s->v[i], json_array_get(own, k), json_array_get(rules, k));
		json_decref(own);
	}
}

json_t *
sources_json(const struct sources *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n; i++) {
		const struct source *k = s->v[i];
		const struct err_msg *trouble = gauge_set_trouble(k->set);
		json_t *o = json_object();
		size_t n;

		(void)gauge_set_defs(k->set, &n);
		json_put_str(o, "name", k->name);
		json_put_str(o, "source", k->spec);
		if (k->select != NULL)
			json_put_str(o, "select", k->select);
		json_put_str(o, "machine", gauge_set_machine(k->set));
		json_put_int(o, "gauges", (int64_t)n);
		json_put_bool(o, "answers", k->told && trouble == NULL);
		if (trouble != NULL)
			json_put(o, "error", json_from_err(trouble));
		(void)json_array_append_new(list, o);
	}
	return list;
}
