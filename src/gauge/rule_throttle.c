/* rule_throttle.c - the temperature between which a clock was still whole and was held back. */
#include "gauge/rule_throttle.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/slice.h"

enum { POLICIES = 16, SAMPLES = 3 };

static const double BUSY = 80, FALL = 5;

struct policy {
	int gauge;                      /* + 1; 0: free */
	double best;                    /* Hz, the most seen while busy */
	double good_temp, capped_temp, free_temp;       /* of the bracket, and at release */
	double busy, hz;
	unsigned low;                   /* busy samples in a row below the best */
	double first_temp;              /* of the first of those */
	bool capped, ever;
	uint64_t began, ended;
	char cause[80];
	bool thermal, volts;
};

struct throttle {
	struct policy policy[POLICIES];
};

/* The number behind "freq.policy", -1 for another gauge and for its cap. */
static int
policy_number(const struct rule_look *l, size_t i)
{
	const struct gauge_def *d = &l->table->def[i];
	uint64_t n;

	if (!table_in(l->table, i, "freq") || strncmp(d->id, "freq.policy", 11) != 0 ||
	    !slice_u64(slice_of(d->id + 11), 4095, &n))
		return -1;
	return (int)n;
}

/* Whether a processor runs by this policy: by its related_cpus where they are told, else those from
 * its number to the next policy's are. */
static bool
runs_by(const struct gauge_def *policy, int number, int end, uint64_t cpu)
{
	struct slice rest = slice_of(policy->cpus);
	uint64_t one;

	if (policy->cpus[0] == '\0')
		return (int)cpu >= number && (int)cpu < end;
	while (slice_trim(rest).n != 0)
		if (slice_u64(slice_word(&rest), 4095, &one) && one == cpu)
			return true;
	return false;
}

static int
next_policy(const struct rule_look *l, int number)
{
	int end = 4096;

	for (size_t i = 0; i < l->table->n; i++) {
		const int k = policy_number(l, i);

		if (k > number && k < end)
			end = k;
	}
	return end;
}

/* "throttle cpufreq-cpu4" holds back the policy of that processor alone; other names do not say
 * which. */
static bool
holds_back(const struct rule_look *l, const struct policy *p, int number,
    const struct gauge_def *device)
{
	static const char name[] = "cpufreq-cpu";
	const char *at = strstr(device->name, name);
	uint64_t cpu;

	return at == NULL || p->gauge == 0 ||
	    !slice_u64(slice_of(at + sizeof name - 1), 4095, &cpu) ||
	    runs_by(&l->table->def[p->gauge - 1], number, next_policy(l, number), cpu);
}

/* Mean load of the CPUs of a policy. */
static double
busy_of(const struct rule_look *l, const struct gauge_def *policy, int number)
{
	const int end = next_policy(l, number);
	double sum = 0;
	unsigned n = 0;

	for (size_t i = 0; i < l->table->n; i++) {
		uint64_t cpu;
		const char *id = l->table->def[i].id;

		if (isnan(l->table->v[i]) || !table_in(l->table, i, "cpu") ||
		    strncmp(id, "cpu.", 4) != 0 || !slice_u64(slice_of(id + 4), 4095, &cpu) ||
		    !runs_by(policy, number, end, cpu))
			continue;
		sum += l->table->v[i];
		n++;
	}
	return n != 0 ? sum / n : rule_value(l, "cpu.busy");
}

/* The hottest processor; where no name says which that is, the hottest of all. */
static double
hottest(const struct rule_look *l)
{
	static const char *const cpu[] = { "cpu", "soc", "core", "package", "cluster", "x86_pkg" };
	double own = (double)NAN, any = (double)NAN;

	for (size_t i = 0; i < l->table->n; i++) {
		const struct gauge_def *d = &l->table->def[i];
		const double v = l->table->v[i];

		if (isnan(v) || !table_in(l->table, i, "temp") || d->from[0] != '\0')
			continue;
		any = fmax(any, v);     /* fmax leaves out a NAN */
		for (size_t k = 0; k < sizeof cpu / sizeof *cpu; k++)
			if (strstr(d->id, cpu[k]) != NULL)
				own = fmax(own, v);
	}
	return isnan(own) ? any : own;
}

