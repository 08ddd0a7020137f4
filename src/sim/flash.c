/* flash.c - a flash tool that takes its time. */
#include "sim/flash.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/clock.h"
#include "sys/time.h"

enum {
	BASE = 0x08000000,
	STEPS = 100,
	ERASE_SHARE = 15,
	WRITE_SHARE = 70
}; /* percent of the time; verifying has the rest */

struct flash {
	struct loop *loop;
	const struct flash_opts *o;
	uint64_t start;
	unsigned wrote, verified;       /* percent printed so far */
	bool erased;
	int status;
	bool over;
};

static void
finish(struct flash *f, int status)
{
	f->status = status;
	f->over = true;
	loop_stop(f->loop);
}

static void
write_lines(struct flash *f, unsigned percent)
{
	for (; f->wrote <= percent && !f->over; f->wrote++) {
		const uint64_t at = f->o->size * f->wrote / STEPS;

		if (f->wrote >= f->o->fail_at) {
			fprintf(stderr,
			    "Error: write failed at 0x%08" PRIx64
			    ": the target does not acknowledge\n",
			    BASE + at);
			finish(f, 1);
		} else if (f->wrote % 2 == 0 || f->wrote == STEPS) {
			printf("Writing at 0x%08" PRIx64 "... (%u %%) %" PRIu64 "/%" PRIu64
			       " bytes\n",
			    BASE + at, f->wrote, at, f->o->size);
		}
	}
}

static void
on_tick(void *arg)
{
	struct flash *f = arg;
	const uint64_t gone = sys_mono() - f->start;
	const uint64_t share = f->o->takes_ns != 0 && gone < f->o->takes_ns ?
	    gone * 10000 / f->o->takes_ns : 10000;     /* of 10000 */
	char span[32];

	if (f->over)
		return;
	if (!f->erased && share >= ERASE_SHARE * 100) {
		clock_fmt_span(gone, span, sizeof span);
		printf("Erased %" PRIu64 " bytes (%s)\n", f->o->size, span);
		f->erased = true;
	}
	if (f->erased) {
		const uint64_t into = (share - ERASE_SHARE * 100) / WRITE_SHARE;

		write_lines(f, into < STEPS ? (unsigned)into : STEPS);
	}
	if (f->wrote > STEPS && f->verified == 0) {
		printf("Verifying %" PRIu64 " bytes\n", f->o->size);
		f->verified = 1;
	}
	if (f->wrote > STEPS && share == 10000) {
		printf("Verified OK\n");
		finish(f, 0);
	}
	(void)fflush(stdout);
}

int
flash_run(struct loop *l, const struct flash_opts *o)
{
	struct flash f = { .loop = l, .o = o, .start = sys_mono(), .status = 130 };
	const uint64_t every = o->takes_ns / 200 > NS_PER_MS ? o->takes_ns / 200 : NS_PER_MS;
	struct loop_timer *t;

	printf("Simulated flash tool: nothing is written\n");
	printf("Erasing 0x%08x..0x%08" PRIx64 " for %s\n", (unsigned)BASE, BASE + o->size - 1,
	    o->file);
	(void)fflush(stdout);
	t = loop_timer_start(l, every, every, on_tick, &f);
	loop_run(l);
	loop_timer_stop(t);
	return f.status;
}
