/* console.c - the console's state machine; data flows wire -> ring -> (logs, AT, owner). */
#include "console/console.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "console/logs.h"
#include "sys/path.h"
#include "sys/time.h"
#include "transport/watch.h"

#define LOG_EVERY  (40 * NS_PER_MS)     /* bytes are in the file at most so long after they came */
#define LOG_RETRY  (500 * NS_PER_MS)    /* a failing disk is asked so often */
#define AT_TIMEOUT_DEFAULT (5 * NS_PER_S)

enum { CONSOLE_HIDDEN = 16, SHARE_READ = 4096, SHARE_HELD = 64 << 10 };
enum { LOG_BATCH = 256 << 10 }; /* more than this waiting is written at the end of the turn */

struct console {
	struct loop *loop;
	struct console_callbacks cb;
	void   *arg;
	char    name[CONSOLE_NAME_MAX];
	char   *spec, *watch_path;
	struct transport_settings set;
	struct transport *wire;         /* NULL unless OPEN or OPENING */
	struct watch *watch;            /* while LOST */
	struct port port;               /* what it was when last open */
	struct transport_mark mark;     /* of the port that was asked for */
	bool    has_port, was_open;
	enum console_state state;
	struct err_msg why;
	uint64_t lost_at;
	int rows, cols;                 /* of whoever looks at it, 0: not told */
	struct ring ring;
	struct times times;
	struct eol map;
	struct logs logs;
	struct pace pace;
	struct pace_delay delay;
	void (*divert)(void *arg);      /* has the bytes, or NULL */
	void   *divert_arg;
	struct console_range { uint64_t from, to; } hidden[CONSOLE_HIDDEN];
	size_t  hiddens;
	const struct console_sharer *sharer;    /* who shares the wire, or NULL */
	void   *sharer_arg;
	unsigned char *share_room;
	struct buf held;                /* typed by others while it has the wire */
	bool    hold;
	struct loop_timer *log_timer, *at_timer;
	bool    after_asked, at_asked, at_on, stepping;
	struct at at;
	uint64_t at_seen, at_armed;     /* ring offset fed so far; deadline the timer stands for */
	uint64_t tx;
};

static void try_open_again(void *arg);
static void at_step(void *arg);

/* ---- a wire that is shared */

static void
end_share(struct console *c, const struct err_msg *why)
{
	const struct console_sharer *s = c->sharer;

	if (s == NULL)
		return;
	c->sharer = NULL;
	c->hold = false;
	buf_clear(&c->held);
	s->lost(c->sharer_arg, why);
}

/* ---- state */

static void
set_state(struct console *c, enum console_state s, const struct err_msg *why)
{
	c->state = s;
	if (why != NULL)
		c->why = *why;
	else
		c->why = (struct err_msg){ .code = ERR_OK };
	if (s != CONSOLE_OPEN)
		end_share(c, &c->why);
	if (c->cb.state != NULL)
		c->cb.state(c->arg, s, why);
}

static void
now_open(struct console *c)
{
	const struct port *p = transport_port(c->wire);
	const uint64_t now = sys_mono();
	char text[160], span[32];

	watch_close(c->watch);
	c->watch = NULL;
	c->has_port = p != NULL;
	if (p != NULL)
		c->port = *p;
	c->mark = transport_mark(c->spec);
	if (c->was_open) {
		clock_fmt_span(now - c->lost_at, span, sizeof span);
		snprintf(text, sizeof text, "port back after %s", span);
		console_mark(c, text);
	}
	c->was_open = true;
	if (c->rows > 0)
		transport_resize(c->wire, c->rows, c->cols);
	set_state(c, CONSOLE_OPEN, NULL);
}

static void
start_waiting(struct console *c)
{
	if (c->watch == NULL && transport_returns(c->spec))
		c->watch = watch_open(c->loop, c->watch_path, try_open_again, c);
}

static void
drop_wire(struct console *c)
{
	transport_close(c->wire);
	c->wire = NULL;
}

static void
now_lost(struct console *c, const struct err_msg *why)
{
	const bool held = c->state == CONSOLE_OPEN;
	char text[ERR_WHY_MAX + 16];

	drop_wire(c);
	(void)pace_drop(&c->pace);
	at_step(c);                     /* the last bytes may hold the answer */
	at_lost(&c->at, why->why, sys_mono());
	if (held) {
		c->lost_at = sys_mono();
		snprintf(text, sizeof text, "port lost: %s", why->why);
		console_mark(c, text);
	}
	start_waiting(c);
	if (c->state != CONSOLE_LOST || strcmp(why->why, c->why.why) != 0)
		set_state(c, CONSOLE_LOST, why);
}

