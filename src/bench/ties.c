/* ties.c - what ends with the job that holds a place. */
#include "bench/ties.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "bench/consoles.h"
#include "bench/consoles_lend.h"
#include "bench/consoles_open.h"
#include "bench/debug_session.h"
#include "bench/debugs.h"
#include "bench/jobs.h"
#include "bench/news.h"

/* Of one job. Consoles by the number of their stream, sessions by theirs. */
struct ties {
	struct list node;
	struct bench *bench;
	uint32_t job;
	char *place;
	json_t *consoles, *debugs;
	bool all;                       /* the bench is there for this place */
};

static struct ties *
entry(struct list *n)
{
	return LIST_ENTRY(n, struct ties, node);
}

static void
ties_free(struct ties *t)
{
	list_del(&t->node);
	json_decref(t->consoles);
	json_decref(t->debugs);
	mem_free(t->place);
	mem_free(t);
}

/* ---- the end of the job */

static bool
listed(const json_t *list, uint32_t id)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (json_integer_value(v) == (json_int_t)id)
			return true;
	return false;
}

/* The last line that it wrote, when that is {"error"}: why it could not hold on. */
static void
reason(const struct bench_job *j, struct err_msg *why)
{
	const char *out, *err;
	size_t n, errs;
	struct slice rest, line;
	json_t *said = NULL;

	(void)err_set(why, ERR_LOST_PLACE, "", NULL, "released, or taken away");
	job_output(j->job, &out, &n, &err, &errs);
	for (rest = (struct slice){ out, n }; rest.n != 0;) {
		line = slice_cut(rest, '\n', &rest);
		if (line.n == 0)
			continue;
		json_decref(said);
		said = json_read(line.p, line.n, "place", NULL);
	}
	if (json_object_get(said, "error") != NULL)
		(void)json_to_err(json_object_get(said, "error"), why);
	json_decref(said);
}

static void
give_up(struct ties *t)
{
	struct bench *b = t->bench;

	LIST_EACH_SAFE(n, &b->consoles)
		if (t->all || listed(t->consoles, consoles_entry(n)->stream))
			consoles_shut(consoles_entry(n));
	LIST_EACH_SAFE(n, &b->debugs) {
		struct debug_session *s = LIST_ENTRY(n, struct debug_session, node);

		if (debug_session_live(s) && (t->all || listed(t->debugs, s->id)))
			debugs_end(s);
	}
	if (!t->all)
		return;
	/* a flash, a workflow: with its clean-up */
	LIST_EACH(n, &b->jobs) {
		struct bench_job *j = LIST_ENTRY(n, struct bench_job, node);

		if (j->script && job_state_of(j->job) == JOB_RUNNING)
			job_stop(j->job);
	}
	mem_free(b->lost_place);
	b->lost_place = mem_str(t->place);
}

static void
on_over(void *arg)
{
	struct ties *t = arg;
	struct bench *b = t->bench;
	struct bench_job *j = jobs_find(b, t->job);
	struct err_msg why;
	char *next;

	if (b->end == NULL && j != NULL) {
		reason(j, &why);
		give_up(t);
		next = mem_fmt("vise place:%s takes it again", t->place);
		bench_notice(b, "error", "place", next,
		    "place %s is lost: %s; what was open on it is closed", t->place, why.why);
		mem_free(next);
	}
	ties_free(t);
}

/* ---- the command */

static struct ties *
ties_of(struct bench *b, struct bench_job *j, const char *place)
{
	struct ties *t;

	LIST_EACH(n, &b->ties)
		if (entry(n)->job == job_id(j->job))
			return entry(n);
	t = mem_zero(1, sizeof *t);
	t->bench = b;
	t->job = job_id(j->job);
	t->place = mem_str(place);
	t->consoles = json_array();
	t->debugs = json_array();
	list_add_tail(&b->ties, &t->node);
	j->over = on_over;
	j->over_arg = t;
	j->reported = true;
	return t;
}

static void
cmd_tie(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *console = json_get_str(c->args, "console", NULL);
	const struct bench_console *k = console != NULL ? consoles_named(b, console) : NULL;
	struct bench_job *j = jobs_find(b, json_get_int(c->args, "id", -1));
	struct err_msg why;
	struct ties *t;

	if (j == NULL || (j->over != NULL && j->over != on_over) ||
	    (console != NULL && k == NULL)) {
		(void)err_set(&why, ERR_NOENT, c->command->name, NULL, "no such job or console");
		command_fail(c, &why);
		return;
	}
	t = ties_of(b, j, json_get_str(c->args, "place", ""));
	if (k != NULL)
		(void)json_array_append_new(t->consoles, json_integer(k->stream));
	if (json_get_int(c->args, "debug", 0) != 0)
		(void)json_array_append_new(t->debugs,
		    json_integer(json_get_int(c->args, "debug", 0)));
	t->all = t->all || json_get_bool(c->args, "all", false);
	if (job_state_of(j->job) != JOB_RUNNING) {      /* lost already */
		j->over = NULL;
		on_over(t);
	}
	command_done(c, NULL);
}

enum err
ties_check(const struct bench *b, struct err_msg *why)
{
	char next[ERR_NEXT_MAX];

	if (b->lost_place == NULL)
		return ERR_OK;
	(void)snprintf(next, sizeof next, "vise place:%.80s takes it again", b->lost_place);
	return err_set(why, ERR_LOST_PLACE, b->lost_place, next, "this bench has lost the place");
}

void
ties_close(struct bench *b)
{
	LIST_EACH_SAFE(n, &b->ties)
		ties_free(entry(n));
	mem_free(b->lost_place);
}

static const struct command_arg tie_args[] = {
	{ "id", ARG_INT, ARG_MUST, NULL, "number of the job that holds it" },
	{ "place", ARG_WORD, 0, "", "its name" },
	{ "console", ARG_WORD, 0, NULL, "a console that is closed with it" },
	{ "debug", ARG_INT, 0, "0", "a debug session that ends with it" },
	{ "all", ARG_BOOL, 0, "off", "all consoles, sessions and scripts: the bench is for it" },
	{ .name = NULL },
};

const struct command bench_tie_commands[] = {
	{ "job.tie", "what is given up when a place's job ends", tie_args, COMMAND_HIDDEN,
	    cmd_tie },
	{ .name = NULL },
};
