/*
 * attributes.h - for which processor a program was built, as its assembler noted it.
 *
 * Layer   elf. The bytes are hostile.
 * Source  Addenda to the ABI for the Arm Architecture (.ARM.attributes); RISC-V ELF psABI.
 */
#ifndef ELF_ATTRIBUTES_H
#define ELF_ATTRIBUTES_H
#include <gelf.h>
#include "core/json.h"

/*
 * arm:   {arch: "v7E-M", arch_number, profile: "M", cpu, fp: 0.., vfp_args: 0..} of what is said,
 *        and float: "hard" (FPU registers carry arguments), "soft" or "softfp"
 * riscv: {arch: "rv32imac...", float: "soft" "single" "double", compressed}
 * NULL: neither. New reference.
 */
json_t *attributes_read(Elf *e, const GElf_Ehdr *head);

#endif
