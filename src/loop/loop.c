/* loop.c - the event loop over libuv. */
#include "loop/loop.h"

#include <signal.h>
#include <string.h>
#include <uv.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/list.h"
#include "sys/spawn.h"
#include "sys/time.h"

struct deferred { struct list node; loop_cb cb; void *arg; };

struct loop {
	uv_loop_t uv;
	uv_check_t check;               /* runs the deferred calls at the end of a turn */
	uv_idle_t idle;                 /* active while there are some: the turn does not sleep */
	uv_timer_t limit;               /* bounds loop_turn */
	uv_signal_t sigchld;
	struct list deferred, running, children;        /* running: deferred calls of this turn */
	struct list at_free;
	unsigned works;                 /* of loop_work(), not done yet */
};

struct loop_fd { uv_poll_t uv; loop_fd_cb cb; void *arg; bool closed; unsigned want; };
struct loop_timer { uv_timer_t uv; loop_cb cb; void *arg; bool once, closed; };
struct loop_signal { uv_signal_t uv; loop_cb cb; void *arg; };
struct loop_child {
	struct list node;
	struct loop *loop;
	pid_t pid;
	loop_child_cb cb;
	void *arg;
	bool ended;
};
struct work { uv_work_t uv; struct loop *loop; loop_cb work, done; void *arg; };

static void
free_handle(uv_handle_t *h)
{
	mem_free(h->data);
}

static void
end_handle(void *owner, uv_handle_t *h)
{
	h->data = owner;
	if (!uv_is_closing(h))
		uv_close(h, free_handle);
}

/* ---- deferred calls */

static void
on_idle(uv_idle_t *h)
{
	(void)h;
}

static void
run_deferred(struct loop *l)
{
	if (list_empty(&l->deferred))
		return;
	l->running = l->deferred;       /* what is asked for meanwhile runs in the next turn */
	l->running.next->prev = l->running.prev->next = &l->running;
	list_init(&l->deferred);
	while (!list_empty(&l->running)) {
		struct deferred *d = LIST_ENTRY(l->running.next, struct deferred, node);

		list_del(&d->node);
		d->cb(d->arg);
		mem_free(d);
	}
	if (list_empty(&l->deferred))
		(void)uv_idle_stop(&l->idle);
}

static void
put_in(struct list *list, loop_cb cb, void *arg)
{
	struct deferred *d = mem_zero(1, sizeof *d);

	d->cb = cb;
	d->arg = arg;
	list_add_tail(list, &d->node);
}

void
loop_defer(struct loop *l, loop_cb cb, void *arg)
{
	put_in(&l->deferred, cb, arg);
	(void)uv_idle_start(&l->idle, on_idle);
}

static void
cancel_in(struct list *list, loop_cb cb, const void *arg)
{
	LIST_EACH_SAFE(n, list) {
		struct deferred *d = LIST_ENTRY(n, struct deferred, node);

		if (d->cb == cb && d->arg == arg) {
			list_del(&d->node);
			mem_free(d);
		}
	}
}

void
loop_defer_cancel(struct loop *l, loop_cb cb, void *arg)
{
	cancel_in(&l->deferred, cb, arg);
	cancel_in(&l->running, cb, arg);
}

void
loop_at_free(struct loop *l, loop_cb cb, void *arg)
{
	put_in(&l->at_free, cb, arg);
}

void
loop_at_free_cancel(struct loop *l, loop_cb cb, void *arg)
{
	cancel_in(&l->at_free, cb, arg);
}

static void
run_at_free(struct loop *l)
{
	while (!list_empty(&l->at_free)) {
		struct deferred *d = LIST_ENTRY(l->at_free.next, struct deferred, node);

		list_del(&d->node);
		d->cb(d->arg);
		mem_free(d);
	}
}

/* ---- children */

static void
poll_children(void *arg)
{
	struct loop *l = arg;
	bool again = true;

	while (again) {                 /* a callback may change the list: start over after each */
		again = false;
		LIST_EACH(n, &l->children) {
			struct loop_child *c = LIST_ENTRY(n, struct loop_child, node);
			int status;

			if (!sys_wait_poll(c->pid, &status))
				continue;
			list_del(&c->node);
			c->ended = true;
			c->cb(c->arg, status);
			mem_free(c);
			again = true;
			break;
		}
	}
	if (list_empty(&l->children))
		uv_unref((uv_handle_t *)&l->sigchld);
}

static void
on_sigchld(uv_signal_t *h, int signum)
{
	(void)signum;
	poll_children(h->loop->data);
}

