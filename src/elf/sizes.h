/*
 * sizes.h - where the bytes of a program go: by section, package and symbol.
 *
 * Layer   elf. Every byte of every allocated section is counted once: what no symbol covers stands
 *         as "[section]". flash: what lies in the file (text, rodata, data); ram: data, bss.
 * Packages of Go and TinyGo symbols are their import paths; "(types)", "(strings)" and the like are
 *         what the Go linker makes; other symbols belong to the source file that the symbol table
 *         names for local ones, else to "(C)" or, in Go, "(assembly)".
 */
#ifndef ELF_SIZES_H
#define ELF_SIZES_H
#include <gelf.h>
#include "core/json.h"
#include "elf/gotab.h"

enum { SIZES_SYMBOLS = 100000, SIZES_PACKAGES = 20000 };       /* rows at most */

/* Into o: sizes {text, rodata, data, bss, flash, ram}, packages [{name, text, rodata, data, bss}]
 * and symbols [{name, package, section, size, kind}], largest first, at most `rows` symbols.
 * table: of a stripped Go program, or NULL. */
void sizes_put(Elf *e, const GElf_Ehdr *head, const struct gotab *table, size_t rows, json_t *o);

#endif
