/* plugin_hosts.c - starting, asking, replacing and ending the processes of plugins. */
#include "bench/plugin_hosts.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "bench/board_commands.h"
#include "bench/boards.h"
#include "bench/decode_plugins.h"
#include "bench/jobs.h"
#include "bench/news.h"
#include "bench/plugin_shown.h"
#include "core/cause.h"
#include "core/plugin.h"
#include "sys/path.h"

struct ask {
	struct list node;
	struct command_call *call;
	int64_t id;
	uint32_t job;                   /* that has it; 0: nobody yet */
};

struct plugin_host {
	struct list node;
	struct bench *bench;
	char *name, *error;             /* error: of the last end or load, or NULL */
	uint32_t job, next;             /* 0: none; next: loading, to take its place */
	bool ready, ending;             /* ending: it was told to */
	unsigned starts;
	struct command_call *waiting;   /* its plugin.next */
	uint32_t waiting_job;
	struct command_call *reload;    /* who waits for next, or NULL */
	json_t *queue;                  /* requests not handed over yet */
	struct list asks;
	struct plugin_shown shown;
};

struct plugin_hosts { struct list list; int64_t next_ask; bool closed; };

static size_t
count(const struct list *l)
{
	size_t many = 0;

	LIST_EACH(n, l)
		many++;
	return many;
}

static struct plugin_host *
entry(struct list *n)
{
	return LIST_ENTRY(n, struct plugin_host, node);
}

static struct plugin_host *
find(const struct bench *b, const char *name)
{
	LIST_EACH(n, &b->plugin_hosts->list)
		if (strcmp(entry(n)->name, name) == 0)
			return entry(n);
	return NULL;
}

static const json_t *
row_of(const struct bench *b, const char *name)
{
	const json_t *row;
	size_t i;

	json_array_foreach(b->plugin_rows, i, row)
		if (plugin_usable(row) && strcmp(json_get_str(row, "name", ""), name) == 0)
			return row;
	return NULL;
}

static struct bench_job *
job_of(const struct bench *b, uint32_t id)
{
	LIST_EACH(n, &b->jobs) {
		struct bench_job *j = LIST_ENTRY(n, struct bench_job, node);

		if (id != 0 && job_id(j->job) == id)
			return j;
	}
	return NULL;
}

static bool
runs(const struct bench *b, uint32_t id)
{
	const struct bench_job *j = job_of(b, id);

	return j != NULL && job_state_of(j->job) == JOB_RUNNING;
}

static void
stop(const struct bench *b, uint32_t id)
{
	struct bench_job *j = job_of(b, id);

	if (j != NULL)
		job_stop(j->job);
}

static void
tell(struct bench *b)
{
	bench_news(b, "plugin", plugin_hosts_json(b));
}

/* ---- the end of a process */

static void
fail_asks(struct plugin_host *h, uint32_t job, const struct err_msg *why)
{
	LIST_EACH_SAFE(n, &h->asks) {
		struct ask *a = LIST_ENTRY(n, struct ask, node);

		if (a->job != job && a->job != 0)
			continue;
		list_del(&a->node);
		command_fail(a->call, why);
		mem_free(a);
	}
	if (job != 0)
		(void)json_array_clear(h->queue);
}

static void
drop_waiting(struct plugin_host *h, uint32_t job)
{
	struct command_call *c = h->waiting;

	if (c == NULL || h->waiting_job != job)
		return;
	h->waiting = NULL;
	command_done(c, json_array());
}

/* "exit status 7: vise: cam: script: /whole/path/init.lua:4: why": of a line of 80 columns the
 * place and the reason are what is wanted. */
