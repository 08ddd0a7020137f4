/* cli_gauges.c - `vise gauges`. */
#include "cli/cli_gauges.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/slice.h"
#include "base/nearest.h"
#include "cli/about.h"
#include "cli/defaults.h"
#include "cli/gauges_advise.h"
#include "cli/gauges_processes.h"
#include "cli/metrics.h"
#include "cli/say.h"
#include "core/json.h"
#include "gauge/prometheus.h"
#include "gauge/set.h"
#include "gauge/sources.h"
#include "gauge/table.h"
#include "loop/loop.h"
#include "sys/path.h"
#include "sys/time.h"

enum { LIMITS_MAX = 32, ADVISE_SAMPLES = 4 };

struct run {
	struct gauge_set_opts opts;
	bool csv, help, defs_due, stopped, in_line;
	const char *source[SOURCES_MAX];        /* [NAME=]SPEC */
	struct project project;                 /* whose sources these may be */
	unsigned sources;
	uint64_t count, left;           /* 0: without end */
	struct loop *loop;
	struct gauge_set *set;
	size_t columns;                 /* of the CSV header, 0 before it */
	bool warned;
	int status;
	const char *limit[LIMITS_MAX];  /* ID=WARN[:CRIT] */
	unsigned limits;
	const char *rule[LIMITS_MAX];   /* findings.h */
	unsigned rules;
	bool rules_wanted;              /* in each line */
	bool advise, json;              /* the subcommand; --json was given */
	double live;                    /* bytes, NAN: not given */
	uint64_t verdicts;
	const char *serve;              /* address to be scraped at; nothing is printed then */
	struct metrics *metrics;
};

static const char usage[] =
    "usage: vise gauges [[NAME=]SOURCE...] [--once] [-n COUNT] [--every S]\n"
    "                   [--pid PID | --process NAME] [--csv] [--proc-root DIR] [--sys-root DIR]\n"
    "Samples memory, load, pressure, temperatures and frequencies, one line each: of this\n"
    "machine, or of a Linux board. Nothing is installed there; a shell is enough. Or of a\n"
    "program over HTTP: Go's heap, pauses and goroutines, and the program's own numbers.\n"
    "Of several sources each gauge is NAME/ID; one that dies leaves the others alone.\n"
    "\n"
    "  SOURCE            local: this machine (the default);\n"
    "                    ssh:[USER@]HOST, with your own ssh configuration, keys and jumps (also\n"
    "                    ssh://HOST:PORT);\n"
    "                    exec:PROGRAM ARG... that gives a shell (exec:docker exec -i box sh);\n"
    "                    serial:PORT[@BAUD] where somebody is logged in (it is handed back);\n"
    "                    http://HOST:PORT[/PATH], :PORT, unix:SOCKET, ssh:HOST:PORT[/PATH] (as\n"
    "                    seen over there), pid:PID: /debug/vars, or Prometheus text;\n"
    "                    lines:PORT[@BAUD], lines:exec:PROGRAM: gctrace and the like as printed\n"
    "  --once            one sample, the same as -n 1\n"
    "  -n COUNT          COUNT samples, then end (default: until interrupted)\n"
    "  --every S         time between samples: 500ms, 2s, 1m, bare seconds (default 1s, least "
    "50ms)\n"
    "  --pid PID         also the process PID; --process NAME: the first one of that name\n"
    "  --select GLOBS    of a program's own numbers these: 'req*,db.*'; NAME/s: by the second\n"
    "  --csv             a header and rows instead of JSON objects\n"
    "  --json            JSON objects, one a line (the default)\n"
    "  --limit ID=W[:C][@HOLD]  warn over W, alarm over C: temp.soc=70:85, proc.rss=400M@10s;\n"
    "                    below: mem.avail='<200M:<50M'; none for none; HOLD: for so long (2s)\n"
    "  --rule R[:K=V]    a rule's options: leak:window=30m, heap:raw, oom:off (man vise-gauges)\n"
    "  --rules           what the rules say in each line, not only when a verdict changed\n"
    "  --serve ADDRESS   print nothing, answer GET /metrics at [HOST:]PORT for Prometheus\n"
    "                    (127.0.0.1 unless a host is named; port 0: a free one)\n"
    "\n"
    "vise gauges advise [BOARD] [--process NAME] [--live SIZE]: GOMEMLIMIT, GOGC and GOMAXPROCS\n"
    "for a Go program there, each with why and as a line to paste; --live: its live heap\n"
    "vise gauges processes [BOARD]: the processes there, to choose one\n"
    "\n"
    "  --proc-root DIR   read DIR instead of /proc; --sys-root DIR: instead of /sys\n";

