/* place_hold.c - a place held for a script. */
#include "cli/place_hold.h"

#include <signal.h>
#include <stdio.h>

#include "base/clock.h"
#include "cli/place_use.h"
#include "cli/say.h"
#include "loop/loop.h"

enum { LOOK_MS = 100 };

struct hold {
	struct loop *loop;
	struct place_use use;
	struct err_msg why;             /* code ERR_OK: nothing happened to it */
};

static void
on_end(void *arg)
{
	loop_stop(((struct hold *)arg)->loop);
}

static void
on_look(void *arg)
{
	struct hold *h = arg;

	if (place_use_over(&h->use, &h->why))
		loop_stop(h->loop);
}

static void
tell(json_t *v)
{
	say_json(v);
	(void)fflush(stdout);
	json_decref(v);
}

static void
tell_place(const struct hold *h)
{
	const json_t *row = json_array_get(h->use.rows, 0),
		     *r = h->use.lease.n != 0 ? h->use.lease.records[0] : NULL;
	json_t *v = json_object();

	json_put(v, "place", place_use_facts(row));
	json_put_bool(v, "left", json_object_get(row, "left") != NULL);
	if (json_object_get(r, "until") != NULL)
		json_put_num(v, "until", json_get_num(r, "until", 0));
	tell(v);
}

static void
tell_error(const struct err_msg *why)
{
	json_t *v = json_object();

	json_put(v, "error", json_from_err(why));
	tell(v);
}

static void
keep(struct hold *h)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	struct loop_signal *s[3];
	struct loop_timer *t = loop_timer_start(h->loop, LOOK_MS * NS_PER_MS, LOOK_MS * NS_PER_MS,
	    on_look, h);

	for (size_t i = 0; i < 3; i++)
		s[i] = loop_signal_watch(h->loop, signals[i], on_end, h);
	tell_place(h);
	loop_run(h->loop);
	for (size_t i = 0; i < 3; i++)
		loop_signal_forget(s[i]);
	loop_timer_stop(t);
}

int
place_hold(struct cli_call *c)
{
	struct place_args a = { .wait = NULL };
	const struct args_option options[] = {
		{ "--wait", ARGS_SPAN, &a.wait }, { "--lease", ARGS_SPAN, &a.lease },
		{ "--reason", ARGS_TEXT, &a.reason }, { NULL, ARGS_FLAG, NULL },
	};
	const struct lease_wish wish = { .kind = "run", .reason = "a script", .quiet = true };
	struct hold h = { .loop = loop_new(), .why = { .code = ERR_OK } };
	enum err e = args_parse(c, options, 2, 2, &h.why);

	if (e == ERR_OK) {
		a.names.v[a.names.n++] = c->word[1];
		e = place_use_hold(&h.use, &a, &wish, &h.why);
	}
	if (e == ERR_OK && h.loop != NULL) {
		keep(&h);
		e = h.why.code;
	}
	if (e != ERR_OK)
		tell_error(&h.why);
	place_use_close(&h.use);
	loop_free(h.loop);
	return err_exit_status(e);
}
