/* debug_card.c - OpenOCD's target as a card: state, registers, faults, live variables. */
#include "ui/debug_card.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "text/ocd_svd_text.h"
#include "text/ocd_text.h"
#include "ui/overlay.h"
#include "ui/palette.h"
#include "ui/pane_box.h"
#include "ui/wrap.h"

enum { TEXT_MAX = 4 << 20, INDENT_MAX = 24 };

struct debug_card {
	struct buf text;                /* the last answer, in lines */
	char title[80];
	struct overlay_list list;       /* sel: the line that stands at the top */
	bool keys;                      /* the keys in its place */
	bool asked;                     /* by a key of the card: errors come here too */
};

/* A line that ends in a blank asks for the rest of it. */
static const struct { const char *key, *line, *help; } keys[] = {
	{ "s", "ocd.start", "start OpenOCD, or the session's" },
	{ "x", "ocd.stop", "leave it; ours ends" },
	{ "h", "ocd.halt", "stop the core (asks)" },
	{ "c", "ocd.resume", "let it run on" },
	{ "n", "ocd.step", "execute one instruction" },
	{ "R", "ocd.reset run", "reset and run (asks)" },
	{ "H", "ocd.reset halt", "reset and halt (asks)" },
	{ "r", "ocd.regs", "core registers of a halted core" },
	{ "f", "ocd.faults", "why it stopped or faulted" },
	{ "a", "ocd.audit", "which debug registers it has" },
	{ "v", "ocd.vectors", "the vector table" },
	{ "p", "ocd.svd", "the chip's peripherals (SVD file)" },
	{ "P", "ocd.regs ", "registers of a peripheral, by name" },
	{ "m", "ocd.read ", "memory, a variable, a register" },
	{ "W", "ocd.write ", "write one (asks)" },
	{ "w", "ocd.watch ", "live variables while it runs" },
	{ "u", "ocd.unwatch", "no live variables any more" },
	{ "T", "ocd.rtt", "RTT as a console" },
	{ "t", "ocd.targets", "the cores there are" },
	{ "o", "ocd.tcl ", "a command of OpenOCD itself (asks)" },
};
enum { KEYS = sizeof keys / sizeof keys[0] };

static struct debug_card *
card_of(struct ui *u)
{
	if (u->debug == NULL) {
		u->debug = mem_zero(1, sizeof *u->debug);
		buf_init(&u->debug->text, TEXT_MAX);
	}
	return u->debug;
}

void
debug_card_free(struct debug_card *d)
{
	if (d == NULL)
		return;
	buf_fini(&d->text);
	mem_free(d);
}

/* ---- what stands above the answer */

static int
draw_state(const struct ui *u, struct grid *g, struct grid_rect r)
{
	const json_t *o = u->replica->ocd, *why = json_object_get(o, "why"),
		     *rtt = json_object_get(o, "rtt");
	const bool open = json_get_bool(o, "open", false),
		   halted = strcmp(json_get_str(o, "state", ""), "halted") == 0;
	int row = r.row, col = r.col;

	if (open) {
		col += grid_textf(g, row, col, r.cols, STYLE_KEY, "%s  ",
		    json_get_str(o, "target", "?"));
		col += grid_textf(g, row, col, r.col + r.cols - col, halted ? STYLE_WARN :
		    STYLE_OK, "%s  ", json_get_str(o, "state", "?"));
		col += grid_textf(g, row, col, r.col + r.cols - col, STYLE_DIM, "%s  %s:%lld",
		    json_get_str(o, "type", ""), json_get_str(o, "host", ""),
		    (long long)json_get_int(o, "port", 0));
		if (rtt != NULL)
			grid_textf(g, row, col, r.col + r.cols - col, STYLE_DIM,
			    "  RTT in console %s", json_get_str(rtt, "console", "?"));
	} else if (why != NULL) {
		row += wrap_draw(g, (struct grid_rect){ row, col, 2, r.cols }, STYLE_WARN,
		    json_get_str(why, "why", "")) - 1;
	} else {
		grid_text(g, row, col, r.cols, STYLE_DIM, "no OpenOCD: s starts the board's");
	}
	row++;
	if (u->replica->debug != NULL)
		grid_textf(g, row++, r.col, r.cols, STYLE_NORMAL, "debugger: %s",
		    u->replica->debug);
	return row - r.row;
}

