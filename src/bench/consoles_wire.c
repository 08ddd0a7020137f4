/* consoles_wire.c - settings, lines, pulses and breaks of the bench's consoles. */
#include "bench/consoles_wire.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/slice.h"

/* ---- settings */

static enum err
bad_frame(struct err_msg *why)
{
	return err_set(why, ERR_USAGE, "settings", NULL,
	    "data is 5 to 8, parity none even odd mark space, stop 1 or 2, flow none rtscts "
	    "xonxoff; or in one word such as 8N1");
}

/* "7E1" */
static bool
read_word(const char *w, struct transport_settings *s)
{
	static const char parities[] = "NEOMS";
	const char *p = w[0] != '\0' && w[1] != '\0' ? strchr(parities, w[1] & ~0x20) : NULL;

	if (w[0] < '5' || w[0] > '8' || p == NULL || (w[2] != '1' && w[2] != '2') || w[3] != '\0')
		return false;
	s->data = (uint8_t)(w[0] - '0');
	s->parity = (char)(*p | 0x20);
	s->stop = (uint8_t)(w[2] - '0');
	return true;
}

static bool
read_flow(const char *word, enum transport_flow *flow)
{
	static const char *const flows[] = { "none", "rtscts", "xonxoff" };

	for (int i = 0; i < 3; i++)
		if (strcmp(word, flows[i]) == 0) {
			*flow = (enum transport_flow)i;
			return true;
		}
	return false;
}

static bool
read_parity(const char *word, char *parity)
{
	static const char *const names[] = { "none", "even", "odd", "mark", "space" };

	for (int i = 0; i < 5; i++)
		if (strcmp(word, names[i]) == 0 || (word[0] == names[i][0] && word[1] == '\0')) {
			*parity = names[i][0];
			return true;
		}
	return false;
}

static bool
read_485_word(struct slice w, struct transport_settings *s)
{
	struct slice value;
	const struct slice key = slice_cut(w, '=', &value);
	uint64_t ms = 0;
	const bool timed = slice_is(key, "before") || slice_is(key, "after");

	if (timed && !slice_u64(value, 1000, &ms))
		return false;
	if (slice_is(w, "on") || slice_is(w, "off"))
		s->rs485 = slice_is(w, "on");
	else if (slice_is(w, "rts-low"))
		s->rs485_rts_low = true;
	else if (slice_is(w, "echo"))
		s->rs485_echo = true;
	else if (slice_is(key, "before"))
		s->rs485_before_ms = (uint32_t)ms;
	else if (slice_is(key, "after"))
		s->rs485_after_ms = (uint32_t)ms;
	else
		return false;
	return true;
}

static enum err
read_485(const char *text, struct transport_settings *s, struct err_msg *why)
{
	struct slice rest = slice_of(text);

	s->rs485_rts_low = s->rs485_echo = false;
	s->rs485_before_ms = s->rs485_after_ms = 0;
	while (rest.n != 0)
		if (!read_485_word(slice_cut(rest, ',', &rest), s))
			return err_set(why, ERR_USAGE, "rs485", NULL,
			    "is off, on, or on,rts-low,echo,before=MS,after=MS (up to 1000)");
	return ERR_OK;
}

static bool
read_frame(const json_t *args, struct transport_settings *s)
{
	const char *word = json_get_str(args, "settings", NULL),
		   *parity = json_get_str(args, "parity", NULL),
		   *flow = json_get_str(args, "flow", NULL);
	const int64_t data = json_get_int(args, "data", s->data),
		      stop = json_get_int(args, "stop", s->stop);

	if (word != NULL && !read_word(word, s))
		return false;
	if (json_object_get(args, "data") != NULL && (data < 5 || data > 8))
		return false;
	if (json_object_get(args, "stop") != NULL && (stop < 1 || stop > 2))
		return false;
	if (json_object_get(args, "data") != NULL)
		s->data = (uint8_t)data;
	if (json_object_get(args, "stop") != NULL)
		s->stop = (uint8_t)stop;
	return (parity == NULL || read_parity(parity, &s->parity)) &&
	       (flow == NULL || read_flow(flow, &s->flow));
}

enum err
consoles_wire_settings(const json_t *args, struct transport_settings *s, struct err_msg *why)
{
	const int64_t baud = json_get_int(args, "baud", s->baud);
	const char *rs485 = json_get_str(args, "rs485", NULL);

	if (baud < 0 || baud > 20000000)
		return err_set(why, ERR_USAGE, "baud", NULL, "is 1 to 20000000, 0 leaves it");
	if (!read_frame(args, s))
		return bad_frame(why);
	s->baud = (uint32_t)baud;
	if (json_object_get(args, "dtr") != NULL)
		s->dtr = json_get_bool(args, "dtr", true);
	if (json_object_get(args, "rts") != NULL)
		s->rts = json_get_bool(args, "rts", true);
	return rs485 != NULL ? read_485(rs485, s, why) : ERR_OK;
}

