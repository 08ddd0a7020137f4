/* plain.c - the viewer as lines. */
#include "ui/plain.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "core/command.h"
#include "loop/loop.h"
#include "proto/peer.h"
#include "sys/io.h"
#include "sys/time.h"
#include "term/gate.h"
#include "text/lines.h"
#include "ui/fmt.h"
#include "ui/replica.h"
#include "sys/terminal.h"

enum { SPLITTERS = 32 };

struct splitter {
	uint32_t stream;
	struct lines lines;
	struct plain *owner;
};

struct plain {
	const struct ui_options *o;
	struct loop *loop;
	struct peer *peer;
	struct replica *replica;
	struct loop_fd *in;
	struct loop_signal *hup, *term;
	struct buf typed;
	struct splitter *split[SPLITTERS];
	size_t waiting;                 /* commands without an answer */
	bool input_over, done;
	int status;
};

/* ---- out: every line at once, so that a reader of the pipe sees it */

static void
say(struct plain *p, uint64_t t, const char *what, const char *text)
{
	char when[16];

	clock_fmt_hms(replica_wall(p->replica, t), when, sizeof when);
	printf("%s %s%s%s\n", when, what, what[0] != '\0' ? ": " : "", text);
	if (fflush(stdout) != 0)
		p->done = true;
}

static void
stop(struct plain *p, int status)
{
	p->status = status;
	p->done = true;
	loop_stop(p->loop);
}

static void
print_line(void *arg, const struct lines_line *l)
{
	struct splitter *s = arg;
	struct plain *p = s->owner;
	const struct replica_stream *stream = replica_stream(p->replica, s->stream);
	struct buf text;

	buf_init(&text, LIMIT_LINE * 4);
	(void)gate_strip(l->text, l->n, &text);
	while (text.len != 0 && text.data[text.len - 1] == '\n')
		text.data[--text.len] = '\0';
	say(p, stream != NULL ? replica_stream_time(stream, l->offset) : 0, "", buf_str(&text));
	buf_fini(&text);
}

static struct splitter *
splitter(struct plain *p, uint32_t stream)
{
	size_t i = 0;

	while (i < SPLITTERS && p->split[i] != NULL && p->split[i]->stream != stream)
		i++;
	if (i == SPLITTERS)
		return NULL;
	if (p->split[i] == NULL) {
		p->split[i] = mem_zero(1, sizeof *p->split[i]);
		*p->split[i] = (struct splitter){ .stream = stream, .owner = p };
		lines_init(&p->split[i]->lines, LIMIT_LINE, 0);
	}
	return p->split[i];
}

static void
on_bytes(struct peer *peer, uint32_t stream, uint64_t offset, uint64_t t, const char *data,
    size_t n, void *arg)
{
	struct plain *p = arg;
	struct replica_stream *s = replica_bytes(p->replica, stream, offset, t, data, n);
	struct splitter *x = s != NULL ? splitter(p, stream) : NULL;

	(void)peer;
	if (x != NULL)
		lines_feed(&x->lines, data, n, print_line, x);
}

static void
say_gauges(struct plain *p)
{
	char text[400] = "";
	size_t n = 0;

	for (size_t i = 0; i < p->replica->gauges && n < sizeof text; i++) {
		const struct replica_gauge *g = &p->replica->gauge[i];
		char v[24];

		if (g->missing != NULL || isnan(replica_value(g)))
			continue;
		fmt_value(replica_value(g), g->unit, v, sizeof v);
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s %s", n != 0 ? ", " : "",
		    g->name, v);
	}
	say(p, replica_time(p->replica, sys_mono()), "gauges", n != 0 ? text : "no values yet");
}

static void
say_job(struct plain *p, const struct replica_job *j, uint64_t t)
{
	char text[600];

	snprintf(text, sizeof text, "%lld %s %s%s%s", (long long)j->id, j->name,
	    replica_job_word(j->state),
	    j->err_why != NULL ? ": " : "", j->err_why != NULL ? j->err_why : "");
	say(p, t, "job", text);
}

