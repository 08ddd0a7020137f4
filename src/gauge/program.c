/* program.c - a program gauged over HTTP. */
#include "gauge/program.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "core/place.h"
#include "gauge/json_scan.h"
#include "gauge/prom_scan.h"
#include "gauge/source_go.h"
#include "gauge/source_vars.h"
#include "gauge/web.h"
#include "sys/time.h"

static const uint64_t SECOND_LOOK = 200 * NS_PER_MS, RETRY_FIRST = NS_PER_S,
		      RETRY_MOST = 30 * NS_PER_S;
enum { TIMEOUT_MS = 5000, LOGIN_MS = 15000 };

enum format { FORMAT_NONE, FORMAT_JSON, FORMAT_LINES };

struct program {
	struct loop *loop;
	struct program_cb cb;
	void *arg;
	char *address;                  /* what is asked now, */
	const char *profile;            /* and what of it */
	char *metrics;                  /* to be asked if that is not there, or NULL */
	bool ssh, round, answered, looked, said;
	bool fell_back;                 /* /debug/vars was not there, /metrics is asked for */
	enum format format;
	union { struct json_scan json; struct prom_scan prom; } scan;
	int up;                         /* gauge: 1 while it answers */
	struct gauge_table *table;
	struct web *web;
	struct go *go;
	struct vars *vars;
	struct loop_timer *timer;
	uint64_t again_at, pause;       /* not before; 0: at once */
	struct err_msg why;             /* of the last failure */
	char file[64], version[32], name[112];
};

/* ---- specs ---- */

bool
program_is(const char *spec)
{
	static const char *const boards[] = { "ssh://", "exec:", "serial:", "lines:" };
	struct place p;
	bool yes;

	for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++)
		if (strncmp(spec, boards[i], strlen(boards[i])) == 0)
			return false;
	if (strncmp(spec, "ssh:", 4) == 0) {
		yes = place_parse(spec, &p, NULL) == ERR_OK;    /* without a port: a board */
		place_fini(&p);
		return yes;
	}
	return place_fetched(spec);
}

enum err
program_check(const char *spec, struct err_msg *why)
{
	struct place p;
	enum err e = place_parse(spec, &p, why);

	if (e == ERR_OK && (p.kind == PLACE_GOPS || p.kind == PLACE_FILE ||
	    p.kind == PLACE_PATTERN))
		e = err_set(why, ERR_USAGE, spec, "give http://HOST:PORT, ssh:HOST:PORT or pid:PID",
		    "no address of /debug/vars or /metrics");
	place_fini(&p);
	return e;
}

/* The same place with /metrics behind it, for one that names no path of its own. */
static char *
metrics_of(const char *spec, enum place_kind kind)
{
	const char *debug = strstr(spec, "/debug/pprof");
	size_t n = debug != NULL ? (size_t)(debug - spec) : strlen(spec);

	if (kind == PLACE_PID)
		return NULL;
	while (n > 0 && spec[n - 1] == '/')
		n--;
	return mem_fmt("%.*s%s/metrics", (int)n, spec,
	    kind == PLACE_UNIX && debug == NULL && spec[n - 1] != ':' ? ":" : "");
}

static void
find_address(struct program *p, const char *spec)
{
	struct place place;
	char what[32] = "other";

	if (place_parse(spec, &place, NULL) == ERR_OK) {
		place_profile(&place, what);
		p->ssh = place.kind == PLACE_SSH;
		if (strcmp(what, "other") != 0) {
			p->profile = "vars";
			p->metrics = metrics_of(spec, place.kind);
		}
	}
	p->address = mem_str(spec);
	place_fini(&place);
}

/* ---- what comes ---- */

static void
set_name(struct program *p)
{
	snprintf(p->name, sizeof p->name, "%s%s%s", p->file,
	    p->file[0] != '\0' && p->version[0] != '\0' ? ", " : "", p->version);
}

