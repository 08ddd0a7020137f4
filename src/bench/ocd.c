/* ocd.c - one OpenOCD: starting, connecting, watching over it, ending. */
#include "bench/ocd.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "bench/host_jobs.h"
#include "bench/jobs.h"
#include "bench/news.h"
#include "bench/ocd_live.h"
#include "bench/ocd_rtt.h"
#include "openocd/tcl.h"

static const uint64_t TICK_NS = 500 * NS_PER_MS, LOOK_NS = 8 * NS_PER_S;

/* The script host that starts one. */
struct ocd_start { struct command_call *call; uint32_t job; };

static void end_session(struct ocd *o, const struct err_msg *why);

/* ---- what it is */

json_t *
ocd_json(const struct bench *b)
{
	const struct ocd *o = b->ocd;
	json_t *s = json_object();

	json_put_bool(s, "open", o != NULL && ocd_rpc_is_open(o->rpc));
	if (o == NULL)
		return s;
	json_put_str(s, "host", o->host);
	json_put_int(s, "port", o->port);
	if (o->job != 0)
		json_put_int(s, "job", o->job);
	json_put_bool(s, "ours", o->ours);
	if (o->board != NULL)
		json_put_str(s, "board", o->board);
	json_put_str(s, "target", o->target);
	json_put_str(s, "type", o->type);
	json_put_str(s, "state", o->state);
	if (o->rtt != NULL)
		json_put(s, "rtt", ocd_rtt_json(o));
	if (o->live != NULL)
		json_put_int(s, "live", (int64_t)ocd_live_count(o));
	return s;
}

void
ocd_tell(struct ocd *o)
{
	json_t *body = json_object();

	json_put(body, "ocd", ocd_json(o->bench));
	bench_news(o->bench, "ocd", body);
}

struct ocd *
ocd_of(struct command_call *c)
{
	struct bench *b = c->ctx;
	struct err_msg why;

	if (b->ocd != NULL && ocd_rpc_is_open(b->ocd->rpc))
		return b->ocd;
	(void)err_set(&why, ERR_NOENT, "openocd",
	    "ocd.start board=ID starts one, ocd.attach port=N takes one that runs",
	    "the bench has none");
	command_fail(c, &why);
	return NULL;
}

bool
ocd_is_cortexm(const struct ocd *o, struct command_call *c)
{
	struct err_msg why;

	if (strcmp(o->type, "cortex_m") == 0 || strcmp(o->type, "hla_target") == 0)
		return true;
	(void)err_set(&why, ERR_UNSUPPORTED, c->command->name, NULL,
	    "%s is a %s; these registers are a Cortex-M's", o->target, o->type);
	command_fail(c, &why);
	return false;
}

bool
ocd_number(const char *word, uint64_t *out)
{
	struct slice s = slice_of(word);

	return tcl_next_u64(&s, out) && s.n == 0;
}

/* ---- asking */

static void
on_answer(void *arg, const char *text, size_t n, const struct err_msg *why)
{
	struct ocd_ask *a = arg;

	if (why != NULL) {
		struct err_msg m = *why;

		if (ocd_is_gone(m.why, strlen(m.why)))
			(void)err_set(&m, ERR_LOST, "probe", "plug it in again, then ocd.start",
			    "%s", why->why);
		command_fail(a->call, &m);
		if (a->failed != NULL)
			a->failed(a);
	} else {
		a->done(a, text, n);
	}
	json_decref(a->more);
	mem_free(a);
}

struct ocd_ask *
ocd_ask(struct command_call *c, const char *script, bool log,
    void (*done)(struct ocd_ask *a, const char *text, size_t n))
{
	struct bench *b = c->ctx;
	struct ocd_ask *a = mem_zero(1, sizeof *a);

	a->ocd = b->ocd;
	a->call = c;
	a->done = done;
	ocd_rpc_ask(b->ocd->rpc, script, log, OCD_PATIENCE_NS, on_answer, a);
	return a;
}

/* ---- watching over it */

bool
ocd_is_gone(const char *text, size_t n)
{
	static const char *const words[] = {
		"No such device", "LIBUSB_ERROR_NO_DEVICE", "it may have been disconnected",
		"remote_bitbang: socket closed", "remote_bitbang_fill_buf", "Broken pipe",
		"fill_buf: socket closed", "communication failure",
	};
	const struct slice hay = slice_make(text, n);

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (slice_find(hay, slice_of(words[i])) >= 0)
			return true;
	return false;
}