static char *
reason_of(const struct bench *b, const char *name, const char *said)
{
	char *mark = mem_fmt("vise: %s: ", name);
	const char *at = strstr(said, mark), *dir = json_get_str(row_of(b, name), "dir", "");
	const size_t n = strlen(dir);
	const char *path;
	char *out;

	said = at != NULL ? at + strlen(mark) : said;
	path = n != 0 ? strstr(said, dir) : NULL;
	out = path != NULL && path[n] == '/' ?
	    mem_fmt("%.*s%s", (int)(path - said), said, path + n + 1) : mem_str(said);
	mem_free(mark);
	return out;
}

/* The last words of a job, or how it ended. */
static void
last_words(const struct bench *b, uint32_t id, struct err_msg *why, const char *name)
{
	const struct bench_job *j = job_of(b, id);
	json_t *o = j != NULL ? job_json(j->job, b->start_mono) : NULL;
	const char *said = json_get_str(json_object_get(o, "error"), "why",
	    json_get_str(o, "last", ""));
	char *reason = reason_of(b, name, said);

	(void)err_set(why, ERR_SCRIPT, name, "vise plugin reload starts it again",
	    "the plugin ended: %s", reason[0] != '\0' ? reason : "no reason given");
	mem_free(reason);
	json_decref(o);
}

static void
next_ended(struct plugin_host *h, const struct err_msg *why)
{
	struct command_call *c = h->reload;

	h->next = 0;
	h->reload = NULL;
	mem_free(h->error);
	h->error = mem_str(why->why);
	bench_notice(h->bench, "error", h->name, NULL, "%s%s", why->why,
	    h->job != 0 ? "; the one before goes on" : "");
	if (c != NULL)
		command_fail(c, why);
}

/* An old one that was replaced has ended: what it had is answered by nobody any more. */
static void
fail_old(struct plugin_host *h)
{
	struct err_msg why;

	(void)err_set(&why, ERR_CANCELLED, h->name, NULL,
	    "the plugin was loaded again before it answered");
	LIST_EACH_SAFE(n, &h->asks) {
		struct ask *a = LIST_ENTRY(n, struct ask, node);

		if (a->job == 0 || a->job == h->job || runs(h->bench, a->job))
			continue;
		list_del(&a->node);
		command_fail(a->call, &why);
		mem_free(a);
	}
}

static void
on_over(void *arg)
{
	struct plugin_host *h = arg;
	struct bench *b = h->bench;
	const uint32_t job = h->job, next = h->next;
	struct err_msg why;

	if (b->ending)
		return;
	fail_old(h);
	if (next != 0 && !runs(b, next)) {
		last_words(b, next, &why, h->name);
		drop_waiting(h, next);
		next_ended(h, &why);
	}
	if (job == 0 || runs(b, job))
		return;
	last_words(b, job, &why, h->name);
	if (h->ending)
		(void)err_set(&why, ERR_CANCELLED, h->name, "the next need starts it again",
		    "the plugin was unloaded before it answered");
	h->job = 0;
	h->ready = false;
	drop_waiting(h, job);
	fail_asks(h, job, &why);
	plugin_shown_clear(b, &h->shown);
	if (!h->ending) {
		mem_free(h->error);
		h->error = mem_str(why.why);
		bench_notice_err(b, "error", "plugin", &why);
	}
	h->ending = false;
	tell(b);
}

/* ---- the beginning */

static enum err
start(struct plugin_host *h, uint32_t *job, struct err_msg *why)
{
	struct bench *b = h->bench;
	const json_t *row = row_of(b, h->name);
	char *program = path_program("vise-script"), *title = mem_fmt("plugin %s", h->name);
	json_t *argv = json_pack("[s,s,s]", program, "--fd", "3"), *words;
	const struct bench_job_request q = { .name = title, .kind = "plugin", .argv = argv,
		.with_socket = true, .by = "bench", .over = on_over, .over_arg = h,
		.reported = true };
	struct bench_job *j;
	enum err e = row != NULL ? ERR_OK : err_set(why, ERR_NOENT, h->name,
	    "vise plugin list tells why", "no plugin of this name may run");

	if (e == ERR_OK && b->plugin_hosts->closed)
		e = err_set(why, ERR_CANCELLED, h->name, NULL, "the bench is ending");
	if (e == ERR_OK) {
		words = plugin_argv(b->plugin_rows, row);
		(void)json_array_extend(argv, words);
		json_decref(words);
		(void)json_array_append_new(argv, json_string("--serve"));
		e = jobs_start(b, &q, &j, why);
	}
	if (e == ERR_OK) {
		*job = job_id(j->job);
		h->starts++;
	}
	json_decref(argv);
	mem_free(program);
	mem_free(title);
	return e;
}

