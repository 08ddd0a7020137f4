/* source_random.c - random numbers: ready or not, and what old kernels count. */
#include "gauge/source_random.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "sys/path.h"
#include "sys/entropy.h"

enum { NEW_POOL = 256, POOL_MOST = 1 << 20 };

void
random_init(struct random *r, struct gauge_table *t, const struct root *proc)
{
	struct gauge_def d;

	*r = (struct random){ .table = t, .root = *proc, .here = proc->keep, .entropy = -1 };
	r->dir = path_join(proc->path, "sys/kernel/random");
	r->root.path = NULL;            /* borrowed from who calls: probes have their own */
	probe_init(&r->avail, proc, -1, r->dir, "entropy_avail");
	d = table_def("sys.random", "sys", "random", "count", 1, r->avail.path);
	d.min = 0;
	r->ready = table_add(t, &d);
}

void
random_fini(struct random *r)
{
	probe_fini(&r->avail);
	mem_free(r->dir);
}

/* The kernel itself, where it can be asked. */
static void
ask(struct random *r)
{
	const enum entropy_state is = r->here ? entropy_state() : ENTROPY_UNKNOWN;

	if (is == ENTROPY_UNKNOWN) {
		table_missing(r->table, r->ready, "%s",
		    r->here ? "no getrandom(2): before Linux 3.17" :
		    "not told: entropy_avail of this kernel is an estimate");
		return;
	}
	table_source(r->table, r->ready, "getrandom(2)");
	table_value(r->table, r->ready, is == ENTROPY_READY);
	r->settled = is == ENTROPY_READY && r->entropy < 0;
}

static void
estimate(struct random *r, int64_t bits)
{
	if (r->entropy < 0) {
		struct gauge_def d = table_def("sys.entropy", "sys", "entropy", "count",
		    (double)r->pool, r->avail.path);

		d.min = 0;
		r->entropy = table_add(r->table, &d);
		table_source(r->table, r->entropy, "%s (bits, an estimate of %lld)",
		    r->avail.path, (long long)r->pool);
	}
	table_value(r->table, r->entropy, (double)bits);
}

static void
look_at_pool(struct random *r)
{
	if (r->pool == 0 && (probe_number_once(&r->root, r->dir, "poolsize", &r->pool) != 0 ||
	    r->pool < 0 || r->pool > POOL_MOST))
		r->pool = 0;
}

/* What the file of another machine says, where the pool is one of the new driver. */
static void
told(struct random *r, int error, int64_t bits)
{
	if (error != 0) {
		table_missing(r->table, r->ready, "%s: %s", r->avail.path, strerror(error));
		return;
	}
	if (r->pool != NEW_POOL) {
		table_missing(r->table, r->ready, "not told: the pool's size is not known");
		return;
	}
	table_source(r->table, r->ready, "%s (%lld of %d bits, counted once)", r->avail.path,
	    (long long)bits, NEW_POOL);
	table_value(r->table, r->ready, bits >= NEW_POOL);
	r->settled = bits >= NEW_POOL;
}

void
random_sample(struct random *r)
{
	int64_t bits = 0;
	int e;

	if (r->settled)
		return;
	look_at_pool(r);
	e = probe_number(&r->avail, &bits);
	if (e == 0 && (bits < 0 || (r->pool > 0 && bits > r->pool)))
		e = ERANGE;
	if (e == 0 && r->pool > NEW_POOL)
		estimate(r, bits);
	else if (r->entropy >= 0)
		table_missing(r->table, r->entropy, "%s: %s", r->avail.path, strerror(e));
	if (r->here || (e == 0 && r->pool > NEW_POOL))
		ask(r);
	else
		told(r, e, bits);
}

void
random_files(const struct random *r, struct buf *out)
{
	if (!r->settled)
		(void)buf_add_fmt(out, " %s", r->avail.path);
}
