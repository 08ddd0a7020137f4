/* debugs.c - a debug session from its plan to its end. */
#include "bench/debugs.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "bench/debug_ready.h"
#include "bench/debug_wait.h"
#include "bench/news.h"
#include "bench/ocd_svd.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/pty.h"
#include "sys/time.h"

enum { WORD_MAX = 64 << 10, READY_MS = 15000 };
static const uint64_t LOOK_NS = 15 * NS_PER_MS, TELL_NS = 60 * NS_PER_MS;
static const uint64_t LEAVE_NS = 1500 * NS_PER_MS, GONE_NS = 500 * NS_PER_MS;

static void advance(void *arg);
static void leave(void *arg);

/* ---- telling */

static void
tell(void *arg)
{
	struct debug_session *s = arg;
	char text[400];

	s->tell = NULL;
	debugstate_text(&s->state, text, sizeof text);
	if (s->debugger.job != NULL)
		job_set_progress(s->debugger.job->job, -1, text);
	bench_news(s->bench, "debug", json_pack("{s:o}", "debug", debug_session_row(s)));
	bench_info_changed(s->bench);
}

/* A debugger that steps in a loop is told of now and then, its last state always. */
static void
changed(struct debug_session *s)
{
	if (s->tell == NULL)
		s->tell = loop_timer_start(s->bench->loop, TELL_NS, 0, tell, s);
	debug_wait_answer(s);
}

/* ---- the end */

static void
stop_timer(struct loop_timer **t)
{
	loop_timer_stop(*t);
	*t = NULL;
}

static void
close_watch(struct debug_session *s)
{
	loop_fd_close(s->mi_watch);
	s->mi_watch = NULL;
	sys_close(s->mi_fd);
	sys_close(s->mi_slave);
	s->mi_fd = s->mi_slave = -1;
	delve_close(s->delve);
	s->delve = NULL;
}

static void
over(struct debug_session *s)
{
	stop_timer(&s->leave);
	stop_timer(&s->tell);
	close_watch(s);
	memset(&s->state, 0, sizeof s->state);
	s->state.word = DEBUG_OVER;
	if (s->error.code != ERR_OK)
		debugstate_put(s->state.why, sizeof s->state.why, slice_of(s->error.why));
	tell(s);
	debug_wait_answer(s);
	bench_linger_check(s->bench);
}

/* The debugger first, then the servers, the last one first; each when the one before is gone. */
static void
leave(void *arg)
{
	struct debug_session *s = arg;
	size_t i = s->servers;

	s->leave = NULL;
	if (s->debugger.job != NULL) {
		job_stop(s->debugger.job->job);
		return;
	}
	while (i > 0 && s->server[i - 1].job == NULL)
		i--;
	if (i == 0) {
		over(s);
		return;
	}
	if (json_get_bool(s->server[i - 1].plan, "gentle", false))
		job_stop_gently(s->server[i - 1].job->job);
	else
		job_stop(s->server[i - 1].job->job);
}

void
debugs_end(struct debug_session *s)
{
	if (s->leaving)
		return;
	s->leaving = true;
	stop_timer(&s->look);
	stop_timer(&s->leave);
	/* Delve ends by itself when it has let its program go, and then nothing is left in that */
	if (delve_detach(s->delve, json_get_bool(s->plan, "kill", true)))
		s->leave = loop_timer_start(s->bench->loop, LEAVE_NS, 0, leave, s);
	else
		s->leave = loop_timer_start(s->bench->loop, 0, 0, leave, s);
}

/* The debugger had its time to leave by itself. */
static void
on_server_gone(void *arg)
{
	struct debug_session *s = arg;

	s->leave = NULL;
	bench_notice_err(s->bench, "error", "debug", &s->error);
	if (s->debugger.job != NULL)
		job_set_error(s->debugger.job->job, &s->error, NULL);
	debugs_end(s);
}