static struct plugin_host *
host_of(struct bench *b, const char *name)
{
	struct plugin_host *h = find(b, name);

	if (h != NULL)
		return h;
	h = mem_zero(1, sizeof *h);
	h->bench = b;
	h->name = mem_str(name);
	h->queue = json_array();
	list_init(&h->asks);
	plugin_shown_init(&h->shown);
	list_add_tail(&b->plugin_hosts->list, &h->node);
	return h;
}

static enum err
need(struct plugin_host *h, struct err_msg *why)
{
	if (h->job != 0 && runs(h->bench, h->job))
		return ERR_OK;
	h->ready = h->ending = false;
	return start(h, &h->job, why);
}

/* ---- asking */

static void
hand_over(struct plugin_host *h)
{
	struct command_call *c = h->waiting;

	if (c == NULL || h->waiting_job != h->job || json_array_size(h->queue) == 0)
		return;
	LIST_EACH(n, &h->asks) {
		struct ask *a = LIST_ENTRY(n, struct ask, node);

		if (a->job == 0)
			a->job = h->job;
	}
	h->waiting = NULL;
	command_done(c, h->queue);
	h->queue = json_array();
}

/* Steals request; the call is answered by the host, or by its end. */
static void
ask(struct command_call *c, const char *plugin, json_t *request)
{
	struct bench *b = c->ctx;
	struct plugin_host *h = host_of(b, plugin);
	struct err_msg why;
	struct ask *a;
	enum err e = ERR_OK;

	if (count(&h->asks) >= PLUGIN_ASKS)
		e = err_set(&why, ERR_BUSY, plugin, NULL, "so many requests wait for it already");
	if (e == ERR_OK)
		e = need(h, &why);
	if (e != ERR_OK) {
		json_decref(request);
		command_fail(c, &why);
		return;
	}
	a = mem_zero(1, sizeof *a);
	a->call = c;
	a->id = ++b->plugin_hosts->next_ask;
	list_add_tail(&h->asks, &a->node);
	json_put_int(request, "id", a->id);
	(void)json_array_append_new(h->queue, request);
	hand_over(h);
}

/* The plugin that provides it: as its manifest says, or as its process has registered. */
static const char *
provider(const struct bench *b, const char *kind, const char *id)
{
	const json_t *row = plugin_find(b->plugin_rows, kind, id);

	if (row != NULL)
		return json_get_str(row, "name", NULL);
	LIST_EACH(n, &b->plugin_hosts->list)
		if (plugin_shown_has(&entry(n)->shown, kind, id))
			return entry(n)->name;
	return NULL;
}

static void
ask_provider(struct command_call *c, const char *kind, const char *id, json_t *request)
{
	const char *plugin = provider(c->ctx, kind, id);
	struct err_msg why;

	if (plugin != NULL) {
		ask(c, plugin, request);
		return;
	}
	json_decref(request);
	(void)err_set(&why, ERR_NOENT, id, "vise plugin list shows what there is",
	    "no plugin provides the %s %.60s", kind, id);
	command_fail(c, &why);
}

static void
cmd_run(struct command_call *c)
{
	const char *id = json_get_str(c->args, "id", "");
	json_t *args = json_object_get(c->args, "args");

	ask_provider(c, "command", id, json_pack("{s:s,s:s,s:o}", "what", "command", "name", id,
	    "args", args != NULL ? json_incref(args) : json_array()));
}

