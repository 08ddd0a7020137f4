/* ui.c - state of the viewer: what is shown, where keys go, what news does. */
#include "ui/ui.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "ui/at_result.h"
#include "ui/commands.h"
#include "ui/debug_card.h"
#include "ui/dialog.h"
#include "ui/gauge_ask.h"
#include "ui/gauge_card.h"
#include "ui/gauge_procs.h"
#include "ui/gauge_says.h"
#include "ui/gauge_view.h"
#include "ui/history.h"
#include "ui/holds.h"
#include "ui/lineinput.h"
#include "ui/overlay.h"
#include "ui/palette.h"
#include "ui/pane.h"
#include "ui/paste.h"
#include "ui/plugins.h"
#include "ui/ports.h"
#include "ui/profile_ask.h"
#include "ui/profile_list.h"
#include "ui/question.h"
#include "ui/snapshot_say.h"
#include "ui/status.h"
#include "ui/streamfind.h"
#include "ui/ui_streams.h"
#include "ui/ui_type.h"
#include "ui/view_board.h"
#include "ui/view_console.h"
#include "ui/view_jobs.h"
#include "ui/view_profile.h"
#include "ui/watch_say.h"

/* ---- messages */

static void
say_notice(struct ui *u, const struct replica_notice *n)
{
	const bool alarm = strcmp(n->level, "alarm") == 0 || strcmp(n->level, "error") == 0;
	char when[16];

	clock_fmt_hms(replica_wall(u->replica, n->t), when, sizeof when);
	ui_say(u, alarm ? UI_ERROR : strcmp(n->level, "warn") == 0 ? UI_WARN : UI_INFO, "%s %s%s%s",
	    when, n->text,
	    n->next != NULL && n->next[0] != '\0' ? "; " : "", n->next != NULL ? n->next : "");
	if (alarm)
		u->bell = true;
}

static void
say_job_end(struct ui *u, const struct replica_job *j)
{
	const uint64_t took = j->ended > j->started ? j->ended - j->started : 0;
	/* what the bench does by itself, and what goes well, is no news */
	const bool own = j->kind != NULL && j->by != NULL && strcmp(j->kind, "plugin") == 0 &&
	    strcmp(j->by, "bench") == 0;
	char span[32];

	clock_fmt_span(took, span, sizeof span);
	if (took > 10 * NS_PER_S)
		u->bell = true;
	if (j->state == JOB_OK && own)
		return;
	if (j->state == JOB_OK)
		ui_say(u, UI_INFO, "%s: ok, %s", j->name, span);
	else
		ui_say(u, UI_ERROR, "%s: %s after %s%s%s%s%s", j->name, replica_job_word(j->state),
		    span,
		    j->err_why != NULL ? ": " : "", j->err_why != NULL ? j->err_why : "",
		    j->err_next != NULL ? "; " : "", j->err_next != NULL ? j->err_next : "");
}

static void
say_console(struct ui *u, const struct replica_console *c)
{
	static const char *const words[] = { "opening", "open", "lost", "closed" };
	const char *why = c->state == CONSOLE_LOST && c->why != NULL ? c->why : NULL;

	ui_say(u, c->state == CONSOLE_LOST ? UI_ERROR : UI_INFO, "console %s (%s): %s%s%s", c->name,
	    c->device != NULL ? c->device : "", words[c->state], why != NULL ? ": " : "",
	    why != NULL ? why : "");
}

void
ui_news(struct ui *u, const struct replica_news *n)
{
	ui_sweep_views(u);
	if (u->terminal && (ui_job(u) == NULL || ui_job(u)->state != JOB_RUNNING)) {
		u->terminal = false;
		u->log = true;
	}
	if (n->console != NULL)
		say_console(u, n->console);
	if (n->job_ended != NULL)
		say_job_end(u, n->job_ended);
	if (n->notice != NULL)
		say_notice(u, n->notice);
	if (n->ports)
		ports_news(u);
	if (n->trigger != NULL)
		holds_news(u, n->trigger);
	at_result_news(u, n);
	if (n->plugins)
		plugins_keys(u);
	if (n->asks)
		question_news(u);
}

void
ui_started(struct ui *u)
{
	ui_sweep_views(u);
	u->nav = false;
	if (u->message[0] == '\0' && u->replica->consoles != 0)
		ui_say(u, UI_INFO, "%s reaches everything: %s d leaves, %s ? helps",
		    u->keymap.prefix, u->keymap.prefix,
		    u->keymap.prefix);
}

/* ---- commands */

