/* cli_workflow.c - `vise workflow`. */
#include "cli/cli_workflow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/args.h"
#include "cli/capture.h"
#include "cli/cli_macro.h"
#include "cli/cli_script.h"
#include "cli/plugins.h"
#include "cli/say.h"
#include "core/plugin.h"

enum { PARAMS_MAX = 64 };

static int
list(struct cli_call *c)
{
	struct err_msg why;
	const enum err e = args_parse(c, NULL, 1, 1, &why);
	json_t *all = plugins_rows(), *rows = plugin_kind(all, "workflow"), *w;
	size_t i;

	if (e == ERR_OK && c->json)
		say_json(rows);
	else if (e == ERR_OK)
		json_array_foreach(rows, i, w)
		{
			printf("%-22s %-14s ", json_get_str(w, "id", "?"),
			    json_get_str(w, "plugin", "?"));
			say_str(stdout, json_get_str(w, "title", ""));
			putchar('\n');
		}
	json_decref(rows);
	json_decref(all);
	return say_end(c, e, &why);
}

static void
print_columns(const json_t *columns)
{
	json_t *col;
	size_t i;

	if (json_array_size(columns) == 0)
		return;
	fputs("  gives a table:", stdout);
	json_array_foreach(columns, i, col)
	{
		printf("%s %s", i != 0 ? "," : "", json_get_str(col, "name", "?"));
		if (json_get_str(col, "unit", "")[0] != '\0')
			printf(" [%s]", json_get_str(col, "unit", ""));
	}
	putchar('\n');
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Those that are needed, or the others, by name. */
static void
print_params(json_t *params, bool needed)
{
	const char *names[PARAMS_MAX], *name;
	size_t n = 0;
	json_t *p;

	json_object_foreach(params, name, p)
		if (json_get_bool(p, "required", false) == needed && n < PARAMS_MAX)
			names[n++] = name;
	qsort(names, n, sizeof *names, by_name);
	for (size_t i = 0; i < n; i++)
		cli_macro_param(names[i], json_object_get(params, names[i]), false);
}

static void
print_workflow(const json_t *w)
{
	json_t *params = json_object_get(w, "params"), *timeout = json_object_get(w, "timeout");

	printf("%s: ", json_get_str(w, "id", "?"));
	say_str(stdout, json_get_str(w, "title", ""));
	putchar('\n');
	if (json_get_str(w, "doc", "")[0] != '\0') {
		fputs("  ", stdout);
		say_str(stdout, json_get_str(w, "doc", ""));
		putchar('\n');
	}
	printf("  plugin %s", json_get_str(w, "plugin", "?"));
	if (json_get_str(w, "board", "")[0] != '\0')
		printf(", board %s", json_get_str(w, "board", ""));
	if (json_is_string(timeout))
		printf(", at most %s", json_string_value(timeout));
	else if (json_is_number(timeout))
		printf(", at most %g s", json_number_value(timeout));
	putchar('\n');
	print_params(params, true);
	print_params(params, false);
	print_columns(json_object_get(w, "columns"));
}

static enum err
load(const char *id, json_t **workflow, int *status, struct err_msg *why)
{
	const char *rest[] = { "--describe", NULL };
	json_t *all = NULL, *words = NULL, *w;
	enum err e = plugins_find("workflow", id, &words, why);
	size_t i;

	if (e == ERR_OK)
		e = capture_plugin(words, rest, &all, status, why);
	json_array_foreach(json_object_get(all, "workflows"), i,
	    w) if (strcmp(json_get_str(w, "id", ""), id) == 0) *workflow = json_incref(w);
	if (e == ERR_OK && all != NULL && *workflow == NULL)
		e = err_set(why, ERR_CONFIG, id, "vise plugin check",
		    "the manifest of its plugin names it, the code does not");
	json_decref(all);
	json_decref(words);
	return e;
}

static int
show(struct cli_call *c)
{
	struct err_msg why;
	json_t *w = NULL;
	int status = 0, end;
	enum err e = args_parse(c, NULL, 2, 2, &why);

	if (e == ERR_OK)
		e = load(c->word[1], &w, &status, &why);
	if (w != NULL && c->json)
		say_json(w);
	else if (w != NULL)
		print_workflow(w);
	json_decref(w);
	end = say_end(c, e, &why);
	return status != 0 ? status : end;
}

int
cli_workflow(struct cli_call *c)
{
	const char *verb = c->argc > 1 ? c->argv[1] : "";

	if (strcmp(verb, "list") == 0)
		return list(c);
	if (strcmp(verb, "show") == 0)
		return show(c);
	return cli_script_workflow(c);
}
