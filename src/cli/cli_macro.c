/* cli_macro.c - `vise macro`. */
#include "cli/cli_macro.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cli/args.h"
#include "cli/capture.h"
#include "cli/cli_script.h"
#include "cli/door.h"
#include "cli/plugins.h"
#include "cli/say.h"
#include "cli/verbs.h"

/* ---- what the manifests say */

/* Rows { id, plugin, title, doc, keys, at, params } of all macros. New reference. */
static json_t *
macros(void)
{
	json_t *list = plugins_list(), *out = json_array(), *m, *p;
	size_t i, k;

	json_array_foreach(list, i, m)
		json_array_foreach(json_object_get(m, "provides"), k, p) {
			const char *text = json_string_value(p);
			json_t *row;

			if (text == NULL || strncmp(text, "macro:", 6) != 0)
				continue;
			row = json_object();
			json_put_str(row, "id", text + 6);
			json_put_str(row, "plugin", json_get_str(m, "name", "?"));
			(void)json_object_update(row,
			    json_object_get(json_object_get(m, "macros"), text + 6));
			(void)json_array_append_new(out, row);
		}
	json_decref(list);
	return out;
}

static int
list(struct cli_call *c)
{
	struct err_msg why;
	const enum err e = args_parse(c, NULL, 1, 1, &why);
	json_t *rows = macros(), *m;
	size_t i;

	if (e == ERR_OK && c->json)
		say_json(rows);
	else if (e == ERR_OK)
		json_array_foreach(rows, i, m)
			printf("%-22s %-12s %s\n", json_get_str(m, "id", "?"),
			    json_get_str(m, "plugin", "?"), json_get_str(m, "title", ""));
	json_decref(rows);
	return say_end(c, e, &why);
}

static void
print_limits(const json_t *p)
{
	const bool low = json_object_get(p, "min") != NULL;
	const bool high = json_object_get(p, "max") != NULL;
	const double min = json_get_num(p, "min", 0), max = json_get_num(p, "max", 0);

	if (low && high)
		printf(" from %.10g to %.10g", min, max);
	else if (low)
		printf(" from %.10g", min);
	else if (high)
		printf(" to %.10g", max);
	if ((low || high) && strcmp(json_get_str(p, "type", ""), "duration") == 0)
		printf(" s");
}

void
cli_macro_param(const char *name, const json_t *p, bool needed)
{
	const json_t *values = json_object_get(p, "values"), *dflt = json_object_get(p, "default");
	struct buf text;
	size_t i;
	json_t *v;

	printf("  --set %s=%s", name, json_get_str(p, "type", "text"));
	json_array_foreach(values, i, v)
		printf("%s%s", i == 0 ? ": " : " | ", json_string_value(v));
	print_limits(p);
	if (json_object_get(p, "unit") != NULL)
		printf(" %s", json_get_str(p, "unit", ""));
	buf_init(&text, 4096);
	if (dflt != NULL && json_write(dflt, &text) == ERR_OK)
		printf(", else %s", buf_str(&text));
	else
		printf(json_get_bool(p, "required", needed) ? ", needed" : ", optional");
	buf_fini(&text);
	if (json_object_get(p, "doc") != NULL)
		printf("  (%s)", json_get_str(p, "doc", ""));
	putchar('\n');
}

static void
print_macro(const json_t *m)
{
	json_t *params = json_object_get(m, "params"), *p;
	const char *name;

	printf("%s: %s\n", json_get_str(m, "id", "?"), json_get_str(m, "title", ""));
	if (json_object_get(m, "doc") != NULL)
		printf("  %s\n", json_get_str(m, "doc", ""));
	if (json_object_get(m, "at") != NULL)
		printf("  sends %s\n", json_get_str(m, "at", ""));
	if (json_object_get(m, "steps") != NULL)
		printf("  %lld step%s\n", (long long)json_get_int(m, "steps", 0),
		    json_get_int(m, "steps", 0) == 1 ? "" : "s");
	printf("  plugin %s\n", json_get_str(m, "plugin", "?"));
	json_object_foreach(params, name, p)
		cli_macro_param(name, p, true);
}

/* The manifest may say no more than its id: the plugin's code knows the rest. */
static json_t *
described(const json_t *known)
{
	const char *rest[] = { "--describe", NULL }, *id = json_get_str(known, "id", "");
	json_t *words = NULL, *all = NULL, *m, *found = NULL;
	struct err_msg why;
	int status;
	size_t i;

	if (json_object_get(known, "title") == NULL &&
	    plugins_find("macro", id, &words, &why) == ERR_OK)
		(void)capture_plugin(words, rest, &all, &status, &why);
	json_array_foreach(json_object_get(all, "macros"), i, m)
		if (strcmp(json_get_str(m, "id", ""), id) == 0)
			found = json_incref(m);
	json_decref(all);
	json_decref(words);
	return found;
}

static int
show(struct cli_call *c)
{
	struct err_msg why;
	enum err e = args_parse(c, NULL, 2, 2, &why);
	json_t *rows = macros(), *m, *found = NULL, *more = NULL;
	size_t i;

	json_array_foreach(rows, i, m)
		if (e == ERR_OK && strcmp(json_get_str(m, "id", ""), c->word[1]) == 0)
			found = m;
	if (e == ERR_OK && found == NULL)
		e = err_set(&why, ERR_USAGE, c->word[1], "vise macro list names them",
		    "no plugin provides this macro");
	if (found != NULL && (more = described(found)) != NULL)
		found = more;
	if (found != NULL && c->json)
		say_json(found);
	else if (found != NULL)
		print_macro(found);
	json_decref(more);
	json_decref(rows);
	return say_end(c, e, &why);
}

/* ---- recording: on the bench that is there */

static int
record(struct cli_call *c)
{
	struct err_msg why;
	json_t *result = NULL;
	struct buf line;
	enum err e = args_parse(c, NULL, 2, 3, &why);

	buf_init(&line, 4096);
	(void)buf_add_str(&line, "macro.record");
	for (size_t i = 1; e == ERR_OK && i < c->words; i++)
		door_add(&line, NULL, c->word[i]);
	if (e == ERR_OK)
		e = door_ask(c->bench, &line, &result, &why);
	if (e == ERR_OK && c->json)
		say_json(result);
	else if (e == ERR_OK && json_object_get(result, "file") != NULL)
		printf("%s\n%s: %lld steps; vise macro run TARGET %s\n",
		    json_get_str(result, "text", ""), json_get_str(result, "file", "?"),
		    (long long)json_get_int(result, "steps", 0), json_get_str(result, "name", "?"));
	json_decref(result);
	buf_fini(&line);
	return say_end(c, e, &why);
}

static const struct cli_verb verbs[] = {
	{ "list", list }, { "show", show }, { "run", cli_script_macro }, { "record", record },
	{ NULL, NULL },
};

int
cli_macro(struct cli_call *c)
{
	return verbs_run(c, verbs);
}
