/* wire_tcp.c - a raw TCP stream; the connection is made while the loop goes on. rtt: is the
 * same: OpenOCD serves a channel as plain bytes. */
#include "transport/wire_tcp.h"

#include <string.h>

#include "base/alloc.h"
#include "sys/sock.h"

/* HOST:PORT or [V6]:PORT. The pieces point into copy. */
static bool
split(char *copy, char **host, char **port)
{
	char *colon = strrchr(copy, ':');

	if (colon == NULL || colon == copy || colon[1] == '\0')
		return false;
	*colon = '\0';
	*port = colon + 1;
	*host = copy;
	if (copy[0] == '[' && colon[-1] == ']') {
		colon[-1] = '\0';
		*host = copy + 1;
	}
	return **host != '\0';
}

/* A name is looked up in a thread: its servers may take half a minute to say nothing. */
static enum err
dial(struct transport *t, const char *host, const char *port, struct err_msg *why)
{
	if (!sys_tcp_numeric(host))
		t->late = sys_late_dial(host, port);
	return t->late != NULL ? ERR_OK : sys_tcp_connect(host, port, &t->fd, why);
}

enum err
wire_tcp_arrived(struct transport *t, struct err_msg *why)
{
	struct sys_late *late = t->late;

	t->late = NULL;
	return sys_late_answer(late, &t->fd, why);
}

enum err
wire_tcp_start(struct transport *t, const char *rest, struct err_msg *why)
{
	char *copy = mem_str(rest), *host, *port;
	enum err e;

	if (split(copy, &host, &port))
		e = dial(t, host, port, why);
	else
		e = err_set(why, ERR_USAGE, t->spec,
		    "write tcp:HOST:PORT (rfc2217: telnet: rtt: likewise)",
		    "the host or the port is missing");
	mem_free(copy);
	if (e == ERR_OK)
		t->state = TRANSPORT_OPENING;
	return e;
}

enum err
wire_tcp_connected(struct transport *t, struct err_msg *why)
{
	const int errnum = sys_sock_error(t->fd);

	return errnum == 0 ? ERR_OK : err_errno(why, errnum, t->spec, "connecting");
}

const struct wire_ops wire_tcp_ops = {
	.scheme = "tcp", .returns = true, .open = wire_tcp_start,
	.arrived = wire_tcp_arrived, .connected = wire_tcp_connected,
};

const struct wire_ops wire_rtt_ops = {
	.scheme = "rtt", .returns = true, .open = wire_tcp_start,
	.arrived = wire_tcp_arrived, .connected = wire_tcp_connected,
};