/* ---- logs */

static void log_step(void *arg);

static void
arm_log(struct console *c, uint64_t after)
{
	if (c->log_timer == NULL)
		c->log_timer = loop_timer_start(c->loop, after, 0, log_step, c);
}

void
console_log_flush(struct console *c)
{
	if (logs_pump(&c->logs))
		arm_log(c, LOG_RETRY);
	logs_flush_times(&c->logs);
}

static void
log_step(void *arg)
{
	struct console *c = arg;

	c->log_timer = NULL;
	console_log_flush(c);
}

static void
on_alarm(void *arg, const char *path, const struct err_msg *why)
{
	struct console *c = arg;

	if (c->cb.alarm != NULL)
		c->cb.alarm(c->arg, path, why);
}

/* Said where the hole is looked for: journal (by the owner), console and the other logs. */
static void
on_hole(void *arg, const char *path, bool raw, uint64_t from, uint64_t to)
{
	struct console *c = arg;
	const char *slash = strrchr(path, '/');
	char text[160];

	if (c->cb.hole != NULL)
		c->cb.hole(c->arg, path, from, to);
	snprintf(text, sizeof text, "%llu bytes are missing in %.100s",
	    (unsigned long long)(to - from), slash != NULL ? slash + 1 : path);
	if (raw)
		console_mark(c, text);
	else if (c->cb.mark != NULL)
		c->cb.mark(c->arg, c->ring.end, sys_mono(), text);
}

static const struct logs_ops logs_ops = { .alarm = on_alarm, .hole = on_hole };

void
console_mark(struct console *c, const char *text)
{
	const uint64_t now = sys_mono();

	logs_mark(&c->logs, now, text);
	if (c->cb.mark != NULL)
		c->cb.mark(c->arg, c->ring.end, now, text);
}

/* ---- what the wire tells */

static size_t
wire_room(void *arg, unsigned char **p)
{
	struct console *c = arg;

	if (c->sharer == NULL)
		return ring_room(&c->ring, p);
	*p = c->share_room;
	return SHARE_READ;
}

static void
wire_bytes(void *arg, size_t n)
{
	struct console *c = arg;

	if (c->sharer != NULL) {
		c->sharer->bytes(c->sharer_arg, (const char *)c->share_room, n);
		return;
	}
	times_add(&c->times, c->ring.end, sys_mono());
	ring_advance(&c->ring, n);
}

static void
after_turn(void *arg)
{
	struct console *c = arg;

	c->after_asked = false;
	if (c->divert != NULL)
		c->divert(c->divert_arg);
	at_step(c);
	if (c->cb.data != NULL)
		c->cb.data(c->arg, c->ring.end);
	if (rawlog_pending(&c->logs.raw) > LOG_BATCH && !logs_alarm(&c->logs))
		console_log_flush(c);
	else if (c->logs.raw.fd >= 0 || c->logs.texts != 0)
		arm_log(c, LOG_EVERY);
}

static void
wire_turn(void *arg)
{
	struct console *c = arg;

	if (!c->after_asked)
		loop_defer(c->loop, after_turn, c);
	c->after_asked = true;
}

static void
wire_state(void *arg, enum transport_state s, const struct err_msg *why)
{
	struct console *c = arg;

	if (s == TRANSPORT_OPEN)
		now_open(c);
	else if (s == TRANSPORT_LOST)
		now_lost(c, why);
}

static void
wire_news(void *arg, const char *text)
{
	struct console *c = arg;

	if (c->wire != NULL)
		c->set = *transport_settings(c->wire);
	if (text != NULL)
		console_mark(c, text);
	if (c->cb.settings != NULL)
		c->cb.settings(c->arg);
}

static void
wire_drained(void *arg)
{
	at_step(arg);
}

static const struct transport_callbacks wire_callbacks = {
	.room = wire_room, .bytes = wire_bytes, .turn = wire_turn, .state = wire_state,
	.drained = wire_drained, .news = wire_news,
};

/* ---- opening, also again */

