/* sends.c - the bridge between a console and a transfer program. */
#include "bench/sends.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "bench/consoles_at.h"
#include "bench/jobs.h"
#include "bench/clients.h"
#include "bench/news.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/sock.h"

enum { PIECE = 4096, UNSENT_MAX = 2048 };
static const uint64_t AGAIN_NS = 4 * NS_PER_MS;

/* What a program is called with; FILE or the folder follow. */
struct proto { const char *name; bool receives, raw, one; const char *argv[7]; };

static const struct proto protos[] = {
	{ "raw", false, true, false, { "cat", "--" } },
	{ "xmodem", false, false, false, { "sz", "--xmodem", "-b", "--" } },
	{ "xmodem-1k", false, false, false, { "sz", "--xmodem", "-k", "-b", "--" } },
	{ "ymodem", false, false, false, { "sz", "--ymodem", "-b", "--" } },
	{ "zmodem", false, false, false, { "sz", "--zmodem", "-b", "--" } },
	/* restricted: a board names files of the folder alone; -E: it replaces none of them */
	{ "xmodem", true, false, true, { "rz", "--xmodem", "-b", "-c", "-vv", "--" } },
	{ "ymodem", true, false, false, { "rz", "--ymodem", "-b", "-R", "-E", "-vv" } },
	{ "zmodem", true, false, false, { "rz", "--zmodem", "-b", "-R", "-E", "-vv" } },
};

struct bench_send {
	struct bench_console *k;
	const struct proto *proto;
	struct bench_job *job;          /* NULL: it ended */
	int fd;                         /* our end of its 0 and 1 */
	struct loop_fd *watch;
	struct loop_timer *again;
	uint64_t at;                    /* ring offset of the next byte for it */
	uint64_t from;
	uint64_t moved, total;
	int percent;
	bool good;
};

/* ---- board to program */

static void
to_program(void *arg)
{
	struct bench_send *s = arg;
	const struct ring *r = console_ring(s->k->console);
	const unsigned char *p;
	bool full = false;
	size_t n;

	if (s->at < ring_first(r))
		s->at = ring_first(r);          /* the protocol asks for it again */
	while (s->fd >= 0 && !full && (n = ring_peek(r, s->at, &p)) != 0) {
		const ssize_t put = sys_write(s->fd, p, n);

		full = put <= 0;
		s->at += put > 0 ? (uint64_t)put : 0;
	}
	if (s->watch != NULL && s->again == NULL)
		loop_fd_events(s->watch, LOOP_READ | (full ? LOOP_WRITE : 0));
}

/* ---- program to board */

static void finish_soon(struct bench_send *s);
static void from_program(void *arg);

static void
show_progress(struct bench_send *s)
{
	const int percent = s->total != 0 ? (int)(s->moved * 100 / s->total) : -1;

	if (s->job == NULL || percent < 0 || percent == s->percent || percent > 99)
		return;
	s->percent = percent;
	job_set_progress(s->job->job, percent, "send");
}

static void
fail(struct bench_send *s, const struct err_msg *why)
{
	if (s->job == NULL)
		return;
	job_set_error(s->job->job, why, NULL);
	job_stop(s->job->job);
}

static void
close_fd(struct bench_send *s)
{
	loop_fd_close(s->watch);
	loop_timer_stop(s->again);
	s->watch = NULL;
	s->again = NULL;
	sys_close(s->fd);
	s->fd = -1;
}

static void
on_again(void *arg)
{
	struct bench_send *s = arg;

	s->again = NULL;
	if (s->watch != NULL)
		loop_fd_events(s->watch, LOOP_READ);
	from_program(s);
}

/* Gives the board what the program says, no faster than the wire takes it. */
static void
from_program(void *arg)
{
	struct bench_send *s = arg;
	char piece[PIECE];
	struct err_msg why;
	ssize_t got;

	while (s->fd >= 0 && console_unsent(s->k->console) < UNSENT_MAX) {
		got = sys_read(s->fd, piece, sizeof piece);
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0) {
			close_fd(s);
			finish_soon(s);
			return;
		}
		s->moved += (uint64_t)got;
		show_progress(s);
		if (console_type(s->k->console, piece, (size_t)got, false,
		    s->proto->raw ? NULL : &(struct pace_delay){ 0, 0 }, s, &why) != ERR_OK) {
			fail(s, &why);
			close_fd(s);
			finish_soon(s);
			return;
		}
	}
	if (s->watch != NULL)
		loop_fd_events(s->watch, 0);
	if (s->fd >= 0 && s->again == NULL)
		s->again = loop_timer_start(s->k->bench->loop, AGAIN_NS, 0, on_again, s);
}

static void
on_fd(void *arg, unsigned events)
{
	struct bench_send *s = arg;

	if ((events & LOOP_WRITE) != 0 && !s->proto->raw)
		to_program(s);
	if ((events & (LOOP_READ | LOOP_HANGUP)) != 0)
		from_program(s);
}