/* What the tool said for itself. */
static void
put_error(struct debug_session *s, const struct debug_member *m)
{
	json_t *o = job_json(m->job->job, s->bench->start_mono);
	const char *why = json_get_str(json_object_get(o, "error"), "why", "it ended with 0");
	char next[80];

	(void)snprintf(next, sizeof next, "vise do job.output %u has all of its words", m->id);
	(void)err_set(&s->error, ERR_TOOL, json_get_str(s->plan, "name", "debug"), next,
	    "%s ended: %s", m->name, why);
	json_decref(o);
}

static void
on_over(void *arg)
{
	struct debug_member *m = arg;
	struct debug_session *s = m->session;

	if (!s->leaving && m != &s->debugger && s->error.code == ERR_OK)
		put_error(s, m);
	m->job = NULL;
	if (!s->leaving && m != &s->debugger) {
		/* gdb's quit ends gdbserver first */
		stop_timer(&s->look);
		if (s->leave == NULL)
			s->leave = loop_timer_start(s->bench->loop, GONE_NS, 0, on_server_gone, s);
	} else if (!s->leaving) {
		stop_timer(&s->leave);
		s->error.code = ERR_OK;
		debugs_end(s);
	} else {
		/* not before the one that ended is told of */
		stop_timer(&s->leave);
		s->leave = loop_timer_start(s->bench->loop, 0, 0, leave, s);
	}
}

static void
fail(struct debug_session *s)
{
	if (s->error.code != ERR_OK)
		bench_notice_err(s->bench, "error", "debug", &s->error);
	debugs_end(s);
}

/* ---- the start */

/* {NAME}: the port of that server; {mi}: gdb's second terminal. */
static void
fill(const struct debug_session *s, const char *mi, const char *word, struct buf *out)
{
	while (*word != '\0') {
		const char *put = NULL;
		size_t skip = 0;

		for (size_t i = 0; *word == '{' && put == NULL && i <= s->servers; i++) {
			const char *name = i < s->servers ? s->server[i].name : "mi";
			const size_t n = strlen(name);

			if (strncmp(word + 1, name, n) == 0 && word[n + 1] == '}') {
				put = i < s->servers ? s->server[i].port : mi;
				skip = n + 2;
			}
		}
		if (put != NULL)
			(void)buf_add_str(out, put);
		else
			(void)buf_add_byte(out, *word);
		word += put != NULL ? skip : 1;
	}
}

static json_t *
filled(const struct debug_session *s, const char *mi, const json_t *argv)
{
	json_t *out = json_array();
	const json_t *word;
	size_t i;

	json_array_foreach(argv, i, word) {
		struct buf b;

		buf_init(&b, WORD_MAX);
		fill(s, mi, json_string_value(word), &b);
		(void)json_array_append_new(out, json_text(buf_str(&b), b.len));
		buf_fini(&b);
	}
	return out;
}

/* The command line's own program: beside us in the build tree, else as PATH has it. */
static void
put_vise(json_t *argv)
{
	char *path = path_program("vise");

	if (path_exists(path))
		(void)json_array_set_new(argv, 0, json_string(path));
	mem_free(path);
}

static enum err
run(struct debug_member *m, const char *kind, const char *mi, bool pty, struct err_msg *why)
{
	struct debug_session *s = m->session;
	json_t *argv = filled(s, mi, json_object_get(m->plan, "argv"));
	const json_t *others = json_object_get(m->plan, "or");
	const struct bench_job_request r = {
		.name = pty ? json_get_str(s->plan, "name", "debug") : m->name,
		.kind = kind, .argv = argv, .pty = pty, .with_us = true, .by = "debug",
		.cwd = json_get_str(m->plan, "cwd", NULL), .over = on_over, .over_arg = m,
	};
	struct err_msg first;
	enum err e;

	if (strcmp(json_string_value(json_array_get(argv, 0)), "vise") == 0)
		put_vise(argv);
	e = jobs_start(s->bench, &r, &m->job, why);
	first = *why;
	for (size_t i = 0; e == ERR_TOOL && i < json_array_size(others); i++) {
		(void)json_array_set(argv, 0, json_array_get(others, i));
		e = jobs_start(s->bench, &r, &m->job, why);
	}
	if (e != ERR_OK)
		*why = first;
	else
		m->id = job_id(m->job->job);
	json_decref(argv);
	return e;
}

