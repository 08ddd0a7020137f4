/* commands_console.c - view.* commands of the console: times, modes, filter, places. */
#include "ui/commands_console.h"

#include <stdio.h>
#include <string.h>

#include "ui/history.h"
#include "ui/lineinput.h"
#include "ui/marks.h"
#include "ui/places.h"
#include "ui/profile_commands.h"
#include "ui/prompt.h"
#include "ui/streamfind.h"
#include "ui/streamjump.h"

static const char *
word(const struct command_call *c, const char *name)
{
	return json_get_str(c->args, name, "");
}

static bool
flag(const struct command_call *c, const char *name)
{
	return json_get_bool(c->args, name, false);
}

/* Which of the words it is; the one behind `now` when it is empty; -1: none. */
static int
choose(const char *text, const char *const *words, int n, int now)
{
	if (text[0] == '\0')
		return (now + 1) % n;
	for (int i = 0; i < n; i++)
		if (strcmp(text, words[i]) == 0)
			return i;
	return -1;
}

static void
bad_word(struct command_call *c, const char *what, const char *words)
{
	struct err_msg why;

	(void)err_set(&why, ERR_USAGE, what, words, "no such word");
	command_fail(c, &why);
}

/* ---- how lines look */

static void
run_times(struct command_call *c)
{
	static const char *const words[] = { "off", "on", "start", "last" };
	static const char *const said[] = { "no time column", "time of day",
		"seconds since the bench started", "seconds since the line before" };
	struct ui *u = c->ctx;
	const int n = choose(word(c, "how"), words, 4, (int)u->times);

	if (n < 0) {
		bad_word(c, "view.times", "off, on, start or last");
		return;
	}
	u->times = (enum streamview_times)n;
	ui_say(u, UI_INFO, "%s", said[n]);
	command_done(c, NULL);
}

static void
run_mode(struct command_call *c)
{
	static const char *const words[] = { "text", "mixed", "hex" };
	static const char *const said[] = { "text", "text, and [hh] for what is not printable",
		"hex: offset, bytes, text" };
	struct ui *u = c->ctx;
	struct streamview *v = ui_current_view(u);
	int n;

	n = choose(word(c, "how"), words, 3, v != NULL ? (int)v->mode : 0);
	if (n < 0) {
		bad_word(c, "view.mode", "text, mixed or hex");
		return;
	}
	if (v != NULL) {
		streamview_mode_set(v, (enum streamview_mode)n);
		ui_say(u, UI_INFO, "%s", said[n]);
	}
	command_done(c, NULL);
}

/* Hex on, or back to text. */
static void
run_hex(struct command_call *c)
{
	struct streamview *v = ui_current_view(c->ctx);

	if (v != NULL)
		streamview_mode_set(v, v->mode == STREAMVIEW_HEX ? STREAMVIEW_TEXT :
		    STREAMVIEW_HEX);
	command_done(c, NULL);
}

static void
run_layout(struct command_call *c)
{
	struct ui *u = c->ctx;

	u->laid_out = !u->laid_out;
	ui_say(u, UI_INFO, "structured log lines are %s", u->laid_out ? "laid out" :
	    "shown as they came");
	command_done(c, NULL);
}

static void
run_levels(struct command_call *c)
{
	struct ui *u = c->ctx;

	u->levels = !u->levels;
	ui_say(u, UI_INFO, "levels are %s", u->levels ? "highlighted" : "not highlighted");
	command_done(c, NULL);
}

static void
run_echo(struct command_call *c)
{
	struct ui *u = c->ctx;

	u->echo = !u->echo;
	ui_say(u, UI_INFO, "local echo is %s", u->echo ? "on" : "off");
	command_done(c, NULL);
}

static void
run_line(struct command_call *c)
{
	struct ui *u = c->ctx;

	if (u->line == NULL)
		u->line = lineinput_new(ui_target(u));
	u->line_on = !u->line_on;
	ui_say(u, UI_INFO, "%s", u->line_on ?
	    "line input: Enter sends, Up and Down go through the history" :
	    "each key goes to the board at once");
	command_done(c, NULL);
}

