/*
 * questions.h - what scripts and plugins ask the people at the screens: a text, a choice, yes or
 * no, or to take the console for a while. Private to bench/.
 *
 * Layer   bench. ask.open is answered when somebody answered: null is "declined". The list goes out
 *         whole, as the event "asks", and stands in the snapshot. Who asked and left, or drops the
 *         question, takes it along. An answer is nobody's news: it may be a secret.
 * Bounds  QUESTIONS_MAX at a time, QUESTION_ITEMS items each, texts of QUESTION_TEXT bytes.
 * Errors  ERR_DENIED when no screen is open, and while all that are open only observe.
 */
#ifndef BENCH_QUESTIONS_H
#define BENCH_QUESTIONS_H
#include "bench/hub.h"

enum { QUESTIONS_MAX = 16, QUESTION_ITEMS = 200, QUESTION_TEXT = 1000 };

void    questions_open(struct bench *b);
void    questions_close(struct bench *b);
json_t *questions_json(const struct bench *b);          /* new reference */
void    questions_client_gone(struct bench *b, const struct client *c);
/* Keys for a console that was handed to the people: how many go to the board. The key that hands it
 * back, and what follows it, do not. */
size_t  questions_typed(struct bench *b, uint32_t stream, const char *p, size_t n);

extern const struct command bench_question_commands[];

#endif
