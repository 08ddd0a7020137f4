/*
 * linkage.h - what a program needs of the system it is started on.
 *
 * Layer   elf. The bytes are hostile.
 */
#ifndef ELF_LINKAGE_H
#define ELF_LINKAGE_H
#include <gelf.h>
#include "core/json.h"

/*
 * Into o: pie, static, interp, needed [name], versions {GLIBC: "2.34"} (the highest of each),
 * libc ("glibc" "musl" "uclibc"), relro, bind_now, min_kernel ("3.2.0"), build_id, go_build_id.
 */
void linkage_put(Elf *e, const GElf_Ehdr *head, json_t *o);

#endif