static unsigned
line_bits(const json_t *args, unsigned *on)
{
	unsigned mask = 0;

	*on = 0;
	if (json_object_get(args, "dtr") != NULL) {
		mask |= LINE_DTR;
		*on |= json_get_bool(args, "dtr", false) ? LINE_DTR : 0u;
	}
	if (json_object_get(args, "rts") != NULL) {
		mask |= LINE_RTS;
		*on |= json_get_bool(args, "rts", false) ? LINE_RTS : 0u;
	}
	return mask;
}

static void
cmd_set(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	struct transport_settings s;
	char frame[32], text[96];
	unsigned on, mask;
	struct err_msg why;
	enum err e;

	if (k == NULL)
		return;
	s = *console_settings(k->console);
	mask = line_bits(c->args, &on);
	e = consoles_wire_settings(c->args, &s, &why);
	if (e == ERR_OK)
		e = console_settings_set(k->console, &s, &why);
	if (e == ERR_OK && mask != 0 && console_state(k->console) == CONSOLE_OPEN)
		e = console_lines_set(k->console, mask, on, &why);
	if (e != ERR_OK) {
		command_fail(c, &why);
		return;
	}
	console_settings_text(k->console, frame, sizeof frame);
	snprintf(text, sizeof text, "now %u baud %s", (unsigned)s.baud, frame);
	console_mark(k->console, text);
	consoles_tell(k);
	command_done(c, consoles_row(k, false));
}

/* ---- lines */

static json_t *
lines_json(unsigned lines)
{
	static const char *const names[] = { "dtr", "rts", "cts", "dsr", "cd", "ri" };
	json_t *o = json_object();

	for (unsigned i = 0; i < 6; i++)
		json_put_bool(o, names[i], (lines & 1u << i) != 0);
	return o;
}

json_t *
consoles_wire_lines(const struct bench_console *k)
{
	unsigned now;

	return console_lines(k->console, &now, NULL) == ERR_OK ? lines_json(now) : NULL;
}

void
consoles_wire_look(struct bench_console *k)
{
	unsigned now;

	if (console_lines(k->console, &now, NULL) != ERR_OK || now == k->lines)
		return;
	k->lines = now;
	consoles_tell(k);
}

static void
cmd_lines(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	unsigned mask, on = 0, now = 0;
	struct err_msg why;
	enum err e = ERR_OK;

	if (k == NULL)
		return;
	mask = line_bits(c->args, &on);
	if (mask != 0)
		e = console_lines_set(k->console, mask, on, &why);
	if (e == ERR_OK)
		e = console_lines(k->console, &now, &why);
	if (e != ERR_OK) {
		command_fail(c, &why);
		return;
	}
	if (mask != 0) {
		k->lines = now;
		consoles_tell(k);
	}
	command_done(c, lines_json(now));
}

static void
cmd_toggle(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	const char *line = json_get_str(c->args, "line", "");
	const unsigned bit = strcmp(line, "dtr") == 0 ? LINE_DTR
			   : strcmp(line, "rts") == 0 ? LINE_RTS : 0u;
	unsigned now = 0;
	struct err_msg why;
	enum err e;

	if (k == NULL)
		return;
	e = bit != 0 ? console_lines(k->console, &now, &why)
		     : err_set(&why, ERR_USAGE, line, NULL, "dtr and rts can be toggled");
	if (e == ERR_OK)
		e = console_lines_set(k->console, bit, ~now, &why);
	if (e == ERR_OK)
		e = console_lines(k->console, &now, &why);
	if (e != ERR_OK) {
		command_fail(c, &why);
		return;
	}
	k->lines = now;
	consoles_tell(k);
	command_done(c, lines_json(now));
}

/* ---- pulses and breaks */

static void
on_pulse(void *arg, enum err e)
{
	struct command_call *c = arg;
	struct err_msg why;

	if (e == ERR_OK) {
		command_done(c, NULL);
		return;
	}
	(void)err_set(&why, e, c->command->name, NULL,
	    e == ERR_LOST ? "the port went away in the middle of it"
			  : "it was cut short; the lines are as they were before");
	command_fail(c, &why);
}

/* A board that goes at the touch did what it should. */
static void
on_touch(void *arg, enum err e)
{
	command_done(arg, json_pack("{s:b}", "gone", e == ERR_LOST));
}

static void
cmd_pulse(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	struct pulse p;
	struct err_msg why;
	enum err e;

	if (k == NULL)
		return;
	e = pulse_parse(json_get_str(c->args, "steps", ""), &p, &why);
	if (e == ERR_OK)
		e = console_pulse(k->console, &p, on_pulse, c, &why);
	if (e != ERR_OK)
		command_fail(c, &why);
}

static void
cmd_touch(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	struct err_msg why;

	if (k == NULL)
		return;
	if (console_touch(k->console, on_touch, c, &why) == ERR_OK)
		console_mark(k->console, "1200-baud touch");
	else
		command_fail(c, &why);
}