static enum err
open_wire(struct console *c, const char *spec, struct err_msg *why)
{
	const enum err e = transport_open(c->loop, spec, &c->set, &wire_callbacks, c, &c->wire,
	    why);

	if (e != ERR_OK)
		return e;
	if (transport_state(c->wire) == TRANSPORT_OPEN)
		now_open(c);
	else if (c->watch == NULL)      /* tries while waiting are not news each time */
		set_state(c, CONSOLE_OPENING, NULL);
	return ERR_OK;
}

/* Opens the port where it stands now; ERR_NOTHING: not there yet. */
static enum err
open_again(struct console *c, struct err_msg *why)
{
	char spec[1024];
	const enum err e = transport_find_again(c->spec, c->has_port ? &c->port : NULL, spec,
	    sizeof spec, why);

	return e == ERR_OK ? open_wire(c, spec, why) : e;
}

static void
try_open_again(void *arg)
{
	struct console *c = arg;
	struct err_msg why;
	enum err e;

	if (c->wire != NULL)
		return;                 /* a connection is being made */
	if (!c->has_port && c->watch_path != NULL && strncmp(c->spec, "usb:", 4) != 0 &&
	    !path_exists(c->watch_path))
		return;
	if (transport_is_stranger(c->spec, &c->mark))
		return;
	e = open_again(c, &why);
	if (e == ERR_OK || e == ERR_NOTHING || e == ERR_NOENT)
		return;
	if (e != c->why.code || strcmp(why.why, c->why.why) != 0)
		set_state(c, CONSOLE_LOST, &why);
}

enum err
console_retry(struct console *c, struct err_msg *why)
{
	struct err_msg local;
	enum err e;

	if (c->wire != NULL)
		return ERR_OK;
	c->mark = transport_mark(c->spec);
	e = open_again(c, &local);
	if (e == ERR_OK)
		return e;
	if (e == ERR_NOTHING)
		e = err_set(&local, ERR_NOENT, c->spec, "plug the board in", "it is not there yet");
	start_waiting(c);
	set_state(c, CONSOLE_LOST, &local);
	if (why != NULL)
		*why = local;
	return e;
}

void
console_release(struct console *c, const char *reason)
{
	struct err_msg why;

	err_set(&why, ERR_LOST, c->spec, "console.retry opens it again", "%s", reason);
	watch_close(c->watch);
	c->watch = NULL;
	if (c->state == CONSOLE_OPEN) {
		at_step(c);
		c->lost_at = sys_mono();
		console_mark(c, reason);
	}
	drop_wire(c);
	(void)pace_drop(&c->pace);
	at_lost(&c->at, reason, sys_mono());
	set_state(c, CONSOLE_CLOSED, &why);
}

/* ---- AT */

static bool
at_write(void *arg, const void *p, size_t n)
{
	struct console *c = arg;

	if (c->wire == NULL || transport_write(c->wire, p, n, NULL) != ERR_OK)
		return false;
	c->tx += n;
	return true;
}

static void
at_urc(void *arg, const char *line, size_t n, uint64_t offset)
{
	struct console *c = arg;

	if (c->cb.urc != NULL)
		c->cb.urc(c->arg, line, n, offset);
}

static void
at_heard(void *arg, const struct at_result *r)
{
	struct console *c = arg;

	if (c->cb.heard != NULL)
		c->cb.heard(c->arg, r);
}

static const struct at_io at_io = { .write = at_write, .urc = at_urc, .heard = at_heard };

static void
at_timer(void *arg)
{
	struct console *c = arg;

	c->at_timer = NULL;
	at_step(c);
}

static void
arm_at(struct console *c, uint64_t now)
{
	const uint64_t at = at_deadline(&c->at);

	if (c->at_timer != NULL && (at == UINT64_MAX || at < c->at_armed)) {
		loop_timer_stop(c->at_timer);
		c->at_timer = NULL;
	}
	if (at == UINT64_MAX || c->at_timer != NULL)
		return;                 /* a timer that fires early looks again */
	c->at_armed = at;
	c->at_timer = loop_timer_start(c->loop, at > now ? at - now : 0, 0, at_timer, c);
}

