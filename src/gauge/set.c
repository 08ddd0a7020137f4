/* set.c - the gauges of one machine, sampled by a timer. */
#include "gauge/set.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "gauge/advice_facts.h"
#include "gauge/board.h"
#include "gauge/findings.h"
#include "gauge/heard.h"
#include "gauge/program.h"
#include "gauge/rules.h"
#include "gauge/sensors.h"
#include "gauge/source_cgroup.h"
#include "gauge/source_cross.h"
#include "gauge/source_firmware.h"
#include "gauge/source_given.h"
#include "gauge/source_local.h"
#include "gauge/source_process.h"
#include "gauge/source_pss.h"
#include "gauge/source_switches.h"
#include "gauge/sources.h"
#include "gauge/table.h"
#include "gauge/user_limits.h"
#include "sys/time.h"

static const uint64_t FIRST_AFTER =
    200 * NS_PER_MS; /* CPU and pressure are differences: two looks */
enum { WIRE_SHARE = 4 };
static const uint64_t DEADLINE = 250 * NS_PER_MS;       /* of all sensors together */

struct gauge_set {
	struct loop *loop;
	struct gauge_set_cb cb;
	void *arg;
	uint64_t every, epoch, mono;
	bool sampling, again;
	struct gauge_table table;
	struct series series;
	struct tiers tiers;
	bool past;
	struct rules rules;
	struct user_limits limits;
	struct findings *findings;
	struct advice_hold gogc;        /* what is advised, held still */
	struct root proc, sys;          /* of the machine; the paths are owned */
	char *proc_path, *sys_path;
	uint64_t verdicts;              /* changes of what they say */
	struct cross_source *cross;
	struct given given;
	struct sources sources;
	bool bare, shown;               /* no machine; it has told a row */
	struct local *local;
	struct process *process;
	struct pss *pss;
	struct processes *processes;
	struct switches *switches;
	struct cgroup *cgroup;
	struct firmware firmware;
	struct sensors *sensors;
	struct board *board;            /* NULL: this machine */
	struct program *program;        /* a program over HTTP instead of a machine */
	struct heard *heard;            /* or what is printed */
	uint64_t up;                    /* the board's clock at its sample before */
	int self;                       /* gauge of what sampling costs the board */
	char machine[280], link[160];
	bool lost, warm;                /* the board does not answer; it has told one sample */
	struct err_msg trouble;
	struct loop_timer *timer;
};

static void
on_alarm(void *arg, const struct gauge_alarm *a)
{
	struct gauge_set *g = arg;
	struct gauge_alarm out = *a;

	out.t = g->mono - g->epoch;
	if (g->cb.alarm != NULL)
		g->cb.alarm(g->arg, &out);
}

static void
tell_defs(struct gauge_set *g)
{
	if (!g->table.changed)
		return;
	g->table.changed = false;
	rules_defs(&g->rules, &g->table);
	if (g->cb.defs_changed != NULL)
		g->cb.defs_changed(g->arg);
}

static void __attribute__((format(printf, 3, 4)))
tell(struct gauge_set *g, enum gauge_level level, const char *fmt, ...)
{
	struct gauge_alarm a = { .level = level, .value = (double)NAN, .t = g->mono };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(a.text, sizeof a.text, fmt, ap);
	va_end(ap);
	on_alarm(g, &a);
}

static void
tell_news(struct gauge_set *g)
{
	const char *news = process_news(g->process);

	if (news == NULL)
		return;
	tell(g, GAUGE_NEWS, "%s", news);
	findings_process(g->findings);
}

static void
on_finding(void *arg, const struct finding *x, enum finding_verdict was)
{
	struct gauge_set *g = arg;
	const int i = table_find(&g->table, x->subject);
	struct gauge_alarm a = { .t = g->mono, .rule = x->rule, .level = GAUGE_NEWS,
		.def = i >= 0 ? &g->table.def[i] : NULL,
		.value = i >= 0 ? g->table.v[i] : (double)NAN };

	g->verdicts++;
	if (x->verdict >= FINDING_WARN)
		a.level = x->verdict == FINDING_ALARM ? GAUGE_CRIT : GAUGE_WARN;
	else if (was >= FINDING_WARN)
		a.level = GAUGE_CLEAR;
	else if (!x->tell)
		return;
	snprintf(a.text, sizeof a.text, "%s", x->text);
	on_alarm(g, &a);
}

