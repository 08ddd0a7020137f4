/* build_run.c - the machine of a build matrix. */
#include "cli/build_run.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "cli/build_step.h"
#include "sys/io.h"
#include "sys/path.h"

struct unit {
	struct build *build;
	json_t *row;
	struct build_proc *proc;
	enum build_step step;
	bool over, waits;               /* waits: begun, its next step is not started */
	char before[SHA256_HEX];        /* what its file was */
};

struct build {
	const struct build_opts *o;
	struct loop *loop;
	json_t *rows;
	struct unit *unit;
	size_t n, running, done;
	enum build_step last;           /* of this pass */
	int signal;
};

static void
set_state(struct unit *u, const char *state)
{
	json_put_str(u->row, "state", state);
	if (u->build->o->changed != NULL)
		u->build->o->changed(u->build->o->arg, u->row, u->build->done, u->build->n);
}

static const char *
state_of(const struct unit *u)
{
	return json_get_str(u->row, "state", "");
}

/* ---- one row */

static void
finish(struct unit *u)
{
	struct build *b = u->build;
	char state[16];

	u->over = true;
	b->done++;
	snprintf(state, sizeof state, "%s", b->signal != 0 &&
	    strcmp(state_of(u), "built") != 0 && strcmp(state_of(u), "cached") != 0 ?
	    "cancelled" : build_refused(u->row) ? "refused" : state_of(u));
	set_state(u, state);
}

/* A half written file is nobody's. */
static void
undo(struct unit *u)
{
	const char *file = json_get_str(u->row, "file", "");
	char now[SHA256_HEX];

	if (u->step != STEP_BUILD || file[0] == '\0')
		return;
	build_step_hash(file, now);
	if (now[0] != '\0' && strcmp(now, u->before) != 0)
		(void)unlink(file);
}

static void
on_end(void *arg, const struct build_proc_end *end)
{
	struct unit *u = arg;
	struct build *b = u->build;
	bool goes_on;

	u->proc = NULL;
	b->running--;
	if (b->signal != 0) {
		undo(u);
		finish(u);
		return;
	}
	goes_on = build_step_ended(u->step, b->o, u->row, end, u->before);
	if (!goes_on)
		finish(u);
	else
		u->waits = true;
	if (!goes_on || !build_step_again(u->step, b->o, u->row))
		u->step++;
}

/* The exact words, with the variables that are set for them. */
static void
put_command(json_t *row, const struct build_words *argv, const struct build_words *env)
{
	json_t *list = json_array(), *variables = json_object();

	for (size_t i = 0; i < argv->n; i++)
		(void)json_array_append_new(list, json_text(argv->v[i], strlen(argv->v[i])));
	for (size_t i = 0; i < env->n; i++) {
		char *name = mem_strn(env->v[i], strcspn(env->v[i], "="));

		json_put_str(variables, name, env->v[i] + strlen(name) + 1);
		mem_free(name);
	}
	json_put(row, "command", list);
	json_put(row, "variables", variables);
}

static enum err
start(struct unit *u, struct build_words *argv, struct build_words *env, struct err_msg *why)
{
	struct build *b = u->build;
	const struct build_proc_ask ask = { .argv = (const char *const *)argv->v,
		.env_add = (const char *const *)env->v,
		.timeout_ns = u->step == STEP_SMOKE ? b->o->smoke_ns : 0,
		.keep = u->step == STEP_FACTS ? BUILD_FACTS_KEEP : BUILD_KEEP,
		.until = u->step == STEP_SMOKE ? b->o->expect : NULL,
		.stdout_only = u->step == STEP_FACTS };

	if (u->step == STEP_BUILD) {
		build_step_hash(json_get_str(u->row, "file", ""), u->before);
		set_state(u, "building");
	}
	return build_proc_start(b->loop, &ask, on_end, u, &u->proc, why);
}

/* Its next step that runs something; without one it is over. */
static void
advance(struct unit *u)
{
	struct build *b = u->build;
	struct build_words argv = { .n = 0 }, env = { .n = 0 };
	struct err_msg why;

	u->waits = false;
	for (; u->step <= b->last && u->proc == NULL; u->step++) {
		const bool wanted = build_step_words(u->step, b->o, u->row, &argv, &env);

		if (wanted && u->step == STEP_BUILD)
			put_command(u->row, &argv, &env);
		if (wanted && !(u->step == STEP_BUILD && b->o->dry)) {
			if (start(u, &argv, &env, &why) == ERR_OK) {
				b->running++;
				break;
			}
			build_finding(u->row, "bad", argv.v[0], why.next, "%s", why.why);
			break;
		}
		build_words_fini(&argv);
		build_words_fini(&env);
		if (b->o->dry && u->step == STEP_BUILD)
			break;
	}
	build_words_fini(&argv);
	build_words_fini(&env);
	if (u->proc == NULL && (b->last != STEP_LIST || build_refused(u->row)))
		finish(u);
}

/* ---- all rows */

static void
on_signal(void *arg)
{
	struct build *b = arg;

	b->signal = SIGINT;
	for (size_t i = 0; i < b->n; i++)
		if (b->unit[i].proc != NULL)
			build_proc_stop(b->unit[i].proc);
}

