/* relay.c - the thread that passes bytes on, and the ring in which they are looked at. */
#include "rsp/relay.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "sys/io.h"
#include "sys/sock.h"
#include "sys/thread.h"
#include "sys/time.h"

enum { PIECE = 16 << 10, SKIP = 2, CALL = 2, CREDIT_MAX = 8, LOOK_MS = 2 };
static const uint64_t SPIN = 100 * NS_PER_US;   /* an answer of a stub in this machine: 20 to 60 */
static const uint64_t LOOK_AT_LAST = 20 * NS_PER_MS;

/* In front of each piece. All sizes in the ring are multiples of its own. */
struct head {
	uint64_t at;
	uint32_t n, by;                 /* by SKIP: the next one stands at the ring's start */
};

enum { NEED = sizeof(struct head) + PIECE };

struct rsp_relay {
	struct sys_thread *thread;
	struct loop_fd *watch;
	loop_cb bell;
	void   *arg;
	int     fd[2], call[2];         /* call: [0] the loop's end, [1] the thread's */
	unsigned char *ring;
	_Atomic uint64_t put, got;      /* bytes ever; put is the thread's, got the loop's */
	atomic_bool stop, over, quiet, rung, starved;
	enum rsp_side gone;             /* stands once over is set */
	int     errnum;

	/* of the thread alone */
	struct left { unsigned char bytes[PIECE]; size_t at, n; } left[2];      /* to that side */
	bool    eof[2], mute[2];        /* says no more; takes no more */
	bool    spins;
	int     credit;                 /* how often the answer came soon, lately */
	uint64_t last, unrung_at;
	size_t  unrung;                 /* bytes that the loop was not called for yet */
};

/* ---- ring */

static size_t
whole(size_t n)
{
	return (sizeof(struct head) + n + sizeof(struct head) - 1) & ~(sizeof(struct head) - 1);
}

static size_t
place(uint64_t at)
{
	return (size_t)(at % RSP_RELAY_RING);
}

/* Behind the last piece, or at the start where the end is near. NULL: there is no room. */
static struct head *
reserve(struct rsp_relay *r)
{
	uint64_t put = atomic_load_explicit(&r->put, memory_order_relaxed);
	const size_t end = RSP_RELAY_RING - place(put), skip = end < NEED ? end : 0;
	struct head *h = (struct head *)(void *)(r->ring + place(put));

	if (put + skip + NEED - atomic_load(&r->got) > RSP_RELAY_RING)
		return NULL;
	if (skip != 0) {
		*h = (struct head){ .by = SKIP };
		put += skip;
		atomic_store(&r->put, put);
		h = (struct head *)(void *)(r->ring + place(put));
	}
	return h;
}

/* The loop is asked to call when it made room. */
static bool
has_room(struct rsp_relay *r)
{
	if (reserve(r) != NULL)
		return true;
	atomic_store(&r->starved, true);
	return reserve(r) != NULL;
}

bool
rsp_relay_next(struct rsp_relay *r, struct rsp_piece *out)
{
	uint64_t got = atomic_load_explicit(&r->got, memory_order_relaxed);
	const struct head *h = NULL;

	while (got != atomic_load(&r->put)) {
		h = (const struct head *)(const void *)(r->ring + place(got));
		if (h->by != SKIP) {
			*out = (struct rsp_piece){ .at = h->at, .by = (enum rsp_side)h->by,
				.p = (const unsigned char *)(h + 1), .n = h->n };
			return true;
		}
		got += RSP_RELAY_RING - place(got);
		atomic_store(&r->got, got);
	}
	return false;
}

static void
call(int fd)
{
	(void)!sys_write(fd, "", 1);
}

void
rsp_relay_seen(struct rsp_relay *r)
{
	const uint64_t got = atomic_load_explicit(&r->got, memory_order_relaxed);
	const struct head *h = (const struct head *)(const void *)(r->ring + place(got));

	atomic_store(&r->got, got + whole(h->n));
	if (atomic_exchange(&r->starved, false))
		call(r->call[0]);
}

/* ---- passing on */

static void
ring_bell(struct rsp_relay *r)
{
	r->unrung = 0;
	if (!atomic_exchange(&r->rung, true))
		call(r->call[1]);
}

static void
hung_up(struct rsp_relay *r, enum rsp_side by, int errnum)
{
	r->eof[by] = r->mute[by] = true;
	r->gone = by;
	r->errnum = errnum;
}

/* What could not be written there: the rest waits, or the side is gone. A server may have said
 * something before that. */
static void
keep(struct rsp_relay *r, enum rsp_side to, const unsigned char *p, size_t n, ssize_t put)
{
	struct left *left = &r->left[to];

	if (put < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
		r->mute[to] = true;
		if (to == RSP_CLIENT)
			hung_up(r, to, errno);
	} else {
		const size_t taken = put > 0 ? (size_t)put : 0;

		left->n = n - taken;
		left->at = 0;
		memcpy(left->bytes, p + taken, left->n);
	}
}

static void
publish(struct rsp_relay *r, struct head *h, enum rsp_side by, size_t n, uint64_t now)
{
	*h = (struct head){ .at = now, .n = (uint32_t)n, .by = by };
	atomic_fetch_add(&r->put, whole(n));
	if (r->unrung == 0)
		r->unrung_at = now;
	r->unrung += n;
	if (now - r->last < SPIN)
		r->credit = CREDIT_MAX;
	else if (r->credit > 0)
		r->credit--;
	r->last = now;
}