static int
draw_live(const struct ui *u, struct grid *g, struct grid_rect r)
{
	const json_t *rows = json_object_get(u->replica->ocd_live, "rows"), *x;
	const bool open = json_object_get(u->replica->ocd, "live") != NULL;
	size_t i;
	int n = 0;

	if (!open || json_array_size(rows) == 0)
		return 0;
	pane_rule(g, r.row + n++, r.col, r.cols, STYLE_TITLE, u->set, "live", NULL);
	json_array_foreach(rows, i, x) {
		const char *why = json_get_str(x, "why", NULL);
		const int half = r.cols / 2;

		if (n >= r.rows)
			break;
		(void)wrap_cut(g, r.row + n, r.col, half - 1, STYLE_NORMAL,
		    json_get_str(x, "name", ""));
		(void)wrap_cut(g, r.row + n, r.col + half, r.cols - half, why != NULL ? STYLE_WARN :
		    json_get_bool(x, "changed", false) ? STYLE_KEY : STYLE_NORMAL, why != NULL ?
		    why : json_get_str(x, "value", ""));
		n++;
	}
	return n;
}

/* ---- the answer, or the keys */

static int
draw_line(struct grid *g, struct grid_rect r, const char *p, size_t n)
{
	char line[1024];
	int indent;

	snprintf(line, sizeof line, "%.*s", n < sizeof line ? (int)n : (int)sizeof line - 1, p);
	indent = (int)strspn(line, " ");
	indent = indent < INDENT_MAX && indent < r.cols / 2 ? indent : 0;
	return wrap_draw(g, (struct grid_rect){ r.row, r.col + indent, r.rows, r.cols - indent },
	    STYLE_NORMAL, line + indent);
}

static size_t
line_count(const struct buf *text)
{
	size_t n = 0;

	for (size_t i = 0; i < text->len; i++)
		n += text->data[i] == '\n';
	return n;
}

static void
draw_answer(struct debug_card *d, struct grid *g, struct grid_rect r)
{
	const char *p = buf_str(&d->text), *end = p + d->text.len;
	const size_t n = line_count(&d->text);

	d->list.sel = d->list.sel < n ? d->list.sel : n != 0 ? n - 1 : 0;
	for (size_t i = 0; p < end && i < d->list.sel; i++)
		p = strchr(p, '\n') + 1;
	while (p < end && r.rows > 0) {
		const size_t len = strcspn(p, "\n");
		const int took = draw_line(g, r, p, len);

		r.row += took;
		r.rows -= took;
		p += len + 1;
	}
}

static void
draw_keys(struct grid *g, struct grid_rect r)
{
	const int columns = r.cols >= 68 ? 2 : 1, height = (KEYS + columns - 1) / columns,
		  width = r.cols / columns, help = width >= 54 ? 18 : 3;

	for (int i = 0; i < KEYS; i++) {
		const int row = i % height, col = r.col + i / height * width;

		if (row >= r.rows)
			continue;
		grid_text(g, r.row + row, col, 2, STYLE_KEY, keys[i].key);
		if (help > 3)
			(void)wrap_cut(g, r.row + row, col + 3, 14, STYLE_DIM, keys[i].line);
		(void)wrap_cut(g, r.row + row, col + help, width - help - 1, STYLE_NORMAL,
		    keys[i].help);
	}
}

static void
draw(struct ui *u, void *state, struct grid *g)
{
	struct debug_card *d = card_of(u);
	const int rows = u->rows > 4 ? u->rows - 2 : u->rows;
	struct grid_rect in = { 1, 2, rows - 2, u->cols - 4 };
	int used;

	(void)state;
	pane_popup(u, g, (struct grid_rect){ 0, 0, rows, u->cols }, "Debug", NULL, u->cols >= 72 ?
	    "h halt  c go  n step  r regs  f faults  ? keys  Esc" : "? keys  Esc");
	if (in.rows < 1 || in.cols < 12)
		return;
	used = draw_state(u, g, in);
	if (!d->keys && in.rows - used > 6)
		used += draw_live(u, g, (struct grid_rect){ in.row + used, in.col,
			(in.rows - used) / 2, in.cols });
	if (used >= in.rows)
		return;
	pane_rule(g, in.row + used, in.col, in.cols, STYLE_TITLE, u->set,
	    d->keys || d->text.len == 0 ? "keys" : d->title, NULL);
	used++;
	in = (struct grid_rect){ in.row + used, in.col, in.rows - used, in.cols };
	if (in.rows < 1)
		return;
	if (d->keys || d->text.len == 0)
		draw_keys(g, in);
	else
		draw_answer(d, g, in);
}

/* ---- keys */

static void
fini(void *state)
{
	(void)state;            /* it is struct ui's: a question before a halt closes the card */
}

static void
yank(struct ui *u, const struct debug_card *d)
{
	char said[160];

	u->ops->yank(u->arg, buf_str(&d->text), d->text.len, false, said, sizeof said);
	ui_say(u, UI_INFO, "yanked %zu lines, %s", line_count(&d->text), said);
}

