/* ports.c - choosing a port to open. */
#include "ui/ports.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/overlay.h"
#include "ui/palette.h"
#include "ui/pane_box.h"

static const unsigned bauds[] = { 300, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 74880, 115200,
	230400, 460800, 921600, 1000000, 1500000, 2000000, 3000000 };
enum { BAUDS = sizeof bauds / sizeof *bauds, BAUD_FIRST = 9, DETAILS = 5 };

struct ports {
	json_t *list;                   /* NULL: not told yet */
	char *why;                      /* it cannot be had */
	struct overlay_list at;
	int baud;                       /* index of bauds */
	bool chosen;                    /* the speed was: not the profile's */
};

static void
fini(void *state)
{
	struct ports *d = state;

	json_decref(d->list);
	mem_free(d->why);
	mem_free(d);
}

static const json_t *
selected(const struct ports *d)
{
	return json_array_get(d->list, d->at.sel);
}

static const char *
short_name(const json_t *o)
{
	const char *path = json_get_str(o, "path", "?");

	return strncmp(path, "/dev/", 5) == 0 ? path + 5 : path;
}

/* What is in the way, in few words. */
static void
state_text(const json_t *o, char *out, size_t size)
{
	const char *console = json_get_str(o, "console", "");

	out[0] = '\0';
	if (console[0] != '\0')
		snprintf(out, size, "open here as %.30s", console);
	else if (json_get_int(o, "holder", 0) != 0)
		snprintf(out, size, "held by %.20s (%lld)", json_get_str(o, "holder_name", "?"),
		    (long long)json_get_int(o, "holder", 0));
	else if (json_get_bool(o, "denied", false))
		snprintf(out, size, "not yours to open");
}

static void
draw_row(struct grid *g, struct grid_rect r, int row, const json_t *o, bool chosen)
{
	const char *what = json_get_str(o, "product", "");
	const size_t maybe = json_array_size(json_object_get(o, "candidates"));
	char state[80], board[40];
	int col = r.col + 4, width;

	state_text(o, state, sizeof state);
	if (maybe > 1)
		snprintf(board, sizeof board, "%zu boards fit", maybe);
	else if (maybe == 1)
		snprintf(board, sizeof board, "%.15s?", json_string_value(
		    json_array_get(json_object_get(o, "candidates"), 0)));
	else
		snprintf(board, sizeof board, "%.16s", json_get_str(o, "profile", ""));
	width = (int)strlen(state);
	if (what[0] == '\0')
		what = json_get_str(o, "description", "");
	grid_text(g, row, r.col + 2, 1, STYLE_NORMAL, chosen ? ">" : " ");
	grid_textf(g, row, col, 10, STYLE_TITLE, "%.10s", short_name(o));
	col += 11;
	grid_textf(g, row, col, r.col + r.cols - col - width - 3, STYLE_NORMAL, "%-24.24s %-9.9s "
	    "%.16s", what, json_get_str(o, "id", ""), board);
	grid_text(g, row, r.col + r.cols - width - 2, width,
	    json_get_bool(o, "denied", false) ? STYLE_ALARM : STYLE_WARN, state);
	if (chosen)
		grid_restyle(g, (struct grid_rect){ row, r.col + 1, 1, r.cols - 2 }, STYLE_SELECT);
}

static void
draw_mend(struct grid *g, int row, int col, int cols, const char *mend)
{
	const int first = cols - 9;

	grid_text(g, row, col, 9, STYLE_NORMAL, "mend it:");
	grid_textf(g, row, col + 9, first, STYLE_KEY, "%.*s", first, mend);
	if ((int)strlen(mend) > first)
		grid_textf(g, row + 1, col + 9, first, STYLE_KEY, "%.*s", first, mend + first);
}

static void
draw_details(struct grid *g, struct grid_rect r, const json_t *o)
{
	const int row = r.row + r.rows - 1 - DETAILS, col = r.col + 2, cols = r.cols - 4;
	const char *mend = json_get_str(o, "mend", "");
	const int64_t interface = json_get_int(o, "interface", -1);
	char part[32] = "";

	if (interface >= 0)
		snprintf(part, sizeof part, "  interface %lld", (long long)interface);
	grid_textf(g, row, col, cols, STYLE_DIM, "%s%s%s", json_get_str(o, "manufacturer", ""),
	    json_get_str(o, "serial", "")[0] != '\0' ? "  serial " : "",
	    json_get_str(o, "serial", ""));
	grid_textf(g, row + 1, col, cols, STYLE_DIM, "driver %s%s  as %s",
	    json_get_str(o, "driver", "")[0] != '\0' ? json_get_str(o, "driver", "") : "?", part,
	    json_get_str(o, "spec", ""));
	grid_text(g, row + 2, col, cols, STYLE_DIM, json_get_str(o, "by_id", ""));
	if (mend[0] != '\0')
		draw_mend(g, row + 3, col, cols, mend);
}

static void
draw_none(const struct ports *d, struct grid *g, struct grid_rect r)
{
	const char *text = d->why != NULL ? d->why : d->list == NULL ? "looking..."
	    : "no serial port is plugged in; : opens tcp:HOST:PORT, exec:COMMAND, ...";

	grid_text(g, r.row + 1, r.col + 2, r.cols - 4,
	    d->why != NULL ? STYLE_ALARM : STYLE_NORMAL, text);
}

