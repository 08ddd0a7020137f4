/* plugin_shown.c - commands, panes, segments and gauges of a plugin that runs. */
#include "bench/plugin_shown.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "bench/news.h"
#include "bench/plugin_hosts.h"
#include "gauge/set.h"
#include "sys/io.h"
#include "sys/path.h"
#include "text/values.h"

enum { CELL_MAX = 200, COLUMNS_MAX = 16, SEGMENT_MAX = 60, ROWS_MAX = 200 };

void
plugin_shown_init(struct plugin_shown *s)
{
	*s = (struct plugin_shown){ json_array(), json_array(), json_array(), json_array(),
		json_array() };
}

void
plugin_shown_fini(struct plugin_shown *s)
{
	json_t *lists[] = { s->commands, s->panes, s->segments, s->services, s->gauges };

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		json_decref(lists[i]);
}

static void
put_gauge(struct bench *b, const json_t *row, double v)
{
	const char *id = json_get_str(row, "id", "");
	struct gauge_def def = { .min = json_get_num(row, "min", (double)NAN),
		.max = json_get_num(row, "max", (double)NAN), .warn = (double)NAN,
		.crit = (double)NAN, .hold = (double)NAN };
	double scale = 1;

	snprintf(def.source, sizeof def.source, "plugin %.100s", json_get_str(row, "plugin", ""));
	snprintf(def.id, sizeof def.id, "%.60s", id);
	snprintf(def.group, sizeof def.group, "%.11s", json_get_str(row, "plugin", ""));
	snprintf(def.name, sizeof def.name, "%.31s", id);
	snprintf(def.unit, sizeof def.unit, "%.7s",
	    values_unit(json_get_str(row, "unit", ""), &scale));
	(void)gauge_set_put(b->gauges, &def, v * scale);
}

void
plugin_shown_clear(struct bench *b, struct plugin_shown *s)
{
	const json_t *row;
	size_t i;

	json_array_foreach(s->gauges, i, row)
		gauge_set_take(b->gauges, json_get_str(row, "id", ""));
	plugin_shown_fini(s);
	plugin_shown_init(s);
}

/* Rows with an id; each is marked with whose it is. */
static void
take(json_t *list, const json_t *rows, const char *plugin)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		json_t *copy;

		if (json_get_str(row, "id", NULL) == NULL || json_array_size(list) >= ROWS_MAX)
			continue;
		copy = json_deep_copy(row);
		json_put_str(copy, "plugin", plugin);
		(void)json_array_append_new(list, copy);
	}
}

void
plugin_shown_register(struct plugin_shown *s, const char *plugin, const json_t *what)
{
	(void)json_array_clear(s->commands);
	(void)json_array_clear(s->services);
	take(s->commands, json_object_get(what, "commands"), plugin);
	take(s->services, json_object_get(what, "services"), plugin);
}

/* "command:ID" of each row of a that b has not. */
static void
add_lacking(json_t *out, const char *kind, const json_t *a, const json_t *b)
{
	const json_t *row;
	size_t i;

	json_array_foreach(a, i, row) {
		const char *id = json_get_str(row, "id", "");
		char *text = mem_fmt("%s:%s", kind, id);

		if (!json_get_bool(row, "hidden", false) && !json_get_bool(row, "key", false) &&
		    json_row(b, id) == NULL)
			(void)json_array_append_new(out, json_text(text, strlen(text)));
		mem_free(text);
	}
}

void
plugin_shown_compare(const struct plugin_shown *s, const json_t *what, json_t *out)
{
	const json_t *commands = json_object_get(what, "commands"),
	    *services = json_object_get(what, "services");
	json_t *added = json_array(), *gone = json_array();

	add_lacking(added, "command", commands, s->commands);
	add_lacking(added, "service", services, s->services);
	add_lacking(gone, "command", s->commands, commands);
	add_lacking(gone, "service", s->services, services);
	json_put(out, "added", added);
	json_put(out, "gone", gone);
}

bool
plugin_shown_has(const struct plugin_shown *s, const char *kind, const char *id)
{
	const json_t *list = strcmp(kind, "command") == 0 ? s->commands :
	    strcmp(kind, "service") == 0 ? s->services : strcmp(kind, "pane") == 0 ? s->panes :
	    NULL;

	return json_row(list, id) != NULL;
}

/* The row of this id, made when it is new and there is room. */
static json_t *
make(json_t *list, const char *id, const char *plugin)
{
	json_t *row = json_row(list, id);

	if (row != NULL || json_array_size(list) >= PLUGIN_SHOWN)
		return row;
	row = json_object();
	json_put_str(row, "id", id);
	json_put_str(row, "plugin", plugin);
	(void)json_array_append_new(list, row);
	return row;
}

void
plugin_shown_segment(struct bench *b, struct plugin_shown *s, const char *plugin,
    const json_t *args)
{
	json_t *row = make(s->segments, json_get_str(args, "id", ""), plugin);
	char text[SEGMENT_MAX + 1];

	if (row == NULL)
		return;
	snprintf(text, sizeof text, "%s", json_get_str(args, "text", ""));
	json_put(row, "text", json_text(text, strlen(text)));
	json_put_str(row, "level", json_get_str(args, "level", "info"));
	json_put_str(row, "side", json_get_str(args, "side", "right"));
	json_put_int(row, "width", json_get_int(args, "width", 0));
	bench_news(b, "plugin.segment", json_pack("{s:O}", "segment", row));
}