static int
fail(const struct err_msg *why)
{
	return say_end(NULL, why->code, why);
}

/* ---- options ---- */

typedef enum err (*option_set)(struct run *r, const char *value, struct err_msg *why);

static enum err
set_once(struct run *r, const char *value, struct err_msg *why)
{
	(void)value;
	(void)why;
	r->count = 1;
	return ERR_OK;
}

static enum err
set_csv(struct run *r, const char *value, struct err_msg *why)
{
	(void)value;
	(void)why;
	r->csv = true;
	return ERR_OK;
}

static enum err
set_json(struct run *r, const char *value, struct err_msg *why)
{
	(void)value;
	(void)why;
	r->csv = false;
	r->json = true;
	return ERR_OK;
}

/* ID=WARN[:CRIT][@HOLD]; kept until there is a set. */
static enum err
set_limit(struct run *r, const char *value, struct err_msg *why)
{
	if (strchr(value, '=') == NULL)
		return err_set(why, ERR_USAGE, "gauges --limit", NULL,
		    "give ID=WARN[:CRIT][@HOLD]: %s", value);
	if (r->limits == LIMITS_MAX)
		return err_set(why, ERR_USAGE, "gauges --limit", NULL, "too many");
	r->limit[r->limits++] = value;
	return ERR_OK;
}

static enum err
apply_limits(struct run *r, struct err_msg *why)
{
	enum err e = ERR_OK;

	for (unsigned i = 0; i < r->limits && e == ERR_OK; i++) {
		char id[128], text[96], *colon, *hold;
		const char *at = strrchr(r->limit[i], '=') + 1;
		uint64_t ns = 0;

		snprintf(id, sizeof id, "%.*s", (int)(at - r->limit[i] - 1), r->limit[i]);
		snprintf(text, sizeof text, "%s", at);
		hold = strchr(text, '@');
		if (hold != NULL)
			*hold++ = '\0';
		colon = strchr(text, ':');
		if (colon != NULL)
			*colon++ = '\0';
		if (hold != NULL && !slice_duration(slice_of(hold), &ns))
			return err_set(why, ERR_USAGE, "gauges --limit", "give 500ms, 10s, 1m",
			    "not a time to hold: %s", hold);
		e = gauge_set_limit(r->set, id, text[0] != '\0' ? text : NULL, colon,
		    hold != NULL ? &ns : NULL, why);
	}
	return e;
}

/* --rules: in each line; --rule OPTION: findings.h. */
static enum err
set_rules(struct run *r, const char *value, struct err_msg *why)
{
	(void)value;
	(void)why;
	r->rules_wanted = true;
	return ERR_OK;
}

static enum err
set_rule(struct run *r, const char *value, struct err_msg *why)
{
	if (r->rules == LIMITS_MAX)
		return err_set(why, ERR_USAGE, "gauges --rule", NULL, "too many");
	r->rule[r->rules++] = value;
	return ERR_OK;
}

static enum err
apply_rules(struct run *r, struct err_msg *why)
{
	enum err e = ERR_OK;

	for (unsigned i = 0; i < r->rules && e == ERR_OK; i++)
		e = gauge_set_rule(r->set, r->rule[i], why);
	return e;
}