/* Feeds what is new in the ring, lets the engine act on the time, and arms the timer. */
static void
at_step(void *arg)
{
	struct console *c = arg;
	const uint64_t now = sys_mono();
	const unsigned char *p;
	size_t n;

	if (!c->at_on || c->stepping || c->divert != NULL)
		return;                 /* asked from a callback: the outer step goes on */
	c->stepping = true;
	if (c->at_seen < ring_first(&c->ring))
		c->at_seen = ring_first(&c->ring);
	while ((n = ring_peek(&c->ring, c->at_seen, &p)) != 0) {
		c->at_seen += n;
		at_feed(&c->at, p, n, c->at_seen - n, now);
	}
	at_tick(&c->at, now);
	if (c->wire != NULL && at_busy(&c->at) && transport_pending(c->wire) == 0)
		at_sent(&c->at, now + transport_wire_ns(c->wire));
	arm_at(c, now);
	c->stepping = false;
}

static void
at_asked(void *arg)
{
	struct console *c = arg;

	c->at_asked = false;
	at_step(c);
}

void
console_at_listen(struct console *c)
{
	if (!c->at_on)
		c->at_seen = c->ring.end;
	c->at_on = true;
}

enum err
console_at_send(struct console *c, const struct at_request *r, struct err_msg *why)
{
	enum err e;

	if (c->state != CONSOLE_OPEN)
		return err_set(why, ERR_LOST, c->spec, c->why.next, "the console is not open%s%s",
		    c->why.why[0] != '\0' ? ": " : "", c->why.why);
	console_at_listen(c);
	e = at_send(&c->at, r, why);
	if (e == ERR_OK && !c->at_asked) {
		c->at_asked = true;
		loop_defer(c->loop, at_asked, c);
	}
	return e;
}

void
console_at_cancel(struct console *c, const void *owner)
{
	at_cancel(&c->at, owner, sys_mono());
	at_step(c);
}

enum err
console_at_lock(struct console *c, const void *owner, struct err_msg *why)
{
	return at_lock(&c->at, owner, why);
}

void
console_at_unlock(struct console *c, const void *owner)
{
	at_unlock(&c->at, owner);
}

const struct at *
console_at(const struct console *c)
{
	return &c->at;
}

/* ---- writing, lines */

static enum err
not_open(const struct console *c, struct err_msg *why)
{
	return err_set(why, ERR_LOST, c->spec, c->why.next, "the console is %s%s%s",
	    console_state_word(c->state),
	    c->why.why[0] != '\0' ? ": " : "", c->why.why);
}

static enum err
may_write(const struct console *c, const void *owner, struct err_msg *why)
{
	if (c->state != CONSOLE_OPEN)
		return not_open(c, why);
	if (c->at.lock != NULL && c->at.lock != owner)
		return err_set(why, ERR_BUSY, c->name, "wait, or at.unlock",
		    "the console is locked");
	if (at_busy(&c->at))
		return err_set(why, ERR_BUSY, c->name, "wait for its answer",
		    "the AT command %s is running",
		    at_command(&c->at) != NULL ? at_command(&c->at) : "queue");
	return ERR_OK;
}

static enum err
held(struct console *c, const char *p, size_t n, struct err_msg *why)
{
	const enum err e = buf_add(&c->held, p, n);

	return e == ERR_OK ? e : err_set(why, ERR_LIMIT, c->name, "send it in pieces",
	    "too much at once while the gauges have the wire");
}

static enum err
write_now(void *arg, const char *p, size_t n, struct err_msg *why)
{
	struct console *c = arg;
	enum err e;

	if (c->wire == NULL)
		return not_open(c, why);
	if (c->sharer != NULL)
		c->sharer->typed(c->sharer_arg, p, n);
	e = c->hold ? held(c, p, n, why) : transport_write(c->wire, p, n, why);
	if (e != ERR_OK)
		return e;
	c->tx += n;
	if (c->at_on) {
		at_typed(&c->at, p, n, sys_mono());
		if (at_deadline(&c->at) != UINT64_MAX && !c->at_asked) {
			c->at_asked = true;
			loop_defer(c->loop, at_asked, c);
		}
	}
	return e;
}

enum err
console_write(struct console *c, const void *p, size_t n, const void *owner, struct err_msg *why)
{
	const enum err e = may_write(c, owner, why);

	return e == ERR_OK ? write_now(c, p, n, why) : e;
}

static void
break_now(void *arg)
{
	(void)console_break(arg, 250 * NS_PER_MS, NULL);
}

static const struct pace_ops pace_ops = { .write = write_now, .brk = break_now };

/* A NUL is a break where the map says so. */
static enum err
type_with_breaks(struct console *c, const char *p, size_t n, struct pace_delay d,
    struct err_msg *why)
{
	enum err e = ERR_OK;

