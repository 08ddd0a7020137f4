/* advice.c - GOMEMLIMIT, GOGC and GOMAXPROCS from what a machine has. */
#include "gauge/advice.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/slice.h"

enum { LOW_MIB = 2048, HIGH_MIB = 8192, GOGC_LOW = 88, GOGC_HIGH = 65 };

static const double MIB = 1048576, SHARE = 0.9, NEAR = 0.95;
static const uint64_t HOLD = 10 * NS_PER_S;

int
advice_gogc(uint64_t avail_mib)
{
	if (avail_mib < LOW_MIB)
		return GOGC_LOW;
	if (avail_mib > HIGH_MIB)
		return GOGC_HIGH;
	return GOGC_LOW - (int)((avail_mib - LOW_MIB) * (GOGC_LOW - GOGC_HIGH) /
	    (HIGH_MIB - LOW_MIB));
}

uint64_t
advice_avail_mib(const struct advice_facts *f)
{
	/* fmin leaves out what is not known */
	const double avail = fmin(f->avail, f->group_max - f->group_used);

	return avail > 0 ? (uint64_t)(avail / MIB) : 0;
}

void
advice_facts_init(struct advice_facts *f)
{
	const double none = (double)NAN;

	*f = (struct advice_facts){ .total = none, .avail = none, .group_max = none,
		.group_used = none, .resident = none, .anon = none, .live = none, .online = none,
		.isolated = none, .allowed = none, .quota = none, .throttled = none, .cpu = none };
}

/* More of the reason; of the warning beside it. */
static void __attribute__((format(printf, 2, 3)))
why(struct advice *a, const char *fmt, ...)
{
	const size_t n = strlen(a->why);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(a->why + n, sizeof a->why - n, fmt, ap);
	va_end(ap);
}

static void __attribute__((format(printf, 2, 3)))
note(struct advice *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(a->note, sizeof a->note, fmt, ap);
	va_end(ap);
}

/* ---- GOMEMLIMIT ---- */

/* "180MiB" as Go writes it, in bytes; NAN for "off", "" and what is none. */
static double
go_bytes(const char *text)
{
	struct slice s = slice_of(text), number = s;
	uint64_t v;
	double unit = 1;
	static const struct { const char *tail; double unit; } row[] = {
		{ "KiB", 1024 }, { "MiB", 1048576 }, { "GiB", 1073741824 }, { "B", 1 },
	};

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (slice_ends(s, row[i].tail)) {
			unit = row[i].unit;
			number = slice_make(s.p, s.n - strlen(row[i].tail));
			break;
		}
	return slice_u64(number, UINT64_MAX, &v) ? (double)v * unit : (double)NAN;
}

static void
limit_by_group(const struct advice_facts *f, struct advice *a)
{
	why(a, "90 %% of the tightest control group's limit, %.0f MiB: Go "
	    "does not see it by itself and would be killed there. The rest is for stacks of C, the "
	    "program's own pages and what is not Go's", f->group_max / MIB);
}

static void
limit_by_machine(const struct advice_facts *f, double others, struct advice *a)
{
	why(a, "no control group limits it: 90 %% of the %.0f MiB that the "
	    "others leave of %.0f (they hold %.0f). It stays right when the cache fills memory, "
	    "which what is available this moment does not", (f->total - others) / MIB,
	    f->total / MIB, others / MIB);
}

static void
limit_note(const struct advice_facts *f, double limit, struct advice *a)
{
	const double has = go_bytes(a->now);

	if (!isnan(has) && f->anon > NEAR * has)
		note(a, "anonymous memory is at %.0f %% of the limit it has: "
		    "the collector may take half of the CPU there (it uses %.0f %% of one now)",
		    100 * f->anon / has, f->cpu);
	else if (f->live > 0.9 * limit)
		note(a, "the live heap alone is %.0f MiB: with this limit "
		    "the collector would run all the time; the program needs less or more memory",
		    f->live / MIB);
	else if (!isnan(has) && !isnan(f->group_max) && has > f->group_max)
		note(a, "the limit it has is above that of its group: it will be killed first");
}

static void
make_limit(const struct advice_facts *f, struct advice *a)
{
	const double own = isnan(f->resident) ? 0 : f->resident,
		     others = fmax(0, f->total - f->avail - own);
	const bool group = f->group_max < f->total || isnan(f->total);
	const double limit = SHARE * (group ? f->group_max : f->total - others);

	if (isnan(limit) || limit < MIB) {
		why(a, "neither a control group's limit nor MemTotal is told");
		return;
	}
	snprintf(a->value, sizeof a->value, "%.0fMiB", floor(limit / MIB));
	if (group)
		limit_by_group(f, a);
	else
		limit_by_machine(f, others, a);
	limit_note(f, limit, a);
}

/* ---- GOGC ---- */

