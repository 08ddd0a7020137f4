/*
 * wire.h - what one kind of wire supplies; no header outside transport/ includes it.
 *
 * Layer   transport, private. A wire opens a descriptor; reading, the write queue, pacing and
 *         hang-up are transport.c's, the same for all. A new wire is one file and one row of
 *         the table there.
 */
#ifndef TRANSPORT_WIRE_H
#define TRANSPORT_WIRE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "loop/loop.h"
#include "sys/late.h"
#include "transport/transport.h"

struct transport;

struct wire_ops {
	const char *scheme;             /* the address up to ':' */
	bool        returns;            /* a lost one may come back by itself */
	/* Sets t->fd (non-blocking) and t->state: OPEN, or OPENING (then `connected` runs
	 * when writable). */
	enum err  (*open)(struct transport *t, const char *rest, struct err_msg *why);
	enum err  (*connected)(struct transport *t, struct err_msg *why);
	/* A late one that is no node is there: sets t->fd, which is connecting. */
	enum err  (*arrived)(struct transport *t, struct err_msg *why);
	/* The wire hung up: true when it will call transport_lost itself, with a better reason. */
	bool      (*hangup)(struct transport *t);
	enum err  (*configure)(struct transport *t, struct err_msg *why);
	enum err  (*lines)(const struct transport *t, unsigned *lines, struct err_msg *why);
	enum err  (*lines_set)(struct transport *t, unsigned mask, unsigned on,
	    struct err_msg *why);
	enum err  (*set_break)(struct transport *t, bool on, struct err_msg *why);
	/* Bytes as they came, in place: how many of them are data. NULL: all. */
	size_t    (*decode)(struct transport *t, unsigned char *p, size_t n);
	/* Data into t->out as it goes on the wire. NULL: as it is. */
	enum err  (*encode)(struct transport *t, const void *p, size_t n);
	enum err  (*purge)(struct transport *t, struct err_msg *why);   /* drops what waits */
	enum err  (*replay)(struct transport *t, double speed, bool paused, struct err_msg *why);
	void      (*resize)(struct transport *t, int rows, int cols);
	size_t    (*kernel_queue)(const struct transport *t);
	void      (*close)(struct transport *t); /* before the descriptor is closed; may be NULL */
};

struct transport {
	const struct wire_ops *ops;
	struct loop *loop;
	const struct transport_callbacks *cb;
	void   *arg;
	struct transport_settings set;
	char   *spec, *device;
	char   *lock;                   /* of node_open, or NULL */
	struct port *port;              /* NULL when sysfs does not know it */
	void   *priv;                   /* the wire's own, mem_free'd by transport.c */
	int     fd;
	struct sys_late *late;          /* fd is still being opened (OPENING) */
	struct loop_fd *watch;
	unsigned events;
	enum transport_state state;
	bool    paused, closing, held;  /* held: the far side wants no data for now */
	struct buf out;
	size_t  out_at;                 /* written of out */
	struct loop_timer *pace, *brk;
	struct motion *motion;          /* lines.c: a pulse that is being given, or NULL */
};

/* For wires: the wire is gone; the reason goes to the owner. Runs from the loop only. */
void transport_lost(struct transport *t, const struct err_msg *why);
/* For wires: bytes of their own, into the queue. A peer that does not take them is lost. */
void transport_raw(struct transport *t, const void *p, size_t n);
void transport_hold(struct transport *t, bool held);
/* For wires: settings or lines are others now; text (may be NULL) says why, for people. */
void transport_news(struct transport *t, const char *text);
/* lines.c: a pulse ends here and now; the lines go back. */
void transport_pulse_end(struct transport *t, enum err e);

#endif