static void
cmd_complete(struct command_call *c)
{
	const char *id = json_get_str(c->args, "id", "");

	ask_provider(c, "command", id, json_pack("{s:s,s:s,s:[o]}", "what", "complete", "name", id,
	    "args", json_text(json_get_str(c->args, "word", ""),
		strlen(json_get_str(c->args, "word", "")))));
}

static void
cmd_call(struct command_call *c)
{
	const char *id = json_get_str(c->args, "service", ""),
		   *text = json_get_str(c->args, "args", "[]");
	struct err_msg why;
	json_t *args = json_read(text, strlen(text), "plugin.call", &why);

	if (args == NULL) {
		command_fail(c, &why);
		return;
	}
	ask_provider(c, "service", id, json_pack("{s:s,s:s,s:o}", "what", "service", "name", id,
	    "args", args));
}

static void
cmd_select(struct command_call *c)
{
	const char *id = json_get_str(c->args, "id", "");

	ask_provider(c, "pane", id, json_pack("{s:s,s:s,s:I}", "what", "select", "name", id,
	    "row", (json_int_t)json_get_int(c->args, "row", 1)));
}

/* The pane's plugin runs from now on; its rows come as an event. */
static void
cmd_show(struct command_call *c)
{
	const char *id = json_get_str(c->args, "id", "");

	ask_provider(c, "pane", id, json_pack("{s:s,s:s}", "what", "show", "name", id));
}

/* ---- what a host says */

/* The host that is meant, and only when this job is of it. */
static struct plugin_host *
sender(struct command_call *c, uint32_t *job)
{
	struct plugin_host *h = find(c->ctx, json_get_str(c->args, "plugin", ""));
	struct err_msg why;

	*job = (uint32_t)json_get_int(c->args, "job", 0);
	if (h != NULL && *job != 0 && (*job == h->job || *job == h->next))
		return h;
	(void)err_set(&why, ERR_NOENT, json_get_str(c->args, "plugin", ""), NULL,
	    "this process is not the plugin's (any more)");
	command_fail(c, &why);
	return NULL;
}

/* The newer one has loaded: it takes the place of the old one, which is ended. */
static void
swap(struct plugin_host *h, const json_t *what)
{
	struct command_call *c = h->reload;
	const uint32_t old = h->job;
	json_t *answer = json_pack("{s:s,s:s,s:I}", "plugin", h->name, "state", "reloaded", "job",
	    (json_int_t)h->next);

	plugin_shown_compare(&h->shown, what, answer);

	h->job = h->next;
	h->next = 0;
	h->reload = NULL;
	drop_waiting(h, old);
	stop(h->bench, old);
	plugin_shown_clear(h->bench, &h->shown);
	(void)decode_plugins_end(h->bench, h->name);
	if (c != NULL)
		command_done(c, json_incref(answer));
	json_decref(answer);
}

static void
cmd_ready(struct command_call *c)
{
	const char *text = json_get_str(c->args, "what", "{}");
	uint32_t job;
	struct plugin_host *h = sender(c, &job);
	struct err_msg why;
	json_t *what = h != NULL ? json_read(text, strlen(text), h->name, &why) : NULL;

	if (h == NULL)
		return;
	if (!json_is_object(what)) {
		command_fail(c, &why);
		json_decref(what);
		return;
	}
	if (job == h->next)
		swap(h, what);
	h->ready = true;
	mem_free(h->error);
	h->error = NULL;
	plugin_shown_register(&h->shown, h->name, what);
	json_decref(what);
	command_done(c, NULL);
	tell(h->bench);
}

static void
cmd_next(struct command_call *c)
{
	uint32_t job;
	struct plugin_host *h = sender(c, &job);

	if (h == NULL)
		return;
	drop_waiting(h, h->waiting_job);
	h->waiting = c;
	h->waiting_job = job;
	hand_over(h);
}

