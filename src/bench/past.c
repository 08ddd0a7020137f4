/* past.c - console.read: pieces of a console's raw log, with their times and marks. */
#include "bench/past.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "bench/news.h"
#include "sys/io.h"
#include "sys/time.h"

enum { READ_MAX = 256 << 10, TIMES_MAX_TOLD = 2000 };

/* ---- places */

void
past_init(struct past *p, struct bench_console *k, bool hidden)
{
	const struct logs *logs = console_logs(k->console);
	uint64_t at = 0, from, to;

	console_log_flush(k->console);
	rawread_init(&p->raw, &logs->raw);
	timeread_init(&p->times, &logs->times);
	while (!hidden && console_hidden(k->console, at, &from, &to)) {
		rawread_skip(&p->raw, from, to);
		at = to;
	}
}

void
past_fini(struct past *p)
{
	rawread_fini(&p->raw);
	timeread_fini(&p->times);
}

/* The offset of a mark whose text holds the words, the newest first. */
static bool
mark_place(const struct bench_console *k, const char *text, struct past_place *out)
{
	for (size_t i = json_array_size(k->marks); i-- > 0;) {
		const json_t *m = json_array_get(k->marks, i);

		if (strstr(json_get_str(m, "text", ""), text) != NULL) {
			out->at = (uint64_t)json_get_int(m, "offset", 0);
			return true;
		}
	}
	return false;
}

/* Memory knows times better than the file, as far as it goes back. */
static bool
time_place(const struct bench_console *k, uint64_t t, struct past_place *out)
{
	const struct times *x = console_times(k->console);
	size_t low = 0, high = x->n;

	*out = (struct past_place){ true, t };
	if (x->n == 0 || bench_time(k->bench, x->v[0].t) > t)
		return true;
	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (bench_time(k->bench, x->v[mid].t) < t)
			low = mid + 1;
		else
			high = mid;
	}
	*out = (struct past_place){ false, low < x->n ? x->v[low].offset :
	    console_rx(k->console) };
	return true;
}

bool
past_place(const struct bench_console *k, const char *text, struct past_place *out)
{
	const uint64_t now = bench_time(k->bench, sys_mono());
	uint64_t t;

	*out = (struct past_place){ false, strcmp(text, "end") == 0 ? console_rx(k->console) : 0 };
	if (strcmp(text, "end") == 0 || strcmp(text, "start") == 0)
		return true;
	if (strncmp(text, "mark:", 5) == 0)
		return mark_place(k, text + 5, out);
	if (text[0] == '@')
		return slice_u64(slice_of(text + 1), UINT64_MAX, &out->at);
	if (strncmp(text, "t:", 2) == 0 && slice_duration(slice_of(text + 2), &t))
		return time_place(k, t, out);
	if (text[0] != '-' || !slice_duration(slice_of(text + 1), &t))
		return false;
	return time_place(k, t < now ? now - t : 0, out);
}

uint64_t
past_offset(const struct past *p, struct past_place at)
{
	const uint64_t o = at.time ? timeread_offset(&p->times, at.at) : at.at;

	return o < p->raw.end ? o : p->raw.end;
}

/* ---- console.read */

struct reading {
	struct command_call *call;
	struct bench *bench;
	struct past past;
	struct past_place a, b;
	uint32_t stream;
	size_t bytes;
	bool last, base64;
	/* the result */
	uint64_t from, to, missing;
	struct buf data;
	struct times_entry *times;
	size_t times_n;
	enum err e;
	struct err_msg why;
};

/* The piece [from, to) that is to be read. */
static void
choose(struct reading *r)
{
	const uint64_t a = past_offset(&r->past, r->a), b = past_offset(&r->past, r->b);
	uint64_t from, to;

	r->from = r->to = r->last ? b : a;
	if (a >= b)
		return;
	if (!r->last && rawread_run(&r->past.raw, a, &from, &to) && from < b) {
		r->from = from > a ? from : a;
		r->to = to < b ? to : b;
		r->to = r->to - r->from > r->bytes ? r->from + r->bytes : r->to;
		r->missing = r->from - a;
	} else if (r->last && rawread_run_before(&r->past.raw, b, &from, &to) && to > a) {
		r->to = to < b ? to : b;
		r->from = from > a ? from : a;
		r->from = r->to - r->from > r->bytes ? r->to - r->bytes : r->from;
		r->missing = b - r->to;
	}
}

static void
read_work(void *arg)
{
	struct reading *r = arg;
	const int fd = sys_open(r->past.raw.path, O_RDONLY | O_NOFOLLOW, 0);
	char *piece;
	size_t n;

	if (fd < 0) {
		r->e = err_errno(&r->why, errno, r->past.raw.path, "opening");
		return;
	}
	choose(r);
	piece = mem_alloc((size_t)(r->to - r->from) + 1);
	n = rawread_get(&r->past.raw, fd, r->from, piece, (size_t)(r->to - r->from));
	sys_close(fd);
	r->to = r->from + n;
	if (r->base64)
		(void)base64_put(&r->data, piece, n);
	else
		(void)buf_add(&r->data, piece, n);
	mem_free(piece);
	r->times = mem_zero(TIMES_MAX_TOLD, sizeof *r->times);
	r->times_n = timeread_entries(&r->past.times, r->from, r->to, r->times, TIMES_MAX_TOLD);
}