static void
draw(struct ui *u, void *state, struct grid *g)
{
	struct ports *d = state;
	const size_t n = json_array_size(d->list);
	const int want = (int)n + 2 + DETAILS + 1, most = u->rows - 1;
	const int rows = want < 10 ? (most < 10 ? most : 10) : want < most ? want : most;
	const int cols = u->cols < 100 ? u->cols : 100;
	const struct grid_rect r = { (u->rows - rows) / 2, (u->cols - cols) / 2, rows, cols };
	const bool details = rows >= 3 + DETAILS && n != 0;
	const size_t height = rows > 2 ? (size_t)(rows - 2 - (details ? DETAILS + 1 : 0)) : 0;
	size_t top;
	char right[40];

	snprintf(right, sizeof right, "%s%u baud", d->chosen ? "" : "profile's or ",
	    bauds[d->baud]);
	pane_popup(u, g, r, "Open a port", right, cols >= 60
	    ? "Enter open  Left/Right speed  r again  : other  Esc" : "Enter Esc");
	if (n == 0)
		draw_none(d, g, r);
	top = overlay_list_top(&d->at, n, height);
	for (size_t i = top; i < n && i - top < height; i++)
		draw_row(g, r, r.row + 1 + (int)(i - top), json_array_get(d->list, i),
		    i == d->at.sel);
	if (details)
		draw_details(g, r, selected(d));
}

/* ---- keys */

static void
open_port(struct ui *u, const struct ports *d)
{
	const json_t *o = selected(d);
	const char *console = json_get_str(o, "console", "");
	char speed[24] = "";
	struct buf line;

	if (o == NULL)
		return;
	buf_init(&line, 8192);
	if (console[0] != '\0') {
		(void)buf_add_str(&line, "view.console ");
		command_quote(console, &line);
	} else {
		if (d->chosen || json_get_str(o, "profile", NULL) == NULL)
			snprintf(speed, sizeof speed, " baud=%u", bauds[d->baud]);
		(void)buf_add_str(&line, "console.open ");
		command_quote(json_get_str(o, "spec", ""), &line);
		(void)buf_add_str(&line, speed);
	}
	overlay_close(u);
	ui_remember(u, buf_str(&line));
	ui_run_line(u, buf_str(&line));
	buf_fini(&line);
}

static void
ask(struct ui *u)
{
	u->ops->command(u->arg, "port.list");
}

static void
yank(struct ui *u, const struct ports *d)
{
	const char *mend = json_get_str(selected(d), "mend", ""),
		   *text = mend[0] != '\0' ? mend : json_get_str(selected(d), "spec", "");
	char said[160];

	if (text[0] == '\0')
		return;
	u->ops->yank(u->arg, text, strlen(text), false, said, sizeof said);
	ui_say(u, UI_INFO, "yanked %s, %s", mend[0] != '\0' ? "what mends it" : "its address",
	    said);
}

static void
speed(struct ports *d, int by)
{
	d->baud = (d->baud + by + BAUDS) % BAUDS;
	d->chosen = true;
}

static void
key(struct ui *u, void *state, const struct input_event *e)
{
	struct ports *d = state;

	if (e->type != INPUT_KEY ||
	    overlay_list_key(&d->at, e->name, json_array_size(d->list), 8))
		return;
	if (strcmp(e->name, "Enter") == 0)
		open_port(u, d);
	else if (strcmp(e->name, "Left") == 0)
		speed(d, -1);
	else if (strcmp(e->name, "Right") == 0)
		speed(d, 1);
	else if (strcmp(e->name, "r") == 0)
		ask(u);
	else if (strcmp(e->name, "y") == 0)
		yank(u, d);
	else if (strcmp(e->name, ":") == 0)
		palette_open(u, "console.open ");
	else if (strcmp(e->name, "Esc") == 0 || strcmp(e->name, "q") == 0 ||
	    strcmp(e->name, "^C") == 0)
		overlay_close(u);
}

static const struct overlay_ops ops = {
	.mode = "OPEN", .hints = "Enter open  Left/Right speed  r again  y yank  : other  Esc",
	.draw = draw, .key = key, .fini = fini,
};

void
ports_news(struct ui *u)
{
	if (overlay_is(u, &ops))
		ask(u);
}

/* The cursor stays at its port, wherever that stands now. */
static void
keep_selected(struct ports *d, const json_t *was)
{
	const char *path = json_get_str(was, "path", NULL);
	const json_t *o;
	size_t i;

	json_array_foreach(d->list, i, o)
		if (path != NULL && strcmp(json_get_str(o, "path", ""), path) == 0) {
			d->at.sel = i;
			return;
		}
	if (d->at.sel >= json_array_size(d->list))
		d->at.sel = json_array_size(d->list) != 0 ? json_array_size(d->list) - 1 : 0;
}

bool
ports_answer(struct ui *u, const json_t *list, const struct err_msg *err)
{
	struct ports *d;
	json_t *was;

	if (!overlay_is(u, &ops))
		return false;
	d = u->overlay->state;
	was = json_incref((json_t *)(uintptr_t)selected(d));
	json_decref(d->list);
	mem_free(d->why);
	d->list = err == NULL ? json_incref((json_t *)(uintptr_t)list) : NULL;
	d->why = err != NULL ? mem_str(err->why) : NULL;
	keep_selected(d, was);
	json_decref(was);
	return true;
}

void
ports_dialog(struct ui *u)
{
	struct ports *d = mem_zero(1, sizeof *d);

	d->baud = BAUD_FIRST;
	overlay_open(u, &ops, d);
	ask(u);
}
