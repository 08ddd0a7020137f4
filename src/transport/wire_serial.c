/* wire_serial.c - real serial ports: own descriptor, all locks, no edge that was not asked for. */
#include "transport/wire_serial.h"

#include "base/alloc.h"
#include "sys/io.h"
#include "transport/tty.h"
#include "transport/wire_node.h"

static enum err
lines(const struct transport *t, unsigned *now, struct err_msg *why)
{
	return tty_lines(t->fd, t->device, now, why);
}

static enum err
lines_set(struct transport *t, unsigned mask, unsigned on, struct err_msg *why)
{
	return tty_lines_set(t->fd, t->device, mask, on, why);
}

static enum err
set_break(struct transport *t, bool on, struct err_msg *why)
{
	return tty_set_break(t->fd, t->device, on, why);
}

static size_t
kernel_queue(const struct transport *t)
{
	return tty_kernel_queue(t->fd);
}

/* The kernel raised both lines in open(); what the user wants instead follows at once, in
 * one call. */
static void
first_lines(struct transport *t)
{
	const unsigned mask = (t->set.dtr >= 0 ? LINE_DTR : 0u) | (t->set.rts >= 0 ? LINE_RTS : 0u);
	const unsigned on = (t->set.dtr > 0 ? LINE_DTR : 0u) | (t->set.rts > 0 ? LINE_RTS : 0u);

	if (mask != 0)
		(void)tty_lines_set(t->fd, t->device, mask, on, NULL);
}

static void
wire_close(struct transport *t)
{
	if (t->fd < 0)
		return;
	tty_drop_output(t->fd);
	tty_exclusive(t->fd, false);
}

/* The descriptor is there: the rest of opening. */
static enum err
set_up(struct transport *t, struct err_msg *why)
{
	enum err e;

	first_lines(t);
	tty_exclusive(t->fd, true);
	e = wire_node_configure(t, why);
	if (e != ERR_OK) {
		wire_close(t);
		sys_close(t->fd);
		t->fd = -1;
		return e;
	}
	tty_no_closing_wait(t->fd);
	t->port = mem_zero(1, sizeof *t->port);
	if (port_describe("", t->device, 0, t->port) != ERR_OK) {
		mem_free(t->port);
		t->port = NULL;
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

const struct wire_ops wire_serial_ops = {
	.scheme = "serial", .returns = true, .open = wire_open, .connected = connected,
	.configure = wire_node_configure,
	.purge = wire_node_purge,
	.lines = lines, .lines_set = lines_set, .set_break = set_break,
	.kernel_queue = kernel_queue, .close = wire_close,
};
