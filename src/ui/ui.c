/* ui.c - state of the viewer: what is shown, where keys go, what news does. */
#include "ui/at_result.h"
#include "ui/debug_card.h"
#include "ui/gauge_ask.h"
#include "ui/gauge_card.h"
#include "ui/gauge_procs.h"
#include "ui/snapshot_say.h"
#include "ui/watch_say.h"
#include "ui/ui.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "ui/gauge_says.h"
#include "ui/gauge_view.h"
#include "ui/history.h"
#include "ui/holds.h"
#include "ui/lineinput.h"
#include "ui/overlay.h"
#include "ui/pane.h"
#include "ui/parts.h"
#include "ui/paste.h"
#include "ui/plugins.h"
#include "ui/question.h"
#include "ui/profile_ask.h"
#include "ui/profile_list.h"
#include "ui/ports.h"
#include "ui/streamfind.h"

#define MESSAGE_NS (6 * NS_PER_S)
#define MENU_NS (300 * NS_PER_MS)

struct ui *
ui_new(const struct ui_ops *ops, void *arg, struct options *options)
{
	struct ui *u = mem_zero(1, sizeof *u);

	u->ops = ops;
	u->arg = arg;
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

/* ---- asking */

struct replica_console *
ui_console(const struct ui *u)
{
	const struct replica *r = u->replica;

	for (size_t i = 0; i < r->consoles; i++)
		if (r->console[i]->id == u->console)
			return r->console[i];
	return r->consoles != 0 ? r->console[0] : NULL;
}

struct replica_job *
ui_job(const struct ui *u)
{
	struct replica_job *j = replica_job(u->replica, u->job);

	if (j == NULL && u->replica->jobs != 0)
		j = u->replica->job[u->replica->jobs - 1];
	return j;
}

bool
ui_live(const struct ui *u)
{
	if (u->overlay != NULL)
		return false;
	if (u->focus == PANE_JOBS)
		return u->terminal && ui_job(u) != NULL;
	return u->focus == PANE_CONSOLE && !u->nav && u->replica->consoles != 0;
}

const char *
ui_target(const struct ui *u)
{
	const struct replica *r = u->replica;

	return r->target != NULL && r->target[0] != '\0' ? r->target : r->bench != NULL ? r->bench :
	    "bench";
}

const char *
ui_mode(const struct ui *u)
{
	const struct replica_console *c = ui_console(u);

	if (u->focus == PANE_CONSOLE && c != NULL && c->state == CONSOLE_LOST)
		return "LOST";
	if (u->observe)
		return "VIEW";
	return ui_live(u) ? "LIVE" : "NAV";
}

enum grid_set
ui_set(const struct ui *u, bool focus)
{
	if (u->set == GRID_ASCII)
		return focus ? GRID_ASCII_FOCUS : GRID_ASCII;
	return focus ? GRID_UNICODE_FOCUS : GRID_UNICODE;
}

double
ui_gauge_limit(const struct replica_gauge *g)
{
	if (isnan(g->warn) || isnan(g->crit))
		return isnan(g->warn) ? g->crit : g->warn;
	return (g->warn < g->crit) != g->below ? g->warn : g->crit;
}

bool
ui_gauge_alarm(const struct replica_gauge *g)
{
	const double v = replica_value(g), limit = ui_gauge_limit(g);

	return isfinite(v) && isfinite(limit) && limit > 0 &&
	    (g->below ? v <= limit : v >= limit);
}

unsigned
ui_contexts(const struct ui *u)
{
	if (u->prefix)
		return 1u << KEYS_LIVE | 1u << KEYS_GLOBAL;
	return 1u << pane_ops(u->focus)->keys | 1u << KEYS_LIST | 1u << KEYS_GLOBAL |
	    (gauge_overview(u) ? 1u << KEYS_PROCESSES : 0) |
	    (profile_snapshots(u) ? 1u << KEYS_SNAPSHOTS : 0);
}

/* ---- streams */

static bool
stream_exists(const struct replica *r, const struct streamview *v)
{
	for (size_t i = 0; i < r->consoles; i++)
		if (&r->console[i]->stream == v->stream && v->id == v->stream->id)
			return true;
	for (size_t i = 0; i < r->jobs; i++)
		if (&r->job[i]->stream == v->stream && v->id == v->stream->id)
			return true;
	return false;
}

static void
sweep_views(struct ui *u)
{
	for (size_t i = 0; i < UI_STREAMS; i++)
		if (u->view[i] != NULL && !stream_exists(u->replica, u->view[i])) {
			streamview_free(u->view[i]);
			u->view[i] = NULL;
		}
}

static struct streamview *
find_view(const struct ui *u, const struct replica_stream *s)
{
	for (size_t i = 0; i < UI_STREAMS; i++)
		if (u->view[i] != NULL && u->view[i]->stream == s)
			return u->view[i];
	return NULL;
}

struct streamview *
ui_view(struct ui *u, struct replica_stream *s, bool always_screen)
{
	struct streamview *v = find_view(u, s);
	size_t i = 0;

	if (v != NULL)
		return v;
	while (i + 1 < UI_STREAMS && u->view[i] != NULL)
		i++;
	streamview_free(u->view[i]);    /* the last place is shared by those that found no other */
	return u->view[i] = streamview_new(s, always_screen);
}

struct streamview *
ui_current_view(struct ui *u)
{
	struct replica_console *c = ui_console(u);
	struct replica_job *j = ui_job(u);

	if (u->focus == PANE_JOBS && j != NULL)
		return ui_view(u, &j->stream, j->pty);
	return c != NULL ? history_view(u, c) : NULL;
}

void
ui_bytes(struct ui *u, const struct replica_stream *s)
{
	struct streamview *v = find_view(u, s);

	if (v != NULL)
		streamview_update(v);
	holds_apply(u);
}

/* ---- messages */

void
ui_say(struct ui *u, enum ui_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(u->message, sizeof u->message, fmt, ap);
	va_end(ap);
	u->level = level;
	u->message_until = u->mono + MESSAGE_NS;
}

void
ui_say_err(struct ui *u, const struct err_msg *why)
{
	char text[512];

	err_format(why, text, sizeof text);
	ui_say(u, UI_ERROR, "%s", text);
}

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
	char span[32];

	clock_fmt_span(took, span, sizeof span);
	if (took > 10 * NS_PER_S)
		u->bell = true;
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
	sweep_views(u);
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
	sweep_views(u);
	u->nav = false;
	if (u->message[0] == '\0' && u->replica->consoles != 0)
		ui_say(u, UI_INFO, "%s reaches everything: %s d leaves, %s ? helps",
		    u->keymap.prefix, u->keymap.prefix,
		    u->keymap.prefix);
}

