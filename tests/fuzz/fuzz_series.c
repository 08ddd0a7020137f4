/*
 * fuzz_series.c - any bytes as a series file, and as a list of allowed goroutines.
 *
 * Checksums are mended before the read, so that what lies behind them is reached. Oracle: what is
 * read is written again and read as the same; walking, ranking and forgetting end.
 * Built with -fsanitize=fuzzer,address,undefined.
 */
#include <libdeflate.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pprof/allow.h"
#include "pprof/leaks.h"
#include "pprof/series_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAGIC = 8, FRAMING = 8, OUT_MAX = 1 << 24 };

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* Records as the input frames them, each with the checksum that it should have. */
static char *
mended(const uint8_t *data, size_t size)
{
	char *p = mem_dup(data, size == 0 ? 1 : size);
	size_t at = MAGIC;
	uint32_t crc = 0;

	if (size >= MAGIC)
		memcpy(p, "viseser1", MAGIC);
	while (at + FRAMING <= size) {
		size_t left = size - at - FRAMING, n = (uint8_t)p[at] | (size_t)(uint8_t)p[at + 1] << 8;

		n = n > left ? left : n;
		p[at] = (char)n;
		p[at + 1] = (char)(n >> 8);
		p[at + 2] = p[at + 3] = 0;
		crc = libdeflate_crc32(crc, p + at + FRAMING, n);
		for (unsigned i = 0; i < 4; i++)
			p[at + 4 + i] = (char)(crc >> 8 * i);
		at += FRAMING + n;
	}
	return p;
}

static void
write_again(struct series *s)
{
	struct series *t = NULL;
	struct buf out;
	size_t good;

	buf_init(&out, OUT_MAX);
	if (series_write(s, &out, NULL) == ERR_OK) {
		must(series_read(&t, out.data, out.len, "again", &good, NULL) == ERR_OK);
		must(good == out.len && t->count == s->count && t->cell_count == s->cell_count);
		for (uint32_t i = 0; i < s->count; i++)
			must(memcmp(t->snapshot[i].total, s->snapshot[i].total,
				 sizeof(t->snapshot[i].total)) == 0);
		series_free(t);
	}
	buf_fini(&out);
}

static void
use(struct series *s)
{
	struct leaks_options o;
	struct leaks l;
	struct series_walk w;

	leaks_defaults(&o);
	for (int lines_off = 0; lines_off < 2; lines_off++) {
		o.lines_off = lines_off != 0;
		if (leaks_rank(&l, s, &o, NULL) == ERR_OK)
			leaks_fini(&l);
	}
	if (series_walk_init(&w, s, NULL) == ERR_OK) {
		while (series_walk_next(&w))
			;
		series_walk_fini(&w);
	}
	if (s->count > 1)
		must(series_forget(s, s->count / 2, NULL) == ERR_OK);
}

static void
read_allow(const uint8_t *data, size_t size)
{
	static const struct dump_frame frame[] = { { .function = { "main.f", 6 } } };
	struct allow allow;

	allow_init(&allow);
	if (allow_parse(&allow, slice_make((const char *)data, size), "fuzz", NULL) == ERR_OK)
		(void)allow_find(&allow, slice_of("select"), frame, 1, slice_of("main.g"));
	allow_fini(&allow);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct series *s = NULL;
	size_t good;
	char *p;

	if (size > 0 && data[0] == '#')
		read_allow(data + 1, size - 1);
	p = mended(data, size);
	if (series_read(&s, p, size, "fuzz", &good, NULL) == ERR_OK) {
		must(good <= size);
		write_again(s);
		use(s);
		write_again(s);
		series_free(s);
	}
	mem_free(p);
	return 0;
}