/* ---- the end */

static void
send_free(struct bench_send *s)
{
	struct bench_console *k = s->k;
	const uint64_t bytes = console_ring(k->console)->end - s->from;
	/* eight CANs end the other side, eight BS clear them from a shell's line */
	static const char cancel[] = "\030\030\030\030\030\030\030\030\b\b\b\b\b\b\b\b";
	char text[120];

	if (!s->good && !s->proto->raw)
		(void)console_write(k->console, cancel, sizeof cancel - 1, s, NULL);
	snprintf(text, sizeof text, "%llu bytes of a %s transfer are in the raw log only",
	    (unsigned long long)bytes, s->proto->name);
	if (!s->proto->raw)
		console_undivert(k->console, text);
	console_at_unlock(k->console, s);
	close_fd(s);
	k->send = NULL;
	k->lock = NULL;
	mem_free(s);
}

/* Both must be over: the program, and what it said. */
static void
finish_soon(struct bench_send *s)
{
	struct bench_console *k = s->k;

	if (s->job != NULL || s->fd >= 0)
		return;
	send_free(s);
	consoles_tell(k);
	consoles_at_freed(k);
}

static void
on_ended(void *arg)
{
	struct bench_send *s = arg;

	s->good = job_state_of(s->job->job) == JOB_OK;
	s->job = NULL;
	if (!s->good && s->proto->raw)
		close_fd(s);            /* cancelled: the rest is not sent */
	if (s->fd < 0)
		finish_soon(s);
	else
		from_program(s);        /* which finishes at its end */
}

void
sends_lost(struct bench_console *k, const struct err_msg *why)
{
	if (k->send != NULL)
		fail(k->send, why);
}

void
sends_close(struct bench_console *k)
{
	struct bench_send *s = k->send;

	if (s == NULL)
		return;
	if (s->job != NULL) {
		s->job->over = NULL;
		job_stop(s->job->job);
	}
	send_free(s);
}

void
sends_end(struct bench *b)
{
	LIST_EACH(n, &b->consoles)
		sends_close(consoles_entry(n));
}

/* ---- the start */

static const struct proto *
find(const char *name, bool receives)
{
	for (size_t i = 0; i < sizeof protos / sizeof *protos; i++)
		if (protos[i].receives == receives && strcmp(protos[i].name, name) == 0)
			return &protos[i];
	return NULL;
}

static enum err
check_path(const char *path, const struct proto *p, uint64_t *size, struct err_msg *why)
{
	struct stat st;
	const bool there = stat(path, &st) == 0;

	*size = 0;
	if (p->one && there)
		return err_set(why, ERR_USAGE, path, "name another", "there is a file already");
	if (p->one)
		return ERR_OK;
	if (!there)
		return err_errno(why, errno, path, "opening");
	if (p->receives ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode))
		return err_set(why, ERR_USAGE, path, NULL, "%s",
		    p->receives ? "is no folder" : "is no file");
	*size = p->receives ? 0 : (uint64_t)st.st_size;
	return ERR_OK;
}

static json_t *
argv_json(const struct proto *p, const char *path)
{
	json_t *argv = json_array();

	for (size_t i = 0; i < 7 && p->argv[i] != NULL; i++)
		(void)json_array_append_new(argv, json_string(p->argv[i]));
	if (!p->receives || p->one)
		(void)json_array_append_new(argv, json_text(path, strlen(path)));
	return argv;
}

static enum err
run(struct bench_send *s, const char *path, const char *by, struct err_msg *why)
{
	struct bench_job_request r = { .kind = s->proto->receives ? "receive" : "send", .by = by,
		.cwd = s->proto->receives && !s->proto->one ? path : NULL, .over = on_ended,
		.over_arg = s };
	const char *slash = strrchr(path, '/');
	char *name = mem_fmt("%s %s", s->proto->name, slash != NULL && !s->proto->receives ?
	    slash + 1 : path);
	json_t *argv = argv_json(s->proto, path);
	int pair[2];
	enum err e;

	r.name = name;
	r.argv = argv;
	if (!sys_socketpair(pair))
		e = err_set(why, ERR_IO, "transfer", NULL, "no socket for it");
	else {
		(void)sys_nonblock(pair[1], false);
		sys_sock_small(pair[0]);
		sys_sock_small(pair[1]);
		r.fd_io = pair[1];
		s->fd = pair[0];
		e = jobs_start(s->k->bench, &r, &s->job, why);
		sys_close(pair[1]);
	}
	json_decref(argv);
	mem_free(name);
	return e;
}

/* A receiver of X or YMODEM has asked already, with a C or a NAK that stands last, and asks again
 * after ten seconds only: that byte is for the program. */
static uint64_t
asked_at(const struct bench_console *k, const struct proto *p)
{
	const struct ring *r = console_ring(k->console);
	unsigned char last = 0;

	if (p->receives || p->raw || r->end == 0 || ring_copy(r, r->end - 1, &last, 1) != 1)
		return r->end;
	return last == 'C' || last == 025 ? r->end - 1 : r->end;
}

