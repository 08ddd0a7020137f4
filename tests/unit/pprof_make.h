/*
 * pprof_make.h - heap profiles for the tests of series and leaks, as Go would write them.
 *
 * A test fills rows (stack number, object size, how many were made and are kept, as sampled) and
 * gets a decoded profile. Stack n has the frames main.allocN / main.handlerN / main.main.
 */
#ifndef UNIT_PPROF_MAKE_H
#define UNIT_PPROF_MAKE_H
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "pprof/encode.h"
#include "pprof/profile_load.h"

struct make_row {
	unsigned stack;
	int64_t  size, made, kept;      /* made and kept: sampled objects */
};

struct make {
	int64_t  time, rate;
	uint64_t limit;                 /* of the mapping: another one is another build */
	int      line;                  /* added to all line numbers */
	const struct make_row *row;
	size_t   rows;
};

static inline int64_t
make_scaled(int64_t count, int64_t each, int64_t size, int64_t rate)
{
	double scale = rate <= 1 ? 1 : 1 / -expm1(-(double)size / (double)rate);

	return (int64_t)((double)(count * each) * scale);
}

static inline struct pprof_profile *
make_profile(const struct make *m)
{
	struct encode *w = encode_new(64 << 20);
	struct pprof_profile *p = NULL;
	struct buf out;

	encode_type(w, "alloc_objects", "count");
	encode_type(w, "alloc_space", "bytes");
	encode_type(w, "inuse_objects", "count");
	encode_type(w, "inuse_space", "bytes");
	encode_period(w, "space", "bytes", m->rate);
	encode_time(w, m->time, 0);
	encode_mapping(w, 0x400000, m->limit == 0 ? 0x900000 : m->limit, "/bin/app");
	for (size_t i = 0; i < m->rows; i++) {
		const struct make_row *r = &m->row[i];
		char fn[3][64];
		uint64_t loc[3];
		int64_t v[4];

		snprintf(fn[0], sizeof(fn[0]), "main.alloc%u", r->stack);
		snprintf(fn[1], sizeof(fn[1]), "main.handler%u", r->stack % 50);
		snprintf(fn[2], sizeof(fn[2]), "main.main");
		for (unsigned k = 0; k < 3; k++) {
			uint64_t f = encode_function(w, fn[k], "/src/main.go", 0);

			loc[k] = encode_location(w, 0x401000 + 3 * r->stack + k,
			    &(struct encode_line){ f, 10 + (int)k + m->line }, 1);
		}
		v[0] = make_scaled(r->made, 1, r->size, m->rate);
		v[1] = make_scaled(r->made, r->size, r->size, m->rate);
		v[2] = make_scaled(r->kept, 1, r->size, m->rate);
		v[3] = make_scaled(r->kept, r->size, r->size, m->rate);
		encode_sample(w, loc, 3, v, 4,
		    &(struct encode_label){ .key = "bytes", .num = r->size }, 1);
	}
	buf_init(&out, 64 << 20);
	assert_int_equal(encode_finish(w, false, &out, NULL), ERR_OK);
	encode_free(w);
	assert_int_equal(pprof_decode(&p, out.data, out.len, 0, "made", NULL), ERR_OK);
	buf_fini(&out);
	return p;
}

#endif