/* Both lines turned over and back: a reset as most boards are wired, whichever way they stood. */
static void
cmd_reset(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	const unsigned both = LINE_DTR | LINE_RTS;
	unsigned now = 0;
	struct pulse p;
	struct err_msg why;
	enum err e;

	if (k == NULL)
		return;
	e = console_lines(k->console, &now, &why);
	p = (struct pulse){ .n = 2,
		.step = { { both, ~now & both, 100 * NS_PER_MS }, { both, now & both, 0 } } };
	if (e == ERR_OK)
		e = console_pulse(k->console, &p, on_pulse, c, &why);
	if (e != ERR_OK)
		command_fail(c, &why);
}

static void
cmd_break(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	const int64_t ns = json_get_int(c->args, "for", 250000000);
	struct err_msg why;
	enum err e;

	if (k == NULL)
		return;
	e = ns > 0 && ns <= 10 * (int64_t)NS_PER_S
		? console_break(k->console, (uint64_t)ns, &why)
		: err_set(&why, ERR_USAGE, "for", NULL, "a break lasts up to 10s");
	consoles_finish(c, e, &why);
}

static void
cmd_replay(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	struct err_msg why;

	if (k != NULL)
		consoles_finish(c,
		    console_replay(k->console, json_get_num(c->args, "speed", 1),
			json_get_bool(c->args, "pause", false), &why),
		    &why);
}

static void
cmd_size(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	const int64_t rows = json_get_int(c->args, "rows", 24),
		      cols = json_get_int(c->args, "cols", 80);

	if (k == NULL)
		return;
	if (rows > 0 && rows < 1000 && cols > 0 && cols < 1000)
		console_resize(k->console, (int)rows, (int)cols);
	command_done(c, NULL);
}

static void
cmd_purge(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	struct err_msg why;

	if (k != NULL)
		consoles_finish(c, console_purge(k->console, &why), &why);
}

static const struct command_arg name_args[] = { CONSOLES_ARG, { .name = NULL } };
static const struct command_arg set_args[] = {
	{ "baud", ARG_INT, 0, NULL, "speed, any the driver takes" },
	CONSOLES_WIRE_ARGS,
	CONSOLES_ARG,
	{ .name = NULL },
};
static const struct command_arg replay_args[] = {
	{ "speed", ARG_NUM, 0, "1", "2 is twice as fast" },
	{ "pause", ARG_BOOL, 0, "off", "stop here until it is off again" },
	CONSOLES_ARG,
	{ .name = NULL },
};
static const struct command_arg size_args[] = {
	{ "rows", ARG_INT, ARG_MUST, NULL, "rows of its terminal" },
	{ "cols", ARG_INT, ARG_MUST, NULL, "columns of its terminal" },
	CONSOLES_ARG,
	{ .name = NULL },
};
static const struct command_arg break_args[] = {
	CONSOLES_ARG, { "for", ARG_DURATION, 0, "250ms", "how long" }, { .name = NULL },
};
static const struct command_arg lines_args[] = {
	CONSOLES_ARG,
	{ "dtr", ARG_BOOL, 0, NULL, "set DTR" },
	{ "rts", ARG_BOOL, 0, NULL, "set RTS" },
	{ .name = NULL },
};
static const struct command_arg toggle_args[] = {
	{ "line", ARG_WORD, ARG_MUST, NULL, "dtr or rts" }, CONSOLES_ARG, { .name = NULL },
};
static const struct command_arg pulse_args[] = {
	{ "steps", ARG_WORD, ARG_MUST, NULL,
	    "reset reset-dtr reset-both esp-reset esp-boot esp-usb-boot off, or D0|R1|W0.1|D1|R0" },
	CONSOLES_ARG,
	{ .name = NULL },
};

const struct command bench_console_wire_commands[] = {
	{ "console.set", "change speed, frame, flow control or lines of an open port", set_args, 0,
	    cmd_set },
	{ "console.lines", "show or set DTR and RTS; CTS DSR CD RI", lines_args, 0, cmd_lines },
	{ "console.toggle", "turn DTR or RTS over", toggle_args, 0, cmd_toggle },
	{ "console.pulse", "a sequence on DTR and RTS: reset, boot loader", pulse_args,
	    COMMAND_ASKS, cmd_pulse },
	{ "console.touch", "the 1200-baud touch that starts a boot loader", name_args, COMMAND_ASKS,
	    cmd_touch },
	{ "console.reset", "reset the board by a pulse on DTR and RTS", name_args, COMMAND_ASKS,
	    cmd_reset },
	{ "console.replay", "speed and pause of replay:FILE", replay_args, 0, cmd_replay },
	{ "console.size", "size of the terminal that an exec: program sees", size_args,
	    COMMAND_HIDDEN, cmd_size },
	{ "console.purge", "forget what waits to be sent", name_args, 0, cmd_purge },
	{ "console.break", "send a break", break_args, 0, cmd_break },
	{ .name = NULL },
};
