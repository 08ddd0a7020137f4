/* host_jobs.c - what plugins provide, run as jobs of script hosts. */
#include "bench/host_jobs.h"

#include <string.h>

#include "base/alloc.h"
#include "bench/consoles.h"
#include "bench/jobs.h"
#include "core/plugin.h"
#include "sys/path.h"

void
host_job_pair(json_t *argv, const char *name, const char *value)
{
	(void)json_array_append_new(argv, json_string(name));
	(void)json_array_append_new(argv, json_string(value));
}

json_t *
host_job_argv(const struct bench *b, const json_t *m, const struct host_run *r,
    const json_t *set)
{
	char *program = path_program("vise-script");
	json_t *argv = json_pack("[s,s,s]", program, "--fd", "3"), *words, *pair;
	size_t i;

	mem_free(program);
	if (!list_empty(&b->consoles))
		host_job_pair(argv, "--console", r->console != NULL ? r->console :
		    consoles_entry(b->consoles.next)->name);
	json_array_foreach(set, i, pair) {
		(void)json_array_append_new(argv, json_string("--set"));
		(void)json_array_append(argv, pair);
	}
	words = m != NULL ? plugin_argv(b->plugin_rows, m) : json_array();
	(void)json_array_extend(argv, words);
	json_decref(words);
	(void)json_array_append_new(argv, json_string(r->verb));
	(void)json_array_append_new(argv, json_string(r->id));
	if (r->file != NULL)
		(void)json_array_append_new(argv, json_string(r->file));
	return argv;
}

const json_t *
host_job_provider(const struct bench *b, const char *kind, const char *id)
{
	const json_t *row = plugin_find(b->plugin_rows, kind, id), *told;
	const char *name;
	size_t i;

	if (row != NULL)
		return row;
	told = json_row(strcmp(kind, "macro") == 0 ? b->macros : strcmp(kind, "workflow") == 0 ?
	    b->workflows : b->boards, id);
	name = json_get_str(told, "plugin", "");
	json_array_foreach(b->plugin_rows, i, row)
		if (json_get_bool(row, "eager", false) && plugin_usable(row) &&
		    strcmp(json_get_str(row, "name", ""), name) == 0)
			return row;
	return NULL;
}

enum err
host_job_start(struct bench *b, const struct host_job *h, uint32_t *job, struct err_msg *why)
{
	const json_t *m = host_job_provider(b, h->kind, h->id);
	const struct host_run r = { .kind = h->kind, .id = h->id, .verb = h->verb };
	struct bench_job *j;
	json_t *argv;
	char *name;
	enum err e;

	if (m == NULL)
		return err_set(why, ERR_NOENT, h->id, NULL, "no plugin provides the %s %s", h->kind,
		    h->id);
	argv = host_job_argv(b, m, &r, h->set);
	name = mem_fmt("%s %s", h->verb + 2, h->id);
	const struct bench_job_request q = { .name = name, .kind = "plugin", .argv = argv,
		.with_socket = true, .by = "bench", .over = h->over, .over_arg = h->over_arg };

	e = jobs_start(b, &q, &j, why);
	json_decref(argv);
	mem_free(name);
	if (e == ERR_OK)
		*job = (uint32_t)job_id(j->job);
	return e;
}
