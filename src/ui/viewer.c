/* viewer.c - the viewer: connects replica, state, screen and keyboard by one loop. */
#include "ui/viewer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "loop/loop.h"
#include "proto/peer.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/process.h"
#include "sys/spawn.h"
#include "sys/terminal.h"
#include "sys/time.h"
#include "ui/clip.h"
#include "ui/input.h"
#include "ui/plain.h"
#include "ui/plugins.h"
#include "ui/screen.h"
#include "ui/ui.h"
#include "ui/ui_type.h"
#include "ui/view_jobs.h"

#define RESIZE_NS  (50 * NS_PER_MS)
#define RETRY_NS   (50 * NS_PER_MS)             /* a terminal that takes nothing is tried again */
#define ECHO_NS    (300 * NS_PER_MS)            /* an echo later than that is no echo */
#define SLOW_NS    (500 * NS_PER_MS)            /* gauges alone: two frames a second */
#define STUCK_NS   (2 * NS_PER_S)
#define PING_NS    (5 * NS_PER_S)
#define BELL_NS    (30 * NS_PER_S)

struct viewer {
	const struct ui_options *o;
	struct loop *loop;
	struct peer *peer;
	struct ui *ui;
	struct screen *screen;
	struct input input;
	struct grid *grid;
	struct loop_fd *in;
	struct loop_signal *signal[TERMINAL_SIGNAL_COUNT];
	struct loop_timer *frame, *change, *esc, *resize, *stuck;
	uint64_t frame_ns, esc_ns, last_frame, frame_at, last_ping, last_bell;
	uint64_t pinged;                        /* the ping that has no answer, 0: none */
	uint64_t keyed;                         /* a key that has no echo yet, 0: none */
	bool attached, dirty, done, now;
	int  sync_fd, status;
	char *reason;                           /* printed after the screen is closed */
	bool reason_bad;
};

static void draw(void *arg);

static void
stop(struct viewer *v, int status, char *reason, bool bad)
{
	if (v->done) {
		mem_free(reason);
		return;
	}
	v->done = true;
	v->status = status;
	v->reason = reason;
	v->reason_bad = bad;
	loop_stop(v->loop);
}

/* ---- frames */

static void
on_frame(void *arg)
{
	struct viewer *v = arg;

	v->frame = NULL;
	draw(v);
}

/* Draws at `at`, or earlier if that was asked before. */
static void
draw_at(struct viewer *v, uint64_t at)
{
	const uint64_t now = sys_mono();

	v->dirty = true;
	if (!v->attached || v->done || v->now || (v->frame != NULL && v->frame_at <= at))
		return;
	loop_timer_stop(v->frame);
	v->frame_at = at;
	v->frame = loop_timer_start(v->loop, at > now ? at - now : 0, 0, on_frame, v);
}

static void
draw_soon(struct viewer *v)
{
	draw_at(v, v->last_frame + v->frame_ns);
}

/* A key press is seen at once: at the end of this turn. */
static void
draw_now(struct viewer *v)
{
	v->dirty = true;
	if (!v->attached || v->done || v->now)
		return;
	v->now = true;
	loop_timer_stop(v->frame);
	v->frame = NULL;
	loop_defer(v->loop, draw, v);
}

static void
on_change(void *arg)
{
	struct viewer *v = arg;

	v->change = NULL;
	draw_soon(v);
}

static void
plan_change(struct viewer *v)
{
	const uint64_t at = ui_next_change(v->ui), now = v->ui->mono;

	loop_timer_stop(v->change);
	v->change = at == 0 ? NULL : loop_timer_start(v->loop, at > now ? at - now : 0, 0,
	    on_change, v);
}

static void
ring_bell(struct viewer *v)
{
	if (!v->ui->bell)
		return;
	v->ui->bell = false;
	if (v->ui->focused || options_num(v->o->options, OPT_BELL) == 0 ||
	    (v->last_bell != 0 && v->ui->mono - v->last_bell < BELL_NS))
		return;
	v->last_bell = v->ui->mono;
	screen_raw(v->screen, "\a", 1);
}

