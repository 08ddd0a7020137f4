/*
 * wire_serial.h - the wire: a real serial port (also USB: ttyUSB, ttyACM).
 *
 * Layer   transport, private.
 */
#ifndef TRANSPORT_WIRE_SERIAL_H
#define TRANSPORT_WIRE_SERIAL_H
#include "transport/wire.h"

extern const struct wire_ops wire_serial_ops;

#endif
