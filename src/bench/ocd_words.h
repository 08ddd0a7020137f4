/*
 * ocd_words.h - fault registers, the audit of the debug registers, the vector table: in words.
 * Private to bench/.
 *
 * Layer   bench. The commands are bench_ocd_words_commands of hub.h; each is one script, so that
 *         what it shows belongs together. Words: openocd/cortexm.h.
 * Faults  {core, state, registers: [{name, addr, value, words}], core_registers?, frame?: {sp,
 *         value..., guess}}; the frame is the one that the exception stacked, where it is found.
 * Audit   {core, registers: [{name, block, what, addr, value?, verdict, why, words}], comparators}
 *         verdict: "present" "partly" "missing" "none" (this architecture has none) "unread".
 */
#ifndef BENCH_OCD_WORDS_H
#define BENCH_OCD_WORDS_H
#include "bench/ocd.h"

enum { OCD_STACK_WORDS = 64 };

#endif