static struct ask *
asked(struct command_call *c, struct plugin_host *h, uint32_t job)
{
	const int64_t id = json_get_int(c->args, "id", 0);

	LIST_EACH(n, &h->asks) {
		struct ask *a = LIST_ENTRY(n, struct ask, node);

		if (a->id == id && a->job == job)
			return a;
	}
	return NULL;
}

/* An old one may still answer what it was asked before its place was taken. */
static struct plugin_host *
answerer(struct command_call *c, struct ask **a)
{
	struct plugin_host *h = find(c->ctx, json_get_str(c->args, "plugin", ""));

	*a = h != NULL ? asked(c, h, (uint32_t)json_get_int(c->args, "job", 0)) : NULL;
	if (*a != NULL)
		list_del(&(*a)->node);
	command_done(c, NULL);
	return h;
}

static void
cmd_answer(struct command_call *c)
{
	const char *text = json_get_str(c->args, "result", "null");
	json_t *result = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	struct ask *a;

	(void)answerer(c, &a);
	if (a != NULL)
		command_done(a->call, json_incref(result));
	json_decref(result);
	mem_free(a);
}

static void
cmd_fail(struct command_call *c)
{
	enum err code = err_from_word(json_get_str(c->args, "code", "script"));
	json_t *cause = cause_read(json_get_str(c->args, "cause", NULL));
	struct err_msg why;
	struct ask *a;

	if (code == ERR_MEMORY)
		code = ERR_BUDGET;      /* its own limit, no failure of the bench */
	(void)err_set(&why, code, json_get_str(c->args, "plugin", ""), NULL, "%s",
	    json_get_str(c->args, "why", ""));
	(void)answerer(c, &a);
	if (a != NULL)
		command_fail_cause(a->call, &why, cause);
	json_decref(cause);
	mem_free(a);
}

/* Segments, panes and values are of the one in place. */
static struct plugin_host *
in_place(struct command_call *c)
{
	uint32_t job;
	struct plugin_host *h = sender(c, &job);
	struct err_msg why;

	if (h == NULL || job == h->job)
		return h;
	(void)err_set(&why, ERR_BUSY, h->name, NULL, "it is still loading");
	command_fail(c, &why);
	return NULL;
}

static void
cmd_segment(struct command_call *c)
{
	struct plugin_host *h = in_place(c);

	if (h == NULL)
		return;
	plugin_shown_segment(h->bench, &h->shown, h->name, c->args);
	command_done(c, NULL);
}

static void
cmd_pane(struct command_call *c)
{
	struct plugin_host *h = in_place(c);
	struct err_msg why;

	if (h == NULL)
		return;
	if (plugin_shown_pane(h->bench, &h->shown, h->name, c->args, &why) == ERR_OK)
		command_done(c, NULL);
	else
		command_fail(c, &why);
}

static void
cmd_gauge(struct command_call *c)
{
	struct plugin_host *h = in_place(c);

	if (h == NULL)
		return;
	plugin_shown_gauge(h->bench, &h->shown, h->name, c->args);
	command_done(c, NULL);
}

static void
cmd_say(struct command_call *c)
{
	struct plugin_host *h = in_place(c);
	const char *level = json_get_str(c->args, "level", "info");

	if (h == NULL)
		return;
	bench_notice(h->bench, strcmp(level, "warn") == 0 || strcmp(level, "error") == 0 ||
	    strcmp(level, "alarm") == 0 ? level : "info", h->name,
	    json_get_str(c->args, "action", NULL), "%.300s", json_get_str(c->args, "text", ""));
	command_done(c, NULL);
}

/* ---- by people */

static json_t *
host_json(const struct bench *b, const struct plugin_host *h)
{
	json_t *o = json_object();

	json_put_str(o, "name", h->name);
	json_put_str(o, "state", h->job == 0 ? h->error != NULL ? "failed" : "idle" : h->ready ?
	    "running" : "starting");
	json_put_int(o, "job", h->job);
	json_put_int(o, "starts", h->starts);
	json_put_int(o, "asked", (int64_t)count(&h->asks));
	json_put_str(o, "error", h->error != NULL ? h->error : "");
	json_put_str(o, "place", json_get_str(row_of(b, h->name), "place", ""));
	return o;
}