static enum err
set_live(struct run *r, const char *value, struct err_msg *why)
{
	uint64_t bytes;

	if (!slice_bytes(slice_of(value), &bytes) || bytes == 0)
		return err_set(why, ERR_USAGE, "gauges advise --live", "give 120M",
		    "not a size: %s", value);
	r->live = (double)bytes;
	return ERR_OK;
}

static enum err
set_serve(struct run *r, const char *value, struct err_msg *why)
{
	(void)why;
	r->serve = value;
	return ERR_OK;
}

static enum err
set_help(struct run *r, const char *value, struct err_msg *why)
{
	(void)value;
	(void)why;
	r->help = true;
	return ERR_OK;
}

static enum err
set_count(struct run *r, const char *value, struct err_msg *why)
{
	if (!slice_u64(slice_of(value), 1000000000, &r->count) || r->count == 0)
		return err_set(
		    why, ERR_USAGE, "gauges -n", NULL, "not a count of samples: %s", value);
	return ERR_OK;
}

static enum err
set_every(struct run *r, const char *value, struct err_msg *why)
{
	uint64_t *every = &r->opts.every_ns;

	if (!slice_duration(slice_of(value), every) || *every < GAUGE_SET_EVERY_MIN ||
	    *every > 86400 * NS_PER_S)
		return err_set(why, ERR_USAGE, "gauges --every", "give 500ms, 2s, 1m",
		    "not a time from 50ms to 1d: %s", value);
	return ERR_OK;
}

static enum err
set_pid(struct run *r, const char *value, struct err_msg *why)
{
	uint64_t pid;

	if (!slice_u64(slice_of(value), INT32_MAX, &pid) || pid == 0)
		return err_set(why, ERR_USAGE, "gauges --pid", "use --process for a name",
		    "not a process number: %s", value);
	r->opts.pid = (pid_t)pid;
	return ERR_OK;
}

static enum err
set_process(struct run *r, const char *value, struct err_msg *why)
{
	(void)why;
	r->opts.process = value;
	return ERR_OK;
}

static enum err
set_select(struct run *r, const char *value, struct err_msg *why)
{
	(void)why;
	r->opts.select = value;
	return ERR_OK;
}

static enum err
root(const char *option, const char *value, const char **out, struct err_msg *why)
{
	if (!path_is_dir(value))
		return err_set(why, ERR_NOENT, value, NULL, "no such folder (%s)", option);
	*out = value;
	return ERR_OK;
}

static enum err
set_proc_root(struct run *r, const char *value, struct err_msg *why)
{
	return root("--proc-root", value, &r->opts.proc_root, why);
}

static enum err
set_sys_root(struct run *r, const char *value, struct err_msg *why)
{
	return root("--sys-root", value, &r->opts.sys_root, why);
}

static const struct {
	const char *name;
	bool value;
	option_set set;
} option[] = {
	{ "--once", false, set_once },
	{ "-n", true, set_count },
	{ "--every", true, set_every },
	{ "--pid", true, set_pid },
	{ "--process", true, set_process },
	{ "--select", true, set_select },
	{ "--csv", false, set_csv },
	{ "--json", false, set_json },
	{ "--limit", true, set_limit },
	{ "--rule", true, set_rule },
	{ "--rules", false, set_rules },
	{ "--live", true, set_live },
	{ "--serve", true, set_serve },
	{ "--proc-root", true, set_proc_root },
	{ "--sys-root", true, set_sys_root },
	{ "--help", false, set_help },
	{ "-h", false, set_help },
};

/* ---- sources ---- */

static const char *
source_spec(const char *text)
{
	const size_t n = source_given_name(text);

	return n != 0 ? text + n + 1 : text;
}

static const char *
source_board(const char *text)
{
	return strcmp(source_spec(text), "local") == 0 ? NULL : source_spec(text);
}

static enum err
no_such(const char *arg, struct err_msg *why)
{
	char name[ERR_WHAT_MAX], next[ERR_NEXT_MAX];
	struct nearest near;

	snprintf(name, sizeof name, "%.*s", (int)strcspn(arg, "="), arg);
	nearest_begin(&near, name);
	for (size_t i = 0; i < sizeof option / sizeof option[0]; i++)
		nearest_offer(&near, option[i].name);
	return err_set(why, ERR_USAGE, name, nearest_advice(&near, "vise gauges --help", next,
	    sizeof next), "no such option");
}