/* ---- commands */

void
ui_remember(struct ui *u, const char *line)
{
	if (u->histories != 0 && strcmp(u->history[u->histories - 1], line) == 0)
		return;
	if (u->histories == UI_HISTORY) {
		mem_free(u->history[0]);
		u->histories--;
		memmove(u->history, u->history + 1, u->histories * sizeof *u->history);
	}
	u->history[u->histories++] = mem_str(line);
}

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

void
ui_run_line(struct ui *u, const char *line)
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
	if (strncmp(line, "ask.", 4) == 0)     /* who asked says what comes of it */
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

static struct replica_stream *
live_stream(struct ui *u)
{
	struct replica_console *c = ui_console(u);
	struct replica_job *j = ui_job(u);

	if (u->focus == PANE_JOBS)
		return u->terminal && j != NULL ? &j->stream : NULL;
	return c != NULL ? &c->stream : NULL;
}

static void
say_not_open(struct ui *u, const struct replica_console *c)
{
	const char *name = c->device != NULL ? c->device : c->name;

	if (c->lent_to != NULL)
		ui_say(u, UI_WARN, "%s is lent to %s: typed keys are not sent and not kept", name,
		    c->lent_to);
	else
		ui_say(u, UI_WARN, "%s is not open: typed keys are not sent and not kept", name);
}

/* What was typed, shown here alone: the board's offsets stay what they are. */
static void
echo(struct ui *u, struct replica_stream *s, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		replica_echo(s, p[i] == '\r' ? "\r\n" : p + i, p[i] == '\r' ? 2 : 1);
	ui_bytes(u, s);
}

static bool
is_arrow(const char *p, size_t n)
{
	return n == 3 && p[0] == '\033' && p[1] == '[' && p[2] >= 'A' && p[2] <= 'D';
}

void
ui_type(struct ui *u, const char *p, size_t n)
{
	struct replica_console *c = ui_console(u);
	struct replica_stream *s = live_stream(u);
	struct streamview *v = s != NULL ? find_view(u, s) : NULL;

	if (s == NULL || n == 0)
		return;
	if (u->observe) {
		ui_say(u, UI_WARN, "observing only: keys are not sent");
		return;
	}
	if (u->focus == PANE_CONSOLE && c->state != CONSOLE_OPEN) {
		say_not_open(u, c);
		return;
	}
	if (v != NULL && is_arrow(p, n) && streamview_app_cursor(v)) {
		const char app[3] = { '\033', 'O', p[2] };

		u->ops->input(u->arg, s->id, app, 3);
		return;
	}
	u->typed = u->mono;
	u->ops->input(u->arg, s->id, p, n);
	if (u->echo && u->focus == PANE_CONSOLE)
		echo(u, s, p, n);
}

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

void
ui_key_sequence(struct ui *u, const char *name)
{
	const struct key_row *row;
	char keys[64];

	snprintf(keys, sizeof keys, "%.40s%s%.16s", u->keys, u->keys[0] != '\0' ? " " : "", name);
	switch (keymap_find(&u->keymap, ui_contexts(u), keys, &row)) {
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
		ui_key_sequence(u, e->name);
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
			pane_ops((enum pane_id)id)->move(u, e->button == 64 ? -3 : 3);
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
		ui_key_sequence(u, e->name);
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
	const struct streamview *v = c != NULL ? find_view(u, &c->stream) : NULL;
	uint64_t at = earlier(u->message_until, question_next(u)), age;

	if ((u->prefix || u->keys[0] != '\0') && !status_menu_due(u))
		at = earlier(at, u->prefix_since + MENU_NS);
	if (any_running(r) || at_result_running(u) ||
	    replica_gauges_stale(r, u->mono, &age) || u->slow_since != 0 ||
	    (c != NULL && c->state == CONSOLE_LOST) ||
	    (v != NULL && (v->bytes_s > 0 || v->rate_bytes != c->stream.ring.end)))
		at = earlier(at, u->mono + NS_PER_S);
	else if (r->samples != 0)
		at = earlier(at, u->mono + 3 * NS_PER_S);
	return at;
}

bool
status_menu_due(const struct ui *u)
{
	return (u->prefix || u->keys[0] != '\0') && u->mono >= u->prefix_since + MENU_NS;
}
