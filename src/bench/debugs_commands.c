/* debugs_commands.c - debug.start, list, stop and wait. */
#include "bench/debugs_commands.h"

#include <string.h>

#include "base/alloc.h"

/* What a call waits for: that the debugger runs, a state, or the end. */
enum wait_for { WAIT_STARTED, WAIT_STATE, WAIT_OVER };

struct waiter {
	struct list node;
	struct command_call *call;
	struct loop_timer *limit;
	enum wait_for what;
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
	if (!debugs_live(s))
		return true;
	return w->what == WAIT_STARTED ? s->debugger.id != 0 : w->what == WAIT_STATE &&
	    s->debugger.id != 0 && strcmp(debugstate_word(s->state.word), w->state) == 0;
}

static void
answer(const struct debug_session *s, struct waiter *w)
{
	/* over, and it was to run: that is a failure */
	const bool bad = !debugs_live(s) && (w->what == WAIT_STARTED ||
	    (w->what == WAIT_STATE && strcmp(w->state, "over") != 0));
	struct err_msg why = s->error;

	list_del(&w->node);
	loop_timer_stop(w->limit);
	if (bad && why.code == ERR_OK)
		(void)err_set(&why, ERR_EOF, "debug", NULL, "the session has ended");
	if (bad)
		command_fail(w->call, &why);
	else
		command_done(w->call, debugs_row(s));
	mem_free(w);
}

void
debugs_answer(struct debug_session *s)
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

static void
wait_for(struct command_call *c, struct debug_session *s, enum wait_for what)
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

static void
cmd_start(struct command_call *c)
{
	const char *text = json_get_str(c->args, "plan", "");
	struct debug_session *s;
	struct err_msg why;
	json_t *plan = json_read(text, strlen(text), "plan", &why);

	if (plan != NULL && debugs_start(c->ctx, plan, &s, &why) == ERR_OK)
		wait_for(c, s, WAIT_STARTED);
	else
		command_fail(c, &why);
}

/* That of the number, else the newest that lives, else the newest. */
static struct debug_session *
find(struct command_call *c)
{
	struct bench *b = c->ctx;
	const int64_t id = json_get_int(c->args, "id", 0);
	struct debug_session *found = NULL;
	struct err_msg why;

	LIST_EACH(n, &b->debugs) {
		struct debug_session *s = LIST_ENTRY(n, struct debug_session, node);

		if (id != 0 ? s->id == id : found == NULL || debugs_live(s) || !debugs_live(found))
			found = s;
	}
	if (found == NULL) {
		(void)err_set(&why, ERR_NOENT, c->command->name, "board.debug starts one",
		    "there is no such debug session");
		command_fail(c, &why);
	}
	return found;
}

static void
cmd_list(struct command_call *c)
{
	command_done(c, debugs_json(c->ctx));
}

static void
cmd_stop(struct command_call *c)
{
	struct debug_session *s = find(c);

	if (s == NULL)
		return;
	debugs_end(s);
	wait_for(c, s, WAIT_OVER);
}

static void
cmd_wait(struct command_call *c)
{
	struct debug_session *s = find(c);

	if (s != NULL)
		wait_for(c, s, WAIT_STATE);
}

#define ID_ARG { "id", ARG_INT, 0, NULL, "number of the session; the newest if absent" }

static const struct command_arg start_args[] = {
	{ "plan", ARG_WORD, ARG_MUST, NULL, "servers and debugger, as JSON" }, { .name = NULL },
};
static const struct command_arg stop_args[] = { ID_ARG, { .name = NULL } };
static const struct command_arg wait_args[] = {
	{ "state", ARG_WORD, ARG_MUST, NULL, "running, stopped, exited or over" }, ID_ARG,
	{ "timeout", ARG_DURATION, 0, NULL, "fail after this time" }, { .name = NULL },
};

const struct command bench_debug_commands[] = {
	{ "debug.start", "start servers and a debugger as one", start_args, COMMAND_HIDDEN,
	    cmd_start },
	{ "debug.list", "debug sessions, and what their targets do", NULL, 0, cmd_list },
	{ "debug.stop", "end a debug session: debugger and servers", stop_args, 0, cmd_stop },
	{ "debug.wait", "wait until the target runs or stands", wait_args, 0, cmd_wait },
	{ .name = NULL },
};