static void
idle_mark(const struct viewer *v)
{
	if (v->sync_fd >= 0 && !v->dirty)
		(void)sys_write(v->sync_fd, "i", 1);
}

static void
draw(void *arg)
{
	struct viewer *v = arg;
	enum err e;

	v->now = false;
	if (v->done)
		return;
	v->ui->mono = v->last_frame = sys_mono();
	ui_draw(v->ui, v->grid);
	ring_bell(v);
	v->dirty = false;
	if (!screen_show(v->screen, v->grid, v->ui->cursor_row, v->ui->cursor_col, &e))
		draw_at(v, v->last_frame + RETRY_NS);
	if (e != ERR_OK) {
		stop(v, 129, NULL, false);
		return;
	}
	plan_change(v);
	idle_mark(v);
}

/* ---- the bench */

struct asked { struct viewer *v; char *line; };

static void
on_answer(void *arg, const json_t *result, const struct err_msg *err)
{
	struct asked *a = arg;
	struct viewer *v = a->v;

	if (!v->done) {
		v->ui->mono = sys_mono();
		ui_answer(v->ui, a->line, err == NULL ? result : NULL, err);
		draw_now(v);
	}
	mem_free(a->line);
	mem_free(a);
}

static void
send_command(void *arg, const char *line)
{
	struct viewer *v = arg;
	struct asked *a = mem_zero(1, sizeof *a);
	json_t *params = json_object();

	*a = (struct asked){ v, mem_str(line) };
	json_put(params, "line", json_text(line, strlen(line)));
	peer_call(v->peer, "command", params, 0, on_answer, a);
}

static void
on_event(struct peer *peer, const char *type, const json_t *body, void *arg)
{
	struct viewer *v = arg;
	struct replica_news news;

	(void)peer;
	v->ui->mono = sys_mono();
	replica_event(v->ui->replica, type, body, &news);
	ui_news(v->ui, &news);
	if (v->ui->replica->ended != NULL)
		stop(v, 0, mem_fmt("[bench %s ended: %s]", v->o->bench_name, v->ui->replica->ended),
		    false);
	else if (news.gauges_only)
		draw_at(v, v->last_frame + SLOW_NS);
	else
		draw_soon(v);
}

static void
on_bytes(struct peer *peer, uint32_t stream, uint64_t offset, uint64_t t, const char *data,
    size_t n, void *arg)
{
	struct viewer *v = arg;
	const struct replica_stream *s = replica_bytes(v->ui->replica, stream, offset, t, data, n);

	(void)peer;
	if (s == NULL)
		return;
	ui_bytes(v->ui, s);
	/* What comes behind a key is its echo, most of the time: it does not wait for a frame. */
	if (v->keyed != 0 && sys_mono() - v->keyed < ECHO_NS)
		draw_now(v);
	else
		draw_soon(v);
	v->keyed = 0;
}

static void
on_gap(struct peer *peer, const json_t *body, void *arg)
{
	struct viewer *v = arg;

	(void)peer;
	replica_gap(v->ui->replica, body);
	if (json_get_int(body, "events", 0) > 0)
		ui_say(v->ui, UI_WARN, "%lld piece%s of news did not come: this terminal was too "
		    "slow", (long long)json_get_int(body, "events", 0),
		    json_get_int(body, "events", 0) == 1 ? "" : "s");
	draw_soon(v);
}

static void
on_closed(struct peer *peer, const struct err_msg *why, void *arg)
{
	struct viewer *v = arg;
	char text[512];

	(void)peer;
	err_format(why, text, sizeof text);
	stop(v, err_exit_status(ERR_LOST), mem_fmt("vise: bench %s is gone: %s", v->o->bench_name,
	    text), true);
}