/* The bench, and what would end with it. */
static void
bench_of(const struct ui *u, char *out, size_t size)
{
	const struct replica *r = u->replica;
	size_t n = (size_t)snprintf(out, size, "bench %s", r->bench != NULL ? r->bench : ""),
	       running = 0;

	for (size_t i = 0; i < r->jobs; i++)
		if (r->job[i]->state == JOB_RUNNING && n < size)
			n += (size_t)snprintf(out + n, size - n, "%s %.60s",
			    running++ == 0 ? "; still running:" : ",", r->job[i]->name);
}

/* What an asking command is about, for the dialog. */
static void
target_of(const struct ui *u, const char *name, char *out, size_t size)
{
	const struct replica_console *c = ui_console(u);
	const struct replica_job *j = ui_job(u);

	if (strncmp(name, "console.", 8) == 0 && c != NULL)
		snprintf(out, size, "console %s on %s", c->name, c->device != NULL ? c->device :
		    "?");
	else if (strncmp(name, "job.", 4) == 0 && j != NULL)
		snprintf(out, size, "job %lld %s: %s", (long long)j->id, j->name,
		    j->argv != NULL ? j->argv : "");
	else if (strncmp(name, "bench.", 6) == 0)
		bench_of(u, out, size);
	else
		snprintf(out, size, "%s%s", ui_target(u), u->replica->simulated ? " (simulated)" :
		    "");
}

static void
run_line(struct ui *u, const char *line)
{
	const struct replica_command *c;
	const size_t n = strlen(line);
	char name[64], target[300];
	struct err_msg why;

	if (n != 0 && line[n - 1] == ' ') {
		/* behind "tcp: " the word itself goes on */
		char *text = mem_strn(line, n > 1 && line[n - 2] == ':' ? n - 1 : n);

		palette_open(u, text);
		mem_free(text);
		return;
	}
	if (command_check(line, name, sizeof name, &why) != ERR_OK) {
		ui_say_err(u, &why);
		return;
	}
	if (strncmp(name, "view.", 5) == 0) {
		view_command(u, line);
		return;
	}
	c = replica_command(u->replica, name);
	if (u->observe) {
		ui_say(u, UI_WARN, "observing only: %s was not run; attach without -r to act",
		    name);
	} else if (c != NULL && c->asks && strstr(line, "confirm=on") == NULL) {
		target_of(u, name, target, sizeof target);
		dialog_ask(u, line, c->help, target);
	} else {
		u->ops->command(u->arg, line);
	}
}

static void
say_result(struct ui *u, const char *line, const json_t *result)
{
	const int64_t id = json_get_int(result, "id", -1);
	struct buf text;

	if (snapshot_say(u, line, result) || watch_say(u, line, result) ||
	    gauge_card_answer(u, line, result) || gauge_procs_answer(u, line) ||
	    debug_card_answer(u, line, result))
		return;
	buf_init(&text, 64 << 10);
	if (json_is_object(result) && id >= 0 && json_get_str(result, "kind", NULL) != NULL)
		ui_say(u, UI_INFO, "job %lld %s: %s; pane 4 shows it", (long long)id,
		    json_get_str(result, "name", ""), json_get_str(result, "state", "running"));
	else if (json_is_string(result))
		ui_say(u, UI_INFO, "%s", json_string_value(result));
	else if (strncmp(line, "gauge.export ", 13) == 0)
		ui_say(u, UI_INFO, "%lld gauges, %lld samples in %s",
		    (long long)json_get_int(result, "gauges", 0),
		    (long long)json_get_int(result, "rows", 0), json_get_str(result, "path", ""));
	else if ((json_is_object(result) || json_is_array(result)) &&
	    json_write(result, &text) == ERR_OK)
		ui_say(u, UI_INFO, "%.40s: %.400s", line, buf_str(&text));
	else
		ui_say(u, UI_INFO, "%.60s: ok", line);
	buf_fini(&text);
}

/* What a part of the screen asked for, not a person. */
static bool
part_answer(struct ui *u, const char *line, const json_t *result, const struct err_msg *err)
{
	return (strcmp(line, "port.list") == 0 && ports_answer(u, result, err)) ||
	       strncmp(line, "console.size ", 13) == 0 ||
	       strncmp(line, "job.size ", 9) == 0 || profile_answer(u, line, result, err) ||
	       history_answer(u, line, result, err) || debug_card_error(u, line, err);
}

/* Who asked says what comes of it, a table shows it. */
static bool
shown_elsewhere(const char *line)
{
	return strncmp(line, "ask.", 4) == 0 || strncmp(line, "plugin.show ", 12) == 0 ||
	       strncmp(line, "plugin.select ", 14) == 0;
}

