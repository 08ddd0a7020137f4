/*
 * gotab.h - Go's function table, .gopclntab: names, files and lines of a stripped program.
 *
 * Layer   elf, private. Borrows the bytes. Everything in them is checked; a table that lies gives
 *         fewer answers, never a read outside of it.
 * Source  Go's src/debug/gosym/pclntab.go and src/internal/abi: magic 0xfffffffb (1.2),
 *         0xfffffffa (1.16), 0xfffffff0 (1.18), 0xfffffff1 (1.20 and later).
 */
#ifndef ELF_GOTAB_H
#define ELF_GOTAB_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gotab {
	const unsigned char *p;
	size_t   n;
	bool     big;                   /* byte order */
	unsigned version;               /* 12, 116, 118, 120 */
	unsigned quantum, word;         /* bytes of an instruction unit, of a pointer */
	uint64_t funcs, files, text;
	size_t   names, units, filetab, pctab, functab;
};

struct gotab_place { const char *func, *file; unsigned line; };

/* text: where the code begins, for tables that do not say. False: no table. */
bool gotab_open(struct gotab *t, const unsigned char *p, size_t n, bool big, uint64_t text);
bool gotab_find(const struct gotab *t, uint64_t pc, struct gotab_place *out);
/* The i-th of t->funcs functions: where it begins, where the next one does, its name. */
bool gotab_func(const struct gotab *t, uint64_t i, uint64_t *from, uint64_t *to,
    const char **name);

#endif
