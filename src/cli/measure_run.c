/* measure_run.c - one board: deploy, start, memory, load, heat, and everything put back. */
#include "cli/measure_run.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "cli/measure_heat.h"
#include "gauge/link.h"
#include "sys/time.h"

enum { REPLY_MAX = 256 << 10, ANSWER_S = 30 /* see no_answer() */, APART_PERCENT = 5 };

struct run {
	struct measure_loop *loop;
	const char *spec;
	const struct measure_opts *o;
	struct measure_row *r;
	struct measure_board *board;
	struct heat *heat;
	char host[256];
	struct buf reply;
	struct err_msg *why;
};

/* ---- numbers ---- */

static int
by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
at_share(const struct measure_stat *s, double share)
{
	double v[MEASURE_RUNS_MAX], at;
	size_t i;

	if (s->n == 0)
		return (double)NAN;
	memcpy(v, s->v, s->n * sizeof *v);
	qsort(v, s->n, sizeof *v, by_value);
	at = share * (s->n - 1);
	i = (size_t)at;
	return i + 1 < s->n ? v[i] + (at - (double)i) * (v[i + 1] - v[i]) : v[i];
}

double
measure_median(const struct measure_stat *s)
{
	return at_share(s, 0.5);
}

double
measure_low(const struct measure_stat *s)
{
	return at_share(s, 0);
}

double
measure_high(const struct measure_stat *s)
{
	return at_share(s, 1);
}

static void
put(struct measure_stat *s, double v)
{
	if (s->n < MEASURE_RUNS_MAX && !isnan(v))
		s->v[s->n++] = v;
}

void
measure_row_init(struct measure_row *r, const char *name)
{
	*r = (struct measure_row){ .memory = (double)NAN, .peak = (double)NAN,
		.generator = 0, .t_idle = (double)NAN, .t_end = (double)NAN,
		.throttle_low = (double)NAN, .throttle_high = (double)NAN,
		.clock_full = (double)NAN, .clock_low = (double)NAN, .warm_s = (double)NAN };
	snprintf(r->name, sizeof r->name, "%s", name);
}

static void __attribute__((format(printf, 2, 3)))
note(struct measure_row *r, const char *fmt, ...)
{
	char text[sizeof r->note[0]];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	for (unsigned i = 0; i < r->notes; i++)
		if (strcmp(r->note[i], text) == 0)
			return;
	if (r->notes < MEASURE_NOTES)
		memcpy(r->note[r->notes++], text, sizeof text);
}

static void
step(struct run *x, const char *what)
{
	if (x->o->progress != NULL)
		x->o->progress(x->r->name, what);
}

/* ---- what kind of board ---- */