void
ui_answer(struct ui *u, const char *line, const json_t *result, const struct err_msg *err)
{
	if (part_answer(u, line, result, err) || gauge_says_answer(u, line, result) ||
	    gauge_ask_answer(u, line, result, err))
		return;
	if (err != NULL) {
		ui_say_err(u, err);
		return;
	}
	if (shown_elsewhere(line))
		return;
	if (u->quiet_answers != 0 && (strncmp(line, "console.line ", 13) == 0 ||
	    strncmp(line, "console.send ", 13) == 0)) {
		u->quiet_answers--;
		return;
	}
	if (at_result_review(u, line, result))
		return;
	if (json_is_object(result) && json_object_get(result, "command") != NULL &&
	    json_object_get(result, "code") != NULL) {
		return;                 /* the event told it already */
	}
	if (strncmp(line, "console.open ", 13) == 0 && json_get_int(result, "stream", 0) > 0) {
		u->console = json_get_int(result, "stream", 0);
		ui_say(u, UI_INFO, "%s: %s", json_get_str(result, "device", ""),
		    json_get_str(result, "state", "open"));
		return;
	}
	say_result(u, line, result);
}

/* ---- keys */

static void
end_prefix(struct ui *u)
{
	u->prefix = false;
	u->keys[0] = '\0';
}

static void
unknown_key(struct ui *u, const char *keys)
{
	char shown[48];

	keymap_show(keys, shown, sizeof shown);
	if (u->prefix)
		ui_say(u, UI_WARN, "%s %s is no key; nothing was sent. %s ? lists them",
		    u->keymap.prefix, shown,
		    u->keymap.prefix);
	else
		ui_say(u, UI_WARN, "%s does nothing here; ? lists the keys%s", shown,
		    u->focus == PANE_CONSOLE && u->replica->consoles != 0 ?
		    ", i makes the console live" : "");
}

static void
key_sequence(struct ui *u, const char *name)
{
	const struct key_row *row;
	char keys[64];

	snprintf(keys, sizeof keys, "%.40s%s%.16s", u->keys, u->keys[0] != '\0' ? " " : "", name);
	switch (keymap_find(&u->keymap, pane_contexts(u), keys, &row)) {
	case KEYMAP_MORE:
		snprintf(u->keys, sizeof u->keys, "%s", keys);
		u->prefix_since = u->mono;
		return;
	case KEYMAP_ROW:
		end_prefix(u);
		u->asking_key = name;
		ui_run_line(u, row->line);
		u->asking_key = NULL;
		return;
	case KEYMAP_NONE:
		break;
	}
	if (strcmp(name, "Esc") != 0)
		unknown_key(u, keys);
	end_prefix(u);
}

static void
prefixed(struct ui *u, const struct input_event *e)
{
	if (e->type == INPUT_KEY && u->keys[0] == '\0' && strcmp(e->name, u->keymap.prefix) == 0) {
		end_prefix(u);
		ui_type(u, &u->keymap.prefix_byte, 1);
	} else if (e->type == INPUT_KEY) {
		key_sequence(u, e->name);
	} else if (e->type == INPUT_PASTE || e->type == INPUT_PASTE_END) {
		end_prefix(u);
		paste_piece(u, e);
	} else {
		unknown_key(u, "that");
		end_prefix(u);
	}
}

static void
click(struct ui *u, const struct input_event *e)
{
	for (int id = 0; id < PANE_COUNT; id++) {
		const struct grid_rect r = u->layout.pane[id];

		if (e->row < r.row || e->row >= r.row + r.rows || e->col < r.col ||
		    e->col >= r.col + r.cols)
			continue;
		if (e->button == 64 || e->button == 65) {
			if (id == PANE_CONSOLE && !u->nav && ui_current_view(u) != NULL) {
				u->nav = true;
				streamview_hold(ui_current_view(u));
			}
			pane_ops(u, (enum pane_id)id)->move(u, e->button == 64 ? -3 : 3);
		} else {
			u->focus = (enum pane_id)id;
		}
		return;
	}
}

/* For the board, or for the line that is edited first. */
static void
live(struct ui *u, const struct input_event *e)
{
	const bool edits = u->line_on && u->focus == PANE_CONSOLE && !u->observe;

	if (e->type == INPUT_PASTE || e->type == INPUT_PASTE_END)
		paste_piece(u, e);
	else if (!edits || !lineinput_key(u, u->line, e))
		ui_type(u, e->raw, e->n);
}