static void
key(struct ui *u, void *state, const struct input_event *e)
{
	struct debug_card *d = card_of(u);

	(void)state;
	if (e->type != INPUT_KEY ||
	    overlay_list_key(&d->list, e->name, line_count(&d->text), (size_t)u->rows / 2))
		return;
	for (size_t i = 0; i < KEYS; i++)
		if (strcmp(e->name, keys[i].key) == 0) {
			d->keys = false;
			d->asked = true;
			ui_run_line(u, keys[i].line);
			return;
		}
	if (strcmp(e->name, "?") == 0) {
		d->keys = !d->keys;
	} else if (strcmp(e->name, "y") == 0) {
		yank(u, d);
	} else if (strcmp(e->name, ":") == 0) {
		palette_open(u, "ocd.");
	} else if (strcmp(e->name, "Esc") == 0 || strcmp(e->name, "q") == 0 ||
	    strcmp(e->name, "^C") == 0) {
		if (d->keys && d->text.len != 0)
			d->keys = false;
		else
			overlay_close(u);
	}
}

static const struct overlay_ops ops = {
	.mode = "DEBUG", .hints = "Up Down scroll  y yank  : command  ? keys  Esc closes",
	.draw = draw, .key = key, .fini = fini,
};

void
debug_card_open(struct ui *u)
{
	overlay_open(u, &ops, card_of(u));
}

/* ---- answers */

static void
say_rtt(struct buf *out, const json_t *o)
{
	(void)buf_add_fmt(out, "RTT channel %lld at %s, in the console %s: pane 1 shows it\n",
	    (long long)json_get_int(o, "channel", 0), json_get_str(o, "address", "?"),
	    json_get_str(o, "console", "?"));
}

static void
say_watch(struct buf *out, const json_t *o)
{
	(void)buf_add_fmt(out, "%zu variables are read while the core runs\n",
	    json_array_size(json_object_get(o, "rows")));
}

static void
say_done(struct buf *out, const json_t *o)
{
	(void)o;
	(void)buf_add_str(out, "done\n");
}

static const struct {
	const char *command;
	void (*text)(struct buf *out, const json_t *o);
	bool moves;                     /* the core may have come to a halt: its registers follow */
} kinds[] = {
	{ "ocd.start", ocd_text_state, false }, { "ocd.attach", ocd_text_state, false },
	{ "ocd.state", ocd_text_state, false }, { "ocd.stop", say_done, false },
	{ "ocd.halt", ocd_text_moved, true }, { "ocd.resume", ocd_text_moved, true },
	{ "ocd.step", ocd_text_moved, true }, { "ocd.reset", ocd_text_moved, true },
	{ "ocd.regs", ocd_text_registers, false }, { "ocd.set", say_done, false },
	{ "ocd.faults", ocd_text_faults, false }, { "ocd.audit", ocd_text_audit, false },
	{ "ocd.vectors", ocd_text_vectors, false }, { "ocd.svd", ocd_text_svd, false },
	{ "ocd.read", ocd_text_memory, false }, { "ocd.write", say_done, false },
	{ "ocd.watch", say_watch, false }, { "ocd.unwatch", say_done, false },
	{ "ocd.live", ocd_text_live, false }, { "ocd.rtt", say_rtt, false },
	{ "ocd.unrtt", say_done, false }, { "ocd.targets", ocd_text_targets, false },
	{ "ocd.tcl", ocd_text_log, false },
};

/* An empty card for the answer to this line. */
static struct debug_card *
begin(struct ui *u, const char *line)
{
	struct debug_card *d = card_of(u);

	buf_clear(&d->text);
	d->list = (struct overlay_list){ 0, 0 };
	d->keys = false;
	snprintf(d->title, sizeof d->title, "%s", line);
	if (!overlay_is(u, &ops))
		debug_card_open(u);
	return d;
}

bool
debug_card_error(struct ui *u, const char *line, const struct err_msg *err)
{
	struct debug_card *d = u->debug;

	if (err == NULL || d == NULL || !d->asked || strncmp(line, "ocd.", 4) != 0)
		return false;
	d = begin(u, line);
	(void)buf_add_fmt(&d->text, "! %s: %s\n", err->what, err->why);
	if (err->next[0] != '\0')
		(void)buf_add_fmt(&d->text, "  %s\n", err->next);
	return true;
}

bool
debug_card_answer(struct ui *u, const char *line, const json_t *result)
{
	const size_t word = strcspn(line, " ");
	struct debug_card *d;

	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
		if (strlen(kinds[k].command) != word || memcmp(line, kinds[k].command, word) != 0)
			continue;
		d = begin(u, line);
		kinds[k].text(&d->text, result);
		if (kinds[k].moves && strcmp(json_get_str(result, "state", ""), "halted") == 0)
			u->ops->command(u->arg, "ocd.regs");
		return true;
	}
	return false;
}