/* The firmware's bit, or the alarm of the board's own voltage sensor. */
static bool
low_voltage(const struct rule_look *l)
{
	for (size_t i = 0; i < l->table->n; i++) {
		const struct gauge_def *d = &l->table->def[i];

		if (l->table->v[i] > 0 && table_in(l->table, i, "power") &&
		    strcmp(d->name, "under-voltage") == 0 && d->from[0] == '\0')
			return true;
	}
	return false;
}

/* x86 counts what it does in hardware. */
static void
find_counter(const struct rule_look *l, int number, struct policy *p)
{
	char own[GAUGE_ID_MAX];

	snprintf(own, sizeof own, "freq.policy%d.throttles", number);
	if (rule_value(l, own) > 0)
		snprintf(p->cause, sizeof p->cause, "the core's throttle counter rises");
	else if (rule_value(l, "freq.package.throttles") > 0)
		snprintf(p->cause, sizeof p->cause, "the package's throttle counter rises");
	p->thermal = p->thermal || p->cause[0] != '\0';
}

/* What a clock really was since the sample before, where that is told, else what it says now. */
static double
clock_of(const struct rule_look *l, const struct gauge_def *d, double now)
{
	char mean[GAUGE_ID_MAX + 8];
	double v;

	snprintf(mean, sizeof mean, "%s.mean", d->id);
	v = rule_value(l, mean);
	return isnan(v) ? now : v;
}

static void
find_device(const struct rule_look *l, int number, struct policy *p)
{
	for (size_t i = 0; i < l->table->n && p->cause[0] == '\0'; i++) {
		const struct gauge_def *d = &l->table->def[i];

		if (strcmp(d->group, "cool") != 0 || d->from[0] != '\0' ||
		    !(l->table->v[i] > 0) || !holds_back(l, p, number, d))
			continue;
		snprintf(p->cause, sizeof p->cause, "%s is at %.0f of %.0f", d->name,
		    l->table->v[i], d->max);
		p->thermal = true;
	}
}

/* What besides the frequency says that the clock is held back. */
static void
find_cause(const struct rule_look *l, int number, struct policy *p)
{
	char cap[GAUGE_ID_MAX];
	static const struct { const char *id, *words; bool thermal; } bit[] = {
		{ "power.throttled", "the firmware throttles (get_throttled bit 2)", true },
		{ "power.softlimit", "the soft temperature limit (get_throttled bit 3)", true },
		{ "power.capped", "the firmware caps the clock (get_throttled bit 1)", true },
	};

	p->cause[0] = '\0';
	p->thermal = false;
	p->volts = low_voltage(l);
	find_device(l, number, p);
	for (size_t i = 0; i < sizeof bit / sizeof *bit && p->cause[0] == '\0'; i++)
		if (rule_value(l, bit[i].id) > 0) {
			snprintf(p->cause, sizeof p->cause, "%s", bit[i].words);
			p->thermal = bit[i].thermal;
		}
	snprintf(cap, sizeof cap, "freq.policy%d.cap", number);
	if (p->cause[0] == '\0' && rule_value(l, cap) >= FALL) {
		snprintf(p->cause, sizeof p->cause, "scaling_max_freq is lowered by %.0f %%",
		    rule_value(l, cap));
		p->thermal = true;
	}
	if (p->cause[0] == '\0')
		find_counter(l, number, p);
}

static void
begin(struct policy *p, uint64_t now)
{
	p->capped = p->ever = true;
	p->began = now;
	p->ended = 0;
	p->capped_temp = p->first_temp;
	p->free_temp = (double)NAN;
}

/* One sample of one policy: the state it leads to. */
static void
step(struct policy *p, const struct rule_look *l, int number, double hz, double busy, double temp)
{
	const bool was_busy = p->busy >= BUSY;
	const bool low = hz < p->best * (1 - FALL / 100);

	p->busy = busy;
	p->hz = hz;
	if (busy < BUSY || !was_busy) {
		p->low = 0;             /* the governor's doing */
		return;
	}
	if (!low) {
		p->low = 0;
		p->best = fmax(p->best, hz);
		if (p->capped) {
			p->capped = false;
			p->ended = l->now;
			p->free_temp = temp;
		}
		p->good_temp = temp;
		return;
	}
	if (p->low++ == 0)
		p->first_temp = temp;
	if (p->low >= SAMPLES) {
		find_cause(l, number, p);
		if (!p->capped)
			begin(p, l->now);
	}
}

