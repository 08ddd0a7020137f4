/* board.c - the sampler on a board, and the link to it made again and again. */
#include "gauge/board.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

static const uint64_t RETRY_FIRST = NS_PER_S, RETRY_MOST = 30 * NS_PER_S;

struct board {
	struct loop *loop;
	char *spec;
	struct board_cb cb;
	void *arg;
	const struct link_ops *ops;
	void *with;
	struct link *link;              /* NULL between two */
	struct mirror *mirror;
	struct remote *remote;
	struct loop_timer *retry;
	uint64_t pause;
	bool answered;                  /* since the link was made */
	struct err_msg why;             /* of the last end */
};

static void start(void *arg);

/* The link is over, for the reason in b->why. It is made again after a pause. */
static void
over(struct board *b)
{
	if (b->link != NULL)
		b->ops->close(b->link);
	b->link = NULL;
	b->pause = b->answered || b->pause == 0 ? RETRY_FIRST : b->pause * 2;
	if (b->pause > RETRY_MOST)
		b->pause = RETRY_MOST;
	loop_timer_stop(b->retry);
	b->retry = loop_timer_start(b->loop, b->pause, 0, start, b);
	remote_cut(b->remote, &b->why);
}

static void
over_later(void *arg)
{
	over(arg);
}

static void
on_over(void *arg, const struct err_msg *why)
{
	struct board *b = arg;

	b->why = *why;
	/* A transport may not be closed from inside its own callbacks. */
	loop_defer_cancel(b->loop, over_later, b);
	loop_defer(b->loop, over_later, b);
}

static void
on_ready(void *arg)
{
	struct board *b = arg;

	remote_begin(b->remote);
}

static void
on_bytes(void *arg, const char *p, size_t n)
{
	struct board *b = arg;

	remote_feed(b->remote, p, n);
}

static void
start(void *arg)
{
	static const struct link_cb cb = { .ready = on_ready, .bytes = on_bytes, .over = on_over };
	struct board *b = arg;

	b->retry = NULL;
	b->answered = false;
	b->link = b->ops->open(b->loop, b->spec, b->with, &cb, b, &b->why);
	if (b->link == NULL) {
		over(b);
		return;
	}
	remote_baud(b->remote, b->ops->baud(b->link));
}

/* ---- the sampler's wishes ---- */

static void
on_write(void *arg, const char *p, size_t n)
{
	struct board *b = arg;

	if (b->link != NULL)
		b->ops->write(b->link, p, n);
}

static void
on_done(void *arg, const struct err_msg *why)
{
	struct board *b = arg;

	b->answered = b->answered || why == NULL;
	if (b->link != NULL && b->ops->idle != NULL)
		b->ops->idle(b->link);
	if (why != NULL && why->code == ERR_LOST && b->why.why[0] != '\0')
		why = &b->why;
	b->cb.done(b->arg, why);
}

static void
on_console(void *arg, const char *p, size_t n)
{
	struct board *b = arg;

	if (b->cb.console != NULL)
		b->cb.console(b->arg, p, n);
}

static void
on_list(void *arg, struct slice lines, uint64_t clock)
{
	struct board *b = arg;

	if (b->cb.list != NULL)
		b->cb.list(b->arg, lines, clock);
}

struct board *
board_open(struct loop *l, const char *spec, const struct link_use *use,
    const struct board_cb *cb, void *arg, struct err_msg *why)
{
	static const struct remote_cb remote_cb = { .write = on_write, .done = on_done,
		.dead = on_over, .console = on_console, .list = on_list };
	const struct link_ops *ops = use != NULL ? use->ops : link_find(spec, why);
	struct board *b;

	if (ops == NULL)
		return NULL;
	b = mem_zero(1, sizeof *b);
	b->loop = l;
	b->spec = mem_str(spec);
	b->cb = *cb;
	b->arg = arg;
	b->ops = ops;
	b->with = use != NULL ? use->with : NULL;
	b->mirror = mirror_new();
	b->remote = remote_new(l, b->mirror, &remote_cb, b);
	if (ops->idle != NULL)
		remote_share(b->remote);
	start(b);
	return b;
}

void
board_free(struct board *b)
{
	if (b == NULL)
		return;
	loop_timer_stop(b->retry);
	loop_defer_cancel(b->loop, over_later, b);
	remote_end(b->remote);
	if (b->link != NULL)
		b->ops->close(b->link);
	remote_free(b->remote);
	mirror_free(b->mirror);
	mem_free(b->spec);
	mem_free(b);
}

enum err
board_check(const char *spec, struct err_msg *why)
{
	struct err_msg reason;

	return link_find(spec, why != NULL ? why : &reason) != NULL ? ERR_OK : ERR_USAGE;
}

bool
board_sample(struct board *b)
{
	if (b->link != NULL && !remote_begun(b->remote))
		return false;           /* it is being made; its end is told */
	if (b->link != NULL && b->ops->may != NULL && !b->ops->may(b->link))
		return false;
	return remote_sample(b->remote);
}

const struct mirror *
board_mirror(const struct board *b)
{
	return b->mirror;
}

struct remote *
board_remote(struct board *b)
{
	return b->remote;
}
