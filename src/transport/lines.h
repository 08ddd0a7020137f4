/*
 * lines.h - settings while open, modem lines and pulses of a wire; the calls are in transport.h.
 *
 * Layer   transport, private.
 */
#ifndef TRANSPORT_LINES_H
#define TRANSPORT_LINES_H
#include "transport/wire.h"

enum err transport_unsupported(const struct transport *t, const char *what, struct err_msg *why);
enum err transport_not_open(const struct transport *t, struct err_msg *why);

#endif
