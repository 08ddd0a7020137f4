/* board.c - a child that gives a shell on a board, and the sampler in it. */
#include "gauge/board.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "sys/io.h"
#include "sys/spawn.h"
#include "sys/sock.h"

enum { ARGS_MAX = 64, WORDS_MAX = 4096, SAID_MAX = 200, READ_SIZE = 16384 };

static const uint64_t RETRY_FIRST = NS_PER_S, RETRY_MOST = 30 * NS_PER_S;

struct board {
	struct loop *loop;
	char *spec;
	board_cb done;
	void *arg;
	struct mirror *mirror;
	struct remote *remote;
	struct loop_fd *watch_out, *watch_err;
	struct loop_child *child;
	struct loop_timer *retry;
	pid_t pid;
	int fd, err;                    /* its stdin and stdout; its stderr */
	uint64_t pause;
	bool answered;                  /* since the program was started */
	char said[SAID_MAX];            /* the last line of its stderr */
	struct err_msg why;             /* of the last end */
};

static void start(void *arg);

/* ---- the program's words ---- */

struct words {
	char text[WORDS_MAX];
	const char *argv[ARGS_MAX];
	size_t n;
};

static bool
word_add(struct words *w, const char *s)
{
	if (w->n + 1 >= ARGS_MAX)
		return false;
	w->argv[w->n++] = s;
	w->argv[w->n] = NULL;
	return true;
}

/* HOST, USER@HOST, HOST:PORT, [V6]:PORT. A leading dash would be an option of ssh. */
static enum err
words_ssh(struct words *w, const char *target, struct err_msg *why)
{
	static const char *const lead[] = { "ssh", "-T", "-oBatchMode=yes", "-oConnectTimeout=10",
		"-oServerAliveInterval=5", "-oServerAliveCountMax=3", "-oClearAllForwardings=yes" };
	char *host = w->text, *colon;
	uint64_t port;

	snprintf(w->text, sizeof w->text, "%s", target);
	if (*host == '\0' || *host == '-' || strpbrk(host, " \t\n") != NULL)
		return err_set(why, ERR_USAGE, target,
		    "name it ssh:HOST, ssh:USER@HOST:PORT", "not a host");
	for (size_t i = 0; i < sizeof lead / sizeof lead[0]; i++)
		(void)word_add(w, lead[i]);
	colon = strrchr(host, ':');
	if (colon != NULL && (strchr(host, ':') == colon || colon[-1] == ']')) {
		*colon = '\0';
		if (!slice_u64(slice_of(colon + 1), 65535, &port) || port == 0)
			return err_set(
			    why, ERR_USAGE, target, NULL, "not a port: %s", colon + 1);
		(void)word_add(w, "-p");
		(void)word_add(w, colon + 1);
	}
	if (*host == '[' && host[strlen(host) - 1] == ']') {
		host[strlen(host) - 1] = '\0';
		host++;
	}
	(void)word_add(w, "--");
	(void)word_add(w, host);
	(void)word_add(w, "exec sh");
	return ERR_OK;
}

static enum err
words_exec(struct words *w, const char *command, struct err_msg *why)
{
	char *at = w->text;

	snprintf(w->text, sizeof w->text, "%s", command);
	for (at += strspn(at, " \t"); *at != '\0'; at += strspn(at, " \t")) {
		if (!word_add(w, at))
			return err_set(why, ERR_USAGE, "exec:", NULL, "too many words");
		at += strcspn(at, " \t");
		if (*at != '\0')
			*at++ = '\0';
	}
	return w->n != 0 ? ERR_OK
			 : err_set(why, ERR_USAGE, "exec:", "name a program", "no program");
}

static const struct {
	const char *scheme;
	enum err (*words)(struct words *w, const char *rest, struct err_msg *why);
} kinds[] = {
	{ "ssh:", words_ssh },
	{ "exec:", words_exec },
};

static enum err
words_of(struct words *w, const char *spec, struct err_msg *why)
{
	w->n = 0;
	if (strlen(spec) >= WORDS_MAX)
		return err_set(why, ERR_USAGE, "board", NULL, "the address is too long");
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		const size_t n = strlen(kinds[i].scheme);

		if (strncmp(spec, kinds[i].scheme, n) == 0)
			return kinds[i].words(w, spec + n, why);
	}
	return err_set(why, ERR_USAGE, spec, "give ssh:HOST or exec:PROGRAM",
	    "not the address of a Linux board");
}

enum err
board_check(const char *spec, struct err_msg *why)
{
	struct words w;

	return words_of(&w, spec, why);
}

/* ---- life of the child ---- */

static void
close_ends(struct board *b)
{
	loop_fd_close(b->watch_out);
	loop_fd_close(b->watch_err);
	b->watch_out = b->watch_err = NULL;
	sys_close(b->fd);
	sys_close(b->err);
	b->fd = b->err = -1;
}

/* The link is over, for the reason in b->why. It is made again after a pause. */
static void
over(struct board *b)
{
	close_ends(b);
	b->pause = b->answered || b->pause == 0 ? RETRY_FIRST : b->pause * 2;
	if (b->pause > RETRY_MOST)
		b->pause = RETRY_MOST;
	loop_timer_stop(b->retry);
	b->retry = loop_timer_start(b->loop, b->pause, 0, start, b);
	remote_cut(b->remote, &b->why);
}