static struct bench_job *
job_of(const struct ocd *o)
{
	return o->job != 0 ? jobs_find(o->bench, o->job) : NULL;
}

/* The first line of its job that says that the probe is gone. */
static bool
probe_gone(const struct ocd *o, struct err_msg *why)
{
	const struct bench_job *j = job_of(o);
	const char *out, *err;
	size_t out_len, err_len;
	struct slice rest;

	if (j == NULL)
		return false;
	job_output(j->job, &out, &out_len, &err, &err_len);
	rest = slice_make(err, err_len);
	while (rest.n != 0) {
		struct slice line = slice_trim(slice_cut(rest, '\n', &rest));

		if (!slice_starts(line, "Error: ") || !ocd_is_gone(line.p, line.n))
			continue;
		line = slice_skip(line, 7);
		(void)err_set(why, ERR_LOST, "probe", "plug it in again, then ocd.start",
		    "%.*s", line.n > 200 ? 200 : (int)line.n, line.p);
		return true;
	}
	return false;
}

static void
on_look(void *arg, const char *text, size_t n, const struct err_msg *why)
{
	struct ocd *o = arg;
	struct slice rest = slice_make(text, n);
	char was[sizeof o->state];
	struct buf word;

	o->looking = false;
	if (why != NULL) {
		if (o->attaching != NULL)
			o->bad = *why;  /* the next tick ends it: an answer may not */
		return;
	}
	memcpy(was, o->state, sizeof was);
	buf_init(&word, 256);
	if (tcl_next(&rest, &word))
		snprintf(o->target, sizeof o->target, "%s", buf_str(&word));
	if (tcl_next(&rest, &word))
		snprintf(o->type, sizeof o->type, "%s", buf_str(&word));
	if (tcl_next(&rest, &word))
		snprintf(o->state, sizeof o->state, "%s", buf_str(&word));
	buf_fini(&word);
	if (o->attaching != NULL) {
		struct command_call *c = o->attaching;

		o->attaching = NULL;
		command_done(c, ocd_json(o->bench));
	}
	if (strcmp(was, o->state) != 0)
		ocd_tell(o);
}

#define LOOK "set t [target current]; list $t [$t cget -type] [$t curstate]"
/* Of a core that was halted before it came, OpenOCD 0.12 has zeros for registers. */
#define FIRST "capture poll; if {[[target current] curstate] eq {halted}} { catch { set r {}; " \
	"foreach {x n} [regexp -all -inline {\\(\\d+\\) (\\S+) \\(/} [capture reg]] " \
	"{ lappend r $n }; get_reg -force $r } }; "

static void
look(struct ocd *o)
{
	if (o->looking)
		return;
	o->looking = true;
	ocd_rpc_ask(o->rpc, o->attaching == NULL ? LOOK : FIRST LOOK, false, LOOK_NS, on_look, o);
}

static void
on_tick(void *arg)
{
	struct ocd *o = arg;
	struct err_msg why;

	if (probe_gone(o, &why)) {
		end_session(o, &why);
	} else if (o->bad.code != ERR_OK) {
		why = o->bad;
		end_session(o, &why);
	} else if (o->lost) {
		(void)err_set(&why, ERR_LOST, "openocd", NULL, "it closed the connection");
		end_session(o, &why);
	} else if (ocd_rpc_is_open(o->rpc)) {
		look(o);
	}
}

static void
on_open(void *arg)
{
	look(arg);
}

static void
on_event(void *arg, const char *text)
{
	struct ocd *o = arg;

	if (slice_starts(slice_of(text), "target_reset") && o->rtt != NULL)
		ocd_rtt_again(o);
	look(o);
}

static void
on_lost(void *arg, const struct err_msg *why)
{
	struct ocd *o = arg;
	const struct bench_job *j = job_of(o);
	struct err_msg better;

	if (probe_gone(o, &better))
		end_session(o, &better);
	else if (j == NULL || job_state_of(j->job) != JOB_RUNNING || o->lost)
		end_session(o, why);
	else
		o->lost = true;         /* its job is about to end, with a word: or the next tick */
}

static const struct ocd_rpc_ops rpc_ops = { .opened = on_open, .event = on_event, .lost = on_lost };

/* ---- life */