struct loop_child *
loop_child_watch(struct loop *l, pid_t pid, loop_child_cb cb, void *arg)
{
	struct loop_child *c = mem_zero(1, sizeof *c);

	*c = (struct loop_child){ .loop = l, .pid = pid, .cb = cb, .arg = arg };
	list_add_tail(&l->children, &c->node);
	uv_ref((uv_handle_t *)&l->sigchld);
	loop_defer(l, poll_children, l);        /* it may have ended before we looked */
	return c;
}

void
loop_child_forget(struct loop_child *c)
{
	if (c == NULL || c->ended) /* ended: this is its own callback, poll_children frees it */
		return;
	list_del(&c->node);
	if (list_empty(&c->loop->children))
		uv_unref((uv_handle_t *)&c->loop->sigchld);
	mem_free(c);
}

unsigned
loop_children(const struct loop *l)
{
	unsigned count = 0;

	LIST_EACH(n, &l->children)
		count++;
	return count;
}

/* ---- the loop */

static void
on_check(uv_check_t *h)
{
	run_deferred(h->loop->data);
}

static void
on_limit(uv_timer_t *h)
{
	(void)h;
}

struct loop *
loop_new(void)
{
	struct loop *l = mem_zero(1, sizeof *l);

	if (uv_loop_init(&l->uv) != 0) {
		mem_free(l);
		return NULL;
	}
	l->uv.data = l;
	list_init(&l->deferred);
	list_init(&l->at_free);
	list_init(&l->running);
	list_init(&l->children);
	(void)uv_check_init(&l->uv, &l->check);
	(void)uv_check_start(&l->check, on_check);
	uv_unref((uv_handle_t *)&l->check);
	(void)uv_idle_init(&l->uv, &l->idle);
	(void)uv_timer_init(&l->uv, &l->limit);
	(void)uv_signal_init(&l->uv, &l->sigchld);
	(void)uv_signal_start(&l->sigchld, on_sigchld, SIGCHLD);
	uv_unref((uv_handle_t *)&l->sigchld);
	return l;
}

static void
close_any(uv_handle_t *h, void *arg)
{
	struct loop *l = arg;
	const bool own = h == (uv_handle_t *)&l->check || h == (uv_handle_t *)&l->idle ||
	    h == (uv_handle_t *)&l->limit || h == (uv_handle_t *)&l->sigchld;

	if (uv_is_closing(h))
		return;
	if (!own)
		h->data = h;            /* each of our handles begins with its uv part */
	uv_close(h, own ? NULL : free_handle);
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	run_at_free(l);
	uv_walk(&l->uv, close_any, l);
	while (uv_run(&l->uv, UV_RUN_DEFAULT) != 0)
		;
	LIST_EACH_SAFE(n, &l->children)
		mem_free(LIST_ENTRY(n, struct loop_child, node));
	LIST_EACH_SAFE(n, &l->deferred)
		mem_free(LIST_ENTRY(n, struct deferred, node));
	(void)uv_loop_close(&l->uv);
	mem_free(l);
}

void
loop_run(struct loop *l)
{
	(void)uv_run(&l->uv, UV_RUN_DEFAULT);
}

bool
loop_turn(struct loop *l, int64_t max_wait_ns)
{
	const uint64_t ms = ((uint64_t)max_wait_ns + NS_PER_MS - 1) / NS_PER_MS;

	if (max_wait_ns == 0)
		return uv_run(&l->uv, UV_RUN_NOWAIT) != 0;
	if (max_wait_ns > 0) {
		/* repeating: if we are held up here, it fires before the wait, which must still
		 * end */
		uv_update_time(&l->uv);
		(void)uv_timer_start(&l->limit, on_limit, ms, ms);
	}
	(void)uv_run(&l->uv, UV_RUN_ONCE);
	(void)uv_timer_stop(&l->limit);
	return uv_loop_alive(&l->uv) != 0;
}

void
loop_stop(struct loop *l)
{
	uv_stop(&l->uv);
}

uint64_t
loop_now(const struct loop *l)
{
	(void)l;
	return sys_mono();
}

/* ---- descriptors */

static void
on_fd(uv_poll_t *h, int status, int events)
{
	struct loop_fd *f = (struct loop_fd *)(void *)h;
	unsigned e = 0;

	if (f->closed)
		return;
	if (status < 0)
		e = LOOP_HANGUP | (f->want & (LOOP_READ | LOOP_WRITE));
	if ((events & UV_READABLE) != 0)
		e |= LOOP_READ;
	if ((events & UV_WRITABLE) != 0)
		e |= LOOP_WRITE;
	if ((events & UV_DISCONNECT) != 0)
		e |= LOOP_HANGUP;
	f->cb(f->arg, e);
}