static void
start_server(struct debug_session *s, struct debug_member *m)
{
	enum err e = ERR_OK;

	(void)snprintf(m->port, sizeof m->port, "%s", json_get_str(m->plan, "port", ""));
	if (m->port[0] != '\0')
		e = debug_ready_port(m->port, &s->error);
	if (e == ERR_OK)
		e = run(m, "server", "", false, &s->error);
	s->until = sys_mono() +
	    (uint64_t)json_get_int(m->plan, "wait", READY_MS) * NS_PER_MS;
	if (e != ERR_OK)
		fail(s);
	else
		s->error.code = ERR_OK;
}

static void
on_mi(void *arg, unsigned events)
{
	struct debug_session *s = arg;
	char piece[4096];
	const ssize_t n = (events & LOOP_READ) != 0 ? sys_read(s->mi_fd, piece, sizeof piece) : 0;

	if (n > 0 && gdbmi_feed(&s->mi, piece, (size_t)n) && !s->leaving) {
		s->state = s->mi.state;
		changed(s);
	}
}

static void
on_delve(void *arg)
{
	struct debug_session *s = arg;

	if (s->leaving)
		return;
	s->state = *delve_state(s->delve);
	changed(s);
}

static enum err
start_debugger(struct debug_session *s)
{
	const char *watch = json_get_str(s->plan, "watch", "");
	char mi[64] = "";
	enum err e = ERR_OK;

	if (strcmp(watch, "mi") == 0) {
		e = sys_pty_open(&s->mi_fd, &s->mi_slave, mi, sizeof mi, true, &s->error);
		if (e == ERR_OK)
			s->mi_watch = loop_fd_open(s->bench->loop, s->mi_fd, LOOP_READ, on_mi, s);
	} else if (strcmp(watch, "delve") == 0) {
		const char *port = s->servers != 0 ? s->server[s->servers - 1].port :
		    json_get_str(s->plan, "watch_port", NULL);

		/* one that nobody may ask is debugged all the same */
		if (port != NULL)
			e = delve_open(s->bench->loop, port, on_delve, s, &s->delve, &s->error);
	}
	if (e == ERR_OK)
		e = run(&s->debugger, "debug", mi, true, &s->error);
	if (e == ERR_OK)
		s->error.code = ERR_OK;
	return e;
}

static bool
ready(struct debug_member *m)
{
	const char *words = json_get_str(m->plan, "ready", NULL);

	if (words != NULL && debug_ready_said(m->job, words, m->port))
		return true;
	return m->port[0] != '\0' && json_get_str(m->plan, "port", NULL) != NULL &&
	    (words == NULL || strstr(words, "%d") == NULL) && debug_ready_listens(m->job, m->port);
}

static void
late(struct debug_session *s, const struct debug_member *m)
{
	const char *words = json_get_str(m->plan, "ready", NULL);
	char next[80];

	(void)snprintf(next, sizeof next, "vise do job.output %u has what it said", m->id);
	(void)err_set(&s->error, ERR_INFRA, json_get_str(s->plan, "name", "debug"), next,
	    words != NULL ? "%s has not said \"%s\" in %lld s" : "%s does not listen at port %s "
	    "after %lld s", m->name, words != NULL ? words : m->port,
	    (long long)json_get_int(m->plan, "wait", READY_MS) / 1000);
	fail(s);
}

