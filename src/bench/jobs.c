/* jobs.c - the bench's jobs: starting, telling, waiting, ending. */
#include "bench/jobs.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "bench/clients.h"
#include "bench/consoles_lend.h"
#include "bench/job_parts.h"
#include "bench/news.h"
#include "bench/streams.h"
#include "core/cause.h"
#include "proto/dial.h"
#include "sys/io.h"
#include "sys/sock.h"
#include "sys/time.h"

static const uint64_t TELL_NS = 100 * NS_PER_MS;
/* it says that its time is over, and goes */
static const uint64_t GRACE_MORE_NS = 2 * NS_PER_S;

struct waiter { struct list node; struct command_call *call; };

static struct bench_job *
entry(struct list *n)
{
	return LIST_ENTRY(n, struct bench_job, node);
}

struct bench_job *
jobs_find(const struct bench *b, int64_t id)
{
	LIST_EACH(n, &b->jobs)
		if ((int64_t)job_id(entry(n)->job) == id)
			return entry(n);
	return NULL;
}

static json_t *
row(const struct bench_job *j)
{
	json_t *o = job_json(j->job, j->bench->start_mono);

	if (j->part_of != 0)
		json_put_int(o, "part_of", j->part_of);
	return o;
}

static void
tell(struct bench_job *j)
{
	json_t *body = json_object();

	j->told = sys_mono();
	json_put(body, "job", row(j));
	bench_news(j->bench, "job", body);
}

/* ---- callbacks of the job */

static void
on_output(struct job *job, void *arg)
{
	struct bench_job *j = arg;

	(void)job;
	if (j->part_of != 0)
		job_parts_output(j);
	streams_grew(j->bench);
}

static void
on_tell(void *arg)
{
	struct bench_job *j = arg;

	j->tell = NULL;
	tell(j);
}

static void
on_changed(struct job *job, void *arg)
{
	struct bench_job *j = arg;

	(void)job;
	if (j->part_of != 0)
		job_parts_changed(j);
	else if (j->tell == NULL)
		j->tell = loop_timer_start(j->bench->loop, TELL_NS, 0, on_tell, j);
}

static void
answer_waiters(struct bench_job *j)
{
	while (!list_empty(&j->waiters)) {
		struct waiter *w = LIST_ENTRY(j->waiters.next, struct waiter, node);

		list_del(&w->node);
		command_done(w->call, row(j));
		mem_free(w);
	}
}

static void
tell_failure(struct bench_job *j)
{
	json_t *o = row(j);
	const json_t *e = json_object_get(o, "error");

	bench_notice(j->bench, "error", "job", "4 Enter opens its output", "%s failed: %s",
	    json_get_str(o, "name", "job"), json_get_str(e, "why", ""));
	json_decref(o);
}

static void
on_ended(struct job *job, void *arg)
{
	struct bench_job *j = arg;

	loop_timer_stop(j->tell);
	j->tell = NULL;
	tell(j);
	streams_grew(j->bench);
	if (job_state_of(job) == JOB_FAILED && j->part_of == 0 && !j->reported)
		tell_failure(j);
	consoles_job_ended(j->bench, job_id(job));
	job_parts_end(j->bench, job_id(job));
	if (j->over != NULL)
		j->over(j->over_arg);
	j->bench->ops->job_ended(j->bench, job_id(job));
	answer_waiters(j);
	bench_linger_check(j->bench);
	if (job_parts_unwanted(j))
		jobs_drop(j);
}

static const struct job_ops ops = { .output = on_output, .changed = on_changed, .ended = on_ended };

/* ---- life */

void
jobs_drop(struct bench_job *j)
{
	consoles_job_ended(j->bench, job_id(j->job));
	answer_waiters(j);
	streams_drop(j->bench, STREAM_JOBS + job_id(j->job));
	loop_timer_stop(j->tell);
	list_del(&j->node);
	job_free(j->job);
	mem_free(j);
}

