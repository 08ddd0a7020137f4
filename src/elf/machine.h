/*
 * machine.h - names of processors.
 *
 * Layer   elf.
 */
#ifndef ELF_MACHINE_H
#define ELF_MACHINE_H
#include <stdbool.h>

/* "arm" "arm64" "386" "amd64" "riscv32" "riscv64" "xtensa" "avr" "mips" ..., or "unknown". */
const char *machine_name(unsigned machine, bool wide);

#endif
