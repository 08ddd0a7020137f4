/*
 * history.h - the part of a console's output that this viewer was never sent: fetched when wanted.
 *
 * Layer   ui. One at a time, of the console shown; made when first wanted, history_free ends it.
 * Flow    in scrollback a move, a search or a jump past the oldest line asks the bench
 *         (console.read), a piece at a time; history_answer goes on with it. While something is
 *         looked for the screen stays as it was. ui_current_view() is then the view of the
 *         fetched part, which owns search and filter until history_leave gives them back.
 */
#ifndef UI_HISTORY_H
#define UI_HISTORY_H
#include "ui/ui_state.h"

void history_free(struct history *h);                   /* NULL is fine */
/* The view that scrollback of this console shows. */
struct streamview *history_view(struct ui *u, struct replica_console *c);
/* The view of the stream that scrollback commands are about, or NULL. */
struct streamview *ui_current_view(struct ui *u);
/* The same, out of live: its scrollback has the keys. */
struct streamview *ui_scrollback(struct ui *u);
void history_leave(struct ui *u);                       /* to what the viewer was sent */
void history_move(struct ui *u, long by);               /* rows; LONG_MIN: the beginning */
/* Looks for it (see places_jump) where the view that is shown has nothing more; false: there is
 * nowhere to look. */
bool history_seek(struct ui *u, const char *what, bool back);
/* After a search that began at line `was` of the view: no gap lies between. Else the cursor is
 * there again. */
bool history_whole(struct ui *u, struct streamview *v, uint64_t was);
bool history_cancel(struct ui *u);                      /* true: something was being looked for */
/* False: no console is shown. */
bool history_goto_time(struct ui *u, uint64_t t);       /* ns since the bench began */
bool history_goto_offset(struct ui *u, uint64_t at);
bool history_goto_mark(struct ui *u, const char *text);
void history_drawn(struct ui *u);                       /* fetches what is next to the window */
/* False: the line is not ours. */
bool history_answer(struct ui *u, const char *line, const json_t *result,
    const struct err_msg *err);
/* "4.1MB back", "looking"; "" in the part that was sent. */
void history_title(struct ui *u, char *out, size_t size);

#endif