void
ui_input(struct ui *u, const struct input_event *e)
{
	const bool prefix_key = e->type == INPUT_KEY && strcmp(e->name, u->keymap.prefix) == 0;

	if (e->type == INPUT_FOCUS) {
		u->focused = e->on;
	} else if (u->overlay != NULL) {
		if (e->type != INPUT_MOUSE && e->type != INPUT_OTHER)
			u->overlay->ops->key(u, u->overlay->state, e);
	} else if (e->type == INPUT_MOUSE) {
		click(u, e);
	} else if (u->prefix) {
		prefixed(u, e);
	} else if (prefix_key) {
		u->prefix = true;
		u->keys[0] = '\0';
		u->prefix_since = u->mono;
	} else if (ui_live(u)) {
		live(u, e);
	} else if (e->type == INPUT_KEY) {
		key_sequence(u, e->name);
	} else if (e->type == INPUT_PASTE) {
		ui_say(u, UI_WARN,
		    "a paste of %zu bytes went nowhere: i makes the console live first", e->n);
	}
}

/* ---- drawing */

void
ui_draw(struct ui *u, struct grid *g)
{
	u->rows = grid_rows(g);
	u->cols = grid_cols(g);
	u->cursor_row = u->cursor_col = -1;
	grid_clear(g);
	holds_apply(u);
	question_due(u);
	layout_make(&u->layout, u->rows, u->cols, u->focus, u->zoom || u->terminal);
	if (u->message_until != 0 && u->mono >= u->message_until) {
		u->message[0] = '\0';
		u->message_until = 0;
	}
	pane_draw_all(u, g);
	status_draw(u, g);
	if (u->overlay != NULL)
		u->overlay->ops->draw(u, u->overlay->state, g);
	else if (status_menu_due(u))
		status_menu(u, g);
	if (u->cursor_row >= u->rows || u->cursor_col >= u->cols)
		u->cursor_row = u->cursor_col = -1;
}

static uint64_t
earlier(uint64_t a, uint64_t b)
{
	return a == 0 ? b : b == 0 || a < b ? a : b;
}

static bool
any_running(const struct replica *r)
{
	for (size_t i = 0; i < r->jobs; i++)
		if (r->job[i]->state == JOB_RUNNING)
			return true;
	return false;
}

/* Ages, rates and running times move once a second; nothing else moves by itself. */
uint64_t
ui_next_change(const struct ui *u)
{
	const struct replica *r = u->replica;
	const struct replica_console *c = ui_console(u);
	const struct streamview *v = c != NULL ? ui_find_view(u, &c->stream) : NULL;
	uint64_t at = earlier(u->message_until, question_next(u)), age;

	if ((u->prefix || u->keys[0] != '\0') && !status_menu_due(u))
		at = earlier(at, u->prefix_since + STATUS_MENU_NS);
	if (any_running(r) || at_result_running(u) ||
	    replica_gauges_stale(r, u->mono, &age) || u->slow_since != 0 ||
	    (c != NULL && c->state == CONSOLE_LOST) ||
	    (v != NULL && (v->bytes_s > 0 || v->rate_bytes != c->stream.ring.end)))
		at = earlier(at, u->mono + NS_PER_S);
	else if (r->samples != 0)
		at = earlier(at, u->mono + 3 * NS_PER_S);
	return at;
}

/* ---- making it */

static const struct pane_ops *const panes[PANE_COUNT] = {
	&view_console_ops, &view_board_ops, &view_profile_ops, &view_jobs_ops,
};

static const struct ui_top top = {
	.run_line = run_line,
	.panes = panes,
	.commands = view_command_tables,
};

struct ui *
ui_new(const struct ui_ops *ops, void *arg, struct options *options)
{
	struct ui *u = mem_zero(1, sizeof *u);

	u->ops = ops;
	u->arg = arg;
	u->top = &top;
	u->options = options;
	u->replica = replica_new();
	u->profile = profile_new();
	u->gauges = gauge_view_new();
	buf_init(&u->paste, PASTE_MAX);
	u->times = (enum streamview_times)options_num(options, OPT_CONSOLE_TIMES);
	u->levels = options_num(options, OPT_CONSOLE_LEVELS) != 0;
	u->laid_out = options_num(options, OPT_CONSOLE_LAYOUT) != 0;
	u->echo = options_num(options, OPT_CONSOLE_ECHO) != 0;
	u->console = u->job = -1;
	u->focused = true;
	u->rows = 24;
	u->cols = 80;
	keymap_init(&u->keymap);
	return u;
}

void
ui_free(struct ui *u)
{
	overlay_close(u);
	profile_free(u->profile);
	gauge_view_free(u->gauges);
	lineinput_free(u->line);
	buf_fini(&u->paste);
	history_free(u->past);
	for (size_t i = 0; i < UI_STREAMS; i++)
		streamview_free(u->view[i]);
	for (size_t i = 0; i < u->histories; i++)
		mem_free(u->history[i]);
	at_result_fini(&u->at);
	debug_card_free(u->debug);
	mem_free(u->mods);
	keymap_fini(&u->keymap);
	json_decref(u->plugin_keys);
	replica_free(u->replica);
	mem_free(u);
}
