/*
 * needs.h - what a program asks of the machine that is to run it.
 *
 * Layer   elf. The bytes are hostile.
 * Sources ELF gABI; processor supplements (ARM e_flags: AAELF32; MIPS); the rest is said in
 *         linkage.h and buildinfo.h, which read it.
 */
#ifndef ELF_NEEDS_H
#define ELF_NEEDS_H
#include <stddef.h>
#include "base/err.h"
#include "core/json.h"

/*
 * {e_machine, e_flags, bits, big, interp "" for a static one, libs ["libc.so.6"], versions
 * ["GLIBC_2.34"] (the newest of each kind), kernel [3,2,0] (0 0 0: no note), go "go1.22.1" ("": not
 * Go), goarm "7", goamd64 "v3", gomips "softfloat", size in bytes}. A new reference in *out.
 * ERR_FORMAT: no linked program. bytes may be changed: libelf converts in place.
 */
enum err needs_read(void *bytes, size_t n, const char *what, json_t **out, struct err_msg *why);

#endif
