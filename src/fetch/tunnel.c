/* tunnel.c - ssh -W behind a unix socket. */
#include "fetch/tunnel.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "sys/io.h"
#include "sys/sock.h"
#include "sys/spawn.h"

enum { MOMENT_MS = 1500 };

enum err
tunnel_open(struct tunnel *t, const char *host, const char *port, struct err_msg *why)
{
	*t = (struct tunnel){ .host = host, .port = port, .listen_fd = -1, .said_fd = -1,
	    .pid = -1 };
	return sys_tcp_listen_loopback(&t->through, &t->listen_fd, why);
}

/* The connection that is ours: anyone on this machine may knock. */
static int
accept_ours(int fd, uint16_t port)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (poll(&p, 1, MOMENT_MS) > 0) {
		int got = sys_accept(fd);
		uint16_t from;

		if (got >= 0 && sys_peer_loopback(got, &from) && from == port)
			return got;
		sys_close(got);
	}
	return -1;
}

static void
stop(struct tunnel *t)
{
	if (t->pid > 0) {
		sys_kill_group(t->pid, SIGTERM);
		(void)sys_wait(t->pid);
	}
	sys_close(t->said_fd);
	t->pid = -1;
	t->said_fd = -1;
}

enum err
tunnel_start(struct tunnel *t, uint16_t port, struct err_msg *why)
{
	const char *program = getenv("VISE_SSH");
	char *to = mem_fmt("localhost:%s", t->port);
	const char *const argv[] = { program != NULL && program[0] != '\0' ? program : "ssh", "-T",
	    "-o", "BatchMode=yes", "-o", "ControlMaster=no", "-o", "ConnectTimeout=10", "-W", to,
	    "--", t->host, NULL };
	int data, said[2] = { -1, -1 };
	enum err e;

	if (t->pid > 0 && t->ours == port) {
		mem_free(to);
		return ERR_OK;
	}
	stop(t);                        /* its connection has ended, this is a new one */
	t->ours = port;
	data = accept_ours(t->listen_fd, port);
	if (data < 0 || !sys_socketpair(said)) {
		e = err_set(why, ERR_INFRA, "ssh", NULL, "no connection for it");
	} else {
		const struct sys_spawn s = { .argv = argv, .fd_in = data, .fd_out = data,
		    .fd_err = said[1], .fd3 = -1, .no_new_privs = true, .keep_group = true };

		e = sys_spawn(&s, &t->pid, why);
	}
	mem_free(to);
	sys_close(data);
	sys_close(said[1]);
	t->said_fd = said[0];
	return e;
}

/* One line of it is for a person; control bytes of another machine are not. */
static void
keep_line(struct tunnel *t, const char *p, size_t n)
{
	size_t end = n, begin, out = 0;

	while (end > 0 && (p[end - 1] == '\n' || p[end - 1] == '\r' || p[end - 1] == '.'))
		end--;
	begin = end;
	while (begin > 0 && p[begin - 1] != '\n')
		begin--;
	for (; begin < end && out + 1 < sizeof t->said; begin++)
		t->said[out++] = (char)(p[begin] >= ' ' && p[begin] < 127 ? p[begin] : '?');
	t->said[out] = '\0';
}

static void
listen_to(struct tunnel *t)
{
	char text[4096];
	size_t n = 0;
	struct pollfd p = { .fd = t->said_fd, .events = POLLIN };

	while (n < sizeof text && poll(&p, 1, MOMENT_MS) > 0) {
		ssize_t got = sys_read(t->said_fd, text + n, sizeof text - n);

		if (got <= 0)
			break;
		n += (size_t)got;
	}
	keep_line(t, text, n);
}

void
tunnel_close(struct tunnel *t, bool failed)
{
	if (failed && t->said_fd >= 0)
		listen_to(t);
	stop(t);
	sys_close(t->listen_fd);
	t->listen_fd = -1;
}
