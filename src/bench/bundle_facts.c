/* bundle_facts.c - gauges, consoles and parts of a snapshot as values. */
#include "bench/bundle_facts.h"

#include <string.h>

#include "base/alloc.h"
#include "bench/consoles.h"
#include "gauge/set.h"
#include "sys/path.h"

static const char *const facts[] = { "form", "type", "unit", "total", "samples", "time_nanos",
	"period", "bytes", "ns" };

json_t *
bundle_gauges(const struct bench *b)
{
	json_t *list = json_array(), *defs, *values, *d;
	size_t i;

	if (b->gauges == NULL)
		return list;
	defs = gauge_set_json_defs(b->gauges);
	values = gauge_set_json_values(b->gauges);
	json_array_foreach(defs, i, d) {
		json_t *v = json_array_get(values, i), *o;

		if (!json_is_number(v))
			continue;       /* missing is missing */
		o = json_object();
		json_put_str(o, "id", json_get_str(d, "id", ""));
		json_put_str(o, "name", json_get_str(d, "name", ""));
		json_put_str(o, "unit", json_get_str(d, "unit", ""));
		(void)json_object_set(o, "value", v);
		(void)json_array_append_new(list, o);
	}
	json_decref(defs);
	json_decref(values);
	return list;
}

json_t *
bundle_consoles(const struct bench *b)
{
	json_t *list = json_array();

	LIST_EACH(n, &b->consoles) {
		const struct bench_console *k = LIST_ENTRY(n, struct bench_console, node);
		json_t *o = json_object();

		json_put_str(o, "name", k->name);
		json_put_str(o, "device", console_device(k->console));
		json_put_str(o, "state", console_state_word(console_state(k->console)));
		json_put_int(o, "offset", (json_int_t)console_rx(k->console));
		if (k->raw_path != NULL)
			json_put_str(o, "log", k->raw_path);
		(void)json_array_append_new(list, o);
	}
	return list;
}

void
bundle_copy_facts(json_t *part, const json_t *shot)
{
	for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
		if (json_object_get(shot, facts[i]) != NULL)
			(void)json_object_set(part, facts[i], json_object_get(shot, facts[i]));
}

json_t *
bundle_shot(const json_t *manifest, const json_t *part)
{
	char *path = path_join(json_get_str(manifest, "dir", ""), json_get_str(part, "file", ""));
	json_t *o = json_object();

	json_put_int(o, "t", 0);
	json_put_int(o, "wall", json_get_int(manifest, "wall", 0));
	json_put_str(o, "kind", json_get_str(part, "part", ""));
	json_put_str(o, "source", json_get_str(manifest, "source", ""));
	json_put_str(o, "path", path);
	json_put_int(o, "bundle", json_get_int(manifest, "id", 0));
	for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
		if (json_object_get(part, facts[i]) != NULL)
			(void)json_object_set(o, facts[i], json_object_get(part, facts[i]));
	mem_free(path);
	return o;
}

char *
bundle_part_path(const json_t *manifest, const char *part)
{
	const json_t *p;
	size_t i;

	json_array_foreach(json_object_get(manifest, "parts"), i, p)
		if (strcmp(json_get_str(p, "part", ""), part) == 0 &&
		    strcmp(json_get_str(p, "state", ""), "ok") == 0 &&
		    strcmp(json_get_str(p, "form", ""), "profile") == 0)
			return path_join(json_get_str(manifest, "dir", ""),
			    json_get_str(p, "file", ""));
	return NULL;
}