static unsigned
cpu_count(const struct gauge_table *t)
{
	const int i = table_find(t, "cpu.online");

	return i >= 0 && t->v[i] >= 1 ? (unsigned)t->v[i] : 1;
}

static void
judge(struct gauge_set *g)
{
	const struct rule_look l = { .table = &g->table, .now = g->mono,
		.memory = g->bare ? NULL : cross_memory(g->cross) };

	findings_look(g->findings, l, on_finding, g);
	(void)advice_hold(&g->gogc, advice_gogc(advice_avail_gauged(&g->table)), g->mono);
}

static void sample(void *arg);

static void
arm(struct gauge_set *g, uint64_t after)
{
	loop_timer_stop(g->timer);
	g->timer = loop_timer_start(g->loop, after, g->every, sample, g);
}

/* The sensors of this round are in, or their time is over: the row is complete. */
static void
on_sensors(void *arg)
{
	struct gauge_set *g = arg;
	struct gauge_sample s = { .t = g->mono - g->epoch };

	given_sample(&g->given, g->mono);
	sources_merge(&g->sources, g->mono);
	s.n = g->table.n;
	s.v = g->table.v;
	series_put(&g->series, s.t, s.v, s.n);
	if (g->past)
		tiers_put(&g->tiers, s.t, s.v, s.n);
	g->sampling = false;
	g->shown = true;
	user_limits_apply(&g->limits, &g->table);       /* sources may have put their own */
	tell_defs(g);
	if (g->cb.sample != NULL)
		g->cb.sample(g->arg, &s);
	if (!g->bare)
		tell_news(g);
	rules_check(&g->rules, &g->table, g->mono, on_alarm, g);
	judge(g);
	if (g->again) {
		g->again = false;
		loop_defer(g->loop, sample, g);
	}
}

/* Rates go by `clock`: of a board its own, so that a slow link does not bend them. */
static void
take(struct gauge_set *g, uint64_t clock)
{
	local_sample(g->local, clock);
	process_sample(g->process, clock);
	switches_sample(
	    g->switches, process_pid(g->process), process_threads(g->process), clock);
	pss_sample(g->pss, process_pid(g->process), process_anon(g->process), g->mono);
	cross_sample(g->cross, process_pid(g->process), process_anon(g->process),
	    g->board != NULL ? remote_kernel(board_remote(g->board)) : "", cpu_count(&g->table),
	    g->mono);
	cgroup_sample(g->cgroup, process_pid(g->process), g->mono);
	firmware_sample(&g->firmware);
	sensors_start(g->sensors, g->mono, g->every / 4 < DEADLINE ? g->every / 4 : DEADLINE);
}

static void
on_list(void *arg, struct slice lines, uint64_t clock)
{
	struct gauge_set *g = arg;

	processes_take(g->processes, lines, clock);
}

static void
board_lost(struct gauge_set *g, const struct err_msg *why)
{
	if (g->processes != NULL)
		processes_fail(g->processes, why);
	g->trouble = *why;
	for (size_t i = 0; i < g->table.n; i++)
		table_missing(&g->table, (int)i, "%s", why->why);
	if (!g->lost)
		tell(g, GAUGE_WARN, "no gauges: %.60s: %.120s", why->what, why->why);
	g->lost = true;
	g->warm = false;
	on_sensors(g);
}

static void
more_files(struct gauge_set *g)
{
	struct buf b;

	buf_init(&b, 16384);
	cgroup_files(g->cgroup, &b);
	local_files(g->local, &b);
	sensors_files(g->sensors, remote_wire_ns(board_remote(g->board)) != 0, &b);
	remote_more(board_remote(g->board), buf_str(&b));
	buf_fini(&b);
}