/* One option at argv[*i]; --name VALUE and --name=VALUE. */
static enum err
one_option(struct run *r, int argc, char **argv, int *i, struct err_msg *why)
{
	const char *arg = argv[*i];

	for (size_t k = 0; k < sizeof option / sizeof option[0]; k++) {
		const size_t n = strlen(option[k].name);
		const bool joined = arg[1] == '-' && option[k].value &&
				    strncmp(arg, option[k].name, n) == 0 && arg[n] == '=';

		if (!joined && strcmp(arg, option[k].name) != 0)
			continue;
		if (joined)
			return option[k].set(r, arg + n + 1, why);
		if (!option[k].value)
			return option[k].set(r, NULL, why);
		if (*i + 1 >= argc)
			return err_set(
			    why, ERR_USAGE, arg, "see vise gauges --help", "needs a value");
		return option[k].set(r, argv[++*i], why);
	}
	if (arg[0] == '-')
		return no_such(arg, why);
	if (r->sources == SOURCES_MAX)
		return err_set(why, ERR_USAGE, "gauges", NULL, "at most %d sources",
		    (int)SOURCES_MAX);
	r->source[r->sources++] = arg;
	return gauge_set_check(source_spec(arg), why);
}

static enum err
options(struct run *r, int argc, char **argv, struct err_msg *why)
{
	r->advise = argc > 1 && strcmp(argv[1], "advise") == 0;
	for (int i = r->advise ? 2 : 1; i < argc; i++) {
		const enum err e = one_option(r, argc, argv, &i, why);

		if (e != ERR_OK || r->help)
			return e;
	}
	if (r->opts.pid != 0 && r->opts.process != NULL)
		return err_set(
		    why, ERR_USAGE, "gauges", NULL, "--pid and --process exclude each other");
	return ERR_OK;
}

/* ---- output ---- */

static void
print_json(struct run *r, const struct gauge_sample *s)
{
	json_t *o = json_object(), *values = json_object(), *missing = json_object();
	size_t n;
	const struct gauge_def *d = gauge_set_defs(r->set, &n);
	char wall[40];
	struct buf b;

	clock_fmt_iso(sys_wall(), wall, sizeof wall);
	json_put_int(o, "t", (int64_t)s->t);
	json_put_str(o, "wall", wall);
	for (size_t i = 0; i < s->n && i < n; i++) {
		json_put(values, d[i].id, json_double(s->v[i]));
		if (d[i].missing[0] != '\0')
			json_put_str(missing, d[i].id, d[i].missing);
	}
	json_put(o, "values", values);
	json_put(o, "missing", missing);
	if (r->defs_due)
		json_put(o, "defs", gauge_set_json_defs(r->set));
	r->defs_due = false;
	if (r->rules_wanted || r->verdicts != gauge_set_rules_news(r->set))
		json_put(o, "rules", gauge_set_json_rules(r->set));
	r->verdicts = gauge_set_rules_news(r->set);
	buf_init(&b, LIMIT_FRAME);
	if (json_write(o, &b) == ERR_OK)
		printf("%s\n", buf_str(&b));
	buf_fini(&b);
	json_decref(o);
}

static void
print_csv(struct run *r, const struct gauge_sample *s)
{
	size_t n;
	const struct gauge_def *d = gauge_set_defs(r->set, &n);
	char wall[40];

	if (r->columns == 0) {
		r->columns = s->n;
		printf("t,wall");
		for (size_t i = 0; i < s->n; i++)
			printf(",%s", d[i].id);
		printf("\n");
	}
	if (s->n > r->columns && !r->warned) {
		r->warned = true;
		fprintf(stderr, "vise: gauges: a sensor came later (%s); it is not in the table\n",
		    d[r->columns].id);
	}
	clock_fmt_iso(sys_wall(), wall, sizeof wall);
	printf("%.3f,%s", (double)s->t / 1e9, wall);
	for (size_t i = 0; i < r->columns; i++)
		if (isnan(s->v[i]))
			printf(",");
		else
			printf(",%.12g", s->v[i]);
	printf("\n");
}

