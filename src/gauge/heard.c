/* heard.c - gauges out of printed lines. */
#include "gauge/heard.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/slice.h"
#include "gauge/source_given.h"
#include "gauge/source_vars.h"
#include "gauge/window.h"
#include "sys/time.h"
#include "text/decode.h"
#include "text/lines.h"
#include "text/values.h"
#include "transport/transport.h"

static const uint64_t RETRY_FIRST = NS_PER_S, RETRY_MOST = 30 * NS_PER_S;
static const int64_t PAUSES_NS = INT64_C(60000000000);
enum { READ_SIZE = 16384 };

struct heard {
	struct loop *loop;
	char *spec, *choice, *port;
	struct transport *wire;         /* NULL between two */
	struct transport_settings settings;
	struct loop_timer *retry;
	uint64_t pause;
	bool lost;
	struct err_msg why;
	struct lines cut;
	struct decode *decode;
	struct given given;
	struct window_events pauses;
	uint64_t window;
	unsigned seen;
	unsigned char room[READ_SIZE];
};

/* ---- specs ---- */

bool
heard_is(const char *spec)
{
	return strncmp(spec, "lines:", 6) == 0;
}

/* "lines:PORT[@BAUD]": the port, heap, and its speed. */
static enum err
parse(const char *spec, char **port, uint32_t *baud, struct err_msg *why)
{
	const char *rest = spec + 6, *at = strrchr(rest, '@');
	uint64_t n = 115200;

	/* of a command, or of a path, it is a part */
	if (strncmp(rest, "exec:", 5) == 0 || strncmp(rest, "shell:", 6) == 0 ||
	    (at != NULL && strchr(at, '/') != NULL))
		at = NULL;
	if (*rest == '\0' || at == rest)
		return err_set(why, ERR_USAGE, spec, "give lines:PORT[@BAUD] or lines:exec:PROGRAM",
		    "no port");
	if (at != NULL && (!slice_u64(slice_of(at + 1), 20000000, &n) || n == 0))
		return err_set(why, ERR_USAGE, spec, NULL, "not a speed: %s", at + 1);
	*baud = (uint32_t)n;
	if (port != NULL)
		*port = at != NULL ? mem_strn(rest, (size_t)(at - rest)) : mem_str(rest);
	return ERR_OK;
}

enum err
heard_check(const char *spec, struct err_msg *why)
{
	uint32_t baud;

	return parse(spec, NULL, &baud, why);
}

/* ---- values ---- */

static void
put(struct heard *h, const char *name, double v, const char *unit)
{
	double scale;
	const bool go = strncmp(name, "go.", 3) == 0;
	struct gauge_def d = table_def(name, go ? "go" : "plot", go ? name + 3 : name,
	    values_unit(unit, &scale), (double)NAN, "printed lines");

	(void)given_put(&h->given, &d, v * scale, sys_mono());
}

static void
on_value(void *arg, const char *name, double v, const char *unit)
{
	static const double q[] = { 0.5, 0.99, 1 };
	static const char *const names[] = { "go.gc.pause_p50", "go.gc.pause_p99",
		"go.gc.pause_max" };
	struct heard *h = arg;
	const int64_t now = (int64_t)sys_mono();
	double out[3];

	put(h, name, v, unit);
	if (strcmp(name, "go.gc.pause_ms") != 0)
		return;
	window_events_add(&h->pauses, now, v);
	(void)window_events_quantiles(&h->pauses, now - PAUSES_NS, q, 3, out);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		put(h, names[i], out[i], "ms");
}

static void
plot(struct heard *h, const struct lines_line *l)
{
	struct values_one v[VALUES_MAX];
	struct buf plain;
	size_t n;

	buf_init(&plain, DECODE_LINE_MAX + 1);
	decode_plain(l->text, l->n, &plain);
	n = values_scan(buf_str(&plain), plain.len, v);
	for (size_t i = 0; i < n; i++)
		if (vars_chosen(h->choice, v[i].name))
			put(h, v[i].name, v[i].value, v[i].unit);
	buf_fini(&plain);
}

static void
on_line(void *arg, const struct lines_line *l)
{
	struct heard *h = arg;
	const uint64_t now = sys_mono();

	if (now - h->window > HEARD_WINDOW_NS) {
		h->window = now;
		h->seen = 0;
	}
	if (h->seen++ >= HEARD_LINES || l->n > DECODE_LINE_MAX)
		return;
	decode_line(h->decode, l->text, l->n, l->offset, l->end);
	if (h->choice != NULL)
		plot(h, l);
}

/* ---- the wire ---- */

static void start(void *arg);

static size_t
on_room(void *arg, unsigned char **p)
{
	struct heard *h = arg;

	*p = h->room;
	return sizeof h->room;
}

static void
on_bytes(void *arg, size_t n)
{
	struct heard *h = arg;

	h->lost = false;
	h->pause = 0;
	lines_feed(&h->cut, (const char *)h->room, n, on_line, h);
}

static void
on_turn(void *arg)
{
	(void)arg;
}

static void
over(struct heard *h)
{
	h->wire = NULL;
	h->lost = true;
	h->pause = h->pause == 0 ? RETRY_FIRST : h->pause * 2;
	if (h->pause > RETRY_MOST)
		h->pause = RETRY_MOST;
	h->retry = loop_timer_start(h->loop, h->pause, 0, start, h);
}

static void
on_state(void *arg, enum transport_state s, const struct err_msg *why)
{
	struct heard *h = arg;

	if (s == TRANSPORT_OPEN)
		h->lost = false;
	if (s != TRANSPORT_LOST)
		return;
	h->why = *why;
	transport_close(h->wire);
	over(h);
}

static void
start(void *arg)
{
	static const struct transport_callbacks cb = {
		.room = on_room, .bytes = on_bytes, .turn = on_turn, .state = on_state,
	};
	struct heard *h = arg;

	h->retry = NULL;
	lines_reset(&h->cut, 0);
	if (transport_open(h->loop, h->port, &h->settings, &cb, h, &h->wire, &h->why) != ERR_OK)
		over(h);
	else if (transport_state(h->wire) == TRANSPORT_OPEN)
		h->lost = false;
}

struct heard *
heard_new(struct loop *l, struct gauge_table *t, const char *spec, const char *choice)
{
	static const struct decode_callbacks cb = { .value = on_value };
	struct heard *h = mem_zero(1, sizeof *h);

	h->loop = l;
	h->spec = mem_str(spec);
	h->choice = choice != NULL && choice[0] != '\0' ? mem_str(choice) : NULL;
	h->given.table = t;
	transport_settings_init(&h->settings);
	(void)parse(spec, &h->port, &h->settings.baud, NULL);
	lines_init(&h->cut, LIMIT_LINE, 0);
	h->decode = decode_new(&cb, h);
	start(h);
	return h;
}

void
heard_free(struct heard *h)
{
	if (h == NULL)
		return;
	loop_timer_stop(h->retry);
	transport_close(h->wire);
	decode_free(h->decode);
	lines_fini(&h->cut);
	window_events_fini(&h->pauses);
	mem_free(h->port);
	mem_free(h->choice);
	mem_free(h->spec);
	mem_free(h);
}

const struct err_msg *
heard_sample(struct heard *h, uint64_t mono)
{
	given_sample(&h->given, mono);
	return h->lost ? &h->why : NULL;
}