	while (n != 0 && e == ERR_OK) {
		const char *nul = memchr(p, '\0', n);
		const size_t k = nul != NULL ? (size_t)(nul - p) : n;

		e = pace_write(&c->pace, p, k, d, why);
		if (nul != NULL && e == ERR_OK)
			e = pace_break(&c->pace, why);
		p += k + (nul != NULL);
		n -= k + (nul != NULL);
	}
	return e;
}

enum err
console_type(struct console *c, const char *p, size_t n, bool map, const struct pace_delay *d,
    const void *owner, struct err_msg *why)
{
	const struct pace_delay delay = d != NULL ? *d : c->delay;
	struct buf mapped;
	enum err e = may_write(c, owner, why);

	if (e != ERR_OK)
		return e;
	if (!map || !c->map.any[EOL_OUT])
		return pace_write(&c->pace, p, n, delay, why);
	buf_init(&mapped, PACE_MAX);
	e = eol_map(&c->map, EOL_OUT, p, n, &mapped);
	if (e != ERR_OK)
		(void)err_set(why, e, c->name, "send it in pieces", "too much at once");
	else if (c->map.breaks)
		e = type_with_breaks(c, buf_str(&mapped), mapped.len, delay, why);
	else
		e = pace_write(&c->pace, buf_str(&mapped), mapped.len, delay, why);
	buf_fini(&mapped);
	return e;
}

void
console_pace_set(struct console *c, struct pace_delay d)
{
	c->delay = d;
}

struct pace_delay
console_pace(const struct console *c)
{
	return c->delay;
}

void
console_pause(struct console *c, bool pause)
{
	if (c->wire != NULL)
		transport_read_pause(c->wire, pause);
}

enum err
console_settings_set(struct console *c, const struct transport_settings *s, struct err_msg *why)
{
	enum err e = ERR_OK;

	if (c->state == CONSOLE_OPEN)
		e = transport_settings_set(c->wire, s, why);
	if (e == ERR_OK)
		c->set = *s;
	return e;
}

enum err
console_lines(const struct console *c, unsigned *lines, struct err_msg *why)
{
	*lines = 0;
	return c->state == CONSOLE_OPEN ? transport_lines(c->wire, lines, why) : not_open(c, why);
}

enum err
console_lines_set(struct console *c, unsigned mask, unsigned on, struct err_msg *why)
{
	return c->state == CONSOLE_OPEN ? transport_lines_set(c->wire, mask, on, why)
	    : not_open(c, why);
}

enum err
console_pulse(struct console *c, const struct pulse *p, transport_pulse_done done, void *arg,
    struct err_msg *why)
{
	return c->state == CONSOLE_OPEN ? transport_pulse(c->wire, p, done, arg, why)
	    : not_open(c, why);
}

enum err
console_touch(struct console *c, transport_pulse_done done, void *arg, struct err_msg *why)
{
	return c->state == CONSOLE_OPEN ? transport_touch(c->wire, done, arg, why)
	    : not_open(c, why);
}

enum err
console_replay(struct console *c, double speed, bool paused, struct err_msg *why)
{
	return c->state == CONSOLE_OPEN ? transport_replay(c->wire, speed, paused, why)
	    : not_open(c, why);
}

void
console_resize(struct console *c, int rows, int cols)
{
	c->rows = rows;
	c->cols = cols;
	if (c->state == CONSOLE_OPEN && rows > 0)
		transport_resize(c->wire, rows, cols);
}

enum err
console_purge(struct console *c, struct err_msg *why)
{
	return c->state == CONSOLE_OPEN ? transport_purge(c->wire, why) : not_open(c, why);
}

enum err
console_break(struct console *c, uint64_t ns, struct err_msg *why)
{
	return c->state == CONSOLE_OPEN ? transport_break(c->wire, ns, why) : not_open(c, why);
}

/* ---- looking */

const char *
console_name(const struct console *c)
{
	return c->name;
}

const char *
console_spec(const struct console *c)
{
	return c->spec;
}

const char *
console_device(const struct console *c)
{
	return c->wire != NULL ? transport_device(c->wire) : c->spec;
}

const char *
console_scheme(const struct console *c)
{
	return c->wire != NULL ? transport_scheme(c->wire) : "";
}

const struct port *
console_port(const struct console *c)
{
	return c->has_port ? &c->port : NULL;
}