static void
finish(struct run *r, int status)
{
	r->status = status;
	r->stopped = true;
	loop_stop(r->loop);
}

static void
on_sample(void *arg, const struct gauge_sample *s)
{
	struct run *r = arg;
	const bool told = r->serve != NULL || r->advise;        /* to who asks */

	if (r->stopped)
		return;
	if (r->csv && !told)
		print_csv(r, s);
	else if (!told)
		print_json(r, s);
	if (!told && fflush(stdout) != 0) {
		struct err_msg why;

		/* Whoever read us has seen enough: no error. */
		if (errno == EPIPE)
			finish(r, 0);
		else
			finish(
			    r, (err_errno(&why, errno, "standard output", "writing"), fail(&why)));
	} else if (r->left != 0 && --r->left == 0) {
		finish(r, 0);
	}
}

static void
on_defs(void *arg)
{
	struct run *r = arg;

	r->defs_due = true;
}

static void
on_alarm(void *arg, const struct gauge_alarm *a)
{
	(void)arg;
	fprintf(stderr, "vise: %s\n", a->text);
}

/* The lines between the samples, with their control bytes shown: they come from a board. */
static void
on_console(void *arg, const char *p, size_t n)
{
	struct run *r = arg;

	for (size_t i = 0; i < n; i++) {
		const unsigned char c = (unsigned char)p[i];

		if (c == '\r' || (c == '\n' && !r->in_line))
			continue;
		if (!r->in_line)
			fputs("board: ", stderr);
		r->in_line = c != '\n';
		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			fprintf(stderr, "\\x%02x", c);
		else
			fputc(c, stderr);
	}
}

static void
on_scrape(void *arg, struct buf *out)
{
	struct run *r = arg;

	(void)gauge_set_prometheus(r->set, out);
}

static enum err
serve(struct run *r, struct err_msg *why)
{
	enum err e;

	if (r->serve == NULL)
		return ERR_OK;
	e = metrics_open(r->loop, r->serve, on_scrape, r, &r->metrics, why);
	if (e == ERR_OK)
		fprintf(stderr, "vise: http://%s/metrics\n", metrics_address(r->metrics));
	return e;
}

static void
on_interrupt(void *arg)
{
	finish(arg, 128 + SIGINT);
}

static void
on_terminate(void *arg)
{
	finish(arg, 128 + SIGTERM);
}

/* By its own name, or one made of its address; a second one of that name is NAME-2. */
static enum err
add_source(struct run *r, const char *text, const struct gauge_set_opts *o, struct err_msg *why)
{
	const size_t n = source_given_name(text);
	char name[GAUGE_FROM_MAX], try[GAUGE_FROM_MAX];
	enum err e;

	if (n >= sizeof name)
		return err_set(why, ERR_USAGE, text, NULL, "the name is longer than %zu letters",
		    sizeof name - 1);
	if (n != 0)
		snprintf(name, sizeof name, "%.*s", (int)n, text);
	else
		source_name(source_spec(text), name);
	e = gauge_set_add(r->set, name, o, why);
	for (int i = 2; n == 0 && e == ERR_BUSY && i < 100; i++) {
		snprintf(try, sizeof try, "%.20s-%d", name, i);
		e = gauge_set_add(r->set, try, o, why);
	}
	return e;
}