/* A board's round is over: its files are in the mirror, or nothing came and that is a gap. */
static void
on_board(void *arg, const struct err_msg *why)
{
	struct gauge_set *g = arg;
	struct remote *r = board_remote(g->board);

	if (why != NULL) {
		board_lost(g, why);
		return;
	}
	if (g->lost)
		tell(g, GAUGE_CLEAR, "the board's gauges are back");
	g->lost = false;
	if (remote_found(r)) {
		snprintf(g->machine, sizeof g->machine, "%s, %s", remote_model(r),
		    remote_system(r));
		sensors_rescan(g->sensors);
	}
	if (g->up != 0 && remote_uptime(r) < g->up)
		tell(g, GAUGE_NEWS, "the board was started again %.0f s ago",
		    (double)remote_uptime(r) / 1e9);
	g->up = remote_uptime(r);
	table_value(&g->table, g->self, remote_self(r));
	if (!g->warm) {
		g->warm = true; /* CPU and pressure are differences: a second look at once */
		local_sample(g->local, g->up);
		process_sample(g->process, g->up);
		cgroup_sample(g->cgroup, process_pid(g->process), g->mono);
		more_files(g);
		g->sampling = false;
		arm(g, g->every < FIRST_AFTER ? g->every : FIRST_AFTER);
		return;
	}
	take(g, g->up);
	more_files(g);
}

/* A program's round is over. */
static void
on_program(void *arg, const struct err_msg *why)
{
	struct gauge_set *g = arg;

	g->mono = sys_mono();
	if (why != NULL) {
		board_lost(g, why);
		return;
	}
	if (g->lost)
		tell(g, GAUGE_CLEAR, "the program answers again");
	g->lost = false;
	snprintf(g->machine, sizeof g->machine, "%s", program_name(g->program));
	on_sensors(g);
}

static void
listen(struct gauge_set *g)
{
	const struct err_msg *why = heard_sample(g->heard, g->mono);

	if (why != NULL) {
		board_lost(g, why);
		return;
	}
	if (g->lost)
		tell(g, GAUGE_CLEAR, "its lines come again");
	g->lost = false;
	on_sensors(g);
}

static void
on_program_news(void *arg, const char *text)
{
	struct gauge_set *g = arg;

	g->mono = sys_mono();
	tell(g, GAUGE_NEWS, "%s", text);
}

static void
sample(void *arg)
{
	struct gauge_set *g = arg;

	if (g->sampling)
		return; /* the round before still waits for a sensor: leave this tick out */
	/* A sample may take a quarter of a slow wire's time, no more. */
	if (g->warm && sys_mono() - g->mono < WIRE_SHARE * remote_wire_ns(board_remote(g->board)))
		return;
	if (g->bare && !g->shown && !sources_told(&g->sources))
		return; /* the first row waits for each of them */
	g->sampling = true;
	g->mono = sys_mono();
	if (g->program != NULL)
		(void)program_sample(g->program);
	else if (g->heard != NULL)
		listen(g);
	else if (g->bare)
		on_sensors(g);
	else if (g->board == NULL)
		take(g, g->mono);
	else if (!board_sample(g->board))
		g->sampling = false;
}

void
gauge_set_processes(struct gauge_set *g, const char *from, const struct processes_want *want,
    processes_done done, void *arg)
{
	struct gauge_set *of = from[0] != '\0' ? sources_set(&g->sources, from) : g;
	struct err_msg why;

	if (of == NULL || of->processes == NULL) {
		(void)err_set(&why, ERR_NOENT, "processes", "gauge.source list names the sources",
		    "%.40s: no machine whose processes could be listed", from);
		done(arg, NULL, &why);
		return;
	}
	if (of->board != NULL && of->lost) {
		done(arg, NULL, &of->trouble);
		return;
	}
	processes_ask(of->processes, want, done, arg);
	if (of->board != NULL && processes_wanted(of->processes)) {
		remote_list(board_remote(of->board));
		gauge_set_now(of);
	}
}

