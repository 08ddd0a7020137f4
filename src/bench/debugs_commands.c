/* debugs_commands.c - debug.start, list, stop and wait. */
#include "bench/debugs_commands.h"

#include <string.h>

#include "bench/debug_wait.h"

static void
cmd_start(struct command_call *c)
{
	const char *text = json_get_str(c->args, "plan", "");
	struct debug_session *s;
	struct err_msg why;
	json_t *plan = json_read(text, strlen(text), "plan", &why);

	if (plan != NULL && debugs_start(c->ctx, plan, &s, &why) == ERR_OK)
		debug_wait(c, s, DEBUG_WAIT_STARTED);
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

		if (id != 0 ? s->id == id : found == NULL ||
		    debug_session_live(s) || !debug_session_live(found))
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
	command_done(c, debug_session_list(c->ctx));
}

static void
cmd_stop(struct command_call *c)
{
	struct debug_session *s = find(c);

	if (s == NULL)
		return;
	debugs_end(s);
	debug_wait(c, s, DEBUG_WAIT_OVER);
}

static void
cmd_wait(struct command_call *c)
{
	struct debug_session *s = find(c);

	if (s != NULL)
		debug_wait(c, s, DEBUG_WAIT_STATE);
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