static void
bracket(const struct policy *p, char *out, size_t size)
{
	if (isnan(p->good_temp) || isnan(p->capped_temp))
		snprintf(out, size, "no temperature is told");
	else
		snprintf(out, size, "between %.1f and %.1f C", p->good_temp, p->capped_temp);
}

static void
say_capped(struct finding *x, const struct policy *p, const char *name)
{
	const double mhz = p->hz / 1e6, best = p->best / 1e6;
	char where[64];

	bracket(p, where, sizeof where);
	if (p->volts && !p->thermal)
		finding_say(x, FINDING_ALARM, "low voltage",
		    "%s runs at %.0f of %.0f MHz: under-voltage, no question of heat (%s)", name,
		    mhz, best, where);
	else if (p->cause[0] == '\0')
		finding_say(x, FINDING_NOTE, "suspected",
		    "%s runs at %.0f of %.0f MHz with its CPUs "
		    "%.0f %% busy, %s; nothing says why: suspected", name, mhz, best, p->busy,
		    where);
	else
		finding_say(x, FINDING_WARN, "throttled",
		    "%s is held to %.0f of %.0f MHz, %s: %s%s",
		    name, mhz, best, where, p->cause,
		    p->volts ? "; under-voltage as well" : "");
}

static void
say(struct finding *x, const struct policy *p, const char *name)
{
	char where[64];

	bracket(p, where, sizeof where);
	if (p->capped)
		say_capped(x, p, name);
	else if (p->ever)
		finding_say(x, FINDING_GOOD, "released",
		    "%s is at %.0f MHz again, let go at %.1f C "
		    "after %.0f s; it was held back %s", name, p->hz / 1e6, p->free_temp,
		    (double)(p->ended - p->began) / 1e9, where);
	else if (p->best > 0)
		finding_say(x, FINDING_GOOD, "whole", "%s keeps %.0f MHz under load, seen up to "
		    "%.1f C", name, p->best / 1e6, p->good_temp);
	else
		finding_say(x, FINDING_WAITING, "waiting",
		    "%s: not judged below %.0f %% load (now %.0f %%)", name, BUSY, p->busy);
	if (x == NULL)
		return;
	x->tell = p->ever;
	finding_number(x, "now", p->hz, "Hz");
	if (p->best > 0)
		finding_number(x, "best", p->best, "Hz");
	finding_number(x, "busy", p->busy, "%");
	finding_number(x, "good_temp", p->good_temp, "C");
	if (p->ever) {
		finding_number(x, "capped_temp", p->capped_temp, "C");
		finding_number(x, "free_temp", p->free_temp, "C");
	}
}

static struct policy *
policy_of(struct throttle *s, int gauge)
{
	for (int i = 0; i < POLICIES; i++)
		if (s->policy[i].gauge == gauge + 1)
			return &s->policy[i];
	for (int i = 0; i < POLICIES; i++)
		if (s->policy[i].gauge == 0) {
			s->policy[i] = (struct policy){ .gauge = gauge + 1,
				.good_temp = (double)NAN, .capped_temp = (double)NAN,
				.free_temp = (double)NAN, .first_temp = (double)NAN };
			return &s->policy[i];
		}
	return NULL;
}

static void
look(void *state, const struct rule_look *l, struct found *out)
{
	struct throttle *s = state;
	const double temp = hottest(l), real = rule_value(l, "freq.arm");
	const int arm = table_find(l->table, "freq.arm");

	for (size_t i = 0; i < l->table->n; i++) {
		const struct gauge_def *d = &l->table->def[i];
		const int number = (int)i == arm ? 0 : policy_number(l, i);
		const double busy = number >= 0 ? busy_of(l, d, number) : (double)NAN;
		struct policy *p;

		/* Where the firmware tells the clock, what cpufreq asked for is not the clock. */
		if (number < 0 || (!isnan(real) && (int)i != arm) || isnan(l->table->v[i]) ||
		    isnan(busy))
			continue;
		p = policy_of(s, (int)i);
		if (p == NULL)
			continue;
		step(p, l, number, clock_of(l, d, l->table->v[i]), busy, temp);
		say(finding_of(out, d->id), p, d->name);
	}
}

const struct rule_ops rule_throttle = {
	.name = "throttle", .what = "where heat or power begins to hold the clock back",
	.needs = "a clock and the load of its CPUs",
	.size = sizeof(struct throttle), .look = look,
};
