/* gauge_processes.c - gauge.processes. */
#include "bench/gauge_processes.h"

#include "bench/hub.h"
#include "gauge/set.h"

static void
on_list(void *arg, json_t *list, const struct err_msg *why)
{
	struct command_call *c = arg;

	if (why != NULL)
		command_fail(c, why);
	else
		command_done(c, list);
}

static void
cmd_processes(struct command_call *c)
{
	struct bench *b = c->ctx;
	const int64_t top = json_get_int(c->args, "top", 0);
	const struct processes_want want = { .sort = json_get_str(c->args, "sort", "rss"),
		.filter = json_get_str(c->args, "filter", ""),
		.top = top > 0 ? (size_t)top : PROCESSES_TOLD };
	struct err_msg why;

	if (processes_check(want.sort, &why) != ERR_OK)
		command_fail(c, &why);
	else
		gauge_set_processes(b->gauges, json_get_str(c->args, "from", ""), &want, on_list,
		    c);
}

static const struct command_arg processes_args[] = {
	{ "sort", ARG_WORD, 0, "rss", "rss cpu threads pid name" },
	{ "filter", ARG_WORD, 0, NULL, "part of the name or of the number" },
	{ "top", ARG_INT, 0, "0", "at most so many; 0: 1000" },
	{ "from", ARG_WORD, 0, NULL, "of a further source; else the machine's" },
	{ .name = NULL },
};

const struct command bench_gauge_process_commands[] = {
	{ "gauge.processes", "the processes of the machine: number, memory, CPU, name",
	    processes_args, 0, cmd_processes },
	{ .name = NULL },
};