static void
on_child(void *arg, int status)
{
	struct board *b = arg;

	b->child = NULL;
	b->pid = 0;
	if (b->said[0] != '\0')
		(void)err_set(&b->why, ERR_LOST, b->spec, NULL, "%s", b->said);
	else
		(void)err_set(&b->why, ERR_LOST, b->spec, NULL, "the link ended (status %d)",
		    status);
	over(b);
}

static void
on_output(void *arg, unsigned events)
{
	struct board *b = arg;
	char buf[READ_SIZE];
	const ssize_t n = sys_read(b->fd, buf, sizeof buf);

	(void)events;
	if (n > 0)
		remote_feed(b->remote, buf, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
		loop_fd_events(b->watch_out, 0);        /* its end follows */
}

/* Keeps the last whole line: "ssh: connect to host pi4 port 22: No route to host". */
static void
on_error(void *arg, unsigned events)
{
	struct board *b = arg;
	char buf[1024];
	const ssize_t n = sys_read(b->err, buf, sizeof buf);
	struct slice rest, line;

	(void)events;
	if (n <= 0) {
		if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
			loop_fd_events(b->watch_err, 0);
		return;
	}
	rest = slice_make(buf, (size_t)n);
	while (rest.n != 0) {
		line = slice_trim(slice_cut(rest, '\n', &rest));
		if (line.n == 0)
			continue;
		if (line.n >= sizeof b->said)
			line.n = sizeof b->said - 1;
		snprintf(b->said, sizeof b->said, "%.*s", (int)line.n, line.p);
		for (char *c = b->said; *c != '\0'; c++)
			*c = (unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c;
	}
}

static enum err
launch(struct board *b, struct err_msg *why)
{
	struct words w;
	int io[2] = { -1, -1 }, err[2] = { -1, -1 };
	struct sys_spawn s = { .fd3 = -1, .argv = w.argv };
	enum err e = words_of(&w, b->spec, why);

	if (e != ERR_OK)
		return e;
	if (sys_socketpair(io) && sys_socketpair(err)) {
		(void)sys_nonblock(io[1], false);       /* a shell does not expect EAGAIN */
		(void)sys_nonblock(err[1], false);
		s.fd_in = s.fd_out = io[1];
		s.fd_err = err[1];
		e = sys_spawn(&s, &b->pid, why);
	} else {
		e = err_errno(why, errno, b->spec, "making a socket pair");
	}
	sys_close(io[1]);
	sys_close(err[1]);
	b->fd = io[0];
	b->err = err[0];
	return e;
}

static void
start(void *arg)
{
	struct board *b = arg;

	b->retry = NULL;
	b->answered = false;
	b->said[0] = '\0';
	if (launch(b, &b->why) != ERR_OK) {
		over(b);
		return;
	}
	b->watch_out = loop_fd_open(b->loop, b->fd, LOOP_READ, on_output, b);
	b->watch_err = loop_fd_open(b->loop, b->err, LOOP_READ, on_error, b);
	b->child = loop_child_watch(b->loop, b->pid, on_child, b);
	remote_begin(b->remote);
}

/* ---- the sampler's wishes ---- */

/* Requests are far shorter than a socket holds, and one is under way at a time: what does not fit
 * at once meets a link that takes nothing any more. */
static void
on_write(void *arg, const char *p, size_t n)
{
	struct board *b = arg;

	if (b->fd >= 0 && sys_write(b->fd, p, n) != (ssize_t)n && b->pid > 0)
		sys_kill_group(b->pid, SIGTERM);
}

static void
on_done(void *arg, const struct err_msg *why)
{
	struct board *b = arg;

	b->answered = b->answered || why == NULL;
	if (why != NULL && why->code == ERR_LOST && b->why.why[0] != '\0')
		why = &b->why;
	b->done(b->arg, why);
}

static void
on_dead(void *arg, const struct err_msg *why)
{
	struct board *b = arg;

	b->why = *why;
	if (b->pid > 0)
		sys_kill_group(b->pid, SIGKILL);
}

struct board *
board_open(struct loop *l, const char *spec, board_cb done, void *arg, struct err_msg *why)
{
	static const struct remote_cb cb = { .write = on_write, .done = on_done, .dead = on_dead };
	static const struct remote_opts opts = { .baud = 0 };
	struct board *b;

	if (board_check(spec, why) != ERR_OK)
		return NULL;
	b = mem_zero(1, sizeof *b);
	b->loop = l;
	b->spec = mem_str(spec);
	b->done = done;
	b->arg = arg;
	b->fd = b->err = -1;
	b->mirror = mirror_new();
	b->remote = remote_new(l, b->mirror, &opts, &cb, b);
	start(b);
	return b;
}

static void
reaped(void *arg, int status)
{
	(void)arg;
	(void)status;
}

void
board_free(struct board *b)
{
	if (b == NULL)
		return;
	loop_timer_stop(b->retry);
	remote_end(b->remote);
	close_ends(b);                  /* the loop on the board ends with its input */
	if (b->child != NULL) {
		loop_child_forget(b->child);
		(void)loop_child_watch(b->loop, b->pid, reaped, NULL);
		sys_kill_group(b->pid, SIGTERM);
	}
	remote_free(b->remote);
	mirror_free(b->mirror);
	mem_free(b->spec);
	mem_free(b);
}

bool
board_sample(struct board *b)
{
	return remote_sample(b->remote);
}

const struct mirror *
board_mirror(const struct board *b)
{
	return b->mirror;
}

struct remote *
board_remote(struct board *b)
{
	return b->remote;
}