/* The oldest ended one goes when there are too many; running ones stay. */
static enum err
make_room(struct bench *b, struct err_msg *why)
{
	unsigned n = 0;

	LIST_EACH(it, &b->jobs)
		n++;
	if (n < LIMIT_JOBS)
		return ERR_OK;
	LIST_EACH(it, &b->jobs)
		if (job_state_of(entry(it)->job) != JOB_RUNNING) {
			jobs_drop(entry(it));
			return ERR_OK;
		}
	return err_set(why, ERR_LIMIT, "job", "stop one with job.stop", "%u jobs are running",
	    LIMIT_JOBS);
}

static const char **
argv_of(const json_t *list)
{
	const size_t n = json_array_size(list);
	const char **argv = mem_zero(n + 1, sizeof *argv);

	for (size_t i = 0; i < n; i++)
		argv[i] = json_string_value(json_array_get(list, i));
	return argv;
}

static const char **
env_of(const char *const *add, const char *const ours[4])
{
	size_t n = 0;
	const char **env;

	while (add != NULL && add[n] != NULL)
		n++;
	env = mem_zero(n + 5, sizeof *env);
	for (size_t i = 0; i < n; i++)
		env[i] = add[i];
	for (size_t i = 0; i < 4; i++)
		if (ours[i] != NULL)
			env[n++] = ours[i];
	return env;
}

static enum err
start(struct bench *b, const struct bench_job_request *r, struct bench_job *j, uint32_t id, int fd3,
    const char *device, struct err_msg *why)
{
	const char **argv = argv_of(r->argv), **env;
	/* what a quiet part says is nothing to be read later */
	char *log = r->quiet ? NULL : bench_path(b, "jobs", "%u.log", id), tag[40];
	char *port = device != NULL ? mem_fmt("VISE_PORT=%s", device) : NULL;
	char *bench = mem_fmt(DIAL_BENCH_ENV "=%s", b->name);
	char *project = b->given.project != NULL ?
	    mem_fmt("VISE_PROJECT=%s", b->given.project) : NULL;
	const char *slash = argv[0] != NULL ? strrchr(argv[0], '/') : NULL;
	struct job_spec s = {
		.name = r->name != NULL && r->name[0] != '\0' ? r->name
			: slash != NULL                       ? slash + 1
							      : argv[0],
		.kind = r->kind,
		.argv = argv,
		.cwd = r->cwd,
		.log_path = log,
		.by = r->by,
		.fd3 = fd3,
		.fd_io = r->fd_io,
		.pty = r->pty,
		.with_us = r->with_us,
		.timeout_ns = r->timeout_ns,
		.grace_ns = j->script ? jobs_script_grace(b) : 0,
	};
	enum err e;

	snprintf(tag, sizeof tag, "VISE_JOB=%u", id);
	env = env_of(r->env_add, (const char *const[]){ tag, bench, port, project });
	s.env_add = env;
	e = s.name == NULL ? err_set(why, ERR_USAGE, "job", NULL, "no program named")
	    : job_start(b->loop, id, &s, &ops, j, &j->job, why);
	mem_free(env);
	mem_free(argv);
	mem_free(log);
	mem_free(port);
	mem_free(bench);
	mem_free(project);
	return e;
}

/* The port that the job wants for itself. *device: heap string, NULL when it wants none. */
static enum err
borrow(struct bench *b, const struct bench_job_request *r, char **device, struct err_msg *why)
{
	struct bench_console *k;
	enum err e;

	if (r->port == NULL)
		return ERR_OK;
	k = consoles_named(b, r->port);
	if (k == NULL)
		return err_set(why, ERR_NOENT, r->port, "console.list names them",
		    "no console of this name");
	*device = mem_str(console_device(k->console));
	e = consoles_lend(k, r->name != NULL ? r->name : r->kind, b->next_job + 1, NULL, why);
	return e;
}

/* One that stays, and is waited for by people, has no such time. */
static bool
is_script(const struct bench_job_request *r)
{
	return r->with_socket && strcmp(r->kind, "plugin") != 0;
}

uint64_t
jobs_script_grace(const struct bench *b)
{
	return options_num(&b->options, OPT_BENCH_GRACE) + GRACE_MORE_NS;
}

enum err
jobs_start(
    struct bench *b, const struct bench_job_request *r, struct bench_job **out, struct err_msg *why)
{
	struct bench_job *j;
	char *device = NULL;
	int pair[2] = { -1, -1 };
	enum err e = make_room(b, why);

