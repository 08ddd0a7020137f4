/* findings.c - the rules, their options and what they found. */
#include "gauge/findings.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "gauge/rule_cross.h"
#include "gauge/rule_heap.h"
#include "gauge/rule_leak.h"
#include "gauge/rule_oom.h"
#include "gauge/rule_steady.h"
#include "gauge/rule_throttle.h"

static const struct rule_ops *const rules[] = {
	&rule_steady, &rule_throttle, &rule_cross, &rule_heap, &rule_leak, &rule_oom,
};
enum { RULES = sizeof rules / sizeof *rules };

struct findings {
	struct rule_config config;
	void *state[RULES];
	struct found found;
};

static const struct {
	const char *rule, *key;
	size_t at;                      /* a double in struct rule_config */
	double least, most;
	bool time;
} option[] = {
#define AT(field) offsetof(struct rule_config, field)
	{ "steady", "window", AT(steady_window), 60, 7200, true },
	{ "steady", "band", AT(steady_band), 0.5, 20, false },
	{ "leak", "window", AT(leak_window), 30, 7 * 86400.0, true },
	{ "heap", "window", AT(heap_window), 5, 86400, true },
	{ "heap", "growth", AT(heap_growth), 1, 1000, false },
	{ "oom", "window", AT(oom_window), 10, 3600, true },
#undef AT
};
enum { OPTIONS = sizeof option / sizeof *option };

static const struct rule_config usual = {
	.steady_band = 2, .leak_window = 600, .heap_window = 60, .heap_growth = 30,
	.oom_window = 120,
};

struct findings *
findings_new(void)
{
	struct findings *f = mem_zero(1, sizeof *f);

	f->config = usual;
	for (size_t i = 0; i < RULES; i++)
		f->state[i] = mem_zero(1, rules[i]->size);
	return f;
}

void
findings_free(struct findings *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < RULES; i++)
		mem_free(f->state[i]);
	mem_free(f);
}

/* What was found by a rule is not shown any more. */
static void
drop(struct findings *f, const char *rule)
{
	size_t k = 0;

	for (size_t i = 0; i < f->found.n; i++)
		if (f->found.v[i].rule != rule)
			f->found.v[k++] = f->found.v[i];
	f->found.n = k;
}

void
findings_process(struct findings *f)
{
	for (size_t i = 0; i < RULES; i++)
		if (rules[i]->of_process) {
			memset(f->state[i], 0, rules[i]->size);
			drop(f, rules[i]->name);
		}
}

/* ---- options ---- */

static size_t
rule_index(struct slice name)
{
	size_t i = 0;

	while (i < RULES && !slice_is(name, rules[i]->name))
		i++;
	return i;
}

static enum err
set_number(struct rule_config *c, const char *rule, struct slice key, struct slice value,
    struct err_msg *why)
{
	uint64_t ns;
	double v = 0;

	for (size_t i = 0; i < OPTIONS; i++) {
		const bool here =
		    strcmp(option[i].rule, rule) == 0 && slice_is(key, option[i].key);

		if (!here)
			continue;
		if (option[i].time && slice_duration(value, &ns))
			v = (double)ns / 1e9;
		else if (option[i].time || !slice_f64(value, &v))
			v = (double)NAN;
		if (!(v >= option[i].least && v <= option[i].most))
			return err_set(why, ERR_USAGE, rule, NULL,
			    "%s is to be from %g to %g%s: %.*s", option[i].key, option[i].least,
			    option[i].most, option[i].time ? " s" : "", (int)value.n, value.p);
		memcpy((char *)c + option[i].at, &v, sizeof v);
		return ERR_OK;
	}
	return err_set(why, ERR_USAGE, rule, "gauge.rules shows what can be set",
	    "has no such option: %.*s", (int)key.n, key.p);
}

static enum err
set_word(struct rule_config *c, size_t rule, struct slice word, struct err_msg *why)
{
	struct slice value;
	const struct slice key = slice_cut(word, '=', &value);

	if (slice_is(word, "on") || slice_is(word, "off")) {
		c->off &= ~(UINT64_C(1) << rule);
		c->off |= (uint64_t)slice_is(word, "off") << rule;
		return ERR_OK;
	}
	if (rules[rule] == &rule_heap && (slice_is(word, "raw") || slice_is(word, "sound"))) {
		c->heap_raw = slice_is(word, "raw");
		return ERR_OK;
	}
	return set_number(c, rules[rule]->name, key, value, why);
}

