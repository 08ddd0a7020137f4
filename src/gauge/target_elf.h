/*
 * target_elf.h - the part of target_check.c about the program: machine, float ABI, CPU, loader,
 * libc. Private to target_check.c.
 *
 * Layer   gauge. Pure. e_machine and e_flags are those of ELF; the board's userland is known by the
 *         header of its own shell, whatever its kernel is.
 */
#ifndef GAUGE_TARGET_ELF_H
#define GAUGE_TARGET_ELF_H
#include "gauge/target_words.h"

void target_elf(struct target *t);
/* The oldest kernel the program runs on, as target_version(); 0: any, or no program. */
unsigned target_elf_kernel(const struct target *t);

#endif
