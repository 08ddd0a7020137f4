/*
 * variables.h - a program's variables by name: where they are, how large, of what type.
 *
 * Layer   elf, private to binary.c. The file is hostile: walks are counted, nesting is bounded.
 * Names   NAME, and behind it .MEMBER and [INDEX] as far as the type goes; Go's names have dots of
 *         their own (main.counter), so the longest variable's name that fits is meant. A structure
 *         or array is given as its members, the innermost, in order.
 * Source  DWARF 2 to 5 (globals and function statics with an address), else the symbol table: then
 *         a size is all that is known of the type.
 */
#ifndef ELF_VARIABLES_H
#define ELF_VARIABLES_H
#include <gelf.h>
#include <elfutils/libdw.h>
#include "elf/binary.h"

/* How many; 0: there is none of this name. dw may be NULL. */
size_t variables_find(Elf *e, Dwarf *dw, const char *name, struct binary_variable *out, size_t max);

#endif