static uint64_t
period(uint64_t every_ns)
{
	if (every_ns == 0)
		return NS_PER_S;
	return every_ns < GAUGE_SET_EVERY_MIN ? GAUGE_SET_EVERY_MIN : every_ns;
}

static void
on_console(void *arg, const char *p, size_t n)
{
	struct gauge_set *g = arg;

	if (g->cb.console != NULL)
		g->cb.console(g->arg, p, n);
}

static bool
open_board(struct gauge_set *g, struct loop *l, const struct gauge_set_opts *o, struct err_msg *why)
{
	static const struct board_cb board_cb = { .done = on_board, .console = on_console,
		.list = on_list };
	struct gauge_def d =
	    table_def("self.cpu", "sys", "sampling", "%", 100, "the sampling shell's own CPU time");

	g->board = board_open(l, o->board, o->link, &board_cb, g, why);
	if (g->board == NULL)
		return false;
	remote_process(board_remote(g->board), o->pid, o->process);
	d.min = 0;
	d.warn = 1;
	g->self = table_add(&g->table, &d);
	return true;
}

static void
on_source_news(void *arg, const struct gauge_alarm *a)
{
	struct gauge_set *g = arg;
	struct gauge_alarm out = *a;

	out.t = sys_mono() - g->epoch;
	if (g->cb.alarm != NULL)
		g->cb.alarm(g->arg, &out);
}

static void
on_source_said(void *arg, const char *source, const char *p, size_t n)
{
	struct gauge_set *g = arg;

	if (g->cb.said != NULL)
		g->cb.said(g->arg, source, p, n);
	else
		on_console(g, p, n);
}

static void
on_source_told(void *arg)
{
	struct gauge_set *g = arg;

	if (!g->bare || g->shown || !sources_told(&g->sources))
		return;
	arm(g, g->every);               /* from now on just behind the slowest */
	loop_defer(g->loop, sample, g);
}

static void
open_machine(struct gauge_set *g, const struct gauge_set_opts *o)
{
	struct root proc, sys;

	proc = root_of(o->proc_root, "/proc", g->board != NULL ? board_mirror(g->board) : NULL);
	sys = root_of(o->sys_root, "/sys", proc.mirror);
	g->proc = proc;
	g->sys = sys;
	g->proc.path = g->proc_path = mem_str(proc.path);
	g->sys.path = g->sys_path = mem_str(sys.path);
	g->local = local_new(&g->table, &proc, &sys);
	g->sensors = sensors_new(g->loop, &g->table, &sys, on_sensors, g);
	g->process = process_new(&g->table, &proc);
	g->pss = pss_new(g->loop, &g->table, &proc);
	g->processes = processes_new(g->loop, &proc);
	g->switches = switches_new(&g->table, &proc);
	g->cross = cross_new(g->loop, &proc);
	g->cgroup = cgroup_new(&g->table, &proc, &sys);
	firmware_init(&g->firmware, &g->table, proc.mirror);
	if (o->pid > 0 || o->process != NULL)
		process_choose(g->process, o->pid, o->process);
	g->mono = sys_mono();
	if (g->board == NULL) {
		local_sample(g->local, g->mono);
		process_sample(g->process, g->mono);
		switches_sample(g->switches, process_pid(g->process),
		    process_threads(g->process), g->mono);
		pss_sample(g->pss, process_pid(g->process), process_anon(g->process), g->mono);
	}
}

static bool
open_source(
    struct gauge_set *g, struct loop *l, const struct gauge_set_opts *o, struct err_msg *why)
{
	static const struct program_cb cb = { .done = on_program, .news = on_program_news };

	if (o->link != NULL)
		return open_board(g, l, o, why);
	if (heard_is(o->board)) {
		if (heard_check(o->board, why) != ERR_OK)
			return false;
		g->heard = heard_new(l, &g->table, o->board, o->select);
		return true;
	}
	if (!program_is(o->board))
		return open_board(g, l, o, why);
	if (program_check(o->board, why) != ERR_OK)
		return false;
	g->program = program_new(l, &g->table, o->board, o->select, &cb, g);
	return true;
}