	*out = NULL;
	if (e != ERR_OK)
		return e;
	if (r->with_socket && !sys_socketpair(pair))
		return err_set(why, ERR_IO, "job", NULL, "no socket for it");
	j = mem_zero(1, sizeof *j);
	j->bench = b;
	list_init(&j->waiters);
	j->over = r->over;
	j->over_arg = r->over_arg;
	j->reported = r->reported;
	j->owner = r->owner;
	j->part_of = r->part_of;
	j->quiet = r->quiet;
	j->script = is_script(r);
	e = borrow(b, r, &device, why);
	if (e == ERR_OK)
		e = start(b, r, j, b->next_job + 1, pair[1], device, why);
	if (e != ERR_OK)
		consoles_job_ended(b, b->next_job + 1);
	mem_free(device);
	sys_close(pair[1]);
	if (e != ERR_OK) {
		sys_close(pair[0]);
		mem_free(j);
		return e;
	}
	b->next_job++;
	list_add_tail(&b->jobs, &j->node);
	if (pair[0] >= 0)
		clients_adopt(b, pair[0], strcmp(r->kind, "plugin") == 0)->job =
		    job_id(j->job);
	if (j->part_of == 0)
		streams_new(b, STREAM_JOBS + job_id(j->job));
	tell(j);
	*out = j;
	return ERR_OK;
}

void
jobs_forget(struct bench *b, uint32_t owner)
{
	LIST_EACH(n, &b->jobs)
		if (entry(n)->owner == owner && job_state_of(entry(n)->job) == JOB_RUNNING)
			job_stop(entry(n)->job);
}

void
jobs_close(struct bench *b)
{
	while (!list_empty(&b->jobs))
		jobs_drop(entry(b->jobs.next));
}

bool
jobs_running(const struct bench *b)
{
	LIST_EACH(n, &b->jobs) {
		const char *kind = job_kind(entry(n)->job);

		/* a plugin's process is there for the bench, not the other way round; so is who
		 * holds its place, and a
		 * debug server where the bench is only there for its clients */
		if (job_state_of(entry(n)->job) == JOB_RUNNING && strcmp(kind, "plugin") != 0 &&
		    strcmp(kind, "place") != 0 &&
		    (b->given.linger_ns != 0 || strcmp(kind, "server") != 0))
			return true;
	}
	return false;
}

json_t *
jobs_json(const struct bench *b)
{
	json_t *list = json_array();

	LIST_EACH(n, &b->jobs)
		if (entry(n)->part_of == 0)
			(void)json_array_append_new(list, row(entry(n)));
	return list;
}

static uint64_t
time_of(void *owner, uint64_t offset)
{
	const struct bench_job *j = owner;

	(void)offset;           /* a job's bytes are dated by their sending */
	return bench_time(j->bench, sys_mono());
}

bool
jobs_stream_at(struct list *node, struct stream *out)
{
	struct bench_job *j = entry(node);

	*out = (struct stream){ STREAM_JOBS + job_id(j->job), job_ring(j->job), time_of, j, NULL };
	return true;
}

bool
jobs_stream(struct bench *b, uint32_t id, struct stream *out)
{
	struct bench_job *j = jobs_find(b, (int64_t)id - STREAM_JOBS);

	return j != NULL && jobs_stream_at(&j->node, out);
}

bool
jobs_input(struct bench *b, uint32_t stream, const char *p, size_t n)
{
	struct bench_job *j = jobs_find(b, (int64_t)stream - STREAM_JOBS);

	if (j != NULL)
		job_write(j->job, p, n);
	return j != NULL;
}

void
jobs_answer(struct command_call *c, struct bench_job *j, bool wait)
{
	struct waiter *w;

	if (!wait || job_state_of(j->job) != JOB_RUNNING) {
		command_done(c, row(j));
		return;
	}
	w = mem_zero(1, sizeof *w);
	w->call = c;
	list_add_tail(&j->waiters, &w->node);
}

/* ---- commands */

static struct bench_job *
job_of(struct command_call *c)
{
	struct bench_job *j = jobs_find(c->ctx, json_get_int(c->args, "id", -1));
	struct err_msg why;

	if (j == NULL) {
		(void)err_set(&why, ERR_NOENT, c->command->name, "job.list names them",
		    "no job %lld", (long long)json_get_int(c->args, "id", -1));
		command_fail(c, &why);
	}
	return j;
}