static void
make_gogc(const struct advice_facts *f, int shown, struct advice *a)
{
	const uint64_t avail = advice_avail_mib(f);
	const int gogc = shown != 0 ? shown : advice_gogc(avail);
	const double factor = 1 + gogc / 100.0;

	if (isnan(f->avail) && isnan(f->group_max)) {
		why(a, "the memory available is not told");
		return;
	}
	snprintf(a->value, sizeof a->value, "%d", gogc);
	a->work = 100.0 / gogc;
	a->peak = f->live * factor;
	why(a, "the documented rule at %llu MiB available. ",
	    (unsigned long long)avail);
	if (isnan(a->peak))
		why(a, "The heap peaks at "
		    "%.2f times what lives (2.00 at GOGC=100), for %.2f times the work of "
		    "collecting", factor, a->work);
	else
		why(a, "%.0f MiB live peak "
		    "at %.0f MiB (%.0f at GOGC=100), for %.2f times the work of collecting",
		    f->live / MIB, a->peak / MIB, 2 * f->live / MIB, a->work);
	note(a, "the rule gives little memory the larger heap and much "
	    "memory the more work; with a memory limit set, GOGC=100 is as safe and cheaper");
}

/* ---- GOMAXPROCS ---- */

static void
make_procs(const struct advice_facts *f, struct advice *a)
{
	const double cpus = isnan(f->allowed) ? f->online : f->allowed,
		     isolated = isnan(f->isolated) ? 0 : f->isolated,
		     usable = fmax(1, cpus - isolated);
	double want = usable;
	uint64_t has;

	if (isnan(cpus)) {
		why(a, "the number of CPUs is not told");
		return;
	}
	if (f->quota < want)
		want = fmax(1, floor(f->quota));
	snprintf(a->value, sizeof a->value, "%.0f", want);
	why(a, "it may use %.0f CPU%s of %.0f", cpus,
	    cpus > 1 ? "s" : "", fmax(cpus, isnan(f->online) ? cpus : f->online));
	if (isolated > 0)
		why(a, "; %.0f of them isolated from "
		    "the scheduler: threads put there are not moved away", isolated);
	if (!isnan(f->quota) && f->quota < usable)
		why(a, "; %s gives %.2f CPUs: more "
		    "threads are stopped for the rest of each period",
		    f->quota_v1 ? "cpu.cfs_quota_us" : "cpu.max", f->quota);
	a->itself = want >= cpus;
	if (a->itself)
		why(a, ". Go takes that many by itself: "
		    "nothing to set");
	else
		why(a, ". Go takes %.0f unless told (from "
		    "1.25 on it sees its own group's quota, not one further up)", cpus);
	if (slice_u64(slice_of(a->now), 65536, &has) && (double)has > want)
		note(a, "it was started with more threads than it has CPUs");
	if (f->throttled > 1)
		note(a, "the quota stops it in %.0f %% of its periods now",
		    f->throttled);
}

void
advice_make(const struct advice_facts *f, int gogc, struct advice out[ADVICE_COUNT])
{
	static const char *const names[] = { "GOMEMLIMIT", "GOGC", "GOMAXPROCS" };
	const char *const has[] = { f->limit, f->gogc, f->procs };

	for (int i = 0; i < ADVICE_COUNT; i++) {
		out[i] = (struct advice){ .name = names[i], .peak = (double)NAN,
			.work = (double)NAN };
		snprintf(out[i].now, sizeof out[i].now, "%s", has[i]);
	}
	make_limit(f, &out[ADVICE_LIMIT]);
	make_gogc(f, gogc, &out[ADVICE_GOGC]);
	make_procs(f, &out[ADVICE_PROCS]);
	for (int i = 0; i < ADVICE_COUNT; i++)
		out[i].same = out[i].now[0] != '\0' && strcmp(out[i].now, out[i].value) == 0;
}

int
advice_hold(struct advice_hold *h, int gogc, uint64_t now_ns)
{
	const int off = gogc > h->shown ? gogc - h->shown : h->shown - gogc;

	if (h->shown == 0) {
		h->shown = gogc;
	} else if (off < 2) {
		h->since = 0;
	} else if (h->since == 0) {
		h->since = now_ns;
	} else if (now_ns - h->since >= HOLD) {
		h->shown = gogc;
		h->since = 0;
	}
	return h->shown;
}

static json_t *
one_json(const struct advice *a)
{
	json_t *o = json_object();
	char line[96];

	json_put_str(o, "name", a->name);
	json_put_str(o, "value", a->value);
	if (a->now[0] != '\0')
		json_put_str(o, "now", a->now);
	json_put_bool(o, "same", a->same);
	json_put_bool(o, "itself", a->itself);
	if (!isnan(go_bytes(a->now)) && strcmp(a->name, "GOMEMLIMIT") == 0)
		json_put(o, "now_bytes", json_double(go_bytes(a->now)));
	json_put_str(o, "why", a->why);
	if (a->note[0] != '\0')
		json_put_str(o, "note", a->note);
	if (a->value[0] == '\0')
		return o;
	snprintf(line, sizeof line, "%s=%s", a->name, a->value);
	json_put_str(o, "env", line);
	snprintf(line, sizeof line, "Environment=%s=%s", a->name, a->value);
	json_put_str(o, "systemd", line);
	snprintf(line, sizeof line, "export %s=%s", a->name, a->value);
	json_put_str(o, "export", line);
	if (!isnan(a->peak))
		json_put(o, "peak", json_double(round(a->peak)));
	if (!isnan(a->work))
		json_put(o, "work", json_double(a->work));
	return o;
}

json_t *
advice_json(const struct advice a[ADVICE_COUNT])
{
	json_t *list = json_array();

	for (int i = 0; i < ADVICE_COUNT; i++)
		(void)json_array_append_new(list, one_json(&a[i]));
	return list;
}
