/* fuzz_elf.c - a whole ELF file from any bytes, looked up at the addresses of its own code. Oracle:
 * no fault and an end in our code; libdw's own faults show here too, and cost a worker only. */
#include <stdint.h>

#include "base/alloc.h"
#include "elf/binary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct binary_frame f[BINARY_FRAMES];
	struct binary *b;
	char *copy;

	if (size == 0)
		return 0;
	copy = mem_dup(data, size);
	if (binary_open(copy, size, "fuzz", &b, NULL) == ERR_OK) {
		for (uint64_t a = 0; a < 0x80; a += 5) {
			(void)binary_frames(b, a, (a & 1) != 0, f, BINARY_FRAMES);
			(void)binary_frames(b, 0x42000000 + a, false, f, BINARY_FRAMES);
		}
		binary_close(b);
	}
	mem_free(copy);
	return 0;
}
