/* lines.c - settings while open, modem lines, and sequences on them. */
#include "transport/lines.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

enum err
transport_unsupported(const struct transport *t, const char *what, struct err_msg *why)
{
	return err_set(why, ERR_UNSUPPORTED, t->device, "use a real serial port", "%s has no %s",
	    strcmp(t->ops->scheme, "pty") == 0 ? "a pseudo-terminal" : "this kind of wire", what);
}

enum err
transport_not_open(const struct transport *t, struct err_msg *why)
{
	return err_set(why, ERR_LOST, t->device, NULL, "the port is not open");
}

enum err
transport_settings_set(struct transport *t, const struct transport_settings *s, struct err_msg *why)
{
	const struct transport_settings before = t->set;
	enum err e = ERR_OK;

	if (t->state != TRANSPORT_OPEN)
		return transport_not_open(t, why);
	t->set = *s;
	if (t->ops->configure != NULL)
		e = t->ops->configure(t, why);
	if (e != ERR_OK) {
		t->set = before;
		if (t->ops->configure != NULL)
			(void)t->ops->configure(t, NULL);
	}
	return e;
}

enum err
transport_lines(const struct transport *t, unsigned *lines, struct err_msg *why)
{
	*lines = 0;
	if (t->state != TRANSPORT_OPEN)
		return transport_not_open(t, why);
	return t->ops->lines != NULL ? t->ops->lines(t, lines, why)
	    : transport_unsupported(t, "modem lines", why);
}

enum err
transport_lines_set(struct transport *t, unsigned mask, unsigned on, struct err_msg *why)
{
	if (t->state != TRANSPORT_OPEN)
		return transport_not_open(t, why);
	return t->ops->lines_set != NULL ? t->ops->lines_set(t, mask, on, why)
	    : transport_unsupported(t, "modem lines", why);
}

enum err
transport_replay(struct transport *t, double speed, bool paused, struct err_msg *why)
{
	if (t->state != TRANSPORT_OPEN)
		return transport_not_open(t, why);
	return t->ops->replay != NULL ? t->ops->replay(t, speed, paused, why)
	    : err_set(why, ERR_UNSUPPORTED, t->device, "open replay:FILE",
	    "this is a board, not a log");
}

void
transport_resize(struct transport *t, int rows, int cols)
{
	if (t->state == TRANSPORT_OPEN && t->ops->resize != NULL)
		t->ops->resize(t, rows, cols);
}

/* ---- sequences */

static const uint64_t TOUCH_HOLD_NS = 100 * NS_PER_MS, TOUCH_WAIT_NS = 250 * NS_PER_MS;

struct motion {
	struct transport *t;
	struct pulse pulse;
	size_t at;
	unsigned before;                /* the lines as they were */
	struct transport_settings set;  /* and the settings */
	bool touch;
	struct loop_timer *timer;
	transport_pulse_done done;
	void *arg;
};

void
transport_pulse_end(struct transport *t, enum err e)
{
	struct motion *m = t->motion;

	if (m == NULL)
		return;
	t->motion = NULL;
	loop_timer_stop(m->timer);
	if (t->state == TRANSPORT_OPEN && m->touch)
		(void)transport_settings_set(t, &m->set, NULL);
	if (t->state == TRANSPORT_OPEN && (e != ERR_OK || m->touch))
		(void)t->ops->lines_set(t, LINE_DTR | LINE_RTS, m->before, NULL);
	if (m->done != NULL)
		m->done(m->arg, e);
	mem_free(m);
}

static void
move_on(void *arg)
{
	struct motion *m = arg;
	struct transport *t = m->t;

	m->timer = NULL;
	while (m->at < m->pulse.n) {
		const struct pulse_step *s = &m->pulse.step[m->at++];

		if (s->mask != 0 && t->ops->lines_set(t, s->mask, s->on, NULL) != ERR_OK) {
			transport_pulse_end(t, ERR_IO);
			return;
		}
		if (s->wait_ns != 0) {
			m->timer = loop_timer_start(t->loop, s->wait_ns, 0, move_on, m);
			return;
		}
	}
	transport_pulse_end(t, ERR_OK);
}

static enum err
begin(struct transport *t, const struct pulse *p, bool touch, transport_pulse_done done,
    void *arg, struct err_msg *why)
{
	struct motion *m;
	unsigned now;
	enum err e = transport_lines(t, &now, why);

	if (e == ERR_OK && t->motion != NULL)
		e = err_set(why, ERR_BUSY, t->device, NULL, "a pulse is being given");
	if (e == ERR_OK)
		e = t->ops->lines_set(t, 0, 0, why);
	if (e != ERR_OK)
		return e;
	m = mem_zero(1, sizeof *m);
	*m = (struct motion){ .t = t, .pulse = *p, .before = now, .set = t->set, .touch = touch,
	    .done = done, .arg = arg };
	t->motion = m;
	/* also the first step is the loop's: nothing is told inside this call */
	m->timer = loop_timer_start(t->loop, 0, 0, move_on, m);
	return ERR_OK;
}

enum err
transport_pulse(struct transport *t, const struct pulse *p, transport_pulse_done done, void *arg,
    struct err_msg *why)
{
	return begin(t, p, false, done, arg, why);
}

enum err
transport_touch(struct transport *t, transport_pulse_done done, void *arg, struct err_msg *why)
{
	const struct pulse fall = { .n = 2, .step = {
		{ LINE_DTR | LINE_RTS, LINE_DTR | LINE_RTS, TOUCH_HOLD_NS },
		{ LINE_DTR | LINE_RTS, 0, TOUCH_WAIT_NS } } };
	struct transport_settings slow = t->set;
	const struct transport_settings was = t->set;
	unsigned now;
	enum err e = transport_lines(t, &now, why);

	slow.baud = 1200;
	slow.dtr = slow.rts = -1;
	if (e == ERR_OK)
		e = transport_settings_set(t, &slow, why);
	if (e == ERR_OK)
		e = begin(t, &fall, true, done, arg, why);
	if (e == ERR_OK)
		t->motion->set = was;
	return e;
}
