/*
 * wire_tty.h - the wire: a pseudo-terminal somebody else made (simulator, QEMU, socat).
 *
 * Layer   transport, private.
 */
#ifndef TRANSPORT_WIRE_TTY_H
#define TRANSPORT_WIRE_TTY_H
#include "transport/wire.h"

extern const struct wire_ops wire_tty_ops;

#endif
