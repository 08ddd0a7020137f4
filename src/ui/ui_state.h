/*
 * ui_state.h - what the viewer shows, where its keys go, and the message row.
 *
 * Layer   ui; below all its parts. ui.c makes and frees it and drives the parts, which meet here
 *         only: what they need from above they reach through `top` and `ops`.
 */
#ifndef UI_UI_STATE_H
#define UI_UI_STATE_H
#include <stdbool.h>
#include <stdint.h>
#include "core/command.h"
#include "core/options.h"
#include "grid/draw.h"
#include "grid/grid.h"
#include "ui/input.h"
#include "ui/keymap.h"
#include "ui/layout.h"
#include "ui/replica.h"
#include "ui/streamview.h"

struct ui;
struct overlay;
struct lineinput;
struct profile_view;
struct gauge_view;
struct history;
struct pane_ops;

/* What leaves the viewer. All members must be set. */
struct ui_ops {
	void (*command)(void *arg, const char *line);           /* to the bench; then ui_answer() */
	void (*input)(void *arg, uint32_t stream, const void *p, size_t n);
	void (*leave)(void *arg);                               /* detach */
	void (*repaint)(void *arg);
	void (*mouse)(void *arg, bool on);
	/* Copies text out; says in `said` where it went. */
	void (*yank)(void *arg, const char *p, size_t n, bool file_only, char *said, size_t size);
	void (*suspend)(void *arg);
};

enum ui_level { UI_INFO, UI_WARN, UI_ERROR };

enum { UI_STREAMS = 32, UI_HISTORY = 50, UI_AT_LAST = 5 };

struct ui_at_result {
	char *command, *code, *text;            /* text: the raw lines */
	char *repeat;                           /* the line that asks for it again */
	json_t *run, *card;                     /* of a macro, as the bench tells it; or NULL */
	bool recording;                         /* AT commands become a macro */
	bool raw;                               /* the raw lines are shown, not the fields */
	double ms;
	uint64_t t;
	/* first lines of the results before, newest first */
	char *last[UI_AT_LAST];
};

/* What stands above the parts that use it; set by ui_new. */
struct ui_top {
	void (*run_line)(struct ui *u, const char *line);
	const struct pane_ops *const *panes;            /* PANE_COUNT of them */
	const struct command *const *commands;          /* the view's own; ends with NULL */
};

struct ui {
	const struct ui_ops *ops;
	void *arg;
	const struct ui_top *top;
	struct options *options;                /* borrowed */
	struct replica *replica;
	struct keymap keymap;
	json_t *plugin_keys;                    /* those bound for plugins, or NULL */
	uint64_t mono;
	int  rows, cols;
	struct layout layout;
	enum grid_set set;                      /* GRID_ASCII or GRID_UNICODE */
	enum pane_id focus;
	bool zoom, observe, demo, mouse, levels, laid_out, echo;
	enum streamview_times times;            /* the time column */
	bool nav;                               /* the console is in scrollback */
	bool terminal;                          /* the jobs pane is a live terminal */
	int64_t console;                        /* id of the console shown */
	/* keys */
	bool prefix;                            /* the prefix was pressed */
	uint64_t prefix_since;
	uint64_t typed;                         /* mono of the last key to a stream */
	char keys[64];                          /* the sequence so far */
	bool asked_reset;
	const char *asking_key;                 /* the key that asked, while a line runs */
	/* the message row */
	char message[512];
	enum ui_level level;
	uint64_t message_until;
	uint64_t seen_notices;                  /* highest id the notice list has shown */
	bool bell, focused;
	uint64_t slow_since;                    /* the bench owes an answer since; 0: none */
	struct overlay *overlay;
	struct streamview *view[UI_STREAMS];    /* made when first shown */
	struct history *past;                   /* history.h; NULL until wanted */
	char *history[UI_HISTORY];
	size_t histories;
	/* panes */
	size_t board_row, board_shown;
	struct profile_view *profile;           /* ui/profile.h; owned */
	struct gauge_view *gauges;              /* ui/gauge_view.h; owned */
	int64_t job;                            /* selected; -1: the newest */
	bool log;                               /* the job's log has the keys */
	struct ui_at_result at;
	struct debug_card *debug;               /* debug_card.h, NULL: not opened yet */
	struct lineinput *line;                 /* made when first wanted */
	bool line_on;                           /* line-input mode */
	unsigned quiet_answers;                 /* so many good answers are not said */
	struct buf paste;                       /* the pieces of one so far */
	bool paste_over;                        /* it was too long */
	char *mods;                             /* note for the help: terminal facts */
	/* the last drawing */
	int cursor_row, cursor_col;
};

/* Runs a command line as if a key had asked. */
void ui_run_line(struct ui *u, const char *line);
/* The message row, for some seconds. */
void ui_say(struct ui *u, enum ui_level level, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));
void ui_say_err(struct ui *u, const struct err_msg *why);
void ui_remember(struct ui *u, const char *line);       /* into the history of lines */

bool ui_live(const struct ui *u);                       /* keys go to a stream */
const char *ui_mode(const struct ui *u);                /* "LIVE" "NAV" "LOST" "VIEW" */
struct replica_console *ui_console(const struct ui *u); /* the one shown, or NULL */
struct replica_job *ui_job(const struct ui *u);         /* the selected one, or NULL */
enum grid_set ui_set(const struct ui *u, bool focus);
double ui_gauge_limit(const struct replica_gauge *g);   /* the lowest of warn and crit, NaN */
bool ui_gauge_alarm(const struct replica_gauge *g);
const char *ui_target(const struct ui *u);              /* the board's or bench's name */

#endif
