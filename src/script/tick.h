/*
 * tick.h - a periodic signal for the time guard, and the way out from inside its handler.
 *
 * Layer   script. State: one timer and one callback a process, because a signal belongs to the
 *         process.
 * Signal  the first real-time signal but two (SIGRTMIN + 2), SA_RESTART; on CLOCK_MONOTONIC, off
 *         while nobody needs it.
 */
#ifndef SCRIPT_TICK_H
#define SCRIPT_TICK_H
#include <stdbool.h>
#include <stdint.h>

/* fn runs inside the signal handler: only async-signal-safe work. */
bool tick_init(void (*fn)(void));
void tick_fini(void);
void tick_arm(uint64_t period_ns);      /* 0 stops it; may be called from fn */
/* From fn: writes the pieces (NULL-terminated) to stderr and ends the process without any clean-up.
 * */
_Noreturn void tick_die(const char *const *piece, int status);

#endif
