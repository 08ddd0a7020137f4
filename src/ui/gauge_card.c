/* gauge_card.c - advice and verdicts as a card of lines. */
#include "ui/gauge_card.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "ui/overlay.h"
#include "ui/pane_box.h"

enum { LINES_MAX = 200, TEXT_MAX = 64 << 10 };

struct card {
	const char *title;
	struct overlay_list list;
	struct buf text;                /* lines, each ended by a newline */
	struct { size_t at; uint32_t style; } line[LINES_MAX];
	size_t n, cols;
};

/* One line; what is longer goes on below, behind the same margin. */
static void
add(struct card *c, uint32_t style, size_t margin, const char *text)
{
	const size_t width = c->cols > margin + 8 ? c->cols - margin : 8;

	while (c->n < LINES_MAX && *text != '\0') {
		size_t n = strlen(text);

		if (n > width) {
			n = width;
			while (n > 0 && text[n] != ' ')
				n--;
			n = n != 0 ? n : width;
		}
		c->line[c->n].at = c->text.len;
		c->line[c->n++].style = style;
		(void)buf_add_fmt(&c->text, "%*s%.*s\n", (int)margin, "", (int)n, text);
		text += n;
		text += strspn(text, " ");
	}
}

static void __attribute__((format(printf, 4, 5)))
addf(struct card *c, uint32_t style, size_t margin, const char *fmt, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	add(c, style, margin, text);
}

/* ---- what is in it ---- */

static void
add_advice(struct ui *u, struct card *c, const json_t *o)
{
	const char *env = json_get_str(o, "env", NULL), *now = json_get_str(o, "now", "");

	(void)u;
	if (env == NULL)
		addf(c, STYLE_DIM, 0, "%s  -", json_get_str(o, "name", ""));
	else if (now[0] != '\0')
		addf(c, STYLE_KEY, 0, "%s   (it has %s)", env, now);
	else
		add(c, STYLE_KEY, 0, env);
	add(c, STYLE_NORMAL, 4, json_get_str(o, "why", ""));
	if (json_get_str(o, "note", NULL) != NULL)
		addf(c, STYLE_WARN, 2, "! %s", json_get_str(o, "note", ""));
	add(c, STYLE_DIM, 4, json_get_str(o, "systemd", ""));
	add(c, STYLE_DIM, 4, json_get_str(o, "export", ""));
}

static void
add_finding(struct ui *u, struct card *c, const json_t *x)
{
	const char *verdict = json_get_str(x, "verdict", "");
	const bool bad = strcmp(verdict, "warn") == 0 || strcmp(verdict, "alarm") == 0;
	char when[16];

	clock_fmt_hms(replica_wall(u->replica, (uint64_t)json_get_int(x, "since", 0)), when,
	    sizeof when);
	addf(c, bad ? STYLE_WARN : STYLE_NORMAL, 2, "%c %s: %s since %s", bad ? '!' : ' ',
	    json_get_str(x, "gauge", ""), json_get_str(x, "word", ""), when);
	add(c, STYLE_NORMAL, 6, json_get_str(x, "text", ""));
}

static void
add_rule(struct ui *u, struct card *c, const json_t *o)
{
	const json_t *list = json_object_get(o, "findings"), *x;
	size_t i;

	addf(c, STYLE_KEY, 0, "%s - %s", json_get_str(o, "rule", ""), json_get_str(o, "what", ""));
	if (!json_get_bool(o, "on", true))
		add(c, STYLE_DIM, 4, "off");
	else if (json_array_size(list) == 0)
		addf(c, STYLE_DIM, 4, "needs %s", json_get_str(o, "needs", ""));
	json_array_foreach(list, i, x)
		add_finding(u, c, x);
}

/* ---- the overlay ---- */

static void
draw(struct ui *u, void *state, struct grid *g)
{
	struct card *c = state;
	const int rows = u->rows > 4 ? u->rows - 2 : u->rows;
	const struct grid_rect box = { 0, 0, rows, u->cols };
	const size_t height = rows > 2 ? (size_t)rows - 2 : 1,
		     top = overlay_list_top(&c->list, c->n, height);

	pane_popup(u, g, box, c->title, NULL, "y yank  Esc");
	for (size_t i = top; i < c->n && i - top < height; i++) {
		const char *p = buf_str(&c->text) + c->line[i].at;

		grid_textf(g, 1 + (int)(i - top), 2, u->cols - 4, c->line[i].style, "%.*s",
		    (int)strcspn(p, "\n"), p);
	}
}

static void
key(struct ui *u, void *state, const struct input_event *e)
{
	struct card *c = state;
	char said[160];

	if (e->type != INPUT_KEY ||
	    overlay_list_key(&c->list, e->name, c->n, (size_t)u->rows / 2))
		return;
	if (strcmp(e->name, "y") != 0) {
		overlay_close(u);
		return;
	}
	u->ops->yank(u->arg, buf_str(&c->text), c->text.len, false, said, sizeof said);
	ui_say(u, UI_INFO, "yanked %zu lines, %s", c->n, said);
}

static void
card_free(void *state)
{
	struct card *c = state;

	buf_fini(&c->text);
	mem_free(c);
}

static const struct overlay_ops ops = {
	.mode = "CARD", .hints = "Up Down scroll  y yank  Esc closes", .draw = draw, .key = key,
	.fini = card_free,
};

static const struct {
	const char *command, *title;
	void (*add)(struct ui *u, struct card *c, const json_t *row);
} kind[] = {
	{ "gauge.advise", "Advice for a Go program here", add_advice },
	{ "gauge.rules", "What the rules say", add_rule },
};

bool
gauge_card_answer(struct ui *u, const char *line, const json_t *result)
{
	for (size_t k = 0; k < sizeof kind / sizeof *kind; k++) {
		const size_t n = strlen(kind[k].command);
		const json_t *row;
		struct card *c;
		size_t i;

		if (strncmp(line, kind[k].command, n) != 0 || (line[n] != '\0' && line[n] != ' ') ||
		    !json_is_array(result))
			continue;
		c = mem_zero(1, sizeof *c);
		c->title = kind[k].title;
		c->cols = u->cols > 4 ? (size_t)u->cols - 4 : 1;
		buf_init(&c->text, TEXT_MAX);
		json_array_foreach(result, i, row)
			kind[k].add(u, c, row);
		overlay_open(u, &ops, c);
		return true;
	}
	return false;
}