struct gauge_set *
gauge_set_new(
    struct loop *l, const struct gauge_set_opts *o, const struct gauge_set_cb *cb, void *arg,
    struct err_msg *why)
{
	struct gauge_set *g = mem_zero(1, sizeof *g);

	table_init(&g->table);
	g->given.table = &g->table;
	if (o->board != NULL && !open_source(g, l, o, why)) {
		mem_free(g);
		return NULL;
	}
	g->sources = (struct sources){ .table = &g->table, .news = on_source_news,
		.console = on_source_said, .told = on_source_told, .arg = g };
	g->bare = o->bare || g->program != NULL || g->heard != NULL;
	snprintf(g->link, sizeof g->link, "%s", o->board != NULL ? o->board : "");
	g->loop = l;
	g->cb = *cb;
	g->arg = arg;
	g->every = period(o->every_ns);
	g->epoch = o->epoch;
	series_init(&g->series, LIMIT_GAUGE_HISTORY);
	tiers_init(&g->tiers);
	g->past = o->past;
	g->findings = findings_new();
	rules_init(&g->rules, o->hold_ns != 0 ? o->hold_ns : 2 * NS_PER_S);
	if (!g->bare)
		open_machine(g, o);
	arm(g, g->every < FIRST_AFTER ? g->every : FIRST_AFTER);
	return g;
}

enum err
gauge_set_check(const char *spec, struct err_msg *why)
{
	if (strcmp(spec, "local") == 0)
		return ERR_OK;
	if (heard_is(spec))
		return heard_check(spec, why);
	return program_is(spec) ? program_check(spec, why) : board_check(spec, why);
}

static void
close_machine(struct gauge_set *g)
{
	sensors_free(g->sensors);
	cgroup_free(g->cgroup);
	pss_free(g->pss);
	processes_free(g->processes);
	switches_free(g->switches);
	cross_free(g->cross);
	process_free(g->process);
	local_free(g->local);
}

void
gauge_set_free(struct gauge_set *g)
{
	if (g == NULL)
		return;
	loop_timer_stop(g->timer);
	loop_defer_cancel(g->loop, sample, g);
	sources_fini(&g->sources);
	board_free(g->board);
	program_free(g->program);
	heard_free(g->heard);
	if (!g->bare)
		close_machine(g);
	rules_fini(&g->rules);
	findings_free(g->findings);
	mem_free(g->proc_path);
	mem_free(g->sys_path);
	series_fini(&g->series);
	tiers_fini(&g->tiers);
	table_fini(&g->table);
	mem_free(g);
}

void
gauge_set_every(struct gauge_set *g, uint64_t every_ns)
{
	g->every = period(every_ns);
	arm(g, g->every);
	sources_every(&g->sources, g->every);
}

enum err
gauge_set_add(struct gauge_set *g, const char *name, const struct gauge_set_opts *o,
    struct err_msg *why)
{
	struct gauge_set_opts own = *o;

	own.every_ns = g->every;
	own.epoch = g->epoch;
	return sources_add(&g->sources, g->loop, name, &own, why);
}

enum err
gauge_set_remove(struct gauge_set *g, const char *name, struct err_msg *why)
{
	const enum err e = sources_remove(&g->sources, name, why);

	if (e == ERR_OK)
		gauge_set_now(g);
	return e;
}

json_t *
gauge_set_json_sources(const struct gauge_set *g)
{
	return sources_json(&g->sources);
}

void
gauge_set_process(struct gauge_set *g, pid_t pid, const char *name)
{
	size_t from, to;

	if (pid == 0)
		sources_process(&g->sources, name);
	if (g->bare)
		return;
	process_choose(g->process, pid, name);
	findings_process(g->findings);
	if (g->board != NULL)
		remote_process(board_remote(g->board), pid, name);
	process_range(g->process, &from, &to);
	for (size_t i = 0; i < g->table.n; i++)
		if ((i >= from && i < to) || strcmp(g->table.def[i].group, "proc") == 0 ||
		    strcmp(g->table.def[i].group, "cgroup") == 0) {
			series_clear_gauge(&g->series, i);
			tiers_clear_gauge(&g->tiers, i);
		}
	gauge_set_now(g);
}

