/* replay.c - requests of a saved conversation, each with what answered it. */
#include "rsp/replay.h"

#include "base/alloc.h"

struct exchange {
	char  *request;
	size_t n;
	struct buf frames;
};

struct rsp_replay {
	struct rsp_reader reader[2];
	struct exchange *list;          /* the first one stands for what came unasked */
	size_t n, room, at;
};

enum { FRAMES_MAX = 4 << 20 };

static void
begin(struct rsp_replay *r, const char *request, size_t n)
{
	struct exchange *x;

	if (r->n == r->room) {
		r->room = r->room != 0 ? 2 * r->room : 64;
		r->list = mem_resize(r->list, r->room, sizeof *r->list);
	}
	x = &r->list[r->n++];
	x->request = mem_dup(request, n);
	x->n = n;
	buf_init(&x->frames, FRAMES_MAX);
}

struct rsp_replay *
rsp_replay_new(void)
{
	struct rsp_replay *r = mem_zero(1, sizeof *r);

	rsp_reader_init(&r->reader[0]);
	rsp_reader_init(&r->reader[1]);
	begin(r, "", 0);
	return r;
}

void
rsp_replay_free(struct rsp_replay *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++) {
		mem_free(r->list[i].request);
		buf_fini(&r->list[i].frames);
	}
	mem_free(r->list);
	rsp_reader_fini(&r->reader[0]);
	rsp_reader_fini(&r->reader[1]);
	mem_free(r);
}

static void
on_request(void *arg, const struct rsp_unit *u)
{
	struct rsp_replay *r = arg;

	if (u->kind == RSP_INTERRUPT)
		begin(r, "\003", 1);
	else if (rsp_is_sound(u))
		begin(r, u->body, u->n);
}

/* T05thread:01; and not the T1 of a running trace. */
static bool
is_stop(const struct rsp_unit *u)
{
	return u->n >= 3 && u->body[0] == 'T' && rsp_digit(u->body[1]) >= 0 &&
	    rsp_digit(u->body[2]) >= 0;
}

static void
on_reply(void *arg, const struct rsp_unit *u)
{
	struct rsp_replay *r = arg;
	const struct exchange *x = &r->list[r->n - 1];
	struct buf *out = &r->list[r->n - 1].frames;

	if (r->n == 1 || (u->kind != RSP_NOTIFICATION && !rsp_is_sound(u)) ||
	    (is_stop(u) && x->n != 0 && (x->request[0] == 'q' || x->request[0] == 'Q')))
		return;
	(void)buf_add_byte(out, u->kind == RSP_NOTIFICATION ? '%' : '$');
	(void)buf_add(out, u->body, u->n);
	(void)buf_add_fmt(out, "#%02x", u->sum);
}

void
rsp_replay_add(struct rsp_replay *r, enum rsp_side by, const void *p, size_t n)
{
	rsp_reader_feed(&r->reader[by], p, n, by == RSP_CLIENT ? on_request : on_reply, r);
}

size_t
rsp_replay_requests(const struct rsp_replay *r)
{
	return r->n - 1;
}

bool
rsp_replay_answer(struct rsp_replay *r, struct slice request, struct slice *frames)
{
	for (size_t i = 1; i < r->n; i++) {
		/* from behind the last one, once around */
		const size_t k = (r->at + i - 1) % (r->n - 1) + 1;
		const struct exchange *x = &r->list[k];

		if (!slice_eq(slice_make(x->request, x->n), request))
			continue;
		r->at = k;
		*frames = slice_make(buf_str(&x->frames), x->frames.len);
		return true;
	}
	*frames = slice_make("", 0);
	return false;
}
