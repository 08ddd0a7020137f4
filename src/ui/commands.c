/* commands.c - the view.* commands. */
#include "ui/commands.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "ui/at_card.h"
#include "ui/commands_console.h"
#include "ui/debug_card.h"
#include "ui/dialog.h"
#include "ui/gauge_commands.h"
#include "ui/gauge_procs.h"
#include "ui/help.h"
#include "ui/history.h"
#include "ui/notices.h"
#include "ui/palette.h"
#include "ui/pane.h"
#include "ui/plugins.h"
#include "ui/ports.h"
#include "ui/profile.h"
#include "ui/profile_commands.h"
#include "ui/prompt.h"
#include "ui/streamfind.h"

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

/* ---- panes */

static void
run_focus(struct command_call *c)
{
	struct ui *u = c->ctx;
	const int64_t n = json_get_int(c->args, "pane", 0);
	struct err_msg why;

	if (n < 1 || n > PANE_COUNT) {
		(void)err_set(&why, ERR_USAGE, "view.focus", NULL, "panes are 1 to %d", PANE_COUNT);
		command_fail(c, &why);
		return;
	}
	u->focus = (enum pane_id)(n - 1);
	u->terminal = false;
	command_done(c, NULL);
}

static void
run_next(struct command_call *c)
{
	struct ui *u = c->ctx;

	u->terminal = false;
	u->focus = (enum pane_id)((u->focus + 1) % PANE_COUNT);
	command_done(c, NULL);
}

static void
run_zoom(struct command_call *c)
{
	struct ui *u = c->ctx;

	u->zoom = !u->zoom;
	u->terminal = u->terminal && u->zoom;
	u->log = u->log && u->zoom;
	command_done(c, NULL);
}

static void
run_enter(struct command_call *c)
{
	struct ui *u = c->ctx;

	pane_ops(u, u->focus)->enter(u);
	command_done(c, NULL);
}

/* One step back at a time; at the top q asks. Esc never goes live: the next letters may be meant
 * for us. */
static void
run_back(struct command_call *c)
{
	struct ui *u = c->ctx;

	if (pane_ops(u, u->focus)->back(u)) {
		command_done(c, NULL);
		return;
	}
	if (u->zoom)
		u->zoom = false;
	else if (u->focus != PANE_CONSOLE)
		u->focus = PANE_CONSOLE;
	else if (u->asking_key == NULL || strcmp(u->asking_key, "Esc") != 0)
		dialog_leave(u);
	else if (u->nav)
		ui_say(u, UI_INFO, "i makes the console live again, q leaves");
	command_done(c, NULL);
}

static void
run_move(struct command_call *c)
{
	struct ui *u = c->ctx;
	const struct grid_rect r = u->layout.pane[u->focus];
	const long page = r.rows > 3 ? r.rows - 2 : 1;
	const struct { const char *name; long by; } how[] = {
		{ "up", -1 }, { "down", 1 }, { "pageup", -page }, { "pagedown", page },
		{ "halfup", -(page + 1) / 2 },
		{ "halfdown", (page + 1) / 2 }, { "top", LONG_MIN }, { "end", LONG_MAX },
	};
	struct err_msg why;

	for (size_t i = 0; i < sizeof how / sizeof how[0]; i++)
		if (strcmp(word(c, "how"), how[i].name) == 0) {
			pane_ops(u, u->focus)->move(u, how[i].by);
			command_done(c, NULL);
			return;
		}
	(void)err_set(&why, ERR_USAGE, "view.move", NULL,
	    "up, down, pageup, pagedown, halfup, halfdown, top or end");
	command_fail(c, &why);
}

/* ---- console and scrollback */

static void
run_nav(struct command_call *c)
{
	struct ui *u = c->ctx;

	if (u->focus == PANE_JOBS && u->terminal) {
		u->terminal = false;
		u->zoom = u->log = true;
	} else {
		(void)ui_scrollback(u);
	}
	command_done(c, NULL);
}

static void
run_live(struct command_call *c)
{
	struct ui *u = c->ctx;
	struct streamview *v;

	u->focus = PANE_CONSOLE;
	u->nav = false;
	v = ui_current_view(u);
	if (v != NULL)
		streamview_follow(v);
	command_done(c, NULL);
}

static void
run_follow(struct command_call *c)
{
	struct streamview *v;

	history_leave(c->ctx);
	v = ui_scrollback(c->ctx);
	if (v != NULL && v->follow)
		streamview_hold(v);
	else if (v != NULL)
		streamview_follow(v);
	command_done(c, NULL);
}

static void
run_select(struct command_call *c)
{
	struct streamview *v = ui_scrollback(c->ctx);

	if (v != NULL) {
		if (v->follow)
			streamview_hold(v);
		v->selecting = !v->selecting;
		v->anchor = v->cur;
	}
	command_done(c, NULL);
}