enum console_state
console_state(const struct console *c)
{
	return c->state;
}

const char *
console_state_word(enum console_state s)
{
	static const char *const words[] = { "opening", "open", "lost", "closed" };

	return (unsigned)s < sizeof words / sizeof *words ? words[s] : "?";
}

const struct err_msg *
console_why(const struct console *c)
{
	return c->state == CONSOLE_LOST || c->state == CONSOLE_CLOSED ? &c->why : NULL;
}

const struct transport_settings *
console_settings(const struct console *c)
{
	return &c->set;
}

void
console_settings_text(const struct console *c, char *out, size_t size)
{
	const char parity = c->set.parity == 0 ? 'n' : c->set.parity;

	snprintf(out, size, "%d%c%d", c->set.data == 0 ? 8 : c->set.data, parity - 'a' + 'A',
	    c->set.stop == 2 ? 2 : 1);
}

const struct ring *
console_ring(const struct console *c)
{
	return &c->ring;
}

const struct times *
console_times(const struct console *c)
{
	return &c->times;
}

uint64_t
console_rx(const struct console *c)
{
	return c->ring.end;
}

uint64_t
console_tx(const struct console *c)
{
	return c->tx;
}

size_t
console_unsent(const struct console *c)
{
	return pace_waiting(&c->pace) + (c->wire != NULL ? transport_pending(c->wire) : 0);
}

uint64_t
console_log_pending(const struct console *c)
{
	return rawlog_pending(&c->logs.raw);
}

uint64_t
console_log_lost(const struct console *c)
{
	return c->logs.raw.lost;
}

enum err
console_log_add(struct console *c, const struct textlog_options *o, struct err_msg *why)
{
	return logs_add(&c->logs, o, why);
}

enum err
console_log_remove(struct console *c, const char *path, struct err_msg *why)
{
	return logs_remove(&c->logs, path, why);
}

const struct logs *
console_logs(const struct console *c)
{
	return &c->logs;
}

/* ---- bytes that are somebody's alone */

void
console_divert(struct console *c, void (*data)(void *arg), void *arg)
{
	at_step(c);
	logs_hide(&c->logs);
	c->divert = data;
	c->divert_arg = arg;
	if (c->hiddens == CONSOLE_HIDDEN) {
		c->hiddens--;
		memmove(c->hidden, c->hidden + 1, c->hiddens * sizeof *c->hidden);
	}
	c->hidden[c->hiddens++] = (struct console_range){ c->ring.end, UINT64_MAX };
}

void
console_undivert(struct console *c, const char *text)
{
	if (c->divert == NULL)
		return;
	c->divert = NULL;
	c->hidden[c->hiddens - 1].to = c->ring.end;
	c->at_seen = c->ring.end;
	logs_show(&c->logs, sys_mono(), text);
	wire_turn(c);                   /* those who follow go on behind it */
}

bool
console_hidden(const struct console *c, uint64_t at, uint64_t *from, uint64_t *to)
{
	for (size_t i = 0; i < c->hiddens; i++)
		if (c->hidden[i].to > at && c->hidden[i].to != c->hidden[i].from) {
			*from = c->hidden[i].from;
			*to = c->hidden[i].to;
			return true;
		}
	return false;
}

/* ---- sharing */

enum err
console_share(struct console *c, const struct console_sharer *s, void *arg, struct err_msg *why)
{
	if (c->sharer != NULL)
		return err_set(why, ERR_BUSY, c->name, NULL, "it is shared already");
	if (c->state != CONSOLE_OPEN)
		return not_open(c, why);
	if (c->share_room == NULL)
		c->share_room = mem_alloc(SHARE_READ);
	c->sharer = s;
	c->sharer_arg = arg;
	return ERR_OK;
}

bool
console_shared(const struct console *c)
{
	return c->sharer != NULL;
}

void
console_unshare(struct console *c)
{
	console_hold(c, false);
	c->sharer = NULL;
}

void
console_show(struct console *c, const char *p, size_t n)
{
	while (n != 0) {
		unsigned char *room;
		size_t k = ring_room(&c->ring, &room);

		k = n < k ? n : k;
		memcpy(room, p, k);
		times_add(&c->times, c->ring.end, sys_mono());
		ring_advance(&c->ring, k);
		p += k;
		n -= k;
	}
	wire_turn(c);
}

