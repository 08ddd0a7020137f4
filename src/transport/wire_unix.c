/* wire_unix.c - a unix stream socket. */
#include "transport/wire_unix.h"

#include "sys/sock.h"

static enum err
wire_open(struct transport *t, const char *rest, struct err_msg *why)
{
	const enum err e = sys_unix_connect(rest, &t->fd, why);

	if (e == ERR_OK)
		t->state = TRANSPORT_OPEN;
	return e;
}

const struct wire_ops wire_unix_ops = { .scheme = "unix", .returns = true, .open = wire_open };
