/*
 * consoles_wire.h - settings, lines, pulses and breaks of the bench's consoles. Private to bench/.
 *
 * Layer   bench. Nothing is owned here.
 */
#ifndef BENCH_CONSOLES_WIRE_H
#define BENCH_CONSOLES_WIRE_H
#include "bench/consoles.h"

/* The settings that the arguments of console.open name, over what *s holds. */
enum err consoles_wire_settings(const json_t *args, struct transport_settings *s,
    struct err_msg *why);

extern const struct command bench_console_wire_commands[];

#endif