static void
release(struct ocd *o)
{
	struct bench *b = o->bench;
	struct bench_job *j = o->ours ? job_of(o) : NULL;
	struct command_call *c = o->attaching;
	struct err_msg why;

	b->ocd = NULL;
	if (c != NULL) {
		(void)err_set(&why, ERR_CANCELLED, "openocd", NULL, "it was left");
		command_fail(c, &why);
	}
	loop_timer_stop(o->tick);
	ocd_live_close(o);
	ocd_rtt_close(o);
	ocd_rpc_close(o->rpc);
	if (j != NULL && job_state_of(j->job) == JOB_RUNNING)
		job_stop(j->job);
	mem_free(o->host);
	mem_free(o->board);
	mem_free(o);
}

/* why NULL: it was asked for. */
static void
end_session(struct ocd *o, const struct err_msg *why)
{
	struct bench *b = o->bench;
	struct command_call *c = o->attaching;
	json_t *body = json_object(), *state;

	if (c != NULL && why != NULL) {
		o->attaching = NULL;
		command_fail(c, why);
	}
	if (why != NULL && c == NULL)
		bench_notice_err(b, "error", "openocd", why);
	release(o);
	state = ocd_json(b);
	if (why != NULL)
		json_put(state, "why", json_from_err(why));
	json_put(body, "ocd", state);
	bench_news(b, "ocd", body);
	bench_linger_check(b);
}

void
ocd_close(struct bench *b)
{
	struct ocd_start *s = b->ocd_start;
	struct err_msg why;

	mem_free(b->svd);
	b->svd = NULL;
	if (b->ocd != NULL)
		release(b->ocd);
	b->ocd_start = NULL;
	if (s != NULL) {
		(void)err_set(&why, ERR_CANCELLED, "openocd", NULL, "the bench ends");
		command_fail(s->call, &why);
	}
	mem_free(s);
}

/* The last line that it said, such as an assertion of its own. */
static void
last_words(const struct ocd *o, struct err_msg *why)
{
	const struct bench_job *j = job_of(o);
	struct slice rest = { "", 0 }, last = { "", 0 };
	const char *out, *err;
	size_t out_len, err_len;

	if (j != NULL) {
		job_output(j->job, &out, &out_len, &err, &err_len);
		rest = slice_make(err, err_len);
	}
	while (rest.n != 0) {
		const struct slice line = slice_trim(slice_cut(rest, '\n', &rest));

		last = line.n != 0 ? line : last;
	}
	(void)err_set(why, ERR_LOST, "openocd", "ocd.start starts it again", "it has ended: %.*s",
	    last.n > 200 ? 200 : (int)last.n, last.p);
}

void
ocd_job_ended(struct bench *b, uint32_t job)
{
	struct ocd *o = b->ocd;
	struct err_msg why;

	if (o == NULL || o->job != job)
		return;
	if (!probe_gone(o, &why))
		last_words(o, &why);
	end_session(o, &why);
}

static void
attach(struct command_call *c, unsigned port)
{
	struct bench *b = c->ctx;
	struct ocd *o = mem_zero(1, sizeof *o);
	struct err_msg why;

	o->bench = b;
	o->port = port;
	o->host = mem_str(json_get_str(c->args, "host", "127.0.0.1"));
	o->job = (uint32_t)json_get_int(c->args, "job", 0);
	o->ours = o->job != 0;
	o->board = mem_str(json_get_str(c->args, "board", NULL));
	snprintf(o->state, sizeof o->state, "unknown");
	if (ocd_rpc_open(b->loop, o->host, o->port, &rpc_ops, o, &o->rpc, &why) != ERR_OK) {
		mem_free(o->host);
		mem_free(o->board);
		mem_free(o);
		command_fail(c, &why);
		return;
	}
	b->ocd = o;
	if (job_of(o) != NULL)
		job_of(o)->owner = 0;   /* the bench's now, not the script host's that started it */
	o->attaching = c;
	o->tick = loop_timer_start(b->loop, TICK_NS, TICK_NS, on_tick, o);
}

static void
cmd_attach(struct command_call *c)
{
	struct bench *b = c->ctx;
	const int64_t port = json_get_int(c->args, "port", 0);
	struct err_msg why;
	enum err e = ERR_OK;

	if (b->ocd != NULL)
		e = err_set(&why, ERR_BUSY, "openocd", "ocd.stop first",
		    "the bench has one already, at port %u", b->ocd->port);
	else if (port < 1 || port > 65535)
		e = err_set(&why, ERR_USAGE, "port", NULL, "a port is 1 to 65535");
	if (e == ERR_OK)
		attach(c, (unsigned)port);
	else
		command_fail(c, &why);
}

