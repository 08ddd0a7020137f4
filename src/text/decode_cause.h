/*
 * decode_cause.h - numbers of fault registers in words.
 *
 * Layer   text. Texts are static.
 * Source  Armv7-M Architecture Reference Manual B3.2.15-17 (CFSR, HFSR), B1.5.8 (EXC_RETURN);
 *         RISC-V Privileged Architecture, table 3.6 (mcause); Xtensa ISA, table 4-64 (EXCCAUSE).
 */
#ifndef TEXT_DECODE_CAUSE_H
#define TEXT_DECODE_CAUSE_H
#include <stdint.h>
#include "text/decoder.h"

const char *decode_cause_riscv(uint64_t mcause);
const char *decode_cause_xtensa(uint64_t exccause);
/* A row for every bit that is set. */
void decode_cause_cfsr(struct decode_record *r, uint64_t cfsr);
void decode_cause_hfsr(struct decode_record *r, uint64_t hfsr);
/* "thread, process stack" for 0xfffffffd; NULL: no EXC_RETURN. */
const char *decode_cause_exc_return(uint64_t lr);

#endif
