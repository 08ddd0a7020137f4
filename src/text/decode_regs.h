/*
 * decode_regs.h - register dumps of faults: Cortex-M, RISC-V, Xtensa, however spelled.
 *
 * Layer   text, private to decode.c.
 * Formats TinyGo's `*** Exception:` lines; Zephyr arch/{arm,riscv}/core/fatal.c (`***** BUS FAULT`,
 *         `r15/pc`, `mcause`, `ZEPHYR FATAL ERROR`); Mbed OS mbed_fault_handler.c (`FaultType`,
 *         `R   0`); CMSIS examples (`PC = 0x..`, `CFSR`); ESP-IDF panic.c (`Guru Meditation Error`,
 *         `MEPC`, `EXCVADDR`, `Backtrace: pc:sp ...`); ESP8266 (`Exception (28):`, `epc1=`).
 * How     a phrase or a register opens a record; every `NAME 0xVALUE` of a known name is kept, for
 *         as long as lines look like a dump.
 */
#ifndef TEXT_DECODE_REGS_H
#define TEXT_DECODE_REGS_H
#include "text/decoder.h"

extern const struct decoder_ops decode_regs_ops;        /* the dumps */
extern const struct decoder_ops decode_backtrace_ops;   /* a `Backtrace:` line alone */

#endif
