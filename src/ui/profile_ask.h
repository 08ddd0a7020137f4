/*
 * profile_ask.h - from the pane's state to questions, from answers to rows and boxes.
 *
 * Layer   ui. Works on u->profile.
 */
#ifndef UI_PROFILE_ASK_H
#define UI_PROFILE_ASK_H
#include "ui/profile.h"

extern const char *const profile_sorts[];               /* words of profile.view; NULL ends */

/* Brings rows up to date with the replica; asks for what is missing unless icicle_rows is -1. */
void profile_want(struct ui *u, int cols, int icicle_rows);
/* False: the line was none of ours. */
bool profile_answer(struct ui *u, const char *line, const json_t *result,
    const struct err_msg *err);
bool profile_stale(const struct ui *u);                 /* what is shown is not what is wanted */
void profile_narrow(struct ui *u, const char *word, const char *text);
bool profile_widen(struct ui *u);                       /* false: nothing to take back */
void profile_choose(struct ui *u, const char *name);    /* a function, for all parts */
/* The arguments that stand for the present state, for profile.export; appended. */
void profile_arguments(const struct ui *u, struct buf *line);

#endif
