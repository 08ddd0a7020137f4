/* doctor_target.c - asks a board, reads the program, holds them against each other. */
#include "cli/doctor_target.h"

#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/slice.h"
#include "cli/cli_worker.h"
#include "gauge/preflight.h"
#include "gauge/target_check.h"
#include "loop/loop.h"

enum { LIBS_MAX = 24 };

static const uint64_t ELF_PATIENCE = 30 * NS_PER_S;

struct run {
	struct loop *loop;
	struct doctor_target *target;
	json_t *rows;
	enum err e;
	struct err_msg *why;
};

static void
on_row(void *arg, enum target_state s, const char *what, const char *text, const char *mend)
{
	static const char *const words[] = { "good", "note", "bad" };
	struct run *r = arg;
	json_t *o = json_object();

	json_put_str(o, "what", what);
	json_put_str(o, "state", words[s]);
	json_put_str(o, "text", text);
	json_put_str(o, "mend", mend != NULL ? mend : "");
	(void)json_array_append_new(r->rows, o);
	r->target->bad = r->target->bad || s == TARGET_BAD;
}

static void
on_done(void *arg, const struct err_msg *why)
{
	struct run *r = arg;

	if (why != NULL) {
		r->e = why->code;
		*r->why = *why;
	}
	loop_stop(r->loop);
}

static void
on_signal(void *arg)
{
	struct run *r = arg;

	r->e = err_set(r->why, ERR_CANCELLED, "doctor", NULL, "interrupted");
	loop_stop(r->loop);
}

static const char *
fact(const void *from, const char *key)
{
	return preflight_fact(from, key);
}

/* Their names live in needs. */
static void
libs_of(const json_t *needs, const char *lib[LIBS_MAX + 1])
{
	const json_t *list = json_object_get(needs, "libs");
	size_t n = 0;

	while (n < LIBS_MAX && n < json_array_size(list)) {
		lib[n] = json_string_value(json_array_get(list, n));
		n++;
	}
	lib[n] = NULL;
}

static enum err
ask(struct run *r, const json_t *needs, uint64_t timeout)
{
	const char *lib[LIBS_MAX + 1], *interp = json_get_str(needs, "interp", "");
	const struct preflight_ask ask = { .spec = r->target->spec, .lib = lib,
		.interp = interp[0] != '\0' ? interp : NULL, .timeout_ns = timeout };
	struct preflight *p;

	libs_of(needs, lib);
	p = preflight_new(r->loop, &ask, on_done, r, r->why);
	if (p == NULL)
		return r->why->code;
	loop_run(r->loop);
	if (r->e == ERR_OK)
		target_check(&(struct target_facts){ .fact = fact, .from = p,
		    .wall = preflight_wall(p), .needs = needs }, on_row, r);
	preflight_free(p);
	return r->e;
}

enum err
doctor_target(struct doctor_target *t, json_t *rows, struct err_msg *why)
{
	struct run r = { .target = t, .rows = rows, .why = why };
	json_t *needs = NULL;
	uint64_t timeout = 0;
	enum err e = ERR_OK;

	if (t->timeout != NULL && (!slice_duration(slice_of(t->timeout), &timeout) || timeout == 0))
		return err_set(why, ERR_USAGE, "--timeout", "give 30s", "not a time: %s",
		    t->timeout);
	if (t->elf != NULL)
		e = cli_worker_call("elf.needs", json_pack("{s:s}", "path", t->elf), NULL,
		    ELF_PATIENCE, &needs, why);
	if (e != ERR_OK)
		return e;
	r.loop = loop_new();
	(void)loop_signal_watch(r.loop, SIGINT, on_signal, &r);
	(void)loop_signal_watch(r.loop, SIGTERM, on_signal, &r);
	e = ask(&r, needs, timeout);
	loop_free(r.loop);
	json_decref(needs);
	return e;
}
