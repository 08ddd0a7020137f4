/* status.c - message row, hint row, and the menu behind the prefix. */
#include "ui/status.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/gauge_view.h"
#include "ui/overlay.h"
#include "ui/pane.h"
#include "ui/pane_box.h"
#include "ui/plugins.h"
#include "ui/profile_list.h"
#include "ui/question.h"
#include "ui/wrap.h"

/* Where a message is cut, what it says counts more than the folder of the file it names. */
static const char *
without_folders(const char *text, int room, char *out, size_t size)
{
	size_t n = 0;

	if (grid_text_width(text, strlen(text)) <= room)
		return text;
	for (const char *p = text; *p != '\0' && n + 1 < size;) {
		const size_t word = strcspn(p, " ");
		/* a short path, such as that of a port, is a name */
		const char *last = *p == '/' && word > 24 ? memrchr(p, '/', word) : NULL;
		const size_t skip = last != NULL && last + 1 < p + word ?
		    (size_t)(last + 1 - p) : 0;

		n += (size_t)snprintf(out + n, size - n, "%.*s%s", (int)(word - skip), p + skip,
		    p[word] == ' ' ? " " : "");
		p += word + (p[word] == ' ');
	}
	return out;
}

static void
draw_message(struct ui *u, struct grid *g, int row)
{
	static const uint32_t style[] = { STYLE_NOTICE, STYLE_WARN, STYLE_ALARM };
	static const char mark[] = " !x";
	const struct replica *r = u->replica;
	char asked[200], bare[sizeof u->message];
	size_t unseen = 0;
	/* what went wrong is read whole: the words of plugins make room for it */
	const bool whole = u->level != UI_INFO &&
	    2 * grid_text_width(u->message, strlen(u->message)) > u->cols;
	int from = 0, room = whole ? u->cols : plugins_segments(u, g, row, &from, u->cols);

	for (size_t i = 0; i < r->notices; i++)
		unseen += (uint64_t)r->notice[i].id > u->seen_notices;
	if (unseen != 0 && u->cols >= 40) {
		char text[64];
		int w;

		snprintf(text, sizeof text, "%zu notice%s: %s!", unseen, unseen == 1 ? "" : "s",
		    ui_live(u) ? "^T " : "");
		w = (int)strlen(text);
		grid_text(g, row, room - w - 1, w, STYLE_HINT, text);
		room -= w + 3;
	}
	if (question_hint(u, asked, sizeof asked))
		grid_textf(g, row, from, room - from, STYLE_WARN, "! %s", asked);
	else if (u->message[0] != '\0')
		(void)wrap_cut(g, row,
		    grid_textf(g, row, from, 2, style[u->level], "%c ", mark[u->level]),
		    room - from - 2, style[u->level],
		    without_folders(u->message, room - from - 2, bare, sizeof bare));
}

/* Who else is here, and who may type. */
static void
who(const struct ui *u, char *out, size_t size)
{
	const struct replica_console *c = ui_console(u);
	const json_t *o;
	size_t i, n = 0, viewers = 0;

	out[0] = '\0';
	if (c != NULL && c->lock_who != NULL) {
		snprintf(out, size, "  AT lock: %.40s", c->lock_who);
		return;
	}
	json_array_foreach(u->replica->clients, i, o)
		viewers += strcmp(json_get_str(o, "role", ""), "viewer") == 0;
	if (viewers < 2)
		return;
	n = (size_t)snprintf(out, size, "  viewers:");
	json_array_foreach(u->replica->clients, i, o)
		if (strcmp(json_get_str(o, "role", ""), "viewer") == 0 && n < size)
			n += (size_t)snprintf(out + n, size - n, " %.20s%s",
			    json_get_str(o, "name", "?"),
			    json_get_bool(o, "types", false) ? " (types)" : json_get_bool(o,
			    "observe", false) ? " (reads)" : "");
}

static int
draw_hint(struct grid *g, int row, int col, int room, const char *keys, const char *text)
{
	char shown[24];
	const int w = (int)strlen(keys);
	int used;

	keymap_show(keys, shown, sizeof shown);
	if ((int)strlen(shown) + 1 + (int)strlen(text) > room)
		return 0;
	used = grid_text(g, row, col, w, STYLE_KEY, shown);
	return used + grid_textf(g, row, col + used, room, STYLE_HINT, " %s", text);
}

/* Hints of one context, as many as fit; the column behind them. */
static int
draw_hints(const struct ui *u, struct grid *g, int row, int col, int end, enum key_context context)
{
	for (size_t i = 0; i < u->keymap.rows; i++) {
		const struct key_row *r = &u->keymap.row[i];
		int used;

		if (r->context != context || r->hint == NULL || strcmp(r->keys, "?") == 0)
			continue;
		used = draw_hint(g, row, col, end - col, r->hint_keys != NULL ? r->hint_keys :
		    r->keys, r->hint);
		if (used == 0)
			break;
		col += used + 2;
	}
	return col;
}

/* What a debugged target does; the columns it took. */
static int
draw_debug(const struct ui *u, struct grid *g, int row, int col, int room)
{
	const struct replica *r = u->replica;

	if (r->debug == NULL)
		return 0;
	return grid_textf(g, row, col, room, r->debug_stands ? STYLE_WARN : STYLE_NOTICE,
	    u->cols >= 60 ? "  target %.60s" : " %.7s", r->debug);
}