static void
run_yank(struct command_call *c)
{
	struct ui *u = c->ctx;
	char said[160], size[16];
	struct buf b;
	size_t n;

	buf_init(&b, 4 << 20);
	n = pane_ops(u, u->focus)->yank(u, &b);
	if (n != 0) {
		u->ops->yank(u->arg, buf_str(&b), b.len, flag(c, "file"), said, sizeof said);
		bytes_fmt_short((int64_t)b.len, size, sizeof size);
		ui_say(u, UI_INFO, "yanked %zu line%s, %sB, %s", n, n == 1 ? "" : "s", size, said);
	}
	buf_fini(&b);
	command_done(c, NULL);
}

static void
run_vt(struct command_call *c)
{
	struct ui *u = c->ctx;
	struct streamview *v = ui_current_view(u);

	if (v != NULL) {
		v->screen = !v->screen;
		v->forced = v->screen || !v->forced;
		ui_say(u, UI_INFO, "terminal emulation is %s for this console",
		    v->screen ? "on" : "off");
	}
	command_done(c, NULL);
}

static void
run_console(struct command_call *c)
{
	struct ui *u = c->ctx;
	const struct replica *r = u->replica;
	const struct replica_console *now = ui_console(u);
	const char *name = word(c, "name");
	struct err_msg why;

	for (size_t i = 0; i < r->consoles; i++)
		if (name[0] != '\0' ? strcmp(r->console[i]->name, name) == 0 :
		    r->console[(i + r->consoles - 1) % r->consoles] == now) {
			u->console = r->console[i]->id;
			command_done(c, NULL);
			return;
		}
	(void)err_set(&why, ERR_NOENT, name[0] != '\0' ? name : "console",
	    "`console.open SPEC` opens one", "there is none");
	command_fail(c, &why);
}

/* ---- finding */

static void
not_found(struct ui *u, const char *text)
{
	ui_say(u, UI_WARN, "not found: %.100s", text);
}

static void
run_find(struct command_call *c)
{
	struct ui *u = c->ctx;
	const char *text = word(c, "text");

	if (text[0] == '\0')
		prompt_open(u, "find", "view.find", "");
	else if (!pane_ops(u, u->focus)->find(u, text, false, u->focus == PANE_CONSOLE ||
	    flag(c, "back")))
		not_found(u, text);
	command_done(c, NULL);
}

static void
run_find_next(struct command_call *c)
{
	struct ui *u = c->ctx;
	struct streamview *v = ui_current_view(u);
	const char *text = u->focus == PANE_PROFILE ? u->profile->found :
	    v != NULL ? v->find_text : NULL;

	text = text != NULL ? text : "";
	/* In the console the search looks back in time: next is older, as in a pager opened at its
	 * end. */
	if (text[0] == '\0')
		prompt_open(u, "find", "view.find", "");
	else if (!pane_ops(u, u->focus)->find(u, text, true, (u->focus == PANE_CONSOLE) != flag(c,
	    "back")))
		not_found(u, text);
	command_done(c, NULL);
}

/* ---- board, profile, jobs */

static void
run_rate(struct command_call *c)
{
	struct ui *u = c->ctx;
	const double times = json_get_num(c->args, "times", 1);
	double ms = (double)u->replica->gauge_every / 1e6 / (times > 0.01 ? times : 1);
	char line[64];

	ms = ms < 100 ? 100 : ms > 60000 ? 60000 : ms;
	snprintf(line, sizeof line, "gauge.every %.0fms", ms);
	command_done(c, NULL);
	ui_run_line(u, line);
}

static void
run_job_stop(struct command_call *c)
{
	struct ui *u = c->ctx;
	const struct replica_job *j = ui_job(u);
	char line[64];

	command_done(c, NULL);
	if (j == NULL || j->state != JOB_RUNNING) {
		ui_say(u, UI_WARN, "no running job is selected");
		return;
	}
	snprintf(line, sizeof line, "job.stop %lld", (long long)j->id);
	ui_run_line(u, line);
}

/* ---- overlays and the viewer itself */

#define OPENS(name, call) \
	static void run_##name(struct command_call *c) \
	{ \
		struct ui *u = c->ctx; \
		command_done(c, NULL); \
		call; \
	}

OPENS(help, help_open(u))
OPENS(palette, palette_open(u, ""))
OPENS(at, at_card_open(u))
OPENS(debug, debug_card_open(u))
OPENS(notices, notices_open(u))
OPENS(ports, ports_dialog(u))
OPENS(redraw, u->ops->repaint(u->arg))
OPENS(suspend, u->ops->suspend(u->arg))
OPENS(detach, u->ops->leave(u->arg))
OPENS(quit, dialog_leave(u))

