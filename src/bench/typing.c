/* typing.c - console.map and console.pace. */
#include "bench/typing.h"

#include "base/clock.h"

static void
cmd_map(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	const char *words = json_get_str(c->args, "map", NULL);
	struct err_msg why;

	if (k == NULL)
		return;
	if (words != NULL && console_map_set(k->console, words, &why) != ERR_OK) {
		command_fail(c, &why);
		return;
	}
	if (words != NULL)
		consoles_tell(k);
	command_done(c, json_string(console_map(k->console)->text));
}

static void
cmd_pace(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	struct pace_delay d;
	json_t *o;

	if (k == NULL)
		return;
	d = console_pace(k->console);
	d.each = (uint64_t)json_get_int(c->args, "char", (int64_t)d.each);
	d.line = (uint64_t)json_get_int(c->args, "line", (int64_t)d.line);
	console_pace_set(k->console, d);
	o = json_object();
	json_put_num(o, "char_ms", (double)d.each / (double)NS_PER_MS);
	json_put_num(o, "line_ms", (double)d.line / (double)NS_PER_MS);
	command_done(c, o);
}

static const struct command_arg map_args[] = {
	{ "map", ARG_WORD, 0, NULL,
	    "in:cr=lf,out:lf=crlf,out:del=bs or ICRNL,ONLCRNL ... or none; without it: shows it" },
	CONSOLES_ARG,
	{ .name = NULL },
};
static const struct command_arg pace_args[] = {
	{ "char", ARG_DURATION, 0, NULL, "rest after each byte that is typed or pasted" },
	{ "line", ARG_DURATION, 0, NULL, "rest after each line" },
	CONSOLES_ARG,
	{ .name = NULL },
};

const struct command bench_typing_commands[] = {
	{ "console.map", "map line ends, backspace and the like", map_args, 0, cmd_map },
	{ "console.pace", "delays of what is typed, pasted and sent as it is", pace_args, 0,
	    cmd_pace },
	{ .name = NULL },
};