static void
on_attached(void *arg, const json_t *result, const struct err_msg *err)
{
	struct viewer *v = arg;
	char text[900];

	if (v->done)
		return;
	if (err != NULL) {
		err_format(err, text, sizeof text);
		stop(v, err_exit_status(err->code), mem_fmt("vise: %s", text), true);
		return;
	}
	v->ui->mono = sys_mono();
	replica_snapshot(v->ui->replica, result, v->ui->mono);
	plugins_keys(v->ui);
	ui_started(v->ui);
	if (v->o->job != 0)
		view_jobs_open(v->ui, v->o->job);
	v->attached = true;
	draw_now(v);
}

/* ---- is the bench there? Asked while somebody types, at most each five seconds. */

static void
on_pong(void *arg, const json_t *result, const struct err_msg *err)
{
	struct viewer *v = arg;

	(void)result;
	(void)err;
	v->pinged = 0;
	loop_timer_stop(v->stuck);
	v->stuck = NULL;
	if (v->done || v->ui->slow_since == 0)
		return;
	v->ui->slow_since = 0;
	ui_say(v->ui, UI_INFO, "the bench answers again");
	draw_now(v);
}

static void
on_stuck(void *arg)
{
	struct viewer *v = arg;

	v->stuck = NULL;
	v->ui->mono = sys_mono();
	v->ui->slow_since = v->pinged;
	ui_say(v->ui, UI_ERROR,
	    "the bench has not answered for 2 s; %s d still leaves, nothing is lost",
	    v->ui->keymap.prefix);
	draw_now(v);
}

static void
ping(struct viewer *v)
{
	const uint64_t now = sys_mono();

	if (v->pinged != 0 || (v->last_ping != 0 && now - v->last_ping < PING_NS))
		return;
	v->pinged = v->last_ping = now;
	v->stuck = loop_timer_start(v->loop, STUCK_NS, 0, on_stuck, v);
	peer_call(v->peer, "command", json_pack("{s:s}", "line", "bench.info"), 0, on_pong, v);
}

/* ---- what the state asks for */

static void
send_input(void *arg, uint32_t stream, const void *p, size_t n)
{
	struct viewer *v = arg;

	peer_input(v->peer, stream, p, n);
	ping(v);
}

static void
leave(void *arg)
{
	struct viewer *v = arg;

	stop(v, 0, mem_fmt("[detached from %s]", v->o->bench_name), false);
}

static void
repaint(void *arg)
{
	screen_repaint(((struct viewer *)arg)->screen);
}

static void
mouse(void *arg, bool on)
{
	screen_mouse(((struct viewer *)arg)->screen, on);
}

static void
on_tmux(void *arg, int status)
{
	(void)arg;
	(void)status;
}

/* Inside tmux its own buffer is filled; tmux hands it to the outer clipboard as it is set up to. */
static bool
to_tmux(struct viewer *v, const char *path)
{
	const char *const argv[] = { "tmux", "load-buffer", "-w", path, NULL };
	const struct sys_spawn s = { .argv = argv, .fd_in = -1, .fd_out = -1, .fd_err = -1,
	    .fd3 = -1 };
	pid_t pid;

	if (getenv("TMUX") == NULL || path == NULL || sys_spawn(&s, &pid, NULL) != ERR_OK)
		return false;
	(void)loop_child_watch(v->loop, pid, on_tmux, v);
	return true;
}

static void
yank(void *arg, const char *p, size_t n, bool file_only, char *said, size_t size)
{
	struct viewer *v = arg;
	char *path = NULL, shown[120] = "no file";
	struct err_msg why;
	struct buf osc;
	const char *clip = "";

	buf_init(&osc, 2 * CLIP_OSC_MAX);
	if (clip_file(p, n, &path, &why) != ERR_OK) {
		mem_free(path);
		path = NULL;
	}
	if (!file_only && to_tmux(v, path)) {
		clip = "tmux + ";
	} else if (!file_only && clip_osc52(p, n, &osc)) {
		screen_raw(v->screen, buf_str(&osc), osc.len);
		clip = "OSC 52 + ";
	}
	if (path != NULL)
		clip_short(path, shown, sizeof shown);
	snprintf(said, size, "%s%s", clip, shown);
	buf_fini(&osc);
	mem_free(path);
}

