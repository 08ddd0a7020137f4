/*
 * question.h - what a script asks: a line of text, a choice, yes or no. It opens by itself when
 * nobody is typing: a key that was meant for the board must not answer it. While a script has
 * handed the console over, the message row says how to hand it back.
 *
 * Layer   ui. The bench's list of questions is in the replica. Esc declines: the script goes on
 *         without an answer.
 */
#ifndef UI_QUESTION_H
#define UI_QUESTION_H
#include "ui/overlay.h"

#define QUESTION_PAUSE_NS UINT64_C(1000000000)  /* so long no key before one opens */

/* The list changed: the one that is shown may be answered by somebody else. */
void question_news(struct ui *u);
/* Opens the next one when it may. */
void question_due(struct ui *u);
/* When question_due() may do something (mono); 0: nothing waits. */
uint64_t question_next(const struct ui *u);
/* The line for the console that is shown: "log in (^D hands it back)"; false: nobody handed it
 * over. */
bool question_hint(const struct ui *u, char *out, size_t size);

#endif