/* One source without a name is the set itself; several are added to one that has no machine. */
static enum err
open_set(struct run *r, struct err_msg *why)
{
	static const struct gauge_set_cb cb = {
		.defs_changed = on_defs, .sample = on_sample, .alarm = on_alarm,
		.console = on_console,
	};
	const bool alone = r->sources == 0 ||
			   (r->sources == 1 && source_given_name(r->source[0]) == 0);
	struct gauge_set_opts set = r->opts;
	enum err e = ERR_OK;

	if (alone && r->sources == 1)
		set.board = source_board(r->source[0]);
	set.bare = !alone;
	r->set = gauge_set_new(r->loop, &set, &cb, r, why);
	for (unsigned i = 0; !alone && e == ERR_OK && i < r->sources; i++) {
		set = r->opts;
		set.board = source_board(r->source[i]);
		set.pid = i == 0 ? set.pid : 0; /* a number is of one machine */
		e = add_source(r, r->source[i], &set, why);
	}
	return r->set == NULL ? why->code : e;
}

static void
check_process(struct run *r)
{
	const struct err_msg *trouble = gauge_set_trouble(r->set);
	struct err_msg why;
	char who[64];

	if (r->status == 0 && r->count != 0 && trouble != NULL) {
		r->status = fail(trouble);
		return;
	}
	if (r->status != 0 || (r->count != 1 && !r->advise) || gauge_set_process_found(r->set))
		return;
	if (r->opts.process != NULL)
		table_text(who, sizeof who, r->opts.process);
	else
		snprintf(who, sizeof who, "%ld", (long)r->opts.pid);
	(void)err_set(&why, ERR_NOTHING, "gauges", NULL, "no process %s", who);
	r->status = fail(&why);
}

/* A board tells its control group in the round after it told the process. */
static void
advise_options(struct run *r)
{
	r->count = ADVISE_SAMPLES;
	if (r->opts.every_ns == 0)
		r->opts.every_ns = 200 * NS_PER_MS;
}

static void
advise(struct run *r)
{
	json_t *advice = gauge_set_advice(r->set, r->live);

	gauges_advise_print(advice, r->json);
	json_decref(advice);
}

/* Nothing was named: what the project names. */
static enum err
project_sources(struct run *r, struct err_msg *why)
{
	const json_t *list, *v;
	enum err e;
	size_t i;

	if (r->sources != 0 || r->help || r->opts.pid != 0 || r->opts.process != NULL)
		return ERR_OK;
	e = defaults_open(&r->project, why);
	list = json_object_get(r->project.data, "gauges");
	json_array_foreach(list, i, v)
		if (r->sources < SOURCES_MAX)
			r->source[r->sources++] = json_string_value(v);
	return e;
}

static int
sample(struct run *r)
{
	struct err_msg why;

	r->left = r->count;
	r->opts.epoch = sys_mono();
	r->loop = loop_new();
	(void)loop_signal_watch(r->loop, SIGINT, on_interrupt, r);
	(void)loop_signal_watch(r->loop, SIGTERM, on_terminate, r);
	if (open_set(r, &why) != ERR_OK || apply_limits(r, &why) != ERR_OK ||
	    apply_rules(r, &why) != ERR_OK || serve(r, &why) != ERR_OK) {
		gauge_set_free(r->set);
		loop_free(r->loop);
		return fail(&why);
	}
	loop_run(r->loop);
	check_process(r);
	if (r->advise && r->status == 0)
		advise(r);
	if (gauge_set_hanging(r->set) != 0) {
		(void)fflush(stdout);
		_Exit(r->status); /* a thread hangs in a driver: an orderly end would wait for it */
	}
	metrics_close(r->metrics);
	gauge_set_free(r->set);
	loop_free(r->loop);
	return r->status;
}

int
cli_gauges(int argc, char **argv)
{
	struct run r = { .defs_due = true, .live = (double)NAN };
	struct err_msg why;
	int status;

	if (argc > 1 && strcmp(argv[1], "processes") == 0)
		return gauges_processes(argc - 1, argv + 1);
	if (options(&r, argc, argv, &why) != ERR_OK)
		return fail(&why);
	if (r.help) {
		about_text(usage);
		return 0;
	}
	if (project_sources(&r, &why) != ERR_OK) {
		status = fail(&why);
	} else {
		if (r.advise)
			advise_options(&r);
		status = sample(&r);
	}
	project_fini(&r.project);
	return status;
}