static void
run_filter(struct command_call *c)
{
	struct ui *u = c->ctx;
	const bool given = json_object_get(c->args, "text") != NULL;
	struct streamview *v = ui_current_view(u);
	struct err_msg why;

	if (u->focus == PANE_PROFILE) {
		profile_filter(u, given ? word(c, "text") : NULL);
	} else if (!given) {
		prompt_open(u, "filter", "view.filter", v != NULL ? v->filter_text : "");
	} else if (v != NULL && streamview_filter(v, word(c, "text"), &why) != ERR_OK) {
		command_fail(c, &why);
		return;
	}
	command_done(c, NULL);
}

/* ---- places */

static void
run_jump(struct command_call *c)
{
	struct ui *u = c->ctx;
	struct streamview *v = ui_scrollback(u);

	if (v != NULL && !streamjump(v, word(c, "what"), flag(c, "back")) &&
	    !history_seek(u, word(c, "what"), flag(c, "back")))
		ui_say(u, UI_WARN, "no %s %s this line", word(c, "what"),
		    flag(c, "back") ? "before" : "after");
	command_done(c, NULL);
}

static void
run_goto(struct command_call *c)
{
	struct ui *u = c->ctx;
	const char *text = word(c, "time");
	struct streamview *v;
	struct err_msg why;

	if (text[0] == '\0') {
		prompt_open(u, "go to (-5m, 14:03:07, boot, error, mark:x, @offset)", "view.goto",
		    "");
		command_done(c, NULL);
		return;
	}
	v = ui_scrollback(u);
	if (v == NULL || places_go(u, v, text)) {
		command_done(c, NULL);
		return;
	}
	if (strcmp(text, "boot") != 0 && strcmp(text, "error") != 0 && strcmp(text, "crash") != 0) {
		(void)err_set(&why, ERR_USAGE, text,
		    "-5m, +30s, 14:03:07, boot, error, mark:TEXT, @1234 or 0x4d2",
		    "there is no such place");
		command_fail(c, &why);
		return;
	}
	ui_say(u, UI_WARN, "no %s before this line; G is the last line", text);
	command_done(c, NULL);
}

static void
run_mark(struct command_call *c)
{
	prompt_open(c->ctx, "mark", "mark.set", "");
	command_done(c, NULL);
}

static void
run_marks(struct command_call *c)
{
	marks_open(c->ctx);
	command_done(c, NULL);
}

/* ---- the table */

#define ARGS(array, ...) static const struct command_arg array[] = { __VA_ARGS__, { .name = NULL } }

ARGS(args_times, { "how", ARG_WORD, 0, NULL, "off, on, start or last; without it the next" });
ARGS(args_mode, { "how", ARG_WORD, 0, NULL, "text, mixed or hex; without it the next" });
ARGS(args_text, { "text", ARG_WORD, 0, NULL,
    "terms joined by &&: TEXT, !TEXT, level>=warn; empty shows all lines" });
ARGS(args_jump, { "what", ARG_WORD, ARG_MUST, NULL, "error, crash, boot or mark" },
    { "back", ARG_BOOL, 0, "off", "before this line" });
ARGS(args_time, { "time", ARG_WORD, 0, NULL,
    "-5m, +30s, 14:03:07, boot, error, mark:TEXT, @OFFSET; without it asks" });

const struct command view_console_commands[] = {
	{ "view.echo", "local echo on or off", NULL, COMMAND_VIEW, run_echo },
	{ "view.filter", "show only the lines that match", args_text, COMMAND_VIEW, run_filter },
	{ "view.goto", "go to a time or a place", args_time, COMMAND_VIEW, run_goto },
	{ "view.hex", "hex view on or off", NULL, COMMAND_VIEW, run_hex },
	{ "view.jump", "to an error, a crash, a boot or a mark", args_jump, COMMAND_VIEW,
	    run_jump },
	{ "view.layout", "JSON log lines laid out, or as they came", NULL, COMMAND_VIEW,
	    run_layout },
	{ "view.levels", "highlight error, warn, info, debug", NULL, COMMAND_VIEW, run_levels },
	{ "view.line", "line input with history on or off", NULL, COMMAND_VIEW, run_line },
	{ "view.mark", "set a mark with a text", NULL, COMMAND_VIEW, run_mark },
	{ "view.marks", "list of marks", NULL, COMMAND_VIEW, run_marks },
	{ "view.mode", "text, text with bytes, or hex", args_mode, COMMAND_VIEW, run_mode },
	{ "view.times", "time column: day, since start, since last, off", args_times, COMMAND_VIEW,
	    run_times },
	{ .name = NULL },
};
