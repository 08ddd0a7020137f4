/* fuzz_gotab.c - Go's function table from any bytes. Oracle: no read outside of them (the input is
 * copied so that its end is the end of its memory), names end inside, every lookup ends. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "elf/gotab.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gotab_place place;
	unsigned char *copy;
	struct gotab t;

	if (size < 9)
		return 0;
	copy = mem_dup(data, size);
	if (gotab_open(&t, copy, size, (data[8] & 1) != 0, 0x1000))
		for (uint64_t pc = t.text; pc < t.text + 64; pc += 3)
			if (gotab_find(&t, pc, &place) && strlen(place.func) > size)
				abort();
	mem_free(copy);
	return 0;
}
