/*
 * consoles_wire.h - settings, lines, pulses and breaks of the bench's consoles.
 * Private to bench/.
 *
 * Layer   bench. Nothing is owned here.
 */
#ifndef BENCH_CONSOLES_WIRE_H
#define BENCH_CONSOLES_WIRE_H
#include "bench/consoles.h"

/* The arguments of console.open and console.set that are settings. */
#define CONSOLES_WIRE_ARGS \
	{ "data", ARG_INT, 0, NULL, "data bits, 5 to 8" }, \
	{ "parity", ARG_WORD, 0, NULL, "none even odd mark space" }, \
	{ "stop", ARG_INT, 0, NULL, "stop bits, 1 or 2" }, \
	{ "flow", ARG_WORD, 0, NULL, "none rtscts xonxoff" }, \
	{ "settings", ARG_WORD, 0, NULL, "data, parity and stop in one word: 8N1, 7E2" }, \
	{ "dtr", ARG_BOOL, 0, NULL, "DTR after opening" }, \
	{ "rts", ARG_BOOL, 0, NULL, "RTS after opening" }, \
	{ "rs485", ARG_WORD, 0, NULL, \
	    "off, on, or on,rts-low,echo,before=MS,after=MS (Linux TIOCSRS485)" }

/* The settings that the arguments name, over what *s holds. */
enum err consoles_wire_settings(const json_t *args, struct transport_settings *s,
    struct err_msg *why);
/* Modem lines of the console's row, or NULL where it has none. */
json_t  *consoles_wire_lines(const struct bench_console *k);
/* Looks at the lines, and tells when they changed. */
void     consoles_wire_look(struct bench_console *k);

extern const struct command bench_console_wire_commands[];

#endif