static void
suspend(void *arg)
{
	struct viewer *v = arg;
	int rows, cols;

	screen_suspend(v->screen);
	screen_size(v->screen, &rows, &cols);
	grid_resize(v->grid, rows, cols);
	screen_resize(v->screen, rows, cols);
	draw_now(v);
}

/* ---- the keyboard */

static void
on_key(void *arg, const struct input_event *e)
{
	struct viewer *v = arg;

	if (v->done)
		return;
	if (!v->attached) {             /* nothing is shown yet: only leaving makes sense */
		if (e->type == INPUT_KEY && (strcmp(e->name, "^C") == 0 ||
		    strcmp(e->name, "q") == 0))
			leave(v);
		return;
	}
	v->ui->mono = sys_mono();
	v->keyed = v->ui->mono;
	ui_input(v->ui, e);
	draw_now(v);
}

static void
on_escape(void *arg)
{
	struct viewer *v = arg;

	v->esc = NULL;
	input_timeout(&v->input);
}

static void
on_keyboard(void *arg, unsigned events)
{
	struct viewer *v = arg;
	char piece[4096];
	ssize_t n;

	if (v->done)
		return;
	n = (events & LOOP_READ) != 0 ? sys_read(0, piece, sizeof piece) : 0;
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {                   /* EIO, end, or a hang-up: the terminal is gone */
		stop(v, 129, NULL, false);
		return;
	}
	input_feed(&v->input, piece, (size_t)n);
	loop_timer_stop(v->esc);
	v->esc = input_pending(&v->input) && !v->done ?
	    loop_timer_start(v->loop, v->esc_ns, 0, on_escape, v) : NULL;
}

/* ---- signals */

static void
on_end_signal(void *arg)
{
	stop(arg, 143, NULL, false);
}

static void
on_resized(void *arg)
{
	struct viewer *v = arg;
	int rows, cols;

	v->resize = NULL;
	screen_size(v->screen, &rows, &cols);
	if (rows == grid_rows(v->grid) && cols == grid_cols(v->grid))
		return;
	grid_resize(v->grid, rows, cols);
	screen_resize(v->screen, rows, cols);
	draw_now(v);
}

static void
on_winch(void *arg)
{
	struct viewer *v = arg;

	loop_timer_stop(v->resize);
	v->resize = loop_timer_start(v->loop, RESIZE_NS, 0, on_resized, v);
}

/* ---- setting up */

static bool
over_ssh(void)
{
	return getenv("SSH_CONNECTION") != NULL || getenv("SSH_TTY") != NULL;
}

static uint64_t
number_from_env(const char *name, uint64_t dflt)
{
	const char *s = getenv(name);
	uint64_t n;

	return s != NULL && slice_u64(slice_of(s), 10000, &n) ? n : dflt;
}

static bool
wants_sync(const struct options *o)
{
	static const char *const without[] = { "linux", "vt100", "vt220", "ansi" };
	const char *how = options_text(o, OPT_SYNC), *term = getenv("TERM");

	for (size_t i = 0; i < sizeof without / sizeof without[0]; i++)
		if (strcmp(how, "auto") == 0 && term != NULL && strcmp(term, without[i]) == 0)
			return false;
	return strcmp(how, "off") != 0;
}