static enum err
begin(struct bench_console *k, const struct proto *p, const char *path, const char *by,
    struct err_msg *why)
{
	struct bench_send *s;
	uint64_t size;
	enum err e = check_path(path, p, &size, why);

	if (e == ERR_OK && k->send != NULL)
		e = err_set(why, ERR_BUSY, k->name, "console.cancel ends it",
		    "a file is being transferred");
	if (e == ERR_OK && console_state(k->console) != CONSOLE_OPEN)
		e = err_set(why, ERR_LOST, k->name, NULL, "the console is not open");
	if (e == ERR_OK && at_busy(console_at(k->console)))
		e = err_set(why, ERR_BUSY, k->name, "wait for its answer",
		    "the AT command queue is running");
	if (e != ERR_OK)
		return e;
	s = mem_zero(1, sizeof *s);
	*s = (struct bench_send){ .k = k, .proto = p, .fd = -1, .total = size, .percent = -1,
		.at = asked_at(k, p), .from = console_ring(k->console)->end };
	e = console_at_lock(k->console, s, why);
	if (e == ERR_OK) {
		e = run(s, path, by, why);
		if (e != ERR_OK)
			console_at_unlock(k->console, s);
	}
	if (e != ERR_OK) {
		sys_close(s->fd);
		mem_free(s);
		return e;
	}
	k->send = s;
	k->lock = s;
	snprintf(k->lock_who, sizeof k->lock_who, "%s transfer", p->name);
	s->watch = loop_fd_open(k->bench->loop, s->fd, LOOP_READ, on_fd, s);
	if (!p->raw) {
		console_divert(k->console, to_program, s);
		to_program(s);
	}
	consoles_tell(k);
	return ERR_OK;
}

static void
start(struct command_call *c, bool receives)
{
	struct bench_console *k = consoles_of(c);
	const char *word = json_get_str(c->args, "proto", "raw");
	const struct proto *p = find(word, receives);
	struct err_msg why;
	char *path;
	enum err e;

	if (k == NULL)
		return;
	path = clients_path(c, json_get_str(c->args, receives ? "dir" : "file", ""));
	e = p == NULL ? err_set(&why, ERR_USAGE, word, NULL, "the protocol is %s",
	    receives ? "xmodem, ymodem or zmodem" : "raw, xmodem, xmodem-1k, ymodem or zmodem") :
	    begin(k, p, path, c->client != NULL ? peer_name(((struct client *)c->client)->peer) :
	    "bench", &why);
	mem_free(path);
	if (e == ERR_OK)
		jobs_answer(c, k->send->job, json_get_bool(c->args, "wait", false));
	else if (e == ERR_TOOL) {
		snprintf(why.next, sizeof why.next, "install lrzsz");
		command_fail(c, &why);
	} else {
		command_fail(c, &why);
	}
}

static void
cmd_send(struct command_call *c)
{
	start(c, false);
}

static void
cmd_receive(struct command_call *c)
{
	start(c, true);
}

static void
cmd_cancel(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	struct err_msg why;

	if (k == NULL)
		return;
	if (k->send == NULL) {
		(void)err_set(&why, ERR_NOTHING, k->name, NULL, "no file is being transferred");
		command_fail(c, &why);
		return;
	}
	if (k->send->job != NULL)
		job_stop(k->send->job->job);
	else {
		close_fd(k->send);
		finish_soon(k->send);
	}
	command_done(c, NULL);
}

static const struct command_arg send_args[] = {
	{ "file", ARG_WORD, ARG_MUST, NULL, "a file of this machine" },
	{ "proto", ARG_WORD, 0, "raw", "raw, xmodem, xmodem-1k, ymodem or zmodem" },
	{ "wait", ARG_BOOL, 0, "off", "answer when it is over" },
	CONSOLES_ARG,
	{ .name = NULL },
};
static const struct command_arg receive_args[] = {
	{ "dir", ARG_WORD, ARG_MUST, NULL, "a folder; for xmodem the new file itself" },
	{ "proto", ARG_WORD, 0, "zmodem", "xmodem, ymodem or zmodem" },
	{ "wait", ARG_BOOL, 0, "off", "answer when it is over" },
	CONSOLES_ARG,
	{ .name = NULL },
};
static const struct command_arg cancel_args[] = { CONSOLES_ARG, { .name = NULL } };

const struct command bench_send_commands[] = {
	{ "console.cancel", "cancel the file transfer", cancel_args, 0, cmd_cancel },
	{ "console.recvfile", "receive files of the board by X, Y or ZMODEM", receive_args, 0,
	    cmd_receive },
	{ "console.sendfile", "send a file to the board: raw, X, Y or ZMODEM", send_args, 0,
	    cmd_send },
	{ .name = NULL },
};
