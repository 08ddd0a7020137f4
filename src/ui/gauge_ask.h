/*
 * gauge_ask.h - what the board pane asks the bench for while somebody looks: processes, advice,
 * history.
 *
 * Layer   ui. Answers belong to struct gauge_view and stay until the next one. Each kind has at
 *         most one question under way; while the picture is paused only history is asked for.
 */
#ifndef UI_GAUGE_ASK_H
#define UI_GAUGE_ASK_H
#include "ui/gauge_view.h"

/* Asks the line when it is another one than the last time, or that long after it. */
void gauge_ask(struct ui *u, enum gauge_question q, const char *line, uint64_t every);
/* The newest answer to any line, NULL: none; *why: the reason of a failure, NULL: it is good. */
const json_t *gauge_answer(const struct ui *u, enum gauge_question q, const char **why);
/* Lets the next gauge_ask() ask at once. */
void gauge_ask_again(struct ui *u, enum gauge_question q);
/* True: the answer was for us. */
bool gauge_ask_answer(struct ui *u, const char *line, const json_t *result,
    const struct err_msg *err);
void gauge_ask_fini(struct gauge_view *v);

#endif
