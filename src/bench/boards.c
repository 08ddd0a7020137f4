/* boards.c - what plugins provide: boards, workflows, macros. */
#include "bench/boards.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bench/news.h"
#include "core/plugin.h"
#include "core/project.h"
#include "sys/path.h"

static void
scan(struct bench *b)
{
	const struct plugin_where w = { .given = b->given.plugins, .from = b->given.project,
		.trust_hash = getenv("VISE_TRUST_HASH"), .clean = getenv("VISE_CLEAN") != NULL };

	json_decref(b->plugin_rows);
	b->plugin_rows = plugin_rows(&w);
}

static void
place_one(json_t *o, const char *key, const char *dir)
{
	const char *file = json_get_str(o, key, NULL);
	char *path;

	if (file == NULL || dir == NULL || file[0] == '/' || file[0] == '\0')
		return;
	path = path_join(dir, file);
	json_put_str(o, key, path);
	mem_free(path);
}

void
boards_place(json_t *list)
{
	json_t *row;
	size_t i;

	json_array_foreach(list, i, row) {
		const char *dir = json_get_str(row, "dir", NULL);

		place_one(row, "elf", dir);
		place_one(row, "svd", dir);
		place_one(json_object_get(row, "debug"), "svd", dir);
	}
}

/* Its project.json: not applied while it waits for trust, or wrong. A denied one is passed over. */
static void
tell_project(struct bench *b)
{
	struct project p = { .root = NULL };
	struct err_msg why;

	if (b->given.project != NULL && getenv("VISE_CLEAN") == NULL &&
	    project_open(&p, b->given.project, getenv("VISE_TRUST_HASH"), &why) != ERR_OK &&
	    p.trust != TRUST_DENIED)
		bench_notice_err(b, "warn", "project", &why);
	project_fini(&p);
}

/* A project that waits for trust is one matter, however many plugins it has. */
static void
tell_problems(struct bench *b)
{
	const char *tree = "";
	const json_t *row;
	size_t i;

	json_array_foreach(b->plugin_rows, i, row) {
		const char *problem = json_get_str(row, "problem", NULL),
			   *root = json_get_str(row, "tree", "");

		if (problem == NULL || (root[0] != '\0' && strcmp(root, tree) == 0))
			continue;
		bench_notice(b, "warn", "plugin", NULL, "%s: %s",
		    root[0] != '\0' ? root : json_get_str(row, "name", "?"), problem);
		tree = root;
	}
	if (tree[0] == '\0')
		tell_project(b);
}

void
boards_open(struct bench *b)
{
	scan(b);
	b->boards = plugin_kind(b->plugin_rows, "board");
	boards_place(b->boards);
	b->workflows = plugin_kind(b->plugin_rows, "workflow");
	b->macros = plugin_kind(b->plugin_rows, "macro");
	tell_problems(b);
}

void
boards_close(struct bench *b)
{
	json_decref(b->plugin_rows);
	json_decref(b->boards);
	json_decref(b->workflows);
	json_decref(b->macros);
}

void
boards_merge(json_t *list, const json_t *rows, const char *plugin)
{
	size_t i;
	json_t *row;

	json_array_foreach(rows, i, row) {
		const char *id = json_get_str(row, "id", NULL);
		json_t *found;

		if (id == NULL || json_array_size(list) > 1000)
			continue;
		found = json_row(list, id);
		if (found == NULL) {
			found = json_object();
			(void)json_array_append_new(list, found);
			json_put_str(found, "plugin", plugin);
		}
		(void)json_object_update(found, row);
	}
}

void
boards_told(struct bench *b)
{
	bench_news(b, "board",
	    json_pack("{s:O,s:O,s:O}", "boards", b->boards, "workflows", b->workflows, "macros",
		b->macros));
}

void
boards_rescan(struct bench *b)
{
	json_t *macros;

	scan(b);
	macros = plugin_kind(b->plugin_rows, "macro");
	boards_merge(b->macros, macros, "plugin");
	json_decref(macros);
	boards_told(b);
}
