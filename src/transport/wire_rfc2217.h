/*
 * wire_rfc2217.h - a serial port behind a telnet server: plain telnet, and RFC 2217 with speed,
 * frame, lines and break.
 *
 * Layer   transport, private. telnet:HOST:PORT and rfc2217:HOST:PORT.
 * Source  RFC 2217; checked against ser2net 4.
 */
#ifndef TRANSPORT_WIRE_RFC2217_H
#define TRANSPORT_WIRE_RFC2217_H
#include "transport/wire.h"

extern const struct wire_ops wire_telnet_ops, wire_rfc2217_ops;

#endif
