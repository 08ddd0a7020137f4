/*
 * logs.h - all log files of one console: the raw one and any text logs, each with its own alarm.
 *
 * Layer   console. Embedded; logs_init/logs_fini. Ring, times and map are the console's.
 * Alarm   told once when a log cannot be written (why), once when it can again (NULL).
 * Hole    told when bytes [from, to) will never be in that file; the text log says it itself too.
 */
#ifndef CONSOLE_LOGS_H
#define CONSOLE_LOGS_H
#include <stdbool.h>
#include <stdint.h>
#include "console/rawlog.h"
#include "console/textlog.h"
#include "console/timelog.h"

enum { LOGS_TEXT_MAX = 8 };

struct logs_ops {
	void (*alarm)(void *arg, const char *path, const struct err_msg *why);
	void (*hole)(void *arg, const char *path, bool raw, uint64_t from, uint64_t to);
};

struct logs {
	struct rawlog raw;
	struct timelog times;           /* of the raw one */
	struct textlog *text[LOGS_TEXT_MAX];
	size_t   texts;
	bool     raw_alarm, text_alarm[LOGS_TEXT_MAX];
	struct textlog_source source;
	uint64_t until;                 /* text logs stop here: UINT64_MAX, or a transfer runs */
	const struct logs_ops *ops;
	void    *arg;
};

void     logs_init(struct logs *l, const struct textlog_source *source, const struct logs_ops *ops,
                   void *arg);
void     logs_fini(struct logs *l);             /* with a last try; what is left is a hole */
enum err logs_raw(struct logs *l, const char *path, struct err_msg *why);
enum err logs_add(struct logs *l, const struct textlog_options *o, struct err_msg *why);
/* path NULL: all text logs. ERR_NOENT when there is none. */
enum err logs_remove(struct logs *l, const char *path, struct err_msg *why);
/* Writes what is new. True when something had to be left: a disk is full, try again. */
bool     logs_pump(struct logs *l);
void     logs_mark(struct logs *l, uint64_t t, const char *text);
/* What waits for more, too: somebody reads the files now. */
void     logs_flush_times(struct logs *l);
bool     logs_alarm(const struct logs *l);
/* From here on bytes are for the raw log only, until logs_show. */
void     logs_hide(struct logs *l);
void     logs_show(struct logs *l, uint64_t t, const char *text);

#endif
