/* gauges_processes.c - a list of processes on the command line. */
#include "cli/gauges_processes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/slice.h"
#include "cli/about.h"
#include "cli/say.h"
#include "gauge/set.h"
#include "loop/loop.h"
#include "sys/time.h"

static const char usage[] =
    "usage: vise gauges processes [BOARD] [--sort ORDER] [--filter TEXT] [--top N] [--json]\n"
    "The processes of this machine, or of a Linux board (ssh:HOST, exec:PROGRAM, serial:PORT):\n"
    "number, resident memory, threads, share of one CPU over a second, state, name.\n"
    "\n"
    "  --sort ORDER      rss (the default), cpu, threads, pid, name\n"
    "  --filter TEXT     only those with TEXT in their name or number\n"
    "  --top N           at most N of them (1000)\n"
    "  --proc-root DIR   read DIR instead of /proc\n";

struct run {
	struct loop *loop;
	struct gauge_set *set;
	struct gauge_set_opts opts;
	struct processes_want want;
	bool json, help, again;
	uint64_t top;
	int status;
};

static int
fail(const struct err_msg *why)
{
	return say_end(NULL, why->code, why);
}

static void
print_one(const json_t *x)
{
	const double rss = json_get_num(x, "rss", (double)NAN),
		     cpu = json_get_num(x, "cpu", (double)NAN);
	char size[16] = "-", share[16] = "-";

	if (!isnan(rss))
		bytes_fmt_short((int64_t)rss, size, sizeof size);
	if (!isnan(cpu))
		snprintf(share, sizeof share, "%.1f", cpu);
	printf("%7lld %7s %4lld %6s %s %s\n", (long long)json_get_int(x, "pid", 0), size,
	    (long long)json_get_int(x, "threads", 0), share, json_get_str(x, "state", "?"),
	    json_get_str(x, "name", ""));
}

static void
print(const struct run *r, const json_t *list)
{
	const json_t *rows = json_object_get(list, "rows"), *x;
	size_t i;

	if (r->json) {
		say_json(list);
		return;
	}
	printf("%7s %7s %4s %6s S %s\n", "PID", "RSS", "THR", "CPU%", "NAME");
	json_array_foreach(rows, i, x)
		print_one(x);
}

static void ask(void *arg);

static void
on_list(void *arg, json_t *list, const struct err_msg *why)
{
	struct run *r = arg;

	if (why != NULL) {
		r->status = fail(why);
		loop_stop(r->loop);
		return;
	}
	if (!r->again) {
		r->again = true;
		(void)loop_timer_start(r->loop, NS_PER_S, 0, ask, r);
	} else {
		print(r, list);
		r->status = json_array_size(json_object_get(list, "rows")) != 0 ? 0 :
		    err_exit_status(ERR_NOTHING);
		loop_stop(r->loop);
	}
	json_decref(list);
}

static void
ask(void *arg)
{
	struct run *r = arg;

	gauge_set_processes(r->set, "", &r->want, on_list, r);
}

/* One option with its value; false: it is none, or has none. */
static bool
valued(struct run *r, const char *word, const char *value)
{
	const struct { const char *word, **to; } text[] = {
		{ "--sort", &r->want.sort }, { "--filter", &r->want.filter },
		{ "--proc-root", &r->opts.proc_root },
	};

	for (size_t k = 0; k < sizeof text / sizeof text[0] && value != NULL; k++)
		if (strcmp(word, text[k].word) == 0) {
			*text[k].to = value;
			return true;
		}
	return value != NULL && strcmp(word, "--top") == 0 &&
	    slice_u64(slice_of(value), PROCESSES_TOLD, &r->top) && r->top != 0;
}

static enum err
options(struct run *r, int argc, char **argv, struct err_msg *why)
{
	for (int i = 1; i < argc; i++) {
		if (valued(r, argv[i], i + 1 < argc ? argv[i + 1] : NULL))
			i++;
		else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			r->help = true;
		else if (strcmp(argv[i], "--json") == 0)
			r->json = true;
		else if (argv[i][0] != '-' && r->opts.board == NULL)
			r->opts.board = argv[i];
		else
			return err_set(why, ERR_USAGE, "gauges processes",
			    "vise gauges processes --help", "%s: not understood", argv[i]);
	}
	return processes_check(r->want.sort, why);
}

int
gauges_processes(int argc, char **argv)
{
	struct run r = { .want = { .sort = "rss", .filter = "" }, .top = PROCESSES_TOLD };
	const struct gauge_set_cb none = { .sample = NULL };
	struct err_msg why;

	if (options(&r, argc, argv, &why) != ERR_OK)
		return fail(&why);
	if (r.help) {
		about_text(usage);
		return 0;
	}
	if (r.opts.board != NULL && strcmp(r.opts.board, "local") == 0)
		r.opts.board = NULL;
	r.want.top = (size_t)r.top;
	r.opts.epoch = sys_mono();
	r.loop = loop_new();
	r.set = gauge_set_new(r.loop, &r.opts, &none, &r, &why);
	if (r.set == NULL) {
		loop_free(r.loop);
		return fail(&why);
	}
	loop_defer(r.loop, ask, &r);
	loop_run(r.loop);
	if (gauge_set_hanging(r.set) != 0) {
		(void)fflush(stdout);
		_Exit(r.status);        /* as in cli_gauges.c */
	}
	gauge_set_free(r.set);
	loop_free(r.loop);
	return r.status;
}
