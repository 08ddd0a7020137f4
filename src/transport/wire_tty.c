/* wire_tty.c - ptys: flock only, for TIOCEXCL would outlive us while the other side keeps
 * the slave open. */
#include "transport/wire_tty.h"

#include "sys/io.h"
#include "transport/tty.h"
#include "transport/wire_node.h"

/* The descriptor is there: the rest of opening. */
static enum err
set_up(struct transport *t, struct err_msg *why)
{
	const enum err e = wire_node_configure(t, why);

	if (e != ERR_OK) {
		sys_close(t->fd);
		t->fd = -1;
		return e;
	}
	t->state = TRANSPORT_OPEN;
	return ERR_OK;
}

static enum err
wire_open(struct transport *t, const char *rest, struct err_msg *why)
{
	return wire_node_open(t, rest, set_up, why);
}

static enum err
connected(struct transport *t, struct err_msg *why)
{
	return wire_node_connected(t, set_up, why);
}

const struct wire_ops wire_tty_ops = {
	.scheme = "pty", .returns = true, .open = wire_open, .connected = connected,
	.configure = wire_node_configure, .purge = wire_node_purge,
};