/* Every LOOK_NS until the debugger runs. */
static void
advance(void *arg)
{
	struct debug_session *s = arg;
	struct debug_member *m = s->started > 0 ? &s->server[s->started - 1] : NULL;

	if (m != NULL && m->job == NULL)
		return;                 /* it ended: on_over sees to the rest */
	if (m != NULL && !ready(m)) {
		if (sys_mono() > s->until)
			late(s, m);
		return;
	}
	if (s->started < s->servers) {
		start_server(s, &s->server[s->started++]);
		return;
	}
	stop_timer(&s->look);
	if (start_debugger(s) != ERR_OK)
		fail(s);
	else
		changed(s);
}

static void
drop(struct debug_session *s)
{
	s->state.word = DEBUG_OVER;
	debug_wait_answer(s);
	for (size_t i = 0; i <= s->servers; i++) {
		struct debug_member *m = i < s->servers ? &s->server[i] : &s->debugger;

		if (m->job != NULL)
			m->job->over = NULL;
	}
	stop_timer(&s->look);
	stop_timer(&s->tell);
	stop_timer(&s->leave);
	close_watch(s);
	gdbmi_fini(&s->mi);
	list_del(&s->node);
	json_decref(s->plan);
	mem_free(s);
}

static bool
words_good(const json_t *argv)
{
	const json_t *word;
	size_t i;

	json_array_foreach(argv, i, word)
		if (!json_is_string(word))
			return false;
	return json_array_size(argv) != 0;
}

static enum err
check(const json_t *plan, struct err_msg *why)
{
	const json_t *servers = json_object_get(plan, "servers"), *m;
	bool good = words_good(json_object_get(json_object_get(plan, "debugger"), "argv"));
	size_t i;

	json_array_foreach(servers, i, m)
		good = good && words_good(json_object_get(m, "argv")) &&
		    json_get_str(m, "name", "")[0] != '\0';
	if (!good || json_array_size(servers) > DEBUG_SERVERS)
		return err_set(why, ERR_USAGE, "debug.start", "board.debug makes one of a profile",
		    "this is no plan of a debug session");
	return ERR_OK;
}

static void
forget_oldest(struct bench *b)
{
	unsigned n = 0;

	LIST_EACH(it, &b->debugs)
		n++;
	LIST_EACH_SAFE(it, &b->debugs)
		if (n >= DEBUG_KEPT && !debug_session_live(debug_session_of(it))) {
			drop(debug_session_of(it));
			n--;
		}
}

enum err
debugs_start(struct bench *b, json_t *plan, struct debug_session **out, struct err_msg *why)
{
	const json_t *servers = json_object_get(plan, "servers");
	enum err e = check(plan, why);
	struct debug_session *s;

	*out = NULL;
	if (e != ERR_OK) {
		json_decref(plan);
		return e;
	}
	forget_oldest(b);
	ocd_svd_plan(b, plan);
	s = mem_zero(1, sizeof *s);
	s->bench = b;
	s->id = ++b->next_debug;
	s->plan = plan;
	s->mi_fd = s->mi_slave = -1;
	s->servers = json_array_size(servers);
	for (size_t i = 0; i < s->servers; i++) {
		s->server[i].session = s;
		s->server[i].plan = json_array_get(servers, i);
		s->server[i].name = json_get_str(s->server[i].plan, "name", "");
	}
	s->debugger = (struct debug_member){ .session = s, .name = "debugger",
		.plan = json_object_get(plan, "debugger") };
	list_init(&s->waiters);
	gdbmi_init(&s->mi);
	list_add_tail(&b->debugs, &s->node);
	s->look = loop_timer_start(b->loop, 0, LOOK_NS, advance, s);
	*out = s;
	return ERR_OK;
}

bool
debugs_has(const struct bench *b, const struct bench_job *j)
{
	LIST_EACH(n, &b->debugs) {
		const struct debug_session *s = LIST_ENTRY(n, struct debug_session, node);

		for (size_t i = 0; i < s->servers; i++)
			if (s->server[i].job == j)
				return true;
		if (s->debugger.job == j)
			return true;
	}
	return false;
}

void
debugs_close(struct bench *b)
{
	while (!list_empty(&b->debugs))
		drop(debug_session_of(b->debugs.next));
}