static void
on_tick(void *arg)
{
	const struct build *b = arg;

	if (b->o->tick != NULL)
		b->o->tick(b->o->arg, b->rows);
}

/* Rows that have begun go first: what is half done is the next to be done. */
static struct unit *
next_unit(struct build *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (!b->unit[i].over && b->unit[i].proc == NULL && b->unit[i].waits)
			return &b->unit[i];
	return NULL;
}

static void
fill(struct build *b)
{
	struct unit *u;

	while (b->signal == 0 && b->running < b->o->jobs && (u = next_unit(b)) != NULL)
		if (u->step <= b->last)
			advance(u);
		else if (b->last == STEP_LIST)
			u->waits = false;
		else
			finish(u);
}

static void
pass(struct build *b, enum build_step first, enum build_step last)
{
	b->last = last;
	for (size_t i = 0; i < b->n; i++)
		if (!b->unit[i].over) {
			b->unit[i].waits = true;
			b->unit[i].step = first;
		}
	fill(b);
	while (b->running != 0) {
		(void)loop_turn(b->loop, -1);
		fill(b);
	}
}

static void
end_of_rows(struct build *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (!b->unit[i].over)
			finish(&b->unit[i]);
}

static void
all(struct build *b)
{
	pass(b, STEP_LIST, STEP_LIST);
	for (size_t i = 0; i < b->n; i++)
		if (!b->unit[i].over && build_refused(b->unit[i].row))
			finish(&b->unit[i]);
	if (b->signal == 0 && b->o->checked != NULL)
		b->o->checked(b->o->arg, b->rows);
	if (b->signal == 0)
		pass(b, STEP_BUILD, b->o->dry ? STEP_BUILD : STEP_SBOM);
	end_of_rows(b);
}

/* ---- SHA256SUMS: this run's files, and the lines of others that are there still */

static bool
ours(const json_t *rows, struct slice name)
{
	const json_t *r;
	size_t i;

	json_array_foreach(rows, i, r) {
		const char *file = json_get_str(r, "file", ""), *slash = strrchr(file, '/');

		if (slash != NULL && slice_is(name, slash + 1))
			return true;
	}
	return false;
}

static void
keep_others(const struct build *b, const char *path, struct buf *out)
{
	struct buf old;
	struct slice rest;

	buf_init(&old, 1 << 20);
	(void)sys_file_read(path, 1 << 20, &old, NULL);
	rest = slice_make(old.data, old.len);
	while (rest.n != 0) {
		const struct slice line = slice_cut(rest, '\n', &rest), name = slice_skip(line, 66);
		char *file = mem_fmt("%s/%.*s", b->o->dir, (int)name.n, name.n != 0 ? name.p : "");

		if (name.n != 0 && !ours(b->rows, name) && path_exists(file)) {
			(void)buf_add(out, line.p, line.n);
			(void)buf_add_byte(out, '\n');
		}
		mem_free(file);
	}
	buf_fini(&old);
}

static enum err
write_sums(const struct build *b, struct err_msg *why)
{
	char *path = path_join(b->o->dir, "SHA256SUMS");
	struct buf out;
	const json_t *r;
	size_t i;
	enum err e;

	buf_init(&out, 2 << 20);
	keep_others(b, path, &out);
	json_array_foreach(b->rows, i, r) {
		const char *file = json_get_str(r, "file", ""), *slash = strrchr(file, '/');

		if (json_get_str(r, "sha256", NULL) != NULL && slash != NULL)
			(void)buf_add_fmt(&out, "%s  %s\n", json_get_str(r, "sha256", ""),
			    slash + 1);
	}
	e = out.len != 0 ? sys_file_replace(path, out.data, out.len, why) : ERR_OK;
	buf_fini(&out);
	mem_free(path);
	return e;
}

enum err
build_run(json_t *rows, const struct build_opts *o, struct err_msg *why)
{
	struct build b = { .o = o, .rows = rows, .n = json_array_size(rows),
		.loop = loop_new() };
	enum err e = ERR_OK;

	b.unit = mem_zero(b.n, sizeof *b.unit);
	for (size_t i = 0; i < b.n; i++) {
		b.unit[i] = (struct unit){ .build = &b, .row = json_array_get(rows, i) };
		if (build_refused(b.unit[i].row))
			finish(&b.unit[i]);
		else
			json_put_str(b.unit[i].row, "state", o->dry ? "planned" : "waiting");
	}
	(void)loop_signal_watch(b.loop, SIGINT, on_signal, &b);
	(void)loop_signal_watch(b.loop, SIGTERM, on_signal, &b);
	(void)loop_signal_watch(b.loop, SIGHUP, on_signal, &b);
	(void)loop_timer_start(b.loop, NS_PER_S, NS_PER_S, on_tick, &b);
	all(&b);
	if (!o->dry)
		e = write_sums(&b, why);
	loop_free(b.loop);
	mem_free(b.unit);
	if (b.signal != 0)
		e = err_set(why, ERR_CANCELLED, "build", NULL, "interrupted");
	return e;
}