enum err
gauge_set_limit(struct gauge_set *g, const char *id, const char *warn, const char *crit,
    const uint64_t *hold_ns, struct err_msg *why)
{
	const enum err e = user_limits_set(&g->limits, id, warn, crit, hold_ns, why);

	if (e == ERR_OK)
		user_limits_apply(&g->limits, &g->table);
	return e;
}

enum err
gauge_set_rule(struct gauge_set *g, const char *option, struct err_msg *why)
{
	const enum err e = findings_option(g->findings, option, why);

	g->verdicts += e == ERR_OK;
	if (e == ERR_OK)
		sources_rule(&g->sources, option);
	return e;
}

json_t *
gauge_set_json_rules(const struct gauge_set *g)
{
	json_t *all = findings_json(g->findings, g->epoch);

	sources_rules_json(&g->sources, all);
	return all;
}

void
gauge_set_adopt(struct gauge_set *g, const struct gauge_set *from)
{
	g->limits = from->limits;
	findings_adopt(g->findings, from->findings);
	user_limits_apply(&g->limits, &g->table);
}

/* The facts of now, but the value of GOGC: it is held still from sample to sample. */
json_t *
gauge_set_advice(struct gauge_set *g, double live)
{
	struct advice_sources s = { .table = &g->table, .proc = &g->proc, .sys = &g->sys,
		.live = live };
	struct advice_facts f;
	struct advice a[ADVICE_COUNT];

	if (g->bare)
		return json_array();
	s.cgroup = g->cgroup;
	s.pid = process_pid(g->process);
	s.environ = cross_environ(g->cross, &s.environ_n);
	advice_facts(&s, &f);
	advice_make(&f, g->gogc.shown, a);
	return advice_json(a);
}

uint64_t
gauge_set_rules_news(const struct gauge_set *g)
{
	return g->verdicts + sources_rules_news(&g->sources);
}

bool
gauge_set_process_found(const struct gauge_set *g)
{
	if (g->bare)
		return sources_process_found(&g->sources);
	return !process_chosen(g->process) || process_found(g->process);
}

void
gauge_set_now(struct gauge_set *g)
{
	if (g->sampling)
		g->again = true;
	else
		loop_defer(g->loop, sample, g);
}

bool
gauge_set_put(struct gauge_set *g, const struct gauge_def *def, double v)
{
	return given_put(&g->given, def, v, sys_mono());
}

void
gauge_set_take(struct gauge_set *g, const char *id)
{
	given_take(&g->given, id);
}

bool
gauge_set_given(const struct gauge_set *g, const char *id)
{
	return given_is(&g->given, id);
}

bool
gauge_set_ready(const struct gauge_set *g)
{
	return g->bare ? g->shown :
	    sensors_scanned(g->sensors) && (g->board == NULL || g->machine[0] != '\0');
}

unsigned
gauge_set_hanging(const struct gauge_set *g)
{
	return sources_hanging(&g->sources) +
	    (g->bare ? 0 : sensors_hanging(g->sensors) + pss_hanging(g->pss));
}

const struct err_msg *
gauge_set_trouble(const struct gauge_set *g)
{
	return g->lost ? &g->trouble : sources_trouble(&g->sources);
}

const char *
gauge_set_machine(const struct gauge_set *g)
{
	return g->machine;
}

const char *
gauge_set_link(const struct gauge_set *g)
{
	return g->link;
}

const struct gauge_def *
gauge_set_defs(const struct gauge_set *g, size_t *n)
{
	*n = g->table.n;
	return g->table.def;
}

const struct series *
gauge_set_series(const struct gauge_set *g)
{
	return &g->series;
}

const struct tiers *
gauge_set_tiers(const struct gauge_set *g)
{
	return &g->tiers;
}