struct loop_fd *
loop_fd_open(struct loop *l, int fd, unsigned events, loop_fd_cb cb, void *arg)
{
	struct loop_fd *f = mem_zero(1, sizeof *f);

	f->cb = cb;
	f->arg = arg;
	if (uv_poll_init(&l->uv, &f->uv, fd) != 0) {
		mem_free(f);
		return NULL;
	}
	loop_fd_events(f, events);
	return f;
}

void
loop_fd_events(struct loop_fd *f, unsigned events)
{
	int uv = 0;

	if (f->closed || (f->want == events && uv_is_active((uv_handle_t *)&f->uv)))
		return;
	f->want = events;
	if ((events & LOOP_READ) != 0)
		uv |= UV_READABLE | UV_DISCONNECT;
	if ((events & LOOP_WRITE) != 0)
		uv |= UV_WRITABLE | UV_DISCONNECT;
	if (uv != 0)
		(void)uv_poll_start(&f->uv, uv, on_fd);
	else
		(void)uv_poll_stop(&f->uv);
}

void
loop_fd_close(struct loop_fd *f)
{
	if (f == NULL || f->closed)
		return;
	f->closed = true;
	(void)uv_poll_stop(&f->uv);
	end_handle(f, (uv_handle_t *)&f->uv);
}

/* ---- timers */

static void
on_timer(uv_timer_t *h)
{
	struct loop_timer *t = (struct loop_timer *)(void *)h;
	const bool once = t->once;
	const loop_cb cb = t->cb;
	void *arg = t->arg;

	if (once) {                     /* gone before the callback: it may start another */
		t->closed = true;
		end_handle(t, (uv_handle_t *)h);
	}
	cb(arg);
}

struct loop_timer *
loop_timer_start(struct loop *l, uint64_t after_ns, uint64_t every_ns, loop_cb cb, void *arg)
{
	struct loop_timer *t = mem_zero(1, sizeof *t);

	t->cb = cb;
	t->arg = arg;
	t->once = every_ns == 0;
	(void)uv_timer_init(&l->uv, &t->uv);
	uv_update_time(&l->uv);
	(void)uv_timer_start(&t->uv, on_timer, (after_ns + NS_PER_MS - 1) / NS_PER_MS,
	    (every_ns + NS_PER_MS - 1) / NS_PER_MS);
	return t;
}

void
loop_timer_stop(struct loop_timer *t)
{
	if (t == NULL || t->closed)
		return;
	t->closed = true;
	(void)uv_timer_stop(&t->uv);
	end_handle(t, (uv_handle_t *)&t->uv);
}

/* ---- signals */

static void
on_signal(uv_signal_t *h, int signum)
{
	struct loop_signal *s = (struct loop_signal *)(void *)h;

	(void)signum;
	s->cb(s->arg);
}

struct loop_signal *
loop_signal_watch(struct loop *l, int signum, loop_cb cb, void *arg)
{
	struct loop_signal *s = mem_zero(1, sizeof *s);

	s->cb = cb;
	s->arg = arg;
	(void)uv_signal_init(&l->uv, &s->uv);
	(void)uv_signal_start(&s->uv, on_signal, signum);
	uv_unref((uv_handle_t *)&s->uv); /* waiting for a signal alone is no reason to live on */
	return s;
}

void
loop_signal_forget(struct loop_signal *s)
{
	if (s == NULL)
		return;
	(void)uv_signal_stop(&s->uv);
	end_handle(s, (uv_handle_t *)&s->uv);
}

/* ---- work in another thread */

static void
do_work(uv_work_t *w)
{
	struct work *k = (struct work *)(void *)w;

	k->work(k->arg);
}

static void
after_work(uv_work_t *w, int status)
{
	struct work *k = (struct work *)(void *)w;

	k->loop->works--;
	if (status == 0)
		k->done(k->arg);
	mem_free(k);
}

void
loop_work(struct loop *l, loop_cb work, loop_cb done, void *arg)
{
	struct work *k = mem_zero(1, sizeof *k);

	k->loop = l;
	k->work = work;
	k->done = done;
	k->arg = arg;
	if (uv_queue_work(&l->uv, &k->uv, do_work, after_work) != 0)
		mem_free(k);
	else
		l->works++;
}

unsigned
loop_works(const struct loop *l)
{
	return l->works;
}