/* The user's own keys or theme: a fault in it is a notice, never an end. */
static void
read_config(struct viewer *v, const char *name, bool keys)
{
	char *dir = path_config(), *path = dir != NULL ? path_join(dir, name) : NULL;
	struct err_msg why;
	struct buf text;

	buf_init(&text, 1 << 20);
	if (path != NULL && path_exists(path)) {
		enum err e = sys_file_read(path, 256 << 10, &text, &why);
		const struct slice s = slice_make(buf_str(&text), text.len);

		if (e == ERR_OK)
			e = keys ? keymap_read(&v->ui->keymap, s, path, &why) :
			    theme_read(screen_theme(v->screen), s, path, &why);
		if (e != ERR_OK)
			ui_say_err(v->ui, &why);
	}
	buf_fini(&text);
	mem_free(path);
	mem_free(dir);
}

static void
set_up_looks(struct viewer *v)
{
	const char *glyphs = options_text(v->o->options, OPT_GLYPHS), *term = getenv("TERM");
	const bool unicode = strcmp(glyphs, "unicode") == 0 || (strcmp(glyphs, "auto") == 0 &&
	    screen_utf8(v->screen));
	const uint64_t fps = options_num(v->o->options, OPT_FRAMES);
	struct err_msg why;

	v->frame_ns = NS_PER_S / (fps != 0 ? fps : over_ssh() ? 10u : 20u);
	v->esc_ns = number_from_env("ESCDELAY", over_ssh() ? 100 : 25) * NS_PER_MS;
	v->ui->set = unicode ? GRID_UNICODE : GRID_ASCII;
	v->ui->mono = sys_mono();
	if (keymap_prefix(&v->ui->keymap, options_text(v->o->options, OPT_KEYS_PREFIX),
	    &why) != ERR_OK)
		ui_say_err(v->ui, &why);
	read_config(v, "keys", true);
	read_config(v, "theme", false);
	if (screen_note(v->screen)[0] != '\0')
		ui_say(v->ui, UI_WARN, "%s", screen_note(v->screen));
	v->ui->mods = mem_fmt("terminal %s %d colours %s  sync=%s  esc=%llums%s  all: vise keys",
	    term != NULL ? term : "?", screen_colours(v->screen), screen_utf8(v->screen) ? "utf-8" :
	    "ascii",
	    wants_sync(v->o->options) ? "on" : "off", (unsigned long long)(v->esc_ns / NS_PER_MS),
	    over_ssh() ? " (ssh)" : "");
}

static void
watch(struct viewer *v)
{
	static const loop_cb cb[TERMINAL_SIGNAL_COUNT] = { on_end_signal, on_end_signal,
		on_end_signal, on_winch };

	for (int i = 0; i < TERMINAL_SIGNAL_COUNT; i++)
		v->signal[i] = loop_signal_watch(v->loop, terminal_signal(i), cb[i], v);
	v->in = loop_fd_open(v->loop, 0, LOOP_READ, on_keyboard, v);
}

static void
attach(struct viewer *v)
{
	static const struct peer_ops ops = { .event = on_event, .bytes = on_bytes, .gap = on_gap,
	    .closed = on_closed };
	char user[64];
	json_t *params = json_object();

	process_user(user, sizeof user);
	v->peer = peer_open(v->loop, v->o->fd, "viewer", user, &ops, v);
	json_put_bool(params, "events", true);
	json_put_bool(params, "streams", true);
	json_put_bool(params, "observe", v->o->observe);
	json_put_int(params, "rows", grid_rows(v->grid));
	json_put_int(params, "cols", grid_cols(v->grid));
	peer_call(v->peer, "attach", params, 10 * NS_PER_S, on_attached, v);
}

/* ---- ending */

