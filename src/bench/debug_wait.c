/* debug_wait.c - calls that wait for a debug session to run, to stand, or to be over. */
#include "bench/debug_wait.h"

#include <string.h>

#include "base/alloc.h"

struct waiter {
	struct list node;
	struct command_call *call;
	struct loop_timer *limit;
	enum debug_wait what;
	const char *state;              /* of the call's arguments */
};

static struct waiter *
waiter(struct list *n)
{
	return LIST_ENTRY(n, struct waiter, node);
}

static bool
met(const struct debug_session *s, const struct waiter *w)
{
	if (!debug_session_live(s))
		return true;
	return w->what == DEBUG_WAIT_STARTED ? s->debugger.id != 0 : w->what == DEBUG_WAIT_STATE &&
	    s->debugger.id != 0 && strcmp(debugstate_word(s->state.word), w->state) == 0;
}

static void
answer(const struct debug_session *s, struct waiter *w)
{
	/* over, and it was to run: that is a failure */
	const bool bad = !debug_session_live(s) && (w->what == DEBUG_WAIT_STARTED ||
	    (w->what == DEBUG_WAIT_STATE && strcmp(w->state, "over") != 0));
	struct err_msg why = s->error;

	list_del(&w->node);
	loop_timer_stop(w->limit);
	if (bad && why.code == ERR_OK)
		(void)err_set(&why, ERR_EOF, "debug", NULL, "the session has ended");
	if (bad)
		command_fail(w->call, &why);
	else
		command_done(w->call, debug_session_row(s));
	mem_free(w);
}

void
debug_wait_answer(struct debug_session *s)
{
	LIST_EACH_SAFE(n, &s->waiters)
		if (met(s, waiter(n)))
			answer(s, waiter(n));
}

static void
on_limit(void *arg)
{
	struct waiter *w = arg;
	struct err_msg why;

	w->limit = NULL;
	list_del(&w->node);
	(void)err_set(&why, ERR_DEADLINE, "debug.wait", "vise do debug.list shows how it is",
	    "the target is not %s in time", w->state);
	command_fail(w->call, &why);
	mem_free(w);
}

void
debug_wait(struct command_call *c, struct debug_session *s, enum debug_wait what)
{
	const int64_t limit = json_get_int(c->args, "timeout", 0);
	struct waiter *w = mem_zero(1, sizeof *w);

	w->call = c;
	w->what = what;
	w->state = json_get_str(c->args, "state", "over");
	list_add_tail(&s->waiters, &w->node);
	if (limit > 0)
		w->limit = loop_timer_start(s->bench->loop, (uint64_t)limit, 0, on_limit, w);
	if (met(s, w))
		answer(s, w);
}
