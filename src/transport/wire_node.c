/* wire_node.c - opening a device node, settings, and dropping what it has not sent. */
#include "transport/wire_node.h"

#include "transport/node.h"
#include "transport/tty.h"

enum err
wire_node_configure(struct transport *t, struct err_msg *why)
{
	const enum err e = tty_configure(t->fd, t->device, &t->set, why);

	return e == ERR_OK ? tty_rs485(t->fd, t->device, &t->set, why) : e;
}

enum err
wire_node_purge(struct transport *t, struct err_msg *why)
{
	(void)why;
	tty_drop_output(t->fd);
	return ERR_OK;
}

enum err
wire_node_open(struct transport *t, const char *path, wire_node_set_up set_up,
    struct err_msg *why)
{
	const enum err e = node_open(path, &t->fd, &t->lock, &t->late, why);

	if (e == ERR_OK && t->late != NULL)
		t->state = TRANSPORT_OPENING;
	return e == ERR_OK && t->late == NULL ? set_up(t, why) : e;
}

enum err
wire_node_connected(struct transport *t, wire_node_set_up set_up, struct err_msg *why)
{
	struct sys_late *late = t->late;
	enum err e;

	t->late = NULL;
	e = node_take(t->device, late, &t->fd, why);
	return e == ERR_OK ? set_up(t, why) : e;
}
