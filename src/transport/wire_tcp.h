/*
 * wire_tcp.h - the wire: tcp:HOST:PORT, a raw byte stream.
 *
 * Layer   transport, private.
 */
#ifndef TRANSPORT_WIRE_TCP_H
#define TRANSPORT_WIRE_TCP_H
#include "transport/wire.h"

extern const struct wire_ops wire_tcp_ops;

#endif
