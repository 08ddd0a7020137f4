/* paste.c - gathering a paste, asking, sending it whole or slowly. */
#include "ui/paste.h"

#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "ui/overlay.h"
#include "ui/pane_box.h"
#include "ui/ui_type.h"

enum { CHUNK = 4096, SHOWN = 6 };

/* Line ends become CR, as Enter is. */
static void
normalise(struct buf *b)
{
	size_t to = 0;

	for (size_t i = 0; i < b->len; i++) {
		if (b->data[i] == '\n' && i > 0 && b->data[i - 1] == '\r')
			continue;
		b->data[to++] = b->data[i] == '\n' ? '\r' : b->data[i];
	}
	b->len = to;
}

static size_t
count_lines(const struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->len; i++)
		n += b->data[i] == '\r';
	return n + (b->len != 0 && b->data[b->len - 1] != '\r');
}

static void
send_slowly(struct ui *u, const struct buf *text)
{
	const struct replica_console *c = ui_console(u);

	for (size_t at = 0; c != NULL && at < text->len;) {
		const size_t n = text->len - at < CHUNK ? text->len - at : CHUNK;
		char *piece = mem_strn(text->data + at, n);
		struct buf line;

		buf_init(&line, 8 * CHUNK);
		(void)buf_add_str(&line, "console.send ");
		command_quote(piece, &line);
		(void)buf_add_fmt(&line, " console=%s map=on line=%s", c->name,
		    options_text(u->options, OPT_CONSOLE_PASTE_LINE));
		u->quiet_answers++;
		u->ops->command(u->arg, buf_str(&line));
		buf_fini(&line);
		mem_free(piece);
		at += n;
	}
}

/* ---- the question */

static void
draw(struct ui *u, void *state, struct grid *g)
{
	const struct replica_console *c = ui_console(u);
	const struct buf *text = state;
	const size_t lines = count_lines(text);
	const int rows = (int)(lines < SHOWN ? lines : SHOWN) + 4;
	const int top = u->rows > rows + 4 ? (u->rows - rows) / 3 : 0;
	const struct grid_rect r = { top, 1, rows < u->rows ? rows : u->rows, u->cols - 2 };
	size_t at = 0;

	pane_popup(u, g, r, "Paste?", NULL, "p paste  s slowly  Esc nothing is sent");
	grid_textf(g, top + 1, 3, u->cols - 6, STYLE_TITLE, "%zu lines, %zu bytes to %s", lines,
	    text->len, c != NULL ? c->name : "");
	for (int i = 0; i < SHOWN && at < text->len; i++) {
		const char *end = memchr(text->data + at, '\r', text->len - at);
		const size_t n = end != NULL ? (size_t)(end - text->data) - at : text->len - at;
		struct buf clean;

		buf_init(&clean, 4096);
		(void)utf8_escape(&clean, text->data + at, n < 200 ? n : 200, 0);
		grid_text(g, top + 2 + i, 3, u->cols - 6, STYLE_NORMAL, buf_str(&clean));
		buf_fini(&clean);
		at += n + 1;
	}
	if (at < text->len)
		grid_text(g, top + 2 + SHOWN, 3, u->cols - 6, STYLE_DIM, "...");
}

static void
key(struct ui *u, void *state, const struct input_event *e)
{
	struct buf *text = state;
	struct buf copy;

	if (e->type != INPUT_KEY)
		return;
	buf_init(&copy, PASTE_MAX + 1);
	(void)buf_add(&copy, text->data, text->len);
	overlay_close(u);               /* text is gone with it */
	if (strcmp(e->name, "p") == 0)
		ui_type(u, buf_str(&copy), copy.len);
	else if (strcmp(e->name, "s") == 0)
		send_slowly(u, &copy);
	else
		ui_say(u, UI_INFO, "nothing was pasted");
	buf_fini(&copy);
}

static void
fini(void *state)
{
	buf_fini(state);
	mem_free(state);
}

static const struct overlay_ops ops = {
	.mode = "PASTE", .hints = "p paste  s slowly  Esc nothing is sent", .draw = draw,
	.key = key, .fini = fini,
};

static void
ask(struct ui *u)
{
	struct buf *text = mem_zero(1, sizeof *text);

	*text = u->paste;
	buf_init(&u->paste, PASTE_MAX);
	overlay_open(u, &ops, text);
}

void
paste_piece(struct ui *u, const struct input_event *e)
{
	if (e->type == INPUT_PASTE) {
		if (buf_add(&u->paste, e->raw, e->n) != ERR_OK)
			u->paste_over = true;
		return;
	}
	normalise(&u->paste);
	if (u->paste_over)
		ui_say(u, UI_WARN, "a paste of more than %d KB was not sent: console.sendfile can",
		    PASTE_MAX >> 10);
	else if (count_lines(&u->paste) > 1 && options_num(u->options, OPT_CONSOLE_PASTE) == 0 &&
	    u->focus == PANE_CONSOLE && !u->observe)
		ask(u);
	else
		ui_type(u, buf_str(&u->paste), u->paste.len);
	buf_clear(&u->paste);
	u->paste_over = false;
}