static void
on_event(struct peer *peer, const char *type, const json_t *body, void *arg)
{
	struct plain *p = arg;
	struct replica_news news;
	const uint64_t t = (uint64_t)json_get_int(body, "t", 0);

	(void)peer;
	replica_event(p->replica, type, body, &news);
	if (news.notice != NULL)
		say(p, news.notice->t, news.notice->level, news.notice->text);
	if (news.job_ended != NULL)
		say_job(p, news.job_ended, t);
	if (news.console != NULL)
		say(p, t, "console", news.console->state == CONSOLE_OPEN ? "open" :
		    news.console->why != NULL ? news.console->why : "not open");
	if (news.debug)
		say(p, t, "debug", p->replica->debug != NULL ? p->replica->debug : "over");
	if (strcmp(type, "mark") == 0)
		say(p, t, "mark", json_get_str(body, "text", ""));
	if (p->replica->ended != NULL) {
		say(p, t, "bench", p->replica->ended);
		stop(p, 0);
	}
}

static void
on_closed(struct peer *peer, const struct err_msg *why, void *arg)
{
	struct plain *p = arg;
	char text[512];

	(void)peer;
	err_format(why, text, sizeof text);
	fprintf(stderr, "vise: the bench is gone: %s\n", text);
	stop(p, err_exit_status(ERR_LOST));
}

static void
on_gap(struct peer *peer, const json_t *body, void *arg)
{
	(void)peer;
	replica_gap(((struct plain *)arg)->replica, body);
}

/* ---- commands */

struct asked { struct plain *p; char *line; };

static void
on_answer(void *arg, const json_t *result, const struct err_msg *err)
{
	struct asked *a = arg;
	struct plain *p = a->p;
	struct buf out;
	char text[900];

	p->waiting--;
	buf_init(&out, LIMIT_FRAME);
	if (err != NULL) {
		err_format(err, text, sizeof text);
		printf("error: %s\n", text);
	} else if (json_is_string(result)) {
		printf("ok: %s\n", json_string_value(result));
	} else {
		(void)json_write(result, &out);
		printf("ok: %s\n", json_is_null(result) ? "" : buf_str(&out));
	}
	(void)fflush(stdout);
	buf_fini(&out);
	mem_free(a->line);
	mem_free(a);
	if (p->input_over && p->waiting == 0 && !p->done)
		stop(p, err != NULL ? err_exit_status(err->code) : 0);
}

/* Leaves when every command has its answer. */
static void
no_more_input(struct plain *p)
{
	loop_fd_close(p->in);
	p->in = NULL;
	p->input_over = true;
	if (p->waiting == 0)
		stop(p, 0);
}

static void
list_commands(const struct plain *p)
{
	for (size_t i = 0; i < p->replica->commands; i++)
		printf("%s - %s\n", p->replica->command[i].usage, p->replica->command[i].help);
	printf("gauges - the newest values\ndetach - leave; the bench goes on\nhelp - this list\n");
	(void)fflush(stdout);
}

static void
run(struct plain *p, const char *line)
{
	const struct replica_command *c;
	char name[64];
	struct err_msg why;
	struct asked *a;

	if (line[0] == '\0')
		return;
	if (strcmp(line, "help") == 0 || strcmp(line, "?") == 0) {
		list_commands(p);
	} else if (strcmp(line, "gauges") == 0) {
		say_gauges(p);
	} else if (strcmp(line, "detach") == 0 || strcmp(line, "quit") == 0 ||
	    strcmp(line, "view.detach") == 0) {
		no_more_input(p);
	} else if (command_check(line, name, sizeof name, &why) != ERR_OK) {
		printf("error: %s\n", why.why);
	} else if (p->o->observe) {
		printf("error: observing only\n");
	} else if ((c = replica_command(p->replica, name)) != NULL && c->asks &&
	    strstr(line, "confirm=on") == NULL) {
		printf("%s asks first: %s. Say it again with confirm=on\n", name, c->help);
	} else {
		a = mem_zero(1, sizeof *a);
		*a = (struct asked){ p, mem_str(line) };
		p->waiting++;
		peer_call(p->peer, "command", json_pack("{s:s}", "line", line), 0, on_answer, a);
	}
	(void)fflush(stdout);
}