static void
cmd_stop(struct command_call *c)
{
	struct bench *b = c->ctx;
	struct bench_job *j = b->ocd != NULL && b->ocd->ours ? job_of(b->ocd) : NULL;

	if (b->ocd != NULL)
		end_session(b->ocd, NULL);
	if (j != NULL)
		jobs_answer(c, j, true);        /* the probe is free again when it has ended */
	else
		command_done(c, NULL);
}

static void
cmd_state(struct command_call *c)
{
	command_done(c, ocd_json(c->ctx));
}

/* ---- started by a board profile: its script host does it, we answer when that has ended */

/* The job's words: "vise: what: why; next" is how a script host ends. */
static void
why_not(const struct bench *b, uint32_t job, struct err_msg *why)
{
	const struct bench_job *j = jobs_find(b, job);
	const char *out, *err;
	size_t out_len, err_len;
	struct slice rest, line, what, next;
	int status;

	(void)err_set(why, ERR_TOOL, "openocd", NULL, "it did not start");
	if (j == NULL)
		return;
	job_output(j->job, &out, &out_len, &err, &err_len);
	rest = slice_make(err, err_len);
	while (rest.n != 0 && !slice_starts(rest, "vise: "))
		(void)slice_cut(rest, '\n', &rest);
	line = slice_trim(slice_cut(slice_skip(rest, 6), '\n', &rest));
	if (line.n == 0)
		return;
	what = slice_cut(line, ':', &line);
	line = slice_cut(slice_trim(line), ';', &next);
	next = slice_trim(next);
	status = job_exit(j->job);
	(void)err_set(why, status == 2 ? ERR_USAGE : status == 1 ? ERR_DEVICE : ERR_TOOL, NULL,
	    NULL, "%.*s", (int)(line.n < 300 ? line.n : 300), line.p);
	snprintf(why->what, sizeof why->what, "%.*s", (int)(what.n < 100 ? what.n : 100), what.p);
	snprintf(why->next, sizeof why->next, "%.*s", (int)(next.n < 200 ? next.n : 200), next.p);
}

static void
on_started(void *arg)
{
	struct bench *b = arg;
	struct ocd_start *s = b->ocd_start;
	struct err_msg why;

	if (s == NULL)
		return;
	b->ocd_start = NULL;
	if (b->ocd != NULL && ocd_rpc_is_open(b->ocd->rpc)) {
		command_done(s->call, ocd_json(b));
	} else {
		why_not(b, s->job, &why);
		command_fail(s->call, &why);
	}
	mem_free(s);
}

/* A debug session's OpenOCD has the probe: that one is used. */
static unsigned
running_one(const struct bench *b)
{
	static const char words[] = "Listening on port ", end[] = " for tcl connections";

	LIST_EACH(n, &b->jobs) {
		const struct job *j = LIST_ENTRY(n, struct bench_job, node)->job;
		const char *out, *err;
		size_t out_len, err_len;
		struct slice rest;

		if (job_state_of(j) != JOB_RUNNING)
			continue;
		job_output(j, &out, &out_len, &err, &err_len);
		rest = slice_make(err, err_len);
		while (rest.n != 0) {
			const struct slice line = slice_trim(slice_cut(rest, '\n', &rest));
			const int64_t at = slice_find(line, slice_of(words));
			uint64_t port;

			if (at >= 0 && slice_ends(line, end) && slice_u64(slice_make(
			    line.p + at + sizeof words - 1,
			    line.n - (size_t)at - (sizeof words - 1) - (sizeof end - 1)), 65535,
			    &port))
				return (unsigned)port;
		}
	}
	return 0;
}

static void
cmd_start(struct command_call *c)
{
	struct bench *b = c->ctx;
	const struct host_job h = { .kind = "board", .verb = "--server",
		.id = json_get_str(c->args, "board", b->board),
		.set = json_object_get(c->args, "set"), .over = on_started, .over_arg = b };
	struct ocd_start *s = mem_zero(1, sizeof *s);
	struct err_msg why;
	enum err e = ERR_OK;

	s->call = c;
	if (b->ocd != NULL || b->ocd_start != NULL)
		e = err_set(&why, ERR_BUSY, "openocd", "ocd.stop first",
		    "the bench has one already");
	else if (h.id == NULL)
		e = err_set(&why, ERR_USAGE, c->command->name,
		    "board.use ID, or give board=ID (board.list names them)",
		    "no board is chosen");
	else if (running_one(b) != 0) {
		attach(c, running_one(b));
		mem_free(s);
		return;
	} else
		e = host_job_start(b, &h, &s->job, &why);
	if (e == ERR_OK) {
		b->ocd_start = s;
		return;
	}
	mem_free(s);
	command_fail(c, &why);
}

