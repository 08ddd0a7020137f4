/*
 * wire_tcp.h - the wire: tcp:HOST:PORT, a raw byte stream.
 *
 * Layer   transport, private.
 */
#ifndef TRANSPORT_WIRE_TCP_H
#define TRANSPORT_WIRE_TCP_H
#include "transport/wire.h"

extern const struct wire_ops wire_tcp_ops, wire_rtt_ops;

/* For wires over TCP: HOST:PORT, connecting; and the end of that. */
enum err wire_tcp_start(struct transport *t, const char *rest, struct err_msg *why);
enum err wire_tcp_arrived(struct transport *t, struct err_msg *why);     /* its name is known */
enum err wire_tcp_connected(struct transport *t, struct err_msg *why);

#endif
