/*
 * profile.h - what the profile pane knows beside the replica: which page and part has the keys, how
 * it is narrowed and sorted, the bench's last answer. Private to the view_profile and profile_
 *         files.
 *
 * Layer   ui. struct ui owns one (profile_new, profile_free). Rows and boxes live until the next
 *         answer; strings in them belong to it.
 * Flow    state + size -> a line profile.view ... -> the bench's answer -> rows and boxes. At most
 *         one such line is under way; what changed meanwhile is asked for when it is answered.
 *         Until
 *         the first answer the rows that the bench tells everyone are shown.
 * One     selection: `chosen`, a function, in table, icicle, details and series.
 */
#ifndef UI_PROFILE_H
#define UI_PROFILE_H
#include "ui/ui_state.h"

enum profile_page { PROFILE_COMPARE, PROFILE_SHOTS, PROFILE_LEAKS, PROFILE_GOROUTINES,
	PROFILE_PAGES };
enum profile_part { PROFILE_TABLE, PROFILE_ICICLE, PROFILE_DETAILS, PROFILE_PARTS };
enum profile_only { PROFILE_BOTH, PROFILE_GROWTH, PROFILE_SHRINK, PROFILE_ONLYS };

enum { PROFILE_STEPS = 32, PROFILE_LINES = 512 };

/* One narrowing, in the order they were made: u takes the last back. */
struct profile_step {
	const char *word;               /* "focus", "ignore", "hide", "from", "zoom" */
	char *text;                     /* a function; of zoom F;F;F */
};

struct profile_row {
	const char *name;
	double flat, cum, flat_a, flat_b, cum_a, cum_b, sd;     /* sd NaN: not known */
};

struct profile_box {
	const char *name;               /* NULL: (more) */
	int    depth, parent;           /* parent -1: none */
	int64_t more;
	double x, w, a, b;
};

/* A line of the details or of a list page. */
struct profile_line {
	char *text;
	uint32_t style;
};

/* A list that the bench gives: snapshots, leaks, goroutines. */
struct profile_list {
	json_t *answer;                 /* or NULL */
	char *line, *error;             /* the question; why it was not answered */
	bool asked;                     /* under way */
	uint64_t asked_at;              /* mono of the last asking, 0: never */
	size_t row, top, rows;
};

struct profile_view {
	enum profile_page page;
	enum profile_part part;
	enum profile_only only;
	bool total_width;
	unsigned sort;                  /* of profile_sorts */
	char *type, *match, *found;     /* NULL: default, none, none */
	struct profile_step step[PROFILE_STEPS];
	size_t steps;
	char *chosen;
	/* asking */
	char *key, *line;               /* of what is shown; of what is under way */
	char *asked_key;
	bool  asking, stale;            /* stale: what is shown is not what is wanted */
	char *detail_key, *detail_line, *detail_asked;
	char *error;                    /* of the last answer that was one, or NULL */
	json_t *answer, *detail;
	json_t *held;                   /* names of the rows while they are the replica's */
	uint64_t held_at;               /* replica->profiles then */
	/* of the answer, or of the replica */
	struct profile_row *row;
	size_t rows, at, top;
	struct profile_box *box;
	size_t boxes, box_at;
	int   box_top, depth;
	double box_w, box_a, box_b, whole, cutoff, hidden_delta, hidden_max;
	int64_t small, unmatched, beyond, other_way, all;
	bool  has_box, sampled, diff;
	const char *unit, *type_shown;
	struct profile_line text[PROFILE_LINES];
	size_t texts;
	size_t text_top, history;       /* history: the line with the sparkline, 0: none */
	struct profile_list list[PROFILE_PAGES];
};


struct profile_view *profile_new(void);
void profile_free(struct profile_view *v);
void profile_keep(char **slot, const char *text);        /* "" is NULL */

#endif