static struct bench_console *
still_there(const struct reading *r)
{
	LIST_EACH(n, &r->bench->consoles)
		if (consoles_entry(n)->stream == r->stream)
			return consoles_entry(n);
	return NULL;
}

static json_t *
marks_json(const struct bench_console *k, const struct reading *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < json_array_size(k->marks); i++) {
		json_t *m = json_array_get(k->marks, i);
		const uint64_t at = (uint64_t)json_get_int(m, "offset", 0);

		if (at >= r->from && at <= r->to)
			(void)json_array_append(list, m);
	}
	return list;
}

static json_t *
reading_json(const struct bench_console *k, const struct reading *r)
{
	json_t *o = json_object(), *times = json_array();

	for (size_t i = 0; i < r->times_n; i++)
		(void)json_array_append_new(times, json_pack("[I,I]",
		    (json_int_t)r->times[i].offset, (json_int_t)r->times[i].t));
	json_put_str(o, "console", k->name);
	json_put_int(o, "from", (int64_t)r->from);
	json_put_int(o, "to", (int64_t)r->to);
	json_put_int(o, "first", (int64_t)r->past.raw.first);
	json_put_int(o, "end", (int64_t)r->past.raw.end);
	json_put_int(o, "missing", (int64_t)r->missing);
	json_put_strn(o, "data", buf_str(&r->data), r->data.len);
	json_put(o, "times", times);
	json_put(o, "marks", marks_json(k, r));
	return o;
}

static void
read_done(void *arg)
{
	struct reading *r = arg;
	const struct bench_console *k = r->bench->ending ? NULL : still_there(r);

	if (k == NULL && r->e == ERR_OK)
		r->e = err_set(&r->why, ERR_CANCELLED, "console.read", NULL,
		    "the console was closed meanwhile");
	if (r->e == ERR_OK)
		command_done(r->call, reading_json(k, r));
	else
		command_fail(r->call, &r->why);
	past_fini(&r->past);
	buf_fini(&r->data);
	mem_free(r->times);
	mem_free(r);
}

/* False after the call was refused. */
static bool
arguments(struct command_call *c, const struct bench_console *k, struct reading *r)
{
	const char *a = json_get_str(c->args, "from", "start");
	const char *b = json_get_str(c->args, "to", "end");
	const char *as = json_get_str(c->args, "as", "text");
	const int64_t bytes = json_get_int(c->args, "bytes", READ_MAX);
	struct err_msg why;

	r->base64 = strcmp(as, "base64") == 0;
	r->last = json_get_bool(c->args, "last", false);
	r->bytes = (size_t)bytes;
	if (!past_place(k, a, &r->a) || !past_place(k, b, &r->b))
		(void)err_set(&why, ERR_USAGE, "console.read", PAST_PLACES,
		    "no such place: %.60s to %.60s", a, b);
	else if (bytes < 1 || bytes > READ_MAX)
		(void)err_set(&why, ERR_USAGE, "console.read", "read piece after piece",
		    "bytes is 1 to %d", READ_MAX);
	else if (!r->base64 && strcmp(as, "text") != 0)
		(void)err_set(&why, ERR_USAGE, "console.read", "as=text or as=base64",
		    "no such form: %.40s", as);
	else
		return true;
	command_fail(c, &why);
	return false;
}

static void
cmd_read(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	struct reading *r;

	if (k == NULL)
		return;
	r = mem_zero(1, sizeof *r);
	if (!arguments(c, k, r)) {
		mem_free(r);
		return;
	}
	r->call = c;
	r->bench = k->bench;
	r->stream = k->stream;
	buf_init(&r->data, 2 * READ_MAX);
	past_init(&r->past, k, false);
	loop_work(k->bench->loop, read_work, read_done, r);
}

static const struct command_arg read_args[] = {
	{ "from", ARG_WORD, 0, "start", PAST_PLACES },
	{ "to", ARG_WORD, 0, "end", "the same" },
	{ "bytes", ARG_INT, 0, "64K", "at most so many, up to 256K" },
	{ "last", ARG_BOOL, 0, "off", "the last of them, not the first" },
	{ "as", ARG_WORD, 0, "text", "text (what is not UTF-8 as \\xHH), or base64: exact" },
	CONSOLES_ARG,
	{ .name = NULL },
};

const struct command bench_past_commands[] = {
	{ "console.read", "what a console said, also long ago, with times and marks", read_args, 0,
	    cmd_read },
	{ .name = NULL },
};
