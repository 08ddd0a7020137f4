/*
 * symtab.h - the functions of a symbol table, sorted, for files without debugging information.
 *
 * Layer   elf, private. Names are borrowed from the file.
 */
#ifndef ELF_SYMTAB_H
#define ELF_SYMTAB_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <gelf.h>

struct symtab_row { uint64_t addr, size; const char *name; };
struct symtab { struct symtab_row *row; size_t n, cap; };

/* thumb: bit 0 of an address is a mode, not a place. */
void symtab_read(struct symtab *t, Elf *e, bool thumb);
void symtab_fini(struct symtab *t);
/* The last function at or before addr that may hold it; NULL: none. */
const struct symtab_row *symtab_find(const struct symtab *t, uint64_t addr);

#endif
