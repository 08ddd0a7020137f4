/*
 * places.h - DWARF: from an address to its functions (inlined ones too), files and lines.
 *
 * Layer   elf, private. Strings live as long as the Dwarf handle. Walks over entries are counted:
 *         a file that lies costs at most WALK_MAX steps for one address.
 */
#ifndef ELF_PLACES_H
#define ELF_PLACES_H
#include <stddef.h>
#include <stdint.h>
#include <elfutils/libdw.h>
#include "elf/binary.h"

struct places_range { uint64_t from, to; Dwarf_Off unit; };

struct places {
	Dwarf *dw;                      /* NULL: there is no DWARF */
	struct places_range *range;     /* of the units, sorted by their begin */
	uint64_t *reach;                /* the highest end so far, by row of range */
	size_t n, cap;
};

void   places_open(struct places *p, Elf *e);
void   places_close(struct places *p);
size_t places_find(struct places *p, uint64_t pc, struct binary_frame *out, size_t max);

#endif