static void
line_into(struct slice *rest, char *out, size_t size)
{
	const struct slice line = slice_trim(slice_cut(*rest, '\n', rest));

	snprintf(out, size, "%.*s", (int)(line.n < size ? line.n : size - 1), line.p);
	for (char *c = out; *c != '\0'; c++)
		*c = (unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c;
}

static enum err
hello(struct run *x)
{
	struct slice rest;
	char text[64];
	uint64_t n;
	enum err e = measure_ask(x->board, "uname -srm; "
	    "m=$(cat /proc/device-tree/model 2>/dev/null | tr -d '\\0'); "
	    "test -n \"$m\" || m=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1); "
	    "echo \"$m\"; grep -c ^processor /proc/cpuinfo; "
	    "sed -n 's/^MemTotal: *\\([0-9]*\\).*/\\1/p' /proc/meminfo", 10 * NS_PER_S, &x->reply,
	    NULL, x->why);

	if (e != ERR_OK)
		return e;
	rest = slice_make(x->reply.data, x->reply.len);
	line_into(&rest, x->r->kernel, sizeof x->r->kernel);
	line_into(&rest, x->r->machine, sizeof x->r->machine);
	line_into(&rest, text, sizeof text);
	x->r->cpus = slice_u64(slice_of(text), 4096, &n) ? (unsigned)n : 0;
	line_into(&rest, text, sizeof text);
	if (slice_u64(slice_of(text), UINT64_MAX, &n))
		x->r->memory = (double)n;
	return ERR_OK;
}

/* Writes "performance" where that is allowed; what was there comes back with `clean`. */
static enum err
pin(struct run *x)
{
	struct slice rest;
	uint64_t done = 0, all = 0;
	char was[40];
	enum err e;

	if (!x->o->pin) {
		snprintf(x->r->governor, sizeof x->r->governor, "as it was");
		return ERR_OK;
	}
	e = measure_ask(x->board, "n=0 d=0 w=; for f in $S/devices/system/cpu/cpufreq/policy*/"
	    "scaling_governor; do test -e \"$f\" || continue; n=$((n+1)); o=$(cat \"$f\"); w=$o; "
	    "if ( echo performance >\"$f\" ) 2>/dev/null; then G=\"$G $f=$o\"; d=$((d+1)); fi; "
	    "done; echo $d $n $w", 10 * NS_PER_S, &x->reply, NULL, x->why);
	if (e != ERR_OK)
		return e;
	rest = slice_make(x->reply.data, x->reply.len);
	(void)slice_u64(slice_word(&rest), 4096, &done);
	(void)slice_u64(slice_word(&rest), 4096, &all);
	line_into(&rest, was, sizeof was);
	if (all == 0)
		snprintf(x->r->governor, sizeof x->r->governor, "no cpufreq");
	else if (done == all)
		snprintf(x->r->governor, sizeof x->r->governor, "performance (was %s)", was);
	else
		snprintf(x->r->governor, sizeof x->r->governor, "%s (not allowed to pin)", was);
	if (all != 0 && done != all)
		note(x->r, "the clock is not pinned: no right to write scaling_governor");
	return ERR_OK;
}

/* ---- start and memory ---- */

struct first {
	bool over;
};

static void
on_over(void *arg)
{
	((struct first *)arg)->over = true;
}

/* ERR_EOF when the program has ended meanwhile. */
static enum err
still_there(struct run *x)
{
	int status = 0;
	const enum err e = measure_ask(x->board, "test -z \"$P\" || alive $P", 10 * NS_PER_S, NULL,
	    &status, x->why);

	return e != ERR_OK ? e : status == 0 ? ERR_TIMEOUT : ERR_EOF;
}

/* One answer of the program; *ms since `began`. */
static enum err
first_answer(struct run *x, uint64_t began, uint64_t most, double *ms)
{
	struct httpload_opts o = { .host = x->host, .port = x->o->port, .path = x->o->path,
		.connections = 1, .ns = most, .count = 1 };
	enum err e = ERR_TIMEOUT;

	while (sys_mono() - began < most && x->loop->signal == 0) {
		struct first f = { .over = false };
		struct httpload *h;

		o.ns = most < 200 * NS_PER_MS ? most : 200 * NS_PER_MS;
		e = httpload_open(x->loop->loop, &o, on_over, &f, &h, x->why);
		if (e != ERR_OK)
			return e;
		e = measure_wait(x->loop, &f.over, most, x->why);
		*ms = (double)(sys_mono() - began) / 1e6;
		if (e == ERR_OK && httpload_result(h)->answers == 0)
			e = ERR_TIMEOUT;
		httpload_close(h);
		if (e == ERR_TIMEOUT)
			e = still_there(x);
		if (e != ERR_TIMEOUT)
			return e;
	}
	return e;
}

static enum err
no_answer(struct run *x, bool ended)
{
	char said[160] = "";
	struct slice rest;

	if (measure_ask(x->board, "head -n 1 \"$D/log\"", 10 * NS_PER_S, &x->reply, NULL,
	    x->why) == ERR_OK) {
		rest = slice_make(x->reply.data, x->reply.len);
		line_into(&rest, said, sizeof said);
	}
	return err_set(x->why, ERR_DEVICE, x->spec, NULL,
	    "the program %s without an answer at http://%.80s:%s%.60s; it said: %s",
	    ended ? "has ended" : "ran for 30 s", x->host, x->o->port, x->o->path,
	    said[0] != '\0' ? said : "nothing");
}

/* Something that answers already would be measured in the program's place. */
static enum err
is_free(struct run *x)
{
	double ms;
	const enum err e = first_answer(x, sys_mono(), 50 * NS_PER_MS, &ms);

	if (e == ERR_OK)
		return err_set(x->why, ERR_BUSY, x->spec, "end it, or choose another --port",
		    "something answers at port %s before the program runs", x->o->port);
	return e == ERR_CANCELLED ? e : ERR_OK;
}

static enum err
start(struct run *x)
{
	struct buf line;
	double ms = 0;
	uint64_t began;
	const uint64_t round = measure_board_round(x->board);
	enum err e;

	buf_init(&line, 64 << 10);
	if (x->o->there != NULL)
		measure_quote(x->o->there, &line);
	else
		(void)buf_add_str(&line, "\"$D/prog\"");
	(void)buf_add_fmt(&line, " %s >\"$D/log\" 2>&1 </dev/null & P=$!", x->o->args);
	began = sys_mono();
	e = measure_ask(x->board, buf_str(&line), 10 * NS_PER_S, NULL, NULL, x->why);
	buf_fini(&line);
	if (e == ERR_OK)
		e = first_answer(x, began, ANSWER_S * NS_PER_S, &ms);
	if (e == ERR_TIMEOUT || e == ERR_EOF)
		return no_answer(x, e == ERR_EOF);
	if (e == ERR_OK)
		put(&x->r->start, fmax(ms - (double)round / 1e6, 0));
	return e;
}

static enum err
stop(struct run *x)
{
	return measure_ask(x->board, "end $P; P=", 15 * NS_PER_S, NULL, NULL, x->why);
}

static double
field(const char *text, const char *name)
{
	const size_t n = strlen(name);
	struct slice rest = slice_of(text), line;
	uint64_t v;

	while (rest.n != 0) {
		line = slice_cut(rest, '\n', &rest);
		if (!slice_starts(line, name) || line.n <= n || line.p[n] != ':')
			continue;
		line = slice_skip(line, n + 1);
		return slice_u64(slice_word(&line), UINT64_MAX, &v) ? (double)v : (double)NAN;
	}
	return (double)NAN;
}

/* RSS of status and of smaps_rollup are of the same thing: if they differ, somebody lies. */
static void
cross_check(struct measure_row *r, double rss, double rollup)
{
	const double apart = fabs(rss - rollup);

	if (!isnan(apart) && apart > rss * APART_PERCENT / 100 && apart > 2048)
		note(r, "RSS of two sources differs by %.0f %%: status %.0f, smaps_rollup %.0f KiB "
		    "(per-CPU counters?)", 100 * apart / rss, rss, rollup);
}

static enum err
memory(struct run *x, bool peak)
{
	const bool never = false;
	const char *text;
	enum err e = measure_wait(x->loop, &never, peak ? 0 : x->o->settle_ns, x->why);

	if (e == ERR_CANCELLED)
		return e;
	e = measure_ask(x->board, "cat /proc/$P/status; echo; cat /proc/$P/smaps_rollup",
	    10 * NS_PER_S, &x->reply, NULL, x->why);
	if (e != ERR_OK)
		return e;
	text = buf_str(&x->reply);
	if (peak) {
		x->r->peak = field(text, "VmHWM");
		return ERR_OK;
	}
	put(&x->r->rss, field(text, "VmRSS"));
	put(&x->r->vss, field(text, "VmSize"));
	put(&x->r->anon, field(text, "RssAnon"));
	put(&x->r->pss, field(text, "Pss"));
	cross_check(x->r, field(text, "VmRSS"), field(text, "Rss"));
	if (isnan(field(text, "Pss")))
		note(x->r, "no PSS: the kernel has no smaps_rollup, or does not let us read it");
	return ERR_OK;
}

static enum err
starts(struct run *x)
{
	enum err e = is_free(x);

	for (unsigned i = 0; i < x->o->runs && e == ERR_OK; i++) {
		step(x, "start-up and memory");
		if (i != 0)
			e = stop(x);
		if (e == ERR_OK)
			e = start(x);
		if (e == ERR_OK)
			e = memory(x, false);
	}
	return e;
}

/* ---- load ---- */

static enum err
load(struct run *x, struct measure_stat *rate, bool latency)
{
	const struct httpload_opts o = { .host = x->host, .port = x->o->port, .path = x->o->path,
		.connections = x->o->connections, .ns = x->o->load_ns };
	struct first f = { .over = false };
	const struct httpload_result *r;
	struct httpload *h;
	enum err e = httpload_open(x->loop->loop, &o, on_over, &f, &h, x->why);

	if (e != ERR_OK)
		return e;
	e = measure_wait(x->loop, &f.over, x->o->load_ns + ANSWER_S * NS_PER_S, x->why);
	r = httpload_result(h);
	if (e == ERR_OK && r->answers == 0)
		e = err_set(x->why, ERR_DEVICE, x->spec, NULL, "no answers under load: %s",
		    r->first_failure);
	if (e == ERR_OK) {
		put(rate, r->rate);
		if (latency) {
			put(&x->r->p50, r->p50);
			put(&x->r->p99, r->p99);
		}
		x->r->answers += r->answers;
		x->r->failures += r->failures;
		x->r->generator = fmax(x->r->generator, r->cpu);
		if (r->failures != 0)
			note(x->r, "%llu answers failed: %.100s", (unsigned long long)r->failures,
			    r->first_failure);
		if (r->cpu > 85)
			note(x->r, "the rate is our generator's limit (%.0f %% of a CPU), not the "
			    "board's", r->cpu);
	}
	httpload_close(h);
	return e;
}

static enum err
loads(struct run *x)
{
	enum err e = ERR_OK;

	for (unsigned i = 0; i < x->o->runs && e == ERR_OK; i++) {
		step(x, "load");
		e = load(x, &x->r->rate, true);
	}
	return e == ERR_OK ? memory(x, true) : e;
}

/* ---- heat ---- */

static enum err
heat_on(struct run *x)
{
	struct slice rest;
	enum err e = measure_ask(x->board,
	    "if command -v stress-ng >/dev/null 2>&1; then "
	    "stress-ng --cpu 0 --timeout 1d >/dev/null 2>&1 </dev/null & L=$!; "
	    "stress-ng --version | head -n 1; else "
	    "n=$(grep -c ^processor /proc/cpuinfo); while test $n -gt 0; do "
	    "while :; do :; done >/dev/null 2>&1 </dev/null & L=\"$L $!\"; n=$((n-1)); done; "
	    "echo 'shell loops (no stress-ng there)'; fi", 10 * NS_PER_S, &x->reply, NULL, x->why);

	if (e != ERR_OK)
		return e;
	rest = slice_make(x->reply.data, x->reply.len);
	line_into(&rest, x->r->heat, sizeof x->r->heat);
	return ERR_OK;
}

static enum err
warm_up(struct run *x)
{
	enum err e;

	step(x, "heat until it rests");
	heat_begin(x->heat);
	e = heat_on(x);
	if (e == ERR_OK)
		e = heat_wait(x->heat, x->o->window_ns, x->o->warm_ns, &x->r->at_rest, x->why);
	heat_tell(x->heat, x->r);
	if (e == ERR_OK)
		e = measure_ask(x->board, "calm", 15 * NS_PER_S, NULL, NULL, x->why);
	snprintf(x->r->steady, sizeof x->r->steady, x->r->at_rest ?
	    "at rest after %.0f s" : "not at rest after %.0f s", x->r->warm_s);
	if (e == ERR_OK && !x->r->at_rest)
		note(x->r, "the temperature did not come to rest in %.0f s: --warm gives it longer",
		    x->r->warm_s);
	step(x, "load while hot");
	return e == ERR_OK ? load(x, &x->r->hot, false) : e;
}

static enum err
heat(struct run *x)
{
	if (x->o->warm_ns == 0)
		return ERR_OK;
	if (isnan(heat_now(x->heat))) {
		note(x->r, "not heated: %.120s", heat_missing(x->heat)[0] != '\0' ?
		    heat_missing(x->heat) : "no thermometer");
		return ERR_OK;
	}
	return warm_up(x);
}

/* ---- where the program answers ---- */

struct names {
	struct buf text;
	bool over;
};

static void
names_ready(void *arg)
{
	(void)arg;
}

static void
names_bytes(void *arg, const char *p, size_t n)
{
	(void)buf_add(&((struct names *)arg)->text, p, n);
}

static void
names_over(void *arg, const struct err_msg *why)
{
	(void)why;
	((struct names *)arg)->over = true;
}

/* What the user's ssh makes of the name: "hostname 10.0.4.17" of ssh -G. */
static enum err
host_of(struct run *x)
{
	static const struct link_cb cb = { names_ready, names_bytes, names_over };
	char command[300], host[200];
	const struct link_ops *exec = link_find("exec:ssh", x->why);
	struct names n = { .over = false };
	struct slice rest, line;
	struct link *k;
	const char *colon;

	snprintf(x->host, sizeof x->host, "127.0.0.1");
	if (strncmp(x->spec, "ssh:", 4) != 0 || exec == NULL)
		return ERR_OK;
	colon = strrchr(x->spec, ':');
	snprintf(host, sizeof host, "%.*s", colon > x->spec + 4 ? (int)(colon - x->spec - 4) : 199,
	    x->spec + 4);
	snprintf(command, sizeof command, "exec:ssh -G %s", host);
	buf_init(&n.text, 128 << 10);
	k = exec->open(x->loop->loop, command, NULL, &cb, &n, x->why);
	if (k != NULL) {
		(void)measure_wait(x->loop, &n.over, 10 * NS_PER_S, x->why);
		exec->close(k);
	}
	rest = slice_of(buf_str(&n.text));
	while (rest.n != 0) {
		line = slice_cut(rest, '\n', &rest);
		if (slice_is(slice_word(&line), "hostname"))
			line_into(&line, x->host, sizeof x->host);
	}
	buf_fini(&n.text);
	return ERR_OK;
}

/* ---- all of it ---- */

static enum err
all(struct run *x)
{
	enum err e;

	step(x, "the board");
	e = measure_board_open(x->loop, x->spec, x->o->sys_root, &x->board, x->why);
	if (e == ERR_OK)
		e = hello(x);
	if (e == ERR_OK)
		e = heat_open(x->loop, x->spec, x->o->sys_root, &x->heat, x->why);
	if (e == ERR_OK)
		e = host_of(x);
	if (e == ERR_OK && x->o->there == NULL) {
		step(x, "copy");
		e = measure_upload(x->board, x->o->program, x->why);
	}
	if (e == ERR_OK)
		e = pin(x);
	if (e == ERR_OK)
		e = starts(x);
	if (e != ERR_OK)
		return e;
	x->r->t_idle = heat_now(x->heat);
	e = loads(x);
	return e == ERR_OK ? heat(x) : e;
}

enum err
measure_run(struct measure_loop *l, const char *spec, const struct measure_opts *o,
    struct measure_row *r)
{
	struct err_msg why = { .code = ERR_OK };
	struct run x = { .loop = l, .spec = spec, .o = o, .r = r, .why = &why };

	buf_init(&x.reply, REPLY_MAX);
	if (all(&x) != ERR_OK)
		r->error = why;
	step(&x, "clean up");
	heat_close(x.heat);
	measure_board_close(x.board);
	buf_fini(&x.reply);
	return r->error.code;
}