static void
cmd_hosts(struct command_call *c)
{
	const struct bench *b = c->ctx;
	json_t *list = json_array();

	LIST_EACH(n, &b->plugin_hosts->list)
		(void)json_array_append_new(list, host_json(b, entry(n)));
	command_done(c, list);
}

/* False with the reason; what runs goes on meanwhile. */
static enum err
begin_reload(struct plugin_host *h, struct err_msg *why)
{
	if (h->next != 0)
		return err_set(why, ERR_BUSY, h->name, NULL, "it is being loaded already");
	return start(h, &h->next, why);
}

static void
reload_all(struct command_call *c)
{
	struct bench *b = c->ctx;
	struct err_msg why;

	LIST_EACH(n, &b->plugin_hosts->list)
		if (entry(n)->job != 0 && begin_reload(entry(n), &why) != ERR_OK)
			bench_notice_err(b, "error", "plugin", &why);
	tell(b);
	cmd_hosts(c);
}

static void
cmd_reload(struct command_call *c)
{
	const char *name = json_get_str(c->args, "plugin", NULL);
	struct bench *b = c->ctx;
	struct plugin_host *h;
	struct err_msg why;

	boards_rescan(b);
	decode_plugins_rows(b);
	if (name == NULL) {
		reload_all(c);
		return;
	}
	h = host_of(b, name);
	if (begin_reload(h, &why) != ERR_OK)
		command_fail(c, &why);
	else
		h->reload = c;
}

static void
cmd_unload(struct command_call *c)
{
	struct bench *b = c->ctx;
	struct plugin_host *h = find(b, json_get_str(c->args, "plugin", ""));
	struct err_msg why;
	const unsigned ended = decode_plugins_end(b, json_get_str(c->args, "plugin", ""));

	if ((h == NULL || h->job == 0) && ended != 0) {
		command_done(c, json_pack("{s:i}", "decoders", (int)ended));
		return;
	}
	if (h == NULL || h->job == 0) {
		(void)err_set(&why, ERR_NOENT, json_get_str(c->args, "plugin", ""),
		    "vise plugin hosts lists those that do", "no process of this plugin runs");
		command_fail(c, &why);
		return;
	}
	h->ending = true;
	mem_free(h->error);
	h->error = NULL;
	stop(b, h->job);
	plugin_shown_clear(b, &h->shown);
	tell(b);
	jobs_answer(c, job_of(b, h->job), true);
}

static void
cmd_state(struct command_call *c)
{
	const char *name = json_get_str(c->args, "plugin", ""),
		   *value = json_get_str(c->args, "value", NULL);
	struct err_msg why;
	json_t *result = NULL;
	const enum err e = value != NULL ? plugin_state_save(name, value, &why) :
	    plugin_state_load(name, &result, &why);

	if (e == ERR_OK)
		command_done(c, result);
	else
		command_fail(c, &why);
}

/* ---- life */

void
plugin_hosts_open(struct bench *b)
{
	b->plugin_hosts = mem_zero(1, sizeof *b->plugin_hosts);
	list_init(&b->plugin_hosts->list);
}

static void
host_free(struct plugin_host *h)
{
	struct err_msg why;

	(void)err_set(&why, ERR_CANCELLED, h->name, NULL, "the bench ends");
	drop_waiting(h, h->waiting_job);
	if (h->reload != NULL)
		command_fail(h->reload, &why);
	LIST_EACH(n, &h->asks)
		LIST_ENTRY(n, struct ask, node)->job = 0;
	fail_asks(h, 0, &why);
	plugin_shown_fini(&h->shown);
	list_del(&h->node);
	json_decref(h->queue);
	mem_free(h->name);
	mem_free(h->error);
	mem_free(h);
}

