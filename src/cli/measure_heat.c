/* measure_heat.c - watching a board warm up. */
#include "cli/measure_heat.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "gauge/set.h"
#include "sys/time.h"

enum { SAMPLES_MAX = 7200 };

struct heat {
	struct measure_loop *loop;
	struct gauge_set *set;
	double t[SAMPLES_MAX], temp[SAMPLES_MAX];       /* s since heat_begin, C */
	size_t n;
	uint64_t begun;
	double hot;                     /* hottest of this sample */
	double now, before;             /* the same, the newest there was, and the one before */
	double low, high, clock_full, clock_low;
	bool throttled, news, told;
	char cause[64], missing[160];
};

/* A value says that the board is held back. */
static bool
says_so(const struct gauge_def *d, double v)
{
	const size_t n = strlen(d->id);

	if (isnan(v))
		return false;
	if (strcmp(d->group, "cool") == 0)      /* fans cool as well, and slow nothing down */
		return v >= 1 && strstr(d->name, "throttle ") != NULL;
	if (strcmp(d->group, "freq") == 0 && n > 4 && strcmp(d->id + n - 4, ".cap") == 0)
		return v > 0.5;
	return strncmp(d->id, "power.", 6) == 0 && strcmp(d->id, "power.undervoltage") != 0 &&
	    v >= 1;
}

static void
look(struct heat *h, const struct gauge_def *d, double v)
{
	/* power management chips have a zone that says 100 C for ever */
	if (strcmp(d->group, "temp") == 0 && strstr(d->id, "pmic") == NULL &&
	    strstr(d->id, "PMIC") == NULL) {
		if (d->missing[0] != '\0' && h->missing[0] == '\0')
			snprintf(h->missing, sizeof h->missing, "%s", d->missing);
		if (!isnan(v) && !(v <= h->hot))
			h->hot = v;
	}
	if (strcmp(d->unit, "Hz") == 0 && !isnan(v) && isfinite(d->max) && d->max > 0 &&
	    (isnan(h->clock_low) || v / d->max < h->clock_low / h->clock_full)) {
		h->clock_low = v;
		h->clock_full = d->max;
	}
}

static void
on_sample(void *arg, const struct gauge_sample *s)
{
	struct heat *h = arg;
	size_t n;
	const struct gauge_def *d = gauge_set_defs(h->set, &n);
	const struct gauge_def *cause = NULL;

	h->hot = (double)NAN;
	for (size_t i = 0; i < n && i < s->n; i++) {
		look(h, &d[i], s->v[i]);
		if (says_so(&d[i], s->v[i]) && (cause == NULL || strcmp(cause->group, "freq") == 0))
			cause = &d[i];
	}
	/* a sensor that was too slow for this row leaves a gap, not the end of the thermometer */
	h->before = h->now;
	h->now = isnan(h->hot) ? h->now : h->hot;
	if (cause != NULL && !h->throttled) {
		h->throttled = true;
		h->low = h->before;
		h->high = h->now;
		snprintf(h->cause, sizeof h->cause, "%.60s", cause->name);
	}
	if (h->n < SAMPLES_MAX && !isnan(h->hot)) {
		h->t[h->n] = (double)(sys_mono() - h->begun) / 1e9;
		h->temp[h->n++] = h->now;
	}
	h->news = h->told = true;
}

enum err
heat_open(struct measure_loop *l, const char *spec, const char *sys_root, struct heat **out,
    struct err_msg *why)
{
	static const struct gauge_set_cb cb = { .sample = on_sample };
	const bool here = strcmp(spec, "local") == 0;
	const struct gauge_set_opts o = { .sys_root = here ? sys_root : NULL,
		.board = here ? NULL : spec, .epoch = sys_mono(),
		.every_ns = NS_PER_S / 2 };
	struct heat *h = mem_zero(1, sizeof *h);
	enum err e = ERR_OK;

	h->loop = l;
	heat_begin(h);
	h->now = (double)NAN;
	h->set = gauge_set_new(l->loop, &o, &cb, h, why);
	if (h->set == NULL) {
		mem_free(h);
		return why->code;
	}
	/* the first row may be without the sensors that are still searched for */
	for (int i = 0; i < 3 && e == ERR_OK; i++) {
		const bool ready = gauge_set_ready(h->set);

		h->told = false;
		e = measure_wait(l, &h->told, 30 * NS_PER_S, why);
		if (ready)
			break;
	}
	if (e == ERR_OK && gauge_set_trouble(h->set) != NULL) {
		*why = *gauge_set_trouble(h->set);
		e = why->code;
	}
	*out = h;
	if (e != ERR_OK) {
		heat_close(h);
		*out = NULL;
	}
	return e;
}

void
heat_close(struct heat *h)
{
	if (h == NULL)
		return;
	gauge_set_free(h->set);
	mem_free(h);
}

double
heat_now(const struct heat *h)
{
	return h->now;
}

const char *
heat_missing(const struct heat *h)
{
	return h->missing;
}

void
heat_begin(struct heat *h)
{
	h->n = 0;
	h->begun = sys_mono();
	h->throttled = false;
	h->low = h->high = h->clock_low = h->clock_full = (double)NAN;
	h->cause[0] = '\0';
}

static bool
at_rest(const struct heat *h, double window)
{
	double n = 0, st = 0, sv = 0, stt = 0, stv = 0, lo = INFINITY, hi = -INFINITY, slope;

	if (h->n < 3 || h->t[h->n - 1] < window)
		return false;
	for (size_t i = h->n; i-- > 0 && h->t[i] >= h->t[h->n - 1] - window;) {
		const double t = h->t[i] - h->t[h->n - 1], v = h->temp[i];

		n++;
		st += t;
		sv += v;
		stt += t * t;
		stv += t * v;
		lo = fmin(lo, v);
		hi = fmax(hi, v);
	}
	if (n < 3 || n * stt - st * st <= 0)
		return false;
	slope = (n * stv - st * sv) / (n * stt - st * st);
	return hi - lo <= 4 && fabs(slope) * window <= 2;
}

enum err
heat_wait(struct heat *h, uint64_t window, uint64_t most, bool *rests, struct err_msg *why)
{
	const uint64_t until = sys_mono() + most;
	enum err e = ERR_OK;

	*rests = false;
	while (e == ERR_OK && sys_mono() < until && !*rests) {
		h->news = false;
		e = measure_wait(h->loop, &h->news, until - sys_mono(), why);
		*rests = at_rest(h, (double)window / 1e9);
		if (gauge_set_trouble(h->set) != NULL) {
			*why = *gauge_set_trouble(h->set);
			e = why->code;
		}
	}
	return e == ERR_TIMEOUT ? ERR_OK : e;
}

void
heat_tell(const struct heat *h, struct measure_row *r)
{
	r->t_end = h->now;
	r->throttled = h->throttled;
	r->throttle_low = h->low;
	r->throttle_high = h->high;
	r->clock_full = h->clock_full;
	r->clock_low = h->clock_low;
	r->warm_s = (double)(sys_mono() - h->begun) / 1e9;
	snprintf(r->cause, sizeof r->cause, "%s", h->cause);
}