/* The job that asks, when it is a script host; 0. */
static uint32_t
own_job(const struct command_call *c)
{
	return c->client != NULL ? ((struct client *)c->client)->job : 0;
}

static void
cmd_run(struct command_call *c)
{
	const char *by =
	    c->client != NULL ? peer_name(((struct client *)c->client)->peer) : "bench";
	/* make means the folder of who says make */
	const char *cwd = json_get_str(c->args, "cwd", NULL), *own = c->client != NULL ?
	    ((struct client *)c->client)->cwd : NULL;
	char *whole = cwd != NULL ? clients_path(c, cwd) : mem_str(own);
	const bool part = json_get_bool(c->args, "part", false) && own_job(c) != 0;
	const struct bench_job_request r = {
		.name = json_get_str(c->args, "name", NULL),
		.kind = json_get_str(c->args, "kind", "run"),
		.cwd = whole,
		.by = by,
		.argv = json_object_get(c->args, "argv"),
		.pty = json_get_bool(c->args, "pty", false),
		.timeout_ns = (uint64_t)json_get_int(c->args, "timeout", 0),
		.port = json_get_str(c->args, "port", NULL),
		.owner = clients_owner(c, json_get_bool(c->args, "mine", false)),
		.part_of = part ? own_job(c) : 0,
		.quiet = part && json_get_bool(c->args, "quiet", false),
	};
	struct bench_job *j;
	struct err_msg why;

	if (jobs_start(c->ctx, &r, &j, &why) == ERR_OK)
		jobs_answer(c, j, json_get_bool(c->args, "wait", false));
	else
		command_fail(c, &why);
	mem_free(whole);
}

static void
cmd_wait(struct command_call *c)
{
	struct bench_job *j = job_of(c);

	if (j != NULL)
		jobs_answer(c, j, true);
}

static void
cmd_stop(struct command_call *c)
{
	struct bench_job *j = job_of(c);

	if (j == NULL)
		return;
	/* the clean-up of a script takes its time; who cannot wait says so again */
	if (j->script && job_stopping(j->job))
		job_end_now(j->job);
	job_stop(j->job);
	jobs_answer(c, j, true);
}

static void
cmd_output(struct command_call *c)
{
	struct bench_job *j = job_of(c);
	const char *out, *err;
	size_t out_len, err_len;
	bool last;
	json_t *o;

	if (j == NULL)
		return;
	job_output(j->job, &out, &out_len, &err, &err_len);
	o = json_object();
	json_put_strn(o, "text", out, out_len);
	json_put_strn(o, "err", err, err_len);
	last = json_get_bool(c->args, "last", false);
	command_done(c, o);
	if (last && j->part_of != 0 &&
	    job_state_of(j->job) != JOB_RUNNING)
		jobs_drop(j);
}

static void
cmd_list(struct command_call *c)
{
	command_done(c, jobs_json(c->ctx));
}

static void
cmd_progress(struct command_call *c)
{
	struct bench_job *j = job_of(c);

	if (j == NULL)
		return;
	if (json_get_int(c->args, "size", 0) > 0)
		job_set_size(j->job, (uint64_t)json_get_int(c->args, "size", 0));
	job_set_progress(
	    j->job, json_get_num(c->args, "percent", -1), json_get_str(c->args, "stage", NULL));
	command_done(c, NULL);
}

/* A script host says why it will end badly; its exit status follows. */
static void
cmd_fail(struct command_call *c)
{
	struct bench_job *j = jobs_find(c->ctx, own_job(c));
	struct err_msg why;

	if (j == NULL) {
		(void)err_set(&why, ERR_USAGE, c->command->name, NULL, "only a job says this");
		command_fail(c, &why);
		return;
	}
	(void)err_set(&why, err_from_word(json_get_str(c->args, "code", "")),
	    json_get_str(c->args, "what", ""), json_get_str(c->args, "next", ""), "%s",
	    json_get_str(c->args, "why", ""));
	job_set_error(j->job, &why, cause_read(json_get_str(c->args, "cause", NULL)));
	command_done(c, NULL);
}