void
plugin_hosts_end(struct bench *b)
{
	b->plugin_hosts->closed = true;
	LIST_EACH(n, &b->plugin_hosts->list)
		entry(n)->ending = true;
}

void
plugin_hosts_close(struct bench *b)
{
	if (b->plugin_hosts == NULL)
		return;
	LIST_EACH_SAFE(n, &b->plugin_hosts->list)
		host_free(entry(n));
	mem_free(b->plugin_hosts);
	b->plugin_hosts = NULL;
}

void
plugin_hosts_seen(struct bench *b)
{
	static const char *const kinds[] = { "gauge", "segment", "advisor", "event" };
	struct err_msg why;
	const json_t *row, *v;
	size_t i, k;

	board_commands_learn(b);
	json_array_foreach(b->plugin_rows, i, row) {
		bool wanted = json_get_bool(row, "eager", false);

		json_array_foreach(json_object_get(row, "provides"), k, v)
			for (size_t m = 0; m < sizeof kinds / sizeof *kinds; m++)
				wanted = wanted || plugin_provided(v, kinds[m]) != NULL;
		if (!wanted || !plugin_usable(row))
			continue;
		struct plugin_host *h = host_of(b, json_get_str(row, "name", ""));

		/* one that failed waits for a reload, or for somebody who wants it */
		if (h->error == NULL && need(h, &why) != ERR_OK)
			bench_notice_err(b, "error", "plugin", &why);
	}
}

json_t *
plugin_hosts_json(const struct bench *b)
{
	json_t *commands = plugin_kind(b->plugin_rows, "command"),
	       *panes = plugin_kind(b->plugin_rows, "pane"), *segments = json_array();

	LIST_EACH(n, &b->plugin_hosts->list)
		plugin_shown_add(&entry(n)->shown, commands, segments, panes);
	return json_pack("{s:o,s:o,s:o}", "commands", commands, "segments", segments, "panes",
	    panes);
}

#define HOST_ARGS { "plugin", ARG_WORD, ARG_MUST, NULL, "whose" }, \
	{ "job", ARG_INT, ARG_MUST, NULL, "its job" }
#define ID_ARG { "id", ARG_WORD, ARG_MUST, NULL, "its id" }

static const struct command_arg run_args[] = { ID_ARG,
	{ "args", ARG_REST, 0, NULL, "for the command" }, { .name = NULL } };
static const struct command_arg complete_args[] = { ID_ARG,
	{ "word", ARG_WORD, 0, "", "what is typed of it" }, { .name = NULL } };
static const struct command_arg call_args[] = {
	{ "service", ARG_WORD, ARG_MUST, NULL, "its name" },
	{ "args", ARG_WORD, 0, "[]", "JSON list" }, { .name = NULL },
};
static const struct command_arg select_args[] = { ID_ARG,
	{ "row", ARG_INT, 0, "1", "which, from 1" }, { .name = NULL } };
static const struct command_arg show_args[] = { ID_ARG, { .name = NULL } };
static const struct command_arg one_args[] = {
	{ "plugin", ARG_WORD, ARG_MUST, NULL, "its name" }, { .name = NULL } };
static const struct command_arg maybe_args[] = {
	{ "plugin", ARG_WORD, 0, NULL, "its name; all that run if absent" }, { .name = NULL } };
static const struct command_arg ready_args[] = { HOST_ARGS,
	{ "what", ARG_WORD, 0, "{}", "JSON: what it has registered" }, { .name = NULL } };
static const struct command_arg next_args[] = { HOST_ARGS, { .name = NULL } };
static const struct command_arg answer_args[] = { HOST_ARGS,
	{ "id", ARG_INT, ARG_MUST, NULL, "of the request" },
	{ "result", ARG_WORD, 0, "null", "JSON" }, { .name = NULL } };