static void
run_mouse(struct command_call *c)
{
	struct ui *u = c->ctx;

	u->mouse = !u->mouse;
	u->ops->mouse(u->arg, u->mouse);
	ui_say(u, UI_INFO,
	    u->mouse ? "mouse on: a click chooses a pane, the wheel scrolls; M turns it off" :
	    "mouse off");
	command_done(c, NULL);
}

/* ---- the table */

#define ARGS(array, ...) static const struct command_arg array[] = { __VA_ARGS__, { .name = NULL } }

ARGS(args_pane, { "pane", ARG_INT, ARG_MUST, NULL, "1 console, 2 board, 3 profile, 4 jobs" });
ARGS(args_how, { "how", ARG_WORD, ARG_MUST, NULL,
    "up down pageup pagedown halfup halfdown top end" });
ARGS(args_find, { "text", ARG_WORD, 0, NULL, "text or pattern; without it asks" },
    { "back", ARG_BOOL, 0, "off", "search backwards" });
ARGS(args_back, { "back", ARG_BOOL, 0, "off", "the other way" });
ARGS(args_file, { "file", ARG_BOOL, 0, "off", "to the file only" });
ARGS(args_name, { "name", ARG_WORD, 0, NULL, "of the console; without it the next" });
ARGS(args_times, { "times", ARG_NUM, ARG_MUST, NULL, "2 is twice as often" });

static const struct command commands[] = {
	{ "view.at", "AT command or macro, with its result", NULL, COMMAND_VIEW, run_at },
	{ "view.back", "one step back", NULL, COMMAND_VIEW, run_back },
	{ "view.console", "show another console", args_name, COMMAND_VIEW, run_console },
	{ "view.debug", "the debugged core: state, registers, faults", NULL, COMMAND_VIEW,
	    run_debug },
	{ "view.detach", "leave; the bench goes on", NULL, COMMAND_VIEW, run_detach },
	{ "view.enter", "open what is selected", NULL, COMMAND_VIEW, run_enter },
	{ "view.find", "find in this pane", args_find, COMMAND_VIEW, run_find },
	{ "view.find.next", "find the next", args_back, COMMAND_VIEW, run_find_next },
	{ "view.focus", "give the keys to a pane", args_pane, COMMAND_VIEW, run_focus },
	{ "view.follow", "hold or follow the newest line", NULL, COMMAND_VIEW, run_follow },
	{ "view.help", "all keys", NULL, COMMAND_VIEW, run_help },
	{ "view.job.stop", "stop the selected job (asks)", NULL, COMMAND_VIEW, run_job_stop },
	{ "view.live", "keys go to the board", NULL, COMMAND_VIEW, run_live },
	{ "view.mouse", "mouse on or off", NULL, COMMAND_VIEW, run_mouse },
	{ "view.move", "move the selection", args_how, COMMAND_VIEW, run_move },
	{ "view.nav", "scroll, search, copy", NULL, COMMAND_VIEW, run_nav },
	{ "view.next", "next pane", NULL, COMMAND_VIEW, run_next },
	{ "view.notices", "list of notices", NULL, COMMAND_VIEW, run_notices },
	{ "view.palette", "any command", NULL, COMMAND_VIEW, run_palette },
	{ "view.ports", "choose a port to open", NULL, COMMAND_VIEW, run_ports },
	{ "view.quit", "ask how to leave", NULL, COMMAND_VIEW, run_quit },
	{ "view.rate", "sample gauges more or less often", args_times, COMMAND_VIEW, run_rate },
	{ "view.redraw", "draw all again", NULL, COMMAND_VIEW, run_redraw },
	{ "view.select", "select lines from here", NULL, COMMAND_VIEW, run_select },
	{ "view.suspend", "suspend this viewer", NULL, COMMAND_VIEW, run_suspend },
	{ "view.vt", "terminal emulation on or off", NULL, COMMAND_VIEW, run_vt },
	{ "view.yank", "copy the selection (OSC 52 and file)", args_file, COMMAND_VIEW, run_yank },
	{ "view.zoom", "zoom on or off", NULL, COMMAND_VIEW, run_zoom },
	{ .name = NULL },
};

const struct command *const view_command_tables[] = { commands, view_console_commands,
    profile_commands, gauge_commands, gauge_procs_commands, plugin_view_commands,
	NULL };

static void
answered(void *arg, json_t *result, const struct err_msg *err)
{
	(void)result;
	if (err != NULL)
		ui_say_err(arg, err);
}

void
view_command(struct ui *u, const char *line)
{
	command_line(view_command_tables, line, u, u, answered, u);
}