static void
fini(struct viewer *v)
{
	struct loop_timer *const timers[] = { v->frame, v->change, v->esc, v->resize, v->stuck };

	v->done = true;
	loop_defer_cancel(v->loop, draw, v);
	for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++)
		loop_timer_stop(timers[i]);
	v->stuck = NULL;
	loop_fd_close(v->in);
	screen_close(v->screen);        /* the user's terminal first, whatever the bench does */
	if (v->reason != NULL)
		fprintf(v->reason_bad ? stderr : stdout, "%s\n", v->reason);
	(void)fflush(stdout);
	peer_flush_close(v->peer, 200);
	for (int i = 0; i < TERMINAL_SIGNAL_COUNT; i++)
		loop_signal_forget(v->signal[i]);
	loop_free(v->loop);
	ui_free(v->ui);
	grid_free(v->grid);
	mem_free(v->reason);
}

static int
run_screen(const struct ui_options *o)
{
	static const struct ui_ops ops = { .command = send_command, .input = send_input,
	    .leave = leave,
		.repaint = repaint, .mouse = mouse, .yank = yank, .suspend = suspend };
	const char *no_colour = getenv("NO_COLOR");
	const struct screen_options so = { .in = 0, .out = 1, .sync = wants_sync(o->options),
		.no_colour = no_colour != NULL && no_colour[0] != '\0' };
	struct viewer v = { .o = o };
	struct err_msg why;
	char text[900];
	int rows, cols;

	if (screen_open(&so, &v.screen, &why) != ERR_OK) {
		err_format(&why, text, sizeof text);
		fprintf(stderr, "vise: %s\n", text);
		sys_close(o->fd);
		return err_exit_status(why.code);
	}
	v.sync_fd = (int)number_from_env("VISE_SYNC_FD", 0) > 2 ?
	    (int)number_from_env("VISE_SYNC_FD", 0) : -1;
	if (v.sync_fd >= 0)
		(void)sys_nonblock(v.sync_fd, true);
	v.loop = loop_new();
	v.ui = ui_new(&ops, &v, o->options);
	v.ui->observe = o->observe;
	v.ui->demo = o->demo;
	screen_size(v.screen, &rows, &cols);
	v.grid = grid_new(rows, cols);
	input_init(&v.input, on_key, &v);
	set_up_looks(&v);
	watch(&v);
	attach(&v);
	loop_run(v.loop);
	fini(&v);
	return v.status;
}

int
ui_run(const struct ui_options *o)
{
	const char *accessible = getenv("ACCESSIBLE");

	if (o->plain || !terminal_is(0) || !terminal_is(1) || !screen_possible(NULL) ||
	    (accessible != NULL && accessible[0] != '\0' && strcmp(accessible, "0") != 0))
		return plain_run(o);
	return run_screen(o);
}

static void
print_keys_json(const struct keymap *m)
{
	json_t *out = json_array();
	struct buf text;
	char shown[24];

	for (size_t i = 0; i < m->rows; i++) {
		keymap_show(m->row[i].keys, shown, sizeof shown);
		(void)json_array_append_new(out, json_pack("{s:s,s:s,s:s,s:s}", "context",
		    keymap_context_word(m->row[i].context), "keys", shown, "command",
		    m->row[i].line, "help", m->row[i].help));
	}
	buf_init(&text, 1 << 20);
	if (json_write(out, &text) == ERR_OK)
		puts(buf_str(&text));
	buf_fini(&text);
	json_decref(out);
}

void
ui_print_keys(bool json)
{
	struct keymap m;
	char shown[24];

	keymap_init(&m);
	if (json) {
		print_keys_json(&m);
		keymap_fini(&m);
		return;
	}
	for (unsigned c = 0; c < KEY_CONTEXTS; c++) {
		printf("%s%s\n", c != 0 ? "\n" : "", keymap_context_heading((enum key_context)c));
		for (size_t i = 0; i < m.rows; i++)
			if (m.row[i].context == (enum key_context)c) {
				keymap_show(m.row[i].keys, shown, sizeof shown);
				printf("  %-8s %-24s %s\n", shown, m.row[i].line, m.row[i].help);
			}
	}
	printf("\nprefix %s: twice sends it\n", m.prefix);
	keymap_fini(&m);
}
