/*
 * wire_exec.h - the wire: exec:COMMAND, a program on a pseudo-terminal of ours.
 *
 * Layer   transport, private.
 */
#ifndef TRANSPORT_WIRE_EXEC_H
#define TRANSPORT_WIRE_EXEC_H
#include "transport/wire.h"

extern const struct wire_ops wire_exec_ops, wire_shell_ops;

#endif
