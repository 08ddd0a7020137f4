/*
 * wire_unix.h - the wire: unix:PATH, a stream socket (QEMU's chardev).
 *
 * Layer   transport, private.
 */
#ifndef TRANSPORT_WIRE_UNIX_H
#define TRANSPORT_WIRE_UNIX_H
#include "transport/wire.h"

extern const struct wire_ops wire_unix_ops;

#endif
