/* about.c - commands about the bench itself. */
#include "bench/about.h"

#include <string.h>

#include "bench/ending.h"
#include "bench/news.h"
#include "bench/snapshot.h"
#include "gauge/set.h"

static void
cmd_set(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *name = json_get_str(c->args, "name", ""),
		   *value = json_get_str(c->args, "value", "");
	struct err_msg why;

	if (options_set(&b->options, name, value, &why) != ERR_OK) {
		command_fail(c, &why);
		return;
	}
	if (strcmp(name, "gauge.every") == 0)
		gauge_set_every(b->gauges, options_num(&b->options, OPT_GAUGE_EVERY));
	bench_news(b, "option", json_pack("{s:s,s:s}", "name", name, "value", value));
	command_done(c, NULL);
}

static void
cmd_options(struct command_call *c)
{
	command_done(c, options_list(&((struct bench *)c->ctx)->options));
}

static void
cmd_clear(struct command_call *c)
{
	struct bench *b = c->ctx;
	const json_int_t id = json_get_int(c->args, "id", -1);

	for (size_t i = json_array_size(b->notices); i-- > 0;)
		if (id < 0 || json_get_int(json_array_get(b->notices, i), "id", 0) == id)
			(void)json_array_remove(b->notices, i);
	bench_news(b, "notice.clear", id < 0 ? NULL : json_pack("{s:I}", "id", id));
	command_done(c, NULL);
}

static void
cmd_info(struct command_call *c)
{
	const struct bench *b = c->ctx;

	journal_flush(b->journal);      /* who asks for its folder finds all of it there */
	command_done(c, snapshot_bench(c->ctx));
}

static void
cmd_stop(struct command_call *c)
{
	bench_end_for(c->ctx, "ended by a command", c);
}

static const struct command_arg set_args[] = {
	{ "name", ARG_WORD, ARG_MUST, NULL, "option" },
	{ "value", ARG_WORD, ARG_MUST, NULL, "value" },
	{ .name = NULL },
};
static const struct command_arg clear_args[] = {
	{ "id", ARG_INT, 0, NULL, "notice; all if absent" }, { .name = NULL },
};

const struct command bench_about_commands[] = {
	{ "option.set", "set an option", set_args, 0, cmd_set },
	{ "option.list", "all options and their values", NULL, 0, cmd_options },
	{ "notice.clear", "forget notices", clear_args, 0, cmd_clear },
	{ "bench.info", "what this bench is", NULL, 0, cmd_info },
	{ "bench.stop", "end the bench: jobs clean up, ports are closed; again: at once", NULL,
	    COMMAND_ASKS,
	    cmd_stop },
	{ .name = NULL },
};
