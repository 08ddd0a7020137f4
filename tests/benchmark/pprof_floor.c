/* pprof_floor.c - the least that comparing two profiles can cost: inflate both, walk each once.
 *
 *	pprof_floor A B
 *
 * What vise needs beyond that is its own work; tests/benchmark/pprof.sh prints both. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <libdeflate.h>

static uint64_t
varint(const unsigned char **p, const unsigned char *end)
{
	uint64_t v = 0;

	for (unsigned shift = 0; *p < end; shift += 7) {
		unsigned char c = *(*p)++;

		v |= (uint64_t)(c & 0x7f) << (shift & 63);
		if (c < 0x80)
			break;
	}
	return v;
}

/* Every number of every sample, added up so that it is not optimised away. */
static uint64_t
walk(const unsigned char *p, const unsigned char *end, int depth)
{
	uint64_t sum = 0;

	while (p < end) {
		uint64_t key = varint(&p, end), n;

		if ((key & 7) == 0) {
			sum += varint(&p, end);
			continue;
		}
		if ((key & 7) != 2)
			return sum;
		n = varint(&p, end);
		if (n > (uint64_t)(end - p))
			return sum;
		if (depth == 0 && key >> 3 <= 5) {
			sum += walk(p, p + n, 1);
		} else if (depth == 1) {
			const unsigned char *q = p;

			while (q < p + n)
				sum += varint(&q, p + n);
		}
		p += n;
	}
	return sum;
}

static int
one(const char *path, uint64_t *sum)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	FILE *f = fopen(path, "rb");
	unsigned char *in, *out;
	size_t n, size, made = 0;

	if (d == NULL || f == NULL || fseek(f, 0, SEEK_END) != 0)
		return 1;
	n = (size_t)ftell(f);
	rewind(f);
	in = malloc(n + 1);
	if (n < 18 || in == NULL || fread(in, 1, n, f) != n)
		return 1;
	size = 0;
	for (size_t i = 1; i <= 4; i++)
		size = size << 8 | in[n - i];
	out = malloc(size + 1);
	if (out == NULL
	    || libdeflate_gzip_decompress(d, in, n, out, size, &made) != LIBDEFLATE_SUCCESS)
		return 1;
	*sum += walk(out, out + made, 0);
	fclose(f);
	free(in);
	free(out);
	libdeflate_free_decompressor(d);
	return 0;
}

int
main(int argc, char **argv)
{
	uint64_t sum = 0;

	for (int i = 1; i < argc; i++)
		if (one(argv[i], &sum) != 0)
			return 1;
	printf("%llu\n", (unsigned long long)sum);
	return 0;
}
