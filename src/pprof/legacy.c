/* legacy.c - reading heap, count and contention profiles in text form. */
#include "pprof/legacy.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "pprof/encode.h"
#include "pprof/legacy_symbols.h"
#include "pprof/units.h"

enum { STACK_MAX = 4096, TYPES_MAX = 4 };

/* One record while its # lines are still to come. */
struct record {
	uint64_t address[STACK_MAX];
	size_t   depth;
	int64_t  value[TYPES_MAX];
	int64_t  block_size;
	bool     open;
};

struct reading {
	struct slice rest;
	const char *what;
	struct encode *w;
	struct legacy_symbols symbols;
	struct record record;
	size_t   types;
	bool     heap, alloc;           /* heap: records have a size; alloc: four values */
	bool     sampled;               /* values are to be unsampled with the period */
	int64_t  period, hz;
	struct err_msg *why;
};

static enum err
malformed(struct reading *r, struct slice line)
{
	return err_set(r->why, ERR_FORMAT, r->what,
	    "fetch it again; a damaged profile is never half used",
	    "malformed profile: \"%.*s\" is no record", (int)(line.n < 60 ? line.n : 60), line.p);
}

static bool
is_blank(struct slice s)
{
	return slice_trim(s).n == 0;
}

/* The next line, blanks at its ends cut off. */
static struct slice
next_line(struct reading *r)
{
	return slice_trim(slice_cut(r->rest, '\n', &r->rest));
}

/* A whole number at the start of *s, which moves behind it and behind blanks. */
static bool
number(struct slice *s, int64_t *out)
{
	size_t n = s->n > 0 && s->p[0] == '-' ? 1 : 0;

	while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9')
		n++;
	if (!slice_i64(slice_make(s->p, n), out))
		return false;
	*s = slice_skip(*s, n);
	while (s->n > 0 && s->p[0] == ' ')
		*s = slice_skip(*s, 1);
	return true;
}

static bool
sign(struct slice *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = slice_skip(*s, 1);
	while (s->n > 0 && s->p[0] == ' ')
		*s = slice_skip(*s, 1);
	return true;
}

/* "N: B [AN: AB] @", the shape of a heap's header and records. */
static bool
heap_figures(struct slice *s, int64_t v[4])
{
	return number(s, &v[0]) && sign(s, ':') && number(s, &v[1]) && sign(s, '[')
	    && number(s, &v[2]) && sign(s, ':') && number(s, &v[3]) && sign(s, ']')
	    && sign(s, '@');
}

/* "0x12 0x34 ...": addresses of calls, which lie one before where they return to. */
static bool
addresses(struct reading *r, struct slice s)
{
	struct record *rec = &r->record;

	rec->depth = 0;
	for (;;) {
		struct slice word = slice_word(&s);
		uint64_t a;

		if (word.n == 0)
			return true;
		if (!slice_starts(word, "0x") || !slice_hex(slice_skip(word, 2), &a)
		    || rec->depth == STACK_MAX)
			return false;
		rec->address[rec->depth++] = a - 1;
	}
}

/* The record and what its # lines said goes to the writer. */
static void
flush(struct reading *r)
{
	struct record *rec = &r->record;

	if (!rec->open)
		return;
	rec->open = false;
	legacy_symbols_sample(&r->symbols, r->w, rec->address, rec->depth, rec->value, r->types,
	    r->heap ? &rec->block_size : NULL);
}

/* Go's int64(float64): towards zero. */
static int64_t
whole(double v)
{
	return units_int(trunc(v));
}

/* profile.scaleHeapSample: an object of size s is sampled with 1 - e^(-s/rate). */
static void
unsample(const struct reading *r, int64_t *count, int64_t *size)
{
	double scale;

	if (*count == 0 || *size == 0) {
		*count = *size = 0;
		return;
	}
	if (r->period <= 1)
		return;
	scale = 1 / (1 - exp(-((double)*size / (double)*count) / (double)r->period));
	*count = whole((double)*count * scale);
	*size = whole((double)*size * scale);
}

/* A count and its bytes into the record's values at `at`. */
static bool
heap_pair(struct reading *r, int64_t count, int64_t size, size_t at)
{
	if (count == 0 && size != 0)
		return false;
	if (count != 0) {
		r->record.block_size = count == -1 ? (int64_t)(0 - (uint64_t)size) : size / count;
		if (r->sampled)
			unsample(r, &count, &size);
	}
	r->record.value[at] = count;
	r->record.value[at + 1] = size;
	return true;
}

static bool
heap_record(struct reading *r, struct slice line)
{
	int64_t v[4];

	r->record.block_size = 0;
	return heap_figures(&line, v) && (!r->alloc || heap_pair(r, v[2], v[3], 0))
	    && heap_pair(r, v[0], v[1], r->alloc ? 2 : 0) && addresses(r, line);
}

static bool
count_record(struct reading *r, struct slice line)
{
	return number(&line, &r->record.value[0]) && r->record.value[0] >= 0 && sign(&line, '@')
	    && addresses(r, line);
}