static const struct command_arg fail_args[] = { HOST_ARGS,
	{ "id", ARG_INT, ARG_MUST, NULL, "of the request" },
	{ "code", ARG_WORD, 0, "script", "word of the error" },
	{ "why", ARG_WORD, 0, "", "what happened" },
	{ "cause", ARG_WORD, 0, NULL, "JSON: its own error, with its trace" }, { .name = NULL } };
static const struct command_arg segment_args[] = { HOST_ARGS, ID_ARG,
	{ "text", ARG_WORD, 0, "", "shown in the message row" },
	{ "level", ARG_WORD, 0, "info", "info, warn or alarm" },
	{ "side", ARG_WORD, 0, "right", "left or right" },
	{ "width", ARG_INT, 0, "0", "columns it always has; 0: those of its text" },
	{ .name = NULL } };
static const struct command_arg pane_args[] = { HOST_ARGS, ID_ARG,
	{ "title", ARG_WORD, 0, NULL, "its heading" },
	{ "rows", ARG_WORD, 0, NULL, "JSON: a list of lists of texts" },
	{ "columns", ARG_WORD, 0, NULL, "JSON: a list of texts" }, { .name = NULL } };
static const struct command_arg gauge_args[] = { HOST_ARGS, ID_ARG,
	{ "value", ARG_NUM, 0, NULL, "absent: it cannot be had" },
	{ "unit", ARG_WORD, 0, "", "its unit" }, { "min", ARG_NUM, 0, NULL, "lowest" },
	{ "max", ARG_NUM, 0, NULL, "highest" }, { .name = NULL } };
static const struct command_arg say_args[] = { HOST_ARGS,
	{ "text", ARG_WORD, 0, "", "of the notice" },
	{ "level", ARG_WORD, 0, "info", "info, warn, error or alarm" },
	{ "action", ARG_WORD, 0, NULL, "what to do about it" }, { .name = NULL } };
static const struct command_arg state_args[] = {
	{ "plugin", ARG_WORD, ARG_MUST, NULL, "whose" },
	{ "value", ARG_WORD, 0, NULL, "JSON to keep" }, { .name = NULL } };

const struct command bench_plugin_commands[] = {
	{ "plugin.hosts", "processes of plugins", NULL, 0, cmd_hosts },
	{ "plugin.run", "run a command of a plugin", run_args, 0, cmd_run },
	{ "plugin.complete", "what a word for a command of a plugin may become", complete_args, 0,
	    cmd_complete },
	{ "plugin.call", "ask a service of a plugin", call_args, 0, cmd_call },
	{ "plugin.show", "start the plugin of a pane", show_args, 0, cmd_show },
	{ "plugin.select", "choose a row of a plugin's pane", select_args, 0, cmd_select },
	{ "plugin.reload", "load plugins again; the old one stays when that fails", maybe_args, 0,
	    cmd_reload },
	{ "plugin.unload", "end a plugin's process, with all it has registered", one_args, 0,
	    cmd_unload },
	{ "plugin.state", "what a plugin keeps", state_args, COMMAND_HIDDEN, cmd_state },
	{ "plugin.ready", "a plugin has loaded", ready_args, COMMAND_HIDDEN, cmd_ready },
	{ "plugin.next", "what is wanted of a plugin", next_args, COMMAND_HIDDEN, cmd_next },
	{ "plugin.answer", "its answer", answer_args, COMMAND_HIDDEN, cmd_answer },
	{ "plugin.fail", "it could not", fail_args, COMMAND_HIDDEN, cmd_fail },
	{ "plugin.segment", "its text of the message row", segment_args, COMMAND_HIDDEN,
	    cmd_segment },
	{ "plugin.pane", "rows of its pane", pane_args, COMMAND_HIDDEN, cmd_pane },
	{ "plugin.gauge", "a value of its gauge", gauge_args, COMMAND_HIDDEN, cmd_gauge },
	{ "plugin.say", "a notice of a plugin", say_args, COMMAND_HIDDEN, cmd_say },
	{ .name = NULL },
};