static void
cmd_eof(struct command_call *c)
{
	struct bench_job *j = job_of(c);

	if (j == NULL)
		return;
	job_input_end(j->job);
	command_done(c, NULL);
}

static void
cmd_size(struct command_call *c)
{
	struct bench_job *j = job_of(c);

	if (j == NULL)
		return;
	job_resize(
	    j->job, (int)json_get_int(c->args, "rows", 24), (int)json_get_int(c->args, "cols", 80));
	command_done(c, NULL);
}

static const struct command_arg run_args[] = {
	{ "name", ARG_WORD, 0, NULL, "what people see" },
	{ "kind", ARG_WORD, 0, "run", "flash, build, debug, run, script, workflow" },
	{ "pty", ARG_BOOL, 0, "off", "give it a terminal" },
	{ "cwd", ARG_WORD, 0, NULL, "folder it runs in; that of who asks if absent" },
	{ "timeout", ARG_DURATION, 0, NULL, "end it after this time" },
	{ "wait", ARG_BOOL, 0, "off", "answer when it ended" },
	{ "port", ARG_WORD, 0, NULL, "console whose port it gets for itself; $VISE_PORT names it" },
	{ "part", ARG_BOOL, 0, "off", "it is a part of the job that asks, and in no list" },
	{ "quiet", ARG_BOOL, 0, "off", "a part: what it says is not said by the whole" },
	{ "mine", ARG_BOOL, 0, "off", "it ends with who asks, however that ends" },
	{ "argv", ARG_REST, ARG_MUST, NULL, "program and arguments" },
	{ .name = NULL },
};
static const struct command_arg id_args[] = {
	{ "id", ARG_INT, ARG_MUST, NULL, "number of the job" }, { .name = NULL },
};
static const struct command_arg output_args[] = {
	{ "id", ARG_INT, ARG_MUST, NULL, "number of the job" },
	{ "last", ARG_BOOL, 0, "off", "a part that ended is forgotten then" },
	{ .name = NULL },
};
static const struct command_arg fail_args[] = {
	{ "code", ARG_WORD, ARG_MUST, NULL, "kind of failure" },
	{ "what", ARG_WORD, ARG_MUST, NULL, "of what" },
	{ "why", ARG_WORD, ARG_MUST, NULL, "the reason" },
	{ "next", ARG_WORD, 0, "", "what to do" },
	{ "cause", ARG_WORD, 0, NULL, "JSON: the error itself, with its trace" },
	{ .name = NULL },
};
static const struct command_arg progress_args[] = {
	{ "id", ARG_INT, ARG_MUST, NULL, "number of the job" },
	{ "percent", ARG_NUM, 0, NULL, "0 to 100" },
	{ "stage", ARG_WORD, 0, NULL, "erase, write, verify, ..." },
	{ "size", ARG_INT, 0, "0", "how many bytes the work is about" },
	{ .name = NULL },
};
static const struct command_arg size_args[] = {
	{ "id", ARG_INT, ARG_MUST, NULL, "number of the job" },
	{ "rows", ARG_INT, ARG_MUST, NULL, "rows of its terminal" },
	{ "cols", ARG_INT, ARG_MUST, NULL, "columns of its terminal" },
	{ .name = NULL },
};

const struct command bench_job_commands[] = {
	{ "job.run", "run a program as a job", run_args, 0, cmd_run },
	{ "job.list", "all jobs", NULL, 0, cmd_list },
	{ "job.wait", "wait for the end of a job", id_args, 0, cmd_wait },
	{ "job.stop", "end a job: SIGTERM, then SIGKILL; a script has bench.grace, again: at once",
	    id_args, COMMAND_ASKS, cmd_stop },
	{ "job.output", "what a job printed", output_args, 0, cmd_output },
	{ "job.eof", "end of a job's input: what it reads has no more", id_args, 0, cmd_eof },
	{ "job.fail", "a script tells why it fails", fail_args, COMMAND_HIDDEN, cmd_fail },
	{ "job.progress", "a script tells how far it is", progress_args, COMMAND_HIDDEN,
	    cmd_progress },
	{ "job.size", "size of a job's terminal", size_args, COMMAND_HIDDEN, cmd_size },
	{ .name = NULL },
};
