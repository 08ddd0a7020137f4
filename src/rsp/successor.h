/*
 * successor.h - where an instruction may lead: the places at which a single step may end.
 *
 * Layer   rsp. Pure. Thumb of M profile, A64, RV32/RV64 with C; for others nothing is known, and
 *         said so.
 * Source  ARMv7-M ARM (DDI 0403) A5 and A7.7, ARM ARM (DDI 0487) C4.1, RISC-V unprivileged ISA
 *         chapters 2 and 27.
 * Honest  a target in a register or in memory (bx, ldr pc, ret, jalr) is `open`: such a step is not
 *         checked. Instructions that raise an exception on purpose (svc, ecall) are `open` too.
 */
#ifndef RSP_SUCCESSOR_H
#define RSP_SUCCESSOR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rsp_isa { RSP_ISA_UNKNOWN, RSP_ISA_THUMB, RSP_ISA_A64, RSP_ISA_RISCV };

struct rsp_successors {
	uint64_t at[2];
	size_t   n;                     /* known places */
	bool     open;                  /* another place is right as well */
};

/* code: the bytes at pc as memory has them (little endian), at least 4 where they can be read.
 * in_it: the instruction stands in an IT block, so a branch may not be taken. */
struct rsp_successors rsp_successors_of(enum rsp_isa isa, uint64_t pc, const unsigned char *code,
    size_t n, bool in_it);

#endif
