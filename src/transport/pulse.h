/*
 * pulse.h - a sequence on DTR and RTS: reset, boot loader, whatever a board is wired for.
 *
 * Layer   transport. A value; nothing is owned.
 * Grammar of esp-idf-monitor and esptool (custom_reset_sequence): steps divided by '|':
 *         D0 D1 (DTR), R0 R1 (RTS), U1,0 (DTR and RTS), W0.1 (wait seconds). 1 is asserted,
 *         which is a low pin. Steps with no wait between them are one change of both lines.
 * Names   instead of steps: reset (RTS 100 ms), reset-both, reset-dtr, esp-reset, esp-boot,
 *         esp-usb-boot, off.
 */
#ifndef TRANSPORT_PULSE_H
#define TRANSPORT_PULSE_H
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

enum { PULSE_STEPS_MAX = 64, PULSE_WAIT_MAX_S = 10 };

struct pulse_step {
	unsigned mask, on;              /* LINE_ bits to set at once; 0: none */
	uint64_t wait_ns;               /* after that */
};

struct pulse { struct pulse_step step[PULSE_STEPS_MAX]; size_t n; };

enum err pulse_parse(const char *text, struct pulse *out, struct err_msg *why);
/* "reset, esp-boot, ..." */
const char *pulse_names(void);

#endif
