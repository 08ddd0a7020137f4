/* wire_tty.c - ptys: flock only, for TIOCEXCL would outlive us while the other side keeps
 * the slave open. */
#include "transport/wire_tty.h"

#include "sys/io.h"
#include "transport/node.h"
#include "transport/tty.h"

static enum err
configure(struct transport *t, struct err_msg *why)
{
	const enum err e = tty_configure(t->fd, t->device, &t->set, why);

	return e == ERR_OK ? tty_rs485(t->fd, t->device, &t->set, why) : e;
}

static enum err
purge(struct transport *t, struct err_msg *why)
{
	(void)why;
	tty_drop_output(t->fd);
	return ERR_OK;
}

/* The descriptor is there: the rest of opening. */
static enum err
set_up(struct transport *t, struct err_msg *why)
{
	const enum err e = configure(t, why);

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
	const enum err e = node_open(rest, &t->fd, &t->lock, &t->late, why);

	if (e == ERR_OK && t->late != NULL)
		t->state = TRANSPORT_OPENING;
	return e == ERR_OK && t->late == NULL ? set_up(t, why) : e;
}

static enum err
connected(struct transport *t, struct err_msg *why)
{
	struct sys_late *late = t->late;
	enum err e;

	t->late = NULL;
	e = node_take(t->device, late, &t->fd, why);
	return e == ERR_OK ? set_up(t, why) : e;
}

const struct wire_ops wire_tty_ops = {
	.scheme = "pty", .returns = true, .open = wire_open, .connected = connected,
	.configure = configure, .purge = purge,
};