/* ---- the targets of one OpenOCD */

static void
targets_done(struct ocd_ask *a, const char *text, size_t n)
{
	static const char *const keys[] = { "name", "type", "state" };
	struct slice rows = slice_make(text, n);
	json_t *list = json_array();
	struct buf row, word;

	buf_init(&row, 4096);
	buf_init(&word, 4096);
	while (tcl_next(&rows, &row) && json_array_size(list) < 64) {
		struct slice rest = slice_make(buf_str(&row), row.len);
		json_t *o = json_object();

		for (size_t i = 0; i < 3 && tcl_next(&rest, &word); i++)
			json_put_str(o, keys[i], buf_str(&word));
		json_put_bool(o, "current", tcl_next(&rest, &word) && buf_str(&word)[0] == '1');
		(void)json_array_append_new(list, o);
	}
	buf_fini(&row);
	buf_fini(&word);
	command_done(a->call, list);
}

static void
cmd_targets(struct command_call *c)
{
	const char *name = json_get_str(c->args, "name", NULL);
	struct buf script;

	if (ocd_of(c) == NULL)
		return;
	buf_init(&script, 4096);
	if (name != NULL) {
		(void)buf_add_str(&script, "targets ");
		(void)tcl_word(name, strlen(name), &script);
		(void)buf_add_str(&script, "; ");
	}
	(void)buf_add_str(&script, "set r {}; foreach t [target names] { lappend r [list $t "
	    "[$t cget -type] [$t curstate] [expr {$t eq [target current]}]] }; set r");
	(void)ocd_ask(c, buf_str(&script), false, targets_done);
	buf_fini(&script);
}

static void
text_done(struct ocd_ask *a, const char *text, size_t n)
{
	json_t *o = json_object();

	json_put_strn(o, "text", text, n);
	command_done(a->call, o);
}

static void
cmd_tcl(struct command_call *c)
{
	const json_t *words = json_object_get(c->args, "script"), *w;
	struct buf script;
	size_t i;

	if (ocd_of(c) == NULL)
		return;
	buf_init(&script, RPC_SCRIPT_MAX);
	json_array_foreach(words, i, w) {
		if (i != 0)
			(void)buf_add_byte(&script, ' ');
		(void)buf_add_str(&script, json_string_value(w));
	}
	(void)ocd_ask(c, buf_str(&script), true, text_done);
	buf_fini(&script);
}

static const struct command_arg start_args[] = {
	{ "board", ARG_WORD, 0, NULL, "board profile; the chosen one if absent" },
	{ "set", ARG_REST, 0, NULL, "name=value for the plugin: probe=SERIAL ..." },
	{ .name = NULL },
};
static const struct command_arg attach_args[] = {
	{ "port", ARG_INT, ARG_MUST, NULL, "its Tcl port" },
	{ "host", ARG_WORD, 0, "127.0.0.1", "where it runs" },
	{ "job", ARG_INT, 0, NULL, "the job that is it: it ends with the session" },
	{ "board", ARG_WORD, 0, NULL, "board profile it was started by" },
	{ .name = NULL },
};
static const struct command_arg target_args[] = {
	{ "name", ARG_WORD, 0, NULL, "one to work with from now on" }, { .name = NULL },
};
static const struct command_arg tcl_args[] = {
	{ "script", ARG_REST, ARG_MUST, NULL, "commands of OpenOCD" }, { .name = NULL },
};

const struct command bench_ocd_commands[] = {
	{ "ocd.start", "start the board's OpenOCD", start_args, 0, cmd_start },
	{ "ocd.attach", "use an OpenOCD that runs", attach_args, 0, cmd_attach },
	{ "ocd.stop", "leave OpenOCD; one that we started ends", NULL, 0, cmd_stop },
	{ "ocd.state", "which OpenOCD the bench has", NULL, 0, cmd_state },
	{ "ocd.targets", "the cores that OpenOCD knows", target_args, 0, cmd_targets },
	{ "ocd.tcl", "commands of OpenOCD itself", tcl_args, COMMAND_ASKS, cmd_tcl },
	{ .name = NULL },
};
