/* follow.c - cutting a console's bytes into lines for decoders, gauges and triggers. */
#include "bench/follow.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "bench/asks.h"
#include "bench/decode_plugins.h"
#include "bench/decoders.h"
#include "bench/elfsum.h"
#include "bench/meters.h"
#include "bench/triggers.h"
#include "sys/time.h"

static void
give(struct follow *f, const struct follow_line *l)
{
	decode_line(f->decode, l->p, l->n, l->offset, l->end);
	meters_line(f, l);
	decode_plugins_line(f, l);
	triggers_line(f, l);
	asks_line(f, l);
	elfsum_line(f, l);
}

static void
on_line(void *arg, const struct lines_line *l)
{
	struct follow *f = arg;
	const struct follow_line line = { l->text, l->n, l->offset, l->end,
		f->partial_end > l->offset };

	f->partial_end = 0;
	give(f, &line);
}

/* Nothing came for a while: open records are over, and the unfinished line is looked at. */
static void
on_quiet(void *arg)
{
	struct follow *f = arg;
	const uint64_t now = sys_mono(), since = now - f->last_data;

	f->quiet = NULL;
	if (since < FOLLOW_QUIET_NS) {
		f->quiet = loop_timer_start(f->console->bench->loop, FOLLOW_QUIET_NS - since, 0,
		    on_quiet, f);
		return;
	}
	if (f->cut.part.len != 0 && f->partial_end < f->cut.at) {
		const struct follow_line line = { f->cut.part.data, f->cut.part.len, f->cut.start,
			f->cut.at, f->partial_end > f->cut.start };

		f->partial_end = f->cut.at;
		give(f, &line);
	}
	decode_flush(f->decode);
}

void
follow_data(struct bench_console *k)
{
	struct follow *f = k->follow;
	const struct ring *r = console_ring(k->console);
	const unsigned char *p;
	size_t n;

	if (f->seen < ring_first(r)) {
		f->seen = ring_first(r);
		lines_reset(&f->cut, f->seen);
	}
	while ((n = ring_peek(r, f->seen, &p)) != 0) {
		lines_feed(&f->cut, (const char *)p, n, on_line, f);
		f->seen += n;
	}
	f->last_data = sys_mono();
	if (f->quiet == NULL && (f->cut.part.len != 0 || decode_open(f->decode)))
		f->quiet = loop_timer_start(k->bench->loop, FOLLOW_QUIET_NS, 0, on_quiet, f);
}

void
follow_open(struct bench_console *k)
{
	static const struct decode_callbacks cb = {
		.found = decoders_found, .value = meters_value
	};
	struct follow *f = mem_zero(1, sizeof *f);

	f->console = k;
	f->decode = decode_new(&cb, f);
	lines_init(&f->cut, LIMIT_LINE, 0);
	k->follow = f;
}

void
follow_close(struct bench_console *k)
{
	struct follow *f = k->follow;

	if (f == NULL)
		return;
	loop_timer_stop(f->quiet);
	decode_free(f->decode);
	lines_fini(&f->cut);
	meters_console_gone(f);
	mem_free(f->said_of);
	mem_free(f);
	k->follow = NULL;
}