enum err
findings_option(struct findings *f, const char *text, struct err_msg *why)
{
	struct slice rest;
	const struct slice name = slice_cut(slice_of(text), ':', &rest);
	const size_t rule = rule_index(name);
	struct rule_config c = f->config;

	if (rule == RULES)
		return err_set(why, ERR_USAGE, text,
		    "steady, throttle, cross, heap, leak, oom; leak:window=30m, heap:raw",
		    "no such rule");
	if (rest.n == 0)
		rest = slice_of("on");
	while (rest.n != 0)
		if (set_word(&c, rule, slice_cut(rest, ',', &rest), why) != ERR_OK)
			return ERR_USAGE;
	f->config = c;
	memset(f->state[rule], 0, rules[rule]->size);
	return ERR_OK;
}

void
findings_adopt(struct findings *f, const struct findings *from)
{
	f->config = from->config;
}

static void
look_one(struct findings *f, size_t rule, const struct rule_look *l, findings_cb cb, void *arg)
{
	const size_t had = f->found.n;

	f->found.rule = rules[rule]->name;
	rules[rule]->look(f->state[rule], l, &f->found);
	for (size_t i = 0; i < f->found.n; i++) {
		struct finding *x = &f->found.v[i];
		const bool is_new = i >= had;

		if (x->rule != rules[rule]->name || !x->fresh)
			continue;
		x->fresh = false;
		if (!is_new && x->verdict == x->was && strcmp(x->word, x->was_word) == 0)
			continue;
		x->since = l->now;
		if (cb != NULL)
			cb(arg, x, is_new ? FINDING_WAITING : x->was);
	}
}

void
findings_look(struct findings *f, struct rule_look l, findings_cb cb, void *arg)
{
	l.config = &f->config;
	for (size_t i = 0; i < RULES; i++)
		if ((f->config.off >> i & 1) != 0)
			drop(f, rules[i]->name);
		else
			look_one(f, i, &l, cb, arg);
}

size_t
findings_count(const struct findings *f)
{
	return f->found.n;
}

const struct finding *
findings_at(const struct findings *f, size_t i)
{
	return &f->found.v[i];
}

/* ---- JSON ---- */

static json_t *
one_json(const struct finding *x, uint64_t epoch)
{
	json_t *o = json_object(), *numbers = json_object();

	json_put_str(o, "gauge", x->subject);
	json_put_str(o, "verdict", finding_verdict_word(x->verdict));
	json_put_str(o, "word", x->word);
	json_put_str(o, "text", x->text);
	json_put_int(o, "since", (int64_t)(x->since > epoch ? x->since - epoch : 0));
	for (unsigned i = 0; i < x->numbers; i++)
		json_put(numbers, x->number[i].name, json_pack("{s:o,s:s}", "value",
		    json_double(x->number[i].value), "unit", x->number[i].unit));
	json_put(o, "numbers", numbers);
	return o;
}

static json_t *
options_json(const struct findings *f, size_t rule)
{
	json_t *o = json_object();

	for (size_t i = 0; i < OPTIONS; i++) {
		double v;

		if (strcmp(option[i].rule, rules[rule]->name) != 0)
			continue;
		memcpy(&v, (const char *)&f->config + option[i].at, sizeof v);
		json_put(o, option[i].key, v > 0 ? json_double(v) : json_string("auto"));
	}
	if (rules[rule] == &rule_heap)
		json_put_str(o, "mode", f->config.heap_raw ? "raw" : "sound");
	return o;
}

json_t *
findings_json(const struct findings *f, uint64_t epoch)
{
	json_t *all = json_array();

	for (size_t i = 0; i < RULES; i++) {
		json_t *o = json_object(), *list = json_array();

		json_put_str(o, "rule", rules[i]->name);
		json_put_str(o, "what", rules[i]->what);
		json_put_bool(o, "on", (f->config.off >> i & 1) == 0);
		json_put(o, "options", options_json(f, i));
		for (size_t k = 0; k < f->found.n; k++)
			if (f->found.v[k].rule == rules[i]->name)
				(void)json_array_append_new(list, one_json(&f->found.v[k], epoch));
		if (json_array_size(list) == 0)
			json_put_str(o, "needs", rules[i]->needs);
		json_put(o, "findings", list);
		(void)json_array_append_new(all, o);
	}
	return all;
}