/* A list of lists of texts and numbers, as texts, cut to what is shown. */
static json_t *
cells(const json_t *row)
{
	json_t *out = json_array(), *v;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)row, i, v) {
		char text[CELL_MAX + 1];

		if (i == COLUMNS_MAX)
			break;
		if (json_is_string(v))
			snprintf(text, sizeof text, "%s", json_string_value(v));
		else if (json_is_number(v))
			snprintf(text, sizeof text, "%.10g", json_number_value(v));
		else
			snprintf(text, sizeof text, "%s", json_is_true(v) ? "yes" : "");
		(void)json_array_append_new(out, json_text(text, strlen(text)));
	}
	return out;
}

static enum err
put_rows(json_t *pane, const char *key, const char *text, size_t max, struct err_msg *why)
{
	json_t *list = json_read(text, strlen(text), "rows of a pane", why), *out, *row;
	size_t i;

	if (list == NULL)
		return why->code;
	if (strcmp(key, "columns") == 0) {
		out = cells(list);
	} else {
		out = json_array();
		json_array_foreach(list, i, row)
			if (i < max)
				(void)json_array_append_new(out, cells(row));
	}
	json_put(pane, key, out);
	json_decref(list);
	return ERR_OK;
}

enum err
plugin_shown_pane(struct bench *b, struct plugin_shown *s, const char *plugin, const json_t *args,
    struct err_msg *why)
{
	const char *id = json_get_str(args, "id", ""), *title = json_get_str(args, "title", NULL),
		   *rows = json_get_str(args, "rows", NULL),
		   *columns = json_get_str(args, "columns", NULL);
	json_t *pane = make(s->panes, id, plugin);
	enum err e = pane != NULL ? ERR_OK : err_set(why, ERR_LIMIT, id, NULL,
	    "a plugin has at most %d panes", PLUGIN_SHOWN);

	if (e == ERR_OK && title != NULL)
		json_put(pane, "title", json_text(title, strlen(title)));
	if (e == ERR_OK && columns != NULL)
		e = put_rows(pane, "columns", columns, COLUMNS_MAX, why);
	if (e == ERR_OK && rows != NULL)
		e = put_rows(pane, "rows", rows, PLUGIN_ROWS, why);
	if (e == ERR_OK)
		bench_news(b, "plugin.pane", json_pack("{s:O}", "pane", pane));
	return e;
}

void
plugin_shown_gauge(struct bench *b, struct plugin_shown *s, const char *plugin,
    const json_t *args)
{
	json_t *row = make(s->gauges, json_get_str(args, "id", ""), plugin);

	if (row == NULL)
		return;
	(void)json_object_update(row, (json_t *)(uintptr_t)args);
	json_put_str(row, "plugin", plugin);
	put_gauge(b, row, json_get_num(args, "value", (double)NAN));
}

static void
complete(json_t *list, const json_t *rows)
{
	const json_t *row;
	json_t *have;
	size_t i;

	json_array_foreach(rows, i, row) {
		have = json_row(list, json_get_str(row, "id", ""));
		if (have != NULL)
			(void)json_object_update(have, (json_t *)(uintptr_t)row);
		else
			(void)json_array_append(list, (json_t *)(uintptr_t)row);
	}
}

void
plugin_shown_add(const struct plugin_shown *s, json_t *commands, json_t *segments, json_t *panes)
{
	complete(commands, s->commands);
	complete(segments, s->segments);
	complete(panes, s->panes);
}

/* ---- what a plugin keeps */

static enum err
state_path(const char *plugin, char **out, struct err_msg *why)
{
	char *state = path_state(), *dir = path_join(state, "plugins");
	enum err e = strchr(plugin, '/') != NULL || plugin[0] == '.' || plugin[0] == '\0' ?
	    err_set(why, ERR_USAGE, plugin, NULL, "is no plugin's name") : ERR_OK;

	if (e == ERR_OK)
		e = path_make_private(state, why);
	if (e == ERR_OK)
		e = path_make_private(dir, why);
	*out = e == ERR_OK ? mem_fmt("%s/%s.json", dir, plugin) : NULL;
	mem_free(dir);
	mem_free(state);
	return e;
}

/* What cannot be read is as if nothing had been kept, and is said. */
enum err
plugin_state_load(const char *plugin, json_t **out, struct err_msg *why)
{
	enum err e;
	struct buf b;
	char *path;

	*out = NULL;
	e = state_path(plugin, &path, why);
	if (e != ERR_OK)
		return e;
	buf_init(&b, 2 * PLUGIN_STATE_MAX);
	if (path_exists(path)) {
		e = sys_file_read(path, PLUGIN_STATE_MAX, &b, why);
		*out = e == ERR_OK ? json_read(buf_str(&b), b.len, path, why) : NULL;
		e = *out != NULL ? ERR_OK : why->code;
	}
	buf_fini(&b);
	mem_free(path);
	return e;
}

enum err
plugin_state_save(const char *plugin, const char *text, struct err_msg *why)
{
	const size_t n = strlen(text);
	json_t *v = n <= PLUGIN_STATE_MAX ? json_read(text, n, plugin, why) : NULL;
	enum err e = v != NULL ? ERR_OK : n > PLUGIN_STATE_MAX ?
	    err_set(why, ERR_LIMIT, plugin, "keep large things in files",
		"vise.state holds at most 1 MB") : why->code;
	char *path = NULL;

	if (e == ERR_OK)
		e = state_path(plugin, &path, why);
	if (e == ERR_OK)
		e = sys_file_replace(path, text, n, why);
	json_decref(v);
	mem_free(path);
	return e;
}
