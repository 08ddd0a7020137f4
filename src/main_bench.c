/* main_bench.c - vise-bench: holds the ports, logs and jobs of one target; small, and not to
 * die. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "bench/bench.h"
#include "sys/path.h"
#include "sys/process.h"

enum { LIST_MAX = 32 };

static const struct option longs[] = {
	{ "name", required_argument, NULL, 'n' }, { "target", required_argument, NULL, 't' },
	{ "linger", required_argument, NULL, 'l' }, { "foreground", no_argument, NULL, 'f' },
	{ "simulated", no_argument, NULL, 's' }, { "demo", no_argument, NULL, 'd' },
	{ "plugins", required_argument, NULL, 'p' }, { "run", required_argument, NULL, 'r' },
	{ "proc-root", required_argument, NULL, 'P' }, { "sys-root", required_argument, NULL, 'S' },
	{ "process", required_argument, NULL, 'c' }, { "state-dir", required_argument, NULL, 'D' },
	{ "picked", no_argument, NULL, 'k' },
	{ "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
};

static const char usage[] =
    "usage: vise-bench [--name NAME] [--target TEXT] [--linger TIME] [--foreground] [--demo]\n"
    "                  [--run COMMAND]... [--plugins DIR]... [--process PID|NAME]\n"
    "                  [--proc-root DIR] [--sys-root DIR] [--state-dir DIR]\n"
    "Started by vise; see vise(1).\n";

struct lists { const char *run[LIST_MAX + 1], *plugins[LIST_MAX + 1]; size_t runs, folders; };

static enum err
take(int c, struct bench_options *o, struct lists *l, struct err_msg *why)
{
	uint64_t ns;

	switch (c) {
	case 'n': o->name = optarg; return ERR_OK;
	case 't': o->target = optarg; return ERR_OK;
	case 'f': o->foreground = true; return ERR_OK;
	case 'k': o->picked = true; return ERR_OK;
	case 's': o->simulated = true; return ERR_OK;
	case 'd': o->demo = o->simulated = true; return ERR_OK;
	case 'P': o->proc_root = optarg; return ERR_OK;
	case 'S': o->sys_root = optarg; return ERR_OK;
	case 'c': o->gauge_process = optarg; return ERR_OK;
	case 'D': o->state_dir = optarg; return ERR_OK;
	case 'l':
		if (!slice_duration(slice_of(optarg), &ns))
			return err_set(why, ERR_USAGE, "--linger", NULL,
			    "\"%s\" is not a time such as 10m", optarg);
		o->linger_ns = (int64_t)ns;
		return ERR_OK;
	case 'r':
		if (l->runs < LIST_MAX)
			l->run[l->runs++] = optarg;
		return ERR_OK;
	case 'p':
		if (l->folders < LIST_MAX)
			l->plugins[l->folders++] = optarg;
		return ERR_OK;
	default:
		return err_set(why, ERR_USAGE, "vise-bench", "vise-bench --help", "unknown option");
	}
}

static int
refuse(const struct err_msg *why)
{
	char text[1024];

	err_format(why, text, sizeof text);
	fprintf(stderr, "vise: %s\n", text);
	return err_exit_status(why->code);
}

/* The exit status: of the child, or of the parent that waited until the child serves. */
static int
serve(const struct bench_options *o)
{
	struct err_msg why;
	bool child = true;

	/* somebody else took the name that was free just now: another one is picked */
	if (!o->foreground && process_daemonize(&child, &why) != ERR_OK)
		return o->picked && why.code == ERR_BUSY ? err_exit_status(ERR_BUSY) : refuse(&why);
	if (!child || bench_run(o, &why) == ERR_OK)
		return 0;
	process_ready(&why);
	return o->foreground ? refuse(&why) : err_exit_status(why.code);
}

int
main(int argc, char **argv)
{
	struct bench_options o = { .name = "bench", .linger_ns = -1 };
	struct lists l = { .runs = 0 };
	struct err_msg why = { .code = ERR_OK };
	char *cwd;
	int c;

	process_fill_std_fds();
	process_ignore_signals();
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return 0;
		}
		if (take(c, &o, &l, &why) != ERR_OK)
			return refuse(&why);
	}
	if (process_is_setuid())
		return refuse((err_set(&why, ERR_DENIED, "vise-bench", "remove the setuid bit",
				   "will not run setuid"),
		    &why));
	o.run = l.run;
	o.plugins = l.plugins;
	o.project = cwd = path_cwd();   /* before it goes into the background, to / */
	c = serve(&o);
	mem_free(cwd);
	return c;
}
