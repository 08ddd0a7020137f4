/* pace.c - a queue that lets go of a byte, or a line, and then rests. */
#include "console/pace.h"

#include <string.h>

#include "base/clock.h"

#define BREAK_REST (300 * NS_PER_MS)    /* longer than the break itself */

static void pump(void *arg);

void
pace_init(struct pace *p, struct loop *l, const struct pace_ops *ops, void *arg)
{
	*p = (struct pace){ .loop = l, .ops = ops, .arg = arg };
	buf_init(&p->queue, PACE_MAX);
}

void
pace_fini(struct pace *p)
{
	loop_timer_stop(p->timer);
	p->timer = NULL;
	buf_fini(&p->queue);
}

size_t
pace_waiting(const struct pace *p)
{
	return p->queue.len;
}

size_t
pace_drop(struct pace *p)
{
	const size_t n = p->queue.len;

	loop_timer_stop(p->timer);
	p->timer = NULL;
	p->parts = 0;
	buf_clear(&p->queue);
	return n;
}

/* How much of the front may go at once, and the rest after it. */
static size_t
front(const struct pace *p, uint64_t *rest)
{
	const struct pace_part *f = &p->part[0];
	const char *q = buf_str(&p->queue);
	size_t n = 0;

	*rest = f->delay.each;
	if (f->delay.line == 0)
		return f->delay.each != 0 ? 1 : f->n;
	while (n < f->n && q[n] != '\r' && q[n] != '\n')
		n++;
	if (n != 0 && f->delay.each != 0)
		return 1;
	if (n < f->n) {                         /* the end of the line belongs to it */
		n += q[n] == '\r' && n + 1 < f->n && q[n + 1] == '\n' ? 2 : 1;
		*rest = f->delay.line;
	}
	return n;
}

static void
eat(struct pace *p, size_t n)
{
	buf_eat(&p->queue, n);
	p->part[0].n -= n;
	if (p->part[0].n != 0)
		return;
	p->parts--;
	memmove(p->part, p->part + 1, p->parts * sizeof *p->part);
}

static void
pump(void *arg)
{
	struct pace *p = arg;
	uint64_t rest = 0;

	p->timer = NULL;
	while (p->parts != 0 && rest == 0) {
		size_t n = 0;

		if (p->part[0].brk) {
			p->ops->brk(p->arg);
			rest = BREAK_REST;
		} else {
			n = front(p, &rest);
			if (p->ops->write(p->arg, buf_str(&p->queue), n, NULL) != ERR_OK) {
				(void)pace_drop(p);
				return;
			}
		}
		eat(p, n);
	}
	if (rest != 0)
		p->timer = loop_timer_start(p->loop, rest, 0, pump, p);
}

static enum err
add(struct pace *p, struct pace_part part, const char *bytes, struct err_msg *why)
{
	struct pace_part *last = p->parts != 0 ? &p->part[p->parts - 1] : NULL;
	const bool joins = last != NULL && !last->brk && !part.brk &&
	    last->delay.each == part.delay.each && last->delay.line == part.delay.line;

	if ((!joins && p->parts == PACE_PARTS) || buf_add(&p->queue, bytes, part.n) != ERR_OK)
		return err_set(why, ERR_LIMIT, "sending", "wait until it is sent",
		    "%zu bytes wait to be sent already", p->queue.len);
	if (joins)
		last->n += part.n;
	else
		p->part[p->parts++] = part;
	if (p->timer == NULL)
		pump(p);
	return ERR_OK;
}

enum err
pace_write(struct pace *p, const char *bytes, size_t n, struct pace_delay d, struct err_msg *why)
{
	if (n == 0)
		return ERR_OK;
	if (p->parts == 0 && p->timer == NULL && d.each == 0 && d.line == 0)
		return p->ops->write(p->arg, bytes, n, why);
	return add(p, (struct pace_part){ .n = n, .delay = d }, bytes, why);
}

enum err
pace_break(struct pace *p, struct err_msg *why)
{
	return add(p, (struct pace_part){ .brk = true }, "", why);
}
