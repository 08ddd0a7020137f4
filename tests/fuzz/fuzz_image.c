/* fuzz_image.c - any bytes as an image: ELF facts, build information, attributes, sizes, UF2, Intel HEX.
 * Oracle: no fault, an end, and every byte of the sections counted once. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "elf/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t
sum(const json_t *rows, const char *key)
{
	const json_t *r;
	int64_t n = 0;
	size_t i;

	json_array_foreach(rows, i, r)
		n += json_get_int(r, key, 0);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct image_options opt = { .base = 0x08000000, .symbols = 20 };
	static const char *const kinds[] = { "text", "rodata", "data", "bss" };
	json_t *facts = NULL;
	char *copy;

	if (size == 0)
		return 0;
	copy = mem_dup(data, size);
	if (image_read(copy, size, "fuzz", &opt, &facts, NULL) == ERR_OK) {
		const json_t *sizes = json_object_get(facts, "sizes");

		for (int k = 0; sizes != NULL && k < 4; k++)
			assert(sum(json_object_get(facts, "packages"), kinds[k]) ==
			    json_get_int(sizes, kinds[k], 0));
		json_decref(facts);
	}
	mem_free(copy);
	return 0;
}