void
console_hold(struct console *c, bool hold)
{
	c->hold = hold;
	if (hold || c->held.len == 0)
		return;
	if (c->wire != NULL)
		(void)transport_write(c->wire, c->held.data, c->held.len, NULL);
	buf_clear(&c->held);
}

enum err
console_share_write(struct console *c, const char *p, size_t n, struct err_msg *why)
{
	return c->wire != NULL ? transport_write(c->wire, p, n, why) : not_open(c, why);
}

/* ---- maps */

const struct eol *
console_map(const struct console *c)
{
	return &c->map;
}

enum err
console_map_set(struct console *c, const char *words, struct err_msg *why)
{
	return eol_parse(&c->map, words, why);
}

/* ---- life */

void
console_options_init(struct console_options *o)
{
	*o = (struct console_options){ .at = { .eol = "\r", .timeout = AT_TIMEOUT_DEFAULT } };
	transport_settings_init(&o->settings);
}

/* The wire, or the wait for it where that is asked for and of use. */
static enum err
open_first(struct console *c, bool wait, struct err_msg *why)
{
	enum err e;

	c->mark = transport_mark(c->spec);
	e = open_wire(c, c->spec, why);
	if (e == ERR_OK || e == ERR_USAGE || e == ERR_UNSUPPORTED || !wait)
		return e;
	c->state = CONSOLE_LOST;
	c->why = *why;
	start_waiting(c);
	return ERR_OK;
}

static enum err
open_logs(struct console *c, const struct console_options *o, struct err_msg *why)
{
	const struct textlog_options text = { .path = o->text_path };
	enum err e = ERR_OK;

	if (o->raw_path != NULL)
		e = logs_raw(&c->logs, o->raw_path, why);
	if (e == ERR_OK && o->text_path != NULL)
		e = logs_add(&c->logs, &text, why);
	return e;
}

static void
init_logs(struct console *c, const struct console_options *o)
{
	const struct textlog_source source = { .ring = &c->ring, .times = &c->times,
		.map = &c->map, .wall_minus_mono = sys_wall() - sys_mono(),
		.start = o->start != 0 ? o->start : sys_mono() };

	logs_init(&c->logs, &source, &logs_ops, c);
}

enum err
console_open(struct loop *l, const struct console_options *o, const struct console_callbacks *cb,
    void *arg,
    struct console **out, struct err_msg *why)
{
	struct console *c = mem_zero(1, sizeof *c);
	struct at_config at = o->at;
	struct err_msg local;
	enum err e;

	*out = NULL;
	c->loop = l;
	c->arg = arg;
	c->set = o->settings;
	c->spec = mem_str(o->spec);
	c->watch_path = transport_watch_path(o->spec);
	snprintf(c->name, sizeof c->name, "%s", o->name);
	buf_init(&c->held, SHARE_HELD);
	ring_init(&c->ring, o->ring != 0 ? o->ring : LIMIT_CONSOLE_RING);
	times_init(&c->times);
	eol_init(&c->map);
	init_logs(c, o);
	pace_init(&c->pace, l, &pace_ops, c);
	if (at.eol[0] == '\0')
		at.eol[0] = '\r';
	if (at.timeout == 0)
		at.timeout = AT_TIMEOUT_DEFAULT;
	at_init(&c->at, &at, &at_io, c);
	e = open_logs(c, o, &local);
	if (e == ERR_OK)
		e = open_first(c, o->wait, &local);
	if (cb != NULL)
		c->cb = *cb;            /* not before: nothing is told inside this call */
	if (e == ERR_OK) {
		*out = c;
		return e;
	}
	if (why != NULL)
		*why = local;
	console_close(c);
	return e;
}

void
console_close(struct console *c)
{
	if (c == NULL)
		return;
	end_share(c, &(struct err_msg){ .code = ERR_LOST, .what = "console",
	    .why = "it was closed" });
	buf_fini(&c->held);
	mem_free(c->share_room);
	watch_close(c->watch);
	at_fini(&c->at);
	drop_wire(c);
	loop_timer_stop(c->log_timer);
	loop_timer_stop(c->at_timer);
	loop_defer_cancel(c->loop, after_turn, c);
	loop_defer_cancel(c->loop, at_asked, c);
	pace_fini(&c->pace);
	logs_fini(&c->logs);
	ring_fini(&c->ring);
	times_fini(&c->times);
	mem_free(c->spec);
	mem_free(c->watch_path);
	mem_free(c);
}
