/* rsp_replay.c - serving a saved conversation to one debugger after the other. */
#include "cli/rsp_replay.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/slice.h"
#include "cli/args.h"
#include "cli/rsp_record.h"
#include "cli/rsp_tap.h"
#include "cli/say.h"
#include "loop/loop.h"
#include "rsp/meaning.h"
#include "rsp/replay.h"
#include "sys/io.h"
#include "sys/sock.h"

enum { WAITS_MAX = 8 << 20 };

struct replaying {
	struct rsp_replay *replay;
	struct loop *loop;
	struct loop_fd *listen, *client;
	struct rsp_reader reader;
	struct buf out;
	struct slice last;              /* what was answered last: a NAK asks for it again */
	int  listen_fd, fd;
	bool no_ack, once, json, over;
	size_t unknown;
};

static enum err
add_row(void *arg, const json_t *row, struct err_msg *why)
{
	const char *hex = json_get_str(row, "x", NULL);
	struct buf bytes;
	bool good = true;

	if (hex == NULL)
		return ERR_OK;
	buf_init(&bytes, WAITS_MAX);
	good = rsp_from_hex(hex, strlen(hex), &bytes);
	if (good)
		rsp_replay_add(arg, strcmp(json_get_str(row, "by", ""), "gdb") == 0 ? RSP_CLIENT :
		    RSP_SERVER, bytes.data, bytes.len);
	buf_fini(&bytes);
	return good ? ERR_OK : err_set(why, ERR_FORMAT, "the record", NULL, "no hex");
}

static void
say_unknown(struct replaying *g, struct slice request)
{
	char words[RSP_WORDS_MAX];
	json_t *o;

	g->unknown++;
	rsp_request_words(request, words);
	if (g->json) {
		o = json_object();
		json_put_strn(o, "unknown", request.p, request.n);
		json_put_str(o, "means", words);
		say_json(o);
		json_decref(o);
	} else {
		fputs("not in the record: ", stdout);
		say_text(stdout, request.p, request.n < 60 ? request.n : 60);
		printf("  %s\n", words);
	}
	(void)fflush(stdout);
}

static void
answer(struct replaying *g, struct slice request)
{
	struct slice frames;

	if (!rsp_replay_answer(g->replay, request, &frames)) {
		say_unknown(g, request);
		frames = slice_of("$#00");
	}
	g->last = frames;
	(void)buf_add(&g->out, frames.p, frames.n);
	if (slice_is(request, "QStartNoAckMode") && slice_is(frames, "$OK#9a"))
		g->no_ack = true;
}

static void
on_unit(void *arg, const struct rsp_unit *u)
{
	struct replaying *g = arg;

	if (u->kind == RSP_INTERRUPT) {
		answer(g, slice_make("\003", 1));
	} else if (u->kind == RSP_NAK) {
		(void)buf_add(&g->out, g->last.p, g->last.n);
	} else if (u->kind == RSP_PACKET) {
		if (!g->no_ack)
			(void)buf_add_byte(&g->out, rsp_is_sound(u) ? '+' : '-');
		if (rsp_is_sound(u))
			answer(g, slice_make(u->body, u->n));
	}
}

static void
leave(struct replaying *g)
{
	loop_fd_close(g->client);
	g->client = NULL;
	sys_close(g->fd);
	g->fd = -1;
	rsp_reader_fini(&g->reader);
	buf_clear(&g->out);
	if (g->once) {
		g->over = true;
		loop_stop(g->loop);
	} else {
		loop_fd_events(g->listen, LOOP_READ);
	}
}

static bool
flush(struct replaying *g)
{
	while (g->out.len != 0) {
		const ssize_t n = sys_write(g->fd, g->out.data, g->out.len);

		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (n <= 0)
			return false;
		buf_eat(&g->out, (size_t)n);
	}
	loop_fd_events(g->client, LOOP_READ | (g->out.len != 0 ? (unsigned)LOOP_WRITE : 0u));
	return true;
}

static void
on_client(void *arg, unsigned events)
{
	struct replaying *g = arg;
	char piece[16384];
	ssize_t n = 1;

	if ((events & (LOOP_READ | LOOP_HANGUP)) != 0) {
		n = sys_read(g->fd, piece, sizeof piece);
		if (n > 0)
			rsp_reader_feed(&g->reader, piece, (size_t)n, on_unit, g);
		else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			n = 1;
	}
	if (n <= 0 || !flush(g))
		leave(g);
}

static void
on_listen(void *arg, unsigned events)
{
	struct replaying *g = arg;
	(void)events;
	g->fd = sys_accept(g->listen_fd);
	if (g->fd < 0)
		return;
	loop_fd_events(g->listen, 0);
	rsp_reader_init(&g->reader);
	g->no_ack = false;
	g->last = slice_make("", 0);
	g->client = loop_fd_open(g->loop, g->fd, LOOP_READ, on_client, g);
}

static void
on_signal(void *arg)
{
	struct replaying *g = arg;

	g->over = true;
	loop_stop(g->loop);
}

static void
say_ready(const struct replaying *g, const char *file, const char *address)
{
	const size_t n = rsp_replay_requests(g->replay);
	json_t *o;

	if (g->json) {
		o = json_pack("{s:s,s:s,s:I}", "listening", address, "record", file, "requests",
		    (json_int_t)n);
		say_json(o);
		json_decref(o);
	} else {
		printf("answers as in %s, %zu requests; in gdb: target remote %s\n", file, n,
		    address);
	}
	(void)fflush(stdout);
}

static void
serve(struct replaying *g, const char *file, const char *address)
{
	struct loop_signal *signals[2];

	buf_init(&g->out, WAITS_MAX);
	g->loop = loop_new();
	g->fd = -1;
	signals[0] = loop_signal_watch(g->loop, SIGINT, on_signal, g);
	signals[1] = loop_signal_watch(g->loop, SIGTERM, on_signal, g);
	g->listen = loop_fd_open(g->loop, g->listen_fd, LOOP_READ, on_listen, g);
	say_ready(g, file, address);
	while (!g->over)
		loop_run(g->loop);
	g->once = false;
	if (g->fd >= 0)
		leave(g);
	loop_fd_close(g->listen);
	loop_signal_forget(signals[0]);
	loop_signal_forget(signals[1]);
	loop_free(g->loop);
	buf_fini(&g->out);
	if (strchr(address, '/') != NULL)
		(void)unlink(address);
}

int
cli_rsp_replay(struct cli_call *c)
{
	struct replaying g = { .listen_fd = -1, .json = c->json };
	const char *listen = NULL;
	bool check = false;
	const struct args_option options[] = {
		{ "--listen", ARGS_TEXT, &listen }, { "--once", ARGS_FLAG, &g.once },
		{ "--check", ARGS_FLAG, &check }, { .name = NULL },
	};
	char address[300];
	struct err_msg why;
	int status;
	enum err e = args_parse(c, options, 1, 1, &why);

	g.json = c->json;
	g.replay = rsp_replay_new();
	if (e == ERR_OK)
		e = rsp_record_each(c->word[0], add_row, g.replay, &why);
	if (e == ERR_OK)
		e = cli_rsp_listen(listen, &g.listen_fd, address, sizeof address, &why);
	if (e == ERR_OK)
		serve(&g, c->word[0], address);
	sys_close(g.listen_fd);
	rsp_replay_free(g.replay);
	status = say_end(c, e, &why);
	return status == 0 && check && g.unknown != 0 ? 1 : status;
}
