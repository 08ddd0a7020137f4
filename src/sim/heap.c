/* heap.c - heap profiles of the simulated program. */
#include "sim/heap.h"

#include <math.h>
#include <stddef.h>

#include "pprof/encode.h"

enum { DEPTH = 7 };

static const struct {
	const char *name, *file;
	int line;
} func[] = {
	{ "encoding/json.(*decodeState).literalStore", "/usr/lib/go/src/encoding/json/decode.go",
	    972 },
	{ "encoding/json.(*decodeState).object", "/usr/lib/go/src/encoding/json/decode.go", 772 },
	{ "encoding/json.Unmarshal", "/usr/lib/go/src/encoding/json/decode.go", 107 },
	{ "main.(*Uploader).Queue", "/src/app/upload.go", 88 },
	{ "main.(*Uploader).run", "/src/app/upload.go", 41 },
	{ "bytes.growSlice", "/usr/lib/go/src/bytes/buffer.go", 249 },
	{ "bytes.(*Buffer).Write", "/usr/lib/go/src/bytes/buffer.go", 180 },
	{ "main.(*Uploader).encode", "/src/app/upload.go", 120 },
	{ "net/http.(*persistConn).readLoop", "/usr/lib/go/src/net/http/transport.go", 2210 },
	{ "net/http.(*Transport).dialConn.func5", "/usr/lib/go/src/net/http/transport.go", 1765 },
	{ "bufio.NewWriterSize", "/usr/lib/go/src/bufio/bufio.go", 593 },
	{ "net/http.(*conn).serve", "/usr/lib/go/src/net/http/server.go", 1970 },
	{ "main.(*Queue).Push", "/src/app/queue.go", 33 },
	{ "main.poll", "/src/app/main.go", 74 },
	{ "container/ring.New", "/usr/lib/go/src/container/ring/ring.go", 62 },
	{ "main.newHistory", "/src/app/history.go", 19 },
	{ "main.decodeOld", "/src/app/compat.go", 57 },
	{ "main.loadState", "/src/app/state.go", 28 },
	{ "runtime.malg", "/usr/lib/go/src/runtime/proc.go", 4080 },
	{ "runtime.newproc1", "/usr/lib/go/src/runtime/proc.go", 4122 },
	{ "main.main", "/src/app/main.go", 22 },
	{ "runtime.main", "/usr/lib/go/src/runtime/proc.go", 250 },
};
enum {
	LITERAL,
	OBJECT,
	UNMARSHAL,
	QUEUE,
	RUN,
	GROW,
	WRITE,
	ENCODE,
	READLOOP,
	DIALCONN,
	WRITERSIZE,
	SERVE,
	PUSH,
	POLL,
	RING,
	HISTORY,
	DECODEOLD,
	LOADSTATE,
	MALG,
	NEWPROC,
	MAIN,
	RTMAIN,
	FUNCS
};
_Static_assert(FUNCS == sizeof func / sizeof func[0], "one name for each function");

/* Leaf first. Bytes at the start, and bytes a second from then on; what shrinks ends at 0. */
static const struct {
	int frame[DEPTH], frames;
	double bytes, rate;
	int64_t size;                   /* of one object */
} stack[] = {
	{ { LITERAL, OBJECT, UNMARSHAL, QUEUE, RUN }, 5, 420 * 1024, 8314.9, 208 },
	{ { GROW, WRITE, ENCODE, RUN }, 4, 512 * 1024, 6184.9, 4096 },
	{ { READLOOP, DIALCONN }, 2, 88 * 1024, 2165.8, 4096 },
	{ { WRITERSIZE, SERVE }, 2, 64 * 1024, 983, 4096 },
	{ { PUSH, POLL, MAIN, RTMAIN }, 4, 40 * 1024, 122.9, 64 },
	{ { RING, HISTORY, MAIN, RTMAIN }, 4, 128 * 1024, -1310.7, 32 },
	{ { DECODEOLD, LOADSTATE, MAIN, RTMAIN }, 4, 365 * 1024, -3082.2, 512 },
	{ { MALG, NEWPROC }, 2, 1026 * 1024, 0, 416 },
	{ { LOADSTATE, MAIN, RTMAIN }, 3, 2100 * 1024, 0, 8192 },
};
enum { STACKS = sizeof stack / sizeof stack[0] };

static int64_t
objects(size_t i, double t)
{
	const double bytes = fmax(0, stack[i].bytes + stack[i].rate * fmin(t, 3600));

	return (int64_t)(bytes / (double)stack[i].size);
}

int64_t
heap_inuse(double t)
{
	int64_t sum = 0;

	for (size_t i = 0; i < STACKS; i++)
		sum += objects(i, t) * stack[i].size;
	return sum;
}

static void
samples(struct encode *w, const uint64_t *loc, double t)
{
	for (size_t i = 0; i < STACKS; i++) {
		const int64_t n = objects(i, t), size = stack[i].size;
		/* What was ever allocated only grows: what lives, and what the collector took. */
		const int64_t ever = objects(i, 0) * 3 + (int64_t)(t * 900 / (double)size) +
		    (n > objects(i, 0) ? n - objects(i, 0) : 0);
		const int64_t value[4] = { ever, ever * size, n, n * size };
		const struct encode_label label = { .key = "bytes", .num = size };
		uint64_t at[DEPTH];

		for (int k = 0; k < stack[i].frames; k++)
			at[k] = loc[stack[i].frame[k]];
		encode_sample(w, at, (size_t)stack[i].frames, value, 4, &label, 1);
	}
}

enum err
heap_profile(double t, uint64_t wall_ns, struct buf *out, struct err_msg *why)
{
	struct encode *w = encode_new(1 << 20);
	uint64_t loc[FUNCS];
	enum err e;

	encode_type(w, "alloc_objects", "count");
	encode_type(w, "alloc_space", "bytes");
	encode_type(w, "inuse_objects", "count");
	encode_type(w, "inuse_space", "bytes");
	encode_period(w, "space", "bytes", 524288);
	encode_default_type(w, "inuse_space");
	encode_time(w, (int64_t)wall_ns, 0);
	encode_comment(w, "simulated by vise");
	encode_mapping(w, 0x400000, 0x8a0000, "/usr/bin/app");
	for (size_t i = 0; i < FUNCS; i++) {
		const uint64_t f = encode_function(w, func[i].name, func[i].file, func[i].line - 7);
		const struct encode_line line = { .function = f, .line = func[i].line };

		loc[i] = encode_location(w, 0x401000 + i * 0x140, &line, 1);
	}
	samples(w, loc, t);
	e = encode_finish(w, true, out, why);
	encode_free(w);
	return e;
}