static void
on_number(void *arg, const char *path, double v)
{
	struct program *p = arg;

	if (!go_expvar(p->go, path, v))
		vars_expvar(p->vars, path, v);
}

static void
on_text(void *arg, const char *path, const char *text)
{
	struct program *p = arg;
	const char *slash = strrchr(text, '/');

	if (strcmp(path, "cmdline.0") != 0)
		return;
	table_text(p->file, sizeof p->file, slash != NULL ? slash + 1 : text);
	set_name(p);
}

static void
on_metric(void *arg, const struct prom_sample *s)
{
	struct program *p = arg;
	char version[sizeof p->version];

	if (slice_is(s->name, "go_info") && s->labels == 1 &&
	    slice_is(s->label[0].name, "version")) {
		snprintf(version, sizeof version, "%.*s",
		    (int)(s->label[0].value.n < 31 ? s->label[0].value.n : 31),
		    s->label[0].value.p);
		table_text(p->version, sizeof p->version, version);
		set_name(p);
	}
	if (!go_prometheus(p->go, s))
		vars_prometheus(p->vars, s);
}

static void
on_body(void *arg, const char *b, size_t n)
{
	static const struct json_scan_cb json = { .number = on_number, .text = on_text };
	struct program *p = arg;

	if (p->format == FORMAT_NONE) {
		while (n != 0 && (*b == ' ' || *b == '\t' || *b == '\n' || *b == '\r')) {
			b++;
			n--;
		}
		if (n == 0)
			return;
		p->format = *b == '{' ? FORMAT_JSON : FORMAT_LINES;
		if (p->format == FORMAT_JSON)
			json_scan_init(&p->scan.json, &json, p);
		else
			prom_scan_init(&p->scan.prom, on_metric, p);
	}
	if (p->format == FORMAT_JSON)
		(void)json_scan_feed(&p->scan.json, b, n);
	else
		prom_scan_feed(&p->scan.prom, b, n);
}

/* Without the user and the password of a URL. */
static void
address_shown(const char *address, char out[ERR_WHAT_MAX])
{
	const char *scheme = strstr(address, "://"),
		   *host = scheme != NULL ? scheme + 3 : address,
		   *at = memchr(host, '@', strcspn(host, "/?#"));

	snprintf(out, ERR_WHAT_MAX, "%.*s%s", (int)(host - address), address,
	    scheme != NULL && at != NULL ? at + 1 : host);
}

/* Whether the whole body was what it began as. */
static enum err
whole(struct program *p, struct err_msg *why)
{
	char shown[ERR_WHAT_MAX];
	const char *next = "give the address of /debug/vars or of Prometheus metrics";

	address_shown(p->address, shown);
	switch (p->format) {
	case FORMAT_JSON:
		if (json_scan_end(&p->scan.json))
			return ERR_OK;
		return err_set(why, ERR_FORMAT, shown, next, "what came is no JSON, or is "
		    "nested too deep");
	case FORMAT_LINES:
		prom_scan_end(&p->scan.prom);
		if (p->scan.prom.good > p->scan.prom.bad)
			return ERR_OK;
		return err_set(why, ERR_FORMAT, shown, next, "what came are no metrics");
	default:
		return err_set(why, ERR_FORMAT, shown, next, "nothing came");
	}
}

/* ---- a round ---- */

static void
over(struct program *p, const struct err_msg *why)
{
	if (why != NULL) {
		p->why = *why;
		p->pause = p->pause == 0 ? RETRY_FIRST : p->pause * 2;
		if (p->pause > RETRY_MOST)
			p->pause = RETRY_MOST;
		p->again_at = sys_mono() + p->pause;
		p->looked = false;
		go_gap(p->go);
		vars_forget(p->vars);
	} else {
		p->again_at = p->pause = 0;
		table_value(p->table, p->up, 1);
		p->answered = true;
	}
	p->round = false;
	p->cb.done(p->arg, why);
}

static void
fail_later(void *arg)
{
	struct program *p = arg;

	p->round = false;
	p->cb.done(p->arg, &p->why);
}

