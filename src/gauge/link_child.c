/* link_child.c - a child that gives a shell on a board: its words, its pipes, its end. */
#include "gauge/link_child.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "sys/io.h"
#include "sys/sock.h"
#include "sys/spawn.h"

enum { ARGS_MAX = 64, WORDS_MAX = 4096, SAID_MAX = 200, READ_SIZE = 16384 };

struct link {
	struct loop *loop;
	char *spec;
	const struct link_cb *cb;
	void *arg;
	struct loop_fd *watch_out, *watch_err;
	struct loop_child *child;
	pid_t pid;
	int fd, err;                    /* its stdin and stdout; its stderr */
	char said[SAID_MAX];            /* the last line of its stderr */
};

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

/* HOST, USER@HOST, HOST:PORT, [V6]:PORT, each also behind //. A leading dash would be an
 * option of ssh. */
static enum err
words_ssh(struct words *w, const char *target, struct err_msg *why)
{
	static const char *const lead[] = { "ssh", "-T", "-oBatchMode=yes", "-oConnectTimeout=10",
		"-oServerAliveInterval=5", "-oServerAliveCountMax=3", "-oClearAllForwardings=yes" };
	char *host = w->text, *colon;
	uint64_t port;

	snprintf(w->text, sizeof w->text, "%s", target + (strncmp(target, "//", 2) == 0 ? 2 : 0));
	if (*host == '\0' || *host == '-' || strpbrk(host, " \t\n") != NULL)
		return err_set(why, ERR_USAGE, target,
		    "name it ssh:HOST, ssh://USER@HOST:PORT", "not a host");
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

static enum err
words_of(struct words *w, const char *spec, struct err_msg *why)
{
	const char *rest = strchr(spec, ':') + 1;

	w->n = 0;
	if (strlen(spec) >= WORDS_MAX)
		return err_set(why, ERR_USAGE, "board", NULL, "the address is too long");
	return strncmp(spec, "ssh:", 4) == 0 ? words_ssh(w, rest, why) : words_exec(w, rest, why);
}

static enum err
check(const char *spec, struct err_msg *why)
{
	struct words w;

	return words_of(&w, spec, why);
}

/* ---- life of the child ---- */

/* What mends that ssh was not let in: nobody is there to answer its questions. */
static const char *
next_of(const char *said)
{
	static const struct { const char *says, *next; } known[] = {
		{ "Permission denied", "a key must let ssh in, no password is asked: ssh-copy-id, "
		  "ssh-agent" },
		{ "Host key verification failed", "ssh to it once by hand, and look at its key" },
		{ "Could not resolve", "look at the name, or at ~/.ssh/config" },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strstr(said, known[i].says) != NULL)
			return known[i].next;
	return NULL;
}

static void
on_child(void *arg, int status)
{
	struct link *k = arg;
	struct err_msg why;

	k->child = NULL;
	k->pid = 0;
	if (k->said[0] != '\0')
		(void)err_set(&why, ERR_LOST, k->spec, next_of(k->said), "%s", k->said);
	else
		(void)err_set(&why, ERR_LOST, k->spec, NULL, "the link ended (status %d)", status);
	k->cb->over(k->arg, &why);
}

static void
on_output(void *arg, unsigned events)
{
	struct link *k = arg;
	char buf[READ_SIZE];
	const ssize_t n = sys_read(k->fd, buf, sizeof buf);

	(void)events;
	if (n > 0)
		k->cb->bytes(k->arg, buf, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
		loop_fd_events(k->watch_out, 0);        /* its end follows */
}

/* Keeps the last whole line: "ssh: connect to host pi4 port 22: No route to host". */
static void
on_error(void *arg, unsigned events)
{
	struct link *k = arg;
	char buf[1024];
	const ssize_t n = sys_read(k->err, buf, sizeof buf);
	struct slice rest, line;

	(void)events;
	if (n <= 0) {
		if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
			loop_fd_events(k->watch_err, 0);
		return;
	}
	rest = slice_make(buf, (size_t)n);
	while (rest.n != 0) {
		line = slice_trim(slice_cut(rest, '\n', &rest));
		if (line.n == 0)
			continue;
		if (line.p[line.n - 1] == '.')  /* what mends it follows */
			line.n--;
		if (line.n >= sizeof k->said)
			line.n = sizeof k->said - 1;
		snprintf(k->said, sizeof k->said, "%.*s", (int)line.n, line.p);
		for (char *c = k->said; *c != '\0'; c++)
			*c = (unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c;
	}
}

static enum err
launch(struct link *k, struct err_msg *why)
{
	struct words w;
	int io[2] = { -1, -1 }, err[2] = { -1, -1 };
	struct sys_spawn s = { .fd3 = -1, .argv = w.argv };
	enum err e = words_of(&w, k->spec, why);

	if (e != ERR_OK)
		return e;
	if (sys_socketpair(io) && sys_socketpair(err)) {
		(void)sys_nonblock(io[1], false);       /* a shell does not expect EAGAIN */
		(void)sys_nonblock(err[1], false);
		s.fd_in = s.fd_out = io[1];
		s.fd_err = err[1];
		e = sys_spawn(&s, &k->pid, why);
	} else {
		e = err_errno(why, errno, k->spec, "making a socket pair");
	}
	sys_close(io[1]);
	sys_close(err[1]);
	k->fd = io[0];
	k->err = err[0];
	return e;
}

static void
on_start(void *arg)
{
	struct link *k = arg;

	k->cb->ready(k->arg);
}

static struct link *
child_open(struct loop *l, const char *spec, void *with, const struct link_cb *cb, void *arg,
    struct err_msg *why)
{
	struct link *k = mem_zero(1, sizeof *k);

	(void)with;
	*k = (struct link){ .loop = l, .spec = mem_str(spec), .cb = cb, .arg = arg, .fd = -1,
		.err = -1 };
	if (launch(k, why) != ERR_OK) {
		sys_close(k->fd);
		sys_close(k->err);
		mem_free(k->spec);
		mem_free(k);
		return NULL;
	}
	k->watch_out = loop_fd_open(l, k->fd, LOOP_READ, on_output, k);
	k->watch_err = loop_fd_open(l, k->err, LOOP_READ, on_error, k);
	k->child = loop_child_watch(l, k->pid, on_child, k);
	loop_defer(l, on_start, k);
	return k;
}

/* Requests are far shorter than a socket holds, and one is under way at a time: what does not fit
 * at once meets a link that takes nothing any more. */
static void
child_write(struct link *k, const char *p, size_t n)
{
	if (k->fd >= 0 && sys_write(k->fd, p, n) != (ssize_t)n && k->pid > 0)
		sys_kill_group(k->pid, SIGTERM);
}

static void
reaped(void *arg, int status)
{
	(void)arg;
	(void)status;
}

static void
child_close(struct link *k)
{
	loop_defer_cancel(k->loop, on_start, k);
	loop_fd_close(k->watch_out);
	loop_fd_close(k->watch_err);
	sys_close(k->fd);               /* the loop on the board ends with its input */
	sys_close(k->err);
	if (k->child != NULL) {
		loop_child_forget(k->child);
		(void)loop_child_watch(k->loop, k->pid, reaped, NULL);
		sys_kill_group(k->pid, SIGTERM);
	}
	mem_free(k->spec);
	mem_free(k);
}

static unsigned
child_baud(const struct link *k)
{
	(void)k;
	return 0;
}

#define CHILD_OPS(word) \
	{ .scheme = word, .check = check, .open = child_open, .write = child_write, \
		.close = child_close, .baud = child_baud }

const struct link_ops link_ssh_ops = CHILD_OPS("ssh:"), link_exec_ops = CHILD_OPS("exec:");
