/* dialog.c - asking before an act. */
#include "ui/dialog.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/overlay.h"
#include "ui/pane_box.h"
#include "ui/wrap.h"

enum { BUTTONS = 3 };

struct dialog {
	char *title, *text, *target;
	char *command;                  /* what it is about, as it was given; NULL: none */
	const char *label[BUTTONS];
	char *line[BUTTONS];            /* what the button runs; NULL: nothing */
	int  buttons, at;
	bool yn;                        /* y and n answer */
};

static void
fini(void *state)
{
	struct dialog *d = state;

	mem_free(d->title);
	mem_free(d->text);
	mem_free(d->target);
	mem_free(d->command);
	for (int i = 0; i < BUTTONS; i++)
		mem_free(d->line[i]);
	mem_free(d);
}

static void
draw(struct ui *u, void *state, struct grid *g)
{
	const struct dialog *d = state;
	const int cols = u->cols < 64 ? u->cols : 64, text = wrap_rows(d->text, cols - 4),
		  target = d->target != NULL ? wrap_rows(d->target, cols - 4) : 0,
		  wanted = text + target + 5, rows = u->rows < wanted ? u->rows : wanted;
	const struct grid_rect r = { (u->rows - rows) / 2, (u->cols - cols) / 2, rows, cols };
	const int button_row = r.row + rows - 2 > r.row ? r.row + rows - 2 : r.row;
	int col = r.col + 2, row = r.row + 1;

	pane_popup(u, g, r, d->title, NULL, d->yn ? "Tab, Enter, y/n, Esc" : "Tab, Enter, Esc");
	row += wrap_draw(g, (struct grid_rect){ row, r.col + 2, button_row - row, cols - 4 },
	    STYLE_NORMAL, d->text);
	if (d->target != NULL)
		row += wrap_draw(g, (struct grid_rect){ row, r.col + 2, button_row - row,
		    cols - 4 }, STYLE_TITLE, d->target);
	if (row < button_row && d->command != NULL)
		(void)wrap_cut(g, row, r.col + 2, cols - 4, STYLE_DIM, d->command);
	for (int i = 0; i < d->buttons; i++) {
		col += grid_textf(g, button_row, col, r.col + cols - 1 - col,
		    i == d->at ? STYLE_SELECT : STYLE_NORMAL,
		    i == d->at ? "[>%s<]" : cols >= 50 ? "[ %s ]" : "[%s]", d->label[i]);
		col += cols >= 50 ? 2 : 1;
	}
}

static void
press(struct ui *u, struct dialog *d, int button)
{
	char *line = d->line[button];

	d->line[button] = NULL;
	overlay_close(u);
	if (line == NULL)
		ui_say(u, UI_INFO, "nothing was done");
	else if (strncmp(line, "view.", 5) == 0)
		ui_run_line(u, line);
	else
		u->ops->command(u->arg, line);
	mem_free(line);
}

static void
key(struct ui *u, void *state, const struct input_event *e)
{
	struct dialog *d = state;

	if (e->type != INPUT_KEY)
		return;
	if (strcmp(e->name, "Esc") == 0 || (d->yn && strcmp(e->name, "n") == 0))
		press(u, d, 0);
	else if (strcmp(e->name, "Enter") == 0)
		press(u, d, d->at);
	else if (d->yn && strcmp(e->name, "y") == 0)
		press(u, d, 1);
	else if (strcmp(e->name, "Tab") == 0 || strcmp(e->name, "Right") == 0)
		d->at = (d->at + 1) % d->buttons;
	else if (strcmp(e->name, "S-Tab") == 0 || strcmp(e->name, "Left") == 0)
		d->at = (d->at + d->buttons - 1) % d->buttons;
}

static const struct overlay_ops ops = {
	.mode = "ASK", .hints = "Tab chooses  Enter presses  Esc cancels", .draw = draw, .key = key,
	.fini = fini,
};

/* "board.flash a.bin" becomes "board.flash confirm=on a.bin": before any `--`. */
static char *
confirmed(const char *line)
{
	const size_t n = strcspn(line, " ");

	return mem_fmt("%.*s confirm=on%s", (int)n, line, line + n);
}

void
dialog_ask(struct ui *u, const char *line, const char *what, const char *target)
{
	const char *by = u->asking_key;
	struct dialog *d = mem_zero(1, sizeof *d);

	d->title = mem_fmt("%.*s?", (int)strcspn(line, " "), line);
	d->text = mem_str(what);
	d->target = mem_str(target);
	d->label[0] = "Cancel";
	d->label[1] = "Do it";
	d->command = mem_str(line);
	d->line[1] = confirmed(line);
	d->buttons = 2;
	d->yn = by == NULL || (strcmp(by, "y") != 0 && strcmp(by, "n") != 0);
	overlay_open(u, &ops, d);
}

void
dialog_leave(struct ui *u)
{
	struct dialog *d = mem_zero(1, sizeof *d);

	d->title = mem_str("Leave?");
	d->text =
	    mem_str("Detach leaves the bench running; End stops its jobs, after their clean-up, "
		    "and closes its ports.");
	d->target = mem_fmt("bench %s", u->replica->bench != NULL ? u->replica->bench : "");
	d->label[0] = "Stay";
	d->label[1] = "Detach";
	d->label[2] = "End the bench";
	d->line[1] = mem_str("view.detach");
	d->line[2] = mem_str("bench.stop confirm=on");
	d->buttons = 3;
	d->at = 1;
	overlay_open(u, &ops, d);
}