static int64_t
times(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a * (uint64_t)b);
}

static bool
contention_record(struct reading *r, struct slice line)
{
	int64_t cycles, count;

	if (!number(&line, &cycles) || !number(&line, &count) || !sign(&line, '@'))
		return false;
	if (r->period > 0) {
		if (r->hz > 0)
			cycles = whole((double)cycles * (double)r->period / ((double)r->hz / 1e9));
		count = times(count, r->period);
	}
	r->record.value[0] = count;
	r->record.value[1] = cycles;
	return addresses(r, line);
}

typedef bool (*record_fn)(struct reading *r, struct slice line);

/* Records to the end, or to the memory map; # lines belong to the record before them. */
static enum err
records(struct reading *r, record_fn fn)
{
	while (r->rest.n > 0) {
		struct slice line = next_line(r);

		if (line.n > 0 && line.p[0] == '#') {
			if (r->record.open)
				legacy_symbols_comment(&r->symbols, line);
			continue;
		}
		flush(r);
		if (is_blank(line))
			continue;
		if (slice_starts(line, "---") || slice_is(line, "MAPPED_LIBRARIES:"))
			break;
		if (!fn(r, line))
			return malformed(r, line);
		r->record.open = true;
	}
	flush(r);
	while (r->rest.n > 0)
		legacy_symbols_mapping(&r->symbols, next_line(r));
	return ERR_OK;
}

static const char heap_drop[] =
    "calloc|cfree|malloc|free|memalign|do_memalign|(__)?posix_memalign|pvalloc|valloc|realloc|"
    "tcmalloc::.*|tc_calloc|tc_cfree|tc_malloc|tc_free|tc_memalign|tc_posix_memalign|tc_pvalloc|"
    "tc_valloc|tc_realloc|tc_new|tc_delete|tc_newarray|tc_deletearray|tc_new_nothrow|"
    "tc_newarray_nothrow|malloc_zone_malloc|malloc_zone_calloc|malloc_zone_valloc|"
    "malloc_zone_realloc|malloc_zone_memalign|malloc_zone_free|runtime\\..*|BaseArena::.*|"
    "(::)?do_malloc_no_errno|(::)?do_malloc_pages|(::)?do_malloc|DoSampledAllocation|"
    "MallocedMemBlock::MallocedMemBlock|_M_allocate|__builtin_(vec_)?delete|__builtin_(vec_)?new|"
    "__gnu_cxx::new_allocator::allocate|__libc_malloc|__malloc_alloc_template::allocate|allocate|"
    "cpp_alloc|operator new(\\[\\])?|simple_alloc::allocate";
static const char heap_keep[] = "runtime\\.panic|runtime\\.reflectcall|runtime\\.call[0-9]*";
static const char lock_drop[] =
    "RecordLockProfileData|(base::)?RecordLockProfileData.*|(base::)?SubmitMutexProfileData.*|"
    "(base::)?SubmitSpinLockProfileData.*|(base::Mutex::)?AwaitCommon.*|(base::Mutex::)?Unlock.*|"
    "(base::Mutex::)?UnlockSlow.*|(base::Mutex::)?ReaderUnlock.*|(base::MutexLock::)?~MutexLock.*|"
    "(Mutex::)?AwaitCommon.*|(Mutex::)?Unlock.*|(Mutex::)?UnlockSlow.*|(Mutex::)?ReaderUnlock.*|"
    "(MutexLock::)?~MutexLock.*|(SpinLock::)?Unlock.*|(SpinLock::)?SlowUnlock.*|"
    "(SpinLockHolder::)?~SpinLockHolder.*";
static const char cpu_drop[] = "ProfileData::Add|ProfileData::prof_handler|"
			       "CpuProfiler::prof_handler|__pthread_sighandler|__restore";

static void
drop_frames(struct reading *r, const char *drop, const char *keep)
{
	encode_put_number(r->w, 7, encode_put_text(r->w, slice_of(drop)));
	encode_put_number(r->w, 8, encode_put_text(r->w, slice_of(keep)));
}

/* Two columns when nothing but what is in use is known. */
static enum err
heap_types(struct reading *r)
{
	r->heap = true;
	r->types = r->alloc ? 4 : 2;
	if (r->alloc) {
		encode_type(r->w, "alloc_objects", "count");
		encode_type(r->w, "alloc_space", "bytes");
	}
	encode_type(r->w, r->alloc ? "inuse_objects" : "objects", "count");
	encode_type(r->w, r->alloc ? "inuse_space" : "space", "bytes");
	encode_period(r->w, "space", "bytes", r->period);
	drop_frames(r, heap_drop, heap_keep);
	return records(r, heap_record);
}