static void
ask(void *arg)
{
	struct program *p = arg;
	struct err_msg why;

	p->timer = NULL;
	p->format = FORMAT_NONE;
	go_begin(p->go);
	vars_begin(p->vars);
	if (web_ask(p->web, p->address, p->profile,
		p->ssh && (!p->answered || p->pause != 0) ? LOGIN_MS : TIMEOUT_MS, &why) != ERR_OK)
		over(p, &why);
}

static void
tell(struct program *p, bool again)
{
	char text[GAUGE_TEXT_MAX];

	if (again) {
		vars_forget(p->vars);
		p->cb.news(p->arg, "the program was started again");
	}
	if (vars_left_out(p->vars) == 0 || p->said)
		return;
	p->said = true;
	snprintf(text, sizeof text, "%u more numbers are told there: choose with select=GLOB,...",
	    vars_left_out(p->vars));
	p->cb.news(p->arg, text);
}

/* Not there, and no path was given: its metrics may be. */
static bool
elsewhere(struct program *p, const struct err_msg *why)
{
	if (why == NULL || why->code != ERR_NOENT || p->answered || p->metrics == NULL)
		return false;
	mem_free(p->address);
	p->address = p->metrics;
	p->metrics = NULL;
	p->profile = NULL;
	p->fell_back = true;
	p->timer = loop_timer_start(p->loop, 1, 0, ask, p);
	return true;
}

static void
on_done(void *arg, int64_t date, const struct err_msg *why)
{
	struct program *p = arg;
	struct err_msg reason;
	uint64_t now = sys_mono();
	char shown[ERR_WHAT_MAX];
	bool again;

	if (elsewhere(p, why))
		return;
	if (why == NULL && whole(p, &reason) != ERR_OK)
		why = &reason;
	if (why != NULL && why->code == ERR_NOENT && p->fell_back && !p->answered) {
		address_shown(p->address, shown);
		(void)err_set(&reason, ERR_NOENT, shown, "import _ \"expvar\" in the program, "
		    "or give the address with its path", "neither /debug/vars nor /metrics there");
		why = &reason;
	}
	if (why != NULL) {
		over(p, why);
		return;
	}
	again = go_take(p->go, now, date > 0 ? (uint64_t)date : 0);
	vars_take(p->vars, now);
	tell(p, again);
	if (!p->looked) {
		p->looked = true;               /* rates are differences: a second look at once */
		p->timer = loop_timer_start(p->loop, SECOND_LOOK, 0, ask, p);
		return;
	}
	over(p, NULL);
}

bool
program_sample(struct program *p)
{
	if (p->round)
		return false;
	p->round = true;
	if (p->again_at != 0 && sys_mono() < p->again_at)
		loop_defer(p->loop, fail_later, p);
	else
		p->timer = loop_timer_start(p->loop, 1, 0, ask, p);
	return true;
}

struct program *
program_new(struct loop *l, struct gauge_table *t, const char *spec, const char *choice,
    const struct program_cb *cb, void *arg)
{
	static const struct web_cb web = { .body = on_body, .done = on_done };
	struct program *p = mem_zero(1, sizeof *p);
	struct gauge_def up = table_def("program.up", "go", "program", "count", 1,
	    "1 while it answers");

	up.min = 0;
	p->up = table_add(t, &up);
	p->table = t;
	p->loop = l;
	p->cb = *cb;
	p->arg = arg;
	find_address(p, spec);
	p->web = web_new(l, &web, p);
	p->go = go_new(t);
	p->vars = vars_new(t, choice);
	return p;
}

void
program_free(struct program *p)
{
	if (p == NULL)
		return;
	loop_timer_stop(p->timer);
	loop_defer_cancel(p->loop, fail_later, p);
	web_free(p->web);
	go_free(p->go);
	vars_free(p->vars);
	mem_free(p->metrics);
	mem_free(p->address);
	mem_free(p);
}

const char *
program_name(const struct program *p)
{
	return p->name;
}