static void
on_input(void *arg, unsigned events)
{
	struct plain *p = arg;
	char piece[4096];
	const ssize_t n = sys_read(0, piece, sizeof piece);
	char *end;

	(void)events;
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		no_more_input(p);
		return;
	}
	if (buf_add(&p->typed, piece, (size_t)n) != ERR_OK)
		buf_clear(&p->typed);
	while (!p->input_over && p->typed.len != 0 &&
	    (end = memchr(p->typed.data, '\n', p->typed.len)) != NULL) {
		const struct slice line =
		    slice_trim(slice_make(p->typed.data, (size_t)(end - p->typed.data)));
		char *text = mem_strn(line.p, line.n);

		buf_eat(&p->typed, (size_t)(end - p->typed.data) + 1);
		run(p, text);
		mem_free(text);
	}
}

static void
on_attached(void *arg, const json_t *result, const struct err_msg *err)
{
	struct plain *p = arg;
	char text[900];

	if (err != NULL) {
		err_format(err, text, sizeof text);
		fprintf(stderr, "vise: %s\n", text);
		stop(p, err_exit_status(err->code));
		return;
	}
	replica_snapshot(p->replica, result, sys_mono());
	printf("vise bench %s%s, target %s. Each line you type is a command: help lists them, "
	    "detach leaves.\n",
	    p->replica->bench, p->replica->simulated ? " (SIMULATED)" : "",
	    p->replica->target != NULL ? p->replica->target : "none");
	for (size_t i = 0; i < p->replica->consoles; i++)
		printf("console %s on %s%s\n", p->replica->console[i]->name,
		    p->replica->console[i]->device,
		    p->replica->console[i]->state == CONSOLE_OPEN ? "" : " (not open)");
	for (size_t i = 0; i < p->replica->jobs; i++)
		say_job(p, p->replica->job[i], p->replica->job[i]->started);
	say_gauges(p);
	p->in = loop_fd_open(p->loop, 0, LOOP_READ, on_input, p);
}

static void
on_signal(void *arg)
{
	stop(arg, 129);
}

static void
fini(struct plain *p)
{
	loop_fd_close(p->in);
	loop_signal_forget(p->hup);
	loop_signal_forget(p->term);
	p->done = true;
	peer_flush_close(p->peer, 200);
	loop_free(p->loop);
	for (size_t i = 0; i < SPLITTERS && p->split[i] != NULL; i++) {
		lines_fini(&p->split[i]->lines);
		mem_free(p->split[i]);
	}
	buf_fini(&p->typed);
	replica_free(p->replica);
}

int
plain_run(const struct ui_options *o)
{
	static const struct peer_ops ops = { .event = on_event, .bytes = on_bytes, .gap = on_gap,
	    .closed = on_closed };
	struct plain p = { .o = o };

	p.replica = replica_new();
	buf_init(&p.typed, LIMIT_COMMAND_LINE);
	p.loop = loop_new();
	p.peer = peer_open(p.loop, o->fd, "viewer", "plain", &ops, &p);
	p.hup = loop_signal_watch(p.loop, terminal_signal(TERMINAL_SIGHUP), on_signal, &p);
	p.term = loop_signal_watch(p.loop, terminal_signal(TERMINAL_SIGTERM), on_signal, &p);
	peer_call(p.peer, "attach", json_pack("{s:b,s:b,s:b}", "events", 1, "streams", 1, "observe",
	    o->observe ? 1 : 0),
	    10 * NS_PER_S, on_attached, &p);
	loop_run(p.loop);
	fini(&p);
	return p.status;
}
