/*
 * fuzz_metrics.c - what a program's /debug/vars or /metrics may say.
 *
 * Input   the first byte: how large the pieces are that the rest comes in; then JSON or metrics,
 *         told apart as gauge/program.c does.
 * Oracle  no crash; the same numbers whatever the pieces; what jansson takes (and is not nested
 *         deeper than ours allows) is taken too, with as many numbers.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "gauge/json_scan.h"
#include "gauge/prom_scan.h"
#include "gauge/source_go.h"
#include "gauge/source_vars.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct sum { uint64_t hash, count; struct go *go; struct vars *vars; };

static void
mix(struct sum *s, const void *p, size_t n)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		s->hash = (s->hash ^ b[i]) * UINT64_C(1099511628211);
}

static void
on_number(void *arg, const char *path, double v)
{
	struct sum *s = arg;

	mix(s, path, strlen(path) + 1);
	mix(s, &v, sizeof v);
	s->count++;
	if (!isfinite(v))
		abort();
	if (s->go != NULL && !go_expvar(s->go, path, v))
		vars_expvar(s->vars, path, v);
}

static void
on_metric(void *arg, const struct prom_sample *m)
{
	struct sum *s = arg;

	mix(s, m->name.p, m->name.n);
	for (size_t i = 0; i < m->labels; i++) {
		mix(s, m->label[i].name.p, m->label[i].name.n);
		mix(s, m->label[i].value.p, m->label[i].value.n);
	}
	s->count++;
	if (s->go != NULL && !go_prometheus(s->go, m))
		vars_prometheus(s->vars, m);
}

static bool
run(struct sum *s, const char *p, size_t n, size_t piece, bool json)
{
	static const struct json_scan_cb cb = { .number = on_number };
	static struct json_scan j;
	static struct prom_scan m;
	bool ok = true;

	json_scan_init(&j, &cb, s);
	prom_scan_init(&m, on_metric, s);
	for (size_t at = 0; at < n; at += piece) {
		const size_t k = n - at < piece ? n - at : piece;

		if (json)
			ok = json_scan_feed(&j, p + at, k);
		else
			prom_scan_feed(&m, p + at, k);
	}
	if (json)
		return ok && json_scan_end(&j);
	prom_scan_end(&m);
	return true;
}

/* Depth and numbers of a tree; paths of ours hold 255 bytes, so keys are looked at too. */
static unsigned
depth_of(const json_t *o, bool *long_key, uint64_t *numbers)
{
	unsigned most = 0, d;
	const char *key;
	json_t *v;
	size_t i;

	*numbers += json_is_number(o) ? 1 : 0;
	json_array_foreach(o, i, v) {
		d = depth_of(v, long_key, numbers);
		most = d > most ? d : most;
	}
	json_object_foreach((json_t *)(uintptr_t)o, key, v) {
		*long_key = *long_key || strlen(key) > 6;
		d = depth_of(v, long_key, numbers);
		most = d > most ? d : most;
	}
	return json_is_array(o) || json_is_object(o) ? most + 1 : 0;
}

static void
against_jansson(const char *p, size_t n, bool ok, uint64_t count)
{
	/* jansson passes over a NUL between tokens, which RFC 8259 does not know */
	json_t *o = memchr(p, 0, n) == NULL ? json_loadb(p, n, JSON_REJECT_DUPLICATES, NULL) : NULL;
	bool long_key = false;
	uint64_t numbers = 0;
	unsigned depth;

	if (o == NULL)
		return;
	depth = depth_of(o, &long_key, &numbers);
	if (depth <= JSON_SCAN_DEPTH && !ok)
		abort();
	if (depth <= JSON_SCAN_DEPTH && depth < 20 && !long_key && count != numbers &&
	    n < 120)
		abort();
	json_decref(o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct sum whole = { .hash = 1 }, pieces = { .hash = 1 };
	struct gauge_table t;
	const char *p = (const char *)data + 1;
	bool json, ok;

	if (n < 2)
		return 0;
	n--;
	json = p[0] == '{';
	table_init(&t);
	whole.go = go_new(&t);
	whole.vars = vars_new(&t, (data[0] & 1) != 0 ? "a*,b/s,*{*}" : NULL);
	go_begin(whole.go);
	vars_begin(whole.vars);
	ok = run(&whole, p, n, n, json);
	(void)go_take(whole.go, 1000000000, 0);
	vars_take(whole.vars, 1000000000);
	go_begin(whole.go);
	vars_begin(whole.vars);
	(void)run(&pieces, p, n, (size_t)data[0] % 16 + 1, json);
	if (pieces.count != whole.count || pieces.hash != whole.hash)
		abort();
	(void)run(&whole, p, n, n, json);
	(void)go_take(whole.go, 2000000000, 1);
	vars_take(whole.vars, 2000000000);
	if (json)
		against_jansson(p, n, ok, pieces.count);
	go_free(whole.go);
	vars_free(whole.vars);
	table_fini(&t);
	return 0;
}