static void
draw_hint_row(struct ui *u, struct grid *g, int row)
{
	const struct key_row *help = keymap_of_line(&u->keymap, "view.help");
	const int help_at = u->cols - 7;
	char others[200];
	int col = 0;

	if (help_at >= 8)
		(void)draw_hint(g, row, help_at, 7, help != NULL ? help->keys : "?", "help");
	col += grid_text(g, row, 0, u->cols, STYLE_TITLE, u->overlay != NULL ?
	    u->overlay->ops->mode : ui_mode(u));
	if (u->replica->simulated)
		col += grid_text(g, row, col, help_at - col - 1, STYLE_WARN,
		    u->cols >= 40 ? " SIMULATED" : " SIM");
	col += grid_textf(g, row, col, help_at - col - 1, STYLE_HINT, " %.30s", ui_target(u));
	col += draw_debug(u, g, row, col, help_at - col - 1);
	who(u, others, sizeof others);
	if (u->cols >= 100)
		col += grid_text(g, row, col, help_at - col - 1, STYLE_HINT, others);
	col += grid_text(g, row, col, help_at - col - 1, STYLE_LINE, " | ");
	if (u->overlay != NULL) {
		grid_text(g, row, col, help_at - col - 1, STYLE_HINT, u->overlay->ops->hints);
		return;
	}
	if (ui_live(u) && !u->prefix)
		col += grid_textf(g, row, col, help_at - col - 1, STYLE_KEY, "%s then ",
		    u->keymap.prefix);
	if (!ui_live(u) && (u->focus != PANE_CONSOLE || u->replica->consoles != 0))
		col = draw_hints(u, g, row, col, help_at - 1, profile_snapshots(u) ?
		    KEYS_SNAPSHOTS : gauge_overview(u) ? KEYS_PROCESSES :
		    pane_ops(u, u->focus)->keys);
	(void)draw_hints(u, g, row, col, help_at - 1, KEYS_GLOBAL);
}

void
status_draw(struct ui *u, struct grid *g)
{
	if (u->layout.message >= 0)
		draw_message(u, g, u->layout.message);
	if (u->layout.hints < 0)
		return;
	/* too low for both: the message has the row */
	if (u->layout.message < 0 && u->message[0] != '\0')
		draw_message(u, g, u->layout.hints);
	else
		draw_hint_row(u, g, u->layout.hints);
}

/* ---- the menu */

static bool
continues(const char *keys, const char *sequence)
{
	const size_t n = strlen(sequence);

	return n == 0 || (strncmp(keys, sequence, n) == 0 && keys[n] == ' ');
}

enum { MENU_ROWS = 128, MENU_COLUMNS = 6, MENU_KEY = 6, MENU_MIN = 28 };

struct menu {
	const struct key_row *row[MENU_ROWS];
	size_t n, lines;
	int width[MENU_COLUMNS];
};

/* A key that another row has already, or another key of the same thing (F1 beside ?). */
static bool
menu_has(const struct menu *m, const struct key_row *r)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->row[i]->keys, r->keys) == 0 || strcmp(m->row[i]->line, r->line) == 0)
			return true;
	return false;
}

/* As many columns as show every help whole; two on 80 columns in any case. */
static void
menu_fit(struct menu *m, int cols)
{
	int columns = cols / MENU_MIN < MENU_COLUMNS ? cols / MENU_MIN : MENU_COLUMNS, sum;

	do {
		columns = columns > 0 ? columns : 1;
		m->lines = (m->n + (size_t)columns - 1) / (size_t)columns;
		memset(m->width, 0, sizeof m->width);
		sum = 0;
		for (size_t i = 0; i < m->n; i++) {
			int *w = &m->width[i / m->lines];
			const int wants = MENU_KEY + 2 +
			    grid_text_width(m->row[i]->help, strlen(m->row[i]->help));

			if (wants > *w) {
				sum += wants - *w;
				*w = wants;
			}
		}
	} while (sum > cols - 2 && columns-- > (cols >= 80 ? 2 : 1));
}

void
status_menu(struct ui *u, struct grid *g)
{
	const size_t behind = u->keys[0] != '\0' ? strlen(u->keys) + 1 : 0;
	const unsigned contexts = pane_contexts(u);
	struct menu m = { .n = 0 };
	char foot[48] = "Esc back";
	struct grid_rect r;

	for (size_t i = 0; i < u->keymap.rows && m.n < MENU_ROWS; i++)
		if ((contexts & 1u << u->keymap.row[i].context) != 0 &&
		    continues(u->keymap.row[i].keys, u->keys) && !menu_has(&m, &u->keymap.row[i]))
			m.row[m.n++] = &u->keymap.row[i];
	menu_fit(&m, u->cols);
	r = (struct grid_rect){ u->rows - 3 - (int)m.lines, 0, (int)m.lines + 2, u->cols };
	if (r.row < 0)
		r = (struct grid_rect){ 0, 0, u->rows - 1, u->cols };
	if (u->prefix && behind == 0)
		snprintf(foot, sizeof foot, "%s again sends %s to the board", u->keymap.prefix,
		    u->keymap.prefix);
	pane_popup(u, g, r, u->prefix ? u->keymap.prefix : u->keys, NULL, foot);
	for (size_t i = 0, col = 2; i < m.n; i++) {
		const int at = (int)(i % m.lines), left = u->cols - (int)col - MENU_KEY - 1;
		char shown[24];

		if (i != 0 && at == 0)
			col += (size_t)m.width[i / m.lines - 1];
		if (at + 2 >= r.rows)
			continue;
		keymap_show(m.row[i]->keys + behind, shown, sizeof shown);
		grid_text(g, r.row + 1 + at, (int)col, MENU_KEY, STYLE_KEY, shown);
		(void)wrap_cut(g, r.row + 1 + at, (int)col + MENU_KEY, left, STYLE_NORMAL,
		    m.row[i]->help);
	}
}

bool
status_menu_due(const struct ui *u)
{
	return (u->prefix || u->keys[0] != '\0') && u->mono >= u->prefix_since + STATUS_MENU_NS;
}