/* Passes on what one read brings; looking at it comes later. */
static void
pass(struct rsp_relay *r, enum rsp_side by)
{
	struct head *h = reserve(r);
	unsigned char *p = (unsigned char *)(h + 1);
	ssize_t n, put;
	uint64_t now;

	if (h == NULL)
		return;
	n = sys_read(r->fd[by], p, PIECE);
	if (n <= 0) {
		if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
			hung_up(r, by, n == 0 ? 0 : errno);
		return;
	}
	now = sys_mono();
	put = r->mute[!by] ? n : sys_write(r->fd[!by], p, (size_t)n);
	if (put < n)
		keep(r, !by, p, (size_t)n, put);
	publish(r, h, by, (size_t)n, now);
}

static void
flush(struct rsp_relay *r, enum rsp_side to)
{
	struct left *left = &r->left[to];
	const ssize_t put = sys_write(r->fd[to], left->bytes + left->at, left->n - left->at);

	if (put < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
		left->n = left->at = 0;
		keep(r, to, left->bytes, 0, put);
	} else if (put > 0) {
		left->at += (size_t)put;
	}
	if (left->at == left->n)
		left->at = left->n = 0;
}

/* ---- waiting */

/* Sleeps, but not in the moment in which the next byte is likely. */
static void
wait_for(struct rsp_relay *r, struct pollfd p[3])
{
	if (r->spins && r->credit > 0) {
		do {
			if (poll(p, 3, 0) != 0)
				return;
			sys_yield();
		} while (sys_mono() - r->last < SPIN);
		r->credit--;
	}
	atomic_store(&r->quiet, true);
	if (poll(p, 3, r->unrung != 0 ? LOOK_MS : -1) == 0)
		ring_bell(r);
	atomic_store(&r->quiet, false);
}

static struct pollfd
watched(const struct rsp_relay *r, enum rsp_side side, bool room)
{
	const bool writes = r->left[side].n != 0,
		   reads = room && r->left[!side].n == 0 && !r->eof[0] && !r->eof[1];

	return (struct pollfd){ .fd = reads || writes ? r->fd[side] : -1,
		.events = (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0)) };
}

static void
turn(struct rsp_relay *r)
{
	const bool room = has_room(r);
	struct pollfd p[3] = { watched(r, RSP_CLIENT, room), watched(r, RSP_SERVER, room),
		{ .fd = r->call[1], .events = POLLIN } };
	char piece[64];

	wait_for(r, p);
	if (p[CALL].revents != 0)
		(void)sys_read(r->call[1], piece, sizeof piece);
	for (int i = 0; i < 2; i++)
		if ((p[i].events & POLLOUT) != 0 && p[i].revents != 0)
			flush(r, (enum rsp_side)i);
	for (int i = 0; i < 2; i++)
		if ((p[i].events & POLLIN) != 0 && p[i].revents != 0)
			pass(r, (enum rsp_side)i);
	if (r->unrung > RSP_RELAY_RING / 4 ||
	    (r->unrung != 0 && r->last - r->unrung_at > LOOK_AT_LAST))
		ring_bell(r);
}

/* What the server said before it went is still passed on to the debugger. */
static bool
goes_on(const struct rsp_relay *r)
{
	return !atomic_load(&r->stop) && !r->eof[RSP_CLIENT] &&
	    (!r->eof[RSP_SERVER] || r->left[RSP_CLIENT].n != 0);
}

static void
run(void *arg)
{
	struct rsp_relay *r = arg;

	while (goes_on(r))
		turn(r);
	atomic_store(&r->over, true);
	ring_bell(r);
}

/* ---- the loop's side */

static void
on_call(void *arg, unsigned events)
{
	struct rsp_relay *r = arg;
	char piece[64];

	(void)events;
	(void)sys_read(r->call[0], piece, sizeof piece);
	atomic_store(&r->rung, false);
	r->bell(r->arg);
}

bool
rsp_relay_is_quiet(const struct rsp_relay *r)
{
	struct pollfd p[2] = { { .fd = r->fd[0], .events = POLLIN },
		{ .fd = r->fd[1], .events = POLLIN } };

	return atomic_load(&r->quiet) && poll(p, 2, 0) == 0 &&
	    atomic_load(&r->put) == atomic_load(&r->got);
}

bool
rsp_relay_is_over(const struct rsp_relay *r, enum rsp_side *by, int *errnum)
{
	if (!atomic_load(&r->over))
		return false;
	*by = r->gone;
	*errnum = r->errnum;
	return true;
}

struct rsp_relay *
rsp_relay_open(struct loop *l, const int fd[2], loop_cb bell, void *arg)
{
	struct rsp_relay *r = mem_zero(1, sizeof *r);

	r->bell = bell;
	r->arg = arg;
	r->fd[0] = fd[0];
	r->fd[1] = fd[1];
	r->spins = sys_cpus() > 1;
	r->ring = mem_zero(1, RSP_RELAY_RING);
	if (sys_socketpair(r->call)) {
		r->watch = loop_fd_open(l, r->call[0], LOOP_READ, on_call, r);
		r->thread = sys_thread_start(run, r);
	} else {
		r->call[0] = r->call[1] = -1;
	}
	if (r->thread == NULL) {
		rsp_relay_close(r);
		return NULL;
	}
	return r;
}

void
rsp_relay_stop(struct rsp_relay *r)
{
	atomic_store(&r->stop, true);
	if (r->thread != NULL)
		call(r->call[0]);
	sys_thread_join(r->thread);
	r->thread = NULL;
}

void
rsp_relay_close(struct rsp_relay *r)
{
	if (r == NULL)
		return;
	rsp_relay_stop(r);
	loop_fd_close(r->watch);
	sys_close(r->call[0]);
	sys_close(r->call[1]);
	mem_free(r->ring);
	mem_free(r);
}