/* "heap profile: N: B [AN: AB] @ heap/RATE" */
static enum err
read_heap(struct reading *r)
{
	static const struct { const char *name; bool sampled; int64_t divide; } row[] = {
		{ "heapz_v2", true, 1 }, { "heap_v2", true, 1 }, { "heapprofile", false, 0 },
		{ "heap", true, 2 }, { "growthz", false, 0 }, { "growth", false, 0 },
		{ "fragmentationz", false, 0 }, { "fragmentation", false, 0 },
	};
	struct slice line = next_line(r), whole_line = line, kind, rate;
	int64_t v[4], period = 0;
	size_t i = 0;

	line = slice_trim(slice_skip(line, strlen("heap profile:")));
	if (!heap_figures(&line, v))
		return malformed(r, whole_line);
	kind = slice_cut(slice_word(&line), '/', &rate);
	while (i < sizeof(row) / sizeof(row[0]) && !slice_is(kind, row[i].name))
		i++;
	if (i == sizeof(row) / sizeof(row[0]) || (rate.n > 0 && !slice_i64(rate, &period)))
		return malformed(r, whole_line);
	r->sampled = row[i].sampled;
	r->period = row[i].divide == 0 ? 1 : period / row[i].divide;
	if (row[i].sampled || slice_is(kind, "heapprofile"))
		r->alloc = (v[2] != v[0] && v[2] != 0) || (v[3] != v[1] && v[3] != 0);
	return heap_types(r);
}

/* "NAME profile: total N" */
static enum err
read_count(struct reading *r)
{
	struct slice line = next_line(r), name = slice_word(&line);
	char *text = mem_strn(name.p, name.n);

	r->types = 1;
	encode_type(r->w, text, "count");
	encode_period(r->w, text, "count", 1);
	mem_free(text);
	drop_frames(r, cpu_drop, "");
	return records(r, count_record);
}

/* "key=value" lines before the records. False: not one that a contention profile has. */
static bool
attribute(struct reading *r, struct slice line, int64_t *ms)
{
	static const struct { const char *key; int what; } row[] = {
		{ "cycles/second", 0 }, { "sampling period", 1 }, { "ms since reset", 2 },
		{ "discarded samples", 3 },
	};
	struct slice value, key = slice_trim(slice_cut(line, '=', &value));
	int64_t ignored, *to[] = { &r->hz, &r->period, ms, &ignored };

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (slice_is(key, row[i].key))
			return i == 3 || slice_i64(slice_trim(value), to[row[i].what]);
	return false;
}

static enum err
read_contention(struct reading *r)
{
	int64_t ms = 0;

	(void)next_line(r);
	r->period = 1;
	while (r->rest.n > 0) {
		struct slice rest, line = slice_trim(slice_cut(r->rest, '\n', &rest));

		if (!is_blank(line) && line.p[0] != '#') {
			if (memchr(line.p, '=', line.n) == NULL)
				break;
			if (!attribute(r, line, &ms))
				return malformed(r, line);
		}
		r->rest = rest;
	}
	r->types = 2;
	encode_type(r->w, "contentions", "count");
	encode_type(r->w, "delay", "nanoseconds");
	encode_period(r->w, "contentions", "count", r->period);
	encode_time(r->w, 0, times(ms, 1000000));
	drop_frames(r, lock_drop, "");
	return records(r, contention_record);
}

/* Comments and blank lines may stand before it. */
static struct slice
first_line(struct slice text)
{
	while (text.n > 0) {
		struct slice rest, line = slice_cut(text, '\n', &rest), bare = slice_trim(line);

		if (bare.n > 0 && bare.p[0] != '#')
			return text;
		text = rest;
	}
	return text;
}

typedef enum err (*read_fn)(struct reading *r);

static read_fn
reader_of(struct slice text)
{
	struct slice rest, line = slice_cut(first_line(text), '\n', &rest), name;

	line = slice_trim(line);
	if (slice_starts(line, "heap profile:"))
		return read_heap;
	if (slice_starts(line, "--- contentionz ") || slice_starts(line, "--- mutex:")
	    || slice_starts(line, "--- contention:"))
		return read_contention;
	name = slice_word(&line);
	return name.n > 0 && name.n < 256 && slice_starts(line, " profile: total ") ? read_count
										     : NULL;
}

bool
legacy_is(struct slice text)
{
	/* the first bytes say it; a large binary is not searched for a line */
	struct slice head = slice_make(text.p, text.n < 4096 ? text.n : 4096);

	return memchr(head.p, '\0', head.n) == NULL && reader_of(head) != NULL;
}

enum err
legacy_encode(struct slice text, const char *what, struct buf *out, struct err_msg *why)
{
	struct reading *r = mem_zero(1, sizeof(*r));
	read_fn fn = reader_of(text);
	enum err e;

	r->rest = first_line(text);
	r->what = what;
	r->why = why;
	r->w = encode_new(out->max);
	legacy_symbols_init(&r->symbols);
	e = fn == NULL ? malformed(r, r->rest) : fn(r);
	if (e == ERR_OK)
		legacy_symbols_finish(&r->symbols, r->w);
	if (e == ERR_OK)
		e = encode_finish(r->w, false, out, why);
	legacy_symbols_fini(&r->symbols);
	encode_free(r->w);
	mem_free(r);
	return e;
}
