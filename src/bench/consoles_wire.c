/* consoles_wire.c - settings, lines, pulses and breaks of the bench's consoles. */
#include "bench/consoles_wire.h"

#include <string.h>

#include "base/clock.h"

enum err
consoles_wire_settings(const json_t *args, struct transport_settings *s, struct err_msg *why)
{
	static const char *const flows[] = { "none", "rtscts", "xonxoff" };
	const char *parity = json_get_str(args, "parity", "none"),
		   *flow = json_get_str(args, "flow", "none");
	int f = -1;

	s->baud = (uint32_t)json_get_int(args, "baud", 115200);
	s->data = (uint8_t)json_get_int(args, "data", 8);
	s->stop = (uint8_t)json_get_int(args, "stop", 1);
	s->parity = parity[0];
	for (int i = 0; i < 3; i++)
		if (strcmp(flow, flows[i]) == 0)
			f = i;
	if (s->data < 5 || s->data > 8 || s->stop < 1 || s->stop > 2 ||
	    strchr("neoms", parity[0]) == NULL || f < 0)
		return err_set(why, ERR_USAGE, "console.open", NULL,
		    "data is 5 to 8, parity none even odd mark space, stop 1 or 2, flow none "
		    "rtscts xonxoff");
	s->flow = (enum transport_flow)f;
	if (json_object_get(args, "dtr") != NULL)
		s->dtr = json_get_bool(args, "dtr", true);
	if (json_object_get(args, "rts") != NULL)
		s->rts = json_get_bool(args, "rts", true);
	return ERR_OK;
}

static void
cmd_break(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	struct err_msg why;

	if (k != NULL)
		consoles_finish(c,
		    console_break(
			k->console, (uint64_t)json_get_int(c->args, "for", 250000000), &why),
		    &why);
}

static json_t *
lines_json(unsigned lines)
{
	static const char *const names[] = { "dtr", "rts", "cts", "dsr", "cd", "ri" };
	json_t *o = json_object();

	for (unsigned i = 0; i < 6; i++)
		json_put_bool(o, names[i], (lines & 1u << i) != 0);
	return o;
}

static void
cmd_lines(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	unsigned mask = 0, on = 0, now = 0;
	struct err_msg why;
	enum err e = ERR_OK;

	if (k == NULL)
		return;
	if (json_object_get(c->args, "dtr") != NULL) {
		mask |= LINE_DTR;
		on |= json_get_bool(c->args, "dtr", false) ? LINE_DTR : 0;
	}
	if (json_object_get(c->args, "rts") != NULL) {
		mask |= LINE_RTS;
		on |= json_get_bool(c->args, "rts", false) ? LINE_RTS : 0;
	}
	if (mask != 0)
		e = console_lines_set(k->console, mask, on, &why);
	if (e == ERR_OK)
		e = console_lines(k->console, &now, &why);
	if (e == ERR_OK)
		command_done(c, lines_json(now));
	else
		command_fail(c, &why);
}

static void
cmd_reset(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	struct err_msg why;

	if (k != NULL)
		consoles_finish(
		    c, console_pulse(k->console, LINE_DTR | LINE_RTS, 100 * NS_PER_MS, &why), &why);
}

static const struct command_arg name_args[] = { CONSOLES_ARG, { .name = NULL } };
static const struct command_arg break_args[] = {
	CONSOLES_ARG, { "for", ARG_DURATION, 0, "250ms", "how long" }, { .name = NULL },
};
static const struct command_arg lines_args[] = {
	CONSOLES_ARG,
	{ "dtr", ARG_BOOL, 0, NULL, "set DTR" },
	{ "rts", ARG_BOOL, 0, NULL, "set RTS" },
	{ .name = NULL },
};

const struct command bench_console_wire_commands[] = {
	{ "console.break", "send a break", break_args, 0, cmd_break },
	{ "console.lines", "show or set DTR and RTS", lines_args, 0, cmd_lines },
	{ "console.reset", "reset the board by a pulse on DTR and RTS", name_args, COMMAND_ASKS,
	    cmd_reset },
	{ .name = NULL },
};
